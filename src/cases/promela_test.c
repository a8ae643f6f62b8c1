/* That the printed process behaves as the engine does is shown by tests/model. */
#include "cases/promela.h"

#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct process *load(const char *rulebook)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *process = NULL;
    char directory[1000];
    yaml_faults_init(&faults);
    snprintf(directory, sizeof directory, "%s/rulebook/%s", PROJECT_ROOT, rulebook);
    assert_int_equal(process_load(directory, NULL, &faults, &process), 0);
    return process;
}

static void every_edge_is_printed_with_its_guard(void **state)
{
    (void)state;
    static const char *const rulebooks[] = {"icann", "cctld-example"};
    for (size_t i = 0; i < 2; i++) {
        struct process *process = load(rulebooks[i]);
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, PROMELA_MAX);
        assert_int_equal(promela_print(process, &out, NULL), 0);
        for (size_t e = 0; e < process->edge_count; e++) {
            BUFFER_CLEANUP struct buffer guard;
            char words[60];
            buffer_init(&guard, 10000);
            guard_print_promela(&process->edges[e].guard, &guard);
            buffer_printf(&guard, ") ->\n           edge = %zu", e + 1);
            assert_non_null(strstr(buffer_text(&out), buffer_text(&guard)));
            snprintf(words, sizeof words, "/* line %d */", process->edges[e].line);
            assert_non_null(strstr(buffer_text(&out), words));
        }
        process_free(process);
    }
}

static void facts_are_those_of_the_frame_and_of_guards(void **state)
{
    (void)state;
    struct process *icann = load("icann"), *cctld = load("cctld-example");
    assert_true(promela_facts(icann) >> FACT_DISPUTE & 1);
    assert_false(promela_facts(cctld) >> FACT_DISPUTE & 1);
    assert_true(promela_facts(cctld) >> FACT_PLAN & 1);       /* step.c sets it, no guard asks */
    assert_false(promela_facts(icann) >> FACT_VIOLATION & 1); /* only 'opened' asks, and sets it */
    assert_false(promela_facts(icann) >> FACT_GROUND & 1);
    process_free(icann);
    process_free(cctld);
}

static void approvals_are_counted_as_far_as_an_edge_asks(void **state)
{
    (void)state;
    struct process *icann = load("icann");
    assert_int_equal(promela_approvals(icann, "breach"), 1);
    assert_int_equal(promela_approvals(icann, "termination"), 2);
    assert_int_equal(promela_approvals(icann, "notice1"), 0);
    assert_int_equal(promela_letter(icann, ""), 0);
    assert_int_equal(promela_letter(icann, "inquiry"), 1);
    assert_true(promela_asks_second(icann, CASE_EXTENDED));
    assert_false(promela_asks_second(icann, CASE_RESUMED));
    process_free(icann);
}

static void refuse_print(const struct process *process, const char *says)
{
    struct error_detail detail = {""};
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, PROMELA_MAX);
    assert_int_equal(promela_print(process, &out, &detail), ERR_UNSUPPORTED);
    assert_non_null(strstr(detail.text, says));
}

static void refuse(const struct process *process, size_t at, int needed, const char *says)
{
    struct edge *edges = calloc(process->edge_count, sizeof *edges);
    assert_non_null(edges);
    memcpy(edges, process->edges, process->edge_count * sizeof *edges);
    edges[at].approvals.needed = needed;
    struct process changed = *process;
    changed.edges = edges;
    refuse_print(&changed, says);
    free(edges);
}

static void what_the_model_does_not_know_is_refused(void **state)
{
    (void)state;
    struct process *process = load("cctld-example");
    size_t stays = 0, leaves = 0;
    while (process->edges[stays].to != process->edges[stays].from)
        stays++;
    while (process->edges[leaves].to == process->edges[leaves].from)
        leaves++;
    refuse(process, stays, 1, "no approvals on an edge that stays");
    refuse(process, leaves, PROMELA_APPROVALS_MAX + 1, "counts 3 approvals");
    struct process wordy = *process;
    wordy.letter_count = PROMELA_LETTERS_MAX + 1;
    refuse_print(&wordy, "knows 31 letters at most");
    process_free(process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_printed_with_its_guard),
        cmocka_unit_test(facts_are_those_of_the_frame_and_of_guards),
        cmocka_unit_test(approvals_are_counted_as_far_as_an_edge_asks),
        cmocka_unit_test(what_the_model_does_not_know_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
