/* Sessions of the staff door: in memory only, so that a restart signs everybody out.
 *
 * A session keeps the token that it began with, since the core wants to see it with each command;
 * but masked under the cookie, which only the browser has. A copy of our memory is no way in, and a
 * door in wrong hands acts for nobody who does not ask it something then. */
#ifndef BAILIWICK_WEB_SESSION_H
#define BAILIWICK_WEB_SESSION_H

#include "web/staff.h"

enum { SESSION_TOKEN_TEXT = 65 };

struct session {
    struct digest id; /* SHA-256 of the cookie */
    char csrf[SESSION_TOKEN_TEXT];
    uint8_t masked[STAFF_TOKEN_MAX];
    int64_t ends_us; /* mono */
    bool used;
};

struct session_table {
    struct session sessions[STAFF_SESSIONS_MAX];
};

/* Begins a session and gives its cookie. When the table is full the oldest one ends. */
void session_begin(struct session_table *table, const char token[STAFF_TOKEN_MAX], int64_t now_us,
                   char ret_cookie[SESSION_TOKEN_TEXT]);

/* NULL when there is none or it has ended. */
struct session *session_find(struct session_table *table, const char *cookie, int64_t now_us);

/* The token behind a session, by the cookie that found it. */
void session_token(const struct session *session, const char *cookie,
                   char ret_token[STAFF_TOKEN_MAX]);

void session_end(struct session *session);

#endif
