/* Where a run stands: what it is (seed, parties, years, population, law), the day that comes next,
 * what was counted and which cases end. Kept in the store, in the transaction of the day. */
#include "app/simulate/parts.h"
#include "base/buffer.h"
#include "base/civil.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static const char meta_key[] = "simulation";

/* What makes one run differ from another. */
static int run_of(struct simulation *sim, json_t **ret_run, struct error_detail *detail)
{
    const struct simulate_options *o = sim->options;
    char population[DIGEST_HEX], law[DIGEST_HEX];
    int result = statute_digest(sim, law, detail);
    if (result < 0)
        return result;
    *ret_run =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:s}", "seed", o->seed, "registrars", o->registrars,
                  "registries", o->registries, "years", o->years, "population",
                  digest_format(&sim->population.digest, population), "rulebook", law);
    return *ret_run ? 0 : ERR_NO_MEMORY;
}

static int put(struct simulation *sim, const char *key, const json_t *value,
               struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    if (!value)
        return ERR_NO_MEMORY;
    buffer_init(&text, 1 << 20);
    int result = json_canonical(value, &text);
    if (result >= 0)
        result = store_meta_set(sim->app.store, key, buffer_text(&text));
    return result < 0 ? app_store_failed(&sim->app, result, detail, "place of the run") : 0;
}

static int get(struct simulation *sim, const char *key, json_t **ret_value,
               struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *text;
    arena_init(&arena, 2 << 20);
    int result = store_meta_get(sim->app.store, key, &arena, &text);
    if (result < 0)
        return error_set(detail, ERR_CONFLICT, "%s holds no simulation to go on with",
                         sim->options->data);
    return json_parse(text, strlen(text), ret_value, detail);
}

static char *month_key(int month, char key[32])
{
    snprintf(key, 32, "%s/%d", meta_key, month);
    return key;
}

/* What is counted on a day happened on it, so of figures only those of its month change. */
int place_keep(struct simulation *sim, struct error_detail *detail)
{
    char key[32];
    int month = figures_month(sim, sim->day),
        result = sim->run ? 0 : run_of(sim, &sim->run, detail);
    if (result < 0)
        return result;
    json_t *place JSON_CLEANUP = json_pack("{s:O, s:I, s:o}", "run", sim->run, "day",
                                           (json_int_t)sim->day + 1, "ending", matter_ending(sim));
    json_t *figures JSON_CLEANUP = figures_save(sim, month);
    result = put(sim, meta_key, place, detail);
    return result < 0 ? result : put(sim, month_key(month, key), figures, detail);
}

/* The first that is not what it was, NULL when all are the same. */
static const char *difference(const json_t *asked, json_t *kept)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)asked, key, value)
    {
        if (!json_equal(value, json_object_get(kept, key)))
            return key;
    }
    return NULL;
}

static int load_figures(struct simulation *sim, struct error_detail *detail)
{
    char key[32];
    int last = figures_month(sim, sim->day - 1), result = 0;
    for (int month = 0; month <= last && result >= 0; month++) {
        json_t *figures JSON_CLEANUP = NULL;
        result = get(sim, month_key(month, key), &figures, detail);
        if (result >= 0)
            result = figures_load(sim, month, figures);
    }
    return result;
}

int place_load(struct simulation *sim, struct error_detail *detail)
{
    json_t *place JSON_CLEANUP = NULL;
    int result = get(sim, meta_key, &place, detail);
    if (result >= 0)
        result = run_of(sim, &sim->run, detail);
    if (result < 0)
        return result;
    const char *other = difference(sim->run, json_object_get(place, "run"));
    if (other)
        return error_set(detail, ERR_CONFLICT, "%s was simulated with other %s", sim->options->data,
                         other);
    sim->day = (int32_t)json_number(place, "day", sim->first_day);
    sim->ending = json_incref(json_object_get(place, "ending"));
    return load_figures(sim, detail);
}
