/* Mail that becomes a complaint: one outcome each, everything said is sealed, nobody automatic is
 * answered, and a receipt repeats nothing (invariant 2; Q1 to Q4 of letters/receipt.h). */
#include "app/intake/mail.h"

#include "app/complaints/addition.h"
#include "app/complaints/due.h"
#include "app/letters/complaint_mail.h"
#include "app/letters/receipt.h"
#include "app/monitor/judge.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"
#include "store/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define QUILL "From: Zoe Quill <zoe@mail.example>\nMessage-ID: <1@mail.example>\n"
#define HELP                                                                                       \
    QUILL "Subject: help\n\nThe shop at hxxps://bad[.]example steals. See other.zz and v1.2.\n"

static const struct actor mta = {.id = "mta", .roles = ROLE_MAIL},
                          anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world->app.children = true;
    world->app.config.mail_from = "desk@authority.example";
    const struct tld tld = {"example", TLD_GENERIC, NULL, ""};
    assert_true(store_tld_put(world->app.store, &tld) >= 0);
    *state = world;
    return 0;
}

static int try_take(struct world *world, const char *text, json_t **ret_result,
                    struct error_detail *detail)
{
    char coded[8192];
    base64_format(text, strlen(text), coded, sizeof coded);
    return world_run(world, &mta, "mail.take", json_pack("{s:s}", "bytes", coded), ret_result,
                     detail);
}

static json_t *take(struct world *world, const char *text)
{
    struct error_detail detail = {0};
    json_t *result = NULL;
    if (try_take(world, text, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    return result;
}

/* Takes a mail and returns what became of it, with the reason behind a blank. */
static const char *fate(struct world *world, const char *text)
{
    json_t *taken JSON_CLEANUP = take(world, text);
    const char *reason = json_text(taken, "reason");
    const char *fate = arena_printf(&world->arena, "%s%s%s", json_text(taken, "outcome"),
                                    reason[0] ? " " : "", reason);
    assert_non_null(fate);
    return fate;
}

/* The complaint that a mail became. */
static const char *file(struct world *world, const char *text)
{
    json_t *taken JSON_CLEANUP = take(world, text);
    assert_string_equal(json_text(taken, "outcome"), "complaint");
    return arena_copy_text(&world->arena, json_text(taken, "complaint"));
}

static json_t *show(struct world *world, const char *reference)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", reference), *result = NULL;
    if (query_run(&world->app, "complaint.show", arguments, &result, &detail) < 0)
        fail_msg("%s", detail.text);
    json_t *complaint = json_incref(json_object_get(result, "complaint"));
    json_decref(result);
    return complaint;
}

static const char *answer_of(const json_t *complaint, const char *question)
{
    const json_t *answers = json_object_get(complaint, "answers");
    for (size_t i = 0; i < json_array_size(answers); i++) {
        const json_t *answer = json_array_get(answers, i);
        if (strcmp(json_text(answer, "question"), question) == 0)
            return json_text(answer, "answer");
    }
    return "";
}

/* What the last event says under a name. */
static const char *last(struct world *world, const char *reference, const char *name)
{
    json_t *complaint JSON_CLEANUP = show(world, reference);
    const json_t *events = json_object_get(complaint, "events");
    const char *text = json_text(json_array_get(events, json_array_size(events) - 1), name);
    return text ? arena_copy_text(&world->arena, text) : "";
}

/* The scope tests that would close it. */
static const char *scope_lacks(struct world *world, const char *reference)
{
    json_t *complaint JSON_CLEANUP = show(world, reference);
    const char *list = "";
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(complaint, "missing"), i, row)
    {
        if (strcmp(json_text(row, "kind"), "scope") == 0)
            list = arena_printf(&world->arena, "%s%s ", list, json_text(row, "id"));
    }
    return list;
}

static const char *state_of(struct world *world, const char *reference)
{
    json_t *complaint JSON_CLEANUP = show(world, reference);
    return arena_copy_text(&world->arena, json_text(complaint, "state"));
}

static struct store_receipt receipt_of(struct world *world, const char *reference)
{
    struct store_receipt receipt;
    const struct store_receipt_about about = {reference, RECEIPT_LETTER, 0};
    assert_int_equal(store_receipt_find_about(world->app.store, &about, &world->arena, &receipt),
                     0);
    return receipt;
}

/* --- what a person wrote --- */

static void a_mail_becomes_a_draft_that_waits_for_a_person(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(complaint, "type"), "generic-registrar");
    assert_string_equal(json_text(complaint, "state"), "held");
    assert_non_null(strstr(answer_of(complaint, "what"), "steals"));
    assert_string_equal(answer_of(complaint, "domain"), "");
    const json_t *suggested = json_object_get(complaint, "suggested");
    assert_int_equal(json_array_size(suggested), 1);
    assert_string_equal(json_string_value(json_array_get(suggested, 0)), "bad.example");
    assert_int_equal(json_array_size(json_object_get(complaint, "names")), 0);
    const json_t *filed = json_array_get(json_object_get(complaint, "events"), 0);
    assert_string_equal(json_text(filed, "came_as"), "mail");
    assert_string_equal(json_text(filed, "actor"), "mta");
    json_t *who JSON_CLEANUP = NULL;
    assert_int_equal(
        world_run(world, &anna, "complaint.reporter",
                  json_pack("{s:s, s:s}", "complaint", reference, "reason", "to-answer"), &who,
                  NULL),
        0);
    assert_string_equal(json_text(who, "email"), "zoe@mail.example");
    assert_string_equal(json_text(who, "name"), "Zoe Quill");
}

/* TLP 2.0, section 2b. */
static void a_label_in_the_subject_is_kept(void **state)
{
    struct world *world = *state;
    json_t *plain JSON_CLEANUP = show(world, file(world, HELP));
    json_t *labelled JSON_CLEANUP =
        show(world, file(world, "From: Zoe Quill <zoe@mail.example>\nMessage-ID: <2@mail.example>\n"
                                "Subject: [TLP:AMBER+STRICT] help\n\nThe shop steals.\n"));
    assert_null(json_text(plain, "tlp"));
    assert_string_equal(json_text(labelled, "tlp"), "amber+strict");
}

/* Its row says that it came, and the complaint has the exact bytes. */
static void what_it_says_is_sealed(void **state)
{
    struct world *world = *state;
    struct digest digest = digest_of(HELP, strlen(HELP));
    struct store_mail mail;
    struct error_detail detail = {0};
    char hex[DIGEST_HEX];
    const char *reference = file(world, HELP);
    assert_int_equal(store_mail_find(world->app.store, &digest, &world->arena, &mail), 0);
    assert_string_equal(mail.sender, "");
    assert_string_equal(mail.subject, "");
    assert_string_equal(mail.complaint, reference);
    assert_int_equal(mail.bytes.size, 0);
    struct bytes kept;
    assert_int_equal(record_get_bytes(&world->app, reference, 1, &world->arena, &kept, &detail), 0);
    assert_int_equal(kept.size, strlen(HELP));
    assert_memory_equal(kept.data, HELP, kept.size);
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "mail", digest_format(&digest, hex));
    json_t *result = NULL;
    assert_refused(query_run(&world->app, "mail.show", arguments, &result, &detail), ERR_REFUSED,
                   &detail, "is sealed with complaint");
    json_t *again JSON_CLEANUP = take(world, HELP);
    assert_true(json_is_true(json_object_get(again, "again")));
    assert_string_equal(json_text(again, "complaint"), reference);
}

static void html_alone_is_read_without_its_marks(void **state)
{
    struct world *world = *state;
    const char *reference =
        file(world, QUILL "Content-Type: text/html\n\n<style>p{}</style><p>The shop<br>steals "
                          "&amp; lies</p><script>alert(1)</script>\n");
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_non_null(strstr(answer_of(complaint, "what"), "The shop\nsteals & lies"));
    assert_null(strstr(answer_of(complaint, "what"), "alert"));
}

/* What a form gets: held by the scope tests that fail, and found beside others. */
static void a_mail_is_checked_and_compared(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *answer JSON_CLEANUP = NULL;
    const char *reference = file(world, HELP);
    assert_string_equal(scope_lacks(world, reference), "told-first ");
    const char *other = file(world, "From: Yan Oak <yan@mail.example>\nSubject: shop\n\nThe shop "
                                    "at hxxps://bad[.]example steals. See other.zz and v1.2.\n");
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "complaint", other);
    assert_int_equal(query_run(&world->app, "complaint.similar", arguments, &answer, &detail), 0);
    const json_t *row = json_array_get(json_object_get(answer, "complaints"), 0);
    const json_t *similar = json_array_get(json_object_get(row, "similar"), 0);
    assert_string_equal(json_text(similar, "reference"), reference);
    assert_int_equal(
        world_run(world, &ada, "complaint.erase",
                  json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"), NULL,
                  &detail),
        0);
    json_decref(answer);
    answer = NULL;
    assert_int_equal(query_run(&world->app, "complaint.similar", arguments, &answer, &detail), 0);
    assert_int_equal(json_array_size(json_object_get(answer, "complaints")), 0);
}

/* --- receipts --- */

static void a_receipt_repeats_nothing_and_is_forgotten_once_it_went(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    assert_string_equal(last(world, reference, "receipt"), "queued");
    struct dispatch *dispatch = world_work(world);
    assert_non_null(dispatch);
    assert_string_equal(dispatch->to, "zoe@mail.example");
    const char *text = arena_copy_slice(&world->arena, (const char *)dispatch->record.bytes.data,
                                        dispatch->record.bytes.size);
    assert_non_null(strstr(text, "Auto-Submitted: auto-replied\r\n"));
    assert_non_null(strstr(text, reference));
    assert_non_null(strstr(text, "Which registrar is it about?"));
    static const char *const said[] = {"Quill", "steals", "bad", "help", "1@mail.example"};
    for (size_t i = 0; i < COUNT(said); i++)
        assert_null(strstr(text, said[i]));
    struct digest sha256 = digest_of(text, strlen(text));
    struct store_receipt receipt = receipt_of(world, reference);
    assert_true(digest_equal(&receipt.sha256, &sha256));
    assert_true(receipt.sealed.size > 0);
    world_answer(world, dispatch, SMTP_ACCEPTED);
    receipt = receipt_of(world, reference);
    assert_int_equal(receipt.state, LETTER_STATE_SENT);
    assert_int_equal(receipt.sealed.size, 0);
    assert_string_equal(last(world, reference, "receipt"), "sent");
    assert_null(world_work(world));
}

static void a_receipt_in_doubt_goes_again_with_the_same_bytes(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    struct dispatch *dispatch = world_work(world);
    struct digest first = digest_of(dispatch->record.bytes.data, dispatch->record.bytes.size);
    dispatch_free(dispatch); /* the program ends here */
    assert_int_equal(dispatch_recover(&world->app, NULL), 0);
    dispatch = world_work(world);
    struct digest second = digest_of(dispatch->record.bytes.data, dispatch->record.bytes.size);
    assert_true(digest_equal(&first, &second));
    world_answer(world, dispatch, SMTP_REFUSED);
    struct store_receipt_attempt *attempts;
    size_t count;
    assert_int_equal(store_receipt_attempt_list(world->app.store,
                                                receipt_of(world, reference).message_id,
                                                &world->arena, &attempts, &count),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(attempts[0].phase, ATTEMPT_IN_DOUBT);
    assert_int_equal(attempts[1].phase, ATTEMPT_REFUSED);
    assert_string_equal(last(world, reference, "receipt"), "refused");
    assert_int_equal(receipt_of(world, reference).state, LETTER_STATE_FAILED);
}

static void a_deferred_receipt_keeps_no_words_of_the_server(void **state)
{
    struct world *world = *state;
    struct store_task task;
    const char *reference = file(world, HELP);
    struct dispatch *dispatch = world_work(world);
    snprintf(dispatch->reply.text, sizeof dispatch->reply.text, "<zoe@mail.example> later");
    world_answer(world, dispatch, SMTP_DEFERRED);
    const char *key = arena_printf(&world->arena, "receipt/%s", reference);
    assert_int_equal(store_outbox_find(world->app.store, key, &world->arena, &task), 0);
    assert_int_equal(task.state, OUTBOX_PENDING);
    assert_string_equal(task.error, "not taken yet (550)");
}

/* The task of a receipt must name its complaint, and what was sealed must begin with an address. */
static void a_receipt_that_is_damaged_goes_nowhere(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct dispatch *dispatch = NULL;
    const struct store_task task = {.key = "receipt/x", .kind = RECEIPT_TASK, .payload = "{}"};
    assert_refused(receipt_begin(&world->app, &task, &dispatch, &detail), ERR_DAMAGED, &detail,
                   "task receipt/x names no complaint");
    struct buffer sealed BUFFER_CLEANUP = {0};
    const char *reference = file(world, "From: noreply@mail.example\n\nhelp\n");
    const struct store_receipt_about about = {reference, RECEIPT_LETTER, 0};
    const struct bytes nobody = {(const uint8_t *)"nobody", 6};
    assert_int_equal(record_seal_receipt(&world->app, &about, nobody, &sealed, &detail), 0);
    const struct store_receipt receipt = {.message_id = "r.x@y",
                                          .reference = reference,
                                          .letter = about.letter,
                                          .sealed = {sealed.data, sealed.size}};
    assert_true(store_receipt_put(world->app.store, &receipt) >= 0);
    const struct store_task other = {
        .key = "receipt/y",
        .kind = RECEIPT_TASK,
        .payload = arena_printf(&world->arena, "{\"complaint\":\"%s\"}", reference)};
    assert_refused(receipt_begin(&world->app, &other, &dispatch, &detail), ERR_DAMAGED, &detail,
                   ": no address");
    assert_null(dispatch);
}

/* The house's own address is what the operator wrote into the configuration: the mail server keeps
 * the mail and tries again; it does not send it back. */
static void a_receipt_that_cannot_be_written_names_its_complaint(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    world->app.config.mail_from = "desk of the authority";
    int result = try_take(world, HELP, &none, &detail);
    assert_non_null(strstr(detail.text, "receipt of complaint "));
    assert_refused(result, ERR_INTERNAL, &detail, ": letter: the sender's address is not valid");
    assert_null(none);
}

static void an_arabic_mail_gets_an_arabic_receipt(void **state)
{
    struct world *world = *state;
    const char *reference = file(
        world, QUILL "Subject: =?utf-8?B?2LPYsdmC2Kk=?=\nContent-Type: text/plain; charset=utf-8\n"
                     "Content-Transfer-Encoding: 8bit\n\nهذا المتجر يسرق bad.example\n");
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(complaint, "language"), "ar");
    struct dispatch *dispatch = world_work(world);
    const char *text = arena_copy_slice(&world->arena, (const char *)dispatch->record.bytes.data,
                                        dispatch->record.bytes.size);
    assert_non_null(strstr(text, "quoted-printable"));
    assert_null(strstr(text, "received your complaint"));
    world_answer(world, dispatch, SMTP_ACCEPTED);
}

/* Q1 and RFC 3834 2. */
static void who_reads_no_answer_gets_none(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *mail, *receipt;
    } rows[] = {
        {"From: no-reply@mail.example\n\nhelp\n", "unanswerable"},
        {QUILL "X-Auto-Response-Suppress: All\n\nhelp\n", "unanswerable"},
        {"From: \"zoe quill\"@mail.example\n\nhelp\n", "no-address"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(last(world, file(world, rows[i].mail), "receipt"), rows[i].receipt);
    assert_null(world_work(world));
}

/* Q2: anybody may write any address into From. */
static void an_address_gets_few_receipts_a_day(void **state)
{
    struct world *world = *state;
    const char *reference = NULL;
    for (int i = 0; i <= RECEIPT_LIMIT; i++) {
        reference = file(world, arena_printf(&world->arena, "From: %s\n\nhelp %d\n",
                                             i % 2 ? "zoe@mail.example" : "ZOE@mail.example", i));
        assert_string_equal(last(world, reference, "receipt"),
                            i < RECEIPT_LIMIT ? "queued" : "limit");
    }
    clock_init_frozen(&world->app.clock, WORLD_START + RECEIPT_WINDOW_US + 1);
    reference = file(world, "From: zoe@mail.example\n\nhelp tomorrow\n");
    assert_string_equal(last(world, reference, "receipt"), "queued");
}

static void an_older_rulebook_has_no_receipt(void **state)
{
    struct world *world = *state;
    world->app.rulebook->letter_count = 0;
    assert_string_equal(last(world, file(world, HELP), "receipt"), "no-template");
}

static const char *report_about(struct world *world, const char *message_id, const char *action)
{
    const char *text = arena_printf(
        &world->arena,
        "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; "
        "report-type=delivery-status; boundary=b\n\n--b\n\nWords.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; zoe@mail.example\nAction: %s\nStatus: 5.1.1\n\n"
        "--b\nContent-Type: message/rfc822\n\nMessage-ID: <%s>\n\n--b--\n",
        action, message_id);
    assert_non_null(text);
    return text;
}

static const char *reply_to(struct world *world, const char *from, const char *id,
                            const char *words)
{
    const char *text =
        arena_printf(&world->arena, "From: %s\nIn-Reply-To: <%s>\n%s", from, id, words);
    assert_non_null(text);
    return text;
}

/* --- what was decided --- */

static void decide(struct world *world, const char *reference, json_t *arguments)
{
    struct error_detail detail = {0};
    json_object_set_new(arguments, "complaint", json_string(reference));
    if (world_run(world, &anna, "complaint.decide", arguments, NULL, &detail) < 0)
        fail_msg("%s", detail.text);
}

/* The next message on its way, as text; it is taken. */
static const char *message(struct world *world)
{
    struct dispatch *dispatch = world_work(world);
    assert_non_null(dispatch);
    const char *text = arena_copy_slice(&world->arena, (const char *)dispatch->record.bytes.data,
                                        dispatch->record.bytes.size);
    world_answer(world, dispatch, SMTP_ACCEPTED);
    return text;
}

/* Q5: the words go where the secret went. */
static void who_wrote_a_mail_is_told_what_was_decided(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    decide(world, reference, json_pack("{s:s}", "need", "Which *shop* is it?"));
    assert_string_equal(last(world, reference, "receipt"), "queued");
    const char *asked = message(world);
    assert_non_null(strstr(asked, "We need more about your complaint"));
    assert_non_null(strstr(asked, "Which *shop* is it?"));
    assert_non_null(strstr(asked, "Please answer by 2027-"));
    assert_null(strstr(asked, "steals"));
    json_t *complaint JSON_CLEANUP = show(world, reference);
    const json_t *events = json_object_get(complaint, "events");
    const json_t *sent = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(json_text(sent, "receipt"), "sent");
    const json_t *about = json_array_get(events, (size_t)json_number(sent, "about", 0) - 1);
    assert_string_equal(json_text(about, "event"), "asked");
    decide(world, reference,
           json_pack("{s:s, s:s}", "out-of-scope", "country-code", "reason", "Not ours."));
    const char *closed = message(world);
    assert_non_null(strstr(closed, "country-code TLD"));
    assert_non_null(strstr(closed, "Not ours."));
    assert_non_null(strstr(closed, "you may ask once"));
    assert_null(world_work(world));
}

/* And that it is taken back, by the same rules. */
static void a_decision_that_is_taken_back_is_told(void **state)
{
    struct world *world = *state;
    for (int refused = 0; refused < 2; refused++) {
        const char *reference = file(world, refused ? "From: yan@mail.example\n\nhelp\n" : HELP);
        world_answer(world, world_work(world), refused ? SMTP_REFUSED : SMTP_ACCEPTED);
        decide(world, reference,
               json_pack("{s:s, s:s}", "out-of-scope", "country-code", "reason", "Not ours."));
        message(world);
        json_decref(world_must(
            world, &anna, "complaint.reopen",
            json_pack("{s:s, s:s}", "complaint", reference, "reason", "We misread the *name*.")));
        assert_string_equal(last(world, reference, "receipt"), "queued");
        const char *text = message(world);
        assert_non_null(strstr(text, "We look at your complaint again"));
        assert_int_equal(strstr(text, "We misread the *name*.") != NULL, !refused);
        assert_string_equal(last(world, reference, "receipt"), "sent");
        assert_string_equal(state_of(world, reference), "filed");
    }
}

/* They answer that message as they would the receipt. */
static void an_answer_to_what_was_asked_is_added(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    decide(world, reference, json_pack("{s:s}", "need", "Which?"));
    struct dispatch *dispatch = world_work(world);
    const char *id = arena_copy_text(&world->arena, dispatch->record.message_id);
    world_answer(world, dispatch, SMTP_ACCEPTED);
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nthat one\n")),
                        "added");
    assert_string_equal(fate(world, report_about(world, id, "failed")), "bounced");
    json_t *complaint JSON_CLEANUP = show(world, reference);
    const json_t *events = json_object_get(complaint, "events");
    const json_t *bounced = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(json_text(bounced, "receipt"), "bounced");
    assert_true(json_number(bounced, "about", 0) > 0);
    assert_int_equal(receipt_of(world, reference).state, LETTER_STATE_SENT);
}

static int decide_on(struct world *world, const char *reference, int version,
                     struct error_detail *detail)
{
    return world_run(
        world, &anna, "complaint.decide",
        json_pack("{s:s, s:s, s:i}", "complaint", reference, "need", "Which?", "version", version),
        NULL, detail);
}

static int last_number(struct world *world, const char *reference)
{
    uint32_t next;
    assert_int_equal(store_complaint_event_next(world->app.store, reference, &next), 0);
    return (int)next - 1;
}

/* Who looked at a complaint while a message about it went out decides nevertheless; not where they
 * do not know that it came back. */
static void a_message_that_went_out_is_no_other_version(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *reference = file(world, HELP);
    message(world);
    assert_string_equal(last(world, reference, "receipt"), "sent");
    assert_int_equal(decide_on(world, reference, 1, &detail), 0);
    int seen = last_number(world, reference);
    struct dispatch *dispatch = world_work(world);
    const char *id = arena_copy_text(&world->arena, dispatch->record.message_id);
    world_answer(world, dispatch, SMTP_ACCEPTED);
    assert_int_equal(last_number(world, reference), seen + 1);
    assert_refused(decide_on(world, reference, 1, &detail), ERR_CONFLICT, &detail,
                   "moved on: its last event is 6");
    assert_refused(decide_on(world, reference, seen + 2, &detail), ERR_CONFLICT, &detail,
                   "moved on: its last event is 6");
    assert_int_equal(decide_on(world, reference, seen, &detail), 0);
    seen = last_number(world, reference);
    assert_string_equal(fate(world, report_about(world, id, "failed")), "bounced");
    assert_refused(decide_on(world, reference, seen, &detail), ERR_CONFLICT, &detail,
                   "moved on: its last event is 9");
}

/* An address that somebody wrote into a form may be anybody's, and so may one whose receipt came
 * back. */
static void words_stay_where_the_secret_did_not_go(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    world_answer(world, world_work(world), SMTP_REFUSED);
    decide(world, reference, json_pack("{s:s}", "need", "Which *shop* is it?"));
    const char *asked = message(world);
    assert_non_null(strstr(asked, "Please answer by 2027-"));
    assert_null(strstr(asked, "shop"));
}

static void go_to(struct world *world, int days)
{
    clock_init_frozen(&world->app.clock, WORLD_START + days * RECEIPT_WINDOW_US);
}

/* Two working days before the time ends, once; what was asked for first is forgotten then. */
static void who_does_not_answer_is_reminded(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    decide(world, reference, json_pack("{s:s}", "need", "Which?"));
    message(world);
    assert_null(world_work(world));
    go_to(world, 1);
    decide(world, reference, json_pack("{s:s}", "need", "And when?"));
    message(world);
    struct complaint_record record;
    struct complaint_due due;
    struct error_detail detail = {0};
    assert_int_equal(record_find(&world->app, reference, &world->arena, &record, &detail), 0);
    assert_int_equal(complaint_due_reminder(&world->app, &record, &due, &detail), 0);
    assert_true(due.known);
    clock_init_frozen(&world->app.clock, due.day * RECEIPT_WINDOW_US);
    assert_null(world_work(world)); /* it is written, and goes then */
    const char *text = message(world);
    assert_non_null(strstr(text, "A reminder about your complaint"));
    assert_non_null(strstr(text, "Please answer by 2027-"));
    assert_null(strstr(text, "And when?"));
    go_to(world, 60);
    assert_null(world_work(world));
}

static void who_answered_is_not_reminded(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    decide(world, reference, json_pack("{s:s}", "need", "Which?"));
    message(world);
    const char *id = receipt_of(world, reference).message_id;
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nthat one\n")),
                        "added");
    go_to(world, 60);
    assert_null(world_work(world));
}

/* The day on which who left a draft is reminded. */
static int32_t draft_day(struct world *world, const char *reference)
{
    struct complaint_record record;
    struct complaint_due due;
    struct error_detail detail = {0};
    assert_int_equal(record_find(&world->app, reference, &world->arena, &record, &detail), 0);
    assert_int_equal(complaint_due_draft(&world->app, &record, &due, &detail), 0);
    assert_true(due.known);
    return due.day;
}

static void who_left_a_draft_is_reminded_once(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    const int32_t day = draft_day(world, reference);
    clock_init_frozen(&world->app.clock, day * RECEIPT_WINDOW_US - 1);
    assert_null(world_work(world));
    clock_init_frozen(&world->app.clock, day * RECEIPT_WINDOW_US);
    assert_null(world_work(world)); /* it is written, and goes then */
    const char *text = message(world);
    assert_non_null(strstr(text, "Your complaint is not complete"));
    assert_null(strstr(text, "shop"));
    go_to(world, 90);
    assert_null(world_work(world));
    assert_string_equal(state_of(world, reference), "held");
}

static void what_is_no_draft_any_more_reminds_nobody(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    message(world);
    json_decref(
        world_must(world, &anna, "complaint.anyway", json_pack("{s:s}", "complaint", reference)));
    assert_string_equal(state_of(world, reference), "filed");
    go_to(world, 90);
    assert_null(world_work(world));
}

static void no_machine_is_reminded_of_a_draft(void **state)
{
    struct world *world = *state;
    file(world, "From: no-reply@mail.example\n\nhelp\n");
    go_to(world, 90);
    assert_null(world_work(world));
}

static void a_reminder_that_is_damaged_reminds_nobody(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    assert_int_equal(json_flat_read(&payload, "{}", 2, &detail), 0);
    assert_refused(complaint_mail_remind(&world->app, payload.root, &detail), ERR_DAMAGED, &detail,
                   "a reminder that names no complaint");
}

static void no_machine_is_told_what_was_decided(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, "From: no-reply@mail.example\n\nhelp\n");
    decide(world, reference, json_pack("{s:s}", "need", "Which?"));
    assert_string_equal(last(world, reference, "receipt"), "unanswerable");
    decide(world, reference,
           json_pack("{s:s, s:s}", "out-of-scope", "country-code", "reason", "Not ours."));
    json_decref(
        world_must(world, &anna, "complaint.reopen",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "We misread it.")));
    assert_string_equal(last(world, reference, "receipt"), "unanswerable");
    assert_null(world_work(world));
}

/* Q2 with the limit of what the house itself brings about. */
static void an_address_is_told_of_so_many_decisions_a_day(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP);
    for (int i = 1; i <= RECEIPT_DECIDED_LIMIT; i++) {
        decide(world, reference, json_pack("{s:s}", "need", "Which?"));
        assert_string_equal(last(world, reference, "receipt"),
                            i < RECEIPT_DECIDED_LIMIT ? "queued" : "limit");
    }
}

/* --- what comes back --- */

static void a_receipt_that_came_back_is_told_and_sealed(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *none = NULL;
    const char *reference = file(world, HELP);
    struct dispatch *dispatch = world_work(world);
    const char *id = receipt_of(world, reference).message_id;
    assert_refused(try_take(world, report_about(world, id, "failed"), &none, &detail),
                   ERR_UNAVAILABLE, &detail, "the receipt of complaint");
    world_answer(world, dispatch, SMTP_ACCEPTED);
    assert_string_equal(fate(world, report_about(world, id, "delayed")), "delayed");
    const char *bounce = report_about(world, id, "failed");
    assert_string_equal(fate(world, bounce), "bounced");
    assert_string_equal(last(world, reference, "receipt"), "bounced");
    assert_int_equal(receipt_of(world, reference).state, LETTER_STATE_BOUNCED);
    struct digest digest = digest_of(bounce, strlen(bounce));
    struct store_mail mail;
    assert_int_equal(store_mail_find(world->app.store, &digest, &world->arena, &mail), 0);
    assert_string_equal(mail.complaint, reference);
    assert_int_equal(mail.bytes.size, 0);
    assert_null(world_work(world));
}

/* A person reads the mail that was added last, byte by byte, by the number that its event says. */
static void check_added(struct world *world, const json_t *complaint, const char *mail)
{
    char coded[512];
    struct error_detail detail = {0};
    const json_t *events = json_object_get(complaint, "events");
    json_int_t number = json_number(json_array_get(events, json_array_size(events) - 1), "mail", 0);
    for (int i = 0; i < 2; i++) {
        json_t *shown JSON_CLEANUP = NULL;
        json_t *arguments JSON_CLEANUP = json_pack(
            "{s:s, s:I}", "complaint", json_text(complaint, "reference"), "number", number + i);
        int result = query_run(&world->app, "complaint.exhibit", arguments, &shown, &detail);
        if (i == 0) {
            assert_int_equal(result, 0);
            assert_string_equal(json_text(shown, "media_type"), "message/rfc822");
            assert_string_equal(json_text(shown, "base64"),
                                base64_format(mail, strlen(mail), coded, sizeof coded));
        } else {
            assert_refused(result, ERR_NOT_FOUND, &detail, "has no such exhibit");
        }
    }
}

/* Who shows the Message-ID of a receipt and is somebody else may have stolen it. */
static void a_reply_to_a_receipt_finds_its_complaint(void **state)
{
    struct world *world = *state;
    json_t *asked JSON_CLEANUP = NULL;
    const char *reference = file(world, HELP), *id = receipt_of(world, reference).message_id;
    world_answer(world, world_work(world), SMTP_ACCEPTED);
    assert_int_equal(world_run(world, &anna, "complaint.decide",
                               json_pack("{s:s, s:s}", "complaint", reference, "need", "Which?"),
                               &asked, NULL),
                     0);
    assert_string_equal(fate(world, reply_to(world, "ZOE@mail.example", id, "\nthat one\n")),
                        "added");
    assert_string_equal(last(world, reference, "event"), "added");
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(complaint, "state"), "filed");
    check_added(world, complaint, reply_to(world, "ZOE@mail.example", id, "\nthat one\n"));
    assert_string_equal(fate(world, reply_to(world, "eve@mail.example", id, "\nwithdraw it\n")),
                        "held it answers a message about a complaint, from another address than "
                        "its own");
    assert_string_equal(
        fate(world, reply_to(world, "zoe@mail.example", id, "Auto-Submitted: auto-replied\n\n")),
        "automatic");
    assert_int_equal(world_run(world, &anna, "complaint.decide",
                               json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                         "country-code", "reason", "Not ours."),
                               NULL, NULL),
                     0);
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nbut\n")), "added");
    assert_string_equal(state_of(world, reference), "out-of-scope-more");
}

/* Who writes on and on is read by a person, as who does it by the link is told to stop. */
static void a_complaint_is_added_to_so_often(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP), *id = receipt_of(world, reference).message_id;
    struct complaint_record record;
    struct error_detail detail = {0};
    struct call call = {.app = &world->app, .actor = command_machine(), .detail = &detail};
    json_t *data JSON_CLEANUP = json_object();
    assert_int_equal(record_find(&world->app, reference, &world->arena, &record, &detail), 0);
    for (int i = 1; i < ADDITIONS_MAX; i++)
        assert_int_equal(record_step(&call, &record, COMPLAINT_EVENT_ADDED, data), 0);
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nbut\n")), "added");
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nstill\n")),
                        "held it answers a message about a complaint that was added to very often");
    assert_string_equal(state_of(world, reference), "held");
}

/* Nothing is added to what who complained took back. */
static void a_reply_to_what_was_withdrawn_waits_for_a_person(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP), *id = receipt_of(world, reference).message_id;
    struct complaint_record record;
    struct error_detail detail = {0};
    struct call call = {.app = &world->app, .actor = command_machine(), .detail = &detail};
    json_t *data JSON_CLEANUP = json_object();
    assert_int_equal(record_find(&world->app, reference, &world->arena, &record, &detail), 0);
    assert_int_equal(record_step(&call, &record, COMPLAINT_EVENT_WITHDRAWN, data), 0);
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nbut\n")),
                        "held it answers a message about a complaint that was withdrawn");
    assert_string_equal(state_of(world, reference), "withdrawing");
}

static void what_comes_after_an_erasure_is_not_kept(void **state)
{
    struct world *world = *state;
    const char *reference = file(world, HELP), *id = receipt_of(world, reference).message_id;
    assert_int_equal(
        world_run(world, &ada, "complaint.erase",
                  json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked"), NULL,
                  NULL),
        0);
    assert_int_equal(receipt_of(world, reference).sealed.size, 0);
    assert_null(world_work(world)); /* nothing is left to send */
    assert_string_equal(fate(world, reply_to(world, "zoe@mail.example", id, "\nmore\n")),
                        "held it answers a message about a complaint that was erased");
    assert_string_equal(fate(world, report_about(world, id, "failed")), "bounced");
}

/* --- what is no complaint --- */

static void everything_else_has_its_own_outcome(void **state)
{
    struct world *world = *state;
    const struct contact contact = {.party = "registrar-1",
                                    .role = "compliance",
                                    .email = "Desk@registrar.example",
                                    .name = ""};
    assert_true(store_contact_put(world->app.store, &contact) >= 0);
    assert_string_equal(fate(world, "From: desk@registrar.example\n\nHello.\n"),
                        "held its sender is a contact of a party");
    assert_string_equal(fate(world, "Subject: x\n\nHello.\n"), "held it names no sender");
    assert_string_equal(fate(world, "From: Desk@authority.example\n\nHello.\n"), "automatic");
    assert_string_equal(fate(world, QUILL "Return-Path: <>\n\nHello.\n"), "automatic");
    assert_string_equal(fate(world, "From: mailer-daemon@mx.example\n\nFailed.\n"), "automatic");
    const char *reference = file(world, HELP);
    const char *round = arena_printf(&world->arena, "From: x@mail.example\nMessage-ID: <%s>\n\nx\n",
                                     receipt_of(world, reference).message_id);
    assert_string_equal(fate(world, round), "automatic");
    assert_string_equal(fate(world, report_about(world, "c-x@y.example", "failed")),
                        "held a report of delivery that fits no letter");
    struct rulebook *rulebook = world->app.rulebook;
    world->app.rulebook = NULL;
    assert_string_equal(fate(world, "From: b@mail.example\n\nHello.\n"),
                        "held no type of complaint of the rulebook takes it");
    world->app.rulebook = rulebook;
}

/* As a mail server tells that writes no Return-Path. */
static void an_envelope_without_a_sender_is_automatic(void **state)
{
    struct world *world = *state;
    static const char *const senders[] = {"", "<>", "zoe@mail.example"};
    for (size_t i = 0; i < COUNT(senders); i++) {
        const char *text = arena_printf(&world->arena, QUILL "\nhelp %zu\n", i);
        char coded[512];
        json_t *taken JSON_CLEANUP = NULL;
        base64_format(text, strlen(text), coded, sizeof coded);
        assert_int_equal(world_run(world, &mta, "mail.take",
                                   json_pack("{s:s, s:s}", "bytes", coded, "sender", senders[i]),
                                   &taken, NULL),
                         0);
        assert_string_equal(json_text(taken, "outcome"), i < 2 ? "automatic" : "complaint");
    }
}

/* A hundred servers on the way: RFC 5321 6.3. */
static void a_mail_that_goes_round_is_automatic(void **state)
{
    struct world *world = *state;
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, 1 << 16);
    for (int i = 0; i < MAIL_RECEIVED_MAX; i++)
        buffer_printf(&text, "Received: by m%d\n", i);
    buffer_append_text(&text, QUILL "\nround\n");
    assert_string_equal(fate(world, buffer_text(&text)), "automatic");
}

/* --- reports of abuse (RFC 5965) --- */

#define ARF(top, fields, about)                                                                    \
    "From: feedback@provider.example\nAuto-Submitted: auto-generated\n"                            \
    "Content-Type: multipart/" top "; boundary=b\n\n--b\n\nWords.\n"                               \
    "--b\nContent-Type: message/feedback-report\n\n" fields "\n--b\nContent-Type: " about          \
    "\n\nFrom: x@bad.example\nSubject: offer\n\n--b--\n"
#define TOP "report; report-type=feedback-report"
#define NEEDED "Feedback-Type: fraud\nUser-Agent: Finder/1.0\nVersion: 1\n"

static void a_report_of_abuse_becomes_a_complaint_of_its_type(void **state)
{
    struct world *world = *state;
    const char *reference =
        file(world, ARF(TOP,
                        NEEDED "Source-IP: 192.0.2.7\nArrival-Date: Thu, 8 Mar 2026 14:00:00 "
                               "+0000\nReported-Domain: Bad.example\nReported-URI: "
                               "https://u@www.bad.example:8/x?y\nOriginal-Rcpt-To: <a@b>\n"
                               "Original-Rcpt-To: <c@d>\nX-Own: 1\n",
                        "message/rfc822"));
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(complaint, "type"), "dns-abuse-registrar");
    assert_string_equal(answer_of(complaint, "kind"), "phishing");
    assert_string_equal(answer_of(complaint, "domain"), "bad.example");
    assert_string_equal(answer_of(complaint, "address"), "https://u@www.bad.example:8/x?y");
    assert_string_equal(json_text(complaint, "report_source"), "192.0.2.7");
    assert_string_equal(json_text(complaint, "happened_at"), "2026-03-08T14:00:00Z");
    const json_t *names = json_object_get(complaint, "names");
    assert_int_equal(json_array_size(names), 2);
    assert_string_equal(json_string_value(json_array_get(names, 1)), "www.bad.example");
    assert_string_equal(last(world, reference, "receipt"), "automatic");
    json_t *other JSON_CLEANUP =
        show(world, file(world, ARF(TOP, "Feedback-Type: Opinion\nUser-Agent: a\nVersion: 0.1\n",
                                    "text/rfc822-headers")));
    assert_string_equal(json_text(other, "type"), "generic-registrar");
}

static void a_malformed_report_is_kept_for_a_person(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *mail, *reason;
    } rows[] = {
        {ARF("mixed", NEEDED, "message/rfc822"),
         "feedback-report: the message is no multipart/report of that report-type"},
        {ARF(TOP, NEEDED, "image/png"),
         "feedback-report: the third part is no message and no headers"},
        {"From: a@b\nContent-Type: multipart/" TOP "; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--\n",
         "feedback-report: the second part is not the machine's"},
        {ARF(TOP, "", "message/rfc822"), "Feedback-Type: is missing"},
        {ARF(TOP, "Feedback-Type: abuse\nVersion: 1\n", "message/rfc822"),
         "User-Agent: is missing"},
        {ARF(TOP, "Feedback-Type: abuse\nUser-Agent: a\n", "message/rfc822"),
         "Version: is missing"},
        {ARF(TOP, NEEDED "Version: 1\n", "message/rfc822"), "Version: stands twice"},
        {ARF(TOP, "Feedback-Type:\nUser-Agent: a\nVersion: 1\n", "message/rfc822"),
         "Feedback-Type: says no type"},
        {ARF(TOP, "Feedback-Type: abuse\nUser-Agent:\nVersion: 1\n", "message/rfc822"),
         "User-Agent: is empty"},
        {ARF(TOP, "Feedback-Type: abuse\nUser-Agent: a\nVersion: one\n", "message/rfc822"),
         "Version: is no number"},
        {ARF(TOP, NEEDED "Source-IP: 192.0.2\n", "message/rfc822"), "Source-IP: is no IP address"},
        {ARF(TOP, NEEDED "Arrival-Date: soon\n", "message/rfc822"),
         "Arrival-Date: is no date of RFC 5322"},
        {ARF(TOP, NEEDED "Arrival-Date: Thu, 8 Mar 1906 14:00:00 +0000\n", "message/rfc822"),
         "Arrival-Date: is no date of RFC 5322"},
        {ARF(TOP, NEEDED "Incidents: many\n", "message/rfc822"), "Incidents: is no number"},
        {ARF(TOP, NEEDED "Reported-URI: nowhere\n", "message/rfc822"), "Reported-URI: is no URI"},
        {ARF(TOP, NEEDED "Reported-Domain:\n", "message/rfc822"), "Reported-Domain: is empty"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *expected = arena_printf(&world->arena, "held %s", rows[i].reason);
        assert_string_equal(fate(world, rows[i].mail), expected);
    }
    assert_null(world_work(world));
}

/* --- X-ARF --- */

#define XARF(url)                                                                                  \
    "{\"xarf_version\":\"4.2.0\",\"report_id\":\"7d1c2b3a-0001-4000-8000-00000000002a\","          \
    "\"timestamp\":\"2026-11-20T08:15:00Z\",\"reporter\":{\"org\":\"Harbour\","                    \
    "\"contact\":\"desk@harbour.example\",\"domain\":\"harbour.example\"},\"sender\":{"            \
    "\"org\":\"Relay\",\"contact\":\"out@relay.example\",\"domain\":\"relay.example\"},"           \
    "\"source_identifier\":\"192.0.2.77\",\"category\":\"content\",\"type\":\"phishing\","         \
    "\"url\":\"" url "\"}\n"
#define REPORTS "From: out@relay.example\n"
#define ATTACHED(type, text)                                                                       \
    REPORTS "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWords.\n--b\nContent-Type: " type \
            "\n\n" text "\n--b--\n"

static void check_phishing(struct world *world, const char *reference)
{
    json_t *complaint JSON_CLEANUP = show(world, reference);
    assert_string_equal(json_text(complaint, "type"), "dns-abuse-registrar");
    assert_string_equal(answer_of(complaint, "kind"), "phishing");
    assert_string_equal(answer_of(complaint, "address"), "https://bad.example/x");
    assert_string_equal(json_text(complaint, "report_id"), "7d1c2b3a-0001-4000-8000-00000000002a");
}

static void an_xarf_file_in_a_mail_becomes_a_complaint(void **state)
{
    struct world *world = *state;
    static const char *const mails[] = {
        ATTACHED("application/json; name=XARF.json", XARF("https://bad.example/x")),
        ATTACHED("application/xarf+json", XARF("https://bad.example/x")),
        "X-XARF: PLAIN\n" ATTACHED("application/json", XARF("https://bad.example/x")),
        REPORTS "Content-Type: application/json; name=xarf.json\n\n" XARF("https://bad.example/x"),
    };
    for (size_t i = 0; i < COUNT(mails); i++) {
        const char *reference = file(world, mails[i]);
        check_phishing(world, reference);
        assert_string_equal(last(world, reference, "receipt"), "queued");
    }
    assert_string_equal(fate(world, ATTACHED("application/json; name=xarf.json", XARF("bad"))),
                        "held xarf /url: not a URL");
    assert_string_equal(fate(world, ATTACHED("application/json; name=xarf.json", "[]")),
                        "held xarf: not an object");
    /* Any other JSON is a file that somebody attached. */
    file(world, ATTACHED("application/json; name=other.json", XARF("bad")));
}

/* Evidence makes files long: they are read behind the bytes that are read of other mail. */
static void a_long_xarf_file_is_read_whole(void **state)
{
    struct world *world = *state;
    struct buffer text BUFFER_CLEANUP = {0};
    enum { EVIDENCE = 300000 };
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, REPORTS "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                                      "Content-Type: application/json; name=xarf.json\n\n"
                                      "{\"evidence\":[{\"content_type\":\"text/plain\","
                                      "\"payload\":\"");
    for (int i = 0; i < EVIDENCE; i++)
        buffer_append_text(&text, "A");
    buffer_append_text(&text, "\"}],");
    buffer_append_text(&text, &XARF("https://bad.example/x")[1]);
    buffer_append_text(&text, "\n--b--\n");
    size_t room = BASE64_ROOM(text.size);
    char *coded = malloc(room);
    assert_non_null(coded);
    base64_format(text.data, text.size, coded, room);
    int failed =
        world_run(world, &mta, "mail.take", json_pack("{s:s}", "bytes", coded), &result, &detail);
    free(coded);
    if (failed < 0)
        fail_msg("%s", detail.text);
    assert_string_equal(json_text(result, "outcome"), "complaint");
    check_phishing(world, json_text(result, "complaint"));
}

static int hand_over(struct world *world, const char *format, const char *text, json_t **ret_result,
                     struct error_detail *detail)
{
    char coded[8192];
    base64_format(text, strlen(text), coded, sizeof coded);
    return world_run(world, &anna, "complaint.file",
                     json_pack("{s:s, s:s}", "format", format, "bytes", coded), ret_result, detail);
}

static void a_report_is_handed_over_as_a_file(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = NULL, *other JSON_CLEANUP = NULL, *none = NULL;
    assert_int_equal(hand_over(world, "xarf", XARF("https://bad.example/x"), &receipt, &detail), 0);
    check_phishing(world, json_text(receipt, "reference"));
    assert_string_equal(json_text(receipt, "state"), "held");
    assert_int_equal(hand_over(world, "arf", ARF(TOP, NEEDED, "message/rfc822"), &other, &detail),
                     0);
    assert_refused(hand_over(world, "xarf", XARF("bad"), &none, &detail), ERR_SYNTAX, &detail,
                   "xarf /url: not a URL");
    assert_refused(hand_over(world, "arf", HELP, &none, &detail), ERR_SYNTAX, &detail,
                   "the mail is no report of abuse");
    assert_refused(hand_over(world, "iodef", HELP, &none, &detail), ERR_SYNTAX, &detail,
                   "the format is json, xarf or arf");
    setenv("JUDGE_DIES", "1", /* overwrite= */ 1);
    child_stop(&world->app.judge);
    assert_refused(hand_over(world, "xarf", "{}", &none, &detail), ERR_SYNTAX, &detail,
                   "the report could not be read: ");
    unsetenv("JUDGE_DIES");
    world->app.rulebook->complaint_count = 0;
    assert_refused(hand_over(world, "xarf", XARF("https://bad.example/x"), &none, &detail),
                   ERR_NOT_FOUND, &detail,
                   "no type of complaint of the rulebook takes 'xarf/content/phishing'");
}

static void a_report_that_no_type_takes_is_held(void **state)
{
    struct world *world = *state;
    world->app.rulebook->complaint_count = 0;
    assert_string_equal(fate(world, ARF(TOP, NEEDED, "message/rfc822")),
                        "held no type of complaint of the rulebook takes it");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--child") == 0)
        return getenv("JUDGE_DIES") ? 4 : judge_main(CHILD_SOCKET);
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_mail_becomes_a_draft_that_waits_for_a_person),
        IN_WORLD(a_label_in_the_subject_is_kept),
        IN_WORLD(what_it_says_is_sealed),
        IN_WORLD(html_alone_is_read_without_its_marks),
        IN_WORLD(a_mail_is_checked_and_compared),
        IN_WORLD(a_receipt_repeats_nothing_and_is_forgotten_once_it_went),
        IN_WORLD(a_receipt_in_doubt_goes_again_with_the_same_bytes),
        IN_WORLD(a_deferred_receipt_keeps_no_words_of_the_server),
        IN_WORLD(a_receipt_that_is_damaged_goes_nowhere),
        IN_WORLD(a_receipt_that_cannot_be_written_names_its_complaint),
        IN_WORLD(an_arabic_mail_gets_an_arabic_receipt),
        IN_WORLD(who_reads_no_answer_gets_none),
        IN_WORLD(an_address_gets_few_receipts_a_day),
        IN_WORLD(who_wrote_a_mail_is_told_what_was_decided),
        IN_WORLD(a_decision_that_is_taken_back_is_told),
        IN_WORLD(an_answer_to_what_was_asked_is_added),
        IN_WORLD(a_message_that_went_out_is_no_other_version),
        IN_WORLD(words_stay_where_the_secret_did_not_go),
        IN_WORLD(who_does_not_answer_is_reminded),
        IN_WORLD(who_answered_is_not_reminded),
        IN_WORLD(who_left_a_draft_is_reminded_once),
        IN_WORLD(what_is_no_draft_any_more_reminds_nobody),
        IN_WORLD(no_machine_is_reminded_of_a_draft),
        IN_WORLD(a_reminder_that_is_damaged_reminds_nobody),
        IN_WORLD(no_machine_is_told_what_was_decided),
        IN_WORLD(an_address_is_told_of_so_many_decisions_a_day),
        IN_WORLD(an_older_rulebook_has_no_receipt),
        IN_WORLD(a_receipt_that_came_back_is_told_and_sealed),
        IN_WORLD(a_reply_to_a_receipt_finds_its_complaint),
        IN_WORLD(a_complaint_is_added_to_so_often),
        IN_WORLD(a_reply_to_what_was_withdrawn_waits_for_a_person),
        IN_WORLD(what_comes_after_an_erasure_is_not_kept),
        IN_WORLD(everything_else_has_its_own_outcome),
        IN_WORLD(an_envelope_without_a_sender_is_automatic),
        IN_WORLD(a_mail_that_goes_round_is_automatic),
        IN_WORLD(a_report_of_abuse_becomes_a_complaint_of_its_type),
        IN_WORLD(a_malformed_report_is_kept_for_a_person),
        IN_WORLD(an_xarf_file_in_a_mail_becomes_a_complaint),
        IN_WORLD(a_long_xarf_file_is_read_whole),
        IN_WORLD(a_report_is_handed_over_as_a_file),
        IN_WORLD(a_report_that_no_type_takes_is_held)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
