/* A file of complaints/: what may be complained about, and what is asked of who complains.
 *
 * Evidence is read first, because questions name it; but evidence may hang on a question, so its
 * conditions are read after the questions. */
#include "rulebook/complaint_read.h"

#include "model/case.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {
    "id",        "title",        "binds",  "family",       "obligations",
    "questions", "evidence",     "scope",  "first-review", "more-information",
    "confirmed", "untranslated", "intake", "reminder",     "priority"};
static const char *const evidence_keys[] = {"id",       "ask",        "why", "accept",
                                            "required", "obligation", "when"};
static const char *const scope_keys[] = {"id",         "test",    "days", "who",
                                         "obligation", "closure", "words"};
static const char *const old_scope_keys[] = {"id",  "test",       "days",    "who",
                                             "ask", "obligation", "closure", "words"};
/* `asked` is no word for authors: it stands for the absence of one in older rulebooks. */
static const char *const test_words[] = {
#define T(name, text) text,
    COMPLAINT_TEST_LIST(T)
#undef T
};
static const char *const role_words[] = {
#define R(name, text) text,
    COMPLAINT_ROLE_LIST(R)
#undef R
};

const struct complaint_question *complaint_question_find(const struct complaint_type *type,
                                                         const char *id)
{
    for (size_t i = 0; i < type->question_count; i++) {
        if (strcmp(type->questions[i].id, id) == 0)
            return &type->questions[i];
    }
    return NULL;
}

/* One of the type's obligations: the named one, else the first. */
static void read_obligation_of(struct complaint_reader *reader, const struct yaml_map *map,
                               const char **ret_id)
{
    const struct complaint_type *type = &reader->type;
    bool found = false;
    *ret_id = type->obligation_count ? type->obligations[0] : "";
    if (!yaml_take_id(map, "obligation", RULEBOOK_ID_MAX, ret_id))
        return;
    for (size_t i = 0; i < type->obligation_count; i++)
        found = found || strcmp(type->obligations[i], *ret_id) == 0;
    if (!found)
        yaml_fault(reader->loader->faults, yaml_find(map->node, "obligation"),
                   "'%s' is not among the obligations of this type", *ret_id);
}

/* --- evidence --- */

static bool is_media_type(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.+-";
    size_t first = strspn(text, letters);
    size_t second = text[first] == '/' ? strspn(text + first + 1, letters) : 0;
    return first && second && text[first + 1 + second] == '\0';
}

static void read_media_types(struct complaint_reader *reader, const struct yaml_map *map,
                             struct complaint_evidence *evidence)
{
    struct text_list list = {0};
    if (!loader_take_texts(reader->loader, map, "accept", TEXT_FREE, &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_media_type(list.texts[i]))
            yaml_fault(reader->loader->faults, list.nodes[i], "'%s' is no media type",
                       list.texts[i]);
    }
    evidence->accept = list.texts;
    evidence->accept_count = list.count;
}

/* In rulebooks adopted before evidence had ids: a sentence, named by its place. */
static void read_old_evidence(struct complaint_reader *reader, const struct yaml_node *node,
                              struct complaint_evidence *evidence)
{
    yaml_as_text(node, reader->loader->faults, &evidence->ask.official);
    evidence->id =
        arena_printf(reader->loader->arena, "evidence-%zu", reader->type.evidence_count + 1);
    if (!evidence->id)
        reader->loader->failure = ERR_NO_MEMORY;
}

static void read_evidence(struct complaint_reader *reader, const struct yaml_node *node)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_evidence evidence = {
        .id = "", .ask.official = "", .why.official = "", .obligation = ""};
    struct yaml_map map;
    if (!reader->strict && node->kind == YAML_SCALAR) {
        read_old_evidence(reader, node, &evidence);
    } else if (!yaml_map_open(node, evidence_keys, COUNT(evidence_keys), loader->faults, &map)) {
        return;
    } else {
        yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &evidence.id);
        complaint_read_text(reader, &map, "ask", &evidence.ask);
        complaint_read_text(reader, &map, "why", &evidence.why);
        read_media_types(reader, &map, &evidence);
        yaml_take_bool(&map, "required", &evidence.required);
        read_obligation_of(reader, &map, &evidence.obligation);
    }
    for (size_t i = 0; reader->evidence && i < reader->type.evidence_count; i++) {
        if (evidence.id && strcmp(reader->evidence[i].id, evidence.id) == 0)
            yaml_fault(loader->faults, node, "evidence '%s' stands twice", evidence.id);
    }
    struct complaint_evidence *slot =
        loader_push(loader, &reader->evidence, &reader->type.evidence_count, sizeof *slot);
    if (slot)
        *slot = evidence;
}

/* The items that were maps stand in the list in their order; a fault ends the use of both. */
static void read_evidence_conditions(struct complaint_reader *reader, const struct yaml_node *list)
{
    if (!list || list->count != reader->type.evidence_count)
        return;
    for (size_t i = 0; i < list->count; i++) {
        struct yaml_map map = {list->items[i], reader->loader->faults};
        if (map.node->kind == YAML_MAP)
            complaint_read_condition(reader, &map, &reader->evidence[i].when);
    }
}

/* --- scope --- */

static void read_roles(struct complaint_reader *reader, const struct yaml_map *map,
                       struct complaint_scope *scope)
{
    struct yaml_faults *faults = reader->loader->faults;
    const struct yaml_node *list = yaml_take(map, "who", YAML_SEQUENCE);
    for (size_t i = 0; list && i < list->count; i++) {
        int role = 0;
        if (yaml_as_word(list->items[i], role_words, COUNT(role_words), faults, &role))
            scope->who |= 1u << role;
    }
    if (scope->test == COMPLAINT_TEST_COMPLAINANT && scope->who == 0)
        yaml_fault(faults, map->node, "'complainant' needs 'who' may complain");
    if (scope->test != COMPLAINT_TEST_COMPLAINANT && list)
        yaml_fault(faults, list, "only the test 'complainant' has 'who'");
}

static void read_test(struct complaint_reader *reader, const struct yaml_map *map,
                      struct complaint_scope *scope)
{
    struct yaml_faults *faults = reader->loader->faults;
    int test = COMPLAINT_TEST_ASKED;
    if (reader->strict || yaml_find(map->node, "test"))
        yaml_need_word(map, "test", test_words, COMPLAINT_TEST_ASKED, &test);
    scope->test = (enum complaint_test)test;
    bool days = yaml_take_int(map, "days", 0, COMPLAINT_DAYS_MAX, &scope->days);
    if (scope->test == COMPLAINT_TEST_TOLD_FIRST && !yaml_find(map->node, "days"))
        yaml_fault(faults, map->node, "'told-first' needs 'days', 0 for any time before");
    if (scope->test != COMPLAINT_TEST_TOLD_FIRST && days)
        yaml_fault(faults, yaml_find(map->node, "days"), "only the test 'told-first' has 'days'");
    read_roles(reader, map, scope);
}

static void read_scope(struct complaint_reader *reader, const struct yaml_node *node)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_scope scope = {.id = "", .closure = ""};
    struct yaml_map map;
    const char *const *keys = reader->strict ? scope_keys : old_scope_keys;
    size_t count = reader->strict ? COUNT(scope_keys) : COUNT(old_scope_keys);
    if (!yaml_map_open(node, keys, count, loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &scope.id);
    read_test(reader, &map, &scope);
    read_obligation_of(reader, &map, &scope.obligation);
    complaint_read_text(reader, &map, !reader->strict && yaml_find(node, "ask") ? "ask" : "words",
                        &scope.words);
    if (yaml_need_id(&map, "closure", RULEBOOK_ID_MAX, &scope.closure) &&
        !outcomes_know_closure(loader, scope.closure))
        yaml_fault(loader->faults, yaml_find(node, "closure"),
                   "process.yaml has no closure code '%s'", scope.closure);
    for (size_t i = 0; reader->scopes && i < reader->type.scope_count; i++) {
        if (strcmp(reader->scopes[i].id, scope.id) == 0)
            yaml_fault(loader->faults, node, "scope test '%s' stands twice", scope.id);
    }
    struct complaint_scope *slot =
        loader_push(loader, &reader->scopes, &reader->type.scope_count, sizeof *slot);
    if (slot)
        *slot = scope;
}

/* --- the file --- */

typedef void item_reader(struct complaint_reader *reader, const struct yaml_node *node);

static const struct yaml_node *read_items(struct complaint_reader *reader,
                                          const struct yaml_map *map, const char *key,
                                          item_reader *read)
{
    const struct yaml_node *list = yaml_take(map, key, YAML_SEQUENCE);
    if (list && list->count > COMPLAINT_ITEMS_MAX) {
        yaml_fault(reader->loader->faults, list, "more than %d in one list", COMPLAINT_ITEMS_MAX);
        return NULL;
    }
    for (size_t i = 0; list && i < list->count; i++)
        read(reader, list->items[i]);
    return list;
}

static void read_lists(struct complaint_reader *reader, const struct yaml_map *map)
{
    const struct yaml_node *evidence = read_items(reader, map, "evidence", read_evidence);
    if (yaml_need(map, "questions"))
        read_items(reader, map, "questions", complaint_read_question);
    read_evidence_conditions(reader, evidence);
    read_items(reader, map, "scope", read_scope);
    reader->type.questions = reader->questions;
    reader->type.evidence = reader->evidence;
    reader->type.scopes = reader->scopes;
}

static void read_obligations(struct complaint_reader *reader, const struct yaml_map *map)
{
    struct rulebook_loader *loader = reader->loader;
    struct text_list list = {0};
    if (!yaml_need(map, "obligations") ||
        !loader_take_texts(loader, map, "obligations", TEXT_ID, &list))
        return;
    if (list.count == 0)
        yaml_fault(loader->faults, yaml_find(map->node, "obligations"),
                   "a complaint is always about an obligation");
    for (size_t i = 0; i < list.count; i++)
        loader_need_obligation(loader, list.nodes[i], list.texts[i]);
    reader->type.obligations = list.texts;
    reader->type.obligation_count = list.count;
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

static void read_times(struct complaint_reader *reader, const struct yaml_map *map)
{
    struct complaint_type *type = &reader->type;
    if (reader->strict || yaml_find(map->node, "first-review"))
        yaml_need_int(map, "first-review", 1, COMPLAINT_DAYS_MAX, &type->first_review_days);
    if (reader->strict || yaml_find(map->node, "more-information"))
        yaml_need_int(map, "more-information", 1, COMPLAINT_DAYS_MAX, &type->information_days);
    yaml_take_int(map, "reminder", 1, COMPLAINT_DAYS_MAX, &type->reminder_days);
    if (type->reminder_days && type->reminder_days >= type->information_days)
        yaml_fault(reader->loader->faults, yaml_find(map->node, "reminder"),
                   "a reminder comes fewer days before the end than 'more-information' has");
    type->confirmed = true;
    yaml_take_bool(map, "confirmed", &type->confirmed);
}

void read_complaint(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct complaint_reader reader = {
        .loader = loader, .strict = loader->vocabulary != NULL, .type.id = ""};
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &reader.type.id);
    loader_check_name(loader, file, root, reader.type.id);
    complaint_read_text(&reader, &map, "title", &reader.type.title);
    loader_need_binds(&map, "binds", &reader.type.binds);
    read_family_word(&map, &reader.type);
    read_obligations(&reader, &map);
    read_lists(&reader, &map);
    read_times(&reader, &map);
    complaint_read_intake(&reader, &map);
    complaint_read_urgencies(&reader, &map);
    complaint_read_untranslated(&reader, &map);
    struct complaint_type *slot =
        loader_push(loader, &loader->complaints, &loader->complaint_count, sizeof *slot);
    if (slot)
        *slot = reader.type;
}
