/* A matter that a person takes up or accepts from intake, which times then apply, and links that
 * are taken back. Under the rulebook that ships. */
#include "app/casework/casefile.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"

#include <stdio.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};

static int make_world(void **state)
{
    struct world *world = world_new();
    const struct agreement agreement = {.party = "registrar-1",
                                        .family = "raa",
                                        .version = "2013",
                                        .subject = "",
                                        .from = 0,
                                        .until = CIVIL_FAR_FUTURE};
    *state = world;
    world_open_termination(world);
    assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
    return 0;
}

static int run(struct world *world, const char *command, const char *arguments, json_t **ret_result,
               struct error_detail *detail)
{
    json_t *parsed;
    assert_int_equal(json_parse(arguments, strlen(arguments), &parsed, NULL), 0);
    return world_run(world, &anna, command, parsed, ret_result, detail);
}

#define MATTER(more)                                                                               \
    "{\"party\":\"registrar-1\",\"obligation\":\"raa.3.7.8-inaccuracy-claims\"" more "}"

/* Runs a command on a case that must be allowed; the case is open afterwards. */
static void on_case(struct world *world, const char *command, const char *id, const char *more,
                    struct casefile *ret_file)
{
    char text[400];
    struct error_detail detail = {0};
    snprintf(text, sizeof text, "{\"case\":\"%s\"%s}", id, more);
    if (run(world, command, text, NULL, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(casefile_open(&world->app, id, ret_file, NULL), 0);
}

static const char *open_matter(struct world *world, const char *arguments)
{
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    if (run(world, "case.open", arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return arena_copy_text(&world->arena, json_text(result, "case"));
}

static const struct deadline_rule *rule_after_service(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    world_serve(&file, file.state.stage->letter);
    return file.state.deadline.due.rule;
}

/* 15 working days for registration data, 5 else; the type of complaint says which. */
static void invariant_5_the_type_of_complaint_says_which_times_apply(void **state)
{
    static const struct {
        const char *more, *rule;
    } rows[] = {
        {",\"violation\":true,\"subject\":\"a\"", "first"},
        {",\"violation\":true,\"subject\":\"b\",\"complaint\":\"registration-data-inaccuracy\"",
         "first-registration-data"},
        {",\"violation\":true,\"subject\":\"c\",\"family\":\"audit-request\"", "first-audit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "{\"party\":\"registrar-1\",\"obligation\":\"raa.3.7.8-inaccuracy-claims\"%s}",
                 rows[i].more);
        const struct deadline_rule *rule = rule_after_service(*state, open_matter(*state, text));
        assert_string_equal(rule->id, rows[i].rule);
    }
}

static void what_is_only_received_waits_for_a_person(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0}, again CASEFILE_CLEANUP = {0};
    const char *id = open_matter(world, MATTER(",\"subject\":\"a\",\"received\":true"));
    assert_int_equal(casefile_open(&world->app, id, &again, NULL), 0);
    assert_string_equal(again.state.stage->id, "intake");
    on_case(world, "case.accept", id,
            ",\"violation\":true,\"complaint\":\"registration-data-inaccuracy\",\"reason\":\"r\"",
            &file);
    assert_string_equal(file.state.stage->id, "notice1");
    assert_string_equal(file.events[1].actor, "anna");
    assert_string_equal(rule_after_service(world, id)->id, "first-registration-data");
    char text[100];
    snprintf(text, sizeof text, "{\"case\":\"%s\"}", id);
    assert_refused(run(world, "case.accept", text, NULL, &detail), ERR_REFUSED, &detail,
                   "'opened' in stage 'notice1' is refused: the process does not list it");
}

/* The family that it was received with stays, where nobody says another. */
static void an_inquiry_keeps_the_family_it_was_received_with(void **state)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *id = open_matter(
        *state, MATTER(",\"subject\":\"a\",\"received\":true,\"family\":\"registration-data\""));
    on_case(*state, "case.accept", id, "", &file);
    assert_string_equal(file.state.stage->id, "inquiry");
    assert_int_equal(file.state.facts.values[FACT_FAMILY], FAMILY_REGISTRATION_DATA);
}

static void a_family_is_said_once_and_exists(void **state)
{
    struct error_detail detail = {0};
    static const struct {
        const char *arguments, *words;
        int code;
    } rows[] = {
        {MATTER(",\"family\":\"default\",\"complaint\":\"transfer\""),
         "say either a family or a type of complaint", ERR_SYNTAX},
        {MATTER(",\"family\":\"loud\""), "'loud' is no family of a case", ERR_SYNTAX},
        {MATTER(",\"complaint\":\"transfer\""),
         "no complaint 'transfer' is about 'raa.3.7.8-inaccuracy-claims'", ERR_NOT_FOUND},
        {MATTER(",\"complaint\":\"noise\""), "no complaint 'noise' is about", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(run(*state, "case.open", rows[i].arguments, NULL, &detail), rows[i].code,
                       &detail, rows[i].words);
}

static void a_reason_is_not_cut(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char text[300], name[101];
    memset(name, 'a', 100);
    name[100] = '\0';
    snprintf(text, sizeof text, "{\"case\":\"%s\",\"reason\":\"%s\"}", world->case_id, name);
    assert_refused(run(world, "case.accept", text, NULL, &detail), ERR_LIMIT, &detail,
                   "the reason has more than 63 bytes");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(invariant_5_the_type_of_complaint_says_which_times_apply),
          IN_WORLD(what_is_only_received_waits_for_a_person),
          IN_WORLD(an_inquiry_keeps_the_family_it_was_received_with),
          IN_WORLD(a_family_is_said_once_and_exists), IN_WORLD(a_reason_is_not_cut))
