/* Items of a letter: what is asked, the position taken to each, the judgement of each, and the fact
 * `answer` that follows from them. */
#include "cases/demand.h"

#include "cases/story.h"

#include <stdio.h>
#include <string.h>

static const struct demand asked[] = {
    {.number = 1, .allegation = 1, .kind = DEMAND_CURE},
    {.number = 2, .allegation = 1, .kind = DEMAND_EVIDENCE},
    {.number = 3, .allegation = 0, .kind = DEMAND_EXPLAIN},
};

enum { ASKED = sizeof asked / sizeof *asked };

static void begin_served(struct story *story)
{
    story_begin(story);
    story_open(story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1);
    step.demands = asked;
    step.demand_count = ASKED;
    story_take(story, &step);
    story_serve(story);
}

static void answer(struct story *story, uint8_t number, enum demand_position position)
{
    struct case_step step = story_step(story, CASE_ANSWERED, "ann");
    if (number)
        step.positions[number - 1] = (uint8_t)position;
    story_take(story, &step);
}

static void judge_item(struct story *story, uint8_t number, enum fact_answer judgement)
{
    struct case_step step = story_step(story, CASE_ITEM_JUDGED, "ann");
    step.number = number;
    step.judgement = judgement;
    story_take(story, &step);
}

static enum fact_answer judge_rest(struct story *story, enum fact_answer judgement)
{
    struct case_step step = story_step(story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = judgement;
    struct case_outcome outcome = story_take(story, &step);
    return (enum fact_answer)outcome.state.facts.values[FACT_ANSWER];
}

static void what_was_asked_stands_in_the_event_by_number_and_digest(void **state)
{
    (void)state;
    struct story story;
    struct demand list[DEMANDS_MAX];
    size_t count;
    begin_served(&story);
    assert_int_equal(story.state.letter.demand_count, ASKED);
    assert_int_equal(demand_list(story.events, story.count, "notice1", list, &count), 0);
    assert_int_equal(count, ASKED);
    for (size_t i = 0; i < ASKED; i++) {
        assert_int_equal(list[i].number, asked[i].number);
        assert_int_equal(list[i].allegation, asked[i].allegation);
        assert_int_equal(list[i].kind, asked[i].kind);
        assert_true(digest_equal(&list[i].sha256, &asked[i].sha256));
    }
    assert_int_equal(demand_list(story.events, story.count, "notice2", list, &count), 0);
    assert_int_equal(count, 0);
    story_end(&story);
}

/* The fact follows from all items: the same word for each is that word, anything else is partial.
 */
static void the_answer_is_derived_from_its_items(void **state)
{
    (void)state;
    static const struct {
        enum fact_answer items[2], rest, answer;
    } rows[] = {
        {{ANSWER_ADEQUATE, ANSWER_ADEQUATE}, ANSWER_ADEQUATE, ANSWER_ADEQUATE},
        {{ANSWER_INADEQUATE, ANSWER_INADEQUATE}, ANSWER_INADEQUATE, ANSWER_INADEQUATE},
        {{ANSWER_ADEQUATE, ANSWER_INADEQUATE}, ANSWER_ADEQUATE, ANSWER_PARTIAL},
        {{ANSWER_ADEQUATE, ANSWER_ADEQUATE}, ANSWER_INADEQUATE, ANSWER_PARTIAL},
        {{ANSWER_PARTIAL, ANSWER_PARTIAL}, ANSWER_PARTIAL, ANSWER_PARTIAL},
        {{ANSWER_NONE, ANSWER_NONE}, ANSWER_ADEQUATE, ANSWER_ADEQUATE},
        {{ANSWER_NONE, ANSWER_INADEQUATE}, ANSWER_INADEQUATE, ANSWER_INADEQUATE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story story;
        begin_served(&story);
        answer(&story, 0, POSITION_NONE);
        for (uint8_t n = 0; n < 2; n++) {
            if (rows[i].items[n] != ANSWER_NONE)
                judge_item(&story, (uint8_t)(n + 1), rows[i].items[n]);
        }
        assert_false(demand_all_judged(&story.state));
        assert_int_equal(story.state.facts.values[FACT_ANSWER], ANSWER_RECEIVED);
        assert_int_equal(judge_rest(&story, rows[i].rest), rows[i].answer);
        assert_true(demand_all_judged(&story.state));
        story_end(&story);
    }
}

/* From the last item to the first: the first counts like the others. */
static void all_are_judged_when_each_is(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    answer(&story, 0, POSITION_NONE);
    size_t count = story.state.letter.demand_count;
    assert_true(count > 1);
    for (size_t n = count; n > 0; n--) {
        assert_false(demand_all_judged(&story.state));
        judge_item(&story, (uint8_t)n, ANSWER_ADEQUATE);
    }
    assert_true(demand_all_judged(&story.state));
    story_end(&story);
}

static void positions_are_kept_item_by_item(void **state)
{
    (void)state;
    struct story story;
    struct case_step read;
    begin_served(&story);
    answer(&story, 1, POSITION_COMPLY);
    answer(&story, 2, POSITION_NEED_TIME);
    assert_int_equal(story.state.items[0].position, POSITION_COMPLY);
    assert_int_equal(story.state.items[1].position, POSITION_NEED_TIME);
    assert_int_equal(story.state.items[2].position, POSITION_NONE);
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.positions[0], POSITION_NONE);
    assert_int_equal(read.positions[1], POSITION_NEED_TIME);
    story_end(&story);
}

/* What comes later is judged anew: the item that it speaks of, or all of them. */
static void a_new_answer_takes_judgements_back(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    answer(&story, 0, POSITION_NONE);
    judge_item(&story, 1, ANSWER_ADEQUATE);
    judge_item(&story, 2, ANSWER_INADEQUATE);
    judge_rest(&story, ANSWER_PARTIAL);
    answer(&story, 2, POSITION_DISPUTE);
    assert_int_equal(story.state.items[0].judgement, ANSWER_ADEQUATE);
    assert_int_equal(story.state.items[1].judgement, ANSWER_NONE);
    answer(&story, 0, POSITION_NONE);
    assert_int_equal(story.state.items[0].judgement, ANSWER_NONE);
    assert_int_equal(judge_rest(&story, ANSWER_ADEQUATE), ANSWER_ADEQUATE);
    story_end(&story);
}

/* The first item is one that may be named, too. */
static void an_answer_to_the_first_item_leaves_the_others(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    answer(&story, 0, POSITION_NONE);
    for (size_t i = 0; i < ASKED; i++)
        judge_item(&story, asked[i].number, ANSWER_ADEQUATE);
    answer(&story, 1, POSITION_COMPLY);
    assert_int_equal(story.state.items[0].judgement, ANSWER_NONE);
    assert_int_equal(story.state.items[1].judgement, ANSWER_ADEQUATE);
    assert_int_equal(story.state.items[2].judgement, ANSWER_ADEQUATE);
    story_end(&story);
}

/* Only the stage's own letter, drafted anew with a list, takes the place of what was asked. */
static void a_new_list_of_the_same_letter_has_new_items(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    answer(&story, 1, POSITION_COMPLY);
    struct case_step step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "escalated", 2);
    step.demands = asked;
    step.demand_count = 2;
    story_take(&story, &step);
    assert_int_equal(story.state.items[0].position, POSITION_COMPLY);
    step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1); /* says no list anew */
    story_take(&story, &step);
    assert_int_equal(story.state.items[0].position, POSITION_COMPLY);
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 3);
    step.demands = asked;
    step.demand_count = 2;
    story_take(&story, &step);
    assert_int_equal(story.state.items[0].position, POSITION_NONE);
    assert_int_equal(story.state.letter.demand_count, 2);
    story_end(&story);
}

/* The latest answer that speaks of the item, or of all, since the letter was served. */
static void the_evidence_of_an_item_is_that_of_its_latest_answer(void **state)
{
    (void)state;
    static const char *const of_all[] = {"all", "more"}, *const of_first[] = {"first"},
                             *const of_call[] = {"call"};
    struct story story;
    begin_served(&story);
    assert_string_equal(demand_answer_evidence(story.events, story.count, 1), "");
    answer(&story, 0, POSITION_NONE);
    story.events[story.count - 1].evidence = of_all;
    story.events[story.count - 1].evidence_count = 2;
    answer(&story, 1, POSITION_COMPLY);
    story.events[story.count - 1].evidence = of_first;
    story.events[story.count - 1].evidence_count = 1;
    story_plain(&story, CASE_CALL);
    story.events[story.count - 1].evidence = of_call;
    story.events[story.count - 1].evidence_count = 1;
    assert_string_equal(demand_answer_evidence(story.events, story.count, 1), "first");
    assert_string_equal(demand_answer_evidence(story.events, story.count, 2), "all");
    answer(&story, 2, POSITION_COMPLY); /* without any */
    assert_string_equal(demand_answer_evidence(story.events, story.count, 1), "first");
    assert_string_equal(demand_answer_evidence(story.events, story.count, 2), "");
    story.now += 1;
    struct case_step step = story_letter(&story, CASE_BOUNCED, "bailiwick", "notice1", 1);
    story_take(&story, &step);
    story_serve(&story);
    assert_string_equal(demand_answer_evidence(story.events, story.count, 1), "");
    assert_string_equal(demand_answer_evidence(story.events, 0, 1), "");
    story_end(&story);
}

static void another_stage_has_items_of_its_own(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    answer(&story, 1, POSITION_DISPUTE);
    story_pass_deadline(&story);
    struct case_step step = story_step(&story, CASE_ANSWER_JUDGED, "ann");
    step.judgement = ANSWER_INADEQUATE;
    story_take(&story, &step);
    assert_string_equal(story.state.stage->id, "notice2");
    assert_int_equal(story.state.letter.demand_count, 0);
    assert_int_equal(story.state.items[0].position, POSITION_NONE);
    story_end(&story);
}

static void what_the_rules_of_items_refuse(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    struct case_step step = story_step(&story, CASE_ITEM_JUDGED, "ann");
    step.number = 1;
    step.judgement = ANSWER_ADEQUATE;
    story_refuse(&story, &step, "no answer that waits");
    answer(&story, 0, POSITION_NONE);
    step.number = 4;
    story_refuse(&story, &step, "the letter 'notice1' has no item 4");
    step.number = 0;
    story_refuse(&story, &step, "has no item 0");
    step.number = 3;
    step.judgement = ANSWER_RECEIVED;
    story_refuse(&story, &step, "'item-judged' needs a judgement");
    step = story_step(&story, CASE_ANSWERED, "ann");
    step.positions[3] = POSITION_COMPLY;
    story_refuse(&story, &step, "has no item 4");
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "escalated", 2);
    step.demand_count = DEMANDS_MAX + 1;
    struct case_outcome outcome;
    struct error_detail detail = {""};
    assert_int_equal(case_apply(&story.state, &step, &outcome, &detail), ERR_LIMIT);
    assert_non_null(strstr(detail.text, "asks for at most 64 things"));
    story_end(&story);
}

/* Adopting the draft keeps what it asks for; other bytes ask anew. */
static void the_same_bytes_ask_for_the_same(void **state)
{
    (void)state;
    struct story story;
    begin_served(&story);
    struct case_step step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "escalated", 2);
    step.demands = asked;
    step.demand_count = 2;
    story_take(&story, &step);
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "bob", "escalated", 2);
    story_take(&story, &step);
    assert_int_equal(story.state.proposal.demand_count, 2);
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "bob", "escalated", 3);
    story_take(&story, &step);
    assert_int_equal(story.state.proposal.demand_count, 0);
    story_end(&story);
}

static void damaged_items_are_found(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "{\"items\":[{\"number\":0,\"position\":\"comply\"}]}",
        "{\"items\":[{\"number\":65,\"position\":\"comply\"}]}",
        "{\"items\":[{\"number\":1,\"position\":\"none\"}]}",
        "{\"items\":[{\"number\":1,\"position\":\"maybe\"}]}",
        "{\"items\":[{\"number\":1}]}",
    };
    static const char *const lists[] = {
        "{\"letter\":\"a\",\"demands\":[{}]}",
        ("{\"letter\":\"a\",\"demands\":[{\"number\":1,\"allegation\":1,\"kind\":\"x\","
         "\"sha256\":\"\"}]}"),
        "{",
    };
    struct case_event event = {.type = CASE_ANSWERED,
                               .version = CASE_EVENT_VERSION,
                               .actor = "ann",
                               .actor_role = "analyst",
                               .reason = ""};
    struct case_step step;
    struct demand list[DEMANDS_MAX];
    size_t count;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        event.data = damaged[i];
        assert_int_equal(case_step_decode(&event, &step, NULL), ERR_SYNTAX);
    }
    event.type = CASE_NOTICE_DRAFTED;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        event.data = lists[i];
        count = 7;
        assert_int_equal(demand_list(&event, 1, "a", list, &count), ERR_DAMAGED);
        assert_int_equal(count, 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_asked_stands_in_the_event_by_number_and_digest),
    cmocka_unit_test(all_are_judged_when_each_is),
    cmocka_unit_test(the_answer_is_derived_from_its_items),
    cmocka_unit_test(positions_are_kept_item_by_item),
    cmocka_unit_test(a_new_answer_takes_judgements_back),
    cmocka_unit_test(an_answer_to_the_first_item_leaves_the_others),
    cmocka_unit_test(a_new_list_of_the_same_letter_has_new_items),
    cmocka_unit_test(the_evidence_of_an_item_is_that_of_its_latest_answer),
    cmocka_unit_test(another_stage_has_items_of_its_own),
    cmocka_unit_test(what_the_rules_of_items_refuse),
    cmocka_unit_test(the_same_bytes_ask_for_the_same),
    cmocka_unit_test(damaged_items_are_found),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
