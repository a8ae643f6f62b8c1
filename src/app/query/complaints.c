/* What may be complained about: the list, and one type with its questions, evidence and scope. */
#include "app/query/complaints.h"

#include "app/query/list.h"

#include <string.h>

struct told {
    const struct rulebook *rulebook;
    const char *language;
};

static int choose_language(const struct rulebook *rulebook, const char *wanted,
                           struct told *ret_told, struct error_detail *detail)
{
    const char *first = rulebook->languages[0];
    ret_told->rulebook = rulebook;
    ret_told->language = wanted ? wanted : first;
    bool found = !wanted || strcmp(wanted, first) == 0;
    for (size_t i = 0; i < rulebook->complainant_language_count; i++)
        found = found || strcmp(rulebook->complainant_languages[i], wanted) == 0;
    return found
               ? 0
               : error_set(detail, ERR_NOT_FOUND, "the rulebook has no complaint in '%s'", wanted);
}

/* New reference. */
static json_t *words(const struct told *told, const struct complaint_text *text)
{
    return json_string(rulebook_complaint_text(told->rulebook, text, told->language));
}

static json_t *texts(const char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *binds_words(unsigned binds)
{
    json_t *array = json_array();
    if (binds & BINDS_REGISTRY)
        json_array_append_new(array, json_string("registry"));
    if (binds & BINDS_REGISTRAR)
        json_array_append_new(array, json_string("registrar"));
    return array;
}

static void put_head(const struct told *told, const struct complaint_type *type, json_t *row)
{
    json_object_set_new(row, "id", json_string(type->id));
    json_object_set_new(row, "title", words(told, &type->title));
    json_object_set_new(row, "binds", binds_words(type->binds));
    json_object_set_new(row, "obligations", texts(type->obligations, type->obligation_count));
    json_object_set_new(row, "first_review_days", json_integer(type->first_review_days));
    json_object_set_new(row, "information_days", json_integer(type->information_days));
    json_object_set_new(row, "confirmed", json_boolean(type->confirmed));
    json_object_set_new(row, "untranslated", texts(type->untranslated, type->untranslated_count));
}

static json_t *condition(const struct complaint_condition *when)
{
    return when->question ? json_pack("{s:s, s:o}", "question", when->question, "is",
                                      texts(when->values, when->count))
                          : json_null();
}

static json_t *question_row(const struct told *told, const struct complaint_question *question)
{
    json_t *choices = json_array();
    for (size_t i = 0; i < question->choice_count; i++)
        json_array_append_new(choices,
                              json_pack("{s:s, s:o}", "id", question->choices[i].id, "label",
                                        words(told, &question->choices[i].label)));
    return json_pack("{s:s, s:o, s:s, s:b, s:o, s:o, s:s?}", "id", question->id, "ask",
                     words(told, &question->ask), "kind", complaint_answer_text(question->kind),
                     "required", question->required, "when", condition(&question->when), "choices",
                     choices, "evidence", question->evidence);
}

static json_t *evidence_row(const struct told *told, const struct complaint_evidence *evidence)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:s, s:o}", "id", evidence->id, "ask",
                     words(told, &evidence->ask), "why", words(told, &evidence->why), "accept",
                     texts(evidence->accept, evidence->accept_count), "required",
                     evidence->required, "obligation", evidence->obligation, "when",
                     condition(&evidence->when));
}

static json_t *scope_row(const struct told *told, const struct complaint_scope *scope)
{
    json_t *who = json_array();
    for (int role = 0; role < COMPLAINT_ROLE_COUNT; role++) {
        if (scope->who & (1u << role))
            json_array_append_new(who, json_string(complaint_role_text((enum complaint_role)role)));
    }
    bool days = scope->test == COMPLAINT_TEST_TOLD_FIRST;
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "id", scope->id, "test",
                     complaint_test_text(scope->test), "days",
                     days ? json_integer(scope->days) : json_null(), "who", who, "obligation",
                     scope->obligation, "closure", scope->closure, "words",
                     words(told, &scope->words));
}

int complaint_types_json(const struct rulebook *rulebook, const char *language, json_t *result,
                         struct error_detail *detail)
{
    struct told told;
    json_t *list = json_array();
    json_object_set_new(result, "types", list);
    int failure = choose_language(rulebook, language, &told, detail);
    if (failure < 0)
        return failure;
    json_object_set_new(result, "language", json_string(told.language));
    for (size_t i = 0; i < rulebook->complaint_count; i++) {
        json_t *row = json_object();
        put_head(&told, &rulebook->complaints[i], row);
        json_array_append_new(list, row);
    }
    return 0;
}

int complaint_type_json(const struct rulebook *rulebook, const char *id, const char *language,
                        json_t *result, struct error_detail *detail)
{
    struct told told;
    json_t *questions = json_array(), *evidence = json_array(), *scope = json_array();
    json_object_set_new(result, "questions", questions);
    json_object_set_new(result, "evidence", evidence);
    json_object_set_new(result, "scope", scope);
    int failure = choose_language(rulebook, language, &told, detail);
    if (failure < 0)
        return failure;
    const struct complaint_type *type = rulebook_complaint_find(rulebook, id);
    if (!type)
        return error_set(detail, ERR_NOT_FOUND, "the rulebook has no type of complaint '%s'", id);
    json_object_set_new(result, "language", json_string(told.language));
    put_head(&told, type, result);
    json_object_set_new(result, "family", json_string(type->family));
    for (size_t i = 0; i < type->question_count; i++)
        json_array_append_new(questions, question_row(&told, &type->questions[i]));
    for (size_t i = 0; i < type->evidence_count; i++)
        json_array_append_new(evidence, evidence_row(&told, &type->evidence[i]));
    for (size_t i = 0; i < type->scope_count; i++)
        json_array_append_new(scope, scope_row(&told, &type->scopes[i]));
    return 0;
}

/* complaint.types {language} */
int query_complaint_types(struct query_call *call)
{
    int result = app_need_rulebook(call->app, call->detail);
    return result < 0
               ? result
               : complaint_types_json(call->app->rulebook, json_text(call->arguments, "language"),
                                      call->result, call->detail);
}

/* complaint.type {type, language} */
int query_complaint_type(struct query_call *call)
{
    const char *id;
    int result = query_need_text(call, "type", &id);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    return result < 0 ? result
                      : complaint_type_json(call->app->rulebook, id,
                                            json_text(call->arguments, "language"), call->result,
                                            call->detail);
}
