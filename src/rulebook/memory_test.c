/* Every allocation fails in turn: a clean error, no leak, outputs untouched. What libyaml allocates
 * for itself is not counted. */
#include "rulebook/rulebook.h"

#include "base/civil.h"
#include "base/error.h"
#include "memory/sweep.h"
#include "rulebook/sample.h"
#include "testing.h"

static int load_tree(const void *from)
{
    const struct rulebook_tree *tree = from;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook untouched, *rulebook = &untouched;
    yaml_faults_init(&faults);
    int r = rulebook_load_tree(tree, "rules", NULL, &rulebook, &faults);
    if (r < 0)
        assert_ptr_equal(rulebook, &untouched);
    else
        rulebook_free(rulebook);
    return r;
}

/* Faults need memory too. */
static int load_wrong_tree(const void *from)
{
    const struct rulebook_tree *tree = from;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    int r = rulebook_load_tree(tree, "rules", NULL, &rulebook, &faults);
    assert_null(rulebook);
    return r == ERR_SYNTAX ? 0 : r;
}

static int encode_and_decode(const void *from)
{
    const struct rulebook_tree *tree = from;
    struct rulebook_tree back RULEBOOK_TREE_CLEANUP = {0};
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 1 << 20);
    int r = rulebook_tree_encode(tree, &bytes);
    if (r >= 0)
        r = rulebook_tree_decode(bytes.data, bytes.size, &back, NULL);
    if (r < 0)
        assert_null(back.files);
    return r;
}

static int ask(const void *from)
{
    const struct rulebook *rulebook = from;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct agreement agreement = {"p", "deed",         "current",
                                        "",  CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                               .agreements = &agreement,
                                               .agreement_count = 1,
                                               .subject = "tld",
                                               .day = civil_days(2020, 1, 1)};
    const struct rulebook_binding *bindings = NULL;
    const struct rulebook_change *changes = NULL;
    size_t count = 77;
    int r = rulebook_in_force(rulebook, &question, &arena, &bindings, &count);
    if (r < 0) {
        assert_null(bindings);
        assert_int_equal(count, 77);
        return r;
    }
    const struct rulebook_answer none = {0}, all = {bindings, count};
    r = rulebook_answer_diff(&none, &all, &arena, &changes, &count);
    if (r < 0)
        return r;
    return rulebook_diff(rulebook, civil_days(2011, 1, 1), civil_days(2022, 1, 1), &arena, &changes,
                         &count);
}

static void loading_survives_every_failed_allocation(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    sweep("load tree", load_tree, &tree);
}

static void loading_the_shipped_rulebook_survives_too(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(rulebook_tree_read(PROJECT_ROOT "/rulebook/icann", &tree, NULL), 0);
    sweep("load tree", load_tree, &tree);
}

static void reporting_faults_survives_every_failed_allocation(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(sample_tree("documents/policy.yaml", "id: [wrong\n", &tree), 0);
    sweep("load wrong tree", load_wrong_tree, &tree);
}

static void archives_survive_every_failed_allocation(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    sweep("encode and decode", encode_and_decode, &tree);
}

static int read_folder(const void *from)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    int r = rulebook_tree_read(from, &tree, NULL);
    if (r < 0)
        assert_null(tree.files);
    return r;
}

static void reading_a_folder_survives_every_failed_allocation(void **state)
{
    (void)state;
    sweep("read folder", read_folder, PROJECT_ROOT "/rulebook/cctld-example");
}

static void answers_survive_every_failed_allocation(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    assert_int_equal(rulebook_load_tree(&tree, "", NULL, &rulebook, &faults), 0);
    sweep("ask", ask, rulebook);
    rulebook_free(rulebook);
}

TEST_MAIN(cmocka_unit_test(loading_survives_every_failed_allocation),
          cmocka_unit_test(loading_the_shipped_rulebook_survives_too),
          cmocka_unit_test(reporting_faults_survives_every_failed_allocation),
          cmocka_unit_test(archives_survive_every_failed_allocation),
          cmocka_unit_test(reading_a_folder_survives_every_failed_allocation),
          cmocka_unit_test(answers_survive_every_failed_allocation))
