#include "app/casework/migration.h"

#include "app/casework/arguments.h"
#include "app/command_list.h"
#include "base/civil.h"

#include <string.h>

enum { RUNNING_ARENA_MAX = 64 << 20 };

bool migration_is_due(const struct casefile *file)
{
    return strcmp(file->rulebook->digest_text, file->app->rulebook->digest_text) != 0;
}

struct case_step migration_step(const struct app *app)
{
    struct case_step step = {.type = CASE_RULES_MIGRATED};
    CASE_TEXT(step.object, app->rulebook->digest_text);
    return step;
}

/* --- what would change --- */

static bool same_edge(const struct edge *a, const struct edge *b)
{
    return a->event == b->event && strcmp(a->from->id, b->from->id) == 0 &&
           strcmp(a->to->id, b->to->id) == 0 && strcmp(a->guard.text, b->guard.text) == 0 &&
           a->approvals.needed == b->approvals.needed && a->second_person == b->second_person;
}

static bool has_edge(const struct process *process, const struct edge *edge)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        if (same_edge(&process->edges[i], edge))
            return true;
    }
    return false;
}

static json_t *edge_row(const struct edge *edge)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:b}", "event", case_event_text(edge->event), "to",
                     edge->to->id, "guard", edge->guard.text, "approvals", edge->approvals.needed,
                     "second_person", edge->second_person);
}

/* The edges from a stage that one process has and the other has not. */
static json_t *edges_without(const struct process *has, const struct process *has_not,
                             const char *stage)
{
    json_t *list = json_array();
    for (size_t i = 0; i < has->edge_count; i++) {
        const struct edge *edge = &has->edges[i];
        if (strcmp(edge->from->id, stage) == 0 && !has_edge(has_not, edge))
            json_array_append_new(list, edge_row(edge));
    }
    return list;
}

static void add_letter(json_t *list, const char *id)
{
    size_t index;
    const json_t *known;
    json_array_foreach(list, index, known)
    {
        if (strcmp(json_string_value(known), id) == 0)
            return;
    }
    json_array_append_new(list, json_string(id));
}

static bool other_letter(const struct rulebook *old, const struct rulebook *new, const char *id)
{
    const struct rulebook_letter *before = rulebook_letter_find(old, id, old->languages[0]),
                                 *now = rulebook_letter_find(new, id, new->languages[0]);
    return !before || !now || !digest_equal(&before->version, &now->version);
}

/* Of the stage and of those that can follow, by the process to come. */
static json_t *changed_letters(const struct casefile *file, const struct process *process)
{
    json_t *list = json_array();
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        const char *letter = edge->to->letter;
        if (strcmp(edge->from->id, file->state.stage->id) == 0 && letter[0] &&
            other_letter(file->rulebook, file->app->rulebook, letter))
            add_letter(list, letter);
    }
    return list;
}

static json_t *due_of(const struct case_state *state)
{
    char date[CIVIL_DATE_TEXT];
    return state->deadline.clock == CLOCK_NONE
               ? json_null()
               : json_string(civil_format_date(state->deadline.due.date, date));
}

int migration_preview(const struct casefile *file, json_t **ret_row, struct error_detail *detail)
{
    /* Who asks is no matter: two who may will decide. */
    const struct actor anybody = {.id = "-", .roles = ROLE_ANALYST};
    struct casefile_step request = {.step = migration_step(file->app), .actor = &anybody};
    struct case_step step;
    struct case_outcome outcome = {.state = file->state};
    struct error_detail why = {0};
    const struct rulebook *rulebook;
    const struct process *process;
    const char *stage = file->state.stage->id;
    int result = app_version_of(file->app, request.step.object, &rulebook, &process, detail);
    if (result < 0)
        return result;
    CASE_TEXT(request.step.reason, "preview");
    bool possible = casefile_weigh(file, &request, &step, &outcome, &why) >= 0;
    *ret_row = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o}", "case",
                         file->record.id, "stage", stage, "from", file->rulebook->digest_text, "to",
                         request.step.object, "possible", possible, "why", why.text, "due",
                         due_of(&file->state), "due_then", due_of(&outcome.state), "letters",
                         changed_letters(file, process), "gained",
                         edges_without(process, file->state.process, stage), "lost",
                         edges_without(file->state.process, process, stage));
    return *ret_row ? 0 : ERR_NO_MEMORY;
}

/* --- all of them --- */

static int look_at(struct app *app, const char *id, migration_visit *visit, void *context,
                   struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(app, id, &file, detail);
    return result < 0 || !migration_is_due(&file) ? result : visit(context, &file, detail);
}

int migration_each(struct app *app, migration_visit *visit, void *context,
                   struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case_query query = {.open_only = true, .after = ""};
    struct store_case *page;
    size_t count;
    arena_init(&arena, RUNNING_ARENA_MAX);
    do {
        int result = store_case_list(app->store, &query, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "cases");
        for (size_t i = 0; i < count; i++) {
            result = look_at(app, page[i].id, visit, context, detail);
            if (result < 0)
                return result;
        }
        query.after = count ? page[count - 1].id : "";
    } while (count == STORE_PAGE_MAX);
    return 0;
}

/* --- commands --- */

/* case.migrate {case, to, reason}: proposes that a running case goes over to the version in force.
 */
int case_migrate(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *to = json_text(call->arguments, "to");
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = arguments_open_case(call, &file);
    if (result < 0)
        return result;
    struct casefile_step request = {.step = migration_step(call->app)};
    if (to && strcmp(to, request.step.object) != 0)
        return error_set(call->detail, ERR_REFUSED, "the version in force is %s",
                         request.step.object);
    if (!migration_is_due(&file))
        return error_set(call->detail, ERR_REFUSED, "case %s runs under the version in force",
                         file.record.id);
    return arguments_propose(call, &file, &request);
}

/* One of many: what is refused here, or waits already, stops no other. */
static int propose_one(void *context, struct casefile *file, struct error_detail *detail)
{
    const struct call *all = context;
    struct error_detail why = {0};
    json_t *told JSON_CLEANUP = json_object(), *row;
    struct call one = *all;
    struct casefile_step request = {.step = migration_step(file->app)};
    int result = migration_preview(file, &row, detail);
    if (result < 0)
        return result;
    json_array_append_new(json_object_get(all->result, "cases"), row);
    one.result = told;
    one.detail = &why;
    result = case_is_recused(&file->state, all->actor.id)
                 ? error_set(&why, ERR_REFUSED, "%s is recused from this case", all->actor.id)
                 : arguments_propose(&one, file, &request);
    if (result < 0 && result != ERR_REFUSED && result != ERR_CONFLICT) {
        if (detail)
            *detail = why;
        return result;
    }
    const char *proposal = json_text(told, "proposal");
    json_object_set_new(row, "possible", json_boolean(proposal != NULL));
    json_object_set_new(row, "why", json_string(why.text));
    json_object_set_new(row, "proposal", proposal ? json_string(proposal) : json_null());
    return 0;
}

/* rulebook.migrate {reason}: proposes it for every running case that can go over. */
int rulebook_migrate(struct call *call)
{
    int result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "version", json_string(call->app->rulebook->digest_text));
    json_object_set_new(call->result, "cases", json_array());
    return migration_each(call->app, propose_one, call, call->detail);
}
