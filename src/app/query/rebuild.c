/* rebuild.check: every case folded again from its events and held against the projections that
 * lists, counts and deadlines are read from. */
#include "app/query/comparison.h"
#include "app/query/desk.h"
#include "app/query/list.h"

#include "app/casework/projection.h"
#include "app/casework/proposal.h"
#include "app/publish/notice_record.h"
#include "store/evidence.h"
#include "store/publication.h"
#include "tlog/bundle.h"

#include <string.h>

/* --- deadlines --- */

static const struct store_deadline *find_deadline(const struct store_deadline *list, size_t count,
                                                  const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].id, id) == 0)
            return &list[i];
    }
    return NULL;
}

/* One that is on one side only; the other is NULL. */
static void tell_lonely(struct comparison *at, const char *stored, const char *folded)
{
    at->table = "deadline";
    at->key = stored ? stored : folded;
    comparison_differ(at, "deadline", stored ? json_string(stored) : json_null(),
                      folded ? json_string(folded) : json_null());
}

static void compare_deadline(struct comparison *at, const struct store_deadline *stored,
                             const struct store_deadline *folded)
{
    at->table = "deadline";
    at->key = stored->id;
    comparison_text(at, "rule", stored->rule, folded->rule);
    comparison_number(at, "due_at", stored->due_at, folded->due_at);
    comparison_text(at, "state", deadline_state_text(stored->state),
                    deadline_state_text(folded->state));
    comparison_text(at, "trace", stored->trace, folded->trace);
}

static void compare_wanted(struct comparison *at, const struct store_deadline *found,
                           const struct store_deadline *wanted)
{
    if (found)
        compare_deadline(at, found, wanted);
    else
        tell_lonely(at, NULL, wanted->id);
}

static int compare_deadlines(struct comparison *at, struct casefile *file,
                             const struct projection *folded)
{
    struct store_deadline *stored;
    size_t count;
    int result =
        store_deadline_list(file->app->store, file->record.id, &file->arena, &stored, &count);
    if (result < 0)
        return app_store_failed(file->app, result, at->call->detail, "deadlines");
    for (size_t i = 0; i < folded->deadline_count; i++)
        compare_wanted(at, find_deadline(stored, count, folded->deadlines[i].id),
                       &folded->deadlines[i]);
    for (size_t i = 0; i < folded->milestone_count; i++)
        compare_wanted(at, find_deadline(stored, count, folded->milestones[i].id),
                       &folded->milestones[i]);
    for (size_t i = 0; i < count; i++) {
        if (!find_deadline(folded->deadlines, folded->deadline_count, stored[i].id) &&
            !find_deadline(folded->milestones, folded->milestone_count, stored[i].id))
            tell_lonely(at, stored[i].id, NULL);
    }
    return 0;
}

/* --- proposals --- */

static bool is_agreed(const struct casefile *file, const struct store_proposal *proposal)
{
    char hex[DIGEST_HEX];
    digest_format(&proposal->sha256, hex);
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        for (size_t k = 0; k < event->evidence_count; k++) {
            if (event->type == proposal->event.type && strcmp(event->evidence[k], hex) == 0)
                return true;
        }
    }
    return false;
}

/* A proposal counts as agreed exactly when an event rests on it, and is the one that was made. */
static int compare_proposals(struct comparison *at, struct casefile *file)
{
    struct store_proposal *proposals;
    size_t count;
    char hex[DIGEST_HEX];
    const struct store_proposal_query query = {.case_id = file->record.id};
    int result = store_proposal_list(file->app->store, &query, &file->arena, &proposals, &count);
    if (result < 0)
        return app_store_failed(file->app, result, at->call->detail, "proposals");
    at->table = "case_proposal";
    for (size_t i = 0; i < count; i++) {
        struct case_step step;
        struct error_detail words = {0};
        at->key = digest_format(&proposals[i].sha256, hex);
        result = proposal_step(&proposals[i], /* second= */ "", &step, &words);
        if (result < 0)
            comparison_differ(at, "proposal", json_null(),
                              json_string(error_words(&words, result)));
        comparison_number(at, "proposal_agreed", proposals[i].state == PROPOSAL_AGREED,
                          is_agreed(file, &proposals[i]));
    }
    return 0;
}

/* --- publications --- */

static void compare_notice(struct comparison *at, const struct casefile *file,
                           const struct store_publication *publication,
                           const struct store_publication_update *last)
{
    struct digest record;
    comparison_number(at, "published", true, file->state.published);
    if (!last ||
        tlog_record_digest(publication->record, strlen(publication->record), &record, NULL) < 0 ||
        !digest_equal(&record, &last->record_sha256))
        comparison_differ(at, "record", json_string(publication->record), json_null());
    if (last)
        comparison_number(at, "updated_at", publication->updated_at, last->at);
}

/* The record of a published case is the one that its last update bound into the log. It is written
 * by a task of the outbox, so a case without any update has none as yet. */
static int compare_publication(struct comparison *at, struct casefile *file)
{
    struct store *store = file->app->store;
    struct store_publication publication = {0};
    struct store_publication_update *updates;
    size_t count;
    int found = store_publication_find_case(store, file->record.id, &file->arena, &publication);
    const char *notice =
        found >= 0 ? publication.notice : arena_printf(&file->arena, "n-%s", file->record.id);
    if (!notice)
        return ERR_LIMIT;
    int result = found < 0 && found != ERR_NOT_FOUND
                     ? found
                     : store_publication_update_list(store, found < 0 ? notice : publication.notice,
                                                     &file->arena, &updates, &count);
    if (result < 0)
        return app_store_failed(file->app, result, at->call->detail, "publication");
    at->table = "publication";
    at->key = found < 0 ? notice : publication.notice;
    if (found >= 0)
        compare_notice(at, file, &publication, count ? &updates[count - 1] : NULL);
    else if (count > 0)
        comparison_differ(at, "notice", json_null(), json_string(notice));
    return 0;
}

/* --- a case --- */

static void compare_record(struct comparison *at, const struct store_case *stored,
                           const struct store_case *folded)
{
    comparison_text(at, "stage", stored->stage, folded->stage);
    comparison_text(at, "stage_kind", stage_kind_text(stored->stage_kind),
                    stage_kind_text(folded->stage_kind));
    comparison_text(at, "handler", stored->handler, folded->handler);
    comparison_text(at, "closure", stored->closure, folded->closure);
    comparison_number(at, "seq", stored->seq, folded->seq);
    comparison_number(at, "updated_at", stored->updated_at, folded->updated_at);
    comparison_number(at, "due_at", stored->due_at, folded->due_at);
    /* Stores of the first schema have the moment of what followed the end, such as its letter. */
    if (!stored->closed_at != !folded->closed_at || stored->closed_at < folded->closed_at ||
        stored->closed_at > folded->updated_at)
        comparison_number(at, "closed_at", stored->closed_at, folded->closed_at);
    comparison_number(at, "published", stored->published, folded->published);
    comparison_text(at, "rules", stored->rules, folded->rules);
    comparison_text(at, "awaits", case_awaits_text(stored->awaits),
                    case_awaits_text(folded->awaits));
    comparison_text(at, "about", stored->about, folded->about);
    comparison_text(at, "clock_rule", stored->clock_rule, folded->clock_rule);
    comparison_number(at, "clock_date", stored->clock_date, folded->clock_date);
    comparison_number(at, "clock_at", stored->clock_at, folded->clock_at);
    comparison_number(at, "told_at", stored->told_at, folded->told_at);
}

static int compare_file(struct comparison *at, struct casefile *file,
                        const struct store_case *stored)
{
    struct projection folded;
    int result = projection_make(file, &file->arena, &folded, at->call->detail);
    if (result < 0)
        return result;
    if (folded.record.closed_at == 0)
        at->open[folded.record.stage_kind]++;
    compare_record(at, stored, &folded.record);
    result = compare_deadlines(at, file, &folded);
    if (result >= 0)
        result = comparison_links(at, file);
    if (result >= 0)
        result = compare_publication(at, file);
    return result < 0 ? result : compare_proposals(at, file);
}

static int compare_case(void *context, const struct store_case *stored)
{
    struct comparison *at = context;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail words = {0};
    at->cases++;
    at->table = "case_file";
    at->key = at->case_id = stored->id;
    int result = casefile_open(at->call->app, stored->id, &file, &words);
    if (result >= 0 && file.event_count > 0)
        return compare_file(at, &file, stored);
    if (result >= 0) {
        comparison_differ(at, "events", json_null(), json_integer(0));
        return 0;
    }
    /* A history that does not fold is a difference too, not the end of the comparison. */
    at->table = "case_event";
    comparison_differ(at, "events", json_null(), json_string(error_words(&words, result)));
    return 0;
}

/* --- whole tables --- */

static int compare_open(struct comparison *at)
{
    int64_t stored[STAGE_KIND_COUNT];
    int result = store_case_count_open(at->call->app->store, stored);
    if (result < 0)
        return app_store_failed(at->call->app, result, at->call->detail, "open cases");
    at->table = "open_cases";
    for (int kind = 0; kind < STAGE_KIND_COUNT; kind++) {
        at->key = stage_kind_text((enum stage_kind)kind);
        comparison_number(at, "cases", stored[kind], at->open[kind]);
    }
    return 0;
}

/* Whether the latest finding of each obligation, party and subject is the latest. */
static int compare_latest(struct comparison *at)
{
    struct store_finding_key *wrong;
    size_t count;
    int result = store_finding_latest_wrong(at->call->app->store, at->call->arena, &wrong, &count);
    if (result < 0)
        return app_store_failed(at->call->app, result, at->call->detail, "latest findings");
    at->table = "finding_latest";
    for (size_t i = 0; i < count; i++) {
        at->key = arena_printf(at->call->arena, "%s %s %s", wrong[i].obligation, wrong[i].party,
                               wrong[i].subject);
        if (!at->key)
            return ERR_LIMIT;
        comparison_differ(at, "finding", json_null(), json_null());
    }
    return 0;
}

static int check_all(struct query_call *call)
{
    struct comparison at = {.call = call, .differences = json_array(), .case_id = ""};
    json_object_set_new(call->result, "differences", at.differences);
    histories_forget(call->app); /* folded from the rows that are there now */
    int result = projection_each_case(call->app, compare_case, &at, call->detail);
    at.case_id = "";
    if (result >= 0)
        result = compare_open(&at);
    if (result >= 0)
        result = compare_latest(&at);
    if (result >= 0)
        result = comparison_complaints(&at);
    if (result >= 0)
        result = comparison_lost(&at);
    json_object_set_new(call->result, "cases", json_integer(at.cases));
    json_object_set_new(call->result, "complaints", json_integer(at.complaints));
    return result;
}

/* On one picture of the store; besides, a statement of its own transaction costs more than the row.
 */
int query_rebuild_check(struct query_call *call)
{
    return desk_at_one_moment(call, check_all);
}
