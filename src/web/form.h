/* Forms as browsers send them: application/x-www-form-urlencoded, to a JSON object of texts. */
#ifndef BAILIWICK_WEB_FORM_H
#define BAILIWICK_WEB_FORM_H

#include "base/json.h"

enum { FORM_FIELDS_MAX = 32 };

/* The caller owns the result. ERR_SYNTAX for a broken escape, a name given twice, a NUL byte or
 * text that is not UTF-8; ERR_LIMIT for too many fields. */
int form_parse(const uint8_t *body, size_t size, json_t **ret_form);

/* The value of one cookie of a Cookie header, copied; ERR_NOT_FOUND. */
int cookie_find(const char *header, const char *name, char *ret_value, size_t room);

#endif
