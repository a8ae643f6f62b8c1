/* Reading the files of an import; nothing is written here. */
#include "app/monitor/party_import.h"

#include "app/monitor/contact_import.h"
#include "base/digest.h"
#include "base/text.h"
#include "proto/csv/csv.h"

#include <string.h>

enum { SLUG_MAX = 48, CONTACTS_MAX = 200000, BOOTSTRAP_TLDS_MAX = 100000 };

/* Names differ in more than ASCII letters: what has none gets its digest. */
const char *import_registry_id(struct arena *arena, const char *manager)
{
    char slug[SLUG_MAX + 1];
    size_t used = 0;
    for (const char *at = manager; *at && used < SLUG_MAX; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            slug[used++] = c;
        else if (used && slug[used - 1] != '-')
            slug[used++] = '-';
    }
    while (used && slug[used - 1] == '-')
        used--;
    slug[used] = '\0';
    if (used >= 2 && strlen(manager) <= SLUG_MAX)
        return arena_printf(arena, "registry-%s", slug);
    struct digest digest = digest_of(manager, strlen(manager));
    char hex[DIGEST_HEX];
    return arena_printf(arena, "registry-%.*s%s%.8s", 24, slug, used ? "-" : "",
                        digest_format(&digest, hex));
}

/* RFC 9224 4: services is a list of [[TLDs], [URLs]]; the first https URL is taken. */
static int read_bootstrap(const json_t *given, json_t **ret_map, struct error_detail *detail)
{
    json_t *document JSON_CLEANUP = NULL;
    int result = json_parse(json_string_value(given), json_string_length(given), &document, detail);
    if (result < 0)
        return result;
    const json_t *services = json_object_get(document, "services");
    if (!json_is_array(services))
        return error_set(detail, ERR_SYNTAX, "no array 'services': not an RDAP bootstrap registry");
    json_t *map = json_object();
    size_t index, inner;
    json_t *service, *name, *url;
    json_array_foreach(services, index, service)
    {
        const char *chosen = NULL;
        json_array_foreach(json_array_get(service, 1), inner, url)
        {
            const char *value = json_string_value(url);
            if (!chosen && value && text_starts_with(value, "https://"))
                chosen = value;
        }
        json_array_foreach(json_array_get(service, 0), inner, name)
        {
            if (chosen && json_string_value(name) && json_object_size(map) < BOOTSTRAP_TLDS_MAX)
                json_object_set_new(map, json_string_value(name), json_string(chosen));
        }
    }
    *ret_map = map;
    return 0;
}

/* Kind,ID,Name,Role,E-mail: ID is a TLD for registries, an IANA Registrar ID for registrars. The
 * party is resolved later, so `party` holds "registry TLD" or "registrar-ID" here. */
static int read_contacts(const json_t *given, struct arena *arena, struct import_files *files,
                         struct error_detail *detail)
{
    static const char *const header[] = {"Kind", "ID", "Name", "Role", "E-mail"};
    struct csv csv;
    char *fields[5];
    int result = csv_open(&csv, json_string_value(given), json_string_length(given), arena, detail);
    if (result >= 0)
        result = csv_expect_header(&csv, header, 5, detail);
    while (result >= 0 && (result = csv_next(&csv, fields, 5, detail)) > 0) {
        enum party_kind kind;
        if (party_kind_parse(fields[0], &kind) < 0)
            return error_set(detail, ERR_SYNTAX,
                             "line %zu: kind '%s' is neither registry nor registrar", csv.line,
                             fields[0]);
        if (files->contact_count == CONTACTS_MAX)
            return error_set(detail, ERR_LIMIT, "more than %d contacts", CONTACTS_MAX);
        struct contact *contact =
            arena_push(arena, &files->contacts, &files->contact_count, sizeof *contact);
        const char *party =
            arena_printf(arena, kind == PARTY_REGISTRY ? "registry %s" : "registrar-%s", fields[1]);
        if (!contact || !party)
            return ERR_LIMIT;
        *contact = (struct contact){party, fields[3], fields[2], fields[4]};
        result = contact_check(contact, detail);
        if (result < 0)
            return error_context(detail, result, "line %zu", csv.line);
    }
    return result;
}

/* Parses one file when its argument is there; names the file in what went wrong. */
#define READ(argument, object, parse)                                                              \
    do {                                                                                           \
        const json_t *given = json_object_get(call->arguments, argument);                          \
        if (json_is_string(given)) {                                                               \
            files.object = arena_alloc(arena, sizeof *files.object);                               \
            if (!files.object)                                                                     \
                return ERR_NO_MEMORY;                                                              \
            int result = parse(json_string_value(given), json_string_length(given), arena,         \
                               files.object, call->detail);                                        \
            if (result < 0)                                                                        \
                return error_context(call->detail, result, "%s", argument);                        \
        }                                                                                          \
    } while (0)

int import_read(struct call *call, struct arena *arena, struct import_files *ret_files)
{
    struct import_files files = {0};
    READ("root_zone", zone, root_zone_parse);
    READ("root_db", db, root_db_parse);
    READ("registrars", registrars, registrars_parse);
    const json_t *contacts = json_object_get(call->arguments, "contacts");
    int result =
        json_is_string(contacts) ? read_contacts(contacts, arena, &files, call->detail) : 0;
    if (result < 0)
        return error_context(call->detail, result, "contacts");
    const json_t *bootstrap = json_object_get(call->arguments, "rdap_bootstrap");
    result =
        json_is_string(bootstrap) ? read_bootstrap(bootstrap, &files.bootstrap, call->detail) : 0;
    if (result < 0)
        return error_context(call->detail, result, "rdap_bootstrap");
    *ret_files = files;
    return 0;
}
