/* What who complained does by the secret link: complaint.add, complaint.insist, complaint.withdraw
 * and complaint.review. The link is an argument and proves who asks; what is asked again does
 * nothing twice and says so ("repeated"). None of them decides: a person does, with what they lead
 * to. */
#include "app/command_list.h"
#include "app/complaints/addition.h"
#include "app/complaints/filing.h"
#include "app/complaints/lacks.h"
#include "app/complaints/lookup.h"
#include "base/civil.h"
#include "rulebook/complaint.h"

#include <string.h>

enum {
    OWN_ARENA_MAX = 160 << 20, /* a complaint, its additions, and what comes now */
    OWN_EVENTS_AN_HOUR = 20,   /* by one link: nobody writes more who reads what they write */
    OWN_EXHIBITS_MAX = 100,    /* with those that were filed */
    OWN_EXHIBITS_BYTES = 2 * COMPLAINT_EXHIBITS_BYTES,
    OWN_TEXT_BYTES = 4096,
};

struct own {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    struct store_complaint_event *events;
    size_t event_count;
};

/* The last event of a type; NULL for none. */
static const struct store_complaint_event *last_of(const struct own *own,
                                                   enum complaint_event_type type)
{
    for (size_t i = own->event_count; i > 0; i--) {
        if (record_event_is(&own->events[i - 1], type))
            return &own->events[i - 1];
    }
    return NULL;
}

static int begin(struct own *own)
{
    struct call *call = own->call;
    const char *link;
    arena_init(&own->arena, OWN_ARENA_MAX);
    int result = call_need_text(call, "link", &link);
    if (result >= 0)
        result = record_find_link(call->app, link, &own->arena, &own->record, call->detail);
    if (result < 0)
        return result;
    if (own->record.row.erased_at)
        return error_set(call->detail, ERR_REFUSED, "complaint %s was erased",
                         own->record.row.reference);
    result = store_complaint_event_list(call->app->store, own->record.row.reference, &own->arena,
                                        &own->events, &own->event_count);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "events of a complaint")
                      : 0;
}

/* Asked only for what is new: a request that is sent again costs nothing. */
static int check_pace(const struct own *own)
{
    const int64_t hour = INT64_C(3600) * 1000000, now = clock_wall(&own->call->app->clock);
    int count = 0;
    for (size_t i = 0; i < own->event_count; i++) {
        const struct store_complaint_event *event = &own->events[i];
        count += strcmp(event->actor, ACTOR_COMPLAINANT) == 0 && event->at > now - hour;
    }
    return count < OWN_EVENTS_AN_HOUR
               ? 0
               : error_set(own->call->detail, ERR_TIMED_OUT,
                           "so much came by this link within an hour; try again later");
}

/* What was done, or that it had been done before, by the event `repeated`. */
static void tell(struct own *own, const struct store_complaint_event *repeated)
{
    json_t *result = own->call->result;
    json_object_set_new(result, "reference", json_string(own->record.row.reference));
    json_object_set_new(result, "state", json_string(own->record.row.state));
    json_object_set_new(result, "repeated", json_boolean(repeated != NULL));
}

/* Words for a person to read, where there are some; `data` of the event names their item. */
static int keep_reason(struct own *own, json_t *data)
{
    struct call *call = own->call;
    const char *text = json_text(call->arguments, "reason");
    if (!text)
        return 0;
    if (!text[strspn(text, " \t\r\n")])
        return error_set(call->detail, ERR_SYNTAX, "the reason is empty");
    if (strlen(text) > OWN_TEXT_BYTES)
        return error_set(call->detail, ERR_LIMIT, "the reason has more than %d bytes",
                         OWN_TEXT_BYTES);
    return record_keep_json(call, own->record.row.reference, json_pack("{s:s}", "text", text),
                            data);
}

/* --- adding --- */

struct addition {
    struct complaint_document document;
    json_t *json;                    /* as it is sealed */
    json_t *words;                   /* all that was said, with it */
    const struct rulebook *rulebook; /* of the day on which it was filed */
    struct lacks lacks;
    bool lacked; /* before */
};

static void addition_done(struct addition *addition)
{
    json_decref(addition->json);
    json_decref(addition->words);
}

static int read_addition(struct own *own, struct addition *addition, json_t **ret_json)
{
    struct call *call = own->call;
    struct form form = {.count = 0};
    struct document_source source = {.form = &form};
    struct record_law law;
    const char *text;
    int result = call_need_text(call, "document", &text);
    if (result >= 0)
        result = document_read_form(call, &own->arena, &form);
    if (result >= 0)
        result = record_find_law(call->app, &own->record, &law, call->detail);
    if (result >= 0)
        result = json_parse(text, strlen(text), ret_json, call->detail);
    if (result < 0)
        return result;
    addition->rulebook = law.rulebook;
    source.json = *ret_json;
    result =
        document_read_addition(&source, law.type, &own->arena, &addition->document, call->detail);
    return result < 0 ? result : form_check_taken(&form, call->detail);
}

static int number_next(struct own *own, uint32_t *ret_number)
{
    struct call *call = own->call;
    int result = store_complaint_item_next(call->app->store, own->record.row.reference, ret_number);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "items of a complaint")
                      : 0;
}

static int check_room(const struct own *own, const struct addition *addition)
{
    const json_t *exhibits = json_object_get(addition->words, "exhibits");
    struct error_detail *detail = own->call->detail;
    int64_t bytes = 0;
    for (size_t i = 0; i < json_array_size(exhibits); i++)
        bytes += json_number(json_array_get(exhibits, i), "size", 0);
    if (addition_count(own->events, own->event_count) >= ADDITIONS_MAX)
        return error_set(detail, ERR_LIMIT, "a complaint is added to %d times", ADDITIONS_MAX);
    if (json_array_size(exhibits) > OWN_EXHIBITS_MAX)
        return error_set(detail, ERR_LIMIT, "a complaint has %d exhibits", OWN_EXHIBITS_MAX);
    if (bytes > OWN_EXHIBITS_BYTES)
        return error_set(detail, ERR_LIMIT, "the exhibits of a complaint have %d bytes",
                         OWN_EXHIBITS_BYTES);
    return 0;
}

/* What is missing and what would close it; the exhibits are kept before. */
static int find_lacks(struct own *own, struct addition *addition)
{
    int result = lacks_find(own->call->app, &own->record, addition->words, &own->arena,
                            &addition->lacks, own->call->detail);
    return result < 0 ? result : lacks_put(&addition->lacks, addition->json);
}

/* 1 where the same was added before. Writes nothing. */
static int make_addition(struct own *own, struct addition *addition, uint32_t first,
                         const struct store_complaint_event **ret_same)
{
    struct call *call = own->call;
    enum complaint_state next;
    addition->json = addition_json(&addition->document, first);
    if (!addition->json)
        return ERR_NO_MEMORY;
    int result = addition_find_same(call->app, &own->record, own->events, own->event_count,
                                    json_text(addition->json, "content"), &own->arena, ret_same,
                                    call->detail);
    if (result >= 0)
        result =
            addition_merge(call->app, &own->record, &own->arena, &addition->words, call->detail);
    if (result < 0 || *ret_same)
        return result < 0 ? result : 1;
    addition->lacked = json_array_size(json_object_get(addition->words, "missing")) > 0;
    result = addition_lay(addition->words, addition->json);
    /* Before anything is read for it: what is refused does not count for the pace. */
    if (result >= 0)
        result = record_check_step(call, &own->record, COMPLAINT_EVENT_ADDED, &next);
    if (result >= 0)
        result = check_pace(own);
    if (result >= 0)
        result = check_room(own, addition);
    return result;
}

static int step(struct own *own, enum complaint_event_type type)
{
    json_t *data JSON_CLEANUP = json_object();
    return data ? record_step(own->call, &own->record, type, data) : ERR_NO_MEMORY;
}

static int keep_addition(struct own *own, struct addition *addition, uint32_t first)
{
    struct call *call = own->call;
    const char *reference = own->record.row.reference;
    json_t *data JSON_CLEANUP = json_object();
    int result = filing_keep_exhibits(call, reference, &addition->document, first);
    if (result >= 0)
        result = find_lacks(own, addition);
    if (result >= 0)
        result = record_keep_json(call, reference, json_incref(addition->json), data);
    if (result >= 0)
        result = record_step(call, &own->record, COMPLAINT_EVENT_ADDED, data);
    /* A draft that is held for want of something is one no more when nothing is wanting. */
    if (result >= 0 && own->record.state == COMPLAINT_HELD_STATE && addition->lacked &&
        addition->lacks.count == 0) {
        result = step(own, COMPLAINT_EVENT_COMPLETED);
        if (result >= 0)
            result = lookup_want(call->app, reference, LOOKUP_FRESH_US, call->detail);
    }
    return result;
}

static int add(struct own *own, struct addition *addition)
{
    struct call *call = own->call;
    const struct store_complaint_event *same = NULL;
    json_t *json JSON_CLEANUP = NULL;
    uint32_t first;
    int result = read_addition(own, addition, &json);
    if (result >= 0)
        result = number_next(own, &first);
    if (result >= 0)
        result = make_addition(own, addition, first, &same);
    if (result == 0)
        result = keep_addition(own, addition, first);
    if (result < 0)
        return result;
    tell(own, same);
    json_t *missing = same ? json_incref(json_object_get(addition->words, "missing"))
                           : filing_lack_list(addition->lacks.list, addition->lacks.count,
                                              addition->rulebook, own->record.row.language);
    return json_object_set_new(call->result, "missing", missing) < 0 ? ERR_NO_MEMORY : 0;
}

/* complaint.add {link, document, files}: the document is the text of
 * docs/schema/complaint-addition.json, the files are those of app/form.h.
 * A draft that lacks nothing then is filed; of what is decided the decision stands until a person
 * looked. */
int complaint_add(struct call *call)
{
    struct own own = {.call = call};
    struct addition addition = {.json = NULL};
    int result = begin(&own);
    if (result >= 0)
        result = add(&own, &addition);
    addition_done(&addition);
    arena_done(&own.arena);
    return result;
}

/* --- filing anyway, withdrawing, asking for a review --- */

/* One event, with words where there are some; nothing where `done` says that it was done. */
static int act(struct own *own, enum complaint_event_type type,
               const struct store_complaint_event *done)
{
    json_t *data JSON_CLEANUP = json_object();
    int result = done ? 0 : check_pace(own);
    if (result >= 0 && !done)
        result = data ? keep_reason(own, data) : ERR_NO_MEMORY;
    if (result >= 0 && !done)
        result = record_step(own->call, &own->record, type, data);
    if (result >= 0)
        tell(own, done);
    return result;
}

/* complaint.insist {link}: a draft is filed with what it lacks. */
int complaint_insist(struct call *call)
{
    struct own own = {.call = call};
    int result = begin(&own);
    if (result >= 0)
        result =
            act(&own, COMPLAINT_EVENT_FILED_ANYWAY, last_of(&own, COMPLAINT_EVENT_FILED_ANYWAY));
    arena_done(&own.arena);
    return result;
}

/* complaint.withdraw {link, reason}: nothing is deleted; a person closes it, or goes on with the
 * matter as the authority's own. */
int complaint_withdraw(struct call *call)
{
    struct own own = {.call = call};
    int result = begin(&own);
    if (result >= 0)
        result = act(&own, COMPLAINT_EVENT_WITHDRAWN, last_of(&own, COMPLAINT_EVENT_WITHDRAWN));
    arena_done(&own.arena);
    return result;
}

/* complaint.review {link, reason}: once. */
int complaint_review(struct call *call)
{
    struct own own = {.call = call};
    const char *reason;
    int result = begin(&own);
    if (result >= 0)
        result = call_need_text(call, "reason", &reason);
    const struct store_complaint_event *asked =
        result < 0 ? NULL : last_of(&own, COMPLAINT_EVENT_REVIEW_ASKED);
    if (asked && own.record.state != COMPLAINT_REVIEW_STATE)
        result = error_set(call->detail, ERR_REFUSED,
                           "complaint %s was looked at again; that is done once",
                           own.record.row.reference);
    if (result >= 0)
        result = act(&own, COMPLAINT_EVENT_REVIEW_ASKED, asked);
    arena_done(&own.arena);
    return result;
}
