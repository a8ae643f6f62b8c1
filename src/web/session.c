#include "web/session.h"

#include <string.h>

static void random_text(char text[SESSION_TOKEN_TEXT])
{
    uint8_t bytes[32];
    random_bytes(bytes, sizeof bytes);
    hex_format(bytes, sizeof bytes, text);
}

static struct session *free_place(struct session_table *table, int64_t now_us)
{
    struct session *oldest = &table->sessions[0];
    for (size_t i = 0; i < STAFF_SESSIONS_MAX; i++) {
        struct session *session = &table->sessions[i];
        if (!session->used || session->ends_us <= now_us)
            return session;
        if (session->ends_us < oldest->ends_us)
            oldest = session;
    }
    return oldest;
}

struct session *session_begin(struct session_table *table, const struct staff_user *user,
                              const struct digest *token, int64_t now_us,
                              char ret_cookie[SESSION_TOKEN_TEXT])
{
    struct session *session = free_place(table, now_us);
    random_text(ret_cookie);
    *session = (struct session){.id = digest_of(ret_cookie, strlen(ret_cookie)),
                                .user = *user,
                                .token = *token,
                                .ends_us = now_us + (int64_t)STAFF_SESSION_MS * 1000,
                                .used = true};
    random_text(session->csrf);
    return session;
}

struct session *session_find(struct session_table *table, const char *cookie, int64_t now_us)
{
    const struct digest id = digest_of(cookie, strlen(cookie));
    struct session *found = NULL;
    for (size_t i = 0; i < STAFF_SESSIONS_MAX; i++) {
        struct session *session = &table->sessions[i];
        if (digest_equal(&session->id, &id) && session->used && session->ends_us > now_us)
            found = session;
    }
    return found;
}

void session_end(struct session *session)
{
    *session = (struct session){.used = false};
}
