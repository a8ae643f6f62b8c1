/* A rulebook changes under running cases: the case pins its process until two people take it over,
 * and no time is taken from the party. Two versions of the rulebook that ships; a case of Monday 4
 * January 2027 whose first notice runs to Monday 11. */
#include "app/casework/migration.h"

#include "app/casework/opening.h"
#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "cases/news.h"
#include "refusal.h"

#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

struct change {
    const char *text, *other;
};

static const char *changed(struct world *world, const char *at, const struct change *change)
{
    struct buffer made BUFFER_CLEANUP = {0};
    const char *hit = strstr(at, change->text);
    buffer_init(&made, TREE_FILE_MAX);
    assert_non_null(hit);
    for (; hit; at = hit + strlen(change->text), hit = strstr(at, change->text)) {
        buffer_append(&made, at, (size_t)(hit - at));
        buffer_append_text(&made, change->other);
    }
    buffer_append_text(&made, at);
    return arena_copy_slice(&world->arena, buffer_text(&made), made.size);
}

/* An hour later the rulebook that ships is adopted with another text in its process. */
static void adopt_all(struct world *world, const struct change *changes, size_t count)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), 0);
    struct tree_file *file = (struct tree_file *)rulebook_tree_find(&tree, "process.yaml");
    const char *text = arena_copy_slice(&world->arena, (const char *)file->data, file->size);
    for (size_t i = 0; i < count; i++)
        text = changed(world, text, &changes[i]);
    file->data = (const uint8_t *)text;
    file->size = strlen(text);
    world->app.clock.frozen_at += INT64_C(3600000000);
    app_world_put_tree(&world->app, &tree);
    assert_int_equal(app_load_rulebook(&world->app, NULL), 0);
}

static void adopt(struct world *world, struct change change)
{
    adopt_all(world, &change, 1);
}

static const struct change longer = {"1st inquiry or notice, n: 5", "1st inquiry or notice, n: 8"},
                           shorter = {"1st inquiry or notice, n: 5", "1st inquiry or notice, n: 3"};

static int run(struct world *world, const struct actor *actor, const char *name, json_t *arguments,
               json_t **ret_result, struct error_detail *detail)
{
    json_object_set_new(arguments, "case", json_string(world->case_id));
    return world_run(world, actor, name, arguments, ret_result, detail);
}

static int migrate(struct world *world, json_t **ret_result, struct error_detail *detail)
{
    return run(world, &anna, "case.migrate", json_pack("{s:s}", "reason", "new-process"),
               ret_result, detail);
}

static void go_over(struct world *world)
{
    json_t *proposed JSON_CLEANUP = NULL;
    assert_int_equal(migrate(world, &proposed, NULL), 0);
    assert_string_equal(json_text(proposed, "waits_for"), "second-person");
    assert_int_equal(run(world, &bert, "case.agree",
                         json_pack("{s:s}", "proposal", json_text(proposed, "proposal")), NULL,
                         NULL),
                     0);
}

static struct case_state state_of(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    if (casefile_open(&world->app, world->case_id, &file, &detail) < 0)
        fail_msg("%s", detail.text);
    return file.state;
}

static json_t *ask(struct world *world, const char *name)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", world->case_id), *result = NULL;
    struct error_detail detail = {0};
    if (query_run(&world->app, name, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", name, detail.text);
    return result;
}

static json_t *preview(struct world *world)
{
    json_t *result JSON_CLEANUP = ask(world, "rulebook.preview");
    json_t *rows = json_object_get(result, "cases");
    assert_int_equal(json_array_size(rows), 1);
    return json_incref(json_array_get(rows, 0));
}

/* Folding anew from the first event gives what was kept, and what is shown can be explained. */
static void expect_sound(struct world *world)
{
    const struct case_state before = state_of(world);
    json_t *checked JSON_CLEANUP = ask(world, "rebuild.check"),
                    *counted JSON_CLEANUP = ask(world, "deadline.check"),
                    *explained JSON_CLEANUP = ask(world, "case.explain");
    const json_t *events = json_object_get(explained, "events");
    assert_int_equal(json_array_size(json_object_get(checked, "differences")), 0);
    assert_int_equal(json_integer_value(json_object_get(counted, "checked")),
                     before.deadline.clock == CLOCK_RUNNING);
    assert_int_equal(json_array_size(json_object_get(counted, "differences")), 0);
    histories_forget(&world->app);
    const struct case_state again = state_of(world);
    assert_memory_equal(&before, &again, sizeof before);
    assert_int_equal(json_array_size(events), before.seq);
}

/* --- tests --- */

static void a_longer_time_moves_a_running_deadline_later(void **state)
{
    struct world *world = *state;
    const struct case_state before = state_of(world);
    adopt(world, longer);
    assert_ptr_equal(state_of(world).process, before.process);
    json_t *row JSON_CLEANUP = preview(world);
    assert_true(json_is_true(json_object_get(row, "possible")));
    assert_string_equal(json_text(row, "due"), "2027-01-11");
    assert_string_equal(json_text(row, "due_then"), "2027-01-14");
    go_over(world);
    const struct case_state after = state_of(world);
    assert_ptr_not_equal(after.process, before.process);
    assert_string_equal(after.stage->id, "notice1");
    assert_int_equal(after.deadline.due.date, civil_days(2027, 1, 14));
    expect_sound(world);
}

/* Invariant 5: nothing takes time from a party, and the next notice is judged by the new rule. */
static void a_shorter_time_takes_none_away(void **state)
{
    struct world *world = *state;
    const struct case_state before = state_of(world);
    adopt(world, shorter);
    go_over(world);
    const struct case_state after = state_of(world);
    assert_int_equal(after.deadline.due.date, civil_days(2027, 1, 11));
    assert_int_equal(after.deadline.due.instant, before.deadline.due.instant);
    assert_int_equal(after.deadline.due.rule->n, 3);
    expect_sound(world);
}

/* What happens before is judged by the old process, what follows by the new one. */
static void events_are_judged_by_the_process_of_their_time(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    adopt(world, (struct change){"  - {event: meeting, from: unfinished}\n", ""});
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, (struct case_step){.type = CASE_MEETING});
    json_t *row JSON_CLEANUP = preview(world);
    const json_t *lost = json_object_get(row, "lost");
    assert_int_equal(json_array_size(lost), 1);
    assert_string_equal(json_text(json_array_get(lost, 0), "event"), "meeting");
    assert_int_equal(json_array_size(json_object_get(row, "gained")), 0);
    go_over(world);
    struct error_detail detail = {0};
    assert_refused(
        run(world, &anna, "case.record", json_pack("{s:s}", "event", "meeting"), NULL, &detail),
        ERR_REFUSED, &detail, "the process does not list it");
    expect_sound(world);
}

/* The file in which the step was taken goes on by the new process. */
static void the_open_file_goes_on_by_the_new_process(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_explanation *rows;
    adopt(world, longer);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    struct case_step step = migration_step(&world->app);
    CASE_TEXT(step.reason, "new-process");
    CASE_TEXT(step.second, "bert");
    world_step(&file, &anna, step);
    assert_false(migration_is_due(&file));
    world_step(&file, &anna, (struct case_step){.type = CASE_MEETING});
    assert_int_equal(casefile_explain(&file, &file.arena, &rows, NULL), 0);
    assert_int_equal(rows[file.event_count - 2].deadline.date, civil_days(2027, 1, 14));
}

/* The time of a stopped clock is given back on top of the longer one. */
static void a_stopped_clock_goes_over_too(void **state)
{
    struct world *world = *state;
    adopt(world, longer);
    assert_int_equal(run(world, &anna, "case.record",
                         json_pack("{s:s, s:s}", "event", "tolled", "reason", "court"), NULL, NULL),
                     0);
    go_over(world);
    const struct case_state after = state_of(world);
    assert_int_equal(after.deadline.clock, CLOCK_STOPPED);
    assert_int_equal(after.deadline.due.date, civil_days(2027, 1, 14));
    expect_sound(world);
}

static void expect_words(struct world *world, const char *words)
{
    struct error_detail detail = {0};
    assert_refused(migrate(world, NULL, &detail), ERR_REFUSED, &detail, words);
    json_t *row JSON_CLEANUP = preview(world);
    assert_false(json_is_true(json_object_get(row, "possible")));
    assert_non_null(strstr(json_text(row, "why"), words));
}

static void expect_refusal(struct world *world, struct change change, const char *words)
{
    adopt(world, change);
    expect_words(world, words);
}

/* Written, but for a stage to come. */
static void draft_suspension(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step letter = {.type = CASE_NOTICE_DRAFTED, .sha256 = digest_of("other", 5)};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    CASE_TEXT(letter.letter, "suspension");
    world_step(&file, &anna, letter);
}

static void what_has_no_place_is_refused_with_words(void **state)
{
    struct world *world = *state;
    static const struct change swapped[] = {
        {"notice1", "another"}, {"notice2", "notice1"}, {"another", "notice2"}};
    adopt_all(world, swapped, 3);
    expect_words(world, "stage 'notice1' is of another kind or level in the new process");
    expect_refusal(
        world,
        (struct change){"label: 1st notice, letter: notice1", "label: 1st notice, letter: inquiry"},
        "stage 'notice1' has the letter 'inquiry' in the new process, and 'notice1' is");
    expect_refusal(world, (struct change){"first", "opening"},
                   "the new process has no rule 'first', by which the deadline was set");
    expect_refusal(
        world,
        (struct change){"n: 21,\n     unit: calendar-days", "n: 40,\n     unit: working-days"},
        "the new process has no cure time to compare with 'cure-registrar'");
    draft_suspension(world);
    expect_refusal(world,
                   (struct change){"suspended, from: [intake, inquiry, notice1,",
                                   "suspended, from: [intake, inquiry,"},
                   "the letter 'suspension' is written, and the new process has no use for it");
}

static void a_stage_or_ground_that_is_gone_is_refused(void **state)
{
    struct world *world = *state;
    static const struct change renamed[] = {{"intake", "desk"}, {"kind: desk", "kind: intake"}};
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct store_case record = {.party = "registrar-1",
                                      .obligation = "raa.3.18.2-dns-abuse-mitigation",
                                      .subject = "two",
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_COMPLAINT};
    assert_int_equal(casefile_new(&world->app, &record, &file, NULL), 0);
    world_step(&file, &anna,
               (struct case_step){
                   .type = CASE_RECEIVED, .party = PARTY_REGISTRAR, .origin = ORIGIN_COMPLAINT});
    world->case_id = file.record.id;
    adopt_all(world, renamed, 2);
    expect_words(world, "the new process has no stage 'intake'");
    world->case_id = world_open_sanction(world, "three", CASE_TERMINATED);
    expect_refusal(world, (struct change){"raa-stability", "raa-other"},
                   "the new process knows no ground 'raa-stability'");
}

/* Invariant 6: what the case could count on is no less after it. */
static void a_cure_never_becomes_shorter(void **state)
{
    struct world *world = *state;
    adopt(world, (struct change){"n: 21,", "n: 30,"});
    world->case_id = world_open_served(world, WORLD_DUTY, "two", "notice1");
    expect_refusal(world, (struct change){"n: 21,", "n: 25,"},
                   "the cure time 'cure-registrar' would be shorter: 25 instead of 30");
}

static void what_is_no_migration_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(migrate(world, NULL, &detail), ERR_REFUSED, &detail,
                   "runs under the version in force");
    assert_refused(
        run(world, &anna, "case.migrate", json_pack("{s:s}", "to", "other"), NULL, &detail),
        ERR_REFUSED, &detail, "the version in force is ");
    json_t *none JSON_CLEANUP = ask(world, "rulebook.preview");
    assert_int_equal(json_array_size(json_object_get(none, "cases")), 0);
}

/* All at once: each case has its own proposal, and one that waits stops no other. */
static void all_running_cases_are_proposed_at_once(void **state)
{
    struct world *world = *state;
    json_t *first JSON_CLEANUP = NULL, *second JSON_CLEANUP = NULL;
    world_open_served(world, WORLD_DUTY, "two", "notice1");
    adopt(world, longer);
    assert_int_equal(migrate(world, NULL, NULL), 0);
    const struct case_state before = state_of(world);
    assert_int_equal(world_run(world, &anna, "rulebook.migrate",
                               json_pack("{s:s}", "reason", "new-process"), &first, NULL),
                     0);
    const json_t *rows = json_object_get(first, "cases");
    assert_int_equal(json_array_size(rows), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(rows, i);
        bool waited = strcmp(json_text(row, "case"), world->case_id) == 0;
        assert_int_equal(json_is_null(json_object_get(row, "proposal")), waited);
        assert_int_equal(strstr(json_text(row, "why"), "waits already") != NULL, waited);
    }
    assert_int_equal(state_of(world).seq, before.seq);
    assert_int_equal(world_run(world, &anna, "rulebook.migrate",
                               json_pack("{s:s}", "reason", "new-process"), &second, NULL),
                     0);
    assert_true(json_is_null(
        json_object_get(json_array_get(json_object_get(second, "cases"), 0), "proposal")));
}

static void who_is_recused_proposes_the_other_cases_only(void **state)
{
    struct world *world = *state;
    json_t *result JSON_CLEANUP = NULL;
    world_open_served(world, WORLD_DUTY, "two", "notice1");
    adopt(world, longer);
    json_t *recusal = json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event", "recused",
                                "object", anna.id, "reason", "interest");
    assert_int_equal(world_run(world, &anna, "case.record", recusal, NULL, NULL), 0);
    assert_int_equal(world_run(world, &anna, "rulebook.migrate",
                               json_pack("{s:s}", "reason", "new-process"), &result, NULL),
                     0);
    const json_t *rows = json_object_get(result, "cases");
    assert_int_equal(json_array_size(rows), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(rows, i);
        bool hers = strcmp(json_text(row, "case"), world->case_id) != 0;
        assert_int_equal(json_is_string(json_object_get(row, "proposal")), hers);
        assert_int_equal(strstr(json_text(row, "why"), "is recused from this case") == NULL, hers);
    }
}

static json_t *agree_all(struct world *world, const struct actor *actor)
{
    json_t *result = NULL;
    assert_int_equal(world_run(world, actor, "rulebook.agree",
                               json_pack("{s:s}", "version", world->app.rulebook->digest_text),
                               &result, NULL),
                     0);
    return result;
}

static json_t *waiting(struct world *world, bool stale)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:b}", "stale", stale),
                      *result JSON_CLEANUP = NULL;
    assert_int_equal(query_run(&world->app, "case.migrations", arguments, &result, NULL), 0);
    return json_incref(json_object_get(result, "proposals"));
}

static void propose_all(struct world *world)
{
    assert_int_equal(world_run(world, &anna, "rulebook.migrate",
                               json_pack("{s:s}", "reason", "new-process"), NULL, NULL),
                     0);
}

/* One word for all: what is refused is named and stays as it was, the others are done. */
static void a_second_person_agrees_to_all_at_once(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    world_open_served(world, WORLD_DUTY, "two", "notice1");
    adopt(world, longer);
    propose_all(world);
    json_t *recusal = json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event", "recused",
                                "object", bert.id, "reason", "interest");
    assert_int_equal(world_run(world, &anna, "case.record", recusal, NULL, NULL), 0);
    assert_refused(world_run(world, &bert, "rulebook.agree", json_pack("{s:s}", "version", "other"),
                             NULL, &detail),
                   ERR_REFUSED, &detail, "the version in force is ");
    assert_refused(world_run(world, &anna, "rulebook.agree", json_object(), NULL, &detail),
                   ERR_DENIED, &detail, "approver");
    json_t *result JSON_CLEANUP = agree_all(world, &bert);
    const json_t *rows = json_object_get(result, "cases");
    assert_int_equal(json_array_size(rows), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(rows, i);
        bool closed_to_him = strcmp(json_text(row, "case"), world->case_id) == 0;
        assert_int_equal(json_is_true(json_object_get(row, "agreed")), !closed_to_him);
        assert_int_equal(strstr(json_text(row, "why"), "bert is recused from this case") != NULL,
                         closed_to_him);
    }
    json_t *left JSON_CLEANUP = waiting(world, false), *stale JSON_CLEANUP = waiting(world, true);
    assert_int_equal(json_array_size(left), 1);
    assert_int_equal(json_array_size(stale), 0);
    assert_string_equal(json_text(json_array_get(left, 0), "case"), world->case_id);
    assert_int_equal(state_of(world).deadline.due.date, civil_days(2027, 1, 11));
    json_t *checked JSON_CLEANUP = ask(world, "rebuild.check");
    assert_int_equal(json_array_size(json_object_get(checked, "differences")), 0);
}

/* A finding is stored and told, as app/monitor does. */
static void find(struct world *world, const char *subject, enum verdict verdict)
{
    static unsigned findings;
    const struct store_finding finding = {.id = arena_printf(&world->arena, "f-%04u", ++findings),
                                          .finding = {.obligation = WORLD_DUTY,
                                                      .clause = "3.18.2",
                                                      .party = "registrar-1",
                                                      .subject = subject,
                                                      .verdict = verdict,
                                                      .rulebook = world->app.rulebook->digest_text,
                                                      .reason = "seen"},
                                          .decided_at = clock_wall(&world->app.clock)};
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
    assert_int_equal(opening_take_finding(&world->app, &finding, NULL), 0);
}

static int finding_of(struct world *world, const char *id)
{
    world->case_id = id;
    return state_of(world).facts.values[FACT_FINDING];
}

/* What came and went so often that the last of it, a *met*, waits to be told. */
static const char *open_with_held_news(struct world *world, const char *subject)
{
    const char *id = world_open_sanction(world, subject, CASE_TERMINATED);
    for (int i = 0; i < CASE_NEWS_BURST + 3 || finding_of(world, id) == FINDING_MET; i++) {
        world->app.clock.frozen_at += INT64_C(60000000);
        find(world, subject, i % 2 ? VERDICT_MET : VERDICT_NOT_MET);
    }
    find(world, subject, VERDICT_MET);
    assert_int_equal(finding_of(world, id), FINDING_NOT_MET);
    return id;
}

/* A step meets what was held back, also one that is refused then: its case stays under its process,
 * knows the news, and stops no other. */
static void a_refused_case_among_many_has_heard_its_held_back_news(void **state)
{
    struct world *world = *state;
    const struct actor both = {.id = "dora", .roles = ROLE_ANALYST | ROLE_APPROVER};
    const char *ids[] = {open_with_held_news(world, "first"), open_with_held_news(world, "second"),
                         open_with_held_news(world, "third")};
    struct case_state before[3];
    adopt(world, longer);
    for (size_t i = 0; i < 3; i++) {
        world->case_id = ids[i];
        before[i] = state_of(world);
        assert_int_equal(run(world, i == 1 ? &both : &anna, "case.migrate",
                             json_pack("{s:s}", "reason", "new-process"), NULL, NULL),
                         0);
    }
    json_t *result JSON_CLEANUP = agree_all(world, &both), *row;
    size_t index;
    assert_int_equal(json_array_size(json_object_get(result, "cases")), 3);
    json_array_foreach(json_object_get(result, "cases"), index, row)
    {
        bool own = strcmp(json_text(row, "case"), ids[1]) == 0;
        assert_int_equal(json_is_true(json_object_get(row, "agreed")), !own);
        assert_int_equal(strstr(json_text(row, "why"), "a second person must agree") != NULL, own);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(finding_of(world, ids[i]), FINDING_MET);
        const struct case_state after = state_of(world);
        assert_int_equal(after.seq, before[i].seq + (i == 1 ? 1 : 2));
        assert_int_equal(after.process == before[i].process, i == 1);
    }
    json_t *checked JSON_CLEANUP = ask(world, "rebuild.check");
    assert_int_equal(json_array_size(json_object_get(checked, "differences")), 0);
}

/* Who proposed is no second person of any of them. */
static void who_proposed_agrees_to_none(void **state)
{
    struct world *world = *state;
    const struct actor both = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
    adopt(world, longer);
    propose_all(world);
    json_t *result JSON_CLEANUP = agree_all(world, &both);
    const json_t *row = json_array_get(json_object_get(result, "cases"), 0);
    assert_false(json_is_true(json_object_get(row, "agreed")));
    assert_non_null(strstr(json_text(row, "why"), "second person"));
}

/* A newer version came into force, or the case ended: refused by name, listed, and withdrawn. */
static void what_grew_stale_is_refused_and_withdrawn(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    adopt(world, longer);
    propose_all(world);
    adopt(world, (struct change){"1st inquiry or notice, n: 5", "1st inquiry or notice, n: 9"});
    json_t *result JSON_CLEANUP = agree_all(world, &bert);
    const json_t *row = json_array_get(json_object_get(result, "cases"), 0);
    assert_false(json_is_true(json_object_get(row, "agreed")));
    assert_non_null(strstr(json_text(row, "why"), "it was proposed for the version "));
    json_t *stale JSON_CLEANUP = waiting(world, true);
    assert_int_equal(json_array_size(stale), 1);
    const char *proposal = json_text(json_array_get(stale, 0), "proposal");
    assert_non_null(strstr(json_text(json_array_get(stale, 0), "why"), "the version in force is "));
    assert_refused(
        run(world, &bert, "case.agree", json_pack("{s:s}", "proposal", proposal), NULL, &detail),
        ERR_REFUSED, &detail, "it was proposed for the version ");
    assert_int_equal(
        run(world, &anna, "case.withdraw", json_pack("{s:s}", "proposal", proposal), NULL, NULL),
        0);
    json_t *none JSON_CLEANUP = waiting(world, false);
    assert_int_equal(json_array_size(none), 0);
    go_over(world);
    expect_sound(world);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_start_informal, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_longer_time_moves_a_running_deadline_later),
        IN_WORLD(a_shorter_time_takes_none_away),
        IN_WORLD(events_are_judged_by_the_process_of_their_time),
        IN_WORLD(the_open_file_goes_on_by_the_new_process),
        IN_WORLD(a_stopped_clock_goes_over_too),
        IN_WORLD(what_has_no_place_is_refused_with_words),
        IN_WORLD(a_stage_or_ground_that_is_gone_is_refused),
        IN_WORLD(a_cure_never_becomes_shorter),
        IN_WORLD(what_is_no_migration_is_refused),
        IN_WORLD(all_running_cases_are_proposed_at_once),
        IN_WORLD(who_is_recused_proposes_the_other_cases_only),
        IN_WORLD(a_second_person_agrees_to_all_at_once),
        IN_WORLD(a_refused_case_among_many_has_heard_its_held_back_news),
        IN_WORLD(who_proposed_agrees_to_none),
        IN_WORLD(what_grew_stale_is_refused_and_withdrawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
