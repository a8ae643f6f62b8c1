/* Sessions of the staff door. A person signs in with password and one-time password, or with a
 * token; the browser gets a cookie, the store its SHA-256.
 *
 * S1. A cookie is random, new at each signing in, and never one that the browser brought.
 * S2. It counts at the door alone: by the control socket it proves nothing.
 * S3. A session ends when it was idle, or old, for as long as the configuration says (real time),
 * at once when what it began with is taken away, and when somebody ends it. S4. Wrong guesses are
 * slowed (guess.h); a wrong password, a wrong or repeated one-time password, a user without either
 * and a user that there is not are one answer, for the same work. */
#ifndef BAILIWICK_APP_PEOPLE_SESSION_H
#define BAILIWICK_APP_PEOPLE_SESSION_H

enum {
    SESSION_ID_TEXT = 13,     /* "s-" and ten digits */
    SESSION_SEEN_EVERY_S = 60 /* how often at most the store is told that somebody is there */
};

#endif
