/* In which languages letters are, and for whom: versions beside the record, language and time zone
 * of a party, who complained. */
#include "store/letter.h"
#include "store/statement.h"

static int check_version(struct store *store, const struct store_letter_version *version)
{
    struct digest digest = digest_of(version->bytes.data, version->bytes.size);
    if (digest_equal(&digest, &version->sha256))
        return 0;
    return store_fail(store, ERR_DAMAGED, "letter %s in '%s': bytes do not have their SHA-256",
                      version->letter, version->language);
}

int store_letter_version_put(struct store *store, const struct store_letter_version *version)
{
    int result = check_version(store, version);
    return result < 0
               ? result
               : store_change(store, STATEMENT_LETTER_VERSION_PUT,
                              VALUES(value_text(version->letter), value_text(version->language),
                                     value_digest(&version->sha256),
                                     value_bytes(version->bytes.data, version->bytes.size)));
}

static void read_version(struct query *query, struct arena *arena, void *item)
{
    *(struct store_letter_version *)item =
        (struct store_letter_version){.letter = query_text(query, 0, arena),
                                      .language = query_text(query, 1, arena),
                                      .sha256 = query_digest(query, 2),
                                      .bytes = query_bytes(query, 3, arena)};
}

int store_letter_version_list(struct store *store, const char *letter, struct arena *arena,
                              struct store_letter_version **ret_versions, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_LETTER_VERSION_LIST, read_version,
                                    sizeof **ret_versions,
                                    VALUES(value_text(letter), value_limit(0))};
    int result = store_read_all(store, &reading, arena, ret_versions, ret_count);
    for (size_t i = 0; result >= 0 && i < *ret_count; i++)
        result = check_version(store, &(*ret_versions)[i]);
    return result;
}

int store_party_language_put(struct store *store, const char *party, const char *language)
{
    return store_change(store, STATEMENT_PARTY_LANGUAGE_PUT,
                        VALUES(value_text(party), value_text(language)));
}

/* Of what one word says of a party. */
static void read_word(struct query *query, struct arena *arena, void *item)
{
    *(const char **)item = query_text(query, 0, arena);
}

int store_party_language_find(struct store *store, const char *party, struct arena *arena,
                              const char **ret_language)
{
    const struct reading reading = {STATEMENT_PARTY_LANGUAGE_FIND, read_word, sizeof *ret_language,
                                    VALUES(value_text(party))};
    return store_read_one(store, &reading, arena, ret_language);
}

int store_party_zone_put(struct store *store, const char *party, const char *zone)
{
    return store_change(store, STATEMENT_PARTY_ZONE_PUT,
                        VALUES(value_text(party), value_text(zone)));
}

int store_party_zone_find(struct store *store, const char *party, struct arena *arena,
                          const char **ret_zone)
{
    const struct reading reading = {STATEMENT_PARTY_ZONE_FIND, read_word, sizeof *ret_zone,
                                    VALUES(value_text(party))};
    return store_read_one(store, &reading, arena, ret_zone);
}

int store_complainant_put(struct store *store, const struct store_complainant *complainant)
{
    return store_change(store, STATEMENT_COMPLAINANT_PUT,
                        VALUES(value_text(complainant->case_id), value_text(complainant->email),
                               value_text(complainant->language), value_int(complainant->added_at),
                               value_text(complainant->added_by)));
}

static void read_complainant(struct query *query, struct arena *arena, void *item)
{
    *(struct store_complainant *)item =
        (struct store_complainant){.case_id = query_text(query, 0, arena),
                                   .email = query_text(query, 1, arena),
                                   .language = query_text(query, 2, arena),
                                   .added_at = query_int(query, 3),
                                   .added_by = query_text(query, 4, arena)};
}

int store_complainant_find(struct store *store, const char *case_id, struct arena *arena,
                           struct store_complainant *ret_complainant)
{
    const struct reading reading = {STATEMENT_COMPLAINANT_FIND, read_complainant,
                                    sizeof *ret_complainant, VALUES(value_text(case_id))};
    return store_read_one(store, &reading, arena, ret_complainant);
}
