/* Arguments of commands and questions: texts by name, as somebody gave them. */
#ifndef BAILIWICK_APP_ARGUMENT_H
#define BAILIWICK_APP_ARGUMENT_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "model/measurement.h"

/* One that must be there. ERR_SYNTAX names it. */
int argument_text(const json_t *arguments, const char *name, const char **ret_text,
                  struct error_detail *detail);

/* Base64 that must be there, as bytes in the arena; `what` is their name in words. ERR_SYNTAX,
 * ERR_LIMIT for more than `most` bytes. */
int argument_bytes(const json_t *arguments, const char *name, const char *what, size_t most,
                   struct arena *arena, struct bytes *ret_bytes, struct error_detail *detail);

/* A civil day; `otherwise` when none is given, which what is no text is not. ERR_SYNTAX. */
int argument_day(const json_t *arguments, const char *name, int32_t otherwise, int32_t *ret_day,
                 struct error_detail *detail);

/* Refuses members of an object that nobody asked for: what somebody says is never dropped in
 * silence. `where` is the object's JSON Pointer. ERR_SYNTAX names the member. */
int argument_members(const json_t *object, const char *where, const char *const *known,
                     size_t count, struct error_detail *detail);

/* What a text says as a digest. ERR_SYNTAX. */
int argument_sha256(const char *text, struct digest *ret_digest, struct error_detail *detail);

#endif
