/* What a contracted party sends: answers and requests for more time, who may, what is kept of them,
 * and every refusal. On a real store, under the rulebook that ships. */
#include "app/casework/extension.h"
#include "app/party/case_view.h"
#include "app/party/scene.h"
#include "app/party/sent.h"
#include "app/query.h"
#include "refusal.h"
#include "store/letter.h"
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

#define CANARY "zyxwolverine"

static const struct actor petra = {.id = "petra", .roles = ROLE_PARTY},
                          quinn = {.id = "quinn", .roles = ROLE_PARTY},
                          bert = {.id = "bert", .roles = ROLE_APPROVER};

/* petra may answer, and a letter of one demand item is served. */
static int make_case(void **state)
{
    make_world(state);
    struct world *world = *state;
    json_decref(world_must(world, &ada, "user.grant.revoke",
                           json_pack("{s:s, s:i}", "id", "petra", "number", 1)));
    grant(world, "petra", "registrar-1", "answer");
    world->case_id = open_served(world, "registrar-1", "a.example");
    return 0;
}

static json_t *see(struct world *world)
{
    return world_ask(world, "own.case", "case", world->case_id);
}

static int answer(struct world *world, const struct actor *actor, const char *id,
                  const char *version, const char *document, struct error_detail *detail)
{
    return world_run(
        world, actor, "own.answer",
        json_pack("{s:s, s:s*, s:s*}", "case", id, "version", version, "document", document), NULL,
        detail);
}

static int ask_time(struct world *world, const struct actor *actor, const char *until,
                    const char *text, struct error_detail *detail)
{
    return world_run(
        world, actor, "own.extension",
        json_pack("{s:s, s:s*, s:s*}", "case", world->case_id, "until", until, "text", text), NULL,
        detail);
}

/* The bytes of a kept text; they live in the arena. */
static const char *kept(struct world *world, const char *hex)
{
    struct store_mail mail;
    struct digest sha256;
    assert_int_equal(digest_parse(hex, &sha256), 0);
    assert_int_equal(store_mail_find(world->app.store, &sha256, &world->arena, &mail), 0);
    char *text = arena_alloc(&world->arena, mail.bytes.size + 1);
    memcpy(text, mail.bytes.data, mail.bytes.size);
    text[mail.bytes.size] = '\0';
    return text;
}

/* A2, A3. */
static void an_answer_is_kept_whole_and_told_by_its_digest(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    json_t *told JSON_CLEANUP =
        world_must(world, &petra, "own.answer",
                   json_pack("{s:s, s:s, s:s}", "case", world->case_id, "document",
                             "{\"text\":\"We took it down, " CANARY ".\"}", "reason", CANARY));
    const char *text = kept(world, json_text(told, "sha256"));
    assert_non_null(strstr(text, "Party: registrar-1\nBy: petra\nAt: 2027-01-04T09:00:00Z\n"));
    assert_non_null(strstr(text, "\n\nWe took it down, " CANARY "."));
    json_t *shown JSON_CLEANUP = see(world);
    const json_t *answers = json_object_get(json_object_get(shown, "case"), "answers");
    assert_int_equal(json_array_size(answers), 1);
    const json_t *row = json_array_get(answers, 0);
    assert_string_equal(json_text(row, "by"), "petra");
    assert_string_equal(json_text(row, "sha256"), json_text(told, "sha256"));
    assert_string_equal(json_text(shown, "version"), json_text(told, "version"));
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    const struct case_event *last = &file.events[file.event_count - 1];
    assert_int_equal(last->type, CASE_ANSWERED);
    assert_string_equal(last->actor_role, "party");
    assert_string_equal(last->reason, "");
    assert_string_equal(last->evidence[0], json_text(told, "sha256"));
    assert_null(strstr(last->data, CANARY));
    assert_int_equal(file.state.facts.values[FACT_ANSWER], ANSWER_RECEIVED);
}

/* The same words are another answer at another time, and of another case. */
static void the_same_words_are_another_text(void **state)
{
    struct world *world = *state;
    const char *other = open_served(world, "registrar-1", "b.example");
    assert_int_equal(answer(world, &petra, world->case_id, NULL, "{\"text\":\"done\"}", NULL), 0);
    assert_int_equal(answer(world, &petra, other, NULL, "{\"text\":\"done\"}", NULL), 0);
    json_t *first JSON_CLEANUP = see(world),
                  *second JSON_CLEANUP = world_ask(world, "own.case", "case", other);
    const json_t *rows[] = {first, second};
    for (size_t i = 0; i < 2; i++)
        rows[i] = json_array_get(json_object_get(json_object_get(rows[i], "case"), "answers"), 0);
    assert_string_not_equal(json_text(rows[0], "sha256"), json_text(rows[1], "sha256"));
}

static void answers_are_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct {
        const char *document;
        int code;
        const char *words;
    } rows[] = {
        {NULL, ERR_SYNTAX, "'document'"},
        {"{", ERR_SYNTAX, "own.answer"},
        {"[]", ERR_SYNTAX, "an answer is an object"},
        {"{\"text\":\"x\",\"colour\":\"red\"}", ERR_SYNTAX, "/colour: there is no such member"},
        {"{\"text\":\"\"}", ERR_SYNTAX, "/text is missing or empty"},
        {"{\"items\":[\"1=comply\"]}", ERR_SYNTAX, "/text is missing or empty"},
        {"{\"text\":\"x\",\"items\":\"1=comply\"}", ERR_SYNTAX, "/items is no array"},
        {"{\"text\":\"x\",\"items\":[\"1=perhaps\"]}", ERR_SYNTAX, "'1=perhaps' is no answer"},
        {"{\"text\":\"x\",\"items\":[1]}", ERR_SYNTAX, "'' is no answer"},
        {"{\"text\":\"x\",\"items\":[\"1=comply\",\"1=dispute\"]}", ERR_SYNTAX,
         "the item 1 is answered twice"},
        {"{\"text\":\"x\",\"items\":[\"9=comply\"]}", ERR_REFUSED, "9"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(answer(world, &petra, world->case_id, NULL, rows[i].document, &detail),
                       rows[i].code, &detail, rows[i].words);
    char *words = malloc(70000);
    memset(words, 'x', 70000);
    snprintf(words, 12, "{\"text\":\"y");
    words[10] = 'y';
    memcpy(words + 69990, "\"}", 3);
    assert_refused(answer(world, &petra, world->case_id, NULL, words, &detail), ERR_LIMIT, &detail,
                   "/text is too long");
    free(words);
    json_t *shown JSON_CLEANUP = see(world);
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown, "case"), "answers")),
                     0);
}

#define EXHIBIT(more) "{\"text\":\"x\",\"exhibits\":[{" more "}]}"
#define PLAIN "\"media_type\":\"text/plain\""

/* Hashed as they came, bound into the answer and its event, and kept. */
static void exhibits_are_kept_as_they_came(void **state)
{
    struct world *world = *state;
    json_t *told JSON_CLEANUP = world_must(
        world, &petra, "own.answer",
        json_pack("{s:s, s:s}", "case", world->case_id, "document",
                  "{\"text\":\"see there\",\"exhibits\":[{" PLAIN
                  ",\"base64\":\"aGVsbG8=\",\"name\":\"log.txt\",\"collected_on\":\"2027-01-03\"},"
                  "{\"media_type\":\"image/png\",\"base64\":\"AAE=\"}]}"));
    const struct digest sha256 = digest_of("hello", 5);
    char hex[DIGEST_HEX], line[200];
    digest_format(&sha256, hex);
    const json_t *digests = json_object_get(told, "exhibits");
    assert_int_equal(json_array_size(digests), 2);
    assert_string_equal(json_string_value(json_array_get(digests, 0)), hex);
    snprintf(line, sizeof line, "Exhibit 1: %s text/plain 5 bytes log.txt\nExhibit 2: ", hex);
    assert_non_null(strstr(kept(world, json_text(told, "sha256")), line));
    json_t *shown JSON_CLEANUP = see(world);
    const json_t *row = json_array_get(
        json_object_get(
            json_array_get(json_object_get(json_object_get(shown, "case"), "answers"), 0),
            "exhibits"),
        0);
    assert_string_equal(json_text(row, "sha256"), hex);
    assert_string_equal(json_text(row, "collected_on"), "2027-01-03");
    assert_int_equal(json_number(row, "size", 0), 5);
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    const struct case_event *last = &file.events[file.event_count - 1];
    assert_int_equal(last->evidence_count, 3);
    assert_string_equal(last->evidence[1], hex);
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:i, s:i}", "case", world->case_id, "event",
                                               (int)last->seq, "number", 1),
                      *bytes JSON_CLEANUP = NULL, *none = NULL;
    assert_int_equal(query_run(&world->app, "case.exhibit", arguments, &bytes, NULL), 0);
    assert_string_equal(json_text(bytes, "base64"), "aGVsbG8=");
    assert_string_equal(json_text(bytes, "sha256"), hex);
    json_object_set_new(arguments, "number", json_integer(3));
    assert_refused(query_run(&world->app, "case.exhibit", arguments, &none, &detail), ERR_NOT_FOUND,
                   &detail, "has no such exhibit");
}

static void exhibits_are_refused_with_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const struct {
        const char *document;
        int code;
        const char *words;
    } rows[] = {
        {"{\"text\":\"x\",\"exhibits\":1}", ERR_SYNTAX, "/exhibits is no array"},
        {"{\"text\":\"x\",\"exhibits\":[1]}", ERR_SYNTAX, "/exhibits/0 is no object"},
        {"{\"text\":\"x\",\"exhibits\":[1,2,3,4,5,6,7,8,9]}", ERR_LIMIT,
         "/exhibits has more than 8 members"},
        {EXHIBIT(PLAIN ",\"colour\":\"red\""), ERR_SYNTAX,
         "/exhibits/0/colour: there is no such member"},
        {EXHIBIT(PLAIN ",\"name\":5"), ERR_SYNTAX, "/exhibits/0/name is no text"},
        {EXHIBIT("\"base64\":\"aGVsbG8=\""), ERR_SYNTAX, "/exhibits/0/media_type is missing"},
        {EXHIBIT("\"media_type\":\"text/html\",\"base64\":\"aGVsbG8=\""), ERR_REFUSED,
         "/exhibits/0/media_type: text/plain"},
        {EXHIBIT(PLAIN ",\"name\":\"a\\nExhibit 2\",\"base64\":\"aGVsbG8=\""), ERR_SYNTAX,
         "/exhibits/0/name is one line"},
        {EXHIBIT(PLAIN ",\"name\":\"a\xc2\x9b"
                       "2J\",\"base64\":\"aGVsbG8=\""),
         ERR_SYNTAX, "/exhibits/0/name is one line"},
        {EXHIBIT(PLAIN ",\"name\":\"a\xe2\x80\xaegpj.exe\",\"base64\":\"aGVsbG8=\""), ERR_SYNTAX,
         "/exhibits/0/name is one line"},
        {EXHIBIT(PLAIN ",\"collected_on\":\"2027-01-05\",\"base64\":\"aGVsbG8=\""), ERR_SYNTAX,
         "/exhibits/0/collected_on is no day up to today"},
        {EXHIBIT(PLAIN), ERR_SYNTAX, "/exhibits/0/base64 is missing"},
        {EXHIBIT(PLAIN ",\"part\":\"f\""), ERR_SYNTAX,
         "/exhibits/0/part: no part 'f' came with a form"},
        {EXHIBIT(PLAIN ",\"part\":\"f\",\"base64\":\"aGVsbG8=\""), ERR_SYNTAX,
         "/exhibits/0 has both base64 and part"},
        {EXHIBIT(PLAIN ",\"base64\":\"aGVsbG8=\",\"sha256\":\"00\""), ERR_SYNTAX,
         "/exhibits/0/sha256 is no SHA-256"},
        {EXHIBIT(PLAIN ",\"base64\":\"?\""), ERR_SYNTAX, "/exhibits/0/base64 is no base64"},
        {EXHIBIT(PLAIN ",\"base64\":\"\""), ERR_SYNTAX,
         "/exhibits/0/base64 is no base64, or empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(answer(world, &petra, world->case_id, NULL, rows[i].document, &detail),
                       rows[i].code, &detail, rows[i].words);
    json_t *shown JSON_CLEANUP = see(world);
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown, "case"), "answers")),
                     0);
}

/* `count` exhibits of so many bytes, all zero. */
static int answer_with(struct world *world, int count, size_t size, struct error_detail *detail)
{
    size_t length = size / 3 * 4;
    char *coded = malloc(length + 1);
    json_t *exhibits = json_array();
    memset(coded, 'A', length);
    coded[length] = '\0';
    for (int i = 0; i < count; i++)
        json_array_append_new(
            exhibits, json_pack("{s:s, s:s}", "media_type", "application/pdf", "base64", coded));
    json_t *document JSON_CLEANUP = json_pack("{s:s, s:o}", "text", "x", "exhibits", exhibits);
    char *text = json_dumps(document, JSON_COMPACT);
    int result = answer(world, &petra, world->case_id, NULL, text, detail);
    free(coded);
    free(text);
    return result;
}

static void exhibits_have_a_size(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    enum { EACH = 5 << 20, THIRD = EACH / 3 * 3 };
    assert_refused(answer_with(world, 1, THIRD + 3, &detail), ERR_LIMIT, &detail,
                   "/exhibits/0 has more than 5242880 bytes");
    assert_refused(answer_with(world, 5, THIRD, &detail), ERR_LIMIT, &detail,
                   "/exhibits have more than 20971520 bytes");
    assert_int_equal(answer_with(world, 2, THIRD, NULL), 0);
}

/* A1. */
static void who_may_not_answer_does_not(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *text = "{\"text\":\"x\"}";
    const char *hidden = open_case(world, "registrar-1", "hidden.example");
    const struct actor paul = {.id = "paul", .roles = ROLE_PARTY};
    app_world_put_user(&world->app, "paul", "party", "registrar-1", WORLD_START);
    grant(world, "paul", "registrar-1", "read");
    static const char *const nothing = "there is no such case, or none for you";
    assert_refused(answer(world, &quinn, world->case_id, NULL, text, &detail), ERR_NOT_FOUND,
                   &detail, nothing);
    assert_refused(answer(world, &petra, hidden, NULL, text, &detail), ERR_NOT_FOUND, &detail,
                   nothing);
    assert_refused(answer(world, &petra, "c-none", NULL, text, &detail), ERR_NOT_FOUND, &detail,
                   nothing);
    assert_refused(answer(world, &paul, world->case_id, NULL, text, &detail), ERR_DENIED, &detail,
                   "paul may read for registrar-1, which is not enough to answer");
    assert_refused(ask_time(world, &paul, "2027-02-01", "x", &detail), ERR_DENIED, &detail,
                   "not enough to answer");
    assert_refused(answer(world, &anna, world->case_id, NULL, text, &detail), ERR_DENIED, &detail,
                   "'own.answer' is for the role party");
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event",
                                     "recused", "object", "petra", "reason", "interest")));
    assert_refused(answer(world, &petra, world->case_id, NULL, text, &detail), ERR_REFUSED, &detail,
                   "petra is recused from this case");
}

/* W5. */
static void an_answer_names_the_version_that_was_seen(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *shown JSON_CLEANUP = see(world);
    const char *version = json_text(shown, "version"), *text = "{\"text\":\"x\"}";
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s}", "case", world->case_id, "event", "meeting",
                                     "reason", "inside")));
    assert_int_equal(answer(world, &petra, world->case_id, version, text, NULL), 0);
    assert_refused(answer(world, &petra, world->case_id, version, text, &detail), ERR_CONFLICT,
                   &detail, "the case is not what it was when it was read");
}

/* A4: it moves nothing, waits for a person, and ends when they decide. */
static void more_time_is_a_request(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    int32_t due = world_due_day(world, world->case_id);
    assert_refused(ask_time(world, &petra, NULL, "x", &detail), ERR_SYNTAX, &detail, "'until'");
    assert_refused(ask_time(world, &petra, "soon", "x", &detail), ERR_SYNTAX, &detail, "soon");
    assert_refused(ask_time(world, &petra, "2027-02-01", NULL, &detail), ERR_SYNTAX, &detail,
                   "'text'");
    assert_refused(ask_time(world, &petra, "2027-02-01", "", &detail), ERR_SYNTAX, &detail,
                   "/text is missing or empty");
    assert_refused(ask_time(world, &petra, "2027-01-05", "x", &detail), ERR_REFUSED, &detail,
                   "it is due on 2027-01-11, which is no earlier");
    assert_int_equal(ask_time(world, &petra, "2027-02-01", "A flood, " CANARY, NULL), 0);
    assert_int_equal(world_due_day(world, world->case_id), due);
    assert_refused(ask_time(world, &petra, "2027-03-01", "x", &detail), ERR_REFUSED, &detail,
                   "time until 2027-02-01 was asked for; a person decides");
    json_t *tasks JSON_CLEANUP = world_ask(world, "outbox.list", "state", "dead");
    const json_t *task = json_array_get(json_object_get(tasks, "tasks"), 0);
    assert_string_equal(json_text(task, "kind"), EXTENSION_TASK);
    assert_string_equal(json_text(task, "case"), world->case_id);
    assert_non_null(strstr(json_text(task, "error"), "asks for time until 2027-02-01"));
    json_t *shown JSON_CLEANUP = see(world);
    const json_t *row =
        json_array_get(json_object_get(json_object_get(shown, "case"), "extensions"), 0);
    assert_string_equal(json_text(row, "until"), "2027-02-01");
    assert_true(json_is_true(json_object_get(row, "waits")));
    const char *text = kept(world, json_text(row, "sha256"));
    assert_non_null(strstr(text, "Until: 2027-02-01\n\nA flood, " CANARY));
    /* Extended by two people, as the process wants it. */
    json_t *proposed JSON_CLEANUP =
        world_must(world, &anna, "case.record",
                   json_pack("{s:s, s:s, s:s, s:s}", "case", world->case_id, "event", "extended",
                             "until", "2027-01-20", "reason", "flood"));
    const char *proposal = json_text(proposed, "proposal");
    if (proposal)
        json_decref(
            world_must(world, &bert, "case.agree",
                       json_pack("{s:s, s:s}", "case", world->case_id, "proposal", proposal)));
    json_t *then JSON_CLEANUP = see(world);
    row = json_array_get(json_object_get(json_object_get(then, "case"), "extensions"), 0);
    assert_false(json_is_true(json_object_get(row, "waits")));
    assert_int_equal(ask_time(world, &petra, "2027-03-01", "still wet", NULL), 0);
}

static void a_request_that_is_damaged_is_told(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    char key[80];
    snprintf(key, sizeof key, "%s/000009/extension", world->case_id);
    const struct store_task task = {
        .key = key, .kind = EXTENSION_TASK, .payload = "{}", .state = OUTBOX_DEAD, .error = ""};
    assert_int_equal(store_outbox_put(world->app.store, &task), 1);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "case", world->case_id), *shown = NULL;
    assert_refused(query_run(&world->app, "own.case", arguments, &shown, &detail), ERR_DAMAGED,
                   &detail, "/000009/extension");
}

/* What waits ends with the case. */
static void with_the_case_its_requests_end(void **state)
{
    struct world *world = *state;
    assert_int_equal(ask_time(world, &petra, "2027-02-01", "a flood", NULL), 0);
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s, s:s, s:s}", "case", world->case_id, "event",
                                     "closed", "closure", "sent-in-error", "outcome", "withdrawn",
                                     "reason", "ours")));
    json_t *tasks JSON_CLEANUP = world_ask(world, "outbox.list", "state", "dead");
    assert_int_equal(json_array_size(json_object_get(tasks, "tasks")), 0);
    json_t *shown JSON_CLEANUP = see(world);
    const json_t *seen = json_object_get(shown, "case");
    assert_true(json_is_string(json_object_get(seen, "outcome")));
    assert_true(json_is_null(json_object_get(seen, "due")));
}

static void without_a_clock_no_time_is_asked_for(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step judged = {.type = CASE_ANSWER_JUDGED, .judgement = ANSWER_ADEQUATE};
    CASE_TEXT(judged.reason, "done");
    assert_int_equal(answer(world, &petra, world->case_id, NULL, "{\"text\":\"done\"}", NULL), 0);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, judged); /* adequate, which stops the clock */
    assert_refused(ask_time(world, &petra, "2027-02-01", "x", &detail), ERR_REFUSED, &detail,
                   "no time runs in this case");
}

/* A6: before its due moment the house escalates, and no letter says so yet. */
static void what_was_not_told_changes_no_answer(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step draft = {.type = CASE_NOTICE_DRAFTED, .sha256 = digest_of("harm", 4)},
                     approval = {.type = CASE_NOTICE_APPROVED, .sha256 = digest_of("harm", 4)},
                     up = {.type = CASE_ESCALATED, .criterion = CRITERION_HARM};
    const struct demand asked = {.number = 1, .kind = DEMAND_EXPLAIN};
    struct case_step first = {.type = CASE_NOTICE_DRAFTED,
                              .sha256 = digest_of("bytes", 5),
                              .demands = &asked,
                              .demand_count = 1};
    const char *id = open_case(world, "registrar-1", "b.example");
    CASE_TEXT(first.letter, "notice1");
    CASE_TEXT(draft.letter, "escalated");
    CASE_TEXT(approval.letter, "escalated");
    CASE_TEXT(up.letter, "escalated");
    CASE_TEXT(up.reason, "harm");
    world->case_id = id;
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    world_step(&file, &anna, first);
    world_serve(&file, "notice1");
    world_step(&file, &anna, draft);
    world_step(&file, &bert, approval);
    world_step(&file, &anna, up);
    assert_string_equal(file.state.stage->id, "escalated");
    assert_refused(
        answer(world, &petra, id, NULL, "{\"text\":\"x\",\"items\":[\"2=comply\"]}", &detail),
        ERR_REFUSED, &detail, "/items: the letter has no item 2");
    json_t *told JSON_CLEANUP = world_must(world, &petra, "own.answer",
                                           json_pack("{s:s, s:s}", "case", id, "document",
                                                     "{\"text\":\"x\",\"items\":[\"1=comply\"]}"));
    assert_non_null(strstr(kept(world, json_text(told, "sha256")), "Item 1: comply\n"));
    json_t *shown JSON_CLEANUP = see(world);
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown, "case"), "answers")),
                     1);
    struct casefile after CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &after, NULL), 0);
    assert_true(casefile_has(&after, CASE_RECEIVED, "answered-between-letters"));
    json_t *tasks JSON_CLEANUP = world_ask(world, "outbox.list", "state", "dead");
    const json_t *task = json_array_get(json_object_get(tasks, "tasks"), 0);
    assert_string_equal(json_text(task, "kind"), "read-answer");
    assert_non_null(strstr(json_text(task, "error"), "the party answered what the case is past"));
    assert_int_equal(ask_time(world, &petra, "2027-02-01", "a flood", NULL), 0);
}

/* A6: after the end, and after it was reopened. */
static void an_end_is_an_end_until_a_letter_says_otherwise(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const words = "this case takes no more of its party; write to us";
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s, s:s, s:s}", "case", world->case_id, "event",
                                     "closed", "closure", "sent-in-error", "outcome", "withdrawn",
                                     "reason", "ours")));
    for (int i = 0; i < 2; i++) {
        assert_refused(answer(world, &petra, world->case_id, NULL, "{\"text\":\"x\"}", &detail),
                       ERR_REFUSED, &detail, words);
        assert_null(strstr(detail.text, "stage"));
        assert_refused(ask_time(world, &petra, "2027-02-01", "x", &detail), ERR_REFUSED, &detail,
                       "no time runs in this case");
        if (i == 0)
            json_decref(world_must(world, &anna, "case.record",
                                   json_pack("{s:s, s:s, s:s}", "case", world->case_id, "event",
                                             "reopened", "reason", "new facts")));
    }
}

/* A5. */
static void a_case_takes_so_much_from_its_party_in_a_day(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    for (int day = 0; day < 25; day++) {
        for (int i = 0; i < 20; i++)
            assert_int_equal(
                answer(world, &petra, world->case_id, NULL, "{\"text\":\"again\"}", NULL), 0);
        if (day == 0)
            assert_refused(
                answer(world, &petra, world->case_id, NULL, "{\"text\":\"again\"}", &detail),
                ERR_TIMED_OUT, &detail, "the party sent 20 things in this case within a day");
        world->app.clock.frozen_at += CIVIL_DAY_US;
    }
    assert_refused(answer(world, &petra, world->case_id, NULL, "{\"text\":\"again\"}", &detail),
                   ERR_REFUSED, &detail, "the party sent 500 things in this case");
}

/* A5: over all cases of the party, and of nobody else. */
static void a_party_sends_so_much_in_a_day(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *other = open_served(world, "registrar-1", "b.example"),
               *text = "{\"text\":\"again\"}";
    char count[64];
    snprintf(count, sizeof count, "%lld %lld", (long long)(WORLD_START / CIVIL_DAY_US),
             (long long)SENT_DAY_BYTES_MAX - 200);
    assert_int_equal(store_meta_set(world->app.store, "sent.registrar-1", count), 0);
    assert_int_equal(answer(world, &petra, world->case_id, NULL, text, NULL), 0);
    assert_refused(answer_with(world, 1, 300, &detail), ERR_TIMED_OUT, &detail,
                   "what was sent for registrar-1 today has more than 268435456 bytes; more can "
                   "come tomorrow");
    assert_int_equal(answer(world, &petra, other, NULL, text, NULL), 0);
    assert_refused(answer(world, &petra, other, NULL, text, &detail), ERR_TIMED_OUT, &detail,
                   "what was sent for registrar-1 today");
    world->app.clock.frozen_at += CIVIL_DAY_US;
    assert_int_equal(answer(world, &petra, other, NULL, text, NULL), 0);
    assert_int_equal(store_meta_set(world->app.store, "sent.registrar-1", "much"), 0);
    assert_refused(answer(world, &petra, other, NULL, text, &detail), ERR_DAMAGED, &detail,
                   "how much a party sent");
}

#define IN_CASE(test) cmocka_unit_test_setup_teardown(test, make_case, world_end)

TEST_MAIN(IN_CASE(an_answer_is_kept_whole_and_told_by_its_digest),
          IN_CASE(the_same_words_are_another_text), IN_CASE(answers_are_refused_with_words),
          IN_CASE(exhibits_are_kept_as_they_came), IN_CASE(exhibits_are_refused_with_words),
          IN_CASE(exhibits_have_a_size), IN_CASE(who_may_not_answer_does_not),
          IN_CASE(an_answer_names_the_version_that_was_seen), IN_CASE(more_time_is_a_request),
          IN_CASE(a_request_that_is_damaged_is_told), IN_CASE(with_the_case_its_requests_end),
          IN_CASE(without_a_clock_no_time_is_asked_for),
          IN_CASE(what_was_not_told_changes_no_answer),
          IN_CASE(an_end_is_an_end_until_a_letter_says_otherwise),
          IN_CASE(a_case_takes_so_much_from_its_party_in_a_day),
          IN_CASE(a_party_sends_so_much_in_a_day))
