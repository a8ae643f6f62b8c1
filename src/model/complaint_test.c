/* References of complaints, and what can become of one. */
#include "model/complaint.h"

#include "base/error.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789";

static void make(unsigned seed, char text[REFERENCE_TEXT])
{
    uint8_t random[REFERENCE_RANDOM];
    for (size_t i = 0; i < sizeof random; i++) {
        seed = seed * 1103515245U + 12345U;
        random[i] = (uint8_t)(seed >> 16U);
    }
    reference_make(random, text);
}

static void is_read_as_people_write_it(void **state)
{
    char text[REFERENCE_TEXT], loud[REFERENCE_TEXT], spaced[2 * REFERENCE_TEXT] = "",
                                                                read[REFERENCE_TEXT];
    (void)state;
    make(1, text);
    assert_int_equal(strlen(text), REFERENCE_TEXT - 1);
    assert_true(text[4] == '-' && text[9] == '-');
    for (size_t i = 0; i < sizeof text; i++) {
        loud[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
        if (text[i] != '-')
            spaced[strlen(spaced)] = text[i];
        if (i % 5 == 3)
            spaced[strlen(spaced)] = ' ';
    }
    assert_int_equal(reference_parse(text, read), 0);
    assert_string_equal(read, text);
    assert_int_equal(reference_parse(loud, read), 0);
    assert_string_equal(read, text);
    assert_int_equal(reference_parse(spaced, read), 0);
    assert_string_equal(read, text);
}

/* Every wrong sign and every swap of two different signs, in 50 references. */
static void a_slip_is_noticed(void **state)
{
    char text[REFERENCE_TEXT], wrong[REFERENCE_TEXT], read[REFERENCE_TEXT] = "untouched";
    (void)state;
    for (unsigned seed = 0; seed < 50; seed++) {
        make(seed, text);
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            memcpy(wrong, text, sizeof text);
            for (size_t n = 0; text[i] != '-' && n + 1 < sizeof signs; n++) {
                wrong[i] = signs[n];
                assert_int_equal(reference_parse(wrong, read),
                                 signs[n] == text[i] ? 0 : ERR_SYNTAX);
            }
            for (size_t k = 0; k < i; k++) {
                memcpy(wrong, text, sizeof text);
                wrong[i] = text[k];
                wrong[k] = text[i];
                if (text[i] != '-' && text[k] != '-' && text[i] != text[k])
                    assert_int_equal(reference_parse(wrong, read), ERR_SYNTAX);
            }
        }
    }
}

static void what_is_no_reference_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "-", "aaaa-aaaa-aaa", "aaaa-aaaa-aaaa-a", "c-234", "lllllllllll1", "aaaa_aaaa_aaaa"};
    char read[REFERENCE_TEXT] = "untouched";
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(reference_parse(texts[i], read), ERR_SYNTAX);
    assert_string_equal(read, "untouched");
}

/* One row a state: what each event makes of it; COUNT: refused. */
static void each_event_in_each_state(void **state)
{
    enum { NO = COMPLAINT_STATE_COUNT, HELD = COMPLAINT_HELD_STATE, FILED = COMPLAINT_FILED_STATE };
    enum { WAITS = COMPLAINT_WAITING_STATE, IN = COMPLAINT_IN_SCOPE_STATE };
    enum { OUT = COMPLAINT_OUT_OF_SCOPE_STATE, REV = COMPLAINT_REVIEW_STATE };
    enum { IN_2 = COMPLAINT_IN_SCOPE_MORE_STATE, OUT_2 = COMPLAINT_OUT_OF_SCOPE_MORE_STATE };
    enum { BACK = COMPLAINT_WITHDRAWING_STATE, GONE = COMPLAINT_WITHDRAWN_STATE };
    static const int expected[COMPLAINT_STATE_COUNT][COMPLAINT_EVENT_COUNT] = {
        /* filed, filed-anyway, asked, in-scope, out-of-scope, joined, parted, redacted,
         * reporter-read, erased, receipt, added, completed, review-asked, withdrawn, seen, closed,
         * outcome, legal-hold, hold-lifted, reopened, drawn, second-look, exported, case-ended,
         * case-resumed, retyped, labelled, prioritised, looked-up */
        {NO, FILED, WAITS, IN,   OUT,  HELD, HELD, HELD, HELD, HELD, HELD, HELD, FILED, NO,   BACK,
         NO, NO,    HELD,  HELD, HELD, NO,   HELD, HELD, HELD, NO,   NO,   HELD, HELD,  HELD, HELD},
        {NO,    NO,    WAITS, IN,    OUT,  FILED, FILED, FILED, FILED, FILED,
         FILED, FILED, NO,    NO,    BACK, NO,    NO,    FILED, FILED, FILED,
         NO,    FILED, FILED, FILED, NO,   NO,    FILED, FILED, FILED, FILED},
        {NO,    NO,    WAITS, IN,    OUT,  WAITS, WAITS, WAITS, WAITS, WAITS,
         WAITS, FILED, NO,    NO,    BACK, NO,    NO,    WAITS, WAITS, WAITS,
         NO,    WAITS, WAITS, WAITS, NO,   NO,    WAITS, WAITS, WAITS, WAITS},
        {NO, NO, NO, IN, OUT, IN,    IN, IN, IN, IN, IN, IN_2, NO, NO, BACK,
         NO, NO, IN, IN, IN,  FILED, IN, IN, IN, IN, IN, NO,   IN, IN, IN},
        {NO, NO, NO,  IN,  OUT, OUT,   OUT, OUT, OUT, OUT, OUT, OUT_2, NO,  REV, NO,
         NO, NO, OUT, OUT, OUT, FILED, OUT, OUT, OUT, NO,  NO,  NO,    OUT, OUT, OUT},
        {NO, NO, NO,   IN,   OUT,  IN_2,  IN_2, IN_2, IN_2, IN_2, IN_2, IN_2, NO,   NO,   BACK,
         IN, NO, IN_2, IN_2, IN_2, FILED, IN_2, IN_2, IN_2, IN_2, IN_2, NO,   IN_2, IN_2, IN_2},
        {NO,    NO,    NO,    IN,    OUT, OUT_2, OUT_2, OUT_2, OUT_2, OUT_2,
         OUT_2, OUT_2, NO,    REV,   NO,  OUT,   NO,    OUT_2, OUT_2, OUT_2,
         FILED, OUT_2, OUT_2, OUT_2, NO,  NO,    NO,    OUT_2, OUT_2, OUT_2},
        {NO, NO, NO,  IN,  OUT, REV, REV, REV, REV, REV, REV, REV, NO,  NO,  NO,
         NO, NO, REV, REV, REV, NO,  REV, REV, REV, NO,  NO,  NO,  REV, REV, REV},
        {NO, NO,   NO, NO,   NO,   BACK, BACK, BACK, BACK, BACK, BACK, NO, NO,   NO,   NO,
         NO, GONE, NO, BACK, BACK, NO,   BACK, BACK, BACK, BACK, BACK, NO, BACK, BACK, BACK},
        {NO, NO, NO, NO,   NO,   GONE, GONE, GONE, GONE, GONE, GONE, NO, NO,   NO,   NO,
         NO, NO, NO, GONE, GONE, NO,   GONE, GONE, GONE, NO,   NO,   NO, GONE, GONE, GONE},
    };
    (void)state;
    for (int from = 0; from < COMPLAINT_STATE_COUNT; from++) {
        enum complaint_state parsed;
        assert_int_equal(
            complaint_state_parse(complaint_state_text((enum complaint_state)from), &parsed), 0);
        assert_int_equal(parsed, from);
        assert_int_equal(complaint_is_open(parsed), from == HELD || from == FILED || from == WAITS);
        for (int event = 0; event < COMPLAINT_EVENT_COUNT; event++) {
            enum complaint_state to = COMPLAINT_STATE_COUNT;
            int result =
                complaint_after((enum complaint_state)from, (enum complaint_event_type)event, &to);
            assert_int_equal(to, expected[from][event]);
            assert_int_equal(result, expected[from][event] == NO ? ERR_REFUSED : 0);
        }
    }
    for (int i = 0; i < COMPLAINT_PRIORITY_COUNT; i++) {
        enum complaint_priority parsed;
        const char *text = complaint_priority_text((enum complaint_priority)i);
        assert_int_equal(complaint_priority_parse(text, &parsed), 0);
        assert_int_equal(parsed, i);
        assert_int_equal(complaint_priority_parse("soon", &parsed), ERR_SYNTAX);
    }
    enum complaint_state none;
    assert_int_equal(complaint_state_parse("closed", &none), ERR_SYNTAX);
}

static void each_event_has_a_word(void **state)
{
    (void)state;
    enum complaint_event_type parsed;
    for (int event = 0; event < COMPLAINT_EVENT_COUNT; event++) {
        assert_int_equal(
            complaint_event_parse(complaint_event_text((enum complaint_event_type)event), &parsed),
            0);
        assert_int_equal(parsed, event);
    }
    assert_int_equal(complaint_event_parse("lost", &parsed), ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_as_people_write_it), cmocka_unit_test(a_slip_is_noticed),
        cmocka_unit_test(what_is_no_reference_is_refused),
        cmocka_unit_test(each_event_in_each_state), cmocka_unit_test(each_event_has_a_word)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
