/* How a rulebook is put together from its files; used by the readers of this room only.
 *
 * Order of reading: rulebook.yaml (families), documents (clauses), then everything that speaks of
 * them. So a reader can say where a name leads nowhere while it still holds the node. */
#ifndef BAILIWICK_RULEBOOK_LOAD_H
#define BAILIWICK_RULEBOOK_LOAD_H

#include "rulebook/rulebook.h"
#include "rulebook/tree.h"
#include "rulebook/yaml.h"

struct rulebook_loader {
    struct rulebook *rulebook;
    struct arena *arena; /* the rulebook's; trees of files live there too, texts are borrowed */
    const struct rulebook_tree *tree;
    const struct vocabulary *vocabulary; /* NULL: it was adopted; see rulebook_load() */
    struct yaml_faults *faults;
    const char *shown;               /* before each path in faults */
    const struct yaml_node *process; /* process.yaml, for the ids that it knows; NULL */
    int failure;                     /* 0 or the first ERR_NO_MEMORY */
    /* Lists while they grow; loader_settle() hands them to the rulebook. */
    struct agreement_family *families;
    struct rulebook_document *documents;
    struct rulebook_clause *clauses;
    struct profile *profiles;
    struct rulebook_letter *letters;
    struct complaint_type *complaints;
    struct complaint_outcome *outcomes;
    struct complaint_retention *retentions;
    struct audit_questionnaire *audits;
    size_t family_count, document_count, clause_count, profile_count, letter_count, complaint_count,
        outcome_count, retention_count, audit_count;
};

/* Name of a file for faults, in the arena. */
const char *loader_shown(struct rulebook_loader *loader, const char *path);

/* Parses a file. NULL when it has faults. */
const struct yaml_node *loader_parse(struct rulebook_loader *loader, const struct tree_file *file);

/* One more element, NULL when memory failed (which then sticks). */
void *loader_push(struct rulebook_loader *loader, void *items, size_t *count, size_t size);

/* A list of texts or of ids under a key; `most` items. Absent: nothing happens. */
enum text_form { TEXT_FREE, TEXT_ID };
struct text_list {
    const char **texts;
    const struct yaml_node **nodes; /* where each stands */
    size_t count;
};
bool loader_take_texts(struct rulebook_loader *loader, const struct yaml_map *map, const char *key,
                       enum text_form form, struct text_list *ret_list);

/* Whether the file's name is the id that stands in it ("documents/ra.yaml": ra); a fault if not. */
bool loader_check_name(struct rulebook_loader *loader, const struct tree_file *file,
                       const struct yaml_node *root, const char *id);

/* Whether an obligation of that id was read. */
bool loader_has_obligation(const struct rulebook_loader *loader, const char *id);

/* Adds a fault when there is none. */
void loader_need_obligation(struct rulebook_loader *loader, const struct yaml_node *node,
                            const char *id);

/* Words for BINDS_REGISTRY and BINDS_REGISTRAR: "registry", "registrar", "both". */
bool loader_need_binds(const struct yaml_map *map, const char *key, unsigned *ret_binds);

/* --- one reader per kind of file --- */

void read_identity(struct rulebook_loader *loader, const struct tree_file *file);
void read_document(struct rulebook_loader *loader, const struct tree_file *file);
void read_profiles(struct rulebook_loader *loader, const struct tree_file *file);
void read_letter(struct rulebook_loader *loader, const struct tree_file *file);
void read_complaint(struct rulebook_loader *loader, const struct tree_file *file);
void read_outcomes(struct rulebook_loader *loader, const struct tree_file *file);
void read_prior_report(struct rulebook_loader *loader, const struct tree_file *file);
void read_retention(struct rulebook_loader *loader, const struct tree_file *file);
void read_audit(struct rulebook_loader *loader, const struct tree_file *file);

/* --- what can only be said at the end --- */

/* Clauses are sorted. Overlaps inside one id, tests without a profile. */
void check_clauses(struct rulebook_loader *loader);
/* Letters and process against each other. */
void check_letters(struct rulebook_loader *loader);

#endif
