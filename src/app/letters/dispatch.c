#include "app/letters/dispatch.h"

#include "app/casework/casefile.h"
#include "app/law.h"
#include "app/letters/complainant.h"
#include "app/letters/receipt.h"
#include "app/letters/reminder.h"
#include "base/json_flat.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RETRY_FIRST_S = 5,   /* a mail server that restarts */
    RETRY_MOST_S = 3600, /* one that is down for the night */
};

/* The letter of this kind that the case stands behind. */
static int find_letter(struct casefile *file, const char *kind, struct store_letter *ret_letter,
                       struct error_detail *detail)
{
    struct store_letter letter;
    const struct case_letter *own = &file->state.letter;
    if (!own->adopted)
        return ERR_NOT_FOUND;
    int result = store_letter_find_bytes(file->app->store, file->record.id, &own->sha256,
                                         &file->arena, &letter);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(file->app, result, detail, "letter of a case");
    if (result < 0 || strcmp(letter.kind, kind) != 0)
        return ERR_NOT_FOUND;
    *ret_letter = letter;
    return 0;
}

/* A letter that was sent, refused or came back goes out again only when a person asked for it:
 * `asked` is the letter's id then, else NULL. */
static bool may_go(const struct store_letter *letter, const char *asked)
{
    if (asked && strcmp(asked, letter->id) != 0)
        return false; /* drafted anew since */
    bool over = letter->state == LETTER_STATE_SENT || letter->state == LETTER_STATE_FAILED ||
                letter->state == LETTER_STATE_BOUNCED;
    return letter->state != LETTER_STATE_VOID && (asked || !over);
}

static int settle(struct app *app, const char *task, struct error_detail *detail)
{
    int result = store_outbox_done(app->store, task);
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

static int put_off(struct app *app, const char *task, struct error_detail *detail)
{
    int result = store_outbox_fail(app->store, task,
                                   clock_wall(&app->clock) + RETRY_FIRST_S * INT64_C(1000000),
                                   "another attempt is under way");
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

/* What the attempts of a letter say to one more. */
struct earlier {
    bool under_way;
    unsigned doubts; /* that it repeats: those since a server last spoke for sure */
};

static int look_back(struct app *app, const char *letter, struct earlier *ret_earlier,
                     struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_attempt *attempts;
    struct earlier earlier = {.doubts = 0};
    size_t count;
    arena_init(&arena, 4 << 20);
    int result = store_attempt_list(app->store, letter, &arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "attempts of a letter");
    for (size_t i = 0; i < count; i++) {
        earlier.under_way = earlier.under_way || attempts[i].phase == ATTEMPT_BEGUN;
        if (attempts[i].phase == ATTEMPT_IN_DOUBT)
            earlier.doubts++;
        else if (attempts[i].phase != ATTEMPT_DEFERRED)
            earlier.doubts = 0;
    }
    *ret_earlier = earlier;
    return 0;
}

/* Before it goes: served is served, and then its clock must be able to start. */
static int check_clock(const struct casefile *file, const struct store_letter *letter,
                       struct error_detail *detail)
{
    struct deadline due;
    const struct case_state *state = &file->state;
    const struct deadline_rule *rule =
        law_service_clock(state->process, state->stage, &state->facts);
    if (!rule || letter->state == LETTER_STATE_SENT)
        return 0;
    int result =
        deadline_compute(rule, clock_wall(&file->app->clock), /* trace= */ NULL, NULL, &due);
    return result < 0 ? deadline_refuse(rule, result, detail) : 0;
}

/* A letter that was served stays so, whatever becomes of one more copy. */
static int begin_attempt(struct app *app, struct dispatch *dispatch,
                         const struct json_item *payload, struct error_detail *detail)
{
    int64_t now = clock_wall(&app->clock);
    const char *to = json_flat_text(payload, "to"), *by = json_flat_text(payload, "by");
    arena_init(&dispatch->arena, 4 << 20);
    int result =
        store_letter_find(app->store, dispatch->letter, &dispatch->arena, &dispatch->record);
    if (result < 0)
        return app_store_failed(app, result, detail, "letter");
    dispatch->to = arena_copy_text(&dispatch->arena, to ? to : dispatch->record.recipient);
    dispatch->by = arena_copy_text(&dispatch->arena, by ? by : "");
    if (!dispatch->to || !dispatch->by)
        return ERR_LIMIT;
    if (dispatch->record.state != LETTER_STATE_SENT)
        result = store_letter_set_state(app->store, dispatch->letter, LETTER_STATE_QUEUED, now);
    if (result >= 0)
        result = store_attempt_begin(app->store, dispatch->letter, dispatch->to, now,
                                     &dispatch->attempt);
    return result < 0 ? app_store_failed(app, result, detail, "attempt") : 0;
}

static int begin(struct app *app, const struct store_task *task, const char *letter,
                 const struct json_item *payload, struct dispatch **ret_dispatch,
                 struct error_detail *detail)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return ERR_NO_MEMORY;
    snprintf(dispatch->letter, sizeof dispatch->letter, "%s", letter);
    snprintf(dispatch->task, sizeof dispatch->task, "%s", task->key);
    int result = begin_attempt(app, dispatch, payload, detail);
    if (result < 0) {
        dispatch_free(dispatch);
        return result;
    }
    *ret_dispatch = dispatch;
    return 1;
}

int dispatch_begin(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                   struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_letter letter = {0};
    struct earlier earlier = {.doubts = 0};
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    int result = json_flat_read(&payload, task->payload, strlen(task->payload), detail);
    if (result >= 0)
        result = casefile_open(app, json_flat_text(payload.root, "case"), &file, detail);
    if (result < 0)
        return result;
    result = find_letter(&file, json_flat_text(payload.root, "letter"), &letter, detail);
    /* Not adopted, edited since, or sent already: the event that makes it ready asks again. */
    const char *asked = json_flat_text(payload.root, "id");
    if (result == ERR_NOT_FOUND || (result >= 0 && !may_go(&letter, asked)))
        return settle(app, task->key, detail);
    if (result >= 0)
        result = check_clock(&file, &letter, detail);
    if (result >= 0)
        result = look_back(app, letter.id, &earlier, detail);
    /* Two events may ask for one letter; the attempt that runs has a task that repeats it. What a
     * person asked for waits for its end. */
    if (result >= 0 && earlier.under_way)
        return asked ? put_off(app, task->key, detail) : settle(app, task->key, detail);
    if (result >= 0)
        result = begin(app, task, letter.id, payload.root, ret_dispatch, detail);
    if (result >= 0)
        (*ret_dispatch)->doubts = earlier.doubts;
    return result;
}

int dispatch_begin_message(struct app *app, const struct store_task *task, const char *letter,
                           struct dispatch **ret_dispatch, struct error_detail *detail)
{
    return begin(app, task, letter, /* payload= */ NULL, ret_dispatch, detail);
}

struct smtp_request dispatch_request(const struct app *app, const struct dispatch *dispatch)
{
    return (struct smtp_request){.host = app->config.smtp_host,
                                 .port = (uint16_t)app->config.smtp_port,
                                 .from = app->config.mail_from,
                                 .to = dispatch->to,
                                 .message = dispatch->record.bytes.data,
                                 .size = dispatch->record.bytes.size};
}

static int take_step(struct app *app, const struct dispatch *dispatch, enum case_event_type type,
                     const char *reason, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    int result = casefile_open(app, dispatch->record.case_id, &file, detail);
    if (result < 0)
        return result;
    struct casefile_step request = {.step = {.type = type,
                                             .sha256 = dispatch->record.sha256,
                                             .service_at = clock_wall(&app->clock)},
                                    .actor = &machine};
    CASE_TEXT(request.step.letter, dispatch->record.kind);
    CASE_TEXT(request.step.reason, reason);
    return casefile_step(&file, &request, detail);
}

/* Tells the case what became of the letter. The mail server has spoken and the record of it stays,
 * even when the case has meanwhile gone where this step does not lead any more. */
static int tell_case(struct app *app, const struct dispatch *dispatch, enum case_event_type type,
                     const char *reason, struct error_detail *detail)
{
    int result = store_mark(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "mark");
    struct error_detail why = {0};
    int taken = take_step(app, dispatch, type, reason, &why);
    result = taken < 0 ? store_undo(app->store) : store_keep(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "step about a letter");
    if (taken == ERR_REFUSED) {
        log_warning("letter %s: %s", dispatch->letter, error_words(&why, taken));
        return 0;
    }
    if (detail)
        *detail = why;
    return taken;
}

/* Accepted: the letter is served, or one more copy of a served one is out; and each attempt in
 * doubt before this one has now been repeated, which is an event of its own. */
static int tell_accepted(struct app *app, const struct dispatch *dispatch,
                         struct error_detail *detail)
{
    char reason[CASE_NAME_MAX] = "accepted";
    bool copy = dispatch->record.state == LETTER_STATE_SENT;
    if (dispatch->by[0])
        snprintf(reason, sizeof reason, "asked-by:%s", dispatch->by);
    int result = tell_case(app, dispatch, copy ? CASE_RESENT : CASE_NOTICE_SENT, reason, detail);
    for (unsigned i = 0; result >= 0 && i < dispatch->doubts; i++)
        result = tell_case(app, dispatch, CASE_RESENT, "in-doubt", detail);
    return result;
}

int64_t dispatch_retry_at(const struct app *app, uint32_t attempt)
{
    int64_t wait = RETRY_FIRST_S;
    for (uint32_t i = 1; i < attempt && wait < RETRY_MOST_S; i++)
        wait *= 2;
    return clock_wall(&app->clock) + (wait < RETRY_MOST_S ? wait : RETRY_MOST_S) * 1000000;
}

enum attempt_phase dispatch_phase(enum smtp_outcome outcome)
{
    static const enum attempt_phase phases[] = {
        [SMTP_ACCEPTED] = ATTEMPT_ACCEPTED,
        [SMTP_REFUSED] = ATTEMPT_REFUSED,
        [SMTP_DEFERRED] = ATTEMPT_DEFERRED,
        [SMTP_IN_DOUBT] = ATTEMPT_IN_DOUBT,
    };
    return phases[outcome];
}

static int end_attempt(struct app *app, const struct dispatch *dispatch,
                       struct error_detail *detail)
{
    char reply[300];
    snprintf(reply, sizeof reply, "%d %s", dispatch->reply.code, dispatch->reply.text);
    const struct store_attempt attempt = {.letter = dispatch->letter,
                                          .number = dispatch->attempt,
                                          .ended_at = clock_wall(&app->clock),
                                          .phase = dispatch_phase(dispatch->reply.outcome),
                                          .reply = reply};
    int result = store_attempt_end(app->store, &attempt);
    return result < 0 ? app_store_failed(app, result, detail, "end of an attempt") : 0;
}

static int end_accepted(struct app *app, const struct dispatch *dispatch,
                        struct error_detail *detail)
{
    int result = 0;
    /* One more copy changes neither the state nor its moment, which later letters recite. */
    if (dispatch->record.state != LETTER_STATE_SENT)
        result = store_letter_set_state(app->store, dispatch->letter, LETTER_STATE_SENT,
                                        clock_wall(&app->clock));
    if (result >= 0)
        result = store_outbox_done(app->store, dispatch->task);
    return result < 0 ? app_store_failed(app, result, detail, "sent letter")
                      : tell_accepted(app, dispatch, detail);
}

/* The refusal of one more copy of a served letter is looked at, but undoes no service. */
static int note_refused_copy(struct app *app, const struct dispatch *dispatch,
                             struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(app, dispatch->record.case_id, &file, detail);
    return result < 0 ? result : casefile_note(&file, "copy-refused", /* evidence= */ NULL, detail);
}

static int end_refused(struct app *app, const struct dispatch *dispatch,
                       struct error_detail *detail)
{
    bool copy = dispatch->record.state == LETTER_STATE_SENT;
    int result = copy ? 0
                      : store_letter_set_state(app->store, dispatch->letter, LETTER_STATE_FAILED,
                                               clock_wall(&app->clock));
    if (result >= 0)
        result = store_outbox_done(app->store, dispatch->task);
    if (result < 0)
        return app_store_failed(app, result, detail, "refused letter");
    return copy ? note_refused_copy(app, dispatch, detail)
                : tell_case(app, dispatch, CASE_BOUNCED, "refused", detail);
}

int dispatch_end(struct app *app, struct dispatch *dispatch, struct error_detail *detail)
{
    if (dispatch->receipt)
        return receipt_end(app, dispatch, detail);
    int result = end_attempt(app, dispatch, detail);
    if (result < 0)
        return result;
    bool over = dispatch->reply.outcome == SMTP_ACCEPTED || dispatch->reply.outcome == SMTP_REFUSED;
    if (over && complainant_is_message(&dispatch->record))
        return complainant_told(app, dispatch, detail);
    if (over && reminder_is_message(&dispatch->record))
        return reminder_sent(app, dispatch, detail);
    switch (dispatch->reply.outcome) {
    case SMTP_ACCEPTED:
        return end_accepted(app, dispatch, detail);
    case SMTP_REFUSED:
        return end_refused(app, dispatch, detail);
    case SMTP_DEFERRED:
    case SMTP_IN_DOUBT:
        break;
    }
    result = store_outbox_fail(app->store, dispatch->task,
                               dispatch_retry_at(app, dispatch->attempt), dispatch->reply.text);
    return result < 0 ? app_store_failed(app, result, detail, "deferred letter") : 0;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    arena_done(&dispatch->arena);
    free(dispatch);
}

int dispatch_recover(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_attempt *attempts;
    size_t count;
    arena_init(&arena, 16 << 20);
    int result = store_attempt_list_begun(app->store, &arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "attempts");
    for (size_t i = 0; i < count; i++) {
        struct dispatch cut = {.attempt = attempts[i].number, .reply = {.outcome = SMTP_IN_DOUBT}};
        snprintf(cut.letter, sizeof cut.letter, "%s", attempts[i].letter);
        snprintf(cut.reply.text, sizeof cut.reply.text,
                 "the program ended before a reply was recorded");
        result = end_attempt(app, &cut, detail);
        if (result < 0)
            return result;
    }
    result = receipt_recover(app, detail);
    if (result < 0)
        return result;
    result = store_outbox_recover(app->store);
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}
