/* What a case rests on: its links beside the events that made them. */
#include "app/query/comparison.h"

#include <string.h>

/* A store of an earlier program has the moment at which the row was written, in the transaction of
 * its event. */
static const int64_t WRITTEN_WITHIN_US = INT64_C(60) * 1000000;

/* Events that are written with a link of what they rest on. */
static bool comes_with_link(const struct case_event *event)
{
    return event->type == CASE_FINDING_MET || event->type == CASE_FINDING_NOT_MET ||
           event->type == CASE_LINKED;
}

static bool rests_on(const struct case_event *event, const char *object)
{
    for (size_t k = 0; k < event->evidence_count; k++) {
        if (strcmp(event->evidence[k], object) == 0)
            return true;
    }
    return false;
}

static bool is_told(const struct casefile *file, const char *object)
{
    for (size_t i = 0; i < file->event_count; i++) {
        if (rests_on(&file->events[i], object))
            return true;
    }
    return false;
}

static size_t count_links(const struct store_link *links, size_t count, const char *object)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += strcmp(links[i].object, object) == 0;
    return found;
}

static void compare_moment(struct comparison *at, const char *field, int64_t stored, int64_t told)
{
    if (stored < told - WRITTEN_WITHIN_US || stored > told + WRITTEN_WITHIN_US)
        comparison_number(at, field, stored, told);
}

/* Who linked it last, and whether somebody took that back since. */
static void compare_link(struct comparison *at, const struct casefile *file,
                         const struct store_link *link)
{
    const struct case_event *linked = NULL, *unlinked = NULL;
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        if (!rests_on(event, link->object))
            continue;
        if (comes_with_link(event)) {
            linked = event;
            unlinked = NULL;
        } else if (event->type == CASE_UNLINKED) {
            unlinked = event;
        }
    }
    if (!linked)
        return;
    comparison_text(at, "linked_by", link->linked_by, linked->actor);
    compare_moment(at, "linked_at", link->linked_at, linked->at);
    comparison_text(at, "unlinked_by", link->unlinked_by, unlinked ? unlinked->actor : "");
    compare_moment(at, "unlinked_at", link->unlinked_at, unlinked ? unlinked->at : 0);
}

/* What an event linked is linked, and no finding is linked that no event names. An event does not
 * say as what it linked an object: where that is linked as two things, neither is looked at. */
int comparison_links(struct comparison *at, struct casefile *file)
{
    struct store_link *links;
    size_t count;
    int result = store_link_list(file->app->store, file->record.id, &file->arena, &links, &count);
    if (result < 0)
        return app_store_failed(file->app, result, at->call->detail, "links");
    at->table = "case_link";
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        for (size_t k = 0; comes_with_link(event) && k < event->evidence_count; k++) {
            at->key = event->evidence[k];
            if (count_links(links, count, at->key) == 0)
                comparison_differ(at, "object", json_null(), json_string(at->key));
        }
    }
    for (size_t i = 0; i < count; i++) {
        at->key = links[i].object;
        if (strcmp(links[i].kind, "finding") == 0 && !is_told(file, at->key))
            comparison_differ(at, "object", json_string(at->key), json_null());
        else if (count_links(links, count, at->key) == 1)
            compare_link(at, file, &links[i]);
    }
    return 0;
}
