#include "app/letters/reader.h"

#include "app/command_list.h"
#include "app/known.h"
#include "app/publish/ledger.h"
#include "rulebook/rulebook.h"
#include "store/letter.h"
#include "store/party.h"

#include <string.h>

/* The party that the command names. */
static int need_party(struct call *call, struct arena *arena, struct party *ret_party)
{
    const char *id;
    int result = call_need_text(call, "party", &id);
    return result < 0 ? result : app_find_party(call->app, id, arena, ret_party, call->detail);
}

/* What is known from now on: the event and the answer are {party, WHAT}, the event with who said
 * so.
 */
static int tell(struct call *call, const char *kind, const char *party, const char *what,
                const char *value)
{
    json_object_set_new(call->result, "party", json_string(party));
    json_object_set_new(call->result, what, json_string(value));
    json_t *event =
        json_pack("{s:s, s:s, s:s}", "party", party, what, value, "actor", call->actor.id);
    return ledger_tell(call->app, kind, event, call->detail);
}

/* --- language: the authority's version governs all the same --- */

static bool is_language(const struct rulebook *rulebook, const char *language)
{
    for (size_t i = 0; i < rulebook->language_count; i++) {
        if (strcmp(rulebook->languages[i], language) == 0)
            return true;
    }
    return false;
}

static int set_language(struct call *call, const char *language, struct arena *arena)
{
    struct party party;
    int result = need_party(call, arena, &party);
    if (result < 0)
        return result;
    result = store_party_language_put(call->app->store, party.id, language);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "language of a party")
                      : tell(call, "party-language", party.id, "language", language);
}

/* party.language {party, language} */
int party_language(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *language;
    arena_init(&arena, 1 << 20);
    int result = call_need_text(call, "language", &language);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    if (!is_language(call->app->rulebook, language))
        return error_set(call->detail, ERR_REFUSED, "the rulebook has no letters in '%s'",
                         language);
    return set_language(call, language, &arena);
}

/* --- time zone: for its working hours, never for a deadline --- */

static int set_zone(struct call *call, const char *zone, struct arena *arena)
{
    struct party party;
    int result = need_party(call, arena, &party);
    if (result < 0)
        return result;
    result = store_party_zone_put(call->app->store, party.id, zone);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "time zone of a party")
                      : tell(call, "party-zone", party.id, "zone", zone);
}

/* party.zone {party, zone} */
int party_zone(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *name;
    struct zone *zone;
    arena_init(&arena, 1 << 20);
    int result = call_need_text(call, "zone", &name);
    if (result < 0)
        return result;
    if (zone_load(/* directory= */ NULL, name, &zone, /* detail= */ NULL) < 0)
        return error_set(call->detail, ERR_REFUSED,
                         "the time-zone database of this machine has no '%s'; names are such as "
                         "'Asia/Tokyo'",
                         name);
    zone_free(zone);
    return set_zone(call, name, &arena);
}

int reader_zone(struct app *app, const char *party, struct zone **ret_zone,
                struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *name;
    arena_init(&arena, 1 << 20);
    int result = store_party_zone_find(app->store, party, &arena, &name);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "time zone of a party");
    return zone_load(/* directory= */ NULL, name, ret_zone, /* detail= */ NULL) < 0 ? 0 : 1;
}
