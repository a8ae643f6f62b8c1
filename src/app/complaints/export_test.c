/* What is exported is what its complainant may have, and all of that; the log is bound to it. */
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/complaint.h"

#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

#define FILED                                                                                      \
    "{\"type\":\"generic-registrar\",\"names\":[\"bad.example\"],\"answers\":{\"what\":\"Nobody "  \
    "answers\"},\"reporter\":{\"name\":\"Zoe Quill\",\"email\":\"zoe@mail.example\","              \
    "\"role\":\"other\",\"share\":true}}"

static const char *file(struct world *world)
{
    json_t *receipt JSON_CLEANUP = world_file(world, FILED, true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static json_t *exporting(const char *reference, const char *reason)
{
    return json_pack("{s:s, s:s}", "complaint", reference, "reason", reason);
}

static json_t *export_one(struct world *world, const char *reference)
{
    return world_must(world, &ada, "complaint.export", exporting(reference, "person-asked"));
}

static char *text_of(struct world *world, const json_t *json)
{
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, 1 << 20);
    assert_int_equal(json_canonical(json, &text), 0);
    char *copy = arena_alloc(&world->arena, text.size + 1);
    memcpy(copy, buffer_text(&text), text.size + 1);
    return copy;
}

static void it_has_what_is_theirs(void **state)
{
    struct world *world = *state;
    const char *reference = file(world);
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                     "too-broad", "reason", "Which name?")));
    json_decref(world_must(world, &anna, "complaint.reporter",
                           json_pack("{s:s, s:s}", "complaint", reference, "reason", "to-verify")));
    json_t *told JSON_CLEANUP = export_one(world, reference);
    const json_t *record = json_object_get(told, "record");
    const json_t *complaint = json_object_get(record, "complaint");
    assert_string_equal(json_text(record, "schema"), "bailiwick.complaint-export.v1");
    assert_string_equal(json_text(json_object_get(record, "reporter"), "email"),
                        "zoe@mail.example");
    assert_string_equal(json_text(complaint, "state"), "out-of-scope");
    assert_string_equal(json_text(complaint, "text"), "Which name?");
    assert_non_null(json_text(complaint, "salt"));
    const char *text = text_of(world, record);
    assert_non_null(strstr(text, "\"event\":\"reporter-read\",\"reason\":\"to-verify\""));
    assert_non_null(strstr(text, "\"event\":\"exported\",\"reason\":\"person-asked\""));
    /* Who works here is not theirs, nor what the house keeps for itself. */
    assert_null(strstr(text, "anna"));
    assert_null(strstr(text, "\"ada\""));
    assert_null(json_object_get(complaint, "joined_by"));
    assert_null(json_object_get(complaint, "events"));
}

static void what_another_did_to_it_is_not_in_it(void **state)
{
    struct world *world = *state;
    const char *reference = file(world), *other = file(world);
    json_decref(world_must(world, &anna, "complaint.join",
                           json_pack("{s:s, s:s}", "complaint", reference, "other", other)));
    json_decref(world_must(world, &anna, "complaint.redact",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "words", "Nobody",
                                     "reason", "third-party")));
    json_t *told JSON_CLEANUP = export_one(world, reference);
    const char *text = text_of(world, json_object_get(told, "record"));
    assert_null(strstr(text, other));
    assert_null(strstr(text, "joined"));
    assert_null(strstr(text, "redacted"));
}

static void what_cannot_be_exported_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world);
    assert_refused(
        world_run(world, &ada, "complaint.export", exporting(reference, "for fun"), NULL, &detail),
        ERR_SYNTAX, &detail, "person-asked");
    assert_refused(world_run(world, &anna, "complaint.export", exporting(reference, "person-asked"),
                             NULL, &detail),
                   ERR_DENIED, &detail, "complaint.export");
    json_decref(world_must(world, &ada, "complaint.erase", exporting(reference, "person-asked")));
    assert_refused(world_run(world, &ada, "complaint.export", exporting(reference, "person-asked"),
                             NULL, &detail),
                   ERR_REFUSED, &detail, "was erased: nothing is left to export");
}

static int ask(struct world *world, const char *entry, const char *record, json_t **ret_answer,
               struct error_detail *detail)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "entry", entry, "record", record);
    return query_run(&world->app, "complaint.proof", arguments, ret_answer, detail);
}

static void a_proof_waits_for_the_log(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world);
    json_t *told JSON_CLEANUP = export_one(world, reference), *answer JSON_CLEANUP = NULL;
    const char *record = text_of(world, json_object_get(told, "record"));
    assert_int_equal(ask(world, json_text(told, "entry"), record, &answer, &detail), 0);
    assert_true(json_is_null(json_object_get(answer, "bundle")));
}

/* A proof is of exports alone. */
static void another_entry_has_no_proof(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char hex[DIGEST_HEX];
    struct store_complaint_event *events;
    size_t count;
    json_t *answer = NULL;
    const char *reference = file(world);
    assert_int_equal(
        store_complaint_event_list(world->app.store, reference, &world->arena, &events, &count), 0);
    assert_refused(ask(world, digest_format(&events[0].entry, hex), "{}", &answer, &detail),
                   ERR_NOT_FOUND, &detail, "no export has the entry");
    memset(hex, '0', DIGEST_HEX - 1);
    assert_refused(ask(world, hex, "{}", &answer, &detail), ERR_NOT_FOUND, &detail,
                   "no export has the entry 0000");
    assert_refused(ask(world, "x", "{}", &answer, &detail), ERR_SYNTAX, &detail,
                   "'x' is no entry of the log");
}

#define EXPORT_TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

TEST_MAIN(EXPORT_TEST(it_has_what_is_theirs), EXPORT_TEST(what_another_did_to_it_is_not_in_it),
          EXPORT_TEST(what_cannot_be_exported_is_refused), EXPORT_TEST(a_proof_waits_for_the_log),
          EXPORT_TEST(another_entry_has_no_proof))
