/* How a file of complaints/ is read: its parts, used by complaint*.c only. */
#ifndef BAILIWICK_RULEBOOK_COMPLAINT_READ_H
#define BAILIWICK_RULEBOOK_COMPLAINT_READ_H

#include "rulebook/load.h"

/* One file while it is read. A rulebook that was adopted may be older than the keys of today, so
 * `strict` is false for it and what is absent has a default. */
struct complaint_reader {
    struct rulebook_loader *loader;
    bool strict;
    struct complaint_type type;
    struct complaint_question *questions;
    struct complaint_evidence *evidence;
    struct complaint_scope *scopes;
    const struct yaml_node *missing[COMPLAINT_LANGUAGES_MAX]; /* the first text without it */
};

/* A text, or a map of language to text, under a key that must be there. */
void complaint_read_text(struct complaint_reader *reader, const struct yaml_map *map,
                         const char *key, struct complaint_text *ret_text);

/* Every language has every text, or `untranslated` names it. */
void complaint_read_untranslated(struct complaint_reader *reader, const struct yaml_map *root);

/* `when: {question, is}` of a question or of evidence. Only questions read before count. */
void complaint_read_condition(struct complaint_reader *reader, const struct yaml_map *map,
                              struct complaint_condition *ret_when);

/* `intake`: after questions and evidence, which it names. */
void complaint_read_intake(struct complaint_reader *reader, const struct yaml_map *root);

/* `priority`: after the questions. */
void complaint_read_urgencies(struct complaint_reader *reader, const struct yaml_map *root);

void complaint_read_question(struct complaint_reader *reader, const struct yaml_node *node);

/* Whether the process lists a closure code of that id (outcomes.c). */
bool outcomes_know_closure(const struct rulebook_loader *loader, const char *id);

#endif
