/* What a letter may say: one JSON object with every placeholder. */
#include "app/letters/drafting.h"

#include "app/casework/chronology.h"
#include "app/law.h"
#include "base/civil.h"
#include "base/text.h"
#include "check/check.h"
#include "store/evidence.h"
#include "store/party.h"
#include "view/catalogue.h"

#include <stdio.h>
#include <string.h>

static const char *const weekdays[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                       "Thursday", "Friday", "Saturday", "Sunday"};

static void put(json_t *context, const char *name, const char *text)
{
    json_object_set_new(context, name, json_string(text ? text : ""));
}

static void put_obligation(json_t *context, const struct casefile *file)
{
    const struct rulebook *rulebook = file->rulebook;
    const struct obligation *o =
        law_alleged(rulebook, file->record.obligation, file->record.opened_at);
    put(context, "obligation_id", file->record.obligation);
    put(context, "obligation_statement", o ? o->statement : "");
    put(context, "obligation_clause", o ? o->clause : "");
    put(context, "document_title", o ? law_document_title(rulebook, o) : "");
    put(context, "guidance", o ? o->guidance : "");
    put(context, "cure", o ? o->cure : "");
}

static int put_party(json_t *context, struct casefile *file, struct error_detail *detail)
{
    struct party party;
    char number[16] = "";
    int result = store_party_find(file->app->store, file->record.party, &file->arena, &party);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "party of a case");
    if (party.iana_id)
        snprintf(number, sizeof number, "%d", party.iana_id);
    put(context, "party_name", party.name);
    put(context, "party_id", party.id);
    put(context, "party_iana_id", number);
    return 0;
}

static const char *code_summary(const char *code)
{
    const struct check_code *row = check_code_find(code, /* ret_check= */ NULL);
    return row ? row->summary : "";
}

/* What was observed, from the failure that the case rests on. */
static int put_findings(json_t *context, struct casefile *file, struct error_detail *detail)
{
    json_t *codes = json_array(), *evidence = json_array();
    json_object_set_new(context, "codes", codes);
    json_object_set_new(context, "evidence_ids", evidence);
    put(context, "observed", "");
    struct store_finding finding;
    int result =
        casefile_failure(file, clock_wall(&file->app->clock), &file->arena, &finding, detail);
    if (result <= 0)
        return result;
    const struct finding *f = &finding.finding;
    put(context, "observed", f->reason);
    for (size_t i = 0; i < f->code_count; i++)
        json_array_append_new(codes, json_pack("{s:s, s:s}", "code", f->codes[i], "summary",
                                               code_summary(f->codes[i])));
    for (size_t i = 0; i < f->evidence_count; i++)
        json_array_append_new(evidence, json_pack("{s:s}", "id", f->evidence[i].measurement));
    return 0;
}

/* The date that the letter names: that of the clock where one runs already, else that of service
 * today. Served later it is later, never earlier. */
static int put_deadline(json_t *context, const struct casefile *file, const struct stage *stage,
                        struct error_detail *detail)
{
    char date[CIVIL_DATE_TEXT];
    struct deadline due;
    const struct deadline_rule *rule =
        law_service_clock(file->state.process, stage, &file->state.facts);
    put(context, "deadline_date", "");
    put(context, "deadline_zone", "");
    put(context, "deadline_weekday", "");
    bool runs = stage == file->state.stage && file->state.deadline.clock == CLOCK_RUNNING;
    if (!rule && !runs)
        return 0;
    int result = 0;
    if (runs)
        due = file->state.deadline.due;
    else
        result =
            deadline_compute(rule, clock_wall(&file->app->clock), /* trace= */ NULL, NULL, &due);
    if (result < 0)
        return deadline_refuse(rule, result, detail);
    put(context, "deadline_date", civil_format_date(due.date, date));
    put(context, "deadline_zone", zone_name(due.rule->zone));
    put(context, "deadline_weekday", weekdays[civil_weekday(due.date)]);
    return 0;
}

/* Most letters do not tell what was written before, and to find it takes as long as all the rest.
 */
static int put_previous(json_t *context, struct casefile *file, bool tells_previous,
                        struct error_detail *detail)
{
    json_t *list = NULL;
    int result = tells_previous ? chronology_make(file, &list, detail) : 0;
    if (result >= 0)
        json_object_set_new(context, "previous", list ? list : json_array());
    return result;
}

const struct stage *drafting_stage(const struct process *process, const char *letter)
{
    for (size_t i = 0; i < process->stage_count; i++) {
        if (strcmp(process->stages[i].letter, letter) == 0)
            return &process->stages[i];
    }
    return NULL;
}

static void put_demands(json_t *context, const struct demand_texts *demands)
{
    json_t *list = json_array();
    for (size_t i = 0; i < demands->count; i++)
        json_array_append_new(list, json_pack("{s:i, s:s}", "number", (int)demands->items[i].number,
                                              "text", demands->texts[i]));
    json_object_set_new(context, "demands", list);
}

/* How the case was closed, in the words of the process; "" while it was not. */
static const char *closure_words(const struct case_state *state)
{
    const struct closure_code *code = process_closure_find(state->process, state->closure);
    return code ? code->label : "";
}

const char *drafting_outcome(const struct case_state *state)
{
    const char *closure = closure_words(state);
    if (!stage_is_end(state->stage))
        return "";
    return *closure ? closure : state->stage->label;
}

void drafting_hide_matter(json_t *context)
{
    static const char *const told[] = {"authority_name",   "authority_short", "contact_email",
                                       "rulebook_version", "letter_date",     "demo",
                                       "case_id",          "subject",         "complaint_outcome",
                                       "record_language",  "closure"};
    for (size_t i = 0; i < letter_placeholder_count; i++) {
        const char *name = letter_placeholders[i].name;
        if (text_index(told, sizeof told / sizeof *told, name) < 0)
            json_object_set_new(context, name, json_null());
    }
}

void drafting_put_house(json_t *context, struct app *app, const struct rulebook *rulebook)
{
    char date[CIVIL_DATE_TEXT];
    put(context, "authority_name", rulebook->authority_name);
    put(context, "authority_short", rulebook->authority_short);
    put(context, "contact_email", app->config.mail_from);
    put(context, "rulebook_version", rulebook->version);
    put(context, "letter_date", civil_format_date(law_today(app), date));
    json_object_set_new(context, "demo", json_boolean(app_is_demo(app)));
}

int drafting_context(struct casefile *file, const struct stage *stage,
                     const struct demand_texts *demands, bool tells_previous, json_t **ret_context,
                     struct error_detail *detail)
{
    json_t *context JSON_CLEANUP = json_object();
    const struct rulebook *rulebook = file->rulebook;
    const struct catalogue *words = catalogue_find("en");
    if (!context)
        return ERR_NO_MEMORY;
    drafting_put_house(context, file->app, rulebook);
    put(context, "record_language", rulebook->languages[0]);
    put(context, "subject", file->record.subject);
    put(context, "case_id", file->record.id);
    put(context, "step_name", stage->label);
    put(context, "closure", closure_words(&file->state));
    put(context, "complaint_reference", "");
    put(context, "complaint_link", "");
    put(context, "complaint_words", "");
    put(context, "complaint_until", "");
    put(context, "complaint_closure", "");
    put(context, "complaint_review", "");
    put(context, "complaint_outcome", drafting_outcome(&file->state));
    json_object_set_new(context, "complaint_missing", json_array());
    char key[64];
    snprintf(key, sizeof key, "next.%s", stage_kind_text(stage->kind));
    put(context, "next_step", catalogue_find_text(words, key));
    char url[512];
    snprintf(url, sizeof url, "%s/notices/n-%s", file->app->config.public_url, file->record.id);
    put(context, "notice_url", stage_kind_formal(stage->kind) ? url : "");
    put_obligation(context, file);
    int result = put_party(context, file, detail);
    if (result >= 0)
        result = put_findings(context, file, detail);
    if (result >= 0)
        result = put_deadline(context, file, stage, detail);
    if (result >= 0)
        result = put_previous(context, file, tells_previous, detail);
    if (result < 0)
        return result;
    put_demands(context, demands);
    *ret_context = json_incref(context);
    return 0;
}
