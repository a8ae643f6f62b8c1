/* What can only be said when all files were read: the parts held against each other. */
#include "rulebook/load.h"

#include <stdio.h>
#include <string.h>

/* --- clauses --- */

#define fault_at_clause(loader, clause, ...)                                                       \
    yaml_fault_at((loader)->faults, (clause)->file, (clause)->line, (clause)->column, __VA_ARGS__)

/* R1: on one day at most one version of an id binds the same version of an agreement. */
static bool overlap(const struct rulebook_clause *a, const struct rulebook_clause *b)
{
    const struct obligation *x = &a->obligation, *y = &b->obligation;
    if (x->state == OBLIGATION_PROPOSED || y->state == OBLIGATION_PROPOSED)
        return false;
    return (a->versions & b->versions) && x->from < y->until && y->from < x->until;
}

static void check_overlaps(struct rulebook_loader *loader, size_t first)
{
    const struct rulebook_clause *clause = &loader->clauses[first];
    for (size_t i = first + 1; i < loader->clause_count; i++) {
        const struct rulebook_clause *other = &loader->clauses[i];
        if (strcmp(clause->obligation.id, other->obligation.id) != 0)
            return;
        if (strcmp(clause->obligation.document, other->obligation.document) != 0)
            fault_at_clause(loader, other, "obligation '%s' stands in document '%s' too",
                            other->obligation.id, clause->obligation.document);
        else if (overlap(clause, other))
            fault_at_clause(loader, other,
                            "obligation '%s' overlaps its own version of line %d: [from, until) "
                            "must not meet",
                            other->obligation.id, clause->line);
    }
}

static void check_test(struct rulebook_loader *loader, const struct rulebook_clause *clause)
{
    const struct obligation *obligation = &clause->obligation;
    const struct profile *profile = rulebook_profile_find(loader->rulebook, obligation->id);
    if (obligation->test == TEST_CHECK && !profile)
        fault_at_clause(loader, clause,
                        "'%s' is tested by checks, but no profile says which codes fail it",
                        obligation->id);
    if (obligation->test == TEST_NONE_YET && profile)
        fault_at_clause(loader, clause, "'%s' has a profile, so it is tested by checks",
                        obligation->id);
}

static void check_reach(struct rulebook_loader *loader, const struct rulebook_clause *clause)
{
    const struct agreement_family *family = clause->document ? clause->document->family : NULL;
    unsigned bit = family && family->kind == PARTY_REGISTRAR ? BINDS_REGISTRAR : BINDS_REGISTRY;
    if (clause->versions == 0 || (family && !(clause->obligation.binds & bit)))
        fault_at_clause(loader, clause, "'%s' can never bind anybody: no agreement leads to it",
                        clause->obligation.id);
}

void check_clauses(struct rulebook_loader *loader)
{
    for (size_t i = 0; i < loader->clause_count; i++) {
        const struct rulebook_clause *clause = &loader->clauses[i];
        check_overlaps(loader, i);
        check_test(loader, clause);
        check_reach(loader, clause);
    }
    if (loader->clause_count > RULEBOOK_CLAUSES_MAX ||
        loader->document_count > RULEBOOK_DOCUMENTS_MAX)
        yaml_fault_at(loader->faults, loader_shown(loader, "documents"), 0, 0,
                      "more than %d documents or %d obligations", RULEBOOK_DOCUMENTS_MAX,
                      RULEBOOK_CLAUSES_MAX);
}

/* --- letters and process --- */

static bool has_letter(const struct rulebook_loader *loader, const char *id, const char *language)
{
    for (size_t i = 0; i < loader->letter_count; i++) {
        if (strcmp(loader->letters[i].id, id) == 0 &&
            strcmp(loader->letters[i].language, language) == 0)
            return true;
    }
    return false;
}

static const struct yaml_node *named_letters(const struct rulebook_loader *loader)
{
    const struct yaml_node *list = loader->process ? yaml_find(loader->process, "letters") : NULL;
    return list && list->kind == YAML_SEQUENCE ? list : NULL;
}

static void check_named_letters(struct rulebook_loader *loader, const struct yaml_node *list)
{
    const struct rulebook *rulebook = loader->rulebook;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *name = list->items[i];
        if (name->kind != YAML_SCALAR || !rulebook->language_count)
            continue;
        if (!has_letter(loader, name->text, rulebook->languages[0]))
            yaml_fault(loader->faults, name, "there is no letters/%s/%s.md", name->text,
                       rulebook->languages[0]);
    }
}

static bool is_named(const struct yaml_node *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind == YAML_SCALAR && strcmp(list->items[i]->text, id) == 0)
            return true;
    }
    return false;
}

static bool goes_to_complainant(const struct rulebook_letter *letter)
{
    return strcmp(letter->kind, LETTER_KIND_RECEIPT) == 0 ||
           strcmp(letter->kind, LETTER_KIND_COMPLAINT) == 0;
}

/* What goes to who complains is in their languages; none of them governs. */
static void check_complainant_letter(struct rulebook_loader *loader,
                                     const struct rulebook_letter *letter, const char *file)
{
    const struct rulebook *rulebook = loader->rulebook;
    bool found = rulebook->language_count && strcmp(rulebook->languages[0], letter->language) == 0;
    for (size_t i = 0; i < rulebook->complainant_language_count; i++)
        found = found || strcmp(rulebook->complainant_languages[i], letter->language) == 0;
    if (!found)
        yaml_fault_at(loader->faults, file, 1, 1,
                      "'%s' is not a language of complainants in rulebook.yaml", letter->language);
}

static bool is_language(const struct rulebook *rulebook, const char *language)
{
    for (size_t i = 0; i < rulebook->language_count; i++) {
        if (strcmp(rulebook->languages[i], language) == 0)
            return true;
    }
    return false;
}

static void check_one_letter(struct rulebook_loader *loader, const struct rulebook_letter *letter,
                             const struct yaml_node *list)
{
    char path[TREE_PATH_MAX + 1];
    snprintf(path, sizeof path, "letters/%s/%s.md", letter->id, letter->language);
    const char *file = loader_shown(loader, path);
    if (goes_to_complainant(letter)) {
        check_complainant_letter(loader, letter, file);
        return;
    }
    if (!is_language(loader->rulebook, letter->language))
        yaml_fault_at(loader->faults, file, 1, 1, "'%s' is not a language of rulebook.yaml",
                      letter->language);
    else if (strcmp(letter->language, loader->rulebook->languages[0]) != 0 &&
             !strstr(letter->text, "{{record_language}}"))
        yaml_fault_at(loader->faults, file, 1, 1,
                      "a letter in another language says which one governs: '{{record_language}}'");
    if (!is_named(list, letter->id))
        yaml_fault_at(loader->faults, file, 1, 1, "no step of process.yaml sends this letter");
}

/* Who is to be reminded gets a letter. */
static void check_reminders(struct rulebook_loader *loader, const struct yaml_node *letters)
{
    const struct yaml_node *rules = yaml_find(loader->process, "rules");
    for (size_t i = 0; rules && rules->kind == YAML_SEQUENCE && i < rules->count; i++) {
        const struct yaml_node *reminders =
            rules->items[i]->kind == YAML_MAP ? yaml_find(rules->items[i], "reminders") : NULL;
        if (reminders && !is_named(letters, "reminder"))
            yaml_fault(loader->faults, reminders,
                       "reminders need a letter: 'reminder' is not among the letters");
    }
}

void check_letters(struct rulebook_loader *loader)
{
    const struct yaml_node *list = named_letters(loader);
    if (!list)
        return; /* what is wrong with process.yaml is said by its own reader */
    check_named_letters(loader, list);
    check_reminders(loader, list);
    for (size_t i = 0; i < loader->letter_count; i++)
        check_one_letter(loader, &loader->letters[i], list);
}
