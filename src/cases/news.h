/* At what pace a case takes news of what was measured.
 *
 * `finding-met` and `finding-not-met` change one fact and move nothing. A TLD that fails and
 * recovers all day would fill its case with them, and a case that is full can take nothing more,
 * not even its end. So there is a pace, which depends on the events alone:
 *  - CASE_NEWS_BURST changes within CASE_NEWS_WINDOW_US are told as they come;
 *  - beyond that one a day is told, with the verdict of that moment;
 *  - the last CASE_EVENTS_RESERVED events of a case are not for news of their own accord.
 * What is held back is no secret: the findings are all stored, and app/casework/news.h tells the
 * case before it takes any other step. So guards always read the fact that they would have read
 * without a pace. */
#ifndef BAILIWICK_CASES_NEWS_H
#define BAILIWICK_CASES_NEWS_H

#include "model/case.h"

enum {
    CASE_NEWS_BURST = 7,
    CASE_EVENTS_RESERVED = 500, /* of CASE_EVENTS_MAX, for persons, deadlines and letters */
};
#define CASE_NEWS_WINDOW_US (INT64_C(7) * 86400 * 1000000)
#define CASE_NEWS_PAUSE_US (INT64_C(86400) * 1000000)

/* `finding-met` or `finding-not-met`. */
bool news_is(enum case_event_type type);

/* From when on one more may be written: INT64_MIN for at once, INT64_MAX for only before another
 * step. `events` is the whole history of the case. */
int64_t news_due_at(const struct case_event *events, size_t count);

#endif
