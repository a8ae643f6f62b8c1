#include "app/complaints/prior_report.h"

#include "app/complaints/said.h"
#include "base/civil.h"
#include "base/text.h"
#include "rulebook/rulebook.h"
#include "store/party.h"

#include <string.h>

enum { REPORT_MAX = 1 << 20, LINES_MAX = 256 << 10 };

#define ABUSE_ROLE "abuse"

struct reporting {
    struct query_call *call;
    const struct complaint_record *record;
    const struct rulebook *rulebook;
    const struct complaint_type *type;
    struct said said;
    const char *party; /* its id, or what the complainant calls it; "" */
    const char *day;
    struct buffer names, answers; /* as they stand in it */
};

/* --- whether --- */

static bool is_wanted(const struct complaint_type *type, const json_t *words)
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(words, "missing"), i, row)
    {
        for (size_t k = 0; k < type->scope_count; k++) {
            if (type->scopes[k].test == COMPLAINT_TEST_TOLD_FIRST &&
                strcmp(json_text(row, "id"), type->scopes[k].id) == 0)
                return true;
        }
    }
    return false;
}

/* --- its parts --- */

static const char *answer_to(const struct said *said, const char *question)
{
    for (size_t i = 0; i < said->answer_count; i++) {
        if (strcmp(said->answers[i].question, question) == 0)
            return said->answers[i].value;
    }
    return "";
}

/* By its name, where the store knows it. */
static int find_party(struct reporting *reporting, const json_t *words)
{
    struct app *app = reporting->call->app;
    struct party party;
    const char *id = json_text(words, "party");
    reporting->party = id && id[0] ? id : answer_to(&reporting->said, "registrar");
    if (!reporting->party[0])
        reporting->party = answer_to(&reporting->said, "registry");
    int result = store_party_find(app->store, reporting->party, reporting->call->arena, &party);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, reporting->call->detail, "party");
    reporting->party = party.name;
    return 0;
}

static int put_names(struct reporting *reporting)
{
    const char **names;
    size_t count;
    int result = said_names(&reporting->said, reporting->call->arena, &names, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before = before || strcmp(names[k], names[i]) == 0;
        if (!before)
            buffer_printf(&reporting->names, "%s%s", reporting->names.size ? ", " : "", names[i]);
    }
    return result;
}

/* Questions in their order, with what was answered below. */
static void put_answers(struct reporting *reporting)
{
    for (size_t i = 0; i < reporting->type->question_count; i++) {
        const struct complaint_question *question = &reporting->type->questions[i];
        const char *answer = answer_to(&reporting->said, question->id);
        if (answer[0])
            buffer_printf(&reporting->answers, "%s%s\n%s\n", reporting->answers.size ? "\n" : "",
                          rulebook_complaint_text(reporting->rulebook, &question->ask,
                                                  reporting->record->row.language),
                          answer);
    }
}

static void fill(const struct reporting *reporting, const char *at, struct buffer *out)
{
    const struct {
        const char *place, *text;
    } rows[] = {{"{party}", reporting->party},
                {"{names}", buffer_text(&reporting->names)},
                {"{answers}", buffer_text(&reporting->answers)},
                {"{day}", reporting->day}};
    while (*at) {
        size_t i = 0;
        while (i < 4 && !text_starts_with(at, rows[i].place))
            i++;
        if (i < 4)
            buffer_append_text(out, rows[i].text);
        else
            buffer_append_byte(out, (uint8_t)*at);
        at += i < 4 ? strlen(rows[i].place) : 1;
    }
}

static int put_text(const struct reporting *reporting, const struct complaint_text *text,
                    const char *name, json_t *report)
{
    struct buffer out BUFFER_CLEANUP = {0};
    buffer_init(&out, REPORT_MAX);
    fill(reporting,
         rulebook_complaint_text(reporting->rulebook, text, reporting->record->row.language), &out);
    if (buffer_error(&out) < 0)
        return buffer_error(&out);
    return json_object_set_new(report, name, json_string(buffer_text(&out))) < 0 ? ERR_NO_MEMORY
                                                                                 : 0;
}

static int put_addresses(const struct reporting *reporting, const json_t *words, json_t *report)
{
    struct app *app = reporting->call->app;
    const char *id = json_text(words, "party");
    struct contact *contacts;
    size_t count;
    json_t *to = json_array();
    json_object_set_new(report, "to", to);
    int result =
        store_contact_list(app->store, id ? id : "", reporting->call->arena, &contacts, &count);
    if (result < 0)
        return app_store_failed(app, result, reporting->call->detail, "contacts");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(contacts[i].role, ABUSE_ROLE) == 0)
            json_array_append_new(to, json_string(contacts[i].email));
    }
    return 0;
}

/* --- the report --- */

static int write_report(struct reporting *reporting, const json_t *words, json_t *full)
{
    const struct complaint_report *told = &reporting->rulebook->prior_report;
    json_t *report JSON_CLEANUP = json_object();
    int result = said_read(words, reporting->type, reporting->call->arena, &reporting->said);
    if (result >= 0)
        result = find_party(reporting, words);
    if (result >= 0)
        result = put_names(reporting);
    if (result >= 0) {
        put_answers(reporting);
        result = put_addresses(reporting, words, report);
    }
    if (result >= 0)
        result = put_text(reporting, &told->subject, "subject", report);
    if (result >= 0)
        result = put_text(reporting, &told->text, "text", report);
    return result < 0 ? result : json_object_set(full, "report", report);
}

int prior_report_put(struct query_call *call, const struct complaint_record *record,
                     const json_t *words, json_t *full)
{
    struct reporting reporting = {.call = call, .record = record};
    const struct process *process;
    char day[CIVIL_DATE_TEXT];
    if (!complaint_is_open(record->state))
        return 0;
    int result = app_version_of(call->app, record->row.rulebook, &reporting.rulebook, &process,
                                call->detail);
    if (result < 0 || !reporting.rulebook->prior_report.there)
        return result < 0 ? result : 0;
    reporting.type = rulebook_complaint_find(reporting.rulebook, record->row.type);
    reporting.day = civil_format_date((int32_t)(clock_wall(&call->app->clock) / CIVIL_DAY_US), day);
    if (!reporting.type || !is_wanted(reporting.type, words))
        return 0;
    buffer_init(&reporting.names, LINES_MAX);
    buffer_init(&reporting.answers, REPORT_MAX);
    result = write_report(&reporting, words, full);
    buffer_done(&reporting.names);
    buffer_done(&reporting.answers);
    return result;
}
