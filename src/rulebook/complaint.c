/* A file of complaints/: what may be complained about, and what is asked of who complains. */
#include "rulebook/load.h"

#include "model/case.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"id",          "title",     "binds",    "family",
                                        "obligations", "questions", "evidence", "scope"};
static const char *const question_keys[] = {"id", "ask", "required"};
static const char *const scope_keys[] = {"id", "ask", "closure"};

static void read_question(struct rulebook_loader *loader, const struct yaml_node *node,
                          struct complaint_question **list, size_t *count)
{
    struct complaint_question question = {.id = "", .ask = ""};
    struct yaml_map map;
    if (!yaml_map_open(node, question_keys, COUNT(question_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &question.id);
    yaml_need_text(&map, "ask", &question.ask);
    yaml_take_bool(&map, "required", &question.required);
    for (size_t i = 0; *list && i < *count; i++) {
        if (strcmp((*list)[i].id, question.id) == 0)
            yaml_fault(loader->faults, node, "question '%s' stands twice", question.id);
    }
    struct complaint_question *slot = loader_push(loader, list, count, sizeof *slot);
    if (slot)
        *slot = question;
}

/* Whether the process lists a closure code of that id. */
static bool closure_is_known(const struct rulebook_loader *loader, const char *id)
{
    const struct yaml_node *codes =
        loader->process ? yaml_find(loader->process, "closure-codes") : NULL;
    for (size_t i = 0; codes && codes->kind == YAML_SEQUENCE && i < codes->count; i++) {
        const struct yaml_node *at = yaml_find(codes->items[i], "id");
        if (at && at->kind == YAML_SCALAR && strcmp(at->text, id) == 0)
            return true;
    }
    return false;
}

static void read_scope(struct rulebook_loader *loader, const struct yaml_node *node,
                       struct complaint_scope **list, size_t *count)
{
    struct complaint_scope scope = {.id = "", .ask = "", .closure = ""};
    struct yaml_map map;
    if (!yaml_map_open(node, scope_keys, COUNT(scope_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &scope.id);
    yaml_need_text(&map, "ask", &scope.ask);
    if (yaml_need_id(&map, "closure", RULEBOOK_ID_MAX, &scope.closure) &&
        !closure_is_known(loader, scope.closure))
        yaml_fault(loader->faults, yaml_find(node, "closure"),
                   "process.yaml has no closure code '%s'", scope.closure);
    struct complaint_scope *slot = loader_push(loader, list, count, sizeof *slot);
    if (slot)
        *slot = scope;
}

static void read_lists(struct rulebook_loader *loader, const struct yaml_map *map,
                       struct complaint_type *type)
{
    struct complaint_question *questions = NULL;
    struct complaint_scope *scopes = NULL;
    const struct yaml_node *list =
        yaml_need(map, "questions") ? yaml_take(map, "questions", YAML_SEQUENCE) : NULL;
    for (size_t i = 0; list && i < list->count; i++)
        read_question(loader, list->items[i], &questions, &type->question_count);
    list = yaml_take(map, "scope", YAML_SEQUENCE);
    for (size_t i = 0; list && i < list->count; i++)
        read_scope(loader, list->items[i], &scopes, &type->scope_count);
    type->questions = questions;
    type->scopes = scopes;
}

static void read_obligations(struct rulebook_loader *loader, const struct yaml_map *map,
                             struct complaint_type *type)
{
    struct text_list list = {0};
    if (!yaml_need(map, "obligations") ||
        !loader_take_texts(loader, map, "obligations", TEXT_ID, &list))
        return;
    if (list.count == 0)
        yaml_fault(loader->faults, yaml_find(map->node, "obligations"),
                   "a complaint is always about an obligation");
    for (size_t i = 0; i < list.count; i++)
        loader_need_obligation(loader, list.nodes[i], list.texts[i]);
    type->obligations = list.texts;
    type->obligation_count = list.count;
}

static void read_family_word(const struct yaml_map *map, struct complaint_type *type)
{
    size_t count;
    int found;
    const char *const *words = case_fact_words(FACT_FAMILY, &count);
    type->family = words[FAMILY_DEFAULT];
    if (yaml_take_word(map, "family", words, count, &found))
        type->family = words[found];
}

void read_complaint(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct complaint_type type = {.id = "", .title = ""};
    struct text_list evidence = {0};
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &type.id);
    loader_check_name(loader, file, root, type.id);
    yaml_need_text(&map, "title", &type.title);
    loader_need_binds(&map, "binds", &type.binds);
    read_family_word(&map, &type);
    read_obligations(loader, &map, &type);
    read_lists(loader, &map, &type);
    if (loader_take_texts(loader, &map, "evidence", TEXT_FREE, &evidence)) {
        type.evidence = evidence.texts;
        type.evidence_count = evidence.count;
    }
    struct complaint_type *slot =
        loader_push(loader, &loader->complaints, &loader->complaint_count, sizeof *slot);
    if (slot)
        *slot = type;
}
