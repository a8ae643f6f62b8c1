#include "net/politeness.h"

#include "base/clock.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    HOST_SLOTS = 1024, /* of the hash table */
    HOSTS_MAX = 20000, /* all name server addresses of the root zone are about 9,000 */
    TOKEN = 1000,      /* thousandths */
};

struct politeness_host {
    struct politeness_host *next;
    struct endpoint address;
    struct token_bucket bucket;
    uint32_t inside; /* going and waiting */
    uint32_t going;
    uint64_t blocked_in; /* last look at the queue in which this host could not go */
};

struct politeness {
    struct politeness_limits limits;
    struct politeness_host *slots[HOST_SLOTS];
    size_t host_count;
    struct politeness_pass *first, **last;
    uint32_t waiting, going;
    uint64_t look;
    uv_timer_t *timer;
};

struct politeness_limits politeness_defaults(void)
{
    return (struct politeness_limits){
        .burst = 64, .per_second = 100, .in_flight = 16, .total = 300, .waiting = 20000};
}

int64_t token_bucket_take(struct token_bucket *bucket, const struct politeness_limits *limits,
                          int64_t now)
{
    const int64_t full = (int64_t)limits->burst * TOKEN;
    /* A rate of one per second gives one thousandth in a thousandth of a second. */
    int64_t gained = (now - bucket->filled_at) * limits->per_second / 1000;
    if (bucket->filled_at == 0 || gained >= full - bucket->milli_tokens) {
        bucket->milli_tokens = full;
        bucket->filled_at = now;
    } else if (gained > 0) {
        bucket->milli_tokens += gained;
        bucket->filled_at += gained * 1000 / limits->per_second;
    }
    if (bucket->milli_tokens >= TOKEN) {
        bucket->milli_tokens -= TOKEN;
        return 0;
    }
    return (TOKEN - bucket->milli_tokens) * 1000 / limits->per_second + 1;
}

static size_t slot_of(const struct endpoint *address)
{
    const uint8_t *bytes = (const uint8_t *)&address->v6.sin6_addr;
    size_t size = 16, hash = 2166136261u;
    if (address->any.sa_family == AF_INET) {
        bytes = (const uint8_t *)&address->v4.sin_addr;
        size = 4;
    }
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash % HOST_SLOTS;
}

/* Forgets hosts that nobody asks and that could be asked a full burst again. */
static void forget_idle_hosts(struct politeness *politeness, int64_t now)
{
    int64_t refill = (int64_t)politeness->limits.burst * 1000000 / politeness->limits.per_second;
    for (size_t i = 0; i < HOST_SLOTS; i++) {
        struct politeness_host **link = &politeness->slots[i];
        while (*link) {
            struct politeness_host *host = *link;
            if (host->inside || now - host->bucket.filled_at < refill) {
                link = &host->next;
                continue;
            }
            *link = host->next;
            free(host);
            politeness->host_count--;
        }
    }
}

static int find_host(struct politeness *politeness, const struct endpoint *address,
                     struct politeness_host **ret_host)
{
    struct politeness_host **slot = &politeness->slots[slot_of(address)];
    for (struct politeness_host *host = *slot; host; host = host->next) {
        if (endpoint_same_host(&host->address, address)) {
            *ret_host = host;
            return 0;
        }
    }
    if (politeness->host_count >= HOSTS_MAX)
        forget_idle_hosts(politeness, clock_mono());
    if (politeness->host_count >= HOSTS_MAX)
        return ERR_LIMIT;
    struct politeness_host *host = calloc(1, sizeof *host);
    if (!host)
        return ERR_NO_MEMORY;
    host->address = *address;
    host->next = *slot;
    *slot = host;
    politeness->host_count++;
    *ret_host = host;
    return 0;
}

static void unlink_pass(struct politeness *politeness, struct politeness_pass *pass)
{
    *pass->link = pass->next;
    if (pass->next)
        pass->next->link = pass->link;
    else
        politeness->last = pass->link;
    politeness->waiting--;
}

/* 0 when the host may be asked one more now; else microseconds, INT64_MAX until somebody leaves. */
static int64_t wait_for(struct politeness *politeness, struct politeness_host *host, int64_t now)
{
    if (host->going >= politeness->limits.in_flight)
        return INT64_MAX;
    return token_bucket_take(&host->bucket, &politeness->limits, now);
}

static void look_at_queue(uv_timer_t *timer);

static void look_again_after(struct politeness *politeness, int64_t microseconds)
{
    uint64_t milliseconds = microseconds <= 0 ? 0 : (uint64_t)(microseconds + 999) / 1000;
    uv_timer_start(politeness->timer, look_at_queue, milliseconds, /* repeat= */ 0);
}

/* Lets go everybody whose turn it is and sets the timer for the next. */
static void look_at_queue(uv_timer_t *timer)
{
    struct politeness *politeness = timer->data;
    int64_t now = clock_mono(), soonest = INT64_MAX;
    uint64_t look = ++politeness->look;
    struct politeness_pass *next, *ready = NULL, **ready_last = &ready;
    for (struct politeness_pass *pass = politeness->first; pass; pass = next) {
        next = pass->next;
        if (politeness->going >= politeness->limits.total)
            break;
        if (pass->host->blocked_in == look)
            continue;
        int64_t wait = wait_for(politeness, pass->host, now);
        if (wait) {
            pass->host->blocked_in = look;
            soonest = wait < soonest ? wait : soonest;
            continue;
        }
        unlink_pass(politeness, pass);
        pass->state = PASS_GOING;
        pass->host->going++;
        politeness->going++;
        pass->next = NULL;
        pass->link = ready_last;
        *ready_last = pass;
        ready_last = &pass->next;
    }
    if (soonest != INT64_MAX)
        look_again_after(politeness, soonest);
    /* Only now call out: the callee may enter or leave. */
    while (ready) {
        struct politeness_pass *pass = ready;
        ready = pass->next;
        if (ready)
            ready->link = &ready;
        pass->next = NULL;
        pass->link = NULL;
        pass->go(pass);
    }
}

int politeness_new(struct net_loop *loop, const struct politeness_limits *limits,
                   struct politeness **ret_politeness)
{
    struct politeness *politeness = calloc(1, sizeof *politeness);
    uv_timer_t *timer = malloc(sizeof *timer);
    if (!politeness || !timer) {
        free(politeness);
        free(timer);
        return ERR_NO_MEMORY;
    }
    politeness->limits = *limits;
    politeness->last = &politeness->first;
    politeness->timer = timer;
    uv_timer_init(&loop->uv, timer);
    timer->data = politeness;
    *ret_politeness = politeness;
    return 0;
}

static void free_timer(uv_handle_t *timer)
{
    free(timer);
}

void politeness_free(struct politeness *politeness)
{
    if (!politeness)
        return;
    for (size_t i = 0; i < HOST_SLOTS; i++) {
        while (politeness->slots[i]) {
            struct politeness_host *next = politeness->slots[i]->next;
            free(politeness->slots[i]);
            politeness->slots[i] = next;
        }
    }
    uv_close((uv_handle_t *)politeness->timer, free_timer);
    free(politeness);
}

int politeness_enter(struct politeness *politeness, const struct endpoint *address,
                     struct politeness_pass *pass)
{
    struct politeness_host *host = NULL;
    if (politeness->waiting >= politeness->limits.waiting)
        return ERR_LIMIT;
    int result = find_host(politeness, address, &host);
    if (result < 0)
        return result;
    host->inside++;
    pass->host = host;
    pass->state = PASS_WAITING;
    pass->next = NULL;
    pass->link = politeness->last;
    *politeness->last = pass;
    politeness->last = &pass->next;
    politeness->waiting++;
    look_again_after(politeness, /* microseconds= */ 0);
    return 0;
}

void politeness_leave(struct politeness *politeness, struct politeness_pass *pass)
{
    if (pass->state == PASS_NONE)
        return;
    if (pass->state == PASS_WAITING) {
        unlink_pass(politeness, pass);
    } else {
        /* Still on the list of those about to go. */
        if (pass->link) {
            *pass->link = pass->next;
            if (pass->next)
                pass->next->link = pass->link;
        }
        pass->host->going--;
        politeness->going--;
        if (politeness->first)
            look_again_after(politeness, /* microseconds= */ 0);
    }
    pass->host->inside--;
    pass->state = PASS_NONE;
    pass->link = NULL;
}
