/* A party sees the complaints that led to its case from the letter on that followed them, and of
 * each what complaints/party_view.h lets it see. */
#include "app/party/scene.h"
#include "app/query.h"
#include "refusal.h"

#include <stdlib.h>
#include <string.h>

static const struct actor own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

static json_t *file(struct world *world, const char *name, bool share)
{
    char document[900];
    snprintf(document, sizeof document,
             "{\"type\":\"dns-abuse-registrar\",\"names\":[\"%s\"],\"answers\":{\"kind\":"
             "\"phishing\",\"domain\":\"%s\",\"answer\":\"Zoe wrote twice\"},\"reporter\":"
             "{\"name\":\"Zoe\",\"email\":\"zoe@mail.example\",\"share\":%s}}",
             name, name, share ? "true" : "false");
    return world_file(world, document, true);
}

/* The case that it leads to. */
static const char *decide(struct world *world, const json_t *receipt)
{
    json_t *told JSON_CLEANUP =
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:b, s:s, s:s, s:s}", "complaint",
                             json_text(receipt, "reference"), "in-scope", true, "obligation",
                             WORLD_DUTY, "party", "registrar-1", "subject", "bad.example"));
    return arena_copy_text(&world->arena, json_text(told, "case"));
}

/* What petra sees, as text; to be freed. */
static char *sees(struct world *world, const char *case_id, size_t expected, bool more)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "user", "petra", "case", case_id),
                      *answer JSON_CLEANUP = NULL;
    if (query_run(&world->app, "own.complaints", arguments, &answer, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(json_array_size(json_object_get(answer, "complaints")), expected);
    assert_int_equal(json_is_true(json_object_get(answer, "more")), more);
    return json_dumps(answer, JSON_SORT_KEYS);
}

/* The next letter, when the time of the first has passed. */
static void serve_next(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    world->app.clock.frozen_at = file.state.deadline.due.instant;
    world_step(&file, &machine, (struct case_step){.type = CASE_DEADLINE_PASSED});
    world_serve(&file, "notice2");
}

static void pass_minute(struct world *world)
{
    world->app.clock.frozen_at += INT64_C(60) * 1000000;
}

static void a_complaint_is_told_by_the_letter_after_it(void **state)
{
    struct world *world = *state;
    json_t *first JSON_CLEANUP = file(world, "bad.example", true),
                  *second JSON_CLEANUP = file(world, "worse.example", false);
    const char *case_id = open_case(world, "registrar-1", "bad.example");
    assert_string_equal(decide(world, first), case_id);
    pass_minute(world);
    serve(world, case_id, "notice1");
    pass_minute(world);
    assert_string_equal(decide(world, second), case_id);
    char *text = sees(world, case_id, 1, false);
    assert_non_null(strstr(text, "bad.example"));
    assert_non_null(strstr(text, "wrote twice"));
    assert_null(strstr(text, "worse.example"));
    assert_null(strstr(text, json_text(first, "reference")));
    assert_null(strstr(text, "Zoe\""));
    assert_null(strstr(text, "mail.example"));
    free(text);
    /* Words that are left out after the decision are in nothing that the letter opens. */
    json_decref(world_must(world, &anna, "complaint.redact",
                           json_pack("{s:s, s:s, s:s}", "complaint", json_text(second, "reference"),
                                     "words", "worse", "reason", "security")));
    serve_next(world, case_id);
    text = sees(world, case_id, 2, false);
    assert_non_null(strstr(text, "[redacted].example"));
    assert_null(strstr(text, "worse.example"));
    free(text);
}

/* V1: what was taken back, closed or decided otherwise is nobody's to see. */
static void what_left_the_case_is_not_there(void **state)
{
    struct world *world = *state;
    json_t *first JSON_CLEANUP = file(world, "bad.example", true),
                  *second JSON_CLEANUP = file(world, "worse.example", true);
    const char *case_id = decide(world, first);
    decide(world, second);
    json_decref(world_must(
        world, &anna, "case.link",
        json_pack("{s:s, s:s, s:s}", "case", case_id, "kind", "complaint", "object", "k-1")));
    pass_minute(world);
    serve(world, case_id, "inquiry");
    free(sees(world, case_id, 2, false));
    json_decref(world_must(world, &own, "complaint.withdraw",
                           json_pack("{s:s}", "link", json_text(first, "link"))));
    char *text = sees(world, case_id, 1, false);
    assert_non_null(strstr(text, "worse.example"));
    free(text);
    json_decref(world_must(world, &ada, "complaint.erase",
                           json_pack("{s:s, s:s}", "complaint", json_text(second, "reference"),
                                     "reason", "person-asked")));
    text = sees(world, case_id, 1, false);
    assert_null(strstr(text, "worse.example"));
    free(text);
}

static void of_many_some_are_shown(void **state)
{
    enum { COMPLAINTS = 51 };
    struct world *world = *state;
    const char *case_id = "";
    for (int i = 0; i < COMPLAINTS; i++) {
        json_t *receipt JSON_CLEANUP = file(world, "bad.example", false);
        case_id = decide(world, receipt);
    }
    serve(world, case_id, "inquiry");
    free(sees(world, case_id, 50, true));
}

#define COMPLAINTS_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

TEST_MAIN(COMPLAINTS_TEST(a_complaint_is_told_by_the_letter_after_it),
          COMPLAINTS_TEST(what_left_the_case_is_not_there), COMPLAINTS_TEST(of_many_some_are_shown))
