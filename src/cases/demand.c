#include "cases/demand.h"

#include <string.h>

/* --- rules --- */

static int check_answered(const struct case_state *state, const struct case_step *step,
                          struct error_detail *detail)
{
    for (size_t i = state->letter.demand_count; i < DEMANDS_MAX; i++) {
        if (step->positions[i] != POSITION_NONE)
            return error_set(detail, ERR_REFUSED, "the letter '%s' has no item %zu",
                             state->letter.id, i + 1);
    }
    return 0;
}

static int check_judged(const struct case_state *state, const struct case_step *step,
                        struct error_detail *detail)
{
    if (step->number < 1 || step->number > state->letter.demand_count)
        return error_set(detail, ERR_REFUSED, "the letter '%s' has no item %d", state->letter.id,
                         step->number);
    if (step->judgement < ANSWER_ADEQUATE)
        return error_set(detail, ERR_REFUSED, "'item-judged' needs a judgement");
    return 0;
}

int demand_check(const struct case_state *state, const struct case_step *step,
                 struct error_detail *detail)
{
    if (step->type == CASE_NOTICE_DRAFTED && step->demand_count > DEMANDS_MAX)
        return error_set(detail, ERR_LIMIT, "a letter asks for at most %d things", DEMANDS_MAX);
    if (step->type == CASE_ANSWERED)
        return check_answered(state, step, detail);
    return step->type == CASE_ITEM_JUDGED ? check_judged(state, step, detail) : 0;
}

/* An answer that speaks of no item in particular is an answer to all of them. */
static void take_answer(struct case_state *next, const struct case_step *step)
{
    bool named = false;
    for (size_t i = 0; i < next->letter.demand_count; i++)
        named = named || step->positions[i] != POSITION_NONE;
    for (size_t i = 0; i < next->letter.demand_count; i++) {
        struct case_item *item = &next->items[i];
        if (step->positions[i] != POSITION_NONE)
            item->position = step->positions[i];
        if (step->positions[i] != POSITION_NONE || !named)
            item->judgement = ANSWER_NONE;
    }
}

void demand_apply(struct case_state *next, const struct case_step *step)
{
    /* Other bytes ask for other things; whoever adopts them repeats no list. */
    if (step->type == CASE_NOTICE_DRAFTED && strcmp(step->letter, next->stage->letter) == 0 &&
        step->demand_count)
        memset(next->items, 0, sizeof next->items);
    if (step->type == CASE_ANSWERED)
        take_answer(next, step);
    if (step->type == CASE_ITEM_JUDGED)
        next->items[step->number - 1].judgement = (uint8_t)step->judgement;
    for (size_t i = 0; i < next->letter.demand_count && step->type == CASE_ANSWER_JUDGED; i++) {
        if (next->items[i].judgement == ANSWER_NONE)
            next->items[i].judgement = (uint8_t)step->judgement;
    }
}

enum fact_answer demand_answer(const struct case_state *state, enum fact_answer rest)
{
    unsigned seen = 0;
    if (state->letter.demand_count == 0)
        return rest;
    for (size_t i = 0; i < state->letter.demand_count; i++) {
        uint8_t judgement = state->items[i].judgement;
        seen |= 1U << (judgement == ANSWER_NONE ? (unsigned)rest : judgement);
    }
    if (seen == 1U << ANSWER_ADEQUATE)
        return ANSWER_ADEQUATE;
    return seen == 1U << ANSWER_INADEQUATE ? ANSWER_INADEQUATE : ANSWER_PARTIAL;
}

bool demand_all_judged(const struct case_state *state)
{
    bool judged = state->letter.demand_count > 0;
    for (size_t i = 0; i < state->letter.demand_count; i++)
        judged = judged && state->items[i].judgement != ANSWER_NONE;
    return judged;
}

/* --- data of events --- */

static void print_demands(struct json_out *out, const struct case_step *step)
{
    char hex[DIGEST_HEX];
    json_out_key(out, "demands");
    json_out_array(out);
    for (size_t i = 0; i < step->demand_count; i++) {
        const struct demand *demand = &step->demands[i];
        json_out_object(out);
        json_out_member_int(out, "number", demand->number);
        json_out_member_int(out, "allegation", demand->allegation);
        json_out_member_text(out, "kind", demand_kind_text(demand->kind));
        json_out_member_text(out, "sha256", digest_format(&demand->sha256, hex));
        json_out_end(out);
    }
    json_out_end(out);
}

static void print_positions(struct json_out *out, const struct case_step *step)
{
    bool begun = false;
    for (size_t i = 0; i < DEMANDS_MAX; i++) {
        if (step->positions[i] == POSITION_NONE)
            continue;
        if (!begun) {
            json_out_key(out, "items");
            json_out_array(out);
        }
        begun = true;
        json_out_object(out);
        json_out_member_int(out, "number", (int64_t)i + 1);
        json_out_member_text(out, "position",
                             demand_position_text((enum demand_position)step->positions[i]));
        json_out_end(out);
    }
    if (begun)
        json_out_end(out);
}

void demand_print(struct json_out *out, const struct case_step *step)
{
    if (step->type == CASE_NOTICE_DRAFTED && step->demands)
        print_demands(out, step);
    if (step->type == CASE_ANSWERED)
        print_positions(out, step);
}

static int take_position(const struct json_item *item, struct case_step *step)
{
    int64_t number = json_flat_number(item, "number", 0);
    const char *word = json_flat_text(item, "position");
    enum demand_position position;
    if (number < 1 || number > DEMANDS_MAX || !word || demand_position_parse(word, &position) < 0)
        return ERR_SYNTAX;
    step->positions[number - 1] = (uint8_t)position;
    return 0;
}

int demand_take(const struct json_item *data, struct case_step *step)
{
    const struct json_item *items = json_item_member(data, "items");
    size_t demands = json_item_count(json_item_member(data, "demands"));
    int result = demands <= DEMANDS_MAX ? 0 : ERR_SYNTAX;
    step->demand_count = (uint8_t)demands;
    const struct json_item *item = json_item_first(items);
    for (size_t i = 0; result == 0 && i < json_item_count(items); i++, item = json_item_next(item))
        result = take_position(item, step);
    return result;
}

/* --- questions --- */

static int take_demand(const struct json_item *json, struct demand *ret_demand)
{
    const char *kind = json_flat_text(json, "kind"), *sha256 = json_flat_text(json, "sha256");
    int64_t number = json_flat_number(json, "number", 0),
            about = json_flat_number(json, "allegation", -1);
    if (!kind || !sha256 || number < 1 || number > DEMANDS_MAX || about < 0 ||
        about > CASE_ALLEGATIONS_MAX || demand_kind_parse(kind, &ret_demand->kind) < 0 ||
        digest_parse(sha256, &ret_demand->sha256) < 0)
        return ERR_DAMAGED;
    ret_demand->number = (uint8_t)number;
    ret_demand->allegation = (uint8_t)about;
    return 0;
}

int demand_list(const struct case_event *events, size_t count, const char *letter,
                struct demand ret_list[DEMANDS_MAX], size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = count; i-- > 0;) {
        struct json_flat data JSON_FLAT_CLEANUP = {0};
        if (events[i].type != CASE_NOTICE_DRAFTED)
            continue;
        int result = json_flat_read(&data, events[i].data, strlen(events[i].data), NULL);
        const char *id = json_flat_text(data.root, "letter");
        const struct json_item *demands = json_item_member(data.root, "demands");
        size_t size = json_item_count(demands);
        if (result < 0 || size > DEMANDS_MAX)
            return ERR_DAMAGED;
        /* Adopting a draft says nothing anew of what it asks for. */
        if (!id || strcmp(id, letter) != 0 || !demands)
            continue;
        const struct json_item *item = json_item_first(demands);
        for (size_t n = 0; n < size && result == 0; n++, item = json_item_next(item))
            result = take_demand(item, &ret_list[n]);
        *ret_count = result < 0 ? 0 : size;
        return result;
    }
    return 0;
}

static bool speaks_of(const struct case_event *event, uint8_t number)
{
    struct case_step step;
    bool named = false;
    if (event->type != CASE_ANSWERED || case_step_decode(event, &step, NULL) < 0)
        return false;
    for (size_t i = 0; i < DEMANDS_MAX; i++)
        named = named || step.positions[i] != POSITION_NONE;
    return !named || step.positions[number - 1] != POSITION_NONE;
}

const char *demand_answer_evidence(const struct case_event *events, size_t count, uint8_t number)
{
    for (size_t i = count; i-- > 0;) {
        if (events[i].type == CASE_NOTICE_SENT)
            return "";
        if (speaks_of(&events[i], number))
            return events[i].evidence_count ? events[i].evidence[0] : "";
    }
    return "";
}
