#include "view/asset.h"

#include "view/asset_rows.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *name, const void *row)
{
    return strcmp(name, ((const struct asset *)row)->name);
}

const struct asset *asset_find(const char *name)
{
    return bsearch(name, asset_rows, asset_row_count, sizeof *asset_rows, compare);
}

const struct asset *asset_list(size_t *ret_count)
{
    *ret_count = asset_row_count;
    return asset_rows;
}
