#include "store/session.h"

#include "store/statement.h"

int store_session_append(struct store *store, const struct store_session *session)
{
    return store_change(store, STATEMENT_SESSION_APPEND,
                        VALUES(value_text(session->id), value_digest(&session->sha256),
                               value_text(session->person), value_int(session->token),
                               value_int(session->begun_at), value_int(session->seen_at),
                               value_text(session->address)));
}

static void read_session(struct query *query, struct arena *arena, void *item)
{
    *(struct store_session *)item = (struct store_session){.id = query_text(query, 0, arena),
                                                           .sha256 = query_digest(query, 1),
                                                           .person = query_text(query, 2, arena),
                                                           .token = (uint32_t)query_int(query, 3),
                                                           .begun_at = query_int(query, 4),
                                                           .seen_at = query_int(query, 5),
                                                           .address = query_text(query, 6, arena)};
}

int store_session_find(struct store *store, const struct digest *sha256, struct arena *arena,
                       struct store_session *ret_session)
{
    const struct reading reading = {STATEMENT_SESSION_FIND, read_session, sizeof *ret_session,
                                    VALUES(value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_session);
}

int store_session_get(struct store *store, const char *id, struct arena *arena,
                      struct store_session *ret_session)
{
    const struct reading reading = {STATEMENT_SESSION_GET, read_session, sizeof *ret_session,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_session);
}

int store_session_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                       struct store_session **ret_sessions, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_SESSION_LIST, read_session, sizeof **ret_sessions,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_sessions, ret_count);
}

int store_session_list_person(struct store *store, const char *person, struct arena *arena,
                              struct store_session **ret_sessions, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_SESSION_LIST_PERSON, read_session,
                                    sizeof **ret_sessions,
                                    VALUES(value_text(person), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_sessions, ret_count);
}

int store_session_seen(struct store *store, const char *id, int64_t at)
{
    return store_change(store, STATEMENT_SESSION_SEEN, VALUES(value_text(id), value_int(at)));
}

int store_session_delete(struct store *store, const char *id)
{
    return store_run(store, STATEMENT_SESSION_DELETE, VALUES(value_text(id)));
}

int store_session_delete_person(struct store *store, const char *person)
{
    return store_run(store, STATEMENT_SESSION_DELETE_PERSON, VALUES(value_text(person)));
}

int store_session_delete_over(struct store *store, int64_t begun_by, int64_t seen_by)
{
    int begun = store_run(store, STATEMENT_SESSION_DELETE_BEGUN, VALUES(value_int(begun_by)));
    int seen =
        begun < 0 ? 0 : store_run(store, STATEMENT_SESSION_DELETE_SEEN, VALUES(value_int(seen_by)));
    return begun < 0 ? begun : seen < 0 ? seen : begun + seen;
}
