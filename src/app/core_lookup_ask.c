/* Asking RDAP about one name, beside the surveys: a prober and a judge of their own, which are
 * started with the first question, so that a server that kills one takes no survey with it. */
#include "app/core_parts.h"

#include "app/complaints/lookup.h"
#include "app/monitor/plan.h"
#include "base/log.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 64 << 20 };

/* One name that is asked about. The thread sees the observation and nothing else. */
struct lookup_job {
    struct observation observation;
    const char *host; /* whose service it is, with its port */
    struct lookup_ask ask;
    int64_t asked_at;
};

static const char *host_of(const char *url, struct arena *arena)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return arena_copy_slice(arena, host, strcspn(host, "/?#"));
}

void core_start_lookups(struct core *core)
{
    core->looking = (struct worker){.event_fd = -1, .wake_fd = -1};
    observer_init(&core->looker);
}

void core_collect_lookups(struct core *core)
{
    if (core->looking.started)
        worker_collect(&core->looking);
}

void core_end_lookups(struct core *core)
{
    worker_stop(&core->looking);
    observer_done(&core->looker);
}

bool core_lookup_waits_for(struct core *core, const char *tld_name)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct tld tld;
    size_t busy = 0;
    for (size_t i = 0; i < CORE_LOOKUPS_AT_ONCE; i++)
        busy += core->lookups[i] != NULL;
    if (busy == 0 || !tld_name[0])
        return false;
    if (busy == CORE_LOOKUPS_AT_ONCE)
        return true;
    arena_init(&arena, 1 << 20);
    if (store_tld_find(core->app->store, tld_name, &arena, &tld) < 0 || !tld.rdap_url)
        return false;
    const char *host = host_of(tld.rdap_url, &arena);
    for (size_t i = 0; host && i < CORE_LOOKUPS_AT_ONCE; i++) {
        if (core->lookups[i] && strcmp(core->lookups[i]->host, host) == 0)
            return true;
    }
    return false;
}

static int keep(struct lookup_job *job, struct error_detail *detail)
{
    struct observation *o = &job->observation;
    struct app *app = o->core->app;
    const struct lookup_reply reply = {.ask = &job->ask,
                                       .asked_at = job->asked_at,
                                       .measurement = {o->measurement.data, o->measurement.size},
                                       .results = o->failure < 0 ? NULL : &o->results};
    int result = store_begin(app->store);
    if (result >= 0)
        result = lookup_take(app, &reply, &o->arena, detail);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0)
        store_rollback(app->store);
    return result;
}

static void free_job(struct lookup_job *job)
{
    buffer_done(&job->observation.measurement);
    arena_done(&job->observation.arena);
    free(job);
}

/* What the store does not take is asked for again. */
static void finish_lookup(struct job *ended)
{
    struct lookup_job *job = (struct lookup_job *)ended;
    struct core *core = job->observation.core;
    struct error_detail detail = {0};
    for (size_t i = 0; i < CORE_LOOKUPS_AT_ONCE; i++) {
        if (core->lookups[i] == job)
            core->lookups[i] = NULL;
    }
    if (!core->stop && job->observation.failure < 0)
        log_error("lookups: an answer could not be read: %s",
                  error_words(&job->observation.detail, job->observation.failure));
    int result = core->stop ? 0 : keep(job, &detail);
    if (result < 0)
        log_error("lookups: what was seen: %s", error_words(&detail, result));
    core->next_lookups_us = 0;
    free_job(job);
}

/* The texts of the question live as long as the job. */
static int fill(struct lookup_job *job, const struct lookup_ask *ask)
{
    struct observation *o = &job->observation;
    struct app *app = o->core->app;
    job->ask = *ask;
    job->ask.reference = arena_copy_text(&o->arena, ask->reference);
    job->ask.domain = arena_copy_text(&o->arena, ask->domain);
    job->ask.rdap_url = arena_copy_text(&o->arena, ask->rdap_url);
    if (!job->ask.reference || !job->ask.domain || !job->ask.rdap_url)
        return ERR_NO_MEMORY;
    job->host = host_of(job->ask.rdap_url, &o->arena);
    job->asked_at = clock_wall(&app->clock);
    plan_begin(&app->config, &o->core->files, job->ask.domain, &o->plan);
    o->plan.lookup = true;
    o->plan.trust_anchor = o->plan.reference_url = NULL;
    o->plan.rdap_url = job->ask.rdap_url;
    o->plan.rdap_domain = job->ask.domain;
    return job->host ? 0 : ERR_NO_MEMORY;
}

int core_ask_lookup(struct core *core, const struct lookup_ask *ask, struct error_detail *detail)
{
    struct lookup_job **place = NULL;
    for (size_t i = 0; i < CORE_LOOKUPS_AT_ONCE && !place; i++)
        place = core->lookups[i] ? NULL : &core->lookups[i];
    int result = place ? 0 : ERR_LIMIT;
    if (result >= 0 && !core->looking.started)
        result = worker_start(&core->looking, core_observe, &core->looker, detail);
    struct lookup_job *job = result < 0 ? NULL : calloc(1, sizeof *job);
    if (!job)
        return result < 0 ? result : ERR_NO_MEMORY;
    job->observation.job = (struct job){.finish = finish_lookup};
    job->observation.core = core;
    arena_init(&job->observation.arena, ARENA_MAX);
    result = fill(job, ask);
    if (result < 0) {
        free_job(job);
        return result;
    }
    *place = job;
    worker_give(&core->looking, &job->observation.job);
    return 0;
}
