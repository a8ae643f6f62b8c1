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
    const char *reference; /* NULL: it is being filed */
    bool thorough;         /* as a question has it */
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

static bool wants_proof(const struct checking *checking)
{
    return (strcmp(checking->told, "yes") != 0 || checking->thorough) &&
           has_test(checking->said.type, COMPLAINT_TEST_TOLD_FIRST);
}

static int look_for_proof(struct checking *checking)
{
    const struct proof_question question = {checking->exhibits, checking->exhibit_count,
                                            checking->party, name_of_party(&checking->said),
                                            checking->received_at};
    return wants_proof(checking) ? proof_find(checking->app, &question, checking->arena,
                                              &checking->found.proof, checking->detail)
                                 : 0;
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
    const struct complaint_record record = {
        .row = {.reference = checking->reference, .received_at = checking->received_at}};
    const char **names;
    size_t count;
    int result = said_names(&checking->said, checking->arena, &names, &count);
    if (result < 0)
        return result;
    json_t *words JSON_CLEANUP = words_of(checking, names, count);
    if (!words)
        return ERR_NO_MEMORY;
    const struct facts_question question = {&record, checking->process, words, /* type= */ NULL};
    result = facts_find(checking->app, &question, checking->arena, ret_known, checking->detail);
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
                                   {document->exhibits[i].bytes, document->exhibits[i].size},
                                   (unsigned)i + 1};
    int result =
        app_version_of(app, app->rulebook->digest_text, &rulebook, &checking.process, detail);
    return result < 0 ? result : check(&checking, ret_precheck);
}

/* --- of a record --- */

static int read_exhibits(struct checking *checking, const char *reference, const json_t *list)
{
    int result = 0;
    size_t i;
    const json_t *row;
    checking->exhibits =
        arena_array(checking->arena, json_array_size(list) + 1, sizeof *checking->exhibits);
    if (!checking->exhibits)
        return ERR_LIMIT;
    json_array_foreach(list, i, row)
    {
        struct proof_exhibit *exhibit = &checking->exhibits[checking->exhibit_count];
        uint32_t number = (uint32_t)json_number(row, "number", 0);
        if (result < 0 || !proof_reads(json_text(row, "media_type")))
            continue;
        *exhibit =
            (struct proof_exhibit){.media_type = json_text(row, "media_type"), .number = number};
        result = record_get_bytes(checking->app, reference, number, checking->arena,
                                  &exhibit->bytes, checking->detail);
        checking->exhibit_count++;
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
    int result = said_read(words, checking->said.type, checking->arena, &checking->said);
    return result < 0 || !wants_proof(checking)
               ? result
               : read_exhibits(checking, reference, json_object_get(words, "exhibits"));
}

int precheck_record(struct app *app, const struct precheck_question *question, struct arena *arena,
                    struct precheck *ret_precheck, struct error_detail *detail)
{
    const struct store_complaint *row = &question->record->row;
    struct checking checking = {.app = app,
                                .arena = arena,
                                .detail = detail,
                                .received_at = row->received_at,
                                .reference = row->reference,
                                .thorough = question->thorough};
    struct record_law law;
    int result = record_find_law(app, question->record, &law, detail);
    if (result < 0)
        return result;
    checking.process = law.process;
    checking.said.type = law.type;
    result = read_words(&checking, row->reference, question->words);
    return result < 0 ? result : check(&checking, ret_precheck);
}

/* --- what holds it --- */

int precheck_append(const struct precheck *precheck, struct arena *arena,
                    const struct complaint_lack **lacks, size_t *count)
{
    struct complaint_lack *all = arena_array(arena, *count + precheck->count + 1, sizeof *all);
    if (!all)
        return ERR_LIMIT;
    for (size_t i = 0; i < *count + precheck->count; i++)
        all[i] = i < *count ? (*lacks)[i] : precheck->holds[i - *count];
    *lacks = all;
    *count += precheck->count;
    return 0;
}
