/* What a contracted party sends: its answer to what a letter asks, and a request for more time.
 *
 * A1. Who sends has a grant that lets them answer (people/grant.h), and names the version of the
 * case that they saw (case_view.h); by the API always.
 * A2. What is kept is one text that nobody else's could be: case, party, user, moment, positions,
 * digests of the exhibits, and then the words. Its digest stands in the event.
 * A3. Nothing that the party writes goes into an event or into the log but ids, positions and
 * digests. A4. An answer decides nothing: a person judges it, and decides about more time.
 * A5. A case takes no more from its party in a day than people write, and keeps room for the house;
 * the store takes no more from a party in a day than it has to bear (sent.h).
 * A6. What a party sends is about what it was told (told.h): it is taken, or refused, in the same
 * words, whether the house went on since or not. */
#include "app/casework/answer.h"
#include "app/argument.h"
#include "app/casework/arguments.h"
#include "app/casework/extension.h"
#include "app/command_list.h"
#include "app/law.h"
#include "app/party/case_view.h"
#include "app/party/exhibit.h"
#include "app/party/sent.h"
#include "app/party/told.h"
#include "base/civil.h"
#include "cases/demand.h"
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

enum {
    DAY_MAX = 20,    /* A5: events of the party within a day */
    EVENTS_MAX = 500 /* and in all, of CASE_EVENTS_MAX */
};

/* --- the case --- */

/* A5. */
static int check_amount(const struct casefile *file, struct error_detail *detail)
{
    int64_t since = clock_wall(&file->app->clock) - CIVIL_DAY_US;
    size_t all = 0, late = 0;
    for (size_t i = 0; i < file->event_count; i++) {
        if (strcmp(file->events[i].actor_role, role_text(ROLE_PARTY)) != 0)
            continue;
        all++;
        late += file->events[i].at > since;
    }
    if (late >= DAY_MAX)
        return error_set(detail, ERR_TIMED_OUT,
                         "the party sent %d things in this case within a day; more can come later",
                         DAY_MAX);
    return all < EVENTS_MAX
               ? 0
               : error_set(detail, ERR_REFUSED,
                           "the party sent %d things in this case; write to us", EVENTS_MAX);
}

static int find_version(struct call *call, struct casefile *file,
                        char version[CASE_VIEW_VERSION_TEXT])
{
    struct query_call asking = {.app = call->app, .arena = &file->arena, .detail = call->detail};
    json_t *seen JSON_CLEANUP = NULL;
    int result = case_view_make(&asking, file, &seen);
    return result < 0 ? result : case_view_version(seen, version);
}

/* A1. */
static int check_version(struct call *call, struct casefile *file)
{
    const char *wanted = json_text(call->arguments, "version");
    char version[CASE_VIEW_VERSION_TEXT];
    int result = wanted ? find_version(call, file, version) : 0;
    if (result < 0 || !wanted || strcmp(version, wanted) == 0)
        return result;
    return error_set(call->detail, ERR_CONFLICT,
                     "the case is not what it was when it was read; look at it again");
}

static int open_own(struct call *call, struct casefile *ret_file)
{
    const char *id;
    int result = call_need_text(call, "case", &id);
    if (result >= 0)
        result = case_view_open(call->app, call->actor.id, id, PARTY_RIGHT_ANSWER, ret_file,
                                call->detail);
    if (result >= 0 && case_is_recused(&ret_file->state, call->actor.id))
        result =
            error_set(call->detail, ERR_REFUSED, "%s is recused from this case", call->actor.id);
    if (result >= 0)
        result = check_amount(ret_file, call->detail);
    return result < 0 ? result : check_version(call, ret_file);
}

/* --- what is kept --- */

/* A2. */
static int begin_record(struct call *call, const struct casefile *file, struct buffer *out)
{
    char at[CIVIL_INSTANT_TEXT];
    buffer_printf(out, "Case: %s\nParty: %s\nBy: %s\nAt: %s\n", file->record.id, file->record.party,
                  call->actor.id, civil_format_instant(clock_wall(&call->app->clock), at));
    return buffer_error(out);
}

static void put_positions(const struct case_step *step, struct buffer *out)
{
    for (size_t i = 0; i < DEMANDS_MAX; i++) {
        if (step->positions[i])
            buffer_printf(out, "Item %zu: %s\n", i + 1,
                          demand_position_text((enum demand_position)step->positions[i]));
    }
}

/* With so many bytes of exhibits besides. */
static int keep(struct call *call, const struct casefile *file, struct buffer *record,
                const char *words, uint64_t besides, char hex[DIGEST_HEX])
{
    if (!words[0])
        return error_set(call->detail, ERR_SYNTAX, "/text is missing or empty");
    buffer_printf(record, "\n%s", words);
    int result = buffer_error(record);
    if (result < 0)
        return error_set(call->detail, ERR_LIMIT,
                         "/text is too long: all that is kept has at most "
                         "%d bytes",
                         ANSWER_TEXT_MAX);
    result = sent_count(call->app, file->record.party, record->size + besides, call->detail);
    if (result >= 0)
        result = answer_keep(call, file, buffer_text(record), hex);
    return result < 0 ? result : answer_link(call, file, hex);
}

/* A6: about the letter that the party knows. */
static int check_positions(const struct casefile *told, const struct case_step *step,
                           struct error_detail *detail)
{
    for (size_t i = told->state.letter.demand_count; i < DEMANDS_MAX; i++) {
        if (step->positions[i])
            return error_set(detail, ERR_REFUSED, "/items: the letter has no item %zu", i + 1);
    }
    return 0;
}

/* Takes the step as its user, without any words of theirs (A3). Of a refusal the party learns
 * nothing of the house's stages (A6). */
static int take_step(struct call *call, struct casefile *file, struct casefile_step *step)
{
    struct error_detail quiet = {0};
    step->actor = &call->actor;
    int result = casefile_step(file, step, &quiet);
    if (result == ERR_REFUSED || result == ERR_LIMIT)
        return error_set(call->detail, result, "this case takes no more of its party; write to us");
    return result < 0 ? error_pass(call->detail, result, &quiet) : 0;
}

/* What was kept, and the version of the case that it left. */
static int tell(struct call *call, struct casefile *file, const char *hex)
{
    char version[CASE_VIEW_VERSION_TEXT];
    int result = find_version(call, file, version);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(file->record.id));
    json_object_set_new(call->result, "sha256", json_string(hex));
    json_object_set_new(call->result, "version", json_string(version));
    return 0;
}

/* --- commands --- */

/* A person reads it, who then settles the task. */
static int put_task(struct call *call, struct casefile *file, const char *hex)
{
    char key[160], payload[256];
    snprintf(key, sizeof key, "%s/%06u/answer", file->record.id, file->state.seq);
    /* Ids and digests are plain: nothing to escape. */
    snprintf(payload, sizeof payload,
             "{\"case\":\"%s\",\"letter\":\"\",\"seq\":%u,\"sha256\":\"%s\"}", file->record.id,
             file->state.seq, hex);
    const struct store_task task = {
        .key = key,
        .kind = "read-answer",
        .payload = payload,
        .state = OUTBOX_DEAD,
        .due_at = clock_wall(&call->app->clock),
        .error = "the party answered what the case is past, and knows no later letter: read it"};
    int result = store_outbox_put(call->app->store, &task);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "answer") : 0;
}

/* Where the case is past the letter that the party knows, no letter is there to be answered: what
 * came in is a task of a person, and the text alone holds the positions (A6). */
static int take_answer(struct call *call, struct casefile *file, const struct casefile *told,
                       struct casefile_step *step)
{
    bool past = told_is_past(file, told) && !stage_is_end(told->state.stage);
    int result = check_positions(told, &step->step, call->detail);
    if (past) {
        step->step = (struct case_step){.type = CASE_RECEIVED};
        CASE_TEXT(step->step.reason, CASE_VIEW_ANSWERED_BETWEEN);
    }
    if (result >= 0)
        result = take_step(call, file, step);
    return result < 0 || !past ? result : put_task(call, file, step->evidence[0]);
}

static int check_members(const json_t *document, struct error_detail *detail)
{
    static const char *const known[] = {"text", "items", "exhibits"};
    if (!json_is_object(document))
        return error_set(detail, ERR_SYNTAX, "an answer is an object");
    int result = argument_members(document, "", known, sizeof known / sizeof *known, detail);
    const json_t *items = json_object_get(document, "items");
    return result < 0 || !items || json_is_array(items)
               ? result
               : error_set(detail, ERR_SYNTAX, "/items is no array");
}

static int read_exhibits(struct call *call, struct casefile *file, const json_t *document,
                         struct exhibits *ret_exhibits)
{
    struct form form = {.count = 0};
    int result = exhibits_read_form(call, &file->arena, &form);
    const struct exhibits_source source = {json_object_get(document, "exhibits"), &form,
                                           law_today(call->app)};
    return result < 0 ? result : exhibits_read(&source, &file->arena, ret_exhibits, call->detail);
}

/* own.answer {case, version, document, files}: docs/openapi.json, OwnAnswer, as text; the files are
 * those of app/form.h. */
int own_answer(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0}, told;
    struct buffer record BUFFER_CLEANUP = {0};
    json_t *document JSON_CLEANUP = NULL;
    const char *text, *words;
    char hex[DIGEST_HEX];
    struct exhibits exhibits;
    const char *evidence[1 + EXHIBITS_MAX] = {hex};
    struct casefile_step step = {.step = {.type = CASE_ANSWERED}, .evidence = evidence};
    buffer_init(&record, ANSWER_TEXT_MAX);
    int result = open_own(call, &file);
    if (result >= 0)
        result = call_need_text(call, "document", &text);
    if (result >= 0)
        result = json_parse(text, strlen(text), &document, call->detail);
    if (result >= 0)
        result = check_members(document, call->detail);
    if (result >= 0)
        result =
            answer_take_positions(json_object_get(document, "items"), &step.step, call->detail);
    if (result >= 0)
        result = told_take(&file, &told, call->detail);
    if (result >= 0)
        result = read_exhibits(call, &file, document, &exhibits);
    if (result >= 0)
        result = begin_record(call, &file, &record);
    if (result < 0)
        return result;
    step.evidence_count = 1 + exhibits.count;
    for (size_t i = 0; i < exhibits.count; i++)
        evidence[1 + i] = exhibits.hex[i];
    put_positions(&step.step, &record);
    exhibits_print(&exhibits, &record);
    words = json_text(document, "text");
    result = keep(call, &file, &record, words ? words : "", exhibits.total, hex);
    if (result >= 0)
        result = take_answer(call, &file, &told, &step);
    if (result >= 0)
        result = exhibits_keep(&file, &exhibits, call->detail);
    if (result < 0)
        return result;
    json_t *digests = json_array();
    for (size_t i = 0; i < exhibits.count; i++)
        json_array_append_new(digests, json_string(exhibits.hex[i]));
    json_object_set_new(call->result, "exhibits", digests);
    return tell(call, &file, hex);
}

/* Later than what is due as far as the party was told, and nothing waits to be decided. */
static int check_until(struct call *call, struct casefile *file, int32_t until)
{
    struct casefile told;
    struct extension *list;
    size_t count;
    char day[CIVIL_DATE_TEXT];
    int result = told_take(file, &told, call->detail);
    if (result < 0)
        return result;
    const struct case_deadline *deadline = &told.state.deadline;
    if (deadline->clock != CLOCK_RUNNING || deadline->due.instant < clock_wall(&call->app->clock))
        return error_set(call->detail, ERR_REFUSED, "no time runs in this case");
    if (until <= deadline->due.date)
        return error_set(call->detail, ERR_REFUSED, "it is due on %s, which is no earlier",
                         civil_format_date(deadline->due.date, day));
    result = extension_list(call->app, file->record.id, &file->arena, &list, &count, call->detail);
    if (result < 0 || count == 0 || !list[count - 1].waits)
        return result;
    return error_set(call->detail, ERR_REFUSED, "time until %s was asked for; a person decides",
                     civil_format_date(list[count - 1].until, day));
}

/* own.extension {case, version, until, text}: asks for more time. It moves nothing (A4). */
int own_extension(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct buffer record BUFFER_CLEANUP = {0};
    const char *day, *words;
    char hex[DIGEST_HEX];
    const char *evidence[] = {hex};
    struct casefile_step step = {
        .step = {.type = CASE_RECEIVED}, .evidence = evidence, .evidence_count = 1};
    struct extension extension = {.by = call->actor.id, .sha256 = hex, .waits = true};
    buffer_init(&record, ANSWER_TEXT_MAX);
    int result = open_own(call, &file);
    if (result >= 0)
        result = call_need_text(call, "until", &day);
    if (result >= 0)
        result = argument_day(call->arguments, "until", 0, &extension.until, call->detail);
    if (result >= 0)
        result = call_need_text(call, "text", &words);
    if (result >= 0)
        result = check_until(call, &file, extension.until);
    if (result >= 0)
        result = begin_record(call, &file, &record);
    if (result < 0)
        return result;
    buffer_printf(&record, "Until: %s\n", day);
    CASE_TEXT(step.step.reason, EXTENSION_REASON);
    result = keep(call, &file, &record, words, /* besides= */ 0, hex);
    if (result >= 0)
        result = take_step(call, &file, &step);
    if (result < 0)
        return result;
    extension.at = file.state.last_at;
    result = extension_put(&file, &extension, call->detail);
    return result < 0 ? result : tell(call, &file, hex);
}
