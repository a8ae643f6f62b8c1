/* What of a complaint goes into its sketch, up to the borders: which signs part words, what is a
 * detail, which names lie below one domain, and the bytes that lie in stores. */
#include "cases/sketch.h"

#include "base/error.h"
#include "testing.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct hash_key key = {{1, 2, 3}};

static int make_arena(void **state)
{
    static struct arena arena;
    arena_init(&arena, 64 << 20);
    *state = &arena;
    return 0;
}

static int end_arena(void **state)
{
    arena_done(*state);
    return 0;
}

static struct sketch make(struct arena *arena, const struct sketch_source *source)
{
    struct sketch sketch;
    assert_int_equal(sketch_make(&key, source, arena, &sketch), 0);
    return sketch;
}

/* Of one text and at most one name. */
static struct sketch sketch_of(struct arena *arena, const char *name, const char *text)
{
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = "",
                                         .names = &name,
                                         .name_count = name[0] != '\0',
                                         .texts = &text,
                                         .text_count = 1};
    return make(arena, &source);
}

/* --- words --- */

/* "x", a sign, "y z": one group when the sign is of the word, two when it parts, three when it is a
 * word itself. */
static void each_sign_is_of_a_word_or_parts_words_or_is_one(void **state)
{
    enum { OF_A_WORD = 1, PARTS = 2, IS_A_WORD = 3 };
    static const struct {
        const char *sign;
        unsigned groups;
    } rows[] = {
        {"a", OF_A_WORD},
        {"z", OF_A_WORD},
        {"0", OF_A_WORD},
        {"9", OF_A_WORD},
        {"`", PARTS},
        {"{", PARTS},
        {"/", PARTS},
        {":", PARTS},
        {"  ", PARTS}, /* nothing stands between two blanks */
        {"\x7f", PARTS},
        {"\xc2\x80", PARTS},             /* U+0080 */
        {"\xc2\xbf", PARTS},             /* U+00BF */
        {"\xc3\x80", OF_A_WORD},         /* U+00C0 */
        {"\xd8\x8b", OF_A_WORD},         /* U+060B */
        {"\xd8\x8c", PARTS},             /* U+060C */
        {"\xd8\x8d", OF_A_WORD},         /* U+060D */
        {"\xd8\x9a", OF_A_WORD},         /* U+061A */
        {"\xd8\x9b", PARTS},             /* U+061B */
        {"\xd8\x9e", OF_A_WORD},         /* U+061E */
        {"\xd8\x9f", PARTS},             /* U+061F */
        {"\xe0\xa5\xa3", OF_A_WORD},     /* U+0963 */
        {"\xe0\xa5\xa4", PARTS},         /* U+0964 */
        {"\xe0\xa5\xa5", OF_A_WORD},     /* U+0965 */
        {"\xe0\xb7\xbf", OF_A_WORD},     /* U+0DFF */
        {"\xe0\xb8\x80", IS_A_WORD},     /* U+0E00 */
        {"\xe0\xb9\xbf", IS_A_WORD},     /* U+0E7F */
        {"\xe0\xba\x80", OF_A_WORD},     /* U+0E80 */
        {"\xe1\xbf\xbf", OF_A_WORD},     /* U+1FFF */
        {"\xe2\x80\x80", PARTS},         /* U+2000 */
        {"\xe2\x81\xaf", PARTS},         /* U+206F */
        {"\xe2\x81\xb0", OF_A_WORD},     /* U+2070 */
        {"\xe2\xbf\xbf", OF_A_WORD},     /* U+2FFF */
        {"\xe3\x80\x80", PARTS},         /* U+3000 */
        {"\xe3\x80\xa0", PARTS},         /* U+3020 */
        {"\xe3\x80\xa1", OF_A_WORD},     /* U+3021 */
        {"\xe3\x81\x80", OF_A_WORD},     /* U+3040 */
        {"\xe3\x81\x81", IS_A_WORD},     /* U+3041 */
        {"\xe3\x83\xbf", IS_A_WORD},     /* U+30FF */
        {"\xe3\x84\x80", OF_A_WORD},     /* U+3100 */
        {"\xe3\x8f\xbf", OF_A_WORD},     /* U+33FF */
        {"\xe3\x90\x80", IS_A_WORD},     /* U+3400 */
        {"\xe9\xbf\xbf", IS_A_WORD},     /* U+9FFF */
        {"\xea\x80\x80", OF_A_WORD},     /* U+A000 */
        {"\xf0\x9f\xbf\xbf", OF_A_WORD}, /* U+1FFFF */
        {"\xf0\xa0\x80\x80", IS_A_WORD}, /* U+20000 */
        {"\xf0\xbf\xbf\xbf", IS_A_WORD}, /* U+3FFFF */
        {"\xf1\x80\x80\x80", OF_A_WORD}, /* U+40000 */
        {"\xf4\x80\x81\x81", OF_A_WORD}, /* U+100041, not U+0041 */
        {"\xe1", PARTS},                 /* no sign: what follows is not swallowed */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sketch sketch = sketch_of(*state, "", arena_printf(*state, "x%sy z", rows[i].sign));
        if (sketch.group_count != rows[i].groups)
            fail_msg("row %zu: %u groups", i, sketch.group_count);
    }
}

static void words_that_follow_each_other_are_a_group(void **state)
{
    static const struct {
        const char *text;
        unsigned groups;
    } rows[] = {
        {"", 0}, {" . ", 0}, {"word", 1}, {"two words", 1}, {"a b a b a b", 2}, {" a  b c. ", 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(sketch_of(*state, "", rows[i].text).group_count, rows[i].groups);
    assert_true(sketch_of(*state, "", "a b").exact == sketch_of(*state, "", "a, b").exact);
    assert_true(sketch_of(*state, "", "a b").exact != sketch_of(*state, "", "a c").exact);
    assert_int_equal(sketch_of(*state, "", "").samples[0], 0);
}

/* A text of one word is a group of that word alone, whatever text was read before. */
static void a_text_of_one_word_stands_alone(void **state)
{
    static const char *const alone[] = {"b c", "a"}, *const follows[] = {"b c", "a c"};
    struct sketch_source source = {
        .type = "abuse", .reporter = "", .texts = alone, .text_count = 2};
    struct sketch one = make(*state, &source);
    source.texts = follows;
    assert_true(one.exact != make(*state, &source).exact);
    assert_int_equal(one.group_count, 2);
}

/* --- details --- */

static void a_detail_has_a_digit_or_is_an_address(void **state)
{
    static const struct {
        const char *text;
        size_t details;
    } rows[] = {
        {"abc", 0},
        {"a0b", 1},
        {"a9b", 1},
        {"a/b", 0},
        {"a:b", 0},
        {"a01", 1}, /* the first and last letters are not taken off */
        {"z01", 1},
        {"01a", 1},
        {"01z", 1},
        {"`01", 0}, /* other signs are */
        {"01{", 0},
        {"(0.1)", 1},
        {"01", 0},
        {"a@b", 1},
        {"a.b", 1},
        {"a.-b", 0},
        {"...", 0},
        {"1999", 0},
        {"2026", 0},
        {"1899", 1},
        {"2100", 1},
        {"199", 1},
        {"19991", 1},
        {"19ab", 1},
        {"199a", 1},
        {"19a9", 1},
        {"0ab 1cd", 2},
        {"0ab\x7f"
         "1cd",
         2},
        {"0ab\xc3\xa9"
         "1cd",
         2},
        {"0ab 0ab", 1},
        {"a.example", 0}, /* that is the name */
        {"b.example", 1},
        {"a.examples", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sketch sketch = sketch_of(*state, "a.example", rows[i].text);
        if (sketch.detail_count != rows[i].details)
            fail_msg("'%s': %zu details", rows[i].text, sketch.detail_count);
    }
}

/* --- names --- */

static void names_below_one_domain_are_told(void **state)
{
    static const struct {
        const char *one, *other;
        bool same_domain;
    } rows[] = {
        {"login.bad.example", "bad.example", true},
        {"a.example", "b.example", false},
        {"a.co.example", "b.co.example", true},
        {"a.bad.com", "bad.com", true},
        {"a.bad.com", "a.good.com", false},
        {"a.co.uk", "b.co.uk", false}, /* below a country's two letters */
        {"x.a.co.uk", "a.co.uk", true},
        {"example", "example", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sketch one = sketch_of(*state, rows[i].one, ""),
                      other = sketch_of(*state, rows[i].other, "");
        if ((one.names[0].domain == other.names[0].domain) != rows[i].same_domain)
            fail_msg("%s and %s", rows[i].one, rows[i].other);
        assert_int_equal(one.names[0].name == other.names[0].name,
                         strcmp(rows[i].one, rows[i].other) == 0);
    }
}

static void a_name_is_there_once_and_in_order(void **state)
{
    static const char *const names[] = {"a.example", "b.example", "a.example", "c.example"};
    static const char *const turned[] = {"c.example", "b.example", "a.example"};
    struct sketch_source source = {
        .type = "abuse", .reporter = "", .names = names, .name_count = 4};
    struct sketch one = make(*state, &source);
    assert_int_equal(one.name_count, 3);
    assert_true(one.names[0].name < one.names[1].name && one.names[1].name < one.names[2].name);
    source.names = turned;
    source.name_count = 3;
    assert_true(one.exact == make(*state, &source).exact);
    source.type = "other";
    assert_true(one.exact != make(*state, &source).exact);
}

/* Where there are exhibits, words say nothing of what is exactly the same. */
static void exhibits_stand_for_the_words(void **state)
{
    static const char *const words = "it was one", *const others = "no, it was the other";
    const struct digest exhibit = digest_of("a", 1);
    struct sketch_source source = {.type = "abuse",
                                   .reporter = "",
                                   .texts = &words,
                                   .text_count = 1,
                                   .exhibits = &exhibit,
                                   .exhibit_count = 1};
    struct sketch one = make(*state, &source);
    source.texts = &others;
    assert_true(one.exact == make(*state, &source).exact);
    source.exhibit_count = 0;
    assert_true(one.exact != make(*state, &source).exact);
}

/* Whatever of its room is missing. */
static void a_sketch_needs_its_room(void **state)
{
    (void)state;
    static const char *const name = "bad.example", *const text = "it asks for 8841";
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = "",
                                         .names = &name,
                                         .name_count = 1,
                                         .texts = &text,
                                         .text_count = 1};
    int result = ERR_LIMIT, failures = 0;
    for (size_t limit = 0; result < 0 && limit < 1 << 20; limit += 4096) {
        struct arena small ARENA_CLEANUP = {0};
        struct sketch sketch;
        arena_init(&small, limit);
        result = sketch_make(&key, &source, &small, &sketch);
        assert_true(result == 0 || result == ERR_LIMIT);
        failures += result < 0;
    }
    assert_int_equal(result, 0);
    assert_true(failures > 10);
}

/* What is hashed as one thing is found as no other, and one letter is a reporter. */
static void a_reporter_is_not_a_name(void **state)
{
    static const char *const name = "z";
    struct sketch_source source = {
        .type = "abuse", .reporter = "z", .names = &name, .name_count = 1};
    struct sketch sketch = make(*state, &source);
    assert_true(sketch.reporter != 0);
    assert_true(sketch.reporter != sketch.names[0].name);
    source.reporter = "";
    assert_true(make(*state, &source).reporter == 0);
}

/* --- bytes and buckets --- */

static void what_is_not_there_takes_no_bytes(void **state)
{
    static const struct {
        const char *name, *text;
        size_t size, buckets;
    } rows[] = {
        {"", "", 24, 1},
        {"bad.example", "", 24 + 16, 2}, /* name and domain are one */
        {"a.bad.example", "", 24 + 16, 3},
        {"", "word", 24 + 2 * SKETCH_SAMPLES, 1 + SKETCH_BANDS + SKETCH_LONE_BANDS},
        {"a.bad.example", "word", 24 + 16 + 2 * SKETCH_SAMPLES, 3 + SKETCH_BANDS},
        {"", "a1b", 24 + 4 + 2 * SKETCH_SAMPLES, 1 + SKETCH_BANDS + SKETCH_LONE_BANDS},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sketch sketch = sketch_of(*state, rows[i].name, rows[i].text), read;
        uint8_t bytes[SKETCH_BYTES_MAX] = {0}, again[SKETCH_BYTES_MAX];
        int64_t buckets[SKETCH_BUCKETS_MAX];
        size_t size = sketch_encode(&sketch, bytes);
        assert_int_equal(size, rows[i].size);
        assert_int_equal(sketch_buckets(&sketch, buckets), rows[i].buckets);
        assert_int_equal(sketch_decode(bytes, size + 1, *state, &read), ERR_DAMAGED);
        assert_int_equal(sketch_decode(bytes, size, *state, &read), 0);
        assert_int_equal(sketch_encode(&read, again), size);
        assert_memory_equal(bytes, again, size);
    }
}

/* Stores keep sketches and buckets for years and compare them with those of tomorrow: another
 * version of the program makes the same ones. The digests are those of the first version. */
static void what_lies_in_stores_is_made_again(void **state)
{
    static const char *const names[] = {"a.bad.example", "b.co.uk"};
    static const char *const texts[] = {"it asks for the card number, seen on 2026-11-02 at 8841.",
                                        "alone"};
    const struct digest exhibits[] = {digest_of("a", 1), digest_of("b", 1)};
    struct sketch_source source = {
        .type = "abuse", .reporter = "zoe@mail.example", .texts = texts, .text_count = 2};
    static const struct {
        size_t names, exhibits;
        const char *bytes, *buckets;
    } rows[] = {
        {0, 0, "c6eb1b9461652a4b2668706d778c235debe2f410f8d53cd27fc5d174126a2e91",
         "8b6f97a03a68a454953c2feaa8ce4f4934d368da03138dc24dcfe49b41975b77"},
        {2, 0, "051070182c5357030ff2d729a2174eb74b234baccd92a12a06db445bfd8571d7",
         "52faa6bc0d6970c42b6a198d8a0159083eee4025f80af814e9a81ab215ded345"},
        {2, 2, "4a9985f5f4bac82aba4b19974ff0d75c370aee1130f1203c5d9e7cda63769109",
         "9194d502fa967ae3081d18f6703b87e3c75ca9723660a6232469c5a58d7efef2"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t bytes[SKETCH_BYTES_MAX], signs[8 * SKETCH_BUCKETS_MAX];
        int64_t buckets[SKETCH_BUCKETS_MAX];
        char hex[DIGEST_HEX];
        source.names = names;
        source.name_count = rows[i].names;
        source.exhibits = exhibits;
        source.exhibit_count = rows[i].exhibits;
        struct sketch sketch = make(*state, &source);
        struct digest digest = digest_of(bytes, sketch_encode(&sketch, bytes));
        assert_string_equal(digest_format(&digest, hex), rows[i].bytes);
        size_t count = sketch_buckets(&sketch, buckets);
        for (size_t n = 0; n < 8 * count; n++)
            signs[n] = (uint8_t)((uint64_t)buckets[n / 8] >> 8 * (n % 8));
        digest = digest_of(signs, 8 * count);
        assert_string_equal(digest_format(&digest, hex), rows[i].buckets);
    }
}

#define SKETCH_TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, end_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SKETCH_TEST(each_sign_is_of_a_word_or_parts_words_or_is_one),
        SKETCH_TEST(words_that_follow_each_other_are_a_group),
        SKETCH_TEST(a_text_of_one_word_stands_alone),
        SKETCH_TEST(a_detail_has_a_digit_or_is_an_address),
        SKETCH_TEST(names_below_one_domain_are_told),
        SKETCH_TEST(a_name_is_there_once_and_in_order),
        SKETCH_TEST(exhibits_stand_for_the_words),
        SKETCH_TEST(a_sketch_needs_its_room),
        SKETCH_TEST(a_reporter_is_not_a_name),
        SKETCH_TEST(what_is_not_there_takes_no_bytes),
        SKETCH_TEST(what_lies_in_stores_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
