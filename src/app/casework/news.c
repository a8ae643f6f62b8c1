#include "app/casework/news.h"

#include "cases/news.h"
#include "store/outbox.h"

#include <stdio.h>

enum { FINDINGS_AT_ONCE = 20, ARENA_MAX = 64 << 20 };

/* The last news that the case was told, NULL before the first. */
static const struct case_event *last_told(const struct casefile *file)
{
    for (size_t i = file->event_count; i-- > 0;) {
        if (news_is(file->events[i].type))
            return &file->events[i];
    }
    return NULL;
}

static enum fact_finding fact_of(enum verdict verdict)
{
    return verdict == VERDICT_MET       ? FINDING_MET
           : verdict == VERDICT_NOT_MET ? FINDING_NOT_MET
                                        : FINDING_UNKNOWN;
}

/* The id of the latest finding that decides and is not older than `since`; NULL when there is none.
 * Findings that could not tell are passed over, however many they are. */
static int latest_decided(struct casefile *file, int64_t since, const char **ret_id,
                          struct error_detail *detail)
{
    struct store_finding_query query = {.obligation = file->record.obligation,
                                        .party = file->record.party,
                                        .subject = file->record.subject,
                                        .limit = FINDINGS_AT_ONCE};
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, ARENA_MAX);
    *ret_id = NULL;
    for (;;) {
        struct store_finding *page;
        size_t count;
        arena_clear(&arena);
        int result = store_finding_list(file->app->store, &query, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(file->app, result, detail, "findings of a case");
        for (size_t i = 0; i < count && page[i].decided_at >= since; i++) {
            if (fact_of(page[i].finding.verdict) == FINDING_UNKNOWN)
                continue;
            *ret_id = arena_copy_text(&file->arena, page[i].id);
            return *ret_id ? 0 : ERR_LIMIT;
        }
        if (count < FINDINGS_AT_ONCE || page[count - 1].decided_at < since)
            return 0;
        query.before = page[count - 1].decided_at;
        query.before_id = arena_copy_text(&file->arena, page[count - 1].id);
        if (!query.before_id)
            return ERR_LIMIT;
    }
}

int news_find_held(struct casefile *file, struct store_finding *ret_finding,
                   struct error_detail *detail)
{
    const struct case_event *told = last_told(file);
    struct store_finding latest;
    const char *id;
    /* A case of a matter that nothing measured has no news to wait for; what comes after the end of
     * a case is another case's. */
    if (!told || stage_is_end(file->state.stage))
        return 0;
    int result = latest_decided(file, told->at, &id, detail);
    if (result < 0 || !id)
        return result;
    result = store_finding_find(file->app->store, id, &file->arena, &latest);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "finding of a case");
    if (fact_of(latest.finding.verdict) == file->state.facts.values[FACT_FINDING])
        return 0;
    *ret_finding = latest;
    return 1;
}

static struct case_step step_of(const struct store_finding *finding, const char *reason)
{
    struct case_step step = {
        .type = finding->finding.verdict == VERDICT_MET ? CASE_FINDING_MET : CASE_FINDING_NOT_MET};
    CASE_TEXT(step.reason, reason);
    return step;
}

int news_write(struct casefile *file, const struct store_finding *finding, const char *reason,
               struct error_detail *detail)
{
    const struct actor machine = command_machine();
    const struct casefile_step request = {.step = step_of(finding, reason),
                                          .actor = &machine,
                                          .evidence = &finding->id,
                                          .evidence_count = 1};
    int result = casefile_step(file, &request, detail);
    if (result < 0)
        return result;
    const struct store_link link = {.case_id = file->record.id,
                                    .kind = "finding",
                                    .object = finding->id,
                                    .linked_at = file->state.last_at,
                                    .linked_by = machine.id,
                                    .unlinked_by = ""};
    result = store_link_put(file->app->store, &link);
    return result < 0 ? app_store_failed(file->app, result, detail, "link of a finding") : 0;
}

int news_catch_up(struct casefile *file, struct error_detail *detail)
{
    struct store_finding held = {0};
    struct error_detail refusal = {0};
    int result = news_find_held(file, &held, detail);
    if (result <= 0)
        return result;
    /* A process that has no use for it here must not stop the other step. */
    result = news_write(file, &held, NEWS_HELD_BACK, &refusal);
    return result == ERR_REFUSED ? 0
           : result < 0          ? error_set(detail, result, "%s", refusal.text)
                                 : 0;
}

/* One step of the machine on a state, without writing anything. */
static int try_step(const struct casefile *file, struct case_step step, struct case_state *state)
{
    struct case_outcome outcome;
    const struct actor machine = command_machine();
    step.at = clock_wall(&file->app->clock);
    CASE_TEXT(step.actor, machine.id);
    CASE_TEXT(step.role, role_text(ROLE_MACHINE));
    int result = case_apply(state, &step, &outcome, /* detail= */ NULL);
    if (result >= 0)
        *state = outcome.state;
    return result;
}

bool news_ends(const struct casefile *file, struct case_step ending)
{
    struct case_state state = file->state;
    const struct case_step met = {.type = CASE_FINDING_MET};
    return try_step(file, met, &state) >= 0 && try_step(file, ending, &state) >= 0;
}

int news_foresee(struct casefile *file, struct error_detail *detail)
{
    struct store_finding held = {0};
    int result = news_find_held(file, &held, detail);
    if (result <= 0)
        return result;
    result = try_step(file, step_of(&held, NEWS_HELD_BACK), &file->state);
    return result == ERR_REFUSED ? 0 : result;
}

int news_remind(struct casefile *file, struct error_detail *detail)
{
    int64_t due = news_due_at(file->events, file->event_count);
    char key[160], payload[160];
    /* Too many events: the next step of anybody tells it. */
    if (due == INT64_MAX)
        return 0;
    /* Once the row is carried out the pace allows news at once, so one for each event is enough. */
    snprintf(key, sizeof key, "%s/%u/news", file->record.id, file->state.seq);
    snprintf(payload, sizeof payload, "{\"case\":\"%s\"}", file->record.id);
    const struct store_task task = {
        .key = key, .kind = "tell-finding", .payload = payload, .due_at = due};
    int result = store_outbox_put(file->app->store, &task);
    return result < 0 ? app_store_failed(file->app, result, detail, "news of a case") : 0;
}
