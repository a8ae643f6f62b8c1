/* Who is bound by what on a day: the rule by example, and properties of it over random questions.
 */
#include "rulebook/rulebook.h"

#include "base/civil.h"
#include "base/error.h"
#include "rulebook/sample.h"
#include "testing.h"

#include <stdio.h>

#define DAY(year, month, day) civil_days((year), (month), (day))

static struct rulebook *sample(void)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    assert_int_equal(rulebook_load_tree(&tree, "", NULL, &rulebook, &faults), 0);
    return rulebook;
}

static struct rulebook *shipped(void)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(rulebook_load(PROJECT_ROOT "/rulebook/icann", NULL, &rulebook, &faults), 0);
    return rulebook;
}

static size_t count_of(const struct rulebook_binding *bindings, size_t count, const char *id)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += strcmp(bindings[i].obligation->id, id) == 0;
    return found;
}

/* Asked for each obligation alone the answer is the part of the whole one that is about it. */
static void check_alone(const struct rulebook *rulebook, struct rulebook_question question,
                        const struct rulebook_binding *all, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < rulebook->clause_count; i++) {
        const struct rulebook_binding *alone = NULL;
        size_t found = 0, first = 0;
        question.obligation = rulebook->clauses[i].obligation.id;
        assert_int_equal(rulebook_in_force(rulebook, &question, arena, &alone, &found), 0);
        assert_int_equal(found, count_of(all, count, question.obligation));
        while (found > 0 && strcmp(all[first].obligation->id, question.obligation) != 0)
            first++;
        for (size_t n = 0; n < found; n++) {
            assert_ptr_equal(alone[n].obligation, all[first + n].obligation);
            assert_ptr_equal(alone[n].agreement, all[first + n].agreement);
        }
    }
}

static void an_unknown_obligation_binds_nobody(void **state)
{
    (void)state;
    struct rulebook *rulebook = sample();
    struct arena arena ARENA_CLEANUP;
    const struct rulebook_binding *bindings;
    const struct agreement agreement = {
        .family = "deed", .version = "1", .subject = "", .until = CIVIL_FAR_FUTURE};
    const char *const unknown[] = {"", "aaa", "no.such-obligation", "zzz"};
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                                   .agreements = &agreement,
                                                   .agreement_count = 1,
                                                   .subject = "tld",
                                                   .day = DAY(2020, 1, 1),
                                                   .obligation = unknown[i]};
        size_t count = 1;
        assert_int_equal(rulebook_in_force(rulebook, &question, &arena, &bindings, &count), 0);
        assert_int_equal(count, 0);
    }
    rulebook_free(rulebook);
}

/* The ids that bind, separated by blanks. */
static const char *bound(const struct rulebook *rulebook, const struct rulebook_question *question,
                         struct arena *arena)
{
    const struct rulebook_binding *bindings = NULL;
    size_t count = 0;
    const char *text = "";
    assert_int_equal(rulebook_in_force(rulebook, question, arena, &bindings, &count), 0);
    check_alone(rulebook, *question, bindings, count, arena);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? " " : "", bindings[i].obligation->id);
    return text;
}

struct example {
    const char *version, *subject;
    int32_t from, until, day;
    const char *bound;
};

static void the_rule_by_example(void **state)
{
    (void)state;
    const int32_t open = CIVIL_FAR_FUTURE;
    const struct example examples[] = {
        /* the first and the last day of an agreement, half-open */
        {"1", "tld", DAY(2016, 1, 1), DAY(2017, 1, 1), DAY(2015, 12, 31), ""},
        {"1", "tld", DAY(2016, 1, 1), DAY(2017, 1, 1), DAY(2016, 1, 1),
         "deed.changed deed.tested policy.all"},
        {"1", "tld", DAY(2016, 1, 1), DAY(2017, 1, 1), DAY(2016, 12, 31),
         "deed.changed deed.tested policy.all"},
        {"1", "tld", DAY(2016, 1, 1), DAY(2017, 1, 1), DAY(2017, 1, 1), ""},
        /* a policy begins for whoever has any agreement */
        {"1", "tld", DAY(2011, 1, 1), open, DAY(2014, 12, 31), "deed.changed deed.tested"},
        {"unheard-of", "tld", DAY(2011, 1, 1), open, DAY(2015, 1, 1), "policy.all"},
        /* an agreement for all subjects, and one for another */
        {"1", "", DAY(2016, 1, 1), open, DAY(2018, 1, 1), "deed.changed deed.tested policy.all"},
        {"1", "other", DAY(2016, 1, 1), open, DAY(2018, 1, 1), ""},
        /* on signature: only that version, from the day of the agreement */
        {"3", "tld", DAY(2025, 6, 1), open, DAY(2025, 5, 31), ""},
        {"3", "tld", DAY(2025, 6, 1), open, DAY(2025, 6, 1),
         "deed.changed deed.signed deed.tested policy.all"},
        {"current", "tld", DAY(2025, 6, 1), open, DAY(2025, 6, 1),
         "deed.changed deed.tested policy.all"},
    };
    struct rulebook *rulebook = sample();
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct arena arena ARENA_CLEANUP;
        arena_init(&arena, 1 << 20);
        const struct example *e = &examples[i];
        const struct agreement agreement = {.party = "p",
                                            .family = "deed",
                                            .version = e->version,
                                            .subject = e->subject,
                                            .from = e->from,
                                            .until = e->until};
        const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                                   .agreements = &agreement,
                                                   .agreement_count = 1,
                                                   .subject = "tld",
                                                   .day = e->day};
        assert_string_equal(bound(rulebook, &question, &arena), e->bound);
    }
    rulebook_free(rulebook);
}

static void waivers_and_overrides_hold_for_their_subject_and_days(void **state)
{
    (void)state;
    struct rulebook *rulebook = sample();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct agreement agreement = {"p",   "deed",         "current",
                                        "tld", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    const struct rulebook_waiver waiver = {"deed.tested", "tld", DAY(2018, 1, 1), DAY(2019, 1, 1)};
    const struct rulebook_override override = {"deed.changed", "", DAY(2018, 1, 1), DAY(2019, 1, 1),
                                               "{\"b\":9}"};
    struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                         .agreements = &agreement,
                                         .agreement_count = 1,
                                         .subject = "tld",
                                         .day = DAY(2018, 6, 1),
                                         .waivers = &waiver,
                                         .waiver_count = 1,
                                         .overrides = &override,
                                         .override_count = 1};
    const struct rulebook_binding *bindings = NULL;
    size_t count = 0;
    assert_int_equal(rulebook_in_force(rulebook, &question, &arena, &bindings, &count), 0);
    assert_int_equal(count, 2);
    assert_string_equal(bindings[0].parameters, "{\"b\":9}");
    assert_string_equal(bindings[1].obligation->id, "policy.all");
    question.day = DAY(2019, 1, 1);
    assert_string_equal(bound(rulebook, &question, &arena), "deed.changed deed.tested policy.all");
    rulebook_free(rulebook);
}

static void comply_by_is_apart_from_from(void **state)
{
    (void)state;
    struct rulebook *rulebook = sample();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct agreement agreement = {"p", "deed", "2", "", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                         .agreements = &agreement,
                                         .agreement_count = 1,
                                         .subject = "tld",
                                         .day = DAY(2022, 5, 31)};
    const struct rulebook_binding *bindings = NULL;
    size_t count = 0;
    assert_int_equal(rulebook_in_force(rulebook, &question, &arena, &bindings, &count), 0);
    assert_string_equal(bindings[0].obligation->id, "deed.changed");
    assert_true(bindings[0].comply_later);
    question.day = DAY(2022, 6, 1);
    assert_int_equal(rulebook_in_force(rulebook, &question, &arena, &bindings, &count), 0);
    assert_false(bindings[0].comply_later);
    rulebook_free(rulebook);
}

static void a_registrar_is_not_bound_by_what_binds_registries(void **state)
{
    (void)state;
    struct rulebook *rulebook = sample();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct agreement agreement = {"p", "deed", "2", "", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    const struct rulebook_question question = {.kind = PARTY_REGISTRAR,
                                               .agreements = &agreement,
                                               .agreement_count = 1,
                                               .subject = "tld",
                                               .day = DAY(2022, 5, 31)};
    assert_string_equal(bound(rulebook, &question, &arena), "");
    rulebook_free(rulebook);
}

/* Lists of TLDs call them sponsored, like others that have an agreement. */
static void a_tld_without_an_agreement_is_bound_by_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"edu", "gov", "int", "mil"};
    struct rulebook *rulebook = shipped();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct agreement agreement = {"p", "ra", "current", "", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                         .agreements = &agreement,
                                         .agreement_count = 1,
                                         .day = DAY(2026, 11, 28)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        question.subject = names[i];
        assert_string_equal(bound(rulebook, &question, &arena), "");
    }
    question.subject = "museum";
    assert_non_null(strstr(bound(rulebook, &question, &arena), "ra.spec6.1.3-dnssec"));
    rulebook_free(rulebook);
}

/* --- properties --- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static const char *const families[] = {"ra", "raa", "ra-commitments", "none"};
static const char *const versions[] = {"2013", "2017", "2023", "2024", "2026", "current", "brand"};
static const char *const subjects[] = {"", "tld", "other"};

static struct agreement random_agreement(uint64_t *seed)
{
    int32_t from = DAY(2012, 1, 1) + (int32_t)(next_random(seed) % 6000);
    return (struct agreement){.party = "p",
                              .family = families[next_random(seed) % 4],
                              .version = versions[next_random(seed) % 7],
                              .subject = subjects[next_random(seed) % 3],
                              .from = from,
                              .until = from + (int32_t)(next_random(seed) % 3000)};
}

/* The rule of the house in one sentence, written again without looking at binding.c. */
static bool must_bind(const struct rulebook_clause *clause, const struct agreement *agreement,
                      const struct rulebook_question *question)
{
    const struct obligation *o = &clause->obligation;
    const struct agreement_family *family = clause->document->family;
    int version = -1;
    bool in_time = question->day >= o->from && question->day < o->until &&
                   question->day >= agreement->from && question->day < agreement->until;
    bool of_subject =
        agreement->subject[0] == 0 || strcmp(agreement->subject, question->subject) == 0;
    bool of_kind =
        question->kind == PARTY_REGISTRY ? o->binds & BINDS_REGISTRY : o->binds & BINDS_REGISTRAR;
    if (o->state == OBLIGATION_PROPOSED || !in_time || !of_subject || !of_kind)
        return false;
    if (!family)
        return true;
    for (size_t i = 0; i < family->version_count; i++) {
        bool named = strcmp(agreement->version, family->versions[i].id) == 0;
        bool amended = strcmp(agreement->version, "current") == 0 &&
                       family->versions[i].from <= question->day &&
                       !family->versions[i].on_signature;
        version = named || amended ? (int)i : version;
    }
    return family->kind == question->kind && strcmp(family->id, agreement->family) == 0 &&
           version >= 0 && (clause->versions >> version & 1);
}

static void check_question(const struct rulebook *rulebook,
                           const struct rulebook_question *question, struct arena *arena)
{
    const struct rulebook_binding *bindings = NULL;
    size_t count = 0, at = 0;
    assert_int_equal(rulebook_in_force(rulebook, question, arena, &bindings, &count), 0);
    for (size_t i = 0; i < rulebook->clause_count; i++) {
        const struct rulebook_clause *clause = &rulebook->clauses[i];
        bool expected = false;
        for (size_t a = 0; a < question->agreement_count; a++)
            expected = expected || must_bind(clause, &question->agreements[a], question);
        bool found = at < count && bindings[at].obligation == &clause->obligation;
        assert_int_equal(found, expected);
        at += found;
    }
    assert_int_equal(at, count); /* R3: in the order of the clauses, nothing else */
    for (size_t i = 1; i < count; i++) {
        /* R1: with one agreement no id binds in two versions. */
        if (question->agreement_count == 1)
            assert_true(strcmp(bindings[i - 1].obligation->id, bindings[i].obligation->id) < 0);
    }
}

static void random_questions_are_answered_by_the_rule(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    uint64_t seed = 20261124;
    for (int round = 0; round < 3000; round++) {
        struct arena arena ARENA_CLEANUP;
        arena_init(&arena, 1 << 20);
        struct agreement agreements[3];
        size_t count = next_random(&seed) % 4;
        for (size_t i = 0; i < count; i++)
            agreements[i] = random_agreement(&seed);
        const struct rulebook_question question = {
            .kind = next_random(&seed) % 2 ? PARTY_REGISTRY : PARTY_REGISTRAR,
            .agreements = agreements,
            .agreement_count = count,
            .subject = "tld",
            .day = DAY(2012, 1, 1) + (int32_t)(next_random(&seed) % 6500)};
        check_question(rulebook, &question, &arena);
    }
    rulebook_free(rulebook);
}

/* --- looking up, comparing --- */

static void an_id_is_found_as_of_a_day(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    const char *id = "ra.spec6.4.1-abuse-contact";
    const struct obligation *before = rulebook_obligation_find(rulebook, id, DAY(2024, 4, 4));
    const struct obligation *after = rulebook_obligation_find(rulebook, id, DAY(2024, 4, 5));
    assert_ptr_not_equal(before, after);
    assert_int_equal(before->until, after->from);
    assert_int_equal(rulebook_state_on(before, DAY(2024, 4, 4)), OBLIGATION_IN_FORCE);
    assert_int_equal(rulebook_state_on(before, DAY(2024, 4, 5)), OBLIGATION_SUPERSEDED);
    assert_int_equal(rulebook_state_on(after, DAY(2024, 4, 4)), OBLIGATION_ADOPTED);
    /* before everything: the first to come; after an end: the last that held */
    assert_ptr_equal(rulebook_obligation_find(rulebook, id, DAY(2000, 1, 1)), before);
    const struct obligation *whois =
        rulebook_obligation_find(rulebook, "ra.spec10.whois-availability", DAY(2026, 1, 1));
    assert_int_equal(rulebook_state_on(whois, DAY(2026, 1, 1)), OBLIGATION_SUPERSEDED);
    assert_null(rulebook_obligation_find(rulebook, "ra.nothing", DAY(2026, 1, 1)));
    rulebook_free(rulebook);
}

/* "-id" for what ends, "+id" for what begins, "=id" for what changes, separated by blanks. */
static const char *told(const struct rulebook_change *changes, size_t count, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        const struct obligation *o = changes[i].after ? changes[i].after : changes[i].before;
        const char *sign = !changes[i].before ? "+" : !changes[i].after ? "-" : "=";
        text = arena_printf(arena, "%s%s%s%s", text, i ? " " : "", sign, o->id);
    }
    return text;
}

static void a_change_of_rules_is_the_difference_of_two_days(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct rulebook_change *changes = NULL;
    size_t count = 0;
    assert_int_equal(
        rulebook_diff(rulebook, DAY(2025, 1, 27), DAY(2025, 1, 28), &arena, &changes, &count), 0);
    assert_string_equal(
        told(changes, count, &arena),
        "-ra.spec10.whois-availability -ra.spec10.whois-response-time "
        "-ra.spec10.whois-update-time =ra.spec4.registration-data-service -ra.spec4.whois-names "
        "=raa.3.3.1-public-access -raa.rdds.whois-availability -raa.rdds.whois-response-time "
        "-raa.rdds.whois-update-time");
    assert_int_equal(
        rulebook_diff(rulebook, DAY(2025, 1, 28), DAY(2025, 1, 28), &arena, &changes, &count), 0);
    assert_int_equal(count, 0);
    rulebook_free(rulebook);
}

static struct rulebook_answer answer_on(const struct rulebook *rulebook,
                                        const struct agreement *agreement, int32_t day,
                                        struct arena *arena)
{
    const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                               .agreements = agreement,
                                               .agreement_count = 1,
                                               .subject = "tld",
                                               .day = day};
    struct rulebook_answer answer = {0};
    assert_int_equal(rulebook_in_force(rulebook, &question, arena, &answer.bindings, &answer.count),
                     0);
    return answer;
}

/* By the dates of the rules and by those of its agreement, whichever comes later. */
static void what_changes_for_a_party_is_the_difference_of_two_answers(void **state)
{
    (void)state;
    const struct {
        int32_t before, after;
        const char *told;
    } examples[] = {
        {DAY(2025, 5, 31), DAY(2025, 6, 1), "+deed.changed +deed.signed +deed.tested +policy.all"},
        {DAY(2025, 6, 1), DAY(2026, 1, 1), ""},
        {DAY(2026, 1, 1), DAY(2025, 5, 31), "-deed.changed -deed.signed -deed.tested -policy.all"},
        {DAY(2026, 1, 1), DAY(2027, 1, 1), "-deed.changed -deed.signed -deed.tested -policy.all"},
    };
    const struct agreement agreement = {"p", "deed", "3", "", DAY(2025, 6, 1), DAY(2026, 6, 1)};
    const struct agreement older = {"p", "deed", "1", "", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    struct rulebook *rulebook = sample();
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    const struct rulebook_change *changes = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct rulebook_answer before = answer_on(rulebook, &agreement, examples[i].before, &arena),
                               after = answer_on(rulebook, &agreement, examples[i].after, &arena);
        assert_int_equal(rulebook_answer_diff(&before, &after, &arena, &changes, &count), 0);
        assert_string_equal(told(changes, count, &arena), examples[i].told);
    }
    struct rulebook_answer before = answer_on(rulebook, &older, DAY(2014, 12, 31), &arena),
                           after = answer_on(rulebook, &older, DAY(2022, 1, 1), &arena);
    assert_int_equal(rulebook_answer_diff(&before, &after, &arena, &changes, &count), 0);
    assert_string_equal(told(changes, count, &arena), "=deed.changed +policy.all");
    assert_int_equal(changes[0].before->until, DAY(2022, 1, 1));
    assert_int_equal(changes[0].after->from, DAY(2022, 1, 1));
    rulebook_free(rulebook);
}

/* Nobody can have signed what is not there yet. */
static void on_signature_never_begins_before_its_agreement(void **state)
{
    (void)state;
    struct rulebook *rulebook = sample();
    const struct obligation *signed_only =
        rulebook_obligation_find(rulebook, "deed.signed", DAY(2024, 12, 31));
    assert_int_equal(rulebook_state_on(signed_only, DAY(2024, 12, 31)), OBLIGATION_ADOPTED);
    assert_int_equal(rulebook_state_on(signed_only, DAY(2025, 1, 1)), OBLIGATION_IN_FORCE);
    rulebook_free(rulebook);
}

/* A fault of one kind is meant to fail one obligation: no code stands in two profiles of the same
 * kind of party. */
static void a_code_fails_one_obligation_of_a_party(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    for (size_t i = 0; i < rulebook->profile_count; i++) {
        for (size_t j = i + 1; j < rulebook->profile_count; j++) {
            const struct profile *a = &rulebook->profiles[i], *b = &rulebook->profiles[j];
            if (strncmp(a->obligation, b->obligation, 3) != 0)
                continue; /* "ra." and "raa" bind different parties */
            for (size_t x = 0; x < a->code_count; x++) {
                for (size_t y = 0; y < b->code_count; y++)
                    assert_string_not_equal(a->codes[x], b->codes[y]);
            }
        }
    }
    rulebook_free(rulebook);
}

static bool has_code(const struct profile *profile, const char *code)
{
    for (size_t i = 0; i < profile->code_count; i++) {
        if (strcmp(profile->codes[i], code) == 0)
            return true;
    }
    return false;
}

/* One line `FAULT OBLIGATION CODE[,CODE...]` of lab/faults.txt. */
static void check_fault_line(const struct rulebook *rulebook, char *line, int *ret_lines)
{
    char *rest = NULL, *codes = NULL;
    const char *fault = strtok_r(line, " \n", &rest);
    const char *obligation = strtok_r(NULL, " \n", &rest);
    char *list = strtok_r(NULL, " \n", &rest);
    if (!fault || *fault == '#' || !list || strcmp(obligation, "hides") == 0)
        return;
    const struct profile *profile = rulebook_profile_find(rulebook, obligation);
    assert_non_null(profile);
    for (char *code = strtok_r(list, ",", &codes); code; code = strtok_r(NULL, ",", &codes))
        assert_true(has_code(profile, code));
    ++*ret_lines;
}

/* What is written by hand about the lab's faults names obligations and codes that exist. */
static void the_faults_of_the_lab_have_their_profiles(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    FILE *file = fopen(PROJECT_ROOT "/lab/faults.txt", "re");
    char line[256];
    int lines = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        check_fault_line(rulebook, line, &lines);
    fclose(file);
    assert_true(lines >= 10);
    rulebook_free(rulebook);
}

TEST_MAIN(cmocka_unit_test(the_rule_by_example),
          cmocka_unit_test(an_unknown_obligation_binds_nobody),
          cmocka_unit_test(waivers_and_overrides_hold_for_their_subject_and_days),
          cmocka_unit_test(comply_by_is_apart_from_from),
          cmocka_unit_test(a_registrar_is_not_bound_by_what_binds_registries),
          cmocka_unit_test(a_tld_without_an_agreement_is_bound_by_nothing),
          cmocka_unit_test(random_questions_are_answered_by_the_rule),
          cmocka_unit_test(an_id_is_found_as_of_a_day),
          cmocka_unit_test(a_change_of_rules_is_the_difference_of_two_days),
          cmocka_unit_test(what_changes_for_a_party_is_the_difference_of_two_answers),
          cmocka_unit_test(on_signature_never_begins_before_its_agreement),
          cmocka_unit_test(a_code_fails_one_obligation_of_a_party),
          cmocka_unit_test(the_faults_of_the_lab_have_their_profiles))
