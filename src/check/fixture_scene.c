#include "check/fixture_scene.h"

#include "check/check.h"
#include "proto/dns/message.h"

#include <string.h>

enum { ARENA = 64 << 20 };

void scene_begin(struct scene *scene, const char *fixture)
{
    *scene = (struct scene){.world = {.without_references = false}};
    arena_init(&scene->arena, ARENA);
    fixture_find(fixture)->apply(&scene->world);
    fixture_build(&scene->world, &scene->arena, &scene->measurement);
}

void scene_end(struct scene *scene)
{
    arena_done(&scene->arena);
}

/* --- choosing exchanges --- */

bool scene_fits(const struct exchange *exchange, const struct choice *choice)
{
    struct dns_message question = {.type = 0};
    if (choice->type != 0 &&
        dns_message_parse(exchange->sent.data, exchange->sent.size, &question) < 0)
        return false;
    return (choice->purpose == 0 || IS((int)exchange->purpose) == choice->purpose) &&
           (choice->kind == 0 || IS((int)exchange->kind) == choice->kind) &&
           (choice->family == 0 || (int)exchange->address.family == choice->family) &&
           (choice->server == NULL || strcmp(exchange->server, choice->server) == 0) &&
           (choice->type == 0 || question.type == choice->type);
}

/* Changes every exchange that fits; there must be one. */
void scene_change_each(struct scene *scene, const struct choice *choice, scene_change *apply,
                       int value)
{
    size_t count = 0;
    for (size_t i = 0; i < scene->measurement.exchange_count; i++) {
        if (!scene_fits(&scene->measurement.exchanges[i], choice))
            continue;
        apply(scene, &scene->measurement.exchanges[i], value);
        count++;
    }
    assert_true(count > 0);
}

uint8_t *scene_own_bytes(struct scene *scene, struct exchange *exchange)
{
    uint8_t *copy = arena_copy(&scene->arena, exchange->received.data, exchange->received.size);
    exchange->received.data = copy;
    return copy;
}

void scene_set_outcome(struct scene *scene, struct exchange *exchange, int outcome)
{
    (void)scene;
    exchange->outcome = (enum exchange_outcome)outcome;
    if (outcome != OUTCOME_ANSWERED)
        exchange->received.size = 0;
}

/* --- what comes of it --- */

static void write_counts(const struct result_set *set, enum sight sight, struct buffer *out)
{
    struct vocabulary vocabulary = {.code_count = 0};
    check_vocabulary(&vocabulary);
    for (size_t i = 0; i < vocabulary.code_count; i++) {
        size_t count = 0;
        for (size_t k = 0; k < set->count; k++)
            count += set->results[k].sight == sight &&
                     strcmp(set->results[k].code, vocabulary.codes[i].name) == 0;
        if (count > 0)
            buffer_printf(out, "%s%s=%zu", out->size > 0 ? " " : "", vocabulary.codes[i].name,
                          count);
    }
}

static void expect_sight(const struct scene *scene, enum sight sight, const char *codes)
{
    struct buffer found BUFFER_CLEANUP;
    buffer_init(&found, 8192);
    write_counts(&scene->set, sight, &found);
    assert_string_equal(buffer_text(&found), codes);
}

/* Runs the checks: these codes are seen, those cannot be told. */
void scene_expect(struct scene *scene, const char *seen, const char *unknown)
{
    assert_int_equal(check_run_all(&scene->measurement, &scene->arena, &scene->set), 0);
    expect_sight(scene, SIGHT_SEEN, seen);
    expect_sight(scene, SIGHT_UNKNOWN, unknown);
}

size_t scene_count_of(const struct scene *scene, const char *code, enum sight sight)
{
    size_t count = 0;
    for (size_t i = 0; i < scene->set.count; i++)
        count +=
            strcmp(scene->set.results[i].code, code) == 0 && scene->set.results[i].sight == sight;
    return count;
}

const struct result *scene_result_of(const struct scene *scene, const char *code)
{
    for (size_t i = 0; i < scene->set.count; i++) {
        if (strcmp(scene->set.results[i].code, code) == 0)
            return &scene->set.results[i];
    }
    fail_msg("no result %s", code);
    return NULL;
}

void scene_expect_changed(const char *fixture, const struct choice *choice, scene_change *apply,
                          int value, const char *seen, const char *unknown)
{
    struct scene scene;
    scene_begin(&scene, fixture);
    scene_change_each(&scene, choice, apply, value);
    scene_expect(&scene, seen, unknown);
    scene_end(&scene);
}
