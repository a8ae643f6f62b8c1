#include "app/monitor/party_import.h"

#include "app/command_list.h"
#include "app/monitor/contact_import.h"
#include "app/publish/ledger.h"
#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

enum {
    REMOVALS_FREE = 5,         /* so many leave the root zone without a question */
    REMOVALS_FREE_PERCENT = 2, /* or such a share of the TLDs that are there */
    REMOVALS_NAMED = 10,
};

struct import {
    struct call *call;
    struct store *store;
    struct arena arena;
    struct import_files files;
    struct tld *before; /* all TLDs in the store, by name */
    size_t before_count;
    json_t *lists[3]; /* added, removed, changed; borrowed by the result */
    json_t *told;     /* parties of a dry run that were listed, which the store does not know yet */
    json_t *holders; /* TLD -> party of those that were classified; "": none, or it left the root */
    bool dry_run;
};

enum list { LIST_ADDED, LIST_REMOVED, LIST_CHANGED };

/* Adds a row to the report and an event to the log. Takes both. */
static int tell(struct import *import, enum list list, const char *kind, json_t *row, json_t *event)
{
    json_t *mine JSON_CLEANUP = event;
    if (!row || json_array_append_new(import->lists[list], row) < 0 || !mine)
        return ERR_NO_MEMORY;
    return import->dry_run
               ? 0
               : ledger_commit(import->call->app, kind, mine, NULL, import->call->detail);
}

static int note(struct import *import, enum list list, const char *kind, const char *id)
{
    static const char *const kinds[] = {"party-added", "party-removed", "party-changed"};
    return tell(import, list, kinds[list], json_pack("{s:s, s:s}", "type", kind, "id", id),
                json_pack("{s:s, s:s}", "type", kind, "id", id));
}

/* The person who imports sees the address; the log learns party and role alone. */
static int note_contact(struct import *import, enum list list, const struct contact *contact)
{
    static const char *const kinds[] = {"contact-added", "contact-removed", "contact-changed"};
    return tell(import, list, kinds[list],
                json_pack("{s:s, s:s, s:s, s:s}", "type", "contact", "id", contact->party, "role",
                          contact->role, "email", contact->email),
                json_pack("{s:s, s:s}", "party", contact->party, "role", contact->role));
}

static int failed(struct import *import, int result, const char *what)
{
    return result < 0 ? app_store_failed(import->call->app, result, import->call->detail, what) : 0;
}

/* --- what is there --- */

static int load_tlds(struct import *import)
{
    const char *after = "";
    for (;;) {
        struct tld *page;
        size_t count;
        int result = store_tld_list(import->store, after, 0, &import->arena, &page, &count);
        if (result < 0)
            return failed(import, result, "list of TLDs");
        for (size_t i = 0; i < count; i++) {
            struct tld *slot =
                arena_push(&import->arena, &import->before, &import->before_count, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[i];
        }
        if (count < STORE_PAGE_MAX)
            return 0;
        after = page[count - 1].name;
    }
}

static int compare_tlds(const void *a, const void *b)
{
    return strcmp(((const struct tld *)a)->name, ((const struct tld *)b)->name);
}

static const struct tld *find_before(const struct import *import, const char *name)
{
    const struct tld key = {.name = name};
    return import->before_count
               ? bsearch(&key, import->before, import->before_count, sizeof key, compare_tlds)
               : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_list(const char **a, size_t a_count, const char **b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++) {
        if (strcmp(a[i], b[i]) != 0)
            return false;
    }
    return true;
}

/* --- parties --- */

static int put_party(struct import *import, const struct party *party)
{
    struct party before;
    int result = store_party_find(import->store, party->id, &import->arena, &before);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(import, result, "party");
    bool is_new = result == ERR_NOT_FOUND;
    if (!is_new && same_text(before.name, party->name) && same_text(before.status, party->status) &&
        same_text(before.rdap_url, party->rdap_url))
        return 0;
    if (import->dry_run) {
        if (json_object_get(import->told, party->id))
            return 0;
        if (json_object_set_new(import->told, party->id, json_true()) < 0)
            return ERR_NO_MEMORY;
    } else {
        result = failed(import, store_party_put(import->store, party), "party");
        if (result < 0)
            return result;
    }
    return note(import, is_new ? LIST_ADDED : LIST_CHANGED, party_kind_text(party->kind),
                party->id);
}

/* The lists do not say since when an agreement holds, so it holds since ever; which agreements
 * there are for that kind of party, the adopted rulebook says. Before one is adopted there are
 * none: the next import brings them. */
static int put_agreements(struct import *import, const struct party *party, const char *subject)
{
    const struct rulebook *rulebook = import->call->app->rulebook;
    for (size_t i = 0; rulebook && !import->dry_run && i < rulebook->family_count; i++) {
        const struct agreement agreement = {.party = party->id,
                                            .family = rulebook->families[i].id,
                                            .version = RULEBOOK_VERSION_CURRENT,
                                            .subject = subject,
                                            .from = CIVIL_FAR_PAST,
                                            .until = CIVIL_FAR_FUTURE};
        if (rulebook->families[i].kind != party->kind)
            continue;
        int result = failed(import, store_agreement_put(import->store, &agreement), "agreement");
        if (result < 0)
            return result;
    }
    return 0;
}

static int import_registrars(struct import *import)
{
    const struct registrar_list *list = import->files.registrars;
    for (size_t i = 0; list && i < list->count; i++) {
        const struct registrar_row *row = &list->rows[i];
        /* Ids that stand for no registrar at all. */
        if (strcmp(row->status, "reserved") == 0)
            continue;
        const struct party party = {.id = arena_printf(&import->arena, "registrar-%d", row->id),
                                    .kind = PARTY_REGISTRAR,
                                    .name = row->name,
                                    .iana_id = row->id,
                                    .status = row->status,
                                    .rdap_url = row->rdap_url};
        if (!party.id)
            return ERR_LIMIT;
        int result = put_party(import, &party);
        if (result >= 0 && strcmp(row->status, "accredited") == 0)
            result = put_agreements(import, &party, "");
        if (result < 0)
            return result;
    }
    return 0;
}

/* --- TLDs --- */

static int compare_rows(const void *a, const void *b)
{
    return strcmp(((const struct root_db_row *)a)->tld, ((const struct root_db_row *)b)->tld);
}

static const struct root_db_row *find_row(const struct import *import, const char *tld)
{
    const struct root_db_row key = {.tld = tld};
    const struct root_db *db = import->files.db;
    return db ? bsearch(&key, db->rows, db->count, sizeof key, compare_rows) : NULL;
}

static int hold(struct import *import, const char *tld, const char *party)
{
    return json_object_set_new(import->holders, tld, json_string(party)) < 0 ? ERR_NO_MEMORY : 0;
}

/* What the root database says of a TLD becomes its class and party; the party is made when new. */
static int classify(struct import *import, struct tld *tld)
{
    const struct root_db_row *row = find_row(import, tld->name);
    if (!row)
        return 0;
    tld->tld_class = row->tld_class;
    tld->party = NULL;
    if (!tld_class_contracted(row->tld_class) || strcmp(row->manager, "Not assigned") == 0)
        return hold(import, tld->name, "");
    const struct party party = {.id = import_registry_id(&import->arena, row->manager),
                                .kind = PARTY_REGISTRY,
                                .name = row->manager,
                                .status = "contracted",
                                .rdap_url = ""};
    if (!party.id)
        return ERR_LIMIT;
    tld->party = party.id;
    int result = hold(import, tld->name, party.id);
    if (result >= 0)
        result = put_party(import, &party);
    return result < 0 ? result : put_agreements(import, &party, tld->name);
}

static int put_delegation(struct import *import, const struct root_delegation *root,
                          bool *ret_changed)
{
    struct store_delegation before = {0};
    const struct store_delegation now = {root->tld,      root->ns,   root->ns_count,  root->ds,
                                         root->ds_count, root->glue, root->glue_count};
    int result = store_delegation_find(import->store, root->tld, &import->arena, &before);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(import, result, "delegation");
    *ret_changed = result == ERR_NOT_FOUND ||
                   !same_list(before.ns, before.ns_count, now.ns, now.ns_count) ||
                   !same_list(before.ds, before.ds_count, now.ds, now.ds_count) ||
                   !same_list(before.glue, before.glue_count, now.glue, now.glue_count);
    if (!*ret_changed || import->dry_run)
        return 0;
    return failed(import, store_delegation_put(import->store, &now), "delegation");
}

static int import_tld(struct import *import, const struct root_delegation *root)
{
    const struct tld *before = find_before(import, root->tld);
    struct tld now = before ? *before : (struct tld){.name = root->tld, .rdap_url = ""};
    bool changed = false;
    int result = classify(import, &now);
    if (result < 0)
        return result;
    const char *url = json_text(import->files.bootstrap, root->tld);
    if (url)
        now.rdap_url = url;
    bool differs = !before || before->tld_class != now.tld_class ||
                   !same_text(before->party, now.party) ||
                   !same_text(before->rdap_url, now.rdap_url);
    if (differs && !import->dry_run)
        result = failed(import, store_tld_put(import->store, &now), "TLD");
    if (result >= 0)
        result = put_delegation(import, root, &changed);
    if (result < 0 || (!differs && !changed))
        return result;
    return note(import, before ? LIST_CHANGED : LIST_ADDED, "tld", root->tld);
}

static int compare_delegations(const void *a, const void *b)
{
    return strcmp(((const struct root_delegation *)a)->tld,
                  ((const struct root_delegation *)b)->tld);
}

static int import_zone(struct import *import)
{
    const struct root_zone *zone = import->files.zone;
    for (size_t i = 0; zone && i < zone->count; i++) {
        int result = import_tld(import, &zone->delegations[i]);
        if (result < 0)
            return result;
    }
    for (size_t i = 0; zone && i < import->before_count; i++) {
        const struct root_delegation key = {.tld = import->before[i].name};
        if (zone->count &&
            bsearch(&key, zone->delegations, zone->count, sizeof key, compare_delegations))
            continue;
        int result = import->dry_run
                         ? 0
                         : failed(import, store_tld_remove(import->store, key.tld), "removed TLD");
        if (result >= 0)
            result = hold(import, key.tld, "");
        if (result >= 0)
            result = note(import, LIST_REMOVED, "tld", key.tld);
        if (result < 0)
            return result;
    }
    return 0;
}

/* --- contacts --- */

/* "registry TLD" or "registrar-ID", as read, to a party that is there, or would be after a dry run.
 */
static int resolve_party(struct import *import, struct contact *contact)
{
    static const char by_tld[] = "registry ";
    struct tld tld = {0};
    struct party party;
    if (strncmp(contact->party, by_tld, sizeof by_tld - 1) != 0) {
        if (store_party_find(import->store, contact->party, &import->arena, &party) >= 0 ||
            json_object_get(import->told, contact->party))
            return 0;
        return error_set(import->call->detail, ERR_NOT_FOUND, "contacts: no party '%s'",
                         contact->party);
    }
    const char *name = contact->party + sizeof by_tld - 1;
    const char *holder = json_text(import->holders, name);
    if (!holder && store_tld_find(import->store, name, &import->arena, &tld) >= 0)
        holder = tld.party;
    if (!holder || !*holder)
        return error_set(import->call->detail, ERR_NOT_FOUND,
                         "contacts: the TLD '%s' has no contracted party", name);
    contact->party = holder;
    return 0;
}

static int put_contact(struct import *import, enum list list, const struct contact *contact)
{
    int result = import->dry_run ? 0
                 : list == LIST_REMOVED
                     ? failed(import, store_contact_remove(import->store, contact), "contact")
                     : failed(import, store_contact_put(import->store, contact), "contact");
    return result < 0 ? result : note_contact(import, list, contact);
}

/* Two sorted lists of one party's contacts side by side: what is there, and what the file says. */
static int merge_contacts(struct import *import, const struct contact *now, size_t now_count)
{
    struct contact *before;
    size_t before_count, old = 0, i = 0;
    int result = failed(
        import,
        store_contact_list(import->store, now[0].party, &import->arena, &before, &before_count),
        "contacts");
    while (result >= 0 && (old < before_count || i < now_count)) {
        int order = old == before_count ? 1
                    : i == now_count    ? -1
                                        : contact_compare(&before[old], &now[i]);
        if (order < 0)
            result = put_contact(import, LIST_REMOVED, &before[old]);
        else if (order > 0)
            result = put_contact(import, LIST_ADDED, &now[i]);
        else if (!same_text(before[old].name, now[i].name))
            result = put_contact(import, LIST_CHANGED, &now[i]);
        old += order <= 0;
        i += order >= 0;
    }
    return result;
}

static int import_contacts(struct import *import)
{
    struct contact *rows = import->files.contacts;
    size_t *count = &import->files.contact_count;
    int result = 0;
    for (size_t i = 0; result >= 0 && i < *count; i++)
        result = resolve_party(import, &rows[i]);
    if (result >= 0)
        result = contacts_settle(rows, count, &import->arena);
    for (size_t i = 0, end; result >= 0 && i < *count; i = end) {
        for (end = i + 1; end < *count && strcmp(rows[end].party, rows[i].party) == 0;)
            end++;
        result = merge_contacts(import, &rows[i], end - i);
    }
    return result;
}

/* --- what would go --- */

static int refuse_removals(struct import *import, const char *what)
{
    const json_t *removed = import->lists[LIST_REMOVED];
    struct buffer names BUFFER_CLEANUP = {0};
    size_t index, count = json_array_size(removed);
    json_t *row;
    buffer_init(&names, ERROR_DETAIL_MAX);
    json_array_foreach(removed, index, row)
    {
        if (index < REMOVALS_NAMED)
            buffer_printf(&names, "%s%s", index ? ", " : "", json_text(row, "id"));
    }
    return error_set(import->call->detail, ERR_REFUSED,
                     "%zu of %zu TLDs would be removed (%s%s)%s: look with --dry-run; if they are "
                     "meant to go, add --confirm-removals %zu",
                     count, import->before_count, buffer_text(&names),
                     count > REMOVALS_NAMED ? ", ..." : "", what, count);
}

/* A whole file may still be a wrong one: of long ago, or of a laboratory. Whoever means it says the
 * number that goes. */
static int check_removals(struct import *import)
{
    const json_t *confirmed = json_object_get(import->call->arguments, "confirm_removals");
    size_t count = json_array_size(import->lists[LIST_REMOVED]);
    if (import->dry_run)
        return 0;
    if (json_is_integer(confirmed))
        return json_integer_value(confirmed) == (json_int_t)count
                   ? 0
                   : refuse_removals(import, ", which is not the number that was confirmed");
    return count > REMOVALS_FREE && count * 100 > import->before_count * REMOVALS_FREE_PERCENT
               ? refuse_removals(import, "")
               : 0;
}

static int run(struct import *import)
{
    struct root_db *db = import->files.db;
    if (db)
        qsort(db->rows, db->count, sizeof *db->rows, compare_rows);
    int result = load_tlds(import);
    if (result >= 0)
        result = import_registrars(import);
    if (result >= 0)
        result = import_zone(import);
    if (result >= 0)
        result = check_removals(import);
    return result < 0 ? result : import_contacts(import);
}

int party_import(struct call *call)
{
    static const char *const names[] = {"added", "removed", "changed"};
    struct import import = {.call = call,
                            .store = call->app->store,
                            .told = json_object(),
                            .holders = json_object(),
                            .dry_run = json_is_true(json_object_get(call->arguments, "dry_run"))};
    for (size_t i = 0; i < 3; i++) {
        import.lists[i] = json_array();
        json_object_set_new(call->result, names[i], import.lists[i]);
    }
    json_object_set_new(call->result, "refused", json_array());
    arena_init(&import.arena, IMPORT_ARENA_MAX);
    int result = import_read(call, &import.arena, &import.files);
    if (result >= 0)
        result = run(&import);
    json_decref(import.told);
    json_decref(import.holders);
    json_decref(import.files.bootstrap);
    arena_done(&import.arena);
    return result;
}
