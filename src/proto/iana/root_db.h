/* The root database: IANA's HTML page that lists every TLD with its type and manager.
 *
 * There is no machine-readable edition, so the table `tld-table` is read cell by cell. A page
 * without the end of that table, with a row of another shape or with an unknown type is refused as
 * a whole. */
#ifndef BAILIWICK_PROTO_IANA_ROOT_DB_H
#define BAILIWICK_PROTO_IANA_ROOT_DB_H

#include "base/arena.h"
#include "base/error.h"
#include "model/party.h"

enum { ROOT_DB_MAX = 16 << 20, ROOT_DB_ROWS_MAX = 100000 };

struct root_db_row {
    const char *tld; /* A-label, from the link of the row */
    enum tld_class tld_class;
    const char *manager; /* character references resolved; "Not assigned" for former TLDs */
};

struct root_db {
    struct root_db_row *rows; /* in the order of the page */
    size_t count;
};

int root_db_parse(const char *text, size_t size, struct arena *arena, struct root_db *ret_db,
                  struct error_detail *detail);

#endif
