/* The picture of a process: stages and the edges between them as SVG text. Pure and deterministic:
 * the same process gives the same bytes, so that a test can tell whether a kept picture is current.
 *
 * Layout: one column for each kind of stage, from intake on the left to the ends on the right;
 * informal levels stand below each other. Edges that leave a case where it is are not drawn. */
#ifndef BAILIWICK_CASES_DIAGRAM_H
#define BAILIWICK_CASES_DIAGRAM_H

#include "base/buffer.h"
#include "rulebook/process.h"

/* Appends one SVG document. Returns buffer_error(). */
int diagram_print_svg(const struct process *process, struct buffer *out);

#endif
