#include "net/resolver.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_S = 2, /* for each server */
    TRIES = 2,
    ANSWER_MAX = 65536, /* as much as TCP carries */
};

struct resolver {
    struct __res_state state; /* its own: the process's is read again whenever a file changes */
    uint8_t answer[ANSWER_MAX];
};

int resolver_new(const struct endpoint *server, struct resolver **ret_resolver)
{
    if (server && server->any.sa_family != AF_INET)
        return ERR_UNSUPPORTED;
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return ERR_NO_MEMORY;
    if (res_ninit(&resolver->state) != 0) {
        free(resolver);
        return ERR_UNAVAILABLE;
    }
    resolver->state.retrans = WAIT_S;
    resolver->state.retry = TRIES;
    if (server) {
        resolver->state.nscount = 1;
        resolver->state.nsaddr_list[0] = server->v4;
    }
    *ret_resolver = resolver;
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    res_nclose(&resolver->state);
    free(resolver);
}

/* --- one question --- */

struct found {
    struct endpoint *list;
    size_t count;
    uint16_t port;
};

static void take_record(const ns_rr *record, int type, struct found *found)
{
    bool v4 = type == ns_t_a;
    if ((int)ns_rr_type(*record) != type || ns_rr_class(*record) != ns_c_in ||
        ns_rr_rdlen(*record) != (v4 ? 4 : 16) || found->count >= RESOLVER_ADDRESSES_MAX)
        return;
    found->list[found->count++] =
        endpoint_make(v4 ? AF_INET : AF_INET6, ns_rr_rdata(*record), found->port);
}

/* Those at the end of a chain of aliases too: whom the name leads to is checked by its address. */
static int read_answer(const uint8_t *data, int size, int type, struct found *found)
{
    ns_msg message;
    ns_rr record;
    if (ns_initparse(data, size, &message) < 0)
        return ERR_UNAVAILABLE;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        if (ns_parserr(&message, ns_s_an, i, &record) < 0)
            return ERR_UNAVAILABLE;
        take_record(&record, type, found);
    }
    return 0;
}

static int ask(struct resolver *resolver, const char *host, int type, struct found *found)
{
    int size = res_nquery(&resolver->state, host, ns_c_in, type, resolver->answer, ANSWER_MAX);
    if (size < 0) {
        int why = resolver->state.res_h_errno;
        return why == HOST_NOT_FOUND || why == NO_DATA ? 0 : ERR_UNAVAILABLE;
    }
    return read_answer(resolver->answer, size < ANSWER_MAX ? size : ANSWER_MAX, type, found);
}

/* --- the whole --- */

static bool take_literal(const char *host, struct found *found)
{
    uint8_t bytes[16];
    int family = inet_pton(AF_INET, host, bytes) == 1    ? AF_INET
                 : inet_pton(AF_INET6, host, bytes) == 1 ? AF_INET6
                                                         : AF_UNSPEC;
    if (family == AF_UNSPEC)
        return false;
    found->list[found->count++] = endpoint_make(family, bytes, found->port);
    return true;
}

int resolver_find(struct resolver *resolver, const char *host, uint16_t port,
                  struct endpoint ret_list[RESOLVER_ADDRESSES_MAX], size_t *ret_count)
{
    struct endpoint list[RESOLVER_ADDRESSES_MAX];
    struct found found = {.list = list, .port = port};
    int result = 0;
    if (!take_literal(host, &found)) {
        result = ask(resolver, host, ns_t_a, &found);
        int other = ask(resolver, host, ns_t_aaaa, &found);
        result = other < 0 ? other : result;
    }
    /* One family alone will do. */
    if (found.count == 0)
        return result < 0 ? result : ERR_NOT_FOUND;
    memcpy(ret_list, list, found.count * sizeof *list);
    *ret_count = found.count;
    return 0;
}
