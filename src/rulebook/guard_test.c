/* Guards: grammar, evaluation, refusal with a place, explanation, Promela. */
#include "rulebook/guard.h"

#include "testing.h"

#include <string.h>

static struct arena arena;

static struct guard good(const char *text)
{
    struct guard guard;
    struct guard_position position;
    struct error_detail detail = {""};
    if (guard_parse(text, &arena, &guard, &position, &detail) != 0)
        fail_msg("%s: %s", text, detail.text);
    return guard;
}

static struct case_facts facts_of(uint8_t answer, bool expired, uint8_t finding)
{
    struct case_facts facts = {{0}};
    facts.values[FACT_ANSWER] = answer;
    facts.values[FACT_EXPIRED] = expired;
    facts.values[FACT_FINDING] = finding;
    return facts;
}

static void and_binds_closer_than_or(void **state)
{
    (void)state;
    struct guard guard = good("expired or answer == adequate and finding == met");
    struct case_facts facts = facts_of(ANSWER_NONE, true, FINDING_UNKNOWN);
    assert_true(guard_holds(&guard, &facts));
    facts = facts_of(ANSWER_ADEQUATE, false, FINDING_NOT_MET);
    assert_false(guard_holds(&guard, &facts));
    guard = good("(expired or answer == adequate) and finding == met");
    facts = facts_of(ANSWER_NONE, true, FINDING_UNKNOWN);
    assert_false(guard_holds(&guard, &facts));
}

static void comparisons_follow_the_order_of_the_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool none, received, adequate;
    } rows[] = {
        {"answer < received", true, false, false},
        {"answer <= received", true, true, false},
        {"answer > received", false, false, true},
        {"answer >= received", false, true, true},
        {"answer == received", false, true, false},
        {"answer != received", true, false, true},
        {"answer == 1", false, true, false},
        {"answer == 0", true, false, false},
        {"answer != 4", true, true, true}, /* the last word by its number */
        {"not answer == received", true, false, true},
        {"not not answer == none", true, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guard guard = good(rows[i].text);
        struct case_facts none = facts_of(ANSWER_NONE, false, 0);
        struct case_facts received = facts_of(ANSWER_RECEIVED, false, 0);
        struct case_facts adequate = facts_of(ANSWER_ADEQUATE, false, 0);
        assert_int_equal(guard_holds(&guard, &none), rows[i].none);
        assert_int_equal(guard_holds(&guard, &received), rows[i].received);
        assert_int_equal(guard_holds(&guard, &adequate), rows[i].adequate);
    }
}

static void empty_guard_always_holds(void **state)
{
    (void)state;
    struct case_facts facts = {{0}};
    struct guard guard = good("  ");
    assert_true(guard_holds(&guard, &facts));
    assert_int_equal(guard.facts, 0);
    guard = good("expired and party == registrar");
    assert_int_equal(guard.facts, 1U << FACT_EXPIRED | 1U << FACT_PARTY);
}

static void bad_guards_are_refused_where_they_go_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } rows[] = {
        {"expired and", 1, 12, "too early"},
        {"and expired", 1, 1, "no fact"},
        {"expired expired", 1, 9, "expected 'and'"},
        {"colour == red", 1, 1, "'colour' is no fact"},
        {"answer == maybe", 1, 11, "none, received, adequate, partial, inadequate"},
        {"answer == 5", 1, 11, "one of"},
        {"answer == a-word-of-forty-characters-as-nobody-has", 1, 11, "one of"},
        {"expired9", 1, 1, "'expired9' is no fact"},
        {"expiredz", 1, 1, "'expiredz' is no fact"},
        {"answer == -1", 1, 11, "one of"},
        {"answer", 1, 1, "not yes or no"},
        {"answer ==", 1, 10, "one of"},
        {"answer = none", 1, 1, "not yes or no"},
        {"(expired", 1, 1, "not closed"},
        {"expired)", 1, 8, "expected 'and'"},
        {"()", 1, 2, "expected the name"},
        {"not", 1, 4, "too early"},
        {"expired\nor\nfoo", 3, 1, "'foo'"},
        {"EXPIRED", 1, 1, "expected the name"},
        {"expired && tolled", 1, 9, "expected 'and'"},
        {"expired or or tolled", 1, 12, "no fact"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guard guard = {.text = "untouched"};
        struct guard_position position = {0, 0};
        struct error_detail detail = {""};
        int result = guard_parse(rows[i].text, &arena, &guard, &position, &detail);
        if (result != ERR_SYNTAX || position.line != rows[i].line ||
            position.column != rows[i].column || !strstr(detail.text, rows[i].says))
            fail_msg("'%s': %d at %d:%d: %s", rows[i].text, result, position.line, position.column,
                     detail.text);
        assert_string_equal(guard.text, "untouched");
    }
}

static void depth_and_length_have_limits(void **state)
{
    (void)state;
    char text[GUARD_TEXT_MAX + 10];
    struct guard guard;
    struct guard_position position;
    memset(text, '(', 200);
    text[200] = '\0';
    assert_int_equal(guard_parse(text, &arena, &guard, &position, NULL), ERR_LIMIT);
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(guard_parse(text, &arena, &guard, &position, NULL), ERR_LIMIT);
}

static void explanation_names_the_part_that_fails(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1000);
    struct guard guard = good("expired and answer == inadequate and finding != met");
    struct case_facts facts = facts_of(ANSWER_PARTIAL, true, FINDING_UNKNOWN);
    guard_explain(&guard, &facts, &out);
    assert_string_equal(buffer_text(&out), "needs answer == inadequate, but answer is partial");
    buffer_clear(&out);
    facts = facts_of(ANSWER_INADEQUATE, true, FINDING_UNKNOWN);
    guard_explain(&guard, &facts, &out);
    assert_string_equal(buffer_text(&out), "");
}

static void promela_is_printed_from_the_same_tree(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1000);
    struct guard guard = good("not expired or finding != not-met and origin >= audit");
    guard_print_promela(&guard, &out);
    assert_string_equal(buffer_text(&out), "(!(expired == expired_yes) || (finding != "
                                           "finding_not_met && origin >= origin_audit))");
}

static void walk_visits_every_combination_once(void **state)
{
    (void)state;
    struct case_facts start = {{0}};
    struct guard_walk walk;
    size_t count = 0, expired = 0;
    start.values[FACT_PARTY] = 1;
    start.values[FACT_ANSWER] =
        ANSWER_INADEQUATE; /* the walk begins at the first word all the same */
    guard_walk_begin(&walk, &start, 1U << FACT_ANSWER | 1U << FACT_EXPIRED);
    do {
        count++;
        expired += walk.facts.values[FACT_EXPIRED];
        assert_int_equal(walk.facts.values[FACT_PARTY], 1);
    } while (guard_walk_next(&walk));
    guard_walk_begin(&walk, &start, 1U << FACT_PARTY);
    assert_int_equal(walk.facts.values[FACT_PARTY], 0);
    assert_int_equal(count, 10);
    assert_int_equal(expired, 5);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

#define GUARD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TEST_MAIN(GUARD_TEST(and_binds_closer_than_or),
          GUARD_TEST(comparisons_follow_the_order_of_the_words),
          GUARD_TEST(empty_guard_always_holds),
          GUARD_TEST(bad_guards_are_refused_where_they_go_wrong),
          GUARD_TEST(depth_and_length_have_limits),
          GUARD_TEST(explanation_names_the_part_that_fails),
          GUARD_TEST(promela_is_printed_from_the_same_tree),
          GUARD_TEST(walk_visits_every_combination_once))
