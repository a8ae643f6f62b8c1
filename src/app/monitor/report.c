#include "app/monitor/report.h"

#include "app/monitor/appraise.h"
#include "base/civil.h"
#include "base/json.h"
#include "check/check.h"

#include <string.h>

/* Nobody's agreements are known: as if the holder had what everybody has by now. */
static int assume_agreements(struct report_request *request, struct arena *arena)
{
    const struct rulebook *rulebook = request->rulebook;
    struct agreement *list = arena_array(arena, rulebook->family_count + 1, sizeof *list);
    if (!list)
        return ERR_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < rulebook->family_count; i++) {
        if (rulebook->families[i].kind == PARTY_REGISTRY)
            list[count++] = (struct agreement){.party = "",
                                               .family = rulebook->families[i].id,
                                               .version = RULEBOOK_VERSION_CURRENT,
                                               .subject = request->target,
                                               .from = CIVIL_FAR_PAST,
                                               .until = CIVIL_FAR_FUTURE};
    }
    request->agreements = list;
    request->agreement_count = count;
    return 0;
}

static void write_evidence(const struct finding *finding, struct json_out *out)
{
    json_out_key(out, "evidence");
    json_out_array(out);
    for (size_t i = 0; i < finding->evidence_count; i++) {
        json_out_object(out);
        json_out_member_text(out, "measurement", finding->evidence[i].measurement);
        json_out_key(out, "exchanges");
        json_out_array(out);
        for (size_t n = 0; n < finding->evidence[i].count; n++)
            json_out_int(out, finding->evidence[i].exchanges[n]);
        json_out_end(out);
        json_out_end(out);
    }
    json_out_end(out);
}

static void write_texts(struct json_out *out, const char *key, const char *const *texts,
                        size_t count)
{
    json_out_key(out, key);
    json_out_array(out);
    for (size_t i = 0; i < count; i++)
        json_out_text(out, texts[i]);
    json_out_end(out);
}

static void write_finding(const struct report_request *request, const struct finding *finding,
                          struct json_out *out)
{
    const struct obligation *o =
        rulebook_obligation_find(request->rulebook, finding->obligation, request->as_of);
    json_out_object(out);
    json_out_member_text(out, "obligation", finding->obligation);
    json_out_member_text(out, "clause", finding->clause);
    json_out_member_text(out, "subject", finding->subject);
    json_out_member_text(out, "verdict", verdict_text(finding->verdict));
    json_out_member_text(out, "reason", finding->reason);
    write_texts(out, "codes", finding->codes, finding->code_count);
    write_texts(out, "seen_by", finding->seen_by, finding->seen_by_count);
    write_evidence(finding, out);
    if (o && finding->verdict != VERDICT_MET) {
        json_out_member_text(out, "statement", o->statement);
        json_out_member_text(out, "guidance", o->guidance);
        json_out_member_text(out, "cure", o->cure);
    }
    json_out_end(out);
}

/* What was there or could not be told; that something was not there says nothing to a reader. */
static void write_result(const struct result *result, struct json_out *out)
{
    const struct check_code *code = check_code_find(result->code, /* ret_check= */ NULL);
    json_out_object(out);
    json_out_member_text(out, "check", result->check);
    json_out_member_text(out, "code", result->code);
    json_out_member_text(out, "subject", result->subject);
    json_out_member_text(out, "sight", sight_text(result->sight));
    json_out_key(out, "values");
    json_out_raw(out, result->values, strlen(result->values));
    json_out_key(out, "also");
    if (code)
        check_also_write(code, out);
    else
        json_out_null(out);
    json_out_key(out, "exchanges");
    json_out_array(out);
    for (size_t i = 0; i < result->exchange_count; i++)
        json_out_int(out, result->exchanges[i]);
    json_out_end(out);
    json_out_end(out);
}

static void write_document(const struct report_request *request, const struct finding *findings,
                           size_t count, enum verdict verdict, struct json_out *out)
{
    const struct result_set *set = request->results;
    json_out_object(out);
    json_out_member_text(out, "schema", REPORT_SCHEMA);
    json_out_member_text(out, "target", request->target);
    json_out_member_instant(out, "observed_at", set->observed_at);
    json_out_member_date(out, "as_of", request->as_of);
    json_out_member_text(out, "rulebook", request->rulebook->digest_text);
    json_out_member_text(out, "measurement", set->evidence);
    write_texts(out, "vantages", &set->vantage, 1);
    json_out_member_text(out, "verdict", verdict_text(verdict));
    json_out_key(out, "findings");
    json_out_array(out);
    for (size_t i = 0; i < count; i++)
        write_finding(request, &findings[i], out);
    json_out_end(out);
    json_out_key(out, "results");
    json_out_array(out);
    for (size_t i = 0; i < set->count; i++) {
        if (set->results[i].sight != SIGHT_NOT_SEEN)
            write_result(&set->results[i], out);
    }
    json_out_end(out);
    json_out_end(out);
}

/* One look is all there is here: what a profile wants repeated is judged as if it had been. */
static int judge(const struct report_request *request, struct arena *arena,
                 struct finding **ret_findings, size_t *ret_count)
{
    const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                               .agreements = request->agreements,
                                               .agreement_count = request->agreement_count,
                                               .subject = request->target,
                                               .day = request->as_of};
    struct duty *duties;
    size_t count;
    int result =
        appraise_duties(request->rulebook, &question, request->party, arena, &duties, &count);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++) {
        if (!duties[i].profile)
            continue;
        struct profile *once = arena_copy(arena, duties[i].profile, sizeof *once);
        if (!once)
            return ERR_NO_MEMORY;
        once->quorum = once->repeats = 1;
        once->spread_us = 0;
        duties[i].profile = once;
    }
    const struct assess_input input = {.subject = request->target,
                                       .rulebook = request->rulebook->digest_text,
                                       .duties = duties,
                                       .duty_count = count,
                                       .sets = request->results,
                                       .set_count = 1};
    return assess(&input, arena, ret_findings, ret_count);
}

int report_write(const struct report_request *given, struct arena *arena, struct buffer *buffer,
                 enum verdict *ret_verdict, struct error_detail *detail)
{
    struct report_request request = *given;
    struct finding *findings;
    struct json_out out;
    size_t count;
    int result = request.agreements ? 0 : assume_agreements(&request, arena);
    if (result >= 0)
        result = judge(&request, arena, &findings, &count);
    if (result < 0)
        return error_set(detail, result, "assessment: %s", error_text(result));
    enum verdict *verdicts = arena_array(arena, count + 1, sizeof *verdicts);
    if (!verdicts)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        verdicts[i] = findings[i].verdict;
    *ret_verdict = verdict_all_of(verdicts, count);
    json_out_init(&out, buffer, /* indent= */ true);
    write_document(&request, findings, count, *ret_verdict, &out);
    return buffer_error(buffer);
}
