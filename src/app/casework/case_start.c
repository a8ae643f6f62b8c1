/* case.open, case.accept and case.draft: a matter taken up by a person, one that was received and
 * is decided upon, and letters that a person asks for. */
#include "app/casework/arguments.h"
#include "app/casework/repetition.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/letters/drafting.h"
#include "rulebook/rulebook.h"
#include "store/letter.h"
#include "store/party.h"

#include <string.h>

static int read_matter(struct call *call, struct arena *arena, struct store_case *record,
                       struct party *party)
{
    const char *origin = json_text(call->arguments, "origin");
    const char *subject = json_text(call->arguments, "subject");
    int result = call_need_text(call, "party", &record->party);
    if (result >= 0)
        result = call_need_text(call, "obligation", &record->obligation);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    record->subject = subject ? subject : "";
    record->process = call->app->rulebook->digest_text;
    record->origin = ORIGIN_COMPLAINT;
    if (origin && case_origin_parse(origin, &record->origin) < 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "'%s' is no origin: complaint, monitoring or audit", origin);
    record->source = record->origin == ORIGIN_MONITORING ? SOURCE_ARTICLE : SOURCE_NONE;
    const char *source = json_text(call->arguments, "source");
    if (source && monitoring_source_parse(source, &record->source) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%s' is no source of monitoring", source);
    return app_find_party(call->app, record->party, arena, party, call->detail);
}

/* Which times apply: said as such, or by the type of complaint, which must be about the obligation.
 * Neither leaves *family as it is. */
static int read_family(struct call *call, const struct rulebook *rulebook, const char *obligation,
                       enum fact_family *family)
{
    const char *word = json_text(call->arguments, "family");
    const char *type = json_text(call->arguments, "complaint");
    if (word && type)
        return error_set(call->detail, ERR_SYNTAX, "say either a family or a type of complaint");
    const struct complaint_type *complaint = type ? rulebook_complaint_find(rulebook, type) : NULL;
    for (size_t i = 0; complaint && i < complaint->obligation_count; i++) {
        if (strcmp(complaint->obligations[i], obligation) == 0)
            word = complaint->family;
    }
    if (type && !word)
        return error_set(call->detail, ERR_NOT_FOUND, "no complaint '%s' is about '%s'", type,
                         obligation);
    int found = word ? case_fact_word(FACT_FAMILY, word) : (int)*family;
    if (found < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%s' is no family of a case", word);
    *family = (enum fact_family)found;
    return 0;
}

static bool flag(struct call *call, const char *name)
{
    return json_is_true(json_object_get(call->arguments, name));
}

/* case.open {party, obligation, subject, origin, source, violation, family, complaint, received,
 * from, to, version}: joins the open case of the same matter when there is one (invariant 9); else
 * its first allegation says that from `from` to `to`, by default today, what then bound the party
 * was not met (invariant 6). What is only received stays in intake until case.accept or its
 * closing. */
int case_open(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case record = {0}, open;
    struct party party;
    struct case_allegation allegation;
    arena_init(&arena, 64 << 20);
    int result = read_matter(call, &arena, &record, &party);
    if (result >= 0)
        result = allegation_take(call, record.party, &arena, &allegation);
    if (result < 0)
        return result;
    const struct store_case_key key = {record.party, record.obligation, record.subject};
    result = store_case_find_open(call->app->store, &key, &arena, &open);
    json_object_set_new(call->result, "joined", json_boolean(result >= 0));
    if (result >= 0) {
        json_object_set_new(call->result, "case", json_string(open.id));
        return 0;
    }
    result = casefile_new(call->app, &record, &file, call->detail);
    if (result < 0)
        return result;
    struct casefile_step request = {
        .step = {.type = flag(call, "received") ? CASE_RECEIVED : CASE_OPENED,
                 .alleges = true,
                 .allegation = &allegation,
                 .party = party.kind,
                 .origin = record.origin,
                 .source = record.source,
                 .violation = flag(call, "violation")},
        .actor = &call->actor};
    result = read_family(call, file.rulebook, record.obligation, &request.step.family);
    if (result >= 0)
        result = repetition_stands(&file, party.kind, &request.step.repeated, call->detail);
    if (result >= 0)
        result = casefile_step(&file, &request, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(file.record.id));
    json_object_set_new(call->result, "stage", json_string(file.state.stage->id));
    return 0;
}

/* case.accept {case, violation, family, complaint, reason}: a person decides that work on what
 * waits in intake begins: a notice where a violation is known, else an inquiry. */
int case_accept(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct casefile_step request = {.step = {.type = CASE_OPENED}, .actor = &call->actor};
    const char *id;
    int result = call_need_text(call, "case", &id);
    if (result >= 0)
        result = casefile_open_for(call->app, &call->actor, id, &file, call->detail);
    if (result < 0)
        return result;
    const uint8_t *facts = file.state.facts.values;
    request.step.party = (enum party_kind)facts[FACT_PARTY];
    request.step.origin = file.record.origin;
    request.step.source = file.record.source;
    request.step.family = (enum fact_family)facts[FACT_FAMILY];
    request.step.violation = flag(call, "violation");
    if (CASE_TEXT(request.step.reason, json_text(call->arguments, "reason")) < 0)
        return error_set(call->detail, ERR_LIMIT, "the reason has more than %d bytes",
                         CASE_NAME_MAX - 1);
    result = read_family(call, file.rulebook, file.record.obligation, &request.step.family);
    if (result >= 0)
        result = casefile_step(&file, &request, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", json_string(id));
    json_object_set_new(call->result, "stage", json_string(file.state.stage->id));
    return 0;
}

/* case.draft {case, letter}: writes a letter of the rulebook, such as the one that a person wants
 * to escalate or end the case with. Who asks for it is its author. */
int case_draft(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *id, *letter;
    struct store_letter *letters;
    size_t count;
    char hex[DIGEST_HEX];
    int result = call_need_text(call, "case", &id);
    if (result >= 0)
        result = call_need_text(call, "letter", &letter);
    if (result >= 0)
        result = casefile_open_for(call->app, &call->actor, id, &file, call->detail);
    if (result >= 0)
        result = drafting_write(&file, letter, &call->actor, call->detail);
    /* Refused as a whole: a person who asks is told at once, so the case needs no note of it. */
    if (result == 0)
        return error_set(call->detail, ERR_REFUSED, "the party has no contact to write to");
    if (result < 0)
        return result;
    const struct store_letter_query query = {.case_id = id};
    result = store_letter_list(call->app->store, &query, &file.arena, &letters, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "letters");
    json_object_set_new(call->result, "letter", json_string(letters[count - 1].id));
    json_object_set_new(call->result, "sha256",
                        json_string(digest_format(&letters[count - 1].sha256, hex)));
    return 0;
}
