#include "view/markup.h"

#include "base/error.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

void markup_init(struct markup *markup)
{
    buffer_init(&markup->bytes, MARKUP_MAX);
}

void markup_done(struct markup *markup)
{
    if (markup)
        buffer_done(&markup->bytes);
}

int markup_trust(const char *bytes, size_t size, struct markup *ret_markup)
{
    struct markup markup;
    markup_init(&markup);
    int result = buffer_append(&markup.bytes, bytes, size);
    if (result < 0) {
        markup_done(&markup);
        return result;
    }
    *ret_markup = markup;
    return 0;
}

int markup_from_markdown(const char *text, size_t size, struct markup *ret_markup)
{
    char *html = cmark_markdown_to_html(text, size, CMARK_OPT_SAFE | CMARK_OPT_VALIDATE_UTF8);
    if (!html)
        return ERR_NO_MEMORY;
    int result = markup_trust(html, strlen(html), ret_markup);
    free(html);
    return result;
}
