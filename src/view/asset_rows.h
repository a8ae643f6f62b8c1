/* What embed.py writes at build time; read through asset.h and catalogue.h. */
#ifndef BAILIWICK_VIEW_ASSET_ROWS_H
#define BAILIWICK_VIEW_ASSET_ROWS_H

#include "view/asset.h"
#include "view/catalogue.h"

extern const struct asset asset_rows[]; /* sorted by name */
extern const size_t asset_row_count;
extern const struct catalogue catalogue_rows[];
extern const size_t catalogue_row_count;

#endif
