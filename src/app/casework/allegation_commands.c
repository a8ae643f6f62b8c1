/* case.allege and case.decide: one failure more, and what became of one. */
#include "app/argument.h"
#include "app/casework/allegation.h"
#include "app/casework/arguments.h"
#include "app/command_list.h"
#include "app/law.h"
#include "base/civil.h"

#include <string.h>

/* One text, or a list of them; none is the empty subject: the party itself. */
static int take_subjects(struct call *call, struct arena *arena, struct case_allegation *allegation)
{
    const json_t *given = json_object_get(call->arguments, "subject");
    size_t count = json_is_array(given) ? json_array_size(given) : 1;
    const char **subjects = arena_array(arena, count + 1, sizeof *subjects);
    if (count == 0 || count > ALLEGATION_SUBJECTS_MAX)
        return error_set(call->detail, ERR_LIMIT, "an allegation has 1 to %d subjects",
                         ALLEGATION_SUBJECTS_MAX);
    if (!subjects)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_is_array(given) ? json_array_get(given, i) : given;
        subjects[i] = json_is_string(one) ? json_string_value(one) : "";
    }
    allegation->subjects = subjects;
    allegation->subject_count = count;
    return 0;
}

int allegation_take(struct call *call, const char *party, struct arena *arena,
                    struct case_allegation *ret_allegation)
{
    struct case_allegation taken = {.reason = ""};
    int32_t today = law_today(call->app), wanted;
    int result = call_need_text(call, "obligation", &taken.obligation);
    if (result >= 0)
        result = take_subjects(call, arena, &taken);
    if (result >= 0)
        result = argument_day(call->arguments, "to", today, &taken.to, call->detail);
    if (result >= 0)
        result = argument_day(call->arguments, "from", taken.to, &taken.from, call->detail);
    if (result >= 0)
        result = argument_day(call->arguments, "version", CIVIL_FAR_PAST, &wanted, call->detail);
    if (result >= 0 && (taken.from > taken.to || taken.to > today))
        result = error_set(call->detail, ERR_SYNTAX,
                           "the conduct ends before it begins, or after today");
    if (result >= 0)
        result = allegation_pin(call->app, party, wanted, arena, &taken, call->detail);
    if (result >= 0)
        *ret_allegation = taken;
    return result;
}

/* case.allege {case, obligation, subject, from, to, version, reason} */
int case_allege(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_allegation allegation;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = allegation_take(call, file.record.party, &file.arena, &allegation);
    if (result < 0)
        return result;
    struct casefile_step request = {
        .step = {.type = CASE_ALLEGATION_ADDED, .alleges = true, .allegation = &allegation}};
    result = arguments_finish(call, &file, &request);
    if (result >= 0)
        json_object_set_new(call->result, "allegation", json_integer(file.state.allegation_count));
    return result;
}

int arguments_take_outcome(struct call *call, struct case_step *step)
{
    const char *outcome = json_text(call->arguments, "outcome");
    if (!outcome || allegation_outcome_parse(outcome, &step->outcome) >= 0)
        return 0;
    return error_set(call->detail, ERR_SYNTAX,
                     "an allegation is open, substantiated, not-substantiated, corrected or "
                     "withdrawn, not '%s'",
                     outcome);
}

/* case.decide {case, number, outcome, reason}: `open` takes a decision back. */
int case_decide(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct casefile_step request = {.step = {.type = CASE_ALLEGATION_DECIDED}};
    const char *outcome;
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = call_need_text(call, "outcome", &outcome);
    if (result >= 0)
        result = arguments_take_outcome(call, &request.step);
    if (result >= 0)
        result = arguments_take_number(call, "number", &request.step.number);
    return result < 0 ? result : arguments_finish(call, &file, &request);
}
