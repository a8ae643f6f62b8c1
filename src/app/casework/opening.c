#include "app/casework/opening.h"

#include "app/casework/allegation.h"
#include "app/casework/news.h"
#include "app/casework/repetition.h"
#include "cases/conduct.h"
#include "cases/news.h"
#include "store/case.h"
#include "store/party.h"

static int machine_step(struct casefile *file, struct case_step step, const char *evidence,
                        struct error_detail *detail)
{
    const struct actor machine = command_machine();
    const char *list[] = {evidence};
    const struct casefile_step request = {.step = step,
                                          .actor = &machine,
                                          .evidence = evidence ? list : NULL,
                                          .evidence_count = evidence ? 1 : 0};
    return casefile_step(file, &request, detail);
}

/* The same matter ended within the look-back time, and was so: what was withdrawn or never shown is
 * not held against the party. */
static int is_repeat(struct app *app, const struct store_case_key *key, struct arena *arena,
                     bool *ret_repeat, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_explanation *rows;
    struct conduct conduct = {0};
    struct store_case last;
    int64_t since = clock_wall(&app->clock) - CONDUCT_LOOK_BACK_DAYS * CIVIL_DAY_US;
    *ret_repeat = false;
    int result = store_case_find_closed(app->store, key, arena, &last);
    if (result == ERR_NOT_FOUND || (result >= 0 && last.closed_at < since))
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "closed case");
    result = casefile_open(app, last.id, &file, detail);
    if (result >= 0)
        result = casefile_explain(&file, arena, &rows, detail);
    if (result >= 0)
        result = conduct_of(rows, file.event_count, &file.state, arena, &conduct);
    if (result >= 0)
        *ret_repeat = conduct.counts;
    return result;
}

static int open_case(struct app *app, const struct store_finding *finding,
                     const struct store_case_key *key, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct party party;
    bool repeat;
    arena_init(&arena, 8 << 20);
    int result = store_party_find(app->store, key->party, &arena, &party);
    if (result < 0)
        return app_store_failed(app, result, detail, "party of a finding");
    result = is_repeat(app, key, &arena, &repeat, detail);
    if (result < 0)
        return result;
    const struct store_case record = {.party = key->party,
                                      .obligation = key->obligation,
                                      .subject = key->subject,
                                      .process = finding->finding.rulebook,
                                      .origin = ORIGIN_MONITORING,
                                      .source = SOURCE_MEASUREMENT};
    result = casefile_new(app, &record, &file, detail);
    if (result < 0)
        return result;
    struct case_allegation allegation;
    result = allegation_of_finding(app, finding, &file.arena, &allegation, detail);
    if (result < 0)
        return result;
    struct case_step step = {.type = CASE_OPENED,
                             .alleges = true,
                             .allegation = &allegation,
                             .party = party.kind,
                             .origin = ORIGIN_MONITORING,
                             .source = SOURCE_MEASUREMENT,
                             .family = FAMILY_DEFAULT,
                             .violation = true};
    CASE_TEXT(step.reason, repeat ? "repeat" : "confirmed");
    result = repetition_stands(&file, party.kind, &step.repeated, detail);
    if (result >= 0)
        result = machine_step(&file, step, finding->id, detail);
    return result < 0 ? result : news_write(&file, finding, "", detail);
}

/* The rulebook's first code for a matter that was put right. */
static const char *resolved_code(const struct process *process)
{
    for (size_t i = 0; i < process->closure_count; i++) {
        if (process->closure_codes[i].family == CLOSURE_RESOLVED)
            return process->closure_codes[i].id;
    }
    return "";
}

/* How a case ends that has nothing left to wait for: formal ones are cured, others closed as
 * corrected. */
static struct case_step ending_of(const struct casefile *file)
{
    struct case_step step = {.type = CASE_CLOSED, .outcome = ALLEGATION_CORRECTED};
    CASE_TEXT(step.reason, "measured-met");
    if (stage_kind_formal(file->state.stage->kind))
        step.type = CASE_CURED;
    else
        CASE_TEXT(step.closure, resolved_code(file->state.process));
    return step;
}

static int end_when_met(struct casefile *file, const char *finding, struct error_detail *detail)
{
    if (stage_is_end(file->state.stage))
        return 0;
    /* What the process does not allow by itself (an open termination) waits for a person. */
    struct error_detail refusal = {0};
    int result = machine_step(file, ending_of(file), finding, &refusal);
    return result == ERR_REFUSED ? 0
           : result < 0          ? error_set(detail, result, "%s", refusal.text)
                                 : 0;
}

static int tell(struct casefile *file, const struct store_finding *finding, const char *reason,
                struct error_detail *detail)
{
    const struct actor machine = command_machine();
    int result = news_write(file, finding, reason, detail);
    if (result < 0)
        return result;
    if (finding->finding.verdict == VERDICT_MET)
        return end_when_met(file, finding->id, detail);
    /* An open case that is measured as failing again after an allegation was decided. */
    bool ended = stage_is_end(file->state.stage);
    result = ended ? 0 : allegation_join(file, finding, &machine, detail);
    return result < 0 ? result : 0;
}

/* Only an open case that `met` cannot end can see many changes: elsewhere `met` was its last. */
static bool may_wait(const struct casefile *file, const struct store_finding *finding)
{
    return (finding->finding.verdict != VERDICT_MET || !news_ends(file, ending_of(file))) &&
           news_due_at(file->events, file->event_count) > clock_wall(&file->app->clock);
}

static int tell_case(struct app *app, const char *id, const struct store_finding *finding,
                     struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    bool met = finding->finding.verdict == VERDICT_MET;
    int result = casefile_open(app, id, &file, detail);
    if (result < 0)
        return result;
    /* The same news every few minutes is no event. */
    if (file.state.facts.values[FACT_FINDING] == (met ? FINDING_MET : FINDING_NOT_MET))
        return 0;
    return may_wait(&file, finding) ? news_remind(&file, detail) : tell(&file, finding, "", detail);
}

int opening_tell_held(struct app *app, const char *id, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_finding held = {0};
    int result = casefile_open(app, id, &file, detail);
    if (result >= 0)
        result = news_find_held(&file, &held, detail);
    return result <= 0 ? result : tell(&file, &held, NEWS_HELD_BACK, detail);
}

int opening_take_finding(struct app *app, const struct store_finding *finding,
                         struct error_detail *detail)
{
    const struct finding *f = &finding->finding;
    const struct store_case_key key = {f->party, f->obligation, f->subject};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case open;
    if (!f->party[0] || (f->verdict != VERDICT_MET && f->verdict != VERDICT_NOT_MET))
        return 0;
    arena_init(&arena, 1 << 20);
    int result = store_case_find_open(app->store, &key, &arena, &open);
    if (result >= 0)
        return tell_case(app, open.id, finding, detail);
    if (result != ERR_NOT_FOUND)
        return app_store_failed(app, result, detail, "open case");
    return f->verdict == VERDICT_NOT_MET ? open_case(app, finding, &key, detail) : 0;
}
