/* The sections of process.yaml but the edges. */
#include "base/text.h"
#include "model/party.h"
#include "rulebook/process_build.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const party_words[] = {"registry", "registrar"};

static struct arena *arena_of(struct process_builder *builder)
{
    return &builder->memory->arena;
}

/* Text of the tree copied into the process; "" when memory is out (the arena says so at the end).
 */
static const char *keep(struct process_builder *builder, const char *text)
{
    const char *copy = arena_copy_text(arena_of(builder), text ? text : "");
    if (!copy)
        builder->faults->failure = ERR_NO_MEMORY;
    return copy ? copy : "";
}

void process_read_guard(struct process_builder *builder, const struct yaml_map *map,
                        const char *key, struct guard *ret_guard)
{
    const char *text = "";
    struct guard_position position = {1, 1};
    struct error_detail detail = {""};
    const struct yaml_node *node = yaml_take(map, key, YAML_SCALAR);
    yaml_take_text(map, key, &text);
    int result = guard_parse(text, arena_of(builder), ret_guard, &position, &detail);
    if (result == ERR_NO_MEMORY)
        builder->faults->failure = ERR_NO_MEMORY;
    else if (result < 0 && node)
        yaml_fault(builder->faults, node, "guard, character %d: %s", position.column,
                   error_words(&detail, result));
}

/* Opens each item of the list under `key` in turn. */
struct items {
    const struct yaml_node *list;
    size_t at;
};

static struct items items_of(const struct yaml_map *map, const char *key, size_t most)
{
    struct items items = {yaml_take(map, key, YAML_SEQUENCE), 0};
    if (items.list && items.list->count > most) {
        yaml_fault(map->faults, items.list, "'%s' has more than %zu entries", key, most);
        items.list = NULL;
    }
    return items;
}

static bool next_item(struct items *items, const char *const *known, size_t count,
                      struct yaml_faults *faults, struct yaml_map *ret_map)
{
    while (items->list && items->at < items->list->count) {
        if (yaml_map_open(items->list->items[items->at++], known, count, faults, ret_map))
            return true;
    }
    return false;
}

static void check_unique(const struct yaml_map *map, bool taken, const char *id)
{
    if (taken)
        yaml_fault(map->faults, map->node, "'%s' is defined twice", id);
}

/* --- letters and stages --- */

static void read_letters(struct process_builder *builder, const struct yaml_map *root)
{
    struct process *process = builder->process;
    const struct yaml_node *list = yaml_need(root, "letters");
    if (!list || !yaml_take(root, "letters", YAML_SEQUENCE))
        return;
    const char **letters = arena_array(arena_of(builder), list->count + 1, sizeof *letters);
    if (!letters) {
        builder->faults->failure = ERR_NO_MEMORY;
        return;
    }
    process->letters = letters;
    for (size_t i = 0; i < list->count; i++) {
        const char *id = NULL;
        if (!yaml_as_id(list->items[i], PROCESS_ID_MAX - 1, builder->faults, &id))
            continue;
        if (process_has_letter(process, id))
            yaml_fault(builder->faults, list->items[i], "letter '%s' is listed twice", id);
        letters[process->letter_count++] = keep(builder, id);
    }
}

static void check_letter(struct process_builder *builder, const struct yaml_map *map,
                         const struct stage *stage)
{
    bool needs = stage->kind != STAGE_INTAKE && stage->kind != STAGE_END;
    if (needs && stage->letter[0] == '\0')
        yaml_fault(builder->faults, map->node, "stage '%s' has no letter", stage->id);
    if (stage->letter[0] && !process_has_letter(builder->process, stage->letter))
        yaml_fault(builder->faults, yaml_find(map->node, "letter"), "unknown letter '%s'",
                   stage->letter);
}

static void read_stage(struct process_builder *builder, const struct yaml_map *map)
{
    static const char *const kinds[] = {
#define E(name, text) text,
        STAGE_KIND_LIST(E)
#undef E
    };
    const char *id = "", *label = "", *letter = "";
    int kind = STAGE_INTAKE;
    int64_t level = 0;
    yaml_need_id(map, "id", PROCESS_ID_MAX - 1, &id);
    yaml_need_text(map, "label", &label);
    yaml_take_id(map, "letter", PROCESS_ID_MAX - 1, &letter);
    yaml_need_word(map, "kind", kinds, COUNT(kinds), &kind);
    if (kind == STAGE_INFORMAL)
        yaml_need_int(map, "level", 1, 9, &level);
    else if (yaml_find(map->node, "level"))
        yaml_fault(map->faults, map->node, "only informal stages have a level");
    check_unique(map, process_stage_find(builder->process, id) != NULL, id);
    struct stage *stage = arena_push(arena_of(builder), &builder->stages,
                                     &builder->process->stage_count, sizeof *stage);
    if (!stage) {
        builder->faults->failure = ERR_NO_MEMORY;
        return;
    }
    builder->process->stages = builder->stages;
    *stage = (struct stage){.id = keep(builder, id),
                            .label = keep(builder, label),
                            .kind = (enum stage_kind)kind,
                            .level = (int)level,
                            .letter = keep(builder, letter)};
    check_letter(builder, map, stage);
}

static void read_stages(struct process_builder *builder, const struct yaml_map *root)
{
    static const char *const known[] = {"id", "kind", "level", "label", "letter"};
    struct items items = items_of(root, "stages", PROCESS_STAGES_MAX);
    struct yaml_map map;
    const char *initial = "";
    yaml_need(root, "stages");
    while (next_item(&items, known, COUNT(known), builder->faults, &map))
        read_stage(builder, &map);
    if (!yaml_need_id(root, "initial", PROCESS_ID_MAX - 1, &initial))
        return;
    builder->process->initial = process_stage_find(builder->process, initial);
    if (!builder->process->initial)
        yaml_fault(builder->faults, yaml_find(root->node, "initial"), "unknown stage '%s'",
                   initial);
}

/* --- rules --- */

static void read_places(struct process_builder *builder, const struct yaml_map *map,
                        struct deadline_rule *rule)
{
    const char *zone = NULL, *calendar = NULL;
    rule->zone = builder->zone;
    rule->calendar = builder->calendar;
    if (yaml_take_text(map, "zone", &zone))
        rule->zone = process_zone(builder, zone, yaml_find(map->node, "zone"));
    if (yaml_take_id(map, "calendar", CALENDAR_NAME_MAX - 1, &calendar))
        rule->calendar = process_calendar(builder, calendar, yaml_find(map->node, "calendar"));
}

/* Hours end on the clock; days end at the end of a day, and the rule says of which. */
static void read_length(const struct yaml_map *map, struct deadline_rule *rule)
{
    static const char *const units[] = {"working-days", "calendar-days", "hours"};
    static const char *const ends[] = {"zone", "anywhere"};
    static const char *const rolls[] = {"none", "forward"};
    int unit = UNIT_WORKING_DAYS, end = END_OF_DAY_ZONE, roll = 0;
    int64_t n = 0;
    yaml_need_word(map, "unit", units, COUNT(units), &unit);
    yaml_need_int(map, "n", 0, unit == UNIT_HOURS ? 8784 : 2000, &n);
    if (unit != UNIT_HOURS)
        yaml_need_word(map, "end-of-day", ends, COUNT(ends), &end);
    yaml_take_word(map, "roll", rolls, COUNT(rolls), &roll);
    if (roll && unit != UNIT_CALENDAR_DAYS)
        yaml_fault(map->faults, map->node, "only calendar days roll forward");
    rule->n = (int32_t)n;
    rule->unit = (enum deadline_unit)unit;
    rule->end_of_day = (enum end_of_day)end;
    rule->roll_forward = roll == 1;
}

/* What happens to the party while the clock runs. A reminder comes after service. */
static void read_dealings(const struct yaml_map *map, struct deadline_rule *rule)
{
    static const char *const words[] = {"none", "restarts"};
    int clarification = 0;
    yaml_take_word(map, "clarification", words, COUNT(words), &clarification);
    rule->clarification_restarts = clarification == 1;
    const struct yaml_node *list = yaml_take(map, "reminders", YAML_SEQUENCE);
    if (list && rule->unit == UNIT_HOURS)
        yaml_fault(map->faults, list, "only days have reminders");
    else if (list && list->count > PROCESS_REMINDERS_MAX)
        yaml_fault(map->faults, list, "more than %d reminders", PROCESS_REMINDERS_MAX);
    else
        for (size_t i = 0; list && i < list->count; i++) {
            int64_t days = 0;
            if (yaml_as_int(list->items[i], 1, rule->n - 1, map->faults, &days))
                rule->reminders[rule->reminder_count++] = (int32_t)days;
        }
}

static void read_rule(struct process_builder *builder, const struct yaml_map *map)
{
    const char *id = "", *label = "", *clause = "";
    yaml_need_id(map, "id", PROCESS_ID_MAX - 1, &id);
    yaml_need_text(map, "label", &label);
    yaml_take_text(map, "clause", &clause);
    check_unique(map, process_rule_find(builder->process, id) != NULL, id);
    struct deadline_rule *rule =
        arena_push(arena_of(builder), &builder->rules, &builder->process->rule_count, sizeof *rule);
    if (!rule) {
        builder->faults->failure = ERR_NO_MEMORY;
        return;
    }
    builder->process->rules = builder->rules;
    rule->id = keep(builder, id);
    rule->label = keep(builder, label);
    rule->clause = keep(builder, clause);
    read_length(map, rule);
    read_dealings(map, rule);
    read_places(builder, map, rule);
    process_read_guard(builder, map, "when", &rule->when);
    yaml_need_bool(map, "confirmed", &rule->confirmed);
}

static void read_rules(struct process_builder *builder, const struct yaml_map *root)
{
    static const char *const known[] = {
        "id",   "label",    "clause", "n",         "unit",          "end-of-day", "roll",
        "zone", "calendar", "when",   "confirmed", "clarification", "reminders"};
    struct items items = items_of(root, "rules", PROCESS_RULES_MAX);
    struct yaml_map map;
    const char *zone = "", *calendar = "";
    if (yaml_need_text(root, "zone", &zone))
        builder->zone = process_zone(builder, zone, yaml_find(root->node, "zone"));
    if (yaml_need_id(root, "calendar", CALENDAR_NAME_MAX - 1, &calendar))
        builder->calendar = process_calendar(builder, calendar, yaml_find(root->node, "calendar"));
    while (next_item(&items, known, COUNT(known), builder->faults, &map))
        read_rule(builder, &map);
}

/* --- cures, grounds, closure --- */

static void read_parties(const struct yaml_map *map, bool for_party[2])
{
    yaml_need(map, "party");
    const struct yaml_node *list = yaml_take(map, "party", YAML_SEQUENCE);
    for (size_t i = 0; list && i < list->count; i++) {
        int party = 0;
        if (yaml_as_word(list->items[i], party_words, COUNT(party_words), map->faults, &party))
            for_party[party] = true;
    }
}

static void read_minimum_cures(struct process_builder *builder, const struct yaml_map *root)
{
    static const char *const known[] = {"party", "days", "clause"};
    struct items items = items_of(root, "minimum-cures", PROCESS_RULES_MAX);
    struct minimum_cure *cures = NULL;
    struct yaml_map map;
    while (next_item(&items, known, COUNT(known), builder->faults, &map)) {
        const char *clause = "";
        int64_t days = 0;
        struct minimum_cure *cure =
            arena_push(arena_of(builder), &cures, &builder->process->minimum_count, sizeof *cure);
        if (!cure) {
            builder->faults->failure = ERR_NO_MEMORY;
            return;
        }
        builder->process->minimum_cures = cures;
        read_parties(&map, cure->for_party);
        yaml_need_int(&map, "days", 1, 2000, &days);
        yaml_need_text(&map, "clause", &clause);
        cure->days = (int32_t)days;
        cure->clause = keep(builder, clause);
    }
}

static void read_repeat(const struct yaml_map *map, struct ground *ground)
{
    static const char *const known[] = {"times", "months", "of"};
    static const char *const whose[] = {
#define E(name, text) text,
        REPEAT_OF_LIST(E)
#undef E
    };
    const struct yaml_node *node = yaml_take(map, "repeat", YAML_MAP);
    struct yaml_map repeat;
    int64_t times = 0, months = 0;
    int of = REPEAT_OF_PARTY;
    if (!node || !yaml_map_open(node, known, COUNT(known), map->faults, &repeat))
        return;
    yaml_need_int(&repeat, "times", 1, 100, &times);
    yaml_need_int(&repeat, "months", 1, 600, &months);
    yaml_take_word(&repeat, "of", whose, REPEAT_OF_COUNT, &of);
    ground->repeat_times = (unsigned)times;
    ground->repeat_months = (unsigned)months;
    ground->repeat_of = (enum repeat_of)of;
}

static void read_ground(struct process_builder *builder, const struct yaml_map *map,
                        struct ground *ground)
{
    static const char *const kinds[] = {"none", "noticed", "immediate"};
    const char *id = "", *label = "", *clause = "", *clock = "";
    int kind = GROUND_NOTICED;
    yaml_need_id(map, "id", PROCESS_ID_MAX - 1, &id);
    yaml_need_text(map, "label", &label);
    yaml_need_text(map, "clause", &clause);
    yaml_need_word(map, "kind", kinds + 1, 2, &kind);
    read_parties(map, ground->for_party);
    read_repeat(map, ground);
    yaml_need_bool(map, "confirmed", &ground->confirmed);
    ground->id = keep(builder, id);
    ground->label = keep(builder, label);
    ground->clause = keep(builder, clause);
    ground->kind = yaml_find(map->node, "kind") ? (enum fact_ground)(kind + 1) : GROUND_NOTICED;
    if (!yaml_need_id(map, "clock", PROCESS_ID_MAX - 1, &clock))
        return;
    ground->clock = process_rule_find(builder->process, clock);
    if (!ground->clock)
        yaml_fault(builder->faults, yaml_find(map->node, "clock"), "unknown rule '%s'", clock);
}

static void read_grounds(struct process_builder *builder, const struct yaml_map *root)
{
    static const char *const known[] = {"id",   "label", "clause",    "party",
                                        "kind", "clock", "confirmed", "repeat"};
    struct items items = items_of(root, "grounds", PROCESS_CODES_MAX);
    struct ground *grounds = NULL;
    struct yaml_map map;
    while (next_item(&items, known, COUNT(known), builder->faults, &map)) {
        const char *id = "";
        const struct yaml_node *node = yaml_find(map.node, "id");
        if (node && node->text)
            id = node->text;
        check_unique(&map, process_ground_find(builder->process, id) != NULL, id);
        struct ground *ground = arena_push(arena_of(builder), &grounds,
                                           &builder->process->ground_count, sizeof *ground);
        if (!ground) {
            builder->faults->failure = ERR_NO_MEMORY;
            return;
        }
        ground->id = ground->label = ground->clause = "";
        builder->process->grounds = grounds;
        read_ground(builder, &map, ground);
    }
}

static void read_closure_labels(struct process_builder *builder, const struct yaml_map *root)
{
    const char *known[CLOSURE_FAMILY_COUNT];
    struct yaml_map map;
    for (int i = 0; i < CLOSURE_FAMILY_COUNT; i++) {
        known[i] = closure_family_text((enum closure_family)i);
        builder->process->closure_labels[i] = "";
    }
    const struct yaml_node *node = yaml_need(root, "closure-families");
    if (!node || !yaml_map_open(node, known + 1, CLOSURE_FAMILY_COUNT - 1, builder->faults, &map))
        return;
    for (int i = CLOSURE_RESOLVED; i < CLOSURE_FAMILY_COUNT; i++) {
        const char *label = "";
        yaml_need_text(&map, known[i], &label);
        builder->process->closure_labels[i] = keep(builder, label);
    }
}

static void read_closure_codes(struct process_builder *builder, const struct yaml_map *root)
{
    static const char *const known[] = {"id", "family", "label"};
    static const char *const families[] = {"resolved", "out-of-scope", "authority-issue"};
    struct items items = items_of(root, "closure-codes", PROCESS_CODES_MAX);
    struct closure_code *codes = NULL;
    struct yaml_map map;
    while (next_item(&items, known, COUNT(known), builder->faults, &map)) {
        const char *id = "", *label = "";
        int family = 0;
        yaml_need_id(&map, "id", PROCESS_ID_MAX - 1, &id);
        yaml_need_text(&map, "label", &label);
        yaml_need_word(&map, "family", families, COUNT(families), &family);
        check_unique(&map, process_closure_find(builder->process, id) != NULL, id);
        struct closure_code *code =
            arena_push(arena_of(builder), &codes, &builder->process->closure_count, sizeof *code);
        if (!code) {
            builder->faults->failure = ERR_NO_MEMORY;
            return;
        }
        *code = (struct closure_code){keep(builder, id), keep(builder, label),
                                      (enum closure_family)(family + 1)};
        builder->process->closure_codes = codes;
    }
}

int process_read(struct process_builder *builder, const struct yaml_node *root)
{
    static const char *const known[] = {
        "id",
        "label",
        "language",
        "zone",
        "calendar",
        "initial",
        "letters",
        "stages",
        "groups",
        "rules",
        "minimum-cures",
        "grounds",
        "edges",
        "closure-families",
        "closure-codes",
        "second-looks",
    };
    struct yaml_map map;
    int64_t looks = 0;
    const char *id = "", *label = "", *language = "";
    if (!yaml_map_open(root, known, COUNT(known), builder->faults, &map))
        return yaml_faults_error(builder->faults);
    yaml_need_id(&map, "id", PROCESS_ID_MAX - 1, &id);
    yaml_need_text(&map, "label", &label);
    yaml_need_id(&map, "language", PROCESS_ID_MAX - 1, &language);
    builder->process->id = keep(builder, id);
    builder->process->label = keep(builder, label);
    builder->process->language = keep(builder, language);
    builder->groups = yaml_take(&map, "groups", YAML_MAP);
    read_letters(builder, &map);
    read_stages(builder, &map);
    read_rules(builder, &map);
    read_minimum_cures(builder, &map);
    read_grounds(builder, &map);
    read_closure_labels(builder, &map);
    read_closure_codes(builder, &map);
    yaml_take_int(&map, "second-looks", 0, PROCESS_LOOKS_MAX, &looks);
    builder->process->second_looks = (int32_t)looks;
    builder->memory->rules = builder->rules;
    builder->process->calendars = (const struct calendar *const *)builder->memory->calendars;
    builder->process->calendar_count = builder->memory->calendar_count;
    return process_read_edges(builder, root);
}
