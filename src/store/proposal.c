#include "base/text.h"
#include "store/case.h"
#include "store/statement.h"

static const char *const state_texts[] = {
#define E(name, text) text,
    PROPOSAL_STATE_LIST(E)
#undef E
};

const char *proposal_state_text(enum proposal_state state)
{
    return state_texts[state];
}

int store_proposal_put(struct store *store, const struct store_proposal *proposal)
{
    const struct case_event *event = &proposal->event;
    struct value opening;
    int result = store_opening_value(store, &proposal->entry, &opening);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_PROPOSAL_PUT,
                        VALUES(value_digest(&proposal->sha256), value_text(event->case_id),
                               value_int(event->seq), value_text(case_event_text(event->type)),
                               value_int(event->version), value_int(event->at),
                               value_text(event->actor), value_text(event->actor_role),
                               value_text(event->reason), value_text(event->data),
                               value_digest(&proposal->entry), opening));
}

int store_proposal_settle(struct store *store, const struct store_proposal *proposal)
{
    return store_change(store, STATEMENT_PROPOSAL_SETTLE,
                        VALUES(value_digest(&proposal->sha256),
                               value_text(proposal_state_text(proposal->state)),
                               value_int(proposal->settled_at), value_text(proposal->settled_by)));
}

static void read_proposal(struct query *query, struct arena *arena, void *item)
{
    struct store_proposal *record = item;
    int state = text_index(state_texts, PROPOSAL_STATE_COUNT, query_text(query, 11, arena));
    *record = (struct store_proposal){.sha256 = query_digest(query, 0),
                                      .event = {.case_id = query_text(query, 1, arena),
                                                .seq = (uint32_t)query_int(query, 2),
                                                .version = (int)query_int(query, 4),
                                                .at = query_int(query, 5),
                                                .actor = query_text(query, 6, arena),
                                                .actor_role = query_text(query, 7, arena),
                                                .reason = query_text(query, 8, arena),
                                                .data = query_text(query, 9, arena)},
                                      .entry = query_digest(query, 10),
                                      .settled_at = query_int(query, 12),
                                      .settled_by = query_text(query, 13, arena)};
    if (state < 0 || case_event_parse(query_text(query, 3, arena), &record->event.type) < 0)
        query_fail(query, ERR_DAMAGED);
    else
        record->state = (enum proposal_state)state;
}

int store_proposal_find(struct store *store, const char *case_id, const struct digest *sha256,
                        struct arena *arena, struct store_proposal *ret_proposal)
{
    const struct reading reading = {STATEMENT_PROPOSAL_FIND, read_proposal, sizeof *ret_proposal,
                                    VALUES(value_text(case_id), value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_proposal);
}

int store_proposal_list(struct store *store, const struct store_proposal_query *query,
                        struct arena *arena, struct store_proposal **ret_proposals,
                        size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PROPOSAL_LIST, read_proposal, sizeof **ret_proposals,
                                    VALUES(value_optional(query->case_id),
                                           value_int(query->waiting_only),
                                           value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_proposals, ret_count);
}
