/* Memory of SQLite's. A statement that runs takes some dozen small pieces for its cursors and
 * values and gives them back, the same again each time; some builds of SQLite keep none of them
 * (base/pieces.h does). Pages of its cache lie in slabs (slab.h). */
#ifndef BAILIWICK_STORE_SQLITE_PIECES_H
#define BAILIWICK_STORE_SQLITE_PIECES_H

#include <sqlite3.h>

/* For SQLITE_CONFIG_MALLOC, before anything of SQLite is in use. A piece may be given back by
 * another thread than took it. */
extern const sqlite3_mem_methods pieces_methods;

#endif
