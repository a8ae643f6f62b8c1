/* The template language: Mustache (https://mustache.github.io), without lambdas.
 *
 * Variables {{a}} {{a.b}} {{.}}, sections {{#a}}..{{/a}}, inverted sections {{^a}}..{{/a}},
 * comments
 * {{! }}, partials {{> name}}, other delimiters {{=<% %>=}}; lines that hold only such a tag
 * vanish. False are: absent (not in strict mode), null, false, the empty list and the empty text.
 *
 * What differs, on purpose:
 *  - Escaping follows the place. In HTML the renderer knows whether a variable stands in text, in a
 *    quoted attribute, at the start of an address (only http, https, mailto and relative addresses
 *    pass, others become "#") or inside one (percent-encoded). Where no escaping is safe (unquoted
 *    attributes, tag names, script, style, comments) a variable is a fault of the template.
 *  - {{{a}}} and {{&a}} print markup (view/markup.h), never a text. In plain text, which has
 *    no markup, they print like {{a}}.
 *  - Names that begin with "text." are keys of the catalogue.
 *  - Strict mode: a name that the context lacks is ERR_NOT_FOUND, in sections too. */
#ifndef BAILIWICK_VIEW_TEMPLATE_H
#define BAILIWICK_VIEW_TEMPLATE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

struct catalogue;
struct markup;

enum template_form {
    TEMPLATE_HTML, /* also SVG and Atom: all of XML */
    TEMPLATE_TEXT, /* mail: white space is one blank, no control bytes, no bidirectional overrides
                    */
    TEMPLATE_BARE, /* values as they are */
};

struct template_markup {
    const char *name;
    const struct markup *markup;
};

/* Where partials come from: the text of a name, NULL when there is none. */
typedef const char *template_finder(const void *from, const char *name, size_t *ret_size);

struct template_request {
    enum template_form form;
    bool strict;
    const json_t *context; /* usually an object */
    const struct template_markup *markups;
    size_t markup_count;
    const struct catalogue *catalogue; /* NULL: "text." is a name like any other */
    template_finder *find_partial;     /* NULL: the compiled-in templates, "shell" is shell.html */
    const void *partials;              /* for find_partial */
};

/* Appends the rendered template. `name` is for messages ("notice.html:12: ..."). ERR_SYNTAX for the
 * template, ERR_NOT_FOUND for an unknown name, ERR_LIMIT. The buffer may hold a part after a
 * failure. */
int template_render(const char *name, const char *text, size_t size,
                    const struct template_request *request, struct buffer *out,
                    struct error_detail *detail);

/* A compiled-in template as HTML, strict. */
int template_render_asset(const char *name, const struct template_request *request,
                          struct markup *ret_markup, struct error_detail *detail);

#endif
