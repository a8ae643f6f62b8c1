#include "cases/news.h"

#include "cases/case.h"

bool news_is(enum case_event_type type)
{
    return type == CASE_FINDING_MET || type == CASE_FINDING_NOT_MET;
}

int64_t news_due_at(const struct case_event *events, size_t count)
{
    int64_t latest = 0;
    size_t seen = 0;
    if (count >= CASE_EVENTS_MAX - CASE_EVENTS_RESERVED)
        return INT64_MAX;
    for (size_t i = count; i-- > 0;) {
        if (!news_is(events[i].type))
            continue;
        if (seen == 0)
            latest = events[i].at;
        if (++seen < CASE_NEWS_BURST)
            continue;
        /* A day after the latest, or when so many no longer lie within the window. */
        int64_t calm = events[i].at + CASE_NEWS_WINDOW_US, daily = latest + CASE_NEWS_PAUSE_US;
        return calm < daily ? calm : daily;
    }
    return INT64_MIN;
}
