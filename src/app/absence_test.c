/* Who is away and who stands in: what the deputy sees, and that the deputy may do no more. */
#include "app/absence.h"

#include "app/law.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/log.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

static const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER};

#define TODAY "2027-01-04"

/* ada hands out tokens; anna and dora are analysts, bert and carl approvers; anna has the case. */
static int make_house(void **state)
{
    static const char *const people[][2] = {{"ada", "administrator"}, {"anna", "analyst"},
                                            {"bert", "approver"},     {"carl", "approver"},
                                            {"dora", "analyst"},      {"mta", "mail"}};
    struct world *world = world_new();
    world_open_termination(world);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        assert_int_equal(
            world_run(world, &ada, "user.add",
                      json_pack("{s:s, s:[s]}", "id", people[i][0], "roles", people[i][1]), NULL,
                      NULL),
            0);
    assert_int_equal(world_run(world, &bert, "case.record",
                               json_pack("{s:s, s:s, s:s}", "case", world->case_id, "event",
                                         "assigned", "object", "anna"),
                               NULL, NULL),
                     0);
    *state = world;
    return 0;
}

static int end_house(void **state)
{
    world_free(*state);
    return 0;
}

static int send_away(struct world *world, const struct actor *actor, const char *who,
                     const char *from, const char *until, const char *deputy,
                     struct error_detail *detail)
{
    return world_run(world, actor, "user.absent",
                     json_pack("{s:s, s:s, s:s*, s:s}", "id", who, "from", from, "until", until,
                               "deputy", deputy),
                     NULL, detail);
}

static json_t *ask(struct world *world, const char *question, const char *handler)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s*}", "handler", handler), *result = NULL;
    assert_int_equal(query_run(&world->app, question, arguments, &result, NULL), 0);
    return result;
}

/* The deputy that the list of this handler shows for the case; NULL where the case is not in it. */
static const char *shown_deputy(struct world *world, const char *handler, char text[64])
{
    json_t *result JSON_CLEANUP = ask(world, "case.list", handler), *row;
    size_t index;
    json_array_foreach(json_object_get(result, "cases"), index, row)
    {
        if (strcmp(json_text(row, "id"), world->case_id) != 0)
            continue;
        assert_string_equal(json_text(row, "handler"), "anna");
        snprintf(text, 64, "%s", json_text(row, "deputy"));
        return text;
    }
    return NULL;
}

static void the_deputy_sees_the_cases_with_whose_they_are(void **state)
{
    struct world *world = *state;
    char text[64];
    assert_string_equal(shown_deputy(world, "anna", text), "");
    assert_null(shown_deputy(world, "bert", text));
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_string_equal(shown_deputy(world, "bert", text), "bert");
    assert_string_equal(shown_deputy(world, "anna", text), "bert");
    assert_null(shown_deputy(world, "carl", text));
    json_t *feed JSON_CLEANUP = ask(world, "deadline.list", "bert");
    const json_t *row = json_array_get(json_object_get(feed, "deadlines"), 0);
    assert_string_equal(json_text(row, "case"), world->case_id);
    assert_string_equal(json_text(row, "handler"), "anna");
    assert_string_equal(json_text(row, "deputy"), "bert");
}

static void the_worklist_says_who_is_away(void **state)
{
    struct world *world = *state;
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    json_t *list JSON_CLEANUP = ask(world, "desk.worklist", NULL);
    const json_t *row = json_array_get(json_object_get(list, "items"), 0);
    assert_string_equal(json_text(row, "handler"), "anna");
    assert_true(json_is_true(json_object_get(row, "away")));
    assert_string_equal(json_text(row, "deputy"), "bert");
    json_t *users JSON_CLEANUP = ask(world, "user.list", NULL);
    const json_t *absent =
        json_object_get(json_array_get(json_object_get(users, "users"), 1), "absent");
    assert_string_equal(json_text(absent, "from"), TODAY);
    assert_string_equal(json_text(absent, "until"), "2027-01-11");
    assert_string_equal(json_text(absent, "deputy"), "bert");
    assert_true(json_is_true(json_object_get(absent, "now")));
}

static void who_is_back_early_has_no_deputy(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char text[64];
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_int_equal(
        world_run(world, &anna, "user.back", json_pack("{s:s}", "id", "anna"), NULL, NULL), 0);
    assert_null(shown_deputy(world, "bert", text));
    assert_string_equal(shown_deputy(world, "anna", text), "");
    assert_refused(
        world_run(world, &anna, "user.back", json_pack("{s:s}", "id", "anna"), NULL, &detail),
        ERR_REFUSED, &detail, "no absence of anna is noted");
}

/* The first day away and the first day back, to the moment. */
static void an_absence_lasts_its_days(void **state)
{
    static const struct {
        const char *from, *until;
        bool away;
    } rows[] = {{TODAY, "2027-01-05", true},
                {"2027-01-05", "2027-01-06", false},
                {"2027-01-03", "2027-01-05", true}};
    struct world *world = *state;
    char text[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(send_away(world, &anna, "anna", rows[i].from, rows[i].until, "bert", NULL),
                         0);
        assert_int_equal(shown_deputy(world, "bert", text) != NULL, rows[i].away);
    }
    struct store_absence absence;
    clock_jump(&world->app.clock, WORLD_START + CIVIL_DAY_US);
    assert_int_equal(absence_find(&world->app, "anna", &world->arena, &absence, NULL), 0);
    assert_null(shown_deputy(world, "bert", text));
}

/* A deputy is asked for once: nobody stands in for a deputy, and nobody who is away stands in. */
static void a_deputy_who_is_away_stands_in_for_nobody(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char text[64];
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_int_equal(send_away(world, &bert, "bert", TODAY, "2027-01-06", "carl", NULL), 0);
    assert_string_equal(shown_deputy(world, "anna", text), "");
    assert_null(shown_deputy(world, "bert", text));
    assert_null(shown_deputy(world, "carl", text));
    assert_refused(send_away(world, &ada, "dora", TODAY, "2027-01-05", "bert", &detail),
                   ERR_REFUSED, &detail, "bert is away on some of these days too");
    assert_int_equal(
        world_run(world, &bert, "user.back", json_pack("{s:s}", "id", "bert"), NULL, NULL), 0);
    assert_string_equal(shown_deputy(world, "anna", text), "bert");
    assert_int_equal(
        world_run(world, &ada, "user.disable", json_pack("{s:s}", "id", "bert"), NULL, NULL), 0);
    assert_string_equal(shown_deputy(world, "anna", text), "");
}

static void a_recused_deputy_sees_nothing_of_the_case(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char text[64];
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_int_equal(world_run(world, &anna, "case.record",
                               json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event",
                                         "recused", "object", "bert", "reason", "shares"),
                               NULL, NULL),
                     0);
    assert_null(shown_deputy(world, "bert", text));
    assert_string_equal(shown_deputy(world, "anna", text), "");
    json_t *feed JSON_CLEANUP = ask(world, "deadline.list", "bert");
    assert_int_equal(json_array_size(json_object_get(feed, "deadlines")), 0);
    assert_refused(world_run(world, &bert, "case.record",
                             json_pack("{s:s, s:s}", "case", world->case_id, "event", "meeting"),
                             NULL, &detail),
                   ERR_REFUSED, &detail, "bert is recused from this case");
}

/* Who asked for a step that wants two is not its second person for being the deputy. */
static void a_deputy_is_no_second_person_of_their_own_step(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_int_equal(world_run(world, &bert, "case.record",
                               json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event",
                                         "extended", "until", "2027-02-26", "reason", "illness"),
                               &result, NULL),
                     0);
    assert_refused(world_run(world, &bert, "case.agree",
                             json_pack("{s:s, s:s}", "case", world->case_id, "proposal",
                                       json_text(result, "proposal")),
                             NULL, &detail),
                   ERR_REFUSED, &detail, "a second person must agree");
}

static void nobody_who_is_away_gets_a_case(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_case found;
    assert_int_equal(send_away(world, &ada, "dora", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_refused(world_run(world, &bert, "case.record",
                             json_pack("{s:s, s:s, s:s}", "case", world->case_id, "event",
                                       "assigned", "object", "dora"),
                             NULL, &detail),
                   ERR_REFUSED, &detail, "dora is away until 2027-01-11; bert is the deputy");
    assert_int_equal(store_case_find(world->app.store, world->case_id, &world->arena, &found), 0);
    assert_string_equal(found.handler, "anna");
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const struct actor *actor;
        const char *who, *from, *until, *deputy, *words;
        int result;
    } rows[] = {
        {&bert, "anna", TODAY, "2027-01-11", "bert",
         "anna says of themselves when they are away, or an administrator does, not bert",
         ERR_DENIED},
        {&anna, "anna", TODAY, "2027-01-11", "anna", "nobody stands in for themselves",
         ERR_REFUSED},
        {&anna, "anna", TODAY, "2027-01-11", "mta", "mta works on no cases", ERR_REFUSED},
        {&anna, "anna", TODAY, "2027-01-11", "eve", "there is no user 'eve'", ERR_NOT_FOUND},
        {&ada, "eve", TODAY, "2027-01-11", "bert", "there is no user 'eve'", ERR_NOT_FOUND},
        {&anna, "anna", "2027-01-11", "2027-01-11", "bert", "ends after its first day", ERR_SYNTAX},
        {&anna, "anna", "2027-01-01", TODAY, "bert", "and after today", ERR_SYNTAX},
        {&anna, "anna", TODAY, NULL, "bert", "until", ERR_SYNTAX},
        {&anna, "anna", TODAY, "soon", "bert", "soon", ERR_SYNTAX},
    };
    struct world *world = *state;
    struct error_detail detail = {0};
    char text[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(send_away(world, rows[i].actor, rows[i].who, rows[i].from, rows[i].until,
                                 rows[i].deputy, &detail),
                       rows[i].result, &detail, rows[i].words);
    assert_refused(
        world_run(world, &bert, "user.back", json_pack("{s:s}", "id", "anna"), NULL, &detail),
        ERR_DENIED, &detail, "anna says of themselves");
    assert_int_equal(
        world_run(world, &ada, "user.disable", json_pack("{s:s}", "id", "carl"), NULL, NULL), 0);
    assert_refused(send_away(world, &anna, "anna", TODAY, "2027-01-11", "carl", &detail),
                   ERR_REFUSED, &detail, "the user 'carl' is disabled");
    assert_string_equal(shown_deputy(world, "anna", text), "");
}

/* The log learns who is away and who stands in, and no day. */
static void the_log_knows_no_days(void **state)
{
    static const char *const kinds[] = {"\"user-absent\"", "\"user-back\""};
    struct world *world = *state;
    struct store_opening *openings;
    size_t count, told = 0;
    assert_int_equal(send_away(world, &ada, "dora", "2027-01-06", "2027-03-09", "bert", NULL), 0);
    assert_int_equal(
        world_run(world, &ada, "user.back", json_pack("{s:s}", "id", "dora"), NULL, NULL), 0);
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++) {
        const char *json = openings[i].opening.json;
        for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
            told += strstr(json, kinds[n]) && strstr(json, "\"user\":\"dora\"") &&
                    strstr(json, "\"deputy\":\"bert\"") && strstr(json, "\"actor\":\"ada\"") &&
                    !strstr(json, "2027-0");
    }
    assert_int_equal(told, 2);
}

/* --- who was away when --- */

static void assert_away(struct world *world, const char *day, const char *expected)
{
    char text[200] = "";
    size_t index, used = 0;
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "on", day), *result = NULL, *row;
    assert_int_equal(query_run(&world->app, "user.absences", arguments, &result, NULL), 0);
    json_array_foreach(json_object_get(result, "absences"), index, row) used += (size_t)snprintf(
        text + used, sizeof text - used, "%s/%s ", json_text(row, "id"), json_text(row, "deputy"));
    json_decref(result);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: '%s', not '%s'", day, text, expected);
}

/* What was said stays when something else is said: a new absence, an early return, and what was
 * told only afterwards. */
static void it_can_be_told_who_was_away_when(void **state)
{
    static const struct {
        const char *day, *away;
    } days[] = {{"2027-01-03", ""},
                {"2027-01-04", "anna/bert "},
                {"2027-01-05", "anna/bert "},
                {"2027-01-06", "dora/carl "}, /* anna is back */
                {"2027-01-07", "anna/dora dora/carl "},
                {"2027-01-08", "anna/dora "}, /* said on the 9th, of the 8th */
                {"2027-01-09", ""},
                {"2027-02-01", "anna/carl "},
                {"2027-02-03", ""}};
    struct world *world = *state;
    assert_int_equal(send_away(world, &anna, "anna", TODAY, "2027-01-11", "bert", NULL), 0);
    assert_int_equal(send_away(world, &ada, "dora", "2027-01-06", "2027-01-08", "carl", NULL), 0);
    clock_jump(&world->app.clock, WORLD_START + 2 * CIVIL_DAY_US);
    assert_int_equal(
        world_run(world, &anna, "user.back", json_pack("{s:s}", "id", "anna"), NULL, NULL), 0);
    clock_jump(&world->app.clock, WORLD_START + 5 * CIVIL_DAY_US);
    assert_int_equal(send_away(world, &anna, "anna", "2027-01-07", "2027-01-10", "dora", NULL), 0);
    assert_int_equal(
        world_run(world, &anna, "user.back", json_pack("{s:s}", "id", "anna"), NULL, NULL), 0);
    assert_int_equal(send_away(world, &anna, "anna", "2027-02-01", "2027-02-03", "carl", NULL), 0);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        assert_away(world, days[i].day, days[i].away);
}

static void what_was_said_is_listed(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none JSON_CLEANUP = json_object(), *wrong JSON_CLEANUP = json_pack("{s:s}", "on", "x");
    json_t *result JSON_CLEANUP = NULL, *other JSON_CLEANUP = NULL;
    assert_int_equal(send_away(world, &ada, "dora", TODAY, "2027-01-08", "carl", NULL), 0);
    assert_int_equal(
        world_run(world, &ada, "user.back", json_pack("{s:s}", "id", "dora"), NULL, NULL), 0);
    assert_int_equal(query_run(&world->app, "user.absences", none, &result, NULL), 0);
    const json_t *list = json_object_get(result, "absences");
    const json_t *first = json_array_get(list, 0), *last = json_array_get(list, 1);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_text(first, "from"), TODAY);
    assert_string_equal(json_text(first, "until"), "2027-01-08");
    assert_string_equal(json_text(first, "said_by"), "ada");
    assert_string_equal(json_text(first, "said_at"), "2027-01-04T09:00:00Z");
    assert_string_equal(json_text(last, "until"), TODAY);
    assert_refused(query_run(&world->app, "user.absences", wrong, &other, &detail), ERR_SYNTAX,
                   &detail, "'x' is no date");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_HOUSE(the_deputy_sees_the_cases_with_whose_they_are),
          IN_HOUSE(the_worklist_says_who_is_away), IN_HOUSE(who_is_back_early_has_no_deputy),
          IN_HOUSE(an_absence_lasts_its_days), IN_HOUSE(a_deputy_who_is_away_stands_in_for_nobody),
          IN_HOUSE(a_recused_deputy_sees_nothing_of_the_case),
          IN_HOUSE(a_deputy_is_no_second_person_of_their_own_step),
          IN_HOUSE(nobody_who_is_away_gets_a_case), IN_HOUSE(what_makes_no_sense_is_refused),
          IN_HOUSE(the_log_knows_no_days), IN_HOUSE(it_can_be_told_who_was_away_when),
          IN_HOUSE(what_was_said_is_listed))
