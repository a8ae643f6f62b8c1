#include "proto/iana/root_zone.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 64, LABEL_MAX = 63 };

enum record_kind { RECORD_NS, RECORD_DS, RECORD_ADDRESS, RECORD_NSEC };

/* A record that matters, before it is grouped. */
struct record {
    const char *owner;
    const char *data; /* NS: target; DS, address: RDATA; NSEC: next name */
    enum record_kind kind;
};

struct reader {
    struct arena *arena;
    struct error_detail *detail;
    struct record *records;
    size_t count;
    uint32_t serial;
    int soa_seen; /* how many SOA records */
    bool last_was_soa;
};

/* Cuts the line at blanks, in place; quotes do not occur in the root zone's records that matter. */
static size_t split_fields(char *line, char **fields)
{
    size_t count = 0;
    for (char *at = line; *at && count < FIELDS_MAX;) {
        at += strspn(at, " \t");
        if (!*at || *at == ';')
            break;
        fields[count++] = at;
        at += strcspn(at, " \t");
        if (*at)
            *at++ = '\0';
    }
    return count;
}

/* RFC 1035 2.3.4: labels of 1 to 63 octets, each followed by a dot. */
static bool labels_fit(const char *name)
{
    while (*name) {
        size_t size = strcspn(name, ".");
        if (size < 1 || size > LABEL_MAX || !name[size])
            return false;
        name += size + 1;
    }
    return true;
}

/* Lower-cases and removes the final dot; "." stays. NULL when it is no fully qualified name. */
static char *clean_name(char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size > 254 || name[size - 1] != '.' || (size > 1 && !labels_fit(name)))
        return NULL;
    if (size > 1)
        name[size - 1] = '\0';
    text_lower(name);
    return name;
}

static char *join_fields(struct arena *arena, char **fields, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += strlen(fields[i]) + 1;
    char *joined = arena_alloc(arena, size + 1), *at = joined;
    for (size_t i = 0; joined && i < count; i++) {
        if (i)
            *at++ = ' ';
        memcpy(at, fields[i], strlen(fields[i]));
        at += strlen(fields[i]);
    }
    return joined;
}

static int keep(struct reader *reader, const char *owner, enum record_kind kind, const char *data)
{
    struct record *record =
        arena_push(reader->arena, &reader->records, &reader->count, sizeof *record);
    const char *owner_copy = arena_copy_text(reader->arena, owner);
    const char *data_copy = data ? arena_copy_text(reader->arena, data) : NULL;
    if (!record || !owner_copy || !data_copy)
        return ERR_LIMIT;
    *record = (struct record){owner_copy, data_copy, kind};
    return 0;
}

static int read_record(struct reader *reader, char **fields, size_t count)
{
    char *owner = clean_name(fields[0]);
    int64_t ttl, serial;
    if (!owner)
        return error_set(reader->detail, ERR_SYNTAX, "owner '%s' is no fully qualified name",
                         fields[0]);
    if (count < 5 || text_parse_int(fields[1], 0, UINT32_MAX, &ttl) < 0 ||
        !text_equal_nocase(fields[2], "IN"))
        return error_set(reader->detail, ERR_SYNTAX,
                         "expected `name TTL IN TYPE data` with whole data");
    const char *type = fields[3];
    char **data = fields + 4;
    reader->last_was_soa = strcmp(type, "SOA") == 0;
    if (reader->last_was_soa) {
        if (count != 11 || strcmp(owner, ".") != 0 ||
            text_parse_int(data[2], 0, UINT32_MAX, &serial) < 0)
            return error_set(reader->detail, ERR_SYNTAX, "not the SOA record of a root zone");
        /* RFC 5936 2.2: the last message ends with the SOA record that the first began with. */
        if (reader->soa_seen && reader->serial != serial)
            return error_set(reader->detail, ERR_DAMAGED,
                             "serial %lld after %lld: halves of two zones", (long long)serial,
                             (long long)reader->serial);
        reader->soa_seen++;
        reader->serial = (uint32_t)serial;
        return 0;
    }
    if (strcmp(type, "NS") == 0 || strcmp(type, "NSEC") == 0) {
        char *name = clean_name(data[0]);
        if (!name)
            return error_set(reader->detail, ERR_SYNTAX, "'%s' is no fully qualified name",
                             data[0]);
        return keep(reader, owner, type[2] ? RECORD_NSEC : RECORD_NS, name);
    }
    if (strcmp(type, "DS") == 0) {
        if (count < 8)
            return error_set(reader->detail, ERR_SYNTAX, "DS record is cut off");
        return keep(reader, owner, RECORD_DS, join_fields(reader->arena, data, count - 4));
    }
    if (strcmp(type, "A") == 0 || strcmp(type, "AAAA") == 0) {
        uint8_t address[16];
        if (inet_pton(type[1] ? AF_INET6 : AF_INET, data[0], address) != 1)
            return error_set(reader->detail, ERR_SYNTAX,
                             "'%s' is no address for a record of type %s", data[0], type);
        return keep(reader, owner, RECORD_ADDRESS, data[0]);
    }
    return 0;
}

static int read_lines(struct reader *reader, const char *text, size_t size)
{
    if (size == 0 || text[size - 1] != '\n')
        return error_set(reader->detail, ERR_DAMAGED, "the last line is cut off");
    char *copy = arena_copy_slice(reader->arena, text, size), *next;
    if (!copy)
        return ERR_LIMIT;
    if (strlen(copy) != size)
        return error_set(reader->detail, ERR_SYNTAX,
                         "the file holds a NUL byte: not a master file");
    size_t number = 1;
    for (char *line = copy; line && *line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        char *fields[FIELDS_MAX];
        size_t count = split_fields(line, fields);
        int result = count ? read_record(reader, fields, count) : 0;
        if (result < 0)
            return error_context(reader->detail, result, "line %zu", number);
        if (reader->soa_seen == 0 && count)
            return error_set(reader->detail, ERR_SYNTAX,
                             "line %zu: a root zone begins with its SOA record", number);
    }
    return 0;
}

static int compare_records(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    int order = strcmp(x->owner, y->owner);
    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order ? order : strcmp(x->data, y->data);
}

/* First record of an owner and kind, or where it would stand. */
static size_t find_first(const struct reader *reader, const char *owner, enum record_kind kind)
{
    size_t low = 0, high = reader->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(reader->records[middle].owner, owner);
        if (order == 0)
            order = (int)reader->records[middle].kind - (int)kind;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t count_of(const struct reader *reader, size_t first, const char *owner,
                       enum record_kind kind)
{
    size_t count = 0;
    while (first + count < reader->count && reader->records[first + count].kind == kind &&
           strcmp(reader->records[first + count].owner, owner) == 0)
        count++;
    return count;
}

static const char **copy_data(struct reader *reader, size_t first, size_t count)
{
    const char **list = arena_array(reader->arena, count ? count : 1, sizeof *list);
    for (size_t i = 0; list && i < count; i++)
        list[i] = reader->records[first + i].data;
    return list;
}

static int collect_glue(struct reader *reader, struct root_delegation *delegation)
{
    for (size_t i = 0; i < delegation->ns_count; i++) {
        const char *name = delegation->ns[i];
        size_t first = find_first(reader, name, RECORD_ADDRESS);
        size_t count = count_of(reader, first, name, RECORD_ADDRESS);
        for (size_t n = 0; n < count; n++) {
            const char **slot =
                arena_push(reader->arena, &delegation->glue, &delegation->glue_count, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = arena_printf(reader->arena, "%s %s", name, reader->records[first + n].data);
            if (!*slot)
                return ERR_LIMIT;
        }
    }
    return 0;
}

static int collect(struct reader *reader, struct root_zone *zone)
{
    for (size_t i = 0; i < reader->count; i++) {
        const char *owner = reader->records[i].owner;
        bool is_tld = reader->records[i].kind == RECORD_NS && strcmp(owner, ".") != 0 &&
                      !strchr(owner, '.') && strlen(owner) <= LABEL_MAX;
        if (!is_tld || (i && reader->records[i - 1].kind == RECORD_NS &&
                        strcmp(reader->records[i - 1].owner, owner) == 0))
            continue;
        if (zone->count == ROOT_ZONE_TLDS_MAX)
            return error_set(reader->detail, ERR_LIMIT, "more than %d TLDs", ROOT_ZONE_TLDS_MAX);
        struct root_delegation *d =
            arena_push(reader->arena, &zone->delegations, &zone->count, sizeof *d);
        if (!d)
            return ERR_LIMIT;
        size_t ds = find_first(reader, owner, RECORD_DS);
        d->tld = owner;
        d->ns_count = count_of(reader, i, owner, RECORD_NS);
        d->ns = copy_data(reader, i, d->ns_count);
        d->ds_count = count_of(reader, ds, owner, RECORD_DS);
        d->ds = copy_data(reader, ds, d->ds_count);
        if (!d->ns || !d->ds || collect_glue(reader, d) < 0)
            return ERR_LIMIT;
    }
    return 0;
}

/* Follows the NSEC chain from the root; returns the number of delegations that it visits, or a
 * failure when it does not come back. */
static int walk_nsec(const struct reader *reader, size_t *ret_visited)
{
    const char *at = ".";
    size_t visited = 0;
    for (size_t steps = 0; steps <= reader->count; steps++) {
        size_t first = find_first(reader, at, RECORD_NSEC);
        if (count_of(reader, first, at, RECORD_NSEC) != 1)
            return ERR_DAMAGED;
        size_t ns = find_first(reader, at, RECORD_NS);
        visited += strcmp(at, ".") != 0 && count_of(reader, ns, at, RECORD_NS) > 0;
        at = reader->records[first].data; /* NOLINT(clang-analyzer-core.NullDereference): counted */
        if (strcmp(at, ".") == 0) {
            *ret_visited = visited;
            return 0;
        }
    }
    return ERR_DAMAGED;
}

static int prove_whole(const struct reader *reader, const struct root_zone *zone)
{
    if (reader->soa_seen == 2 && reader->last_was_soa)
        return 0;
    size_t visited = 0;
    if (walk_nsec(reader, &visited) < 0)
        return error_set(reader->detail, ERR_DAMAGED,
                         "the file does not prove that it is whole: neither a closing SOA record "
                         "nor an NSEC chain that comes back to the root; fetch it again");
    if (visited != zone->count)
        return error_set(reader->detail, ERR_DAMAGED,
                         "the NSEC chain visits %zu delegations but the file holds %zu", visited,
                         zone->count);
    return 0;
}

int root_zone_parse(const char *text, size_t size, struct arena *arena, struct root_zone *ret_zone,
                    struct error_detail *detail)
{
    struct reader reader = {.arena = arena, .detail = detail};
    struct root_zone zone = {0};
    if (size > ROOT_ZONE_MAX)
        return error_set(detail, ERR_LIMIT, "larger than %d bytes", ROOT_ZONE_MAX);
    int result = read_lines(&reader, text, size);
    if (result < 0)
        return result;
    if (reader.count)
        qsort(reader.records, reader.count, sizeof *reader.records, compare_records);
    result = collect(&reader, &zone);
    if (result >= 0)
        result = prove_whole(&reader, &zone);
    if (result < 0)
        return result;
    zone.serial = reader.serial;
    *ret_zone = zone;
    return 0;
}
