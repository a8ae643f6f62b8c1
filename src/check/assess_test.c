/* Assessment: profiles, vantage points, repeats, spread, and the ranks of verdicts. */
#include "check/assess.h"

#include "base/error.h"
#include "testing.h"

#include <string.h>

enum { ARENA = 1 << 20, SETS_MAX = 16 };

#define MINUTE_US INT64_C(60000000)

static const char *const one_code[] = {"dns.lame"};
static const char *const two_codes[] = {"dns.lame", "dns.wildcard"};

static const struct obligation obligation = {.id = "ra.test", .clause = "1"};

/* Results of one measurement: what was seen of dns.lame and dns.wildcard. */
struct shown {
    const char *vantage;
    int minute;
    enum sight lame, wildcard;
};

static size_t make_sets(struct arena *arena, const struct shown *shown, size_t count,
                        struct result_set *sets)
{
    for (size_t i = 0; i < count; i++) {
        struct result *results = arena_array(arena, 2, sizeof(*results));
        uint32_t *exchange = arena_alloc(arena, sizeof(*exchange));
        *exchange = (uint32_t)i + 10;
        results[0] = (struct result){.check = "dns.authoritative",
                                     .code = "dns.lame",
                                     .subject = "ns1.example/192.0.2.1",
                                     .sight = shown[i].lame,
                                     .exchanges = exchange,
                                     .exchange_count = 1};
        results[1] = results[0];
        results[1].code = "dns.wildcard";
        results[1].sight = shown[i].wildcard;
        sets[i] = (struct result_set){.evidence = arena_printf(arena, "e%zu", i),
                                      .vantage = shown[i].vantage,
                                      .observed_at = shown[i].minute * MINUTE_US,
                                      .results = results,
                                      .count = 2};
    }
    return count;
}

static struct finding assess_one(struct arena *arena, const struct profile *profile,
                                 const struct shown *shown, size_t shown_count)
{
    struct result_set sets[SETS_MAX];
    struct duty duty = {.obligation = &obligation, .profile = profile, .party = "registry-x"};
    struct assess_input input = {
        .subject = "example", .rulebook = "", .duties = &duty, .duty_count = 1, .sets = sets};
    struct finding *findings;
    size_t count;
    input.set_count = make_sets(arena, shown, shown_count, sets);
    assert_int_equal(assess(&input, arena, &findings, &count), 0);
    assert_int_equal(count, 1);
    assert_string_equal(findings[0].subject, "example");
    assert_true(findings[0].reason[0] != '\0');
    return findings[0];
}

#define ASSESS(arena, profile, ...)                                                                \
    assess_one(arena, profile, (const struct shown[]){__VA_ARGS__},                                \
               sizeof((const struct shown[]){__VA_ARGS__}) / sizeof(struct shown))

#define SEEN SIGHT_SEEN
#define ABSENT SIGHT_NOT_SEEN
#define UNKNOWN SIGHT_UNKNOWN

static void one_vantage_point_is_enough_when_the_profile_says_so(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    arena_init(&arena, ARENA);
    struct finding finding = ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_NOT_MET);
    assert_int_equal(finding.code_count, 1);
    assert_string_equal(finding.codes[0], "dns.lame");
    assert_int_equal(finding.seen_by_count, 1);
    assert_string_equal(finding.evidence[0].measurement, "e0");
    assert_int_equal(finding.evidence[0].exchanges[0], 10);
    finding = ASSESS(&arena, &profile, {"a", 1, ABSENT, SEEN}); /* another code: not its business */
    assert_int_equal(finding.verdict, VERDICT_MET);
    assert_int_equal(finding.code_count, 0);
    assert_int_equal(finding.evidence_count, 1);
    finding = ASSESS(&arena, &profile, {"a", 1, UNKNOWN, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_UNDETERMINED);
    assert_string_equal(finding.codes[0], "dns.lame");
}

/* "All of": seen < unknown < not seen over the codes of one profile. */
static void every_code_must_have_been_looked_for(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = two_codes, .code_count = 2, .quorum = 1, .repeats = 1};
    static const char *const other[] = {"dns.lame", "rdap.not-json"};
    arena_init(&arena, ARENA);
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, UNKNOWN, SEEN}).verdict, VERDICT_NOT_MET);
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, UNKNOWN, ABSENT}).verdict,
                     VERDICT_UNDETERMINED);
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, ABSENT, ABSENT}).verdict, VERDICT_MET);
    profile.codes = other; /* nothing looked for the second */
    struct finding finding = ASSESS(&arena, &profile, {"a", 1, ABSENT, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_UNDETERMINED);
    assert_int_equal(finding.code_count, 1);
    assert_string_equal(finding.codes[0], "rdap.not-json");
}

static void a_quorum_needs_as_many_vantage_points(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 2, .repeats = 1};
    arena_init(&arena, ARENA);
    struct finding finding = ASSESS(&arena, &profile, {"b", 1, SEEN, ABSENT},
                                    {"a", 2, SEEN, ABSENT}, {"c", 1, ABSENT, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_NOT_MET);
    assert_int_equal(finding.seen_by_count, 2);
    assert_string_equal(finding.seen_by[0], "a");
    finding = ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"b", 1, UNKNOWN, ABSENT},
                     {"c", 1, ABSENT, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_UNDETERMINED);
    finding = ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"b", 1, ABSENT, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_MET); /* two failures have become impossible */
    finding = ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_UNDETERMINED); /* the other is missing */
}

static void a_failure_must_repeat_over_the_spread(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {
        .codes = one_code, .code_count = 1, .quorum = 1, .repeats = 2, .spread_us = 10 * MINUTE_US};
    arena_init(&arena, ARENA);
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}).verdict,
                     VERDICT_UNDETERMINED);
    assert_int_equal(
        ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"a", 10, SEEN, ABSENT}).verdict,
        VERDICT_UNDETERMINED);
    struct finding finding =
        ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"a", 11, SEEN, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_NOT_MET);
    assert_int_equal(finding.evidence_count, 2);
    assert_true(finding.period_from == MINUTE_US && finding.period_until == 11 * MINUTE_US);
    /* an outage of ours in between does not undo what was seen before and after it */
    assert_int_equal(ASSESS(&arena, &profile, {"a", 11, SEEN, ABSENT}, {"a", 5, UNKNOWN, ABSENT},
                            {"a", 1, SEEN, ABSENT})
                         .verdict,
                     VERDICT_NOT_MET);
    /* a repair does: only what was seen since then counts */
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"a", 5, ABSENT, ABSENT},
                            {"a", 20, SEEN, ABSENT})
                         .verdict,
                     VERDICT_UNDETERMINED);
    assert_int_equal(ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"a", 20, SEEN, ABSENT},
                            {"a", 21, ABSENT, ABSENT})
                         .verdict,
                     VERDICT_MET);
}

/* The newest measurement must be able to tell before anything is met. */
static void an_outage_now_hides_what_was_well_before(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    arena_init(&arena, ARENA);
    assert_int_equal(
        ASSESS(&arena, &profile, {"a", 1, ABSENT, ABSENT}, {"a", 2, UNKNOWN, ABSENT}).verdict,
        VERDICT_UNDETERMINED);
}

/* Whatever the profile and whatever was seen: more failures never help the party, and turning what
 * was seen into "could not tell" never harms it. */
static void verdicts_are_monotonic(void **state)
{
    (void)state;
    static const enum sight sights[] = {SIGHT_UNKNOWN, SIGHT_NOT_SEEN, SIGHT_SEEN};
    for (uint32_t quorum = 1; quorum <= 3; quorum++) {
        struct profile profile = {
            .codes = one_code, .code_count = 1, .quorum = quorum, .repeats = 1};
        for (int i = 0; i < 27; i++) {
            struct arena arena ARENA_CLEANUP;
            struct shown shown[3] = {{"a", 1, sights[i % 3], ABSENT},
                                     {"b", 1, sights[i / 3 % 3], ABSENT},
                                     {"c", 1, sights[i / 9], ABSENT}};
            arena_init(&arena, ARENA);
            enum verdict before = assess_one(&arena, &profile, shown, 3).verdict;
            for (int k = 0; k < 3; k++) {
                struct shown changed[3] = {shown[0], shown[1], shown[2]};
                changed[k].lame = SIGHT_SEEN;
                assert_true(assess_one(&arena, &profile, changed, 3).verdict >= before);
                if (shown[k].lame != SIGHT_SEEN)
                    continue;
                changed[k].lame = SIGHT_UNKNOWN;
                assert_true(assess_one(&arena, &profile, changed, 3).verdict <= before);
            }
        }
    }
}

static void nothing_measured_is_undetermined(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    arena_init(&arena, ARENA);
    assert_int_equal(assess_one(&arena, &profile, NULL, 0).verdict, VERDICT_UNDETERMINED);
}

static void duties_without_profile_yield_nothing_and_findings_are_sorted(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    struct obligation z = {.id = "z", .clause = "1"}, a2 = {.id = "a", .clause = "2"};
    struct obligation a1 = {.id = "a", .clause = "1"};
    struct duty duties[] = {
        {&z, &profile, "p"}, {&a2, &profile, "p"}, {&a1, NULL, "p"}, {&a1, &profile, "p"}};
    struct assess_input input = {
        .subject = "example", .rulebook = "", .duties = duties, .duty_count = 4};
    struct finding *findings;
    size_t count;
    arena_init(&arena, ARENA);
    assert_int_equal(assess(&input, &arena, &findings, &count), 0);
    assert_int_equal(count, 3);
    assert_string_equal(findings[0].clause, "1");
    assert_string_equal(findings[1].clause, "2");
    assert_string_equal(findings[2].obligation, "z");
    input.duty_count = ASSESS_DUTIES_MAX + 1;
    assert_int_equal(assess(&input, &arena, &findings, &count), ERR_LIMIT);
}

TEST_MAIN(cmocka_unit_test(one_vantage_point_is_enough_when_the_profile_says_so),
          cmocka_unit_test(every_code_must_have_been_looked_for),
          cmocka_unit_test(a_quorum_needs_as_many_vantage_points),
          cmocka_unit_test(a_failure_must_repeat_over_the_spread),
          cmocka_unit_test(an_outage_now_hides_what_was_well_before),
          cmocka_unit_test(verdicts_are_monotonic),
          cmocka_unit_test(nothing_measured_is_undetermined),
          cmocka_unit_test(duties_without_profile_yield_nothing_and_findings_are_sorted))
