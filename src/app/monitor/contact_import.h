/* What a file of contacts changes: the file is the whole truth for the parties that it names.
 *
 * A contact of such a party that the file does not hold goes; a party that the file does not name
 * keeps all of its own. A contact is the same when party, role and address are. */
#ifndef BAILIWICK_APP_MONITOR_CONTACT_IMPORT_H
#define BAILIWICK_APP_MONITOR_CONTACT_IMPORT_H

#include "base/arena.h"
#include "base/error.h"
#include "model/party.h"

#include <stddef.h>

/* Whether a letter can be addressed by this row: an address that mail can be sent to (RFC 5321
 * 4.5.3.1) and texts without control characters. ERR_SYNTAX with words that repeat none of it. */
int contact_check(const struct contact *contact, struct error_detail *detail);

/* Puts the rows into the order of party, role and address, each once: of rows that differ in the
 * name alone the last one counts, since a party with several TLDs stands there once for each. */
int contacts_settle(struct contact *rows, size_t *count, struct arena *arena);

/* By role and address in byte order; contacts of one party. */
int contact_compare(const struct contact *a, const struct contact *b);

#endif
