/* Made-up records and contexts with every field filled: for the tests of this room, and for
 * view_sample, which writes them as pages to look at. */
#ifndef BAILIWICK_VIEW_SAMPLE_H
#define BAILIWICK_VIEW_SAMPLE_H

#include "base/json.h"
#include "view/notice.h"
#include "view/staff_page.h"

extern const struct site sample_site;

enum { SAMPLE_NOTICES = 3 };

/* Texts are borrowed from static memory. */
void sample_notices(struct notice_record ret_records[SAMPLE_NOTICES]);

/* What the public sees of a record, as pages want it. The caller owns it. */
json_t *sample_published(const struct notice_record *record);

/* The context of a staff page, with every text that is not a word of ours replaced by `foreign`
 * when it is not NULL. The caller owns it. */
json_t *sample_context(enum staff_page page, const char *foreign);

#endif
