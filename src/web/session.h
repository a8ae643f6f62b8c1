/* Sessions of the staff door: in memory only, so that a restart signs everybody out. */
#ifndef BAILIWICK_WEB_SESSION_H
#define BAILIWICK_WEB_SESSION_H

#include "web/staff.h"

enum { SESSION_TOKEN_TEXT = 65 };

struct session {
    struct digest id; /* SHA-256 of the cookie: a copy of our memory is not a way in */
    char csrf[SESSION_TOKEN_TEXT];
    struct staff_user user;
    struct digest token; /* the session ends when the token is no longer known */
    int64_t ends_us;     /* mono */
    bool used;
};

struct session_table {
    struct session sessions[STAFF_SESSIONS_MAX];
};

/* Begins a session and gives its cookie. When the table is full the oldest one ends. */
struct session *session_begin(struct session_table *table, const struct staff_user *user,
                              const struct digest *token, int64_t now_us,
                              char ret_cookie[SESSION_TOKEN_TEXT]);

/* NULL when there is none or it has ended. */
struct session *session_find(struct session_table *table, const char *cookie, int64_t now_us);

void session_end(struct session *session);

#endif
