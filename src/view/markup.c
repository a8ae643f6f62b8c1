#include "view/markup.h"

void markup_init(struct markup *markup)
{
    buffer_init(&markup->bytes, MARKUP_MAX);
}

void markup_done(struct markup *markup)
{
    if (markup)
        buffer_done(&markup->bytes);
}
