/* What a case alleges, and what it is linked to, for `case show` and the page of a case. */
#include "app/casework/allegation.h"
#include "app/casework/demand.h"
#include "app/query/list.h"
#include "app/query/case_parts.h"
#include "base/civil.h"
#include "rulebook/rulebook.h"

/* The version as the rulebook that it pins has it; NULL when that version is not there any more. */
static const struct obligation *pinned(struct query_call *call,
                                       const struct case_allegation *allegation)
{
    const struct rulebook *rulebook;
    const struct process *process;
    if (app_version_of(call->app, allegation->rulebook, &rulebook, &process, NULL) < 0)
        return NULL;
    return rulebook_obligation_find(rulebook, allegation->obligation, allegation->version);
}

static json_t *allegation_row(struct query_call *call, const struct case_allegation *allegation)
{
    const struct obligation *o = pinned(call, allegation);
    char version[CIVIL_DATE_TEXT], from[CIVIL_DATE_TEXT], to[CIVIL_DATE_TEXT];
    json_t *subjects = json_array();
    for (size_t i = 0; i < allegation->subject_count; i++)
        json_array_append_new(subjects, json_string(allegation->subjects[i]));
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "number",
                     (int)allegation->number, "obligation", allegation->obligation, "version",
                     civil_format_date(allegation->version, version), "rulebook",
                     allegation->rulebook, "clause", o ? o->clause : "", "statement",
                     o ? o->statement : "", "subjects", subjects, "first_day",
                     civil_format_date(allegation->from, from), "last_day",
                     civil_format_date(allegation->to, to), "outcome",
                     allegation_outcome_text(allegation->outcome), "reason", allegation->reason);
}

int query_put_allegations(struct query_call *call, const struct casefile *file)
{
    struct case_allegation *list;
    size_t count;
    json_t *rows = json_array();
    json_object_set_new(call->result, "allegations", rows);
    int result = casefile_allegations(file, call->arena, &list, &count, call->detail);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(rows, allegation_row(call, &list[i]));
    return result;
}

static json_t *item_row(const struct casefile *file, const struct demand_texts *demands, size_t i)
{
    const struct demand *item = &demands->items[i];
    const struct case_item *answered = &file->state.items[item->number - 1];
    size_t words;
    char hex[DIGEST_HEX];
    return json_pack("{s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "number", (int)item->number,
                     "allegation", (int)item->allegation, "kind", demand_kind_text(item->kind),
                     "asks", demands->texts[i], "sha256", digest_format(&item->sha256, hex),
                     "position", demand_position_text((enum demand_position)answered->position),
                     "judgement", case_fact_words(FACT_ANSWER, &words)[answered->judgement],
                     "evidence",
                     demand_answer_evidence(file->events, file->event_count, item->number));
}

int query_put_items(struct query_call *call, const struct casefile *file)
{
    struct demand_texts demands;
    json_t *rows = json_array();
    json_object_set_new(call->result, "items", rows);
    int result = demand_recall(file, call->arena, &demands, call->detail);
    for (size_t i = 0; result >= 0 && i < demands.count; i++)
        json_array_append_new(rows, item_row(file, &demands, i));
    return result;
}

int query_put_links(struct query_call *call, const struct casefile *file)
{
    struct store_link *links;
    size_t count;
    json_t *rows = json_array();
    json_object_set_new(call->result, "links", rows);
    int result = store_link_list(call->app->store, file->record.id, call->arena, &links, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "links of a case");
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "kind", links[i].kind, "object",
                                links[i].object, "linked_by", links[i].linked_by, "unlinked_by",
                                links[i].unlinked_by);
        json_object_set_new(row, "linked_at", query_instant(links[i].linked_at));
        json_object_set_new(row, "unlinked_at", query_instant(links[i].unlinked_at));
        json_array_append_new(rows, row);
    }
    return 0;
}
