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

/* The other way round it is the same. Each cookie is random and masks one token, so its stream is
 * used once. The key is not the session's id, which we keep. */
static void mask(const char *cookie, const uint8_t from[STAFF_TOKEN_MAX],
                 uint8_t to[STAFF_TOKEN_MAX])
{
    const struct digest secret =
        digest_hmac((const uint8_t[DIGEST_SIZE]){0}, cookie, strlen(cookie));
    for (size_t i = 0; i < STAFF_TOKEN_MAX; i++) {
        const uint8_t block = (uint8_t)(i / DIGEST_SIZE);
        const struct digest stream = digest_hmac(secret.bytes, &block, sizeof block);
        to[i] = from[i] ^ stream.bytes[i % DIGEST_SIZE];
    }
}

void session_begin(struct session_table *table, const char token[STAFF_TOKEN_MAX], int64_t now_us,
                   char ret_cookie[SESSION_TOKEN_TEXT])
{
    struct session *session = free_place(table, now_us);
    random_text(ret_cookie);
    *session = (struct session){.id = digest_of(ret_cookie, strlen(ret_cookie)),
                                .ends_us = now_us + (int64_t)STAFF_SESSION_MS * 1000,
                                .used = true};
    mask(ret_cookie, (const uint8_t *)token, session->masked);
    random_text(session->csrf);
}

void session_token(const struct session *session, const char *cookie,
                   char ret_token[STAFF_TOKEN_MAX])
{
    mask(cookie, session->masked, (uint8_t *)ret_token);
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
