/* The herald processes: each hands one delivery at a time to the receiver of a hook. A herald sees
 * finished bytes with their signature and an address, no secret, and has sockets but no files.
 *
 * It resolves the host's name itself and connects to the address that it looked at, so that nothing
 * is asked twice with another answer: an address that is not globally reachable gets nothing,
 * except in a laboratory, which has a net map. Redirects are not followed, and of the answer only
 * its status counts; the rest is dropped.
 *
 *   request  HERALD_FRAME_SEND   body: CBOR [turn, url, body, fields]
 *   reply    HERALD_FRAME_REPLY  body: CBOR [outcome, status, elapsed] */
#ifndef BAILIWICK_APP_HOOKS_HERALD_H
#define BAILIWICK_APP_HOOKS_HERALD_H

#include "app/child.h"
#include "app/config.h"

enum { HERALD_FRAME_SEND = 0x48000001, HERALD_FRAME_REPLY = 0x48000002, HERALD_FIELDS_MAX = 8 };

#define HERALD_OUTCOME_LIST(E)                                                                     \
    E(ANSWERED, "answered") /* with a status */                                                    \
    E(NO_ADDRESS, "its host has no address")                                                       \
    E(SPECIAL, "its host has none but special addresses, which nothing is sent to")                \
    E(TIMED_OUT, "no answer in time")                                                              \
    E(REFUSED, "connection refused")                                                               \
    E(UNREACHABLE, "no way there")                                                                 \
    E(CLOSED, "connection closed without an answer")                                               \
    E(TLS_FAILED, "TLS failed: its certificate is not for that host, or of nobody we trust")       \
    E(UNREADABLE, "an answer that is no HTTP")                                                     \
    E(OURS, "not sent, by our own failure") /* says nothing of the receiver */

enum herald_outcome {
#define E(name, text) HERALD_##name,
    HERALD_OUTCOME_LIST(E)
#undef E
        HERALD_OUTCOME_COUNT
};
const char *herald_outcome_text(enum herald_outcome outcome);

struct herald_request {
    uint32_t turn; /* each attempt takes the next address of a host that has several */
    const char *url;
    const void *body;
    size_t size;
    const char *fields[HERALD_FIELDS_MAX + 1]; /* header lines, up to NULL */
};

struct herald_reply {
    enum herald_outcome outcome;
    int status;         /* 0 for none */
    int64_t elapsed_us; /* of the whole attempt */
};

/* What a herald has open: arguments[0] is a file with certificates to trust, [1] the resolver's
 * address ("": the system's), [2] a file with the net map of a laboratory ("": none). */
struct herald;
int herald_open(char **arguments, struct herald **ret_herald, struct error_detail *detail);
void herald_close(struct herald *herald);

/* One attempt. Never fails: whatever happens is an outcome. */
void herald_post(struct herald *herald, const struct herald_request *request,
                 struct herald_reply *ret_reply);

/* The process, which opens that and then closes its sandbox. */
int herald_main(int fd, char **arguments);

/* Asks the process, starting it when it does not run. Never fails either. */
void herald_send(struct child *herald, const struct config *config,
                 const struct herald_request *request, struct herald_reply *ret_reply);

#endif
