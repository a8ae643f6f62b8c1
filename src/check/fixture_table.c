/* The named ways to break the healthy world. */
#include "check/fixture.h"

#include <string.h>

static void healthy(struct fixture_world *world)
{
    (void)world;
}

static void two_servers_down(struct fixture_world *world)
{
    world->servers[1] = SERVER_DOWN;
    world->servers[2] = SERVER_DOWN;
}

/* One function that sets one member. */
#define BREAK(function, member, value)                                                             \
    static void function(struct fixture_world *world)                                              \
    {                                                                                              \
        world->member = value;                                                                     \
    }

BREAK(server_down, servers[1], SERVER_DOWN)
BREAK(lame, servers[1], SERVER_LAME)
BREAK(tcp_refused, servers[2], SERVER_NO_TCP)
BREAK(slow, servers[0], SERVER_SLOW)
BREAK(no_edns, servers[0], SERVER_NO_EDNS)
BREAK(malformed, servers[1], SERVER_MALFORMED)
BREAK(serial_mismatch, servers[2], SERVER_OLD_SERIAL)
BREAK(ns_differs, servers[2], SERVER_OTHER_NS)
BREAK(signature_missing, servers[0], SERVER_NO_SIGNATURES)
BREAK(wildcard, wildcard, true)
BREAK(expired_signature, signature_expired, true)
BREAK(early_signature, signature_early, true)
BREAK(bogus, signature_broken, true)
BREAK(no_ds, no_ds, true)
BREAK(bogus_ds, wrong_ds, true)
BREAK(not_delegated, not_delegated, true)
BREAK(one_name, one_name, true)
BREAK(delegation_differs, other_delegation, true)
BREAK(no_glue, no_glue, true)
BREAK(no_ipv4, no_ipv4, true)
BREAK(no_ipv6, no_ipv6, true)
BREAK(rdap_down, rdap_down, true)
BREAK(certificate_expired, certificate, CERTIFICATE_OLD)
BREAK(certificate_early, certificate, CERTIFICATE_NEW)
BREAK(certificate_name, certificate, CERTIFICATE_OF_ANOTHER)
BREAK(certificate_untrusted, certificate, CERTIFICATE_SELF_SIGNED)
BREAK(rdap_bad_status, domain_status, 500)
BREAK(rdap_no_help, help_status, 404)
BREAK(rdap_no_domain, domain_status, 404)
BREAK(rdap_wrong_type, media_type, "text/html")
BREAK(rdap_invalid_json, help_body, "{\"rdapConformance\":[")
BREAK(rdap_no_conformance, help_body, "{\"notices\":[]}")
BREAK(rdap_wrong_object, domain_body,
      "{\"rdapConformance\":[\"rdap_level_0\"],\"objectClassName\":\"entity\","
      "\"ldhName\":\"nic.example\"}")
BREAK(rdap_wrong_name, domain_body,
      "{\"rdapConformance\":[\"rdap_level_0\"],\"objectClassName\":\"domain\","
      "\"ldhName\":\"other.example\"}")

BREAK(name_registered, lookup, true)

/* One name that nobody has, and one whose answer says no more than that. */
static void name_not_registered(struct fixture_world *world)
{
    world->lookup = true;
    world->domain_status = 404;
}

static void name_without_registrar(struct fixture_world *world)
{
    world->lookup = true;
    world->domain_body = "{\"rdapConformance\":[\"rdap_level_0\"],\"objectClassName\":\"domain\","
                         "\"ldhName\":\"NIC.example\"}";
}

/* The DS set of the parent promises keys that the zone does not have. */
static void chain_broken(struct fixture_world *world)
{
    world->not_signed = true;
}

/* An unsigned zone has no DS either: with one it would be bogus, which is another fault. */
static void not_signed(struct fixture_world *world)
{
    world->not_signed = true;
    world->no_ds = true;
}

static const struct fixture table[] = {
    {"bogus", bogus},
    {"bogus-ds", bogus_ds},
    {"certificate-early", certificate_early},
    {"certificate-expired", certificate_expired},
    {"certificate-name", certificate_name},
    {"certificate-untrusted", certificate_untrusted},
    {"chain-broken", chain_broken},
    {"delegation-differs", delegation_differs},
    {"early-signature", early_signature},
    {"expired-signature", expired_signature},
    {"healthy", healthy},
    {"lame", lame},
    {"malformed", malformed},
    {"name-not-registered", name_not_registered},
    {"name-registered", name_registered},
    {"name-without-registrar", name_without_registrar},
    {"no-ds", no_ds},
    {"no-edns", no_edns},
    {"no-glue", no_glue},
    {"no-ipv4", no_ipv4},
    {"no-ipv6", no_ipv6},
    {"not-delegated", not_delegated},
    {"ns-differs", ns_differs},
    {"one-name", one_name},
    {"rdap-bad-status", rdap_bad_status},
    {"rdap-down", rdap_down},
    {"rdap-invalid-json", rdap_invalid_json},
    {"rdap-no-conformance", rdap_no_conformance},
    {"rdap-no-domain", rdap_no_domain},
    {"rdap-no-help", rdap_no_help},
    {"rdap-wrong-name", rdap_wrong_name},
    {"rdap-wrong-object", rdap_wrong_object},
    {"rdap-wrong-type", rdap_wrong_type},
    {"serial-mismatch", serial_mismatch},
    {"server-down", server_down},
    {"signature-missing", signature_missing},
    {"slow", slow},
    {"tcp-refused", tcp_refused},
    {"two-servers-down", two_servers_down},
    {"unsigned", not_signed},
    {"wildcard", wildcard},
};

const struct fixture *fixture_table(size_t *ret_count)
{
    *ret_count = sizeof(table) / sizeof(table[0]);
    return table;
}

const struct fixture *fixture_find(const char *name)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}
