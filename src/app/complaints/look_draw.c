#include "app/complaints/look_draw.h"

#include "app/complaints/record.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "rulebook/process.h"
#include "store/second_look.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    CHOSEN_MAX = 2 * PROCESS_LOOKS_MAX, /* of one draw, however many weeks it is for */
    PAGE = 1000,
    PAGE_ARENA_MAX = 64 << 20,
    CHOSEN_ARENA_MAX = 4 << 20,
};

static const int64_t WEEK_US = 7 * CIVIL_DAY_US;

/* A closure that may be chosen. */
struct ticket {
    struct digest rank;
    const char *reference;
    uint32_t decision;
};

struct drawing {
    struct app *app;
    struct call call;
    struct store_draw draw;
    struct arena arena;     /* of tickets */
    struct ticket *tickets; /* those that are chosen so far, by rank */
    size_t wanted, count;
    struct digest_state all; /* it could choose from */
    struct error_detail *detail;
};

static int failed(const struct drawing *drawing, int result)
{
    return app_store_failed(drawing->app, result, drawing->detail, "second looks");
}

/* The Monday before; 1 January 1970 was a Thursday. */
static int64_t begin_of_week(int64_t at)
{
    int64_t day = at / CIVIL_DAY_US;
    return (day - (day + 3) % 7) * CIVIL_DAY_US;
}

/* --- choosing --- */

static int put_ticket(struct drawing *drawing, const struct digest *rank,
                      const struct store_closure *closure)
{
    struct ticket *tickets = drawing->tickets;
    size_t at = drawing->count;
    if (at == drawing->wanted && (at == 0 || digest_compare(rank, &tickets[at - 1].rank) > 0))
        return 0;
    const struct ticket ticket = {*rank, arena_copy_text(&drawing->arena, closure->reference),
                                  closure->seq};
    if (!ticket.reference)
        return ERR_LIMIT;
    if (at == drawing->wanted)
        at--;
    else
        drawing->count++;
    for (; at > 0 && digest_compare(&ticket.rank, &tickets[at - 1].rank) < 0; at--)
        tickets[at] = tickets[at - 1];
    tickets[at] = ticket;
    return 0;
}

static int take_closure(struct drawing *drawing, const struct store_closure *closure)
{
    char line[REFERENCE_TEXT + 16];
    json_t *data JSON_CLEANUP = NULL;
    int result = json_parse(closure->data, strlen(closure->data), &data, drawing->detail);
    if (result < 0 || json_object_get(data, "reviews"))
        return result;
    int size = snprintf(line, sizeof line, "%s/%" PRIu32 "\n", closure->reference, closure->seq);
    digest_add(&drawing->all, line, (size_t)size);
    drawing->draw.population++;
    const struct digest rank = digest_hmac(drawing->draw.seed.bytes, line, (size_t)size - 1);
    return put_ticket(drawing, &rank, closure);
}

/* A page; what to go on behind, or `reference` NULL at the end. */
static int take_page(struct drawing *drawing, struct arena *arena, struct store_closure *after,
                     char reference[REFERENCE_TEXT])
{
    struct store_closure *rows;
    size_t count;
    int result = store_draw_population(drawing->app->store, after, drawing->draw.until_at, PAGE,
                                       arena, &rows, &count);
    if (result < 0)
        return failed(drawing, result);
    for (size_t i = 0; i < count && result >= 0; i++)
        result = take_closure(drawing, &rows[i]);
    if (result < 0)
        return result;
    *after = (struct store_closure){.reference = NULL};
    if (count == PAGE) {
        snprintf(reference, REFERENCE_TEXT, "%s", rows[PAGE - 1].reference);
        *after = (struct store_closure){
            .reference = reference, .seq = rows[PAGE - 1].seq, .at = rows[PAGE - 1].at};
    }
    return 0;
}

static int choose(struct drawing *drawing)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_closure after = {.reference = "", .at = drawing->draw.from_at};
    char reference[REFERENCE_TEXT];
    int result = 0;
    arena_init(&arena, PAGE_ARENA_MAX);
    digest_begin(&drawing->all);
    drawing->tickets = arena_array(&drawing->arena, drawing->wanted + 1, sizeof *drawing->tickets);
    if (!drawing->tickets)
        return ERR_LIMIT;
    while (result >= 0 && after.reference) {
        result = take_page(drawing, &arena, &after, reference);
        arena_clear(&arena);
    }
    return result;
}

/* --- what was chosen --- */

static int put_look(struct drawing *drawing, const struct ticket *ticket)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const struct store_look look = {.reference = ticket->reference,
                                    .decision = ticket->decision,
                                    .draw = drawing->draw.number,
                                    .verdict = STORE_LOOK_WAITS};
    json_t *data JSON_CLEANUP = json_pack("{s:I, s:I}", "draw", (json_int_t)look.draw, "decision",
                                          (json_int_t)look.decision);
    arena_init(&arena, PAGE_ARENA_MAX);
    int result = data ? record_find(drawing->app, look.reference, &arena, &record, drawing->detail)
                      : ERR_NO_MEMORY;
    if (result >= 0)
        result = record_step(&drawing->call, &record, COMPLAINT_EVENT_DRAWN, data);
    if (result < 0)
        return result;
    result = store_look_put(drawing->app->store, &look);
    return result < 0 ? failed(drawing, result) : 0;
}

/* With the seed, so that it can be drawn again. */
static int tell(struct drawing *drawing)
{
    const struct store_draw *draw = &drawing->draw;
    const struct digest all = digest_end(&drawing->all);
    char seed[DIGEST_HEX], population[DIGEST_HEX];
    json_t *chosen = json_array();
    for (size_t i = 0; i < drawing->count; i++)
        json_array_append_new(chosen, json_sprintf("%s/%" PRIu32, drawing->tickets[i].reference,
                                                   drawing->tickets[i].decision));
    return ledger_tell(
        drawing->app, "second-look-draw",
        json_pack("{s:I, s:s, s:I, s:I, s:I, s:s, s:o}", "draw", (json_int_t)draw->number, "seed",
                  digest_format(&draw->seed, seed), "from", (json_int_t)draw->from_at, "until",
                  (json_int_t)draw->until_at, "population", (json_int_t)draw->population,
                  "population_sha256", digest_format(&all, population), "chosen", chosen),
        drawing->detail);
}

static int end(struct drawing *drawing)
{
    int result = choose(drawing);
    for (size_t i = 0; i < drawing->count && result >= 0; i++)
        result = put_look(drawing, &drawing->tickets[i]);
    if (result < 0)
        return result;
    drawing->draw.chosen = (int64_t)drawing->count;
    result = store_draw_end(drawing->app->store, &drawing->draw);
    return result < 0 ? failed(drawing, result) : tell(drawing);
}

/* The next one: its seed is committed to before there is anything to choose from. */
static int begin(struct drawing *drawing, int64_t number, int64_t from_at)
{
    struct store_draw draw = {.number = number, .from_at = from_at};
    char hex[DIGEST_HEX];
    random_bytes(draw.seed.bytes, sizeof draw.seed.bytes);
    const struct digest commitment = digest_of(draw.seed.bytes, sizeof draw.seed.bytes);
    int result = store_draw_put(drawing->app->store, &draw);
    return result < 0 ? failed(drawing, result)
                      : ledger_tell(drawing->app, "second-look-seed",
                                    json_pack("{s:I, s:I, s:s}", "draw", (json_int_t)number, "from",
                                              (json_int_t)from_at, "seed_sha256",
                                              digest_format(&commitment, hex)),
                                    drawing->detail);
}

static size_t wanted(const struct process *process, const struct store_draw *draw)
{
    int64_t weeks = (draw->until_at - begin_of_week(draw->from_at)) / WEEK_US;
    int64_t count = weeks > CHOSEN_MAX ? CHOSEN_MAX : weeks * process->second_looks;
    return (size_t)(count > CHOSEN_MAX ? CHOSEN_MAX : count);
}

static int draw_until(struct drawing *drawing, int64_t until)
{
    const struct rulebook *rulebook;
    const struct process *process;
    int result = app_version_of(drawing->app, drawing->app->rulebook->digest_text, &rulebook,
                                &process, drawing->detail);
    if (result < 0)
        return result;
    drawing->draw.until_at = until;
    drawing->wanted = wanted(process, &drawing->draw);
    result = end(drawing);
    return result < 0 ? result : begin(drawing, drawing->draw.number + 1, until);
}

/* --- when --- */

static int has_complaint(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct store_complaint_query query = {.limit = 1};
    struct store_complaint *rows;
    size_t count;
    arena_init(&arena, PAGE_ARENA_MAX);
    int result = store_complaint_list(app->store, &query, &arena, &rows, &count);
    return result < 0 ? app_store_failed(app, result, detail, "complaints") : count > 0;
}

/* A process that wants none draws none, and before the first complaint there is nothing to draw
 * from. What was decided before the first was begun is not drawn from either: nothing had been
 * committed to. */
int look_draw_is_due(struct app *app, struct error_detail *detail)
{
    const struct rulebook *rulebook;
    const struct process *process;
    struct store_draw last;
    if (!app->rulebook)
        return 0;
    int result = app_version_of(app, app->rulebook->digest_text, &rulebook, &process, detail);
    if (result < 0 || process->second_looks == 0)
        return result < 0 ? result : 0;
    result = store_draw_last(app->store, &last);
    if (result >= 0)
        return begin_of_week(clock_wall(&app->clock)) > last.from_at;
    return result == ERR_NOT_FOUND ? has_complaint(app, detail)
                                   : app_store_failed(app, result, detail, "second looks");
}

int look_draw_take(struct app *app, struct error_detail *detail)
{
    struct drawing drawing = {
        .app = app,
        .call = {.app = app, .actor = command_machine(), .detail = detail},
        .detail = detail,
    };
    const int64_t now = clock_wall(&app->clock);
    int result = store_draw_last(app->store, &drawing.draw);
    if (result == ERR_NOT_FOUND)
        return begin(&drawing, 1, now);
    if (result < 0)
        return failed(&drawing, result);
    arena_init(&drawing.arena, CHOSEN_ARENA_MAX);
    result = draw_until(&drawing, begin_of_week(now));
    arena_done(&drawing.arena);
    return result < 0 ? result : 0;
}
