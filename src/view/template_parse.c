#include "view/template_parse.h"

#include "view/place.h"

#include <string.h>

struct open_section {
    struct node *section; /* NULL at the top */
    struct node_list list;
    struct place_tracker before;
};

struct parser {
    const char *name;
    const char *text, *end;
    const char *at;      /* next byte to read */
    const char *pending; /* start of literal text not yet made a node */
    int line;
    char open[TEMPLATE_DELIMITER_MAX + 1], close[TEMPLATE_DELIMITER_MAX + 1];
    enum template_form form;
    struct place_tracker place;
    struct arena *arena;
    struct error_detail *detail;
    struct open_section stack[TEMPLATE_DEPTH_MAX + 1];
    size_t depth;
};

/* One tag as found. */
struct tag {
    char sigil;          /* '#', '^', '/', '>', '!', '=', '&' (also for three braces), 0 */
    const char *content; /* trimmed */
    size_t content_size;
    const char *start, *after; /* of the whole tag */
};

static int fail(struct parser *parser, const char *words)
{
    return error_set(parser->detail, ERR_SYNTAX, "%s:%d: %s", parser->name, parser->line, words);
}

static struct node *add_node(struct parser *parser, enum node_kind kind)
{
    struct node_list *list = &parser->stack[parser->depth].list;
    struct node *node = arena_push(parser->arena, &list->nodes, &list->count, sizeof *node);
    if (node)
        *node = (struct node){.kind = kind, .line = parser->line, .indent = ""};
    return node;
}

static int add_literal(struct parser *parser, const char *from, const char *to)
{
    if (from >= to)
        return 0;
    struct node *node = add_node(parser, NODE_LITERAL);
    if (!node)
        return ERR_LIMIT;
    node->text = from;
    node->size = (size_t)(to - from);
    if (parser->form == TEMPLATE_HTML)
        place_pass(&parser->place, node->text, node->size);
    return 0;
}

static const char *find(const char *at, const char *end, const char *what)
{
    return at < end ? memmem(at, (size_t)(end - at), what, strlen(what)) : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(struct tag *tag)
{
    while (tag->content_size && is_blank(tag->content[0])) {
        tag->content++;
        tag->content_size--;
    }
    while (tag->content_size && is_blank(tag->content[tag->content_size - 1]))
        tag->content_size--;
}

/* Finds the next tag; 0 when there is none, 1 when *ret_tag is filled. */
static int next_tag(struct parser *parser, struct tag *ret_tag)
{
    const char *start = find(parser->at, parser->end, parser->open);
    if (!start)
        return 0;
    for (const char *at = parser->at; at < start; at++)
        parser->line += *at == '\n';
    struct tag tag = {.start = start};
    const char *inside = start + strlen(parser->open);
    const char *close = parser->close;
    if (inside < parser->end && *inside == '{' && strcmp(parser->open, "{{") == 0) {
        tag.sigil = '&';
        close = "}}}";
        inside++;
    } else if (inside < parser->end && strchr("#^/>!=&", *inside)) {
        tag.sigil = *inside++;
    }
    const char *stop = find(inside, parser->end, close);
    if (!stop)
        return fail(parser, "a tag is not closed");
    tag.content = inside;
    tag.content_size = (size_t)(stop - inside);
    tag.after = stop + strlen(close);
    if (tag.sigil == '=' && tag.content_size)
        tag.content_size -= tag.content[tag.content_size - 1] == '=';
    trim(&tag);
    *ret_tag = tag;
    return 1;
}

/* A tag that prints nothing and stands alone takes its whole line with it: sets where the literal
 * before it ends and where the text goes on. */
static bool stands_alone(const struct parser *parser, const struct tag *tag,
                         const char **ret_before, const char **ret_after)
{
    if (tag->sigil == 0 || tag->sigil == '&')
        return false;
    const char *before = tag->start, *after = tag->after;
    while (before > parser->text && (before[-1] == ' ' || before[-1] == '\t'))
        before--;
    if (before > parser->text && before[-1] != '\n')
        return false;
    while (after < parser->end && (*after == ' ' || *after == '\t'))
        after++;
    if (after + 1 < parser->end && after[0] == '\r' && after[1] == '\n')
        after += 2;
    else if (after < parser->end && *after == '\n')
        after++;
    else if (after < parser->end)
        return false;
    *ret_before = before;
    *ret_after = after;
    return true;
}

static enum place place_here(struct parser *parser)
{
    switch (parser->form) {
    case TEMPLATE_HTML:
        return place_of_variable(&parser->place);
    case TEMPLATE_TEXT:
        return PLACE_PLAIN;
    case TEMPLATE_BARE:
        return PLACE_BARE;
    }
    return PLACE_NONE;
}

static int add_named(struct parser *parser, const struct tag *tag, enum node_kind kind,
                     struct node **ret_node)
{
    if (!tag->content_size)
        return fail(parser, "a tag without a name");
    if (memchr(tag->content, '\n', tag->content_size))
        return fail(parser, "a name over two lines");
    struct node *node = add_node(parser, kind);
    char *name = arena_copy_slice(parser->arena, tag->content, tag->content_size);
    if (!node || !name)
        return ERR_LIMIT;
    node->text = name;
    node->size = tag->content_size;
    *ret_node = node;
    return 0;
}

static int add_variable(struct parser *parser, const struct tag *tag)
{
    bool markup = tag->sigil == '&' && parser->form == TEMPLATE_HTML;
    struct node *node;
    int result = add_named(parser, tag, markup ? NODE_MARKUP : NODE_VARIABLE, &node);
    if (result < 0)
        return result;
    node->place = place_here(parser);
    if (node->place == PLACE_NONE)
        return fail(parser, "no variable can be put safely in this place");
    if (markup && node->place != PLACE_TEXT)
        return fail(parser, "markup belongs between tags");
    return 0;
}

static int open_section(struct parser *parser, const struct tag *tag)
{
    struct node *node;
    int result = add_named(parser, tag, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, &node);
    if (result < 0)
        return result;
    if (parser->depth == TEMPLATE_DEPTH_MAX)
        return fail(parser, "sections nested too deeply");
    parser->stack[++parser->depth] =
        (struct open_section){.section = node, .before = parser->place};
    return 0;
}

static int close_section(struct parser *parser, const struct tag *tag)
{
    struct open_section *open = &parser->stack[parser->depth];
    if (!parser->depth || open->section->size != tag->content_size ||
        memcmp(open->section->text, tag->content, tag->content_size) != 0)
        return fail(parser, "this section was not opened last");
    if (!place_same(&open->before, &parser->place))
        return fail(parser, "a section must end in the place where it began");
    open->section->children = open->list.nodes;
    open->section->child_count = open->list.count;
    parser->depth--;
    return 0;
}

static int add_partial(struct parser *parser, const struct tag *tag, const char *indent,
                       size_t indent_size)
{
    struct node *node;
    int result = add_named(parser, tag, NODE_PARTIAL, &node);
    if (result < 0)
        return result;
    if (parser->form == TEMPLATE_HTML && parser->place.state != STATE_TEXT)
        return fail(parser, "a partial belongs between tags");
    node->indent = arena_copy_slice(parser->arena, indent, indent_size);
    return node->indent ? 0 : ERR_LIMIT;
}

static int copy_delimiter(struct parser *parser, const char *from, size_t size,
                          char to[TEMPLATE_DELIMITER_MAX + 1])
{
    if (!size || size > TEMPLATE_DELIMITER_MAX || memchr(from, '=', size))
        return fail(parser, "wrong delimiters");
    memcpy(to, from, size);
    to[size] = '\0';
    return 0;
}

static int set_delimiters(struct parser *parser, const struct tag *tag)
{
    size_t first = 0, second = tag->content_size;
    while (first < tag->content_size && !is_blank(tag->content[first]))
        first++;
    while (second > first && !is_blank(tag->content[second - 1]))
        second--;
    int result = copy_delimiter(parser, tag->content, first, parser->open);
    if (result < 0)
        return result;
    return copy_delimiter(parser, tag->content + second, tag->content_size - second, parser->close);
}

static int handle_tag(struct parser *parser, const struct tag *tag, const char *indent,
                      size_t indent_size)
{
    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(parser, tag);
    case '/':
        return close_section(parser, tag);
    case '>':
        return add_partial(parser, tag, indent, indent_size);
    case '=':
        return set_delimiters(parser, tag);
    case '!':
        return 0;
    default:
        return add_variable(parser, tag);
    }
}

static int parse_tag(struct parser *parser, const struct tag *tag)
{
    const char *before = tag->start, *after = tag->after;
    bool alone = stands_alone(parser, tag, &before, &after);
    int result = add_literal(parser, parser->pending, before);
    if (result < 0)
        return result;
    result = handle_tag(parser, tag, before, alone ? (size_t)(tag->start - before) : 0);
    for (const char *at = tag->start; at < after; at++)
        parser->line += *at == '\n';
    parser->at = parser->pending = after;
    return result;
}

int template_parse(const char *name, const char *text, size_t size, enum template_form form,
                   struct arena *arena, struct node_list *ret_nodes, struct error_detail *detail)
{
    if (size > TEMPLATE_SIZE_MAX)
        return error_set(detail, ERR_LIMIT, "%s: larger than %d bytes", name, TEMPLATE_SIZE_MAX);
    struct parser parser = {.name = name,
                            .text = text,
                            .end = text + size,
                            .at = text,
                            .pending = text,
                            .line = 1,
                            .open = "{{",
                            .close = "}}",
                            .form = form,
                            .arena = arena,
                            .detail = detail};
    place_init(&parser.place);
    struct tag tag;
    int result;
    while ((result = next_tag(&parser, &tag)) > 0) {
        result = parse_tag(&parser, &tag);
        if (result < 0)
            return result;
    }
    if (result < 0)
        return result;
    if (parser.depth)
        return fail(&parser, "a section is not closed");
    result = add_literal(&parser, parser.pending, parser.end);
    if (result < 0)
        return result;
    *ret_nodes = parser.stack[0].list;
    return 0;
}
