/* What users of a contracted party see: their own party's, from its first letter on, and nothing of
 * what the house does beside. On a real store, under the rulebook that ships. */
#include "app/party/case_view.h"

#include "app/party/scene.h"
#include "app/query.h"
#include "refusal.h"
#include "store/evidence.h"

#include <string.h>

#define CANARY "zyxwolverine"

/* --- asking --- */

/* What `user` is answered; NULL, with the words of who is told nothing, for what is not there. */
static json_t *ask(struct world *world, const char *user, const char *query, const char *name,
                   const char *value)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP =
                          json_pack("{s:s*, s:s*}", "user", user, name ? name : "x", value),
                      *answer = NULL;
    int result = query_run(&world->app, query, arguments, &answer, &detail);
    if (result == 0)
        return answer;
    if (result != ERR_NOT_FOUND || !strstr(detail.text, "or none for you"))
        fail_msg("%s: %d %s", query, result, detail.text);
    return NULL;
}

static size_t count_of(const json_t *answer, const char *list)
{
    return json_array_size(json_object_get(answer, list));
}

static void expect_nothing(struct world *world, const char *user, const char *query,
                           const char *name, const char *value)
{
    json_t *answer JSON_CLEANUP = ask(world, user, query, name, value);
    assert_null(answer);
}

static bool holds(const json_t *json, const char *word)
{
    char *text = json_dumps(json, JSON_COMPACT);
    bool found = strstr(text, word) != NULL;
    free(text);
    return found;
}

/* --- making --- */

static void put_finding(struct world *world, const char *id, const char *party, const char *case_id)
{
    const struct store_finding finding = {.id = id,
                                          .finding = {.obligation = WORLD_DUTY,
                                                      .clause = "3.18.2",
                                                      .party = party,
                                                      .subject = "a.example",
                                                      .verdict = VERDICT_NOT_MET,
                                                      .rulebook = "",
                                                      .reason = CANARY}};
    const struct store_link link = {.case_id = case_id,
                                    .kind = "finding",
                                    .object = id,
                                    .linked_at = WORLD_START,
                                    .linked_by = "anna",
                                    .unlinked_by = ""};
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
    assert_int_equal(store_link_put(world->app.store, &link), 0);
}

/* --- tests --- */

/* W1. */
static void a_case_is_there_from_its_first_letter_on(void **state)
{
    struct world *world = *state;
    const char *id = open_case(world, "registrar-1", "a.example");
    expect_nothing(world, "petra", "own.case", "case", id);
    json_t *none JSON_CLEANUP = ask(world, "petra", "own.cases", "party", "registrar-1");
    assert_int_equal(count_of(none, "cases"), 0);
    serve(world, id, "notice1");
    json_t *one JSON_CLEANUP = ask(world, "petra", "own.cases", "party", "registrar-1");
    assert_int_equal(count_of(one, "cases"), 1);
    assert_true(json_is_null(json_object_get(one, "next")));
    json_t *shown JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    const json_t *seen = json_object_get(shown, "case");
    assert_string_equal(json_text(seen, "id"), id);
    assert_string_equal(json_text(seen, "subject"), "a.example");
    assert_string_equal(json_text(seen, "party_name"), "Registrar");
    assert_true(json_text(json_object_get(seen, "due"), "date") != NULL);
    assert_true(count_of(json_object_get(seen, "due"), "trace") > 2);
    assert_true(json_is_null(json_object_get(seen, "outcome")));
}

/* W1: of what the party was not told no row is read, or the time of an answer would count them. */
static void what_was_not_told_takes_no_part(void **state)
{
    struct world *world = *state;
    struct store_case row;
    const char *told = open_served(world, "registrar-1", "a.example"),
               *hidden = open_case(world, "registrar-1", "b.example");
    /* Whoever reads it finds that it cannot be read. */
    assert_int_equal(store_case_find(world->app.store, hidden, &world->arena, &row), 0);
    row.process = "lost";
    assert_int_equal(store_case_put(world->app.store, &row), 0);
    json_t *cases JSON_CLEANUP = ask(world, "petra", "own.cases", "party", "registrar-1"),
                  *findings JSON_CLEANUP =
                      ask(world, "petra", "own.findings", "party", "registrar-1");
    assert_int_equal(count_of(cases, "cases"), 1);
    assert_string_equal(json_text(json_array_get(json_object_get(cases, "cases"), 0), "id"), told);
    assert_int_equal(count_of(findings, "findings"), 0);
    expect_nothing(world, "petra", "own.case", "case", hidden);
}

static void a_row_that_tells_more_than_its_events_is_damaged(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_case row;
    const char *hidden = open_case(world, "registrar-1", "b.example");
    assert_int_equal(store_case_find(world->app.store, hidden, &world->arena, &row), 0);
    row.told_at = WORLD_START;
    assert_int_equal(store_case_put(world->app.store, &row), 0);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", hidden), *shown = NULL;
    assert_refused(query_run(&world->app, "own.case", arguments, &shown, &detail), ERR_DAMAGED,
                   &detail, "tells its party of it");
}

/* Who may only read is told of a hidden case what is told of none. */
static void what_was_not_told_is_refused_like_none(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file = {0};
    const char *hidden = open_case(world, "registrar-1", "b.example");
    assert_refused(case_view_open(&world->app, "petra", hidden, PARTY_RIGHT_ANSWER, &file, &detail),
                   ERR_NOT_FOUND, &detail, "there is no such case, or none for you");
}

/* What the party calls the first finding of its case. */
static const char *name_of_finding(struct world *world, const char *id)
{
    json_t *shown JSON_CLEANUP = world_ask(world, "own.case", "case", id);
    const json_t *findings = json_object_get(json_object_get(shown, "case"), "findings");
    return arena_copy_text(&world->arena, json_text(json_array_get(findings, 0), "id"));
}

/* G5: another party's, and what is not there at all, in the same words. */
static void what_is_another_partys_is_not_there(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    put_finding(world, "f-1", "registrar-1", id);
    const char *name = name_of_finding(world, id);
    static const char *const of_party[] = {"own.duties", "own.findings", "own.cases", "own.grants",
                                           "own.party"};
    for (size_t i = 0; i < sizeof of_party / sizeof *of_party; i++) {
        expect_nothing(world, "quinn", of_party[i], "party", "registrar-1");
        expect_nothing(world, "quinn", of_party[i], "party", "registrar-9");
    }
    expect_nothing(world, "quinn", "own.case", "case", id);
    expect_nothing(world, "quinn", "own.case", "case", "c-nothing");
    expect_nothing(world, "quinn", "own.finding", "finding", name);
    expect_nothing(world, "quinn", "own.finding", "finding", "f-9");
    expect_nothing(world, "quinn", "own.finding", "finding", "nothing");
    expect_nothing(world, "nobody", "own.case", "case", id);
    json_t *own JSON_CLEANUP = ask(world, "petra", "own.finding", "finding", name);
    assert_string_equal(json_text(json_object_get(own, "finding"), "verdict"), "not met");
}

/* W3: its id would tell how many there are, and how fast they come. */
static void a_finding_has_a_name_within_its_case(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example"),
               *other = open_served(world, "registrar-1", "b.example");
    put_finding(world, "f-000817", "registrar-1", id);
    json_t *shown JSON_CLEANUP = ask(world, "petra", "own.case", "case", id),
                  *list JSON_CLEANUP = ask(world, "petra", "own.findings", "party", "registrar-1");
    assert_false(holds(shown, "f-000817"));
    assert_false(holds(list, "f-000817"));
    expect_nothing(world, "petra", "own.finding", "finding", "f-000817");
    const char *name = name_of_finding(world, id);
    assert_memory_equal(name, id, strlen(id));
    json_t *own JSON_CLEANUP = ask(world, "petra", "own.finding", "finding", name);
    assert_string_equal(json_text(json_object_get(own, "finding"), "id"), name);
    expect_nothing(world, "petra", "own.finding", "finding",
                   arena_printf(&world->arena, "%s%s", other, name + strlen(id)));
}

/* W2, W3, W4: the canary stands wherever the house writes. */
static void nothing_of_the_house_is_in_it(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    put_finding(world, "f-own", "registrar-1", id);
    put_finding(world, "f-other", "registrar-2", id);
    const char *own = name_of_finding(world, id);
    static const char *const events[] = {"{\"event\":\"meeting\",\"reason\":\"" CANARY "\"}",
                                         "{\"event\":\"recused\",\"object\":\"" CANARY
                                         "\",\"reason\":\"" CANARY "\"}"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        json_t *arguments = json_loads(events[i], 0, NULL);
        json_object_set_new(arguments, "case", json_string(id));
        json_decref(world_must(world, &anna, "case.record", arguments));
    }
    json_t *shown JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    const json_t *seen = json_object_get(shown, "case");
    assert_false(holds(shown, CANARY));
    assert_false(holds(shown, "anna"));
    assert_int_equal(count_of(seen, "findings"), 1);
    assert_false(holds(shown, "registrar-2"));
    assert_null(json_object_get(seen, "events"));
    expect_nothing(world, "petra", "own.finding", "finding", "f-other");
    expect_nothing(world, "quinn", "own.finding", "finding", "f-other");
    json_t *findings JSON_CLEANUP = ask(world, "petra", "own.findings", "party", "registrar-1");
    assert_int_equal(count_of(findings, "findings"), 1);
    assert_false(holds(findings, CANARY));
    json_decref(world_must(world, &anna, "case.unlink",
                           json_pack("{s:s, s:s, s:s, s:s}", "case", id, "kind", "finding",
                                     "object", "f-own", "reason", "mistake")));
    expect_nothing(world, "petra", "own.finding", "finding", own);
}

static size_t count_of_items(struct world *world, const char *id)
{
    json_t *shown JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    return count_of(json_object_get(shown, "case"), "items");
}

/* W2: nor what a draft asks. */
static void what_is_asked_is_told_by_a_served_letter(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    const struct demand asked = {.number = 1, .kind = DEMAND_EXPLAIN};
    struct case_step draft = {.type = CASE_NOTICE_DRAFTED,
                              .sha256 = digest_of("bytes", 5),
                              .demands = &asked,
                              .demand_count = 1};
    const char *id = open_case(world, "registrar-1", "a.example");
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    CASE_TEXT(draft.letter, "notice1");
    world_step(&file, &machine, draft);
    world_serve(&file, "notice1");
    assert_int_equal(count_of_items(world, id), 1);
    world->app.clock.frozen_at = file.state.deadline.due.instant;
    world_step(&file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
    const struct demand more[] = {asked, {.number = 2, .kind = DEMAND_EXPLAIN}};
    CASE_TEXT(draft.letter, "notice2");
    draft.demands = more;
    draft.demand_count = 2;
    world_step(&file, &machine, draft);
    assert_int_equal(count_of_items(world, id), 1); /* of the letter that it knows */
    world_serve(&file, "notice2");
    assert_int_equal(count_of_items(world, id), 2);
}

/* The stage that petra sees, and the version of her view. */
static const char *stage_of(struct world *world, const char *id, const char **ret_version)
{
    json_t *shown JSON_CLEANUP = ask(world, "petra", "own.case", "case", id),
                  *list JSON_CLEANUP = ask(world, "petra", "own.cases", "party", "registrar-1");
    const json_t *seen = json_object_get(shown, "case"),
                 *row = json_array_get(json_object_get(list, "cases"), 0);
    assert_string_equal(json_text(seen, "stage"), json_text(row, "stage"));
    assert_true(json_equal(json_object_get(seen, "due"), json_object_get(row, "due")));
    *ret_version = arena_copy_text(&world->arena, json_text(shown, "version"));
    return arena_copy_text(&world->arena, json_text(seen, "stage"));
}

/* T1, T2: neither the next stage before its letter was served, nor what goes on after the end. */
static void what_no_letter_told_of_shows_in_nothing(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    const char *id = open_served(world, "registrar-1", "a.example"), *version, *same;
    struct case_step draft = {.type = CASE_NOTICE_DRAFTED, .sha256 = digest_of("more", 4)},
                     end = {.type = CASE_CLOSED, .outcome = ALLEGATION_WITHDRAWN};
    CASE_TEXT(draft.letter, "notice2");
    CASE_TEXT(end.closure, "sent-in-error");
    CASE_TEXT(end.reason, "ours");
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    assert_string_equal(stage_of(world, id, &version), "1st notice");
    world->app.clock.frozen_at = file.state.deadline.due.instant;
    world_step(&file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
    assert_string_equal(file.state.stage->id, "notice2");
    assert_string_equal(stage_of(world, id, &same), "1st notice");
    assert_string_equal(same, version);
    world_step(&file, &anna, draft);
    assert_string_equal(stage_of(world, id, &same), "1st notice");
    assert_string_equal(same, version);
    world_serve(&file, "notice2");
    assert_string_equal(stage_of(world, id, &same), "2nd notice");
    assert_string_not_equal(same, version);
    world_step(&file, &anna, end);
    assert_string_equal(stage_of(world, id, &version), "Closed");
    struct case_step again = {.type = CASE_REOPENED};
    CASE_TEXT(again.reason, "new facts");
    world_step(&file, &anna, again);
    assert_string_equal(file.state.stage->id, "intake");
    world_step(&file, &anna, (struct case_step){.type = CASE_OPENED, .violation = true});
    assert_string_equal(stage_of(world, id, &same), "Closed");
    assert_string_equal(same, version);
    world_serve(&file, "notice1");
    assert_string_equal(stage_of(world, id, &same), "1st notice");
}

/* W5. */
static void the_version_is_of_what_is_seen(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    json_t *before JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    assert_int_equal(strlen(json_text(before, "version")), CASE_VIEW_VERSION_TEXT - 1);
    json_decref(
        world_must(world, &anna, "case.record",
                   json_pack("{s:s, s:s, s:s}", "case", id, "event", "meeting", "reason", "x")));
    json_t *same JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    assert_string_equal(json_text(same, "version"), json_text(before, "version"));
    put_finding(world, "f-1", "registrar-1", id);
    json_t *after JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    assert_string_not_equal(json_text(after, "version"), json_text(before, "version"));
}

/* Page by page each case once, with hidden ones between; `next` never names one of those. */
static void cases_come_page_by_page(void **state)
{
    struct world *world = *state;
    enum { SHOWN = 53, HIDDEN = 20 };
    char subject[32], seen[SHOWN][32];
    size_t count = 0;
    for (int i = 0; i < SHOWN + HIDDEN; i++) {
        snprintf(subject, sizeof subject, "n%d.example", i);
        if (i < SHOWN)
            open_served(world, "registrar-1", subject);
        else
            open_case(world, "registrar-1", subject);
    }
    const char *after = "";
    for (int page = 0; after; page++) {
        json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s, s:s}", "user", "petra", "party",
                                                   "registrar-1", "after", after),
                          *answer JSON_CLEANUP = NULL, *row;
        size_t index;
        assert_int_equal(query_run(&world->app, "own.cases", arguments, &answer, NULL), 0);
        json_array_foreach(json_object_get(answer, "cases"), index, row)
        {
            assert_true(count < SHOWN);
            snprintf(seen[count++], sizeof seen[0], "%s", json_text(row, "id"));
        }
        const char *next = json_text(answer, "next");
        assert_int_equal(page == 0, next != NULL);
        if (next)
            assert_string_equal(next, seen[count - 1]);
        after = next ? arena_copy_text(&world->arena, next) : NULL;
    }
    assert_int_equal(count, SHOWN);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(seen[i - 1], seen[i]) < 0);
}

static void each_sees_the_parties_that_are_theirs(void **state)
{
    struct world *world = *state;
    grant(world, "quinn", "registrar-1", "read");
    json_t *two JSON_CLEANUP = ask(world, "quinn", "own.parties", NULL, NULL);
    assert_int_equal(count_of(two, "parties"), 2);
    json_t *one JSON_CLEANUP = ask(world, "petra", "own.parties", NULL, NULL);
    assert_int_equal(count_of(one, "parties"), 1);
    const json_t *row = json_array_get(json_object_get(one, "parties"), 0);
    assert_string_equal(json_text(row, "party"), "registrar-1");
    assert_string_equal(json_text(row, "may"), "read");
    assert_false(holds(two, "ada")); /* who of the staff gave it */
    json_t *none JSON_CLEANUP = ask(world, "nobody", "own.parties", NULL, NULL);
    assert_int_equal(count_of(none, "parties"), 0);
    json_t *grants JSON_CLEANUP = ask(world, "quinn", "own.grants", "party", "registrar-2");
    assert_int_equal(count_of(grants, "grants"), 1);
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP =
                          json_pack("{s:s, s:s}", "user", "petra", "party", "registrar-1"),
                      *answer JSON_CLEANUP = NULL;
    assert_refused(query_run(&world->app, "own.grants", arguments, &answer, &detail), ERR_DENIED,
                   &detail, "petra may read for registrar-1, which is not enough to delegate");
}

static void duties_are_those_of_the_day(void **state)
{
    struct world *world = *state;
    json_t *own JSON_CLEANUP = ask(world, "petra", "own.duties", "party", "registrar-1");
    json_t *all JSON_CLEANUP = world_ask(world, "obligation.list", "party", "registrar-1");
    assert_true(count_of(own, "obligations") > 0);
    assert_true(json_equal(own, all));
}

/* Without a user the house looks at what the party sees. */
static void the_house_sees_what_a_party_sees(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    json_t *theirs JSON_CLEANUP = ask(world, "petra", "own.case", "case", id);
    json_t *ours JSON_CLEANUP = world_ask(world, "own.case", "case", id);
    assert_true(json_equal(theirs, ours));
    json_t *list JSON_CLEANUP = world_ask(world, "own.cases", "party", "registrar-1");
    assert_int_equal(count_of(list, "cases"), 1);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(a_case_is_there_from_its_first_letter_on),
          IN_WORLD(what_was_not_told_takes_no_part),
          IN_WORLD(what_was_not_told_is_refused_like_none),
          IN_WORLD(a_row_that_tells_more_than_its_events_is_damaged),
          IN_WORLD(what_is_another_partys_is_not_there), IN_WORLD(nothing_of_the_house_is_in_it),
          IN_WORLD(a_finding_has_a_name_within_its_case),
          IN_WORLD(what_is_asked_is_told_by_a_served_letter),
          IN_WORLD(what_no_letter_told_of_shows_in_nothing),
          IN_WORLD(the_version_is_of_what_is_seen), IN_WORLD(cases_come_page_by_page),
          IN_WORLD(each_sees_the_parties_that_are_theirs), IN_WORLD(duties_are_those_of_the_day),
          IN_WORLD(the_house_sees_what_a_party_sees))
