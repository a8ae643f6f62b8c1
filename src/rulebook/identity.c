/* rulebook.yaml: whose rulebook this is, and the agreements that it speaks of. */
#include "rulebook/load.h"

#include "base/civil.h"

#include <string.h>

enum {
    LANGUAGES_MAX = 50,
    ZONE_TEXT_MAX = 48,
    NOTICE_UPDATE_DAYS = 30, /* where the rulebook says nothing */
    NOTICE_UPDATE_DAYS_MAX = 366,
};

static const char *const root_keys[] = {"id",
                                        "name",
                                        "version",
                                        "authority",
                                        "zone",
                                        "languages",
                                        "mail",
                                        "policy-label",
                                        "notice-update-days",
                                        "not-under-contract",
                                        "agreements",
                                        "complainant-languages"};
static const char *const authority_keys[] = {"name", "short"};
static const char *const mail_keys[] = {"from-name"};
static const char *const family_keys[] = {"id", "label", "party", "versions"};
static const char *const version_keys[] = {"id", "from", "on-signature"};
static const char *const party_words[] = {"registry", "registrar"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void read_authority(struct rulebook_loader *loader, const struct yaml_map *root)
{
    struct rulebook *rulebook = loader->rulebook;
    const struct yaml_node *node = yaml_need(root, "authority");
    struct yaml_map map;
    if (node && yaml_map_open(node, authority_keys, COUNT(authority_keys), loader->faults, &map)) {
        yaml_need_text(&map, "name", &rulebook->authority_name);
        yaml_need_text(&map, "short", &rulebook->authority_short);
    }
    node = yaml_need(root, "mail");
    if (node && yaml_map_open(node, mail_keys, COUNT(mail_keys), loader->faults, &map))
        yaml_need_text(&map, "from-name", &rulebook->mail_from_name);
}

static void read_languages(struct rulebook_loader *loader, const struct yaml_map *root)
{
    struct text_list list = {0};
    if (!yaml_need(root, "languages") ||
        !loader_take_texts(loader, root, "languages", TEXT_ID, &list))
        return;
    if (list.count == 0 || list.count > LANGUAGES_MAX)
        yaml_fault(loader->faults, yaml_find(root->node, "languages"), "1 to %d languages",
                   LANGUAGES_MAX);
    loader->rulebook->languages = list.texts;
    loader->rulebook->language_count = list.count;
}

/* The first language of the rulebook is every text's own, so it is not named here. */
static void read_complainant_languages(struct rulebook_loader *loader, const struct yaml_map *root)
{
    struct text_list list = {0};
    struct rulebook *rulebook = loader->rulebook;
    if (!loader_take_texts(loader, root, "complainant-languages", TEXT_ID, &list))
        return;
    if (list.count > COMPLAINT_LANGUAGES_MAX) {
        yaml_fault(loader->faults, yaml_find(root->node, "complainant-languages"),
                   "at most %d languages", COMPLAINT_LANGUAGES_MAX);
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        bool again = rulebook->language_count && strcmp(list.texts[i], rulebook->languages[0]) == 0;
        for (size_t before = 0; before < i; before++)
            again = again || strcmp(list.texts[i], list.texts[before]) == 0;
        if (again)
            yaml_fault(loader->faults, list.nodes[i], "language '%s' stands twice", list.texts[i]);
    }
    rulebook->complainant_languages = list.texts;
    rulebook->complainant_language_count = list.count;
}

static void read_uncontracted(struct rulebook_loader *loader, const struct yaml_map *root)
{
    struct text_list list = {0};
    if (!loader_take_texts(loader, root, "not-under-contract", TEXT_ID, &list))
        return;
    loader->rulebook->uncontracted = list.texts;
    loader->rulebook->uncontracted_count = list.count;
}

static void read_version(struct rulebook_loader *loader, const struct yaml_node *node,
                         struct agreement_family *family, struct agreement_version **versions)
{
    struct yaml_map map;
    if (!yaml_map_open(node, version_keys, COUNT(version_keys), loader->faults, &map))
        return;
    const struct agreement_version *last =
        *versions && family->version_count ? &(*versions)[family->version_count - 1] : NULL;
    struct agreement_version version = {.id = ""};
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &version.id);
    yaml_need_date(&map, "from", &version.from);
    yaml_take_bool(&map, "on-signature", &version.on_signature);
    if (strcmp(version.id, RULEBOOK_VERSION_CURRENT) == 0)
        yaml_fault(loader->faults, node, "'%s' is a reserved name", RULEBOOK_VERSION_CURRENT);
    if (last && last->from > version.from)
        yaml_fault(loader->faults, node, "versions stand in the order of their dates");
    for (size_t i = 0; *versions && i < family->version_count; i++) {
        if (strcmp((*versions)[i].id, version.id) == 0)
            yaml_fault(loader->faults, node, "version '%s' stands twice", version.id);
    }
    struct agreement_version *slot =
        loader_push(loader, versions, &family->version_count, sizeof *slot);
    if (slot)
        *slot = version;
}

static void read_versions(struct rulebook_loader *loader, const struct yaml_map *map,
                          struct agreement_family *family)
{
    const struct yaml_node *list = yaml_need(map, "versions");
    struct agreement_version *versions = NULL;
    if (!list || !(list = yaml_take(map, "versions", YAML_SEQUENCE)))
        return;
    if (list->count == 0 || list->count > RULEBOOK_VERSIONS_MAX) {
        yaml_fault(loader->faults, list, "1 to %d versions", RULEBOOK_VERSIONS_MAX);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        read_version(loader, list->items[i], family, &versions);
    family->versions = versions;
}

static void read_family(struct rulebook_loader *loader, const struct yaml_node *node)
{
    struct yaml_map map;
    int kind = 0;
    struct agreement_family family = {.id = "", .label = ""};
    if (!yaml_map_open(node, family_keys, COUNT(family_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &family.id);
    yaml_need_text(&map, "label", &family.label);
    if (yaml_need_word(&map, "party", party_words, COUNT(party_words), &kind))
        family.kind = (enum party_kind)kind;
    read_versions(loader, &map, &family);
    for (size_t i = 0; i < loader->family_count; i++) {
        if (strcmp(loader->families[i].id, family.id) == 0)
            yaml_fault(loader->faults, node, "agreement '%s' stands twice", family.id);
    }
    struct agreement_family *slot =
        loader_push(loader, &loader->families, &loader->family_count, sizeof *slot);
    if (slot)
        *slot = family;
}

void read_identity(struct rulebook_loader *loader, const struct tree_file *file)
{
    struct rulebook *rulebook = loader->rulebook;
    const struct yaml_node *root = loader_parse(loader, file);
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    yaml_need_id(&map, "id", RULEBOOK_ID_MAX, &rulebook->id);
    yaml_need_text(&map, "name", &rulebook->name);
    yaml_need_text(&map, "version", &rulebook->version);
    yaml_need_text(&map, "zone", &rulebook->zone);
    yaml_need_text(&map, "policy-label", &rulebook->policy_label);
    rulebook->notice_update_days = NOTICE_UPDATE_DAYS;
    yaml_take_int(&map, "notice-update-days", 1, NOTICE_UPDATE_DAYS_MAX,
                  &rulebook->notice_update_days);
    if (strlen(rulebook->zone) > ZONE_TEXT_MAX)
        yaml_fault(loader->faults, yaml_find(root, "zone"), "no time zone has so long a name");
    read_authority(loader, &map);
    read_languages(loader, &map);
    read_complainant_languages(loader, &map);
    read_uncontracted(loader, &map);
    const struct yaml_node *families = yaml_need(&map, "agreements");
    if (families && (families = yaml_take(&map, "agreements", YAML_SEQUENCE))) {
        for (size_t i = 0; i < families->count; i++)
            read_family(loader, families->items[i]);
    }
}
