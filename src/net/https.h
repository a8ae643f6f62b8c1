/* HTTPS questions, one connection each: GET, or POST of a body, recorded as it went over the wire.
 *
 * libcurl speaks HTTP/1.1 (so that head and body are readable bytes), OpenSSL TLS 1.2 or later. The
 * caller resolves names itself and says which address to connect to; the system's resolver,
 * proxies, cookies and trust store are never used, and redirects are not followed but told.
 *
 * `received` is the status line, the header fields and the body. The body stands after transfer
 * decoding (RFC 9112 7: chunks are put together); trailers are not kept. Only the identity coding
 * is asked for; a body that is coded all the same stands as it came.
 *
 * A few questions at once go to one address, whoever asks (net/politeness.h); the others wait, and
 * their times begin when they go.
 *
 * OpenSSL writes to sockets without MSG_NOSIGNAL: the process must ignore SIGPIPE.
 *
 * The chain is kept as the server sent it, with OpenSSL's verification error, also when the
 * verification fails. The host name is verified too (RFC 6125; X509_V_ERR_HOSTNAME_MISMATCH). */
#ifndef BAILIWICK_NET_HTTPS_H
#define BAILIWICK_NET_HTTPS_H

#include "net/endpoint.h"
#include "net/loop.h"
#include "net/trust.h"

#include <stddef.h>
#include <stdint.h>

enum {
    HTTPS_CHAIN_MAX = 16, /* certificates kept; more make the handshake fail */
    HTTPS_HOST_MAX = 254,
    HTTPS_URL_MAX = 2048,
};

/* Host and port of an https URL. Host in lower case, without the brackets of an IPv6 literal and
 * without a final dot. ERR_SYNTAX for anything else, also for user names in it. */
struct https_target {
    char host[HTTPS_HOST_MAX];
    uint16_t port;
};
int https_parse_url(const char *url, struct https_target *ret_target);

struct https_request {
    const char *url;
    struct endpoint server; /* where the host of the URL lives */
    const char *accept;     /* value of the Accept field */
    const char *agent;      /* value of User-Agent */
    /* A body makes it a POST; both must outlive the question. */
    const void *body;
    size_t body_size;
    const char *const *fields; /* further header lines ("Name: value"), up to NULL; may be NULL */
    uint32_t connect_ms;       /* until TLS stands */
    uint32_t total_ms;
    size_t bytes_max;          /* of `received` */
    const void *owner;         /* for https_client_give_up() */
    const struct trust *trust; /* must outlive the question */
    const struct net_map *map; /* may be NULL; must outlive the question */
};

struct https_certificate {
    const uint8_t *data; /* DER */
    size_t size;
};

/* Everything is borrowed for the call. */
struct https_reply {
    enum net_outcome outcome;
    int64_t started_us, elapsed_us;
    const uint8_t *sent;
    size_t sent_size;
    const uint8_t *received;
    size_t received_size;
    const char *tls_version; /* "TLSv1.3"; NULL when there was no handshake */
    int32_t tls_verify;      /* X509_V_OK or the verification error */
    const struct https_certificate *chain;
    size_t chain_count;
    int status;           /* HTTP status code, 0 for none */
    const char *redirect; /* absolute URL of a Location field, or NULL */
};

typedef void https_done(void *user, const struct https_reply *reply);

struct https_client;

int https_client_new(struct net_loop *loop, struct https_client **ret_client);
/* Ends what is under way without calling back. The loop must run once more to free it. */
void https_client_free(struct https_client *client);

/* `done` is called exactly once, from the loop. ERR_SYNTAX for a URL that is not https,
 * ERR_NO_MEMORY, ERR_LIMIT when too many wait: then it is not called. */
int https_client_ask(struct https_client *client, const struct https_request *request,
                     https_done *done, void *user);

/* Ends every question of this owner now with NET_TIMED_OUT, or NET_OWN_FAILURE where our politeness
 * kept it waiting; `done` must not ask again. */
void https_client_give_up(struct https_client *client, const void *owner);

#endif
