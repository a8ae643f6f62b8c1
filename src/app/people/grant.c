#include "app/people/grant.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/law.h"
#include "app/people/proof.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "base/text.h"
#include "store/case.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 16 << 20,
    DELEGATED_DAY_MAX = 50 /* G6: for a party, whether taken back or not */
};

/* --- what is in force --- */

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "grant");
}

static bool runs_today(const struct app *app, const struct store_grant *grant)
{
    int32_t today = law_today(app);
    return !grant->revoked_at && grant->from <= today && (!grant->until || today < grant->until);
}

/* 1 when the grant runs and its user is active, whatever it comes from. */
static int stands(struct app *app, const struct store_grant *grant, struct arena *arena,
                  struct error_detail *detail)
{
    struct store_user user;
    if (!runs_today(app, grant))
        return 0;
    int result = store_user_find(app->store, grant->person, arena, &user);
    return result < 0 ? failed(app, result, detail) : !user.disabled_at;
}

int grant_in_force(struct app *app, const struct store_grant *grant, struct arena *arena,
                   struct error_detail *detail)
{
    struct store_grant source;
    int result = stands(app, grant, arena, detail);
    if (result <= 0 || !grant->of_number)
        return result;
    /* What was delegated delegates nothing, so there is no further source. */
    result = store_grant_find(app->store, grant->of_person, grant->of_number, arena, &source);
    return result < 0 ? failed(app, result, detail) : stands(app, &source, arena, detail);
}

static bool is_of(const struct store_grant *grant, const struct grant_wanted *wanted)
{
    return strcmp(grant->party, wanted->party) == 0 &&
           (!grant->case_id[0] ||
            (wanted->case_id && strcmp(grant->case_id, wanted->case_id) == 0));
}

/* 1 with the one that is in force and lets its user do most, else 0. */
static int find_in_force(struct app *app, const struct grant_wanted *wanted, struct arena *arena,
                         struct store_grant *ret_grant, struct error_detail *detail)
{
    struct store_grant *grants;
    size_t count;
    int found = 0, result = store_grant_list(app->store, wanted->user, arena, &grants, &count);
    if (result < 0)
        return failed(app, result, detail);
    for (size_t i = 0; i < count; i++) {
        if (!is_of(&grants[i], wanted) || (found && grants[i].may <= ret_grant->may))
            continue;
        result = grant_in_force(app, &grants[i], arena, detail);
        if (result < 0)
            return result;
        if (result > 0)
            *ret_grant = grants[i];
        found |= result;
    }
    return found;
}

int grant_need(struct app *app, const struct grant_wanted *wanted, struct arena *arena,
               struct store_grant *ret_grant, struct error_detail *detail)
{
    struct store_grant grant;
    int result = find_in_force(app, wanted, arena, &grant, detail);
    if (result < 0)
        return result;
    if (result == 0)
        return error_set(detail, ERR_NOT_FOUND, "there is no such party, or none for you");
    if (grant.may < wanted->right)
        return error_set(detail, ERR_DENIED, "%s may %s for %s, which is not enough to %s",
                         wanted->user, party_right_text(grant.may), wanted->party,
                         party_right_text(wanted->right));
    *ret_grant = grant;
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int grant_cases(struct app *app, const char *user, const char *party, struct arena *arena,
                const char ***ret_cases, size_t *ret_count, struct error_detail *detail)
{
    struct store_grant *grants;
    size_t count, kept = 0;
    int result = store_grant_list(app->store, user, arena, &grants, &count);
    if (result < 0)
        return failed(app, result, detail);
    const char **cases = arena_array(arena, count + 1, sizeof *cases);
    if (!cases)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        if (!grants[i].case_id[0] || strcmp(grants[i].party, party) != 0)
            continue;
        result = grant_in_force(app, &grants[i], arena, detail);
        if (result < 0)
            return result;
        if (result > 0) /* G3: none of them twice */
            cases[kept++] = grants[i].case_id;
    }
    qsort(cases, kept, sizeof *cases, compare_ids);
    *ret_cases = cases;
    *ret_count = kept;
    return 0;
}

/* --- what they are called --- */

/* Those of a user for one party, in the order in which they were given. */
static int list_for(struct app *app, const char *person, const char *party, struct arena *arena,
                    struct store_grant **ret_grants, size_t *ret_count)
{
    struct store_grant *grants;
    size_t count, kept = 0;
    int result = store_grant_list(app->store, person, arena, &grants, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (strcmp(grants[i].party, party) == 0)
            grants[kept++] = grants[i];
    }
    *ret_grants = grants;
    *ret_count = kept;
    return result;
}

int grant_told_number(struct app *app, const struct store_grant *grant, struct arena *arena,
                      uint32_t *ret_number, struct error_detail *detail)
{
    struct store_grant *grants;
    size_t count;
    int result = list_for(app, grant->person, grant->party, arena, &grants, &count);
    if (result < 0)
        return failed(app, result, detail);
    for (size_t i = 0; i < count; i++) {
        if (grants[i].number == grant->number)
            *ret_number = (uint32_t)i + 1;
    }
    return 0;
}

/* The one of that number, as `call` counts (G7). Without a party it is the user's own, for which
 * alone something is delegated to them. */
static int find_numbered(struct call *call, const char *id, int64_t number, struct arena *arena,
                         struct store_grant *ret_grant)
{
    const char *party = json_text(call->arguments, "party");
    struct store *store = call->app->store;
    struct store_grant *grants;
    struct store_user user;
    size_t count;
    if (number < 1 || number > UINT32_MAX)
        return ERR_NOT_FOUND;
    if (call->actor.roles & ROLE_ADMINISTRATOR) {
        int result = store_grant_find(store, id, (uint32_t)number, arena, ret_grant);
        return result >= 0 && party && strcmp(party, ret_grant->party) != 0 ? ERR_NOT_FOUND
                                                                            : result;
    }
    int result = party ? 0 : store_user_find(store, id, arena, &user);
    if (result >= 0)
        result = list_for(call->app, id, party ? party : user.party, arena, &grants, &count);
    if (result < 0 || (size_t)number > count)
        return result < 0 ? result : ERR_NOT_FOUND;
    *ret_grant = grants[number - 1];
    return 0;
}

/* --- commands --- */

static int read_right(struct call *call, enum party_right *ret_right)
{
    const char *may;
    int result = call_need_text(call, "may", &may);
    if (result >= 0 && party_right_parse(may, ret_right) < 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "a grant lets somebody read, answer or delegate, not '%s'", may);
    return result;
}

static int read_days(struct call *call, struct store_grant *grant)
{
    int32_t today = law_today(call->app);
    int result = argument_day(call->arguments, "from", today, &grant->from, call->detail);
    if (result >= 0)
        result = argument_day(call->arguments, "until", 0, &grant->until, call->detail);
    /* The day 0 of civil time is a day like others, and no grant without an end. */
    if (result < 0 || !json_text(call->arguments, "until") ||
        (grant->until > today && grant->until > grant->from))
        return result;
    return error_set(call->detail, ERR_SYNTAX,
                     "a grant ends after today and after its first day; --until is the first day "
                     "on which it is void");
}

/* The argument "id": who is to get it. A delegate is told no more of others than that there is
 * nobody of that name at the party. */
static int find_receiver(struct call *call, const struct store_grant *grant, struct arena *arena,
                         struct store_user *ret_user)
{
    const char *id;
    int result = call_need_text(call, "id", &id);
    if (result < 0)
        return result;
    if (call->actor.roles & ROLE_ADMINISTRATOR) {
        result = app_find_active_user(call->app, id, arena, ret_user, call->detail);
        return result < 0 || proof_is_of_party(ret_user)
                   ? result
                   : error_set(call->detail, ERR_REFUSED,
                               "%s has not the role party, which a grant is for", id);
    }
    result = store_user_find(call->app->store, id, arena, ret_user);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(call->app, result, call->detail);
    if (result < 0 || ret_user->disabled_at || !proof_is_of_party(ret_user) ||
        strcmp(ret_user->party, grant->party) != 0)
        return error_set(call->detail, ERR_REFUSED, "%s has no user '%s'", grant->party, id);
    return 0;
}

/* G2, of who is no administrator. */
static int take_source(struct call *call, struct store_grant *grant, struct arena *arena)
{
    struct store_grant source;
    const struct grant_wanted wanted = {call->actor.id, grant->party, NULL, PARTY_RIGHT_DELEGATE};
    int result = grant_need(call->app, &wanted, arena, &source, call->detail);
    if (result < 0)
        return result;
    if (grant->may >= PARTY_RIGHT_DELEGATE)
        return error_set(call->detail, ERR_DENIED,
                         "who may delegate gives read or answer; more is for an administrator");
    if (!grant->until)
        grant->until = source.until;
    if (source.until && grant->until > source.until)
        return error_set(call->detail, ERR_DENIED,
                         "what is delegated ends no later than one's own grant");
    if (grant->until && grant->from >= grant->until)
        return error_set(call->detail, ERR_DENIED, "one's own grant has ended by then");
    grant->of_person = source.person;
    grant->of_number = source.number;
    return 0;
}

/* 1 when it never comes into force again by itself: it was taken back or has ended, its user was
 * disabled, or the like is true of the one that it comes from. */
static int is_over(struct app *app, const struct store_grant *grant, struct arena *arena,
                   struct error_detail *detail)
{
    int32_t today = law_today(app);
    struct store_grant source = *grant;
    for (;;) {
        struct store_user user;
        if (source.revoked_at || (source.until && source.until <= today))
            return 1;
        int result = store_user_find(app->store, source.person, arena, &user);
        if (result < 0)
            return failed(app, result, detail);
        if (user.disabled_at || !source.of_number)
            return user.disabled_at != 0;
        result = store_grant_find(app->store, source.of_person, source.of_number, arena, &source);
        if (result < 0)
            return failed(app, result, detail);
    }
}

/* G3: none that could come into force beside it. */
static int check_single(struct call *call, const struct store_grant *grant, struct arena *arena)
{
    struct store_grant *grants;
    size_t count;
    int result = list_for(call->app, grant->person, grant->party, arena, &grants, &count);
    if (result < 0)
        return failed(call->app, result, call->detail);
    for (size_t i = 0; i < count; i++) {
        bool of_staff = call->actor.roles & ROLE_ADMINISTRATOR;
        if (strcmp(grants[i].case_id, grant->case_id) != 0)
            continue;
        result = is_over(call->app, &grants[i], arena, call->detail);
        if (result < 0)
            return result;
        if (result == 0)
            return error_set(call->detail, ERR_CONFLICT,
                             "%s has the grant %u for %s already; revoke that first", grant->person,
                             of_staff ? grants[i].number : (uint32_t)i + 1,
                             grant->case_id[0] ? grant->case_id : grant->party);
    }
    return 0;
}

/* G6. Those of an administrator do not count. */
static int check_amount(struct call *call, const struct store_grant *grant, struct arena *arena)
{
    struct store_grant *grants;
    size_t count, late = 0;
    int64_t since = clock_wall(&call->app->clock) - CIVIL_DAY_US;
    int result = store_grant_list_of_party(call->app->store, grant->party, arena, &grants, &count);
    if (result < 0)
        return failed(call->app, result, call->detail);
    for (size_t i = 0; i < count; i++)
        late += grants[i].of_number && grants[i].made_at > since;
    return late < DELEGATED_DAY_MAX
               ? 0
               : error_set(call->detail, ERR_TIMED_OUT,
                           "%d grants for %s were delegated within a day; more can come later",
                           DELEGATED_DAY_MAX, grant->party);
}

/* G4, G7: the log has the number of the store. */
static int tell(struct call *call, const char *kind, const struct store_grant *grant,
                struct arena *arena)
{
    char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT] = "";
    uint32_t number = grant->number;
    if (!(call->actor.roles & ROLE_ADMINISTRATOR)) {
        int result = grant_told_number(call->app, grant, arena, &number, call->detail);
        if (result < 0)
            return result;
    }
    if (grant->until)
        civil_format_date(grant->until, until);
    json_t *event = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I}", "user", grant->person,
                              "number", (json_int_t)grant->number, "party", grant->party, "may",
                              party_right_text(grant->may), "from",
                              civil_format_date(grant->from, from), "until", until, "actor",
                              call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    if (grant->case_id[0]) {
        json_object_set_new(event, "case", json_string(grant->case_id));
        json_object_set_new(call->result, "case", json_string(grant->case_id));
    }
    json_object_set_new(call->result, "id", json_string(grant->person));
    json_object_set_new(call->result, "number", json_integer((json_int_t)number));
    json_object_set_new(call->result, "party", json_string(grant->party));
    json_object_set_new(call->result, "may", json_string(party_right_text(grant->may)));
    return ledger_tell(call->app, kind, event, call->detail);
}

/* Appends it, and gives it the number that it got. */
static int append(struct call *call, struct store_grant *grant, struct arena *arena)
{
    struct store_grant *grants;
    size_t count;
    grant->made_at = clock_wall(&call->app->clock);
    grant->made_by = call->actor.id;
    int result = store_grant_append(call->app->store, grant);
    if (result >= 0)
        result = store_grant_list(call->app->store, grant->person, arena, &grants, &count);
    if (result < 0)
        return failed(call->app, result, call->detail);
    grant->number = grants[count - 1].number;
    return 0;
}

/* G8: the argument "case", of which the party was told. In the same words of one that is not there,
 * is another party's, or was not told yet. */
static int read_case(struct call *call, struct store_grant *grant, struct arena *arena)
{
    struct store_case record;
    const char *id = json_text(call->arguments, "case");
    grant->case_id = id ? id : "";
    if (!id)
        return 0;
    int result = store_case_find(call->app->store, id, arena, &record);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(call->app, result, call->detail);
    if (result < 0 || strcmp(record.party, grant->party) != 0 || !record.told_at)
        return error_set(call->detail, ERR_REFUSED, "%s was told of no case '%.64s'", grant->party,
                         id);
    return grant->may < PARTY_RIGHT_DELEGATE
               ? 0
               : error_set(call->detail, ERR_REFUSED,
                           "for one case somebody may read or answer, and delegates nothing");
}

/* user.grant.add {id, party, case, may, from, until}; own.delegate is the same of who is no
 * administrator. Their names differ because the staff door takes the second alone. */
int user_grant_add(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_grant grant = {.of_person = ""};
    struct store_user user;
    struct party party;
    bool delegated = !(call->actor.roles & ROLE_ADMINISTRATOR);
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "party", &grant.party);
    if (result >= 0)
        result = read_right(call, &grant.may);
    if (result >= 0)
        result = read_days(call, &grant);
    if (result >= 0)
        result = delegated ? take_source(call, &grant, &arena)
                           : app_find_party(call->app, grant.party, &arena, &party, call->detail);
    if (result >= 0)
        result = read_case(call, &grant, &arena);
    if (result >= 0)
        result = find_receiver(call, &grant, &arena, &user);
    if (result < 0)
        return result;
    grant.person = user.id;
    result = check_single(call, &grant, &arena);
    if (result >= 0 && delegated)
        result = check_amount(call, &grant, &arena);
    if (result >= 0)
        result = append(call, &grant, &arena);
    return result < 0 ? result : tell(call, "grant-added", &grant, &arena);
}

/* G2: to who may not delegate for the party of a grant, it is not there. */
static int check_revoker(struct call *call, const struct store_grant *grant, struct arena *arena)
{
    struct store_grant own;
    if (call->actor.roles & ROLE_ADMINISTRATOR)
        return 0;
    const struct grant_wanted wanted = {call->actor.id, grant->party, NULL, PARTY_RIGHT_DELEGATE};
    int result = grant_need(call->app, &wanted, arena, &own, /* detail= */ NULL);
    if (result < 0)
        return result == ERR_DENIED ? ERR_NOT_FOUND : result;
    return grant->of_number ? 0
                            : error_set(call->detail, ERR_DENIED,
                                        "an administrator gave this, and takes it back");
}

/* user.grant.revoke {id, number, party}, own.revoke: worth nothing from now on, and whatever was
 * delegated by it. `party` may be left out; otherwise it has to be that of the grant. */
int user_grant_revoke(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_grant grant = {.party = ""};
    const char *id;
    int64_t number = json_number(call->arguments, "number", 0);
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "id", &id);
    if (result < 0)
        return result;
    const char *text = json_text(call->arguments, "number");
    if (text && text_parse_int(text, 1, UINT32_MAX, &number) < 0)
        number = 0;
    result = find_numbered(call, id, number, &arena, &grant);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(call->app, result, call->detail);
    if (result >= 0)
        result = check_revoker(call, &grant, &arena);
    if (result >= 0)
        result = store_grant_revoke(call->app->store, id, grant.number,
                                    clock_wall(&call->app->clock), call->actor.id);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "%s has no grant %lld that was not revoked", id,
                         (long long)number);
    return result < 0 ? result : tell(call, "grant-revoked", &grant, &arena);
}
