#include "app/casework/chronology.h"

#include "app/law.h"
#include "base/civil.h"
#include "view/catalogue.h"

/* What an event says about the letter that was served before it; NULL for nothing. */
static const char *outcome_of(const struct case_event *event, const char *before)
{
    struct case_step step;
    size_t count;
    if (event->type == CASE_BOUNCED)
        return "bounced";
    if (event->type == CASE_ANSWERED)
        return "answered";
    if (event->type == CASE_DEADLINE_PASSED && before[0] == '\0')
        return "unanswered";
    if (event->type != CASE_ANSWER_JUDGED || case_step_decode(event, &step, /* detail= */ NULL) < 0)
        return NULL;
    return case_fact_words(FACT_ANSWER, &count)[step.judgement];
}

/* One row for the letter whose service is `rows[0]`; the rows up to the next service tell the rest.
 */
static json_t *describe(const struct casefile *file, const struct case_explanation *rows,
                        size_t count)
{
    const struct case_explanation *service = &rows[0];
    const char *outcome = "";
    char sent[CIVIL_DATE_TEXT], deadline[CIVIL_DATE_TEXT] = "";
    for (size_t i = 0; i < count && (i == 0 || rows[i].event->type != CASE_NOTICE_SENT); i++) {
        const char *word = outcome_of(rows[i].event, outcome);
        if (word)
            outcome = word;
        if (rows[i].deadline.rule)
            civil_format_date(rows[i].deadline.date, deadline);
    }
    civil_format_date(law_day(file->rulebook, service->event->at), sent);
    return json_pack("{s:s, s:s, s:s, s:s}", "date", sent, "step", service->from->label, "deadline",
                     deadline, "outcome",
                     outcome[0] ? catalogue_word(catalogue_find("en"), "outcome", outcome) : "");
}

int chronology_make(struct casefile *file, json_t **ret_list, struct error_detail *detail)
{
    json_t *list JSON_CLEANUP = json_array();
    struct case_explanation *rows = NULL;
    int result = casefile_explain(file, &file->arena, &rows, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < file->event_count; i++) {
        if (rows[i].event->type == CASE_NOTICE_SENT &&
            json_array_append_new(list, describe(file, &rows[i], file->event_count - i)) < 0)
            return ERR_NO_MEMORY;
    }
    *ret_list = json_incref(list);
    return 0;
}
