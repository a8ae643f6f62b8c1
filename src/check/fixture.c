#include "check/fixture.h"

#include "base/civil.h"
#include "base/digest.h"
#include "check/fixture_message.h"
#include "proto/dns/query.h"
#include "proto/dns/rdata.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MILLISECOND_US INT64_C(1000)
#define DAY_SECONDS 86400
#define AGAIN_US INT64_C(6000000) /* when a server that is behind is asked again */

enum { SERIAL = 2026060100, ROOT_SERIAL = 2026053101 };

static const enum address_family families[FIXTURE_FAMILIES] = {ADDRESS_IPV4, ADDRESS_IPV6};
static const char *const server_names[FIXTURE_SERVERS] = {"ns1.example", "ns2.example",
                                                          "ns3.example"};
static const char root_server[] = "a.root";
static const char absent[] = "no-such-name-x7f3.example";
static const char rdap_host[] = "rdap.nic.example";

static const char healthy_help[] = "{\"rdapConformance\":[\"rdap_level_0\"],\"notices\":[]}";
static const char healthy_domain[] = "{\"rdapConformance\":[\"rdap_level_0\"],"
                                     "\"objectClassName\":\"domain\",\"ldhName\":\"nic.example\"}";

static const char healthy_name[] =
    "{\"rdapConformance\":[\"rdap_level_0\"],\"objectClassName\":\"domain\","
    "\"ldhName\":\"nic.example\",\"status\":[\"active\",\"Client Hold\",\"of our own\"],"
    "\"entities\":[{\"objectClassName\":\"entity\",\"roles\":[\"registrar\"],\"publicIds\":"
    "[{\"type\":\"IANA Registrar ID\",\"identifier\":\"9995\"}],\"entities\":[{\"objectClassName\":"
    "\"entity\",\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],"
    "[\"tel\",{},\"uri\",\"tel:+1.5555550100\"]]]}]}]}";

/* A certificate for rdap.nic.example, made once with OpenSSL; its two dates are written over. */
static const char certificate_base64[] =
    "MIIBmjCCAUCgAwIBAgIUMbE0X1dtTJdsjs1sPzAgzAzd9AkwCgYIKoZIzj0EAwIwFzEVMBMGA1UEAwwMcmRhcC5l"
    "eGFtcGxlMB4XDTI2MTEyNDExMjAyOVoXDTI2MTIyNDExMjAyOVowFzEVMBMGA1UEAwwMcmRhcC5leGFtcGxlMFkw"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFQ+yBJ9PgvbMKhBdEvPsrm/BaKccEORYyC1q0aOIUJ3SUA5iFOARnruY"
    "AZKiC45MzgDZBXj0En1uqWROFfp336NqMGgwHQYDVR0OBBYEFKxEJ2A+ITSJX4a3zvU7Hhe0YATPMB8GA1UdIwQY"
    "MBaAFKxEJ2A+ITSJX4a3zvU7Hhe0YATPMBsGA1UdEQQUMBKCEHJkYXAubmljLmV4YW1wbGUwCQYDVR0TBAIwADAK"
    "BggqhkjOPQQDAgNIADBFAiEAt+rnbhzU4ivwbnpDDhRoRAAZ39R7QvDzgsdloXuhfRsCID9MgpHKoGtinewTy27r"
    "+R+F3eQ8HAww5C0R5oWyYOJL";

enum { CERTIFICATE_SIZE = 414, UTC_TIME_SIZE = 13 };

/* What is being built. */
struct building {
    const struct fixture_world *world;
    struct arena *arena;
    struct measurement *measurement;
    struct fixture_key root, zone, other;
    int64_t now; /* the true time */
};

static struct net_address address_of(enum address_family family, uint8_t net, uint8_t host,
                                     uint16_t port)
{
    struct net_address address = {.family = family, .port = port};
    static const uint8_t ipv6[] = {0x20, 0x01, 0x0d, 0xb8};
    if (family == ADDRESS_IPV4) {
        address.bytes[0] = 192;
        address.bytes[2] = net;
        address.bytes[3] = host;
    } else {
        memcpy(address.bytes, ipv6, sizeof(ipv6));
        address.bytes[14] = net;
        address.bytes[15] = host;
    }
    return address;
}

static struct exchange *add_exchange(struct building *building, const struct exchange *given)
{
    struct measurement *measurement = building->measurement;
    struct exchange *exchange = arena_push(building->arena, &measurement->exchanges,
                                           &measurement->exchange_count, sizeof(*exchange));
    assert(exchange != NULL);
    *exchange = *given;
    exchange->id = (uint32_t)measurement->exchange_count;
    exchange->tries = 1;
    exchange->started_us = MILLISECOND_US;
    exchange->elapsed_us = 20 * MILLISECOND_US;
    return exchange;
}

/* Does our own path to that address work? Marks the exchange when it does not. */
static bool path_works(const struct building *building, struct exchange *exchange)
{
    bool ipv6 = exchange->address.family == ADDRESS_IPV6;
    switch (building->world->paths[ipv6][exchange->kind]) {
    case PATH_WORKS:
        return true;
    case PATH_DROPS:
        exchange->outcome = OUTCOME_TIMED_OUT;
        break;
    case PATH_UNREACHABLE:
        exchange->outcome = OUTCOME_UNREACHABLE;
        break;
    case PATH_OWN_FAILURE:
        exchange->outcome = OUTCOME_OWN_FAILURE;
        break;
    }
    return false;
}

/* Adds a DNS exchange; the answer is filled in by the caller when the path works. */
static struct exchange *ask(struct building *building, const struct exchange *given,
                            const char *name, uint16_t type)
{
    struct dns_query query;
    struct exchange *exchange = add_exchange(building, given);
    struct dns_question question = {.name = name,
                                    .type = type,
                                    .id = (uint16_t)exchange->id,
                                    .edns_size = 1232,
                                    .dnssec_ok = true};
    dns_query_build(&question, &query);
    exchange->sent.data = arena_copy(building->arena, query.data, query.size);
    exchange->sent.size = query.size;
    return exchange;
}

static void answer(struct building *building, struct exchange *exchange,
                   const struct fixture_message *message)
{
    exchange->outcome = OUTCOME_ANSWERED;
    exchange->received = fixture_encode(message, &exchange->sent, building->arena);
}

/* --- the root --- */

static void sign_root(const struct building *building, struct fixture_message *message,
                      const char *name, uint16_t type)
{
    fixture_sign(message, DNS_ANSWER, name, type, &building->root, /* broken= */ false);
}

/* The root's answer about DS, with the fault of that address. */
static void fill_signer(const struct building *building, enum root_fault fault,
                        struct fixture_message *message)
{
    struct fixture_key root = building->root;
    bool other = building->world->wrong_ds || fault == ROOT_STALE;
    if (fault == ROOT_EMPTY)
        return;
    fixture_put_ds(message, DNS_ANSWER, other ? &building->other : &building->zone);
    if (fault == ROOT_STALE)
        root.expiration -= 2 * DAY_SECONDS;
    if (fault != ROOT_UNSIGNED)
        fixture_sign(message, DNS_ANSWER, FIXTURE_TARGET, DNS_DS, &root, fault == ROOT_DAMAGED);
}

static void fill_referral(const struct building *building, struct fixture_message *message)
{
    const struct fixture_world *world = building->world;
    size_t count = world->one_name ? 1 : FIXTURE_SERVERS;
    message->authoritative = false;
    for (size_t i = 0; i < count; i++) {
        const char *name = world->other_delegation && i == 0 ? "ns9.elsewhere" : server_names[i];
        fixture_put_name(message, DNS_AUTHORITY, FIXTURE_TARGET, DNS_NS, name);
        for (size_t f = 0; f < FIXTURE_FAMILIES; f++) {
            struct net_address address = address_of(families[f], 2, (uint8_t)(i + 1), DNS_PORT);
            if (!(world->no_glue && i == 0))
                fixture_put_address(message, DNS_ADDITIONAL, name, &address);
        }
    }
}

static void fill_root(const struct building *building, const char *name, uint16_t type,
                      enum root_fault fault, struct fixture_message *message)
{
    const struct fixture_world *world = building->world;
    bool about_target = strcmp(name, FIXTURE_TARGET) == 0;
    *message = (struct fixture_message){.authoritative = true, .edns = true};
    if (about_target && world->not_delegated) {
        message->rcode = DNS_NXDOMAIN;
        fixture_put_soa(message, DNS_AUTHORITY, ".", ROOT_SERIAL);
    } else if (about_target && type == DNS_NS) {
        fill_referral(building, message);
    } else if (about_target && type == DNS_DS && !world->no_ds) {
        fill_signer(building, fault, message);
    } else if (type == DNS_DNSKEY) {
        fixture_put(message, DNS_ANSWER, ".", DNS_DNSKEY, building->root.dnskey,
                    sizeof(building->root.dnskey));
        sign_root(building, message, ".", DNS_DNSKEY);
    } else if (type == DNS_SOA) {
        fixture_put_soa(message, DNS_ANSWER, ".", ROOT_SERIAL);
        sign_root(building, message, ".", DNS_SOA);
    }
}

static void ask_root(struct building *building, enum exchange_purpose purpose,
                     enum exchange_kind kind, const char *name, uint16_t type)
{
    for (size_t f = 0; f < FIXTURE_FAMILIES; f++) {
        struct fixture_message message;
        struct exchange given = {.kind = kind,
                                 .purpose = purpose,
                                 .server = root_server,
                                 .address = address_of(families[f], 1, 1, DNS_PORT)};
        struct exchange *exchange = ask(building, &given, name, type);
        if (!path_works(building, exchange))
            continue;
        fill_root(building, name, type, building->world->root_faults[f], &message);
        answer(building, exchange, &message);
    }
}

/* --- the zone's own servers --- */

static void fill_servers(const struct building *building, enum server_mode mode,
                         struct fixture_message *message)
{
    size_t count = building->world->one_name ? 1 : FIXTURE_SERVERS;
    for (size_t i = 0; i < count; i++)
        fixture_put_name(message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, server_names[i]);
    if (mode == SERVER_OTHER_NS)
        fixture_put_name(message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, "ns4.example");
}

static void fill_absent(const struct building *building, struct fixture_message *message)
{
    struct net_address made_up = address_of(ADDRESS_IPV4, 2, 200, DNS_PORT);
    if (building->world->wildcard) {
        fixture_put_address(message, DNS_ANSWER, absent, &made_up);
        return;
    }
    message->rcode = DNS_NXDOMAIN;
    fixture_put_soa(message, DNS_AUTHORITY, FIXTURE_TARGET, SERIAL);
}

static void fill_zone(const struct building *building, enum server_mode mode, uint16_t type,
                      struct fixture_message *message)
{
    const struct fixture_world *world = building->world;
    *message = (struct fixture_message){.authoritative = true, .edns = mode != SERVER_NO_EDNS};
    if (mode == SERVER_LAME) {
        message->authoritative = false;
        message->rcode = DNS_REFUSED;
        return;
    }
    if (type == DNS_A) {
        fill_absent(building, message);
        return;
    }
    if (type == DNS_SOA)
        fixture_put_soa(message, DNS_ANSWER, FIXTURE_TARGET,
                        SERIAL - (mode == SERVER_OLD_SERIAL ? 1 : 0));
    else if (type == DNS_NS)
        fill_servers(building, mode, message);
    else if (!world->not_signed)
        fixture_put(message, DNS_ANSWER, FIXTURE_TARGET, DNS_DNSKEY, building->zone.dnskey,
                    sizeof(building->zone.dnskey));
    if (!world->not_signed && mode != SERVER_NO_SIGNATURES)
        fixture_sign(message, DNS_ANSWER, FIXTURE_TARGET, type, &building->zone,
                     world->signature_broken && type != DNS_DNSKEY);
}

/* Does the server itself answer over that kind? */
static bool server_answers(enum server_mode mode, struct exchange *exchange)
{
    if (mode != SERVER_DOWN && !(mode == SERVER_NO_TCP && exchange->kind == EXCHANGE_DNS_TCP))
        return true;
    exchange->outcome = OUTCOME_REFUSED;
    return false;
}

static void ask_server(struct building *building, size_t server, const struct exchange *given,
                       const char *name, uint16_t type)
{
    static const uint8_t torn[] = {0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0, 7};
    struct fixture_message message;
    enum server_mode mode = building->world->servers[server];
    struct exchange *exchange = ask(building, given, name, type);
    if (!path_works(building, exchange) || !server_answers(mode, exchange))
        return;
    if (mode == SERVER_SLOW)
        exchange->elapsed_us = 2000 * MILLISECOND_US;
    if (mode == SERVER_MALFORMED) {
        exchange->outcome = OUTCOME_ANSWERED;
        exchange->received = (struct bytes){.data = torn, .size = sizeof(torn)};
        return;
    }
    fill_zone(building, mode, type, &message);
    answer(building, exchange, &message);
}

static void ask_address(struct building *building, size_t server, enum address_family family)
{
    static const uint16_t types[] = {DNS_SOA, DNS_NS, DNS_DNSKEY};
    static const enum exchange_kind kinds[] = {EXCHANGE_DNS_UDP, EXCHANGE_DNS_TCP};
    struct measurement *measurement = building->measurement;
    struct exchange given = {.server = server_names[server],
                             .address = address_of(family, 2, (uint8_t)(server + 1), DNS_PORT)};
    struct measured_server *slot = arena_push(building->arena, &measurement->servers,
                                              &measurement->server_count, sizeof(*slot));
    *slot =
        (struct measured_server){.name = given.server, .address = given.address, .from_glue = true};
    for (size_t k = 0; k < 2; k++) {
        given.kind = kinds[k];
        given.purpose = PURPOSE_APEX;
        for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
            ask_server(building, server, &given, FIXTURE_TARGET, types[t]);
        given.purpose = PURPOSE_NXNAME;
        ask_server(building, server, &given, absent, DNS_A);
    }
    if (building->world->servers[server] != SERVER_OLD_SERIAL)
        return;
    /* A server that is behind is asked once more. */
    given.kind = EXCHANGE_DNS_UDP;
    given.purpose = PURPOSE_APEX;
    ask_server(building, server, &given, FIXTURE_TARGET, DNS_SOA);
    measurement->exchanges[measurement->exchange_count - 1].started_us = AGAIN_US;
}

static void ask_zone(struct building *building)
{
    const struct fixture_world *world = building->world;
    size_t count = world->one_name ? 1 : FIXTURE_SERVERS;
    for (size_t i = 0; i < count && !world->not_delegated; i++) {
        for (size_t f = 0; f < FIXTURE_FAMILIES; f++) {
            if (families[f] == ADDRESS_IPV4 ? world->no_ipv4 : world->no_ipv6)
                continue;
            ask_address(building, i, families[f]);
        }
    }
}

/* --- the web --- */

static void write_utc_time(uint8_t *at, int64_t instant)
{
    struct civil civil = civil_from_instant(instant);
    char text[40];
    snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02dZ", civil.year % 100, civil.month,
             civil.day, civil.hour, civil.minute, civil.second);
    memcpy(at, text, UTC_TIME_SIZE);
}

/* The UTCTime values stand behind their two tag and length bytes. */
static void present_certificate(struct building *building, struct exchange *exchange)
{
    static const uint8_t utc_time[] = {0x17, UTC_TIME_SIZE};
    uint8_t *der = arena_alloc(building->arena, CERTIFICATE_SIZE);
    enum certificate_mode mode = building->world->certificate;
    int64_t day = CIVIL_DAY_US, now = building->now;
    size_t size = 0;
    base64_parse(certificate_base64, der, CERTIFICATE_SIZE, &size);
    assert(size == CERTIFICATE_SIZE);
    uint8_t *from = memmem(der, CERTIFICATE_SIZE, utc_time, sizeof(utc_time));
    write_utc_time(from + 2, mode == CERTIFICATE_NEW ? now + day : now - 90 * day);
    write_utc_time(from + 4 + UTC_TIME_SIZE, mode == CERTIFICATE_OLD ? now - day : now + 90 * day);
    exchange->chain = arena_alloc(building->arena, sizeof(*exchange->chain));
    exchange->chain[0] = (struct bytes){.data = der, .size = CERTIFICATE_SIZE};
    exchange->chain_count = 1;
    exchange->tls_version = "TLSv1.3";
}

static void respond(struct building *building, struct exchange *exchange, int status,
                    const char *type, const char *body)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_instant(building->now);
    char *text = arena_printf(building->arena,
                              "HTTP/1.1 %d X\r\nDate: Mon, %02d %s %04d %02d:%02d:%02d GMT\r\n"
                              "Content-Type: %s\r\n\r\n%s",
                              status, civil.day, months[civil.month - 1], civil.year, civil.hour,
                              civil.minute, civil.second, type, body);
    exchange->outcome = OUTCOME_ANSWERED;
    exchange->received = (struct bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

/* OpenSSL's number for what is wrong with the certificate, 0 for nothing. */
static int32_t verification(enum certificate_mode mode)
{
    static const int32_t errors[] = {[CERTIFICATE_NORMAL] = 0,
                                     [CERTIFICATE_OLD] = 10,
                                     [CERTIFICATE_NEW] = 9,
                                     [CERTIFICATE_OF_ANOTHER] = 62,
                                     [CERTIFICATE_SELF_SIGNED] = 18};
    return errors[mode];
}

static void fetch_rdap(struct building *building, const struct exchange *given, int status,
                       const char *body)
{
    const struct fixture_world *world = building->world;
    struct exchange *exchange = add_exchange(building, given);
    if (!path_works(building, exchange))
        return;
    if (world->rdap_down) {
        exchange->outcome = OUTCOME_REFUSED;
        return;
    }
    present_certificate(building, exchange);
    exchange->tls_verify = verification(world->certificate);
    if (exchange->tls_verify != 0) {
        exchange->outcome = OUTCOME_TLS_FAILED;
        return;
    }
    respond(building, exchange, status != 0 ? status : 200,
            world->media_type != NULL ? world->media_type : "application/rdap+json", body);
}

static void ask_rdap(struct building *building, enum address_family family)
{
    const struct fixture_world *world = building->world;
    bool other = world->certificate == CERTIFICATE_OF_ANOTHER;
    struct exchange given = {.kind = EXCHANGE_HTTPS,
                             .server = other ? "rdap.other.example" : rdap_host,
                             .address = address_of(family, 3, 1, 443)};
    given.purpose = PURPOSE_RDAP_HELP;
    given.url = "https://rdap.nic.example/help";
    fetch_rdap(building, &given, world->help_status,
               world->help_body != NULL ? world->help_body : healthy_help);
    given.purpose = PURPOSE_RDAP_DOMAIN;
    given.url = "https://rdap.nic.example/domain/nic.example";
    fetch_rdap(building, &given, world->domain_status,
               world->domain_body != NULL ? world->domain_body
               : world->lookup            ? healthy_name
                                          : healthy_domain);
}

static void ask_web_reference(struct building *building, enum address_family family)
{
    struct exchange given = {.kind = EXCHANGE_HTTPS,
                             .purpose = PURPOSE_REFERENCE,
                             .server = "www.reference.test",
                             .url = "https://www.reference.test/",
                             .address = address_of(family, 4, 1, 443)};
    struct exchange *exchange = add_exchange(building, &given);
    if (path_works(building, exchange))
        respond(building, exchange, /* status= */ 200, "text/html", "well");
}

static void ask_references(struct building *building)
{
    static const enum exchange_kind kinds[] = {EXCHANGE_DNS_UDP, EXCHANGE_DNS_TCP};
    for (size_t k = 0; k < 2; k++)
        ask_root(building, PURPOSE_REFERENCE, kinds[k], ".", DNS_SOA);
    for (size_t f = 0; f < FIXTURE_FAMILIES; f++)
        ask_web_reference(building, families[f]);
}

static const char *anchor_text(const struct building *building)
{
    char key[BASE64_ROOM(SIGN_PUBLIC_SIZE)];
    base64_format(building->root.key.public, SIGN_PUBLIC_SIZE, key, sizeof(key));
    return arena_printf(building->arena, ". IN DNSKEY 257 3 15 %s\n", key);
}

static void make_keys(struct building *building)
{
    fixture_key_make(".", 1, building->now, &building->root);
    fixture_key_make(FIXTURE_TARGET, 2, building->now, &building->zone);
    fixture_key_make(FIXTURE_TARGET, 3, building->now, &building->other);
    if (building->world->signature_expired) {
        building->zone.inception -= 30 * DAY_SECONDS;
        building->zone.expiration -= 2 * DAY_SECONDS;
    }
    if (building->world->signature_early) {
        building->zone.inception += 2 * DAY_SECONDS;
        building->zone.expiration += 30 * DAY_SECONDS;
    }
}

static void ask_delegation(struct building *building)
{
    ask_root(building, PURPOSE_PARENT, EXCHANGE_DNS_UDP, FIXTURE_TARGET, DNS_NS);
    ask_root(building, PURPOSE_PARENT, EXCHANGE_DNS_UDP, FIXTURE_TARGET, DNS_DS);
    ask_root(building, PURPOSE_PARENT, EXCHANGE_DNS_UDP, ".", DNS_DNSKEY);
    ask_zone(building);
}

void fixture_build(const struct fixture_world *world, struct arena *arena,
                   struct measurement *ret_measurement)
{
    struct building building = {
        .world = world, .arena = arena, .measurement = ret_measurement, .now = FIXTURE_NOW};
    *ret_measurement = (struct measurement){
        .target = FIXTURE_TARGET,
        .vantage = "test",
        .tool = "fixture",
        .observed_at = FIXTURE_NOW + world->clock_error_us,
        .rdap_url = "https://rdap.nic.example/",
        .rdap_domain = "nic.example",
    };
    make_keys(&building);
    ret_measurement->trust_anchor = anchor_text(&building);
    if (world->lookup)
        ret_measurement->target = ret_measurement->rdap_domain;
    else
        ask_delegation(&building);
    for (size_t f = 0; f < FIXTURE_FAMILIES; f++)
        ask_rdap(&building, families[f]);
    if (!world->without_references)
        ask_references(&building);
}
