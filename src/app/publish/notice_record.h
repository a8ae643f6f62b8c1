/* From case, letter and updates to the public record. */
#ifndef BAILIWICK_APP_PUBLISH_NOTICE_RECORD_H
#define BAILIWICK_APP_PUBLISH_NOTICE_RECORD_H

#include "app/casework/casefile.h"
#include "store/publication.h"
#include "view/notice.h"

enum { NOTICE_ID_MAX = 80, NOTICE_UPDATES_MAX = 5000 /* as events of one case */ };

/* "n-" and the id of the case. */
void notice_id(const char *case_id, char ret_id[NOTICE_ID_MAX]);

/* Fills a record for a case with a served formal letter: as it stands after `update`, which the
 * store does not have yet and whose number becomes the next one. Everything lives in the arena or
 * in the rulebook version of the case, so the record may outlive the file. Its next_update_due and
 * overdue_since are the caller's. Errors as notice_letters_load(). */
int notice_record_make(struct casefile *file, struct store_publication_update *update,
                       struct arena *arena, struct notice_record *ret_record,
                       struct error_detail *detail);

/* What stands around every page. */
int notice_site(struct app *app, struct arena *arena, struct site *ret_site);

/* Word of view/notice.h for where a case stands: "open", "cured", "suspended", "terminated" or
 * "withdrawn". */
int notice_state(struct casefile *file, struct arena *arena, const char **ret_state,
                 struct error_detail *detail);

#endif
