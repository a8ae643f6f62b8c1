/* DNS answers that are only half right, and the boundaries of limits. Each world starts from a
 * fixture; what is seen and what cannot be told was worked out by hand. */
#include "base/civil.h"
#include "check/check.h"
#include "check/delegation.h"
#include "check/fixture_message.h"
#include "check/fixture_scene.h"
#include "proto/dns/dnssec.h"

#include <stdio.h>
#include <string.h>

enum { FLAGS_HIGH = 2, FLAGS_LOW = 3, QR = 0x80, AA = 0x04, TC = 0x02 };

static void set_flag(struct scene *scene, struct exchange *exchange, int flag)
{
    scene_own_bytes(scene, exchange)[FLAGS_HIGH] |= (uint8_t)flag;
}

static void clear_flag(struct scene *scene, struct exchange *exchange, int flag)
{
    scene_own_bytes(scene, exchange)[FLAGS_HIGH] &= (uint8_t)~flag;
}

static void set_rcode(struct scene *scene, struct exchange *exchange, int rcode)
{
    uint8_t *bytes = scene_own_bytes(scene, exchange);
    bytes[FLAGS_LOW] = (uint8_t)((bytes[FLAGS_LOW] & 0xf0) | rcode);
}

static void set_elapsed(struct scene *scene, struct exchange *exchange, int elapsed_us)
{
    (void)scene;
    exchange->elapsed_us = elapsed_us;
}

static void take_out(struct scene *scene, struct exchange *exchange, int unused)
{
    (void)scene;
    (void)unused;
    exchange->purpose = PURPOSE_RESOLVE; /* which no check of a server looks at */
    exchange->outcome = OUTCOME_ANSWERED;
    exchange->received = exchange->sent; /* a message that can be read, but no response */
}

/* The answer becomes one without any record, with these flags. */
static void set_empty(struct scene *scene, struct exchange *exchange, int flags)
{
    const struct fixture_message message = {.authoritative = (flags & AA) != 0, .edns = true};
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

/* The answer of a parent that serves the zone too: the NS set with authority, and one address of
 * that family as glue for each. */
static void set_answering_parent(struct scene *scene, struct exchange *exchange, int family)
{
    struct fixture_message message = {.authoritative = true, .edns = true};
    static const char *const names[] = {"ns1.example", "ns2.example", "ns3.example"};
    for (size_t i = 0; i < 3; i++) {
        const struct net_address address = {.family = (enum address_family)family,
                                            .bytes = {192, 0, 2, 1}};
        fixture_put_name(&message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, names[i]);
        fixture_put_address(&message, DNS_ADDITIONAL, names[i], &address);
    }
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

/* --- the parent --- */

#define NO_PARENT                                                                                  \
    "dns.delegation-differs=1 dns.glue-missing=1 dns.not-delegated=1 dns.too-few-names=1"
#define NO_DS "dnssec.chain-broken=1 dnssec.ds-mismatch=1 dnssec.ds-missing=1"

/* RFC 2181 9: a truncated answer is not used. RFC 1034 4.3.2: what a parent says of a cut is in its
 * own zone when it has authority, and a referral without. */
static void an_answer_of_the_parent_counts_when_it_is_whole(void **state)
{
    (void)state;
    const struct choice parent = {.purpose = IS(PURPOSE_PARENT)};
    const struct choice ns = {.purpose = IS(PURPOSE_PARENT), .type = DNS_NS};
    const struct choice ds = {.purpose = IS(PURPOSE_PARENT), .type = DNS_DS};
    scene_expect_changed("healthy", &parent, set_flag, TC, "", NO_PARENT " " NO_DS);
    scene_expect_changed("healthy", &ns, set_flag, TC, "", NO_PARENT);
    scene_expect_changed("healthy", &ds, set_flag, TC, "", NO_DS);
    scene_expect_changed("healthy", &ds, clear_flag, AA, "", NO_DS);
    scene_expect_changed("healthy", &ds, set_rcode, DNS_REFUSED, "", NO_DS);
    scene_expect_changed("healthy", &ns, set_rcode, DNS_REFUSED, "", NO_PARENT);
    /* RFC 9471 2.1: an address of either family is glue */
    scene_expect_changed("healthy", &ns, set_answering_parent, ADDRESS_IPV4, "", "");
    scene_expect_changed("healthy", &ns, set_answering_parent, ADDRESS_IPV6, "", "");
    scene_expect_changed("healthy", &ns, clear_flag, QR, "", NO_PARENT);
    scene_expect_changed("not-delegated", &parent, clear_flag, AA, "",
                         "dns.delegation-differs=1 dns.glue-missing=1 dns.no-ipv4=1 dns.no-ipv6=1 "
                         "dns.not-delegated=1 dns.ns-differs=1 dns.serial-differs=1 "
                         "dns.too-few-names=1 dns.too-few-servers=1 dns.wildcard=1 "
                         "dnssec.chain-broken=1 dnssec.ds-mismatch=1 dnssec.ds-missing=1 "
                         "dnssec.unsigned=1");
}

/* The first parent server that answers is enough. */
static void one_address_of_the_parent_is_enough(void **state)
{
    (void)state;
    const struct choice first = {.purpose = IS(PURPOSE_PARENT), .family = ADDRESS_IPV4};
    scene_expect_changed("healthy", &first, scene_set_outcome, OUTCOME_TIMED_OUT, "", "");
    scene_expect_changed("healthy", &first, set_flag, TC, "", "");
    scene_expect_changed("healthy", &first, clear_flag, QR, "", "");
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_expect(&scene, "", "");
    const struct result *result = scene_result_of(&scene, "dns.not-delegated");
    assert_int_equal(result->exchange_count, 1); /* the first, although there are two */
    assert_int_equal(result->exchanges[0], scene.measurement.exchanges[0].id);
    scene_end(&scene);
}

/* RFC 4035 2.1: an unsigned zone is seen by one whole answer, when all servers are known; without
 * any there is nothing to say. */
static void one_answer_about_keys_is_enough(void **state)
{
    (void)state;
    const struct choice rest[] = {
        {.type = DNS_DNSKEY, .purpose = IS(PURPOSE_APEX), .server = "ns1.example"},
        {.type = DNS_DNSKEY, .purpose = IS(PURPOSE_APEX), .server = "ns2.example"},
        {.type = DNS_DNSKEY, .purpose = IS(PURPOSE_APEX), .family = ADDRESS_IPV4},
    };
    const struct choice all = {.type = DNS_DNSKEY, .purpose = IS(PURPOSE_APEX)};
    struct scene scene;
    scene_begin(&scene, "unsigned");
    for (size_t i = 0; i < 3; i++)
        scene_change_each(&scene, &rest[i], scene_set_outcome, OUTCOME_TIMED_OUT);
    scene_expect(&scene, "dnssec.unsigned=1", "");
    scene_change_each(&scene, &all, scene_set_outcome, OUTCOME_TIMED_OUT);
    scene_expect(&scene, "", "dnssec.ds-missing=1");
    assert_int_equal(scene_count_of(&scene, "dnssec.unsigned", SIGHT_NOT_SEEN), 0);
    scene_end(&scene);
    /* C1: a server that could not be looked at may have keys. */
    const struct choice unheard = {.server = "ns1.example"};
    scene_begin(&scene, "unsigned");
    scene_change_each(&scene, &unheard, scene_set_outcome, OUTCOME_OWN_FAILURE);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dnssec.unsigned", SIGHT_UNKNOWN), 1);
    scene_end(&scene);
    /* C2: a lame server has its own code, and no code for its signatures. */
    scene_begin(&scene, "lame");
    scene_expect(&scene, "dns.lame=2", "");
    assert_int_equal(scene_count_of(&scene, "dnssec.signature-missing", SIGHT_NOT_SEEN), 4);
    assert_int_equal(scene_count_of(&scene, "dnssec.bogus", SIGHT_NOT_SEEN), 4);
    scene_end(&scene);
}

/* RFC 1034 4.2.2: one whole answer about the NS set is enough to compare with the parent's; without
 * any there is nothing to say. */
static void one_answer_about_servers_is_enough(void **state)
{
    (void)state;
    const struct choice rest[] = {
        {.type = DNS_NS, .purpose = IS(PURPOSE_APEX), .server = "ns1.example"},
        {.type = DNS_NS, .purpose = IS(PURPOSE_APEX), .server = "ns2.example"},
        {.type = DNS_NS, .purpose = IS(PURPOSE_APEX), .family = ADDRESS_IPV4},
    };
    const struct choice all = {.type = DNS_NS, .purpose = IS(PURPOSE_APEX)};
    struct scene scene;
    scene_begin(&scene, "delegation-differs");
    for (size_t i = 0; i < 3; i++)
        scene_change_each(&scene, &rest[i], scene_set_outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.delegation-differs", SIGHT_SEEN), 1);
    scene_change_each(&scene, &all, scene_set_outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    for (enum sight sight = SIGHT_UNKNOWN; sight <= SIGHT_SEEN; sight++)
        assert_int_equal(scene_count_of(&scene, "dns.delegation-differs", sight), 0);
    scene_end(&scene);
}

/* An NS record whose data is no name is left out, and what is left stands in order, each once. */
static void a_server_without_a_readable_name_is_left_out(void **state)
{
    (void)state;
    static const uint8_t cut_off[] = {3, 'n', 's'};
    struct fixture_message message = {.authoritative = true};
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct dns_message parsed;
    struct name_set set = {.count = 0};
    const struct fixture_world world = {.without_references = true};
    arena_init(&arena, 16 << 20);
    fixture_build(&world, &arena, &measurement);
    fixture_put_name(&message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, "ns2.example");
    fixture_put(&message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, cut_off, sizeof cut_off);
    fixture_put_name(&message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, "ns1.example");
    fixture_put_name(&message, DNS_ANSWER, FIXTURE_TARGET, DNS_NS, "ns2.example");
    const struct bytes bytes = fixture_encode(&message, &measurement.exchanges[0].sent, &arena);
    assert_int_equal(dns_message_parse(bytes.data, bytes.size, &parsed), 0);
    assert_int_equal(name_set_add_servers(&set, &parsed, DNS_ANSWER, FIXTURE_TARGET, &arena), 0);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.names[0], "ns1.example");
    assert_string_equal(set.names[1], "ns2.example");
}

/* RFC 4035 3.1.1: the signature of one set is enough to look at, when no other set was answered. */
static void one_signed_set_is_enough(void **state)
{
    (void)state;
    static const int types[] = {DNS_SOA, DNS_NS, DNS_DNSKEY};
    for (size_t kept = 0; kept < 3; kept++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        for (size_t i = 0; i < 3; i++) {
            const struct choice set = {
                .purpose = IS(PURPOSE_APEX), .type = types[i], .server = "ns1.example"};
            if (i != kept)
                scene_change_each(&scene, &set, scene_set_outcome, OUTCOME_TIMED_OUT);
        }
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dnssec.signature-missing", SIGHT_NOT_SEEN), 6);
        scene_end(&scene);
    }
}

/* The last byte of the last signature of the answer, in front of the OPT record. */
static void spoil_signature(struct scene *scene, struct exchange *exchange, int unused)
{
    (void)unused;
    scene_own_bytes(scene, exchange)[exchange->received.size - 11 - 1] ^= 1;
}

/* RFC 4035 5.3.3: one set with a wrong signature is enough, whichever it is. */
static void one_bogus_set_is_enough(void **state)
{
    (void)state;
    static const struct {
        int type;
        const char *values;
    } sets[] = {{DNS_SOA, "{\"type\":\"SOA\"}"},
                {DNS_NS, "{\"type\":\"NS\"}"},
                {DNS_DNSKEY, "{\"type\":\"DNSKEY\"}"}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const struct choice set = {
            .purpose = IS(PURPOSE_APEX), .type = sets[i].type, .server = "ns1.example"};
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &set, spoil_signature, 0);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dnssec.bogus", SIGHT_SEEN), 2);
        assert_string_equal(scene_result_of(&scene, "dnssec.bogus")->values, sets[i].values);
        scene_end(&scene);
    }
}

/* Only the name itself that does not exist is not delegated (RFC 8020 2). */
static void another_name_that_does_not_exist_says_nothing(void **state)
{
    (void)state;
    struct scene scene;
    const struct choice parent = {.purpose = IS(PURPOSE_PARENT)};
    const struct choice key = {.purpose = IS(PURPOSE_PARENT), .type = DNS_DNSKEY};
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &parent, set_empty, AA);
    scene_change_each(&scene, &key, set_rcode, DNS_NXDOMAIN);
    scene_expect(&scene, "dnssec.ds-missing=1", NO_PARENT);
    scene_end(&scene);
}

/* --- an undelegated test: the DS set comes with the measurement --- */

static void give_ds(struct scene *scene, uint8_t seed, const char *zone)
{
    struct fixture_key key;
    struct fixture_message message = {.rcode = 0};
    char base64[BASE64_ROOM(SIGN_PUBLIC_SIZE)], hex[2 * DIGEST_SIZE + 1];
    fixture_key_make(FIXTURE_TARGET, seed, FIXTURE_NOW, &key);
    fixture_put_ds(&message, DNS_ANSWER, &key);
    const uint8_t *data = message.records[DNS_ANSWER][0].data;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", data[4 + i]);
    fixture_key_make(".", 1, FIXTURE_NOW, &key);
    base64_format(key.key.public, SIGN_PUBLIC_SIZE, base64, sizeof base64);
    scene->measurement.trust_anchor =
        arena_printf(&scene->arena, ". IN DNSKEY 257 3 15 %s\n%s IN DS %d %d %d %s\n", base64, zone,
                     data[0] << 8 | data[1], data[2], data[3], hex);
}

/* C1: without questions to a parent nothing is said of one. */
static void a_given_ds_set_stands_for_the_parents(void **state)
{
    (void)state;
    const struct choice parent = {.purpose = IS(PURPOSE_PARENT)};
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &parent, take_out, 0);
    give_ds(&scene, /* seed= */ 2, "example.");
    for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
        if (scene.measurement.exchanges[i].purpose == PURPOSE_RESOLVE)
            scene.measurement.exchanges[i].purpose = PURPOSE_REFERENCE;
    }
    scene_expect(&scene, "", "");
    assert_int_equal(scene_count_of(&scene, "dnssec.ds-mismatch", SIGHT_NOT_SEEN), 1);
    assert_int_equal(scene_count_of(&scene, "dnssec.ds-missing", SIGHT_NOT_SEEN), 1);
    assert_int_equal(scene_count_of(&scene, "dnssec.chain-broken", SIGHT_NOT_SEEN), 0);
    assert_int_equal(scene_count_of(&scene, "dns.not-delegated", SIGHT_NOT_SEEN), 0);
    assert_int_equal(scene_count_of(&scene, "dns.delegation-differs", SIGHT_NOT_SEEN), 0);
    give_ds(&scene, /* seed= */ 3, "example.");
    scene_expect(&scene, "dnssec.ds-mismatch=1", "");
    give_ds(&scene, /* seed= */ 2, "other."); /* that of another zone is not ours */
    scene_expect(&scene, "", NO_DS);
    scene_end(&scene);
}

/* DNSSEC_DS_MAX: as many are looked at; none of them fits here. */
static void the_largest_ds_set_is_looked_at(void **state)
{
    (void)state;
    struct scene scene;
    struct buffer anchors BUFFER_CLEANUP;
    buffer_init(&anchors, 1 << 20);
    scene_begin(&scene, "healthy");
    give_ds(&scene, /* seed= */ 3, "example.");
    const char *ds = strchr(scene.measurement.trust_anchor, '\n') + 1;
    for (int i = 0; i < DNSSEC_DS_MAX; i++)
        buffer_append_text(&anchors, ds);
    scene.measurement.trust_anchor = buffer_text(&anchors);
    scene_expect(&scene, "dnssec.ds-mismatch=1", "");
    size_t count = 0;
    const char *at = scene_result_of(&scene, "dnssec.ds-mismatch")->values;
    for (; (at = strstr(at, "\"key_tag\"")) != NULL; at++)
        count++;
    assert_int_equal(count, DNSSEC_DS_MAX);
    scene_end(&scene);
}

/* --- how an address is heard --- */

/* RFC 1034 4.2.1: the SOA question decides who speaks for the zone; when it was not answered, any
 * other does. */
static void the_soa_question_decides_when_it_was_answered(void **state)
{
    (void)state;
    const struct choice soa = {
        .purpose = IS(PURPOSE_APEX), .server = "ns1.example", .type = DNS_SOA};
    const struct choice other = {
        .purpose = IS(PURPOSE_APEX), .server = "ns1.example", .type = DNS_NS};
    scene_expect_changed("healthy", &soa, clear_flag, AA, "dns.lame=2", "");
    scene_expect_changed("healthy", &soa, set_rcode, DNS_REFUSED, "dns.lame=2", "");
    scene_expect_changed("healthy", &soa, set_empty, AA, "dns.lame=2", "");
    scene_expect_changed("healthy", &soa, set_flag, TC, "", "");
    scene_expect_changed("healthy", &soa, scene_set_outcome, OUTCOME_TIMED_OUT, "", "");
    scene_expect_changed("healthy", &soa, scene_set_outcome, OUTCOME_OWN_FAILURE, "", "");
    scene_expect_changed("healthy", &soa, scene_set_outcome, OUTCOME_NO_ADDRESS, "", "");
    scene_expect_changed("healthy", &other, clear_flag, AA, "", "");
    scene_expect_changed("healthy", &other, set_rcode, DNS_REFUSED, "", "");
    scene_expect_changed("healthy", &other, clear_flag, QR, "", "");
}

/* RFC 8020: both NXDOMAIN and an answer to the impossible name come from somebody who speaks. */
static void an_answer_to_the_impossible_name_alone_is_heard(void **state)
{
    (void)state;
    const struct choice apex = {.purpose = IS(PURPOSE_APEX), .server = "ns1.example"};
    const struct choice nxname = {.purpose = IS(PURPOSE_NXNAME), .server = "ns1.example"};
    struct scene scene;
    static const int rcodes[] = {DNS_NXDOMAIN, DNS_NOERROR, DNS_REFUSED};
    for (size_t i = 0; i < 3; i++) {
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &apex, scene_set_outcome, OUTCOME_TIMED_OUT);
        scene_change_each(&scene, &nxname, set_rcode, rcodes[i]);
        scene_expect(&scene, i == 2 ? "dns.lame=2" : "", i == 1 ? "dns.wildcard=1" : "");
        assert_int_equal(scene_count_of(&scene, "dns.server-silent-udp", SIGHT_NOT_SEEN), 6);
        assert_int_equal(scene_count_of(&scene, "dns.lame", SIGHT_NOT_SEEN), i == 2 ? 4 : 6);
        scene_end(&scene);
    }
}

/* C1: what failed on our side says nothing; nor does an address that was not asked at all. */
static void an_address_that_was_not_heard_leaves_the_zone_unknown(void **state)
{
    (void)state;
    const struct choice server = {.server = "ns1.example"};
#define ZONE_UNKNOWN "dns.ns-differs=1 dns.serial-differs=1 dns.wildcard=1"
    scene_expect_changed(
        "healthy", &server, scene_set_outcome, OUTCOME_NO_ADDRESS, "",
        "dns.lame=2 dns.malformed=2 dns.no-edns=2 dns.ns-differs=1 dns.serial-differs=1 "
        "dns.server-silent-udp=2 dns.slow-tcp=2 dns.slow-udp=2 dns.tcp-refused=2 "
        "dns.wildcard=1 dnssec.bogus=2 dnssec.expired=2 dnssec.not-yet-valid=2 "
        "dnssec.signature-missing=2");
    /* heard over one transport, it is known */
    const struct choice udp = {.server = "ns1.example", .kind = IS(EXCHANGE_DNS_UDP)};
    const struct choice tcp = {.server = "ns1.example", .kind = IS(EXCHANGE_DNS_TCP)};
    scene_expect_changed("healthy", &udp, scene_set_outcome, OUTCOME_OWN_FAILURE, "",
                         "dns.server-silent-udp=2 dns.slow-udp=2");
    scene_expect_changed("healthy", &tcp, scene_set_outcome, OUTCOME_OWN_FAILURE, "",
                         "dns.slow-tcp=2 dns.tcp-refused=2");
    struct scene scene;
    scene_begin(&scene, "healthy");
    struct measured_server *slot = arena_push(&scene.arena, &scene.measurement.servers,
                                              &scene.measurement.server_count, sizeof *slot);
    *slot = (struct measured_server){.name = "ns4.example",
                                     .address = {.family = ADDRESS_IPV4, .bytes = {192, 0, 2, 9}}};
    scene_expect(&scene, "",
                 ZONE_UNKNOWN " dnssec.bogus=1 dnssec.expired=1 dnssec.not-yet-valid=1 "
                              "dnssec.signature-missing=1");
    assert_int_equal(scene_count_of(&scene, "dns.server-silent-udp", SIGHT_NOT_SEEN), 6);
    assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_NOT_SEEN), 6);
    scene_end(&scene);
}

/* C1: silent over one transport, and not looked at over the other, an address may still speak: that
 * is unknown. */
static void silence_over_one_transport_does_not_tell_of_the_other(void **state)
{
    (void)state;
    static const int kinds[] = {EXCHANGE_DNS_UDP, EXCHANGE_DNS_TCP};
    static const char *const codes[] = {"dns.lame", "dns.malformed"};
    static const char *const unseen[] = {"dns.tcp-refused", "dns.server-silent-udp"};
    for (size_t i = 0; i < 2; i++) {
        const struct choice silent = {.server = "ns1.example", .kind = IS(kinds[i])};
        const struct choice unheard = {.server = "ns1.example", .kind = IS(kinds[1 - i])};
        struct scene scene;
        scene_begin(&scene, "unsigned");
        scene_change_each(&scene, &silent, scene_set_outcome, OUTCOME_TIMED_OUT);
        scene_change_each(&scene, &unheard, scene_set_outcome, OUTCOME_OWN_FAILURE);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        for (size_t n = 0; n < 2; n++) {
            assert_int_equal(scene_count_of(&scene, codes[n], SIGHT_UNKNOWN), 2);
            assert_int_equal(scene_count_of(&scene, codes[n], SIGHT_NOT_SEEN), 4);
        }
        /* a reference proves silence, and nothing about what we could not look at */
        const struct result *result = scene_result_of(&scene, unseen[i]);
        assert_int_equal(result->sight, SIGHT_UNKNOWN);
        assert_null(strstr(result->values, "reference"));
        scene_end(&scene);
    }
    /* C2: silent over both, it has that code alone */
    struct scene scene;
    scene_begin(&scene, "server-down");
    scene_expect(&scene, "dns.server-silent-udp=2 dns.tcp-refused=2", "");
    for (size_t n = 0; n < 2; n++)
        assert_int_equal(scene_count_of(&scene, codes[n], SIGHT_NOT_SEEN), 4);
    scene_end(&scene);
}

#define UP_DOWN_UNKNOWN(up, down, unknown)                                                         \
    "{\"up\":" #up ",\"down\":" #down ",\"unknown\":" #unknown ",\"needed\":2}"

/* RFC 2182 5: two servers, each well on all of its addresses. Refusals and rubbish are no service;
 * what we could not look at may be well (C1). Outcomes of ns1: at its IPv4 and its IPv6 address. */
static void two_servers_must_be_well_on_all_addresses(void **state)
{
    (void)state;
    enum { SAME = OUTCOME_ANSWERED, OURS = OUTCOME_OWN_FAILURE, LATE = OUTCOME_TIMED_OUT };
    static const struct {
        enum server_mode ns1, ns2;
        int ipv4, ipv6;
        enum sight sight;
        const char *values;
    } worlds[] = {
        {SERVER_LAME, SERVER_LAME, SAME, SAME, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
        {SERVER_MALFORMED, SERVER_LAME, SAME, SAME, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
        {SERVER_DOWN, SERVER_MALFORMED, SAME, SAME, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
        {SERVER_NORMAL, SERVER_LAME, SAME, SAME, SIGHT_NOT_SEEN, UP_DOWN_UNKNOWN(2, 1, 0)},
        {SERVER_NORMAL, SERVER_NORMAL, OURS, OURS, SIGHT_NOT_SEEN, UP_DOWN_UNKNOWN(2, 0, 1)},
        {SERVER_NORMAL, SERVER_DOWN, OURS, OURS, SIGHT_UNKNOWN, UP_DOWN_UNKNOWN(1, 1, 1)},
        {SERVER_NORMAL, SERVER_DOWN, SAME, OURS, SIGHT_UNKNOWN, UP_DOWN_UNKNOWN(1, 1, 1)},
        {SERVER_NORMAL, SERVER_DOWN, OURS, SAME, SIGHT_UNKNOWN, UP_DOWN_UNKNOWN(1, 1, 1)},
        {SERVER_NORMAL, SERVER_DOWN, SAME, LATE, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
        {SERVER_NORMAL, SERVER_DOWN, LATE, SAME, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
        {SERVER_NORMAL, SERVER_DOWN, OURS, LATE, SIGHT_SEEN, UP_DOWN_UNKNOWN(1, 2, 0)},
    };
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        const struct choice v4 = {.server = "ns1.example", .family = ADDRESS_IPV4};
        const struct choice v6 = {.server = "ns1.example", .family = ADDRESS_IPV6};
        struct scene scene;
        scene_begin(&scene, "unsigned");
        scene.world.servers[0] = worlds[i].ns1;
        scene.world.servers[1] = worlds[i].ns2;
        fixture_build(&scene.world, &scene.arena, &scene.measurement);
        if (worlds[i].ipv4 != SAME)
            scene_change_each(&scene, &v4, scene_set_outcome, worlds[i].ipv4);
        if (worlds[i].ipv6 != SAME)
            scene_change_each(&scene, &v6, scene_set_outcome, worlds[i].ipv6);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        const struct result *result = scene_result_of(&scene, "dns.too-few-servers");
        assert_string_equal(result->values, worlds[i].values);
        assert_int_equal(result->sight, worlds[i].sight);
        scene_end(&scene);
    }
}

/* RFC 6891 7: one answer without EDNS to a question with it is enough; a question without asks
 * nothing. */
static void edns_is_judged_answer_by_answer(void **state)
{
    (void)state;
    const struct choice first = {.server = "ns1.example",
                                 .purpose = IS(PURPOSE_APEX),
                                 .kind = IS(EXCHANGE_DNS_UDP),
                                 .type = DNS_SOA};
    const struct choice last = {
        .server = "ns1.example", .purpose = IS(PURPOSE_NXNAME), .kind = IS(EXCHANGE_DNS_TCP)};
    struct scene scene;
    const struct choice both[] = {first, last};
    for (size_t n = 0; n < 2; n++) {
        scene_begin(&scene, "healthy");
        for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
            struct exchange *exchange = &scene.measurement.exchanges[i];
            if (!scene_fits(exchange, &both[n]))
                continue;
            /* the OPT record is the last 11 bytes, the last of the additional records */
            scene_own_bytes(&scene, exchange)[11]--;
            exchange->received.size -= 11;
        }
        scene_expect(&scene, "dns.no-edns=2", "");
        scene_end(&scene);
    }
    scene_begin(&scene, "no-edns");
    for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
        struct exchange *exchange = &scene.measurement.exchanges[i];
        if (exchange->kind == EXCHANGE_HTTPS || strcmp(exchange->server, "ns1.example") != 0)
            continue;
        uint8_t *sent = arena_copy(&scene.arena, exchange->sent.data, exchange->sent.size);
        sent[11]--;
        exchange->sent = (struct bytes){.data = sent, .size = exchange->sent.size - 11};
    }
    scene_expect(&scene, "", "");
    assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_NOT_SEEN), 4);
    scene_end(&scene);
}

/* RFC 6891 7: who does not speak for the zone over one transport is lame, and nothing else is said
 * of the EDNS of its refusals. */
static void a_refusal_over_one_transport_says_nothing_of_edns(void **state)
{
    (void)state;
    static const int kinds[] = {EXCHANGE_DNS_UDP, EXCHANGE_DNS_TCP};
    for (size_t i = 0; i < 2; i++) {
        const struct choice one = {
            .server = "ns1.example", .purpose = IS(PURPOSE_APEX), .kind = IS(kinds[i])};
        struct scene scene;
        scene_begin(&scene, "no-edns");
        scene_change_each(&scene, &one, clear_flag, AA);
        scene_expect(&scene, "dns.lame=2", "");
        assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_NOT_SEEN), 4);
        scene_end(&scene);
    }
}

/* RA Specification 10 2.3 and 2.4: 500 ms and 1500 ms are in time, and the fastest answer counts.
 */
static void the_limits_of_time_are_in_time(void **state)
{
    (void)state;
    const struct choice udp = {.server = "ns1.example", .kind = IS(EXCHANGE_DNS_UDP)};
    const struct choice tcp = {.server = "ns1.example", .kind = IS(EXCHANGE_DNS_TCP)};
    const struct choice last = {
        .server = "ns1.example", .kind = IS(EXCHANGE_DNS_UDP), .purpose = IS(PURPOSE_NXNAME)};
    scene_expect_changed("healthy", &udp, set_elapsed, 500000, "", "");
    scene_expect_changed("healthy", &udp, set_elapsed, 500001, "dns.slow-udp=2", "");
    scene_expect_changed("healthy", &tcp, set_elapsed, 1500000, "", "");
    scene_expect_changed("healthy", &tcp, set_elapsed, 1500001, "dns.slow-tcp=2", "");
    scene_expect_changed("slow", &last, set_elapsed, 30000, "dns.slow-tcp=2", "");
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &last, set_elapsed, 7);
    scene_expect(&scene, "", "");
    assert_string_equal(scene_result_of(&scene, "dns.slow-udp")->values,
                        "{\"rtt_us\":7,\"limit_ms\":500}");
    /* what was refused fast was not answered fast */
    scene_change_each(&scene, &last, scene_set_outcome, OUTCOME_REFUSED);
    scene_expect(&scene, "", "");
    assert_string_equal(scene_result_of(&scene, "dns.slow-udp")->values,
                        "{\"rtt_us\":20000,\"limit_ms\":500}");
    scene_end(&scene);
}

/* C1: addresses that could not be looked up are not missing. */
static void a_family_is_missing_when_all_addresses_are_known(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, "no-ipv6");
    struct exchange lookup = scene.measurement.exchanges[0];
    lookup.purpose = PURPOSE_RESOLVE;
    struct exchange *slot = arena_push(&scene.arena, &scene.measurement.exchanges,
                                       &scene.measurement.exchange_count, sizeof *slot);
    *slot = lookup;
    slot->id = 999;
    scene_expect(&scene, "dns.no-ipv6=1", "");
    scene.measurement.exchanges[scene.measurement.exchange_count - 1].outcome = OUTCOME_TIMED_OUT;
    scene_expect(&scene, "", "dns.no-ipv6=1");
    /* wherever the lookup stands */
    struct exchange *end = &scene.measurement.exchanges[scene.measurement.exchange_count - 1];
    const struct exchange failed = *end;
    *end = scene.measurement.exchanges[0];
    scene.measurement.exchanges[0] = failed;
    scene_expect(&scene, "", "dns.no-ipv6=1");
    scene_end(&scene);
    /* one address alone is all that there is */
    scene_begin(&scene, "one-name");
    scene.world.no_ipv6 = true;
    fixture_build(&scene.world, &scene.arena, &scene.measurement);
    assert_int_equal(scene.measurement.server_count, 1);
    scene_expect(&scene, "dns.no-ipv6=1 dns.too-few-names=1 dns.too-few-servers=1", "");
    scene_end(&scene);
    /* ns9.elsewhere of the delegation has no address in the measurement */
    scene_begin(&scene, "delegation-differs");
    for (size_t i = 0; i < scene.measurement.server_count; i++)
        scene.measurement.servers[i].address.family = ADDRESS_IPV4;
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.no-ipv6", SIGHT_UNKNOWN), 1);
    assert_int_equal(scene_count_of(&scene, "dns.no-ipv4", SIGHT_NOT_SEEN), 1);
    scene_end(&scene);
}

TEST_MAIN(cmocka_unit_test(an_answer_of_the_parent_counts_when_it_is_whole),
          cmocka_unit_test(one_address_of_the_parent_is_enough),
          cmocka_unit_test(one_answer_about_keys_is_enough),
          cmocka_unit_test(one_answer_about_servers_is_enough),
          cmocka_unit_test(a_server_without_a_readable_name_is_left_out),
          cmocka_unit_test(one_signed_set_is_enough), cmocka_unit_test(one_bogus_set_is_enough),
          cmocka_unit_test(another_name_that_does_not_exist_says_nothing),
          cmocka_unit_test(the_largest_ds_set_is_looked_at),
          cmocka_unit_test(a_given_ds_set_stands_for_the_parents),
          cmocka_unit_test(the_soa_question_decides_when_it_was_answered),
          cmocka_unit_test(an_answer_to_the_impossible_name_alone_is_heard),
          cmocka_unit_test(an_address_that_was_not_heard_leaves_the_zone_unknown),
          cmocka_unit_test(silence_over_one_transport_does_not_tell_of_the_other),
          cmocka_unit_test(two_servers_must_be_well_on_all_addresses),
          cmocka_unit_test(edns_is_judged_answer_by_answer),
          cmocka_unit_test(a_refusal_over_one_transport_says_nothing_of_edns),
          cmocka_unit_test(the_limits_of_time_are_in_time),
          cmocka_unit_test(a_family_is_missing_when_all_addresses_are_known))
