#include "view/template.h"

#include "view/asset.h"
#include "view/catalogue.h"
#include "view/markup.h"
#include "view/template_parse.h"

#include <stdio.h>
#include <string.h>

enum {
    TEMPLATE_MEMORY_MAX = 16 << 20, /* trees of one rendering, partials in lists included */
    TEMPLATE_NODES_MAX = 4 << 20,   /* nodes visited: bounds sections that print nothing */
};

struct renderer {
    const char *name; /* of the template at hand, for messages */
    const struct template_request *request;
    struct buffer *out;
    struct arena arena;
    struct error_detail *detail;
    const json_t *scopes[2 * TEMPLATE_DEPTH_MAX]; /* innermost last */
    size_t scope_count;
    int partials; /* open ones */
    uint32_t visited;
};

static int render_nodes(struct renderer *renderer, const struct node *nodes, size_t count);

/* --- looking names up --- */

static const json_t *member(const json_t *object, const char *key, size_t size)
{
    return json_is_object(object) ? json_object_getn(object, key, size) : NULL;
}

/* The first part of a dotted name is searched from the innermost scope outwards; the rest must be
 * there. */
static const json_t *find_value(const struct renderer *renderer, const char *name)
{
    if (strcmp(name, ".") == 0)
        return renderer->scopes[renderer->scope_count - 1];
    const char *dot = strchrnul(name, '.');
    const json_t *value = NULL;
    for (size_t i = renderer->scope_count; i > 0 && !value; i--)
        value = member(renderer->scopes[i - 1], name, (size_t)(dot - name));
    while (value && *dot) {
        const char *part = dot + 1;
        dot = strchrnul(part, '.');
        value = member(value, part, (size_t)(dot - part));
    }
    return value;
}

static int missing(struct renderer *renderer, const struct node *node)
{
    return error_set(renderer->detail, ERR_NOT_FOUND, "%s:%d: no value for '%s'", renderer->name,
                     node->line, node->text);
}

/* The value of a node; NULL with 0 where strictness does not matter. */
static int find_wanted(struct renderer *renderer, const struct node *node, const json_t **ret_value)
{
    const json_t *value = find_value(renderer, node->text);
    if (!value && renderer->request->strict)
        return missing(renderer, node);
    *ret_value = value;
    return 0;
}

static bool is_true(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    return !json_is_string(value) || json_string_length(value) > 0;
}

/* --- rendering --- */

static int put_text(struct renderer *renderer, enum place place, const char *text, size_t size)
{
    escape_put(renderer->out, place, text, size);
    return buffer_error(renderer->out);
}

/* A catalogue's text is a small template of its own; its literals are texts, too. */
static int put_catalogue(struct renderer *renderer, const struct node *node)
{
    const char *key = node->text + strlen("text.");
    const char *text = catalogue_find_text(renderer->request->catalogue, key);
    if (!text)
        return missing(renderer, node);
    struct node_list list;
    int result = template_parse(key, text, strlen(text), TEMPLATE_BARE, &renderer->arena, &list,
                                renderer->detail);
    for (size_t i = 0; i < list.count && result >= 0; i++) {
        struct node part = list.nodes[i];
        part.place = node->place;
        if (part.kind == NODE_LITERAL)
            result = put_text(renderer, node->place, part.text, part.size);
        else
            result = render_nodes(renderer, &part, 1);
    }
    return result;
}

static int put_variable(struct renderer *renderer, const struct node *node)
{
    if (renderer->request->catalogue && strncmp(node->text, "text.", 5) == 0)
        return put_catalogue(renderer, node);
    const json_t *value = NULL;
    int result = find_wanted(renderer, node, &value);
    if (result < 0 || !value)
        return result;
    char number[40];
    switch (json_typeof(value)) {
    case JSON_STRING:
        return put_text(renderer, node->place, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return put_text(renderer, node->place, number, strlen(number));
    case JSON_REAL:
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
        return put_text(renderer, node->place, number, strlen(number));
    case JSON_TRUE:
        return put_text(renderer, node->place, "true", 4);
    case JSON_FALSE:
        return put_text(renderer, node->place, "false", 5);
    case JSON_NULL:
        return 0;
    case JSON_OBJECT:
    case JSON_ARRAY:
        return error_set(renderer->detail, ERR_SYNTAX, "%s:%d: '%s' is not a text", renderer->name,
                         node->line, node->text);
    }
    return 0;
}

static int put_markup(struct renderer *renderer, const struct node *node)
{
    const struct template_request *request = renderer->request;
    for (size_t i = 0; i < request->markup_count; i++) {
        const struct template_markup *row = &request->markups[i];
        if (strcmp(row->name, node->text) == 0)
            return row->markup ? buffer_append(renderer->out, row->markup->bytes.data,
                                               row->markup->bytes.size)
                               : 0;
    }
    return missing(renderer, node);
}

static int render_in_scope(struct renderer *renderer, const struct node *node, const json_t *scope)
{
    if (renderer->scope_count == sizeof renderer->scopes / sizeof *renderer->scopes)
        return error_set(renderer->detail, ERR_LIMIT, "%s:%d: nested too deeply", renderer->name,
                         node->line);
    renderer->scopes[renderer->scope_count++] = scope;
    int result = render_nodes(renderer, node->children, node->child_count);
    renderer->scope_count--;
    return result;
}

static int render_section(struct renderer *renderer, const struct node *node)
{
    const json_t *value = NULL;
    int result = find_wanted(renderer, node, &value);
    if (result < 0)
        return result;
    if (node->kind == NODE_INVERTED)
        return is_true(value) ? 0 : render_nodes(renderer, node->children, node->child_count);
    if (!is_true(value))
        return 0;
    if (!json_is_array(value))
        return render_in_scope(renderer, node, value);
    size_t index;
    json_t *element;
    json_array_foreach((json_t *)value, index, element)
    {
        result = render_in_scope(renderer, node, element);
        if (result < 0)
            return result;
    }
    return 0;
}

/* Puts the indentation of the tag in front of each line of the partial. */
static int indent_text(struct renderer *renderer, const char *indent, const char **text,
                       size_t *size)
{
    size_t lines = 1, width = strlen(indent);
    for (size_t i = 0; i < *size; i++)
        lines += (*text)[i] == '\n';
    char *copy = arena_alloc(&renderer->arena, *size + lines * width + 1), *to = copy;
    if (!copy)
        return ERR_LIMIT;
    bool at_start = true;
    for (size_t i = 0; i < *size; i++) {
        if (at_start) {
            memcpy(to, indent, width);
            to += width;
        }
        *to++ = (*text)[i];
        at_start = (*text)[i] == '\n';
    }
    *text = copy;
    *size = (size_t)(to - copy);
    return 0;
}

static const char *find_compiled_in(const void *from, const char *name, size_t *ret_size)
{
    (void)from;
    char file[64];
    snprintf(file, sizeof file, "%s.html", name);
    const struct asset *asset = asset_find(file);
    *ret_size = asset ? asset->size : 0;
    return asset ? asset->data : NULL;
}

static int render_partial(struct renderer *renderer, const struct node *node)
{
    const struct template_request *request = renderer->request;
    template_finder *finder = request->find_partial ? request->find_partial : find_compiled_in;
    size_t size = 0;
    const char *text = finder(request->partials, node->text, &size);
    if (!text)
        return request->strict ? missing(renderer, node) : 0;
    if (renderer->partials == TEMPLATE_DEPTH_MAX)
        return error_set(renderer->detail, ERR_LIMIT, "%s:%d: partials nested too deeply",
                         renderer->name, node->line);
    int result = *node->indent ? indent_text(renderer, node->indent, &text, &size) : 0;
    struct node_list list;
    if (result >= 0)
        result = template_parse(node->text, text, size, request->form, &renderer->arena, &list,
                                renderer->detail);
    if (result < 0)
        return result;
    const char *name = renderer->name;
    renderer->name = node->text;
    renderer->partials++;
    result = render_nodes(renderer, list.nodes, list.count);
    renderer->partials--;
    renderer->name = name;
    return result;
}

static int render_node(struct renderer *renderer, const struct node *node)
{
    switch (node->kind) {
    case NODE_LITERAL:
        return buffer_append(renderer->out, node->text, node->size);
    case NODE_VARIABLE:
        return put_variable(renderer, node);
    case NODE_MARKUP:
        return put_markup(renderer, node);
    case NODE_SECTION:
    case NODE_INVERTED:
        return render_section(renderer, node);
    case NODE_PARTIAL:
        return render_partial(renderer, node);
    }
    return ERR_INTERNAL;
}

static int render_nodes(struct renderer *renderer, const struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (++renderer->visited > TEMPLATE_NODES_MAX)
            return error_set(renderer->detail, ERR_LIMIT, "%s: too much to render", renderer->name);
        int result = render_node(renderer, &nodes[i]);
        if (result < 0)
            return result;
    }
    return 0;
}

int template_render(const char *name, const char *text, size_t size,
                    const struct template_request *request, struct buffer *out,
                    struct error_detail *detail)
{
    struct renderer renderer = {.name = name,
                                .request = request,
                                .out = out,
                                .detail = detail,
                                .scopes = {request->context},
                                .scope_count = 1};
    arena_init(&renderer.arena, TEMPLATE_MEMORY_MAX);
    struct node_list list;
    int result = template_parse(name, text, size, request->form, &renderer.arena, &list, detail);
    if (result >= 0)
        result = render_nodes(&renderer, list.nodes, list.count);
    arena_done(&renderer.arena);
    return result < 0 ? result : buffer_error(out);
}

int template_render_asset(const char *name, const struct template_request *request,
                          struct markup *ret_markup, struct error_detail *detail)
{
    const struct asset *asset = asset_find(name);
    if (!asset)
        return error_set(detail, ERR_NOT_FOUND, "no template '%s'", name);
    struct template_request strict = *request;
    strict.form = TEMPLATE_HTML;
    strict.strict = true;
    struct markup markup;
    markup_init(&markup);
    int result = template_render(name, asset->data, asset->size, &strict, &markup.bytes, detail);
    if (result < 0) {
        markup_done(&markup);
        return result;
    }
    *ret_markup = markup;
    return 0;
}
