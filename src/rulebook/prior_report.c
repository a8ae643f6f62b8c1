/* prior-report.yaml: the report that who complains can send to the party first, where the party has
 * to be told before it can be held to anything. */
#include "rulebook/complaint_read.h"

#include "base/text.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"subject", "text", "untranslated"};
static const char *const places[] = {"{party}", "{names}", "{answers}", "{day}"};

static bool is_place(const char *at)
{
    for (size_t i = 0; i < COUNT(places); i++) {
        if (text_starts_with(at, places[i]))
            return true;
    }
    return false;
}

static void check_places(struct rulebook_loader *loader, const struct yaml_node *node,
                         const char *text)
{
    for (const char *at = text; at && (at = strchr(at, '{')) != NULL; at++) {
        if (!is_place(at))
            yaml_fault(loader->faults, node,
                       "'%.20s': the places are {party}, {names}, {answers} and {day}", at);
    }
}

static void check_text(struct rulebook_loader *loader, const struct yaml_map *map, const char *key,
                       const struct complaint_text *text)
{
    const struct yaml_node *node = yaml_find(map->node, key);
    if (!node)
        return;
    check_places(loader, node, text->official);
    for (size_t i = 0; text->others && i < loader->rulebook->complainant_language_count; i++)
        check_places(loader, node, text->others[i]);
}

void read_prior_report(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct complaint_reader reader = {.loader = loader, .strict = loader->vocabulary != NULL};
    struct complaint_report *report = &loader->rulebook->prior_report;
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    complaint_read_text(&reader, &map, "subject", &report->subject);
    complaint_read_text(&reader, &map, "text", &report->text);
    complaint_read_untranslated(&reader, &map);
    check_text(loader, &map, "subject", &report->subject);
    check_text(loader, &map, "text", &report->text);
    report->there = true;
}
