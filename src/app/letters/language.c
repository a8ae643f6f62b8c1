/* party.language: in which language a party reads. The authority's version governs all the same. */
#include "app/command_list.h"
#include "app/known.h"
#include "app/publish/ledger.h"
#include "rulebook/rulebook.h"
#include "store/letter.h"
#include "store/party.h"

#include <string.h>

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
    struct arena arena ARENA_CLEANUP = {0};
    struct party party;
    const char *id, *language;
    arena_init(&arena, 1 << 20);
    int result = call_need_text(call, "party", &id);
    if (result >= 0)
        result = call_need_text(call, "language", &language);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    if (!is_language(call->app->rulebook, language))
        return error_set(call->detail, ERR_REFUSED, "the rulebook has no letters in '%s'",
                         language);
    result = app_find_party(call->app, id, &arena, &party, call->detail);
    if (result < 0)
        return result;
    result = store_party_language_put(call->app->store, id, language);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "language of a party");
    json_object_set_new(call->result, "party", json_string(id));
    json_object_set_new(call->result, "language", json_string(language));
    json_t *event JSON_CLEANUP =
        json_pack("{s:s, s:s, s:s}", "party", id, "language", language, "actor", call->actor.id);
    return event ? ledger_commit(call->app, "party-language", event, NULL, call->detail)
                 : ERR_NO_MEMORY;
}
