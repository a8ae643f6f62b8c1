/* What a neighbour's failure becomes on its way up: the code stays, and the words say what was
 * being done. Neighbours that do not fail by themselves are stood in for. */
#include "app/app.h"

#include "app/casework/opening.h"
#include "app/intake/mail.h"
#include "app/letters/drafting.h"
#include "app/monitor/appraise.h"
#include "app/monitor/judge.h"
#include "app/monitor/report.h"
#include "app/publish/ledger.h"
#include "app/publish/notice.h"
#include "app/query.h"
#include "app_world.h"
#include "base/civil.h"
#include "base/frame.h"
#include "cases/deadline.h"
#include "check/check.h"
#include "refusal.h"
#include "store/letter.h"
#include "store/party.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z, a Monday */
#define DUTY "ra.spec10.dns-service-availability"

/* --- neighbours --- */

enum neighbour { NOBODY, ASSESS, CHECKS, COMPUTE, PRINT, ENCODE, DIGEST, PUT_CASE };

static enum neighbour failing;
static int good_calls; /* before the one that fails */

static bool fails(enum neighbour neighbour)
{
    return failing == neighbour && good_calls-- <= 0;
}

#define STAND_IN(neighbour, name, parameters, arguments)                                           \
    int __real_##name parameters;                                                                  \
    int __wrap_##name parameters;                                                                  \
    int __wrap_##name parameters                                                                   \
    {                                                                                              \
        return fails(neighbour) ? ERR_LIMIT : __real_##name arguments;                             \
    }

STAND_IN(ASSESS, assess,
         (const struct assess_input *input, struct arena *arena, struct finding **ret_findings,
          size_t *ret_count),
         (input, arena, ret_findings, ret_count))
STAND_IN(CHECKS, check_run_all,
         (const struct measurement *measurement, struct arena *arena, struct result_set *ret_set),
         (measurement, arena, ret_set))
STAND_IN(COMPUTE, deadline_compute,
         (const struct deadline_rule *rule, int64_t service_at, deadline_trace *trace,
          void *context, struct deadline *ret_deadline),
         (rule, service_at, trace, context, ret_deadline))
STAND_IN(PRINT, deadline_print_json, (const struct deadline *deadline, struct buffer *out),
         (deadline, out))
STAND_IN(ENCODE, result_set_encode, (const struct result_set *set, struct buffer *out), (set, out))
STAND_IN(DIGEST, tlog_record_digest,
         (const char *json, size_t size, struct digest *ret_digest, struct error_detail *detail),
         (json, size, ret_digest, detail))
STAND_IN(PUT_CASE, store_case_update,
         (struct store * store, const struct store_case *before, const struct store_case *after),
         (store, before, after))

/* The judge is asked in this process, which must not be confined. */
int __wrap_sandbox_judge(unsigned *ret_achieved, struct error_detail *detail);
int __wrap_sandbox_judge(unsigned *ret_achieved, struct error_detail *detail)
{
    (void)detail;
    *ret_achieved = 0;
    return 0;
}

/* --- a store with one case --- */

struct world {
    char folder[APP_FOLDER_ROOM];
    struct app app;
    struct arena arena;
    const char *case_id;
};

static const char party_id[] = "registry-reachable";

static void put_nouns(struct world *world)
{
    const struct party party = {.id = party_id,
                                .kind = PARTY_REGISTRY,
                                .name = "Reachable Registry",
                                .status = "contracted",
                                .rdap_url = ""};
    const struct contact contact = {.party = party_id,
                                    .role = "compliance",
                                    .name = "Compliance",
                                    .email = "compliance@reachable.example"};
    const struct tld tld = {
        .name = "alpha", .tld_class = TLD_GENERIC, .party = party_id, .rdap_url = ""};
    assert_int_equal(store_party_put(world->app.store, &party), 0);
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
    assert_int_equal(store_tld_put(world->app.store, &tld), 0);
}

static struct store_finding put_finding(struct world *world, const char *id, enum verdict verdict)
{
    const struct store_finding finding = {.id = id,
                                          .finding = {.obligation = DUTY,
                                                      .clause = "10.2",
                                                      .party = party_id,
                                                      .subject = "alpha",
                                                      .verdict = verdict,
                                                      .rulebook = world->app.rulebook->digest_text,
                                                      .reason = "seen"},
                                          .decided_at = START};
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
    return finding;
}

static int find(struct world *world, const char *id, enum verdict verdict,
                struct error_detail *detail)
{
    const struct store_finding finding = put_finding(world, id, verdict);
    return opening_take_finding(&world->app, &finding, detail);
}

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    const struct store_case_query query = {.open_only = true};
    struct store_case *cases;
    size_t count;
    app_world_open(world->folder, START, &world->app);
    arena_init(&world->arena, 16 << 20);
    assert_int_equal(store_begin(world->app.store), 0);
    app_world_put_law(&world->app);
    put_nouns(world);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(app_load_rulebook(&world->app, NULL), 0);
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(find(world, "f-1", VERDICT_NOT_MET, NULL), 0);
    assert_int_equal(store_case_list(world->app.store, &query, &world->arena, &cases, &count), 0);
    assert_int_equal(count, 1);
    world->case_id = cases[0].id;
    *state = world;
    return 0;
}

static int end_world(void **state)
{
    struct world *world = *state;
    failing = NOBODY;
    store_rollback(world->app.store);
    app_world_close(&world->app, world->folder);
    arena_done(&world->arena);
    free(world);
    return 0;
}

static void let_fail(enum neighbour neighbour, int after)
{
    failing = neighbour;
    good_calls = after;
}

/* --- cases and letters --- */

static void a_case_that_cannot_end_says_why(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    let_fail(PUT_CASE, 1); /* the finding is told, the closing is not kept */
    assert_refused(find(world, "f-2", VERDICT_MET, &detail), ERR_LIMIT, &detail,
                   "projection of a case: ");
}

static int write_letter(struct world *world, const char *letter, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, detail), 0);
    return drafting_write(&file, letter, &machine, detail);
}

static void a_letter_without_its_deadline_is_not_written(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    let_fail(COMPUTE, 0);
    assert_refused(write_letter(world, "notice1", &detail), ERR_LIMIT, &detail,
                   ": deadline rule 'first': a limit was exceeded");
}

static struct case_step about_letter(enum case_event_type type)
{
    struct case_step made = {.type = type, .sha256 = digest_of("x", 1)};
    CASE_TEXT(made.letter, "notice1");
    return made;
}

static int step(struct world *world, struct case_step wanted, const struct actor *actor,
                struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, detail), 0);
    const struct casefile_step request = {.step = wanted, .actor = actor};
    return casefile_step(&file, &request, detail);
}

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

/* The letter is drafted and adopted. */
static void adopt(struct world *world)
{
    const struct actor machine = command_machine();
    struct error_detail detail = {0};
    assert_int_equal(step(world, about_letter(CASE_NOTICE_DRAFTED), &machine, &detail), 0);
    assert_int_equal(step(world, about_letter(CASE_NOTICE_DRAFTED), &anna, &detail), 0);
}

static int serve(struct world *world, struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct case_step sent = about_letter(CASE_NOTICE_SENT);
    sent.service_at = START;
    return step(world, sent, &machine, detail);
}

static void a_deadline_without_its_trace_is_not_kept(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    adopt(world);
    let_fail(PRINT, 1); /* the event has been written with it */
    assert_refused(serve(world, &detail), ERR_LIMIT, &detail,
                   "trace of a deadline: a limit was exceeded");
}

static enum case_event_type last_event(struct world *world)
{
    struct store_event *events;
    size_t count;
    assert_int_equal(
        store_event_list(world->app.store, world->case_id, 0, 0, &world->arena, &events, &count),
        0);
    assert_true(count > 0);
    return events[count - 1].event.type;
}

/* What was found since and not told yet goes first: a step must not pass it by. */
static void news_that_cannot_be_kept_stop_the_step(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    put_finding(world, "f-2", VERDICT_MET);
    let_fail(PUT_CASE, 0);
    assert_refused(step(world, (struct case_step){.type = CASE_CALL}, &anna, &detail), ERR_LIMIT,
                   &detail, "projection of a case: ");
    assert_int_equal(last_event(world), CASE_FINDING_MET);
}

static void a_letter_that_came_back_untold_says_why(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const struct mail_verdict verdict = {.outcome = MAIL_OUTCOME_BOUNCED,
                                         .about_letter = true,
                                         .letter = {.id = "l-1",
                                                    .case_id = world->case_id,
                                                    .kind = "notice1",
                                                    .sha256 = digest_of("x", 1)},
                                         .address = "compliance@reachable.example"};
    adopt(world);
    assert_int_equal(serve(world, &detail), 0);
    let_fail(PUT_CASE, 0);
    assert_refused(mail_tell_case(&world->app, &verdict, "report", &detail), ERR_LIMIT, &detail,
                   "projection of a case: ");
    assert_int_equal(last_event(world), CASE_BOUNCED);
}

static void a_question_about_a_deadline_says_that_it_failed(void **state)
{
    struct world *world = *state;
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s, s:s}", "rule", "first", "service", "2027-01-04T09:00:00Z");
    json_t *result = NULL;
    struct error_detail detail = {0};
    let_fail(COMPUTE, 0);
    assert_refused(query_run(&world->app, "deadline.compute", arguments, &result, &detail),
                   ERR_LIMIT, &detail, "deadline rule 'first': a limit was exceeded");
    let_fail(PRINT, 0);
    assert_refused(query_run(&world->app, "deadline.compute", arguments, &result, &detail),
                   ERR_LIMIT, &detail, "deadline: a limit was exceeded");
    assert_null(result);
}

/* --- notices and the log --- */

/* As if the notice of breach had been served. */
static void put_served_breach(struct world *world)
{
    static const char bytes[] = APP_WORLD_LETTER("Breach", "Words");
    const struct store_letter letter = {.id = "l-breach",
                                        .case_id = world->case_id,
                                        .kind = "breach",
                                        .message_id = "l-breach@example",
                                        .recipient = "x@y.example",
                                        .subject = "Breach",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of(bytes, strlen(bytes)),
                                        .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                        .state = LETTER_STATE_SENT,
                                        .created_at = START,
                                        .updated_at = START};
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
}

static void an_informal_case_has_no_notice(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(notice_publish(&world->app, world->case_id, &detail), ERR_NOT_FOUND, &detail,
                   " has no served formal letter");
}

static void a_record_that_cannot_be_bound_is_not_published(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    put_served_breach(world);
    let_fail(DIGEST, 0);
    assert_refused(notice_publish(&world->app, world->case_id, &detail), ERR_LIMIT, &detail,
                   "record of notice n-c-");
}

static void in_folder(const struct world *world, const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", world->folder, name);
}

/* A folder stands where the file has to be. */
/* A folder in the way is told with its path. */
static void expect_in_the_way(struct world *world, const char *name)
{
    struct error_detail detail = {0};
    char path[200];
    in_folder(world, name, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(notice_write_files(&world->app, &detail), -EISDIR, &detail, path);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(notice_write_files(&world->app, &detail), 0);
}

/* A folder of public/ is a link that leads nowhere. */
static void expect_leads_nowhere(struct world *world, const char *name, const char *words)
{
    struct error_detail detail = {0};
    char path[200], elsewhere[200];
    in_folder(world, name, path);
    in_folder(world, "elsewhere", elsewhere);
    assert_int_equal(rename(path, elsewhere), 0);
    assert_int_equal(symlink("/nonexistent/folder", path), 0);
    assert_refused(notice_write_files(&world->app, &detail), -ENOENT, &detail, words);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(elsewhere, path), 0);
}

static void public_files_that_cannot_be_written_are_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char path[200];
    put_served_breach(world);
    assert_int_equal(notice_publish(&world->app, world->case_id, &detail), 0);
    if (notice_write_files(&world->app, &detail) < 0)
        fail_msg("%s", detail.text);
    expect_in_the_way(world, "public/index.html");
    expect_in_the_way(world, "public/lists/archive.html");
    snprintf(path, sizeof path, "public/notices/n-%s.html", world->case_id);
    expect_in_the_way(world, path);
    expect_leads_nowhere(world, "public/lists", "list ");
    expect_leads_nowhere(world, "public/notices",
                         arena_printf(&world->arena, "notice n-%s: ", world->case_id));
    in_folder(world, "public", path);
    char elsewhere[200];
    in_folder(world, "elsewhere", elsewhere);
    assert_int_equal(rename(path, elsewhere), 0);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fclose(file);
    assert_refused(notice_write_files(&world->app, &detail), -ENOTDIR, &detail,
                   "/public/notices: Not a directory");
}

static void what_is_too_large_for_the_log_is_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char vast[70000];
    memset(vast, 'x', sizeof vast - 1);
    vast[sizeof vast - 1] = '\0';
    JSON_CLEANUP json_t *event = json_pack("{s:s}", "words", vast);
    assert_refused(ledger_commit(&world->app, "case-event", event, NULL, &detail), ERR_LIMIT,
                   &detail, "ledger entry 'case-event': ");
}

/* --- measuring --- */

static int appraise_nothing(struct world *world, struct error_detail *detail)
{
    const struct result_set set = {
        .evidence = "m-1", .vantage = "here", .observed_at = START, .target = "alpha"};
    const struct appraisal appraisal = {
        .target = "alpha", .measurement = {(const uint8_t *)"x", 1}, .results = &set};
    bool look_again;
    return appraise(&world->app, &appraisal, &look_again, detail);
}

static void an_observation_that_cannot_be_kept_or_judged_says_so(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    let_fail(ENCODE, 0);
    assert_refused(appraise_nothing(world, &detail), ERR_LIMIT, &detail,
                   "results: a limit was exceeded");
    let_fail(ASSESS, 0);
    assert_refused(appraise_nothing(world, &detail), ERR_LIMIT, &detail,
                   "assessment of 'alpha': a limit was exceeded");
}

static void damaged_results_name_their_measurement(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const struct store_measurement damaged = {.id = "m-0",
                                              .target = "alpha",
                                              .vantage = "here",
                                              .observed_at = START - 1,
                                              .stored_at = START,
                                              .bytes = {(const uint8_t *)"x", 1},
                                              .results = {(const uint8_t *)"x", 1}};
    assert_int_equal(store_measurement_put(world->app.store, &damaged), 0);
    assert_refused(appraise_nothing(world, &detail), ERR_DAMAGED, &detail,
                   "results of measurement m-0");
}

static void a_report_that_cannot_be_made_says_so(void **state)
{
    struct world *world = *state;
    const struct result_set set = {
        .evidence = "m-1", .vantage = "here", .observed_at = START, .target = "alpha"};
    const struct report_request request = {.rulebook = world->app.rulebook,
                                           .results = &set,
                                           .target = "alpha",
                                           .party = "",
                                           .as_of = civil_day_of(START)};
    struct error_detail detail = {0};
    enum verdict verdict;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1 << 20);
    let_fail(ASSESS, 0);
    assert_refused(report_write(&request, &world->arena, &out, &verdict, &detail), ERR_LIMIT,
                   &detail, "assessment: a limit was exceeded");
}

/* What the judge answers to a question that it cannot take. */
static void assert_judge_refuses(uint32_t ask, struct bytes body, const char *words)
{
    BUFFER_CLEANUP struct buffer reply;
    int ends[2];
    uint32_t kind;
    buffer_init(&reply, 1 << 20);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(frame_write(ends[0], ask, body.data, body.size), 0);
    shutdown(ends[0], SHUT_WR);
    assert_int_equal(judge_main(ends[1]), 0);
    failing = NOBODY;
    assert_int_equal(frame_read(ends[0], &kind, &reply), 0);
    assert_int_equal(kind, JUDGE_FRAME_FAILURE);
    assert_string_equal(buffer_text(&reply), words);
    close(ends[0]);
    close(ends[1]);
}

static void a_judge_whose_checks_fail_says_so(void **state)
{
    (void)state;
    const struct measurement measurement = {
        .target = "alpha", .vantage = "here", .tool = "bailiwick", .observed_at = START};
    BUFFER_CLEANUP struct buffer bytes;
    buffer_init(&bytes, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&measurement, &bytes), 0);
    let_fail(CHECKS, 0);
    assert_judge_refuses(JUDGE_FRAME_MEASUREMENT, (struct bytes){bytes.data, bytes.size},
                         "-1002 running the checks: a limit was exceeded");
}

static void a_judge_takes_no_noise_for_an_exhibit(void **state)
{
    static const struct bytes noise = {(const uint8_t *)"noise", 5};
    (void)state;
    assert_judge_refuses(JUDGE_FRAME_SENT, noise, "-1001 this is no question about an exhibit");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(IN_WORLD(a_case_that_cannot_end_says_why),
          IN_WORLD(a_letter_without_its_deadline_is_not_written),
          IN_WORLD(a_deadline_without_its_trace_is_not_kept),
          IN_WORLD(news_that_cannot_be_kept_stop_the_step),
          IN_WORLD(a_letter_that_came_back_untold_says_why),
          IN_WORLD(a_question_about_a_deadline_says_that_it_failed),
          IN_WORLD(an_informal_case_has_no_notice),
          IN_WORLD(a_record_that_cannot_be_bound_is_not_published),
          IN_WORLD(public_files_that_cannot_be_written_are_named),
          IN_WORLD(what_is_too_large_for_the_log_is_named),
          IN_WORLD(an_observation_that_cannot_be_kept_or_judged_says_so),
          IN_WORLD(damaged_results_name_their_measurement),
          IN_WORLD(a_report_that_cannot_be_made_says_so),
          cmocka_unit_test(a_judge_whose_checks_fail_says_so),
          cmocka_unit_test(a_judge_takes_no_noise_for_an_exhibit))
