#include "app/simulate/population.h"

#include "base/buffer.h"
#include "rulebook/yaml.h"

#include <string.h>

enum { A_MONTH_MAX = 1000000, WEIGHT_MAX = 1000000 };

#define COUNT(names) (sizeof(names) / sizeof *(names))

static void need_share(const struct yaml_map *map, const char *key, int64_t *ret_share)
{
    yaml_need_int(map, key, 0, DRAW_WHOLE, ret_share);
}

static void need_list(const struct yaml_map *map, const char *key, size_t count, int64_t most,
                      int64_t *ret_values)
{
    const struct yaml_node *list = yaml_need(map, key);
    if (!list)
        return;
    if (list->kind != YAML_SEQUENCE || list->count != count) {
        yaml_fault(map->faults, list, "'%s' is a list of %zu numbers", key, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        yaml_as_int(list->items[i], 0, most, map->faults, &ret_values[i]);
}

/* One for each letter. */
static void need_shares(const struct yaml_map *map, const char *key, int64_t *ret_shares)
{
    need_list(map, key, POPULATION_LETTERS, DRAW_WHOLE, ret_shares);
}

/* One for each month, or one for all of them. */
static void need_months(const struct yaml_map *map, const char *key, int64_t most,
                        int64_t *ret_months)
{
    const struct yaml_node *node = yaml_find(map->node, key);
    if (!node || node->kind != YAML_SCALAR) {
        need_list(map, key, POPULATION_MONTHS, most, ret_months);
        return;
    }
    yaml_as_int(node, 0, most, map->faults, &ret_months[0]);
    for (size_t i = 1; i < POPULATION_MONTHS; i++)
        ret_months[i] = ret_months[0];
}

static void need_triangle(const struct yaml_map *parent, const char *key,
                          struct draw_triangle *ret_triangle)
{
    static const char *const known[] = {"least", "usual", "most"};
    const struct yaml_node *node = yaml_need(parent, key);
    struct yaml_map map;
    if (!node || !yaml_map_open(node, known, COUNT(known), parent->faults, &map))
        return;
    yaml_need_int(&map, "least", 0, 10 * DRAW_MILLE, &ret_triangle->least);
    yaml_need_int(&map, "usual", ret_triangle->least, 10 * DRAW_MILLE, &ret_triangle->usual);
    yaml_need_int(&map, "most", ret_triangle->usual, 10 * DRAW_MILLE, &ret_triangle->most);
}

static void read_kind(const struct yaml_map *parent, const char *key, struct population_kind *kind)
{
    static const char *const known[] = {"parties",    "received",     "monitored",  "crowd",
                                        "harm",       "out-of-scope", "violation",  "again",
                                        "silent",     "adequate",     "partial",    "plan",
                                        "keeps-plan", "extension",    "answer-time"};
    const struct yaml_node *node = yaml_need(parent, key);
    struct yaml_map map;
    if (!node || !yaml_map_open(node, known, COUNT(known), parent->faults, &map))
        return;
    yaml_need_int(&map, "parties", 1, 1000000, &kind->parties);
    need_months(&map, "received", A_MONTH_MAX, kind->received);
    need_months(&map, "monitored", A_MONTH_MAX, kind->monitored);
    need_months(&map, "crowd", DRAW_WHOLE, kind->crowd);
    need_months(&map, "harm", DRAW_WHOLE, kind->harm);
    need_share(&map, "out-of-scope", &kind->out_of_scope);
    need_share(&map, "violation", &kind->violation);
    need_share(&map, "again", &kind->again);
    need_shares(&map, "silent", kind->silent);
    need_shares(&map, "adequate", kind->adequate);
    need_shares(&map, "partial", kind->partial);
    need_share(&map, "plan", &kind->plan);
    need_share(&map, "keeps-plan", &kind->keeps_plan);
    need_share(&map, "extension", &kind->extension);
    need_triangle(&map, "answer-time", &kind->answer_time);
}

static void read_staff(const struct yaml_map *parent, struct population *population)
{
    static const char *const known[] = {"analysts", "approvers", "work-a-day", "absent"};
    const struct yaml_node *node = yaml_need(parent, "staff");
    struct yaml_map map;
    if (!node || !yaml_map_open(node, known, COUNT(known), parent->faults, &map))
        return;
    yaml_need_int(&map, "analysts", 1, POPULATION_PEOPLE_MAX, &population->analysts);
    yaml_need_int(&map, "approvers", 1, POPULATION_PEOPLE_MAX, &population->approvers);
    yaml_need_int(&map, "work-a-day", 1, 1000, &population->work_a_day);
    need_share(&map, "absent", &population->absent);
}

static void read_mail(const struct yaml_map *parent, struct population *population)
{
    static const char *const known[] = {"dead-mailbox", "deferred", "in-doubt"};
    const struct yaml_node *node = yaml_need(parent, "mail");
    struct yaml_map map;
    if (!node || !yaml_map_open(node, known, COUNT(known), parent->faults, &map))
        return;
    need_share(&map, "dead-mailbox", &population->dead_mailbox);
    need_share(&map, "deferred", &population->deferred);
    need_share(&map, "in-doubt", &population->in_doubt);
}

static void read_weights(const struct yaml_map *parent, struct arena *arena,
                         struct population *population)
{
    const struct yaml_node *node = yaml_take(parent, "types", YAML_MAP);
    for (size_t i = 0; node && i < node->count; i++) {
        struct population_weight *slot =
            arena_push(arena, &population->weights, &population->weight_count, sizeof *slot);
        if (!slot) {
            parent->faults->failure = ERR_NO_MEMORY;
            return;
        }
        slot->type = node->keys[i]->text;
        yaml_as_int(node->items[i], 0, WEIGHT_MAX, parent->faults, &slot->weight);
    }
}

static void read_holidays(const struct yaml_map *parent, struct arena *arena,
                          struct population *population)
{
    static const char *const known[] = {"told", "day"};
    const struct yaml_node *node = yaml_take(parent, "late-holidays", YAML_SEQUENCE);
    for (size_t i = 0; node && i < node->count; i++) {
        struct yaml_map map;
        struct population_holiday *slot =
            arena_push(arena, &population->holidays, &population->holiday_count, sizeof *slot);
        if (!slot) {
            parent->faults->failure = ERR_NO_MEMORY;
            return;
        }
        *slot = (struct population_holiday){0};
        if (yaml_map_open(node->items[i], known, COUNT(known), parent->faults, &map)) {
            yaml_need_date(&map, "told", &slot->told);
            yaml_need_date(&map, "day", &slot->day);
        }
    }
}

static void read_all(const struct yaml_node *root, struct arena *arena, struct yaml_faults *faults,
                     struct population *population)
{
    static const char *const known[] = {"start",     "staff",    "late-holidays", "mail",
                                        "registrar", "registry", "types"};
    struct yaml_map map;
    if (!yaml_map_open(root, known, COUNT(known), faults, &map))
        return;
    yaml_need_date(&map, "start", &population->start);
    read_staff(&map, population);
    read_holidays(&map, arena, population);
    read_mail(&map, population);
    read_kind(&map, "registrar", &population->kinds[PARTY_REGISTRAR]);
    read_kind(&map, "registry", &population->kinds[PARTY_REGISTRY]);
    read_weights(&map, arena, population);
}

int population_load(const char *path, struct arena *arena, struct population *ret_population,
                    struct error_detail *detail)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    struct buffer bytes BUFFER_CLEANUP = {0}, words BUFFER_CLEANUP = {0};
    struct population population = {0};
    const struct yaml_node *root;
    yaml_faults_init(&faults);
    buffer_init(&bytes, YAML_FILE_MAX);
    buffer_init(&words, 1 << 20);
    int result = buffer_load_file(&bytes, path);
    if (result < 0)
        return error_set(detail, result, "population '%s': %s", path, error_text(result));
    population.digest = digest_of(bytes.data, bytes.size);
    result = yaml_parse(path, bytes.data, bytes.size, arena, &faults, &root);
    if (result >= 0) {
        read_all(root, arena, &faults, &population);
        result = yaml_faults_error(&faults);
    }
    if (result < 0) {
        yaml_faults_print(&faults, &words);
        return error_set(detail, result, "%s", words.size ? buffer_text(&words) : path);
    }
    *ret_population = population;
    return 0;
}

int64_t population_weight_of(const struct population *population, const char *type)
{
    for (size_t i = 0; i < population->weight_count; i++) {
        if (strcmp(population->weights[i].type, type) == 0)
            return population->weights[i].weight;
    }
    return 1;
}
