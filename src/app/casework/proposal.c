#include "app/casework/proposal.h"

#include "app/publish/ledger.h"
#include "base/civil.h"

#include <string.h>

static const char log_kind[] = "case-proposal";

/* What the log is told, in its canonical form: the digest of these bytes is the proposal's name. */
static int describe(const struct case_event *event, json_t **ret_entry, struct digest *ret_sha256,
                    struct error_detail *detail)
{
    json_t *data JSON_CLEANUP = NULL;
    struct buffer text BUFFER_CLEANUP = {0};
    int result = json_parse(event->data, strlen(event->data), &data, detail);
    if (result < 0)
        return result;
    json_t *entry =
        json_pack("{s:s, s:s, s:i, s:s, s:I, s:s, s:s, s:s, s:O}", "kind", log_kind, "case",
                  event->case_id, "after_seq", (int)event->seq, "event",
                  case_event_text(event->type), "at", (json_int_t)event->at, "actor", event->actor,
                  "role", event->actor_role, "reason", event->reason, "data", data);
    if (!entry)
        return ERR_NO_MEMORY;
    buffer_init(&text, CASE_DATA_MAX + 4096);
    result = json_canonical(entry, &text);
    if (result < 0) {
        json_decref(entry);
        return result;
    }
    *ret_sha256 = digest_of(text.data, text.size);
    *ret_entry = entry;
    return 0;
}

static void answer(struct call *call, const struct casefile *file, const struct digest *sha256)
{
    char hex[DIGEST_HEX];
    json_object_set_new(call->result, "case", json_string(file->record.id));
    json_object_set_new(call->result, "stage", json_string(file->state.stage->id));
    json_object_set_new(call->result, "seq", json_integer(file->state.seq));
    json_object_set_new(call->result, "proposal", json_string(digest_format(sha256, hex)));
    json_object_set_new(call->result, "waits_for", json_string("second-person"));
}

int proposal_make(struct call *call, const struct casefile *file,
                  const struct proposed_step *proposed)
{
    const struct case_step *step = proposed->step;
    struct buffer data BUFFER_CLEANUP = {0};
    json_t *entry JSON_CLEANUP = NULL;
    buffer_init(&data, CASE_DATA_MAX);
    int result = case_data_encode(step, proposed->outcome, &data);
    if (result < 0)
        return result;
    struct store_proposal proposal = {.event = {.case_id = file->record.id,
                                                .seq = file->state.seq,
                                                .type = step->type,
                                                .version = CASE_EVENT_VERSION,
                                                .at = step->at,
                                                .actor = step->actor,
                                                .actor_role = step->role,
                                                .reason = step->reason,
                                                .data = buffer_text(&data)}};
    result = describe(&proposal.event, &entry, &proposal.sha256, call->detail);
    if (result >= 0)
        result = ledger_commit(call->app, log_kind, entry, &proposal.entry, call->detail);
    if (result < 0)
        return result;
    result = store_proposal_put(call->app->store, &proposal);
    if (result == ERR_CONFLICT)
        return error_set(call->detail, result,
                         "a proposal of '%s' waits already in case %s; agree to it or withdraw it",
                         case_event_text(step->type), file->record.id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposal");
    answer(call, file, &proposal.sha256);
    return 0;
}

int proposal_step(const struct store_proposal *proposal, const char *second,
                  struct case_step *ret_step, struct error_detail *detail)
{
    json_t *entry JSON_CLEANUP = NULL;
    struct digest sha256;
    int result = describe(&proposal->event, &entry, &sha256, detail);
    if (result >= 0 && !digest_equal(&sha256, &proposal->sha256))
        result = error_set(detail, ERR_DAMAGED, "the proposal is not the one that was made");
    if (result >= 0)
        result = case_step_decode(&proposal->event, ret_step, detail);
    if (result < 0)
        return result;
    /* The clock is set by what holds when the second person agrees. */
    ret_step->deadline_recorded = false;
    return CASE_TEXT(ret_step->second, second);
}

int proposal_try(const struct casefile *file, const struct store_proposal *proposal,
                 const char *second, struct error_detail *detail)
{
    struct case_step step;
    struct case_outcome outcome;
    int result = proposal_step(proposal, second, &step, detail);
    if (result < 0)
        return result;
    result = casefile_take_rules(file->app, &step, detail);
    if (result < 0)
        return result;
    step.at = clock_wall(&file->app->clock);
    /* A store that another clock wrote last is not behind the times. */
    if (step.at < file->state.last_at)
        step.at = file->state.last_at;
    result = second[0] ? case_apply(&file->state, &step, &outcome, detail)
                       : case_weigh(&file->state, &step, &outcome, detail);
    return result < 0 ? result : 0;
}

const char *proposal_words(const struct store_proposal *proposal, struct arena *arena)
{
    struct case_step step;
    char date[CIVIL_DATE_TEXT];
    size_t count;
    const char *event = case_event_text(proposal->event.type), *words = event;
    if (case_step_decode(&proposal->event, &step, NULL) < 0)
        return event;
    if (step.until)
        words = arena_printf(arena, "%s until %s", event, civil_format_date(step.until, date));
    else if (step.closure[0])
        words = arena_printf(arena, "%s as %s", event, step.closure);
    else if (step.judgement != ANSWER_NONE)
        words = arena_printf(arena, "%s as %s", event,
                             case_fact_words(FACT_ANSWER, &count)[step.judgement]);
    else if (step.dispute != DISPUTE_NONE)
        words = arena_printf(arena, "%s as %s", event,
                             case_fact_words(FACT_DISPUTE, &count)[step.dispute]);
    return words ? words : event;
}

int proposal_settle(struct app *app, const struct store_proposal *proposal,
                    enum proposal_state state, const struct actor *actor,
                    struct error_detail *detail)
{
    struct store_proposal ended = *proposal;
    ended.state = state;
    ended.settled_at = clock_wall(&app->clock);
    ended.settled_by = actor->id;
    int result = store_proposal_settle(app->store, &ended);
    return result < 0 ? app_store_failed(app, result, detail, "proposal") : 0;
}
