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
    /* Now rather than with the first plan: libraries may read files, which a sandbox forbids. */
    result = https_client_new(&surveyor->loop, &surveyor->https);
    if (result < 0) {
        surveyor_free(surveyor);
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

/* Made with the first plan, because it brings the politeness. */
static int make_dns_client(struct surveyor *surveyor, const struct survey_limits *limits)
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
    return result;
}

/* Certificates are parsed again only when their bytes changed. None, or none that can be read:
 * HTTPS cannot be asked, which its exchanges say (invariant 4). */
static struct trust *load_trust(struct surveyor *surveyor, const struct survey_plan *plan)
{
    if (!plan->rdap_url && !plan->reference_url)
        return NULL;
    struct digest digest = digest_of(plan->ca.data, plan->ca.size);
    if (surveyor->trust && digest_equal(&digest, &surveyor->trust_digest))
        return trust_share(surveyor->trust);
    trust_free(surveyor->trust);
    surveyor->trust = NULL;
    surveyor->trust_digest = digest;
    if (plan->ca.size)
        trust_new(plan->ca.data, plan->ca.size, &surveyor->trust, /* detail= */ NULL);
    return trust_share(surveyor->trust);
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

static void deadline_passed(void *user)
{
    struct round *round = user;
    round->over = true;
    round_hold(round);
    serial_give_up(round);
    dns_client_give_up(round->surveyor->dns, round);
    https_client_give_up(round->surveyor->https, round);
    round_release(round);
}

void round_ended(void *user)
{
    struct round *round = user;
    *round->link = round->next;
    if (round->next)
        round->next->link = round->link;
    net_timer_stop(round->timer);
    trust_free(round->trust);
    int result = describe(round, &round->measurement);
    if (result >= 0)
        result = round_finish(round, &round->measurement);
    round->finished(round->user, result, &round->measurement);
}

/* Asks everything that does not depend on an answer. */
static int begin(struct round *round)
{
    round->timer =
        net_timer_start(&round->surveyor->loop, round->limits.survey_ms, deadline_passed, round);
    if (!round->timer)
        return ERR_NO_MEMORY;
    round->next = round->surveyor->rounds;
    round->link = &round->surveyor->rounds;
    if (round->next)
        round->next->link = &round->next;
    round->surveyor->rounds = round;
    round->trust = load_trust(round->surveyor, round->plan);
    round_hold(round);
    rdap_start(round);
    if (!round->plan->lookup) {
        delegation_start(round);
        reference_start(round);
    }
    round_release(round);
    return 0;
}

int surveyor_start(struct surveyor *surveyor, const struct survey_plan *plan, struct arena *arena,
                   const struct clock *clock, survey_done *done, void *user,
                   struct error_detail *detail)
{
    struct round *round = arena_alloc(arena, sizeof *round);
    if (!round)
        return ERR_NO_MEMORY;
    *round = (struct round){.surveyor = surveyor,
                            .plan = plan,
                            .arena = arena,
                            .measurement = {.observed_at = clock_real(clock)},
                            .finished = done,
                            .user = user,
                            .started_us = clock_mono()};
    int result = plan_apply(round, detail);
    if (result >= 0)
        result = make_dns_client(surveyor, &round->limits);
    return result < 0 ? result : begin(round);
}

void surveyor_give_up(struct surveyor *surveyor)
{
    for (struct round *round = surveyor->rounds; round; round = round->next)
        deadline_passed(round);
}

/* What a caller that waits gets. */
struct waiting {
    bool done;
    int result;
    struct measurement measurement;
};

static void stop_waiting(void *user, int result, const struct measurement *measurement)
{
    struct waiting *waiting = user;
    *waiting = (struct waiting){.done = true, .result = result, .measurement = *measurement};
}

int surveyor_run(struct surveyor *surveyor, const struct survey_plan *plan, struct arena *arena,
                 const struct clock *clock, struct measurement *ret_measurement,
                 struct error_detail *detail)
{
    struct waiting waiting = {0};
    int result = surveyor_start(surveyor, plan, arena, clock, stop_waiting, &waiting, detail);
    if (result >= 0)
        result = net_loop_run(&surveyor->loop, &waiting.done);
    if (result >= 0)
        result = waiting.result;
    if (result >= 0)
        *ret_measurement = waiting.measurement;
    return result;
}

struct net_loop *surveyor_loop(struct surveyor *surveyor)
{
    return &surveyor->loop;
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
