/* Allegations by the commands that people have, on a real store under the rulebook that ships:
 * invariants 6 and 20 of casework, and links that can be taken back. */
#include "app/casework/allegation.h"

#include "app/casework/opening.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/party.h"

#include <stdio.h>

static const char duty[] = "raa.3.18.2-dns-abuse-mitigation"; /* in force from 2024-04-05 */
static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

static int32_t day(const char *text)
{
    int32_t value = 0;
    assert_int_equal(civil_parse_date(text, &value), 0);
    return value;
}

/* Accredited in 2024 and 2025, and again from 2027 on. */
static void put_party(struct world *world)
{
    const struct party party = {.id = "registrar-7",
                                .kind = PARTY_REGISTRAR,
                                .name = "Registrar Seven",
                                .status = "accredited",
                                .rdap_url = ""};
    struct agreement agreement = {.party = "registrar-7",
                                  .family = "raa",
                                  .version = "current",
                                  .subject = "",
                                  .from = day("2024-01-01"),
                                  .until = day("2026-01-01")};
    assert_int_equal(store_party_put(world->app.store, &party), 0);
    assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
    agreement.from = day("2027-01-01");
    agreement.until = CIVIL_FAR_FUTURE;
    assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    world_open_termination(world);
    put_party(world);
    *state = world;
    return 0;
}

static int run(struct world *world, const char *name, const char *arguments, json_t **ret_result,
               struct error_detail *detail)
{
    json_t *given = NULL;
    assert_int_equal(json_parse(arguments, strlen(arguments), &given, NULL), 0);
    return world_run(world, &anna, name, given, ret_result, detail);
}

#define ABOUT "\"party\":\"registrar-7\",\"obligation\":\"raa.3.18.2-dns-abuse-mitigation\""

static const char *open_case(struct world *world)
{
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    if (run(world, "case.open", "{" ABOUT ",\"subject\":\"a.example\",\"violation\":true}", &result,
            &detail) < 0)
        fail_msg("%s", detail.text);
    return arena_copy_text(&world->arena, json_text(result, "case"));
}

static const char *with_case(struct world *world, const char *id, const char *more)
{
    return arena_printf(&world->arena, "{\"case\":\"%s\"%s}", id, more);
}

/* case.show, as the command line asks for it. */
static json_t *show(struct world *world, const char *id)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", id), *result = NULL;
    struct error_detail detail = {0};
    if (query_run(&world->app, "case.show", arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return result;
}

static const char *shown(const json_t *result, size_t index, const char *key)
{
    return json_text(json_array_get(json_object_get(result, "allegations"), index), key);
}

/* --- invariant 6 --- */

static void casework_invariant_6_a_version_and_an_agreement_cover_the_conduct(void **state)
{
    static const struct {
        const char *arguments;
        int code;
        const char *words;
    } rows[] = {
        {"{" ABOUT ",\"to\":\"2024-03-01\"}", ERR_REFUSED,
         "no such version of 'raa.3.18.2-dns-abuse-mitigation' was in force from 2024-03-01 to "
         "2024-03-01"},
        {"{" ABOUT ",\"from\":\"2026-02-01\",\"to\":\"2026-12-31\",\"subject\":\"x.example\"}",
         ERR_REFUSED,
         "did not bind registrar-7 for 'x.example' from 2026-02-01 to 2026-12-31: no agreement of "
         "the party then in force says so"},
        {"{" ABOUT ",\"version\":\"2020-01-01\"}", ERR_REFUSED, "no such version of"},
        {"{" ABOUT ",\"to\":\"2027-02-01\"}", ERR_SYNTAX, "before it begins, or after today"},
        {"{" ABOUT ",\"to\":\"2025-01-01\",\"from\":\"2025-02-01\"}", ERR_SYNTAX,
         "before it begins, or after today"},
        {"{" ABOUT ",\"to\":\"yesterday\"}", ERR_SYNTAX, "'yesterday' is no date"},
        {"{\"party\":\"registrar-7\",\"obligation\":\"raa.none\"}", ERR_NOT_FOUND,
         "the rulebook knows no obligation 'raa.none'"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        assert_refused(run(world, "case.open", rows[i].arguments, NULL, &detail), rows[i].code,
                       &detail, rows[i].words);
    }
}

/* One day of the conduct on which both hold is enough, at either end of the agreement. */
static void casework_invariant_6_one_common_day_is_enough(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world);
    static const char *const enough[] = {
        ",\"subject\":[\"b.example\",\"c.example\"],\"from\":\"2025-12-31\",\"to\":\"2026-12-31\"",
        ",\"subject\":\"d.example\",\"from\":\"2026-05-01\",\"to\":\"2027-01-01\"",
        ",\"subject\":\"e.example\",\"from\":\"2023-01-01\",\"to\":\"2024-04-05\"",
    };
    for (size_t i = 0; i < 3; i++) {
        const char *arguments = arena_printf(
            &world->arena, "{\"case\":\"%s\",\"obligation\":\"%s\"%s}", id, duty, enough[i]);
        if (run(world, "case.allege", arguments, NULL, &detail) < 0)
            fail_msg("%s", detail.text);
    }
    json_t *result JSON_CLEANUP = show(world, id);
    assert_int_equal(json_array_size(json_object_get(result, "allegations")), 4);
    assert_string_equal(shown(result, 1, "version"), "2024-04-05");
    assert_string_equal(shown(result, 1, "rulebook"), world->app.rulebook->digest_text);
    assert_string_equal(shown(result, 1, "first_day"), "2025-12-31");
    assert_string_equal(shown(result, 1, "last_day"), "2026-12-31");
    assert_string_equal(shown(result, 1, "outcome"), "open");
    const json_t *second = json_array_get(json_object_get(result, "allegations"), 1);
    assert_int_equal(json_array_size(json_object_get(second, "subjects")), 2);
    assert_true(strlen(shown(result, 1, "statement")) > 20);
    /* The day after the last, and the day before the next. */
    const char *none =
        arena_printf(&world->arena,
                     "{\"case\":\"%s\",\"obligation\":\"%s\",\"from\":\"2026-01-01\","
                     "\"to\":\"2026-12-31\"}",
                     id, duty);
    assert_refused(run(world, "case.allege", none, NULL, &detail), ERR_REFUSED, &detail,
                   "did not bind registrar-7");
}

static void an_allegation_has_not_too_many_subjects(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world), *subjects = "\"s\"";
    for (int i = 0; i < ALLEGATION_SUBJECTS_MAX; i++)
        subjects = arena_printf(&world->arena, "%s,\"s\"", subjects);
    const char *arguments =
        arena_printf(&world->arena, "{\"case\":\"%s\",\"obligation\":\"%s\",\"subject\":[%s]}", id,
                     duty, subjects);
    assert_refused(run(world, "case.allege", arguments, NULL, &detail), ERR_LIMIT, &detail,
                   "an allegation has 1 to 20 subjects");
}

/* --- invariant 20 --- */

static int close_case(struct world *world, const char *id, const char *more,
                      struct error_detail *detail)
{
    const char *closed = ",\"event\":\"closed\",\"closure\":\"sent-in-error\"";
    return run(world, "case.record",
               with_case(world, id, arena_printf(&world->arena, "%s%s", closed, more)), NULL,
               detail);
}

static void casework_invariant_20_a_closure_decides_what_is_open(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world);
    const char *more =
        arena_printf(&world->arena, ",\"obligation\":\"%s\",\"subject\":\"z\"", duty);
    assert_int_equal(run(world, "case.allege", with_case(world, id, more), NULL, &detail), 0);
    assert_refused(close_case(world, id, ",\"reason\":\"ours\"", &detail), ERR_REFUSED, &detail,
                   "2 of 2 allegations are not decided");
    assert_refused(close_case(world, id, ",\"outcome\":\"withdrawn\"", &detail), ERR_REFUSED,
                   &detail, "'closed' needs a reason");
    assert_refused(close_case(world, id, ",\"outcome\":\"maybe\"", &detail), ERR_SYNTAX, &detail,
                   "not 'maybe'");
    more = ",\"number\":1,\"outcome\":\"not-substantiated\",\"reason\":\"no-trace\"";
    assert_int_equal(run(world, "case.decide", with_case(world, id, more), NULL, &detail), 0);
    assert_int_equal(
        close_case(world, id, ",\"outcome\":\"withdrawn\",\"reason\":\"ours\"", &detail), 0);
    json_t *result JSON_CLEANUP = show(world, id);
    assert_string_equal(shown(result, 0, "outcome"), "not-substantiated");
    assert_string_equal(shown(result, 0, "reason"), "no-trace");
    assert_string_equal(shown(result, 1, "outcome"), "withdrawn");
    assert_string_equal(shown(result, 1, "reason"), "ours");
}

static void a_decision_names_an_allegation_and_says_why(void **state)
{
    static const struct {
        const char *more;
        int code;
        const char *words;
    } rows[] = {
        {",\"number\":1,\"outcome\":\"corrected\"", ERR_REFUSED, "needs a reason"},
        {",\"number\":\"2\",\"outcome\":\"corrected\",\"reason\":\"x\"", ERR_REFUSED,
         "no allegation 2"},
        {",\"number\":\"two\",\"outcome\":\"corrected\",\"reason\":\"x\"", ERR_SYNTAX,
         "is a number from 1 to 255"},
        {",\"outcome\":\"corrected\",\"reason\":\"x\"", ERR_SYNTAX, "is a number from 1 to 255"},
        {",\"number\":1,\"outcome\":\"guilty\",\"reason\":\"x\"", ERR_SYNTAX, "not 'guilty'"},
    };
    struct world *world = *state;
    const char *id = open_case(world);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        assert_refused(run(world, "case.decide", with_case(world, id, rows[i].more), NULL, &detail),
                       rows[i].code, &detail, rows[i].words);
    }
}

/* --- findings and links --- */

static void put_finding(struct world *world, const char *id, const char *party, const char *about)
{
    const struct store_finding finding = {.id = id,
                                          .finding = {.obligation = about,
                                                      .clause = "3",
                                                      .party = party,
                                                      .subject = "a.example",
                                                      .period_from = WORLD_START - CIVIL_DAY_US,
                                                      .period_until = WORLD_START,
                                                      .verdict = VERDICT_NOT_MET,
                                                      .rulebook = world->app.rulebook->digest_text,
                                                      .reason = "seen"},
                                          .decided_at = clock_wall(&world->app.clock)};
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
}

static int link_to(struct world *world, const char *verb, const char *id, const char *kind,
                   const char *object, struct error_detail *detail)
{
    const char *more = arena_printf(
        &world->arena, ",\"kind\":\"%s\",\"object\":\"%s\",\"reason\":\"r\"", kind, object);
    return run(world, verb, with_case(world, id, more), NULL, detail);
}

static size_t links_that_hold(const json_t *result)
{
    size_t index, count = 0;
    json_t *link;
    json_array_foreach(json_object_get(result, "links"), index, link)
    {
        count += json_is_null(json_object_get(link, "unlinked_at"));
    }
    return count;
}

static void a_finding_that_joins_adds_an_allegation(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world);
    put_finding(world, "f-1", "registrar-7", duty);
    put_finding(world, "f-2", "registrar-7", "raa.3.18.1-abuse-contact");
    put_finding(world, "f-3", "registrar-1", duty);
    assert_int_equal(link_to(world, "case.link", id, "finding", "f-1", &detail), 0);
    json_t *same JSON_CLEANUP = show(world, id);
    assert_int_equal(json_array_size(json_object_get(same, "allegations")), 1); /* said already */
    assert_int_equal(link_to(world, "case.link", id, "finding", "f-2", &detail), 0);
    json_t *more JSON_CLEANUP = show(world, id);
    assert_int_equal(json_array_size(json_object_get(more, "allegations")), 2);
    assert_string_equal(shown(more, 1, "first_day"), "2027-01-03");
    assert_string_equal(shown(more, 1, "last_day"), "2027-01-04");
    assert_refused(link_to(world, "case.link", id, "finding", "f-3", &detail), ERR_REFUSED, &detail,
                   "finding f-3 is about another party");
}

static void links_are_many_to_many_and_reversible(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *one = open_case(world), *other = world->case_id;
    static const char *const ids[] = {"k-1", "k-2"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(link_to(world, "case.link", one, "complaint", ids[i], &detail), 0);
        assert_int_equal(link_to(world, "case.link", other, "complaint", ids[i], &detail), 0);
    }
    assert_int_equal(link_to(world, "case.link", one, "case", other, &detail), 0);
    json_t *linked JSON_CLEANUP = show(world, one);
    assert_int_equal(links_that_hold(linked), 3);
    assert_refused(link_to(world, "case.link", one, "complaint", "k-1", &detail), ERR_CONFLICT,
                   &detail, "complaint k-1 is linked to case");
    assert_int_equal(link_to(world, "case.unlink", one, "complaint", "k-1", &detail), 0);
    json_t *unlinked JSON_CLEANUP = show(world, one);
    assert_int_equal(links_that_hold(unlinked), 2);
    assert_int_equal(json_array_size(json_object_get(unlinked, "links")),
                     3); /* nothing is deleted */
    assert_refused(link_to(world, "case.unlink", one, "complaint", "k-1", &detail), ERR_NOT_FOUND,
                   &detail, "complaint k-1 is not linked to case");
    assert_int_equal(link_to(world, "case.link", one, "complaint", "k-1", &detail), 0);
    json_t *again JSON_CLEANUP = show(world, one);
    assert_int_equal(links_that_hold(again), 3);
}

static struct store_link only_link(struct world *world, const char *id)
{
    struct store_link *links;
    size_t count;
    assert_int_equal(store_link_list(world->app.store, id, &world->arena, &links, &count), 0);
    assert_int_equal(count, 1);
    return links[0];
}

/* What `rebuild --check` says of the row once it is spoilt. */
static void expect_named(struct world *world, const struct store_link *spoilt, const char *field)
{
    assert_int_equal(store_link_put(world->app.store, spoilt), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    json_t *told JSON_CLEANUP = world_ask(world, "rebuild.check", "none", "");
    const json_t *rows = json_object_get(told, "differences");
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(json_text(json_array_get(rows, 0), "table"), "case_link");
    assert_string_equal(json_text(json_array_get(rows, 0), "key"), spoilt->object);
    assert_string_equal(json_text(json_array_get(rows, 0), "field"), field);
    assert_int_equal(store_begin(world->app.store), 0);
}

static void a_link_follows_from_its_events(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world);
    const int64_t linked_at = WORLD_START + CIVIL_DAY_US, unlinked_at = linked_at + CIVIL_DAY_US;
    assert_int_equal(clock_jump(&world->app.clock, linked_at), 0);
    assert_int_equal(link_to(world, "case.link", id, "lead", "l-1", &detail), 0);
    struct store_link link = only_link(world, id), spoilt = link;
    assert_int_equal(link.linked_at, linked_at);
    spoilt.linked_at += CIVIL_DAY_US;
    expect_named(world, &spoilt, "linked_at");
    spoilt = link;
    spoilt.unlinked_at = unlinked_at;
    expect_named(world, &spoilt, "unlinked_at");
    assert_int_equal(store_link_put(world->app.store, &link), 0);

    assert_int_equal(clock_jump(&world->app.clock, unlinked_at), 0);
    assert_int_equal(link_to(world, "case.unlink", id, "lead", "l-1", &detail), 0);
    spoilt = link = only_link(world, id);
    assert_int_equal(link.linked_at, linked_at);
    assert_int_equal(link.unlinked_at, unlinked_at);
    spoilt.unlinked_by = "mallory";
    expect_named(world, &spoilt, "unlinked_by");
    spoilt = link;
    spoilt.linked_by = "mallory";
    expect_named(world, &spoilt, "linked_by");
}

static void what_cannot_be_linked_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *id = open_case(world), *name = "k";
    for (int i = 0; i < CASE_OBJECT_MAX; i++)
        name = arena_printf(&world->arena, "%sk", name);
    assert_refused(link_to(world, "case.link", id, "rumour", "x", &detail), ERR_SYNTAX, &detail,
                   "to a finding, complaint, lead or case");
    assert_refused(link_to(world, "case.link", id, "finding", "f-9", &detail), ERR_NOT_FOUND,
                   &detail, "there is no finding 'f-9'");
    assert_refused(link_to(world, "case.link", id, "case", "c-none", &detail), ERR_NOT_FOUND,
                   &detail, "there is no other case 'c-none'");
    assert_refused(link_to(world, "case.link", id, "case", id, &detail), ERR_NOT_FOUND, &detail,
                   "there is no other case");
    assert_refused(link_to(world, "case.link", id, "lead", name, &detail), ERR_LIMIT, &detail,
                   "an id has at most 71 bytes");
}

/* Whoever opens a case looks up the party before. */
static void a_party_that_is_not_known_is_bound_by_nothing(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct case_allegation allegation = {.obligation = "raa.3.18.2-dns-abuse-mitigation"};
    assert_refused(allegation_pin(&world->app, "registrar-9", CIVIL_FAR_PAST, &world->arena,
                                  &allegation, &detail),
                   ERR_NOT_FOUND, &detail, "there is no party 'registrar-9'");
}

/* A matter that comes back after its allegation was decided is alleged anew, in the same case. */
static void a_failure_after_a_decision_is_alleged_anew(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_finding finding;
    put_finding(world, "f-1", "registrar-7", duty);
    assert_int_equal(store_finding_find(world->app.store, "f-1", &world->arena, &finding), 0);
    assert_int_equal(opening_take_finding(&world->app, &finding, &detail), 0);
    const struct store_case_key key = {"registrar-7", duty, "a.example"};
    struct store_case opened;
    assert_int_equal(store_case_find_open(world->app.store, &key, &world->arena, &opened), 0);
    json_t *first JSON_CLEANUP = show(world, opened.id);
    assert_int_equal(json_array_size(json_object_get(first, "allegations")), 1);
    assert_string_equal(shown(first, 0, "version"), "2024-04-05");
    const char *more = ",\"number\":1,\"outcome\":\"corrected\",\"reason\":\"shown\"";
    assert_int_equal(run(world, "case.decide", with_case(world, opened.id, more), NULL, &detail),
                     0);
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, opened.id, &file, &detail), 0);
    assert_int_equal(allegation_join(&file, &finding, &anna, &detail), 1);
    assert_int_equal(allegation_join(&file, &finding, &anna, &detail), 0);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

TEST_MAIN(WORLD_TEST(casework_invariant_6_a_version_and_an_agreement_cover_the_conduct),
          WORLD_TEST(casework_invariant_6_one_common_day_is_enough),
          WORLD_TEST(an_allegation_has_not_too_many_subjects),
          WORLD_TEST(casework_invariant_20_a_closure_decides_what_is_open),
          WORLD_TEST(a_decision_names_an_allegation_and_says_why),
          WORLD_TEST(a_finding_that_joins_adds_an_allegation),
          WORLD_TEST(links_are_many_to_many_and_reversible),
          WORLD_TEST(a_link_follows_from_its_events), WORLD_TEST(what_cannot_be_linked_is_refused),
          WORLD_TEST(a_party_that_is_not_known_is_bound_by_nothing),
          WORLD_TEST(a_failure_after_a_decision_is_alleged_anew))
