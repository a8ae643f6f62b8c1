/* Checks over measurements made in memory: each code is seen where it should be and nowhere else,
 * and a party is never judged on what we failed to see (C1 .. C5 of check.h). */
#include "check/check.h"

#include "base/error.h"
#include "check/fixture.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA = 64 << 20 };

static struct result_set run(const struct fixture_world *world, struct arena *arena)
{
    struct measurement measurement;
    struct result_set set;
    fixture_build(world, arena, &measurement);
    assert_int_equal(check_run_all(&measurement, arena, &set), 0);
    return set;
}

static struct result_set run_named(const char *name, struct arena *arena)
{
    struct fixture_world world = {.without_references = false};
    const struct fixture *fixture = fixture_find(name);
    assert_non_null(fixture);
    fixture->apply(&world);
    return run(&world, arena);
}

static size_t count_of(const struct result_set *set, const char *code, enum sight sight)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += strcmp(set->results[i].code, code) == 0 && set->results[i].sight == sight;
    return count;
}

static size_t count_sight(const struct result_set *set, enum sight sight)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += set->results[i].sight == sight;
    return count;
}

typedef void each_code(const struct check *check, const struct check_code *code);

static void for_each_code(each_code *each)
{
    size_t count;
    const struct check *const *checks = check_table(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < CHECK_CODES_MAX && checks[i]->codes[k].code != NULL; k++)
            each(checks[i], &checks[i]->codes[k]);
    }
}

static void assert_row(const struct check *check, const struct check_code *code)
{
    const struct check *found;
    assert_true(check->version > 0);
    assert_true(strncmp(code->code, check_family_text(check->family),
                        strlen(check_family_text(check->family))) == 0);
    assert_true(code->summary[0] != '\0');
    assert_non_null(code->rfc);
    assert_non_null(code->also_rst);
    assert_non_null(code->also_zonemaster);
    assert_non_null(code->also_rdapct);
    assert_ptr_equal(check_code_find(code->code, &found), code); /* unique */
    assert_ptr_equal(found, check);
}

/* --- the table is built by whoever comes first --- */

static bool table_has_checks(void)
{
    size_t count;
    check_table(&count);
    return count > 0;
}

static bool code_is_found(void)
{
    return check_code_find("dns.lame", NULL) != NULL;
}

static bool vocabulary_has_codes(void)
{
    struct vocabulary vocabulary = {.code_count = 0};
    check_vocabulary(&vocabulary);
    return vocabulary.code_count > 0;
}

static bool list_has_codes(void)
{
    struct buffer text BUFFER_CLEANUP;
    struct json_out out;
    buffer_init(&text, 1 << 20);
    json_out_init(&out, &text, /* indent= */ false);
    check_list_write(&out);
    return strstr(buffer_text(&text), "dns.lame") != NULL;
}

/* Each in a process of its own, in which nothing was asked before; so this is the first test. */
static void whoever_comes_first_finds_the_table(void **state)
{
    (void)state;
    static bool (*const first[])(void) = {table_has_checks, code_is_found, vocabulary_has_codes,
                                          list_has_codes};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            _exit(first[i]() ? 0 : 1);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

static void rows_are_complete(void **state)
{
    (void)state;
    size_t count;
    struct vocabulary vocabulary = {.code_count = 0};
    const struct check *const *checks = check_table(&count);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(checks[i - 1]->id, checks[i]->id) < 0);
    for_each_code(assert_row);
    check_vocabulary(&vocabulary);
    assert_true(vocabulary.code_count >= 30);
    assert_true(vocabulary_has(vocabulary.codes, vocabulary.code_count, "dns.lame"));
}

static void assert_fixtures(const struct check *check, const struct check_code *code)
{
    struct arena arena ARENA_CLEANUP;
    (void)check;
    arena_init(&arena, ARENA);
    struct result_set bad = run_named(code->fixture_bad, &arena);
    if (count_of(&bad, code->code, SIGHT_SEEN) == 0)
        fail_msg("%s is not seen in %s", code->code, code->fixture_bad);
    struct result_set good = run_named(code->fixture_good, &arena);
    if (count_of(&good, code->code, SIGHT_NOT_SEEN) == 0)
        fail_msg("%s is not looked for in %s", code->code, code->fixture_good);
}

static void each_code_has_a_bad_and_a_good_fixture(void **state)
{
    (void)state;
    for_each_code(assert_fixtures);
}

static void the_healthy_world_shows_nothing(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    struct result_set set = run_named("healthy", &arena);
    for (size_t i = 0; i < set.count; i++) {
        if (set.results[i].sight != SIGHT_NOT_SEEN)
            fail_msg("%s at %s", set.results[i].code, set.results[i].subject);
    }
}

/* check.h: by check, code and subject, each once. */
static void results_are_sorted(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    struct result_set set = run_named("lame", &arena);
    assert_true(set.count > 0);
    for (size_t i = 1; i < set.count; i++) {
        const struct result *before = &set.results[i - 1], *result = &set.results[i];
        int order = strcmp(before->check, result->check);
        if (order == 0)
            order = strcmp(before->code, result->code);
        if (order == 0)
            order = strcmp(before->subject, result->subject);
        assert_true(order < 0);
    }
}

/* Written by hand: which codes each fault shows, and how often. */
static const struct expected {
    const char *fixture;
    const char *codes; /* CODE=COUNT, sorted */
} expected[] = {
    {"server-down", "dns.server-silent-udp=2 dns.tcp-refused=2"},
    {"two-servers-down", "dns.server-silent-udp=4 dns.tcp-refused=4 dns.too-few-servers=1"},
    {"tcp-refused", "dns.tcp-refused=2"},
    {"lame", "dns.lame=2"},
    {"malformed", "dns.malformed=2"},
    {"slow", "dns.slow-tcp=2 dns.slow-udp=2"},
    {"no-edns", "dns.no-edns=2"},
    {"serial-mismatch", "dns.serial-differs=1"},
    {"ns-differs", "dns.ns-differs=1"},
    {"delegation-differs", "dns.delegation-differs=1"},
    {"wildcard", "dns.wildcard=1"},
    {"no-glue", "dns.glue-missing=1"},
    {"no-ipv4", "dns.no-ipv4=1"},
    {"no-ipv6", "dns.no-ipv6=1"},
    {"one-name", "dns.too-few-names=1 dns.too-few-servers=1"},
    {"not-delegated", "dns.not-delegated=1"},
    {"unsigned", "dnssec.unsigned=1"},
    {"signature-missing", "dnssec.signature-missing=2"},
    {"expired-signature", "dnssec.expired=6"},
    {"early-signature", "dnssec.not-yet-valid=6"},
    {"bogus", "dnssec.bogus=6"},
    {"no-ds", "dnssec.ds-missing=1"},
    {"bogus-ds", "dnssec.ds-mismatch=1"},
    {"chain-broken", "dnssec.chain-broken=1 dnssec.unsigned=1"},
    {"rdap-down", "rdap.unreachable=2"},
    {"certificate-expired", "rdap.certificate-expired=2"},
    {"certificate-early", "rdap.certificate-not-yet-valid=2"},
    {"certificate-name", "rdap.certificate-name=2"},
    {"certificate-untrusted", "rdap.certificate-untrusted=2"},
    {"rdap-bad-status", "rdap.bad-status=1 rdap.domain-missing=1"},
    {"rdap-no-help", "rdap.help-missing=1"},
    {"rdap-no-domain", "rdap.domain-missing=1"},
    {"rdap-wrong-type", "rdap.wrong-type=2"},
    {"rdap-invalid-json", "rdap.not-json=1"},
    {"rdap-no-conformance", "rdap.conformance-missing=1"},
    {"rdap-wrong-object", "rdap.wrong-object=1"},
    {"rdap-wrong-name", "rdap.wrong-name=1"},
    {"name-registered", ""},
    {"name-not-registered", "rdap.not-registered=1"},
    {"name-without-registrar", "rdap.abuse-contact-missing=1 rdap.registrar-missing=1"},
    {"healthy", ""},
};

static void write_seen(const struct result_set *set, struct buffer *out)
{
    struct vocabulary vocabulary = {.code_count = 0};
    check_vocabulary(&vocabulary);
    for (size_t i = 0; i < vocabulary.code_count; i++) {
        size_t count = count_of(set, vocabulary.codes[i].name, SIGHT_SEEN);
        if (count > 0)
            buffer_printf(out, "%s%s=%zu", out->size > 0 ? " " : "", vocabulary.codes[i].name,
                          count);
    }
}

static void each_fault_shows_itself_and_nothing_else(void **state)
{
    (void)state;
    size_t count;
    fixture_table(&count);
    assert_int_equal(count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < count; i++) {
        struct arena arena ARENA_CLEANUP;
        struct buffer seen BUFFER_CLEANUP;
        arena_init(&arena, ARENA);
        buffer_init(&seen, 4096);
        struct result_set set = run_named(expected[i].fixture, &arena);
        write_seen(&set, &seen);
        if (strcmp(buffer_text(&seen), expected[i].codes) != 0)
            fail_msg("%s: %s", expected[i].fixture, buffer_text(&seen));
    }
}

/* C1: whatever is wrong with our own paths, nothing is seen that was not seen with them well. */
static void assert_outage_accuses_nobody(const struct fixture_world *world,
                                         const struct result_set *without)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    struct result_set with = run(world, &arena);
    for (size_t i = 0; i < with.count; i++) {
        const char *code = with.results[i].code;
        if (with.results[i].sight == SIGHT_SEEN && count_of(without, code, SIGHT_SEEN) == 0)
            fail_msg("our outage makes %s seen at %s", code, with.results[i].subject);
    }
}

static void c1_our_outage_accuses_nobody(void **state)
{
    (void)state;
    static const enum path_state states[] = {PATH_DROPS, PATH_UNREACHABLE, PATH_OWN_FAILURE};
    size_t count;
    const struct fixture *fixtures = fixture_table(&count);
    for (size_t i = 0; i < count; i++) {
        struct arena arena ARENA_CLEANUP;
        struct fixture_world world = {.without_references = false};
        arena_init(&arena, ARENA);
        fixtures[i].apply(&world);
        struct result_set without = run(&world, &arena);
        for (unsigned mask = 1 + (unsigned)i % 5; mask < 1u << (FIXTURE_FAMILIES * FIXTURE_KINDS);
             mask += 5) {
            struct fixture_world cut = world;
            for (unsigned bit = 0; bit < FIXTURE_FAMILIES * FIXTURE_KINDS; bit++) {
                if (mask & 1u << bit)
                    cut.paths[bit / FIXTURE_KINDS][bit % FIXTURE_KINDS] = states[(mask + i) % 3];
            }
            assert_outage_accuses_nobody(&cut, &without);
        }
    }
}

static void cut_all(struct fixture_world *world, enum path_state state)
{
    for (size_t f = 0; f < FIXTURE_FAMILIES; f++) {
        for (size_t k = 0; k < FIXTURE_KINDS; k++)
            world->paths[f][k] = state;
    }
}

static void c1_without_network_nothing_is_known(void **state)
{
    (void)state;
    static const enum path_state states[] = {PATH_DROPS, PATH_UNREACHABLE, PATH_OWN_FAILURE};
    for (size_t i = 0; i < 3; i++) {
        struct arena arena ARENA_CLEANUP;
        struct fixture_world world = {.without_references = false};
        arena_init(&arena, ARENA);
        cut_all(&world, states[i]);
        struct result_set set = run(&world, &arena);
        assert_int_equal(count_sight(&set, SIGHT_SEEN), 0);
        /* The addresses themselves were given, so that their families are known. */
        assert_int_equal(count_sight(&set, SIGHT_NOT_SEEN),
                         count_of(&set, "dns.no-ipv4", SIGHT_NOT_SEEN) +
                             count_of(&set, "dns.no-ipv6", SIGHT_NOT_SEEN));
        assert_true(count_sight(&set, SIGHT_UNKNOWN) > 0);
    }
}

/* C1: only IPv6 missing leaves what IPv6 concerns unknown, and nothing else. */
static void c1_without_ipv6_the_zone_is_still_judged(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.without_references = false};
    arena_init(&arena, ARENA);
    for (size_t k = 0; k < FIXTURE_KINDS; k++)
        world.paths[1][k] = PATH_UNREACHABLE;
    struct result_set set = run(&world, &arena);
    assert_int_equal(count_sight(&set, SIGHT_SEEN), 0);
    assert_int_equal(count_of(&set, "dns.server-silent-udp", SIGHT_UNKNOWN), 3);
    assert_int_equal(count_of(&set, "dns.server-silent-udp", SIGHT_NOT_SEEN), 3);
    assert_int_equal(count_of(&set, "rdap.unreachable", SIGHT_UNKNOWN), 1);
    assert_int_equal(count_of(&set, "dns.serial-differs", SIGHT_NOT_SEEN), 1);
    assert_int_equal(count_of(&set, "dns.wildcard", SIGHT_NOT_SEEN), 1);
    assert_int_equal(count_of(&set, "dnssec.chain-broken", SIGHT_NOT_SEEN), 1);
    assert_int_equal(count_of(&set, "rdap.not-json", SIGHT_NOT_SEEN), 2);
}

/* C1: one dead server while references answer is seen; without references nobody knows. */
static void c1_silence_needs_a_reference(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.servers = {SERVER_DOWN}, .rdap_down = true};
    arena_init(&arena, ARENA);
    struct result_set set = run(&world, &arena);
    assert_int_equal(count_of(&set, "dns.server-silent-udp", SIGHT_SEEN), 2);
    assert_int_equal(count_of(&set, "rdap.unreachable", SIGHT_SEEN), 2);
    world.without_references = true;
    set = run(&world, &arena);
    assert_int_equal(count_sight(&set, SIGHT_SEEN), 0);
    assert_int_equal(count_of(&set, "dns.server-silent-udp", SIGHT_UNKNOWN), 2);
    assert_int_equal(count_of(&set, "rdap.unreachable", SIGHT_UNKNOWN), 2);
}

/* C1: a trust anchor of ours that fits no key of the root accuses nobody. */
static void c1_a_wrong_anchor_accuses_nobody(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.without_references = false};
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, ARENA);
    fixture_build(&world, &arena, &measurement);
    measurement.trust_anchor = ". DS 1 15 2 00";
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    assert_int_equal(count_of(&set, "dnssec.chain-broken", SIGHT_UNKNOWN), 1);
    assert_int_equal(count_sight(&set, SIGHT_SEEN), 0);
    measurement.trust_anchor = NULL;
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    assert_int_equal(count_of(&set, "dnssec.chain-broken", SIGHT_UNKNOWN), 1);
}

/* C3: with the clock in doubt, or confirmed by nobody, time decides nothing. */
static void c3_a_wrong_clock_accuses_nobody(void **state)
{
    (void)state;
    static const int64_t errors[] = {INT64_C(62000000), INT64_C(-62000000),
                                     INT64_C(86400000000) * 400, INT64_C(-86400000000) * 400};
    struct vocabulary vocabulary = {.code_count = 0};
    check_vocabulary(&vocabulary);
    for (size_t i = 0; i <= sizeof(errors) / sizeof(errors[0]); i++) {
        struct arena arena ARENA_CLEANUP;
        struct fixture_world world = {.signature_expired = true};
        arena_init(&arena, ARENA);
        if (i == sizeof(errors) / sizeof(errors[0]))
            world.without_references = true;
        else
            world.clock_error_us = errors[i];
        struct result_set set = run(&world, &arena);
        for (size_t k = 0; k < vocabulary.code_count; k++) {
            const char *code = vocabulary.codes[k].name;
            if (check_code_find(code, NULL)->depends_on_time) {
                assert_int_equal(count_of(&set, code, SIGHT_SEEN), 0);
                assert_int_equal(count_of(&set, code, SIGHT_NOT_SEEN), 0);
            }
        }
        assert_true(count_of(&set, "dns.lame", SIGHT_NOT_SEEN) > 0);
    }
}

static void c3_a_small_error_of_the_clock_is_allowed(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.signature_expired = true, .clock_error_us = 58000000};
    arena_init(&arena, ARENA);
    struct result_set set = run(&world, &arena);
    assert_int_equal(count_of(&set, "dnssec.expired", SIGHT_SEEN), 6);
}

/* C3: the date of a reference web server confirms our clock alone, when no DNS is seen. */
static void c3_a_date_alone_confirms_the_clock(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.certificate = CERTIFICATE_OLD};
    arena_init(&arena, ARENA);
    for (size_t f = 0; f < FIXTURE_FAMILIES; f++) {
        world.paths[f][EXCHANGE_DNS_UDP] = PATH_DROPS;
        world.paths[f][EXCHANGE_DNS_TCP] = PATH_DROPS;
    }
    struct result_set set = run(&world, &arena);
    assert_int_equal(count_of(&set, "rdap.certificate-expired", SIGHT_SEEN), 2);
}

/* Any two faults that touch different things show both. */
static void two_faults_show_both(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.servers = {SERVER_LAME, SERVER_NORMAL, SERVER_OLD_SERIAL},
                                  .signature_expired = true,
                                  .wrong_ds = true};
    struct buffer seen BUFFER_CLEANUP;
    arena_init(&arena, ARENA);
    buffer_init(&seen, 4096);
    struct result_set set = run(&world, &arena);
    write_seen(&set, &seen);
    assert_string_equal(buffer_text(&seen), "dns.lame=2 dns.serial-differs=1 dnssec.ds-mismatch=1 "
                                            "dnssec.expired=4");
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Spoils received bytes: changes, cuts, or fills them with rubbish. */
static void spoil(struct exchange *exchange, struct arena *arena, uint32_t *random)
{
    size_t size = exchange->received.size;
    if (size == 0)
        return;
    uint8_t *copy = arena_copy(arena, exchange->received.data, size);
    for (uint32_t i = next_random(random) % 8; i > 0; i--)
        copy[next_random(random) % size] = (uint8_t)next_random(random);
    if (next_random(random) % 4 == 0)
        size = next_random(random) % size;
    exchange->received = (struct bytes){.data = copy, .size = size};
    if (exchange->chain_count > 0) {
        uint8_t *der = arena_copy(arena, exchange->chain[0].data, exchange->chain[0].size);
        der[next_random(random) % exchange->chain[0].size] ^= 0x21;
        exchange->chain[0].data = der;
    }
}

/* C4: bytes of others never make a run fail. */
static void c4_hostile_bytes_never_fail_a_run(void **state)
{
    (void)state;
    uint32_t random = 20261124;
    for (int round = 0; round < 200; round++) {
        struct arena arena ARENA_CLEANUP;
        struct fixture_world world = {.wildcard = round % 2 == 0};
        struct measurement measurement;
        struct result_set set;
        arena_init(&arena, ARENA);
        fixture_build(&world, &arena, &measurement);
        for (size_t i = 0; i < measurement.exchange_count; i++)
            spoil(&measurement.exchanges[i], &arena, &random);
        assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
        assert_true(set.count > 0);
    }
}

/* C4: what a file may leave out: URLs, certificates, questions, servers. */
static void c4_missing_parts_never_fail_a_run(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.without_references = false};
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, ARENA);
    fixture_build(&world, &arena, &measurement);
    measurement.trust_anchor = ". DS not an anchor";
    measurement.rdap_domain = NULL;
    for (size_t i = 0; i < measurement.exchange_count; i++) {
        struct exchange *exchange = &measurement.exchanges[i];
        if (i % 3 == 0)
            exchange->url = NULL;
        if (i % 3 == 1)
            exchange->sent = (struct bytes){.size = 0};
        if (i % 3 == 2 && exchange->chain_count > 0)
            exchange->chain[0] = (struct bytes){.size = 0};
        if (i % 5 == 0)
            exchange->server = "";
    }
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    measurement.server_count = 0;
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    measurement.exchange_count = 0;
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
}

static void times_without_sense_are_refused(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct fixture_world world = {.clock_error_us = -FIXTURE_NOW - 1};
    struct measurement measurement;
    struct result_set set;
    arena_init(&arena, ARENA);
    fixture_build(&world, &arena, &measurement);
    assert_int_equal(check_run_all(&measurement, &arena, &set), ERR_SYNTAX);
    measurement.observed_at = INT64_MAX;
    assert_int_equal(check_run_all(&measurement, &arena, &set), ERR_SYNTAX);
    measurement.observed_at = FIXTURE_NOW;
    measurement.exchanges[3].elapsed_us = INT64_MAX;
    assert_int_equal(check_run_all(&measurement, &arena, &set), ERR_SYNTAX);
}

/* The same measurement gives the same bytes, and without memory a clean failure. */
static void runs_are_repeatable(void **state)
{
    (void)state;
    struct buffer first BUFFER_CLEANUP, second BUFFER_CLEANUP;
    struct arena world_arena ARENA_CLEANUP, arena ARENA_CLEANUP;
    struct measurement measurement;
    struct result_set set;
    struct fixture_world world = {.servers = {SERVER_DOWN}};
    buffer_init(&first, ARENA);
    buffer_init(&second, ARENA);
    arena_init(&world_arena, ARENA);
    arena_init(&arena, ARENA);
    fixture_build(&world, &world_arena, &measurement);
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    assert_int_equal(result_set_encode(&set, &first), 0);
    size_t needed = arena.used;
    arena_clear(&arena);
    assert_int_equal(check_run_all(&measurement, &arena, &set), 0);
    assert_int_equal(result_set_encode(&set, &second), 0);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    for (size_t limit = 0; limit < needed; limit += needed / 199 + 1) {
        struct arena small ARENA_CLEANUP;
        arena_init(&small, limit);
        assert_int_equal(check_run_all(&measurement, &small, &set), ERR_NO_MEMORY);
    }
}

static void the_list_is_json(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    struct json_out out;
    json_t *json JSON_CLEANUP = NULL;
    buffer_init(&text, 1 << 20);
    json_out_init(&out, &text, /* indent= */ false);
    check_list_write(&out);
    assert_int_equal(json_parse(buffer_text(&text), text.size, &json, NULL), 0);
    const json_t *row = json_array_get(json, 0);
    assert_non_null(json_text(row, "check"));
    assert_true(json_is_array(json_object_get(json_object_get(row, "also"), "zonemaster")));
    assert_true(json_array_size(json_object_get(row, "needs")) > 0);
}

TEST_MAIN(cmocka_unit_test(whoever_comes_first_finds_the_table),
          cmocka_unit_test(rows_are_complete),
          cmocka_unit_test(each_code_has_a_bad_and_a_good_fixture),
          cmocka_unit_test(the_healthy_world_shows_nothing), cmocka_unit_test(results_are_sorted),
          cmocka_unit_test(each_fault_shows_itself_and_nothing_else),
          cmocka_unit_test(c1_our_outage_accuses_nobody),
          cmocka_unit_test(c1_without_network_nothing_is_known),
          cmocka_unit_test(c1_without_ipv6_the_zone_is_still_judged),
          cmocka_unit_test(c1_silence_needs_a_reference),
          cmocka_unit_test(c1_a_wrong_anchor_accuses_nobody),
          cmocka_unit_test(c3_a_wrong_clock_accuses_nobody),
          cmocka_unit_test(c3_a_small_error_of_the_clock_is_allowed),
          cmocka_unit_test(c3_a_date_alone_confirms_the_clock),
          cmocka_unit_test(two_faults_show_both),
          cmocka_unit_test(c4_hostile_bytes_never_fail_a_run),
          cmocka_unit_test(c4_missing_parts_never_fail_a_run),
          cmocka_unit_test(times_without_sense_are_refused), cmocka_unit_test(runs_are_repeatable),
          cmocka_unit_test(the_list_is_json))
