/* Reading values out of the tree: what is asked for is checked, and every fault has its place. */
#include "rulebook/yaml.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/text.h"

#include <string.h>

const char *yaml_kind_text(enum yaml_kind kind)
{
    static const char *const texts[] = {
        [YAML_SCALAR] = "a text", [YAML_MAP] = "a map", [YAML_SEQUENCE] = "a list"};
    return texts[kind];
}

static size_t index_of(const struct yaml_node *node, const char *key)
{
    size_t at = 0;
    while (at < node->count && strcmp(node->keys[at]->text, key) != 0)
        at++;
    return at;
}

const struct yaml_node *yaml_find(const struct yaml_node *node, const char *key)
{
    size_t at = node->kind == YAML_MAP ? index_of(node, key) : node->count;
    return at < node->count ? node->items[at] : NULL;
}

const struct yaml_node *yaml_find_key(const struct yaml_node *node, const char *key)
{
    size_t at = node->kind == YAML_MAP ? index_of(node, key) : node->count;
    return at < node->count ? node->keys[at] : NULL;
}

/* --- scalars --- */

bool yaml_as_text(const struct yaml_node *node, struct yaml_faults *faults, const char **ret_text)
{
    if (node->kind != YAML_SCALAR) {
        yaml_fault(faults, node, "must be a text, this is %s", yaml_kind_text(node->kind));
        return false;
    }
    if (node->plain && !*node->text) {
        yaml_fault(faults, node, "the value is missing");
        return false;
    }
    *ret_text = node->text;
    return true;
}

/* The text of a scalar without quotes; else the fault says what was wanted. */
static const char *plain_text(const struct yaml_node *node, struct yaml_faults *faults,
                              const char *wanted)
{
    if (node->kind != YAML_SCALAR)
        yaml_fault(faults, node, "must be %s, this is %s", wanted, yaml_kind_text(node->kind));
    else if (!node->plain)
        yaml_fault(faults, node, "must be %s without quotes, this is the text '%.60s'", wanted,
                   node->text);
    else if (!*node->text)
        yaml_fault(faults, node, "the value is missing, it must be %s", wanted);
    else
        return node->text;
    return NULL;
}

bool yaml_as_int(const struct yaml_node *node, int64_t least, int64_t most,
                 struct yaml_faults *faults, int64_t *ret_value)
{
    const char *text = plain_text(node, faults, "a whole number");
    if (!text)
        return false;
    int64_t value;
    int r = text_parse_int(text, least, most, &value);
    if (r >= 0) {
        *ret_value = value;
        return true;
    }
    if (r == ERR_LIMIT)
        yaml_fault(faults, node, "%.40s is not between %lld and %lld", text, (long long)least,
                   (long long)most);
    else
        yaml_fault(faults, node, "must be a whole number, this is '%.60s'", text);
    return false;
}

bool yaml_as_bool(const struct yaml_node *node, struct yaml_faults *faults, bool *ret_value)
{
    const char *text = plain_text(node, faults, "true or false");
    if (!text)
        return false;
    bool is_true = strcmp(text, "true") == 0;
    if (!is_true && strcmp(text, "false") != 0) {
        yaml_fault(faults, node, "must be true or false, this is '%.60s'", text);
        return false;
    }
    *ret_value = is_true;
    return true;
}

bool yaml_as_date(const struct yaml_node *node, struct yaml_faults *faults, int32_t *ret_days)
{
    const char *text = plain_text(node, faults, "a date such as 2026-11-24");
    if (!text)
        return false;
    int32_t days;
    if (civil_parse_date(text, &days) < 0) {
        yaml_fault(faults, node, "must be a date that exists, such as 2026-11-24, this is '%.60s'",
                   text);
        return false;
    }
    *ret_days = days;
    return true;
}

/* "a, b, c" in fixed room; the end is cut, as in a message. */
struct listing {
    char text[YAML_MESSAGE_MAX - 200];
    size_t size;
};

static void list_words(struct listing *list, const char *const *words, size_t count)
{
    *list = (struct listing){0};
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]);
        if (list->size + length + 3 > sizeof list->text)
            return;
        if (i) {
            memcpy(list->text + list->size, ", ", 2);
            list->size += 2;
        }
        memcpy(list->text + list->size, words[i], length);
        list->size += length;
    }
}

bool yaml_as_word(const struct yaml_node *node, const char *const *words, size_t count,
                  struct yaml_faults *faults, int *ret_index)
{
    const char *text;
    if (!yaml_as_text(node, faults, &text))
        return false;
    int found = text_index(words, count, text);
    if (found < 0) {
        struct listing list;
        list_words(&list, words, count);
        yaml_fault(faults, node, "'%.60s' is not one of: %s", text, list.text);
        return false;
    }
    *ret_index = found;
    return true;
}

static bool is_id_byte(char c, bool first)
{
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return true;
    return !first && (c == '-' || c == '.' || c == '_' || c == '+');
}

bool yaml_as_id(const struct yaml_node *node, size_t most, struct yaml_faults *faults,
                const char **ret_id)
{
    const char *text;
    if (!yaml_as_text(node, faults, &text))
        return false;
    bool good = *text && strlen(text) <= most;
    for (const char *at = text; good && *at; at++)
        good = is_id_byte(*at, at == text);
    if (!good) {
        yaml_fault(faults, node,
                   "'%.80s' is not an id: 1 to %zu of a-z 0-9 - . _ +, the first a letter or digit",
                   text, most);
        return false;
    }
    *ret_id = text;
    return true;
}

/* --- maps --- */

bool yaml_map_open(const struct yaml_node *node, const char *const *known, size_t count,
                   struct yaml_faults *faults, struct yaml_map *ret_map)
{
    if (node->kind != YAML_MAP) {
        yaml_fault(faults, node, "must be a map, this is %s", yaml_kind_text(node->kind));
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->keys[i];
        if (text_index(known, count, key->text) >= 0)
            continue;
        struct listing list;
        list_words(&list, known, count);
        yaml_fault(faults, key, "unknown key '%.60s' (known: %s)", key->text, list.text);
    }
    *ret_map = (struct yaml_map){node, faults};
    return true;
}

const struct yaml_node *yaml_need(const struct yaml_map *map, const char *key)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    if (!value)
        yaml_fault(map->faults, map->node, "key '%s' is missing", key);
    return value;
}

const struct yaml_node *yaml_take(const struct yaml_map *map, const char *key, enum yaml_kind kind)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    if (value && value->kind != kind) {
        yaml_fault(map->faults, value, "'%s' must be %s, this is %s", key, yaml_kind_text(kind),
                   yaml_kind_text(value->kind));
        return NULL;
    }
    return value;
}

bool yaml_need_text(const struct yaml_map *map, const char *key, const char **ret_text)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_text(value, map->faults, ret_text);
}

bool yaml_take_text(const struct yaml_map *map, const char *key, const char **ret_text)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_text(value, map->faults, ret_text);
}

bool yaml_need_id(const struct yaml_map *map, const char *key, size_t most, const char **ret_id)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_id(value, most, map->faults, ret_id);
}

bool yaml_take_id(const struct yaml_map *map, const char *key, size_t most, const char **ret_id)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_id(value, most, map->faults, ret_id);
}

bool yaml_need_int(const struct yaml_map *map, const char *key, int64_t least, int64_t most,
                   int64_t *ret_value)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_int(value, least, most, map->faults, ret_value);
}

bool yaml_take_int(const struct yaml_map *map, const char *key, int64_t least, int64_t most,
                   int64_t *ret_value)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_int(value, least, most, map->faults, ret_value);
}

bool yaml_need_bool(const struct yaml_map *map, const char *key, bool *ret_value)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_bool(value, map->faults, ret_value);
}

bool yaml_take_bool(const struct yaml_map *map, const char *key, bool *ret_value)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_bool(value, map->faults, ret_value);
}

bool yaml_need_date(const struct yaml_map *map, const char *key, int32_t *ret_days)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_date(value, map->faults, ret_days);
}

bool yaml_take_date(const struct yaml_map *map, const char *key, int32_t *ret_days)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_date(value, map->faults, ret_days);
}

bool yaml_need_word(const struct yaml_map *map, const char *key, const char *const *words,
                    size_t count, int *ret_index)
{
    const struct yaml_node *value = yaml_need(map, key);
    return value && yaml_as_word(value, words, count, map->faults, ret_index);
}

bool yaml_take_word(const struct yaml_map *map, const char *key, const char *const *words,
                    size_t count, int *ret_index)
{
    const struct yaml_node *value = yaml_find(map->node, key);
    return value && yaml_as_word(value, words, count, map->faults, ret_index);
}
