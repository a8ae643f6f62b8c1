/* Questions of a type of complaint, and when they are asked. */
#include "rulebook/complaint_read.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const question_keys[] = {"id",   "ask",     "kind",    "required",
                                            "when", "choices", "evidence"};
static const char *const choice_keys[] = {"id", "label"};
static const char *const when_keys[] = {"question", "is"};
static const char *const kind_words[] = {
#define A(name, text) text,
    COMPLAINT_ANSWER_LIST(A)
#undef A
};

static const struct complaint_question *find_question(const struct complaint_reader *reader,
                                                      const char *id)
{
    for (size_t i = 0; reader->questions && i < reader->type.question_count; i++) {
        if (strcmp(reader->questions[i].id, id) == 0)
            return &reader->questions[i];
    }
    return NULL;
}

/* Whether a person can give that answer. */
static bool can_be(const struct complaint_question *question, const char *value)
{
    if (question->kind == COMPLAINT_YES_NO)
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    for (size_t i = 0; i < question->choice_count; i++) {
        if (strcmp(question->choices[i].id, value) == 0)
            return true;
    }
    return false;
}

static void check_values(struct complaint_reader *reader, const struct yaml_node *at,
                         const struct complaint_question *question, const struct text_list *values)
{
    struct yaml_faults *faults = reader->loader->faults;
    if (question->kind != COMPLAINT_CHOICE && question->kind != COMPLAINT_YES_NO) {
        yaml_fault(faults, at, "'%s' is no choice and no yes-no question", question->id);
        return;
    }
    if (values->count == 0)
        yaml_fault(faults, at, "no answer leads here: 'is' is empty");
    for (size_t i = 0; i < values->count; i++) {
        if (!can_be(question, values->texts[i]))
            yaml_fault(faults, values->nodes[i], "no answer leads here: '%s' cannot be '%s'",
                       question->id, values->texts[i]);
    }
}

void complaint_read_condition(struct complaint_reader *reader, const struct yaml_map *map,
                              struct complaint_condition *ret_when)
{
    struct rulebook_loader *loader = reader->loader;
    const struct yaml_node *node = yaml_take(map, "when", YAML_MAP);
    struct text_list values = {0};
    struct yaml_map when;
    const char *id = "";
    if (!node || !yaml_map_open(node, when_keys, COUNT(when_keys), loader->faults, &when))
        return;
    if (!yaml_need_id(&when, "question", RULEBOOK_ID_MAX, &id) || !yaml_need(&when, "is") ||
        !loader_take_texts(loader, &when, "is", TEXT_ID, &values))
        return;
    const struct complaint_question *question = find_question(reader, id);
    if (question)
        check_values(reader, node, question, &values);
    else
        yaml_fault(loader->faults, yaml_find(node, "question"),
                   "no question '%s' stands before this one", id);
    ret_when->question = id;
    ret_when->values = values.texts;
    ret_when->count = values.count;
}

static void read_choice(struct complaint_reader *reader, const struct yaml_node *node,
                        struct complaint_question *question, struct complaint_choice **list)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_choice choice = {.id = ""};
    struct yaml_map map;
    if (!yaml_map_open(node, choice_keys, COUNT(choice_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &choice.id);
    complaint_read_text(reader, &map, "label", &choice.label);
    for (size_t i = 0; *list && i < question->choice_count; i++) {
        if (strcmp((*list)[i].id, choice.id) == 0)
            yaml_fault(loader->faults, node, "choice '%s' stands twice", choice.id);
    }
    struct complaint_choice *slot =
        loader_push(loader, list, &question->choice_count, sizeof *slot);
    if (slot)
        *slot = choice;
}

static void read_choices(struct complaint_reader *reader, const struct yaml_map *map,
                         struct complaint_question *question)
{
    struct yaml_faults *faults = reader->loader->faults;
    const struct yaml_node *list = yaml_take(map, "choices", YAML_SEQUENCE);
    struct complaint_choice *choices = NULL;
    for (size_t i = 0; list && i < list->count; i++)
        read_choice(reader, list->items[i], question, &choices);
    question->choices = choices;
    if (question->kind == COMPLAINT_CHOICE && question->choice_count < 2)
        yaml_fault(faults, map->node, "a choice needs two choices at least");
    if (question->kind != COMPLAINT_CHOICE && list)
        yaml_fault(faults, list, "only a question of kind 'choice' has choices");
}

/* The evidence is read before the questions, so a dangling id is seen here. */
static void read_evidence_of(struct complaint_reader *reader, const struct yaml_map *map,
                             struct complaint_question *question)
{
    struct yaml_faults *faults = reader->loader->faults;
    bool named = yaml_take_id(map, "evidence", RULEBOOK_ID_MAX, &question->evidence);
    bool found = false;
    if (question->kind != COMPLAINT_FILE) {
        if (named)
            yaml_fault(faults, map->node, "only a question of kind 'file' names evidence");
        return;
    }
    if (!named) {
        yaml_fault(faults, map->node, "a question of kind 'file' names its evidence");
        return;
    }
    for (size_t i = 0; reader->evidence && i < reader->type.evidence_count; i++)
        found = found || strcmp(reader->evidence[i].id, question->evidence) == 0;
    if (!found)
        yaml_fault(faults, yaml_find(map->node, "evidence"), "there is no evidence '%s'",
                   question->evidence);
}

void complaint_read_question(struct complaint_reader *reader, const struct yaml_node *node)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_question question = {.id = ""};
    struct yaml_map map;
    int kind = COMPLAINT_TEXT;
    if (!yaml_map_open(node, question_keys, COUNT(question_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &question.id);
    complaint_read_text(reader, &map, "ask", &question.ask);
    if (reader->strict || yaml_find(node, "kind"))
        yaml_need_word(&map, "kind", kind_words, COUNT(kind_words), &kind);
    question.kind = (enum complaint_answer_kind)kind;
    yaml_take_bool(&map, "required", &question.required);
    read_choices(reader, &map, &question);
    read_evidence_of(reader, &map, &question);
    complaint_read_condition(reader, &map, &question.when);
    if (find_question(reader, question.id))
        yaml_fault(loader->faults, node, "question '%s' stands twice", question.id);
    struct complaint_question *slot =
        loader_push(loader, &reader->questions, &reader->type.question_count, sizeof *slot);
    if (slot)
        *slot = question;
}
