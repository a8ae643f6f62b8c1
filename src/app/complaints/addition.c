#include "app/complaints/addition.h"

#include "app/complaints/filing.h"
#include "base/json_flat.h"

#include <string.h>

size_t addition_count(const struct store_complaint_event *events, size_t count)
{
    size_t additions = 0;
    for (size_t i = 0; i < count; i++)
        additions += record_event_is(&events[i], COMPLAINT_EVENT_ADDED);
    return additions;
}

/* What an event added, or, of another type, lets missing; NULL where it added nothing that stands
 * here (mail is kept as it came). New reference. */
static int open_addition(struct app *app, const struct complaint_record *record,
                         const struct store_complaint_event *event, struct arena *arena,
                         json_t **ret_json, struct error_detail *detail)
{
    json_t *data JSON_CLEANUP = NULL;
    *ret_json = NULL;
    if (!record_event_is(event, COMPLAINT_EVENT_ADDED) &&
        !record_event_is(event, COMPLAINT_EVENT_RETYPED))
        return 0;
    int result = json_parse(event->data, strlen(event->data), &data, detail);
    int64_t item = result < 0 ? 0 : json_number(data, "item", 0);
    return item <= 0 ? result
                     : record_get_json(app, record->row.reference, (uint32_t)item, arena, ret_json,
                                       detail);
}

int addition_lay(json_t *words, const json_t *addition)
{
    json_t *answers = json_object_get(words, "answers");
    json_t *exhibits = json_object_get(words, "exhibits");
    if (json_object_update(answers, json_object_get(addition, "answers")) < 0 ||
        json_array_extend(exhibits, json_object_get(addition, "exhibits")) < 0)
        return ERR_DAMAGED;
    return json_object_set(words, "missing", json_object_get(addition, "missing")) < 0 ? ERR_DAMAGED
                                                                                       : 0;
}

int addition_is_mail(struct app *app, const struct complaint_record *record, int64_t number,
                     struct arena *arena, struct error_detail *detail)
{
    struct store_complaint_event *events;
    size_t count;
    bool named = false;
    int result =
        store_complaint_event_list(app->store, record->row.reference, arena, &events, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "events of a complaint");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        struct json_flat data JSON_FLAT_CLEANUP = {0};
        result = json_flat_read(&data, events[i].data, strlen(events[i].data), detail);
        named = named ||
                (result >= 0 && number > 0 && json_flat_number(data.root, "mail", 0) == number);
    }
    return result < 0 ? result : named;
}

/* How many of the first events a person saw when they decided, or looked at what came since. */
static size_t count_read(const struct store_complaint_event *events, size_t count)
{
    static const enum complaint_event_type looks[] = {
        COMPLAINT_EVENT_IN_SCOPE, COMPLAINT_EVENT_OUT_OF_SCOPE, COMPLAINT_EVENT_SEEN};
    for (; count > 0; count--) {
        for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
            if (record_event_is(&events[count - 1], looks[i]))
                return count;
        }
    }
    return 0;
}

static int merge(struct app *app, const struct complaint_record *record, bool read_only,
                 struct arena *arena, json_t **ret_words, struct error_detail *detail)
{
    struct store_complaint_event *events;
    size_t count;
    json_t *words JSON_CLEANUP = NULL;
    int result = record_get_json(app, record->row.reference, 0, arena, &words, detail);
    if (result < 0)
        return result;
    result = store_complaint_event_list(app->store, record->row.reference, arena, &events, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "events of a complaint");
    if (read_only)
        count = count_read(events, count);
    for (size_t i = 0; i < count; i++) {
        json_t *addition JSON_CLEANUP = NULL;
        result = open_addition(app, record, &events[i], arena, &addition, detail);
        if (result >= 0 && addition)
            result = addition_lay(words, addition);
        if (result < 0)
            return result;
    }
    *ret_words = json_incref(words);
    return 0;
}

int addition_merge(struct app *app, const struct complaint_record *record, struct arena *arena,
                   json_t **ret_words, struct error_detail *detail)
{
    return merge(app, record, /* read_only= */ false, arena, ret_words, detail);
}

int addition_merge_read(struct app *app, const struct complaint_record *record, struct arena *arena,
                        json_t **ret_words, struct error_detail *detail)
{
    return merge(app, record, /* read_only= */ true, arena, ret_words, detail);
}

/* Of the text, the answers and the exhibits, which are named by their digests. */
static int put_content(json_t *addition, const struct complaint_document *document)
{
    struct buffer canonical BUFFER_CLEANUP = {0};
    struct digest digest;
    char hex[DIGEST_HEX];
    /* Numbered from 0: where they are kept is no part of what was said. */
    json_t *said JSON_CLEANUP =
        json_pack("{s:O, s:O, s:o}", "text", json_object_get(addition, "text"), "answers",
                  json_object_get(addition, "answers"), "exhibits",
                  filing_exhibits(document, /* first= */ 0));
    buffer_init(&canonical, 4 << 20);
    int result = said ? json_canonical(said, &canonical) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    digest = digest_of(canonical.data, canonical.size);
    return json_object_set_new(addition, "content", json_string(digest_format(&digest, hex)));
}

json_t *addition_json(const struct complaint_document *document, uint32_t first)
{
    json_t *answers = json_object();
    for (size_t i = 0; i < document->answer_count; i++)
        json_object_set_new(answers, document->answers[i].question,
                            json_string(document->answers[i].value));
    json_t *addition = json_pack("{s:s, s:o, s:o, s:[]}", "text", document->text, "answers",
                                 answers, "exhibits", filing_exhibits(document, first), "missing");
    if (addition && put_content(addition, document) < 0) {
        json_decref(addition);
        return NULL;
    }
    return addition;
}

int addition_find_same(struct app *app, const struct complaint_record *record,
                       const struct store_complaint_event *events, size_t count,
                       const char *content, struct arena *arena,
                       const struct store_complaint_event **ret_event, struct error_detail *detail)
{
    *ret_event = NULL;
    for (size_t i = 0; i < count; i++) {
        json_t *addition JSON_CLEANUP = NULL;
        int result = open_addition(app, record, &events[i], arena, &addition, detail);
        if (result < 0)
            return result;
        const char *other = json_text(addition, "content");
        if (!other || strcmp(other, content) != 0)
            continue;
        *ret_event = &events[i];
        return 0;
    }
    return 0;
}
