#include "app/party/case_view.h"

#include "access/access.h"
#include "app/casework/extension.h"
#include "app/command.h"
#include "app/law.h"
#include "app/party/exhibit.h"
#include "app/party/told.h"
#include "app/publish/notice_letter.h"
#include "app/query/case_parts.h"
#include "app/query/desk.h"
#include "base/civil.h"
#include "model/demand.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_BYTES = 16, NAME_BYTES = 8, VIEW_BYTES = 16 << 20, GRANT_ARENA_MAX = 16 << 20 };

/* --- whether it is there --- */

/* Whether `user` may: asked before the case is read. Of one that is not there, or was not told, the
 * same is asked as of nobody's, so that each is the same work and the same words. */
static int check_grant(struct app *app, const char *user, const char *id, enum party_right right,
                       struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case record = {.party = ""};
    struct store_grant grant;
    arena_init(&arena, GRANT_ARENA_MAX);
    int result = user ? store_case_find(app->store, id, &arena, &record) : 0;
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "case");
    const char *party = record.told_at ? record.party : "";
    const struct grant_wanted wanted = {user, party, id, right};
    return user ? grant_need(app, &wanted, &arena, &grant, detail) : 0;
}

int case_view_open(struct app *app, const char *user, const char *id, enum party_right right,
                   struct casefile *ret_file, struct error_detail *detail)
{
    struct error_detail quiet = {0};
    int result = check_grant(app, user, id, right, &quiet);
    if (result >= 0)
        result = casefile_open(app, id, ret_file, &quiet);
    if (result >= 0 && !ret_file->record.told_at)
        result = ERR_NOT_FOUND;
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "there is no such case, or none for you");
    return result < 0 ? error_pass(detail, result, &quiet) : 0;
}

/* --- its parts --- */

static int project(enum access_object object, json_t *full, json_t **ret_seen)
{
    json_t *owned JSON_CLEANUP = full;
    return owned ? access_project(object, owned, AUDIENCE_PARTY, ret_seen) : ERR_NO_MEMORY;
}

static json_t *due_of(const struct case_state *state)
{
    const struct deadline *due = &state->deadline.due;
    char text[CIVIL_DATE_TEXT];
    if (state->deadline.clock != CLOCK_RUNNING || !due->rule)
        return json_null();
    json_t *row = json_pack("{s:s, s:s}", "date", civil_format_date(due->date, text), "zone",
                            zone_name(due->rule->zone));
    json_object_set_new(row, "instant", query_instant(due->instant));
    json_object_set_new(row, "trace", query_due_trace(state));
    return row;
}

static json_t *head_of(struct query_call *call, const struct casefile *told)
{
    const struct store_case *record = &told->record;
    const struct closure_code *code =
        process_closure_find(told->state.process, told->state.closure);
    json_t *full = json_object();
    desk_put(full, "id", record->id);
    desk_put(full, "party_id", record->party);
    desk_put(full, "party_name", desk_party_name(call, record->party));
    desk_put(full, "subject", record->subject);
    desk_put(full, "obligation", record->obligation);
    desk_put_obligation(
        full, rulebook_obligation_find(told->rulebook, record->obligation, law_today(call->app)));
    desk_put(full, "stage", told->state.stage->label);
    json_object_set_new(full, "due", due_of(&told->state));
    json_object_set_new(full, "outcome", code ? json_string(code->label) : json_null());
    return full;
}

int case_view_head(struct query_call *call, struct casefile *file, json_t **ret_seen)
{
    struct casefile told;
    int result = told_take(file, &told, call->detail);
    return result < 0 ? result : project(OBJECT_CASE, head_of(call, &told), ret_seen);
}

/* --- letters --- */

static int add_letter(struct query_call *call, const struct casefile *file, const char *id,
                      int64_t sent_at, json_t *list)
{
    struct store_letter letter;
    char hex[DIGEST_HEX];
    const char *text;
    int result = store_letter_find(call->app->store, id, call->arena, &letter);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letter of a case");
    result = notice_letter_text(&letter, call->arena, &text, call->detail);
    if (result < 0)
        return result;
    const char *name = arena_printf(call->arena, "%s-l%.*s", file->record.id, 2 * NAME_BYTES,
                                    digest_format(&letter.sha256, hex));
    if (!name)
        return ERR_LIMIT;
    json_t *row = json_object();
    desk_put(row, "id", name);
    desk_put(row, "step", desk_step_label(file->state.process, letter.kind));
    desk_put(row, "message_id", letter.message_id);
    desk_put(row, "sha256", digest_format(&letter.sha256, hex));
    desk_put(row, "subject", letter.subject);
    desk_put(row, "text", text);
    json_object_set_new(row, "sent_at", query_instant(sent_at));
    return json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* W2. */
static int put_letters(struct query_call *call, const struct casefile *file, json_t *full)
{
    struct store_letter *letters;
    size_t count;
    json_t *list = json_array();
    const struct store_letter_query query = {.case_id = file->record.id, .limit = DESK_ROWS_MAX};
    json_object_set_new(full, "letters", list);
    int result = store_letter_list(call->app->store, &query, call->arena, &letters, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letters of a case");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        int64_t sent_at = notice_letter_served_at(file, &letters[i].sha256);
        if (sent_at)
            result = add_letter(call, file, letters[i].id, sent_at, list);
    }
    return result;
}

/* W2: what the letter of the stage that the party was told of asks, once it was served; of a draft
 * nothing. */
static int put_items(struct query_call *call, const struct casefile *told, json_t *full)
{
    const struct case_state *state = &told->state;
    struct query_call part = *call;
    part.result = full;
    if (state->facts.values[FACT_LETTER] >= LETTER_SENT &&
        notice_letter_served_at(told, &state->letter.sha256))
        return query_put_items(&part, told);
    return json_object_set_new(full, "items", json_array());
}

/* --- findings --- */

static json_t *texts(const char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

/* CASE-fDIGEST, of what makes it this finding and not of its id, which could be tried out. */
static const char *name_of(const struct casefile *file, const struct store_finding *finding,
                           struct arena *arena)
{
    const struct finding *f = &finding->finding;
    char hex[2 * NAME_BYTES + 1];
    const char *text = arena_printf(arena, "%s %s %s %s %" PRId64, file->record.id, f->obligation,
                                    f->subject, verdict_text(f->verdict), finding->decided_at);
    if (!text)
        return NULL;
    const struct digest digest = digest_of(text, strlen(text));
    return arena_printf(arena, "%s-f%s", file->record.id,
                        hex_format(digest.bytes, NAME_BYTES, hex));
}

static int see_finding(struct query_call *call, const struct casefile *file,
                       const struct store_finding *finding, json_t **ret_seen)
{
    const char *name = name_of(file, finding, call->arena);
    if (!name)
        return ERR_LIMIT;
    const struct finding *f = &finding->finding;
    const struct obligation *obligation = desk_obligation(call->app, f->obligation);
    json_t *full = json_object(), *evidence = json_array();
    for (size_t i = 0; i < f->evidence_count; i++)
        json_array_append_new(evidence, json_string(f->evidence[i].measurement));
    desk_put(full, "id", name);
    desk_put(full, "obligation", f->obligation);
    desk_put(full, "clause", f->clause);
    desk_put(full, "subject", f->subject);
    desk_put(full, "verdict", verdict_text(f->verdict));
    desk_put(full, "guidance", obligation ? obligation->guidance : "");
    desk_put(full, "cure", obligation ? obligation->cure : "");
    json_object_set_new(full, "observed", query_instant(f->period_until));
    json_object_set_new(full, "codes", texts(f->codes, f->code_count));
    json_object_set_new(full, "evidence", evidence);
    return project(OBJECT_FINDING, full, ret_seen);
}

int case_view_findings(struct query_call *call, const struct casefile *file, json_t *list)
{
    struct store_link *links;
    size_t count;
    int result = store_link_list(call->app->store, file->record.id, call->arena, &links, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        struct store_finding finding;
        json_t *seen = NULL;
        if (links[i].unlinked_at || strcmp(links[i].kind, "finding") != 0)
            continue;
        result = store_finding_find(call->app->store, links[i].object, call->arena, &finding);
        /* What another party is held for is not this one's to see, whoever linked it. */
        if (result < 0 || strcmp(finding.finding.party, file->record.party) != 0)
            continue;
        result = see_finding(call, file, &finding, &seen);
        if (result < 0 || json_array_append_new(list, seen) < 0)
            return result < 0 ? result : ERR_NO_MEMORY;
    }
    return result < 0 ? app_store_failed(call->app, result, call->detail, "findings of a case") : 0;
}

/* --- what the party sent --- */

static json_t *positions_of(const struct case_event *event)
{
    struct case_step step;
    json_t *list = json_array();
    if (case_step_decode(event, &step, NULL) < 0)
        return list;
    for (size_t i = 0; i < DEMANDS_MAX; i++) {
        if (step.positions[i])
            json_array_append_new(
                list, json_pack("{s:i, s:s}", "number", (int)i + 1, "position",
                                demand_position_text((enum demand_position)step.positions[i])));
    }
    return list;
}

static bool is_answer(const struct case_event *event)
{
    return event->evidence_count > 0 && (event->type == CASE_ANSWERED ||
                                         (event->type == CASE_RECEIVED &&
                                          strcmp(event->reason, CASE_VIEW_ANSWERED_BETWEEN) == 0));
}

/* What the staff filed for them is theirs too; who filed it is not said. */
static int put_answers(struct query_call *call, const struct casefile *file, json_t *full)
{
    struct store_exhibit *exhibits;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(full, "answers", list);
    int result =
        store_exhibit_list(call->app->store, file->record.id, call->arena, &exhibits, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "exhibits of a case");
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        bool by_party = strcmp(event->actor_role, role_text(ROLE_PARTY)) == 0;
        if (!is_answer(event))
            continue;
        json_t *row = json_pack("{s:s, s:s, s:o, s:o}", "sha256", event->evidence[0], "by",
                                by_party ? event->actor : "", "positions", positions_of(event),
                                "exhibits", exhibits_describe(exhibits, count, event->seq));
        json_object_set_new(row, "at", query_instant(event->at));
        json_array_append_new(list, row);
    }
    return 0;
}

static int put_extensions(struct query_call *call, const struct casefile *file, json_t *full)
{
    struct extension *list;
    size_t count;
    char day[CIVIL_DATE_TEXT];
    json_t *rows = json_array();
    json_object_set_new(full, "extensions", rows);
    int result =
        extension_list(call->app, file->record.id, call->arena, &list, &count, call->detail);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = json_pack("{s:s, s:s, s:s, s:b}", "by", list[i].by, "until",
                                civil_format_date(list[i].until, day), "sha256", list[i].sha256,
                                "waits", list[i].waits);
        json_object_set_new(row, "at", query_instant(list[i].at));
        json_array_append_new(rows, row);
    }
    return result;
}

/* --- the whole --- */

int case_view_make(struct query_call *call, struct casefile *file, json_t **ret_seen)
{
    json_t *findings JSON_CLEANUP = json_array(), *seen = NULL;
    struct casefile told;
    int result = told_take(file, &told, call->detail);
    if (result < 0)
        return result;
    json_t *full = head_of(call, &told);
    result = put_letters(call, file, full);
    if (result >= 0)
        result = put_items(call, &told, full);
    if (result >= 0)
        result = put_extensions(call, file, full);
    if (result >= 0)
        result = put_answers(call, file, full);
    if (result >= 0)
        result = case_view_findings(call, file, findings);
    if (result < 0) {
        json_decref(full);
        return result;
    }
    result = project(OBJECT_CASE, full, &seen);
    if (result < 0)
        return result;
    /* Each was projected on its own, as where it is asked for alone. */
    json_object_set(seen, "findings", findings);
    *ret_seen = seen;
    return 0;
}

/* W5. */
int case_view_version(const json_t *seen, char text[CASE_VIEW_VERSION_TEXT])
{
    struct buffer canonical BUFFER_CLEANUP = {0};
    buffer_init(&canonical, VIEW_BYTES);
    int result = json_canonical(seen, &canonical);
    if (result < 0)
        return result;
    const struct digest digest = digest_of(canonical.data, canonical.size);
    hex_format(digest.bytes, VERSION_BYTES, text);
    return 0;
}
