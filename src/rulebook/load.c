/* From a folder or an adopted version to a rulebook. */
#include "rulebook/load.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 500 }; /* texts in one list of a rulebook */

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* --- what the readers share --- */

const char *loader_shown(struct rulebook_loader *loader, const char *path)
{
    const char *between = *loader->shown && !text_ends_with(loader->shown, "/") ? "/" : "";
    const char *shown = arena_printf(loader->arena, "%s%s%s", loader->shown, between, path);
    if (!shown)
        loader->failure = ERR_NO_MEMORY;
    return shown ? shown : "";
}

const struct yaml_node *loader_parse(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = NULL;
    int r = yaml_parse(loader_shown(loader, file->path), file->data, file->size, loader->arena,
                       loader->faults, &root);
    if (r == ERR_NO_MEMORY)
        loader->failure = r;
    return root;
}

void *loader_push(struct rulebook_loader *loader, void *items, size_t *count, size_t size)
{
    void *slot = arena_push(loader->arena, items, count, size);
    if (!slot)
        loader->failure = ERR_NO_MEMORY;
    return slot;
}

bool loader_take_texts(struct rulebook_loader *loader, const struct yaml_map *map, const char *key,
                       enum text_form form, struct text_list *ret_list)
{
    const struct yaml_node *list = yaml_take(map, key, YAML_SEQUENCE);
    struct text_list texts = {0};
    if (!list)
        return false;
    if (list->count > LIST_MAX) {
        yaml_fault(loader->faults, list, "more than %d in one list", LIST_MAX);
        return false;
    }
    texts.texts = arena_array(loader->arena, list->count + 1, sizeof *texts.texts);
    texts.nodes = list->items;
    if (!texts.texts) {
        loader->failure = ERR_NO_MEMORY;
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        texts.texts[i] = "";
        if (form == TEXT_ID)
            yaml_as_id(list->items[i], RULEBOOK_ID_MAX, loader->faults, &texts.texts[i]);
        else
            yaml_as_text(list->items[i], loader->faults, &texts.texts[i]);
    }
    texts.count = list->count;
    *ret_list = texts;
    return true;
}

bool loader_check_name(struct rulebook_loader *loader, const struct tree_file *file,
                       const struct yaml_node *root, const char *id)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    size_t size = strlen(id);
    const struct yaml_node *at = yaml_find(root, "id");
    if (!at || (strncmp(name, id, size) == 0 && strcmp(name + size, ".yaml") == 0))
        return true;
    yaml_fault(loader->faults, at, "the file is named %s, so the id should be its first part",
               name);
    return false;
}

bool loader_has_obligation(const struct rulebook_loader *loader, const char *id)
{
    for (size_t i = 0; i < loader->clause_count; i++) {
        if (strcmp(loader->clauses[i].obligation.id, id) == 0)
            return true;
    }
    return false;
}

void loader_need_obligation(struct rulebook_loader *loader, const struct yaml_node *node,
                            const char *id)
{
    if (*id && !loader_has_obligation(loader, id))
        yaml_fault(loader->faults, node, "no document has an obligation '%s'", id);
}

bool loader_need_binds(const struct yaml_map *map, const char *key, unsigned *ret_binds)
{
    static const char *const words[] = {"registry", "registrar", "both"};
    int value = 0;
    if (!yaml_need_word(map, key, words, COUNT(words), &value))
        return false;
    *ret_binds = (unsigned)value + 1; /* BINDS_REGISTRY, BINDS_REGISTRAR, both bits */
    return true;
}

/* --- which file is what --- */

typedef void file_reader(struct rulebook_loader *loader, const struct tree_file *file);

static void read_process_ids(struct rulebook_loader *loader, const struct tree_file *file)
{
    loader->process = loader_parse(loader, file);
}

static void pass_over(struct rulebook_loader *loader, const struct tree_file *file)
{
    (void)loader;
    (void)file;
}

/* In the order of reading. */
static const struct place {
    const char *start, *end;
    file_reader *read;
} places[] = {
    {"rulebook.yaml", "", read_identity},
    {"process.yaml", "", read_process_ids},
    {"documents/", ".yaml", read_document},
    {"profiles/", ".yaml", read_profiles},
    {"complaints/", ".yaml", read_complaint},
    {"outcomes.yaml", "", read_outcomes},
    {"retention.yaml", "", read_retention},
    {"prior-report.yaml", "", read_prior_report},
    {"audits/", ".yaml", read_audit},
    {"letters/", ".md", read_letter},
    /* Read by process.h, or for people only. */
    {"calendars/", ".ics", pass_over},
    {"zones/", "", pass_over},
    {"README.md", "", pass_over},
};

static bool is_place_of(const struct place *place, const char *path)
{
    bool folder = text_ends_with(place->start, "/");
    return (folder ? text_starts_with(path, place->start) : strcmp(path, place->start) == 0) &&
           text_ends_with(path, place->end);
}

static void refuse_strangers(struct rulebook_loader *loader)
{
    for (size_t i = 0; i < loader->tree->count; i++) {
        const char *path = loader->tree->files[i].path;
        bool known = false;
        for (size_t place = 0; place < COUNT(places) && !known; place++)
            known = is_place_of(&places[place], path);
        if (!known)
            yaml_fault_at(loader->faults, loader_shown(loader, path), 1, 1,
                          "nothing reads this file: no such place or ending in a rulebook");
    }
}

static void need_file(struct rulebook_loader *loader, const char *path)
{
    if (!rulebook_tree_find(loader->tree, path))
        yaml_fault_at(loader->faults, loader_shown(loader, path), 1, 1, "the file is missing");
}

/* --- handing over --- */

static int compare_families(const void *a, const void *b)
{
    return strcmp(((const struct agreement_family *)a)->id,
                  ((const struct agreement_family *)b)->id);
}

static int compare_documents(const void *a, const void *b)
{
    return strcmp(((const struct rulebook_document *)a)->id,
                  ((const struct rulebook_document *)b)->id);
}

static int compare_profiles(const void *a, const void *b)
{
    return strcmp(((const struct profile *)a)->obligation, ((const struct profile *)b)->obligation);
}

static int compare_letters(const void *a, const void *b)
{
    const struct rulebook_letter *x = a, *y = b;
    int ids = strcmp(x->id, y->id);
    return ids ? ids : strcmp(x->language, y->language);
}

static int compare_complaints(const void *a, const void *b)
{
    return strcmp(((const struct complaint_type *)a)->id, ((const struct complaint_type *)b)->id);
}

static int compare_audits(const void *a, const void *b)
{
    return strcmp(((const struct audit_questionnaire *)a)->id,
                  ((const struct audit_questionnaire *)b)->id);
}

/* Complete, so that qsort() has one order only: id, from, versions, place. */
static int compare_clauses(const void *a, const void *b)
{
    const struct rulebook_clause *x = a, *y = b;
    int ids = strcmp(x->obligation.id, y->obligation.id);
    if (ids)
        return ids;
    if (x->obligation.from != y->obligation.from)
        return x->obligation.from < y->obligation.from ? -1 : 1;
    if (x->versions != y->versions)
        return x->versions < y->versions ? -1 : 1;
    int files = strcmp(x->file, y->file);
    return files ? files : x->line - y->line;
}

typedef int comparer(const void *, const void *);

static void sort(void *items, size_t count, size_t size, comparer *compare)
{
    if (count > 1)
        qsort(items, count, size, compare);
}

#define SORT(items, count, compare) sort((items), (count), sizeof *(items), (compare))

static void hand_over_law(struct rulebook_loader *loader)
{
    struct rulebook *rulebook = loader->rulebook;
    SORT(loader->documents, loader->document_count, compare_documents);
    SORT(loader->clauses, loader->clause_count, compare_clauses);
    SORT(loader->profiles, loader->profile_count, compare_profiles);
    rulebook->families = loader->families;
    rulebook->family_count = loader->family_count;
    rulebook->documents = loader->documents;
    rulebook->document_count = loader->document_count;
    rulebook->clauses = loader->clauses;
    rulebook->clause_count = loader->clause_count;
    rulebook->profiles = loader->profiles;
    rulebook->profile_count = loader->profile_count;
    for (size_t i = 0; i < loader->clause_count; i++) {
        struct rulebook_clause *clause = &loader->clauses[i];
        clause->document = rulebook_document_find(rulebook, clause->obligation.document);
        if (clause->obligation.test == TEST_CHECK)
            clause->profile = rulebook_profile_find(rulebook, clause->obligation.id);
    }
}

static void hand_over_rest(struct rulebook_loader *loader)
{
    struct rulebook *rulebook = loader->rulebook;
    SORT(loader->letters, loader->letter_count, compare_letters);
    SORT(loader->complaints, loader->complaint_count, compare_complaints);
    SORT(loader->audits, loader->audit_count, compare_audits);
    rulebook->letters = loader->letters;
    rulebook->letter_count = loader->letter_count;
    rulebook->complaints = loader->complaints;
    rulebook->complaint_count = loader->complaint_count;
    rulebook->outcomes = loader->outcomes;
    rulebook->outcome_count = loader->outcome_count;
    rulebook->retentions = loader->retentions;
    rulebook->retention_count = loader->retention_count;
    rulebook->audits = loader->audits;
    rulebook->audit_count = loader->audit_count;
}

/* Pointers to families are taken by documents, so they are sorted before those are read. */
static void read_place(struct rulebook_loader *loader, const struct place *place)
{
    for (size_t i = 0; i < loader->tree->count && !loader->failure; i++) {
        if (is_place_of(place, loader->tree->files[i].path))
            place->read(loader, &loader->tree->files[i]);
    }
    if (place->read == read_identity)
        SORT(loader->families, loader->family_count, compare_families);
}

static void read_all(struct rulebook_loader *loader)
{
    need_file(loader, "rulebook.yaml");
    need_file(loader, "process.yaml");
    for (size_t i = 0; i < COUNT(places); i++)
        read_place(loader, &places[i]);
    refuse_strangers(loader);
    if (loader->failure)
        return;
    hand_over_law(loader);
    hand_over_rest(loader);
    check_clauses(loader);
    check_letters(loader);
}

static struct rulebook *new_rulebook(void)
{
    struct rulebook *rulebook = calloc(1, sizeof *rulebook);
    if (!rulebook)
        return NULL;
    arena_init(&rulebook->arena, RULEBOOK_MEMORY_MAX);
    rulebook->id = rulebook->name = rulebook->version = "";
    rulebook->authority_name = rulebook->authority_short = "";
    rulebook->zone = rulebook->mail_from_name = rulebook->policy_label = "";
    return rulebook;
}

static int name_version(struct rulebook *rulebook, const struct rulebook_tree *tree)
{
    char text[DIGEST_HEX];
    int r = rulebook_tree_digest(tree, &rulebook->digest);
    if (r < 0)
        return r;
    rulebook->digest_text =
        arena_copy_text(&rulebook->arena, digest_format(&rulebook->digest, text));
    return rulebook->digest_text ? 0 : ERR_NO_MEMORY;
}

int rulebook_load_tree(const struct rulebook_tree *tree, const char *shown,
                       const struct vocabulary *vocabulary, struct rulebook **ret_rulebook,
                       struct yaml_faults *faults)
{
    struct rulebook *rulebook = new_rulebook();
    if (!rulebook)
        return ERR_NO_MEMORY;
    struct rulebook_loader loader = {.rulebook = rulebook,
                                     .arena = &rulebook->arena,
                                     .tree = tree,
                                     .vocabulary = vocabulary,
                                     .faults = faults,
                                     .shown = shown};
    read_all(&loader);
    int r = loader.failure ? loader.failure : yaml_faults_error(faults);
    if (r >= 0)
        r = name_version(rulebook, tree);
    if (r < 0) {
        rulebook_free(rulebook);
        return r;
    }
    *ret_rulebook = rulebook;
    return 0;
}

int rulebook_load(const char *directory, const struct vocabulary *vocabulary,
                  struct rulebook **ret_rulebook, struct yaml_faults *faults)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct error_detail detail = {0};
    int r = rulebook_tree_read(directory, &tree, &detail);
    if (r < 0) {
        yaml_fault_at(faults, directory, 0, 0, "%s", error_words(&detail, r));
        return r;
    }
    return rulebook_load_tree(&tree, directory, vocabulary, ret_rulebook, faults);
}

void rulebook_free(struct rulebook *rulebook)
{
    if (!rulebook)
        return;
    arena_done(&rulebook->arena);
    free(rulebook);
}
