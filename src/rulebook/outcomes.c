/* outcomes.yaml: what who complained is told of how it ended, for each closure code of process.yaml
 * and each stage that ends a case. The labels of those are for who works here, in one language. */
#include "rulebook/complaint_read.h"

#include "rulebook/process.h"

#include <string.h>

enum { KEYS_MAX = PROCESS_CODES_MAX + PROCESS_STAGES_MAX + 1 };

struct ids {
    const char *texts[KEYS_MAX];
    size_t count;
};

static const char *text_of(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *value = map->kind == YAML_MAP ? yaml_find(map, key) : NULL;
    return value && value->kind == YAML_SCALAR ? value->text : "";
}

/* Of a list of process.yaml; `kind` NULL: of each item. What is wrong there its reader says. */
static void take_ids(const struct rulebook_loader *loader, const char *list, const char *kind,
                     struct ids *ids)
{
    const struct yaml_node *items = loader->process ? yaml_find(loader->process, list) : NULL;
    for (size_t i = 0; items && items->kind == YAML_SEQUENCE && i < items->count; i++) {
        const char *id = text_of(items->items[i], "id");
        if (*id && ids->count < KEYS_MAX - 1 &&
            (!kind || strcmp(text_of(items->items[i], "kind"), kind) == 0))
            ids->texts[ids->count++] = id;
    }
}

bool outcomes_know_closure(const struct rulebook_loader *loader, const char *id)
{
    struct ids ids = {.count = 0};
    take_ids(loader, "closure-codes", NULL, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        if (strcmp(ids.texts[i], id) == 0)
            return true;
    }
    return false;
}

void read_outcomes(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct complaint_reader reader = {.loader = loader, .strict = loader->vocabulary != NULL};
    struct ids ids = {.count = 0};
    struct yaml_map map;
    take_ids(loader, "closure-codes", NULL, &ids);
    take_ids(loader, "stages", "end", &ids);
    ids.texts[ids.count] = "untranslated";
    if (!root || !yaml_map_open(root, ids.texts, ids.count + 1, loader->faults, &map))
        return;
    for (size_t i = 0; i < ids.count; i++) {
        struct complaint_outcome outcome = {.id = ids.texts[i]};
        complaint_read_text(&reader, &map, outcome.id, &outcome.words);
        struct complaint_outcome *slot =
            loader_push(loader, &loader->outcomes, &loader->outcome_count, sizeof *slot);
        if (slot)
            *slot = outcome;
    }
    complaint_read_untranslated(&reader, &map);
}
