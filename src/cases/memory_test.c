/* Allocation N fails, for every N: a clean error, nothing leaked, outputs untouched. */
#include "cases/complaint.h"
#include "cases/story.h"

#include "memory/sweep.h"
#include "rulebook/yaml.h"

#include <string.h>

static struct story story;
static struct case_outcome breach;

/* No guard of the edges holds, and saying why needs memory. */
static int refuse(const void *from)
{
    struct case_outcome outcome, untouched;
    struct error_detail detail = {0};
    memset(&outcome, 0x5a, sizeof outcome);
    memset(&untouched, 0x5a, sizeof untouched);
    int result = case_apply(&story.state, from, &outcome, &detail);
    assert_memory_equal(&outcome, &untouched, sizeof outcome);
    return result == ERR_REFUSED ? 0 : result;
}

static int encode(const void *from)
{
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, CASE_DATA_MAX);
    return case_data_encode(from, &breach, &out);
}

static void refusing_survives_every_failing_allocation(void **state)
{
    (void)state;
    story_climb(&story, PARTY_REGISTRY);
    story_serve(&story);
    struct case_step early = story_step(&story, CASE_CURED, "ann"); /* nothing was met yet */
    sweep("refuse", refuse, &early);
    story_end(&story);
}

static void encoding_survives_every_failing_allocation(void **state)
{
    (void)state;
    story_climb(&story, PARTY_REGISTRAR);
    struct case_step sent = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "breach", 2);
    assert_int_equal(case_apply(&story.state, &sent, &breach, NULL), 0);
    sweep("encode", encode, &sent);
    story_end(&story);
}

static int load(const void *from)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *loaded = NULL;
    yaml_faults_init(&faults);
    int result = process_load(from, NULL, &faults, &loaded);
    if (result < 0)
        assert_null(loaded);
    process_free(loaded);
    return result;
}

static int miss(const void *from)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct complaint_lack *lacks = NULL;
    size_t count = 77;
    arena_init(&arena, 1 << 16);
    int result = complaint_missing(from, NULL, 0, NULL, 0, &arena, &lacks, &count);
    assert_int_equal(count, result < 0 ? 77 : 1);
    return result;
}

static void completeness_survives_every_failing_allocation(void **state)
{
    (void)state;
    static const struct complaint_question question = {.id = "a", .required = true};
    static const struct complaint_type type = {.questions = &question, .question_count = 1};
    sweep("missing", miss, &type);
}

static void loading_survives_every_failing_allocation(void **state)
{
    (void)state;
    sweep("load", load, PROJECT_ROOT "/rulebook/cctld-example");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusing_survives_every_failing_allocation),
        cmocka_unit_test(encoding_survives_every_failing_allocation),
        cmocka_unit_test(completeness_survives_every_failing_allocation),
        cmocka_unit_test(loading_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
