#include "app/complaints/precheck.h"

#include "app/complaints/said.h"
#include "base/civil.h"

#include <string.h>

struct checking {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    const struct process *process;
    struct said said;
    const char *party, *role, *told, *told_on;
    struct proof_exhibit *exhibits;
    size_t exhibit_count;
    int64_t received_at;
    bool staff_ask; /* a proof is looked for also where the complainant says that it was so */
    struct precheck found;
};

/* --- facts --- */

static bool has_test(const struct complaint_type *type, enum complaint_test test)
{
    for (size_t i = 0; i < type->scope_count; i++) {
        if (type->scopes[i].test == test)
            return true;
    }
    return false;
}

/* How the party is called, where the type asks for it in words. */
static const char *name_of_party(const struct said *said)
{
    for (size_t i = 0; i < said->answer_count; i++) {
        if (strcmp(said->answers[i].question, "registrar") == 0 ||
            strcmp(said->answers[i].question, "registry") == 0)
            return said->answers[i].value;
    }
    return "";
}

static int look_for_proof(struct checking *checking)
{
    const struct proof_question question = {checking->exhibits, checking->exhibit_count,
                                            checking->party, name_of_party(&checking->said),
                                            checking->received_at};
    if ((strcmp(checking->told, "yes") == 0 && !checking->staff_ask) ||
        !has_test(checking->said.type, COMPLAINT_TEST_TOLD_FIRST))
        return 0;
    return proof_find(checking->app, &question, checking->arena, &checking->found.proof,
                      checking->detail);
}

/* As item 0 of a complaint has it, with the proof in the place of what was not said. */
static json_t *words_of(const struct checking *checking, const char *const *names, size_t count)
{
    const struct proof *proof = &checking->found.proof;
    bool shown = proof->found && strcmp(checking->told, "yes") != 0;
    json_t *list = json_array();
    char day[CIVIL_DATE_TEXT];
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    return json_pack("{s:o, s:s, s:s, s:{s:s, s:s}}", "names", list, "party", checking->party,
                     "role", checking->role, "told_first", "told", shown ? "yes" : checking->told,
                     "on", shown ? civil_format_date(proof->day, day) : checking->told_on);
}

/* ASCII names of two letters are those of countries and of nobody else (RFC 1591 2; ICANN, gTLD
 * Applicant Guidebook 2.2.1.3.2). */
static bool all_two_letters(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *dot = strrchr(names[i], '.');
        const char *tld = dot ? dot + 1 : names[i];
        if (strlen(tld) != 2 || tld[0] < 'a' || tld[0] > 'z' || tld[1] < 'a' || tld[1] > 'z')
            return false;
    }
    return count > 0;
}

static int find_facts(struct checking *checking, struct complaint_known *ret_known)
{
    const struct complaint_record record = {.row = {.received_at = checking->received_at}};
    const char **names;
    size_t count;
    int result = said_names(&checking->said, checking->arena, &names, &count);
    if (result < 0)
        return result;
    json_t *words JSON_CLEANUP = words_of(checking, names, count);
    if (!words)
        return ERR_NO_MEMORY;
    result = facts_find(checking->app, &record, checking->process, words, checking->arena,
                        ret_known, checking->detail);
    if (result < 0)
        return result;
    enum complaint_fact *own = &ret_known->facts.is[COMPLAINT_TEST_NOT_COUNTRY_CODE];
    checking->found.two_letters = *own == COMPLAINT_UNKNOWN && all_two_letters(names, count);
    if (checking->found.two_letters)
        *own = COMPLAINT_NOT_SO;
    return 0;
}

/* --- holding --- */

/* A test alone, by what is known. */
static bool fails(const struct complaint_type *type, const struct complaint_scope *scope,
                  const struct complaint_facts *facts)
{
    struct complaint_type alone = *type;
    alone.scopes = scope;
    alone.scope_count = 1;
    return complaint_scope(&alone, facts).reach == COMPLAINT_OUT_OF_SCOPE;
}

/* Nothing is said about it, and nothing shows it; where an exhibit could not be read, it may. */
static bool is_unsaid(const struct checking *checking, const struct complaint_scope *scope)
{
    const struct proof *proof = &checking->found.proof;
    return scope->test == COMPLAINT_TEST_TOLD_FIRST && !checking->told[0] && !proof->found &&
           !proof->unread;
}

static int hold(struct checking *checking, const struct complaint_known *known)
{
    const struct complaint_type *type = checking->said.type;
    struct complaint_lack *holds =
        arena_array(checking->arena, type->scope_count + 1, sizeof *holds);
    if (!holds)
        return ERR_LIMIT;
    for (size_t i = 0; i < type->scope_count; i++) {
        const struct complaint_scope *scope = &type->scopes[i];
        if (fails(type, scope, &known->facts) || is_unsaid(checking, scope))
            holds[checking->found.count++] =
                (struct complaint_lack){COMPLAINT_LACKS_SCOPE, scope->id, &scope->words};
    }
    checking->found.holds = holds;
    return 0;
}

static int check(struct checking *checking, struct precheck *ret_precheck)
{
    struct complaint_known known;
    int result = look_for_proof(checking);
    if (result >= 0)
        result = find_facts(checking, &known);
    if (result >= 0)
        result = hold(checking, &known);
    if (result >= 0)
        *ret_precheck = checking->found;
    return result;
}

/* --- of a document --- */

int precheck_document(struct app *app, const struct complaint_document *document,
                      int64_t received_at, struct arena *arena, struct precheck *ret_precheck,
                      struct error_detail *detail)
{
    const struct rulebook *rulebook;
    struct checking checking = {.app = app,
                                .arena = arena,
                                .detail = detail,
                                .said = {document->type, document->names, document->name_count,
                                         document->answers, document->answer_count},
                                .party = document->party,
                                .role = document->role,
                                .told = document->told,
                                .told_on = document->told_on,
                                .exhibit_count = document->exhibit_count,
                                .received_at = received_at};
    checking.exhibits = arena_array(arena, document->exhibit_count + 1, sizeof *checking.exhibits);
    if (!checking.exhibits)
        return ERR_LIMIT;
    for (size_t i = 0; i < document->exhibit_count; i++)
        checking.exhibits[i] =
            (struct proof_exhibit){document->exhibits[i].media_type,
                                   {document->exhibits[i].bytes, document->exhibits[i].size}};
    int result =
        app_version_of(app, app->rulebook->digest_text, &rulebook, &checking.process, detail);
    return result < 0 ? result : check(&checking, ret_precheck);
}

/* --- of a record --- */

static int read_answers(struct checking *checking, const json_t *words)
{
    const json_t *answers = json_object_get(words, "answers"),
                 *names = json_object_get(words, "names");
    struct complaint_answer *list =
        arena_array(checking->arena, json_object_size(answers) + 1, sizeof *list);
    const char **named = arena_array(checking->arena, json_array_size(names) + 1, sizeof *named);
    const char *question;
    json_t *value;
    if (!list || !named)
        return ERR_LIMIT;
    json_object_foreach((json_t *)answers, question, value)
    {
        list[checking->said.answer_count++] =
            (struct complaint_answer){question, json_string_value(value)};
    }
    for (size_t i = 0; i < json_array_size(names); i++)
        named[checking->said.name_count++] = json_string_value(json_array_get(names, i));
    checking->said.answers = list;
    checking->said.names = named;
    return 0;
}

static int read_exhibits(struct checking *checking, const char *reference, const json_t *list)
{
    int result = 0;
    checking->exhibits =
        arena_array(checking->arena, json_array_size(list) + 1, sizeof *checking->exhibits);
    if (!checking->exhibits)
        return ERR_LIMIT;
    for (size_t i = 0; result >= 0 && i < json_array_size(list); i++) {
        struct proof_exhibit *exhibit = &checking->exhibits[checking->exhibit_count++];
        exhibit->media_type = json_text(json_array_get(list, i), "media_type");
        result = record_get_bytes(checking->app, reference, (uint32_t)i + 1, checking->arena,
                                  &exhibit->bytes, checking->detail);
    }
    return result;
}

static int read_words(struct checking *checking, const char *reference, const json_t *words)
{
    const json_t *told = json_object_get(words, "told_first");
    checking->party = json_text(words, "party");
    checking->role = json_text(words, "role");
    checking->told = json_text(told, "told");
    checking->told_on = json_text(told, "on");
    int result = read_answers(checking, words);
    return result < 0 ? result
                      : read_exhibits(checking, reference, json_object_get(words, "exhibits"));
}

int precheck_record(struct app *app, const struct complaint_record *record, struct arena *arena,
                    struct precheck *ret_precheck, struct error_detail *detail)
{
    struct checking checking = {.app = app,
                                .arena = arena,
                                .detail = detail,
                                .received_at = record->row.received_at,
                                .staff_ask = true};
    const struct rulebook *rulebook;
    json_t *words JSON_CLEANUP = NULL;
    int result = app_version_of(app, record->row.rulebook, &rulebook, &checking.process, detail);
    if (result < 0)
        return result;
    checking.said.type = rulebook_complaint_find(rulebook, record->row.type);
    if (!checking.said.type)
        return error_set(detail, ERR_DAMAGED, "complaint %s: unknown type", record->row.reference);
    result = record_get_json(app, record->row.reference, 0, arena, &words, detail);
    if (result >= 0)
        result = read_words(&checking, record->row.reference, words);
    return result < 0 ? result : check(&checking, ret_precheck);
}
