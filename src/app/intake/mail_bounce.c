/* A letter that came back, told to its case. */
#include "app/intake/mail.h"

#include "app/casework/casefile.h"
#include "app/letters/recipient.h"

#include <string.h>

/* When the letter was served: the last event that says so of these bytes; 0 for never. */
static int64_t served_at(const struct casefile *file, const struct store_letter *letter)
{
    for (size_t i = file->event_count; i-- > 0;) {
        struct case_step step;
        if (file->events[i].type == CASE_NOTICE_SENT &&
            case_step_decode(&file->events[i], &step, NULL) >= 0 &&
            digest_equal(&step.sha256, &letter->sha256))
            return file->events[i].at;
    }
    return 0;
}

/* Whether the address is the one whose server took the letter and so made service, not one more
 * copy's. Before any service every address counts. */
static int made_service(struct casefile *file, const struct mail_verdict *verdict, bool *ret_made,
                        struct error_detail *detail)
{
    const struct store_letter *letter = &verdict->letter;
    int64_t service = served_at(file, letter);
    const struct store_attempt *serving = NULL;
    struct store_attempt *attempts;
    size_t count;
    int result = store_attempt_list(file->app->store, letter->id, &file->arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "attempts of a letter");
    for (size_t i = 0; i < count; i++) {
        if (attempts[i].phase == ATTEMPT_ACCEPTED && attempts[i].ended_at <= service)
            serving = &attempts[i];
    }
    *ret_made = !serving || recipient_same(recipient_of(letter, serving), verdict->address);
    return 0;
}

static int take_bounce(struct casefile *file, const struct store_letter *letter,
                       const char *evidence, struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct casefile_step request = {.step = {.type = CASE_BOUNCED, .sha256 = letter->sha256},
                                    .actor = &machine,
                                    .evidence = &evidence,
                                    .evidence_count = 1};
    CASE_TEXT(request.step.letter, letter->kind);
    CASE_TEXT(request.step.reason, "delivery-report");
    return casefile_step(file, &request, detail);
}

/* Once for each letter that is out: whoever has one could else write as many reports as a case can
 * hold events. The mails themselves are all there. */
static int note_once(struct casefile *file, const char *reason, const char *evidence,
                     struct error_detail *detail)
{
    for (size_t i = file->event_count; i-- > 0;) {
        const struct case_event *event = &file->events[i];
        if (event->type == CASE_NOTICE_DRAFTED || event->type == CASE_NOTICE_SENT)
            break;
        if (event->type == CASE_RECEIVED && strcmp(event->reason, reason) == 0)
            return 0;
    }
    return casefile_note(file, reason, evidence, detail);
}

int mail_tell_case(struct app *app, const struct mail_verdict *verdict, const char *evidence,
                   struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct store_letter *letter = &verdict->letter;
    struct error_detail refusal = {0};
    bool service = false;
    int result = casefile_open(app, letter->case_id, &file, detail);
    if (result >= 0)
        result = made_service(&file, verdict, &service, detail);
    if (result < 0)
        return result;
    if (!service)
        return note_once(&file, "copy-came-back", evidence, detail);
    uint32_t before = file.state.seq;
    result = take_bounce(&file, letter, evidence, &refusal);
    /* The engine refuses before anything is written: an older letter, or known already, or late. */
    if (result == ERR_REFUSED && file.state.seq == before)
        return note_once(&file, "bounce-noted", evidence, detail);
    if (result < 0)
        return error_pass(detail, result, &refusal);
    if (file.state.facts.values[FACT_LETTER] != LETTER_BOUNCED)
        return 0;
    result = store_letter_set_state(app->store, letter->id, LETTER_STATE_BOUNCED,
                                    clock_wall(&app->clock));
    return result < 0 ? app_store_failed(app, result, detail, "letter that came back") : 0;
}
