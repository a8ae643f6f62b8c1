/* A complaint is of another type than it was filed as, a person says: its questions, lacks and
 * closures are those of that type from then on, and nothing that was said is lost. */
#include "app/complaints/rebuild.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"

#include <stdlib.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

#define ABUSE "dns-abuse-registrar"
#define GENERIC "generic-registrar"

/* All that the one type asks for, and what the other wants too. */
#define GENERIC_DOCUMENT                                                                           \
    "{\"type\":\"" GENERIC "\",\"names\":[\"bad.example\"],\"answers\":{\"registrar\":\"R\","      \
    "\"what\":\"Zoe wrote\",\"domain\":\"bad.example\"},\"exhibits\":[{\"evidence\":\"record\","   \
    "\"media_type\":\"text/plain\",\"base64\":\"aGVsbG8=\"}]}"

static json_t *show(struct world *world, const char *reference)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    return json_incref(json_object_get(answer, "complaint"));
}

static int retype(struct world *world, const struct actor *actor, const char *reference,
                  const char *type, struct error_detail *detail)
{
    return world_run(world, actor, "complaint.retype",
                     json_pack("{s:s, s:s}", "complaint", reference, "type", type), NULL, detail);
}

/* The ids of what is missing, with blanks between. */
static void assert_missing(const json_t *shown, const char *expected)
{
    char text[400] = "";
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(shown, "missing"), i, row)
    {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 json_text(row, "id"));
    }
    assert_string_equal(text, expected);
}

static void what_the_other_type_asks_for_is_missing(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, GENERIC_DOCUMENT, false);
    const char *reference = json_text(receipt, "reference");
    assert_string_equal(json_text(receipt, "state"), "filed");
    assert_int_equal(retype(world, &anna, reference, ABUSE, &detail), 0);
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(shown, "type"), ABUSE);
    assert_string_equal(json_text(shown, "state"), "filed");
    assert_missing(shown, "kind");
    json_t *answers = json_object_get(shown, "answers");
    assert_int_equal(json_array_size(answers), 3);
    assert_int_equal(json_array_size(json_object_get(shown, "exhibits")), 1);
    const json_t *event = json_array_get(json_object_get(shown, "events"), 1);
    assert_string_equal(json_text(event, "event"), "retyped");
    assert_string_equal(json_text(event, "type"), ABUSE);
    /* Who filed it answers the questions of the other type now. */
    json_decref(world_must(world, &own, "complaint.add",
                           json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "document",
                                     "{\"answers\":{\"kind\":\"phishing\"}}")));
    json_t *more JSON_CLEANUP = show(world, reference);
    assert_missing(more, "reported-at report abuse");
    /* And it is closed with the words of a rule of that type. */
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                     "no-prior-report", "reason", "Please tell the registrar.")));
}

static void a_draft_that_lacks_nothing_as_another_type_is_filed(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP =
        world_file(world,
                   "{\"type\":\"" ABUSE "\",\"names\":[\"bad.example\"],\"answers\":{\"domain\":"
                   "\"bad.example\"},\"told_first\":{\"told\":true,\"on\":\"2026-12-01\"}}",
                   false);
    const char *reference = json_text(receipt, "reference");
    assert_string_equal(json_text(receipt, "state"), "held");
    assert_int_equal(retype(world, &anna, reference, GENERIC, &detail), 0);
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(shown, "state"), "held");
    assert_missing(shown, "registrar what record");
    json_decref(world_must(world, &own, "complaint.add",
                           json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "document",
                                     "{\"answers\":{\"registrar\":\"R\",\"what\":\"W\"},"
                                     "\"exhibits\":[{\"evidence\":\"record\",\"media_type\":"
                                     "\"text/plain\",\"base64\":\"aGVsbG8=\"}]}")));
    json_t *whole JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(whole, "state"), "filed");
    /* The other way round: held as one type, whole as another. */
    json_t *held JSON_CLEANUP =
        world_file(world, "{\"type\":\"" GENERIC "\",\"answers\":{\"registrar\":\"R\"}}", false);
    const char *other = json_text(held, "reference");
    assert_int_equal(retype(world, &anna, other, "registration-data-service-down", &detail), 0);
    json_t *still JSON_CLEANUP = show(world, other);
    assert_string_equal(json_text(still, "state"), "held");
}

static void it_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, GENERIC_DOCUMENT, false);
    const char *reference = json_text(receipt, "reference");
    assert_refused(retype(world, &anna, reference, GENERIC, &detail), ERR_CONFLICT, &detail,
                   "is of the type 'generic-registrar' already");
    assert_refused(retype(world, &anna, reference, "weather", &detail), ERR_NOT_FOUND, &detail,
                   "has no type 'weather'; see 'bailiwick complaint types'");
    assert_refused(retype(world, &ada, reference, ABUSE, &detail), ERR_DENIED, &detail,
                   "is for the role analyst");
    assert_refused(
        world_run(world, &anna, "complaint.retype",
                  json_pack("{s:s, s:s, s:i}", "complaint", reference, "type", ABUSE, "version", 9),
                  NULL, &detail),
        ERR_CONFLICT, &detail, "moved on: its last event is 1");
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                     "too-broad", "reason", "Which act?")));
    assert_refused(retype(world, &anna, reference, ABUSE, &detail), ERR_REFUSED, &detail,
                   "is 'out-of-scope': 'retyped' cannot happen now");
    json_decref(world_must(world, &anna, "complaint.reopen",
                           json_pack("{s:s, s:s}", "complaint", reference, "reason", "Sorry")));
    assert_int_equal(retype(world, &anna, reference, ABUSE, &detail), 0);
    json_decref(
        world_must(world, &ada, "complaint.erase",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked")));
    assert_refused(retype(world, &anna, reference, GENERIC, &detail), ERR_REFUSED, &detail,
                   "was erased");
}

static void a_rebuild_knows_the_type(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct complaints_rebuilt rebuilt;
    struct store_complaint row;
    json_t *receipt JSON_CLEANUP = world_file(world, GENERIC_DOCUMENT, false);
    const char *reference = json_text(receipt, "reference");
    assert_int_equal(retype(world, &anna, reference, ABUSE, &detail), 0);
    assert_true(store_complaint_find(world->app.store, reference, &world->arena, &row) >= 0);
    row.type = GENERIC;
    assert_true(store_complaint_settle(world->app.store, &row) >= 0);
    assert_int_equal(complaints_rebuild(&world->app, &rebuilt, &detail), 0);
    assert_int_equal(rebuilt.changed, 1);
    assert_true(store_complaint_find(world->app.store, reference, &world->arena, &row) >= 0);
    assert_string_equal(row.type, ABUSE);
}

static int start(void **state)
{
    const struct tld tld = {"example", TLD_GENERIC, NULL, ""};
    assert_int_equal(world_start(state), 0);
    struct world *world = *state;
    assert_true(store_tld_put(world->app.store, &tld) >= 0);
    world_put_agreement(world);
    return 0;
}

#define RETYPE_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(RETYPE_TEST(what_the_other_type_asks_for_is_missing),
          RETYPE_TEST(a_draft_that_lacks_nothing_as_another_type_is_filed),
          RETYPE_TEST(it_is_refused_with_words), RETYPE_TEST(a_rebuild_knows_the_type))
