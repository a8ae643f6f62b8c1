/* complaint.check: what a person should look at first in a complaint, for staff. */
#include "app/complaints/precheck.h"
#include "app/complaints/addition.h"
#include "app/complaints/party_view.h"
#include "app/complaints/said.h"
#include "app/complaints/similar.h"
#include "app/query/list.h"
#include "base/civil.h"

#include <string.h>

/* What it still lacks, in the words for staff. */
static void put_missing(const struct rulebook *rulebook, const struct precheck_question *question,
                        json_t *holds)
{
    static const char *const of_scope = "scope";
    size_t i;
    const json_t *row;
    const struct complaint_type *type =
        rulebook_complaint_find(rulebook, question->record->row.type);
    json_array_foreach(json_object_get(question->words, "missing"), i, row)
    {
        const char *id = json_text(row, "id"), *kind = json_text(row, "kind");
        const struct complaint_text *text = strcmp(kind, of_scope) == 0 ? NULL : said_ask(type, id);
        if (text)
            json_array_append_new(
                holds, json_pack("{s:s, s:s, s:s}", "kind", kind, "id", id, "words",
                                 rulebook_complaint_text(rulebook, text, rulebook->languages[0])));
    }
}

static void put_holds(const struct rulebook *rulebook, const struct precheck *precheck,
                      json_t *holds)
{
    for (size_t i = 0; i < precheck->count; i++)
        json_array_append_new(holds,
                              json_pack("{s:s, s:s, s:s}", "kind", "scope", "id",
                                        precheck->holds[i].id, "words",
                                        rulebook_complaint_text(rulebook, precheck->holds[i].words,
                                                                rulebook->languages[0])));
}

static json_t *proof_json(const struct proof *proof)
{
    char day[CIVIL_DATE_TEXT];
    if (!proof->found)
        return json_pack("{s:s}", "found", proof->unread ? "unknown" : "no");
    return json_pack("{s:s, s:s, s:i}", "found", "yes", "on", civil_format_date(proof->day, day),
                     "exhibit", (int)proof->number);
}

static int tell(struct query_call *call, const struct precheck_question *question,
                const struct rulebook *rulebook, const struct precheck *precheck)
{
    const struct complaint_record *record = question->record;
    struct similar *similar;
    size_t count;
    json_t *holds = json_array();
    json_object_set_new(call->result, "reference", json_string(record->row.reference));
    json_object_set_new(call->result, "state", json_string(record->row.state));
    json_object_set_new(call->result, "holds", holds);
    json_object_set_new(call->result, "proof", proof_json(&precheck->proof));
    int result =
        similar_find(call->app, record->row.reference, call->arena, &similar, &count, call->detail);
    if (result < 0)
        return result;
    put_missing(rulebook, question, holds);
    put_holds(rulebook, precheck, holds);
    bool repeats = false;
    for (size_t i = 0; i < count; i++)
        repeats = repeats || (similar[i].earlier && similar[i].likeness.kind == LIKENESS_REPEAT);
    json_object_set_new(call->result, "similar",
                        similar_json(similar, count, record->row.received_at));
    json_object_set_new(call->result, "outcome",
                        json_string(json_array_size(holds) ? "hold"
                                    : repeats              ? "join"
                                                           : "file"));
    return 0;
}

/* complaint.check {complaint}: a suggestion: `hold` with what is missing or would close it, `join`
 * where it may repeat another, else `file`. */
int query_complaint_check(struct query_call *call)
{
    struct complaint_record record;
    struct precheck precheck;
    const struct rulebook *rulebook = NULL;
    const struct process *process = NULL;
    json_t *words JSON_CLEANUP = NULL;
    int result = complaint_find_for_reader(call, &record);
    if (result >= 0)
        result = app_version_of(call->app, record.row.rulebook, &rulebook, &process, call->detail);
    if (result >= 0)
        result = addition_merge(call->app, &record, call->arena, &words, call->detail);
    const struct precheck_question question = {&record, words, /* thorough= */ true};
    if (result >= 0)
        result = precheck_record(call->app, &question, call->arena, &precheck, call->detail);
    return result < 0 ? result : tell(call, &question, rulebook, &precheck);
}
