#include "app/casework/history.h"

#include <stdlib.h>
#include <string.h>

enum {
    HISTORY_BUCKETS = 16384,        /* some for each case that is kept */
    HISTORY_ARENA_MAX = 64 << 20,   /* of one case: as much as a case file may hold */
    HISTORIES_BYTES_MAX = 96 << 20, /* some thousand cases of usual length */
};

struct kept {
    struct history history; /* first: what a borrower knows */
    struct kept *next;      /* of the bucket */
    const char *id;
    const struct process *process; /* that it began under */
    struct arena arena;
    struct case_event *events; /* these and the rows are the history's, to be added to */
    struct case_explanation *rows;
    size_t row_count;
    unsigned borrowers;
    bool forgotten; /* in no bucket any more */
};

struct app_histories {
    struct kept *buckets[HISTORY_BUCKETS];
    size_t bytes;
    uint64_t taken_back; /* of the store, when they were read */
};

static size_t bucket_of(const char *id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *id; id++)
        hash = (hash ^ (uint8_t)*id) * 16777619u;
    return hash % HISTORY_BUCKETS;
}

static size_t size_of(const struct kept *kept)
{
    return sizeof *kept + kept->arena.used;
}

static void free_kept(struct kept *kept)
{
    arena_done(&kept->arena);
    free(kept);
}

static void forget(struct app_histories *histories, struct kept **at)
{
    struct kept *kept = *at;
    *at = kept->next;
    histories->bytes -= size_of(kept);
    kept->forgotten = true;
    if (kept->borrowers == 0)
        free_kept(kept);
}

static void forget_all(struct app_histories *histories)
{
    for (size_t i = 0; i < HISTORY_BUCKETS; i++) {
        while (histories->buckets[i])
            forget(histories, &histories->buckets[i]);
    }
}

void histories_forget(struct app *app)
{
    if (!app->histories)
        return;
    forget_all(app->histories);
    free(app->histories);
    app->histories = NULL;
}

/* The place in its bucket; *place is NULL for one that is not kept. */
static int find(struct app *app, const char *id, struct kept ***ret_place)
{
    struct app_histories *histories = app->histories;
    if (!histories)
        histories = app->histories = calloc(1, sizeof *histories);
    if (!histories)
        return ERR_NO_MEMORY;
    uint64_t taken_back = store_taken_back(app->store);
    if (histories->taken_back != taken_back || histories->bytes > HISTORIES_BYTES_MAX)
        forget_all(histories);
    histories->taken_back = taken_back;
    struct kept **at = &histories->buckets[bucket_of(id)];
    while (*at && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    *ret_place = at;
    return 0;
}

static struct kept *kept_new(const char *id, const struct process *process)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    arena_init(&kept->arena, HISTORY_ARENA_MAX);
    kept->id = arena_copy_text(&kept->arena, id);
    kept->process = process;
    case_state_init(&kept->history.state, process);
    if (kept->id)
        return kept;
    free_kept(kept);
    return NULL;
}

static int read_events(struct app *app, struct kept *kept, struct error_detail *detail)
{
    for (;;) {
        struct store_event *page;
        size_t count, *have = &kept->history.event_count;
        uint32_t after = *have ? kept->events[*have - 1].seq : 0;
        int result = store_event_list(app->store, kept->id, after, 0, &kept->arena, &page, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "events of a case");
        for (size_t i = 0; i < count; i++) {
            struct case_event *slot = arena_push(&kept->arena, &kept->events, have, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[i].event;
        }
        kept->history.events = kept->events;
        if (count < STORE_PAGE_MAX)
            return 0;
    }
}

/* Folds what was read since the last time. */
static int fold_on(struct app *app, struct kept *kept, struct error_detail *detail)
{
    size_t known = kept->row_count;
    const struct case_versions versions = app_versions_of(app);
    while (kept->row_count < kept->history.event_count) {
        if (!arena_push(&kept->arena, &kept->rows, &kept->row_count, sizeof *kept->rows))
            return ERR_LIMIT;
    }
    kept->history.rows = kept->rows;
    return case_fold_on(&kept->history.state, kept->events + known, kept->row_count - known,
                        &versions, kept->rows + known, detail);
}

/* Reads and folds on from where it was left, unless the record knows of nothing more. */
static int bring_up_to_date(struct app *app, struct kept *kept, const struct store_case *record,
                            struct error_detail *detail)
{
    size_t before = size_of(kept);
    if (kept->row_count > 0 && kept->history.state.seq == record->seq)
        return 0;
    int result = read_events(app, kept, detail);
    if (result >= 0)
        result = fold_on(app, kept, detail);
    app->histories->bytes += size_of(kept) - before;
    return result;
}

/* What was folded by another process, or from events that are not there any more, is of no use. */
static bool fits(const struct kept *kept, const struct store_case *record,
                 const struct process *process)
{
    return kept->process == process && kept->history.state.seq <= record->seq;
}

int history_borrow(struct app *app, const struct store_case *record, const struct process *process,
                   const struct history **ret_history, struct error_detail *detail)
{
    struct kept **place;
    int result = find(app, record->id, &place);
    if (result < 0)
        return result;
    struct kept *kept = *place;
    if (kept && !fits(kept, record, process)) {
        forget(app->histories, place);
        kept = NULL;
    }
    if (!kept) {
        kept = kept_new(record->id, process);
        if (!kept)
            return ERR_NO_MEMORY;
        kept->next = *place;
        *place = kept;
        app->histories->bytes += size_of(kept);
    }
    result = bring_up_to_date(app, kept, record, detail);
    if (result < 0) {
        forget(app->histories, place);
        return result;
    }
    kept->borrowers++;
    *ret_history = &kept->history;
    return 0;
}

void history_give_back(const struct history *history)
{
    struct kept *kept = (struct kept *)history;
    if (kept && --kept->borrowers == 0 && kept->forgotten)
        free_kept(kept);
}
