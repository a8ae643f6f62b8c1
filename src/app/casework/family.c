#include "app/casework/family.h"

#include "app/argument.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "base/civil.h"
#include "store/party.h"

#include <string.h>

enum { ARENA_MAX = 4 << 20 };

int family_find(struct app *app, const char *party, int32_t day, struct arena *arena,
                struct store_family_member *ret_member, struct error_detail *detail)
{
    struct store_family_member *members;
    size_t count;
    int result = store_family_list_of_party(app->store, party, arena, &members, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "families of a party");
    for (size_t i = 0; i < count; i++) {
        if (members[i].from <= day && day < members[i].until) {
            *ret_member = members[i];
            return 1;
        }
    }
    return 0;
}

int family_list_others(struct app *app, const struct store_family_member *member,
                       struct arena *arena, struct store_family_member **ret_others,
                       size_t *ret_count, struct error_detail *detail)
{
    struct store_family_member *members;
    size_t count, kept = 0;
    int result = store_family_list(app->store, member->family, arena, &members, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "members of a family");
    for (size_t i = 0; i < count; i++) {
        struct store_family_member other = members[i];
        if (other.from < member->from)
            other.from = member->from;
        if (other.until > member->until)
            other.until = member->until;
        if (strcmp(other.party, member->party) != 0 && other.from < other.until)
            members[kept++] = other;
    }
    *ret_others = members;
    *ret_count = kept;
    return 0;
}

/* --- the command --- */

static int take_family(struct call *call, const char **ret_family)
{
    const char *family;
    int result = call_need_text(call, "family", &family);
    if (result < 0)
        return result;
    size_t size = strlen(family);
    if (size < 1 || size > FAMILY_NAME_MAX ||
        strspn(family, "abcdefghijklmnopqrstuvwxyz0123456789-") != size)
        return error_set(call->detail, ERR_SYNTAX,
                         "'%s': the name of a family has 1 to %d of a-z, 0-9 and '-'", family,
                         FAMILY_NAME_MAX);
    *ret_family = family;
    return 0;
}

static int take_days(struct call *call, struct store_family_member *member)
{
    int result =
        argument_day(call->arguments, "from", law_today(call->app), &member->from, call->detail);
    if (result >= 0)
        result =
            argument_day(call->arguments, "until", CIVIL_FAR_FUTURE, &member->until, call->detail);
    if (result < 0 || member->until >= member->from)
        return result;
    return error_set(call->detail, ERR_SYNTAX,
                     "a party leaves a family after it joined; --until is the first day without");
}

/* On no day does a party belong to two families, or twice to one. What began on the same day is the
 * record that this one puts right. */
static int check_alone(struct call *call, const struct store_family_member *member,
                       struct arena *arena)
{
    struct store_family_member *others;
    size_t count;
    char from[CIVIL_DATE_TEXT];
    int result =
        store_family_list_of_party(call->app->store, member->party, arena, &others, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "families of a party");
    for (size_t i = 0; i < count; i++) {
        const struct store_family_member *other = &others[i];
        if (other->from == member->from || other->until <= member->from ||
            member->until <= other->from || other->from == other->until)
            continue;
        return error_set(call->detail, ERR_REFUSED,
                         "%s belongs to the family '%s' from %s on; give that an end first",
                         member->party, other->family, civil_format_date(other->from, from));
    }
    return 0;
}

/* The log learns what was said, with its days: that companies belong together is no personal data,
 * and nobody reads an entry without its opening, which no bundle carries. */
static int keep(struct call *call, const struct store_family_member *member)
{
    char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT];
    json_t *fields JSON_CLEANUP = json_pack(
        "{s:s, s:s, s:s, s:s?}", "party", member->party, "family", member->family, "from",
        civil_format_date(member->from, from), "until",
        member->until == CIVIL_FAR_FUTURE ? NULL : civil_format_date(member->until, until));
    if (!fields || json_object_update(call->result, fields) < 0)
        return ERR_NO_MEMORY;
    json_object_set_new(fields, "actor", json_string(call->actor.id));
    json_object_set_new(fields, "at", json_integer(clock_wall(&call->app->clock)));
    int result = store_family_put(call->app->store, member);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "family of a party");
    return ledger_commit(call->app, "party-family", fields, NULL, call->detail);
}

/* party.family {party, family, from, until}: from `from` (else today) on, until `until` (else until
 * something else is said). A record of the same party and first day takes the place of the last. */
int party_family(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_family_member member = {0};
    struct party party;
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "party", &member.party);
    if (result >= 0)
        result = app_find_party(call->app, member.party, &arena, &party, call->detail);
    if (result >= 0)
        result = take_family(call, &member.family);
    if (result >= 0)
        result = take_days(call, &member);
    if (result >= 0)
        result = check_alone(call, &member, &arena);
    return result < 0 ? result : keep(call, &member);
}
