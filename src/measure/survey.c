#include "measure/survey.h"

#include "base/clock.h"
#include "measure/plan.h"
#include "measure/round.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* OpenSSL writes without MSG_NOSIGNAL; a closed connection is an outcome, not the end of us. */
static void ignore_broken_pipes(void)
{
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

int surveyor_new(struct surveyor **ret_surveyor)
{
    struct surveyor *surveyor = calloc(1, sizeof *surveyor);
    if (!surveyor)
        return ERR_NO_MEMORY;
    ignore_broken_pipes();
    int result = net_loop_init(&surveyor->loop);
    if (result < 0) {
        free(surveyor);
        return result;
    }
    *ret_surveyor = surveyor;
    return 0;
}

void surveyor_free(struct surveyor *surveyor)
{
    if (!surveyor)
        return;
    dns_client_free(surveyor->dns);
    https_client_free(surveyor->https);
    politeness_free(surveyor->politeness);
    net_loop_done(&surveyor->loop);
    trust_free(surveyor->trust);
    free(surveyor);
}

/* The clients are made with the first plan, because it brings the politeness. */
static int make_clients(struct surveyor *surveyor, const struct survey_limits *limits)
{
    int result = 0;
    if (!surveyor->politeness) {
        struct politeness_limits polite = politeness_defaults();
        polite.burst = limits->burst;
        polite.per_second = limits->per_second;
        polite.in_flight = limits->in_flight;
        result = politeness_new(&surveyor->loop, &polite, &surveyor->politeness);
    }
    if (result >= 0 && !surveyor->dns)
        result = dns_client_new(&surveyor->loop, surveyor->politeness, &surveyor->dns);
    if (result >= 0 && !surveyor->https)
        result = https_client_new(&surveyor->loop, &surveyor->https);
    return result;
}

/* Certificates are parsed again only when their bytes changed. None, or none that can be read:
 * HTTPS cannot be asked, which its exchanges say (invariant 3). */
static void load_trust(struct surveyor *surveyor, const struct survey_plan *plan)
{
    if (!plan->rdap_url && !plan->reference_url)
        return;
    struct digest digest = digest_of(plan->ca.data, plan->ca.size);
    if (surveyor->trust && digest_equal(&digest, &surveyor->trust_digest))
        return;
    trust_free(surveyor->trust);
    surveyor->trust = NULL;
    surveyor->trust_digest = digest;
    if (plan->ca.size)
        trust_new(plan->ca.data, plan->ca.size, &surveyor->trust, /* detail= */ NULL);
}

static void deadline_passed(uv_timer_t *timer)
{
    struct round *round = timer->data;
    round->over = true;
    round_hold(round);
    dns_client_give_up(round->surveyor->dns);
    https_client_give_up(round->surveyor->https);
    round_release(round);
}

static void deadline_closed(uv_handle_t *timer)
{
    *(bool *)timer->data = true;
}

/* The timer lives in the round: it must be closed before the round goes. */
static void close_deadline(struct round *round)
{
    bool closed = false;
    round->deadline.data = &closed;
    uv_close((uv_handle_t *)&round->deadline, deadline_closed);
    net_loop_run(&round->surveyor->loop, &closed);
}

/* Asks everything that does not depend on an answer, and then waits. */
static int run_round(struct round *round)
{
    uv_update_time(&round->surveyor->loop.uv);
    uv_timer_init(&round->surveyor->loop.uv, &round->deadline);
    round->deadline.data = round;
    uv_timer_start(&round->deadline, deadline_passed, round->limits.survey_ms, /* repeat= */ 0);
    round_hold(round);
    rdap_start(round);
    delegation_start(round);
    reference_start(round);
    round_release(round);
    int result = net_loop_run(&round->surveyor->loop, &round->done);
    close_deadline(round);
    return result;
}

/* Copies what the measurement says of its plan, so that it does not borrow from it. */
static int describe(const struct round *round, struct measurement *measurement)
{
    const struct survey_plan *plan = round->plan;
    struct arena *arena = round->arena;
    measurement->target = round->target;
    measurement->vantage = arena_copy_text(arena, plan->vantage);
    measurement->tool = arena_copy_text(arena, plan->tool);
    bool complete = measurement->vantage && measurement->tool;
    if (plan->trust_anchor || plan->given_ds) {
        measurement->trust_anchor = arena_printf(
            arena, "%s%s%s", plan->trust_anchor ? plan->trust_anchor : "",
            plan->trust_anchor && plan->given_ds ? "\n" : "", plan->given_ds ? plan->given_ds : "");
        complete = complete && measurement->trust_anchor;
    }
    if (plan->rdap_url) {
        measurement->rdap_url = arena_copy_text(arena, plan->rdap_url);
        complete = complete && measurement->rdap_url;
    }
    if (plan->rdap_domain) {
        measurement->rdap_domain = arena_copy_text(arena, plan->rdap_domain);
        complete = complete && measurement->rdap_domain;
    }
    return complete ? 0 : ERR_NO_MEMORY;
}

int surveyor_run(struct surveyor *surveyor, const struct survey_plan *plan, struct arena *arena,
                 const struct clock *clock, struct measurement *ret_measurement,
                 struct error_detail *detail)
{
    struct measurement measurement = {.observed_at = clock_real(clock)};
    struct round *round = arena_alloc(arena, sizeof *round);
    if (!round)
        return ERR_NO_MEMORY;
    *round = (struct round){
        .surveyor = surveyor, .plan = plan, .arena = arena, .started_us = clock_mono()};
    int result = plan_apply(round, detail);
    if (result >= 0)
        result = make_clients(surveyor, &round->limits);
    if (result < 0)
        return result;
    load_trust(surveyor, plan);
    result = run_round(round);
    if (result >= 0)
        result = describe(round, &measurement);
    if (result >= 0)
        result = round_finish(round, &measurement);
    if (result >= 0)
        *ret_measurement = measurement;
    return result;
}

int survey_run(const struct survey_plan *plan, struct arena *arena, const struct clock *clock,
               struct measurement *ret_measurement, struct error_detail *detail)
{
    struct surveyor *surveyor = NULL;
    int result = surveyor_new(&surveyor);
    if (result >= 0)
        result = surveyor_run(surveyor, plan, arena, clock, ret_measurement, detail);
    surveyor_free(surveyor);
    return result;
}
