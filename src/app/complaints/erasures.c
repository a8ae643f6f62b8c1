#include "app/complaints/erasures.h"

#include "app/complaints/erase.h"
#include "app/complaints/erasure_list.h"
#include "app/complaints/projection.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    END_TEXT = 20 + 1 + DIGEST_HEX,
    /* The marks of two lists, and of what the store erased beside them. */
    MARKS_ARENA_MAX = 8 * ERASURE_LIST_MAX * DIGEST_SIZE,
};

static const char *list_path(struct app *app)
{
    return app_path(app, "erasures");
}

/* --- which list the store knows --- */

static const char *end_text(const struct erasure_list_end *end, char text[END_TEXT])
{
    char hex[DIGEST_HEX];
    snprintf(text, END_TEXT, "%" PRId64 ":%s", end->count, digest_format(&end->last, hex));
    return text;
}

static bool is_known(struct app *app, const struct erasure_list_end *end)
{
    struct arena arena ARENA_CLEANUP = {0};
    char text[END_TEXT];
    const char *known;
    arena_init(&arena, 4096);
    return store_meta_get(app->store, STORE_META_ERASURES, &arena, &known) >= 0 &&
           strcmp(known, end_text(end, text)) == 0;
}

/* --- one erasure --- */

enum { TAKEN_OFF = -1 /* as a number of untrue lines: they are off, which is not synced yet */ };

int erasures_check(struct app *app, struct error_detail *detail)
{
    int result = 0;
    if (app->erasures_untrue == 0)
        return 0;
    if (app->erasures_untrue > 0)
        result = erasure_list_take_back(list_path(app), app->erasures_untrue, detail);
    if (result >= 0) {
        app->erasures_untrue = TAKEN_OFF;
        result = erasure_list_sync(list_path(app), detail);
    }
    if (result < 0)
        return error_context(detail, result, "an erasure that failed cannot be taken off its list");
    app->erasures_untrue = 0;
    return 0;
}

int erasures_note(struct app *app, const struct digest *link, struct error_detail *detail)
{
    const struct digest mark = erasure_mark(link);
    struct erasure_list_end end;
    char text[END_TEXT];
    int result = erasures_check(app, detail);
    if (result >= 0)
        result = erasure_list_end(list_path(app), &end, detail);
    if (result < 0)
        return result;
    end.count++;
    end.last = mark;
    result = store_meta_set(app->store, STORE_META_ERASURES, end_text(&end, text));
    if (result < 0)
        return app_store_failed(app, result, detail, "list of erasures");
    result = erasure_list_append(list_path(app), &mark, 1, detail);
    if (result >= 0)
        app->erasures_noted++;
    return result;
}

int erasures_follow(struct app *app, bool committed, struct error_detail *detail)
{
    /* None is noted while lines are untrue, so those of this transaction are the only ones. */
    if (!committed && app->erasures_noted > 0)
        app->erasures_untrue = app->erasures_noted;
    app->erasures_noted = 0;
    return erasures_check(app, detail);
}

/* --- all of them --- */

/* Before the first erasure there is none. */
static int read_own(struct app *app, struct arena *arena, struct digest **ret_marks,
                    size_t *ret_count, struct error_detail *detail)
{
    struct erasure_list_end end;
    int result = erasure_list_end(list_path(app), &end, detail);
    *ret_marks = NULL;
    *ret_count = 0;
    if (result < 0 || end.count == 0)
        return result;
    return erasure_list_read(list_path(app), arena, ret_marks, ret_count, detail);
}

struct settling {
    struct app *app;
    struct arena arena;
    struct digest *marks; /* of the list, in the order of their bytes */
    size_t mark_count;
    const char **again; /* references of what is to be erased again */
    size_t again_count;
    struct digest *missing; /* in the list */
    size_t missing_count;
};

static int compare(const void *a, const void *b)
{
    return digest_compare(a, b);
}

static bool is_among(const struct digest *marks, size_t count, const struct digest *mark)
{
    return count > 0 && bsearch(mark, marks, count, sizeof *mark, compare);
}

static int look_at(void *context, const struct store_complaint *row)
{
    struct settling *at = context;
    const struct digest mark = erasure_mark(&row->link);
    bool listed = is_among(at->marks, at->mark_count, &mark);
    if (listed == (row->erased_at != 0))
        return 0;
    if (!listed) {
        struct digest *slot =
            arena_push(&at->arena, &at->missing, &at->missing_count, sizeof *slot);
        return slot ? (*slot = mark, 0) : ERR_LIMIT;
    }
    const char **slot = arena_push(&at->arena, &at->again, &at->again_count, sizeof *slot);
    if (slot)
        *slot = arena_copy_text(&at->arena, row->reference);
    return slot && *slot ? 0 : ERR_LIMIT;
}

static int erase_again(struct settling *at, struct error_detail *detail)
{
    struct app *app = at->app;
    int result = store_begin(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "erasing again");
    for (size_t i = 0; i < at->again_count && result >= 0; i++)
        result = complaint_erase_again(app, at->again[i], detail);
    if (result >= 0) {
        result = store_commit(app->store);
        if (result < 0)
            app_store_failed(app, result, detail, "erasing again");
    }
    if (result < 0)
        store_rollback(app->store);
    return result < 0 ? result : 0;
}

/* From then on list and store agree, and the next opening sees it at a glance. */
static int agree(struct settling *at, struct error_detail *detail)
{
    struct app *app = at->app;
    struct erasure_list_end end;
    char text[END_TEXT];
    int result = erasure_list_append(list_path(app), at->missing, at->missing_count, detail);
    if (result >= 0)
        result = erasure_list_end(list_path(app), &end, detail);
    if (result < 0)
        return result;
    result = app_set_meta(app, STORE_META_ERASURES, end_text(&end, text));
    return result < 0 ? app_store_failed(app, result, detail, "list of erasures") : 0;
}

static int settle(struct settling *at, struct error_detail *detail)
{
    struct app *app = at->app;
    struct error_detail reason = {0};
    int result = read_own(app, &at->arena, &at->marks, &at->mark_count, detail);
    if (result >= 0)
        result = complaint_projection_each(app, look_at, at, detail);
    if (result >= 0 && at->again_count > 0)
        result = erase_again(at, detail);
    if (result < 0)
        return result;
    if (at->again_count > 0)
        log_info("%s: an older store had %zu complaints that were erased; they are erased again",
                 app->data, at->again_count);
    if (agree(at, &reason) < 0)
        log_error("erasures that the store knows were not listed: %s", reason.text);
    return 0;
}

int erasures_settle(struct app *app, struct erasures_settled *ret_settled,
                    struct error_detail *detail)
{
    struct settling at = {.app = app};
    struct erasure_list_end end;
    int result = erasure_list_end(list_path(app), &end, detail);
    arena_init(&at.arena, MARKS_ARENA_MAX);
    if (result >= 0 && !is_known(app, &end))
        result = settle(&at, detail);
    if (result >= 0)
        *ret_settled =
            (struct erasures_settled){.listed = end.count, .again = (int64_t)at.again_count};
    arena_done(&at.arena);
    return result < 0 ? result : 0;
}

/* --- another list --- */

int erasures_take(struct app *app, const char *path, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct digest *own, *other;
    size_t own_count, other_count, count = 0;
    arena_init(&arena, MARKS_ARENA_MAX);
    int result = read_own(app, &arena, &own, &own_count, detail);
    if (result >= 0)
        result = erasure_list_read(path, &arena, &other, &other_count, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < other_count; i++) {
        if (!is_among(own, own_count, &other[i]))
            other[count++] = other[i];
    }
    return erasure_list_append(list_path(app), other, count, detail);
}
