/* `priority` of a file of complaints/: how soon one is read, by what was answered. */
#include "rulebook/complaint_read.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const urgency_keys[] = {"level", "when", "why"};
static const char *const level_words[] = {
#define E(name, text) text,
    COMPLAINT_PRIORITY_LIST(E)
#undef E
};

static void read_urgency(struct complaint_reader *reader, const struct yaml_node *node,
                         struct complaint_urgency **list)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_urgency urgency = {.why = ""};
    struct yaml_map map;
    int level = COMPLAINT_NORMAL_PRIORITY;
    if (!yaml_map_open(node, urgency_keys, COUNT(urgency_keys), loader->faults, &map))
        return;
    yaml_need_word(&map, "level", level_words, COUNT(level_words), &level);
    yaml_need_text(&map, "why", &urgency.why);
    complaint_read_condition(reader, &map, &urgency.when);
    urgency.priority = (enum complaint_priority)level;
    const size_t before = reader->type.urgency_count;
    if (*list && before && !(*list)[before - 1].when.question)
        yaml_fault(loader->faults, node, "the one before it has no `when`, so this one never fits");
    struct complaint_urgency *slot =
        loader_push(loader, list, &reader->type.urgency_count, sizeof *slot);
    if (slot)
        *slot = urgency;
}

void complaint_read_urgencies(struct complaint_reader *reader, const struct yaml_map *root)
{
    const struct yaml_node *items = yaml_take(root, "priority", YAML_SEQUENCE);
    struct complaint_urgency *list = NULL;
    if (items && items->count > COMPLAINT_ITEMS_MAX) {
        yaml_fault(reader->loader->faults, items, "more than %d in one list", COMPLAINT_ITEMS_MAX);
        return;
    }
    for (size_t i = 0; items && i < items->count; i++)
        read_urgency(reader, items->items[i], &list);
    reader->type.urgencies = list;
}
