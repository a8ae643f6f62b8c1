/* Types of complaint of a rulebook as JSON, for an adopted one and for a folder. */
#ifndef BAILIWICK_APP_QUERY_COMPLAINTS_H
#define BAILIWICK_APP_QUERY_COMPLAINTS_H

#include "base/error.h"
#include "base/json.h"
#include "rulebook/rulebook.h"

/* Fills `result` with {language, types[]}. `language` NULL: the rulebook's first. ERR_NOT_FOUND for
 * a language that complaints do not speak. */
int complaint_types_json(const struct rulebook *rulebook, const char *language, json_t *result,
                         struct error_detail *detail);

/* The same for one type, whole: docs/schema/complaint-type.json. ERR_NOT_FOUND. */
int complaint_type_json(const struct rulebook *rulebook, const char *id, const char *language,
                        json_t *result, struct error_detail *detail);

#endif
