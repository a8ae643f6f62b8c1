/* Any bytes as JSON, flat: what is taken is what the tree takes, and the same is read of it; what
 * is refused is refused in the tree's words. */
#include "base/json.h"
#include "base/json_flat.h"
#include "fuzz.h"

#include <string.h>

static void need(bool held)
{
    if (!held)
        __builtin_trap();
}

static void compare_scalars(const json_t *json, const struct json_item *item)
{
    static const enum json_item_kind kinds[] = {
        [JSON_OBJECT] = JSON_ITEM_OBJECT, [JSON_ARRAY] = JSON_ITEM_ARRAY,
        [JSON_STRING] = JSON_ITEM_TEXT,   [JSON_INTEGER] = JSON_ITEM_INTEGER,
        [JSON_REAL] = JSON_ITEM_REAL,     [JSON_TRUE] = JSON_ITEM_TRUE,
        [JSON_FALSE] = JSON_ITEM_FALSE,   [JSON_NULL] = JSON_ITEM_NULL,
    };
    need(json_item_kind(item) == kinds[json_typeof(json)]);
    need(json_item_integer(item) == json_integer_value(json));
    need(!json_is_string(json) == !json_item_text(item));
    if (json_is_string(json))
        need(strcmp(json_item_text(item), json_string_value(json)) == 0);
}

static void compare(const json_t *json, const struct json_item *item)
{
    const char *key;
    json_t *value;
    size_t index;
    compare_scalars(json, item);
    json_object_foreach((json_t *)json, key, value) compare(value, json_item_member(item, key));
    need(json_item_count(item) == json_array_size(json));
    const struct json_item *inner = json_item_first(item);
    json_array_foreach(json, index, value)
    {
        compare(value, inner);
        inner = json_item_next(inner);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error_detail detail = {0}, expected = {0};
    json_t *json JSON_CLEANUP = NULL;
    struct json_flat flat JSON_FLAT_CLEANUP;
    int result = json_parse((const char *)data, size, &json, &expected);
    need(json_flat_read(&flat, (const char *)data, size, &detail) == result);
    need(strcmp(detail.text, expected.text) == 0);
    if (result >= 0)
        compare(json, flat.root);
    return 0;
}
