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
    /* what could not be told is no part of a failure, nor of one that does not count yet */
    struct finding failure = ASSESS(&arena, &profile, {"a", 1, UNKNOWN, SEEN});
    assert_int_equal(failure.code_count, 1);
    assert_string_equal(failure.codes[0], "dns.wildcard");
    profile.repeats = 2;
    failure = ASSESS(&arena, &profile, {"a", 1, UNKNOWN, SEEN});
    assert_int_equal(failure.verdict, VERDICT_UNDETERMINED);
    assert_int_equal(failure.code_count, 1);
    assert_string_equal(failure.codes[0], "dns.wildcard");
    profile.repeats = 1;
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

/* One measurement in which ns2 is behind ns1. */
static struct result_set behind_at(struct arena *arena, int64_t minute, uint32_t ns1, uint32_t ns2)
{
    struct result *result = arena_alloc(arena, sizeof(*result));
    *result = (struct result){
        .check = "dns.soa-serial",
        .code = "dns.serial-differs",
        .subject = "example",
        .sight = SIGHT_SEEN,
        .values = arena_printf(arena, "{\"serials\":{\"ns1\":%u,\"ns2\":%u}}", ns1, ns2)};
    return (struct result_set){.evidence = arena_printf(arena, "e%d", (int)minute),
                               .vantage = "a",
                               .observed_at = minute * MINUTE_US,
                               .results = result,
                               .count = 1};
}

static enum verdict verdict_on(struct result_set *sets, size_t count, struct arena *arena)
{
    static const char *codes[] = {"dns.lame", "dns.serial-differs"};
    const struct profile profile = {
        .codes = codes, .code_count = 2, .quorum = 1, .repeats = 2, .spread_us = 10 * MINUTE_US};
    struct duty duty = {.obligation = &obligation, .profile = &profile, .party = "registry-x"};
    struct assess_input input = {.subject = "example",
                                 .rulebook = "",
                                 .duties = &duty,
                                 .duty_count = 1,
                                 .sets = sets,
                                 .set_count = count};
    struct finding *findings;
    assert_int_equal(assess(&input, arena, &findings, &count), 0);
    return findings[0].verdict;
}

/* RFC 1034 4.3.5: a zone that moves is somewhere on its way at each look; who still shows less than
 * was shown a spread before stays behind. */
static void a_moving_zone_is_not_a_server_that_stays_behind(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    struct result_set moving[] = {behind_at(&arena, 0, 10, 9), behind_at(&arena, 10, 20, 19)};
    assert_int_equal(verdict_on(moving, 2, &arena), VERDICT_UNDETERMINED);
    struct result_set just[] = {behind_at(&arena, 0, 10, 9), behind_at(&arena, 10, 20, 10)};
    assert_int_equal(verdict_on(just, 2, &arena), VERDICT_UNDETERMINED);
    struct result_set stuck[] = {behind_at(&arena, 0, 10, 9), behind_at(&arena, 10, 20, 9)};
    assert_int_equal(verdict_on(stuck, 2, &arena), VERDICT_NOT_MET);
    struct result_set around[] = {behind_at(&arena, 0, 0, UINT32_MAX),
                                  behind_at(&arena, 10, 1, UINT32_MAX)};
    assert_int_equal(verdict_on(around, 2, &arena), VERDICT_NOT_MET);
    /* 15 minutes behind: the look 10 minutes before tells, the one 20 minutes before does not */
    struct result_set slow[] = {behind_at(&arena, 0, 40, 25), behind_at(&arena, 10, 50, 35),
                                behind_at(&arena, 20, 60, 45)};
    assert_int_equal(verdict_on(slow, 3, &arena), VERDICT_NOT_MET);
    /* what cannot be read confirms nothing; another code of the profile is the same failure */
    struct result_set torn[] = {behind_at(&arena, 0, 10, 9), behind_at(&arena, 10, 20, 9)};
    torn[0].results[0].values = "";
    assert_int_equal(verdict_on(torn, 2, &arena), VERDICT_UNDETERMINED);
    torn[0].results[0].code = "dns.lame";
    assert_int_equal(verdict_on(torn, 2, &arena), VERDICT_UNDETERMINED);
    torn[1].results[0].code = "dns.lame";
    assert_int_equal(verdict_on(torn, 2, &arena), VERDICT_NOT_MET);
}

/* Only what a set counts belongs to it. */
static void what_stands_behind_a_set_is_no_failure(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    struct result_set sets[] = {behind_at(&arena, 0, 10, 9), behind_at(&arena, 10, 20, 19)};
    struct result longer[] = {sets[1].results[0], {.code = "dns.lame", .sight = SIGHT_SEEN}};
    sets[1].results = longer;
    assert_int_equal(verdict_on(sets, 2, &arena), VERDICT_UNDETERMINED);
    sets[1].count = 2;
    assert_int_equal(verdict_on(sets, 2, &arena), VERDICT_NOT_MET);
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

/* --- what a finding rests on --- */

/* One measurement of one vantage point with these results. */
static struct result_set set_of(const char *evidence, const char *vantage, int minute,
                                struct result *results, size_t count)
{
    return (struct result_set){.evidence = evidence,
                               .vantage = vantage,
                               .observed_at = minute * MINUTE_US,
                               .results = results,
                               .count = count};
}

static struct finding assess_sets(struct arena *arena, const struct profile *profile,
                                  const struct result_set *sets, size_t count)
{
    struct duty duty = {.obligation = &obligation, .profile = profile, .party = "registry-x"};
    struct assess_input input = {.subject = "example",
                                 .rulebook = "abc",
                                 .duties = &duty,
                                 .duty_count = 1,
                                 .sets = sets,
                                 .set_count = count};
    struct finding *findings;
    size_t found;
    assert_int_equal(assess(&input, arena, &findings, &found), 0);
    assert_int_equal(found, 1);
    return findings[0];
}

/* "Ascending, each once": exchanges of all results of a set, codes over all sets, and the sets by
 * vantage point, newest first, then by their evidence, whatever the order that they came in. */
static void evidence_is_sorted_and_named_once(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    uint32_t first[] = {5, 3, 5, 9}, second[] = {1, 3}, none[] = {0};
    struct result both[] = {
        {.code = "dns.wildcard", .sight = SEEN, .exchanges = first, .exchange_count = 4},
        {.code = "dns.other", .sight = SEEN, .exchanges = none, .exchange_count = 1},
        {.code = "dns.lame", .sight = SEEN, .exchanges = second, .exchange_count = 2},
        {.code = "dns.lame", .sight = ABSENT, .exchanges = none, .exchange_count = 1},
    };
    struct result bare[] = {{.code = "dns.lame", .sight = SEEN}};
    const struct profile profile = {.codes = two_codes, .code_count = 2, .quorum = 1, .repeats = 1};
    const struct result_set sets[] = {set_of("e1", "b", 7, both, 4), set_of("e3", "a", 2, bare, 1),
                                      set_of("e5", "a", 5, both, 4), set_of("e4", "a", 5, both, 4)};
    arena_init(&arena, ARENA);
    struct finding finding = assess_sets(&arena, &profile, sets, 4);
    assert_int_equal(finding.verdict, VERDICT_NOT_MET);
    assert_int_equal(finding.code_count, 2);
    assert_string_equal(finding.codes[0], "dns.lame");
    assert_string_equal(finding.codes[1], "dns.wildcard");
    assert_int_equal(finding.seen_by_count, 2);
    assert_string_equal(finding.seen_by[0], "a");
    assert_string_equal(finding.seen_by[1], "b");
    static const char *const order[] = {"e4", "e5", "e3", "e1"};
    assert_int_equal(finding.evidence_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(finding.evidence[i].measurement, order[i]);
    static const uint32_t ids[] = {1, 3, 5, 9};
    assert_int_equal(finding.evidence[0].count, 4);
    assert_memory_equal(finding.evidence[0].exchanges, ids, sizeof ids);
    assert_int_equal(finding.evidence[2].count, 0);
    assert_string_equal(finding.rulebook, "abc");
    assert_string_equal(finding.party, "registry-x");
    assert_string_equal(finding.clause, "1");
    assert_true(finding.period_from == 2 * MINUTE_US && finding.period_until == 7 * MINUTE_US);
}

/* Sets of one vantage point and moment stand in the order of their evidence, however they came. */
static void sets_of_one_moment_stand_in_one_order(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct result seen[] = {{.code = "dns.lame", .sight = SEEN}};
    const struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    static const char *const names[] = {"e1", "e2", "e3"};
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    arena_init(&arena, ARENA);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct result_set sets[3];
        for (size_t k = 0; k < 3; k++)
            sets[k] = set_of(names[orders[i][k]], "a", 5, seen, 1);
        struct finding finding = assess_sets(&arena, &profile, sets, 3);
        assert_int_equal(finding.evidence_count, 3);
        for (size_t k = 0; k < 3; k++)
            assert_string_equal(finding.evidence[k].measurement, names[k]);
    }
}

/* A code counts as seen when any subject shows it, and cannot be told when one subject cannot. */
static void one_subject_is_enough(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    const struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    static const struct {
        enum sight sights[3];
        enum verdict verdict;
    } rows[] = {
        {{ABSENT, ABSENT, ABSENT}, VERDICT_MET},
        {{UNKNOWN, ABSENT, ABSENT}, VERDICT_UNDETERMINED},
        {{ABSENT, ABSENT, UNKNOWN}, VERDICT_UNDETERMINED},
        {{UNKNOWN, ABSENT, SEEN}, VERDICT_NOT_MET},
        {{SEEN, UNKNOWN, ABSENT}, VERDICT_NOT_MET},
        {{ABSENT, SEEN, ABSENT}, VERDICT_NOT_MET},
    };
    arena_init(&arena, ARENA);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result results[3];
        for (size_t k = 0; k < 3; k++)
            results[k] = (struct result){.code = "dns.lame", .sight = rows[i].sights[k]};
        const struct result_set set = set_of("e", "a", 1, results, 3);
        assert_int_equal(assess_sets(&arena, &profile, &set, 1).verdict, rows[i].verdict);
    }
}

/* The run of a failure reaches back over what could not be told, to the first set without it; only
 * what saw it is cited, from those who saw it. */
static void a_failure_rests_on_its_whole_run(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 2};
    arena_init(&arena, ARENA);
    struct finding finding =
        ASSESS(&arena, &profile, {"a", 1, SEEN, ABSENT}, {"a", 2, ABSENT, ABSENT},
               {"a", 3, SEEN, ABSENT}, {"a", 4, UNKNOWN, ABSENT}, {"a", 5, SEEN, ABSENT},
               {"a", 6, UNKNOWN, ABSENT}, {"b", 6, ABSENT, ABSENT}, {"c", 6, UNKNOWN, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_NOT_MET);
    assert_int_equal(finding.evidence_count, 2);
    assert_string_equal(finding.evidence[0].measurement, "e4");
    assert_string_equal(finding.evidence[1].measurement, "e2");
    assert_int_equal(finding.seen_by_count, 1);
    /* Met rests on the newest set of everybody who could tell. */
    finding = ASSESS(&arena, &profile, {"a", 1, ABSENT, ABSENT}, {"a", 2, ABSENT, ABSENT},
                     {"b", 1, ABSENT, ABSENT});
    assert_int_equal(finding.verdict, VERDICT_MET);
    assert_int_equal(finding.evidence_count, 2);
    assert_string_equal(finding.evidence[0].measurement, "e1");
    assert_string_equal(finding.evidence[1].measurement, "e2");
    assert_int_equal(finding.seen_by_count, 0);
}

static const struct told {
    uint32_t quorum, repeats;
    struct shown shown[3];
    size_t count;
    enum verdict verdict;
    const char *reason;
    size_t codes, seen_by, evidence;
} told[] = {
    {1,
     1,
     {{"a", 1, SEEN, ABSENT}, {"b", 1, ABSENT, ABSENT}},
     2,
     VERDICT_NOT_MET,
     "The failure was seen from 1 of 2 vantage points; 1 is enough.",
     1,
     1,
     1},
    {2,
     1,
     {{"a", 1, SEEN, ABSENT}, {"b", 1, SEEN, ABSENT}, {"c", 1, UNKNOWN, ABSENT}},
     3,
     VERDICT_NOT_MET,
     "The failure was seen from 2 of 3 vantage points; 2 are needed.",
     1,
     2,
     2},
    {1,
     1,
     {{"a", 1, ABSENT, ABSENT}, {"b", 1, ABSENT, ABSENT}},
     2,
     VERDICT_MET,
     "Everything was looked for and no failure was there, from 2 of 2 vantage points.",
     0,
     0,
     2},
    {1,
     2,
     {{"a", 1, SEEN, ABSENT}, {"b", 1, ABSENT, ABSENT}},
     2,
     VERDICT_UNDETERMINED,
     "A failure was seen from 1 of 2 vantage points, but not yet often or long enough to count.",
     1,
     0,
     1},
    {2,
     1,
     {{"a", 1, SEEN, ABSENT}, {"b", 1, UNKNOWN, ABSENT}},
     2,
     VERDICT_UNDETERMINED,
     "The failure was seen from 1 of 2 vantage points, but 2 are needed.",
     1,
     1,
     2},
    {1,
     1,
     {{"a", 1, UNKNOWN, ABSENT}},
     1,
     VERDICT_UNDETERMINED,
     "Not everything that had to be looked at could be looked at.",
     1,
     0,
     1},
    {1,
     1,
     {{"a", 1, UNKNOWN, ABSENT}},
     0,
     VERDICT_UNDETERMINED,
     "Nothing was measured in this period.",
     0,
     0,
     0},
};

static void the_reason_says_what_was_counted(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, ARENA);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const struct profile profile = {.codes = one_code,
                                        .code_count = 1,
                                        .quorum = told[i].quorum,
                                        .repeats = told[i].repeats};
        struct finding finding = assess_one(&arena, &profile, told[i].shown, told[i].count);
        assert_int_equal(finding.verdict, told[i].verdict);
        assert_string_equal(finding.reason, told[i].reason);
        assert_int_equal(finding.code_count, told[i].codes);
        assert_int_equal(finding.seen_by_count, told[i].seen_by);
        assert_int_equal(finding.evidence_count, told[i].evidence);
    }
}

static void findings_of_two_parties_are_sorted(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct profile profile = {.codes = one_code, .code_count = 1, .quorum = 1, .repeats = 1};
    struct duty duties[] = {
        {&obligation, &profile, "q"}, {&obligation, &profile, "p"}, {&obligation, &profile, "r"}};
    struct assess_input input = {
        .subject = "example", .rulebook = "", .duties = duties, .duty_count = 3};
    struct finding *findings;
    size_t count;
    arena_init(&arena, ARENA);
    assert_int_equal(assess(&input, &arena, &findings, &count), 0);
    assert_string_equal(findings[0].party, "p");
    assert_string_equal(findings[1].party, "q");
    assert_string_equal(findings[2].party, "r");
    assert_true(findings[0].period_from == 0 && findings[0].period_until == 0);
    input.set_count = ASSESS_SETS_MAX + 1;
    assert_int_equal(assess(&input, &arena, &findings, &count), ERR_LIMIT);
}

TEST_MAIN(cmocka_unit_test(one_vantage_point_is_enough_when_the_profile_says_so),
          cmocka_unit_test(every_code_must_have_been_looked_for),
          cmocka_unit_test(a_quorum_needs_as_many_vantage_points),
          cmocka_unit_test(a_failure_must_repeat_over_the_spread),
          cmocka_unit_test(a_moving_zone_is_not_a_server_that_stays_behind),
          cmocka_unit_test(what_stands_behind_a_set_is_no_failure),
          cmocka_unit_test(an_outage_now_hides_what_was_well_before),
          cmocka_unit_test(verdicts_are_monotonic),
          cmocka_unit_test(nothing_measured_is_undetermined),
          cmocka_unit_test(evidence_is_sorted_and_named_once),
          cmocka_unit_test(sets_of_one_moment_stand_in_one_order),
          cmocka_unit_test(one_subject_is_enough),
          cmocka_unit_test(a_failure_rests_on_its_whole_run),
          cmocka_unit_test(the_reason_says_what_was_counted),
          cmocka_unit_test(findings_of_two_parties_are_sorted),
          cmocka_unit_test(duties_without_profile_yield_nothing_and_findings_are_sorted))
