/* complaint.decide: a person says whether a complaint is in scope, or asks for more. */
#include "app/app.h"
#include "app/command_list.h"
#include "app/complaints/matter.h"
#include "app/complaints/record.h"
#include "app/complaints/words.h"
#include "app/letters/complaint_mail.h"
#include "rulebook/process.h"
#include "store/batch.h"

#include <string.h>

struct decision {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    struct record_law law;
    json_t *data;      /* of the event */
    const char *words; /* for who complained; NULL for none */
    uint32_t seq;      /* of the event */
};

/* --- what is decided upon --- */

static bool is_decision(const struct store_complaint_event *event)
{
    return record_event_is(event, COMPLAINT_EVENT_IN_SCOPE) ||
           record_event_is(event, COMPLAINT_EVENT_OUT_OF_SCOPE);
}

/* A later decision names the one that it takes the place of. A review names what asked for it, and
 * is another person's than who decided. */
static int name_earlier(struct decision *decision)
{
    struct store_complaint_event *events, *earlier = NULL, *asked = NULL;
    size_t count;
    struct call *call = decision->call;
    int result = store_complaint_event_list(call->app->store, decision->record.row.reference,
                                            &decision->arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; i < count; i++) {
        if (is_decision(&events[i]))
            earlier = &events[i];
        if (record_event_is(&events[i], COMPLAINT_EVENT_REVIEW_ASKED))
            asked = &events[i];
    }
    if (earlier)
        json_object_set_new(decision->data, "corrects", json_integer(earlier->seq));
    if (decision->record.state != COMPLAINT_REVIEW_STATE || !earlier || !asked)
        return 0;
    if (strcmp(earlier->actor, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "%s decided complaint %s; another person reviews that", call->actor.id,
                         decision->record.row.reference);
    json_object_set_new(decision->data, "reviews", json_integer(asked->seq));
    return 0;
}

static int begin(struct decision *decision)
{
    struct call *call = decision->call;
    arena_init(&decision->arena, 64 << 20);
    decision->data = json_object();
    if (!decision->data)
        return ERR_NO_MEMORY;
    int result = record_find_for(call, "complaint", &decision->arena, &decision->record);
    if (result >= 0)
        result = record_check_version(call, &decision->record);
    if (result >= 0)
        result = record_find_law(call->app, &decision->record, &decision->law, call->detail);
    return result < 0 ? result : name_earlier(decision);
}

static int keep_text(struct decision *decision, const char *text)
{
    decision->words = text;
    return words_keep(decision->call, decision->record.row.reference, text, decision->data);
}

/* --- in scope --- */

static int leave_case(struct decision *decision)
{
    return matter_leave(decision->call, &decision->record, "scope-decided-anew");
}

/* Opens a case of the matter or joins the open one (invariant 9), and links the complaint. */
static int enter_case(struct decision *decision, const char *obligation)
{
    const struct matter matter = {.party = json_text(decision->call->arguments, "party"),
                                  .obligation = obligation,
                                  .subject = json_text(decision->call->arguments, "subject"),
                                  .origin = ORIGIN_COMPLAINT,
                                  .type = decision->law.type};
    struct store_complaint *row = &decision->record.row;
    int result = matter_open(decision->call, &matter, &decision->arena, &row->case_id);
    return result < 0 ? result : matter_enter(decision->call, &decision->record);
}

/* The step, and the message about it. */
static int take_step(struct decision *decision, enum complaint_event_type type)
{
    struct call *call = decision->call;
    uint32_t next;
    int result = record_step(call, &decision->record, type, decision->data);
    if (result < 0)
        return result;
    result = store_complaint_event_next(call->app->store, decision->record.row.reference, &next);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    decision->seq = next - 1;
    return complaint_mail_decided(call, &decision->record, type, decision->words);
}

static int decide_in_scope(struct decision *decision)
{
    struct call *call = decision->call;
    const char *obligation, *party, *reason;
    int result = call_need_text(call, "obligation", &obligation);
    if (result >= 0)
        result = call_need_text(call, "party", &party);
    /* Who asked for a review is told why, whatever comes of it. */
    if (result >= 0 && decision->record.state == COMPLAINT_REVIEW_STATE) {
        result = call_need_text(call, "reason", &reason);
        if (result >= 0)
            result = keep_text(decision, reason);
    }
    if (result >= 0)
        result = leave_case(decision);
    if (result >= 0)
        result = enter_case(decision, obligation);
    if (result < 0)
        return result;
    decision->record.row.closure = "";
    json_object_set_new(decision->data, "obligation", json_string(obligation));
    json_object_set_new(decision->data, "party", json_string(party));
    json_object_set_new(decision->data, "case", json_string(decision->record.row.case_id));
    return take_step(decision, COMPLAINT_EVENT_IN_SCOPE);
}

/* --- out of scope --- */

/* The scope test of the type that closes with this code. */
static const struct complaint_scope *rule_of(const struct complaint_type *type, const char *closure)
{
    for (size_t i = 0; i < type->scope_count; i++) {
        if (strcmp(type->scopes[i].closure, closure) == 0)
            return &type->scopes[i];
    }
    return NULL;
}

static int check_closure(struct decision *decision, const char *code,
                         const struct closure_code **ret_closure)
{
    *ret_closure = process_closure_find(decision->law.process, code);
    if (!*ret_closure)
        return error_set(decision->call->detail, ERR_NOT_FOUND,
                         "'%s' is no closure code of the process", code);
    if ((*ret_closure)->family == CLOSURE_RESOLVED)
        return error_set(decision->call->detail, ERR_REFUSED,
                         "'%s' says that a matter was resolved, not that it is out of scope", code);
    return 0;
}

static int decide_out_of_scope(struct decision *decision, const char *code)
{
    struct call *call = decision->call;
    const struct closure_code *closure;
    const char *reason;
    int result = check_closure(decision, code, &closure);
    if (result >= 0)
        result = call_need_text(call, "reason", &reason);
    if (result >= 0)
        result = leave_case(decision);
    if (result >= 0)
        result = keep_text(decision, reason);
    if (result < 0)
        return result;
    const struct complaint_scope *rule = rule_of(decision->law.type, code);
    decision->record.row.closure = closure->id;
    json_object_set_new(decision->data, "closure", json_string(closure->id));
    if (decision->record.state != COMPLAINT_REVIEW_STATE)
        json_object_set_new(decision->data, "review", json_true());
    if (rule) {
        json_object_set_new(decision->data, "rule", json_string(rule->id));
        json_object_set_new(decision->data, "obligation", json_string(rule->obligation));
    }
    return take_step(decision, COMPLAINT_EVENT_OUT_OF_SCOPE);
}

/* --- deciding --- */

static int decide(struct decision *decision)
{
    struct call *call = decision->call;
    const char *code = json_text(call->arguments, "out-of-scope");
    const char *need = json_text(call->arguments, "need");
    bool in_scope = json_is_true(json_object_get(call->arguments, "in-scope"));
    if (in_scope + (code != NULL) + (need != NULL) != 1)
        return error_set(call->detail, ERR_SYNTAX,
                         "say one of in-scope, out-of-scope with its code, or need");
    if (in_scope)
        return decide_in_scope(decision);
    if (code)
        return decide_out_of_scope(decision, code);
    int result = keep_text(decision, need);
    return result < 0 ? result : take_step(decision, COMPLAINT_EVENT_ASKED);
}

/* --- many --- */

/* Decisions that were looked at together carry the digest of what was looked at. */
static int read_batch(struct decision *decision, bool *ret_has, struct digest *ret_batch)
{
    struct call *call = decision->call;
    const char *text = json_text(call->arguments, "batch");
    char hex[DIGEST_HEX];
    *ret_has = text != NULL;
    if (!text)
        return 0;
    if (digest_parse(text, ret_batch) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.80s' is no digest of a preview", text);
    json_object_set_new(decision->data, "batch", json_string(digest_format(ret_batch, hex)));
    return 0;
}

static int note_batch(struct decision *decision, const struct digest *batch)
{
    struct call *call = decision->call;
    const struct store_batch_item item = {
        .batch = *batch, .reference = decision->record.row.reference, .seq = decision->seq};
    int result = store_batch_put(call->app->store, &item);
    if (result == ERR_CONFLICT)
        return error_set(call->detail, result, "complaint %s was decided in this batch before",
                         item.reference);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "batch of decisions") : 0;
}

/* complaint.decide {complaint, version, in-scope, obligation, party, subject | out-of-scope, reason
 * | need, batch}: may be said again, which corrects what was said before. */
int complaint_decide(struct call *call)
{
    struct decision decision = {.call = call};
    struct digest batch;
    bool has_batch = false;
    int result = begin(&decision);
    if (result >= 0)
        result = read_batch(&decision, &has_batch, &batch);
    if (result >= 0)
        result = decide(&decision);
    if (result >= 0 && has_batch)
        result = note_batch(&decision, &batch);
    if (result >= 0) {
        const struct store_complaint *row = &decision.record.row;
        json_object_set_new(call->result, "reference", json_string(row->reference));
        json_object_set_new(call->result, "state", json_string(row->state));
        json_object_set_new(call->result, "closure", json_string(row->closure));
        json_object_set_new(call->result, "case", json_string(row->case_id));
    }
    json_decref(decision.data);
    arena_done(&decision.arena);
    return result;
}
