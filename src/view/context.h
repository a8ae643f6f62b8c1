/* Filling a template's context: a JSON object whose first failure sticks. */
#ifndef BAILIWICK_VIEW_CONTEXT_H
#define BAILIWICK_VIEW_CONTEXT_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct catalogue;

struct context {
    json_t *json; /* NULL only when memory is out */
    int failure;  /* 0, ERR_SYNTAX for text that is not UTF-8, ERR_NO_MEMORY */
};

void context_init(struct context *context);
void context_done(struct context *context);

/* Takes the value; NULL counts as a failure. */
void context_take(struct context *context, const char *key, json_t *value);
void context_text(struct context *context, const char *key, const char *text); /* NULL: null */
void context_format(struct context *context, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void context_int(struct context *context, const char *key, int64_t value);
void context_bool(struct context *context, const char *key, bool value);
void context_texts(struct context *context, const char *key, const char *const *texts,
                   size_t count);
/* Borrows what `from` has under the key; null when it has nothing. */
void context_copy(struct context *context, const char *key, const json_t *from);
/* {"iso","words"} of an RFC 3339 text that `from` has under `from_key`; null when it has none. */
void context_moment(struct context *context, const char *key, const json_t *from,
                    const char *from_key, const struct catalogue *catalogue);

/* 0 or the failure; the object stays the context's. */
int context_error(const struct context *context);

#define CONTEXT_CLEANUP __attribute__((cleanup(context_done)))

#endif
