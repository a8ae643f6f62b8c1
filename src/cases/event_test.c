/* What an event must carry, and what of it is written down and read back. */
#include "cases/story.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* An event about somebody or something says whom or what. */
static void an_event_about_an_object_names_it(void **state)
{
    (void)state;
    static const enum case_event_type types[] = {CASE_LINKED,    CASE_UNLINKED,
                                                 CASE_CORRECTED, CASE_ASSIGNED,
                                                 CASE_RECUSED,   CASE_AGREEMENT_CHANGED};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct story story;
        story_begin(&story);
        story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
        struct case_step step = story_step(&story, types[i], "ann");
        story_refuse(&story, &step, "the object or person");
        CASE_TEXT(step.object, "zoe");
        story_take(&story, &step);
        struct case_step read;
        assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
        assert_string_equal(read.object, "zoe");
        assert_string_equal(read.actor, "ann");
        assert_string_equal(read.reason, "because");
        story_end(&story);
    }
}

static void other_events_need_no_object(void **state)
{
    (void)state;
    static const enum case_event_type types[] = {CASE_RECEIVED, CASE_GUIDANCE_GIVEN, CASE_CALL,
                                                 CASE_MEETING};
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct case_step step = story_step(&story, types[i], "ann");
        const struct case_facts before = story.state.facts;
        struct case_outcome outcome = story_take(&story, &step);
        /* A note never says anew what the case is about. */
        assert_memory_equal(&outcome.state.facts, &before, sizeof before);
        struct case_step read;
        assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
        assert_int_equal(read.judgement, ANSWER_NONE);
        assert_int_equal(read.criterion, CRITERION_NONE);
        assert_int_equal(read.dispute, DISPUTE_NONE);
    }
    story_end(&story);
}

static void an_end_names_a_closure_of_the_process(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_CLOSED, "ann");
    story_refuse(&story, &step, "a closure code");
    CASE_TEXT(step.closure, "because-i-say-so");
    story_refuse(&story, &step, "a closure code");
    CASE_TEXT(step.closure, "country-code");
    struct case_outcome outcome = story_take(&story, &step);
    assert_string_equal(outcome.state.closure, "country-code");
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_string_equal(read.closure, "country-code");
    story_end(&story);
}

static void a_dispute_says_how_it_stands(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_DISPUTED, "ann");
    story_refuse(&story, &step, "how the dispute stands");
    step.dispute = DISPUTE_UPHELD;
    story_refuse(&story, &step, "needs dispute == open");
    step.dispute = DISPUTE_OPEN;
    story_take(&story, &step);
    step = story_step(&story, CASE_DISPUTE_ENDED, "ann");
    story_refuse(&story, &step, "how the dispute ended");
    step.dispute = DISPUTE_WITHDRAWN;
    struct case_outcome outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.facts.values[FACT_DISPUTE], DISPUTE_WITHDRAWN);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.dispute, DISPUTE_WITHDRAWN);
    story_refuse(&story, &step, "no dispute is open");
    story_end(&story);
}

/* The names of actors in a state are shorter than the id of an object may be. */
static void a_recused_person_has_a_name_of_a_person(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_step(&story, CASE_RECUSED, "ann");
    memset(step.object, 'a', CASE_NAME_MAX);
    story_refuse(&story, &step, "is no name of a person");
    step.type = CASE_UNLINKED; /* the SHA-256 of a mail is as long */
    story_take(&story, &step);
    story_end(&story);
}

/* A name of one letter is a name: what is not empty is there, and is written down. */
static void a_name_of_one_letter_is_a_name(void **state)
{
    (void)state;
    struct story story;
    struct case_step read;
    story_climb(&story, PARTY_REGISTRAR);
    story_serve(&story);
    struct case_step step = story_step(&story, CASE_RECUSED, "a");
    CASE_TEXT(step.role, "b");
    CASE_TEXT(step.reason, "c");
    CASE_TEXT(step.object, "d");
    story_take(&story, &step);
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_string_equal(read.actor, "a");
    assert_string_equal(read.role, "b");
    assert_string_equal(read.reason, "c");
    assert_string_equal(read.object, "d");
    step = story_step(&story, CASE_EXTENDED, "a");
    step.until = story.state.deadline.due.date + 10;
    CASE_TEXT(step.second, "e");
    story_take(&story, &step);
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_string_equal(read.second, "e");
    step = story_step(&story, CASE_TERMINATED, "a");
    CASE_TEXT(step.ground, "g");
    story_refuse(&story, &step, "knows no ground 'g'");
    story_end(&story);
}

/* A draft or approval of another letter does not send the present stage's own. */
static void another_letter_sends_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_step step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "escalated", 2);
    struct case_outcome outcome = story_take(&story, &step);
    assert_false(outcome_has(&outcome, EFFECT_SEND_LETTER, "notice1"));
    step = story_letter(&story, CASE_NOTICE_APPROVED, "bob", "escalated", 2);
    outcome = story_take(&story, &step);
    assert_false(outcome_has(&outcome, EFFECT_SEND_LETTER, "notice1"));
    step = story_letter(&story, CASE_NOTICE_DRAFTED, "ann", "notice1", 1);
    outcome = story_take(&story, &step);
    assert_true(outcome_has(&outcome, EFFECT_SEND_LETTER, "notice1"));
    story_end(&story);
}

/* That an answer came in is no judgement of it. */
static void a_judgement_says_more_than_received(void **state)
{
    (void)state;
    static const enum fact_answer answers[] = {ANSWER_NONE, ANSWER_RECEIVED};
    struct story story;
    story_begin_served(&story);
    story_plain(&story, CASE_ANSWERED);
    struct case_step step = story_step(&story, CASE_ANSWER_JUDGED, "ann");
    for (size_t i = 0; i < 2; i++) {
        step.judgement = answers[i];
        story_refuse(&story, &step, "a judgement");
    }
    step.judgement = ANSWER_PARTIAL;
    struct case_outcome outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.facts.values[FACT_ANSWER], ANSWER_PARTIAL);
    story_end(&story);
}

/* What a case came from is read back as it was written, each in its own place. */
static void an_opening_keeps_what_the_case_came_from(void **state)
{
    (void)state;
    static const struct {
        enum party_kind party;
        enum case_origin origin;
        enum monitoring_source source;
        enum fact_family family;
        bool violation, repeated;
    } rows[] = {
        {PARTY_REGISTRAR, ORIGIN_COMPLAINT, SOURCE_NONE, FAMILY_DEFAULT, true, false},
        {PARTY_REGISTRY, ORIGIN_MONITORING, SOURCE_TREND, FAMILY_AUDIT_REQUEST, false, true},
        {PARTY_REGISTRY, ORIGIN_MONITORING, SOURCE_MEASUREMENT, FAMILY_DEFAULT, true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story story;
        struct case_step read;
        story_begin(&story);
        struct case_step step = story_step(&story, CASE_OPENED, "ann");
        step.party = rows[i].party;
        step.origin = rows[i].origin;
        step.source = rows[i].source;
        step.family = rows[i].family;
        step.violation = rows[i].violation;
        step.repeated = rows[i].repeated;
        struct case_outcome outcome = story_take(&story, &step);
        assert_int_equal(case_step_decode(&story.events[0], &read, NULL), 0);
        assert_int_equal(read.party, rows[i].party);
        assert_int_equal(read.origin, rows[i].origin);
        assert_int_equal(read.source, rows[i].source);
        assert_int_equal(read.family, rows[i].family);
        assert_int_equal(read.violation, rows[i].violation);
        assert_int_equal(read.repeated, rows[i].repeated);
        const uint8_t *facts = outcome.state.facts.values;
        assert_int_equal(facts[FACT_PARTY], rows[i].party);
        assert_int_equal(facts[FACT_ORIGIN], rows[i].origin);
        assert_int_equal(facts[FACT_FAMILY], rows[i].family);
        assert_int_equal(facts[FACT_VIOLATION], rows[i].violation);
        assert_int_equal(facts[FACT_REPEATED], rows[i].repeated);
        assert_int_equal(facts[FACT_FINDING],
                         rows[i].origin == ORIGIN_MONITORING && rows[i].violation
                             ? FINDING_NOT_MET
                             : FINDING_UNKNOWN);
        assert_int_equal(outcome.state.source, rows[i].source);
        story_end(&story);
    }
}

/* The data of the last event, as JSON. */
static json_t *last_data(const struct story *story)
{
    json_t *json = NULL;
    const char *data = story->events[story->count - 1].data;
    assert_int_equal(json_parse(data, strlen(data), &json, NULL), 0);
    return json;
}

/* What comes in later says nothing of where the case came from; an event of an older store that
 * does is read and changes nothing. */
static void what_comes_in_later_says_no_origin(void **state)
{
    (void)state;
    static const char *const words[] = {"party",  "origin",    "source",
                                        "family", "violation", "repeated"};
    static const char old[] = "{\"party\":\"registrar\",\"origin\":\"complaint\",\"family\":"
                              "\"default\",\"violation\":false,\"repeated\":false,\"rule\":{"
                              "\"from\":\"intake\",\"to\":\"intake\"}}";
    struct story story;
    struct case_state again;
    story_begin(&story);
    struct case_step step = story_step(&story, CASE_RECEIVED, "ann");
    step.party = PARTY_REGISTRY;
    step.origin = ORIGIN_MONITORING;
    story_take(&story, &step);
    json_t *first JSON_CLEANUP = last_data(&story);
    assert_string_equal(json_text(first, "party"), "registry");
    assert_string_equal(json_text(first, "origin"), "monitoring");
    step = story_step(&story, CASE_RECEIVED, "ann");
    story_take(&story, &step);
    json_t *later JSON_CLEANUP = last_data(&story);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_null(json_object_get(later, words[i]));
    story.events[1].data = old;
    assert_int_equal(case_fold(process, story.events, story.count, &again, NULL), 0);
    assert_memory_equal(&again.facts, &story.state.facts, sizeof again.facts);
    story_end(&story);
}

/* A clock that its rule started shows every counted day; a moved date names its rule alone. */
static void a_clock_shows_its_days_a_moved_date_its_rule(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    json_t *started = last_data(&story);
    const json_t *deadline = json_object_get(started, "deadline");
    assert_true(json_is_array(json_object_get(deadline, "trace")));
    assert_true(json_array_size(json_object_get(deadline, "trace")) > 5);
    assert_non_null(json_text(deadline, "zone"));
    json_decref(started);

    struct case_step step = story_step(&story, CASE_EXTENDED, "ann");
    step.until = story.state.deadline.due.date + 7;
    struct case_outcome outcome = story_take(&story, &step);
    assert_int_equal(outcome.state.deadline.due.date, step.until);
    json_t *moved = last_data(&story);
    deadline = json_object_get(moved, "deadline");
    assert_null(json_object_get(deadline, "trace"));
    assert_string_equal(json_text(deadline, "rule"), "first");
    assert_non_null(json_text(deadline, "date"));
    assert_non_null(json_text(deadline, "instant"));
    json_decref(moved);
    struct case_step read;
    assert_int_equal(case_step_decode(&story.events[story.count - 1], &read, NULL), 0);
    assert_int_equal(read.until, step.until);
    assert_true(read.deadline_recorded);
    assert_int_equal(read.deadline_date, step.until);
    assert_int_equal(read.deadline_instant, outcome.state.deadline.due.instant);
    story_end(&story);
}

/* A clock that goes on, after a stop or when an answer is found wanting, is a moved date. */
static void a_clock_that_goes_on_names_its_rule_alone(void **state)
{
    (void)state;
    struct story story;
    story_begin_served(&story);
    story_plain(&story, CASE_TOLLED);
    json_t *data = last_data(&story);
    assert_true(json_is_null(json_object_get(data, "deadline")));
    json_decref(data);
    story.now += INT64_C(86400000000);
    story_plain(&story, CASE_RESUMED);
    data = last_data(&story);
    assert_non_null(json_text(json_object_get(data, "deadline"), "date"));
    assert_null(json_object_get(json_object_get(data, "deadline"), "trace"));
    json_decref(data);
    for (int round = 0; round < 2; round++) {
        story_plain(&story, CASE_ANSWERED);
        data = last_data(&story);
        assert_null(json_object_get(data, "deadline"));
        json_decref(data);
        struct case_step step = story_step(&story, CASE_ANSWER_JUDGED, "ann");
        step.judgement = round ? ANSWER_PARTIAL : ANSWER_ADEQUATE;
        story_take(&story, &step);
        data = last_data(&story);
        const json_t *deadline = json_object_get(data, "deadline");
        assert_int_equal(json_is_null(deadline), !round);
        assert_int_equal(json_text(deadline, "date") != NULL, round);
        assert_null(json_object_get(deadline, "trace"));
        assert_null(json_object_get(data, "answer"));
        json_decref(data);
    }
    story_end(&story);
}

/* The rule that allowed an event stands in the event (invariant 10). */
static void invariant_10_an_event_names_the_edge_that_allowed_it(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    json_t *data = last_data(&story);
    const json_t *rule = json_object_get(data, "rule");
    assert_string_equal(json_text(rule, "from"), "intake");
    assert_string_equal(json_text(rule, "to"), "notice1");
    assert_string_equal(json_text(rule, "guard"), "violation");
    json_decref(data);
    story_end(&story);
}

static int decode(struct case_event event, struct error_detail *detail)
{
    struct case_step step;
    return case_step_decode(&event, &step, detail);
}

static void damaged_events_are_refused(void **state)
{
    (void)state;
    struct story story;
    struct error_detail detail = {0};
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_event event = story.events[0];
    assert_int_equal(decode(event, NULL), 0);
    event.version = CASE_EVENT_VERSION + 1;
    assert_int_equal(decode(event, &detail), ERR_UNSUPPORTED);
    event = story.events[0];
    event.data = "[]";
    assert_int_equal(decode(event, NULL), ERR_SYNTAX);
    event.data = "{";
    assert_int_equal(decode(event, NULL), ERR_SYNTAX);
    char name[CASE_NAME_MAX + 1];
    memset(name, 'a', sizeof name);
    name[CASE_NAME_MAX] = '\0';
    event = story.events[0];
    event.actor = name;
    assert_int_equal(decode(event, NULL), ERR_LIMIT);
    event = story.events[0];
    event.actor_role = name;
    assert_int_equal(decode(event, NULL), ERR_LIMIT);
    event = story.events[0];
    event.reason = name;
    assert_int_equal(decode(event, NULL), ERR_LIMIT);
    name[CASE_NAME_MAX - 1] = '\0'; /* the longest that fits */
    assert_int_equal(decode(event, NULL), 0);
    story_end(&story);
}

static void data_has_a_limit(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    story_open(&story, PARTY_REGISTRAR, /* violation= */ true);
    struct case_event event = story.events[0];
    char *data = calloc(1, CASE_DATA_MAX + 2);
    size_t size = strlen(event.data);
    assert_non_null(data);
    memset(data, ' ', CASE_DATA_MAX + 1);
    memcpy(data, event.data, size);
    event.data = data;
    assert_int_equal(decode(event, NULL), ERR_LIMIT);
    data[CASE_DATA_MAX] = '\0';
    assert_int_equal(decode(event, NULL), 0);
    free(data);
    story_end(&story);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_event_about_an_object_names_it),
    cmocka_unit_test(other_events_need_no_object),
    cmocka_unit_test(an_end_names_a_closure_of_the_process),
    cmocka_unit_test(a_dispute_says_how_it_stands),
    cmocka_unit_test(a_recused_person_has_a_name_of_a_person),
    cmocka_unit_test(a_name_of_one_letter_is_a_name),
    cmocka_unit_test(another_letter_sends_nothing),
    cmocka_unit_test(a_judgement_says_more_than_received),
    cmocka_unit_test(an_opening_keeps_what_the_case_came_from),
    cmocka_unit_test(what_comes_in_later_says_no_origin),
    cmocka_unit_test(a_clock_shows_its_days_a_moved_date_its_rule),
    cmocka_unit_test(a_clock_that_goes_on_names_its_rule_alone),
    cmocka_unit_test(invariant_10_an_event_names_the_edge_that_allowed_it),
    cmocka_unit_test(damaged_events_are_refused),
    cmocka_unit_test(data_has_a_limit),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
