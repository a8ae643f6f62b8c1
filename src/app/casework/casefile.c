#include "app/casework/casefile.h"

#include "app/casework/extension.h"
#include "app/casework/milestones.h"
#include "app/casework/news.h"
#include "app/casework/projection.h"
#include "app/hooks/news.h"
#include "app/letters/reminder.h"
#include "app/letters/service.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "cases/news.h"
#include "store/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The list is the file's own, as steps will be added to it; the texts are the history's. */
static int take_history(struct casefile *file, struct error_detail *detail)
{
    size_t room = 1;
    int result =
        history_borrow(file->app, &file->record, file->first, &file->history, &file->state, detail);
    if (result < 0)
        return result;
    file->known = file->event_count = file->history->event_count;
    file->rulebook = app_rulebook_of(file->app, file->state.process);
    while (room < file->event_count)
        room *= 2; /* as arena_push() wants it */
    file->events = arena_array(&file->arena, room, sizeof *file->events);
    if (!file->events)
        return ERR_LIMIT;
    if (file->event_count)
        memcpy(file->events, file->history->events, file->event_count * sizeof *file->events);
    return 0;
}

/* Read from the store, unless it is remembered. */
static int take_record(struct casefile *file, const char *id, bool *ret_read,
                       struct error_detail *detail)
{
    int result = history_find_row(file->app, id, &file->arena, &file->record);
    *ret_read = result == 0;
    if (result != 0)
        return result;
    result = store_case_find(file->app->store, id, &file->arena, &file->record);
    if (result == ERR_NOT_FOUND)
        error_set(detail, result, "there is no case '%s'", id);
    else if (result < 0)
        app_store_failed(file->app, result, detail, "case");
    return result;
}

static int read_file(struct casefile *file, const char *id, struct error_detail *detail)
{
    bool read;
    int result = take_record(file, id, &read, detail);
    if (result >= 0)
        result =
            app_version_of(file->app, file->record.process, &file->rulebook, &file->first, detail);
    if (result >= 0)
        result = take_history(file, detail);
    if (result >= 0 && read)
        history_keep_row(file->app, &file->record, /* written= */ false);
    return result;
}

/* A file is large: it is read in its place. */
int casefile_open(struct app *app, const char *id, struct casefile *ret_file,
                  struct error_detail *detail)
{
    ret_file->app = app;
    ret_file->history = NULL;
    arena_init(&ret_file->arena, CASEFILE_ARENA_MAX);
    int result = read_file(ret_file, id, detail);
    if (result >= 0)
        return 0;
    casefile_close(ret_file);
    *ret_file = (struct casefile){0};
    return error_context(detail, result, "case %s", id);
}

void casefile_close(struct casefile *file)
{
    history_give_back(file->history);
    arena_done(&file->arena);
}

int casefile_open_for(struct app *app, const struct actor *actor, const char *id,
                      struct casefile *ret_file, struct error_detail *detail)
{
    int result = casefile_open(app, id, ret_file, detail);
    if (result >= 0 && case_is_recused(&ret_file->state, actor->id))
        return error_set(detail, ERR_REFUSED, "case %s: %s is recused from this case", id,
                         actor->id);
    return result;
}

int casefile_admit(struct app *app, const struct actor *actor, const char *id,
                   struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case record;
    if (!id[0])
        return 0;
    int result = casefile_open_for(app, actor, id, &file, detail);
    if (result != ERR_NOT_FOUND)
        return result;
    /* There is no case, or it is there and what it needs is not. */
    arena_init(&arena, 1 << 20);
    return store_case_find(app->store, id, &arena, &record) == ERR_NOT_FOUND ? 0 : result;
}

static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

void casefile_random(char *text, size_t size)
{
    random_bytes(text, size);
    for (size_t i = 0; i + 1 < size; i++)
        text[i] = alphabet[(uint8_t)text[i] % (sizeof alphabet - 1)];
    text[size - 1] = '\0';
}

/* Two letters that the cases of sixteen days share, as rows that lie by the ids of cases else lay
 * all over the store, and each step wrote as many pages as it wrote rows. They are drawn: which
 * days they stand for is known to the store alone. */
static int take_prefix(struct app *app, char prefix[static 3], struct error_detail *detail)
{
    static const char key[] = "case-prefix";
    struct arena arena ARENA_CLEANUP;
    char text[32];
    const char *kept;
    arena_init(&arena, 4096);
    int days =
        snprintf(text, sizeof text, "%" PRId64 " ", clock_wall(&app->clock) / (16 * CIVIL_DAY_US));
    int result = store_meta_get(app->store, key, &arena, &kept);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "letters of the days");
    if (result >= 0 && strncmp(kept, text, (size_t)days) == 0 && strlen(kept + days) == 2) {
        memcpy(prefix, kept + days, 3);
        return 0;
    }
    casefile_random(prefix, 3);
    memcpy(text + days, prefix, 3);
    result = store_meta_set(app->store, key, text);
    return result < 0 ? app_store_failed(app, result, detail, "letters of the days") : 0;
}

/* Ids of cases appear in letters and notices, so they must not tell how many cases there are, nor
 * when an informal one began: random letters, 45 bits of them besides those that cases share. */
static int take_id(struct casefile *file, struct error_detail *detail)
{
    char prefix[3], text[10];
    int result = take_prefix(file->app, prefix, detail);
    if (result < 0)
        return result;
    casefile_random(text, sizeof text);
    file->record.id = arena_printf(&file->arena, "c-%s%s", prefix, text);
    return file->record.id ? 0 : ERR_LIMIT;
}

/* What a caller lent moves to the file's own memory. */
static int keep_record(struct casefile *file)
{
    struct store_case *record = &file->record;
    const char **texts[] = {&record->party,   &record->obligation, &record->subject,
                            &record->process, &record->handler,    &record->summary};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = arena_copy_text(&file->arena, *texts[i] ? *texts[i] : "");
        if (!*texts[i])
            return ERR_LIMIT;
    }
    return 0;
}

int casefile_new(struct app *app, const struct store_case *record, struct casefile *ret_file,
                 struct error_detail *detail)
{
    struct casefile file = {.app = app, .record = *record};
    int result = app_version_of(app, record->process, &file.rulebook, &file.first, detail);
    if (result < 0)
        return result;
    arena_init(&file.arena, CASEFILE_ARENA_MAX);
    result = take_id(&file, detail);
    file.record.opened_at = clock_wall(&app->clock);
    file.record.closure = file.record.rules = file.record.about = file.record.clock_rule = "";
    file.record.awaits = AWAITS_UNKNOWN;
    case_state_init(&file.state, file.first);
    if (result >= 0)
        result = keep_record(&file);
    *ret_file = file;
    return result;
}

/* --- what it rests on --- */

static int latest_failure(struct casefile *file, struct arena *arena,
                          struct store_finding *ret_finding, struct error_detail *detail)
{
    const struct store_finding_query query = {.obligation = file->record.obligation,
                                              .party = file->record.party,
                                              .subject = file->record.subject,
                                              .latest = true,
                                              .limit = 1};
    struct store_finding *findings;
    size_t count;
    int result = store_finding_list(file->app->store, &query, arena, &findings, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "finding of a case");
    if (count == 0 || findings[0].finding.verdict != VERDICT_NOT_MET)
        return 0;
    *ret_finding = findings[0];
    return 1;
}

int casefile_failure(struct casefile *file, int64_t until, struct arena *arena,
                     struct store_finding *ret_finding, struct error_detail *detail)
{
    for (size_t i = file->event_count; i-- > 0;) {
        const struct case_event *event = &file->events[i];
        if (event->type != CASE_FINDING_NOT_MET || event->at > until || event->evidence_count == 0)
            continue;
        int result = store_finding_find(file->app->store, event->evidence[0], arena, ret_finding);
        return result < 0 ? app_store_failed(file->app, result, detail, "finding of a case") : 1;
    }
    return latest_failure(file, arena, ret_finding, detail);
}

bool casefile_has(const struct casefile *file, enum case_event_type type, const char *reason)
{
    for (size_t i = file->event_count; i-- > 0;) {
        const struct case_event *event = &file->events[i];
        if (event->type == type && (!reason || strcmp(event->reason, reason) == 0))
            return true;
    }
    return false;
}

/* --- writing one step --- */

static const char **keep_evidence(struct casefile *file, const struct casefile_step *step)
{
    const char **list = arena_array(&file->arena, step->evidence_count + 1, sizeof *list);
    for (size_t i = 0; list && i < step->evidence_count; i++) {
        list[i] = arena_copy_text(&file->arena, step->evidence[i]);
        if (!list[i])
            return NULL;
    }
    return list;
}

/* What the log is told of an event, its members in canonical order. */
static int print_event(const struct case_event *event, struct buffer *out)
{
    struct buffer data BUFFER_CLEANUP = {0};
    struct json_out json;
    buffer_init(&data, CASE_DATA_MAX);
    int result = json_canonical_text(event->data, strlen(event->data), &data);
    if (result < 0)
        return result;
    json_out_init(&json, out, /* indent= */ false);
    json_out_object(&json);
    json_out_member_text(&json, "actor", event->actor);
    json_out_member_int(&json, "at", event->at);
    json_out_member_text(&json, "case", event->case_id);
    json_out_key(&json, "data");
    json_out_raw(&json, buffer_text(&data), data.size);
    json_out_member_text(&json, "event", case_event_text(event->type));
    json_out_key(&json, "evidence");
    json_out_array(&json);
    for (size_t i = 0; i < event->evidence_count; i++)
        json_out_text(&json, event->evidence[i]);
    json_out_end(&json);
    json_out_member_text(&json, "kind", "case-event");
    json_out_member_text(&json, "reason", event->reason);
    json_out_member_int(&json, "seq", event->seq);
    json_out_end(&json);
    return buffer_error(out);
}

static int tell_ledger(struct app *app, const struct case_event *event, struct digest *ret_entry,
                       struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, 2 * CASE_DATA_MAX);
    int result = print_event(event, &text);
    return result < 0 ? result : ledger_commit_text(app, &text, ret_entry, detail);
}

static int append_event(struct casefile *file, const struct casefile_step *step,
                        const struct case_outcome *outcome, struct error_detail *detail)
{
    struct buffer data BUFFER_CLEANUP = {0};
    buffer_init(&data, CASE_DATA_MAX);
    int result = case_data_encode(&step->step, outcome, &data);
    if (result < 0)
        return result;
    const struct case_event event = {.case_id = file->record.id,
                                     .seq = outcome->state.seq,
                                     .type = step->step.type,
                                     .version = CASE_EVENT_VERSION,
                                     .at = step->step.at,
                                     .actor = arena_copy_text(&file->arena, step->step.actor),
                                     .actor_role = arena_copy_text(&file->arena, step->step.role),
                                     .reason = arena_copy_text(&file->arena, step->step.reason),
                                     .evidence = keep_evidence(file, step),
                                     .evidence_count = step->evidence_count,
                                     .data = arena_copy_text(&file->arena, buffer_text(&data))};
    if (!event.actor || !event.actor_role || !event.reason || !event.evidence || !event.data)
        return ERR_LIMIT;
    struct digest opening;
    result = tell_ledger(file->app, &event, &opening, detail);
    if (result < 0)
        return result;
    struct case_event *slot =
        arena_push(&file->arena, &file->events, &file->event_count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    *slot = event;
    result = store_event_append(file->app->store, &event, &opening);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "event");
    history_add(file->app, &event, file->first);
    return 0;
}

bool casefile_is_milestone(const struct store_deadline *deadline)
{
    return strncmp(deadline->rule, CASEFILE_MILESTONE, sizeof CASEFILE_MILESTONE - 1) == 0;
}

static int write_deadline(struct casefile *file, const struct case_outcome *outcome,
                          struct error_detail *detail)
{
    const struct case_deadline *now = &outcome->state.deadline;
    struct store_deadline row;
    int result = store_deadline_end(file->app->store, file->record.id,
                                    projection_ended_by(outcome->edge->event), CASEFILE_MILESTONE);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "deadline");
    if (now->clock == CLOCK_NONE)
        return 0;
    result = projection_deadline(file->record.id, outcome->state.seq, now->clock, &now->due,
                                 &file->arena, &row, detail);
    if (result < 0)
        return result;
    result = store_deadline_put(file->app->store, &row);
    return result < 0 ? app_store_failed(file->app, result, detail, "deadline") : 0;
}

/* Everything but what the projection itself shows (a person finds on the worklist what to look at)
 * is work for somebody; where nobody complained, nobody is to be told. */
static bool is_work(const struct store_case *record, enum case_effect effect)
{
    if (effect == EFFECT_TELL_COMPLAINANT)
        return record->origin == ORIGIN_COMPLAINT;
    return effect != EFFECT_SET_DEADLINE && effect != EFFECT_CANCEL_DEADLINE &&
           effect != EFFECT_CLOSE && effect != EFFECT_NOTIFY;
}

static int write_effects(struct casefile *file, const struct case_outcome *outcome,
                         struct error_detail *detail)
{
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const struct edge_effect *effect = &outcome->effects[i];
        char key[160], payload[256];
        if (!is_work(&file->record, effect->effect))
            continue;
        /* Ids of cases and letters are plain: nothing to escape. */
        snprintf(key, sizeof key, "%s/%u/%zu", file->record.id, outcome->state.seq, i);
        snprintf(payload, sizeof payload, "{\"case\":\"%s\",\"letter\":\"%s\",\"seq\":%u}",
                 file->record.id, effect->argument, outcome->state.seq);
        const struct store_task task = {.key = key,
                                        .kind = case_effect_text(effect->effect),
                                        .payload = payload,
                                        .due_at = clock_wall(&file->app->clock)};
        int result = store_outbox_put(file->app->store, &task);
        if (result < 0)
            return app_store_failed(file->app, result, detail, "effect");
    }
    return 0;
}

static int write_projection(struct casefile *file, const struct case_step *step,
                            struct error_detail *detail)
{
    const struct store_case before = file->record;
    struct store_case *record = &file->record;
    int result = projection_advance(file, step);
    if (result < 0)
        return result;
    result = record->seq > 1 ? store_case_update(file->app->store, &before, record)
                             : store_case_add(file->app->store, record);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "projection of a case");
    history_keep_row(file->app, record, /* written= */ true);
    return 0;
}

static const char *acting_role(const struct actor *actor)
{
    static const enum role order[] = {ROLE_MACHINE,   ROLE_APPROVER, ROLE_ANALYST,
                                      ROLE_PUBLISHER, ROLE_AUDITOR,  ROLE_ADMINISTRATOR,
                                      ROLE_PARTY};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (actor->roles & (unsigned)order[i])
            return role_text(order[i]);
    }
    return "none";
}

/* A clock that was ahead and was put right must not keep a case still until time has caught up, so
 * its steps lie at its last moment meanwhile. Only a case that has such a step is affected. */
static int64_t moment_of_step(const struct casefile *file)
{
    int64_t now = clock_wall(&file->app->clock);
    return now < file->state.last_at ? file->state.last_at : now;
}

int casefile_take_rules(struct app *app, struct case_step *step, struct error_detail *detail)
{
    const struct rulebook *rulebook;
    return step->type == CASE_RULES_MIGRATED
               ? app_version_of(app, step->object, &rulebook, &step->process, detail)
               : 0;
}

static int fill(const struct casefile *file, const struct casefile_step *request,
                struct case_step *ret_step, struct error_detail *detail)
{
    *ret_step = request->step;
    ret_step->at = moment_of_step(file);
    CASE_TEXT(ret_step->actor, request->actor->id);
    if (!ret_step->role[0])
        CASE_TEXT(ret_step->role, acting_role(request->actor));
    return casefile_take_rules(file->app, ret_step, detail);
}

int casefile_weigh(const struct casefile *file, const struct casefile_step *request,
                   struct case_step *ret_step, struct case_outcome *ret_outcome,
                   struct error_detail *detail)
{
    int result = fill(file, request, ret_step, detail);
    if (result >= 0)
        result = case_weigh(&file->state, ret_step, ret_outcome, detail);
    return result < 0 ? error_context(detail, result, "case %s", file->record.id) : result;
}

int casefile_step(struct casefile *file, const struct casefile_step *request,
                  struct error_detail *detail)
{
    struct casefile_step step = *request;
    struct case_outcome outcome;
    struct hook_before before;
    int result = news_is(step.step.type) ? 0 : news_catch_up(file, detail);
    if (result >= 0)
        result = hook_news_before(file, &before, detail);
    if (result < 0)
        return result;
    result = fill(file, request, &step.step, detail);
    if (result >= 0)
        result = case_apply(&file->state, &step.step, &outcome, detail);
    if (result < 0)
        return error_context(detail, result, "case %s", file->record.id);
    file->state = outcome.state;
    file->rulebook = app_rulebook_of(file->app, file->state.process);
    /* The row of the case must be there before its first event. */
    bool is_first = file->state.seq == 1;
    result = is_first ? write_projection(file, &step.step, detail) : 0;
    if (result >= 0)
        result = append_event(file, &step, &outcome, detail);
    if (result >= 0 && is_first) /* with the history that its event began */
        history_keep_row(file->app, &file->record, /* written= */ false);
    if (result >= 0 && outcome.deadline_changed)
        result = write_deadline(file, &outcome, detail);
    if (result >= 0 && outcome.deadline_changed)
        result = reminder_plan(file, step.step.type, detail);
    if (result >= 0 && outcome.plan_changed)
        result = milestones_write(file, detail);
    if (result >= 0)
        result = write_effects(file, &outcome, detail);
    if (result >= 0)
        result = service_follow(file, &step.step, detail);
    if (result >= 0)
        result = extension_follow(file, &step.step, detail);
    if (result >= 0 && !is_first)
        result = write_projection(file, &step.step, detail);
    if (result >= 0)
        result = hook_news_step(file, &before, &step.step, detail);
    return result < 0 ? result : 0;
}

int casefile_note(struct casefile *file, const char *reason, const char *evidence,
                  struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct casefile_step request = {.step = {.type = CASE_RECEIVED},
                                    .actor = &machine,
                                    .evidence = &evidence,
                                    .evidence_count = evidence ? 1 : 0};
    CASE_TEXT(request.step.reason, reason);
    return casefile_step(file, &request, detail);
}

int casefile_explain(const struct casefile *file, struct arena *arena,
                     struct case_explanation **ret_rows, struct error_detail *detail)
{
    struct case_explanation *rows = arena_array(arena, file->event_count + 1, sizeof *rows);
    if (!rows)
        return ERR_LIMIT;
    int result = 0;
    if (file->history && file->event_count == file->known) {
        for (size_t i = 0; i < file->known; i++) {
            rows[i] = file->history->rows[i];
            rows[i].event = &file->events[i];
        }
    } else { /* with the steps that were taken since it was opened */
        const struct case_versions versions = app_versions_of(file->app);
        struct case_state state;
        case_state_init(&state, file->first);
        result = case_fold_on(&state, file->events, file->event_count, &versions, rows, detail);
    }
    if (result >= 0)
        *ret_rows = rows;
    return result;
}

const char *casefile_second(const struct case_event *event, struct arena *arena)
{
    struct case_step step;
    const char *name =
        case_step_decode(event, &step, NULL) < 0 ? NULL : arena_copy_text(arena, step.second);
    return name ? name : "";
}
