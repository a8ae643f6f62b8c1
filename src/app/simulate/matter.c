/* The cases that are not over, and what happens next to each. Nothing here is kept: after a cut it
 * is all read from the store again. */
#include "app/simulate/parts.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

/* Case ids are random, so draws go by what the case is about and when it began. */
uint64_t matter_key(const struct store_case *record)
{
    uint64_t day = (uint64_t)(record->opened_at / CIVIL_DAY_US);
    return draw_key(record->party) ^ draw_key(record->obligation) * 3 ^
           draw_key(record->subject) * 5 ^ day * UINT64_C(0x9e3779b97f4a7c15);
}

static struct matter **find(struct simulation *sim, const char *id)
{
    struct matter **at = &sim->buckets[draw_key(id) % MATTER_BUCKETS];
    while (*at && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    return at;
}

static struct matter *add(struct simulation *sim, struct matter **at, const struct casefile *file)
{
    struct matter *matter = calloc(1, sizeof *matter);
    if (!matter)
        return NULL;
    CASE_TEXT(matter->id, file->record.id);
    matter->key = matter_key(&file->record);
    matter->opened_at = file->record.opened_at;
    *at = matter;
    sim->live++;
    return matter;
}

static void drop(struct simulation *sim, struct matter **at)
{
    struct matter *over = *at;
    *at = over->next;
    free(over);
    sim->live--;
}

/* Reads a case and plans it anew. What its matter has not seen is counted, unless it all was before
 * the run was cut. */
static int plan(struct simulation *sim, const char *case_id, bool counted,
                struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(&sim->app, case_id, &file, detail);
    if (result < 0)
        return result;
    struct matter **at = find(sim, case_id);
    /* What is over and counted comes back once more, when the complainant is told. */
    if (!*at && !counted && stage_is_end(file.state.stage))
        return 0;
    struct matter *matter = *at ? *at : add(sim, at, &file);
    if (!matter)
        return ERR_NO_MEMORY;
    if (!counted)
        figures_count(sim, &file, matter->seen);
    matter->seen = file.state.seq;
    matter->over = stage_is_end(file.state.stage);
    matter_plan(sim, &file, matter);
    if (matter->move == MOVE_END)
        drop(sim, at);
    return 0;
}

int matter_refresh(struct simulation *sim, const char *case_id, struct error_detail *detail)
{
    return plan(sim, case_id, /* counted= */ false, detail);
}

json_t *matter_ending(const struct simulation *sim)
{
    json_t *list = json_array();
    for (size_t i = 0; i < MATTER_BUCKETS; i++) {
        for (const struct matter *at = sim->buckets[i]; at; at = at->next) {
            if (at->over)
                json_array_append_new(list, json_string(at->id));
        }
    }
    return list;
}

static int load_open(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case_query query = {.open_only = true, .after = ""};
    char after[CASE_NAME_MAX] = "";
    size_t count;
    arena_init(&arena, STEP_ARENA_MAX);
    do {
        struct store_case *page;
        query.after = after;
        int result = store_case_list(sim->app.store, &query, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(&sim->app, result, detail, "cases");
        for (size_t i = 0; i < count && result >= 0; i++)
            result = plan(sim, page[i].id, /* counted= */ true, detail);
        if (result < 0)
            return result;
        if (count)
            CASE_TEXT(after, page[count - 1].id);
        arena_clear(&arena);
    } while (count == STORE_PAGE_MAX);
    return 0;
}

int matter_load_all(struct simulation *sim, struct error_detail *detail)
{
    size_t index;
    json_t *id;
    int result = load_open(sim, detail);
    json_array_foreach(sim->ending, index, id)
    {
        if (result >= 0)
            result = plan(sim, json_string_value(id), /* counted= */ true, detail);
    }
    return result;
}

void matter_free_all(struct simulation *sim)
{
    for (size_t i = 0; i < MATTER_BUCKETS; i++) {
        while (sim->buckets[i])
            drop(sim, &sim->buckets[i]);
    }
}

static int compare(const void *a, const void *b)
{
    const struct matter *x = *(struct matter *const *)a, *y = *(struct matter *const *)b;
    if (x->ready != y->ready)
        return x->ready < y->ready ? -1 : 1;
    if (x->opened_at != y->opened_at)
        return x->opened_at < y->opened_at ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

int matter_list(struct simulation *sim, struct arena *arena, struct matter ***ret_list,
                size_t *ret_count)
{
    struct matter **list = arena_array(arena, sim->live + 1, sizeof *list);
    size_t count = 0;
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < MATTER_BUCKETS; i++) {
        for (struct matter *at = sim->buckets[i]; at; at = at->next)
            list[count++] = at;
    }
    qsort(list, count, sizeof(struct matter *), compare);
    *ret_list = list;
    *ret_count = count;
    return 0;
}
