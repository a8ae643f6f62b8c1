/* Steps that wait for a second person, for the worklist and the page of their case. */
#include "app/query/desk.h"

#include "app/casework/proposal.h"
#include "app/command.h"

/* 0, or why this person may not agree now. */
static int may_agree(const struct casefile *file, const struct store_proposal *proposal,
                     const struct actor *actor, struct error_detail *detail)
{
    const struct command *command = command_find("case.agree");
    if (!command || !(command->roles & actor->roles))
        return error_set(detail, ERR_DENIED, "Agreeing is for the role approver.");
    int result = command_check_second(actor, proposal->event.at, "the proposal", detail);
    return result < 0 ? result : proposal_try(file, proposal, actor->id, detail);
}

static int add_proposal(struct query_call *call, const struct store_proposal *proposal,
                        const struct actor *actor, json_t *list)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail why = {0};
    char hex[DIGEST_HEX];
    int result = casefile_open(call->app, proposal->event.case_id, &file, call->detail);
    if (result < 0)
        return result;
    bool can_agree = may_agree(&file, proposal, actor, &why) >= 0;
    json_t *row = json_object();
    desk_put(row, "sha256", digest_format(&proposal->sha256, hex));
    desk_put(row, "case", file.record.id);
    desk_put(row, "party_name", desk_party_name(call, file.record.party));
    desk_put(row, "step", proposal_words(proposal, call->arena));
    desk_put(row, "reason", proposal->event.reason);
    desk_put(row, "proposed_by", proposal->event.actor);
    desk_put(row, "why_not", why.text);
    json_object_set_new(row, "can_agree", json_boolean(can_agree));
    json_object_set_new(row, "at", query_instant(proposal->event.at));
    json_array_append_new(list, row);
    return 0;
}

int desk_put_proposals(struct query_call *call, const char *case_id, const struct actor *actor)
{
    struct store_proposal *proposals;
    size_t count;
    json_t *list = json_array();
    const struct store_proposal_query query = {.case_id = case_id, .waiting_only = true};
    json_object_set_new(call->result, "proposals", list);
    int result = store_proposal_list(call->app->store, &query, call->arena, &proposals, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposals");
    for (size_t i = 0; i < count && i < DESK_ITEMS_MAX && result >= 0; i++)
        result = add_proposal(call, &proposals[i], actor, list);
    return result;
}
