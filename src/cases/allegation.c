#include "cases/allegation.h"

#include "base/civil.h"
#include "base/json_flat.h"

#include <string.h>

static size_t open_count(const struct case_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->allegation_count; i++)
        count += state->allegations[i] == ALLEGATION_OPEN;
    return count;
}

static int check_closing(const struct case_state *state, const struct case_step *step,
                         struct error_detail *detail)
{
    size_t open = open_count(state);
    if (open == 0)
        return 0;
    if (step->outcome == ALLEGATION_OPEN)
        return error_set(detail, ERR_REFUSED,
                         "%zu of %d allegations are not decided: decide them, or say with the "
                         "closure what became of them",
                         open, state->allegation_count);
    return 0;
}

int allegation_check(const struct case_state *state, const struct case_step *step,
                     struct error_detail *detail)
{
    bool first = state->seq == 0 && (step->type == CASE_RECEIVED || step->type == CASE_OPENED);
    if (step->alleges && !first && step->type != CASE_ALLEGATION_ADDED)
        return error_set(detail, ERR_REFUSED, "'%s' adds no allegation",
                         case_event_text(step->type));
    if (step->type == CASE_ALLEGATION_ADDED && !step->alleges)
        return error_set(detail, ERR_REFUSED, "the event says nothing that is alleged");
    if (step->alleges && state->allegation_count == CASE_ALLEGATIONS_MAX)
        return error_set(detail, ERR_LIMIT, "a case has at most %d allegations",
                         CASE_ALLEGATIONS_MAX);
    if (step->type == CASE_ALLEGATION_DECIDED &&
        (step->number < 1 || step->number > state->allegation_count))
        return error_set(detail, ERR_REFUSED, "the case has no allegation %d", step->number);
    return step->type == CASE_CLOSED ? check_closing(state, step, detail) : 0;
}

/* What the end of a case says of allegations that nobody decided one by one. */
static enum allegation_outcome outcome_of_end(const struct case_step *step)
{
    if (step->type == CASE_CLOSED)
        return step->outcome;
    if (step->type == CASE_CURED)
        return ALLEGATION_CORRECTED;
    return step->type == CASE_RESCINDED ? ALLEGATION_WITHDRAWN : ALLEGATION_SUBSTANTIATED;
}

void allegation_apply(struct case_state *next, const struct case_step *step)
{
    if (step->alleges)
        next->allegations[next->allegation_count++] = ALLEGATION_OPEN;
    if (step->type == CASE_ALLEGATION_DECIDED)
        next->allegations[step->number - 1] = (uint8_t)step->outcome;
    if (next->stage->kind != STAGE_END)
        return;
    for (size_t i = 0; i < next->allegation_count; i++) {
        if (next->allegations[i] == ALLEGATION_OPEN)
            next->allegations[i] = (uint8_t)outcome_of_end(step);
    }
}

void allegation_print(struct json_out *out, const struct case_allegation *allegation)
{
    json_out_object(out);
    json_out_member_text(out, "obligation", allegation->obligation);
    json_out_member_date(out, "version", allegation->version);
    json_out_member_text(out, "rulebook", allegation->rulebook);
    json_out_key(out, "subjects");
    json_out_array(out);
    for (size_t i = 0; i < allegation->subject_count; i++)
        json_out_text(out, allegation->subjects[i]);
    json_out_end(out);
    json_out_member_date(out, "from", allegation->from);
    json_out_member_date(out, "to", allegation->to);
    json_out_end(out);
}

/* --- reading them back --- */

static int take_date(const struct json_item *json, const char *key, int32_t *ret_date)
{
    const char *text = json_flat_text(json, key);
    return text && civil_parse_date(text, ret_date) >= 0 ? 0 : ERR_DAMAGED;
}

static int take_subjects(const struct json_item *list, struct arena *arena,
                         struct case_allegation *allegation)
{
    size_t count = json_item_count(list);
    const char **subjects = arena_array(arena, count + 1, sizeof *subjects);
    if (count > ALLEGATION_SUBJECTS_MAX)
        return ERR_DAMAGED;
    const struct json_item *subject = json_item_first(list);
    for (size_t i = 0; subjects && i < count; i++, subject = json_item_next(subject)) {
        const char *text = json_item_text(subject);
        subjects[i] = text ? arena_copy_text(arena, text) : NULL;
        if (!text || !subjects[i])
            return text ? ERR_LIMIT : ERR_DAMAGED;
    }
    allegation->subjects = subjects;
    allegation->subject_count = count;
    return subjects ? 0 : ERR_LIMIT;
}

static int take(const struct json_item *json, struct arena *arena,
                struct case_allegation *ret_allegation)
{
    struct case_allegation taken = {.reason = ""};
    const char *obligation = json_flat_text(json, "obligation"),
               *rulebook = json_flat_text(json, "rulebook");
    if (!obligation || !rulebook || take_date(json, "version", &taken.version) < 0 ||
        take_date(json, "from", &taken.from) < 0 || take_date(json, "to", &taken.to) < 0)
        return ERR_DAMAGED;
    taken.obligation = arena_copy_text(arena, obligation);
    taken.rulebook = arena_copy_text(arena, rulebook);
    int result = take_subjects(json_item_member(json, "subjects"), arena, &taken);
    *ret_allegation = taken;
    return result < 0 ? result : taken.obligation && taken.rulebook ? 0 : ERR_LIMIT;
}

struct reading {
    struct case_allegation *list;
    size_t count;
    struct arena *arena;
};

static int add(struct reading *reading, const struct case_event *event)
{
    struct json_flat data JSON_FLAT_CLEANUP = {0};
    int result = json_flat_read(&data, event->data, strlen(event->data), NULL);
    const struct json_item *allegation = json_item_member(data.root, "allegation");
    if (result < 0 || !allegation)
        return result;
    struct case_allegation *slot =
        arena_push(reading->arena, &reading->list, &reading->count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    result = take(allegation, reading->arena, slot);
    slot->number = (unsigned)reading->count;
    return result;
}

static bool may_add(enum case_event_type type)
{
    return type == CASE_RECEIVED || type == CASE_OPENED || type == CASE_ALLEGATION_ADDED;
}

/* The reason of whoever decided: of one, or of all that were open when the case ended. */
static int take_reason(struct reading *reading, const struct case_event *event)
{
    struct case_step step = {.number = 0};
    bool one = event->type == CASE_ALLEGATION_DECIDED;
    bool all =
        event->type == CASE_CLOSED || event->type == CASE_CURED || event->type == CASE_RESCINDED;
    int result = one ? case_step_decode(event, &step, NULL) : 0;
    for (size_t i = 0; result >= 0 && i < reading->count; i++) {
        struct case_allegation *allegation = &reading->list[i];
        if (one ? allegation->number != step.number : !all || allegation->outcome)
            continue;
        allegation->outcome = one ? step.outcome : ALLEGATION_OUTCOME_COUNT;
        allegation->reason = arena_copy_text(reading->arena, event->reason);
        result = allegation->reason ? 0 : ERR_LIMIT;
    }
    return result;
}

int allegation_list(const struct case_state *state, const struct case_event *events, size_t count,
                    struct arena *arena, struct case_allegation **ret_list, size_t *ret_count)
{
    struct reading reading = {.arena = arena};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        result = may_add(events[i].type) ? add(&reading, &events[i]) : 0;
        if (result >= 0)
            result = take_reason(&reading, &events[i]);
    }
    if (result < 0)
        return result;
    if (reading.count != state->allegation_count)
        return ERR_DAMAGED;
    for (size_t i = 0; i < reading.count; i++)
        reading.list[i].outcome = (enum allegation_outcome)state->allegations[i];
    *ret_list = reading.list;
    *ret_count = reading.count;
    return 0;
}
