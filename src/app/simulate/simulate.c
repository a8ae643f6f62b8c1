#include "app/simulate/simulate.h"

#include "app/admin.h"
#include "app/law.h"
#include "app/publish/notice.h"
#include "app/publish/ticker.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "store/case.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOUR_ARRIVALS = 8, HOUR_ANSWERS = 10, HOUR_OFFICE = 15 };
#define HOUR_US (INT64_C(3600) * 1000000)

int64_t simulation_parties(const struct simulation *sim, enum party_kind kind)
{
    return kind == PARTY_REGISTRAR ? sim->options->registrars : sim->options->registries;
}

const struct population_kind *simulation_kind(const struct simulation *sim, const char *party)
{
    bool registry = strncmp(party, "registry-", 9) == 0;
    return &sim->population.kinds[registry ? PARTY_REGISTRY : PARTY_REGISTRAR];
}

int simulation_month(int32_t day)
{
    int year, month, of_month;
    civil_from_days(day, &year, &month, &of_month);
    return month - 1;
}

/* --- one day --- */

static int64_t at_hour(const struct simulation *sim, int hour)
{
    return sim->day * CIVIL_DAY_US + hour * HOUR_US;
}

static int live_day(struct simulation *sim, struct error_detail *detail)
{
    int result = post_settle(sim, at_hour(sim, HOUR_ARRIVALS), detail);
    if (result >= 0)
        result = staff_tell_absences(sim, detail);
    if (result >= 0)
        result = statute_tell(sim, detail);
    if (result >= 0)
        result = arrivals_take(sim, detail);
    if (result >= 0)
        result = post_settle(sim, at_hour(sim, HOUR_ANSWERS), detail);
    if (result >= 0)
        result = office_take_answers(sim, at_hour(sim, HOUR_ANSWERS), detail);
    if (result >= 0)
        result = post_settle(sim, at_hour(sim, HOUR_OFFICE), detail);
    if (result >= 0)
        result = office_work(sim, detail);
    if (result >= 0)
        result = post_settle(sim, at_hour(sim, 24) - 1, detail);
    if (result >= 0)
        result = matter_settle(sim, detail);
    return result < 0 ? result : place_keep(sim, detail);
}

static int commit_day(struct simulation *sim, struct error_detail *detail)
{
    int result = store_begin(sim->app.store);
    if (result >= 0)
        result = live_day(sim, detail);
    if (result >= 0)
        result = store_commit(sim->app.store);
    if (result < 0) {
        app_store_failed(&sim->app, result, detail, "day");
        store_rollback(sim->app.store);
    }
    return result;
}

/* At the end of each month the log is signed and the public folder written: every notice each time,
 * which a day of many publications could not afford. */
static int tell_public(struct simulation *sim, bool last, struct error_detail *detail)
{
    if (!last && simulation_month(sim->day + 1) == simulation_month(sim->day))
        return 0;
    int result = sim->public_changed ? notice_write_files(&sim->app, detail) : 0;
    if (result >= 0)
        result = ticker_tick(&sim->app, &sim->signer, detail);
    if (result >= 0 && sim->public_changed)
        result = notice_write_bundles(&sim->app, detail);
    sim->public_changed = sim->public_changed && result < 0;
    return result;
}

static int live(struct simulation *sim, struct error_detail *detail)
{
    int result = 0;
    for (; sim->day < sim->end_day && result >= 0; sim->day++) {
        char date[CIVIL_DATE_TEXT];
        result = commit_day(sim, detail);
        if (result >= 0)
            result = tell_public(sim, sim->day + 1 == sim->end_day, detail);
        if (result < 0)
            error_context(detail, result, "%s", civil_format_date(sim->day, date));
    }
    return result;
}

/* --- beginning --- */

static int open_app(struct simulation *sim, struct error_detail *detail)
{
    const struct simulate_options *o = sim->options;
    struct app_options options = {
        .data = o->data, .config = o->config, .create = !o->resume, .bulk = true};
    json_t *made JSON_CLEANUP = NULL;
    /* A second of displacement makes the store a demonstration from its first breath. */
    clock_init_frozen(&options.clock, sim->first_day * CIVIL_DAY_US);
    clock_jump(&options.clock, sim->first_day * CIVIL_DAY_US + 1000000);
    int result = o->resume ? 0 : admin_init(&options, &made, detail);
    options.create = false;
    if (result >= 0)
        result = app_open(&options, &sim->app, detail);
    sim->open = result >= 0;
    return result;
}

static int go_on(struct simulation *sim, struct error_detail *detail)
{
    int result = place_load(sim, detail);
    if (result < 0)
        return result;
    /* The clock may have been kept later than the day, never earlier than what it has committed. */
    if (clock_wall(&sim->app.clock) < at_hour(sim, 0) - 1)
        clock_jump(&sim->app.clock, at_hour(sim, 0) - 1);
    sim->public_changed = true;
    return matter_load_all(sim, detail);
}

static int begin(struct simulation *sim, struct error_detail *detail)
{
    const struct process *process;
    int result = open_app(sim, detail);
    if (result >= 0 && !sim->options->resume)
        result = founding_make(sim, detail);
    if (result >= 0)
        result = app_need_rulebook(&sim->app, detail);
    if (result >= 0)
        result = app_version_of(&sim->app, sim->app.rulebook->digest_text, &sim->rulebook, &process,
                                detail);
    if (result >= 0 && sim->options->resume)
        result = go_on(sim, detail);
    return result;
}

static const char *shipped_population(void)
{
    return access(POPULATION_SOURCE, R_OK) == 0 ? POPULATION_SOURCE : POPULATION_INSTALLED;
}

static int end_of_run(struct simulation *sim, struct error_detail *detail)
{
    const struct simulate_options *o = sim->options;
    sim->end_day = civil_add_months(sim->first_day, (int)o->years * 12);
    int32_t until = sim->end_day;
    if (o->until && civil_parse_date(o->until, &until) < 0)
        return error_set(detail, ERR_SYNTAX, "'%s' is no date (2026-11-24)", o->until);
    if (until < sim->end_day)
        sim->end_day = until;
    return 0;
}

static void done(struct simulation *sim)
{
    matter_free_all(sim);
    child_stop(&sim->signer);
    if (sim->open)
        app_close(&sim->app);
    arena_done(&sim->arena);
    arena_done(&sim->topic_arena[0]);
    arena_done(&sim->topic_arena[1]);
    json_decref(sim->run);
    json_decref(sim->ending);
    free(sim->figures);
    free(sim);
}

int simulate_run(const struct simulate_options *options, json_t **ret_report,
                 struct error_detail *detail)
{
    const char *population = options->population ? options->population : shipped_population();
    struct simulation *sim = calloc(1, sizeof *sim);
    if (!sim)
        return ERR_NO_MEMORY;
    sim->options = options;
    sim->signer = (struct child){.fd = -1, .role = "signer"};
    arena_init(&sim->arena, 16 << 20);
    arena_init(&sim->topic_arena[0], 1 << 20);
    arena_init(&sim->topic_arena[1], 1 << 20);
    sim->figures = calloc(1, sizeof *sim->figures);
    int result = sim->figures ? population_load(population, &sim->arena, &sim->population, detail)
                              : ERR_NO_MEMORY;
    sim->first_day = sim->day = sim->population.start;
    if (result >= 0)
        result = end_of_run(sim, detail);
    if (result >= 0)
        result = begin(sim, detail);
    if (result >= 0)
        result = live(sim, detail);
    if (result >= 0) {
        *ret_report = figures_report(sim);
        result = *ret_report ? 0 : ERR_NO_MEMORY;
    }
    done(sim);
    return result;
}
