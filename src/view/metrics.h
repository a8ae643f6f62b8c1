/* Figures for monitoring systems, as OpenMetrics 1.0 text. */
#ifndef BAILIWICK_VIEW_METRICS_H
#define BAILIWICK_VIEW_METRICS_H

#include "base/error.h"
#include "base/json.h"

#define METRICS_CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* {"NAME":{"type":"gauge"|"counter","help":text,"value":number} or, instead of "value",
 * "samples":[{"labels":{NAME:text},"value":number}]}}; whole numbers, in the order given. Names of
 * counters come without "_total", which is added. ERR_SYNTAX for names or values that the format
 * does not allow. */
int metrics_write(const json_t *metrics, struct buffer *out, struct error_detail *detail);

#endif
