#include "measure/plan.h"

#include "base/digest.h"
#include "proto/dns/name.h"
#include "proto/dns/rdata.h"

#include <string.h>

static void put_default(uint32_t *value, uint32_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

struct survey_limits plan_limits(const struct survey_limits *given)
{
    struct survey_limits limits = *given;
    const struct politeness_limits polite = politeness_defaults();
    put_default(&limits.udp_timeout_ms, 1000);
    put_default(&limits.udp_tries, 3);
    put_default(&limits.tcp_timeout_ms, 3500);
    put_default(&limits.https_connect_ms, 5000);
    put_default(&limits.https_total_ms, 10000);
    put_default(&limits.survey_ms, 20000);
    put_default(&limits.burst, polite.burst);
    put_default(&limits.per_second, polite.per_second);
    put_default(&limits.in_flight, polite.in_flight);
    return limits;
}

/* A label of 24 random letters: nobody has registered it, and a wildcard cannot have known it. */
static const char *make_absent_name(struct arena *arena, const char *target)
{
    uint8_t random[12];
    char text[2 * sizeof random + 1];
    random_bytes(random, sizeof random);
    hex_format(random, sizeof random, text);
    for (char *at = text; *at; at++)
        *at = (char)('a' + (*at >= 'a' ? *at - 'a' + 10 : *at - '0'));
    const char *dot = strcmp(target, ".") == 0 ? "" : ".";
    return arena_printf(arena, "%s%s%s", text, dot, dot[0] ? target : "");
}

/* "ADDR#PORT ADDR#PORT"; blank lines and lines that start with '#' say nothing. */
static int take_map_line(struct arena *arena, const char *line, size_t size, size_t *count,
                         struct net_map_entry **entries)
{
    char text[2 * NET_ADDRESS_TEXT];
    while (size && strchr(" \t\r", line[size - 1]))
        size--;
    if (size == 0 || line[0] == '#')
        return 0;
    if (size >= sizeof text || *count >= NET_MAP_LINES_MAX)
        return ERR_LIMIT;
    memcpy(text, line, size);
    text[size] = '\0';
    char *second = text + strcspn(text, " \t");
    if (!*second)
        return ERR_SYNTAX;
    *second++ = '\0';
    second += strspn(second, " \t");
    struct net_address from, to;
    if (net_address_parse(text, DNS_PORT, &from) < 0 ||
        net_address_parse(second, DNS_PORT, &to) < 0)
        return ERR_SYNTAX;
    struct net_map_entry *entry = arena_push(arena, entries, count, sizeof *entry);
    if (!entry)
        return ERR_NO_MEMORY;
    *entry = (struct net_map_entry){round_endpoint(&from), round_endpoint(&to)};
    return 0;
}

int plan_read_map(const char *text, struct arena *arena, struct net_map *ret_map,
                  struct error_detail *detail)
{
    struct net_map_entry *entries = NULL;
    size_t count = 0;
    const char *at = text;
    for (unsigned line = 1; at && *at; line++) {
        size_t size = strcspn(at, "\n");
        int result = take_map_line(arena, at, size, &count, &entries);
        if (result < 0)
            return error_set(detail, result, "net map: line %u: %s", line, error_text(result));
        at += size + (at[size] == '\n');
    }
    *ret_map = (struct net_map){entries, count};
    return 0;
}

static int check_given(const struct survey_plan *plan, struct error_detail *detail)
{
    char name[DNS_NAME_TEXT];
    struct net_address address;
    if (plan->given_count > SURVEY_GIVEN_MAX)
        return error_set(detail, ERR_LIMIT, "more than %d name servers given", SURVEY_GIVEN_MAX);
    for (size_t i = 0; i < plan->given_count; i++) {
        const struct survey_server *given = &plan->given[i];
        if (dns_name_normalise(given->name, name) < 0)
            return error_set(detail, ERR_SYNTAX, "name server '%s': not a domain name",
                             given->name);
        if (given->address && net_address_parse(given->address, DNS_PORT, &address) < 0)
            return error_set(detail, ERR_SYNTAX, "name server '%s': '%s' is not an address",
                             given->name, given->address);
    }
    return 0;
}

static int check_url(const char *url, struct error_detail *detail)
{
    struct https_target target;
    if (!url || https_parse_url(url, &target) >= 0)
        return 0;
    return error_set(detail, ERR_SYNTAX, "'%s' is not an https URL", url);
}

/* A laboratory stands in for the Internet at addresses of its own. */
static bool is_laboratory(const struct round *round)
{
    const struct survey_plan *plan = round->plan;
    struct net_address address;
    if (round->map.count)
        return true;
    for (size_t i = 0; i < round->hints.count; i++) {
        if (!round_may_ask(round, &round->hints.items[i].address))
            return true;
    }
    for (size_t i = 0; i < plan->given_count; i++) {
        const char *given = plan->given[i].address;
        if (given && net_address_parse(given, DNS_PORT, &address) >= 0 &&
            !round_may_ask(round, &address))
            return true;
    }
    return false;
}

int plan_apply(struct round *round, struct error_detail *detail)
{
    const struct survey_plan *plan = round->plan;
    char name[DNS_NAME_TEXT];
    if (dns_name_normalise(plan->target, name) < 0)
        return error_set(detail, ERR_SYNTAX, "target '%s': not a domain name", plan->target);
    round->limits = plan_limits(&plan->limits);
    round->target = arena_copy_text(round->arena, name);
    round->absent = round->target ? make_absent_name(round->arena, round->target) : NULL;
    if (!round->absent)
        return ERR_NO_MEMORY;
    int result = check_given(plan, detail);
    if (result >= 0)
        result = check_url(plan->rdap_url, detail);
    if (result >= 0)
        result = check_url(plan->reference_url, detail);
    if (result >= 0)
        result = plan_read_map(round->plan->net_map, round->arena, &round->map, detail);
    if (result >= 0)
        result = hints_parse(&plan->hints, round->arena, &round->hints);
    if (result >= 0)
        round->laboratory = is_laboratory(round);
    return result;
}
