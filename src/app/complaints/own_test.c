/* What who complained does by the secret link: it adds, withdraws and asks for a review, decides
 * nothing, and does nothing twice. */
#include "app/complaints/document.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/case.h"
#include "store/log.h"
#include "store/party.h"

#include <stdlib.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define HOUR (INT64_C(3600) * 1000000)

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          bert = {.id = "bert", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR},
                          own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

#define EXHIBIT(evidence, base64)                                                                  \
    "{\"evidence\":\"" evidence "\",\"media_type\":\"text/plain\",\"base64\":\"" base64 "\"}"
#define REPORT EXHIBIT("report", "aGVsbG8=")
/* It lacks the report. */
#define DRAFT_WITH(more)                                                                           \
    "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\",\"names\":[\"bad.example\"]," more      \
    "\"answers\":{\"kind\":\"phishing\",\"domain\":\"bad.example\",\"reported-at\":\"2026-12-01\"" \
    "},\"exhibits\":[" EXHIBIT("abuse", "d29ybGQ=") "]}"
#define DRAFT DRAFT_WITH("\"told_first\":{\"told\":true,\"on\":\"2026-12-01\"},")

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    const struct tld tld = {"example", TLD_GENERIC, NULL, ""};
    assert_true(store_tld_put(world->app.store, &tld) >= 0);
    world_put_agreement(world);
    *state = world;
    return 0;
}

/* --- asking --- */

static void done(struct world *world, const struct actor *actor, const char *command,
                 json_t *arguments)
{
    json_decref(world_must(world, actor, command, arguments));
}

static json_t *add(struct world *world, const char *link, const char *document)
{
    return world_must(world, &own, "complaint.add",
                      json_pack("{s:s, s:s}", "link", link, "document", document));
}

static void decide(struct world *world, const struct actor *actor, const char *reference,
                   json_t *arguments)
{
    json_object_set_new(arguments, "complaint", json_string(reference));
    done(world, actor, "complaint.decide", arguments);
}

static json_t *in_scope(void)
{
    return json_pack("{s:b, s:s, s:s, s:s}", "in-scope", true, "obligation", WORLD_DUTY, "party",
                     "registrar-1", "subject", "bad.example");
}

static json_t *out_of_scope(void)
{
    return json_pack("{s:s, s:s}", "out-of-scope", "too-broad", "reason", "Too little");
}

/* The complaint as a question shows it. */
static json_t *ask(struct world *world, const char *query, const char *name, const char *value)
{
    json_t *result JSON_CLEANUP = world_ask(world, query, name, value);
    return json_incref(json_object_get(result, "complaint"));
}

static json_t *show(struct world *world, const char *reference)
{
    return ask(world, "complaint.show", "complaint", reference);
}

static void assert_state(struct world *world, const char *reference, const char *state)
{
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(shown, "state"), state);
}

static size_t count_of(const json_t *json, const char *list)
{
    return json_array_size(json_object_get(json, list));
}

/* The event types in their order, with blanks between. */
static void assert_events(struct world *world, const char *reference, const char *expected)
{
    char text[400] = "";
    size_t i;
    json_t *shown JSON_CLEANUP = show(world, reference), *row;
    json_array_foreach(json_object_get(shown, "events"), i, row)
    {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 json_text(row, "event"));
    }
    assert_string_equal(text, expected);
}

/* --- adding --- */

static void a_draft_that_lacks_nothing_more_is_filed(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, false);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    json_t *words JSON_CLEANUP = add(world, link, "{\"text\":\"it is still there\"}");
    assert_string_equal(json_text(words, "state"), "held");
    assert_int_equal(count_of(words, "missing"), 1);
    json_t *missing = json_array_get(json_object_get(words, "missing"), 0);
    assert_string_equal(json_text(missing, "id"), "report");
    assert_non_null(json_text(missing, "words"));
    json_t *whole JSON_CLEANUP =
        add(world, link,
            "{\"answers\":{\"answer\":\"none\",\"kind\":\"malware\"},\"exhibits\":[" REPORT "]}");
    assert_string_equal(json_text(whole, "state"), "filed");
    assert_int_equal(count_of(whole, "missing"), 0);
    assert_events(world, reference, "filed added added completed");
    json_t *shown JSON_CLEANUP = show(world, reference);
    json_t *followed JSON_CLEANUP = ask(world, "complaint.follow", "token", link);
    assert_int_equal(count_of(shown, "missing"), 0);
    assert_int_equal(count_of(shown, "exhibits"), 2);
    assert_int_equal(count_of(shown, "answers"), 4);
    assert_int_equal(count_of(followed, "additions"), 2);
    assert_string_equal(
        json_text(json_array_get(json_object_get(followed, "additions"), 0), "text"),
        "it is still there");
    assert_null(json_object_get(followed, "text")); /* which is what was written to them */
    /* The later answer counts, and the exhibit is given back. */
    char *text = json_dumps(json_object_get(shown, "answers"), 0);
    assert_non_null(strstr(text, "malware"));
    assert_null(strstr(text, "phishing"));
    free(text);
    json_t *exhibit = json_array_get(json_object_get(shown, "exhibits"), 1);
    json_t *asked JSON_CLEANUP = json_pack("{s:s, s:O}", "complaint", reference, "number",
                                           json_object_get(exhibit, "number"));
    json_t *bytes JSON_CLEANUP = NULL;
    assert_int_equal(query_run(&world->app, "complaint.exhibit", asked, &bytes, NULL), 0);
    assert_string_equal(json_text(bytes, "base64"), "aGVsbG8=");
}

/* Complete in form, it is held for what would close it; what an exhibit may show holds nothing, and
 * in a test nobody can read one. */
static void a_draft_that_would_be_closed_stays_one(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT_WITH(""), false);
    json_t *named JSON_CLEANUP = world_file(world, DRAFT_WITH("\"party\":\"registrar-1\","), false);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    json_t *held JSON_CLEANUP = add(world, link, "{\"exhibits\":[" REPORT "]}");
    assert_string_equal(json_text(held, "state"), "held");
    assert_int_equal(count_of(held, "missing"), 1);
    json_t *missing = json_array_get(json_object_get(held, "missing"), 0);
    assert_string_equal(json_text(missing, "kind"), "scope");
    assert_string_equal(json_text(missing, "id"), "told-first");
    assert_non_null(json_text(missing, "words"));
    json_t *checked JSON_CLEANUP = world_ask(world, "complaint.check", "complaint", reference);
    assert_int_equal(count_of(checked, "holds"), 1);
    json_t *filed JSON_CLEANUP =
        add(world, json_text(named, "link"), "{\"exhibits\":[" REPORT "]}");
    assert_string_equal(json_text(filed, "state"), "filed");
    assert_int_equal(count_of(filed, "missing"), 0);
}

static void what_is_asked_for_and_added_waits_for_a_person_again(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *reference = json_text(receipt, "reference");
    decide(world, &anna, reference, json_pack("{s:s}", "need", "the report"));
    json_t *added JSON_CLEANUP =
        add(world, json_text(receipt, "link"), "{\"exhibits\":[" REPORT "]}");
    assert_string_equal(json_text(added, "state"), "filed");
    json_t *followed JSON_CLEANUP =
        ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    assert_string_equal(json_text(followed, "text"), "the report");
}

/* What a request that is sent again finds is what it made. */
static void what_is_said_again_is_added_once(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, false);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    static const char said[] = "{\"text\":\"more\",\"exhibits\":[" REPORT "]}";
    static const char same[] = "{ \"exhibits\": [" REPORT "], \"text\": \"more\" }";
    json_t *first JSON_CLEANUP = add(world, link, said), *again JSON_CLEANUP = NULL;
    assert_true(json_is_false(json_object_get(first, "repeated")));
    for (int i = 0; i < 30; i++) {
        json_decref(again);
        again = add(world, link, i % 2 ? said : same);
        assert_true(json_is_true(json_object_get(again, "repeated")));
    }
    assert_events(world, reference, "filed added completed");
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_int_equal(count_of(shown, "exhibits"), 2);
    json_decref(add(world, link, "{\"text\":\"more!\"}"));
    assert_events(world, reference, "filed added completed added");
}

static void what_is_decided_stays_so_until_a_person_looked(void **state)
{
    struct world *world = *state;
    static const char *const states[][2] = {{"in-scope", "in-scope-more"},
                                            {"out-of-scope", "out-of-scope-more"}};
    for (size_t i = 0; i < COUNT(states); i++) {
        json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
        const char *reference = json_text(receipt, "reference");
        decide(world, &anna, reference, i ? out_of_scope() : in_scope());
        json_t *before JSON_CLEANUP = show(world, reference);
        json_t *added JSON_CLEANUP = add(world, json_text(receipt, "link"), "{\"text\":\"more\"}");
        assert_string_equal(json_text(added, "state"), states[i][1]);
        json_t *shown JSON_CLEANUP = show(world, reference);
        assert_string_equal(json_text(shown, "case"), json_text(before, "case"));
        assert_string_equal(json_text(shown, "closure"), json_text(before, "closure"));
        done(world, &anna, "complaint.seen", json_pack("{s:s}", "complaint", reference));
        assert_state(world, reference, states[i][0]);
        struct error_detail detail = {0};
        assert_refused(world_run(world, &anna, "complaint.seen",
                                 json_pack("{s:s}", "complaint", reference), NULL, &detail),
                       ERR_REFUSED, &detail, "'seen' cannot happen now");
    }
}

/* A party sees facts that were added, and no free word or exhibit without consent; what is redacted
 * is not in them either. */
static void a_party_sees_of_an_addition_what_it_sees_of_a_complaint(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *reference = json_text(receipt, "reference");
    json_decref(add(world, json_text(receipt, "link"),
                    "{\"text\":\"freeword\",\"answers\":{\"address\":\"https://bad.example/zoe/\","
                    "\"answer\":\"theirword\"},\"exhibits\":[" REPORT "]}"));
    decide(world, &anna, reference, in_scope());
    json_t *seen JSON_CLEANUP = ask(world, "complaint.party", "complaint", reference);
    char *text = json_dumps(seen, 0);
    assert_non_null(strstr(text, "https://bad.example/zoe/"));
    assert_null(strstr(text, "freeword"));
    assert_null(strstr(text, "theirword"));
    assert_null(strstr(text, "exhibits"));
    free(text);
    done(world, &anna, "complaint.redact",
         json_pack("{s:s, s:s, s:s}", "complaint", reference, "words", "zoe", "reason",
                   "personal-data"));
    json_t *less JSON_CLEANUP = ask(world, "complaint.party", "complaint", reference);
    text = json_dumps(less, 0);
    assert_null(strstr(text, "zoe"));
    free(text);
}

/* V5: nothing reaches a party that no person read. */
static void a_party_sees_no_addition_before_a_person_does(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *reference = json_text(receipt, "reference");
    decide(world, &anna, reference, in_scope());
    json_t *before JSON_CLEANUP = ask(world, "complaint.party", "complaint", reference);
    json_decref(add(world, json_text(receipt, "link"),
                    "{\"answers\":{\"address\":\"https://bad.example/new\"}}"));
    json_t *unread JSON_CLEANUP = ask(world, "complaint.party", "complaint", reference);
    assert_true(json_equal(before, unread));
    json_t *staff JSON_CLEANUP = show(world, reference);
    assert_int_equal(count_of(staff, "answers"), 4);
    done(world, &anna, "complaint.seen", json_pack("{s:s}", "complaint", reference));
    json_t *seen JSON_CLEANUP = ask(world, "complaint.party", "complaint", reference);
    assert_int_equal(count_of(seen, "facts"), 4);
}

static void the_log_has_no_word_of_an_addition(void **state)
{
    struct world *world = *state;
    struct store_opening *openings;
    size_t count;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, false);
    json_decref(add(world, json_text(receipt, "link"), "{\"text\":\"secretword\"}"));
    done(world, &own, "complaint.withdraw",
         json_pack("{s:s, s:s}", "link", json_text(receipt, "link"), "reason", "secretword"));
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++)
        assert_null(strstr(openings[i].opening.json, "secretword"));
}

/* --- limits --- */

/* A text member of that many bytes; to be freed. */
static char *long_addition(size_t bytes)
{
    char *text = malloc(bytes + 32);
    if (!text)
        abort();
    size_t used = (size_t)sprintf(text, "{\"text\":\"");
    memset(text + used, 'x', bytes);
    memcpy(text + used + bytes, "\"}", 3);
    return text;
}

static void additions_are_refused_with_words(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, false);
    const char *link = json_text(receipt, "link");
    char *longer = long_addition(COMPLAINT_ANSWER_BYTES + 1);
    const struct {
        const char *document;
        int code;
        const char *words;
    } rows[] = {
        {"{", ERR_SYNTAX, ""},
        {"{}", ERR_SYNTAX, "there is no text, no answer and no exhibit to add"},
        {"{\"text\":\" \\n\"}", ERR_SYNTAX, "there is no text, no answer and no exhibit to add"},
        {"{\"names\":[\"a.example\"]}", ERR_SYNTAX, "/names: there is no such member"},
        {"{\"answers\":{\"colour\":\"red\"}}", ERR_SYNTAX, "asks no such question"},
        {"{\"exhibits\":[" EXHIBIT("selfie", "aA==") "]}", ERR_SYNTAX, "asks for no 'selfie'"},
        {longer, ERR_LIMIT, "/text has more than 16384 bytes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error_detail detail = {0};
        assert_refused(
            world_run(world, &own, "complaint.add",
                      json_pack("{s:s, s:s}", "link", link, "document", rows[i].document), NULL,
                      &detail),
            rows[i].code, &detail, rows[i].words);
    }
    free(longer);
    struct error_detail detail = {0};
    assert_refused(world_run(world, &own, "complaint.add",
                             json_pack("{s:s, s:s}", "link", "0000", "document", "{}"), NULL,
                             &detail),
                   ERR_NOT_FOUND, &detail, "this link leads to no complaint");
    assert_refused(world_run(world, &anna, "complaint.add",
                             json_pack("{s:s, s:s}", "link", link, "document", "{}"), NULL,
                             &detail),
                   ERR_DENIED, &detail, "of the program itself");
    assert_refused(world_run(world, &own, "complaint.decide",
                             json_pack("{s:s}", "complaint", json_text(receipt, "reference")), NULL,
                             &detail),
                   ERR_DENIED, &detail, "is for the role analyst");
    assert_refused(world_run(world, &own, "complaint.file", json_pack("{s:s}", "document", DRAFT),
                             NULL, &detail),
                   ERR_DENIED, &detail, "'complaint.file' is for the role");
    assert_events(world, json_text(receipt, "reference"), "filed");
}

/* Twenty an hour, then again an hour later; a hundred in all. */
static void a_link_writes_no_more_than_a_person_does(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link");
    char document[40];
    struct error_detail detail = {0};
    for (int i = 0; i < 100; i++) {
        snprintf(document, sizeof document, "{\"text\":\"%d\"}", i);
        if (i && i % 20 == 0) {
            assert_refused(world_run(world, &own, "complaint.add",
                                     json_pack("{s:s, s:s}", "link", link, "document", document),
                                     NULL, &detail),
                           ERR_TIMED_OUT, &detail, "so much came by this link within an hour");
            assert_int_equal(world_run(world, &own, "complaint.withdraw",
                                       json_pack("{s:s}", "link", link), NULL, NULL),
                             ERR_TIMED_OUT);
            json_decref(add(world, link, "{\"text\":\"0\"}")); /* said before: costs nothing */
            world->app.clock.frozen_at += HOUR;
        }
        json_decref(add(world, link, document));
    }
    world->app.clock.frozen_at += HOUR;
    detail.text[0] = '\0';
    assert_refused(world_run(world, &own, "complaint.add",
                             json_pack("{s:s, s:s}", "link", link, "document", "{\"text\":\"x\"}"),
                             NULL, &detail),
                   ERR_LIMIT, &detail, "a complaint is added to 100 times");
}

/* Twenty exhibits at once, of one byte that tells them apart. */
static char *many_exhibits(int from)
{
    char *text = malloc(4096);
    if (!text)
        abort();
    size_t used = (size_t)sprintf(text, "{\"exhibits\":[");
    for (int i = 0; i < COMPLAINT_EXHIBITS_MAX; i++) {
        const uint8_t byte = (uint8_t)(from + i);
        char coded[BASE64_ROOM(1)];
        used += (size_t)sprintf(text + used, "%s" EXHIBIT("report", "%s"), i ? "," : "",
                                base64_format(&byte, 1, coded, sizeof coded));
    }
    sprintf(text + used, "]}");
    return text;
}

static void exhibits_have_a_limit_over_all_additions(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link");
    struct error_detail detail = {0};
    for (int i = 0; i < 5; i++) {
        char *text = many_exhibits(i * COMPLAINT_EXHIBITS_MAX);
        json_t *arguments = json_pack("{s:s, s:s}", "link", link, "document", text);
        int result = world_run(world, &own, "complaint.add", arguments, NULL, &detail);
        free(text);
        if (i < 4)
            assert_int_equal(result, 0);
        else
            assert_refused(result, ERR_LIMIT, &detail, "a complaint has 100 exhibits");
    }
}

static void exhibits_have_a_size_over_all_additions(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link");
    struct error_detail detail = {0};
    size_t size = COMPLAINT_EXHIBIT_BYTES, room = BASE64_ROOM(size);
    uint8_t *bytes = calloc(1, size);
    char *document = malloc(room + 200), *coded = malloc(room);
    if (!bytes || !document || !coded)
        abort();
    for (uint8_t i = 0; i < 9; i++) {
        bytes[0] = i;
        sprintf(document, "{\"exhibits\":[" EXHIBIT("report", "%s") "]}",
                base64_format(bytes, size, coded, room));
        int result =
            world_run(world, &own, "complaint.add",
                      json_pack("{s:s, s:s}", "link", link, "document", document), NULL, &detail);
        if (i < 7)
            assert_int_equal(result, 0);
        else
            assert_refused(result, ERR_LIMIT, &detail,
                           "the exhibits of a complaint have 41943040 bytes");
    }
    free(bytes);
    free(document);
    free(coded);
}

/* --- withdrawing --- */

/* Nothing is deleted, a person closes it, and nothing is decided about it any more. */
static void what_is_withdrawn_waits_for_a_person(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, false);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    json_t *back JSON_CLEANUP =
        world_must(world, &own, "complaint.withdraw",
                   json_pack("{s:s, s:s}", "link", link, "reason", "solved"));
    assert_string_equal(json_text(back, "state"), "withdrawing");
    json_t *again JSON_CLEANUP =
        world_must(world, &own, "complaint.withdraw", json_pack("{s:s}", "link", link));
    assert_true(json_is_true(json_object_get(again, "repeated")));
    assert_events(world, reference, "filed withdrawn");
    static const char *const refused[] = {"complaint.add", "complaint.review"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct error_detail detail = {0};
        assert_refused(world_run(world, &own, refused[i],
                                 json_pack("{s:s, s:s, s:s}", "link", link, "document",
                                           "{\"text\":\"more\"}", "reason", "why"),
                                 NULL, &detail),
                       ERR_REFUSED, &detail, "is 'withdrawing'");
    }
    struct error_detail detail = {0};
    json_t *deciding = out_of_scope();
    json_object_set_new(deciding, "complaint", json_string(reference));
    assert_refused(world_run(world, &anna, "complaint.decide", deciding, NULL, &detail),
                   ERR_REFUSED, &detail, "'out-of-scope' cannot happen now");
    assert_int_equal(world_run(world, &anna, "complaint.close",
                               json_pack("{s:s, s:i}", "complaint", reference, "version", 1), NULL,
                               NULL),
                     ERR_CONFLICT);
    json_t *closed JSON_CLEANUP =
        world_must(world, &anna, "complaint.close",
                   json_pack("{s:s, s:i}", "complaint", reference, "version", 2));
    assert_string_equal(json_text(closed, "state"), "withdrawn");
    assert_null(json_text(closed, "case"));
    json_t *shown JSON_CLEANUP = show(world, reference);
    json_t *events = json_object_get(shown, "events");
    assert_string_equal(json_text(json_array_get(events, 1), "text"), "solved");
    assert_string_equal(json_text(json_array_get(events, 1), "actor"), ACTOR_COMPLAINANT);
    assert_int_equal(count_of(shown, "exhibits"), 1);
    json_t *later JSON_CLEANUP =
        world_must(world, &own, "complaint.withdraw", json_pack("{s:s}", "link", link));
    assert_string_equal(json_text(later, "state"), "withdrawn");
    assert_refused(world_run(world, &anna, "complaint.close",
                             json_pack("{s:s}", "complaint", reference), NULL, &detail),
                   ERR_REFUSED, &detail, "'closed' cannot happen now");
}

static json_t *case_of(struct world *world, const char *id)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", id), *result = NULL;
    if (query_run(&world->app, "case.show", arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return result;
}

/* The matter goes on as the authority's own: a case of monitoring to which no complaint is linked.
 */
static void a_withdrawn_matter_may_go_on_as_our_own(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    done(world, &own, "complaint.withdraw", json_pack("{s:s}", "link", link));
    assert_refused(world_run(world, &anna, "complaint.close",
                             json_pack("{s:s, s:b}", "complaint", reference, "own", true), NULL,
                             &detail),
                   ERR_SYNTAX, &detail, "'obligation' is missing");
    assert_refused(world_run(world, &anna, "complaint.close",
                             json_pack("{s:s, s:b, s:s}", "complaint", reference, "own", true,
                                       "obligation", WORLD_DUTY),
                             NULL, &detail),
                   ERR_SYNTAX, &detail, "'party' is missing");
    json_t *arguments = in_scope();
    json_object_set_new(arguments, "complaint", json_string(reference));
    json_object_set_new(arguments, "own", json_true());
    json_t *closed JSON_CLEANUP = world_must(world, &anna, "complaint.close", arguments);
    assert_string_equal(json_text(closed, "state"), "withdrawn");
    json_t *opened JSON_CLEANUP = case_of(world, json_text(closed, "case"));
    assert_string_equal(json_text(json_object_get(opened, "case"), "origin"), "monitoring");
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(shown, "case"), "");
    assert_string_equal(json_text(json_array_get(json_object_get(shown, "events"), 2), "case"),
                        json_text(closed, "case"));
}

/* Its party sees it no more from the moment on; it leaves the case when a person closes it. */
static void what_was_in_scope_leaves_its_case(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true), *none = NULL;
    const char *reference = json_text(receipt, "reference");
    decide(world, &anna, reference, in_scope());
    json_t *before JSON_CLEANUP = show(world, reference);
    done(world, &own, "complaint.withdraw", json_pack("{s:s}", "link", json_text(receipt, "link")));
    json_t *asked JSON_CLEANUP = json_pack("{s:s}", "complaint", reference);
    assert_refused(query_run(&world->app, "complaint.party", asked, &none, &detail), ERR_REFUSED,
                   &detail, "was taken back: no party sees it");
    done(world, &anna, "complaint.close", json_pack("{s:s}", "complaint", reference));
    assert_refused(query_run(&world->app, "complaint.party", asked, &none, &detail), ERR_REFUSED,
                   &detail, "belongs to no case");
    json_t *after JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(after, "case"), "");
    struct store_link *links;
    size_t count, linked = 0;
    assert_int_equal(
        store_link_list(world->app.store, json_text(before, "case"), &world->arena, &links, &count),
        0);
    for (size_t i = 0; i < count; i++)
        linked += links[i].unlinked_at == 0;
    assert_int_equal(linked, 0);
}

/* --- names --- */

static json_t *settle(const char *reference, const char *outcome, const char *name)
{
    return json_pack("{s:s, s:s, s:[s]}", "complaint", reference, "outcome", outcome, "names",
                     name);
}

/* The outcomes as the complainant reads them, with blanks between. */
static void assert_outcomes(struct world *world, const char *link, const char *expected)
{
    char text[400] = "";
    size_t i;
    json_t *seen JSON_CLEANUP = ask(world, "complaint.follow", "token", link), *row;
    json_array_foreach(json_object_get(seen, "outcomes"), i, row)
    {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s=%s", i ? " " : "",
                 json_text(row, "name"), json_text(row, "outcome"));
    }
    assert_string_equal(text, expected);
}

static void each_name_has_an_outcome_of_its_own(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP =
        world_must(world, &anna, "complaint.file",
                   json_pack("{s:s, s:b}", "document",
                             "{\"type\":\"dns-abuse-registrar\",\"names\":[\"a.example\","
                             "\"b.example\",\"c.example\"]}",
                             "anyway", true));
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    assert_outcomes(world, link, "");
    done(world, &anna, "complaint.outcome",
         json_pack("{s:s, s:s, s:[s, s]}", "complaint", reference, "outcome", "domain-suspended",
                   "names", "A.Example.", "b.example"));
    assert_outcomes(world, link, "a.example=domain-suspended b.example=domain-suspended");
    done(world, &anna, "complaint.outcome",
         settle(reference, "domain-not-registered", "a.example"));
    assert_outcomes(world, link, "b.example=domain-suspended a.example=domain-not-registered");
    done(world, &anna, "complaint.outcome", settle(reference, "open", "b.example"));
    assert_outcomes(world, link, "a.example=domain-not-registered");
    assert_state(world, reference, "filed");
    assert_events(world, reference, "filed outcome outcome outcome");
    /* No name is in the log. */
    struct store_opening *openings;
    size_t count;
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++)
        assert_null(strstr(openings[i].opening.json, "a.example"));
    done(world, &ada, "complaint.erase",
         json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"));
    json_t *shown JSON_CLEANUP = show(world, reference);
    char *text = json_dumps(shown, 0);
    assert_null(strstr(text, "a.example"));
    assert_non_null(strstr(text, "domain-suspended"));
    free(text);
}

static void outcomes_are_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true), *many = json_array();
    const char *reference = json_text(receipt, "reference");
    for (int i = 0; i <= COMPLAINT_NAMES_MAX; i++)
        json_array_append_new(many, json_string("bad.example"));
    json_t *at_once =
        json_pack("{s:s, s:s, s:o}", "complaint", reference, "outcome", "open", "names", many);
    const struct {
        json_t *arguments;
        int code;
        const char *words;
    } rows[] = {
        {json_pack("{s:s}", "complaint", reference), ERR_SYNTAX, "'outcome' is missing"},
        {settle(reference, "gone", "bad.example"), ERR_NOT_FOUND,
         "'gone' is neither a closure code of the process nor 'open'"},
        {settle(reference, "open", "other.example"), ERR_NOT_FOUND, "has not each of these names"},
        {json_pack("{s:s, s:s, s:[]}", "complaint", reference, "outcome", "open", "names"),
         ERR_SYNTAX, "no name is said"},
        {json_pack("{s:s, s:s, s:[s, s]}", "complaint", reference, "outcome", "open", "names",
                   "bad.example", "BAD.example"),
         ERR_SYNTAX, "a name stands twice"},
        {at_once, ERR_LIMIT, "more than 500 names"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        detail.text[0] = '\0';
        assert_refused(
            world_run(world, &anna, "complaint.outcome", rows[i].arguments, NULL, &detail),
            rows[i].code, &detail, rows[i].words);
    }
    json_t *old = settle(reference, "open", "bad.example");
    json_object_set_new(old, "version", json_integer(7));
    assert_int_equal(world_run(world, &anna, "complaint.outcome", old, NULL, NULL), ERR_CONFLICT);
    done(world, &own, "complaint.withdraw", json_pack("{s:s}", "link", json_text(receipt, "link")));
    assert_refused(world_run(world, &anna, "complaint.outcome",
                             settle(reference, "open", "bad.example"), NULL, &detail),
                   ERR_REFUSED, &detail, "'outcome' cannot happen now");
}

/* --- a review --- */

static json_t *ask_review(struct world *world, const char *link)
{
    return world_must(world, &own, "complaint.review",
                      json_pack("{s:s, s:s}", "link", link, "reason", "you did not see the page"));
}

/* Once, by another person, with a reason, whatever comes of it. */
static void another_person_looks_again(void **state)
{
    struct world *world = *state;
    for (int upheld = 0; upheld < 2; upheld++) {
        struct error_detail detail = {0};
        json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
        const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
        decide(world, &anna, reference, out_of_scope());
        json_t *may JSON_CLEANUP = ask(world, "complaint.follow", "token", link);
        assert_true(json_is_true(json_object_get(may, "may_ask_review")));
        json_t *asked JSON_CLEANUP = ask_review(world, link);
        json_t *again JSON_CLEANUP = ask_review(world, link);
        assert_string_equal(json_text(asked, "state"), "review");
        assert_true(json_is_true(json_object_get(again, "repeated")));
        json_t *asking JSON_CLEANUP = ask(world, "complaint.follow", "token", link);
        assert_true(json_is_false(json_object_get(asking, "may_ask_review")));
        assert_string_equal(json_text(asking, "text"), "Too little");
        json_t *same = out_of_scope(), *wordless = in_scope();
        json_object_set_new(same, "complaint", json_string(reference));
        json_object_set_new(wordless, "complaint", json_string(reference));
        assert_refused(world_run(world, &anna, "complaint.decide", same, NULL, &detail),
                       ERR_REFUSED, &detail, "anna decided complaint");
        assert_refused(world_run(world, &bert, "complaint.decide", wordless, NULL, &detail),
                       ERR_SYNTAX, &detail, "'reason' is missing");
        assert_refused(world_run(world, &bert, "complaint.decide",
                                 json_pack("{s:s, s:s}", "complaint", reference, "need", "more"),
                                 NULL, &detail),
                       ERR_REFUSED, &detail, "'asked' cannot happen now");
        json_t *answer = upheld ? out_of_scope() : in_scope();
        json_object_set_new(answer, "reason", json_string("I looked again"));
        decide(world, &bert, reference, answer);
        assert_events(world, reference,
                      upheld ? "filed out-of-scope review-asked out-of-scope"
                             : "filed out-of-scope review-asked in-scope");
        json_t *shown JSON_CLEANUP = show(world, reference);
        json_t *last = json_array_get(json_object_get(shown, "events"), 3);
        assert_int_equal(json_number(last, "reviews", 0), 3);
        assert_int_equal(json_number(last, "corrects", 0), 2);
        assert_null(json_object_get(last, "review"));
        json_t *seen JSON_CLEANUP = ask(world, "complaint.follow", "token", link);
        assert_string_equal(json_text(seen, "text"), "I looked again");
        assert_false(json_is_true(json_object_get(seen, "may_ask_review")));
        assert_refused(world_run(world, &own, "complaint.review",
                                 json_pack("{s:s, s:s}", "link", link, "reason", "again"), NULL,
                                 &detail),
                       ERR_REFUSED, &detail, "was looked at again; that is done once");
    }
}

static void reasons_are_refused_with_words(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link");
    char longer[4200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const struct {
        const char *command, *reason;
        int code;
        const char *words;
    } rows[] = {{"complaint.review", NULL, ERR_SYNTAX, "'reason' is missing"},
                {"complaint.review", "why", ERR_REFUSED, "'review-asked' cannot happen now"},
                {"complaint.withdraw", " \n", ERR_SYNTAX, "the reason is empty"},
                {"complaint.withdraw", longer, ERR_LIMIT, "the reason has more than 4096 bytes"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error_detail detail = {0};
        assert_refused(world_run(world, &own, rows[i].command,
                                 json_pack("{s:s, s:s*}", "link", link, "reason", rows[i].reason),
                                 NULL, &detail),
                       rows[i].code, &detail, rows[i].words);
    }
}

/* --- erased --- */

static void of_what_is_erased_nothing_can_be_done(void **state)
{
    struct world *world = *state;
    static const char *const commands[] = {"complaint.add", "complaint.withdraw",
                                           "complaint.review"};
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT, true);
    const char *link = json_text(receipt, "link"), *reference = json_text(receipt, "reference");
    json_decref(add(world, link, "{\"text\":\"more\"}"));
    done(world, &ada, "complaint.erase",
         json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"));
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct error_detail detail = {0};
        assert_refused(world_run(world, &own, commands[i],
                                 json_pack("{s:s, s:s, s:s}", "link", link, "document",
                                           "{\"text\":\"x\"}", "reason", "x"),
                                 NULL, &detail),
                       ERR_REFUSED, &detail, "was erased");
    }
    json_t *shown JSON_CLEANUP = show(world, reference);
    assert_null(json_object_get(shown, "additions"));
    assert_int_equal(count_of(shown, "events"), 3);
}

/* A row that no program of ours wrote. */
static void a_type_that_is_not_there_is_damage(void **state)
{
    struct world *world = *state;
    struct store_complaint odd = {.reference = "aaaa-aaaa-aaaa",
                                  .type = "noise",
                                  .rulebook = world->app.rulebook->digest_text,
                                  .language = "en",
                                  .link = digest_of("odd", 3),
                                  .state = "withdrawing"};
    assert_true(store_complaint_put(world->app.store, &odd) >= 0);
    struct error_detail detail = {0};
    assert_refused(world_run(world, &own, "complaint.add",
                             json_pack("{s:s, s:s}", "link", "odd", "document", "{}"), NULL,
                             &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: unknown type");
    json_t *arguments = in_scope();
    json_object_set_new(arguments, "complaint", json_string(odd.reference));
    json_object_set_new(arguments, "own", json_true());
    assert_refused(world_run(world, &anna, "complaint.close", arguments, NULL, &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: unknown type");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_draft_that_lacks_nothing_more_is_filed),
        WORLD_TEST(a_draft_that_would_be_closed_stays_one),
        WORLD_TEST(what_is_asked_for_and_added_waits_for_a_person_again),
        WORLD_TEST(what_is_said_again_is_added_once),
        WORLD_TEST(what_is_decided_stays_so_until_a_person_looked),
        WORLD_TEST(a_party_sees_of_an_addition_what_it_sees_of_a_complaint),
        WORLD_TEST(a_party_sees_no_addition_before_a_person_does),
        WORLD_TEST(the_log_has_no_word_of_an_addition),
        WORLD_TEST(additions_are_refused_with_words),
        WORLD_TEST(a_link_writes_no_more_than_a_person_does),
        WORLD_TEST(exhibits_have_a_limit_over_all_additions),
        WORLD_TEST(exhibits_have_a_size_over_all_additions),
        WORLD_TEST(what_is_withdrawn_waits_for_a_person),
        WORLD_TEST(a_withdrawn_matter_may_go_on_as_our_own),
        WORLD_TEST(what_was_in_scope_leaves_its_case),
        WORLD_TEST(each_name_has_an_outcome_of_its_own),
        WORLD_TEST(outcomes_are_refused_with_words),
        WORLD_TEST(another_person_looks_again),
        WORLD_TEST(reasons_are_refused_with_words),
        WORLD_TEST(of_what_is_erased_nothing_can_be_done),
        WORLD_TEST(a_type_that_is_not_there_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
