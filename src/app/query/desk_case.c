/* One case: where it stands, what comes next and why, its events, letters and findings. */
#include "app/query/desk.h"

#include "app/command.h"
#include "app/law.h"
#include "app/query/case_parts.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "store/evidence.h"

#include <stdio.h>
#include <string.h>

/* --- events --- */

static const char *tone_of(enum case_event_type type)
{
    static const struct {
        enum case_event_type type;
        const char *tone;
    } tones[] = {
        {CASE_FINDING_MET, "good"},    {CASE_CURED, "good"},     {CASE_CLOSED, "good"},
        {CASE_FINDING_NOT_MET, "bad"}, {CASE_BREACHED, "bad"},   {CASE_BOUNCED, "bad"},
        {CASE_SUSPENDED, "bad"},       {CASE_TERMINATED, "bad"}, {CASE_ESCALATED, "bad"},
        {CASE_DEADLINE_PASSED, "due"},
    };
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++) {
        if (tones[i].type == type)
            return tones[i].tone;
    }
    return "plain";
}

/* What happened, which letter it was about, and where the case went. */
static const char *summary_of(const struct case_explanation *row, const struct process *process,
                              struct arena *arena)
{
    const struct case_event *event = row->event;
    struct case_step step;
    bool lettered = case_step_decode(event, &step, NULL) >= 0 && step.letter[0];
    const char *words =
        arena_printf(arena, "%s%s%s%s%s", case_event_summary(event->type), lettered ? ": " : "",
                     lettered ? desk_step_label(process, step.letter) : "",
                     row->from != row->to ? "; the case is now: " : "",
                     row->from != row->to ? row->to->label : "");
    return words ? words : case_event_summary(event->type);
}

static json_t *event_row(const struct case_explanation *row, const struct process *process,
                         struct arena *arena)
{
    const struct case_event *event = row->event;
    char rule[64] = "";
    json_t *object = json_object(), *evidence = json_array();
    const char *second = casefile_second(event, arena);
    if (row->edge)
        snprintf(rule, sizeof rule, "process.yaml line %d", row->edge->line);
    for (size_t i = 0; i < event->evidence_count; i++)
        json_array_append_new(evidence, json_string(event->evidence[i]));
    json_object_set_new(object, "seq", json_integer(event->seq));
    json_object_set_new(object, "at", query_instant(event->at));
    json_object_set_new(object, "evidence", evidence);
    desk_put(object, "type", case_event_text(event->type));
    desk_put(object, "summary", summary_of(row, process, arena));
    desk_put(object, "actor",
             second[0] ? arena_printf(arena, "%s, %s", event->actor, second) : event->actor);
    desk_put(object, "reason", event->reason);
    desk_put(object, "rule", rule);
    desk_put(object, "tone", tone_of(event->type));
    return object;
}

static int put_events(struct query_call *call, const struct casefile *file)
{
    const struct process *process = file->state.process;
    struct case_explanation *rows;
    json_t *list = json_array();
    json_object_set_new(call->result, "events", list);
    int result = casefile_explain(file, call->arena, &rows, call->detail);
    for (size_t i = 0; result >= 0 && i < file->event_count; i++)
        json_array_append_new(list, event_row(&rows[i], process, call->arena));
    return result;
}

/* --- letters and findings --- */

static json_t *letter_row(struct query_call *call, const struct casefile *file,
                          const struct store_letter *letter)
{
    const struct desk_people people = desk_people(file, letter, call->arena);
    char hex[DIGEST_HEX];
    json_t *row = json_object();
    desk_put(row, "id", letter->id);
    desk_put(row, "step", desk_step_label(file->state.process, letter->kind));
    desk_put(row, "state", letter_state_text(letter->state));
    desk_put(row, "sha256", digest_format(&letter->sha256, hex));
    desk_put(row, "drafted_by", people.drafted_by);
    desk_put(row, "approved_by", people.approved_by);
    json_object_set_new(row, "at", query_instant(letter->updated_at));
    return row;
}

static int put_letters(struct query_call *call, const struct casefile *file)
{
    struct store_letter *letters;
    size_t count;
    json_t *list = json_array();
    const struct store_letter_query query = {.case_id = file->record.id, .limit = DESK_ROWS_MAX};
    json_object_set_new(call->result, "letters", list);
    int result = store_letter_list(call->app->store, &query, call->arena, &letters, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letters of a case");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, letter_row(call, file, &letters[i]));
    return 0;
}

static json_t *finding_row(const struct store_finding *finding)
{
    json_t *row = json_object();
    desk_put(row, "id", finding->id);
    desk_put(row, "verdict", verdict_text(finding->finding.verdict));
    desk_put(row, "subject", finding->finding.subject);
    json_object_set_new(row, "observed", query_instant(finding->finding.period_until));
    return row;
}

static int put_findings(struct query_call *call, const struct casefile *file)
{
    struct store_link *links;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "findings", list);
    int result = store_link_list(call->app->store, file->record.id, call->arena, &links, &count);
    for (size_t i = 0; result >= 0 && i < count && i < DESK_ROWS_MAX; i++) {
        struct store_finding finding;
        if (links[i].unlinked_at || strcmp(links[i].kind, "finding") != 0)
            continue;
        result = store_finding_find(call->app->store, links[i].object, call->arena, &finding);
        if (result >= 0)
            json_array_append_new(list, finding_row(&finding));
    }
    return result < 0 ? app_store_failed(call->app, result, call->detail, "findings of a case") : 0;
}

/* --- where it stands --- */

static bool can_answer(struct query_call *call, const struct casefile *file,
                       const struct actor *actor)
{
    const struct command *command = command_find("case.answer");
    struct case_outcome *outcome = arena_alloc(call->arena, sizeof *outcome);
    struct case_step step = {.type = CASE_ANSWERED, .at = clock_wall(&call->app->clock)};
    if (!outcome || !command || !(command->roles & actor->roles))
        return false;
    if (step.at < file->state.last_at)
        step.at = file->state.last_at;
    CASE_TEXT(step.actor, actor->id);
    CASE_TEXT(step.role, role_text(ROLE_ANALYST));
    return case_apply(&file->state, &step, outcome, NULL) >= 0;
}

static void put_origin(json_t *result, const struct store_case *record)
{
    char words[64];
    const char *source = monitoring_source_text(record->source);
    snprintf(words, sizeof words, "%s%s%s%s", case_origin_text(record->origin),
             source[0] ? " (" : "", source, source[0] ? ")" : "");
    desk_put(result, "origin", words);
}

static int put_standing(struct query_call *call, const struct casefile *file)
{
    const struct store_case *record = &file->record;
    json_t *result = call->result;
    desk_put(result, "id", record->id);
    desk_put(result, "party_id", record->party);
    desk_put(result, "party_name", desk_party_name(call, record->party));
    desk_put(result, "subject", record->subject);
    desk_put(result, "obligation", record->obligation);
    /* As the version says that the case runs under. */
    desk_put_obligation(
        result, rulebook_obligation_find(file->rulebook, record->obligation, law_today(call->app)));
    desk_put(result, "stage_kind", stage_kind_text(file->state.stage->kind));
    desk_put(result, "rulebook", file->rulebook->digest_text);
    desk_put(result, "notice_url",
             record->published ? arena_printf(call->arena, "%s/notices/n-%s",
                                              call->app->config.public_url, record->id)
                               : "");
    put_origin(result, record);
    json_object_set_new(result, "due_trace", query_due_trace(&file->state));
    return desk_put_standing(call, record, "next", result);
}

static int show_case(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct actor actor;
    const char *id;
    int result = query_need_text(call, "case", &id);
    if (result >= 0)
        result = desk_actor(call, &actor);
    if (result >= 0)
        result = casefile_open(call->app, id, &file, call->detail);
    if (result >= 0)
        result = put_standing(call, &file);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "can_answer", json_boolean(can_answer(call, &file, &actor)));
    result = put_events(call, &file);
    if (result >= 0)
        result = desk_put_proposals(call, id, &actor);
    if (result >= 0)
        result = put_letters(call, &file);
    if (result >= 0)
        result = query_put_allegations(call, &file);
    if (result >= 0)
        result = query_put_items(call, &file);
    if (result >= 0)
        result = query_put_conduct(call, &file);
    if (result >= 0)
        result = query_put_service(call, &file);
    return result < 0 ? result : put_findings(call, &file);
}

int query_desk_case(struct query_call *call)
{
    return desk_at_one_moment(call, show_case);
}
