/* notice.import and notice.adopt: notices that were published elsewhere before, brought in by two
 * people, so that what looks back over a party's conduct sees them from the first day.
 *
 * The first person's call shows what would change and remembers who brought which file; another one
 * brings the same bytes and it happens. Nothing is removed or overwritten; the same file again
 * changes nothing. */
#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "app/publish/past_read.h"
#include "base/civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char proposed_key[] = "past-notices-proposed";

enum { IMPORT_ARENA_MAX = 256 << 20 };

static json_t *day_json(int32_t day)
{
    char text[CIVIL_DATE_TEXT];
    return day == CIVIL_FAR_FUTURE ? json_null() : json_string(civil_format_date(day, text));
}

static json_t *row_json(const struct store_past_notice *row)
{
    json_t *clauses = json_array();
    for (size_t i = 0; i < row->clause_count; i++)
        json_array_append_new(clauses, json_string(row->clauses[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "id", row->id, "party",
                     row->party, "kind", row->kind, "notice", day_json(row->day), "cure_due",
                     day_json(row->cure_due), "cured", day_json(row->cured), "suspended",
                     day_json(row->suspended), "terminated", day_json(row->terminated), "clauses",
                     clauses, "source", row->source);
}

/* --- the difference --- */

struct difference {
    struct past_rows rows;
    json_t *added, *changed, *refused; /* lists of the answer, borrowed */
    json_int_t same;
};

static json_t *list_of(struct call *call, const char *name)
{
    json_t *list = json_array();
    json_object_set_new(call->result, name, list);
    return list;
}

/* Compares a row with what is there; settles its version, 0 when nothing is to be written. */
static int compare(struct call *call, struct store_past_notice *row, struct arena *arena,
                   struct difference *difference)
{
    struct store_past_notice there;
    json_t *now JSON_CLEANUP = row_json(row), *before JSON_CLEANUP = NULL;
    int result = store_past_notice_find(call->app->store, row->id, arena, &there);
    if (result == ERR_NOT_FOUND) {
        json_array_append(difference->added, now);
        return 0;
    }
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "past notice");
    before = row_json(&there);
    row->version = json_equal(now, before) ? 0 : there.version + 1;
    if (row->version)
        json_array_append_new(difference->changed,
                              json_pack("{s:O, s:O}", "before", before, "after", now));
    difference->same += row->version == 0;
    return 0;
}

static int make_difference(struct call *call, struct arena *arena, struct difference *ret)
{
    const char *text;
    *ret = (struct difference){.added = list_of(call, "added"),
                               .changed = list_of(call, "changed"),
                               .refused = list_of(call, "refused")};
    int result = call_need_text(call, "text", &text);
    if (result >= 0)
        result = past_read(call->app, text, arena, &ret->rows, call->detail);
    for (size_t i = 0; result >= 0 && i < ret->rows.count; i++)
        result = compare(call, &ret->rows.list[i], arena, ret);
    for (size_t i = 0; result >= 0 && i < ret->rows.refused_count; i++)
        json_array_append_new(ret->refused,
                              json_pack("{s:i, s:s}", "line", (int)ret->rows.refused[i].line,
                                        "reason", ret->rows.refused[i].reason));
    json_object_set_new(call->result, "same", json_integer(ret->same));
    return result;
}

/* Rows that are left out must be known to who leaves them out. */
static int check_refused(struct call *call, const struct difference *difference)
{
    const struct past_rows *rows = &difference->rows;
    int64_t expected = json_number(call->arguments, "refused", 0);
    if ((int64_t)rows->refused_count == expected)
        return 0;
    return error_set(call->detail, ERR_REFUSED,
                     "%zu rows are refused, not %" PRId64
                     "%s%s; --dry-run lists them, and --refused takes the others without them",
                     rows->refused_count, expected, rows->refused_count ? "; the first: " : "",
                     rows->refused_count ? rows->refused[0].reason : "");
}

static void digest_of_file(const struct call *call, char hex[DIGEST_HEX])
{
    const char *text = json_text(call->arguments, "text");
    const struct digest digest = digest_of(text, strlen(text));
    digest_format(&digest, hex);
    json_object_set_new(call->result, "sha256", json_string(hex));
}

/* notice.import {text, refused?, dry_run?}: what would change; remembers who brought it. */
int notice_import(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct difference difference;
    char hex[DIGEST_HEX], value[DIGEST_HEX + ACTOR_NAME_MAX + 24];
    arena_init(&arena, IMPORT_ARENA_MAX);
    int result = make_difference(call, &arena, &difference);
    if (result < 0)
        return result;
    digest_of_file(call, hex);
    json_object_set_new(call->result, "state", json_string("shown"));
    if (json_is_true(json_object_get(call->arguments, "dry_run")))
        return 0;
    result = check_refused(call, &difference);
    if (result < 0)
        return result;
    snprintf(value, sizeof value, "%s %s %" PRId64, hex, call->actor.id,
             clock_wall(&call->app->clock));
    result = store_meta_set(call->app->store, proposed_key, value);
    json_object_set_new(call->result, "state", json_string("proposed"));
    return result < 0 ? app_store_failed(call->app, result, call->detail, "proposal") : 0;
}

/* --- the second person --- */

static int check_proposal(struct call *call, const char *hex, struct arena *arena,
                          const char **ret_first)
{
    const char *value;
    int result = store_meta_get(call->app->store, proposed_key, arena, &value);
    if (result < 0 || strncmp(value, hex, DIGEST_HEX - 1) != 0)
        return error_set(call->detail, ERR_REFUSED,
                         "nobody proposed this file; an import needs two people");
    value += DIGEST_HEX;
    size_t size = strcspn(value, " ");
    *ret_first = arena_copy_slice(arena, value, size);
    if (!*ret_first)
        return ERR_LIMIT;
    if (strcmp(*ret_first, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "%s proposed this file; a second person has to bring it", call->actor.id);
    return command_check_second(&call->actor, strtoll(value + size, NULL, 10), "the proposal",
                                call->detail);
}

static int write_row(struct call *call, struct store_past_notice *row, const char *first)
{
    json_t *event JSON_CLEANUP = row_json(row);
    if (!event || json_object_set_new(event, "version", json_integer(row->version)) < 0 ||
        json_object_set_new(event, "imported_by", json_string(first)) < 0 ||
        json_object_set_new(event, "agreed_by", json_string(call->actor.id)) < 0)
        return ERR_NO_MEMORY;
    row->imported_at = clock_wall(&call->app->clock);
    row->imported_by = first;
    row->agreed_by = call->actor.id;
    /* "kind" is the log's word for what an entry is. */
    json_object_set_new(event, "notice_kind", json_string(row->kind));
    int result = ledger_commit(call->app, "past-notice", event, &row->entry, call->detail);
    if (result < 0)
        return result;
    result = store_past_notice_put(call->app->store, row);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "past notice") : 0;
}

/* notice.adopt {text, refused?}: another person brings the same file, and it is imported. */
int notice_adopt(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct difference difference;
    const char *first = "";
    char hex[DIGEST_HEX];
    arena_init(&arena, IMPORT_ARENA_MAX);
    int result = make_difference(call, &arena, &difference);
    if (result < 0)
        return result;
    digest_of_file(call, hex);
    result = check_refused(call, &difference);
    if (result >= 0)
        result = check_proposal(call, hex, &arena, &first);
    for (size_t i = 0; result >= 0 && i < difference.rows.count; i++) {
        if (difference.rows.list[i].version)
            result = write_row(call, &difference.rows.list[i], first);
    }
    json_object_set_new(call->result, "state", json_string("imported"));
    return result;
}
