#include "app/letters/complaint_mail.h"

#include "app/complaints/closure.h"
#include "app/complaints/due.h"
#include "app/letters/receipt.h"
#include "base/civil.h"
#include "base/json_flat.h"
#include "base/text.h"
#include "rulebook/complaint.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_MAX = 16 << 20, FILED_EVENT = 1 /* its number */ };

#define NOT_AUTOMATIC "automatic"
#define NOT_ANSWERABLE "unanswerable"
#define NOT_TWICE "by-case" /* a letter of the case goes to the same address (complainant.h) */

/* --- the receipt of a mail --- */

/* NULL when it may be answered, so far as the mail tells. */
static const char *why_not(const struct mail *mail)
{
    if (mail->automatic)
        return NOT_AUTOMATIC;
    return mail->unanswerable ? NOT_ANSWERABLE : NULL;
}

static json_t *missing_json(const struct filing *filing)
{
    json_t *lacks JSON_CLEANUP = filing_lacks(filing, /* with_words= */ true);
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(lacks); i++)
        json_array_append_new(
            list, json_pack("{s:O}", "what", json_object_get(json_array_get(lacks, i), "words")));
    return list;
}

int complaint_mail_receipt(struct filing *filing, const struct mail *mail)
{
    struct complaint_record record = {.row = filing->row};
    json_t *words JSON_CLEANUP = json_pack("{s:s, s:o}", "complaint_link", filing->token,
                                           "complaint_missing", missing_json(filing));
    const struct receipt receipt = {
        .letter = RECEIPT_LETTER, .to = mail->sender, .limit = RECEIPT_LIMIT, .words = words};
    int result = words ? complaint_state_parse(filing->row.state, &record.state) : ERR_NO_MEMORY;
    return result < 0 ? result : receipt_put(filing->call, &record, &receipt, why_not(mail));
}

/* --- what was decided --- */

struct decided {
    struct call *call;
    struct complaint_record *record;
    struct arena arena;
    const char *to; /* "" for no address */
    uint32_t about; /* the last event */
    const struct store_complaint_event *last;
    uint32_t asked;      /* the last one that asked for more */
    const char *why_not; /* NULL: it is answered */
    bool has_link;       /* the secret link went to that address */
    bool reviewed;       /* a review was asked for, which is done once */
};

static int find_address(struct decided *decided)
{
    json_t *who JSON_CLEANUP = NULL;
    decided->to = "";
    int result = record_get_reporter(decided->call->app, decided->record->row.reference,
                                     &decided->arena, &who, decided->call->detail);
    if (result == ERR_NOT_FOUND) { /* nobody is named, or it was erased */
        if (decided->call->detail)
            decided->call->detail->text[0] = '\0';
        return 0;
    }
    if (result < 0)
        return result;
    const char *email = json_text(who, "email");
    if (email)
        decided->to = arena_copy_text(&decided->arena, email);
    return decided->to ? 0 : ERR_LIMIT;
}

/* A text of an event's data, "" for none. */
static int read_event(struct decided *decided, const struct store_complaint_event *event,
                      const char *name, const char **ret_text)
{
    struct json_flat data JSON_FLAT_CLEANUP = {0};
    int result = json_flat_read(&data, event->data, strlen(event->data), decided->call->detail);
    const char *text = result < 0 ? NULL : json_flat_text(data.root, name);
    if (result < 0)
        return result;
    *ret_text = text ? arena_copy_text(&decided->arena, text) : "";
    return *ret_text ? 0 : ERR_LIMIT;
}

/* The address of who wrote a mail is the one to which its receipt went; whoever hands over a report
 * of abuse, or fills in a form, may name another. */
static int find_link(struct decided *decided, const struct store_complaint_event *filed)
{
    struct store_receipt receipt;
    const char *came_as;
    struct app *app = decided->call->app;
    const struct store_receipt_about about = {filed->reference, RECEIPT_LETTER, 0};
    int result = read_event(decided, filed, "came_as", &came_as);
    if (result < 0 || strcmp(came_as, COMPLAINT_TAKE_MAIL) != 0)
        return result;
    result = store_receipt_find_about(app->store, &about, &decided->arena, &receipt);
    decided->has_link = result >= 0 && receipt.state == LETTER_STATE_SENT;
    return result < 0 && result != ERR_NOT_FOUND
               ? app_store_failed(app, result, decided->call->detail, "receipt")
               : 0;
}

/* Q1 holds for what comes later too: why the mail itself got no answer from a machine. */
static int find_machine(struct decided *decided, const struct store_complaint_event *receipt)
{
    const char *words;
    int result = read_event(decided, receipt, "receipt", &words);
    if (result >= 0 && (strcmp(words, NOT_AUTOMATIC) == 0 || strcmp(words, NOT_ANSWERABLE) == 0))
        decided->why_not = words;
    return result;
}

static int read_history(struct decided *decided)
{
    struct store_complaint_event *events, *receipt = NULL;
    size_t count;
    int result =
        store_complaint_event_list(decided->call->app->store, decided->record->row.reference,
                                   &decided->arena, &events, &count);
    if (result < 0)
        return app_store_failed(decided->call->app, result, decided->call->detail,
                                "events of a complaint");
    for (size_t i = 0; i < count; i++) {
        if (!receipt && record_event_is(&events[i], COMPLAINT_EVENT_RECEIPT))
            receipt = &events[i];
        decided->reviewed |= record_event_is(&events[i], COMPLAINT_EVENT_REVIEW_ASKED);
        if (record_event_is(&events[i], COMPLAINT_EVENT_ASKED))
            decided->asked = events[i].seq;
        decided->last = &events[i];
        decided->about = events[i].seq;
    }
    result = count ? find_link(decided, &events[0]) : 0;
    return result < 0 || !receipt ? result : find_machine(decided, receipt);
}

/* Until when an answer is waited for. */
static int put_until(struct decided *decided, json_t *words)
{
    struct complaint_due due;
    char day[CIVIL_DATE_TEXT];
    int result =
        complaint_due_find(decided->call->app, decided->record, &due, decided->call->detail);
    if (result >= 0 && due.known && due.wait == COMPLAINT_WAITS_FOR_COMPLAINANT)
        json_object_set_new(words, "complaint_until", json_string(civil_format_date(due.day, day)));
    return result;
}

static int put_closure(struct decided *decided, json_t *words)
{
    const char *closure;
    int result =
        closure_words(decided->call->app, decided->record, &closure, decided->call->detail);
    if (result < 0)
        return result;
    json_object_set_new(words, "complaint_closure", json_string(closure));
    json_object_set_new(words, "complaint_review", json_boolean(!decided->reviewed));
    return 0;
}

/* A person may have typed in who complained about the case: one message is enough. */
static int find_typed_in(struct decided *decided)
{
    struct app *app = decided->call->app;
    struct store_complainant typed;
    int result =
        store_complainant_find(app->store, decided->record->row.case_id, &decided->arena, &typed);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, decided->call->detail, "complainant");
    if (!decided->why_not && text_equal_nocase(typed.email, decided->to))
        decided->why_not = NOT_TWICE;
    return 0;
}

static int put_outcome(struct decided *decided, json_t *words)
{
    const char *outcome;
    int result = read_event(decided, decided->last, "told", &outcome);
    if (result >= 0)
        json_object_set_new(words, "complaint_outcome", json_string(outcome));
    return result < 0 ? result : find_typed_in(decided);
}

static int send(struct decided *decided, const char *letter, json_t *words)
{
    const struct receipt receipt = {.letter = letter,
                                    .to = decided->to,
                                    .about = decided->about,
                                    .limit = RECEIPT_DECIDED_LIMIT,
                                    .words = words};
    return receipt_put(decided->call, decided->record, &receipt, decided->why_not);
}

/* What is told of which step, and what the message says besides the words of a person. */
static const struct told {
    enum complaint_event_type step;
    const char *letter;
    int (*put)(struct decided *decided, json_t *words); /* NULL: nothing */
} told[] = {
    {COMPLAINT_EVENT_ASKED, COMPLAINT_MAIL_ASKED, put_until},
    {COMPLAINT_EVENT_IN_SCOPE, COMPLAINT_MAIL_IN_SCOPE, NULL},
    {COMPLAINT_EVENT_OUT_OF_SCOPE, COMPLAINT_MAIL_OUT_OF_SCOPE, put_closure},
    {COMPLAINT_EVENT_REOPENED, COMPLAINT_MAIL_REOPENED, NULL},
    {COMPLAINT_EVENT_CASE_ENDED, COMPLAINT_MAIL_ENDED, put_outcome},
    {COMPLAINT_EVENT_CASE_RESUMED, COMPLAINT_MAIL_REOPENED, put_outcome},
};

static const struct told *find_told(enum complaint_event_type step)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (told[i].step == step)
            return &told[i];
    }
    return NULL;
}

static int write_decided(struct decided *decided, enum complaint_event_type step, const char *said)
{
    const struct told *row = find_told(step);
    json_t *words JSON_CLEANUP = json_object();
    if (!row)
        return error_set(decided->call->detail, ERR_UNSUPPORTED, "nobody is told of '%s'",
                         complaint_event_text(step));
    if (said && decided->has_link)
        json_object_set_new(words, "complaint_words", json_string(said));
    int result = row->put ? row->put(decided, words) : 0;
    return result < 0 ? result : send(decided, row->letter, words);
}

static int put_reminder(struct app *app, const char *reference, uint32_t about, int32_t day,
                        struct error_detail *detail)
{
    char key[80], payload[120];
    /* A reference is plain: nothing to escape. */
    snprintf(key, sizeof key, "remind/%s/%u", reference, (unsigned)about);
    snprintf(payload, sizeof payload, "{\"about\":%u,\"complaint\":\"%s\"}", (unsigned)about,
             reference);
    const struct store_task task = {.key = key,
                                    .kind = COMPLAINT_MAIL_REMIND_TASK,
                                    .payload = payload,
                                    .due_at = (int64_t)day * CIVIL_DAY_US};
    int result = store_outbox_put(app->store, &task);
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

/* Who is told nothing is reminded of nothing. */
static int plan_reminder(struct decided *decided)
{
    struct call *call = decided->call;
    struct complaint_due due;
    int result = decided->why_not
                     ? ERR_NOT_FOUND
                     : complaint_due_reminder(call->app, decided->record, &due, call->detail);
    if (result < 0 || !due.known)
        return result == ERR_NOT_FOUND ? 0 : result;
    return put_reminder(call->app, decided->record->row.reference, decided->about, due.day,
                        call->detail);
}

int complaint_mail_draft(struct filing *filing, const struct mail *mail)
{
    const struct complaint_record record = {.row = filing->row};
    struct call *call = filing->call;
    struct complaint_due due;
    if (strcmp(filing->row.state, complaint_state_text(COMPLAINT_HELD_STATE)) != 0 ||
        !filing->document.email[0] || (mail && why_not(mail)))
        return 0;
    int result = complaint_due_draft(call->app, &record, &due, call->detail);
    return result < 0 || !due.known
               ? result
               : put_reminder(call->app, filing->reference, FILED_EVENT, due.day, call->detail);
}

int complaint_mail_decided(struct call *call, struct complaint_record *record,
                           enum complaint_event_type type, const char *words)
{
    struct decided decided = {.call = call, .record = record};
    arena_init(&decided.arena, ARENA_MAX);
    int result = find_address(&decided);
    if (result >= 0 && decided.to[0])
        result = read_history(&decided);
    if (result >= 0 && decided.to[0] && type == COMPLAINT_EVENT_ASKED)
        result = plan_reminder(&decided);
    if (result >= 0 && decided.to[0])
        result = write_decided(&decided, type, words);
    arena_done(&decided.arena);
    return result;
}

/* --- a reminder --- */

static int remind_of_draft(struct decided *decided)
{
    json_t *words JSON_CLEANUP = json_object();
    int result = find_address(decided);
    if (result >= 0 && decided->to[0])
        result = read_history(decided);
    if (result < 0 || !decided->to[0])
        return result;
    decided->about = FILED_EVENT;
    return send(decided, COMPLAINT_MAIL_DRAFT, words);
}

static int remind(struct decided *decided, uint32_t asked)
{
    json_t *words JSON_CLEANUP = json_object();
    int result = find_address(decided);
    if (result >= 0 && decided->to[0])
        result = read_history(decided);
    if (result < 0 || !decided->to[0] || decided->asked != asked)
        return result;
    decided->about = asked;
    result = put_until(decided, words);
    return result < 0 ? result : send(decided, COMPLAINT_MAIL_REMINDER, words);
}

int complaint_mail_remind(struct app *app, const struct json_item *payload,
                          struct error_detail *detail)
{
    struct complaint_record record;
    struct call call = {.app = app, .actor = command_machine(), .detail = detail};
    struct decided decided = {.call = &call, .record = &record};
    const char *reference = json_flat_text(payload, "complaint");
    if (!reference)
        return error_set(detail, ERR_DAMAGED, "a reminder that names no complaint");
    arena_init(&decided.arena, ARENA_MAX);
    int result = record_find(app, reference, &decided.arena, &record, detail);
    const uint32_t about = (uint32_t)json_flat_number(payload, "about", 0);
    if (result >= 0 && record.state == COMPLAINT_WAITING_STATE)
        result = remind(&decided, about);
    if (result >= 0 && record.state == COMPLAINT_HELD_STATE && about == FILED_EVENT)
        result = remind_of_draft(&decided);
    arena_done(&decided.arena);
    return result;
}
