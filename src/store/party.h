/* Contracted parties, their agreements and contacts, TLDs and their delegations.
 *
 * What is true now; a `put` makes or replaces. History of what bound whom stands in the half-open
 * intervals of the agreements. */
#ifndef BAILIWICK_STORE_PARTY_H
#define BAILIWICK_STORE_PARTY_H

#include "model/party.h"
#include "store/store.h"

int store_party_put(struct store *store, const struct party *party);
int store_party_find(struct store *store, const char *id, struct arena *arena,
                     struct party *ret_party);
/* Those of exactly this name: none, one, or the first two. */
int store_party_find_name(struct store *store, const char *name, struct arena *arena,
                          struct party **ret_parties, size_t *ret_count);
/* By id, from after `after` ("" or NULL: from the start). */
int store_party_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                     struct party **ret_parties, size_t *ret_count);

int store_tld_put(struct store *store, const struct tld *tld);
int store_tld_find(struct store *store, const char *name, struct arena *arena, struct tld *ret_tld);
/* By name. */
int store_tld_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                   struct tld **ret_tlds, size_t *ret_count);
int store_tld_list_of_party(struct store *store, const char *party, struct arena *arena,
                            struct tld **ret_tlds, size_t *ret_count);
/* A TLD that left the root, with its delegation. Findings and cases about it stay. */
int store_tld_remove(struct store *store, const char *name);

/* Key: party, family, version, subject, from. */
int store_agreement_put(struct store *store, const struct agreement *agreement);
int store_agreement_list(struct store *store, const char *party, struct arena *arena,
                         struct agreement **ret_agreements, size_t *ret_count);

/* What the parent zone says of one TLD. All texts are sorted, as in the zone's own reader. */
struct store_delegation {
    const char *tld;
    const char **ns;
    size_t ns_count;
    const char **ds; /* RDATA in presentation form */
    size_t ds_count;
    const char **glue; /* "name address" */
    size_t glue_count;
};

enum { STORE_DELEGATION_RECORDS_MAX = 1000 }; /* of one TLD, each kind */

int store_delegation_put(struct store *store, const struct store_delegation *delegation);
int store_delegation_find(struct store *store, const char *tld, struct arena *arena,
                          struct store_delegation *ret_delegation);

/* Key: party, role, email. */
int store_contact_put(struct store *store, const struct contact *contact);
int store_contact_remove(struct store *store, const struct contact *contact);
/* The first party of which the address, in any case, is a contact. ERR_NOT_FOUND. */
int store_contact_find_email(struct store *store, const char *email, struct arena *arena,
                             struct contact *ret_contact);
/* By role, then address, in byte order. */
int store_contact_list(struct store *store, const char *party, struct arena *arena,
                       struct contact **ret_contacts, size_t *ret_count);

#endif
