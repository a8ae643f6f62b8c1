/* Who is under common control, from when until when: what can be recorded, whose notices a rule
 * counts that says `family`, and that staff alone are told. */
#include "app/casework/family.h"

#include "access/access.h"
#include "app/casework/repetition.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "rulebook/process.h"
#include "store/log.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

/* registrar-1 has a case; registrar-2 and registrar-3 have none. */
static int make_world(void **state)
{
    struct world *world = world_new();
    world_open_termination(world);
    for (int i = 2; i <= 3; i++) {
        char id[16], name[16];
        snprintf(id, sizeof id, "registrar-%d", i);
        snprintf(name, sizeof name, "Names %d Inc.", i);
        const struct party party = {
            .id = id, .kind = PARTY_REGISTRAR, .name = name, .iana_id = i, .status = "accredited"};
        assert_true(store_party_put(world->app.store, &party) >= 0);
    }
    *state = world;
    return 0;
}

static int belongs(struct world *world, const char *party, const char *family, const char *from,
                   const char *until, struct error_detail *detail)
{
    return world_run(world, &anna, "party.family",
                     json_pack("{s:s, s:s, s:s*, s:s*}", "party", party, "family", family, "from",
                               from, "until", until),
                     NULL, detail);
}

static json_t *ask(struct world *world, const char *question, const char *key, const char *value)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", key, value), *result = NULL;
    assert_int_equal(query_run(&world->app, question, arguments, &result, NULL), 0);
    return result;
}

/* "group 2027-01-01 - registrar-2 2027-01-01 2027-03-01, ...": one family and who else is in it. */
static const char *words_of(const json_t *row, char text[400])
{
    size_t index, used;
    const json_t *other;
    const char *until = json_text(row, "until_day");
    used = (size_t)snprintf(text, 400, "%s %s %s", json_text(row, "family"),
                            json_text(row, "from_day"), until ? until : "-");
    json_array_foreach(json_object_get(row, "members"), index, other)
    {
        until = json_text(other, "until_day");
        used += (size_t)snprintf(text + used, 400 - used, "; %s %s %s %s",
                                 json_text(other, "party"), json_text(other, "name"),
                                 json_text(other, "from_day"), until ? until : "-");
    }
    return text;
}

static void assert_families(struct world *world, const char *party, const char *const *expected,
                            size_t count)
{
    char text[400];
    json_t *answer JSON_CLEANUP = ask(world, "party.families", "party", party);
    const json_t *list = json_object_get(answer, "families");
    assert_string_equal(json_text(answer, "party"), party);
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(words_of(json_array_get(list, i), text), expected[i]);
}

/* A change of control: first the old record gets an end, then comes the new one. */
static void a_party_changes_its_family(void **state)
{
    static const char *const expected[] = {
        "old-group 2024-01-01 2027-01-01; registrar-2 Names 2 Inc. 2025-05-01 2027-01-01",
        "new-group 2027-01-01 -; registrar-3 Names 3 Inc. 2027-02-01 2027-06-01"};
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(belongs(world, "registrar-1", "old-group", "2024-01-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-2", "old-group", "2025-05-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-3", "new-group", "2027-02-01", "2027-06-01", NULL),
                     0);
    assert_refused(belongs(world, "registrar-1", "new-group", "2027-01-01", NULL, &detail),
                   ERR_REFUSED, &detail,
                   "registrar-1 belongs to the family 'old-group' from 2024-01-01 on; give that "
                   "an end first");
    assert_int_equal(belongs(world, "registrar-1", "old-group", "2024-01-01", "2027-01-01", NULL),
                     0);
    assert_int_equal(belongs(world, "registrar-1", "new-group", "2027-01-01", NULL, NULL), 0);
    assert_families(world, "registrar-1", expected, 2);
}

/* With its end on its first day a record was a mistake: it is told no more, and is in the way of
 * nothing. */
static void a_mistaken_record_is_taken_back(void **state)
{
    static const char *const expected[] = {"group 2024-01-01 -"};
    struct world *world = *state;
    assert_int_equal(belongs(world, "registrar-1", "typo", "2025-01-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-1", "typo", "2025-01-01", "2025-01-01", NULL), 0);
    assert_families(world, "registrar-1", NULL, 0);
    assert_int_equal(belongs(world, "registrar-1", "group", "2024-01-01", NULL, NULL), 0);
    assert_families(world, "registrar-1", expected, 1);
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *party, *family, *from, *until, *words;
        int result;
    } rows[] = {
        {"registrar-9", "group", NULL, NULL, "there is no party 'registrar-9'", ERR_NOT_FOUND},
        {"registrar-1", "", NULL, NULL, "'': the name of a family has 1 to 64", ERR_SYNTAX},
        {"registrar-1", "The Group", NULL, NULL, "'The Group': the name of a family", ERR_SYNTAX},
        {"registrar-1", "abcdefghi-abcdefghi-abcdefghi-abcdefghi-abcdefghi-abcdefghi-abcde", NULL,
         NULL, "has 1 to 64 of a-z, 0-9 and '-'", ERR_SYNTAX},
        {"registrar-1", "group", "2027-01-02", "2027-01-01", "leaves a family after it joined",
         ERR_SYNTAX},
        {"registrar-1", "group", "soon", NULL, "'soon' is no date", ERR_SYNTAX},
    };
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "party", "registrar-9"), *result = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(
            belongs(world, rows[i].party, rows[i].family, rows[i].from, rows[i].until, &detail),
            rows[i].result, &detail, rows[i].words);
    assert_refused(query_run(&world->app, "party.families", arguments, &result, &detail),
                   ERR_NOT_FOUND, &detail, "there is no party 'registrar-9'");
    assert_refused(world_run(world, &bert, "party.family",
                             json_pack("{s:s, s:s}", "party", "registrar-1", "family", "group"),
                             NULL, &detail),
                   ERR_DENIED, &detail, "party.family");
    assert_families(world, "registrar-1", NULL, 0);
}

/* What was said, by whom, with its days: also what took the place of something. */
static void the_log_learns_each_record(void **state)
{
    struct world *world = *state;
    struct store_opening *openings;
    size_t count, told = 0;
    assert_int_equal(belongs(world, "registrar-1", "group", "2024-01-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-1", "group", "2024-01-01", "2026-01-01", NULL), 0);
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++) {
        const char *json = openings[i].opening.json;
        if (strstr(json, "\"party-family\"") && strstr(json, "\"actor\":\"anna\"") &&
            strstr(json, "\"family\":\"group\"") && strstr(json, "\"from\":\"2024-01-01\""))
            told += strstr(json, "\"until\":null") || strstr(json, "\"until\":\"2026-01-01\"");
    }
    assert_int_equal(told, 2);
}

/* --- who is told --- */

static void staff_see_the_present_family(void **state)
{
    static const struct {
        const char *question, *key;
        bool party;
    } rows[] = {{"case.explain", "case", false}, {"desk.party", "party", true}};
    struct world *world = *state;
    char text[400];
    for (size_t i = 0; i < 2; i++) {
        json_t *answer JSON_CLEANUP = ask(world, rows[i].question, rows[i].key,
                                          rows[i].party ? "registrar-1" : world->case_id);
        assert_true(json_is_null(json_object_get(answer, "family")));
    }
    assert_int_equal(belongs(world, "registrar-1", "past", "2020-01-01", "2027-01-04", NULL), 0);
    assert_int_equal(belongs(world, "registrar-1", "group", "2027-01-04", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-2", "group", "2026-01-01", NULL, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        json_t *answer JSON_CLEANUP = ask(world, rows[i].question, rows[i].key,
                                          rows[i].party ? "registrar-1" : world->case_id);
        assert_string_equal(words_of(json_object_get(answer, "family"), text),
                            "group 2027-01-04 -; registrar-2 Names 2 Inc. 2027-01-04 -");
    }
}

/* Invariant 1: whatever an outsider is shown goes through that table. */
static void invariant_1_no_outsider_is_shown_a_family(void **state)
{
    static const char *const fields[] = {"family", "families", "members"};
    (void)state;
    for (enum access_object object = 0; object < OBJECT_COUNT; object++) {
        for (enum audience audience = 0; audience < AUDIENCE_STAFF; audience++) {
            for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
                assert_false(access_may(object, fields[i], audience));
        }
    }
}

/* --- whose notices count --- */

static uint32_t notices(struct world *world, enum repeat_of whose)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct ground ground = {.repeat_times = 3, .repeat_months = 12, .repeat_of = whose};
    uint32_t count = 99;
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_int_equal(repetition_count(&file, &ground, &count, NULL), 0);
    return count;
}

/* Only a ground that says so counts the family, and only the days on which both belonged to it, at
 * either end. */
static void a_look_back_is_of_the_party_unless_the_rule_says_family(void **state)
{
    struct world *world = *state;
    int32_t joined = civil_days(2026, 6, 1), left = civil_days(2026, 9, 1);
    world_import_notice(world, "registrar-1", "own-before", "breach", joined - 1);
    world_import_notice(world, "registrar-2", "before", "breach", joined - 1);
    world_import_notice(world, "registrar-2", "first-day", "breach", joined);
    world_import_notice(world, "registrar-2", "last-day", "breach", left - 1);
    world_import_notice(world, "registrar-2", "after", "breach", left);
    world_import_notice(world, "registrar-3", "stranger", "breach", joined);
    assert_int_equal(notices(world, REPEAT_OF_FAMILY), 1);
    assert_int_equal(belongs(world, "registrar-1", "group", "2026-06-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-2", "group", "2020-01-01", "2026-09-01", NULL), 0);
    assert_int_equal(notices(world, REPEAT_OF_PARTY), 1);
    assert_int_equal(notices(world, REPEAT_OF_FAMILY), 3);
}

/* The months are counted for each of the family; a family that the party left counts no more. */
static void a_former_family_counts_no_more(void **state)
{
    struct world *world = *state;
    world_import_notice(world, "registrar-2", "old", "breach", civil_days(2025, 12, 31));
    world_import_notice(world, "registrar-2", "new", "breach", civil_days(2026, 12, 31));
    assert_int_equal(belongs(world, "registrar-2", "group", "2020-01-01", NULL, NULL), 0);
    assert_int_equal(belongs(world, "registrar-1", "group", "2020-01-01", "2027-01-05", NULL), 0);
    assert_int_equal(notices(world, REPEAT_OF_FAMILY), 1);
    assert_int_equal(belongs(world, "registrar-1", "group", "2020-01-01", "2027-01-04", NULL), 0);
    assert_int_equal(notices(world, REPEAT_OF_FAMILY), 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(a_party_changes_its_family), IN_WORLD(a_mistaken_record_is_taken_back),
          IN_WORLD(what_makes_no_sense_is_refused), IN_WORLD(the_log_learns_each_record),
          IN_WORLD(staff_see_the_present_family),
          cmocka_unit_test(invariant_1_no_outsider_is_shown_a_family),
          IN_WORLD(a_look_back_is_of_the_party_unless_the_rule_says_family),
          IN_WORLD(a_former_family_counts_no_more))
