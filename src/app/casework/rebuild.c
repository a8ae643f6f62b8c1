#include "app/casework/rebuild.h"

#include "app/casework/projection.h"
#include "app/complaints/rebuild.h"
#include "store/evidence.h"
#include "store/lost.h"

#include <string.h>

enum { WAITING_ARENA_MAX = 256 << 20 };

struct rebuild {
    struct app *app;
    struct error_detail *detail;
    int64_t cases, changed, deadlines;
    struct complaints_rebuilt complaints;
    int64_t open[STAGE_KIND_COUNT];
    bool seen[STAGE_KIND_COUNT]; /* of open cases, once: a count that fell to 0 has a row too */
    struct arena arena;          /* of the list */
    const char **waiting;        /* cases in whose place another is shown as open */
    size_t waiting_count;
};

static int failed(struct rebuild *at, int result, const char *what)
{
    return result < 0 ? app_store_failed(at->app, result, at->detail, what) : result;
}

/* --- a case --- */

static bool is_as_told(const struct store_case *stored, const struct store_case *folded)
{
    return store_case_alike(stored, folded) && stored->seq == folded->seq &&
           stored->updated_at == folded->updated_at;
}

/* Where rows were changed, the one that has to make room may come later in the list. */
static int wait_for_room(struct rebuild *at, const char *id)
{
    const char **slot =
        arena_push(&at->arena, &at->waiting, &at->waiting_count, sizeof *at->waiting);
    const char *copy = arena_copy_text(&at->arena, id);
    if (!slot || !copy)
        return ERR_LIMIT;
    *slot = copy;
    return 0;
}

static int write_record(struct rebuild *at, const struct store_case *stored,
                        const struct store_case *folded, bool again)
{
    if (is_as_told(stored, folded))
        return 0;
    int result = store_case_update(at->app->store, stored, folded);
    if (result == ERR_CONFLICT && !again)
        return wait_for_room(at, stored->id);
    at->changed++;
    return failed(at, result, "row of a case");
}

static int write_deadlines(struct rebuild *at, const struct store_deadline *rows, size_t count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = failed(at, store_deadline_put(at->app->store, &rows[i]), "deadline");
    at->deadlines += (int64_t)count;
    return result;
}

static int count_kinds(struct rebuild *at, struct casefile *file, const struct store_case *folded)
{
    struct case_explanation *rows;
    int result = casefile_explain(file, &file->arena, &rows, at->detail);
    for (size_t i = 0; result >= 0 && i < file->event_count; i++)
        at->seen[rows[i].to->kind] |= !stage_is_end(rows[i].to);
    at->open[folded->stage_kind] += folded->closed_at == 0;
    return result;
}

static int rebuild_file(struct rebuild *at, struct casefile *file)
{
    struct projection folded;
    int result = projection_make(file, &file->arena, &folded, at->detail);
    if (result >= 0)
        result = write_record(at, &file->record, &folded.record, /* again= */ false);
    if (result >= 0)
        result = write_deadlines(at, folded.deadlines, folded.deadline_count);
    if (result >= 0)
        result = write_deadlines(at, folded.milestones, folded.milestone_count);
    return result < 0 ? result : count_kinds(at, file, &folded.record);
}

static int rebuild_case(void *context, const struct store_case *stored)
{
    struct rebuild *at = context;
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(at->app, stored->id, &file, at->detail);
    if (result >= 0 && file.event_count == 0)
        result = error_set(at->detail, ERR_DAMAGED, "case %s has no events", stored->id);
    at->cases++;
    return result < 0 ? result : rebuild_file(at, &file);
}

/* By now each other case is shown as its events say. */
static int rebuild_waiting(struct rebuild *at)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < at->waiting_count; i++) {
        struct casefile file CASEFILE_CLEANUP = {0};
        struct projection folded;
        result = casefile_open(at->app, at->waiting[i], &file, at->detail);
        if (result >= 0)
            result = projection_make(&file, &file.arena, &folded, at->detail);
        if (result >= 0)
            result = write_record(at, &file.record, &folded.record, /* again= */ true);
    }
    return result;
}

/* --- whole tables --- */

/* Writing the cases has counted too, from whatever was there. */
static int rebuild_counts(struct rebuild *at)
{
    int result = failed(at, store_case_forget_open(at->app->store), "open cases");
    for (int kind = 0; result >= 0 && kind < STAGE_KIND_COUNT; kind++) {
        if (at->seen[kind] || at->open[kind])
            result = failed(
                at, store_case_put_open(at->app->store, (enum stage_kind)kind, at->open[kind]),
                "open cases");
    }
    return result;
}

/* A row that is gone cannot be written from events, which do not tell all of it. */
static int refuse_lost(struct rebuild *at, enum store_lost_kind kind, const char *what)
{
    struct store_lost *rows;
    size_t count;
    int result = failed(at, store_lost_list(at->app->store, kind, 1, &at->arena, &rows, &count),
                        "lost rows");
    return result < 0 || count == 0 ? result
                                    : error_set(at->detail, ERR_DAMAGED,
                                                "%s %s has events and no row", what, rows[0].key);
}

static int rebuild_all(struct rebuild *at)
{
    int result = refuse_lost(at, STORE_LOST_CASE, "case");
    if (result >= 0)
        result = refuse_lost(at, STORE_LOST_COMPLAINT, "complaint");
    if (result >= 0)
        result = failed(at, store_deadline_forget_all(at->app->store), "deadlines");
    if (result >= 0)
        result = projection_each_case(at->app, rebuild_case, at, at->detail);
    if (result >= 0)
        result = rebuild_waiting(at);
    if (result >= 0)
        result = rebuild_counts(at);
    if (result >= 0)
        result = failed(at, store_finding_latest_again(at->app->store), "latest findings");
    return result < 0 ? result : complaints_rebuild(at->app, &at->complaints, at->detail);
}

int rebuild_projections(struct app *app, json_t *result, struct error_detail *detail)
{
    struct rebuild at = {.app = app, .detail = detail};
    arena_init(&at.arena, WAITING_ARENA_MAX);
    histories_forget(app); /* folded from the rows that are there now */
    int failure = failed(&at, store_begin(app->store), "transaction");
    if (failure >= 0)
        failure = rebuild_all(&at);
    if (failure >= 0)
        failure = failed(&at, store_commit(app->store), "commit");
    if (failure < 0)
        store_rollback(app->store);
    arena_done(&at.arena);
    if (failure < 0)
        return error_context(detail, failure, "nothing was changed");
    json_object_set_new(result, "cases", json_integer(at.cases));
    json_object_set_new(result, "changed", json_integer(at.changed + at.complaints.changed));
    json_object_set_new(result, "deadlines", json_integer(at.deadlines));
    json_object_set_new(result, "complaints", json_integer(at.complaints.complaints));
    json_object_set_new(result, "joined", json_integer(at.complaints.joined));
    return 0;
}
