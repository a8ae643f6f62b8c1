#include "app/complaints/record.h"

#include "app/casework/casefile.h"
#include "app/complaints/cluster.h"
#include "app/hooks/news.h"
#include "app/publish/ledger.h"
#include "base/seal.h"
#include "rulebook/rulebook.h"

#include <stdio.h>
#include <string.h>

enum { ABOUT_TEXT = 128, JSON_MAX = 4 << 20, EVENTS_ARENA_MAX = 64 << 20 };

/* --- finding --- */

/* What the store found, or why it did not. */
static int take_row(struct app *app, int result, struct complaint_record *record,
                    struct error_detail *detail)
{
    record->stepped_at = 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "complaint");
    return complaint_state_parse(record->row.state, &record->state) < 0
               ? error_set(detail, ERR_DAMAGED, "complaint %s: unknown state",
                           record->row.reference)
               : 0;
}

int record_find(struct app *app, const char *reference, struct arena *arena,
                struct complaint_record *ret_record, struct error_detail *detail)
{
    char text[REFERENCE_TEXT];
    if (reference_parse(reference, text) < 0)
        return error_set(detail, ERR_SYNTAX,
                         "'%.64s' is no reference of a complaint: a sign is wrong or missing",
                         reference);
    int result = store_complaint_find(app->store, text, arena, &ret_record->row);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "there is no complaint %s", text);
    return take_row(app, result, ret_record, detail);
}

int record_find_link(struct app *app, const char *token, struct arena *arena,
                     struct complaint_record *ret_record, struct error_detail *detail)
{
    const struct digest link = digest_of(token, strlen(token));
    int result = store_complaint_find_link(app->store, &link, arena, &ret_record->row);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "this link leads to no complaint");
    return take_row(app, result, ret_record, detail);
}

int record_find_for(struct call *call, const char *argument, struct arena *arena,
                    struct complaint_record *ret_record)
{
    const char *reference;
    int result = call_need_text(call, argument, &reference);
    if (result >= 0)
        result = record_find(call->app, reference, arena, ret_record, call->detail);
    return result < 0
               ? result
               : casefile_admit(call->app, &call->actor, ret_record->row.case_id, call->detail);
}

int record_find_kept(struct call *call, struct arena *arena, struct complaint_record *ret_record)
{
    int result = record_find_for(call, "complaint", arena, ret_record);
    if (result >= 0)
        result = record_check_version(call, ret_record);
    return result < 0 || !ret_record->row.erased_at
               ? result
               : error_set(call->detail, ERR_REFUSED, "complaint %s was erased",
                           ret_record->row.reference);
}

int record_find_law(struct app *app, const struct complaint_record *record,
                    struct record_law *ret_law, struct error_detail *detail)
{
    struct record_law law;
    int result = app_version_of(app, record->row.rulebook, &law.rulebook, &law.process, detail);
    if (result < 0)
        return result;
    law.type = rulebook_complaint_find(law.rulebook, record->row.type);
    if (!law.type)
        return error_set(detail, ERR_DAMAGED, "complaint %s: unknown type", record->row.reference);
    *ret_law = law;
    return 0;
}

int record_read_reason(struct call *call, const char *const list[3], const char **ret_reason)
{
    int result = call_need_text(call, "reason", ret_reason);
    for (size_t i = 0; result >= 0 && i < 3; i++) {
        if (strcmp(list[i], *ret_reason) == 0)
            return 0;
    }
    return result < 0 ? result
                      : error_set(call->detail, ERR_SYNTAX, "the reason is %s, %s or %s", list[0],
                                  list[1], list[2]);
}

/* That a message is to go out or went says nothing that a decision could rest on; what was looked
 * up stands beside what people said, and comes by itself. */
static bool is_news(const struct store_complaint_event *event)
{
    if (record_event_is(event, COMPLAINT_EVENT_LOOKED_UP))
        return false;
    return !record_event_is(event, COMPLAINT_EVENT_RECEIPT) ||
           (!strstr(event->data, "\"receipt\":\"queued\"") &&
            !strstr(event->data, "\"receipt\":\"sent\""));
}

/* 1 when something happened after an event that whoever knew it should see first. */
static int find_news(struct call *call, const char *reference, int64_t version)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_complaint_event *events;
    size_t count;
    int news = 0;
    arena_init(&arena, EVENTS_ARENA_MAX);
    int result = store_complaint_event_list(call->app->store, reference, &arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; i < count; i++)
        news |= events[i].seq > version && is_news(&events[i]);
    return news;
}

int record_check_version(struct call *call, const struct complaint_record *record)
{
    const json_t *given = json_object_get(call->arguments, "version");
    const char *reference = record->row.reference;
    uint32_t next;
    if (!given)
        return 0;
    int result = store_complaint_event_next(call->app->store, reference, &next);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    json_int_t version = json_integer_value(given);
    if (version == (json_int_t)next - 1)
        return 0;
    int news = version < 1 || version >= next ? 1 : find_news(call, reference, version);
    return news <= 0 ? news
                     : error_set(call->detail, ERR_CONFLICT,
                                 "complaint %s moved on: its last event is %u", reference,
                                 (unsigned)next - 1);
}

/* --- sealing --- */

int record_new_key(struct app *app, const char *reference, const char *part, struct digest *ret_key,
                   struct error_detail *detail)
{
    random_bytes(ret_key->bytes, sizeof ret_key->bytes);
    int result = store_complaint_key_put(app->store, reference, part, ret_key);
    return result < 0 ? app_store_failed(app, result, detail, "key of a complaint") : 0;
}

/* What the bytes are: they open in no other place. */
static const char *item_about(const char *reference, uint32_t number, char about[ABOUT_TEXT])
{
    snprintf(about, ABOUT_TEXT, "complaint/%s/%u", reference, (unsigned)number);
    return about;
}

static const char *reporter_about(const char *reference, char about[ABOUT_TEXT])
{
    snprintf(about, ABOUT_TEXT, "reporter/%s", reference);
    return about;
}

static int seal(struct app *app, const char *reference, const char *part, const char *about,
                const void *data, size_t size, struct buffer *sealed, struct error_detail *detail)
{
    struct digest key;
    int result = store_complaint_key_find(app->store, reference, part, &key);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, ERR_REFUSED, "complaint %s was erased", reference);
    if (result < 0)
        return app_store_failed(app, result, detail, "key of a complaint");
    buffer_init(sealed, size + SEAL_OVERHEAD);
    uint8_t *to = buffer_extend(sealed, size + SEAL_OVERHEAD);
    if (!to)
        return ERR_NO_MEMORY;
    seal_close(&key, about, data, size, to);
    return 0;
}

int record_put_bytes(struct app *app, const char *reference, uint32_t number, const void *data,
                     size_t size, struct error_detail *detail)
{
    struct buffer sealed BUFFER_CLEANUP = {0};
    char about[ABOUT_TEXT];
    int result = seal(app, reference, COMPLAINT_PART_WORDS, item_about(reference, number, about),
                      data, size, &sealed, detail);
    if (result < 0)
        return result;
    result = store_complaint_item_put(app->store, reference, number,
                                      (struct bytes){sealed.data, sealed.size});
    return result < 0 ? app_store_failed(app, result, detail, "item of a complaint") : 0;
}

/* RFC 8785, with a salt inside: nobody can find out from the digest what was said by guessing. */
static int salt(json_t *json, struct buffer *canonical, struct digest *ret_commitment)
{
    struct digest random;
    char hex[DIGEST_HEX];
    random_bytes(random.bytes, sizeof random.bytes);
    buffer_init(canonical, JSON_MAX);
    if (json_object_set_new(json, "salt", json_string(digest_format(&random, hex))) < 0)
        return ERR_NO_MEMORY;
    int result = json_canonical(json, canonical);
    if (result >= 0)
        *ret_commitment = digest_of(canonical->data, canonical->size);
    return result;
}

int record_put_json(struct app *app, const char *reference, uint32_t number, json_t *json,
                    struct digest *ret_commitment, struct error_detail *detail)
{
    struct buffer canonical BUFFER_CLEANUP = {0};
    int result = salt(json, &canonical, ret_commitment);
    return result < 0
               ? result
               : record_put_bytes(app, reference, number, canonical.data, canonical.size, detail);
}

int record_keep_json(struct call *call, const char *reference, json_t *json, json_t *data)
{
    struct digest digest;
    char hex[DIGEST_HEX];
    uint32_t number;
    json_t *words JSON_CLEANUP = json;
    int result =
        words ? store_complaint_item_next(call->app->store, reference, &number) : ERR_NO_MEMORY;
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "items of a complaint");
    result = record_put_json(call->app, reference, number, words, &digest, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(data, "item", json_integer((json_int_t)number));
    json_object_set_new(data, "words", json_string(digest_format(&digest, hex)));
    return 0;
}

int record_put_reporter(struct app *app, const char *reference, json_t *json,
                        struct digest *ret_commitment, struct error_detail *detail)
{
    struct buffer canonical BUFFER_CLEANUP = {0}, sealed BUFFER_CLEANUP = {0};
    char about[ABOUT_TEXT];
    int result = salt(json, &canonical, ret_commitment);
    if (result >= 0)
        result = seal(app, reference, COMPLAINT_PART_REPORTER, reporter_about(reference, about),
                      canonical.data, canonical.size, &sealed, detail);
    if (result < 0)
        return result;
    result = store_complaint_reporter_put(app->store, reference,
                                          (struct bytes){sealed.data, sealed.size});
    return result < 0 ? app_store_failed(app, result, detail, "reporter of a complaint") : 0;
}

/* --- opening --- */

static int unseal(struct app *app, const char *reference, const char *part, const char *about,
                  struct bytes sealed, struct arena *arena, struct bytes *ret_bytes,
                  struct error_detail *detail)
{
    struct digest key;
    int result = store_complaint_key_find(app->store, reference, part, &key);
    if (result < 0)
        return app_store_failed(app, result, detail, "key of a complaint");
    size_t size = sealed.size < SEAL_OVERHEAD ? 0 : sealed.size - SEAL_OVERHEAD;
    uint8_t *data = arena_alloc(arena, size + 1);
    if (!data)
        return ERR_LIMIT;
    result = seal_open(&key, about, sealed.data, sealed.size, data);
    if (result < 0)
        return error_set(detail, result, "complaint %s: what is sealed does not open", reference);
    *ret_bytes = (struct bytes){data, size};
    return 0;
}

int record_get_bytes(struct app *app, const char *reference, uint32_t number, struct arena *arena,
                     struct bytes *ret_bytes, struct error_detail *detail)
{
    struct bytes sealed;
    char about[ABOUT_TEXT];
    int result = store_complaint_item_find(app->store, reference, number, arena, &sealed);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "complaint %s has no item %u, or was erased", reference,
                         (unsigned)number);
    if (result < 0)
        return app_store_failed(app, result, detail, "item of a complaint");
    return unseal(app, reference, COMPLAINT_PART_WORDS, item_about(reference, number, about),
                  sealed, arena, ret_bytes, detail);
}

int record_get_json(struct app *app, const char *reference, uint32_t number, struct arena *arena,
                    json_t **ret_json, struct error_detail *detail)
{
    struct bytes bytes;
    int result = record_get_bytes(app, reference, number, arena, &bytes, detail);
    return result < 0 ? result : json_parse((const char *)bytes.data, bytes.size, ret_json, detail);
}

int record_get_reporter(struct app *app, const char *reference, struct arena *arena,
                        json_t **ret_json, struct error_detail *detail)
{
    struct bytes sealed, bytes = {0};
    char about[ABOUT_TEXT];
    int result = store_complaint_reporter_find(app->store, reference, arena, &sealed);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "nobody is named in complaint %s, or it was erased",
                         reference);
    if (result < 0)
        return app_store_failed(app, result, detail, "reporter of a complaint");
    result = unseal(app, reference, COMPLAINT_PART_REPORTER, reporter_about(reference, about),
                    sealed, arena, &bytes, detail);
    return result < 0 ? result : json_parse((const char *)bytes.data, bytes.size, ret_json, detail);
}

/* --- mail about it --- */

static const char *receipt_about(const struct store_receipt_about *receipt, char about[ABOUT_TEXT])
{
    if (receipt->event)
        snprintf(about, ABOUT_TEXT, "receipt/%s/%u/%s", receipt->reference,
                 (unsigned)receipt->event, receipt->letter);
    else
        snprintf(about, ABOUT_TEXT, "receipt/%s", receipt->reference);
    return about;
}

int record_seal_receipt(struct app *app, const struct store_receipt_about *receipt,
                        struct bytes plain, struct buffer *ret_sealed, struct error_detail *detail)
{
    char about[ABOUT_TEXT];
    return seal(app, receipt->reference, COMPLAINT_PART_REPORTER, receipt_about(receipt, about),
                plain.data, plain.size, ret_sealed, detail);
}

int record_open_receipt(struct app *app, const struct store_receipt_about *receipt,
                        struct bytes sealed, struct arena *arena, struct bytes *ret_bytes,
                        struct error_detail *detail)
{
    char about[ABOUT_TEXT];
    return unseal(app, receipt->reference, COMPLAINT_PART_REPORTER, receipt_about(receipt, about),
                  sealed, arena, ret_bytes, detail);
}

int record_add_mail(struct app *app, const struct complaint_record *record, struct bytes mail,
                    uint32_t *ret_number, struct error_detail *detail)
{
    const char *reference = record->row.reference;
    *ret_number = 0;
    if (record->row.erased_at)
        return 0;
    int result = store_complaint_item_next(app->store, reference, ret_number);
    return result < 0 ? app_store_failed(app, result, detail, "items of a complaint")
                      : record_put_bytes(app, reference, *ret_number, mail.data, mail.size, detail);
}

/* --- what happens --- */

int record_event(struct call *call, const struct record_event *event,
                 struct record_written *ret_written)
{
    struct buffer canonical BUFFER_CLEANUP = {0};
    struct store *store = call->app->store;
    struct store_complaint_event row = {.reference = event->reference,
                                        .at = clock_wall(&call->app->clock),
                                        .type = complaint_event_text(event->type),
                                        .actor = call->actor.id};
    int result = store_complaint_event_next(store, event->reference, &row.seq);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    json_t *entry JSON_CLEANUP = json_pack(
        "{s:s, s:i, s:I, s:s, s:s, s:O}", "complaint", row.reference, "seq", (int)row.seq, "at",
        (json_int_t)row.at, "event", row.type, "actor", row.actor, "data", event->data);
    buffer_init(&canonical, JSON_MAX);
    result = entry ? json_canonical(event->data, &canonical) : ERR_NO_MEMORY;
    if (result >= 0)
        result = ledger_commit(call->app, "complaint", entry, &row.entry, call->detail);
    if (result < 0)
        return result;
    row.data = buffer_text(&canonical);
    result = store_complaint_event_put(store, &row);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "event of a complaint");
    result = hook_news_complaint(call->app, row.reference, row.seq, call->detail);
    if (result < 0)
        return result;
    *ret_written = (struct record_written){row.at, row.entry};
    return 0;
}

int record_check_step(struct call *call, const struct complaint_record *record,
                      enum complaint_event_type type, enum complaint_state *ret_next)
{
    return complaint_after(record->state, type, ret_next) < 0
               ? error_set(call->detail, ERR_REFUSED,
                           "complaint %s is '%s': '%s' cannot happen now", record->row.reference,
                           record->row.state, complaint_event_text(type))
               : 0;
}

int record_step(struct call *call, struct complaint_record *record, enum complaint_event_type type,
                json_t *data)
{
    enum complaint_state before = record->state, next;
    int result = record_check_step(call, record, type, &next);
    if (result < 0)
        return result;
    record->state = next;
    record->row.state = complaint_state_text(next);
    const struct record_event event = {record->row.reference, type, data};
    struct record_written written;
    result = record_event(call, &event, &written);
    if (result < 0)
        return result;
    record->stepped_at = written.at;
    result = store_complaint_settle(call->app->store, &record->row);
    return result < 0
               ? app_store_failed(call->app, result, call->detail, "complaint")
               : cluster_follow(call->app, record->row.reference, before, next, call->detail);
}
