#include "app/casework/history.h"

#include "base/sparse.h"

#include <stdlib.h>
#include <string.h>

enum {
    HISTORY_BUCKETS = 65536,        /* some for each case that is kept */
    HISTORY_ARENA_MAX = 64 << 20,   /* of one case: as much as a case file may hold */
    HISTORY_BLOCK = 2048,           /* what most cases need is a few of these */
    HISTORIES_BYTES_MAX = 96 << 20, /* some ten thousand cases of usual length */
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
    struct buffer state; /* after the rows: large and mostly zero, so it is packed */
    uint32_t seq;        /* of that state, 0 before the first event */
    struct store_case row;
    struct buffer texts; /* of the row */
    uint64_t row_known;  /* while the histories' `rows` is the same; 0 for never */
    unsigned borrowers;
    bool forgotten; /* in no bucket any more */
};

struct app_histories {
    struct kept *buckets[HISTORY_BUCKETS];
    size_t bytes;
    uint64_t taken_back;               /* of the store, when they were read */
    uint64_t transaction, case_writes; /* of the store, when rows were kept */
    uint64_t rows;                     /* grows when kept rows may not hold any more */
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
    return sizeof *kept + kept->arena.used + kept->state.capacity + kept->texts.capacity;
}

static void free_kept(struct kept *kept)
{
    arena_done(&kept->arena);
    buffer_done(&kept->state);
    buffer_done(&kept->texts);
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
    kept->arena.block = HISTORY_BLOCK;
    kept->id = arena_copy_text(&kept->arena, id);
    kept->process = process;
    buffer_init(&kept->state, sparse_size_max(sizeof(struct case_state)));
    buffer_init(&kept->texts, HISTORY_ARENA_MAX);
    if (kept->id)
        return kept;
    free_kept(kept);
    return NULL;
}

static uint32_t last_seq(const struct kept *kept)
{
    size_t have = kept->history.event_count;
    return have ? kept->events[have - 1].seq : 0;
}

static int read_events(struct app *app, struct kept *kept, struct error_detail *detail)
{
    for (;;) {
        struct store_event *page;
        size_t count, *have = &kept->history.event_count;
        uint32_t after = last_seq(kept);
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

static void unpack(const struct kept *kept, struct case_state *ret_state)
{
    if (kept->seq > 0)
        sparse_unpack(&kept->state, ret_state, sizeof *ret_state);
    else
        case_state_init(ret_state, kept->process);
}

/* Folds what was read since the last time onto the state. */
static int fold_on(struct app *app, struct kept *kept, struct case_state *state,
                   struct error_detail *detail)
{
    size_t known = kept->row_count;
    const struct case_versions versions = app_versions_of(app);
    while (kept->row_count < kept->history.event_count) {
        if (!arena_push(&kept->arena, &kept->rows, &kept->row_count, sizeof *kept->rows))
            return ERR_LIMIT;
    }
    kept->history.rows = kept->rows;
    int result = case_fold_on(state, kept->events + known, kept->row_count - known, &versions,
                              kept->rows + known, detail);
    if (result >= 0)
        result = sparse_pack(state, sizeof *state, &kept->state);
    if (result >= 0)
        kept->seq = state->seq;
    return result;
}

/* Reads and folds on from where it was left, unless the record knows of nothing more. */
static int bring_up_to_date(struct app *app, struct kept *kept, const struct store_case *record,
                            struct case_state *ret_state, struct error_detail *detail)
{
    size_t before = size_of(kept);
    unpack(kept, ret_state);
    if (kept->row_count > 0 && kept->seq == record->seq)
        return 0;
    /* A row without a number, in a store that was damaged, keeps no event from being read. */
    bool all = kept->history.event_count > 0 && last_seq(kept) == record->seq;
    int result = all ? 0 : read_events(app, kept, detail);
    if (result >= 0)
        result = fold_on(app, kept, ret_state, detail);
    app->histories->bytes += size_of(kept) - before;
    return result;
}

/* What was folded by another process, or from events that are not there any more, is of no use. */
static bool fits(const struct kept *kept, const struct store_case *record,
                 const struct process *process)
{
    return kept->process == process && kept->seq <= record->seq;
}

/* One that is not there yet; NULL when memory is short. */
static struct kept *add(struct app *app, const char *id, const struct process *process,
                        struct kept **place)
{
    struct kept *kept = kept_new(id, process);
    if (!kept)
        return NULL;
    kept->next = *place;
    *place = kept;
    app->histories->bytes += size_of(kept);
    return kept;
}

int history_borrow(struct app *app, const struct store_case *record, const struct process *process,
                   const struct history **ret_history, struct case_state *ret_state,
                   struct error_detail *detail)
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
    if (!kept)
        kept = add(app, record->id, process, place);
    if (!kept)
        return ERR_NO_MEMORY;
    result = bring_up_to_date(app, kept, record, ret_state, detail);
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

/* --- what was just written --- */

static int copy_event(struct arena *arena, const struct case_event *event, const char *id,
                      struct case_event *ret_copy)
{
    struct case_event copy = *event;
    const char **evidence = arena_array(arena, event->evidence_count + 1, sizeof *evidence);
    copy.case_id = id;
    copy.actor = arena_copy_text(arena, event->actor);
    copy.actor_role = arena_copy_text(arena, event->actor_role);
    copy.reason = arena_copy_text(arena, event->reason);
    copy.data = arena_copy_text(arena, event->data);
    copy.evidence = evidence;
    if (!evidence || !copy.actor || !copy.actor_role || !copy.reason || !copy.data)
        return ERR_LIMIT;
    for (size_t i = 0; i < event->evidence_count; i++) {
        evidence[i] = arena_copy_text(arena, event->evidence[i]);
        if (!evidence[i])
            return ERR_LIMIT;
    }
    *ret_copy = copy;
    return 0;
}

void history_add(struct app *app, const struct case_event *event, const struct process *process)
{
    struct kept **place;
    struct case_event copy;
    if (find(app, event->case_id, &place) < 0 || (!*place && event->seq != 1))
        return;
    struct kept *kept = *place ? *place : add(app, event->case_id, process, place);
    if (!kept || kept->process != process || last_seq(kept) + 1 != event->seq)
        return;
    size_t before = size_of(kept);
    struct case_event *slot = NULL;
    if (copy_event(&kept->arena, event, kept->id, &copy) >= 0)
        slot = arena_push(&kept->arena, &kept->events, &kept->history.event_count, sizeof *slot);
    if (slot)
        *slot = copy;
    kept->history.events = kept->events;
    app->histories->bytes += size_of(kept) - before;
}

/* --- rows --- */

enum { ROW_TEXTS = 12 };

static void list_texts(struct store_case *row, const char **ret_places[ROW_TEXTS])
{
    const char **const places[] = {
        &row->id,      &row->party, &row->obligation, &row->subject,
        &row->process, &row->stage, &row->handler,    &row->summary,
        &row->closure, &row->rules, &row->about,      &row->clock_rule,
    };
    _Static_assert(sizeof places / sizeof *places == ROW_TEXTS, "each text of a row");
    memcpy(ret_places, places, sizeof places);
}

static bool same_texts(const char **const one[ROW_TEXTS], const char **const other[ROW_TEXTS])
{
    for (size_t i = 0; i < ROW_TEXTS; i++) {
        if (strcmp(*one[i], *other[i]) != 0)
            return false;
    }
    return true;
}

/* The texts of a kept row stand one behind the other, so that they are copied as one. */
static int write_texts(struct buffer *texts, const char **const places[ROW_TEXTS])
{
    buffer_clear(texts);
    for (size_t i = 0; i < ROW_TEXTS; i++)
        buffer_append(texts, *places[i], strlen(*places[i]) + 1);
    if (buffer_error(texts) < 0) {
        int result = buffer_error(texts);
        buffer_clear(texts);
        return result;
    }
    const char *text = (const char *)texts->data;
    for (size_t i = 0; i < ROW_TEXTS; i++, text += strlen(text) + 1)
        *places[i] = text;
    return 0;
}

static int keep_row(struct kept *kept, const struct store_case *row)
{
    struct store_case copy = *row;
    const char **places[ROW_TEXTS], **there[ROW_TEXTS];
    list_texts(&copy, places);
    list_texts(&kept->row, there);
    bool same = kept->texts.size > 0 && same_texts(places, there);
    int result = same ? 0 : write_texts(&kept->texts, places);
    if (result < 0)
        return result;
    for (size_t i = 0; same && i < ROW_TEXTS; i++)
        *places[i] = *there[i];
    kept->row = copy;
    return 0;
}

static int copy_row(const struct kept *kept, struct arena *arena, struct store_case *ret_row)
{
    const char *from = (const char *)kept->texts.data;
    const char *texts = arena_copy_slice(arena, from, kept->texts.size), **places[ROW_TEXTS];
    if (!texts)
        return ERR_LIMIT;
    *ret_row = kept->row;
    list_texts(ret_row, places);
    for (size_t i = 0; i < ROW_TEXTS; i++)
        *places[i] = texts + (*places[i] - from);
    return 0;
}

/* Outside of a transaction others may write at any moment, unless the store is held. */
static bool may_keep(const struct app *app)
{
    return store_is_held(app->store) || store_transaction(app->store) != 0;
}

/* Whether rows that were kept before may hold: `own` rows were written since and are known. */
static void look_for_writers(struct app *app, uint64_t own)
{
    struct app_histories *histories = app->histories;
    uint64_t transaction = store_transaction(app->store), writes = store_case_writes(app->store);
    bool others = !store_is_held(app->store) && histories->transaction != transaction;
    if (histories->rows == 0 || others || histories->case_writes + own < writes)
        histories->rows++;
    histories->transaction = transaction;
    histories->case_writes = writes;
}

int history_find_row(struct app *app, const char *id, struct arena *arena,
                     struct store_case *ret_row)
{
    struct kept **place;
    if (!may_keep(app) || find(app, id, &place) < 0)
        return 0;
    look_for_writers(app, /* own= */ 0);
    if (!*place || (*place)->row_known != app->histories->rows)
        return 0;
    int result = copy_row(*place, arena, ret_row);
    return result < 0 ? result : 1;
}

void history_keep_row(struct app *app, const struct store_case *row, bool written)
{
    struct kept **place;
    if (!may_keep(app) || find(app, row->id, &place) < 0)
        return;
    look_for_writers(app, written);
    struct kept *kept = *place;
    if (!kept)
        return;
    size_t before = size_of(kept);
    kept->row_known = keep_row(kept, row) >= 0 ? app->histories->rows : 0;
    app->histories->bytes += size_of(kept) - before;
}
