/* What the adopted rulebook says about one matter, as the use cases ask for it. */
#ifndef BAILIWICK_APP_LAW_H
#define BAILIWICK_APP_LAW_H

#include "app/app.h"
#include "rulebook/process.h"

/* The civil day of an instant in the rulebook's zone. */
int32_t law_day(const struct rulebook *rulebook, int64_t instant);
int32_t law_today(const struct app *app);

/* The version of the obligation that a case alleges: of the case's own rulebook, on the day when
 * the case was opened. NULL when the rulebook does not know it. */
const struct obligation *law_alleged(const struct rulebook *rulebook, const char *obligation,
                                     int64_t opened_at);

/* Title of an obligation's document; its id when it has none. */
const char *law_document_title(const struct rulebook *rulebook,
                               const struct obligation *obligation);

/* The clock that effective service would start in a stage; NULL for none. */
const struct deadline_rule *law_service_clock(const struct process *process,
                                              const struct stage *stage,
                                              const struct case_facts *facts);

/* Loading against this program's words; the detail holds the first faults with FILE:LINE:COL. */
int law_load_process(const struct rulebook_tree *tree, struct process **ret_process,
                     struct error_detail *detail);
int law_load_tree(const struct rulebook_tree *tree, struct rulebook **ret_rulebook,
                  struct error_detail *detail);
int law_load_folder(const char *folder, struct rulebook **ret_rulebook,
                    struct error_detail *detail);

#endif
