/* From libyaml's events to a tree with places. */
#include "rulebook/yaml.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include <yaml.h>

struct builder {
    yaml_parser_t parser;
    struct arena *arena;
    struct yaml_faults *faults;
    const char *file;
    const uint8_t *data;
    size_t size;
    size_t nodes;
};

static int place(size_t from_zero)
{
    return from_zero < 100000000 ? (int)from_zero + 1 : 100000000;
}

#define fault_at_mark(builder, mark, ...)                                                          \
    yaml_fault_at((builder)->faults, (builder)->file, place((mark).line), place((mark).column),    \
                  __VA_ARGS__)

/* libyaml gives the byte, not the place, of bytes that are no UTF-8. */
static void fault_at_byte(struct builder *builder, size_t offset, const char *problem)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < offset && i < builder->size; i++) {
        column = builder->data[i] == '\n' ? 1 : column + 1;
        line += builder->data[i] == '\n';
    }
    yaml_fault_at(builder->faults, builder->file, line, column, "%s", problem);
}

static int fail_as_parser(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    const char *problem = parser->problem ? parser->problem : "not YAML";
    if (parser->error == YAML_MEMORY_ERROR)
        return ERR_NO_MEMORY;
    if (parser->error == YAML_READER_ERROR)
        fault_at_byte(builder, parser->problem_offset, problem);
    else if (parser->context)
        fault_at_mark(builder, parser->problem_mark, "%s (%s that begins in line %d)", problem,
                      parser->context, place(parser->context_mark.line));
    else
        fault_at_mark(builder, parser->problem_mark, "%s", problem);
    return ERR_SYNTAX;
}

static int next_event(struct builder *builder, yaml_event_t *ret_event)
{
    return yaml_parser_parse(&builder->parser, ret_event) ? 0 : fail_as_parser(builder);
}

static struct yaml_node *new_node(struct builder *builder, const yaml_mark_t *mark,
                                  enum yaml_kind kind)
{
    struct yaml_node *node = arena_alloc(builder->arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->file = builder->file;
    node->line = place(mark->line);
    node->column = place(mark->column);
    return node;
}

static void refuse_marks(struct builder *builder, const yaml_event_t *event,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        fault_at_mark(builder, event->start_mark,
                      "anchor '&%s': anchors are not read here, write it out", anchor);
    if (tag)
        fault_at_mark(builder, event->start_mark, "tag '%s': tags are not read here", tag);
}

static int read_scalar(struct builder *builder, const yaml_event_t *event,
                       const struct yaml_node **ret_node)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    yaml_scalar_style_t style = event->data.scalar.style;
    refuse_marks(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(value, 0, length))
        fault_at_mark(builder, event->start_mark, "a NUL byte cannot stand in a text");
    struct yaml_node *node = new_node(builder, &event->start_mark, YAML_SCALAR);
    if (!node)
        return ERR_NO_MEMORY;
    node->text = arena_copy_slice(builder->arena, value, length);
    node->plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    *ret_node = node;
    return node->text ? 0 : ERR_NO_MEMORY;
}

/* Adds one pointer to a list in the arena. */
static int push_node(struct arena *arena, const struct yaml_node ***list, size_t *count,
                     const struct yaml_node *node)
{
    const struct yaml_node **slot = arena_push(arena, list, count, sizeof(void *));
    if (!slot)
        return ERR_NO_MEMORY;
    *slot = node;
    return 0;
}

static int read_node(struct builder *builder, yaml_event_t *event, int depth,
                     const struct yaml_node **ret_node);

static int read_items(struct builder *builder, struct yaml_node *list, int depth)
{
    for (;;) {
        yaml_event_t event;
        int r = next_event(builder, &event);
        if (r < 0)
            return r;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return 0;
        }
        const struct yaml_node *item = NULL;
        r = read_node(builder, &event, depth, &item);
        if (r >= 0)
            r = push_node(builder->arena, &list->items, &list->count, item);
        if (r < 0)
            return r;
    }
}

/* Whether the key may join the map. Adds the fault when not. */
static bool key_is_good(struct builder *builder, const struct yaml_node *map,
                        const struct yaml_node *key)
{
    const struct yaml_node *before = NULL;
    if (key->kind != YAML_SCALAR)
        yaml_fault(builder->faults, key, "a key must be a text, this is %s",
                   yaml_kind_text(key->kind));
    else if (key->plain && strcmp(key->text, "<<") == 0)
        yaml_fault(builder->faults, key, "merge key '<<': not read here, write it out");
    else if ((before = yaml_find_key(map, key->text)))
        yaml_fault(builder->faults, key, "key '%s' stands twice, first in line %d", key->text,
                   before->line);
    else
        return true;
    return false;
}

static int read_pair(struct builder *builder, struct yaml_node *map, yaml_event_t *event, int depth)
{
    const struct yaml_node *key = NULL, *value = NULL;
    int r = read_node(builder, event, depth, &key);
    if (r < 0)
        return r;
    yaml_event_t after;
    r = next_event(builder, &after);
    if (r >= 0)
        r = read_node(builder, &after, depth, &value);
    if (r < 0 || !key_is_good(builder, map, key))
        return r;
    if (map->count >= YAML_KEYS_MAX) {
        yaml_fault(builder->faults, key, "more than %d keys in one map", YAML_KEYS_MAX);
        return ERR_LIMIT;
    }
    size_t keys = map->count;
    r = push_node(builder->arena, &map->keys, &keys, key);
    return r < 0 ? r : push_node(builder->arena, &map->items, &map->count, value);
}

static int read_pairs(struct builder *builder, struct yaml_node *map, int depth)
{
    for (;;) {
        yaml_event_t event;
        int r = next_event(builder, &event);
        if (r < 0)
            return r;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return 0;
        }
        r = read_pair(builder, map, &event, depth);
        if (r < 0)
            return r;
    }
}

static int read_collection(struct builder *builder, const yaml_event_t *event, int depth,
                           const struct yaml_node **ret_node)
{
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    if (is_map)
        refuse_marks(builder, event, event->data.mapping_start.anchor,
                     event->data.mapping_start.tag);
    else
        refuse_marks(builder, event, event->data.sequence_start.anchor,
                     event->data.sequence_start.tag);
    struct yaml_node *node =
        new_node(builder, &event->start_mark, is_map ? YAML_MAP : YAML_SEQUENCE);
    if (!node)
        return ERR_NO_MEMORY;
    *ret_node = node;
    return is_map ? read_pairs(builder, node, depth + 1) : read_items(builder, node, depth + 1);
}

static int check_limits(struct builder *builder, const yaml_event_t *event, int depth)
{
    if (depth > YAML_DEPTH_MAX) {
        fault_at_mark(builder, event->start_mark, "nested deeper than %d levels", YAML_DEPTH_MAX);
        return ERR_LIMIT;
    }
    if (++builder->nodes > 2 * YAML_NODES_MAX) { /* keys are nodes here too */
        fault_at_mark(builder, event->start_mark, "more than %d values in one file",
                      YAML_NODES_MAX);
        return ERR_LIMIT;
    }
    return 0;
}

static int read_alias(struct builder *builder, const yaml_event_t *event,
                      const struct yaml_node **ret_node)
{
    fault_at_mark(builder, event->start_mark,
                  "alias '*%s': aliases are not read here, write it out", event->data.alias.anchor);
    struct yaml_node *node = new_node(builder, &event->start_mark, YAML_SCALAR);
    if (!node)
        return ERR_NO_MEMORY;
    node->text = "";
    *ret_node = node;
    return 0;
}

/* Takes the event: it is deleted here. */
static int read_node(struct builder *builder, yaml_event_t *event, int depth,
                     const struct yaml_node **ret_node)
{
    int r = check_limits(builder, event, depth);
    if (r >= 0 && event->type == YAML_ALIAS_EVENT)
        r = read_alias(builder, event, ret_node);
    else if (r >= 0 && event->type == YAML_SCALAR_EVENT)
        r = read_scalar(builder, event, ret_node);
    else if (r >= 0)
        r = read_collection(builder, event, depth, ret_node);
    yaml_event_delete(event);
    return r;
}

/* Passes the event of a type that must come now. */
static int pass_event(struct builder *builder, yaml_event_type_t type, const char *wanted)
{
    yaml_event_t event;
    int r = next_event(builder, &event);
    if (r < 0)
        return r;
    if (event.type != type) {
        fault_at_mark(builder, event.start_mark, "%s", wanted);
        r = ERR_SYNTAX;
    } else if (type == YAML_DOCUMENT_START_EVENT &&
               (event.data.document_start.version_directive ||
                event.data.document_start.tag_directives.start !=
                    event.data.document_start.tag_directives.end)) {
        fault_at_mark(builder, event.start_mark, "directives (%%...) are not read here");
    }
    yaml_event_delete(&event);
    return r;
}

static int read_document(struct builder *builder, const struct yaml_node **ret_node)
{
    int r = pass_event(builder, YAML_STREAM_START_EVENT, "not YAML");
    if (r >= 0)
        r = pass_event(builder, YAML_DOCUMENT_START_EVENT, "the file is empty");
    if (r < 0)
        return r;
    yaml_event_t event;
    r = next_event(builder, &event);
    if (r >= 0)
        r = read_node(builder, &event, 0, ret_node);
    if (r >= 0)
        r = pass_event(builder, YAML_DOCUMENT_END_EVENT, "not YAML");
    if (r >= 0)
        r = pass_event(builder, YAML_STREAM_END_EVENT, "a second document begins here");
    return r;
}

static int parse_bounded(struct builder *builder, const struct yaml_node **ret_node)
{
    size_t before = yaml_faults_found(builder->faults);
    if (!yaml_parser_initialize(&builder->parser))
        return ERR_NO_MEMORY;
    yaml_parser_set_encoding(&builder->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder->parser, builder->data, builder->size);
    const struct yaml_node *root = NULL;
    int r = read_document(builder, &root);
    yaml_parser_delete(&builder->parser);
    if (r >= 0 && yaml_faults_found(builder->faults) != before)
        r = builder->faults->failure ? builder->faults->failure : ERR_SYNTAX;
    if (r >= 0)
        *ret_node = root;
    return r;
}

int yaml_parse(const char *file, const void *data, size_t size, struct arena *arena,
               struct yaml_faults *faults, const struct yaml_node **ret_node)
{
    if (size > YAML_FILE_MAX) {
        yaml_fault_at(faults, file, 0, 0, "larger than %d bytes", YAML_FILE_MAX);
        return ERR_LIMIT;
    }
    struct builder builder = {
        .arena = arena, .faults = faults, .data = size ? data : "", .size = size};
    builder.file = arena_copy_text(arena, file);
    return builder.file ? parse_bounded(&builder, ret_node) : ERR_NO_MEMORY;
}
