/* IANA's list of Registrar IDs: CSV (RFC 4180) with the columns ID, Registrar Name, Status and
 * RDAP Base URL. A file whose header differs, whose last row is cut off, or with an ID twice is
 * refused as a whole. */
#ifndef BAILIWICK_PROTO_IANA_REGISTRARS_H
#define BAILIWICK_PROTO_IANA_REGISTRARS_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { REGISTRARS_FILE_MAX = 16 << 20, REGISTRARS_MAX = 100000 };

struct registrar_row {
    int32_t id;
    const char *name;
    const char *status;   /* lower case: "accredited", "terminated", "reserved" */
    const char *rdap_url; /* "" when none */
};

struct registrar_list {
    struct registrar_row *rows; /* sorted by id */
    size_t count;
};

int registrars_parse(const char *text, size_t size, struct arena *arena,
                     struct registrar_list *ret_list, struct error_detail *detail);

#endif
