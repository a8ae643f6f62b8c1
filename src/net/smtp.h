/* Handing one message to a mail server (RFC 5321), blocking; used by the mailer process only.
 *
 * What matters to the caller is not whether a call failed but what the mail server may have taken:
 * a hand-over cut after the content was sent and before the reply came is *in doubt*, and repeated
 * with the same Message-ID and bytes. */
#ifndef BAILIWICK_NET_SMTP_H
#define BAILIWICK_NET_SMTP_H

#include <stddef.h>
#include <stdint.h>

enum smtp_outcome {
    SMTP_ACCEPTED, /* 250 after the content: the server answers for it now */
    SMTP_REFUSED,  /* 5xx: will not be taken */
    SMTP_DEFERRED, /* 4xx or no connection: nothing was taken, try later */
    SMTP_IN_DOUBT, /* the content was sent, the reply never came */
};

struct smtp_request {
    const char *host;
    uint16_t port;
    const char *from, *to;  /* bare addresses */
    const uint8_t *message; /* RFC 5322 with CRLF */
    size_t size;
    int64_t timeout_ms;
};

struct smtp_reply {
    enum smtp_outcome outcome;
    int code;       /* last reply code, 0 when there was none */
    char text[256]; /* what went wrong, "" when accepted */
};

/* Loads what TLS needs, so that the process may then lock itself out of the file system. */
int smtp_prepare(void);

/* Never fails: whatever happens is an outcome. */
void smtp_send(const struct smtp_request *request, struct smtp_reply *ret_reply);

#endif
