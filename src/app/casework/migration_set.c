/* Many proposals to go over at once: what waits, what of it grew stale, and one word of a second
 * person for all of them. */
#include "app/casework/migration.h"

#include "app/casework/proposal.h"
#include "app/command_list.h"
#include "app/query.h"

#include <string.h>

int migration_check_version(const struct app *app, const struct case_step *step,
                            struct error_detail *detail)
{
    const char *in_force = app->rulebook ? app->rulebook->digest_text : "none";
    if (strcmp(step->object, in_force) == 0)
        return 0;
    return error_set(detail, ERR_REFUSED,
                     "it was proposed for the version %s; the version in force is %s", step->object,
                     in_force);
}

int migration_waiting(struct app *app, const struct store_proposal *proposal, json_t **ret_row,
                      struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step step;
    struct error_detail why = {0};
    char hex[DIGEST_HEX];
    int result = casefile_open(app, proposal->event.case_id, &file, detail);
    if (result >= 0)
        result = proposal_step(proposal, /* second= */ "", &step, detail);
    if (result < 0)
        return result;
    int stale = migration_check_version(app, &step, &why);
    if (stale >= 0)
        stale = proposal_try(&file, proposal, /* second= */ "", &why);
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "case", file.record.id, "proposal",
                            digest_format(&proposal->sha256, hex), "version", step.object, "actor",
                            proposal->event.actor, "stale", stale < 0, "why", why.text);
    json_object_set_new(row, "at", query_instant(proposal->event.at));
    *ret_row = row;
    return row ? 0 : ERR_NO_MEMORY;
}

/* As `case agree` of the same person, by the same checks. The rules refuse a step before it writes
 * anything but news that was held back, so what is refused stops no other. */
static int agree_one(struct call *all, const struct store_proposal *proposal)
{
    char hex[DIGEST_HEX];
    struct error_detail why = {0};
    struct call one = *all;
    json_t *told JSON_CLEANUP = json_object();
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "case", proposal->event.case_id,
                                               "proposal", digest_format(&proposal->sha256, hex));
    if (!arguments || !told)
        return ERR_NO_MEMORY;
    one.arguments = arguments;
    one.result = told;
    one.detail = &why;
    int result = case_agree(&one);
    if (result < 0 && result != ERR_REFUSED && result != ERR_CONFLICT) {
        if (all->detail)
            *all->detail = why;
        return result;
    }
    json_array_append_new(json_object_get(all->result, "cases"),
                          json_pack("{s:s, s:s, s:b, s:s}", "case", proposal->event.case_id,
                                    "proposal", hex, "agreed", result >= 0, "why",
                                    result >= 0 ? "" : why.text));
    return 0;
}

/* rulebook.agree {version}: agrees to every migration that waits, as far as each may be taken. Who
 * agrees names the version, so that none is agreed to which came into force since they looked. */
int rulebook_agree(struct call *call)
{
    const struct store_proposal_query query = {.waiting_only = true};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_proposal *proposals;
    const char *version;
    size_t count;
    arena_init(&arena, CASEFILE_ARENA_MAX);
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = call_need_text(call, "version", &version);
    if (result < 0)
        return result;
    if (strcmp(version, call->app->rulebook->digest_text) != 0)
        return error_set(call->detail, ERR_REFUSED, "the version in force is %s",
                         call->app->rulebook->digest_text);
    json_object_set_new(call->result, "version", json_string(version));
    json_object_set_new(call->result, "cases", json_array());
    result = store_proposal_list(call->app->store, &query, &arena, &proposals, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposals");
    for (size_t i = 0; i < count && result >= 0; i++) {
        if (proposals[i].event.type == CASE_RULES_MIGRATED)
            result = agree_one(call, &proposals[i]);
    }
    return result;
}
