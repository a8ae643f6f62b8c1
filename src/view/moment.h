/* Dates and instants as texts for people and for machines, without a locale and without a clock. */
#ifndef BAILIWICK_VIEW_MOMENT_H
#define BAILIWICK_VIEW_MOMENT_H

#include "base/json.h"

#include <stdint.h>

struct catalogue;

enum { MOMENT_TEXT = 96 };

/* "Tuesday 24 November 2026" */
char *moment_format_date(const struct catalogue *catalogue, int32_t days, char text[MOMENT_TEXT]);
/* "Tuesday 24 November 2026, 10:35 UTC" */
char *moment_format(const struct catalogue *catalogue, int64_t instant, char text[MOMENT_TEXT]);

/* {"iso","words"}; for a template's <time datetime="{{iso}}">{{words}}</time>. The caller owns it;
 * NULL when memory is out. */
json_t *moment_json(const struct catalogue *catalogue, int64_t instant);
json_t *moment_date_json(const struct catalogue *catalogue, int32_t days, const char *zone);

#endif
