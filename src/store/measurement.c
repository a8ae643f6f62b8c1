/* Rulebook versions and measurements: the large, immutable parts of evidence.h. */
#include "store/evidence.h"
#include "store/statement.h"

static void read_rulebook(struct query *query, struct arena *arena, void *item)
{
    *(struct store_rulebook *)item =
        (struct store_rulebook){.digest = query_text(query, 0, arena),
                                .name = query_text(query, 1, arena),
                                .version = query_text(query, 2, arena),
                                .adopted_at = query_int(query, 3),
                                .proposed_by = query_text(query, 4, arena),
                                .adopted_by = query_text(query, 5, arena),
                                .tree = query_bytes(query, 6, arena)};
}

int store_rulebook_put(struct store *store, const struct store_rulebook *rulebook)
{
    return store_change(store, STATEMENT_RULEBOOK_PUT,
                        VALUES(value_text(rulebook->digest), value_text(rulebook->name),
                               value_text(rulebook->version), value_int(rulebook->adopted_at),
                               value_text(rulebook->proposed_by), value_text(rulebook->adopted_by),
                               value_bytes(rulebook->tree.data, rulebook->tree.size)));
}

int store_rulebook_find(struct store *store, const char *digest, struct arena *arena,
                        struct store_rulebook *ret_rulebook)
{
    const struct reading reading = {STATEMENT_RULEBOOK_FIND, read_rulebook, sizeof *ret_rulebook,
                                    VALUES(value_text(digest))};
    return store_read_one(store, &reading, arena, ret_rulebook);
}

int store_rulebook_current(struct store *store, struct arena *arena,
                           struct store_rulebook *ret_rulebook)
{
    const struct reading reading = {
        .name = STATEMENT_RULEBOOK_CURRENT, .row = read_rulebook, .size = sizeof *ret_rulebook};
    return store_read_one(store, &reading, arena, ret_rulebook);
}

int store_rulebook_list(struct store *store, struct arena *arena,
                        struct store_rulebook **ret_rulebooks, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_RULEBOOK_LIST, read_rulebook, sizeof **ret_rulebooks,
                                    VALUES(value_limit(0))};
    return store_read_all(store, &reading, arena, ret_rulebooks, ret_count);
}

/* --- measurements --- */

static void read_measurement(struct query *query, struct arena *arena, void *item)
{
    *(struct store_measurement *)item =
        (struct store_measurement){.id = query_text(query, 0, arena),
                                   .target = query_text(query, 1, arena),
                                   .vantage = query_text(query, 2, arena),
                                   .observed_at = query_int(query, 3),
                                   .stored_at = query_int(query, 4),
                                   .thinned = query_int(query, 5) != 0,
                                   .results = query_bytes(query, 6, arena),
                                   .bytes = query_bytes(query, 7, arena)};
}

static struct value value_results(const void *results, size_t size)
{
    return size ? value_bytes(results, size) : value_null();
}

int store_measurement_put(struct store *store, const struct store_measurement *measurement)
{
    return store_change(store, STATEMENT_MEASUREMENT_PUT,
                        VALUES(value_text(measurement->id), value_text(measurement->target),
                               value_text(measurement->vantage),
                               value_int(measurement->observed_at),
                               value_int(measurement->stored_at), value_int(measurement->thinned),
                               value_results(measurement->results.data, measurement->results.size),
                               value_bytes(measurement->bytes.data, measurement->bytes.size)));
}

int store_measurement_find(struct store *store, const char *id, struct arena *arena,
                           struct store_measurement *ret_measurement)
{
    const struct reading reading = {STATEMENT_MEASUREMENT_FIND, read_measurement,
                                    sizeof *ret_measurement, VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_measurement);
}

int store_measurement_window(struct store *store, const struct store_window *window,
                             struct arena *arena, struct store_measurement **ret_measurements,
                             size_t *ret_count)
{
    const struct reading reading = {STATEMENT_MEASUREMENT_WINDOW, read_measurement,
                                    sizeof **ret_measurements,
                                    VALUES(value_text(window->target), value_int(window->from),
                                           value_int(window->until), value_limit(window->limit))};
    return store_read_all(store, &reading, arena, ret_measurements, ret_count);
}

int store_measurement_list(struct store *store, const char *after, size_t limit,
                           struct arena *arena, struct store_measurement **ret_measurements,
                           size_t *ret_count)
{
    const struct reading reading = {STATEMENT_MEASUREMENT_LIST, read_measurement,
                                    sizeof **ret_measurements,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_measurements, ret_count);
}

int store_measurement_judged(struct store *store, const char *id, const void *results, size_t size)
{
    return store_change(store, STATEMENT_MEASUREMENT_JUDGED,
                        VALUES(value_text(id), value_bytes(results, size)));
}

int store_measurement_unjudged(struct store *store, size_t limit, struct arena *arena,
                               struct store_measurement **ret_measurements, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_MEASUREMENT_UNJUDGED, read_measurement,
                                    sizeof **ret_measurements, VALUES(value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_measurements, ret_count);
}

int store_measurement_thin(struct store *store, const char *id, const void *manifest, size_t size)
{
    return store_change(store, STATEMENT_MEASUREMENT_THIN,
                        VALUES(value_text(id), value_bytes(manifest, size)));
}
