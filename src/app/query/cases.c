/* Questions about cases, letters and findings. */
#include "app/query/list.h"

#include "app/casework/casefile.h"
#include "app/casework/milestones.h"
#include "app/casework/news.h"
#include "app/casework/proposal.h"
#include "app/known.h"
#include "app/letters/recipient.h"
#include "app/query/case_parts.h"
#include "app/query/hands.h"
#include "store/evidence.h"
#include "store/letter.h"

#include <string.h>

enum { OPTIONS_MAX = 200 };

static int failed(struct query_call *call, int result, const char *what)
{
    return result < 0 ? app_store_failed(call->app, result, call->detail, what) : 0;
}

static json_t *case_row(const struct store_case *c)
{
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b}", "id", c->id,
                            "party", c->party, "obligation", c->obligation, "subject", c->subject,
                            "stage", c->stage, "stage_kind", stage_kind_text(c->stage_kind),
                            "origin", case_origin_text(c->origin), "closure", c->closure, "seq",
                            (int)c->seq, "published", c->published);
    json_object_set_new(row, "handler", json_string(c->handler));
    json_object_set_new(row, "opened_at", query_instant(c->opened_at));
    json_object_set_new(row, "due_at", query_instant(c->due_at));
    json_object_set_new(row, "closed_at", query_instant(c->closed_at));
    return row;
}

int query_case_list(struct query_call *call)
{
    struct store_case *cases;
    size_t count;
    json_t *list = json_array();
    const struct store_case_query query = {
        .party = json_text(call->arguments, "party"),
        .subject = json_text(call->arguments, "subject"),
        .stage = json_text(call->arguments, "stage"),
        .handler = json_text(call->arguments, "handler"),
        .open_only = json_is_true(json_object_get(call->arguments, "open")),
        .after = json_text(call->arguments, "after")};
    json_object_set_new(call->result, "cases", list);
    int result = hands_list(call, &query, &cases, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = case_row(&cases[i]);
        json_array_append_new(list, row);
        result = hands_put_deputy(call, &cases[i], row);
    }
    return result;
}

static json_t *letter_row(struct query_call *call, const struct store_letter *letter)
{
    char hex[DIGEST_HEX];
    struct store_attempt *attempts;
    size_t count;
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", letter->id, "case",
                  letter->case_id, "kind", letter->kind, "message_id", letter->message_id,
                  "recipient", letter->recipient, "subject", letter->subject, "sha256",
                  digest_format(&letter->sha256, hex), "state", letter_state_text(letter->state));
    json_t *list = json_array();
    if (store_attempt_list(call->app->store, letter->id, call->arena, &attempts, &count) < 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        json_t *attempt =
            json_pack("{s:i, s:s, s:s, s:s}", "number", (int)attempts[i].number, "phase",
                      attempt_phase_text(attempts[i].phase), "reply", attempts[i].reply,
                      "recipient", recipient_of(letter, &attempts[i]));
        json_object_set_new(attempt, "begun_at", query_instant(attempts[i].begun_at));
        json_array_append_new(list, attempt);
    }
    json_object_set_new(row, "attempts", list);
    json_object_set_new(row, "updated_at", query_instant(letter->updated_at));
    return row;
}

static int put_letters(struct query_call *call, const char *case_id)
{
    struct store_letter *letters;
    size_t count;
    json_t *list = json_array();
    const struct store_letter_query query = {.case_id = case_id,
                                             .after = json_text(call->arguments, "after")};
    json_object_set_new(call->result, "letters", list);
    int result = store_letter_list(call->app->store, &query, call->arena, &letters, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, letter_row(call, &letters[i]));
    return failed(call, result, "letters");
}

int query_letter_list(struct query_call *call)
{
    return put_letters(call, json_text(call->arguments, "case"));
}

int query_letter_show(struct query_call *call)
{
    const char *id;
    struct store_letter letter;
    int result = query_need_text(call, "letter", &id);
    if (result < 0)
        return result;
    result = app_find_letter(call->app, id, call->arena, &letter, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "letter", letter_row(call, &letter));
    json_object_set_new(call->result, "message",
                        json_stringn((const char *)letter.bytes.data, letter.bytes.size));
    return 0;
}

static json_t *finding_row(const struct store_finding *f)
{
    json_t *codes = json_array(), *evidence = json_array();
    for (size_t i = 0; i < f->finding.code_count; i++)
        json_array_append_new(codes, json_string(f->finding.codes[i]));
    for (size_t i = 0; i < f->finding.evidence_count; i++)
        json_array_append_new(evidence, json_string(f->finding.evidence[i].measurement));
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", f->id,
                            "obligation", f->finding.obligation, "clause", f->finding.clause,
                            "party", f->finding.party, "subject", f->finding.subject, "verdict",
                            verdict_text(f->finding.verdict), "reason", f->finding.reason,
                            "rulebook", f->finding.rulebook, "codes", codes, "evidence", evidence);
    json_object_set_new(row, "from", query_instant(f->finding.period_from));
    json_object_set_new(row, "until", query_instant(f->finding.period_until));
    json_object_set_new(row, "decided_at", query_instant(f->decided_at));
    return row;
}

int query_finding_list(struct query_call *call)
{
    struct store_finding *findings;
    size_t count;
    json_t *list = json_array();
    const struct store_finding_query query = {
        .obligation = json_text(call->arguments, "obligation"),
        .party = json_text(call->arguments, "party"),
        .subject = json_text(call->arguments, "subject"),
        .latest = json_is_true(json_object_get(call->arguments, "latest"))};
    json_object_set_new(call->result, "findings", list);
    int result = store_finding_list(call->app->store, &query, call->arena, &findings, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, finding_row(&findings[i]));
    return failed(call, result, "findings");
}

static int open_named(struct query_call *call, struct casefile *ret_file)
{
    const char *id;
    int result = query_need_text(call, "case", &id);
    return result < 0 ? result : casefile_open(call->app, id, ret_file, call->detail);
}

static json_t *deadline_row(const struct store_deadline *deadline)
{
    json_t *trace = NULL;
    if (json_parse(deadline->trace, strlen(deadline->trace), &trace, NULL) < 0)
        trace = json_null();
    json_t *row = json_pack("{s:s, s:s, s:s, s:o}", "id", deadline->id, "rule", deadline->rule,
                            "state", deadline_state_text(deadline->state), "trace", trace);
    json_object_set_new(row, "due_at", query_instant(deadline->due_at));
    return row;
}

/* A step that waits for a second person, or did. `why` says what the rules have against it now. */
static json_t *proposal_row(struct query_call *call, const struct casefile *file,
                            const struct store_proposal *proposal)
{
    struct error_detail why = {0};
    char hex[DIGEST_HEX];
    const struct case_event *event = &proposal->event;
    bool waits = proposal->state == PROPOSAL_WAITING;
    bool open = waits && proposal_try(file, proposal, /* second= */ "", &why) >= 0;
    json_t *data = NULL;
    if (json_parse(event->data, strlen(event->data), &data, NULL) < 0)
        data = json_null();
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:s, s:s}", "sha256",
                  digest_format(&proposal->sha256, hex), "event", case_event_text(event->type),
                  "words", proposal_words(proposal, call->arena), "actor", event->actor, "reason",
                  event->reason, "data", data, "state", proposal_state_text(proposal->state),
                  "open", open, "why", why.text, "settled_by", proposal->settled_by);
    json_object_set_new(row, "at", query_instant(event->at));
    json_object_set_new(row, "settled_at", query_instant(proposal->settled_at));
    return row;
}

static int put_proposals(struct query_call *call, const struct casefile *file, bool waiting_only)
{
    struct store_proposal *proposals;
    size_t count;
    json_t *list = json_array();
    const struct store_proposal_query query = {.case_id = file->record.id,
                                               .waiting_only = waiting_only};
    json_object_set_new(call->result, "proposals", list);
    int result = store_proposal_list(call->app->store, &query, call->arena, &proposals, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, proposal_row(call, file, &proposals[i]));
    return failed(call, result, "proposals");
}

int query_case_show(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_deadline *deadlines;
    size_t count;
    char hex[DIGEST_HEX];
    int result = open_named(call, &file);
    if (result < 0)
        return result;
    const struct case_state *state = &file.state;
    json_object_set_new(call->result, "case", case_row(&file.record));
    json_object_set_new(call->result, "stage_label", json_string(state->stage->label));
    const struct case_letter *letters[] = {&state->letter, &state->proposal};
    static const char *const names[] = {"letter", "proposal"};
    for (size_t i = 0; i < 2; i++) {
        if (letters[i]->id[0])
            json_object_set_new(call->result, names[i],
                                json_pack("{s:s, s:s, s:b, s:i}", "id", letters[i]->id, "sha256",
                                          digest_format(&letters[i]->sha256, hex), "adopted",
                                          letters[i]->adopted, "approvals",
                                          (int)letters[i]->approvers.count));
    }
    json_t *list = json_array();
    json_object_set_new(call->result, "deadlines", list);
    json_object_set_new(call->result, "milestones", milestones_describe(&file));
    result = store_deadline_list(call->app->store, file.record.id, call->arena, &deadlines, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, deadline_row(&deadlines[i]));
    if (result < 0)
        return failed(call, result, "deadlines");
    result = put_proposals(call, &file, /* waiting_only= */ false);
    if (result >= 0)
        result = query_put_allegations(call, &file);
    if (result >= 0)
        result = query_put_items(call, &file);
    if (result >= 0)
        result = query_put_conduct(call, &file);
    if (result >= 0)
        result = query_put_links(call, &file);
    return result < 0 ? result : put_letters(call, file.record.id);
}

int query_case_next(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = open_named(call, &file);
    if (result >= 0)
        result = news_foresee(&file, call->detail);
    if (result < 0)
        return result;
    struct case_option *options = arena_array(call->arena, OPTIONS_MAX, sizeof *options);
    json_t *list = json_array();
    if (!options || !list)
        return ERR_NO_MEMORY;
    json_object_set_new(call->result, "case", json_string(file.record.id));
    json_object_set_new(call->result, "stage", json_string(file.state.stage->id));
    json_object_set_new(call->result, "steps", list);
    json_object_set_new(call->result, "milestones", milestones_describe(&file));
    size_t count = case_next(&file.state, clock_wall(&call->app->clock), options, OPTIONS_MAX);
    for (size_t i = 0; i < count && i < OPTIONS_MAX; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b, s:s}", "event",
                                              case_event_text(options[i].edge->event), "to",
                                              options[i].edge->to->id, "open", options[i].open,
                                              "second_person", options[i].edge->second_person,
                                              "why", options[i].why));
    return put_proposals(call, &file, /* waiting_only= */ true);
}

int query_case_explain(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = open_named(call, &file);
    if (result < 0)
        return result;
    struct case_explanation *rows;
    json_t *list = json_array();
    if (!list)
        return ERR_NO_MEMORY;
    json_object_set_new(call->result, "case", json_string(file.record.id));
    json_object_set_new(call->result, "events", list);
    result = casefile_explain(&file, call->arena, &rows, call->detail);
    for (size_t i = 0; result >= 0 && i < file.event_count; i++) {
        const struct case_event *event = rows[i].event;
        json_t *evidence = json_array();
        for (size_t n = 0; n < event->evidence_count; n++)
            json_array_append_new(evidence, json_string(event->evidence[n]));
        json_t *row =
            json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o}", "seq", (int)event->seq,
                      "event", case_event_text(event->type), "actor", event->actor, "role",
                      event->actor_role, "reason", event->reason, "from", rows[i].from->id, "to",
                      rows[i].to->id, "rule_line", rows[i].edge->line, "evidence", evidence);
        json_object_set_new(row, "second", json_string(casefile_second(event, call->arena)));
        json_object_set_new(row, "at", query_instant(event->at));
        json_object_set_new(row, "due_at",
                            query_instant(rows[i].deadline_changed && rows[i].deadline.rule &&
                                                  event->type != CASE_DEADLINE_PASSED
                                              ? rows[i].deadline.instant
                                              : 0));
        json_array_append_new(list, row);
    }
    return result < 0 ? result : query_put_family(call, file.record.party);
}

int query_case_table(struct query_call *call)
{
    const struct rulebook *rulebook;
    const struct process *process;
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = app_version_of(call->app, call->app->rulebook->digest_text, &rulebook, &process,
                                call->detail);
    if (result < 0)
        return result;
    json_t *stages = json_array(), *edges = json_array();
    json_object_set_new(call->result, "process", json_string(process->id));
    json_object_set_new(call->result, "stages", stages);
    json_object_set_new(call->result, "edges", edges);
    for (size_t i = 0; i < process->stage_count; i++) {
        const struct stage *stage = &process->stages[i];
        json_array_append_new(stages,
                              json_pack("{s:s, s:s, s:s, s:i, s:s}", "id", stage->id, "kind",
                                        stage_kind_text(stage->kind), "label", stage->label,
                                        "level", stage->level, "letter", stage->letter));
    }
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        json_array_append_new(
            edges, json_pack("{s:s, s:s, s:s, s:s, s:i, s:b, s:i}", "from", edge->from->id, "event",
                             case_event_text(edge->event), "guard", edge->guard.text, "to",
                             edge->to->id, "approvals", edge->approvals.needed, "second_person",
                             edge->second_person, "line", edge->line));
    }
    return 0;
}
