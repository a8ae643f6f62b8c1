/* Importing who is contracted for what: the root zone, the root database, the list of registrars,
 * the RDAP bootstrap registry and contacts. The five files are read whole before anything changes;
 * one damaged file changes nothing.
 *
 * Without the root database a TLD is unclassified, never contracted. Country-code TLDs, also IDN
 * ones, are out of contract. A TLD that left the root zone is removed; its party and history stay.
 * More than a few removals need the argument "confirm_removals": exactly their number. The contacts
 * are the whole truth for the parties that they name: what such a party had besides goes, without a
 * question. Nothing else is ever removed: a registrar that a list leaves out stays as it is, so a
 * list cut after a whole row, which nothing in it tells from a whole one, takes nobody away. */
#ifndef BAILIWICK_APP_MONITOR_PARTY_IMPORT_H
#define BAILIWICK_APP_MONITOR_PARTY_IMPORT_H

#include "app/command.h"
#include "proto/iana/registrars.h"
#include "proto/iana/root_db.h"
#include "proto/iana/root_zone.h"
#include "store/party.h"

enum { IMPORT_ARENA_MAX = 1 << 30 };

/* The files as read; a NULL list is a file that was not given. */
struct import_files {
    struct root_zone *zone;
    struct root_db *db;
    struct registrar_list *registrars;
    json_t *bootstrap; /* TLD -> base URL */
    struct contact *contacts;
    size_t contact_count;
};

/* Reads the arguments "root_zone", "root_db", "registrars", "rdap_bootstrap", "contacts": texts. */
int import_read(struct call *call, struct arena *arena, struct import_files *ret_files);

/* "registry-" and the manager's name in lower-case ASCII with hyphens. */
const char *import_registry_id(struct arena *arena, const char *manager);

#endif
