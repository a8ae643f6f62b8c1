/* retention.yaml: how long what complainants told is kept after nothing happens to it any more. */
#include "rulebook/load.h"

#include "base/text.h"
#include "model/complaint.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"classes"};
static const char *const class_keys[] = {"id", "ended", "types", "keep-days", "note"};

/* Where a complaint may rest: nothing is awaited of the house any more. */
static bool may_rest(const char *text)
{
    enum complaint_state state;
    return complaint_state_parse(text, &state) >= 0 &&
           (state == COMPLAINT_HELD_STATE || state == COMPLAINT_IN_SCOPE_STATE ||
            state == COMPLAINT_OUT_OF_SCOPE_STATE || state == COMPLAINT_WITHDRAWN_STATE);
}

static void read_states(struct rulebook_loader *loader, const struct yaml_map *map,
                        struct complaint_retention *retention)
{
    struct text_list states = {0};
    if (!yaml_need(map, "ended") || !loader_take_texts(loader, map, "ended", TEXT_ID, &states))
        return;
    if (states.count == 0)
        yaml_fault(loader->faults, yaml_find(map->node, "ended"), "no state stands here");
    for (size_t i = 0; i < states.count; i++) {
        if (states.texts[i][0] && !may_rest(states.texts[i]))
            yaml_fault(loader->faults, states.nodes[i],
                       "no complaint rests in '%s' (held, in-scope, out-of-scope, withdrawn)",
                       states.texts[i]);
    }
    retention->ended = states.texts;
    retention->ended_count = states.count;
}

static bool has_type(const struct rulebook_loader *loader, const char *id)
{
    for (size_t i = 0; i < loader->complaint_count; i++) {
        if (strcmp(loader->complaints[i].id, id) == 0)
            return true;
    }
    return false;
}

static void read_types(struct rulebook_loader *loader, const struct yaml_map *map,
                       struct complaint_retention *retention)
{
    struct text_list types = {0};
    if (!loader_take_texts(loader, map, "types", TEXT_ID, &types))
        return;
    if (types.count == 0)
        yaml_fault(loader->faults, yaml_find(map->node, "types"),
                   "no type stands here; leave the key out for all of them");
    for (size_t i = 0; i < types.count; i++) {
        if (types.texts[i][0] && !has_type(loader, types.texts[i]))
            yaml_fault(loader->faults, types.nodes[i], "complaints/ has no type '%s'",
                       types.texts[i]);
    }
    retention->types = types.texts;
    retention->type_count = types.count;
}

static void read_class(struct rulebook_loader *loader, const struct yaml_node *node)
{
    struct complaint_retention retention = {.id = ""};
    const char *note;
    struct yaml_map map;
    if (!yaml_map_open(node, class_keys, COUNT(class_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &retention.id);
    read_states(loader, &map, &retention);
    read_types(loader, &map, &retention);
    yaml_need_int(&map, "keep-days", 1, RETENTION_DAYS_MAX, &retention.keep_days);
    yaml_take_text(&map, "note", &note); /* for people */
    for (size_t i = 0; i < loader->retention_count; i++) {
        if (strcmp(loader->retentions[i].id, retention.id) == 0)
            yaml_fault(loader->faults, node, "class '%s' stands twice", retention.id);
    }
    struct complaint_retention *slot =
        loader_push(loader, &loader->retentions, &loader->retention_count, sizeof *slot);
    if (slot)
        *slot = retention;
}

void read_retention(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map) ||
        !yaml_need(&map, "classes"))
        return;
    const struct yaml_node *list = yaml_take(&map, "classes", YAML_SEQUENCE);
    for (size_t i = 0; list && i < list->count; i++)
        read_class(loader, list->items[i]);
}

const struct complaint_retention *rulebook_retention_find(const struct rulebook *rulebook,
                                                          const char *state, const char *type)
{
    for (size_t i = 0; i < rulebook->retention_count; i++) {
        const struct complaint_retention *retention = &rulebook->retentions[i];
        if (text_index(retention->ended, retention->ended_count, state) >= 0 &&
            (retention->type_count == 0 ||
             text_index(retention->types, retention->type_count, type) >= 0))
            return retention;
    }
    return NULL;
}
