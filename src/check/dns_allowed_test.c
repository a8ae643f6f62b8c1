/* What the standards allow, or what others did, accuses nobody. Each world starts from a fixture;
 * what is seen and what cannot be told was worked out by hand. */
#include "check/check.h"
#include "check/fixture_message.h"
#include "check/fixture_scene.h"
#include "proto/dns/query.h"
#include "proto/dns/rdata.h"

#include <string.h>

#define SECOND_US 1000000

/* --- truncation --- */

/* The least that a server may send: TC, NOERROR, nothing else; `flags` adds to it. */
enum { WITH_AUTHORITY = 1, WITH_EDNS = 2 };

static void truncate_answer(struct scene *scene, struct exchange *exchange, int flags)
{
    const struct fixture_message message = {.truncated = true,
                                            .authoritative = (flags & WITH_AUTHORITY) != 0,
                                            .edns = (flags & WITH_EDNS) != 0};
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

/* RFC 2181 9: a truncated answer sends us to TCP, where the zone is judged. */
static void truncated_answers_over_udp_accuse_nobody(void **state)
{
    (void)state;
    const struct choice absent = {.purpose = IS(PURPOSE_NXNAME), .kind = IS(EXCHANGE_DNS_UDP)};
    const struct choice apex = {.purpose = IS(PURPOSE_APEX), .kind = IS(EXCHANGE_DNS_UDP)};
    const struct choice tcp = {.purpose = IS(PURPOSE_APEX), .kind = IS(EXCHANGE_DNS_TCP)};
    for (int flags = 0; flags <= (WITH_AUTHORITY | WITH_EDNS); flags++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &absent, truncate_answer, flags);
        scene_change_each(&scene, &apex, truncate_answer, flags);
        scene_expect(&scene, "", "");
        assert_int_equal(scene_count_of(&scene, "dns.wildcard", SIGHT_NOT_SEEN), 1);
        assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_NOT_SEEN), 6);
        scene_end(&scene);
    }
    /* and TCP is judged: a server that is lame there is lame */
    struct scene scene;
    scene_begin(&scene, "lame");
    scene_change_each(&scene, &apex, truncate_answer, 0);
    scene_expect(&scene, "dns.lame=2", "");
    scene_change_each(&scene, &tcp, scene_set_outcome, OUTCOME_OWN_FAILURE);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_NOT_SEEN), 0);
    scene_end(&scene);
}

/* Nothing but bare truncated answers does not tell whether EDNS is known. */
static void bare_truncated_answers_leave_edns_unknown(void **state)
{
    (void)state;
    const struct choice server = {.server = "ns1.example"};
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &server, truncate_answer, WITH_AUTHORITY);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_UNKNOWN), 2);
    assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_NOT_SEEN), 4);
    scene_end(&scene);
}

/* --- denial --- */

enum denial { NO_DATA, NXNAME, NXNAME_OF_ANOTHER, TORN_BITMAP, OTHER_WINDOW, MADE_UP_ALIAS };

/* NOERROR about a name that does not exist, with an NSEC record: RFC 9824 3.1. */
static void deny_compactly(struct scene *scene, struct exchange *exchange, int denial)
{
    /* the next name "\000.", then a window with RRSIG, NSEC and NXNAME: types 46, 47 and 128 */
    uint8_t nsec[] = {1, 0, 0, 0, 17, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80};
    struct fixture_message message = {.authoritative = true, .edns = true};
    struct dns_message question;
    dns_message_parse(exchange->sent.data, exchange->sent.size, &question);
    if (denial == NO_DATA)
        nsec[21] = 0;
    if (denial == TORN_BITMAP)
        nsec[4] = 18;
    if (denial == OTHER_WINDOW)
        nsec[3] = 1;
    fixture_put_soa(&message, DNS_AUTHORITY, FIXTURE_TARGET, 1);
    fixture_put(&message, DNS_AUTHORITY,
                denial == NXNAME_OF_ANOTHER ? FIXTURE_TARGET : question.name, DNS_NSEC, nsec,
                sizeof nsec);
    if (denial == MADE_UP_ALIAS)
        fixture_put_name(&message, DNS_ANSWER, question.name, DNS_CNAME, "parking.example");
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

static void only_records_for_the_name_are_a_wildcard(void **state)
{
    (void)state;
    const struct choice absent = {.purpose = IS(PURPOSE_NXNAME)};
    const struct choice one = {.purpose = IS(PURPOSE_NXNAME), .server = "ns2.example"};
    scene_expect_changed("healthy", &absent, deny_compactly, NXNAME, "", "");
    scene_expect_changed("healthy", &one, deny_compactly, NO_DATA, "", "dns.wildcard=1");
    for (int denial = NO_DATA; denial <= OTHER_WINDOW; denial++) {
        if (denial != NXNAME)
            scene_expect_changed("healthy", &absent, deny_compactly, denial, "", "dns.wildcard=1");
    }
    scene_expect_changed("healthy", &one, deny_compactly, MADE_UP_ALIAS, "dns.wildcard=1", "");
    scene_expect_changed("wildcard", &one, deny_compactly, NO_DATA, "dns.wildcard=1", "");
}

/* --- the parent's part of the chain --- */

static void expect_roots(const char *fixture, enum root_fault ipv4, enum root_fault ipv6,
                         const char *seen, const char *unknown)
{
    struct scene scene;
    scene_begin(&scene, fixture);
    arena_clear(&scene.arena);
    scene.world.root_faults[0] = ipv4;
    scene.world.root_faults[1] = ipv6;
    fixture_build(&scene.world, &scene.arena, &scene.measurement);
    scene_expect(&scene, seen, unknown);
    scene_end(&scene);
}

/* C1: the registry neither signs nor serves the DS records. */
static void a_fault_of_the_root_accuses_nobody_else(void **state)
{
    (void)state;
    for (enum root_fault fault = ROOT_DAMAGED; fault <= ROOT_EMPTY; fault++) {
        expect_roots("healthy", fault, ROOT_RIGHT, "", "");
        expect_roots("healthy", ROOT_RIGHT, fault, "", "");
        expect_roots("bogus-ds", fault, ROOT_RIGHT, "dnssec.ds-mismatch=1", "");
        expect_roots("chain-broken", ROOT_RIGHT, fault, "dnssec.chain-broken=1 dnssec.unsigned=1",
                     "dnssec.ds-mismatch=1");
    }
    expect_roots("healthy", ROOT_DAMAGED, ROOT_UNSIGNED, "", "dnssec.chain-broken=1");
    expect_roots("healthy", ROOT_STALE, ROOT_STALE, "",
                 "dnssec.chain-broken=1 dnssec.ds-mismatch=1");
    expect_roots("bogus-ds", ROOT_DAMAGED, ROOT_DAMAGED, "",
                 "dnssec.chain-broken=1 dnssec.ds-mismatch=1");
    expect_roots("healthy", ROOT_EMPTY, ROOT_EMPTY, "dnssec.ds-missing=1", "");
}

/* Without the keys of the root nothing is proven; those of one address are enough. */
static void the_keys_of_one_root_server_are_enough(void **state)
{
    (void)state;
    const struct choice keys = {.purpose = IS(PURPOSE_PARENT), .type = DNS_DNSKEY};
    const struct choice first = {
        .purpose = IS(PURPOSE_PARENT), .type = DNS_DNSKEY, .family = ADDRESS_IPV4};
    scene_expect_changed("bogus-ds", &first, truncate_answer, WITH_AUTHORITY,
                         "dnssec.ds-mismatch=1", "");
    scene_expect_changed("bogus-ds", &keys, truncate_answer, WITH_AUTHORITY, "",
                         "dnssec.chain-broken=1 dnssec.ds-mismatch=1");
}

static void set_purpose(struct scene *scene, struct exchange *exchange, int purpose)
{
    (void)scene;
    exchange->purpose = (enum exchange_purpose)purpose;
}

/* RFC 4035 5: the root's keys count whether they were asked for to judge the root or as those of a
 * reference; what was asked of anybody else says nothing of the root. */
static void the_keys_of_the_root_come_from_the_root(void **state)
{
    (void)state;
    const struct choice keys = {.purpose = IS(PURPOSE_PARENT), .type = DNS_DNSKEY};
    scene_expect_changed("healthy", &keys, set_purpose, PURPOSE_REFERENCE, "", "");
    scene_expect_changed("healthy", &keys, set_purpose, PURPOSE_RESOLVE, "",
                         "dnssec.chain-broken=1");
    scene_expect_changed("healthy", &keys, set_purpose, PURPOSE_APEX, "", "dnssec.chain-broken=1");
}

/* --- serial numbers --- */

static void set_serial(struct scene *scene, struct exchange *exchange, int serial)
{
    struct fixture_message message = {.authoritative = true, .edns = true};
    fixture_put_soa(&message, DNS_ANSWER, FIXTURE_TARGET, (uint32_t)serial);
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

static void set_cached_serial(struct scene *scene, struct exchange *exchange, int serial)
{
    struct fixture_message message = {.edns = true};
    fixture_put_soa(&message, DNS_ANSWER, FIXTURE_TARGET, (uint32_t)serial);
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

static void set_started(struct scene *scene, struct exchange *exchange, int started_us)
{
    (void)scene;
    exchange->started_us = started_us;
}

static void set_tries(struct scene *scene, struct exchange *exchange, int tries)
{
    (void)scene;
    exchange->tries = (uint32_t)tries;
}

static const struct choice soa_of_1 = {
    .purpose = IS(PURPOSE_APEX), .type = DNS_SOA, .server = "ns1.example"};
static const struct choice soa_of_2 = {
    .purpose = IS(PURPOSE_APEX), .type = DNS_SOA, .server = "ns2.example"};
static const struct choice soa_of_3 = {
    .purpose = IS(PURPOSE_APEX), .type = DNS_SOA, .server = "ns3.example"};

/* ns1 answers with this serial, ns2 with that, asked so much later; ns3 is silent about it. */
static void expect_serials(uint32_t first, uint32_t second, int later_us, unsigned tries,
                           const char *seen, const char *unknown)
{
    struct scene scene;
    scene_begin(&scene, "unsigned");
    scene_change_each(&scene, &soa_of_1, set_serial, (int)first);
    scene_change_each(&scene, &soa_of_1, set_tries, (int)tries);
    scene_change_each(&scene, &soa_of_2, set_serial, (int)second);
    scene_change_each(&scene, &soa_of_2, set_started, 1000 + later_us);
    scene_change_each(&scene, &soa_of_3, scene_set_outcome, OUTCOME_TIMED_OUT);
    scene_expect(&scene, seen, unknown);
    scene_end(&scene);
}

/* RFC 1034 4.3.5: a zone takes its time to reach all of its servers. The fixture's answers take 20
 * ms; a server is behind what was shown 5 s before it was asked. */
static void a_server_is_behind_only_after_a_while(void **state)
{
    (void)state;
#define BEHIND "dns.serial-differs=1 dnssec.unsigned=1"
    const int enough = 5 * SECOND_US + 20000;
    expect_serials(7, 6, enough, 1, BEHIND, "");
    expect_serials(7, 6, enough - 1, 1, "dnssec.unsigned=1", "dns.serial-differs=1");
    expect_serials(7, 6, 0, 1, "dnssec.unsigned=1", "dns.serial-differs=1");
    expect_serials(6, 7, 0, 1, "dnssec.unsigned=1", "dns.serial-differs=1");
    expect_serials(7, 7, enough, 1, "dnssec.unsigned=1", "");
    /* it moved on between the questions: nobody was late */
    expect_serials(6, 7, enough, 1, "dnssec.unsigned=1", "");
    expect_serials(6, 7, 20000, 1, "dnssec.unsigned=1", "dns.serial-differs=1");
    expect_serials(6, 7, 20001, 1, "dnssec.unsigned=1", "");
    /* after more than one try nobody knows when it was shown */
    expect_serials(7, 6, enough, 2, "dnssec.unsigned=1", "dns.serial-differs=1");
    /* RFC 1982: behind the largest number comes the smallest */
    expect_serials(0, UINT32_MAX, enough, 1, BEHIND, "");
    expect_serials(UINT32_MAX, 0, enough, 1, "dnssec.unsigned=1", "");
}

/* The answer to the last question decides: who was behind and has caught up is well. */
static void a_server_that_catches_up_is_well(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, "serial-mismatch");
    for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
        struct exchange *exchange = &scene.measurement.exchanges[i];
        if (exchange->started_us > 5 * SECOND_US)
            set_serial(&scene, exchange, 2026060100);
    }
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_NOT_SEEN), 1);
    scene_end(&scene);
}

/* RFC 1035 4.1.1: what a server has in its cache shows nothing about the zone. */
static void only_what_is_authoritative_shows_a_serial(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, "unsigned");
    scene_change_each(&scene, &soa_of_1, set_cached_serial, 7);
    scene_change_each(&scene, &soa_of_2, set_serial, 6);
    scene_change_each(&scene, &soa_of_2, set_started, 10 * SECOND_US);
    scene_change_each(&scene, &soa_of_3, set_serial, 6);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_SEEN), 0);
    assert_int_equal(scene_count_of(&scene, "dns.lame", SIGHT_SEEN), 2);
    scene_end(&scene);
}

static void set_serial_in_error(struct scene *scene, struct exchange *exchange, int serial)
{
    struct fixture_message message = {.authoritative = true, .rcode = DNS_SERVFAIL, .edns = true};
    fixture_put_soa(&message, DNS_ANSWER, FIXTURE_TARGET, (uint32_t)serial);
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

static void set_serial_truncated(struct scene *scene, struct exchange *exchange, int serial)
{
    struct fixture_message message = {.authoritative = true, .truncated = true, .edns = true};
    fixture_put_soa(&message, DNS_ANSWER, FIXTURE_TARGET, (uint32_t)serial);
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

/* RFC 1035 4.1.1, RFC 2181 9: who was behind and, asked again, has the new number only in its
 * cache, in an error or in what was cut off, has not caught up and cannot be told to be behind
 * either: what it showed before came at the moment of the others. */
static void a_number_without_authority_or_success_catches_nothing_up(void **state)
{
    (void)state;
    static scene_change *const changes[] = {set_cached_serial, set_serial_in_error,
                                            set_serial_truncated};
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        struct scene scene;
        scene_begin(&scene, "serial-mismatch");
        for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
            struct exchange *exchange = &scene.measurement.exchanges[i];
            if (exchange->started_us > 5 * SECOND_US)
                changes[k](&scene, exchange, 2026060100);
        }
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_UNKNOWN), 1);
        assert_int_equal(scene_count_of(&scene, "dns.lame", SIGHT_SEEN), 0);
        scene_end(&scene);
    }
}

/* RFC 1034 4.3.5: the answer to the SOA question tells; a SOA record that comes with another answer
 * does not. */
static void only_the_answer_to_the_soa_question_shows_a_serial(void **state)
{
    (void)state;
    static const struct choice others[] = {
        {.purpose = IS(PURPOSE_APEX), .type = DNS_NS, .server = "ns2.example"},
        {.purpose = IS(PURPOSE_APEX), .type = DNS_DNSKEY, .server = "ns2.example"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct scene scene;
        scene_begin(&scene, "unsigned");
        scene_change_each(&scene, &others[i], set_serial, 2026060200);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_NOT_SEEN), 1);
        scene_end(&scene);
    }
    /* asked for another reason, it does not either */
    struct scene scene;
    scene_begin(&scene, "unsigned");
    scene_change_each(&scene, &soa_of_2, set_serial, 2026060200);
    scene_change_each(&scene, &soa_of_2, set_purpose, PURPOSE_NXNAME);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dns.serial-differs", SIGHT_NOT_SEEN), 1);
    scene_end(&scene);
}

/* --- EDNS --- */

/* RFC 6891 7: FORMERR, and no OPT record. */
static void refuse_edns(struct scene *scene, struct exchange *exchange, int authoritative)
{
    const struct fixture_message message = {.rcode = DNS_FORMERR,
                                            .authoritative = authoritative != 0};
    exchange->received = fixture_encode(&message, &exchange->sent, &scene->arena);
}

/* The same questions of ns1 again, without EDNS, answered as before but without OPT. */
static void ask_again_without_edns(struct scene *scene)
{
    const struct choice server = {.server = "ns1.example"};
    size_t count = scene->measurement.exchange_count;
    for (size_t i = 0; i < count; i++) {
        if (scene->measurement.exchanges[i].kind == EXCHANGE_HTTPS ||
            !scene_fits(&scene->measurement.exchanges[i], &server))
            continue;
        struct exchange *again = arena_push(&scene->arena, &scene->measurement.exchanges,
                                            &scene->measurement.exchange_count, sizeof *again);
        *again = scene->measurement.exchanges[i];
        again->id = (uint32_t)scene->measurement.exchange_count;
        uint8_t *sent = arena_copy(&scene->arena, again->sent.data, again->sent.size);
        sent[11]--; /* the OPT record is the last 11 bytes */
        again->sent = (struct bytes){.data = sent, .size = again->sent.size - 11};
        scene_own_bytes(scene, again)[11]--;
        again->received.size -= 11;
    }
}

static void a_server_without_edns_is_not_lame(void **state)
{
    (void)state;
    const struct choice server = {.server = "ns1.example"};
    for (int authoritative = 0; authoritative < 2; authoritative++) {
        struct scene scene;
        scene_begin(&scene, "unsigned");
        ask_again_without_edns(&scene);
        for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
            struct exchange *exchange = &scene.measurement.exchanges[i];
            struct dns_message question;
            if (exchange->kind != EXCHANGE_HTTPS && scene_fits(exchange, &server) &&
                dns_message_parse(exchange->sent.data, exchange->sent.size, &question) == 0 &&
                question.edns)
                refuse_edns(&scene, exchange, authoritative);
        }
        scene_expect(&scene, "dns.no-edns=2 dnssec.unsigned=1", "");
        assert_int_equal(scene_count_of(&scene, "dns.lame", SIGHT_NOT_SEEN), 6);
        scene_end(&scene);
        /* not asked again, nothing else is known of it */
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &server, refuse_edns, authoritative);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dns.no-edns", SIGHT_SEEN), 2);
        assert_int_equal(scene_count_of(&scene, "dns.lame", SIGHT_UNKNOWN), 2);
        assert_int_equal(scene_count_of(&scene, "dns.server-silent-udp", SIGHT_SEEN), 0);
        assert_int_equal(scene_count_of(&scene, "dns.too-few-servers", SIGHT_SEEN), 0);
        assert_int_equal(scene_count_of(&scene, "dnssec.signature-missing", SIGHT_SEEN), 0);
        scene_end(&scene);
    }
}

/* RFC 4035 3.2.1: who was not asked with DO sends no signatures. */
static void signatures_are_missing_only_where_they_were_asked_for(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, "signature-missing");
    for (size_t i = 0; i < scene.measurement.exchange_count; i++) {
        struct exchange *exchange = &scene.measurement.exchanges[i];
        if (exchange->kind == EXCHANGE_HTTPS || strcmp(exchange->server, "ns1.example") != 0)
            continue;
        uint8_t *sent = arena_copy(&scene.arena, exchange->sent.data, exchange->sent.size);
        sent[exchange->sent.size - 4] &= 0x7f; /* DO, in the OPT record at the end */
        exchange->sent.data = sent;
    }
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "dnssec.signature-missing", SIGHT_SEEN), 0);
    assert_int_equal(scene_count_of(&scene, "dnssec.signature-missing", SIGHT_NOT_SEEN), 4);
    scene_end(&scene);
}

TEST_MAIN(cmocka_unit_test(truncated_answers_over_udp_accuse_nobody),
          cmocka_unit_test(bare_truncated_answers_leave_edns_unknown),
          cmocka_unit_test(only_records_for_the_name_are_a_wildcard),
          cmocka_unit_test(a_fault_of_the_root_accuses_nobody_else),
          cmocka_unit_test(the_keys_of_one_root_server_are_enough),
          cmocka_unit_test(the_keys_of_the_root_come_from_the_root),
          cmocka_unit_test(a_server_is_behind_only_after_a_while),
          cmocka_unit_test(only_what_is_authoritative_shows_a_serial),
          cmocka_unit_test(a_number_without_authority_or_success_catches_nothing_up),
          cmocka_unit_test(only_the_answer_to_the_soa_question_shows_a_serial),
          cmocka_unit_test(a_server_that_catches_up_is_well),
          cmocka_unit_test(a_server_without_edns_is_not_lame),
          cmocka_unit_test(signatures_are_missing_only_where_they_were_asked_for))
