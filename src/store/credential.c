#include "store/credential.h"

#include "store/statement.h"

int store_credential_put(struct store *store, const struct store_credential *credential)
{
    return store_change(store, STATEMENT_CREDENTIAL_PUT,
                        VALUES(value_text(credential->person),
                               value_bytes(credential->salt.data, credential->salt.size),
                               value_int(credential->passes), value_int(credential->memory_kib),
                               value_digest(&credential->verifier),
                               value_bytes(credential->factor.data, credential->factor.size),
                               value_int(credential->used_step), value_int(credential->set_at)));
}

static void read_credential(struct query *query, struct arena *arena, void *item)
{
    *(struct store_credential *)item =
        (struct store_credential){.person = query_text(query, 0, arena),
                                  .salt = query_bytes(query, 1, arena),
                                  .passes = (uint32_t)query_int(query, 2),
                                  .memory_kib = (uint32_t)query_int(query, 3),
                                  .verifier = query_digest(query, 4),
                                  .factor = query_bytes(query, 5, arena),
                                  .used_step = query_int(query, 6),
                                  .set_at = query_int(query, 7)};
}

int store_credential_find(struct store *store, const char *person, struct arena *arena,
                          struct store_credential *ret_credential)
{
    const struct reading reading = {STATEMENT_CREDENTIAL_FIND, read_credential,
                                    sizeof *ret_credential, VALUES(value_text(person))};
    return store_read_one(store, &reading, arena, ret_credential);
}

int store_credential_use(struct store *store, const char *person, int64_t step)
{
    return store_change(store, STATEMENT_CREDENTIAL_USE,
                        VALUES(value_text(person), value_int(step)));
}

int store_credential_delete(struct store *store, const char *person)
{
    return store_run(store, STATEMENT_CREDENTIAL_DELETE, VALUES(value_text(person)));
}
