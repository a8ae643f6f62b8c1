#include "app/letters/reader.h"

#include "app/command_list.h"
#include "app/known.h"
#include "app/publish/ledger.h"
#include "rulebook/rulebook.h"
#include "store/letter.h"
#include "store/party.h"

#include <string.h>

/* One thing that is known of a reader. */
struct trait {
    const char *key, *kind, *words; /* in call and answer; in the log; where the store fails */
    int (*put)(struct store *store, const char *party, const char *value);
};

/* What is known of the party that the command names from now on: the event and the answer are
 * {party, KEY}, the event with who said so. */
static int set(struct call *call, const struct trait *trait, const char *value)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct party party;
    const char *id;
    arena_init(&arena, 1 << 20);
    int result = call_need_text(call, "party", &id);
    if (result >= 0)
        result = app_find_party(call->app, id, &arena, &party, call->detail);
    if (result < 0)
        return result;
    result = trait->put(call->app->store, id, value);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, trait->words);
    json_object_set_new(call->result, "party", json_string(id));
    json_object_set_new(call->result, trait->key, json_string(value));
    return ledger_tell(
        call->app, trait->kind,
        json_pack("{s:s, s:s, s:s}", "party", id, trait->key, value, "actor", call->actor.id),
        call->detail);
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

/* party.language {party, language} */
int party_language(struct call *call)
{
    static const struct trait trait = {"language", "party-language", "language of a party",
                                       store_party_language_put};
    const char *language;
    int result = call_need_text(call, "language", &language);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    if (!is_language(call->app->rulebook, language))
        return error_set(call->detail, ERR_REFUSED, "the rulebook has no letters in '%s'",
                         language);
    return set(call, &trait, language);
}

/* --- time zone: for its working hours, never for a deadline --- */

/* party.zone {party, zone} */
int party_zone(struct call *call)
{
    static const struct trait trait = {"zone", "party-zone", "time zone of a party",
                                       store_party_zone_put};
    const char *name;
    struct zone *zone;
    int result = call_need_text(call, "zone", &name);
    if (result < 0)
        return result;
    if (zone_load(/* directory= */ NULL, name, &zone, /* detail= */ NULL) < 0)
        return error_set(call->detail, ERR_REFUSED,
                         "the time-zone database of this machine has no '%s'; names are such as "
                         "'Asia/Tokyo'",
                         name);
    zone_free(zone);
    return set(call, &trait, name);
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
