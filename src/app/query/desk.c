#include "app/query/desk.h"

#include "app/argument.h"
#include "app/law.h"
#include "app/letters/drafting.h"
#include "app/people/proof.h"
#include "app/people/session.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "store/evidence.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { REFRESH_ARENA_MAX = 4 << 20, DISTANCE_TEXT = 64, ROLE_TEXT_MAX = 64 };

/* --- a reader beside a writer --- */

/* Only a demonstration's store knows it (app_keep_wall()). */
static void follow_clock(struct app *app, struct arena *arena)
{
    const char *text;
    int64_t wall;
    if (app_is_demo(app) && store_meta_get(app->store, "wall", arena, &text) >= 0 &&
        civil_parse_instant(text, &wall) >= 0 && wall > clock_wall(&app->clock))
        clock_jump(&app->clock, wall);
}

int desk_refresh(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_rulebook *versions;
    size_t count;
    arena_init(&arena, REFRESH_ARENA_MAX);
    follow_clock(app, &arena);
    int result = store_rulebook_list(app->store, &arena, &versions, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "rulebooks");
    if (count == 0 ||
        (app->rulebook && strcmp(app->rulebook->digest_text, versions[count - 1].digest) == 0))
        return 0;
    return app_load_rulebook(app, detail);
}

int desk_at_one_moment(struct query_call *call, int (*run)(struct query_call *call))
{
    struct store *store = call->app->store;
    bool inside = store_in_transaction(store);
    int result = inside ? 0 : store_begin(store);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "desk");
    result = run(call);
    if (!inside)
        store_rollback(store);
    return result;
}

int desk_actor(struct query_call *call, struct actor *ret_actor)
{
    const char *id = json_text(call->arguments, "user");
    struct store_user user;
    if (!id) {
        *ret_actor = (struct actor){.roles = 0};
        return 0;
    }
    int result = store_user_find(call->app->store, id, call->arena, &user);
    if (result == ERR_NOT_FOUND || (result >= 0 && user.disabled_at))
        return error_set(call->detail, ERR_DENIED, "there is no active user '%s'", id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "user");
    *ret_actor = command_actor_of(&user);
    ret_actor->since = json_number(call->arguments, "since", ret_actor->since);
    return 0;
}

/* --- words --- */

void desk_put(json_t *object, const char *key, const char *text)
{
    json_t *value = json_string(text ? text : "");
    json_object_set_new(object, key, value ? value : json_string(""));
}

const struct obligation *desk_obligation(const struct app *app, const char *id)
{
    return app->rulebook ? rulebook_obligation_find(app->rulebook, id, law_today(app)) : NULL;
}

void desk_put_obligation(json_t *row, const struct obligation *obligation)
{
    desk_put(row, "statement", obligation ? obligation->statement : "");
    desk_put(row, "clause", obligation ? obligation->clause : "");
}

const char *desk_party_name(struct query_call *call, const char *id)
{
    struct party party;
    if (store_party_find(call->app->store, id, call->arena, &party) < 0 || !party.name[0])
        return id;
    return party.name;
}

const struct stage *desk_stage_of_letter(const struct process *process, const char *letter)
{
    for (size_t i = 0; i < process->stage_count; i++) {
        if (strcmp(process->stages[i].letter, letter) == 0)
            return &process->stages[i];
    }
    return NULL;
}

const char *desk_step_label(const struct process *process, const char *letter)
{
    const struct stage *stage = desk_stage_of_letter(process, letter);
    return stage ? stage->label : letter;
}

/* --- due dates --- */

/* Days after `from` up to `to`; for working days only those that are worked. */
static int32_t count_days(const struct deadline_rule *rule, int32_t from, int32_t to, bool worked)
{
    return to - from > DEADLINE_DAYS_MAX || !worked
               ? to - from
               : calendar_count_worked(rule->calendar, from, to);
}

static void say_number(int64_t count, const char *unit, bool late, char words[DISTANCE_TEXT])
{
    snprintf(words, DISTANCE_TEXT, "%s%lld %s%s%s", late ? "" : "in ", (long long)count, unit,
             count == 1 ? "" : "s", late ? " ago" : "");
}

static void say_distance(const struct deadline *due, int64_t now, char words[DISTANCE_TEXT])
{
    const int64_t hour_us = INT64_C(3600) * 1000000;
    const struct deadline_rule *rule = due->rule;
    bool late = now >= due->instant;
    int64_t distance = late ? now - due->instant : due->instant - now;
    int32_t today = zone_day_of(rule->zone, now);
    if (rule->unit == UNIT_HOURS) {
        say_number(distance / hour_us, "hour", late, words);
        return;
    }
    if (late ? today <= due->date : due->date <= today) {
        snprintf(words, DISTANCE_TEXT, "today");
        return;
    }
    int32_t from = late ? due->date : today, to = late ? today : due->date;
    bool working = rule->unit == UNIT_WORKING_DAYS && rule->calendar;
    int32_t count = count_days(rule, from, to, working);
    /* A weekend away is no working day away, but it is not today either. */
    if (count == 0) {
        working = false;
        count = to - from;
    }
    say_number(count, working ? "working day" : "day", late, words);
}

static const char *weekday_name(int32_t day)
{
    static const char *const names[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                        "Thursday", "Friday", "Saturday", "Sunday"};
    return names[civil_weekday(day)];
}

static json_t *due_of(const struct process *process, const struct store_case *record, int64_t now)
{
    char text[CIVIL_DATE_TEXT], words[DISTANCE_TEXT];
    const struct deadline due = {.rule = process_rule_find(process, record->clock_rule),
                                 .date = record->clock_date,
                                 .instant = record->clock_at};
    if (!due.rule)
        return json_null();
    say_distance(&due, now, words);
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:b}", "date", civil_format_date(due.date, text),
                     "weekday", weekday_name(due.date), "zone", zone_name(due.rule->zone),
                     "instant", query_instant(due.instant), "in_words", words, "overdue",
                     now >= due.instant);
}

/* --- what happens next --- */

static const char *label_of(const struct process *process, const char *id)
{
    const struct stage *stage = process_stage_find(process, id);
    return stage ? stage->label : id;
}

static const char *say_end(const struct process *process, const struct store_case *record,
                           struct arena *arena)
{
    const struct closure_code *code = process_closure_find(process, record->closure);
    return code ? arena_printf(arena, "Ended: %s.", code->label) : "Ended.";
}

static const char *next_of(const struct process *process, const struct store_case *record,
                           struct arena *arena)
{
    const char *own = label_of(process, record->stage);
    switch (record->awaits) {
    case AWAITS_CONTACT:
        return "The party has no contact to write to: import one, then draft the letter.";
    case AWAITS_WORK:
        return "Work on it has not begun.";
    case AWAITS_DRAFT:
        return arena_printf(arena, "No letter '%s' is drafted yet.", own);
    case AWAITS_ADOPTION:
        return arena_printf(arena, "The letter '%s' waits for a person to stand behind it.", own);
    case AWAITS_DISPATCH:
        return arena_printf(arena, "The letter '%s' is on its way.", own);
    case AWAITS_OTHER_CONTACT:
        return arena_printf(arena, "The letter '%s' came back: hand it to another contact%s.", own,
                            record->stage_kind == STAGE_INFORMAL ? ", or draft it anew" : "");
    case AWAITS_APPROVAL:
        return arena_printf(arena, "The letter '%s' waits for approval and for the step itself.",
                            desk_step_label(process, record->about));
    case AWAITS_JUDGEMENT:
        return "An answer waits to be judged.";
    case AWAITS_MOVE:
        return arena_printf(arena, "When the time has passed, the case moves on: %s.",
                            label_of(process, record->about));
    case AWAITS_NEXT_LETTER:
        return arena_printf(arena,
                            "When the time has passed, the letter '%s' is drafted and a person "
                            "must decide.",
                            desk_step_label(process, record->about));
    case AWAITS_DUE_MOMENT:
        return "When the time has passed, a person must decide.";
    case AWAITS_RESUMPTION:
        return "The clock is stopped.";
    case AWAITS_LATE_DECISION:
        return "The time has passed: a person must decide.";
    case AWAITS_DECISION:
        return "A person must decide how it goes on.";
    case AWAITS_NOTHING:
        return say_end(process, record, arena);
    case AWAITS_UNKNOWN:
    case CASE_AWAITS_COUNT:
        break;
    }
    return "";
}

int desk_put_standing(struct query_call *call, const struct store_case *record,
                      const char *next_key, json_t *row)
{
    const struct rulebook *rulebook;
    const struct process *process;
    if (!record->rules[0]) { /* not written anew since an older program */
        desk_put(row, "stage", record->stage);
        if (next_key)
            desk_put(row, next_key, "");
        return json_object_set_new(row, "due", json_null());
    }
    int result = app_version_of(call->app, record->rules, &rulebook, &process, call->detail);
    if (result < 0)
        return error_context(call->detail, result, "case %s", record->id);
    desk_put(row, "stage", label_of(process, record->stage));
    if (next_key)
        desk_put(row, next_key, next_of(process, record, call->arena));
    json_object_set_new(row, "due", due_of(process, record, clock_wall(&call->app->clock)));
    return 0;
}

/* --- who may come in --- */

static void say_roles(const struct store_user *user, char words[ROLE_TEXT_MAX])
{
    size_t used = 0;
    words[0] = '\0';
    for (size_t i = 0; i < user->role_count && used < ROLE_TEXT_MAX; i++)
        used += (size_t)snprintf(words + used, ROLE_TEXT_MAX - used, "%s%s", used ? ", " : "",
                                 user->roles[i]);
}

/* By a token, with the certificate that came along, or by the cookie of a session. */
static int find_proof(struct query_call *call, struct proof *ret_proof)
{
    const char *cookie = json_text(call->arguments, "cookie_sha256"), *text = cookie,
               *certificate = json_text(call->arguments, "certificate");
    struct proof_token shown = {.certificate = NULL};
    struct digest bound;
    int result = cookie ? 0 : query_need_text(call, "token_sha256", &text);
    if (result >= 0)
        result = argument_sha256(text, &shown.sha256, call->detail);
    if (result >= 0 && certificate) {
        result = argument_sha256(certificate, &bound, call->detail);
        shown.certificate = &bound;
    }
    if (result < 0)
        return result;
    return cookie ? proof_of_cookie(call->app, &shown.sha256, call->arena, ret_proof, call->detail)
                  : proof_of_token(call->app, &shown, call->arena, ret_proof, call->detail);
}

int query_desk_user(struct query_call *call)
{
    struct proof proof;
    char roles[ROLE_TEXT_MAX];
    int result = find_proof(call, &proof);
    if (result < 0 && result != ERR_NOT_FOUND)
        return result;
    bool of_party = result >= 0 && proof_is_of_party(&proof.user);
    if (result < 0 || !(of_party || proof_is_staff(&proof.user)))
        return error_set(call->detail, ERR_NOT_FOUND, "this token is nobody's of the staff");
    say_roles(&proof.user, roles);
    desk_put(call->result, "id", proof.user.id);
    desk_put(call->result, "role", roles);
    desk_put(call->result, "scope", proof.scope);
    desk_put(call->result, "session", proof.session);
    json_object_set_new(call->result, "of_party", json_boolean(of_party));
    json_object_set_new(call->result, "since", json_integer(proof.since));
    json_object_set_new(
        call->result, "stale",
        json_boolean(proof.session[0] && clock_real(&call->app->clock) - proof.seen_at >=
                                             (int64_t)SESSION_SEEN_EVERY_S * 1000000));
    return 0;
}
