/* What `check` and `replay` say of one measurement: the duties on a day, judged, as one JSON
 * document. Pure from measurement, results and rulebook, so that replaying gives the same bytes. */
#ifndef BAILIWICK_APP_MONITOR_REPORT_H
#define BAILIWICK_APP_MONITOR_REPORT_H

#include "base/buffer.h"
#include "check/assess.h"
#include "model/result.h"
#include "rulebook/rulebook.h"

#define REPORT_SCHEMA "bailiwick.check.v1"

struct report_request {
    const struct rulebook *rulebook;
    const struct result_set *results;
    const char *target;
    const char *party;                  /* "" when nobody is known */
    const struct agreement *agreements; /* NULL: as if the newest agreement were signed */
    size_t agreement_count;
    int32_t as_of;
};

/* Appends the document and a line end; *ret_verdict is that of all findings together. */
int report_write(const struct report_request *request, struct arena *arena, struct buffer *out,
                 enum verdict *ret_verdict, struct error_detail *detail);

#endif
