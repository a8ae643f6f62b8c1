/* Letters, answers and service by the commands that people have, on a real store under the rulebook
 * that ships: the invariants 7, 8, 12 and 27 of casework, items one by one, conduct. */
#include "app/casework/casefile.h"
#include "app/casework/demand.h"
#include "app/casework/timer.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/letter.h"
#include "store/party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};
static const char duty[] = "raa.3.18.2-dns-abuse-mitigation";

static int run(struct world *world, const struct actor *actor, const char *name, const char *text,
               json_t **ret_result, struct error_detail *detail)
{
    json_t *arguments = NULL;
    assert_int_equal(json_parse(text, strlen(text), &arguments, NULL), 0);
    return world_run(world, actor, name, arguments, ret_result, detail);
}

#define must(world, actor, name, ...)                                                              \
    do {                                                                                           \
        struct error_detail must_detail = {0};                                                     \
        if (run(world, actor, name, arena_printf(&(world)->arena, __VA_ARGS__), NULL,              \
                &must_detail) < 0)                                                                 \
            fail_msg("%s: %s", name, must_detail.text);                                            \
    } while (0)

#define refuse(world, actor, code, words, name, ...)                                               \
    do {                                                                                           \
        struct error_detail refuse_detail = {0};                                                   \
        int refuse_result = run(world, actor, name, arena_printf(&(world)->arena, __VA_ARGS__),    \
                                NULL, &refuse_detail);                                             \
        assert_refused(refuse_result, code, &refuse_detail, words);                                \
    } while (0)

static void deliver(struct world *world, enum smtp_outcome outcome)
{
    world_answer(world, world_work(world), outcome);
}

static struct store_letter last_letter(struct world *world)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = world->case_id};
    assert_int_equal(store_letter_list(world->app.store, &query, &world->arena, &letters, &count),
                     0);
    assert_true(count > 0);
    return letters[count - 1];
}

static const char *last_sha256(struct world *world)
{
    char hex[DIGEST_HEX];
    const struct store_letter letter = last_letter(world);
    return arena_copy_text(&world->arena, digest_format(&letter.sha256, hex));
}

static json_t *ask(struct world *world, const char *query, const char *key, const char *value)
{
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", key, value), *result = NULL;
    struct error_detail detail = {0};
    if (query_run(&world->app, query, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", query, detail.text);
    return result;
}

static size_t running_deadlines(struct world *world)
{
    struct store_deadline *deadlines;
    size_t count, running = 0;
    assert_int_equal(
        store_deadline_list(world->app.store, world->case_id, &world->arena, &deadlines, &count),
        0);
    for (size_t i = 0; i < count; i++)
        running += deadlines[i].state == DEADLINE_RUNNING;
    return running;
}

static void adopt(struct world *world)
{
    must(world, &anna, "case.adopt", "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id,
         last_sha256(world));
}

/* A registrar with two contacts, and a case whose first letter is drafted. */
static int make_world(void **state)
{
    struct world *world = world_new();
    const struct contact contacts[] = {
        {"registrar-1", "compliance", "Compliance", "compliance@registrar.example"},
        {"registrar-1", "legal", "Legal", "legal@registrar.example"}};
    json_t *result JSON_CLEANUP = NULL;
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world_put_agreement(world);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(store_contact_put(world->app.store, &contacts[i]), 0);
    const char *open = arena_printf(&world->arena,
                                    "{\"party\":\"registrar-1\",\"obligation\":\"%s\","
                                    "\"subject\":\"a.example\",\"violation\":true}",
                                    duty);
    assert_int_equal(run(world, &anna, "case.open", open, &result, NULL), 0);
    world->case_id = arena_copy_text(&world->arena, json_text(result, "case"));
    assert_null(world_work(world));
    *state = world;
    return 0;
}

static void serve(struct world *world)
{
    adopt(world);
    deliver(world, SMTP_ACCEPTED);
}

static struct store_letter letter_of_kind(struct world *world, const char *kind)
{
    struct store_letter *letters, found = {.id = NULL};
    size_t count;
    const struct store_letter_query query = {.case_id = world->case_id};
    assert_int_equal(store_letter_list(world->app.store, &query, &world->arena, &letters, &count),
                     0);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(letters[i].kind, kind) == 0)
            assert_int_equal(
                store_letter_find(world->app.store, letters[i].id, &world->arena, &found), 0);
    }
    assert_non_null(found.id);
    return found;
}

static bool says(const struct store_letter *letter, const char *words)
{
    return memmem(letter->bytes.data, letter->bytes.size, words, strlen(words)) != NULL;
}

/* --- items --- */

static const json_t *item(const json_t *shown, size_t index)
{
    return json_array_get(json_object_get(shown, "items"), index);
}

static void a_letter_numbers_what_it_asks_for(void **state)
{
    struct world *world = *state;
    struct store_letter letter;
    json_t *shown JSON_CLEANUP = ask(world, "case.show", "case", world->case_id);
    assert_int_equal(json_array_size(json_object_get(shown, "items")), 2);
    assert_string_equal(json_text(item(shown, 0), "kind"), "cure");
    assert_int_equal(json_number(item(shown, 0), "allegation", 0), 1);
    assert_string_equal(json_text(item(shown, 1), "kind"), "explain");
    assert_non_null(strstr(json_text(item(shown, 0), "asks"), "Section 3.18.2, a.example"));
    assert_int_equal(
        store_letter_find(world->app.store, last_letter(world).id, &world->arena, &letter), 0);
    assert_non_null(memmem(letter.bytes.data, letter.bytes.size, "1. Section 3.18.2", 17));
    /* The log knows the digest of what is asked for, and no word of it. */
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    const char *data = file.events[file.event_count - 1].data;
    assert_non_null(strstr(data, json_text(item(shown, 0), "sha256")));
    assert_null(strstr(data, "Section"));
}

static const char *answer_of(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    size_t count;
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    return case_fact_words(FACT_ANSWER, &count)[file.state.facts.values[FACT_ANSWER]];
}

static void an_answer_is_judged_item_by_item(void **state)
{
    struct world *world = *state;
    serve(world);
    must(world, &anna, "case.answer",
         "{\"case\":\"%s\",\"text\":\"done\",\"items\":[\"1=comply\",\"2=need-time\"]}",
         world->case_id);
    json_t *shown JSON_CLEANUP = ask(world, "case.show", "case", world->case_id);
    assert_string_equal(json_text(item(shown, 0), "position"), "comply");
    assert_string_equal(json_text(item(shown, 1), "position"), "need-time");
    assert_int_equal(strlen(json_text(item(shown, 0), "evidence")), DIGEST_HEX - 1);
    must(world, &anna, "case.judge",
         "{\"case\":\"%s\",\"item\":1,\"judgement\":\"adequate\",\"reason\":\"shown\"}",
         world->case_id);
    assert_string_equal(answer_of(world), "received");
    must(world, &anna, "case.judge",
         "{\"case\":\"%s\",\"item\":\"2\",\"judgement\":\"inadequate\",\"reason\":\"none\"}",
         world->case_id);
    assert_string_equal(answer_of(world), "partial");
    must(world, &anna, "case.answer", "{\"case\":\"%s\",\"text\":\"more\"}", world->case_id);
    must(world, &anna, "case.judge",
         "{\"case\":\"%s\",\"judgement\":\"adequate\",\"reason\":\"shown\"}", world->case_id);
    assert_string_equal(answer_of(world), "adequate");
}

static void answers_to_items_that_are_not_there_are_refused(void **state)
{
    struct world *world = *state;
    static const char *const bad[] = {"x", "0=comply", "1=maybe", "1", "65=comply"};
    serve(world);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(world, &anna, ERR_SYNTAX, "is no answer to an item", "case.answer",
               "{\"case\":\"%s\",\"text\":\"t\",\"items\":[\"%s\"]}", world->case_id, bad[i]);
    refuse(world, &anna, ERR_REFUSED, "has no item 3", "case.answer",
           "{\"case\":\"%s\",\"text\":\"t\",\"items\":[\"3=comply\"]}", world->case_id);
}

/* --- languages --- */

static void draft_escalated(struct world *world)
{
    must(world, &anna, "case.draft", "{\"case\":\"%s\",\"letter\":\"escalated\"}", world->case_id);
}

static void a_letter_in_two_languages_keeps_and_hashes_both(void **state)
{
    struct world *world = *state;
    struct store_letter_version *versions;
    size_t count;
    must(world, &anna, "party.language", "{\"party\":\"registrar-1\",\"language\":\"es\"}");
    must(world, &anna, "case.draft", "{\"case\":\"%s\",\"letter\":\"notice1\"}", world->case_id);
    const struct store_letter letter = letter_of_kind(world, "notice1");
    assert_int_equal(
        store_letter_version_list(world->app.store, letter.id, &world->arena, &versions, &count),
        0);
    assert_int_equal(count, 1);
    assert_string_equal(versions[0].language, "es");
    assert_non_null(memmem(versions[0].bytes.data, versions[0].bytes.size, "Primer aviso", 12));
    assert_non_null(memmem(versions[0].bytes.data, versions[0].bytes.size, "idioma «en»", 13));
    const char *record = memmem(letter.bytes.data, letter.bytes.size, "Content-Language: en", 20);
    const char *other = memmem(letter.bytes.data, letter.bytes.size, "Content-Language: es", 20);
    assert_non_null(record);
    assert_true(record < other); /* the record comes first */
    assert_true(says(&letter, "Content-Type: multipart/mixed; boundary=\"=_"));
    assert_true(says(&letter, "# 1st notice") || says(&letter, "1st notice"));
    struct casefile file CASEFILE_CLEANUP = {0};
    char hex[DIGEST_HEX];
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_non_null(
        strstr(file.events[file.event_count - 1].data, digest_format(&versions[0].sha256, hex)));
}

/* The English letter alone, where nobody wrote the other one. */
static void a_language_without_a_template_changes_nothing(void **state)
{
    struct world *world = *state;
    must(world, &anna, "party.language", "{\"party\":\"registrar-1\",\"language\":\"es\"}");
    draft_escalated(world);
    const struct store_letter letter = letter_of_kind(world, "escalated");
    assert_false(says(&letter, "Content-Language"));
    assert_true(says(&letter, "Content-Type: text/plain; charset=utf-8"));
}

/* Approval binds both: the state machine knows the digest of the other language, and the store's
 * bytes are what the approver's step names. */
static void casework_invariant_8_an_approval_binds_both_languages(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step step = {.type = CASE_NOTICE_APPROVED};
    struct error_detail detail = {0};
    must(world, &anna, "party.language", "{\"party\":\"registrar-1\",\"language\":\"es\"}");
    must(world, &anna, "case.draft", "{\"case\":\"%s\",\"letter\":\"notice1\"}", world->case_id);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    CASE_TEXT(step.letter, "notice1");
    step.sha256 = file.state.letter.sha256;
    const struct casefile_step request = {.step = step, .actor = &bert};
    assert_refused(casefile_step(&file, &request, &detail), ERR_REFUSED, &detail,
                   "for other bytes in the other language");
    must(world, &bert, "case.approve", "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id,
         last_sha256(world));
}

static void languages_are_those_of_the_rulebook(void **state)
{
    refuse((struct world *)*state, &anna, ERR_REFUSED, "the rulebook has no letters in 'tlh'",
           "party.language", "{\"party\":\"registrar-1\",\"language\":\"tlh\"}");
    refuse((struct world *)*state, &anna, ERR_NOT_FOUND, "there is no party 'registrar-none'",
           "party.language", "{\"party\":\"registrar-none\",\"language\":\"es\"}");
}

/* --- approval --- */

static void casework_invariant_7_the_approver_is_somebody_else_and_not_recused(void **state)
{
    struct world *world = *state;
    draft_escalated(world);
    const char *sha256 = last_sha256(world);
    refuse(world, &anna, ERR_REFUSED, "anna drafted or edited the letter", "case.approve",
           "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id, sha256);
    refuse(world, &anna, ERR_REFUSED, "has 0 of 1 approvals", "case.send",
           "{\"case\":\"%s\",\"sha256\":\"%s\",\"criterion\":\"harm\",\"reason\":\"r\"}",
           world->case_id, sha256);
    must(world, &anna, "case.record",
         "{\"case\":\"%s\",\"event\":\"recused\",\"object\":\"bert\",\"reason\":\"shares\"}",
         world->case_id);
    refuse(world, &bert, ERR_REFUSED, "bert is recused from this case", "case.approve",
           "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id, sha256);
}

static void casework_invariant_8_an_approval_is_for_one_sha256(void **state)
{
    struct world *world = *state;
    draft_escalated(world);
    const char *first = last_sha256(world);
    must(world, &bert, "case.approve", "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id,
         first);
    draft_escalated(world); /* another Message-ID: other bytes */
    assert_string_not_equal(first, last_sha256(world));
    refuse(world, &anna, ERR_REFUSED, "has 0 of 1 approvals", "case.send",
           "{\"case\":\"%s\",\"sha256\":\"%s\",\"criterion\":\"harm\",\"reason\":\"r\"}",
           world->case_id, last_sha256(world));
    refuse(world, &bert, ERR_REFUSED, "has other bytes", "case.approve",
           "{\"case\":\"%s\",\"sha256\":\"%s\"}", world->case_id, first);
}

/* --- service --- */

static const char *task_state(struct world *world, const char **ret_words)
{
    json_t *shown JSON_CLEANUP = ask(world, "case.service", "case", world->case_id);
    struct store_task task;
    assert_int_equal(
        store_outbox_find(world->app.store, json_text(shown, "task"), &world->arena, &task), 0);
    *ret_words = arena_copy_text(&world->arena, json_text(shown, "decision"));
    return outbox_state_text(task.state);
}

static const char *next_rung(struct world *world)
{
    json_t *shown JSON_CLEANUP = ask(world, "case.service", "case", world->case_id);
    const json_t *rows = json_object_get(shown, "service");
    return arena_copy_text(&world->arena,
                           json_text(json_array_get(rows, json_array_size(rows) - 1), "next"));
}

static void casework_invariant_12_no_deadline_runs_before_service(void **state)
{
    struct world *world = *state;
    assert_int_equal(running_deadlines(world), 0);
    adopt(world);
    assert_int_equal(running_deadlines(world), 0);
    deliver(world, SMTP_REFUSED);
    assert_int_equal(running_deadlines(world), 0);
    must(world, &anna, "letter.served",
         "{\"letter\":\"%s\",\"channel\":\"courier\",\"on\":\"2027-01-04\",\"failed\":\"moved\"}",
         last_letter(world).id);
    assert_int_equal(running_deadlines(world), 0);
    must(world, &anna, "letter.served",
         "{\"letter\":\"%s\",\"channel\":\"courier\",\"on\":\"2027-01-04\",\"proof\":\"RX 17\"}",
         last_letter(world).id);
    assert_int_equal(running_deadlines(world), 1);
    json_t *conduct JSON_CLEANUP = ask(world, "party.conduct", "party", "registrar-1");
    const json_t *row = json_array_get(json_object_get(conduct, "cases"), 0);
    const json_t *notice = json_array_get(json_object_get(row, "notices"), 0);
    assert_string_equal(json_text(notice, "end"), "waits");
    assert_false(json_is_true(json_object_get(notice, "overdue")));
    assert_int_equal(json_number(json_object_get(conduct, "totals"), "unreachable", 0), 1);
}

/* Up the ladder: the other contact, then registered mail; each step is on record. */
static void casework_invariant_27_an_undelivered_letter_is_served_otherwise(void **state)
{
    struct world *world = *state;
    const char *words;
    adopt(world);
    assert_string_equal(next_rung(world), "");
    deliver(world, SMTP_REFUSED);
    assert_string_equal(task_state(world, &words), "dead");
    assert_string_equal(next_rung(world), "e-mail to legal@registrar.example");
    must(world, &anna, "letter.resend", "{\"letter\":\"%s\",\"to\":\"legal@registrar.example\"}",
         last_letter(world).id);
    deliver(world, SMTP_REFUSED);
    assert_string_equal(task_state(world, &words), "dead");
    assert_string_equal(next_rung(world), "registered mail or a courier");
    must(world, &anna, "letter.served",
         "{\"letter\":\"%s\",\"channel\":\"registered-mail\",\"on\":\"2027-01-04\","
         "\"proof\":\"RR 1\"}",
         last_letter(world).id);
    assert_string_equal(task_state(world, &words), "done");
    assert_string_equal(words, "the letter was served");
    assert_int_equal(last_letter(world).state, LETTER_STATE_SENT);
    json_t *shown JSON_CLEANUP = ask(world, "case.service", "case", world->case_id);
    const json_t *row = json_array_get(json_object_get(shown, "service"), 0);
    const json_t *attempts = json_object_get(row, "attempts");
    static const char *const channels[] = {"e-mail", "e-mail", "registered-mail"};
    assert_int_equal(json_array_size(attempts), 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(json_text(json_array_get(attempts, i), "channel"), channels[i]);
    assert_string_equal(json_text(json_array_get(attempts, 2), "proof"), "RR 1");
}

/* Or somebody says why not; or it is drafted anew; or the case ends. */
static void casework_invariant_27_or_a_decision_is_recorded(void **state)
{
    struct world *world = *state;
    const char *words;
    adopt(world);
    deliver(world, SMTP_REFUSED);
    json_t *shown JSON_CLEANUP = ask(world, "case.service", "case", world->case_id);
    must(world, &anna, "outbox.settle", "{\"key\":\"%s\",\"reason\":\"the registrar is gone\"}",
         json_text(shown, "task"));
    assert_string_equal(task_state(world, &words), "done");
    assert_string_equal(words, "the registrar is gone");
    must(world, &anna, "case.draft", "{\"case\":\"%s\",\"letter\":\"notice1\"}", world->case_id);
    deliver(world, SMTP_REFUSED);
    assert_string_equal(task_state(world, &words), "dead");
    must(world, &anna, "case.draft", "{\"case\":\"%s\",\"letter\":\"notice1\"}", world->case_id);
    assert_string_equal(task_state(world, &words), "done");
    assert_string_equal(words, "the letter was drafted anew");
    deliver(world, SMTP_REFUSED);
    must(world, &anna, "case.record",
         "{\"case\":\"%s\",\"event\":\"closed\",\"closure\":\"party-terminated\","
         "\"outcome\":\"withdrawn\",\"reason\":\"gone\"}",
         world->case_id);
    assert_string_equal(task_state(world, &words), "done");
    assert_string_equal(words, "the case ended");
}

static void what_cannot_have_been_served_is_refused(void **state)
{
    struct world *world = *state;
    const char *id = last_letter(world).id;
    static const struct {
        const char *more;
        int code;
        const char *words;
    } rows[] = {
        {"\"channel\":\"pigeon\",\"on\":\"2027-01-04\",\"proof\":\"p\"", ERR_SYNTAX,
         "not by 'pigeon'"},
        {"\"channel\":\"e-mail\",\"on\":\"2027-01-04\",\"proof\":\"p\"", ERR_SYNTAX,
         "not by 'e-mail'"},
        {"\"channel\":\"courier\",\"on\":\"2027-01-04\"", ERR_LIMIT, "the proof of delivery"},
        {"\"channel\":\"courier\",\"on\":\"monday\",\"proof\":\"p\"", ERR_SYNTAX,
         "'monday' is no date"},
        {"\"channel\":\"courier\",\"on\":\"2027-01-04\",\"proof\":\"p\"", ERR_REFUSED,
         "nobody stands behind letter"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuse(world, &anna, rows[i].code, rows[i].words, "letter.served", "{\"letter\":\"%s\",%s}",
               id, rows[i].more);
    refuse(world, &anna, ERR_NOT_FOUND, "there is no letter 'l-none'", "letter.served",
           "{\"letter\":\"l-none\",\"channel\":\"fax\"}");
    adopt(world);
    refuse(world, &anna, ERR_REFUSED, "effective service lies before the letter was ready",
           "letter.served",
           "{\"letter\":\"%s\",\"channel\":\"courier\",\"on\":\"2027-01-03\",\"proof\":\"p\"}", id);
}

/* A served letter that a courier brings as well: one more copy, no new clock. */
static void a_copy_by_courier_restarts_nothing(void **state)
{
    struct world *world = *state;
    serve(world);
    must(world, &anna, "letter.served",
         "{\"letter\":\"%s\",\"channel\":\"courier\",\"on\":\"2027-01-04\",\"proof\":\"p\"}",
         last_letter(world).id);
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    const struct case_event *last = &file.events[file.event_count - 1];
    assert_int_equal(last->type, CASE_RESENT);
    assert_non_null(strstr(last->data, "\"channel\":\"courier\""));
    assert_int_equal(running_deadlines(world), 1);
}

/* --- the end, told to both sides --- */

static void close_case(struct world *world)
{
    must(world, &anna, "case.record",
         "{\"case\":\"%s\",\"event\":\"closed\",\"closure\":\"domain-suspended-before\","
         "\"outcome\":\"not-substantiated\",\"reason\":\"looked-at\"}",
         world->case_id);
}

static void know_complainant(struct world *world, const char *language)
{
    must(world, &anna, "case.complainant",
         "{\"case\":\"%s\",\"email\":\"who@complained.example\",\"language\":\"%s\"}",
         world->case_id, language);
}

static size_t notes_of(struct world *world, const char *reason)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    size_t count = 0;
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    for (size_t i = 0; i < file.event_count; i++)
        count += file.events[i].type == CASE_RECEIVED && strcmp(file.events[i].reason, reason) == 0;
    return count;
}

/* Both are told in words; what was written to the party informally is not in the other's message,
 * and the complainant's address is in no event. */
static void casework_invariant_19_both_sides_are_told_how_it_ended(void **state)
{
    struct world *world = *state;
    serve(world);
    know_complainant(world, "en");
    close_case(world);
    deliver(world, SMTP_ACCEPTED);
    const struct store_letter told = letter_of_kind(world, "complainant");
    const struct store_letter party = letter_of_kind(world, "closed");
    assert_int_equal(told.state, LETTER_STATE_SENT);
    assert_string_equal(told.recipient, "who@complained.example");
    assert_true(says(&told, "The domain had been suspended or deleted before"));
    assert_true(says(&told, world->case_id));
    assert_true(says(&told, "Auto-Submitted: auto-generated"));
    assert_false(says(&told, "compliance@registrar.example"));
    assert_string_equal(party.recipient, "compliance@registrar.example");
    assert_false(says(&party, "complained.example"));
    assert_int_equal(notes_of(world, "complainant-told"), 1);
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    for (size_t i = 0; i < file.event_count; i++)
        assert_null(strstr(file.events[i].data, "complained.example"));
    assert_string_equal(file.record.closure, "domain-suspended-before");
}

/* Where nobody can be told, somebody says why; without a reason no case closes. */
static void casework_invariant_19_or_the_reason_why_not_is_recorded(void **state)
{
    struct world *world = *state;
    struct store_task *tasks;
    size_t count;
    refuse(world, &anna, ERR_REFUSED, "'closed' needs a reason", "case.record",
           "{\"case\":\"%s\",\"event\":\"closed\",\"closure\":\"too-broad\","
           "\"outcome\":\"withdrawn\"}",
           world->case_id);
    close_case(world);
    assert_null(world_work(world));
    assert_int_equal(
        store_outbox_list(world->app.store, OUTBOX_DEAD, NULL, 0, &world->arena, &tasks, &count),
        0);
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].kind, "tell-complainant");
    must(world, &anna, "outbox.settle", "{\"key\":\"%s\",\"reason\":\"sent no address\"}",
         tasks[0].key);
    struct store_task settled;
    assert_int_equal(store_outbox_find(world->app.store, tasks[0].key, &world->arena, &settled), 0);
    assert_string_equal(settled.error, "sent no address");
}

static void a_complainant_who_cannot_be_reached_is_left_to_a_person(void **state)
{
    struct world *world = *state;
    struct store_task *tasks;
    size_t count;
    know_complainant(world, "xx"); /* no such language: the authority's */
    close_case(world);
    deliver(world, SMTP_DEFERRED);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 60000000), 0);
    deliver(world, SMTP_REFUSED);
    assert_int_equal(letter_of_kind(world, "complainant").state, LETTER_STATE_FAILED);
    assert_int_equal(notes_of(world, "complainant-not-told"), 1);
    assert_int_equal(
        store_outbox_list(world->app.store, OUTBOX_DEAD, NULL, 0, &world->arena, &tasks, &count),
        0);
    assert_int_equal(count, 1);
    assert_non_null(strstr(tasks[0].error, "tell otherwise, or say why not"));
}

static void who_complained_is_checked(void **state)
{
    struct world *world = *state;
    json_t *result JSON_CLEANUP = NULL;
    refuse(world, &anna, ERR_SYNTAX, "'nobody' is no address to write to", "case.complainant",
           "{\"case\":\"%s\",\"email\":\"nobody\"}", world->case_id);
    const char *open = arena_printf(&world->arena,
                                    "{\"party\":\"registrar-1\",\"obligation\":\"%s\","
                                    "\"subject\":\"b.example\",\"origin\":\"monitoring\"}",
                                    duty);
    assert_int_equal(run(world, &anna, "case.open", open, &result, NULL), 0);
    refuse(world, &anna, ERR_REFUSED, "did not come from a complaint", "case.complainant",
           "{\"case\":\"%s\",\"email\":\"a@b.example\"}", json_text(result, "case"));
}

static void nobody_has_no_conduct(void **state)
{
    struct world *world = *state;
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "party", "registrar-none"), *result = NULL;
    struct error_detail detail = {0};
    assert_refused(query_run(&world->app, "party.conduct", arguments, &result, &detail),
                   ERR_NOT_FOUND, &detail, "there is no party 'registrar-none'");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, make_world, world_end)

typedef int demand_read(const struct casefile *file, struct arena *arena,
                        struct demand_texts *ret_demands, struct error_detail *detail);

/* Whatever memory is left, `read` succeeds or says what it was about. */
static void expect_limits(demand_read *read, const struct casefile *file, const char *words)
{
    static const char of_case[] = "allegations of case ";
    struct demand_texts *demands = calloc(1, sizeof *demands);
    bool of_allegations = false, of_items = false;
    int result = ERR_LIMIT;
    for (size_t limit = 0; result < 0; limit += 16) {
        struct arena arena ARENA_CLEANUP = {0};
        struct error_detail detail = {0};
        arena_init(&arena, limit);
        result = read(file, &arena, demands, &detail);
        of_allegations |= strstr(detail.text, of_case) != NULL;
        of_items |= strncmp(detail.text, words, strlen(words)) == 0;
        assert_true(result >= 0 || (result == ERR_LIMIT && detail.text[0]));
    }
    assert_true(of_allegations && of_items);
    assert_true(demands->count > 0);
    free(demands);
}

static void what_a_letter_asks_for_says_what_it_has_no_room_for(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    serve(world);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    expect_limits(demand_make, &file, "what the letter asks for: ");
    expect_limits(demand_recall, &file, "items of the letter: ");
}

TEST_MAIN(WORLD_TEST(a_letter_numbers_what_it_asks_for),
          WORLD_TEST(what_a_letter_asks_for_says_what_it_has_no_room_for),
          WORLD_TEST(an_answer_is_judged_item_by_item),
          WORLD_TEST(answers_to_items_that_are_not_there_are_refused),
          WORLD_TEST(a_letter_in_two_languages_keeps_and_hashes_both),
          WORLD_TEST(a_language_without_a_template_changes_nothing),
          WORLD_TEST(casework_invariant_8_an_approval_binds_both_languages),
          WORLD_TEST(languages_are_those_of_the_rulebook),
          WORLD_TEST(casework_invariant_7_the_approver_is_somebody_else_and_not_recused),
          WORLD_TEST(casework_invariant_8_an_approval_is_for_one_sha256),
          WORLD_TEST(casework_invariant_12_no_deadline_runs_before_service),
          WORLD_TEST(casework_invariant_27_an_undelivered_letter_is_served_otherwise),
          WORLD_TEST(casework_invariant_27_or_a_decision_is_recorded),
          WORLD_TEST(what_cannot_have_been_served_is_refused),
          WORLD_TEST(a_copy_by_courier_restarts_nothing),
          WORLD_TEST(casework_invariant_19_both_sides_are_told_how_it_ended),
          WORLD_TEST(casework_invariant_19_or_the_reason_why_not_is_recorded),
          WORLD_TEST(a_complainant_who_cannot_be_reached_is_left_to_a_person),
          WORLD_TEST(who_complained_is_checked), WORLD_TEST(nobody_has_no_conduct))
