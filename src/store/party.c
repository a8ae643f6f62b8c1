#include "store/party.h"

#include "store/statement.h"

#include <string.h>

static void read_party(struct query *query, struct arena *arena, void *item)
{
    struct party *party = item;
    *party = (struct party){.id = query_text(query, 0, arena),
                            .name = query_text(query, 2, arena),
                            .iana_id = (int32_t)query_int(query, 3),
                            .status = query_text(query, 4, arena),
                            .rdap_url = query_text(query, 5, arena)};
    if (party_kind_parse(query_text(query, 1, arena), &party->kind) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_party_put(struct store *store, const struct party *party)
{
    return store_change(store, STATEMENT_PARTY_PUT,
                        VALUES(value_text(party->id), value_text(party_kind_text(party->kind)),
                               value_text(party->name), value_int(party->iana_id),
                               value_text(party->status), value_text(party->rdap_url)));
}

int store_party_find(struct store *store, const char *id, struct arena *arena,
                     struct party *ret_party)
{
    const struct reading reading = {STATEMENT_PARTY_FIND, read_party, sizeof *ret_party,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_party);
}

int store_party_find_name(struct store *store, const char *name, struct arena *arena,
                          struct party **ret_parties, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PARTY_FIND_NAME, read_party, sizeof **ret_parties,
                                    VALUES(value_text(name))};
    return store_read_all(store, &reading, arena, ret_parties, ret_count);
}

int store_party_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                     struct party **ret_parties, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PARTY_LIST, read_party, sizeof **ret_parties,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_parties, ret_count);
}

/* --- TLDs --- */

static void read_tld(struct query *query, struct arena *arena, void *item)
{
    struct tld *tld = item;
    *tld = (struct tld){.name = query_text(query, 0, arena),
                        .party = query_is_null(query, 2) ? NULL : query_text(query, 2, arena),
                        .rdap_url = query_text(query, 3, arena)};
    if (tld_class_parse(query_text(query, 1, arena), &tld->tld_class) < 0)
        query_fail(query, ERR_DAMAGED);
}

int store_tld_put(struct store *store, const struct tld *tld)
{
    return store_change(store, STATEMENT_TLD_PUT,
                        VALUES(value_text(tld->name), value_text(tld_class_text(tld->tld_class)),
                               value_optional(tld->party), value_text(tld->rdap_url)));
}

int store_tld_find(struct store *store, const char *name, struct arena *arena, struct tld *ret_tld)
{
    const struct reading reading = {STATEMENT_TLD_FIND, read_tld, sizeof *ret_tld,
                                    VALUES(value_text(name))};
    return store_read_one(store, &reading, arena, ret_tld);
}

int store_tld_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                   struct tld **ret_tlds, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_TLD_LIST, read_tld, sizeof **ret_tlds,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_tlds, ret_count);
}

int store_tld_list_of_party(struct store *store, const char *party, struct arena *arena,
                            struct tld **ret_tlds, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_TLD_LIST_OF_PARTY, read_tld, sizeof **ret_tlds,
                                    VALUES(value_text(party), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_tlds, ret_count);
}

int store_tld_remove(struct store *store, const char *name)
{
    int result = store_run(store, STATEMENT_DELEGATION_REMOVE, VALUES(value_text(name)));
    return result < 0 ? result
                      : store_change(store, STATEMENT_TLD_REMOVE, VALUES(value_text(name)));
}

/* --- agreements --- */

static void read_agreement(struct query *query, struct arena *arena, void *item)
{
    *(struct agreement *)item = (struct agreement){.party = query_text(query, 0, arena),
                                                   .family = query_text(query, 1, arena),
                                                   .version = query_text(query, 2, arena),
                                                   .subject = query_text(query, 3, arena),
                                                   .from = (int32_t)query_int(query, 4),
                                                   .until = (int32_t)query_int(query, 5)};
}

int store_agreement_put(struct store *store, const struct agreement *agreement)
{
    return store_change(store, STATEMENT_AGREEMENT_PUT,
                        VALUES(value_text(agreement->party), value_text(agreement->family),
                               value_text(agreement->version), value_text(agreement->subject),
                               value_int(agreement->from), value_int(agreement->until)));
}

int store_agreement_list(struct store *store, const char *party, struct arena *arena,
                         struct agreement **ret_agreements, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_AGREEMENT_LIST, read_agreement,
                                    sizeof **ret_agreements,
                                    VALUES(value_text(party), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_agreements, ret_count);
}

/* --- contacts --- */

static void read_contact(struct query *query, struct arena *arena, void *item)
{
    *(struct contact *)item = (struct contact){.party = query_text(query, 0, arena),
                                               .role = query_text(query, 1, arena),
                                               .email = query_text(query, 2, arena),
                                               .name = query_text(query, 3, arena)};
}

int store_contact_put(struct store *store, const struct contact *contact)
{
    return store_change(store, STATEMENT_CONTACT_PUT,
                        VALUES(value_text(contact->party), value_text(contact->role),
                               value_text(contact->email), value_text(contact->name)));
}

int store_contact_remove(struct store *store, const struct contact *contact)
{
    return store_change(
        store, STATEMENT_CONTACT_REMOVE,
        VALUES(value_text(contact->party), value_text(contact->role), value_text(contact->email)));
}

int store_contact_find_email(struct store *store, const char *email, struct arena *arena,
                             struct contact *ret_contact)
{
    const struct reading reading = {STATEMENT_CONTACT_FIND_EMAIL, read_contact, sizeof *ret_contact,
                                    VALUES(value_text(email))};
    return store_read_one(store, &reading, arena, ret_contact);
}

int store_contact_list(struct store *store, const char *party, struct arena *arena,
                       struct contact **ret_contacts, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_CONTACT_LIST, read_contact, sizeof **ret_contacts,
                                    VALUES(value_text(party), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_contacts, ret_count);
}
