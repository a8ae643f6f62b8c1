/* Where a run stands: what it is (seed, parties, years, population, law), the day that comes next,
 * what was counted and which cases end. Kept in the store, in the transaction of the day. */
#include "app/simulate/parts.h"
#include "base/buffer.h"
#include "base/civil.h"
#include "store/store.h"

#include <string.h>

static const char meta_key[] = "simulation";

/* What makes one run differ from another. The law is that of its first day: the rest follows from
 * it and the population. */
static int run_of(struct simulation *sim, json_t **ret_run, struct error_detail *detail)
{
    const struct simulate_options *o = sim->options;
    char population[DIGEST_HEX], law[DIGEST_HEX];
    int32_t day = sim->day;
    sim->day = sim->first_day;
    int result = statute_digest(sim, law, detail);
    sim->day = day;
    if (result < 0)
        return result;
    *ret_run =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:s}", "seed", o->seed, "registrars", o->registrars,
                  "registries", o->registries, "years", o->years, "population",
                  digest_format(&sim->population.digest, population), "rulebook", law);
    return *ret_run ? 0 : ERR_NO_MEMORY;
}

int place_keep(struct simulation *sim, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    int result = sim->run ? 0 : run_of(sim, &sim->run, detail);
    if (result < 0)
        return result;
    json_t *place JSON_CLEANUP =
        json_pack("{s:O, s:I, s:o, s:o}", "run", sim->run, "day", (json_int_t)sim->day + 1,
                  "figures", figures_save(sim), "ending", matter_ending(sim));
    if (!place)
        return ERR_NO_MEMORY;
    buffer_init(&text, 1 << 20);
    result = json_canonical(place, &text);
    if (result >= 0)
        result = store_meta_set(sim->app.store, meta_key, buffer_text(&text));
    return result < 0 ? app_store_failed(&sim->app, result, detail, "place of the run") : 0;
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

int place_load(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    json_t *place JSON_CLEANUP = NULL;
    const char *text, *other;
    arena_init(&arena, 2 << 20);
    int result = store_meta_get(sim->app.store, meta_key, &arena, &text);
    if (result < 0)
        return error_set(detail, ERR_CONFLICT, "%s holds no simulation to go on with",
                         sim->options->data);
    result = json_parse(text, strlen(text), &place, detail);
    if (result >= 0)
        result = run_of(sim, &sim->run, detail);
    if (result < 0)
        return result;
    other = difference(sim->run, json_object_get(place, "run"));
    if (other)
        return error_set(detail, ERR_CONFLICT, "%s was simulated with other %s", sim->options->data,
                         other);
    sim->day = (int32_t)json_number(place, "day", sim->first_day);
    sim->ending = json_incref(json_object_get(place, "ending"));
    return figures_load(sim, json_object_get(place, "figures"));
}
