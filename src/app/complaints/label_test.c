/* How far what a complaint says may go (TLP 2.0): whoever files it says so, or the subject of their
 * mail, or a person of the staff. */
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"

#include <stdio.h>
#include <stdlib.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_APPROVER},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* Who filed it agrees that the party is told all. */
static const char *file(struct world *world, const char *label)
{
    char document[900];
    snprintf(document, sizeof document,
             "{\"type\":\"dns-abuse-registrar\",\"names\":[\"bad.example\"],\"answers\":{\"kind\":"
             "\"phishing\",\"domain\":\"bad.example\",\"answer\":\"Zoe wrote twice\"},\"exhibits\":"
             "[{\"evidence\":\"report\",\"media_type\":\"text/plain\",\"base64\":\"aGVsbG8=\"}],"
             "\"reporter\":{\"name\":\"Zoe\",\"share\":true}%s%s%s}",
             label ? ",\"tlp\":\"" : "", label ? label : "", label ? "\"" : "");
    json_t *receipt JSON_CLEANUP = world_file(world, document, true);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

static int label(struct world *world, const struct actor *actor, const char *reference,
                 const char *word, const char *reason, struct error_detail *detail)
{
    return world_run(
        world, actor, "complaint.label",
        json_pack("{s:s, s:s, s:s}", "complaint", reference, "tlp", word, "reason", reason), NULL,
        detail);
}

/* What a party sees; to be freed. */
static char *party_sees(struct world *world, const char *reference)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.party", "complaint", reference);
    return json_dumps(json_object_get(answer, "complaint"), JSON_SORT_KEYS | JSON_COMPACT);
}

static void put_in_scope(struct world *world, const char *reference)
{
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:b, s:s, s:s}", "complaint", reference, "in-scope",
                                     true, "obligation", WORLD_DUTY, "party", "registrar-1")));
}

static void assert_label(struct world *world, const char *reference, const char *expected)
{
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const char *word = json_text(json_object_get(shown, "complaint"), "tlp");
    if (expected)
        assert_string_equal(word, expected);
    else
        assert_null(word);
}

/* V6. */
static void what_is_for_the_house_alone_reaches_no_party(void **state)
{
    static const struct {
        const char *label;
        bool told;
    } rows[] = {{NULL, true},    {"red", false},  {"amber+strict", false},
                {"amber", true}, {"green", true}, {"clear", true}};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *reference = file(world, rows[i].label);
        put_in_scope(world, reference);
        assert_label(world, reference, rows[i].label);
        char *text = party_sees(world, reference);
        assert_non_null(strstr(text, "bad.example"));
        assert_int_equal(strstr(text, "wrote twice") != NULL, rows[i].told);
        assert_int_equal(strstr(text, "\"exhibits\"") != NULL, rows[i].told);
        assert_int_equal(strstr(text, "\"tlp\"") != NULL, rows[i].label != NULL);
        free(text);
    }
}

static void a_person_changes_it(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world, NULL);
    put_in_scope(world, reference);
    assert_int_equal(label(world, &anna, reference, "red", "source-asked", &detail), 0);
    assert_label(world, reference, "red");
    char *text = party_sees(world, reference);
    assert_null(strstr(text, "wrote twice"));
    assert_non_null(strstr(text, "\"tlp\":\"red\""));
    free(text);
    assert_refused(label(world, &anna, reference, "red", "source-asked", &detail), ERR_CONFLICT,
                   &detail, "has the label 'red' already");
    assert_int_equal(label(world, &anna, reference, "green", "by-mistake", &detail), 0);
    text = party_sees(world, reference);
    assert_non_null(strstr(text, "wrote twice"));
    free(text);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *events = json_object_get(json_object_get(shown, "complaint"), "events"),
                 *last = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(json_text(last, "event"), "labelled");
    assert_string_equal(json_text(last, "tlp"), "green");
    assert_string_equal(json_text(last, "reason"), "by-mistake");
}

static void it_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world, NULL);
    assert_refused(label(world, &anna, reference, "white", "source-asked", &detail), ERR_SYNTAX,
                   &detail, "'white' is no label: red, amber+strict, amber, green or clear");
    assert_refused(label(world, &anna, reference, "red", "because", &detail), ERR_SYNTAX, &detail,
                   "the reason is source-asked, source-unclear or by-mistake");
    assert_refused(label(world, &bert, reference, "red", "source-asked", &detail), ERR_DENIED,
                   &detail, "is for the role analyst");
    assert_refused(world_run(world, &anna, "complaint.file",
                             json_pack("{s:s}", "document",
                                       "{\"type\":\"dns-abuse-registrar\",\"tlp\":\"pink\"}"),
                             NULL, &detail),
                   ERR_SYNTAX, &detail,
                   "/tlp is no label: red, amber+strict, amber, green or clear");
    assert_label(world, reference, NULL);
    json_decref(
        world_must(world, &ada, "complaint.erase",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked")));
    assert_refused(label(world, &anna, reference, "red", "source-asked", &detail), ERR_REFUSED,
                   &detail, "was erased");
}

static int start(void **state)
{
    assert_int_equal(world_start(state), 0);
    world_put_agreement(*state);
    return 0;
}

#define LABEL_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(LABEL_TEST(what_is_for_the_house_alone_reaches_no_party), LABEL_TEST(a_person_changes_it),
          LABEL_TEST(it_is_refused_with_words))
