#include "app/complaints/document.h"

#include "app/argument.h"
#include "base/civil.h"
#include "base/text.h"
#include "model/tlp.h"
#include "view/letter.h"

#include <string.h>

struct reading {
    const json_t *json;
    struct form *form;
    const struct rulebook *rulebook;
    struct arena *arena;
    struct complaint_document *document;
    struct error_detail *detail;
};

/* --- small parts --- */

static int check_members(const json_t *object, const char *where, const char *const *known,
                         size_t count, struct error_detail *detail)
{
    if (!json_is_object(object))
        return error_set(detail, ERR_SYNTAX, "%s is no object", where[0] ? where : "a complaint");
    return argument_members(object, where, known, count, detail);
}
#define CHECK_MEMBERS(object, where, detail, ...)                                                  \
    check_members((object), (where), (const char *const[]){__VA_ARGS__},                           \
                  sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (detail))

/* A text of at most `most` bytes; "" when it is not there. */
static int take_text(const json_t *object, const char *where, const char *key, size_t most,
                     const char **ret_text, struct error_detail *detail)
{
    const json_t *value = json_object_get(object, key);
    *ret_text = "";
    if (!value)
        return 0;
    if (!json_is_string(value))
        return error_set(detail, ERR_SYNTAX, "%s/%s is no text", where, key);
    if (json_string_length(value) > most)
        return error_set(detail, ERR_LIMIT, "%s/%s has more than %zu bytes", where, key, most);
    *ret_text = json_string_value(value);
    return 0;
}

/* An array or object of at most `most`; NULL when it is not there. */
static int take_list(const struct reading *reading, const char *key, json_type type, size_t most,
                     const json_t **ret_list)
{
    const json_t *list = json_object_get(reading->json, key);
    size_t size = json_is_array(list) ? json_array_size(list) : json_object_size(list);
    if (list && json_typeof(list) != type)
        return error_set(reading->detail, ERR_SYNTAX, "/%s is no %s", key,
                         type == JSON_ARRAY ? "array" : "object");
    if (size > most)
        return error_set(reading->detail, ERR_LIMIT, "/%s has more than %zu members", key, most);
    *ret_list = list;
    return 0;
}

/* --- what it is about --- */

bool document_speaks(const struct rulebook *rulebook, const char *language)
{
    bool found = strcmp(rulebook->languages[0], language) == 0;
    for (size_t i = 0; i < rulebook->complainant_language_count; i++)
        found = found || strcmp(rulebook->complainant_languages[i], language) == 0;
    return found;
}

static int read_head(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    const char *type;
    int result = take_text(reading->json, "", "type", 64, &type, reading->detail);
    if (result >= 0)
        result = take_text(reading->json, "", "language", 35, &document->language, reading->detail);
    if (result >= 0)
        result = take_text(reading->json, "", "party", 128, &document->party, reading->detail);
    if (result < 0)
        return result;
    if (!type[0])
        return error_set(reading->detail, ERR_SYNTAX, "/type is missing");
    document->type = rulebook_complaint_find(reading->rulebook, type);
    if (!document->type)
        return error_set(reading->detail, ERR_NOT_FOUND,
                         "/type: there is no type '%s'; see 'bailiwick complaint types'", type);
    if (!document->language[0])
        document->language = reading->rulebook->languages[0];
    if (!document_speaks(reading->rulebook, document->language))
        return error_set(reading->detail, ERR_NOT_FOUND,
                         "/language: the rulebook has no complaint in '%s'", document->language);
    return 0;
}

static int read_names(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    const json_t *list = NULL;
    int result = take_list(reading, "names", JSON_ARRAY, COMPLAINT_NAMES_MAX, &list);
    if (result < 0 || !list)
        return result;
    document->names = arena_array(reading->arena, json_array_size(list) + 1, sizeof(char *));
    if (!document->names)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        char *name = arena_copy_text(reading->arena, text ? text : "");
        if (!name)
            return ERR_LIMIT;
        text_lower(name);
        if (text_ends_with(name, "."))
            name[strlen(name) - 1] = '\0';
        if (!text_domain_valid(name))
            return error_set(reading->detail, ERR_SYNTAX,
                             "/names/%zu is no domain name in ASCII (other scripts as xn--)", i);
        document->names[document->name_count++] = name;
    }
    return 0;
}

/* --- answers and exhibits --- */

static int read_answers(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    const json_t *list = NULL;
    const char *question, *text;
    json_t *value;
    int result = take_list(reading, "answers", JSON_OBJECT, COMPLAINT_ITEMS_MAX, &list);
    json_object_foreach(result < 0 ? NULL : (json_t *)list, question, value)
    {
        if (!complaint_question_find(document->type, question))
            return error_set(reading->detail, ERR_SYNTAX,
                             "/answers/%.64s: the type '%s' asks no such question", question,
                             document->type->id);
        result =
            take_text(list, "/answers", question, COMPLAINT_ANSWER_BYTES, &text, reading->detail);
        if (result < 0)
            return result;
        struct complaint_answer *answer =
            arena_push(reading->arena, &document->answers, &document->answer_count, sizeof *answer);
        if (!answer)
            return ERR_LIMIT;
        *answer = (struct complaint_answer){question, text};
    }
    return result;
}

static bool wants(const struct complaint_type *type, const char *evidence)
{
    for (size_t i = 0; i < type->evidence_count; i++) {
        if (strcmp(type->evidence[i].id, evidence) == 0)
            return true;
    }
    return false;
}

/* RFC 6838 4.2: two names of letters, digits and a few signs, in lower case. */
static bool is_media_type(const char *text)
{
    static const char signs[] = "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+";
    size_t type = strspn(text, signs);
    if (type == 0 || text[type] != '/')
        return false;
    size_t subtype = strspn(text + type + 1, signs);
    return subtype > 0 && text[type + 1 + subtype] == '\0';
}

/* What came beside the document; the row's own words come first. */
static int take_part(struct reading *reading, const char *part, const char *where,
                     struct document_exhibit *exhibit)
{
    const struct form_file *file;
    int result = form_take(reading->form, part, where, &file, reading->detail);
    if (result < 0)
        return result;
    exhibit->bytes = file->bytes.data;
    exhibit->size = file->bytes.size;
    exhibit->sha256 = file->sha256;
    if (!exhibit->name[0])
        exhibit->name = file->file_name;
    if (!exhibit->media_type[0])
        exhibit->media_type = file->media_type;
    return 0;
}

static int read_base64(struct reading *reading, const json_t *row, const char *where,
                       struct document_exhibit *exhibit)
{
    const char *text;
    size_t most = COMPLAINT_EXHIBIT_BYTES;
    int result = take_text(row, where, "base64", BASE64_ROOM(most), &text, reading->detail);
    if (result < 0)
        return result;
    size_t room = strlen(text) / 4 * 3 + 3;
    uint8_t *bytes = arena_alloc(reading->arena, room);
    if (!bytes)
        return ERR_LIMIT;
    if (!text[0] || base64_parse(text, bytes, room, &exhibit->size) < 0)
        return error_set(reading->detail, ERR_SYNTAX, "%s/base64 is no base64, or empty", where);
    if (exhibit->size > most)
        return error_set(reading->detail, ERR_LIMIT, "%s has more than %d bytes", where,
                         COMPLAINT_EXHIBIT_BYTES);
    exhibit->bytes = bytes;
    exhibit->sha256 = digest_of(bytes, exhibit->size);
    return 0;
}

static int read_bytes(struct reading *reading, const json_t *row, const char *where,
                      struct document_exhibit *exhibit)
{
    const char *part, *sha256;
    int result = take_text(row, where, "part", 64, &part, reading->detail);
    if (result >= 0)
        result = take_text(row, where, "sha256", DIGEST_HEX - 1, &sha256, reading->detail);
    if (result >= 0 && part[0] && json_object_get(row, "base64"))
        result = error_set(reading->detail, ERR_SYNTAX, "%s has both base64 and part", where);
    if (result < 0)
        return result;
    result = part[0] ? take_part(reading, part, where, exhibit)
                     : read_base64(reading, row, where, exhibit);
    return result < 0 || !sha256[0]
               ? result
               : form_check_digest(sha256, &exhibit->sha256, where, reading->detail);
}

static int read_exhibit(struct reading *reading, const json_t *row, const char *where,
                        struct document_exhibit *exhibit)
{
    const struct complaint_type *type = reading->document->type;
    struct error_detail *detail = reading->detail;
    int result = CHECK_MEMBERS(row, where, detail, "evidence", "media_type", "name", "base64",
                               "part", "sha256");
    if (result >= 0)
        result = take_text(row, where, "evidence", 64, &exhibit->evidence, detail);
    if (result >= 0)
        result = take_text(row, where, "media_type", COMPLAINT_SHORT_BYTES, &exhibit->media_type,
                           detail);
    if (result >= 0)
        result = take_text(row, where, "name", COMPLAINT_SHORT_BYTES, &exhibit->name, detail);
    if (result < 0)
        return result;
    if (!wants(type, exhibit->evidence))
        return error_set(detail, ERR_SYNTAX, "%s/evidence: the type '%s' asks for no '%s'", where,
                         type->id, exhibit->evidence);
    result = read_bytes(reading, row, where, exhibit);
    if (result >= 0 && !is_media_type(exhibit->media_type))
        result = error_set(detail, ERR_SYNTAX, "%s/media_type is no media type such as text/plain",
                           where);
    return result;
}

static int read_exhibits(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    const json_t *list = NULL;
    size_t total = 0;
    int result = take_list(reading, "exhibits", JSON_ARRAY, COMPLAINT_EXHIBITS_MAX, &list);
    for (size_t i = 0; result >= 0 && i < json_array_size(list); i++) {
        const char *where = arena_printf(reading->arena, "/exhibits/%zu", i);
        struct document_exhibit *exhibit = arena_push(reading->arena, &document->exhibits,
                                                      &document->exhibit_count, sizeof *exhibit);
        if (!where || !exhibit)
            return ERR_LIMIT;
        result = read_exhibit(reading, json_array_get(list, i), where, exhibit);
        total += exhibit->size;
        if (result >= 0 && total > COMPLAINT_EXHIBITS_BYTES)
            return error_set(reading->detail, ERR_LIMIT, "/exhibits have more than %d bytes",
                             COMPLAINT_EXHIBITS_BYTES);
    }
    return result;
}

int document_read_form(struct call *call, struct arena *arena, struct form *ret_form)
{
    static const struct form_limits limits = {COMPLAINT_EXHIBITS_MAX, COMPLAINT_EXHIBIT_BYTES,
                                              COMPLAINT_EXHIBITS_BYTES};
    return form_read(call, &limits, arena, ret_form);
}

/* --- who complains, and what they did before --- */

static int read_told(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    const json_t *told = NULL, *yes;
    int32_t day;
    int result = take_list(reading, "told_first", JSON_OBJECT, 3, &told);
    if (result < 0 || !told)
        return result;
    result = CHECK_MEMBERS(told, "/told_first", reading->detail, "told", "on", "how");
    if (result >= 0)
        result = take_text(told, "/told_first", "on", 10, &document->told_on, reading->detail);
    if (result >= 0)
        result = take_text(told, "/told_first", "how", COMPLAINT_ANSWER_BYTES, &document->told_how,
                           reading->detail);
    if (result < 0)
        return result;
    yes = json_object_get(told, "told");
    if (!json_is_boolean(yes))
        return error_set(reading->detail, ERR_SYNTAX, "/told_first/told is not true or false");
    if (document->told_on[0] && civil_parse_date(document->told_on, &day) < 0)
        return error_set(reading->detail, ERR_SYNTAX, "/told_first/on is no date (2026-11-24)");
    document->told = json_is_true(yes) ? "yes" : "no";
    return 0;
}

static int check_role(const char *role)
{
    for (int i = 0; i < COMPLAINT_ROLE_COUNT; i++) {
        if (strcmp(complaint_role_text((enum complaint_role)i), role) == 0)
            return 0;
    }
    return ERR_SYNTAX;
}

static int check_reporter(struct reading *reading, const json_t *share)
{
    struct complaint_document *document = reading->document;
    if (document->role[0] && check_role(document->role) < 0)
        return error_set(reading->detail, ERR_SYNTAX, "/reporter/role is no role of a complainant");
    if (document->email[0] && !letter_address_valid(document->email))
        return error_set(reading->detail, ERR_SYNTAX, "/reporter/email is no address to write to");
    if (share && !json_is_boolean(share))
        return error_set(reading->detail, ERR_SYNTAX, "/reporter/share is not true or false");
    document->share = json_is_true(share);
    return 0;
}

static int read_reporter(struct reading *reading)
{
    struct complaint_document *document = reading->document;
    struct error_detail *detail = reading->detail;
    const json_t *who = NULL;
    int result = take_list(reading, "reporter", JSON_OBJECT, 4, &who);
    document->has_reporter = who != NULL;
    if (result < 0 || !who)
        return result;
    result = CHECK_MEMBERS(who, "/reporter", detail, "name", "email", "role", "share");
    if (result >= 0)
        result = take_text(who, "/reporter", "name", COMPLAINT_SHORT_BYTES,
                           &document->reporter_name, detail);
    if (result >= 0)
        result = take_text(who, "/reporter", "email", 254, &document->email, detail);
    if (result >= 0)
        result = take_text(who, "/reporter", "role", 64, &document->role, detail);
    return result < 0 ? result : check_reporter(reading, json_object_get(who, "share"));
}

static int read_label(struct reading *reading)
{
    const char **label = &reading->document->tlp;
    enum tlp known;
    int result = take_text(reading->json, "", "tlp", 16, label, reading->detail);
    return result < 0 || !(*label)[0] || tlp_parse(*label, &known) >= 0
               ? result
               : error_set(reading->detail, ERR_SYNTAX,
                           "/tlp is no label: red, amber+strict, amber, green or clear");
}

struct complaint_document document_none(void)
{
    return (struct complaint_document){.language = "",
                                       .party = "",
                                       .text = "",
                                       .told = "",
                                       .told_on = "",
                                       .told_how = "",
                                       .role = "",
                                       .reporter_name = "",
                                       .email = "",
                                       .tlp = "",
                                       .came_as = "form",
                                       .report_id = "",
                                       .report_source = ""};
}

int document_read(const struct document_source *source, const struct rulebook *rulebook,
                  struct arena *arena, struct complaint_document *ret_document,
                  struct error_detail *detail)
{
    struct complaint_document document = document_none();
    const json_t *json = source->json;
    struct reading reading = {json, source->form, rulebook, arena, &document, detail};
    static int (*const steps[])(struct reading *) = {
        read_head, read_names, read_answers, read_exhibits, read_told, read_reporter, read_label};
    int result = CHECK_MEMBERS(json, "", detail, "type", "language", "party", "names", "answers",
                               "exhibits", "told_first", "reporter", "tlp");
    for (size_t i = 0; result >= 0 && i < sizeof steps / sizeof *steps; i++)
        result = steps[i](&reading);
    if (result < 0)
        return result;
    *ret_document = document;
    return 0;
}

int document_read_addition(const struct document_source *source, const struct complaint_type *type,
                           struct arena *arena, struct complaint_document *ret_document,
                           struct error_detail *detail)
{
    struct complaint_document document = document_none();
    const json_t *json = source->json;
    struct reading reading = {json, source->form, /* rulebook= */ NULL, arena, &document, detail};
    document.type = type;
    int result = CHECK_MEMBERS(json, "", detail, "text", "answers", "exhibits");
    if (result >= 0)
        result = take_text(json, "", "text", COMPLAINT_ANSWER_BYTES, &document.text, detail);
    if (result >= 0)
        result = read_answers(&reading);
    if (result >= 0)
        result = read_exhibits(&reading);
    if (result < 0)
        return result;
    if (!document.text[strspn(document.text, " \t\r\n")] && document.answer_count == 0 &&
        document.exhibit_count == 0)
        return error_set(detail, ERR_SYNTAX, "there is no text, no answer and no exhibit to add");
    *ret_document = document;
    return 0;
}
