#include "view/catalogue.h"

#include "view/asset_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct catalogue *catalogue_find(const char *language)
{
    for (size_t i = 0; i < catalogue_row_count; i++) {
        if (strcmp(catalogue_rows[i].language, language) == 0)
            return &catalogue_rows[i];
    }
    return NULL;
}

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct catalogue_row *)row)->key);
}

const char *catalogue_find_text(const struct catalogue *catalogue, const char *key)
{
    const struct catalogue_row *row =
        bsearch(key, catalogue->rows, catalogue->count, sizeof *catalogue->rows, compare);
    return row ? row->text : NULL;
}

const char *catalogue_text(const struct catalogue *catalogue, const char *key)
{
    const char *text = catalogue_find_text(catalogue, key);
    return text ? text : key;
}

const char *catalogue_word(const struct catalogue *catalogue, const char *prefix, const char *word)
{
    char key[128];
    int size = snprintf(key, sizeof key, "%s.%s", prefix, word);
    if (size < 0 || (size_t)size >= sizeof key)
        return word;
    for (char *at = key; *at; at++) {
        if (*at == ' ')
            *at = '-';
    }
    const char *text = catalogue_find_text(catalogue, key);
    return text ? text : word;
}
