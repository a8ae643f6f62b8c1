/* Complaints from the filing to the erasure, on a real store: nothing is refused for being
 * incomplete (invariant 2), what is wrong in form is named, decisions can be corrected, and nothing
 * of what somebody said stands in the open. */
#include "app/complaints/document.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "base/seal.h"
#include "refusal.h"
#include "store/idempotency.h"
#include "store/log.h"
#include "store/party.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* About a phishing site; the report was made two weeks before. */
#define ABUSE(more)                                                                                \
    "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\",\"names\":[\"Bad.Example.\"],"          \
    "\"answers\":{\"kind\":\"phishing\",\"domain\":\"bad.example\",\"reported-at\":\"2026-12-01\"" \
    "}" more "}"
#define EXHIBIT(evidence, media, base64)                                                           \
    "{\"evidence\":\"" evidence "\",\"media_type\":\"" media "\",\"base64\":\"" base64 "\"}"
#define WHOLE                                                                                      \
    ABUSE(",\"exhibits\":[" EXHIBIT("report", "text/plain", "aGVsbG8=") "," EXHIBIT(               \
        "abuse", "text/plain",                                                                     \
        "d29ybGQ=") "],\"party\":\"registrar-1\","                                                 \
                    "\"told_first\":{\"told\":true,\"on\":\"2026-12-01\",\"how\":\"web form\"},"   \
                    "\"reporter\":{\"name\":\"Zoe Quill\",\"email\":\"zoe@mail.example\","         \
                    "\"role\":\"other\",\"share\":false}")

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    const struct tld tlds[] = {{"example", TLD_GENERIC, NULL, ""},
                               {"zz", TLD_COUNTRY_CODE, NULL, ""}};
    for (size_t i = 0; i < COUNT(tlds); i++)
        assert_true(store_tld_put(world->app.store, &tlds[i]) >= 0);
    world_put_agreement(world);
    *state = world;
    return 0;
}

/* --- asking --- */

static int file_as(struct world *world, const char *document, bool anyway, json_t **ret_result,
                   struct error_detail *detail)
{
    return world_run(world, &anna, "complaint.file",
                     json_pack("{s:s, s:b}", "document", document, "anyway", anyway), ret_result,
                     detail);
}

static int act(struct world *world, const struct actor *actor, const char *command,
               const char *reference, json_t *arguments, json_t **ret_result,
               struct error_detail *detail)
{
    json_object_set_new(arguments, "complaint", json_string(reference));
    return world_run(world, actor, command, arguments, ret_result, detail);
}

static json_t *decide(struct world *world, const char *reference, json_t *arguments)
{
    struct error_detail detail = {0};
    json_t *result = NULL;
    if (act(world, &anna, "complaint.decide", reference, arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return result;
}

/* --- filing --- */

static void what_lacks_something_is_kept_and_says_so(void **state)
{
    struct world *world = *state;
    json_t *draft JSON_CLEANUP = world_file(world, ABUSE(""), false);
    json_t *filed JSON_CLEANUP = world_file(world, ABUSE(""), true);
    json_t *whole JSON_CLEANUP = world_file(world, WHOLE, false);
    assert_string_equal(json_text(draft, "state"), "held");
    assert_string_equal(json_text(filed, "state"), "filed");
    assert_string_equal(json_text(whole, "state"), "filed");
    const json_t *missing = json_object_get(draft, "missing");
    assert_int_equal(json_array_size(missing), 3);
    assert_string_equal(json_text(json_array_get(missing, 2), "kind"), "scope");
    assert_string_equal(json_text(json_array_get(missing, 2), "id"), "told-first");
    assert_string_equal(json_text(json_array_get(missing, 0), "id"), "report");
    assert_string_equal(json_text(json_array_get(missing, 0), "kind"), "evidence");
    assert_non_null(json_text(json_array_get(missing, 0), "words"));
    assert_int_equal(json_array_size(json_object_get(whole, "missing")), 0);

    json_t *held JSON_CLEANUP = world_ask(world, "complaint.list", "state", "held");
    assert_int_equal(json_array_size(json_object_get(held, "complaints")), 1);
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    const char *reference = json_text(draft, "reference");
    assert_int_equal(
        act(world, &anna, "complaint.anyway", reference, json_object(), &result, &detail), 0);
    assert_string_equal(json_text(result, "state"), "filed");
    assert_refused(act(world, &anna, "complaint.anyway", reference, json_object(), NULL, &detail),
                   ERR_REFUSED, &detail, "is 'filed': 'filed-anyway' cannot happen now");
}

/* The receipt repeats nothing that was said, and opens the entry of the log. */
static void a_receipt_proves_and_repeats_nothing(void **state)
{
    static const char *const said[] = {"bad.example", "Zoe", "zoe@", "phishing", "web form"};
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    char *text = json_dumps(receipt, 0), read[REFERENCE_TEXT];
    for (size_t i = 0; i < COUNT(said); i++)
        assert_null(strstr(text, said[i]));
    free(text);
    assert_int_equal(reference_parse(json_text(receipt, "reference"), read), 0);
    const json_t *opening = json_object_get(receipt, "opening");
    struct tlog_opening proof = {.json = json_text(opening, "json")};
    proof.json_size = strlen(proof.json);
    assert_int_equal(digest_parse(json_text(opening, "entry"), &proof.entry), 0);
    assert_int_equal(digest_parse(json_text(opening, "key"), &proof.key), 0);
    assert_int_equal(tlog_opening_check(&proof, NULL), 0);
    for (size_t i = 0; i < COUNT(said); i++)
        assert_null(strstr(proof.json, said[i]));
}

static void each_sees_what_the_table_says(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    json_t *shown JSON_CLEANUP =
        world_ask(world, "complaint.show", "complaint", json_text(receipt, "reference"));
    json_t *followed JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    const json_t *staff = json_object_get(shown, "complaint");
    const json_t *own = json_object_get(followed, "complaint");
    assert_string_equal(json_string_value(json_array_get(json_object_get(staff, "names"), 0)),
                        "bad.example");
    assert_int_equal(json_array_size(json_object_get(staff, "answers")), 3);
    assert_string_equal(json_text(json_object_get(staff, "told_first"), "on"), "2026-12-01");
    assert_int_equal(json_array_size(json_object_get(staff, "events")), 1);
    assert_non_null(json_object_get(own, "answers"));
    assert_null(json_object_get(own, "events"));
    assert_null(json_object_get(own, "case"));
    char *text = json_dumps(shown, 0);
    assert_null(strstr(text, "Zoe"));
    assert_null(strstr(text, "mail.example"));
    free(text);
}

/* --- what a party sees --- */

/* A complaint in scope whose every field holds a word of its own, with or without consent. */
static json_t *file_in_scope(struct world *world, bool share)
{
    char document[2000];
    snprintf(document, sizeof document,
             "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\",\"names\":[\"bad.example\"],"
             "\"answers\":{\"kind\":\"phishing\",\"domain\":\"bad.example\",\"address\":"
             "\"https://bad.example/zoe-quill/\",\"answer\":\"Zoe Quill wrote twice\","
             "\"reported-at\":\"2026-12-01\"},\"exhibits\":[" EXHIBIT(
                 "report", "text/plain",
                 "aGVsbG8=") "," EXHIBIT("abuse", "text/plain",
                                         "d29ybGQ=") "],"
                                                     "\"told_first\":{\"told\":true,\"on\":\"2026-"
                                                     "12-01\",\"how\":\"Zoe's form\"},"
                                                     "\"reporter\":{\"name\":\"Zoe "
                                                     "Quill\",\"email\":\"zoe@mail.example\","
                                                     "\"role\":\"other\","
                                                     "\"share\":%s}}",
             share ? "true" : "false");
    json_t *receipt = world_file(world, document, true);
    json_decref(decide(world, json_text(receipt, "reference"),
                       json_pack("{s:b, s:s, s:s, s:s}", "in-scope", 1, "obligation", WORLD_DUTY,
                                 "party", "registrar-1", "subject", "bad.example")));
    return receipt;
}

/* The answer as canonical text; to be freed. */
static char *party_sees(struct world *world, const char *reference)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.party", "complaint", reference);
    return json_dumps(json_object_get(answer, "complaint"), JSON_SORT_KEYS | JSON_COMPACT);
}

/* V2: facts always, free words by consent alone; V4: who complained in no case. */
static void a_party_sees_facts_and_by_consent_the_words(void **state)
{
    struct world *world = *state;
    static const char *const facts[] = {"phishing", "bad.example", "2026-12-01", "zoe-quill"};
    static const char *const free_words[] = {"wrote twice", "Zoe's form",   "\"role\"",
                                             "\"sha256\"",  "\"exhibits\"", "\"answers\""};
    static const char *const never[] = {"mail.example", "\"reference\"", "\"events\"", "\"salt\"",
                                        "\"case\"",     "\"state\"",     "\"name\""};
    for (int share = 0; share < 2; share++) {
        json_t *receipt JSON_CLEANUP = file_in_scope(world, share);
        char *text = party_sees(world, json_text(receipt, "reference"));
        for (size_t i = 0; i < COUNT(facts); i++)
            assert_non_null(strstr(text, facts[i]));
        for (size_t i = 0; i < COUNT(free_words); i++)
            assert_int_equal(strstr(text, free_words[i]) != NULL, share);
        for (size_t i = 0; i < COUNT(never); i++)
            assert_null(strstr(text, never[i]));
        free(text);
    }
}

/* Consent is read without being told who it is of. */
static void asking_for_consent_is_no_reading_of_the_vault(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = file_in_scope(world, true);
    const char *reference = json_text(receipt, "reference");
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.party", "complaint", reference);
    assert_true(json_is_true(json_object_get(answer, "consent")));
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(shown, "complaint"), "events")),
        3); /* filed, in scope, the message about it */
    /* Nobody who said who they are: nobody who consents. */
    json_t *nameless JSON_CLEANUP = world_file(world, ABUSE(""), true);
    json_decref(decide(world, json_text(nameless, "reference"),
                       json_pack("{s:b, s:s, s:s}", "in-scope", 1, "obligation", WORLD_DUTY,
                                 "party", "registrar-1")));
    json_t *unsaid JSON_CLEANUP =
        world_ask(world, "complaint.party", "complaint", json_text(nameless, "reference"));
    assert_true(json_is_false(json_object_get(unsaid, "consent")));
}

/* V3: in every field, however often; the complaint itself stays whole. */
static void what_is_redacted_is_in_no_field(void **state)
{
    struct world *world = *state;
    static const char *const hidden[] = {"zoe-quill", "Zoe", "report"};
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = file_in_scope(world, true);
    const char *reference = json_text(receipt, "reference");
    for (size_t i = 0; i < COUNT(hidden); i++) {
        if (act(world, &anna, "complaint.redact", reference,
                json_pack("{s:s, s:s}", "words", hidden[i], "reason", "personal-data"), NULL,
                &detail) < 0)
            fail_msg("%s", detail.text);
    }
    char *text = party_sees(world, reference);
    assert_null(strstr(text, "zoe-quill"));
    assert_null(strstr(text, "Zoe"));
    assert_non_null(strstr(text, "https://bad.example/[redacted]/"));
    assert_non_null(strstr(text, "[redacted] Quill wrote twice"));
    assert_non_null(strstr(text, "[redacted]'s form"));
    assert_non_null(strstr(text, "\"evidence\":\"[redacted]\"")); /* a value, never a key */
    free(text);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    json_t *followed JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    const json_t *own = json_object_get(followed, "complaint");
    assert_true(json_equal(json_object_get(own, "answers"),
                           json_object_get(json_object_get(shown, "complaint"), "answers")));
    assert_null(json_object_get(own, "text")); /* which is for words to the complainant */
    const json_t *events = json_object_get(json_object_get(shown, "complaint"), "events");
    assert_string_equal(json_text(json_array_get(events, 3), "hidden"), "zoe-quill");
}

static void the_log_has_no_redacted_word(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = file_in_scope(world, true);
    struct store_opening *openings;
    size_t count;
    assert_int_equal(act(world, &anna, "complaint.redact", json_text(receipt, "reference"),
                         json_pack("{s:s, s:s}", "words", "wrote twice", "reason", "security"),
                         NULL, NULL),
                     0);
    assert_int_equal(store_opening_list(world->app.store, 0, 0, &world->arena, &openings, &count),
                     0);
    for (size_t i = 0; i < count; i++)
        assert_null(strstr(openings[i].opening.json, "wrote twice"));
}

static void a_partys_view_is_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *filed JSON_CLEANUP = world_file(world, WHOLE, false), *none = NULL;
    const char *reference = json_text(filed, "reference");
    json_t *asked JSON_CLEANUP = json_pack("{s:s}", "complaint", reference);
    assert_refused(query_run(&world->app, "complaint.party", asked, &none, &detail), ERR_REFUSED,
                   &detail, "belongs to no case: no party sees it");
    char longer[5000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const struct {
        const char *words, *reason;
        int code;
        const char *says;
    } rows[] = {
        {"phishing", "shame", ERR_SYNTAX, "the reason is personal-data, third-party or security"},
        {" \t", "security", ERR_SYNTAX, "the words to leave out are empty"},
        {longer, "security", ERR_LIMIT, "the words to leave out have more than"},
        {"nowhere", "security", ERR_NOT_FOUND, "does not have these words"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        detail.text[0] = '\0';
        assert_refused(
            act(world, &anna, "complaint.redact", reference,
                json_pack("{s:s, s:s}", "words", rows[i].words, "reason", rows[i].reason), NULL,
                &detail),
            rows[i].code, &detail, rows[i].says);
    }
}

/* What is erased is seen by nobody, and the view of it still answers. */
static void of_an_erased_complaint_a_party_sees_that_it_was(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = file_in_scope(world, true);
    const char *reference = json_text(receipt, "reference");
    assert_int_equal(act(world, &anna, "complaint.redact", reference,
                         json_pack("{s:s, s:s}", "words", "Zoe", "reason", "personal-data"), NULL,
                         NULL),
                     0);
    assert_int_equal(act(world, &ada, "complaint.erase", reference,
                         json_pack("{s:s}", "reason", "person-asked"), NULL, NULL),
                     0);
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.party", "complaint", reference);
    assert_int_equal(json_object_size(json_object_get(answer, "complaint")), 2);
    assert_true(json_is_false(json_object_get(answer, "consent")));
}

/* Who is recused from its case asks for a complaint as for one that there is not. */
static void who_is_recused_finds_none(void **state)
{
    struct world *world = *state;
    static const char *const queries[] = {"complaint.show", "complaint.party"};
    static const char *const readers[] = {"eve", "anna"};
    json_t *receipt JSON_CLEANUP = file_in_scope(world, true);
    json_t *shown JSON_CLEANUP =
        world_ask(world, "complaint.show", "complaint", json_text(receipt, "reference"));
    assert_int_equal(world_run(world, &anna, "case.record",
                               json_pack("{s:s, s:s, s:s, s:s}", "case",
                                         json_text(json_object_get(shown, "complaint"), "case"),
                                         "event", "recused", "object", "eve", "reason", "interest"),
                               NULL, NULL),
                     0);
    for (size_t i = 0; i < 4; i++) {
        json_t *asked JSON_CLEANUP = json_pack(
            "{s:s, s:s}", "complaint", json_text(receipt, "reference"), "user", readers[i / 2]);
        json_t *answer JSON_CLEANUP = NULL;
        assert_int_equal(query_run(&world->app, queries[i % 2], asked, &answer, NULL),
                         i < 2 ? ERR_NOT_FOUND : 0);
    }
}

/* A decision may say for which state of things it was made. */
static void a_decision_for_an_older_version_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    const char *reference = json_text(receipt, "reference");
    assert_int_equal(act(world, &anna, "complaint.decide", reference,
                         json_pack("{s:s, s:i}", "need", "more", "version", 1), NULL, NULL),
                     0);
    assert_refused(act(world, &anna, "complaint.decide", reference,
                       json_pack("{s:s, s:i}", "need", "more", "version", 1), NULL, &detail),
                   ERR_CONFLICT, &detail, "moved on: its last event is 3");
    assert_int_equal(act(world, &anna, "complaint.decide", reference,
                         json_pack("{s:s, s:s}", "need", "more", "version", "3"), NULL, NULL),
                     ERR_CONFLICT);
}

/* --- filing again --- */

#define KEY "b2f5a1c0-7d3e-4f61"

static int file_with(struct world *world, const struct actor *actor, const char *key,
                     const char *document, json_t **ret_result, struct error_detail *detail)
{
    return world_run(world, actor, "complaint.file",
                     json_pack("{s:s, s:s}", "document", document, "idempotency_key", key),
                     ret_result, detail);
}

static size_t count_complaints(struct world *world)
{
    json_t *all JSON_CLEANUP = world_ask(world, "complaint.list", "state", "filed");
    return json_array_size(json_object_get(all, "complaints"));
}

/* Same user, key and request: the same answer, and nothing is filed twice. */
static void what_is_sent_again_is_answered_again(void **state)
{
    struct world *world = *state;
    const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
    json_t *first JSON_CLEANUP = NULL, *again JSON_CLEANUP = NULL, *other JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, &first, NULL), 0);
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, &again, NULL), 0);
    assert_true(json_equal(first, again));
    assert_int_equal(count_complaints(world), 1);
    assert_refused(file_with(world, &anna, KEY, ABUSE(""), NULL, &detail), ERR_REFUSED, &detail,
                   "this Idempotency-Key was used for another request");
    assert_int_equal(file_with(world, &bert, KEY, WHOLE, &other, NULL), 0);
    assert_string_not_equal(json_text(other, "reference"), json_text(first, "reference"));
    /* A day later it is forgotten, also where the row still stands. */
    world->app.clock.frozen_at += INT64_C(86400) * 1000000;
    json_t *later JSON_CLEANUP = NULL;
    assert_int_equal(file_with(world, &anna, KEY "-2", WHOLE, NULL, NULL), 0);
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, &later, NULL), 0);
    assert_string_not_equal(json_text(later, "reference"), json_text(first, "reference"));
}

/* The secret link is not in the store, and what was erased is not told again. */
static void a_kept_answer_is_sealed_and_erased(void **state)
{
    struct world *world = *state;
    struct buffer bytes BUFFER_CLEANUP = {0};
    json_t *first JSON_CLEANUP = NULL, *again JSON_CLEANUP = NULL;
    char path[100];
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, &first, NULL), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    static const char *const files[] = {"store.db", "store.db-wal"};
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *link = json_text(first, "link");
        snprintf(path, sizeof path, "%s/%s", world->folder, files[i]);
        buffer_done(&bytes);
        buffer_init(&bytes, 64 << 20);
        assert_int_equal(buffer_load_file(&bytes, path), 0);
        assert_null(memmem(bytes.data, bytes.size, link, strlen(link)));
        assert_null(memmem(bytes.data, bytes.size, KEY, strlen(KEY)));
    }
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(act(world, &ada, "complaint.erase", json_text(first, "reference"),
                         json_pack("{s:s}", "reason", "person-asked"), NULL, NULL),
                     0);
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, &again, NULL), 0);
    assert_string_not_equal(json_text(again, "reference"), json_text(first, "reference"));
}

/* The row that anna's key leads to. */
static struct store_idempotency kept_answer(struct world *world)
{
    const struct digest own = digest_of(KEY, strlen(KEY));
    const struct digest users = digest_hmac(own.bytes, anna.id, strlen(anna.id));
    const struct digest name = digest_hmac(users.bytes, "name", strlen("name"));
    struct store_idempotency row;
    assert_int_equal(store_idempotency_find(world->app.store, &name, &world->arena, &row), 0);
    return row;
}

/* Files again where other bytes stand in the row's place. */
static int file_where_kept(struct world *world, const struct store_idempotency *row,
                           struct bytes sealed, struct error_detail *detail)
{
    struct store_idempotency other = *row;
    other.sealed = sealed;
    assert_int_equal(store_idempotency_delete_object(world->app.store, row->object), 1);
    assert_true(store_idempotency_put(world->app.store, &other) >= 0);
    return file_with(world, &anna, KEY, WHOLE, NULL, detail);
}

/* It is told as damage, and the complaint is not filed a second time. */
static void a_kept_answer_that_does_not_open_is_damage(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_int_equal(file_with(world, &anna, KEY, WHOLE, NULL, NULL), 0);
    const struct store_idempotency row = kept_answer(world);
    uint8_t *spoiled = arena_copy(&world->arena, row.sealed.data, row.sealed.size);
    assert_non_null(spoiled);
    spoiled[row.sealed.size - 1] ^= 1;
    const struct bytes short_one = {row.sealed.data, SEAL_OVERHEAD - 1},
                       empty = {row.sealed.data, SEAL_OVERHEAD}, other = {spoiled, row.sealed.size};
    assert_refused(file_where_kept(world, &row, short_one, &detail), ERR_DAMAGED, &detail,
                   "a kept answer is too short");
    assert_refused(file_where_kept(world, &row, empty, &detail), ERR_DAMAGED, &detail,
                   "a kept answer is damaged");
    assert_refused(file_where_kept(world, &row, other, &detail), ERR_DAMAGED, &detail,
                   "a kept answer is damaged");
    assert_int_equal(file_where_kept(world, &row, row.sealed, &detail), 0);
    assert_int_equal(count_complaints(world), 1);
}

static void a_key_is_long_and_plain(void **state)
{
    struct world *world = *state;
    static const char *const keys[] = {"", "short", "with a blank in it",
                                       "0123456789abcdef\xc3\xa4"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct error_detail detail = {0};
        assert_refused(file_with(world, &anna, keys[i], WHOLE, NULL, &detail), ERR_SYNTAX, &detail,
                       "an Idempotency-Key has 16 to 255 printable signs");
    }
    assert_int_equal(count_complaints(world), 0);
}

static void pages_are_as_long_as_is_said(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *after = NULL;
    for (int i = 0; i < 5; i++)
        json_decref(world_file(world, WHOLE, false));
    for (int page = 0; page < 3; page++) {
        json_t *asked JSON_CLEANUP = json_pack("{s:s, s:s*}", "limit", "2", "after", after);
        json_t *answer = NULL;
        assert_int_equal(query_run(&world->app, "complaint.list", asked, &answer, &detail), 0);
        assert_int_equal(json_array_size(json_object_get(answer, "complaints")), page < 2 ? 2 : 1);
        const char *next = json_text(answer, "next");
        assert_int_equal(next != NULL, page < 2);
        after = next ? arena_copy_text(&world->arena, next) : NULL;
        json_decref(answer);
    }
    json_t *wrong JSON_CLEANUP = json_pack("{s:s}", "limit", "0"), *none = NULL;
    assert_refused(query_run(&world->app, "complaint.list", wrong, &none, &detail), ERR_SYNTAX,
                   &detail, "a page has 1 to");
}

static void an_exhibit_is_given_back_as_it_was(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false), *result JSON_CLEANUP = NULL;
    json_t *none = NULL;
    json_t *arguments JSON_CLEANUP =
        json_pack("{s:s, s:i}", "complaint", json_text(receipt, "reference"), "number", 2);
    assert_int_equal(query_run(&world->app, "complaint.exhibit", arguments, &result, &detail), 0);
    assert_string_equal(json_text(result, "base64"), "d29ybGQ=");
    json_object_set_new(arguments, "number", json_integer(3));
    assert_refused(query_run(&world->app, "complaint.exhibit", arguments, &none, &detail),
                   ERR_NOT_FOUND, &detail, "has no such exhibit");
}

static void lists_are_read_page_by_page(void **state)
{
    struct world *world = *state;
    char last[REFERENCE_TEXT] = "";
    for (int i = 0; i < 5; i++)
        json_decref(world_file(world, WHOLE, false));
    json_t *all JSON_CLEANUP = world_ask(world, "complaint.list", "state", "filed");
    const json_t *rows = json_object_get(all, "complaints");
    assert_int_equal(json_array_size(rows), 5);
    for (size_t i = 0; i < 5; i++) {
        const char *reference = json_text(json_array_get(rows, i), "reference");
        json_t *rest JSON_CLEANUP = world_ask(world, "complaint.list", "after", reference);
        assert_int_equal(json_array_size(json_object_get(rest, "complaints")), 4 - i);
        assert_true(strcmp(last, reference) < 0); /* all of one moment: by reference */
        snprintf(last, sizeof last, "%s", reference);
    }
}

/* --- bad input of each field --- */

static const struct bad {
    const char *document;
    int code;
    const char *words;
} bad[] = {
    {"[", ERR_SYNTAX, "line"},
    {"[]", ERR_SYNTAX, "a complaint is no object"},
    {"{}", ERR_SYNTAX, "/type is missing"},
    {"{\"type\":5}", ERR_SYNTAX, "/type is no text"},
    {"{\"type\":\"noise\"}", ERR_NOT_FOUND, "/type: there is no type 'noise'"},
    {"{\"type\":\"transfer\",\"more\":1}", ERR_SYNTAX, "/more: there is no such member"},
    {"{\"type\":\"transfer\",\"language\":\"xx\"}", ERR_NOT_FOUND,
     "/language: the rulebook has no complaint in 'xx'"},
    {"{\"type\":\"transfer\",\"language\":\"a\\u0000b\"}", ERR_SYNTAX, "\\u0000 is not allowed"},
    {"{\"type\":\"transfer\",\"party\":[]}", ERR_SYNTAX, "/party is no text"},
    {"{\"type\":\"transfer\",\"names\":{}}", ERR_SYNTAX, "/names is no array"},
    {"{\"type\":\"transfer\",\"names\":[\"a.example\",\"a b\"]}", ERR_SYNTAX,
     "/names/1 is no domain name in ASCII"},
    {"{\"type\":\"transfer\",\"names\":[\"a..example\"]}", ERR_SYNTAX, "/names/0 is no domain"},
    {"{\"type\":\"transfer\",\"answers\":[]}", ERR_SYNTAX, "/answers is no object"},
    {"{\"type\":\"transfer\",\"answers\":{\"taste\":\"x\"}}", ERR_SYNTAX,
     "/answers/taste: the type 'transfer' asks no such question"},
    {"{\"type\":\"transfer\",\"answers\":{\"role\":true}}", ERR_SYNTAX, "/answers/role is no text"},
    {"{\"type\":\"transfer\",\"exhibits\":{}}", ERR_SYNTAX, "/exhibits is no array"},
    {"{\"type\":\"transfer\",\"exhibits\":[1]}", ERR_SYNTAX, "/exhibits/0 is no object"},
    {"{\"type\":\"transfer\",\"exhibits\":[{\"path\":\"x\"}]}", ERR_SYNTAX,
     "/exhibits/0/path: there is no such member"},
    {"{\"type\":\"transfer\",\"exhibits\":[" EXHIBIT("taste", "text/plain", "aA==") "]}",
     ERR_SYNTAX, "/exhibits/0/evidence: the type 'transfer' asks for no 'taste'"},
    {"{\"type\":\"transfer\",\"exhibits\":[" EXHIBIT("request", "text", "aA==") "]}", ERR_SYNTAX,
     "/exhibits/0/media_type is no media type"},
    {"{\"type\":\"transfer\",\"exhibits\":[" EXHIBIT("request", "text/plain", "*") "]}", ERR_SYNTAX,
     "/exhibits/0/base64 is no base64, or empty"},
    {"{\"type\":\"transfer\",\"exhibits\":[" EXHIBIT("request", "text/plain", "") "]}", ERR_SYNTAX,
     "/exhibits/0/base64 is no base64, or empty"},
    {"{\"type\":\"transfer\",\"exhibits\":[{\"evidence\":\"request\",\"part\":\"f\"}]}", ERR_SYNTAX,
     "/exhibits/0/part: no part 'f' came with a form"},
    {"{\"type\":\"transfer\",\"exhibits\":[{\"evidence\":\"request\",\"part\":\"f\",\"base64\":"
     "\"aA==\"}]}",
     ERR_SYNTAX, "/exhibits/0 has both base64 and part"},
    {"{\"type\":\"transfer\",\"told_first\":true}", ERR_SYNTAX, "/told_first is no object"},
    {"{\"type\":\"transfer\",\"told_first\":{}}", ERR_SYNTAX,
     "/told_first/told is not true or false"},
    {"{\"type\":\"transfer\",\"told_first\":{\"told\":true,\"on\":\"soon\"}}", ERR_SYNTAX,
     "/told_first/on is no date"},
    {"{\"type\":\"transfer\",\"reporter\":\"me\"}", ERR_SYNTAX, "/reporter is no object"},
    {"{\"type\":\"transfer\",\"reporter\":{\"phone\":\"1\"}}", ERR_SYNTAX,
     "/reporter/phone: there is no such member"},
    {"{\"type\":\"transfer\",\"reporter\":{\"role\":\"king\"}}", ERR_SYNTAX,
     "/reporter/role is no role of a complainant"},
    {"{\"type\":\"transfer\",\"reporter\":{\"email\":\"me at home\"}}", ERR_SYNTAX,
     "/reporter/email is no address to write to"},
    {"{\"type\":\"transfer\",\"reporter\":{\"share\":\"yes\"}}", ERR_SYNTAX,
     "/reporter/share is not true or false"},
};

static void what_is_wrong_is_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(file_as(world, bad[i].document, true, NULL, &detail), bad[i].code, &detail,
                       bad[i].words);
    json_t *all JSON_CLEANUP = world_ask(world, "complaint.list", "none", "");
    assert_int_equal(json_array_size(json_object_get(all, "complaints")), 0);
}

static int file_json(struct world *world, json_t *document, struct error_detail *detail)
{
    char *text = json_dumps(document, 0);
    json_decref(document);
    int result = file_as(world, text, true, NULL, detail);
    free(text);
    return result;
}

static json_t *repeated(json_t *element, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(list, element);
    json_decref(element);
    return list;
}

static json_t *of_transfer(const char *member, json_t *value)
{
    return json_pack("{s:s, s:o}", "type", "transfer", member, value);
}

static char *long_text(char sign, size_t size)
{
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, sign, size);
    text[size] = '\0';
    return text;
}

static json_t *exhibit_of(const char *base64)
{
    return json_pack("{s:s, s:s, s:s}", "evidence", "request", "media_type", "text/plain", "base64",
                     base64);
}

/* The largest that is taken, and one more. */
static void limits_hold(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char *answer = long_text('x', COMPLAINT_ANSWER_BYTES + 1);
    char *bytes = long_text('A', (COMPLAINT_EXHIBIT_BYTES + 3) / 3 * 4);
    char *most = long_text('A', COMPLAINT_EXHIBIT_BYTES / 3 * 4);
    assert_refused(
        file_json(world,
                  of_transfer("names", repeated(json_string("a.example"), COMPLAINT_NAMES_MAX + 1)),
                  &detail),
        ERR_LIMIT, &detail, "/names has more than 500 members");
    assert_int_equal(
        file_json(world,
                  of_transfer("names", repeated(json_string("a.example"), COMPLAINT_NAMES_MAX)),
                  &detail),
        0);
    assert_refused(
        file_json(world, of_transfer("answers", json_pack("{s:s}", "answer", answer)), &detail),
        ERR_LIMIT, &detail, "/answers/answer has more than 16384 bytes");
    assert_refused(
        file_json(world,
                  of_transfer("exhibits", repeated(exhibit_of("aA=="), COMPLAINT_EXHIBITS_MAX + 1)),
                  &detail),
        ERR_LIMIT, &detail, "/exhibits has more than 20 members");
    assert_refused(
        file_json(world, of_transfer("exhibits", repeated(exhibit_of(bytes), 1)), &detail),
        ERR_LIMIT, &detail, "/exhibits/0 has more than 5242880 bytes");
    assert_refused(
        file_json(world, of_transfer("exhibits", repeated(exhibit_of(most), 5)), &detail),
        ERR_LIMIT, &detail, "/exhibits have more than 20971520 bytes");
    free(answer);
    free(bytes);
    free(most);
}

/* --- scope --- */

static const char *reach_of(struct world *world, const char *document, char room[32])
{
    json_t *receipt JSON_CLEANUP = world_file(world, document, true);
    json_t *scope JSON_CLEANUP =
        world_ask(world, "complaint.scope", "complaint", json_text(receipt, "reference"));
    const char *test = json_text(scope, "test");
    snprintf(room, 32, "%s %s", json_text(scope, "reach"), test ? test : "-");
    return room;
}

#define TRANSFER(names, more) "{\"type\":\"transfer\",\"names\":[" names "]" more "}"

/* K1: what nobody knows leaves the answer undetermined. */
static void scope_is_told_from_what_is_known(void **state)
{
    static const struct {
        const char *document, *reach;
    } rows[] = {
        {TRANSFER("\"a.zz\"", ""), "out-of-scope not-country-code"},
        {TRANSFER("\"a.example\"", ""), "undetermined contracted"},
        {TRANSFER("\"a.unheard\"", ""), "undetermined not-country-code"},
        {TRANSFER("\"a.zz\",\"a.example\"", ""), "undetermined not-country-code"},
        {TRANSFER("\"a.example\"", ",\"party\":\"registrar-1\""), "undetermined registered"},
        {TRANSFER("\"a.example\"", ",\"party\":\"registrar-gone\""), "out-of-scope contracted"},
        {TRANSFER("\"a.example\"", ",\"party\":\"registrar-none\""), "undetermined contracted"},
    };
    struct world *world = *state;
    const struct party gone = {"registrar-gone", PARTY_REGISTRAR, "Gone", 2, "terminated", ""};
    char room[32];
    assert_true(store_party_put(world->app.store, &gone) >= 0);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(reach_of(world, rows[i].document, room), rows[i].reach);
}

/* --- deciding --- */

static json_t *in_scope(const char *subject)
{
    return json_pack("{s:b, s:s, s:s, s:s}", "in-scope", true, "obligation", WORLD_DUTY, "party",
                     "registrar-1", "subject", subject);
}

static size_t linked_to(struct world *world, const char *case_id)
{
    struct store_link *links;
    size_t count, open = 0;
    assert_int_equal(store_link_list(world->app.store, case_id, &world->arena, &links, &count), 0);
    for (size_t i = 0; i < count; i++)
        open += links[i].unlinked_at == 0 && strcmp(links[i].kind, "complaint") == 0;
    return open;
}

static void in_scope_opens_a_case_or_joins_it(void **state)
{
    struct world *world = *state;
    json_t *first JSON_CLEANUP = world_file(world, WHOLE, false);
    json_t *second JSON_CLEANUP = world_file(world, WHOLE, false);
    json_t *opened JSON_CLEANUP =
        decide(world, json_text(first, "reference"), in_scope("bad.example"));
    json_t *joined JSON_CLEANUP =
        decide(world, json_text(second, "reference"), in_scope("bad.example"));
    assert_true(json_is_false(json_object_get(opened, "joined")));
    assert_true(json_is_true(json_object_get(joined, "joined")));
    assert_string_equal(json_text(opened, "case"), json_text(joined, "case"));
    assert_string_equal(json_text(opened, "state"), "in-scope");
    assert_int_equal(linked_to(world, json_text(opened, "case")), 2);
}

/* A decision is corrected by a later one: the link is taken back, both stay in the history. */
static void a_decision_can_be_corrected(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    const char *reference = json_text(receipt, "reference");
    json_t *asked JSON_CLEANUP = decide(world, reference, json_pack("{s:s}", "need", "the report"));
    assert_string_equal(json_text(asked, "state"), "waiting");
    json_t *opened JSON_CLEANUP = decide(world, reference, in_scope("bad.example"));
    json_t *closed JSON_CLEANUP =
        decide(world, reference,
               json_pack("{s:s, s:s}", "out-of-scope", "no-prior-report", "reason", "Tell them"));
    assert_string_equal(json_text(closed, "state"), "out-of-scope");
    assert_string_equal(json_text(closed, "case"), "");
    assert_int_equal(linked_to(world, json_text(opened, "case")), 0);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    json_t *followed JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    const json_t *complaint = json_object_get(shown, "complaint");
    const json_t *events = json_object_get(complaint, "events");
    assert_int_equal(json_array_size(events), 7); /* with a message about each decision */
    assert_int_equal(json_number(json_array_get(events, 5), "corrects", 0), 4);
    assert_string_equal(json_text(json_array_get(events, 1), "text"), "the report");
    const json_t *own = json_object_get(followed, "complaint");
    assert_string_equal(json_text(own, "closure"), "no-prior-report");
    assert_string_equal(json_text(own, "text"), "Tell them");
    assert_non_null(json_text(own, "reason"));
    assert_true(json_is_true(json_object_get(own, "may_ask_review")));
}

static void decisions_are_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    const char *reference = json_text(receipt, "reference");
    char *words = long_text('x', 4097);
    const struct {
        json_t *arguments;
        int code;
        const char *words;
    } rows[] = {
        {json_object(), ERR_SYNTAX, "say one of in-scope, out-of-scope with its code, or need"},
        {json_pack("{s:b, s:s}", "in-scope", true, "need", "x"), ERR_SYNTAX, "say one of"},
        {json_pack("{s:b}", "in-scope", true), ERR_SYNTAX, "'obligation' is missing"},
        {json_pack("{s:b, s:s}", "in-scope", true, "obligation", WORLD_DUTY), ERR_SYNTAX,
         "'party' is missing"},
        {json_pack("{s:s}", "out-of-scope", "noise"), ERR_NOT_FOUND,
         "'noise' is no closure code of the process"},
        {json_pack("{s:s}", "out-of-scope", "fees-paid"), ERR_REFUSED,
         "'fees-paid' says that a matter was resolved"},
        {json_pack("{s:s}", "out-of-scope", "country-code"), ERR_SYNTAX, "'reason' is missing"},
        {json_pack("{s:s}", "need", " \n"), ERR_SYNTAX, "the words for the complainant are empty"},
        {json_pack("{s:s}", "need", words), ERR_LIMIT, "the words have more than 4096 bytes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_refused(
            act(world, &anna, "complaint.decide", reference, rows[i].arguments, NULL, &detail),
            rows[i].code, &detail, rows[i].words);
    free(words);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    assert_string_equal(json_text(json_object_get(shown, "complaint"), "state"), "filed");
}

/* --- who complained, and erasing --- */

static void each_reading_of_the_vault_is_recorded(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false), *who JSON_CLEANUP = NULL;
    json_t *nameless JSON_CLEANUP = world_file(world, ABUSE(""), true);
    const char *reference = json_text(receipt, "reference");
    assert_refused(act(world, &anna, "complaint.reporter", reference,
                       json_pack("{s:s}", "reason", "curious"), NULL, &detail),
                   ERR_SYNTAX, &detail, "the reason is to-answer, to-verify or legal-request");
    assert_int_equal(act(world, &anna, "complaint.reporter", reference,
                         json_pack("{s:s}", "reason", "to-answer"), &who, &detail),
                     0);
    assert_string_equal(json_text(who, "name"), "Zoe Quill");
    assert_string_equal(json_text(who, "email"), "zoe@mail.example");
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *events = json_object_get(json_object_get(shown, "complaint"), "events");
    assert_string_equal(json_text(json_array_get(events, 1), "event"), "reporter-read");
    assert_string_equal(json_text(json_array_get(events, 1), "actor"), "anna");
    assert_refused(act(world, &anna, "complaint.reporter", json_text(nameless, "reference"),
                       json_pack("{s:s}", "reason", "to-answer"), NULL, &detail),
                   ERR_NOT_FOUND, &detail, "nobody is named in complaint");
}

static void what_is_erased_is_gone_and_its_history_stays(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false), *none = NULL;
    const char *reference = json_text(receipt, "reference");
    json_decref(decide(world, reference, json_pack("{s:s}", "need", "the report")));
    assert_refused(act(world, &ada, "complaint.erase", reference,
                       json_pack("{s:s}", "reason", "spite"), NULL, &detail),
                   ERR_SYNTAX, &detail, "the reason is person-asked, retention-over or by-mistake");
    assert_refused(act(world, &anna, "complaint.erase", reference,
                       json_pack("{s:s}", "reason", "person-asked"), NULL, &detail),
                   ERR_DENIED, &detail, "is for the role administrator");
    assert_int_equal(act(world, &ada, "complaint.erase", reference,
                         json_pack("{s:s}", "reason", "person-asked"), NULL, &detail),
                     0);
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *complaint = json_object_get(shown, "complaint");
    assert_null(json_object_get(complaint, "answers"));
    assert_true(json_is_string(json_object_get(complaint, "erased_at")));
    assert_int_equal(json_array_size(json_object_get(complaint, "events")), 4);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:i}", "complaint", reference, "number", 1);
    assert_refused(query_run(&world->app, "complaint.exhibit", arguments, &none, &detail),
                   ERR_NOT_FOUND, &detail, "has no item 0, or was erased");
    assert_refused(act(world, &ada, "complaint.erase", reference,
                       json_pack("{s:s}", "reason", "person-asked"), NULL, &detail),
                   ERR_CONFLICT, &detail, "was erased already");
    assert_refused(act(world, &anna, "complaint.decide", reference,
                       json_pack("{s:s}", "need", "more"), NULL, &detail),
                   ERR_REFUSED, &detail, "was erased");
    /* The entry of the filing opens no more. */
    struct store_opening opening;
    struct digest entry;
    const json_t *proof = json_object_get(receipt, "opening");
    assert_int_equal(digest_parse(json_text(proof, "entry"), &entry), 0);
    assert_int_equal(store_opening_find(world->app.store, &entry, &world->arena, &opening), 0);
    assert_true(opening.erased_at > 0);
}

/* The wish is committed and stays; the next commits do not each try what takes long and fails. */
static void a_wipe_that_failed_is_done_an_hour_later(void **state)
{
    struct world *world = *state;
    struct app *app = &world->app;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    char path[PATH_MAX], away[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s", app_path(app, "store.db"));
    snprintf(away, sizeof away, "%s.away", path);
    const char *due;
    assert_int_equal(act(world, &ada, "complaint.erase", json_text(receipt, "reference"),
                         json_pack("{s:s}", "reason", "person-asked"), NULL, &detail),
                     0);
    assert_int_equal(store_commit(app->store), 0);
    assert_int_equal(rename(path, away), 0);
    assert_refused(app_follow(app, /* committed= */ true, &detail), -ENOENT, &detail, "erasing");
    assert_int_equal(rename(away, path), 0);
    assert_true(app->wipe_due);
    assert_int_equal(app_follow(app, /* committed= */ true, &detail), 0);
    assert_true(app->wipe_due);
    app->wipe_after = clock_mono();
    assert_int_equal(app_follow(app, /* committed= */ true, &detail), 0);
    assert_false(app->wipe_due);
    assert_int_equal(store_meta_get(app->store, STORE_META_WIPE, &world->arena, &due), 0);
    assert_string_equal(due, "no");
}

/* What is sealed opens as nothing else: an item in another's place is damage. */
static void sealed_bytes_of_another_place_are_damage(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, WHOLE, false);
    const char *reference = json_text(receipt, "reference");
    struct bytes sealed, bytes;
    assert_int_equal(
        store_complaint_item_find(world->app.store, reference, 1, &world->arena, &sealed), 0);
    assert_true(store_complaint_item_put(world->app.store, reference, 9, sealed) >= 0);
    assert_refused(record_get_bytes(&world->app, reference, 9, &world->arena, &bytes, &detail),
                   ERR_DAMAGED, &detail, "what is sealed does not open");
}

/* Rows that no program of ours wrote. */
static void odd_rows_are_damage(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    struct store_complaint odd = {.reference = "aaaa-aaaa-aaaa",
                                  .type = "noise",
                                  .rulebook = world->app.rulebook->digest_text,
                                  .language = "en",
                                  .state = "filed"};
    assert_true(store_complaint_put(world->app.store, &odd) >= 0);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", odd.reference);
    assert_refused(query_run(&world->app, "complaint.scope", arguments, &none, &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: unknown type");
    assert_refused(act(world, &anna, "complaint.decide", odd.reference,
                       json_pack("{s:s}", "need", "more"), NULL, &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: unknown type");
    odd.state = "odd";
    assert_true(store_complaint_settle(world->app.store, &odd) >= 0);
    assert_refused(query_run(&world->app, "complaint.show", arguments, &none, &detail), ERR_DAMAGED,
                   &detail, "complaint aaaa-aaaa-aaaa: unknown state");
}

/* The same where its words open: a party is shown nothing of it. */
static void an_odd_type_is_damage_to_a_party_too(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct digest key, commitment;
    json_t *none = NULL, *words JSON_CLEANUP = json_pack("{s:{}}", "answers");
    const struct store_complaint odd = {.reference = "aaaa-aaaa-aaaa",
                                        .type = "noise",
                                        .rulebook = world->app.rulebook->digest_text,
                                        .language = "en",
                                        .state = "in-scope",
                                        .case_id = "c-1"};
    assert_true(store_complaint_put(world->app.store, &odd) >= 0);
    assert_true(record_new_key(&world->app, odd.reference, COMPLAINT_PART_WORDS, &key, &detail) >=
                0);
    assert_true(record_put_json(&world->app, odd.reference, 0, words, &commitment, &detail) >= 0);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", odd.reference);
    assert_refused(query_run(&world->app, "complaint.party", arguments, &none, &detail),
                   ERR_DAMAGED, &detail, "complaint aaaa-aaaa-aaaa: unknown type");
    assert_null(none);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_lacks_something_is_kept_and_says_so),
        WORLD_TEST(a_receipt_proves_and_repeats_nothing),
        WORLD_TEST(each_sees_what_the_table_says),
        WORLD_TEST(a_party_sees_facts_and_by_consent_the_words),
        WORLD_TEST(asking_for_consent_is_no_reading_of_the_vault),
        WORLD_TEST(what_is_redacted_is_in_no_field),
        WORLD_TEST(the_log_has_no_redacted_word),
        WORLD_TEST(a_partys_view_is_refused_with_words),
        WORLD_TEST(of_an_erased_complaint_a_party_sees_that_it_was),
        WORLD_TEST(who_is_recused_finds_none),
        WORLD_TEST(a_decision_for_an_older_version_is_refused),
        WORLD_TEST(what_is_sent_again_is_answered_again),
        WORLD_TEST(a_kept_answer_is_sealed_and_erased),
        WORLD_TEST(a_kept_answer_that_does_not_open_is_damage),
        WORLD_TEST(a_key_is_long_and_plain),
        WORLD_TEST(pages_are_as_long_as_is_said),
        WORLD_TEST(an_exhibit_is_given_back_as_it_was),
        WORLD_TEST(lists_are_read_page_by_page),
        WORLD_TEST(what_is_wrong_is_named),
        WORLD_TEST(limits_hold),
        WORLD_TEST(scope_is_told_from_what_is_known),
        WORLD_TEST(in_scope_opens_a_case_or_joins_it),
        WORLD_TEST(a_decision_can_be_corrected),
        WORLD_TEST(decisions_are_refused_with_words),
        WORLD_TEST(each_reading_of_the_vault_is_recorded),
        WORLD_TEST(what_is_erased_is_gone_and_its_history_stays),
        WORLD_TEST(a_wipe_that_failed_is_done_an_hour_later),
        WORLD_TEST(a_wipe_that_failed_is_done_an_hour_later),
        WORLD_TEST(sealed_bytes_of_another_place_are_damage),
        WORLD_TEST(odd_rows_are_damage),
        WORLD_TEST(an_odd_type_is_damage_to_a_party_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
