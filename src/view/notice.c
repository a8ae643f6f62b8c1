#include "view/notice.h"

#include "base/civil.h"
#include "view/context.h"

#include <string.h>

static void put_instant(struct context *context, const char *key, int64_t instant)
{
    char text[CIVIL_INSTANT_TEXT];
    context_text(context, key, instant ? civil_format_instant(instant, text) : NULL);
}

static void put_date(struct context *context, const char *key, int32_t days)
{
    char text[CIVIL_DATE_TEXT];
    bool open = days == CIVIL_FAR_FUTURE || days == CIVIL_FAR_PAST;
    context_text(context, key, open ? NULL : civil_format_date(days, text));
}

/* Moves a finished part into the whole. */
static void take_part(struct context *whole, const char *key, struct context *part)
{
    if (part->failure && !whole->failure)
        whole->failure = part->failure;
    context_take(whole, key, part->json);
    part->json = NULL;
}

static void take_element(struct context *whole, json_t *list, struct context *part)
{
    if (part->failure && !whole->failure)
        whole->failure = part->failure;
    if (json_array_append_new(list, part->json) != 0 && !whole->failure)
        whole->failure = ERR_NO_MEMORY;
    part->json = NULL;
}

static void put_cure(struct context *whole, const struct notice_record *record)
{
    if (record->cure_date == CIVIL_FAR_FUTURE) {
        context_text(whole, "cure", NULL);
        return;
    }
    struct context cure;
    context_init(&cure);
    put_date(&cure, "date", record->cure_date);
    put_instant(&cure, "instant", record->cure_instant);
    context_text(&cure, "zone", record->cure_zone);
    context_texts(&cure, "trace", record->cure_trace, record->cure_trace_count);
    put_date(&cure, "extended_date", record->extended_date);
    put_instant(&cure, "extended_instant", record->extended_instant);
    take_part(whole, "cure", &cure);
}

static void put_updates(struct context *whole, const struct notice_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->update_count; i++) {
        const struct notice_update *update = &record->updates[i];
        struct context part;
        context_init(&part);
        context_text(&part, "id", update->id);
        put_instant(&part, "at", update->at);
        put_instant(&part, "updated_at", update->updated_at);
        context_text(&part, "kind", update->kind);
        context_text(&part, "notice_kind", update->notice_kind);
        context_text(&part, "text", update->text);
        context_text(&part, "reason", update->reason);
        context_text(&part, "about", update->about);
        context_text(&part, "corrected_by", update->corrected_by);
        context_text(&part, "withdrawn_by", update->withdrawn_by);
        take_element(whole, list, &part);
    }
    context_take(whole, "updates", list);
}

static void put_corrections(struct context *whole, const struct notice_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->correction_count; i++) {
        const struct notice_correction *correction = &record->corrections[i];
        struct context part;
        context_init(&part);
        context_text(&part, "id", correction->id);
        context_text(&part, "about", correction->about);
        put_instant(&part, "at", correction->at);
        context_text(&part, "old", correction->old_text);
        context_text(&part, "new", correction->new_text);
        context_text(&part, "reason", correction->reason);
        take_element(whole, list, &part);
    }
    context_take(whole, "corrections", list);
}

static void put_statement(struct context *whole, const struct notice_record *record)
{
    if (!record->party_statement) {
        context_text(whole, "party_statement", NULL);
        return;
    }
    struct context part;
    context_init(&part);
    put_instant(&part, "at", record->party_statement_at);
    context_text(&part, "text", record->party_statement);
    take_part(whole, "party_statement", &part);
}

static json_t *redactions_of(const struct notice_letter *letter, struct context *whole)
{
    json_t *list = json_array();
    for (size_t i = 0; i < letter->redaction_count; i++) {
        struct context part;
        context_init(&part);
        put_instant(&part, "at", letter->redactions[i].at);
        context_text(&part, "reason", letter->redactions[i].reason);
        take_element(whole, list, &part);
    }
    return list;
}

static void put_letters(struct context *whole, const struct notice_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->letter_count; i++) {
        const struct notice_letter *letter = &record->letters[i];
        struct context part;
        context_init(&part);
        context_text(&part, "kind", letter->kind);
        put_instant(&part, "sent_at", letter->sent_at);
        context_text(&part, "subject", letter->subject);
        context_text(&part, "sha256", letter->sha256);
        context_text(&part, "text", letter->text);
        context_take(&part, "redactions", redactions_of(letter, whole));
        take_element(whole, list, &part);
    }
    context_take(whole, "letters", list);
}

static void put_plain_fields(struct context *whole, const struct notice_record *record)
{
    const struct {
        const char *key, *text;
    } texts[] = {
        {"id", record->id},
        {"kind", record->kind},
        {"case", record->case_id},
        {"party_id", record->party_id},
        {"party_name", record->party_name},
        {"party_kind", record->party_kind},
        {"tld", record->tld},
        {"subject", record->subject},
        {"obligation", record->obligation_id},
        {"statement", record->obligation_statement},
        {"clause", record->clause},
        {"document", record->document_title},
        {"state", record->state},
        {"effect", record->effect},
        {"message_id", record->message_id},
        {"rulebook", record->rulebook_version},
        {"handler", record->handler},
        {"approver", record->approver},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        context_text(whole, texts[i].key, texts[i].text);
    context_bool(whole, "ended", record->ended);
}

/* Everything that is known, for nobody's eyes before access_project(). */
static void put_all(struct context *whole, const struct notice_record *record)
{
    put_plain_fields(whole, record);
    context_take(whole, "iana_id", record->iana_id ? json_integer(record->iana_id) : json_null());
    put_instant(whole, "sent_at", record->sent_at);
    put_instant(whole, "published_at", record->published_at);
    put_instant(whole, "next_update_due", record->next_update_due);
    put_instant(whole, "overdue_since", record->overdue_since);
    put_cure(whole, record);
    put_updates(whole, record);
    put_corrections(whole, record);
    put_statement(whole, record);
    put_letters(whole, record);
    context_texts(whole, "evidence", record->evidence, record->evidence_count);
}

int notice_project(const struct notice_record *record, enum audience audience, json_t **ret_json)
{
    CONTEXT_CLEANUP struct context whole;
    context_init(&whole);
    put_all(&whole, record);
    int result = context_error(&whole);
    if (result < 0)
        return result;
    return access_project(OBJECT_NOTICE, whole.json, audience, ret_json);
}

int notice_json(const struct notice_record *record, const struct site *site, struct buffer *out)
{
    JSON_CLEANUP json_t *notice = NULL;
    int result = notice_project(record, AUDIENCE_PUBLIC, &notice);
    if (result < 0)
        return result;
    CONTEXT_CLEANUP struct context whole;
    context_init(&whole);
    context_text(&whole, "schema", "bailiwick-notice-1");
    context_text(&whole, "authority", site->authority_name);
    context_text(&whole, "site", site->url);
    context_text(&whole, "log_origin", site->log_origin);
    context_bool(&whole, "demo", site->demo);
    context_take(&whole, "notice", json_incref(notice));
    result = context_error(&whole);
    if (result >= 0)
        result = json_canonical(whole.json, out);
    buffer_append_byte(out, '\n');
    return result < 0 ? result : buffer_error(out);
}

int health_json(struct buffer *out)
{
    buffer_append_text(out, "{\"status\":\"ok\"}\n");
    return buffer_error(out);
}
