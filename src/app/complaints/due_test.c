/* How long a complaint may wait, and that nothing but a person's look follows from it. */
#include "app/complaints/due.h"

#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "rulebook/process.h"
#include "rulebook/rulebook.h"

#define DAY CIVIL_DAY_US

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

#define EXHIBIT(evidence)                                                                          \
    "{\"evidence\":\"" evidence "\",\"media_type\":\"text/plain\",\"base64\":\"aGVsbG8=\"}"
#define DRAFT                                                                                      \
    "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\",\"names\":[\"bad.example\"],"           \
    "\"told_first\":{\"told\":true,\"on\":\"2026-12-01\"},"                                        \
    "\"answers\":{\"kind\":\"phishing\",\"domain\":\"bad.example\",\"reported-at\":\"2026-12-01\"" \
    "},\"exhibits\":[" EXHIBIT("abuse") "]}"

/* --- asking --- */

static json_t *ask(struct world *world, const char *query, json_t *arguments)
{
    struct error_detail detail = {0};
    json_t *given JSON_CLEANUP = arguments, *result = NULL;
    if (query_run(&world->app, query, given, &result, &detail) < 0)
        fail_msg("%s: %s", query, detail.text);
    return result;
}

/* What the staff, and what the complainant is told of the time; NULL: nothing. */
static void assert_due(struct world *world, const json_t *receipt, const char *wait,
                       const char *day, bool overdue)
{
    json_t *shown JSON_CLEANUP =
        world_ask(world, "complaint.show", "complaint", json_text(receipt, "reference"));
    json_t *followed JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    const json_t *staff = json_object_get(shown, "complaint");
    const json_t *theirs = json_object_get(followed, "complaint");
    bool of_theirs = wait && strcmp(wait, "complainant") == 0;
    assert_int_equal(wait != NULL, json_text(staff, "waits_for") != NULL);
    if (wait)
        assert_string_equal(json_text(staff, "waits_for"), wait);
    assert_int_equal(day != NULL, json_text(staff, "due") != NULL);
    if (day)
        assert_string_equal(json_text(staff, "due"), day);
    assert_int_equal(json_is_true(json_object_get(staff, "overdue")), overdue);
    assert_null(json_object_get(theirs, "waits_for"));
    assert_null(json_object_get(theirs, "due"));
    assert_null(json_object_get(theirs, "overdue"));
    assert_int_equal(of_theirs, json_object_get(theirs, "answer_by") != NULL);
    if (of_theirs && day)
        assert_string_equal(json_text(theirs, "answer_by"), day);
}

static size_t count_overdue(struct world *world, const char *state)
{
    json_t *listed JSON_CLEANUP =
        ask(world, "complaint.list", json_pack("{s:s, s:b}", "state", state, "overdue", true));
    return json_array_size(json_object_get(listed, "complaints"));
}

/* --- the first review --- */

/* domain.md: five working days. Filed on Monday the 4th: until the end of Monday the 11th. */
static void somebody_reads_it_within_five_working_days(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    assert_due(world, receipt, "first-review", "2027-01-11", false);
    world->app.clock.frozen_at = WORLD_START / DAY * DAY + 8 * DAY - 1;
    assert_due(world, receipt, "first-review", "2027-01-11", false);
    assert_int_equal(count_overdue(world, "filed"), 0);
    world->app.clock.frozen_at++;
    assert_due(world, receipt, "first-review", "2027-01-11", true);
    assert_int_equal(count_overdue(world, "filed"), 1);
    /* It is still there, and still filed: a person decides. */
    json_decref(
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:s, s:s}", "complaint", json_text(receipt, "reference"),
                             "out-of-scope", "too-broad", "reason", "Too little")));
    assert_due(world, receipt, NULL, NULL, false);
    assert_int_equal(count_overdue(world, "filed"), 0);
}

/* A draft waits for nobody; its time begins when it is filed. */
static void of_a_draft_the_time_begins_when_it_is_filed(void **state)
{
    struct world *world = *state;
    json_t *anyway JSON_CLEANUP = world_file(world, DRAFT, false),
                   *whole JSON_CLEANUP = world_file(world, DRAFT, false);
    assert_due(world, whole, NULL, NULL, false);
    world->app.clock.frozen_at += 7 * DAY;
    json_decref(world_must(world, &anna, "complaint.anyway",
                           json_pack("{s:s}", "complaint", json_text(anyway, "reference"))));
    json_decref(world_must(world, &own, "complaint.add",
                           json_pack("{s:s, s:s}", "link", json_text(whole, "link"), "document",
                                     "{\"exhibits\":[" EXHIBIT("report") "]}")));
    assert_due(world, anyway, "first-review", "2027-01-18", false);
    assert_due(world, whole, "first-review", "2027-01-18", false);
}

/* --- what was asked for --- */

static void who_is_asked_has_five_working_days_from_the_last_question(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *reference = json_text(receipt, "reference");
    for (int i = 0; i < 2; i++) {
        json_decref(
            world_must(world, &anna, "complaint.decide",
                       json_pack("{s:s, s:s}", "complaint", reference, "need", "the report")));
        assert_due(world, receipt, "complainant", i ? "2027-01-12" : "2027-01-11", false);
        world->app.clock.frozen_at += DAY;
    }
    world->app.clock.frozen_at += 7 * DAY;
    assert_due(world, receipt, "complainant", "2027-01-12", true);
    assert_int_equal(count_overdue(world, "waiting"), 1);
    assert_int_equal(count_overdue(world, "filed"), 0);
    /* Late is not too late; and it was looked at already. */
    json_decref(world_must(world, &own, "complaint.add",
                           json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "document",
                                     "{\"text\":\"here\"}")));
    assert_due(world, receipt, NULL, NULL, false);
    assert_int_equal(count_overdue(world, "waiting"), 0);
}

/* --- lists and figures --- */

static void what_is_overdue_is_listed_page_by_page(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (int i = 0; i < 3; i++)
        json_decref(world_file(world, DRAFT, true));
    world->app.clock.frozen_at += 30 * DAY;
    json_decref(world_file(world, DRAFT, true)); /* today */
    size_t seen = 0;
    char after[REFERENCE_TEXT] = "";
    for (int page = 0; page < 3; page++) {
        json_t *listed JSON_CLEANUP = ask(world, "complaint.list",
                                          json_pack("{s:s, s:s, s:s*}", "overdue", "true", "limit",
                                                    "2", "after", after[0] ? after : NULL));
        const json_t *row = json_array_get(json_object_get(listed, "complaints"), 0);
        seen += json_array_size(json_object_get(listed, "complaints"));
        assert_string_equal(json_text(row, "due"), "2027-01-11");
        if (!json_text(listed, "next"))
            break;
        snprintf(after, sizeof after, "%s", json_text(listed, "next"));
    }
    assert_int_equal(seen, 3);
    static const struct {
        const char *name, *value, *words;
    } wrong[] = {{"overdue", "maybe", "'maybe' is neither true nor false"},
                 {"state", "held", "only what is filed or waiting can be overdue, not 'held'"}};
    for (size_t i = 0; i < 2; i++) {
        json_t *arguments JSON_CLEANUP = json_pack("{s:b}", "overdue", true), *none = NULL;
        json_object_set_new(arguments, wrong[i].name, json_string(wrong[i].value));
        detail.text[0] = '\0';
        assert_refused(query_run(&world->app, "complaint.list", arguments, &none, &detail),
                       ERR_SYNTAX, &detail, wrong[i].words);
    }
    json_t *all JSON_CLEANUP = world_ask(world, "complaint.list", "overdue", "false");
    assert_int_equal(json_array_size(json_object_get(all, "complaints")), 4);
}

/* More than a page of the store, the last of which alone is late. */
static void a_page_of_the_store_is_no_end(void **state)
{
    struct world *world = *state;
    size_t count = 0;
    for (int i = 0; i <= STORE_PAGE_MAX; i++) {
        char reference[REFERENCE_TEXT];
        const struct store_complaint row = {.reference = reference,
                                            .received_at = WORLD_START + i,
                                            .type = "dns-abuse-registrar",
                                            .rulebook = world->app.rulebook->digest_text,
                                            .language = "en",
                                            .link = digest_of(&i, sizeof i),
                                            .state = "filed"};
        snprintf(reference, sizeof reference, "aaaa-aaaa-%04d", i);
        assert_true(store_complaint_put(world->app.store, &row) >= 0);
    }
    json_decref(world_file(world, DRAFT, true));
    world->app.clock.frozen_at += 30 * DAY;
    assert_int_equal(complaint_due_count(&world->app, COMPLAINT_FILED_STATE, &count, NULL), 0);
    assert_int_equal(count, 1);
}

static int64_t sample_of(const json_t *metrics, const char *wait)
{
    size_t i;
    const json_t *sample;
    const json_t *metric = json_object_get(metrics, "bailiwick_complaints_overdue");
    json_array_foreach(json_object_get(metric, "samples"), i, sample)
    {
        const char *of = json_text(json_object_get(sample, "labels"), "waits_for");
        if (of && strcmp(of, wait) == 0)
            return json_number(sample, "value", -1);
    }
    return -1;
}

static void the_worklist_and_the_metrics_count_them(void **state)
{
    struct world *world = *state;
    json_t *asked JSON_CLEANUP = world_file(world, DRAFT, true);
    for (int i = 0; i < 2; i++)
        json_decref(world_file(world, DRAFT, true));
    json_decref(world_must(
        world, &anna, "complaint.decide",
        json_pack("{s:s, s:s}", "complaint", json_text(asked, "reference"), "need", "the report")));
    world->app.clock.frozen_at += 30 * DAY;
    assert_int_equal(store_commit(world->app.store), 0);
    json_t *worklist JSON_CLEANUP = ask(world, "desk.worklist", json_object());
    json_t *metrics JSON_CLEANUP = ask(world, "desk.metrics", json_object());
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(json_number(worklist, "late_reviews", -1), 2);
    assert_int_equal(json_number(worklist, "late_answers", -1), 1);
    assert_int_equal(sample_of(metrics, "first-review"), 2);
    assert_int_equal(sample_of(metrics, "complainant"), 1);
}

/* --- the ends --- */

/* Nobody may take a day for worked of which the calendar says nothing. */
static void beyond_the_calendar_nothing_is_known(void **state)
{
    struct world *world = *state;
    const struct rulebook *rulebook;
    const struct process *process;
    assert_int_equal(
        app_version_of(&world->app, world->app.rulebook->digest_text, &rulebook, &process, NULL),
        0);
    world->app.clock.frozen_at = (int64_t)calendar_last_day(process->calendars[0]) * DAY;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    assert_due(world, receipt, "first-review", NULL, false);
    world->app.clock.frozen_at += 100 * DAY;
    assert_due(world, receipt, "first-review", NULL, false);
    assert_int_equal(count_overdue(world, "filed"), 0);
}

/* A row that no program of ours wrote. */
static void a_type_that_is_not_there_is_damage(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct complaint_due due;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    struct complaint_record record;
    assert_int_equal(
        record_find(&world->app, json_text(receipt, "reference"), &world->arena, &record, &detail),
        0);
    record.row.type = "noise";
    assert_refused(complaint_due_find(&world->app, &record, &due, &detail), ERR_DAMAGED, &detail,
                   "unknown type");
    assert_string_equal(complaint_wait_text(COMPLAINT_WAITS_FOR_NOBODY), "");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(somebody_reads_it_within_five_working_days),
        WORLD_TEST(of_a_draft_the_time_begins_when_it_is_filed),
        WORLD_TEST(who_is_asked_has_five_working_days_from_the_last_question),
        WORLD_TEST(what_is_overdue_is_listed_page_by_page),
        WORLD_TEST(a_page_of_the_store_is_no_end),
        WORLD_TEST(the_worklist_and_the_metrics_count_them),
        WORLD_TEST(beyond_the_calendar_nothing_is_known),
        WORLD_TEST(a_type_that_is_not_there_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
