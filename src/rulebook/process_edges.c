/* The edges of process.yaml. One entry with several stages becomes one edge for each. */
#include "rulebook/process_build.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

struct entry {
    struct process_builder *builder;
    struct yaml_map map;
    struct edge edge;       /* without from, to and the letters of "stage" */
    const struct stage *to; /* NULL: stay */
};

/* --- from: a stage, a group, or a list of both --- */

static void add_edge(struct entry *entry, const struct stage *from)
{
    struct process_builder *builder = entry->builder;
    struct process *process = builder->process;
    if (process->edge_count == PROCESS_EDGES_MAX) {
        yaml_fault(builder->faults, entry->map.node, "more than %d edges", PROCESS_EDGES_MAX);
        return;
    }
    struct edge *edge =
        arena_push(&builder->memory->arena, &builder->edges, &process->edge_count, sizeof *edge);
    if (!edge) {
        builder->faults->failure = ERR_NO_MEMORY;
        return;
    }
    process->edges = builder->edges;
    *edge = entry->edge;
    edge->from = from;
    edge->to = entry->to ? entry->to : from;
    for (size_t i = 0; i < edge->effect_count; i++) {
        if (strcmp(edge->effects[i].argument, "stage") == 0)
            edge->effects[i].argument = edge->to->letter;
    }
}

static void add_from(struct entry *entry, const struct yaml_node *node, bool groups_too)
{
    struct process_builder *builder = entry->builder;
    if (node->kind == YAML_SEQUENCE && groups_too) {
        for (size_t i = 0; i < node->count; i++)
            add_from(entry, node->items[i], /* groups_too= */ false);
        return;
    }
    const char *id;
    if (!yaml_as_id(node, PROCESS_ID_MAX - 1, builder->faults, &id))
        return;
    const struct stage *stage = process_stage_find(builder->process, id);
    const struct yaml_node *group = groups_too ? yaml_find(builder->groups, id) : NULL;
    if (stage)
        add_edge(entry, stage);
    else if (group && group->kind == YAML_SEQUENCE)
        for (size_t i = 0; i < group->count; i++)
            add_from(entry, group->items[i], /* groups_too= */ false);
    else
        yaml_fault(builder->faults, node, "unknown stage or group '%s'", id);
}

/* --- effects: "name" or "name letter" --- */

static void read_effect(struct entry *entry, const struct yaml_node *node)
{
    struct process_builder *builder = entry->builder;
    struct edge *edge = &entry->edge;
    const char *text;
    char name[40];
    if (!yaml_as_text(node, builder->faults, &text))
        return;
    size_t length = strcspn(text, " ");
    const char *argument = text[length] ? text + length + 1 : "";
    struct edge_effect effect = {.argument = arena_copy_text(&builder->memory->arena, argument)};
    memset(name, 0, sizeof name);
    if (length < sizeof name)
        memcpy(name, text, length);
    if (!effect.argument) {
        builder->faults->failure = ERR_NO_MEMORY;
        return;
    }
    if (case_effect_parse(name, &effect.effect) < 0) {
        yaml_fault(builder->faults, node, "unknown effect '%.40s'", text);
        return;
    }
    bool wants = case_effect_argument(effect.effect) == ARGUMENT_LETTER;
    bool is_letter =
        strcmp(argument, "stage") == 0 || process_has_letter(builder->process, argument);
    if (wants != (argument[0] != '\0') || (wants && !is_letter))
        yaml_fault(builder->faults, node,
                   wants ? "'%.40s' needs a known letter, or 'stage'" : "'%.40s' takes no argument",
                   text);
    edge->effects[edge->effect_count++] = effect;
}

static void read_effects(struct entry *entry)
{
    const struct yaml_node *list = yaml_take(&entry->map, "effects", YAML_SEQUENCE);
    if (list && list->count > PROCESS_EFFECTS_MAX) {
        yaml_fault(entry->builder->faults, list, "more than %d effects", PROCESS_EFFECTS_MAX);
        return;
    }
    for (size_t i = 0; list && i < list->count; i++)
        read_effect(entry, list->items[i]);
}

/* --- clock: rule ids; "ground" first means the named ground's own --- */

static void read_clocks(struct entry *entry)
{
    struct process_builder *builder = entry->builder;
    struct edge *edge = &entry->edge;
    const struct yaml_node *list = yaml_take(&entry->map, "clock", YAML_SEQUENCE);
    if (list && list->count > PROCESS_CLOCKS_MAX) {
        yaml_fault(builder->faults, list, "more than %d clocks", PROCESS_CLOCKS_MAX);
        return;
    }
    for (size_t i = 0; list && i < list->count; i++) {
        const char *id;
        if (!yaml_as_id(list->items[i], PROCESS_ID_MAX - 1, builder->faults, &id))
            continue;
        const struct deadline_rule *rule = process_rule_find(builder->process, id);
        if (i == 0 && strcmp(id, "ground") == 0)
            edge->ground_clock = true;
        else if (!rule)
            yaml_fault(builder->faults, list->items[i], "unknown rule '%s'", id);
        else
            edge->clocks[edge->clock_count++] = rule;
    }
}

static void read_approvals(struct entry *entry)
{
    static const char *const known[] = {"needed", "roles"};
    struct process_builder *builder = entry->builder;
    struct approvals *approvals = &entry->edge.approvals;
    const struct yaml_node *node = yaml_take(&entry->map, "approvals", YAML_MAP);
    struct yaml_map map;
    int64_t needed = 0;
    if (!node || !yaml_map_open(node, known, COUNT(known), builder->faults, &map))
        return;
    yaml_need_int(&map, "needed", 1, 5, &needed);
    approvals->needed = (int)needed;
    const struct yaml_node *roles = yaml_take(&map, "roles", YAML_SEQUENCE);
    for (size_t i = 0; roles && i < roles->count; i++) {
        const char *role;
        if (i == PROCESS_ROLES_MAX) {
            yaml_fault(builder->faults, roles, "more than %d roles", PROCESS_ROLES_MAX);
            return;
        }
        if (!yaml_as_id(roles->items[i], PROCESS_ID_MAX - 1, builder->faults, &role))
            continue;
        approvals->roles[approvals->role_count] = arena_copy_text(&builder->memory->arena, role);
        if (!approvals->roles[approvals->role_count++])
            builder->faults->failure = ERR_NO_MEMORY;
    }
}

static bool read_event(struct entry *entry)
{
    const char *event;
    if (!yaml_need_id(&entry->map, "event", PROCESS_ID_MAX - 1, &event))
        return false;
    if (case_event_parse(event, &entry->edge.event) == 0)
        return true;
    yaml_fault(entry->builder->faults, yaml_find(entry->map.node, "event"), "unknown event '%s'",
               event);
    return false;
}

static bool read_to(struct entry *entry)
{
    const char *to;
    if (!yaml_find(entry->map.node, "to"))
        return true;
    if (!yaml_take_id(&entry->map, "to", PROCESS_ID_MAX - 1, &to))
        return false;
    entry->to = process_stage_find(entry->builder->process, to);
    if (!entry->to)
        yaml_fault(entry->builder->faults, yaml_find(entry->map.node, "to"), "unknown stage '%s'",
                   to);
    return entry->to != NULL;
}

static void read_entry(struct process_builder *builder, const struct yaml_node *node)
{
    static const char *const known[] = {"event",   "from",  "when",      "to",
                                        "effects", "clock", "approvals", "second-person"};
    struct entry entry = {.builder = builder};
    if (!yaml_map_open(node, known, COUNT(known), builder->faults, &entry.map))
        return;
    entry.edge.line = node->line;
    const struct yaml_node *from = yaml_need(&entry.map, "from");
    bool good = read_event(&entry);
    good = read_to(&entry) && good;
    process_read_guard(builder, &entry.map, "when", &entry.edge.guard);
    read_effects(&entry);
    read_clocks(&entry);
    read_approvals(&entry);
    yaml_take_bool(&entry.map, "second-person", &entry.edge.second_person);
    if (good && from)
        add_from(&entry, from, /* groups_too= */ true);
}

int process_read_edges(struct process_builder *builder, const struct yaml_node *root)
{
    const struct yaml_node *edges = yaml_find(root, "edges");
    if (!edges || edges->kind != YAML_SEQUENCE) {
        yaml_fault(builder->faults, edges ? edges : root, "'edges' must be a list");
        return yaml_faults_error(builder->faults);
    }
    for (size_t i = 0; i < edges->count; i++)
        read_entry(builder, edges->items[i]);
    return yaml_faults_error(builder->faults);
}
