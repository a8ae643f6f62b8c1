/* Two outcomes of the same months side by side, as SVG: for each figure a pair of bars with their
 * numbers. Readable without colour: the first of a pair is always the upper one. */
#ifndef BAILIWICK_VIEW_OUTCOMES_H
#define BAILIWICK_VIEW_OUTCOMES_H

#include "base/error.h"
#include "base/json.h"
#include "view/markup.h"

struct catalogue;

enum { OUTCOMES_ROWS_MAX = 100 };

/* `rows` is an array of {party, figure, one, other}, those of one party together; `names` says what
 * the two outcomes are. Bars go by the square root, so that one breach is seen beside thousands of
 * complaints. */
int outcomes_svg(const json_t *rows, const char *const names[2], const struct catalogue *catalogue,
                 struct markup *ret_markup, struct error_detail *detail);

#endif
