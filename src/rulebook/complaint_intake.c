/* What comes in otherwise than by the questions of a type, and where it goes. */
#include "rulebook/complaint_read.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const intake_keys[] = {"exhibit", "text", "domain", "url", "ip", "takes"};
static const char *const take_keys[] = {"report", "question", "choice"};

/* A question of that kind, which the key names. */
static void read_target(struct complaint_reader *reader, const struct yaml_map *map,
                        const char *key, enum complaint_answer_kind kind, const char **ret_id)
{
    *ret_id = "";
    if (!yaml_take_id(map, key, RULEBOOK_ID_MAX, ret_id))
        return;
    const struct complaint_question *question = complaint_question_find(&reader->type, *ret_id);
    if (!question || question->kind != kind)
        yaml_fault(reader->loader->faults, yaml_find(map->node, key),
                   "there is no question '%s' of kind '%s'", *ret_id, complaint_answer_text(kind));
}

static void read_exhibit(struct complaint_reader *reader, const struct yaml_map *map,
                         struct complaint_intake *intake)
{
    bool found = false;
    if (!yaml_need_id(map, "exhibit", RULEBOOK_ID_MAX, &intake->exhibit))
        return;
    for (size_t i = 0; i < reader->type.evidence_count; i++)
        found = found || strcmp(reader->type.evidence[i].id, intake->exhibit) == 0;
    if (!found)
        yaml_fault(reader->loader->faults, yaml_find(map->node, "exhibit"),
                   "there is no evidence '%s'", intake->exhibit);
}

static void check_choice(struct complaint_reader *reader, const struct yaml_map *map,
                         const struct complaint_take *take)
{
    const struct complaint_question *question =
        complaint_question_find(&reader->type, take->question);
    bool found = false;
    for (size_t i = 0; question && i < question->choice_count; i++)
        found = found || strcmp(question->choices[i].id, take->choice) == 0;
    if (!found)
        yaml_fault(reader->loader->faults, map->node, "'%s' cannot be '%s'", take->question,
                   take->choice);
}

/* One report is taken by one type. */
static void check_once(struct complaint_reader *reader, const struct yaml_node *node,
                       const struct complaint_take *takes, size_t count, const char *report)
{
    const struct rulebook_loader *loader = reader->loader;
    bool again = false;
    for (size_t i = 0; takes && i < count; i++)
        again = again || strcmp(takes[i].report, report) == 0;
    for (size_t i = 0; i < loader->complaint_count; i++) {
        const struct complaint_intake *other = &loader->complaints[i].intake;
        for (size_t j = 0; j < other->take_count; j++)
            again = again || strcmp(other->takes[j].report, report) == 0;
    }
    if (again)
        yaml_fault(loader->faults, node, "'%s' is taken twice", report);
}

static void read_take(struct complaint_reader *reader, const struct yaml_node *node,
                      struct complaint_take **takes, size_t *count)
{
    struct rulebook_loader *loader = reader->loader;
    struct complaint_take take = {.report = "", .question = "", .choice = ""};
    struct yaml_map map;
    if (!yaml_map_open(node, take_keys, COUNT(take_keys), loader->faults, &map) ||
        !yaml_need_text(&map, "report", &take.report))
        return;
    if (yaml_take_id(&map, "question", RULEBOOK_ID_MAX, &take.question) &&
        yaml_need_id(&map, "choice", RULEBOOK_ID_MAX, &take.choice))
        check_choice(reader, &map, &take);
    check_once(reader, node, *takes, *count, take.report);
    struct complaint_take *slot = loader_push(loader, takes, count, sizeof *slot);
    if (slot)
        *slot = take;
}

void complaint_read_intake(struct complaint_reader *reader, const struct yaml_map *root)
{
    struct complaint_intake *intake = &reader->type.intake;
    const struct yaml_node *node = yaml_take(root, "intake", YAML_MAP), *list;
    struct complaint_take *takes = NULL;
    struct yaml_map map;
    *intake =
        (struct complaint_intake){.exhibit = "", .text = "", .domain = "", .url = "", .ip = ""};
    if (!node ||
        !yaml_map_open(node, intake_keys, COUNT(intake_keys), reader->loader->faults, &map))
        return;
    read_exhibit(reader, &map, intake);
    read_target(reader, &map, "text", COMPLAINT_TEXT, &intake->text);
    read_target(reader, &map, "domain", COMPLAINT_DOMAIN, &intake->domain);
    read_target(reader, &map, "url", COMPLAINT_URL, &intake->url);
    read_target(reader, &map, "ip", COMPLAINT_IP, &intake->ip);
    list = yaml_need(&map, "takes") ? yaml_take(&map, "takes", YAML_SEQUENCE) : NULL;
    if (list && list->count > COMPLAINT_TAKES_MAX)
        yaml_fault(reader->loader->faults, list, "more than %d in one list", COMPLAINT_TAKES_MAX);
    else
        for (size_t i = 0; list && i < list->count; i++)
            read_take(reader, list->items[i], &takes, &intake->take_count);
    intake->takes = takes;
}
