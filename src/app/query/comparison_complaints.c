#include "app/query/comparison.h"

#include "app/complaints/projection.h"

#include <string.h>

enum { COMPLAINT_ARENA_MAX = 64 << 20 };

struct looking {
    struct comparison *at;
    struct arena arena; /* of one complaint */
};

static void compare_row(struct comparison *at, const struct store_complaint *stored,
                        const struct complaint_projection *folded)
{
    comparison_text(at, "state", stored->state, complaint_state_text(folded->state));
    comparison_text(at, "closure", stored->closure, folded->closure);
    comparison_text(at, "case_id", stored->case_id, folded->case_id);
    comparison_number(at, "priority", stored->priority, folded->priority);
    comparison_text(at, "type", stored->type, folded->type);
    comparison_text(at, "rulebook", stored->rulebook, folded->rulebook);
    comparison_number(at, "erased_at", stored->erased_at, folded->erased_at);
}

/* Either `other` is NULL for joined to none. */
static void compare_joined(struct comparison *at, const struct store_join *stored,
                           const struct store_join *folded)
{
    at->table = "complaint_join";
    if (!stored->other || !folded->other) {
        if (stored->other || folded->other)
            comparison_differ(at, "other", stored->other ? json_string(stored->other) : json_null(),
                              folded->other ? json_string(folded->other) : json_null());
        return;
    }
    comparison_text(at, "other", stored->other, folded->other);
    comparison_number(at, "joined_at", stored->joined_at, folded->joined_at);
}

static int compare_join(struct looking *looking, const struct store_join *folded)
{
    struct comparison *at = looking->at;
    struct store_join stored = {.other = NULL};
    int result = store_join_find(at->call->app->store, at->key, &looking->arena, &stored);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(at->call->app, result, at->call->detail, "joined complaints");
    compare_joined(at, &stored, folded);
    return 0;
}

static int compare_look(struct looking *looking, const struct store_look *folded)
{
    struct comparison *at = looking->at;
    struct store_look stored = {.verdict = ""};
    int result = store_look_find(at->call->app->store, at->key, &looking->arena, &stored);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(at->call->app, result, at->call->detail, "second looks");
    at->table = "complaint_second_look";
    comparison_number(at, "draw", stored.draw, folded->draw);
    comparison_number(at, "decision", stored.decision, folded->decision);
    comparison_text(at, "verdict", stored.verdict, folded->verdict ? folded->verdict : "");
    return 0;
}

static int compare_complaint(void *context, const struct store_complaint *stored)
{
    struct looking *looking = context;
    struct comparison *at = looking->at;
    struct complaint_projection folded;
    struct error_detail words = {0};
    arena_clear(&looking->arena);
    at->complaints++;
    at->table = "complaint";
    at->key = stored->reference;
    int result = complaint_projection_make(at->call->app, stored->reference, &looking->arena,
                                           &folded, &words);
    if (result >= 0) {
        compare_row(at, stored, &folded);
        result = compare_join(looking, &folded.join);
        if (result >= 0)
            result = compare_look(looking, &folded.look);
        return result < 0 ? result : comparison_buckets(at, stored->reference, &looking->arena);
    }
    /* As for a case: no end of the comparison. */
    comparison_differ(at, "events", json_null(), json_string(error_words(&words, result)));
    return 0;
}

int comparison_complaints(struct comparison *at)
{
    struct looking looking = {.at = at};
    arena_init(&looking.arena, COMPLAINT_ARENA_MAX);
    int result =
        complaint_projection_each(at->call->app, compare_complaint, &looking, at->call->detail);
    arena_done(&looking.arena);
    return result < 0 ? result : comparison_buckets_extra(at);
}
