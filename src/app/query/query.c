#include "app/query.h"

#include "app/argument.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "base/text.h"

#include <string.h>

enum { QUERY_ARENA_MAX = 512 << 20 };

static const struct {
    const char *name;
    int (*run)(struct query_call *call);
} queries[] = {
#define Q(name, function) {name, function},
    QUERY_LIST(Q)
#undef Q
};

int query_run(struct app *app, const char *name, const json_t *arguments, json_t **ret_result,
              struct error_detail *detail)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct arena arena ARENA_CLEANUP = {0};
        json_t *result JSON_CLEANUP = NULL;
        if (strcmp(queries[i].name, name) != 0)
            continue;
        arena_init(&arena, QUERY_ARENA_MAX);
        result = json_object();
        struct query_call call = {app, arguments, result, &arena, detail};
        int failure = result ? queries[i].run(&call) : ERR_NO_MEMORY;
        if (failure < 0)
            return failure;
        *ret_result = json_incref(result);
        return 0;
    }
    return error_set(detail, ERR_NOT_FOUND, "no question '%s'", name);
}

int query_need_text(struct query_call *call, const char *name, const char **ret_text)
{
    return argument_text(call->arguments, name, ret_text, call->detail);
}

int query_limit(struct query_call *call, int64_t most, size_t *ret_limit)
{
    const char *text = json_text(call->arguments, "limit");
    int64_t limit = most;
    if (text && text_parse_int(text, 1, most, &limit) < 0)
        return error_set(call->detail, ERR_SYNTAX, "a page has 1 to %d of them, not '%.32s'",
                         (int)most, text);
    *ret_limit = (size_t)limit;
    return 0;
}

json_t *query_instant(int64_t instant)
{
    char text[CIVIL_INSTANT_TEXT];
    return instant ? json_string(civil_format_instant(instant, text)) : json_null();
}
