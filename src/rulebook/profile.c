/* A file of profiles/: which result codes fail which obligation. */
#include "rulebook/load.h"

#include "base/text.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"profiles"};
static const char *const profile_keys[] = {"obligation", "codes",  "quorum",
                                           "repeats",    "spread", "every"};

enum { DURATION_MAX_S = 366 * 86400 };

static int64_t unit_seconds(char unit)
{
    return unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : 0;
}

/* "90s", "5m", "1h", "7d" -> microseconds. */
static bool take_duration(const struct yaml_map *map, const char *key, int64_t *ret_us)
{
    const char *text;
    char digits[12];
    int64_t number;
    if (!yaml_take_text(map, key, &text))
        return false;
    size_t size = strlen(text);
    int64_t unit = size ? unit_seconds(text[size - 1]) : 0;
    if (unit && size - 1 < sizeof digits) {
        memcpy(digits, text, size - 1);
        digits[size - 1] = 0;
        if (text_parse_int(digits, 0, DURATION_MAX_S / unit, &number) >= 0) {
            *ret_us = number * unit * 1000000;
            return true;
        }
    }
    yaml_fault(map->faults, yaml_find(map->node, key),
               "must be a time such as 90s, 5m, 1h or 7d, at most a year; this is '%.40s'", text);
    return false;
}

static void read_codes(struct rulebook_loader *loader, const struct yaml_map *map,
                       struct profile *profile)
{
    const struct vocabulary *words = loader->vocabulary;
    struct text_list list = {0};
    if (!yaml_need(map, "codes") || !loader_take_texts(loader, map, "codes", TEXT_ID, &list))
        return;
    if (list.count == 0 || list.count > PROFILE_CODES_MAX)
        yaml_fault(loader->faults, yaml_find(map->node, "codes"), "1 to %d codes",
                   PROFILE_CODES_MAX);
    for (size_t i = 0; i < list.count; i++) {
        if (words && !vocabulary_has(words->codes, words->code_count, list.texts[i]))
            yaml_fault(loader->faults, list.nodes[i], "no check has a result code '%s'",
                       list.texts[i]);
        for (size_t before = 0; before < i; before++) {
            if (strcmp(list.texts[before], list.texts[i]) == 0)
                yaml_fault(loader->faults, list.nodes[i], "code '%s' stands twice", list.texts[i]);
        }
    }
    profile->codes = list.texts;
    profile->code_count = list.count;
}

static void check_obligation(struct rulebook_loader *loader, const struct yaml_node *node,
                             const char *id)
{
    loader_need_obligation(loader, yaml_find(node, "obligation"), id);
    for (size_t i = 0; i < loader->profile_count; i++) {
        if (strcmp(loader->profiles[i].obligation, id) == 0)
            yaml_fault(loader->faults, yaml_find(node, "obligation"),
                       "obligation '%s' has a profile already", id);
    }
}

static void read_profile(struct rulebook_loader *loader, const struct yaml_node *node)
{
    struct profile profile = {.obligation = "", .quorum = 1, .repeats = 1};
    struct yaml_map map;
    int64_t number;
    if (!yaml_map_open(node, profile_keys, COUNT(profile_keys), loader->faults, &map))
        return;
    if (yaml_need_id(&map, "obligation", RULEBOOK_ID_MAX, &profile.obligation))
        check_obligation(loader, node, profile.obligation);
    read_codes(loader, &map, &profile);
    if (yaml_take_int(&map, "quorum", 1, PROFILE_QUORUM_MAX, &number))
        profile.quorum = (uint32_t)number;
    if (yaml_take_int(&map, "repeats", 1, PROFILE_REPEATS_MAX, &number))
        profile.repeats = (uint32_t)number;
    take_duration(&map, "spread", &profile.spread_us);
    take_duration(&map, "every", &profile.every_us);
    if (profile.spread_us && profile.repeats < 2)
        yaml_fault(loader->faults, yaml_find(node, "spread"),
                   "a spread needs at least two repeats, else it never begins");
    struct profile *slot =
        loader_push(loader, &loader->profiles, &loader->profile_count, sizeof *slot);
    if (slot)
        *slot = profile;
}

void read_profiles(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    const struct yaml_node *list =
        yaml_need(&map, "profiles") ? yaml_take(&map, "profiles", YAML_SEQUENCE) : NULL;
    for (size_t i = 0; list && i < list->count; i++)
        read_profile(loader, list->items[i]);
}
