#include "view/context.h"

#include "base/civil.h"
#include "base/error.h"
#include "view/moment.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void context_init(struct context *context)
{
    *context = (struct context){.json = json_object()};
    if (!context->json)
        context->failure = ERR_NO_MEMORY;
}

void context_done(struct context *context)
{
    json_decref(context->json);
    context->json = NULL;
}

static void fail(struct context *context, int code)
{
    if (!context->failure)
        context->failure = code;
}

void context_take(struct context *context, const char *key, json_t *value)
{
    if (!value)
        fail(context, ERR_NO_MEMORY);
    else if (json_object_set_new(context->json, key, value) != 0)
        fail(context, ERR_NO_MEMORY);
}

void context_text(struct context *context, const char *key, const char *text)
{
    json_t *value = text ? json_string(text) : json_null();
    if (!value)
        fail(context, ERR_SYNTAX);
    else
        context_take(context, key, value);
}

void context_format(struct context *context, const char *key, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0) {
        fail(context, ERR_NO_MEMORY);
        return;
    }
    context_text(context, key, text);
    free(text);
}

void context_int(struct context *context, const char *key, int64_t value)
{
    context_take(context, key, json_integer(value));
}

void context_bool(struct context *context, const char *key, bool value)
{
    context_take(context, key, json_boolean(value));
}

void context_texts(struct context *context, const char *key, const char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count && list; i++) {
        if (json_array_append_new(list, json_string(texts[i])) != 0)
            fail(context, ERR_SYNTAX);
    }
    context_take(context, key, list);
}

void context_copy(struct context *context, const char *key, const json_t *from)
{
    json_t *value = json_object_get(from, key);
    context_take(context, key, value ? json_incref(value) : json_null());
}

void context_moment(struct context *context, const char *key, const json_t *from,
                    const char *from_key, const struct catalogue *catalogue)
{
    const char *text = json_text(from, from_key);
    int64_t instant;
    if (!text)
        context_take(context, key, json_null());
    else if (civil_parse_instant(text, &instant) < 0)
        fail(context, ERR_SYNTAX);
    else
        context_take(context, key, moment_json(catalogue, instant));
}

int context_error(const struct context *context)
{
    return context->failure;
}
