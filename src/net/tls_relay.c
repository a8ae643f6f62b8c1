#include "net/tls_relay.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HANDSHAKE_US = 10000000, /* a slow line does it in two or three */
    IDLE_US = 120000000,     /* the door ends what is idle sooner; this is for who takes nothing */
};

int tls_relay_new(SSL_CTX *context, int outside, int handover, const struct handover *peer,
                  struct tls_relay **ret_relay)
{
    struct tls_relay *relay = malloc(sizeof *relay);
    SSL *tls = SSL_new(context);
    if (!relay || !tls || SSL_set_fd(tls, outside) != 1) {
        free(relay);
        SSL_free(tls);
        return ERR_NO_MEMORY;
    }
    /* One by one: the 32 KiB of room need no zeros. */
    relay->tls = tls;
    relay->outside = outside;
    relay->inside = -1;
    relay->handover = handover;
    relay->handed = relay->wants_write = false;
    relay->begun_us = relay->moved_us = clock_mono();
    relay->peer = *peer;
    relay->in.at = relay->in.size = relay->out.at = relay->out.size = 0;
    relay->in.ended = relay->in.blocked = relay->out.ended = relay->out.blocked = false;
    SSL_set_accept_state(tls);
    *ret_relay = relay;
    return 0;
}

void tls_relay_free(struct tls_relay *relay)
{
    if (!relay)
        return;
    SSL_free(relay->tls);
    close(relay->outside);
    if (relay->inside >= 0)
        close(relay->inside);
    free(relay);
}

/* What a call of OpenSSL's wants that did nothing: 0 to wait, else ERR_CLOSED. What went wrong is
 * nobody's business but the other side's, which got an alert. */
static int wait_or_end(struct tls_relay *relay, int returned, bool *ret_wants_write)
{
    int why = SSL_get_error(relay->tls, returned);
    ERR_clear_error();
    *ret_wants_write = why == SSL_ERROR_WANT_WRITE;
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : ERR_CLOSED;
}

/* --- handing over --- */

static int hand_over(struct tls_relay *relay)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
        return -errno;
    int result = handover_give(relay->handover, ends[1], &relay->peer);
    close(ends[1]);
    if (result < 0) {
        close(ends[0]);
        return result;
    }
    relay->inside = ends[0];
    relay->handed = true;
    return 0;
}

/* Nobody vouches for it: it is what it is, while its own dates last, and the handshake proved that
 * its key is there (RFC 8446 4.4.3). */
static void note_certificate(struct tls_relay *relay)
{
    X509 *shown = SSL_get0_peer_certificate(relay->tls);
    unsigned char *der = NULL;
    if (!shown || X509_cmp_current_time(X509_get0_notBefore(shown)) >= 0 ||
        X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0)
        return;
    int size = i2d_X509(shown, &der);
    relay->peer.has_certificate = size > 0;
    if (size > 0)
        relay->peer.certificate = digest_of(der, (size_t)size);
    OPENSSL_free(der);
}

static int shake_hands(struct tls_relay *relay)
{
    int returned = SSL_accept(relay->tls);
    if (returned != 1)
        return wait_or_end(relay, returned, &relay->wants_write);
    relay->wants_write = false;
    note_certificate(relay);
    ERR_clear_error();
    return hand_over(relay);
}

/* --- carrying --- */

static bool has_room(const struct tls_relay_bytes *bytes)
{
    return bytes->at == bytes->size && !bytes->ended;
}

/* Each returns 1 when something moved, 0 when nothing can now, or a failure. */

static int read_outside(struct tls_relay *relay)
{
    if (!has_room(&relay->in))
        return 0;
    int got = SSL_read(relay->tls, relay->in.data, TLS_RELAY_ROOM);
    if (got > 0) {
        relay->wants_write = false;
        relay->in.at = 0;
        relay->in.size = (size_t)got;
        return 1;
    }
    if (SSL_get_error(relay->tls, got) != SSL_ERROR_ZERO_RETURN)
        return wait_or_end(relay, got, &relay->wants_write);
    relay->in.ended = true; /* close_notify: nothing follows, an answer may still be wanted */
    shutdown(relay->inside, SHUT_WR);
    return 1;
}

/* A door that refuses early takes no more, but its answer is still to be carried. */
static int write_inside(struct tls_relay *relay)
{
    struct tls_relay_bytes *in = &relay->in;
    if (in->at == in->size)
        return 0;
    ssize_t done = send(relay->inside, in->data + in->at, in->size - in->at, MSG_NOSIGNAL);
    in->blocked = done < 0 && errno == EAGAIN;
    if (done > 0)
        in->at += (size_t)done;
    else if (!in->blocked) {
        in->at = in->size;
        in->ended = true;
    }
    return in->blocked ? 0 : 1;
}

static int read_inside(struct tls_relay *relay)
{
    struct tls_relay_bytes *out = &relay->out;
    if (!has_room(out))
        return 0;
    ssize_t got = recv(relay->inside, out->data, TLS_RELAY_ROOM, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : ERR_CLOSED;
    out->at = 0;
    out->size = (size_t)got;
    out->ended = got == 0;
    return 1;
}

static int write_outside(struct tls_relay *relay)
{
    struct tls_relay_bytes *out = &relay->out;
    if (out->at == out->size)
        return 0;
    int done = SSL_write(relay->tls, out->data + out->at, (int)(out->size - out->at));
    if (done <= 0)
        return wait_or_end(relay, done, &out->blocked);
    out->blocked = false;
    out->at += (size_t)done;
    return 1;
}

static int carry(struct tls_relay *relay)
{
    int (*const steps[])(struct tls_relay *) = {write_outside, read_inside, write_inside,
                                                read_outside};
    int moved = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int result = steps[i](relay);
        if (result < 0)
            return result;
        moved |= result;
    }
    return moved;
}

/* The door has said all, and it has gone out. */
static bool is_over(const struct tls_relay *relay)
{
    return relay->out.ended && relay->out.at == relay->out.size;
}

bool tls_relay_turn(struct tls_relay *relay, int64_t now_us)
{
    enum { STEPS_MAX = 16 }; /* then others have their turn */
    if (!relay->handed && (shake_hands(relay) < 0 || now_us - relay->begun_us > HANDSHAKE_US))
        return false;
    int moved = relay->handed;
    for (int i = 0; moved > 0 && i < STEPS_MAX; i++) {
        moved = carry(relay);
        if (moved > 0)
            relay->moved_us = now_us;
    }
    if (moved < 0 || now_us - relay->moved_us > IDLE_US)
        return false;
    if (relay->handed && is_over(relay)) {
        SSL_shutdown(relay->tls); /* as much of it as goes now; nobody waits for the other's */
        ERR_clear_error();
        return false;
    }
    return true;
}

/* One that nothing is wanted of is left out: poll() would tell of its end again and again. */
static void put_poll(int fd, bool in, bool out, struct pollfd *ret_poll)
{
    *ret_poll = (struct pollfd){.fd = in || out ? fd : -1,
                                .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0))};
}

void tls_relay_poll(const struct tls_relay *relay, struct pollfd ret_polls[TLS_RELAY_POLLS])
{
    bool in = !relay->handed || has_room(&relay->in),
         out = relay->wants_write || relay->out.blocked;
    put_poll(relay->outside, in, out, &ret_polls[0]);
    put_poll(relay->inside, relay->handed && has_room(&relay->out), relay->in.blocked,
             &ret_polls[1]);
}
