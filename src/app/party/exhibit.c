#include "app/party/exhibit.h"

#include "app/argument.h"
#include "base/civil.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* What people and programs of a party show evidence in. Nothing active, and nothing that holds
 * other files. */
static const char *const media_types[] = {"text/plain",      "text/csv",  "application/json",
                                          "application/pdf", "image/png", "image/jpeg",
                                          "message/rfc822"};
enum { MEDIA_TYPES = sizeof media_types / sizeof *media_types };

/* Nothing that would make the staff see another name than there is. */
static bool is_line(const char *text)
{
    for (; *text; text++) {
        if (text_steers(text))
            return false;
    }
    return true;
}

static int check_members(const json_t *row, const char *where, struct error_detail *detail)
{
    static const char *const known[] = {"media_type", "name",   "collected_on",
                                        "base64",     "sha256", "part"};
    const char *name;
    json_t *value;
    if (!json_is_object(row))
        return error_set(detail, ERR_SYNTAX, "%s is no object", where);
    int result = argument_members(row, where, known, sizeof known / sizeof *known, detail);
    if (result < 0)
        return result;
    json_object_foreach((json_t *)row, name, value)
    {
        if (!json_is_string(value))
            return error_set(detail, ERR_SYNTAX, "%s/%s is no text", where, name);
    }
    return 0;
}

/* The row's own words come before those of the form. */
static int read_about(const json_t *row, const char *where, const struct form_file *file,
                      struct store_exhibit *exhibit, struct error_detail *detail)
{
    const char *type = json_text(row, "media_type"), *name = json_text(row, "name");
    if (!type && file && file->media_type[0])
        type = file->media_type;
    if (!name && file)
        name = file->file_name;
    int kind = type ? text_index(media_types, MEDIA_TYPES, type) : -1;
    if (!type)
        return error_set(detail, ERR_SYNTAX, "%s/media_type is missing", where);
    if (kind < 0)
        return error_set(detail, ERR_REFUSED,
                         "%s/media_type: text/plain, text/csv, application/json, application/pdf, "
                         "image/png, image/jpeg and message/rfc822 are taken",
                         where);
    if (name && (strlen(name) > EXHIBIT_NAME_MAX || !is_line(name)))
        return error_set(detail, ERR_SYNTAX, "%s/name is one line of at most %d bytes", where,
                         EXHIBIT_NAME_MAX);
    exhibit->media_type = media_types[kind];
    exhibit->name = name ? name : "";
    return 0;
}

static int read_day(const json_t *row, const char *where, int32_t today,
                    struct store_exhibit *exhibit, struct error_detail *detail)
{
    const char *day = json_text(row, "collected_on");
    if (day && (civil_parse_date(day, &exhibit->collected) < 0 || exhibit->collected > today))
        return error_set(detail, ERR_SYNTAX, "%s/collected_on is no day up to today (2026-11-24)",
                         where);
    return 0;
}

static int read_base64(const json_t *row, const char *where, struct arena *arena,
                       struct store_exhibit *exhibit, struct error_detail *detail)
{
    if (!json_text(row, "base64"))
        return error_set(detail, ERR_SYNTAX, "%s/base64 is missing", where);
    int result = argument_bytes(row, "base64", where, EXHIBIT_BYTES_MAX, arena, &exhibit->bytes,
                                /* detail= */ NULL);
    if (result == ERR_LIMIT)
        return error_set(detail, result, "%s has more than %d bytes", where, EXHIBIT_BYTES_MAX);
    if (result < 0 || exhibit->bytes.size == 0)
        return error_set(detail, ERR_SYNTAX, "%s/base64 is no base64, or empty", where);
    exhibit->sha256 = digest_of(exhibit->bytes.data, exhibit->bytes.size);
    return 0;
}

/* What came beside the document; *ret_file stays where nothing is said to. */
static int find_file(const struct exhibits_source *source, const json_t *row, const char *where,
                     const struct form_file **ret_file, struct error_detail *detail)
{
    const char *part = json_text(row, "part");
    if (part && json_text(row, "base64"))
        return error_set(detail, ERR_SYNTAX, "%s has both base64 and part", where);
    return part ? form_take(source->form, part, where, ret_file, detail) : 0;
}

static int read_one(const struct exhibits_source *source, const json_t *row, const char *where,
                    struct arena *arena, struct store_exhibit *exhibit, struct error_detail *detail)
{
    const struct form_file *file = NULL;
    int result = check_members(row, where, detail);
    if (result >= 0)
        result = find_file(source, row, where, &file, detail);
    if (result >= 0)
        result = read_about(row, where, file, exhibit, detail);
    if (result >= 0)
        result = read_day(row, where, source->today, exhibit, detail);
    if (result >= 0 && !file)
        result = read_base64(row, where, arena, exhibit, detail);
    if (result < 0)
        return result;
    if (file) {
        exhibit->bytes = file->bytes;
        exhibit->sha256 = file->sha256;
    }
    exhibit->size = exhibit->bytes.size;
    return form_check_digest(json_text(row, "sha256"), &exhibit->sha256, where, detail);
}

int exhibits_read_form(struct call *call, struct arena *arena, struct form *ret_form)
{
    static const struct form_limits limits = {EXHIBITS_MAX, EXHIBIT_BYTES_MAX, EXHIBITS_BYTES_MAX};
    return form_read(call, &limits, arena, ret_form);
}

int exhibits_read(const struct exhibits_source *source, struct arena *arena,
                  struct exhibits *ret_exhibits, struct error_detail *detail)
{
    const json_t *list = source->list;
    struct exhibits exhibits = {.count = json_array_size(list)};
    size_t total = 0;
    if (list && !json_is_array(list))
        return error_set(detail, ERR_SYNTAX, "/exhibits is no array");
    if (exhibits.count > EXHIBITS_MAX)
        return error_set(detail, ERR_LIMIT, "/exhibits has more than %d members", EXHIBITS_MAX);
    for (size_t i = 0; i < exhibits.count; i++) {
        char where[32];
        snprintf(where, sizeof where, "/exhibits/%zu", i);
        int result =
            read_one(source, json_array_get(list, i), where, arena, &exhibits.list[i], detail);
        if (result < 0)
            return result;
        total += exhibits.list[i].size;
        if (total > EXHIBITS_BYTES_MAX)
            return error_set(detail, ERR_LIMIT, "/exhibits have more than %d bytes",
                             EXHIBITS_BYTES_MAX);
        exhibits.list[i].number = (uint32_t)(i + 1);
        digest_format(&exhibits.list[i].sha256, exhibits.hex[i]);
    }
    exhibits.total = total;
    *ret_exhibits = exhibits;
    return form_check_taken(source->form, detail);
}

void exhibits_print(const struct exhibits *exhibits, struct buffer *out)
{
    for (size_t i = 0; i < exhibits->count; i++) {
        const struct store_exhibit *exhibit = &exhibits->list[i];
        buffer_printf(out, "Exhibit %u: %s %s %zu bytes%s%s\n", exhibit->number, exhibits->hex[i],
                      exhibit->media_type, exhibit->bytes.size, exhibit->name[0] ? " " : "",
                      exhibit->name);
    }
}

int exhibits_keep(struct casefile *file, struct exhibits *exhibits, struct error_detail *detail)
{
    for (size_t i = 0; i < exhibits->count; i++) {
        exhibits->list[i].case_id = file->record.id;
        exhibits->list[i].seq = file->state.seq;
        int result = store_exhibit_put(file->app->store, &exhibits->list[i]);
        if (result < 0)
            return app_store_failed(file->app, result, detail, "exhibit");
    }
    return 0;
}

json_t *exhibits_describe(const struct store_exhibit *list, size_t count, uint32_t seq)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct store_exhibit *exhibit = &list[i];
        char hex[DIGEST_HEX], day[CIVIL_DATE_TEXT];
        if (exhibit->seq != seq)
            continue;
        json_array_append_new(
            rows,
            json_pack("{s:I, s:s, s:s, s:s, s:I, s:o}", "number", (json_int_t)exhibit->number,
                      "sha256", digest_format(&exhibit->sha256, hex), "media_type",
                      exhibit->media_type, "name", exhibit->name, "size", (json_int_t)exhibit->size,
                      "collected_on",
                      exhibit->collected ? json_string(civil_format_date(exhibit->collected, day))
                                         : json_null()));
    }
    return rows;
}
