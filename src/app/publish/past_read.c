#include "app/publish/past_read.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "proto/csv/csv.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS = 9, IANA_ID_MAX = 999999999 };

static const char *const columns[FIELDS] = {
    "Party", "Kind", "Notice", "Cure due", "Cured", "Suspended", "Terminated", "Clauses", "Source"};
static const char *const members[FIELDS] = {
    "party", "kind", "notice", "cure_due", "cured", "suspended", "terminated", "clauses", "source"};
enum { PARTY, KIND, DAY, CURE_DUE, CURED, SUSPENDED, TERMINATED, CLAUSES, SOURCE };

struct reading {
    struct app *app;
    struct arena *arena;
    struct past_rows rows;
    struct error_detail *detail;
};

/* --- the party --- */

static int find_by_name(struct app *app, const char *name, struct arena *arena,
                        const char **ret_party, struct error_detail *detail)
{
    struct party *parties;
    size_t count;
    int result = store_party_find_name(app->store, name, arena, &parties, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "parties");
    if (count)
        *ret_party = parties[0].id;
    return count > 1 ? ERR_CONFLICT : (int)count;
}

int past_party(struct app *app, const char *text, struct arena *arena, const char **ret_party,
               struct error_detail *detail)
{
    struct party party;
    struct tld tld;
    int64_t number;
    const char *id = text_parse_int(text, 1, IANA_ID_MAX, &number) >= 0
                         ? arena_printf(arena, "registrar-%s", text)
                         : text;
    if (!id)
        return ERR_LIMIT;
    int result = store_party_find(app->store, id, arena, &party);
    if (result >= 0) {
        *ret_party = party.id;
        return 1;
    }
    if (result == ERR_NOT_FOUND)
        result = store_tld_find(app->store, text + (text[0] == '.'), arena, &tld);
    if (result >= 0 && tld.party && tld.party[0]) {
        *ret_party = tld.party;
        return 1;
    }
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "party");
    return find_by_name(app, text, arena, ret_party, detail);
}

/* --- one row --- */

static int refuse(struct reading *reading, size_t line, const char *words, const char *word)
{
    struct past_refusal *slot = arena_push(reading->arena, &reading->rows.refused,
                                           &reading->rows.refused_count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    slot->line = line;
    snprintf(slot->reason, sizeof slot->reason, "%s: '%s'", words, word);
    return 0;
}

static bool is_kind(const char *text)
{
    static const char *const kinds[] = {"breach", "suspension", "termination", "non-renewal"};
    return text_index(kinds, sizeof kinds / sizeof *kinds, text) >= 0;
}

static bool has_control(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x20 || *at == 0x7f)
            return true;
    }
    return false;
}

static bool is_address(const char *text)
{
    return (text_starts_with(text, "https://") || text_starts_with(text, "http://")) &&
           strlen(text) <= PAST_SOURCE_MAX && !strpbrk(text, " <>\"\\") && !has_control(text);
}

/* An optional date that cannot lie before the notice. NULL, or what is wrong with it. */
static const char *take_date(const char *text, int32_t day, int32_t *ret_day)
{
    *ret_day = CIVIL_FAR_FUTURE;
    if (!text[0])
        return NULL;
    if (civil_parse_date(text, ret_day) < 0)
        return "no date (2026-11-24)";
    return *ret_day < day ? "a date before the notice" : NULL;
}

static int take_clauses(struct reading *reading, const char *text, struct store_past_notice *row)
{
    for (const char *at = text; *at;) {
        size_t size = strcspn(at, ";");
        const char *next = at + size + (at[size] == ';');
        for (; size && *at == ' '; size--)
            at++;
        while (size && at[size - 1] == ' ')
            size--;
        if (size) {
            const char **slot =
                arena_push(reading->arena, &row->clauses, &row->clause_count, sizeof *slot);
            if (!slot || !(*slot = arena_copy_slice(reading->arena, at, size)))
                return ERR_LIMIT;
        }
        at = next;
    }
    return 0;
}

/* What a row says, but for its party. NULL, or what is wrong with which word. */
static const char *check_row(const char *const *fields, struct store_past_notice *row,
                             const char **ret_word)
{
    const struct {
        int field;
        int32_t *day;
    } dates[] = {{CURE_DUE, &row->cure_due},
                 {CURED, &row->cured},
                 {SUSPENDED, &row->suspended},
                 {TERMINATED, &row->terminated}};
    *ret_word = fields[KIND];
    if (!is_kind(fields[KIND]))
        return "no kind (breach, suspension, termination or non-renewal)";
    *ret_word = fields[DAY];
    if (civil_parse_date(fields[DAY], &row->day) < 0)
        return "no date (2026-11-24)";
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        *ret_word = fields[dates[i].field];
        const char *wrong = take_date(*ret_word, row->day, dates[i].day);
        if (wrong)
            return wrong;
    }
    *ret_word = fields[SOURCE];
    if (!is_address(fields[SOURCE]))
        return "no address of what was published (https://...)";
    *ret_word = fields[CLAUSES];
    return has_control(fields[CLAUSES]) ? "a clause with a control character" : NULL;
}

/* The same notice has the same id, whoever imports it and when. */
static int name_row(struct reading *reading, struct store_past_notice *row)
{
    char day[CIVIL_DATE_TEXT], hex[DIGEST_HEX];
    const char *text = arena_printf(reading->arena, "%s\n%s\n%s\n%s", row->party, row->kind,
                                    civil_format_date(row->day, day), row->source);
    if (!text)
        return ERR_LIMIT;
    const struct digest digest = digest_of(text, strlen(text));
    row->id = arena_printf(reading->arena, "p-%.20s", digest_format(&digest, hex));
    return row->id ? 0 : ERR_LIMIT;
}

static int add_row(struct reading *reading, size_t line, const char *const *fields)
{
    struct store_past_notice row = {.version = 1, .kind = fields[KIND], .source = fields[SOURCE]};
    const char *word;
    const char *wrong = check_row(fields, &row, &word);
    if (wrong)
        return refuse(reading, line, wrong, word);
    int known =
        past_party(reading->app, fields[PARTY], reading->arena, &row.party, reading->detail);
    if (known == 0)
        return refuse(reading, line, "no party that is known here", fields[PARTY]);
    if (known == ERR_CONFLICT)
        return refuse(reading, line, "the name of several parties", fields[PARTY]);
    int result = known < 0 ? known : take_clauses(reading, fields[CLAUSES], &row);
    if (result >= 0 && row.clause_count > PAST_CLAUSES_MAX)
        return refuse(reading, line, "more clauses than one notice has", fields[CLAUSES]);
    if (result >= 0)
        result = name_row(reading, &row);
    if (result < 0)
        return result;
    for (size_t i = 0; i < reading->rows.count; i++) {
        if (strcmp(reading->rows.list[i].id, row.id) == 0)
            return refuse(reading, line, "the same notice stands before", row.source);
    }
    struct store_past_notice *slot =
        arena_push(reading->arena, &reading->rows.list, &reading->rows.count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    *slot = row;
    return 0;
}

/* --- the file --- */

static int too_many(struct reading *reading)
{
    if (reading->rows.count + reading->rows.refused_count < PAST_ROWS_MAX)
        return 0;
    return error_set(reading->detail, ERR_LIMIT, "more than %d past notices in one file",
                     PAST_ROWS_MAX);
}

static int read_csv(struct reading *reading, const char *text)
{
    struct csv csv;
    char *fields[FIELDS];
    int result = csv_open(&csv, text, strlen(text), reading->arena, reading->detail);
    if (result >= 0)
        result = csv_expect_header(&csv, columns, FIELDS, reading->detail);
    while (result >= 0 && (result = csv_next(&csv, fields, FIELDS, reading->detail)) > 0) {
        result = too_many(reading);
        if (result >= 0)
            result = add_row(reading, csv.line, (const char *const *)fields);
    }
    return result;
}

/* A list of clauses becomes what CSV would say. NULL for what is no text and no list of texts. */
static const char *member_text(struct reading *reading, const json_t *value)
{
    const char *text = "";
    size_t index;
    json_t *element;
    if (!value || json_is_null(value))
        return text;
    if (json_is_integer(value))
        return arena_printf(reading->arena, "%lld", (long long)json_integer_value(value));
    if (!json_is_array(value))
        return json_string_value(value);
    json_array_foreach((json_t *)value, index, element)
    {
        if (!json_is_string(element))
            return NULL;
        text = arena_printf(reading->arena, "%s%s%s", text, index ? "; " : "",
                            json_string_value(element));
        if (!text)
            return NULL;
    }
    return text;
}

static int read_object(struct reading *reading, size_t number, const json_t *object)
{
    const char *fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        const char *text = member_text(reading, json_object_get(object, members[i]));
        fields[i] = text ? arena_copy_text(reading->arena, text) : NULL;
        if (!fields[i])
            return refuse(reading, number, "a member that is no text", members[i]);
    }
    return json_is_object(object) ? add_row(reading, number, fields)
                                  : refuse(reading, number, "no object", "");
}

static int read_json(struct reading *reading, const char *text)
{
    json_t *list JSON_CLEANUP = NULL, *object;
    size_t index;
    int result = json_parse(text, strlen(text), &list, reading->detail);
    if (result >= 0 && !json_is_array(list))
        return error_set(reading->detail, ERR_SYNTAX, "past notices in JSON are a list of objects");
    json_array_foreach(list, index, object)
    {
        if (result >= 0)
            result = too_many(reading);
        if (result >= 0)
            result = read_object(reading, index + 1, object);
    }
    return result;
}

int past_read(struct app *app, const char *text, struct arena *arena, struct past_rows *ret_rows,
              struct error_detail *detail)
{
    struct reading reading = {.app = app, .arena = arena, .detail = detail};
    char first = text[strspn(text, " \r\n\t")];
    int result =
        first == '[' || first == '{' ? read_json(&reading, text) : read_csv(&reading, text);
    if (result >= 0)
        *ret_rows = reading.rows;
    return result;
}
