#include "store/evidence.h"
#include "store/statement.h"

#include <string.h>

enum { EXCHANGES_TEXT_MAX = 1 << 20, TEXTS_MAX = 256 * 1024 };

/* --- writing --- */

static int put_evidence(struct store *store, const char *id,
                        const struct finding_evidence *evidence)
{
    struct buffer exchanges BUFFER_CLEANUP;
    struct json_out out;
    buffer_init(&exchanges, EXCHANGES_TEXT_MAX);
    json_out_init(&out, &exchanges, /* indent= */ false);
    json_out_array(&out);
    for (size_t i = 0; i < evidence->count; i++)
        json_out_int(&out, evidence->exchanges[i]);
    json_out_end(&out);
    if (buffer_error(&exchanges) < 0)
        return buffer_error(&exchanges);
    return store_run(store, STATEMENT_FINDING_EVIDENCE_PUT,
                     VALUES(value_text(id), value_text(evidence->measurement),
                            value_text(buffer_text(&exchanges))));
}

static int put_row(struct store *store, const struct store_finding *record)
{
    const struct finding *finding = &record->finding;
    struct buffer codes BUFFER_CLEANUP, seen_by BUFFER_CLEANUP;
    buffer_init(&codes, TEXTS_MAX);
    buffer_init(&seen_by, TEXTS_MAX);
    int result = texts_encode(finding->codes, finding->code_count, &codes);
    if (result >= 0)
        result = texts_encode(finding->seen_by, finding->seen_by_count, &seen_by);
    if (result < 0)
        return store_fail(store, result, "finding %s: too many codes", record->id);
    struct value opening;
    result = store_opening_value(store, &record->entry, &opening);
    if (result < 0)
        return result;
    return store_run(store, STATEMENT_FINDING_PUT,
                     VALUES(value_text(record->id), value_text(finding->obligation),
                            value_text(finding->clause), value_text(finding->party),
                            value_text(finding->subject), value_int(finding->period_from),
                            value_int(finding->period_until),
                            value_text(verdict_text(finding->verdict)),
                            value_text(buffer_text(&codes)), value_text(buffer_text(&seen_by)),
                            value_text(finding->rulebook), value_text(finding->reason),
                            value_int(record->decided_at), value_entry(&record->entry), opening));
}

int store_finding_put(struct store *store, const struct store_finding *record)
{
    const struct finding *finding = &record->finding;
    if (finding->code_count > STORE_FINDING_LIST_MAX ||
        finding->seen_by_count > STORE_FINDING_LIST_MAX ||
        finding->evidence_count > STORE_FINDING_LIST_MAX)
        return store_fail(store, ERR_LIMIT, "finding %s: a list of more than %d", record->id,
                          STORE_FINDING_LIST_MAX);
    int result = put_row(store, record);
    for (size_t i = 0; result >= 0 && i < finding->evidence_count; i++)
        result = put_evidence(store, record->id, &finding->evidence[i]);
    if (result >= 0)
        result = store_run(store, STATEMENT_FINDING_LATEST_PUT,
                           VALUES(value_text(finding->obligation), value_text(finding->party),
                                  value_text(finding->subject), value_text(record->id)));
    return result < 0 ? result : 0;
}

/* --- reading --- */

static void read_texts(struct query *query, int column, struct arena *arena,
                       const char ***ret_texts, size_t *ret_count)
{
    int result = texts_decode(query_text(query, column, arena), STORE_FINDING_LIST_MAX, arena,
                              ret_texts, ret_count);
    if (result < 0)
        query_fail(query, result);
}

static void read_finding(struct query *query, struct arena *arena, void *item)
{
    struct store_finding *record = item;
    *record = (struct store_finding){.id = query_text(query, 0, arena),
                                     .finding = {.obligation = query_text(query, 1, arena),
                                                 .clause = query_text(query, 2, arena),
                                                 .party = query_text(query, 3, arena),
                                                 .subject = query_text(query, 4, arena),
                                                 .period_from = query_int(query, 5),
                                                 .period_until = query_int(query, 6),
                                                 .rulebook = query_text(query, 10, arena),
                                                 .reason = query_text(query, 11, arena)},
                                     .decided_at = query_int(query, 12),
                                     .entry = query_digest(query, 13)};
    if (verdict_parse(query_text(query, 7, arena), &record->finding.verdict) < 0)
        query_fail(query, ERR_DAMAGED);
    read_texts(query, 8, arena, &record->finding.codes, &record->finding.code_count);
    read_texts(query, 9, arena, &record->finding.seen_by, &record->finding.seen_by_count);
}

static int read_exchanges(const char *text, struct arena *arena, struct finding_evidence *evidence)
{
    json_t *json JSON_CLEANUP = NULL;
    if (json_parse(text, strlen(text), &json, /* detail= */ NULL) < 0 || !json_is_array(json))
        return ERR_DAMAGED;
    evidence->count = json_array_size(json);
    evidence->exchanges = arena_array(arena, evidence->count + 1, sizeof *evidence->exchanges);
    if (!evidence->exchanges)
        return ERR_NO_MEMORY;
    size_t i;
    const json_t *id;
    json_array_foreach(json, i, id)
    {
        evidence->exchanges[i] = (uint32_t)json_integer_value(id);
    }
    return 0;
}

static void read_evidence(struct query *query, struct arena *arena, void *item)
{
    struct finding_evidence *evidence = item;
    evidence->measurement = query_text(query, 0, arena);
    int result = read_exchanges(query_text(query, 1, arena), arena, evidence);
    if (result < 0)
        query_fail(query, result);
}

static int add_evidence(struct store *store, struct arena *arena, struct store_finding *record)
{
    const struct reading reading = {
        STATEMENT_FINDING_EVIDENCE_LIST, read_evidence, sizeof *record->finding.evidence,
        VALUES(value_text(record->id), value_int(STORE_FINDING_LIST_MAX))};
    return store_read_all(store, &reading, arena, &record->finding.evidence,
                          &record->finding.evidence_count);
}

int store_finding_find(struct store *store, const char *id, struct arena *arena,
                       struct store_finding *ret_finding)
{
    struct store_finding record;
    const struct reading reading = {STATEMENT_FINDING_FIND, read_finding, sizeof record,
                                    VALUES(value_text(id))};
    int result = store_read_one(store, &reading, arena, &record);
    if (result >= 0)
        result = add_evidence(store, arena, &record);
    if (result >= 0)
        *ret_finding = record;
    return result;
}

static bool given(const char *text)
{
    return text && *text;
}

static enum statement_name list_of(const struct store_finding_query *query)
{
    bool one_subject = given(query->subject);
    if (!query->latest)
        return one_subject ? STATEMENT_FINDING_LIST_OF_SUBJECT : STATEMENT_FINDING_LIST;
    return one_subject && given(query->obligation) && given(query->party)
               ? STATEMENT_FINDING_LIST_LATEST_OF_ONE
               : STATEMENT_FINDING_LIST_LATEST;
}

int store_finding_list(struct store *store, const struct store_finding_query *query,
                       struct arena *arena, struct store_finding **ret_findings, size_t *ret_count)
{
    struct store_finding *records;
    size_t count;
    const struct reading reading = {
        list_of(query), read_finding, sizeof *records,
        VALUES(value_optional(query->obligation), value_optional(query->party),
               value_int(query->before ? query->before : INT64_MAX), value_text(query->before_id),
               value_limit(query->limit), value_optional(query->subject))};
    int result = store_read_all(store, &reading, arena, &records, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_evidence(store, arena, &records[i]);
    if (result < 0)
        return result;
    *ret_findings = records;
    *ret_count = count;
    return 0;
}

static void read_key(struct query *query, struct arena *arena, void *item)
{
    *(struct store_finding_key *)item =
        (struct store_finding_key){.obligation = query_text(query, 0, arena),
                                   .party = query_text(query, 1, arena),
                                   .subject = query_text(query, 2, arena)};
}

int store_finding_latest_again(struct store *store)
{
    int result = store_run(store, STATEMENT_FINDING_LATEST_FORGET_ALL, NO_VALUES);
    return result < 0 ? result : store_run(store, STATEMENT_FINDING_LATEST_AGAIN, NO_VALUES);
}

int store_finding_latest_wrong(struct store *store, struct arena *arena,
                               struct store_finding_key **ret_keys, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_FINDING_LATEST_WRONG, read_key, sizeof **ret_keys,
                                    VALUES(value_limit(0))};
    return store_read_all(store, &reading, arena, ret_keys, ret_count);
}
