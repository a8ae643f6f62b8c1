/* Sketches and how alike they are: what changes little, what tells incidents apart, and that bytes
 * of no sketch are refused. How well it tells repeats from new matters: tests/complaints/. */
#include "cases/likeness.h"

#include "base/error.h"
#include "testing.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define STORY                                                                                      \
    "the page at http://pay.bad.example/login/8841 copies the sign in form of a bank and asks "    \
    "for "                                                                                         \
    "the card number and the code from the telephone it was seen on 2026-11-02 by three of our "   \
    "customers who lost 4,120 euro in all"
#define OTHER_STORY                                                                                \
    "the server hands out a program that encrypts the disk and wants 0.35 bitcoin we saw it on "   \
    "2026-12-17 in a mail from news@letters.example with the attachment invoice-7731.zip"

static const struct hash_key key = {{1, 2, 3}};

struct shelf {
    struct arena arena;
};

static int make_shelf(void **state)
{
    static struct shelf shelf;
    arena_init(&shelf.arena, 64 << 20);
    *state = &shelf;
    return 0;
}

static int end_shelf(void **state)
{
    arena_done(&((struct shelf *)*state)->arena);
    return 0;
}

static struct sketch sketch_of(struct shelf *shelf, const char *name, const char *text,
                               const char *reporter)
{
    struct sketch sketch;
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = reporter,
                                         .names = &name,
                                         .name_count = name[0] != '\0',
                                         .texts = &text,
                                         .text_count = 1};
    assert_int_equal(sketch_make(&key, &source, &shelf->arena, &sketch), 0);
    return sketch;
}

static struct likeness compare(struct shelf *shelf, const char *name, const char *text)
{
    struct sketch first = sketch_of(shelf, "bad.example", STORY, "zoe@mail.example");
    struct sketch second = sketch_of(shelf, name, text, "");
    struct likeness one = likeness_compare(&first, &second);
    struct likeness other = likeness_compare(&second, &first);
    assert_int_equal(one.kind, other.kind); /* L1 */
    assert_int_equal(one.score, other.score);
    assert_int_equal(one.details, other.details);
    return one;
}

static void what_is_alike_is_told(void **state)
{
    static const struct {
        const char *name, *text;
        enum likeness_kind kind;
        bool exact;
    } rows[] = {
        {"bad.example", STORY, LIKENESS_REPEAT, true},
        {"bad.example", "dear all, " STORY " please act", LIKENESS_REPEAT, false},
        {"login.bad.example", STORY, LIKENESS_REPEAT, false},
        {"bad.example", OTHER_STORY, LIKENESS_NONE, false},
        {"good.example", STORY, LIKENESS_ALIKE, false}, /* L2 */
        {"good.example", OTHER_STORY, LIKENESS_NONE, false},
        {"", STORY, LIKENESS_ALIKE, false},
        {"bad.example", "", LIKENESS_ALIKE, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct likeness found = compare(*state, rows[i].name, rows[i].text);
        if (found.kind != rows[i].kind || found.exact != rows[i].exact)
            fail_msg("row %zu: %s, %d", i, likeness_text(found.kind), found.score);
    }
}

static void complaints_without_a_name_are_compared_by_words(void **state)
{
    struct sketch one = sketch_of(*state, "", STORY, ""), two = sketch_of(*state, "", STORY, "");
    struct sketch other = sketch_of(*state, "", OTHER_STORY, "");
    assert_int_equal(likeness_compare(&one, &two).kind, LIKENESS_REPEAT);
    assert_int_equal(likeness_compare(&one, &other).kind, LIKENESS_NONE);
}

static void reasons_are_counted(void **state)
{
    struct sketch first = sketch_of(*state, "bad.example", STORY, "zoe@mail.example");
    struct sketch second = sketch_of(*state, "bad.example", "four " STORY, "zoe@mail.example");
    struct sketch third = sketch_of(*state, "www.bad.example", "4,120 only", "max@mail.example");
    struct likeness found = likeness_compare(&first, &second);
    assert_true(found.same_reporter);
    assert_int_equal(found.same_names, 1);
    assert_false(found.same_domain);
    assert_int_equal(found.samples, SKETCH_SAMPLES);
    assert_true(found.samples_alike > 100 && found.samples_alike <= SKETCH_SAMPLES);
    assert_int_equal(found.details, 3);
    assert_int_equal(found.details_alike, 3);
    found = likeness_compare(&first, &third);
    assert_false(found.same_reporter);
    assert_int_equal(found.same_names, 0);
    assert_true(found.same_domain);
    assert_int_equal(found.details, 1);
    assert_int_equal(found.details_alike, 1);
}

/* Another key: nothing of one store is found in another. */
static void without_the_key_nothing_is_found(void **state)
{
    static const struct hash_key other_key = {{9}};
    struct shelf *shelf = *state;
    struct sketch first = sketch_of(shelf, "bad.example", STORY, "zoe@mail.example"), second;
    const char *name = "bad.example", *text = STORY;
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = "zoe@mail.example",
                                         .names = &name,
                                         .name_count = 1,
                                         .texts = &text,
                                         .text_count = 1};
    int64_t one[SKETCH_BUCKETS_MAX], two[SKETCH_BUCKETS_MAX];
    assert_int_equal(sketch_make(&other_key, &source, &shelf->arena, &second), 0);
    size_t ones = sketch_buckets(&first, one), twos = sketch_buckets(&second, two);
    assert_int_equal(likeness_compare(&first, &second).kind, LIKENESS_NONE);
    assert_true(first.reporter != second.reporter);
    for (size_t i = 0; i < ones; i++) {
        for (size_t j = 0; j < twos; j++)
            assert_true(one[i] != two[j]);
    }
}

/* Signs of scripts without blanks are words; full stops of any script part them. */
static void scripts_without_blanks_have_words(void **state)
{
    struct sketch one = sketch_of(*state, "a.example", "銀行の登録画面を真似た頁です。", "");
    struct sketch two = sketch_of(*state, "a.example", "昨日銀行の登録画面を真似た頁です", "");
    struct sketch arabic = sketch_of(*state, "a.example", "صفحة مزيفة، تطلب الرقم", "");
    assert_true(one.group_count > 10);
    assert_int_equal(likeness_compare(&one, &two).kind, LIKENESS_REPEAT);
    assert_int_equal(arabic.group_count, 3);
}

static void exhibits_make_it_exact_and_are_details(void **state)
{
    struct shelf *shelf = *state;
    const char *name = "bad.example";
    const struct digest exhibits[] = {digest_of("a", 1), digest_of("b", 1)};
    const struct digest turned[] = {exhibits[1], exhibits[0]};
    struct sketch_source source = {.type = "abuse",
                                   .reporter = "",
                                   .names = &name,
                                   .name_count = 1,
                                   .exhibits = exhibits,
                                   .exhibit_count = 2};
    struct sketch one, two, less;
    assert_int_equal(sketch_make(&key, &source, &shelf->arena, &one), 0);
    source.exhibits = turned;
    assert_int_equal(sketch_make(&key, &source, &shelf->arena, &two), 0);
    source.exhibit_count = 1;
    assert_int_equal(sketch_make(&key, &source, &shelf->arena, &less), 0);
    assert_true(likeness_compare(&one, &two).exact);
    struct likeness found = likeness_compare(&one, &less);
    assert_false(found.exact);
    assert_int_equal(found.details, 1);
    assert_int_equal(found.kind, LIKENESS_REPEAT);
}

/* --- borders, with sketches made by hand --- */

/* Texts of so many groups, of which so many samples are alike. */
static struct likeness weigh(uint32_t own, uint32_t other, int alike, struct sketch *a,
                             struct sketch *b)
{
    a->exact = 1;
    b->exact = 2;
    a->group_count = own;
    b->group_count = other;
    for (int i = 0; i < SKETCH_SAMPLES; i++) {
        a->samples[i] = 1;
        b->samples[i] = i < alike ? 1 : 2;
    }
    return likeness_compare(a, b);
}

static void words_are_weighed_up_to_the_border(void **state)
{
    (void)state;
    static const struct {
        uint32_t own, other;
        int alike, score;
        enum likeness_kind nameless, other_name;
    } rows[] = {
        {9, 9, 14, 19, LIKENESS_NONE, LIKENESS_NONE},
        {9, 9, 15, 20, LIKENESS_ALIKE, LIKENESS_NONE},
        {9, 9, 47, 53, LIKENESS_ALIKE, LIKENESS_NONE},
        {9, 9, 48, 54, LIKENESS_REPEAT, LIKENESS_NONE},
        {9, 9, 68, 69, LIKENESS_REPEAT, LIKENESS_NONE},
        {9, 9, 69, 70, LIKENESS_REPEAT, LIKENESS_ALIKE},
        {9, 9, SKETCH_SAMPLES, 100, LIKENESS_REPEAT, LIKENESS_ALIKE},
        {10, 30, 16, 44, LIKENESS_ALIKE, LIKENESS_NONE}, /* of the shorter text */
        {30, 10, 16, 44, LIKENESS_ALIKE, LIKENESS_NONE},
        {100, 102, SKETCH_SAMPLES, 100, LIKENESS_REPEAT, LIKENESS_ALIKE}, /* 101 of 100 */
        {1, 1, SKETCH_SAMPLES, 100, LIKENESS_REPEAT, LIKENESS_ALIKE},
        {1, 1, 0, 0, LIKENESS_NONE, LIKENESS_NONE},
        {0, 9, SKETCH_SAMPLES, 40, LIKENESS_ALIKE, LIKENESS_NONE},
        {9, 0, SKETCH_SAMPLES, 40, LIKENESS_ALIKE, LIKENESS_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sketch a = {0}, b = {0};
        struct sketch_name one = {1, 1}, two = {2, 2};
        struct likeness found = weigh(rows[i].own, rows[i].other, rows[i].alike, &a, &b);
        bool both = rows[i].own && rows[i].other;
        assert_int_equal(found.score, rows[i].score);
        assert_int_equal(found.kind, rows[i].nameless);
        assert_int_equal(found.samples, both ? SKETCH_SAMPLES : 0);
        assert_int_equal(found.samples_alike, both ? rows[i].alike : 0);
        a.names = &one;
        a.name_count = 1;
        assert_int_equal(likeness_compare(&a, &b).kind, rows[i].other_name);
        assert_int_equal(likeness_compare(&b, &a).kind, rows[i].other_name);
        b.names = &two;
        b.name_count = 1;
        assert_int_equal(likeness_compare(&a, &b).kind, rows[i].other_name);
        two.domain = 1;
        assert_int_equal(likeness_compare(&a, &b).kind, rows[i].nameless);
    }
}

/* Details alone, words alone, and the mean of both. */
static void details_count_as_much_as_words(void **state)
{
    (void)state;
    struct sketch a = {.detail_count = 4, .details = {1, 3, 5, 7}};
    struct sketch b = {.detail_count = 3, .details = {1, 4, 7}};
    struct likeness found = weigh(0, 0, 0, &a, &b);
    assert_int_equal(found.details, 3);
    assert_int_equal(found.details_alike, 2);
    assert_int_equal(found.score, 66);
    assert_int_equal(weigh(9, 9, SKETCH_SAMPLES, &a, &b).score, 83);
    a.detail_count = 0;
    found = weigh(9, 9, 48, &a, &b);
    assert_int_equal(found.details, 0);
    assert_int_equal(found.score, 54);
    a = b;
    assert_int_equal(likeness_compare(&a, &b).score, 100);
    a.reporter = 5;
    b.reporter = 6;
    assert_false(likeness_compare(&a, &b).same_reporter);
    b.reporter = 5;
    assert_true(likeness_compare(&a, &b).same_reporter);
    a.reporter = b.reporter = 0; /* nobody is nobody's like */
    assert_false(likeness_compare(&a, &b).same_reporter);
}

/* A full list is one that was cut: beyond its largest nothing is known of it. */
static void a_list_that_was_cut_is_compared_up_to_its_end(void **state)
{
    (void)state;
    enum { LAST = 2 * SKETCH_DETAILS_MAX - 1 };
    struct sketch cut = {.exact = 1, .detail_count = SKETCH_DETAILS_MAX};
    struct sketch whole = {.exact = 2, .detail_count = 4, .details = {1, 2, LAST, LAST + 2}};
    for (uint32_t i = 0; i < SKETCH_DETAILS_MAX; i++)
        cut.details[i] = 2 * i + 1;
    for (int turn = 0; turn < 2; turn++) {
        struct likeness found =
            turn ? likeness_compare(&whole, &cut) : likeness_compare(&cut, &whole);
        assert_int_equal(found.details, 3);
        assert_int_equal(found.details_alike, 2);
    }
    struct sketch nearer = {.exact = 3, .detail_count = SKETCH_DETAILS_MAX};
    for (uint32_t i = 0; i < SKETCH_DETAILS_MAX; i++)
        nearer.details[i] = i + 1;
    for (int turn = 0; turn < 2; turn++) {
        struct likeness found =
            turn ? likeness_compare(&nearer, &cut) : likeness_compare(&cut, &nearer);
        assert_int_equal(found.details, SKETCH_DETAILS_MAX / 2);
        assert_int_equal(found.details_alike, SKETCH_DETAILS_MAX / 2);
    }
}

static void names_that_both_have_are_counted(void **state)
{
    (void)state;
    struct sketch_name own[] = {{1, 9}, {3, 9}, {5, 8}, {7, 7}};
    struct sketch_name other[] = {{2, 9}, {3, 9}, {6, 9}, {7, 7}, {8, 8}};
    struct sketch a = {.exact = 1, .names = own, .name_count = 4};
    struct sketch b = {.exact = 2, .names = other, .name_count = 5};
    for (int turn = 0; turn < 2; turn++) {
        struct likeness found = turn ? likeness_compare(&b, &a) : likeness_compare(&a, &b);
        assert_int_equal(found.same_names, 2);
        assert_false(found.same_domain);
    }
    a.name_count = 1;
    b.name_count = 1;
    assert_true(likeness_compare(&a, &b).same_domain);
    other[0].domain = 8;
    assert_false(likeness_compare(&a, &b).same_domain);
}

/* --- bytes --- */

static void bytes_are_one_form(void **state)
{
    struct shelf *shelf = *state;
    struct sketch sketch = sketch_of(shelf, "bad.example", STORY, "zoe@mail.example"), read;
    uint8_t bytes[SKETCH_BYTES_MAX], again[SKETCH_BYTES_MAX];
    size_t size = sketch_encode(&sketch, bytes);
    assert_int_equal(sketch_decode(bytes, size, &shelf->arena, &read), 0);
    assert_int_equal(sketch_encode(&read, again), size);
    assert_memory_equal(bytes, again, size);
    assert_true(likeness_compare(&sketch, &read).exact);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(sketch_decode(bytes, i, &shelf->arena, &read), ERR_DAMAGED);
    bytes[0]++;
    assert_int_equal(sketch_decode(bytes, size, &shelf->arena, &read), ERR_DAMAGED);
    bytes[0]--;
    bytes[21] = SKETCH_DETAILS_MAX + 1;
    assert_int_equal(sketch_decode(bytes, size, &shelf->arena, &read), ERR_DAMAGED);
}

static void the_largest_fits(void **state)
{
    struct shelf *shelf = *state;
    const char **names = arena_array(&shelf->arena, SKETCH_NAMES_MAX + 1, sizeof *names);
    struct sketch sketch, read;
    uint8_t bytes[SKETCH_BYTES_MAX];
    int64_t buckets[SKETCH_BUCKETS_MAX];
    struct arena small ARENA_CLEANUP = {0};
    const char *text = STORY OTHER_STORY " a1b a2b a3b a4b a5b a6b a7b a8b a9b b1a b2a b3a b4a b5a";
    for (size_t i = 0; i <= SKETCH_NAMES_MAX; i++)
        names[i] = arena_printf(&shelf->arena, "n%zu.m%zu.example", i, i);
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = "",
                                         .names = names,
                                         .name_count = SKETCH_NAMES_MAX + 1,
                                         .texts = &text,
                                         .text_count = 1};
    assert_int_equal(sketch_make(&key, &source, &shelf->arena, &sketch), 0);
    assert_int_equal(sketch.name_count, SKETCH_NAMES_MAX);
    assert_int_equal(sketch.detail_count, SKETCH_DETAILS_MAX);
    size_t size = sketch_encode(&sketch, bytes);
    assert_int_equal(size, SKETCH_BYTES_MAX);
    assert_int_equal(sketch_decode(bytes, size, &shelf->arena, &read), 0);
    assert_int_equal(sketch_buckets(&read, buckets), 1 + 2 * SKETCH_NAMES_MAX + SKETCH_BANDS);
    arena_init(&small, 4096);
    assert_int_equal(sketch_make(&key, &source, &small, &sketch), ERR_LIMIT);
    assert_int_equal(sketch_decode(bytes, size, &small, &read), ERR_LIMIT);
}

#define SHELF_TEST(name) cmocka_unit_test_setup_teardown(name, make_shelf, end_shelf)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(what_is_alike_is_told),
        SHELF_TEST(complaints_without_a_name_are_compared_by_words),
        SHELF_TEST(reasons_are_counted),
        SHELF_TEST(without_the_key_nothing_is_found),
        SHELF_TEST(scripts_without_blanks_have_words),
        SHELF_TEST(exhibits_make_it_exact_and_are_details),
        cmocka_unit_test(words_are_weighed_up_to_the_border),
        cmocka_unit_test(details_count_as_much_as_words),
        cmocka_unit_test(a_list_that_was_cut_is_compared_up_to_its_end),
        cmocka_unit_test(names_that_both_have_are_counted),
        SHELF_TEST(bytes_are_one_form),
        SHELF_TEST(the_largest_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
