/* A file of audits/: questionnaires. */
#include "rulebook/load.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"id", "title", "party", "questions"};
static const char *const question_keys[] = {"id", "ask", "obligation", "evidence"};
static const char *const party_words[] = {"registry", "registrar"};

static void read_question(struct rulebook_loader *loader, const struct yaml_node *node,
                          struct audit_question **list, size_t *count)
{
    struct audit_question question = {.id = "", .ask = "", .obligation = ""};
    struct text_list evidence = {0};
    struct yaml_map map;
    if (!yaml_map_open(node, question_keys, COUNT(question_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &question.id);
    yaml_need_text(&map, "ask", &question.ask);
    if (yaml_need_id(&map, "obligation", RULEBOOK_ID_MAX, &question.obligation))
        loader_need_obligation(loader, yaml_find(node, "obligation"), question.obligation);
    if (loader_take_texts(loader, &map, "evidence", TEXT_FREE, &evidence)) {
        question.evidence = evidence.texts;
        question.evidence_count = evidence.count;
    }
    for (size_t i = 0; *list && i < *count; i++) {
        if (strcmp((*list)[i].id, question.id) == 0)
            yaml_fault(loader->faults, node, "question '%s' stands twice", question.id);
    }
    struct audit_question *slot = loader_push(loader, list, count, sizeof *slot);
    if (slot)
        *slot = question;
}

void read_audit(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct audit_questionnaire audit = {.id = "", .title = ""};
    struct audit_question *questions = NULL;
    struct yaml_map map;
    int kind = 0;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &audit.id);
    loader_check_name(loader, file, root, audit.id);
    yaml_need_text(&map, "title", &audit.title);
    if (yaml_need_word(&map, "party", party_words, COUNT(party_words), &kind))
        audit.kind = (enum party_kind)kind;
    const struct yaml_node *list =
        yaml_need(&map, "questions") ? yaml_take(&map, "questions", YAML_SEQUENCE) : NULL;
    for (size_t i = 0; list && i < list->count; i++)
        read_question(loader, list->items[i], &questions, &audit.question_count);
    audit.questions = questions;
    struct audit_questionnaire *slot =
        loader_push(loader, &loader->audits, &loader->audit_count, sizeof *slot);
    if (slot)
        *slot = audit;
}
