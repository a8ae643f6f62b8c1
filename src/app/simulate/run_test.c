/* What a simulated run refuses and why it stops: its options, another run's store, work that the
 * program cannot do. The log's tick, which needs a signer, is stood in for. */
#include "app/simulate/parts.h"

#include "app/publish/ticker.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/absence.h"
#include "store/case.h"
#include "store/outbox.h"
#include "store/user.h"

#include <errno.h>
#include <string.h>

static bool tick_fails;

int __wrap_ticker_tick(struct app *app, struct child *signer, struct error_detail *detail);
int __wrap_ticker_tick(struct app *app, struct child *signer, struct error_detail *detail)
{
    (void)app, (void)signer;
    return tick_fails ? error_set(detail, ERR_UNAVAILABLE, "no signer") : 0;
}

/* --- whole runs --- */

static int run(const char *folder, struct simulate_options options, struct error_detail *detail)
{
    char data[80];
    json_t *report JSON_CLEANUP = NULL;
    snprintf(data, sizeof data, "%s/data", folder);
    options.data = data;
    options.years = options.registrars = options.registries = 1;
    return simulate_run(&options, &report, detail);
}

static void what_is_asked_for_must_be_there(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-run-XXXXXX";
    struct error_detail detail = {0};
    assert_non_null(mkdtemp(folder));
    assert_refused(run(folder, (struct simulate_options){.until = "June"}, &detail), ERR_SYNTAX,
                   &detail, "'June' is no date (2026-11-24)");
    assert_refused(run(folder, (struct simulate_options){.process = "/none.yaml"}, &detail),
                   -ENOENT, &detail, "/none.yaml: No such file");
    app_world_remove(folder);
}

static void a_run_goes_on_only_as_it_began(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-run-XXXXXX";
    struct error_detail detail = {0};
    assert_non_null(mkdtemp(folder));
    const struct simulate_options no_day = {.until = "2000-01-01"},
                                  going = {.until = "2000-01-01", .resume = true},
                                  day = {.until = "2022-06-02", .resume = true},
                                  other = {.seed = 2, .resume = true};
    assert_int_equal(run(folder, no_day, &detail), 0);
    assert_refused(run(folder, going, &detail), ERR_CONFLICT, &detail,
                   "/data holds no simulation to go on with");
    app_world_remove(folder);
    assert_non_null(mkdtemp(strcpy(folder, "/tmp/bailiwick-run-XXXXXX")));
    tick_fails = true;
    struct simulate_options first = day;
    first.resume = false;
    assert_refused(run(folder, first, &detail), ERR_UNAVAILABLE, &detail, "2022-06-01: no signer");
    tick_fails = false;
    assert_refused(run(folder, other, &detail), ERR_CONFLICT, &detail,
                   "/data was simulated with other seed");
    assert_int_equal(run(folder, day, &detail), 0);
    app_world_remove(folder);
}

/* --- parts of a run, in an authority with one case --- */

struct trial {
    struct world *world;
    struct simulation sim; /* has the world's application meanwhile */
    struct simulate_options options;
};

static int make_trial(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    trial->world = world_new();
    world_open_termination(trial->world);
    trial->sim.options = &trial->options;
    trial->sim.app = trial->world->app;
    trial->sim.day = civil_day_of(WORLD_START);
    trial->sim.population.analysts = trial->sim.population.work_a_day = 1;
    *state = trial;
    return 0;
}

static int end_trial(void **state)
{
    struct trial *trial = *state;
    free(trial->sim.touched);
    trial->world->app = trial->sim.app;
    world_free(trial->world);
    free(trial);
    return 0;
}

/* Due before all that the case left in the outbox. */
static void put_task(struct trial *trial, const char *kind)
{
    const struct store_task task = {.key = "c-gone/1/0",
                                    .kind = kind,
                                    .payload = "{\"case\":\"c-gone\",\"seq\":1}",
                                    .due_at = WORLD_START - 1};
    assert_int_equal(store_outbox_put(trial->sim.app.store, &task), 1);
}

static void a_task_that_cannot_be_carried_out_is_named(void **state)
{
    struct trial *trial = *state;
    struct error_detail detail = {0};
    put_task(trial, "draft-letter");
    assert_refused(post_settle(&trial->sim, WORLD_START, &detail), ERR_NOT_FOUND, &detail,
                   "draft-letter c-gone/1/0: ");
}

static void a_task_that_was_given_up_stops_the_run(void **state)
{
    struct trial *trial = *state;
    struct error_detail detail = {0};
    put_task(trial, "draft-letter");
    assert_int_equal(store_outbox_kill(trial->sim.app.store, "c-gone/1/0", "no template"), 0);
    assert_refused(office_work(&trial->sim, &detail), ERR_INTERNAL, &detail,
                   "the program gave up c-gone/1/0: no template");
}

static void a_deadline_that_cannot_pass_stops_the_run(void **state)
{
    struct trial *trial = *state;
    struct error_detail detail = {0};
    const struct store_deadline early = {.id = "d-early",
                                         .case_id = trial->world->case_id,
                                         .rule = "first",
                                         .due_at = WORLD_START,
                                         .state = DEADLINE_RUNNING,
                                         .trace = "{}"};
    assert_int_equal(store_deadline_put(trial->sim.app.store, &early), 0);
    assert_refused(post_settle(&trial->sim, WORLD_START, &detail), ERR_INTERNAL, &detail,
                   "1 deadlines could not pass");
}

static void a_letter_that_is_not_there_is_not_sent_again(void **state)
{
    struct trial *trial = *state;
    struct error_detail detail = {0};
    struct matter matter = {.move = MOVE_RESEND};
    CASE_TEXT(matter.id, trial->world->case_id);
    trial->sim.buckets[0] = &matter;
    trial->sim.live = 1;
    assert_refused(office_work(&trial->sim, &detail), ERR_NOT_FOUND, &detail,
                   arena_printf(&trial->world->arena, "letter of case %s that came back",
                                trial->world->case_id));
}

static void who_is_refused_a_command_is_named(void **state)
{
    struct trial *trial = *state;
    struct error_detail detail = {0};
    const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
    assert_refused(staff_command(&trial->sim, &anna, "case.adopt", json_object(), NULL, &detail),
                   ERR_SYNTAX, &detail, "case.adopt by anna: ");
}

/* --- who is away --- */

static size_t count_absences(struct trial *trial, const char *user)
{
    struct store_absence *said;
    size_t count;
    assert_int_equal(
        store_absence_list(trial->sim.app.store, user, &trial->world->arena, &said, &count), 0);
    return count;
}

/* Where the draw sends all away nobody goes, since nobody could stand in. Where some stay the
 * others say so, once in the week, also when the run was cut in it. */
static void who_is_away_says_so_on_monday(void **state)
{
    struct trial *trial = *state;
    struct simulation *sim = &trial->sim;
    char name[ACTOR_NAME_MAX];
    size_t here, said = 0, told = 0;
    sim->population.analysts = 20;
    sim->population.approvers = 2;
    for (int64_t i = 0; i < 20; i++) {
        staff_name(STAFF_ANALYST, i, name, sizeof name);
        const struct store_user user = {
            .id = name, .roles = (const char *[]){"analyst"}, .role_count = 1};
        assert_int_equal(store_user_put(sim->app.store, &user), 0);
    }
    sim->population.absent = DRAW_WHOLE;
    assert_int_equal(staff_tell_absences(sim, NULL), 0);
    assert_int_equal(staff_present(sim, STAFF_ANALYST), 20);
    assert_int_equal(staff_present(sim, STAFF_APPROVER), 2);
    sim->population.approvers = 0;
    sim->population.absent = DRAW_WHOLE / 2;
    for (int day = 7; day < 14; day++) {
        sim->day = civil_day_of(WORLD_START) + day;
        assert_int_equal(clock_jump(&sim->app.clock, WORLD_START + day * CIVIL_DAY_US), 0);
        sim->week = day == 9 ? 0 : sim->week; /* cut, and going on */
        assert_int_equal(staff_tell_absences(sim, NULL), 0);
        here = staff_present(sim, STAFF_ANALYST);
        assert_true(here > 0 && here < 20);
        for (int64_t i = 0; i < 20; i++) {
            staff_name(STAFF_ANALYST, i, name, sizeof name);
            said += day == 13 ? count_absences(trial, name) : 0;
        }
        told = day == 7 ? 20 - here : told;
        assert_int_equal(told, 20 - here);
    }
    assert_int_equal(said, told);
}

/* --- another run's report beside --- */

static void expect_beside(const char *text, int code, const char *words)
{
    char folder[] = "/tmp/bailiwick-run-XXXXXX", path[64];
    struct error_detail detail = {0};
    json_t *report JSON_CLEANUP =
        json_pack("{s:i, s:i, s:i, s:i, s:i, s:[]}", "seed", 1, "registrars", 1, "registries", 1,
                  "from", 1, "until", 1, "months");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report", folder);
    FILE *file = text ? fopen(path, "we") : NULL;
    assert_true(!text || (file && fputs(text, file) >= 0));
    if (file)
        fclose(file);
    assert_refused(simulate_set_beside(report, path, &detail), code, &detail, words);
    app_world_remove(folder);
}

static void a_report_to_set_beside_is_read_with_care(void **state)
{
    (void)state;
    expect_beside(NULL, -ENOENT, "/report': No such file");
    expect_beside("{", ERR_SYNTAX, "/report': ");
    expect_beside("{\"seed\":2}", ERR_CONFLICT, "the report to set beside has other seed");
    /* Rows that say of no party are of none. */
    expect_beside("{\"seed\":1,\"registrars\":1,\"registries\":1,\"from\":1,\"until\":1,"
                  "\"months\":[{},7]}",
                  0, "");
}

#define IN_TRIAL(test) cmocka_unit_test_setup_teardown(test, make_trial, end_trial)

TEST_MAIN(cmocka_unit_test(what_is_asked_for_must_be_there),
          cmocka_unit_test(a_run_goes_on_only_as_it_began),
          IN_TRIAL(a_task_that_cannot_be_carried_out_is_named),
          IN_TRIAL(a_task_that_was_given_up_stops_the_run),
          IN_TRIAL(a_deadline_that_cannot_pass_stops_the_run),
          IN_TRIAL(a_letter_that_is_not_there_is_not_sent_again),
          IN_TRIAL(who_is_refused_a_command_is_named), IN_TRIAL(who_is_away_says_so_on_monday),
          cmocka_unit_test(a_report_to_set_beside_is_read_with_care))
