/* The pace of news: 10,000 changes in 400 days must leave a case usable, and every step must meet
 * the fact that it would have met without a pace. */
#include "cases/news.h"

#include "cases/case.h"
#include "testing.h"

#define DAY (INT64_C(86400) * 1000000)
#define START INT64_C(1799053200000000)

static struct case_event events[CASE_EVENTS_MAX];
static size_t count;

static void put(enum case_event_type type, int64_t at)
{
    assert_true(count < CASE_EVENTS_MAX);
    events[count++] = (struct case_event){.type = type, .at = at};
}

static void few_changes_are_told_as_they_come(void **state)
{
    (void)state;
    count = 0;
    for (int i = 0; i < CASE_NEWS_BURST; i++) {
        assert_true(news_due_at(events, count) <= START + i);
        put(i % 2 ? CASE_FINDING_MET : CASE_FINDING_NOT_MET, START + i);
        put(CASE_CALL, START + i);
    }
    assert_int_equal(news_due_at(events, count), START + CASE_NEWS_BURST - 1 + DAY);
}

/* Seven changes, the first almost a week ago: free again when it is one, not a day after the last.
 */
static void a_calm_case_waits_no_longer_than_the_window(void **state)
{
    (void)state;
    count = 0;
    put(CASE_FINDING_NOT_MET, START);
    for (int i = 1; i < CASE_NEWS_BURST; i++)
        put(CASE_FINDING_MET, START + 7 * DAY - 10 + i);
    assert_int_equal(news_due_at(events, count), START + 7 * DAY);
}

static void the_last_events_are_kept_for_others(void **state)
{
    (void)state;
    count = 0;
    while (count < CASE_EVENTS_MAX - CASE_EVENTS_RESERVED)
        put(CASE_CALL, START);
    assert_int_equal(news_due_at(events, count), INT64_MAX);
    assert_int_equal(news_due_at(events, count - 1), INT64_MIN);
}

/* A change every 57.6 minutes, and a reminder that tells the verdict of its moment. */
static void invariant_10_ten_thousand_changes_leave_room(void **state)
{
    (void)state;
    enum { CHANGES = 10000, DAYS = 400 };
    enum case_event_type told = CASE_OPENED, now;
    int64_t reminder = 0, last = 0;
    count = 0;
    for (int i = 0; i < CHANGES; i++) {
        int64_t at = START + i * (DAYS * DAY / CHANGES), due = news_due_at(events, count);
        if (reminder && reminder <= at &&
            told != (i % 2 ? CASE_FINDING_NOT_MET : CASE_FINDING_MET)) {
            told = i % 2 ? CASE_FINDING_NOT_MET : CASE_FINDING_MET;
            put(told, reminder);
            due = news_due_at(events, count);
        }
        reminder = reminder && reminder <= at ? 0 : reminder;
        now = i % 2 ? CASE_FINDING_MET : CASE_FINDING_NOT_MET;
        if (now == told)
            continue;
        if (due <= at) {
            put(told = now, at);
            last = at;
        } else {
            assert_true(due <= at + DAY); /* never held longer */
            reminder = due;
        }
    }
    assert_true(last > START);
    assert_true(count >= DAYS / 2);
    assert_true(count <= DAYS + CASE_NEWS_BURST);
}

TEST_MAIN(cmocka_unit_test(few_changes_are_told_as_they_come),
          cmocka_unit_test(a_calm_case_waits_no_longer_than_the_window),
          cmocka_unit_test(the_last_events_are_kept_for_others),
          cmocka_unit_test(invariant_10_ten_thousand_changes_leave_room))
