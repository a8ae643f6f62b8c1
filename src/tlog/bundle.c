#include "tlog/bundle.h"

#include "base/json.h"

#include <inttypes.h>
#include <string.h>

enum { BUNDLE_MEMBERS = 4, OPENING_MEMBERS = 5 };

/* --- writing --- */

static json_t *base64_json(const struct digest *digest)
{
    char text[DIGEST_BASE64];
    return json_string(base64_format(digest->bytes, DIGEST_SIZE, text, sizeof text));
}

/* What cannot be made for want of memory is missing afterwards, so the makers below count what they
 * have before they hand it on. */
static json_t *hashes_json(const struct tlog_hashes *hashes)
{
    json_t *array = json_array();
    for (size_t i = 0; i < hashes->count; i++)
        json_array_append_new(array, base64_json(&hashes->hashes[i]));
    if (json_array_size(array) == hashes->count)
        return array;
    json_decref(array);
    return NULL;
}

/* NULL text is JSON null. */
static int parse_or_null(const char *text, size_t size, json_t **ret_json,
                         struct error_detail *detail)
{
    if (!text) {
        *ret_json = json_null();
        return 0;
    }
    return json_parse(text, size, ret_json, detail);
}

static int opening_json(const struct bundle_opening *from, json_t **ret_json,
                        struct error_detail *detail)
{
    json_t *event;
    int result = parse_or_null(from->opening.json, from->opening.json_size, &event, detail);
    if (result < 0)
        return error_context(detail, result, "opening");
    json_t *object = json_object();
    json_object_set_new(object, "entry", base64_json(&from->opening.entry));
    json_object_set_new(object, "event", event);
    json_object_set_new(object, "index", json_integer((json_int_t)from->index));
    json_object_set_new(object, "key",
                        from->opening.json ? base64_json(&from->opening.key) : json_null());
    json_object_set_new(object, "proof", hashes_json(&from->proof));
    if (json_object_size(object) != OPENING_MEMBERS) {
        json_decref(object);
        return ERR_NO_MEMORY;
    }
    *ret_json = object;
    return 0;
}

static int openings_json(const struct bundle *bundle, json_t **ret_json,
                         struct error_detail *detail)
{
    if (bundle->opening_count > TLOG_BUNDLE_OPENINGS_MAX)
        return error_set(detail, ERR_LIMIT, "bundle of more than %d openings",
                         TLOG_BUNDLE_OPENINGS_MAX);
    json_t *array JSON_CLEANUP = json_array();
    for (size_t i = 0; i < bundle->opening_count; i++) {
        json_t *opening = NULL;
        int result = opening_json(&bundle->openings[i], &opening, detail);
        if (result < 0)
            return result;
        json_array_append_new(array, opening);
    }
    if (json_array_size(array) != bundle->opening_count)
        return ERR_NO_MEMORY;
    *ret_json = json_incref(array);
    return 0;
}

int tlog_bundle_write(const struct bundle *bundle, struct buffer *out, struct error_detail *detail)
{
    json_t *record = NULL, *openings = NULL;
    int result = parse_or_null(bundle->record, bundle->record_size, &record, detail);
    if (result < 0)
        return error_context(detail, result, "record");
    result = openings_json(bundle, &openings, detail);
    if (result < 0) {
        json_decref(record);
        return result;
    }
    json_t *root JSON_CLEANUP = json_object();
    json_object_set_new(root, "checkpoint",
                        json_stringn(bundle->checkpoint, bundle->checkpoint_size));
    json_object_set_new(root, "openings", openings);
    json_object_set_new(root, "record", record);
    json_object_set_new(root, "schema", json_string(TLOG_BUNDLE_SCHEMA));
    if (json_object_size(root) != BUNDLE_MEMBERS)
        return ERR_NO_MEMORY;
    result = json_canonical(root, out);
    buffer_append_byte(out, '\n');
    return result < 0 ? result : buffer_error(out);
}

int tlog_record_digest(const char *json, size_t size, struct digest *ret_digest,
                       struct error_detail *detail)
{
    json_t *record JSON_CLEANUP = NULL;
    int result = json_parse(json, size, &record, detail);
    if (result < 0)
        return error_context(detail, result, "record");
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, TLOG_BUNDLE_MAX);
    result = json_canonical(record, &canonical);
    if (result < 0)
        return error_set(detail, result, "record has no canonical form");
    *ret_digest = digest_of(canonical.data, canonical.size);
    return 0;
}

/* --- checking --- */

/* A file has one form: what its content would be written as. */
static int check_form(const json_t *root, const void *data, size_t size,
                      struct error_detail *detail)
{
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, TLOG_BUNDLE_MAX);
    int result = json_canonical(root, &canonical);
    buffer_append_byte(&canonical, '\n');
    if (result < 0 || buffer_error(&canonical) < 0)
        return error_set(detail, result < 0 ? result : buffer_error(&canonical),
                         "bundle has no canonical form");
    if (canonical.size != size || memcmp(canonical.data, data, size) != 0)
        return error_set(detail, ERR_DAMAGED, "bundle is not in its canonical form (RFC 8785)");
    return 0;
}

static int read_digest(const json_t *value, struct digest *ret_digest)
{
    const char *text = json_string_value(value);
    size_t size;
    if (!text || base64_parse(text, ret_digest->bytes, DIGEST_SIZE, &size) < 0 ||
        size != DIGEST_SIZE)
        return ERR_SYNTAX;
    return 0;
}

static int read_hashes(const json_t *array, struct tlog_hashes *ret_hashes)
{
    size_t count = json_array_size(array);
    if (!json_is_array(array) || count > TLOG_PROOF_MAX)
        return ERR_SYNTAX;
    ret_hashes->count = count;
    for (size_t i = 0; i < count; i++) {
        if (read_digest(json_array_get(array, i), &ret_hashes->hashes[i]) < 0)
            return ERR_SYNTAX;
    }
    return 0;
}

/* Whether key and event open the entry; notes a record that the event binds. */
static int check_event(const json_t *object, const struct digest *entry,
                       const struct digest *record, bool *bound, struct error_detail *detail)
{
    const json_t *event = json_object_get(object, "event");
    struct tlog_opening opening = {.entry = *entry};
    if (!json_is_object(event) || read_digest(json_object_get(object, "key"), &opening.key) < 0)
        return error_set(detail, ERR_SYNTAX, "needs key and event, or null for both");
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, TLOG_EVENT_MAX);
    int result = json_canonical(event, &canonical);
    if (result < 0)
        return error_set(detail, result, "event: %s", error_text(result));
    opening.json = buffer_text(&canonical);
    opening.json_size = canonical.size;
    struct digest named;
    const char *hex = json_text(event, "record_sha256");
    if (record && hex && digest_parse(hex, &named) >= 0 && digest_equal(&named, record))
        *bound = true;
    return tlog_opening_check(&opening, detail);
}

struct bundle_check {
    struct bundle_report report;
    bool bound; /* an event names the record */
};

static int check_opening(struct bundle_check *check, const json_t *object,
                         struct error_detail *detail)
{
    struct digest entry;
    struct tlog_hashes proof;
    int64_t index = json_number(object, "index", -1);
    if (json_object_size(object) != OPENING_MEMBERS || index < 0 ||
        read_digest(json_object_get(object, "entry"), &entry) < 0 ||
        read_hashes(json_object_get(object, "proof"), &proof) < 0)
        return error_set(detail, ERR_SYNTAX, "needs entry, event, index, key and proof");
    struct digest leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
    const struct tlog_checkpoint *checkpoint = &check->report.checkpoint;
    if (tlog_check_inclusion(&leaf, (uint64_t)index, checkpoint->size, &proof, &checkpoint->root) <
        0)
        return error_set(detail, ERR_DAMAGED, "not shown to be number %" PRId64 " of the log",
                         index);
    check->report.openings++;
    if (json_is_null(json_object_get(object, "key")) &&
        json_is_null(json_object_get(object, "event"))) {
        check->report.erased++;
        return 0;
    }
    return check_event(object, &entry,
                       check->report.has_record ? &check->report.record_sha256 : NULL,
                       &check->bound, detail);
}

static int check_record(const json_t *record, struct bundle_report *report,
                        struct error_detail *detail)
{
    if (json_is_null(record))
        return 0;
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, TLOG_BUNDLE_MAX);
    if (!json_is_object(record) || json_canonical(record, &canonical) < 0)
        return error_set(detail, ERR_SYNTAX, "record is no object");
    report->has_record = true;
    report->record_sha256 = digest_of(canonical.data, canonical.size);
    return 0;
}

static int check_openings(struct bundle_check *check, const json_t *openings,
                          struct error_detail *detail)
{
    size_t count = json_array_size(openings);
    if (!json_is_array(openings) || count == 0 || count > TLOG_BUNDLE_OPENINGS_MAX)
        return error_set(detail, ERR_SYNTAX, "bundle needs 1 to %d openings",
                         TLOG_BUNDLE_OPENINGS_MAX);
    for (size_t i = 0; i < count; i++) {
        int result = check_opening(check, json_array_get(openings, i), detail);
        if (result < 0)
            return error_context(detail, result, "opening %zu", i + 1);
    }
    return 0;
}

static int check_root(const json_t *root, const struct note_key *key,
                      struct bundle_report *ret_report, struct error_detail *detail)
{
    const char *schema = json_text(root, "schema"), *note = json_text(root, "checkpoint");
    if (!schema || strcmp(schema, TLOG_BUNDLE_SCHEMA) != 0 || !note ||
        json_object_size(root) != BUNDLE_MEMBERS)
        return error_set(detail, ERR_SYNTAX, "not a bundle of the schema %s", TLOG_BUNDLE_SCHEMA);
    struct bundle_check check = {0};
    int result =
        tlog_checkpoint_open(key, note, json_string_length(json_object_get(root, "checkpoint")),
                             &check.report.checkpoint, detail);
    if (result >= 0)
        result = check_record(json_object_get(root, "record"), &check.report, detail);
    if (result >= 0)
        result = check_openings(&check, json_object_get(root, "openings"), detail);
    if (result >= 0 && check.report.has_record && !check.bound)
        result = error_set(detail, ERR_DAMAGED, "no event of the log names this record");
    if (result >= 0)
        *ret_report = check.report;
    return result < 0 ? result : 0;
}

int tlog_bundle_check(const void *data, size_t size, const struct note_key *key,
                      struct bundle_report *ret_report, struct error_detail *detail)
{
    if (size > TLOG_BUNDLE_MAX)
        return error_set(detail, ERR_LIMIT, "bundle of more than %d bytes", TLOG_BUNDLE_MAX);
    json_t *root JSON_CLEANUP = NULL;
    int result = json_parse(data, size, &root, detail);
    if (result >= 0)
        result = check_form(root, data, size, detail);
    if (result >= 0)
        result = check_root(root, key, ret_report, detail);
    return result < 0 ? error_context(detail, result, "bundle") : 0;
}
