#include "store/letter.h"

#include "base/text.h"
#include "store/statement.h"

#include <string.h>

static const char *const state_texts[] = {
#define E(name, text) text,
    LETTER_STATE_LIST(E)
#undef E
};

const char *letter_state_text(enum letter_state state)
{
    return state_texts[state];
}

int letter_state_parse(const char *text, enum letter_state *ret_state)
{
    int state = text_index(state_texts, LETTER_STATE_COUNT, text);
    if (state < 0)
        return ERR_SYNTAX;
    *ret_state = (enum letter_state)state;
    return 0;
}

static int check_bytes(struct store *store, const struct store_letter *letter)
{
    struct digest digest = digest_of(letter->bytes.data, letter->bytes.size);
    if (!digest_equal(&digest, &letter->sha256))
        return store_fail(store, ERR_DAMAGED, "letter %s: bytes do not have their SHA-256",
                          letter->id);
    return 0;
}

int store_letter_put(struct store *store, const struct store_letter *letter)
{
    int result = check_bytes(store, letter);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_LETTER_PUT,
                        VALUES(value_text(letter->id), value_text(letter->case_id),
                               value_text(letter->kind), value_text(letter->message_id),
                               value_text(letter->recipient), value_text(letter->subject),
                               value_text(letter->drafted_by), value_digest(&letter->sha256),
                               value_text(letter_state_text(letter->state)),
                               value_int(letter->created_at), value_int(letter->updated_at),
                               value_bytes(letter->bytes.data, letter->bytes.size)));
}

int store_letter_edit(struct store *store, const struct store_letter *letter)
{
    int result = check_bytes(store, letter);
    if (result < 0)
        return result;
    return store_change(store, STATEMENT_LETTER_EDIT,
                        VALUES(value_text(letter->id), value_text(letter->recipient),
                               value_text(letter->subject), value_text(letter->drafted_by),
                               value_digest(&letter->sha256), value_int(letter->updated_at),
                               value_bytes(letter->bytes.data, letter->bytes.size)));
}

int store_letter_set_state(struct store *store, const char *id, enum letter_state state, int64_t at)
{
    return store_change(
        store, STATEMENT_LETTER_SET_STATE,
        VALUES(value_text(id), value_text(letter_state_text(state)), value_int(at)));
}

static void read_letter(struct query *query, struct arena *arena, void *item)
{
    struct store_letter *letter = item;
    *letter = (struct store_letter){.id = query_text(query, 0, arena),
                                    .case_id = query_text(query, 1, arena),
                                    .kind = query_text(query, 2, arena),
                                    .message_id = query_text(query, 3, arena),
                                    .recipient = query_text(query, 4, arena),
                                    .subject = query_text(query, 5, arena),
                                    .drafted_by = query_text(query, 6, arena),
                                    .sha256 = query_digest(query, 7),
                                    .created_at = query_int(query, 9),
                                    .updated_at = query_int(query, 10),
                                    .bytes = query_bytes(query, 11, arena)};
    if (letter_state_parse(query_text(query, 8, arena), &letter->state) < 0)
        query_fail(query, ERR_DAMAGED);
}

static int find_letter(struct store *store, enum statement_name name, const char *key,
                       struct arena *arena, struct store_letter *ret_letter)
{
    struct store_letter letter;
    const struct reading reading = {name, read_letter, sizeof letter, VALUES(value_text(key))};
    int result = store_read_one(store, &reading, arena, &letter);
    if (result >= 0)
        result = check_bytes(store, &letter);
    if (result >= 0)
        *ret_letter = letter;
    return result;
}

int store_letter_find(struct store *store, const char *id, struct arena *arena,
                      struct store_letter *ret_letter)
{
    return find_letter(store, STATEMENT_LETTER_FIND, id, arena, ret_letter);
}

int store_letter_find_bytes(struct store *store, const char *case_id, const struct digest *sha256,
                            struct arena *arena, struct store_letter *ret_letter)
{
    const struct reading reading = {STATEMENT_LETTER_FIND_BYTES, read_letter, sizeof *ret_letter,
                                    VALUES(value_text(case_id), value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_letter);
}

int store_letter_count(struct store *store, const char *case_id, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_LETTER_COUNT, VALUES(value_text(case_id)), ret_count);
}

int store_letter_find_message(struct store *store, const char *message_id, struct arena *arena,
                              struct store_letter *ret_letter)
{
    return find_letter(store, STATEMENT_LETTER_FIND_MESSAGE, message_id, arena, ret_letter);
}

static enum statement_name letter_list_statement(const struct store_letter_query *query)
{
    if (query->case_id && *query->case_id)
        return STATEMENT_LETTER_LIST_OF_CASE;
    if (!query->state || !*query->state)
        return STATEMENT_LETTER_LIST;
    return strcmp(query->state, letter_state_text(LETTER_STATE_SENT)) == 0
               ? STATEMENT_LETTER_LIST_SENT
               : STATEMENT_LETTER_LIST_OF_STATE;
}

int store_letter_list(struct store *store, const struct store_letter_query *query,
                      struct arena *arena, struct store_letter **ret_letters, size_t *ret_count)
{
    const struct reading reading = {letter_list_statement(query), read_letter, sizeof **ret_letters,
                                    VALUES(value_optional(query->state), value_text(query->after),
                                           value_limit(query->limit),
                                           value_optional(query->case_id))};
    return store_read_all(store, &reading, arena, ret_letters, ret_count);
}

/* --- approvals --- */

int store_approval_put(struct store *store, const struct store_approval *approval)
{
    return store_change(store, STATEMENT_APPROVAL_PUT,
                        VALUES(value_text(approval->letter), value_digest(&approval->sha256),
                               value_text(approval->approver), value_int(approval->at)));
}

static void read_approval(struct query *query, struct arena *arena, void *item)
{
    *(struct store_approval *)item =
        (struct store_approval){.letter = query_text(query, 0, arena),
                                .sha256 = query_digest(query, 1),
                                .approver = query_text(query, 2, arena),
                                .at = query_int(query, 3)};
}

int store_approval_list(struct store *store, const char *letter, struct arena *arena,
                        struct store_approval **ret_approvals, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_APPROVAL_LIST, read_approval, sizeof **ret_approvals,
                                    VALUES(value_text(letter), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_approvals, ret_count);
}
