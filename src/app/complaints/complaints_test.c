/* Complaints from the filing to the erasure, on a real store: nothing is refused for being
 * incomplete (invariant 2), what is wrong in form is named, decisions can be corrected, and nothing
 * of what somebody said stands in the open. */
#include "app/complaints/document.h"
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
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
    const struct agreement raa = {"registrar-1", "raa", "current", "", 15000, 30000};
    assert_true(store_agreement_put(world->app.store, &raa) >= 0);
    *state = world;
    return 0;
}

static int end_world(void **state)
{
    world_free(*state);
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

/* The receipt of a complaint that must be taken. */
static json_t *file(struct world *world, const char *document, bool anyway)
{
    struct error_detail detail = {0};
    json_t *receipt = NULL;
    if (file_as(world, document, anyway, &receipt, &detail) < 0)
        fail_msg("%s", detail.text);
    return receipt;
}

static json_t *ask(struct world *world, const char *query, const char *name, const char *value)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", name, value), *result = NULL;
    if (query_run(&world->app, query, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", query, detail.text);
    return result;
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
    json_t *draft JSON_CLEANUP = file(world, ABUSE(""), false);
    json_t *filed JSON_CLEANUP = file(world, ABUSE(""), true);
    json_t *whole JSON_CLEANUP = file(world, WHOLE, false);
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

    json_t *held JSON_CLEANUP = ask(world, "complaint.list", "state", "held");
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
    json_t *shown JSON_CLEANUP =
        ask(world, "complaint.show", "complaint", json_text(receipt, "reference"));
    json_t *followed JSON_CLEANUP =
        ask(world, "complaint.follow", "token", json_text(receipt, "link"));
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

static void an_exhibit_is_given_back_as_it_was(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false), *result JSON_CLEANUP = NULL;
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
        json_decref(file(world, WHOLE, false));
    json_t *all JSON_CLEANUP = ask(world, "complaint.list", "state", "filed");
    const json_t *rows = json_object_get(all, "complaints");
    assert_int_equal(json_array_size(rows), 5);
    for (size_t i = 0; i < 5; i++) {
        const char *reference = json_text(json_array_get(rows, i), "reference");
        json_t *rest JSON_CLEANUP = ask(world, "complaint.list", "after", reference);
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
    json_t *all JSON_CLEANUP = ask(world, "complaint.list", "none", "");
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
    json_t *receipt JSON_CLEANUP = file(world, document, true);
    json_t *scope JSON_CLEANUP =
        ask(world, "complaint.scope", "complaint", json_text(receipt, "reference"));
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
    json_t *first JSON_CLEANUP = file(world, WHOLE, false);
    json_t *second JSON_CLEANUP = file(world, WHOLE, false);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
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
    json_t *shown JSON_CLEANUP = ask(world, "complaint.show", "complaint", reference);
    json_t *followed JSON_CLEANUP =
        ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    const json_t *complaint = json_object_get(shown, "complaint");
    const json_t *events = json_object_get(complaint, "events");
    assert_int_equal(json_array_size(events), 4);
    assert_int_equal(json_number(json_array_get(events, 3), "corrects", 0), 3);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
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
    json_t *shown JSON_CLEANUP = ask(world, "complaint.show", "complaint", reference);
    assert_string_equal(json_text(json_object_get(shown, "complaint"), "state"), "filed");
}

/* --- who complained, and erasing --- */

static void each_reading_of_the_vault_is_recorded(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false), *who JSON_CLEANUP = NULL;
    json_t *nameless JSON_CLEANUP = file(world, ABUSE(""), true);
    const char *reference = json_text(receipt, "reference");
    assert_refused(act(world, &anna, "complaint.reporter", reference,
                       json_pack("{s:s}", "reason", "curious"), NULL, &detail),
                   ERR_SYNTAX, &detail, "the reason is to-answer, to-verify or legal-request");
    assert_int_equal(act(world, &anna, "complaint.reporter", reference,
                         json_pack("{s:s}", "reason", "to-answer"), &who, &detail),
                     0);
    assert_string_equal(json_text(who, "name"), "Zoe Quill");
    assert_string_equal(json_text(who, "email"), "zoe@mail.example");
    json_t *shown JSON_CLEANUP = ask(world, "complaint.show", "complaint", reference);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false), *none = NULL;
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
    json_t *shown JSON_CLEANUP = ask(world, "complaint.show", "complaint", reference);
    const json_t *complaint = json_object_get(shown, "complaint");
    assert_null(json_object_get(complaint, "answers"));
    assert_true(json_is_string(json_object_get(complaint, "erased_at")));
    assert_int_equal(json_array_size(json_object_get(complaint, "events")), 3);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
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
    json_t *receipt JSON_CLEANUP = file(world, WHOLE, false);
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

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, end_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_lacks_something_is_kept_and_says_so),
        WORLD_TEST(a_receipt_proves_and_repeats_nothing),
        WORLD_TEST(each_sees_what_the_table_says),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
