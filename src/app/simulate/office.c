/* What people do with a case, by the commands that everybody has. Each function is one move. */
#include "app/letters/service.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "rulebook/process.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { PLAN_DAYS = 30, EXTENSION_DAYS = 7 };

/* A case in the hands of a person. */
struct work {
    struct simulation *sim;
    struct casefile *file;
    struct matter *matter;
    struct actor analyst;
    struct error_detail *detail;
};

static uint64_t seed_of(const struct work *work)
{
    return (uint64_t)work->sim->options->seed;
}

static const struct population_kind *kind_of(const struct work *work)
{
    return &work->sim->population.kinds[work->matter->party];
}

static int command(const struct work *work, const struct actor *actor, const char *name,
                   json_t *arguments)
{
    return staff_command(work->sim, actor, name, arguments, NULL, work->detail);
}

static int record(const struct work *work, const char *event, const char *reason)
{
    return command(
        work, &work->analyst, "case.record",
        json_pack("{s:s, s:s, s:s}", "case", work->matter->id, "event", event, "reason", reason));
}

static const char *hex_of(const struct digest *sha256, char hex[DIGEST_HEX])
{
    return digest_format(sha256, hex);
}

/* --- letters --- */

static int adopt(const struct work *work, const struct digest *sha256)
{
    char hex[DIGEST_HEX];
    return command(
        work, &work->analyst, "case.adopt",
        json_pack("{s:s, s:s}", "case", work->matter->id, "sha256", hex_of(sha256, hex)));
}

/* The letter that the case stands behind. */
static int find_letter(const struct work *work, struct store_letter *ret_letter)
{
    struct casefile *file = work->file;
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = file->record.id};
    int result = store_letter_list(work->sim->app.store, &query, &file->arena, &letters, &count);
    for (size_t i = count; result >= 0 && i-- > 0;) {
        if (digest_equal(&letters[i].sha256, &file->state.letter.sha256)) {
            *ret_letter = letters[i];
            return 0;
        }
    }
    return result < 0 ? result : ERR_NOT_FOUND;
}

static bool refused(const struct store_attempt *attempts, size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++) {
        if (attempts[i].phase == ATTEMPT_REFUSED && strcmp(attempts[i].recipient, address) == 0)
            return true;
    }
    return false;
}

/* The same bytes to a mailbox of the party that has not refused them. */
static int resend(const struct work *work)
{
    struct store_letter letter;
    struct contact *contacts = NULL;
    struct store_attempt *attempts = NULL;
    size_t count = 0, tried = 0, at = 0;
    struct store *store = work->sim->app.store;
    int result = find_letter(work, &letter);
    if (result >= 0)
        result = store_attempt_list(store, letter.id, &work->file->arena, &attempts, &tried);
    if (result >= 0)
        result = store_contact_list(store, work->file->record.party, &work->file->arena, &contacts,
                                    &count);
    while (result >= 0 && at < count && refused(attempts, tried, contacts[at].email))
        at++;
    if (result < 0 || at == count)
        return error_set(work->detail, result < 0 ? result : ERR_NOT_FOUND,
                         "letter of case %s that came back", work->matter->id);
    return command(work, &work->analyst, "letter.resend",
                   json_pack("{s:s, s:s}", "letter", letter.id, "to", contacts[at].email));
}

/* --- up --- */

/* A telephone call comes before a letter that the public will see. */
static int prepare(const struct work *work)
{
    enum fact_criterion criterion;
    const struct case_state *state = &work->file->state;
    const struct edge *edge = matter_rise(work->sim, work->file, &criterion);
    if (!edge)
        return 0;
    if (stage_is_formal(edge->to) && matter_edge(state, CASE_CALL)) {
        int result =
            command(work, &work->analyst, "case.record",
                    json_pack("{s:s, s:s, s:s, s:s}", "case", work->file->record.id, "event",
                              "call", "call", "not-reached", "reason", "before-formal-step"));
        if (result < 0)
            return result;
    }
    if (strcmp(state->proposal.id, edge->to->letter) == 0)
        return adopt(work, &state->proposal.sha256);
    return command(work, &work->analyst, "case.draft",
                   json_pack("{s:s, s:s}", "case", work->matter->id, "letter", edge->to->letter));
}

static int approve(const struct work *work, const struct edge *edge)
{
    const struct case_letter *letter = &work->file->state.proposal;
    struct case_actors not_these = letter->drafters;
    char hex[DIGEST_HEX];
    int given = (int)letter->approvers.count;
    for (size_t i = 0; i < letter->approvers.count && not_these.count < CASE_ACTORS_MAX; i++)
        memcpy(not_these.names[not_these.count++], letter->approvers.names[i], CASE_NAME_MAX);
    for (; given < edge->approvals.needed; given++) {
        struct actor approver;
        if (!staff_pick(work->sim, STAFF_APPROVER, work->matter->key, &not_these, &approver))
            return 1; /* too few are there today */
        int result = command(work, &approver, "case.approve",
                             json_pack("{s:s, s:s, s:s}", "case", work->matter->id, "sha256",
                                       hex_of(&letter->sha256, hex), "reason", "checked"));
        if (result < 0)
            return result;
        memcpy(not_these.names[not_these.count++], approver.id, CASE_NAME_MAX);
    }
    return 0;
}

static int approve_and_send(const struct work *work)
{
    enum fact_criterion criterion;
    size_t words;
    char hex[DIGEST_HEX];
    const struct edge *edge = matter_rise(work->sim, work->file, &criterion);
    int result = edge ? approve(work, edge) : 1;
    if (result != 0)
        return result < 0 ? result : 0;
    json_t *arguments =
        json_pack("{s:s, s:s, s:s}", "case", work->matter->id, "sha256",
                  hex_of(&work->file->state.proposal.sha256, hex), "reason", "not-put-right");
    if (criterion != CRITERION_NONE)
        json_object_set_new(arguments, "criterion",
                            json_string(case_fact_words(FACT_CRITERION, &words)[criterion]));
    return command(work, &work->analyst, "case.send", arguments);
}

/* --- in and out --- */

static const char *draw_code(const struct work *work, enum closure_family family)
{
    const struct process *process = work->matter->process;
    uint32_t count = 0;
    for (size_t i = 0; i < process->closure_count; i++)
        count += process->closure_codes[i].family == family;
    const struct draw draw = {DRAW_CLOSURE, work->matter->key, (uint64_t)family};
    uint32_t at = count ? draw_below(seed_of(work), draw, count) : 0;
    for (size_t i = 0; i < process->closure_count; i++) {
        if (process->closure_codes[i].family == family && at-- == 0)
            return process->closure_codes[i].id;
    }
    return "";
}

static int close_as(const struct work *work, enum closure_family family, const char *reason)
{
    return command(work, &work->analyst, "case.record",
                   json_pack("{s:s, s:s, s:s, s:s, s:s}", "case", work->matter->id, "event",
                             "closed", "closure", draw_code(work, family), "outcome",
                             family == CLOSURE_RESOLVED ? "corrected" : "not-substantiated",
                             "reason", reason));
}

static int begin_work(const struct work *work)
{
    const struct case_state *state = &work->file->state;
    const struct population_kind *kind = kind_of(work);
    const struct draw draw = {DRAW_VIOLATION, work->matter->key, 0};
    struct casefile_step request = {
        .step = {.type = CASE_OPENED,
                 .party = (enum party_kind)state->facts.values[FACT_PARTY],
                 .origin = work->file->record.origin,
                 .family = (enum fact_family)state->facts.values[FACT_FAMILY],
                 .violation = draw_share(seed_of(work), draw, kind->violation)},
        .actor = &work->analyst};
    CASE_TEXT(request.step.reason, "in-scope");
    return casefile_step(work->file, &request, work->detail);
}

static bool party_is_gone(const struct work *work)
{
    struct party party;
    return store_party_find(work->sim->app.store, work->file->record.party, &work->file->arena,
                            &party) >= 0 &&
           strcmp(party.status, "terminated") == 0;
}

/* The first look decides whether it is for us at all. */
static bool is_out_of_scope(const struct work *work)
{
    const struct draw draw = {DRAW_SCOPE, work->matter->key, 0};
    return draw_share(seed_of(work), draw, kind_of(work)->out_of_scope);
}

static int turn_away(const struct work *work)
{
    return close_as(work, CLOSURE_OUT_OF_SCOPE, "closed-at-intake");
}

static int look(const struct work *work)
{
    enum fact_criterion criterion;
    if (party_is_gone(work))
        return turn_away(work);
    return matter_rise(work->sim, work->file, &criterion) ? prepare(work) : begin_work(work);
}

static int end_well(const struct work *work)
{
    if (!stage_is_formal(work->file->state.stage))
        return close_as(work, CLOSURE_RESOLVED, "answer-adequate");
    return record(work, "cured", "answer-adequate");
}

/* --- answers --- */

static const char *quality_of(const struct work *work)
{
    const struct case_state *state = &work->file->state;
    const struct population_kind *kind = kind_of(work);
    int letter = matter_letter_index(state->stage);
    const struct draw draw = {DRAW_QUALITY, work->matter->key,
                              matter_count_events(work->file, CASE_ANSWERED)};
    uint32_t at = draw_below(seed_of(work), draw, DRAW_WHOLE);
    if (state->facts.values[FACT_PLAN] == PLAN_AGREED || at < kind->adequate[letter])
        return "adequate";
    return at < kind->adequate[letter] + kind->partial[letter] ? "partial" : "inadequate";
}

static int judge(const struct work *work)
{
    if (work->file->state.facts.values[FACT_ANSWER] == ANSWER_ADEQUATE)
        return end_well(work);
    return command(work, &work->analyst, "case.judge",
                   json_pack("{s:s, s:s, s:s}", "case", work->matter->id, "judgement",
                             quality_of(work), "reason", "read-and-checked"));
}

/* A later due date; in public a second person has to agree. */
static int move_date(const struct work *work, const char *event, int32_t until)
{
    char date[CIVIL_DATE_TEXT];
    json_t *answer JSON_CLEANUP = NULL;
    struct actor second;
    bool formal = stage_is_formal(work->file->state.stage);
    if (formal && !staff_pick(work->sim, STAFF_APPROVER, work->matter->key, NULL, &second))
        return 0;
    int result = staff_command(work->sim, &work->analyst, "case.record",
                               json_pack("{s:s, s:s, s:s, s:s}", "case", work->matter->id, "event",
                                         event, "until", civil_format_date(until, date), "reason",
                                         "asked-for-in-time"),
                               &answer, work->detail);
    const char *proposal = result < 0 ? NULL : json_text(answer, "proposal");
    return proposal
               ? command(work, &second, "case.agree",
                         json_pack("{s:s, s:s}", "case", work->matter->id, "proposal", proposal))
               : result;
}

static int do_move(const struct work *work)
{
    const struct case_state *state = &work->file->state;
    switch (work->matter->move) {
    case MOVE_LOOK:
        return look(work);
    case MOVE_RESEND:
        return resend(work);
    case MOVE_JUDGE:
        return judge(work);
    case MOVE_EXTEND:
        return move_date(work, "extended", state->deadline.due.date + EXTENSION_DAYS);
    case MOVE_AGREE:
        return move_date(work, "remediation-agreed", state->deadline.due.date + PLAN_DAYS);
    case MOVE_PREPARE:
        return prepare(work);
    case MOVE_APPROVE:
        return approve_and_send(work);
    case MOVE_NONE:
    case MOVE_ADOPT:
    case MOVE_END:
        break;
    }
    return 0;
}

static int read_and_move(const struct work *work)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct work with_file = *work;
    with_file.file = &file;
    int result = casefile_open(&work->sim->app, work->matter->id, &file, work->detail);
    return result < 0 ? result : do_move(&with_file);
}

/* Most moves are of two kinds, for which nobody has to read the case once more. */
static int move(const struct work *work)
{
    if (work->matter->move == MOVE_ADOPT)
        return adopt(work, &work->matter->letter);
    if (work->matter->move == MOVE_LOOK && is_out_of_scope(work))
        return turn_away(work);
    return read_and_move(work);
}

/* Who works on a case first has it from then on; what is turned away is nobody's. While that person
 * is away the next one of them works on it. */
static int take_over(const struct work *work)
{
    if (!work->matter->free || (work->matter->move == MOVE_LOOK && is_out_of_scope(work)))
        return 0;
    return command(work, &work->analyst, "case.record",
                   json_pack("{s:s, s:s, s:s, s:s}", "case", work->matter->id, "event", "assigned",
                             "object", work->analyst.id, "reason", "first-to-work-on-it"));
}

static int work_on(struct simulation *sim, struct matter *matter, struct error_detail *detail)
{
    struct work work = {.sim = sim, .matter = matter, .detail = detail};
    if (!staff_pick(sim, STAFF_ANALYST, matter->key, NULL, &work.analyst))
        return 0;
    int result = take_over(&work);
    if (result >= 0)
        result = move(&work);
    return result < 0 ? result : matter_touch(sim, matter->id);
}

/* --- what the outbox leaves to people --- */

/* Who complained is told in words; the program does not know the address. */
static int tell_complainants(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_task *tasks;
    struct actor analyst;
    size_t count;
    arena_init(&arena, STEP_ARENA_MAX);
    if (!staff_pick(sim, STAFF_ANALYST, (uint64_t)sim->day, NULL, &analyst))
        return 0;
    int result = store_outbox_list(sim->app.store, OUTBOX_DEAD, NULL, 0, &arena, &tasks, &count);
    if (result < 0)
        return app_store_failed(&sim->app, result, detail, "outbox");
    for (size_t i = 0; i < count && result >= 0; i++) {
        /* Whoever has the case in hand writes anew. */
        if (strcmp(tasks[i].kind, SERVICE_TASK) == 0)
            continue;
        if (strcmp(tasks[i].kind, "tell-complainant") != 0)
            return error_set(detail, ERR_INTERNAL, "the program gave up %s: %s", tasks[i].key,
                             tasks[i].error);
        result = staff_command(sim, &analyst, "outbox.settle",
                               json_pack("{s:s, s:s}", "key", tasks[i].key, "reason",
                                         "told by mail what was decided and why"),
                               NULL, detail);
    }
    return result;
}

int office_work(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct matter **list = NULL;
    size_t count = 0,
           hands = staff_present(sim, STAFF_ANALYST) * (size_t)sim->population.work_a_day;
    if (civil_weekday(sim->day) >= SATURDAY)
        return 0;
    arena_init(&arena, STEP_ARENA_MAX);
    int result = matter_settle(sim, detail);
    if (result >= 0)
        result = matter_list(sim, &arena, &list, &count);
    for (size_t i = 0; i < count && hands > 0 && result >= 0; i++) {
        if (list[i]->ready > sim->day || list[i]->move == MOVE_NONE)
            continue;
        hands--;
        result = work_on(sim, list[i], detail);
    }
    return result < 0 ? result : tell_complainants(sim, detail);
}

/* --- the parties --- */

static int answer(struct simulation *sim, const struct matter *matter, struct error_detail *detail)
{
    char text[160];
    const char *id = matter->id;
    struct actor analyst;
    /* Whoever is on duty files what came in, also on a Sunday. */
    staff_on_duty(sim, STAFF_ANALYST, &analyst);
    snprintf(text, sizeof text, "About case %s: what we did and found, %lld.\n", id,
             (long long)clock_wall(&sim->app.clock));
    int result = staff_command(sim, &analyst, "case.answer",
                               json_pack("{s:s, s:s}", "case", id, "text", text), NULL, detail);
    return result < 0 ? result : matter_touch(sim, id);
}

int office_take_answers(struct simulation *sim, int64_t until, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct matter **list = NULL;
    size_t count = 0;
    arena_init(&arena, STEP_ARENA_MAX);
    int result = matter_settle(sim, detail);
    if (result >= 0)
        result = matter_list(sim, &arena, &list, &count);
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (list[i]->answer_at && list[i]->answer_at <= until)
            result = answer(sim, list[i], detail);
    }
    return result;
}
