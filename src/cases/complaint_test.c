/* What complaints of the shipped rulebook lack, and the invariants of scope. */
#include "cases/complaint.h"

#include "rulebook/rulebook.h"
#include "testing.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct rulebook *load(const char *folder)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(rulebook_load(folder, NULL, &rulebook, &faults), 0);
    return rulebook;
}

static struct rulebook *shipped(void)
{
    return load(PROJECT_ROOT "/rulebook/icann");
}

enum { ANSWERS = 8, LACKS = 6 };
struct row {
    const char *type;
    struct complaint_answer answers[ANSWERS];
    struct complaint_exhibit exhibits[3];
    struct {
        enum complaint_lack_kind kind;
        const char *id;
    } lacks[LACKS];
};

#define PHISHING                                                                                   \
    {"kind", "phishing"}, {"domain", "bad.example"},                                               \
    {                                                                                              \
        "reported-at", "2026-11-20"                                                                \
    }

static const struct row rows[] = {
    {.type = "dns-abuse-registrar",
     .lacks = {{COMPLAINT_LACKS_ANSWER, "kind"}, {COMPLAINT_LACKS_ANSWER, "domain"}}},
    {.type = "dns-abuse-registrar",
     .answers = {PHISHING},
     .lacks = {{COMPLAINT_LACKS_EVIDENCE, "report"}, {COMPLAINT_LACKS_EVIDENCE, "abuse"}}},
    {.type = "dns-abuse-registrar",
     .answers = {PHISHING},
     .exhibits = {{"report", "text/plain"}, {"abuse", "image/png"}}},
    /* any accepted file of two is enough; none is not */
    {.type = "dns-abuse-registrar",
     .answers = {PHISHING},
     .exhibits = {{"report", "text/plain"}, {"abuse", "video/mp4"}, {"abuse", "image/png"}}},
    {.type = "dns-abuse-registrar",
     .answers = {PHISHING},
     .exhibits = {{"report", "text/plain"}, {"abuse", "video/mp4"}},
     .lacks = {{COMPLAINT_LACKS_MEDIA, "abuse"}}},
    /* spam needs the message; a missing contact needs no date of a report */
    {.type = "dns-abuse-registrar",
     .answers = {{"kind", "spam"}, {"domain", "bad.example."}, {"reported-at", "2026-11-31"}},
     .exhibits = {{"report", "text/plain"}},
     .lacks = {{COMPLAINT_LACKS_FORM, "reported-at"}, {COMPLAINT_LACKS_EVIDENCE, "message"}}},
    {.type = "dns-abuse-registrar", .answers = {{"kind", "contact"}, {"domain", "bad.example"}}},
    /* forms */
    {.type = "dns-abuse-registrar",
     .answers = {{"kind", "arson"}, {"domain", "-bad.example"}},
     .lacks = {{COMPLAINT_LACKS_FORM, "kind"}, {COMPLAINT_LACKS_FORM, "domain"}}},
    {.type = "dns-abuse-registrar",
     .answers = {PHISHING, {"address", "ftp://bad.example/"}, {"server", "not asked"}},
     .exhibits = {{"report", "text/plain"}, {"abuse", "image/png"}},
     .lacks = {{COMPLAINT_LACKS_FORM, "address"}}},
    {.type = "wildcard",
     .answers = {{"tld", "example"}, {"name", "a..example"}, {"server", "192.0.2.300"}},
     .exhibits = {{"output", "text/plain"}},
     .lacks = {{COMPLAINT_LACKS_FORM, "name"}, {COMPLAINT_LACKS_FORM, "server"}}},
    {.type = "wildcard",
     .answers = {{"tld", "example"}, {"name", "a.example"}, {"server", "2001:db8::1"}},
     .exhibits = {{"output", "text/plain"}}},
    {.type = "disclosure",
     .answers = {{"domain", "a.example"}, {"asked-at", "2026-11-02"}, {"urgent", "maybe"}},
     .exhibits = {{"request", "text/plain"}},
     .lacks = {{COMPLAINT_LACKS_FORM, "urgent"}}},
    {.type = "disclosure",
     .answers = {{"domain", "a.example"},
                 {"asked-at", "2026-11-02"},
                 {"urgent", "yes"},
                 {"why-urgent", "  "}},
     .exhibits = {{"request", "text/plain"}},
     .lacks = {{COMPLAINT_LACKS_ANSWER, "why-urgent"}}},
};

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct arena arena ARENA_CLEANUP = {0};
        const struct complaint_lack *lacks;
        size_t answers = 0, exhibits = 0, count;
        arena_init(&arena, 1 << 16);
        while (answers < ANSWERS && row->answers[answers].question)
            answers++;
        while (exhibits < 3 && row->exhibits[exhibits].evidence)
            exhibits++;
        const struct complaint_type *type = rulebook_complaint_find(rulebook, row->type);
        assert_int_equal(complaint_missing(type, row->answers, answers, row->exhibits, exhibits,
                                           &arena, &lacks, &count),
                         0);
        for (size_t j = 0; j < count; j++) {
            assert_string_equal(lacks[j].id, row->lacks[j].id);
            assert_int_equal(lacks[j].kind, row->lacks[j].kind);
            assert_true(*lacks[j].words->official);
        }
        assert_true(count < LACKS && !row->lacks[count].id);
    }
    rulebook_free(rulebook);
}

/* An answer that is left over from another choice asks for nothing more. */
static void what_was_not_asked_leads_nowhere(void **state)
{
    (void)state;
    static const char *const yes[] = {"yes"}, *const no[] = {"no"};
    static const struct complaint_question questions[] = {
        {.id = "a", .kind = COMPLAINT_YES_NO, .required = true},
        {.id = "b", .kind = COMPLAINT_YES_NO, .when = {"a", yes, 1}},
        {.id = "c", .required = true, .when = {"b", no, 1}},
        {.id = "d",
         .kind = COMPLAINT_FILE,
         .required = true,
         .evidence = "paper",
         .when = {"a", yes, 1}},
    };
    static const struct complaint_evidence paper = {.id = "paper"};
    static const struct complaint_type type = {
        .questions = questions, .question_count = 4, .evidence = &paper, .evidence_count = 1};
    static const struct complaint_type long_type = {.question_count = COMPLAINT_ITEMS_MAX + 1};
    struct complaint_answer answers[] = {{"a", "no"}, {"b", "no"}};
    struct arena arena ARENA_CLEANUP = {0};
    const struct complaint_lack *lacks;
    size_t count = 7;
    arena_init(&arena, 1 << 16);
    assert_int_equal(complaint_missing(&long_type, NULL, 0, NULL, 0, &arena, &lacks, &count),
                     ERR_LIMIT);
    assert_int_equal(count, 7);
    assert_int_equal(complaint_missing(&type, answers, 2, NULL, 0, &arena, &lacks, &count), 0);
    assert_int_equal(count, 0);
    answers[0].value = "yes";
    assert_int_equal(complaint_missing(&type, answers, 2, NULL, 0, &arena, &lacks, &count), 0);
    assert_int_equal(count, 2);
    assert_string_equal(lacks[0].id, "c");
    assert_string_equal(lacks[1].id, "paper");
}

/* --- scope --- */

static struct complaint_facts all_so(void)
{
    struct complaint_facts facts = {.told_days_known = true,
                                    .told_days = COMPLAINT_DAYS_MAX,
                                    .role_known = true,
                                    .role = COMPLAINT_ROLE_REGISTRANT};
    for (int t = 0; t < COMPLAINT_TEST_COUNT; t++)
        facts.is[t] = COMPLAINT_SO;
    return facts;
}

/* Each test alone closes with its own code, and alone unknown leaves it undetermined. */
static void each_test_closes_by_itself(void **state)
{
    (void)state;
    struct rulebook *rulebook = shipped();
    const struct complaint_type *type = rulebook_complaint_find(rulebook, "transfer");
    struct complaint_facts facts = all_so();
    assert_int_equal(complaint_scope(type, &facts).reach, COMPLAINT_IN_SCOPE);
    assert_null(complaint_scope(type, &facts).test);
    for (size_t i = 0; i < type->scope_count; i++) {
        const struct complaint_scope *test = &type->scopes[i];
        for (int how = COMPLAINT_UNKNOWN; how <= COMPLAINT_NOT_SO; how += COMPLAINT_NOT_SO) {
            facts = all_so();
            facts.is[test->test] = (enum complaint_fact)how;
            if (test->test == COMPLAINT_TEST_COMPLAINANT) {
                facts.role_known = how != COMPLAINT_UNKNOWN;
                facts.role = COMPLAINT_ROLE_OTHER;
            }
            struct complaint_scope_answer answer = complaint_scope(type, &facts);
            assert_int_equal(answer.reach, how ? COMPLAINT_OUT_OF_SCOPE : COMPLAINT_UNDETERMINED);
            assert_ptr_equal(answer.test, test);
            assert_true(*answer.test->words.official && *answer.test->closure &&
                        *answer.test->obligation);
        }
    }
    rulebook_free(rulebook);
}

static void the_party_has_its_days(void **state)
{
    (void)state;
    static const struct {
        enum complaint_fact told;
        bool known;
        int64_t days;
        enum complaint_reach of_transfer, of_abuse; /* 5 days and none */
    } table[] = {
        {COMPLAINT_SO, true, 5, COMPLAINT_IN_SCOPE, COMPLAINT_IN_SCOPE},
        {COMPLAINT_SO, true, 4, COMPLAINT_OUT_OF_SCOPE, COMPLAINT_IN_SCOPE},
        {COMPLAINT_SO, false, 0, COMPLAINT_UNDETERMINED, COMPLAINT_IN_SCOPE},
        {COMPLAINT_UNKNOWN, true, 9, COMPLAINT_UNDETERMINED, COMPLAINT_UNDETERMINED},
        {COMPLAINT_NOT_SO, false, 0, COMPLAINT_OUT_OF_SCOPE, COMPLAINT_OUT_OF_SCOPE},
    };
    struct rulebook *rulebook = shipped();
    for (size_t i = 0; i < COUNT(table); i++) {
        struct complaint_facts facts = all_so();
        facts.is[COMPLAINT_TEST_TOLD_FIRST] = table[i].told;
        facts.told_days_known = table[i].known;
        facts.told_days = table[i].days;
        assert_int_equal(
            complaint_scope(rulebook_complaint_find(rulebook, "transfer"), &facts).reach,
            table[i].of_transfer);
        assert_int_equal(
            complaint_scope(rulebook_complaint_find(rulebook, "dns-abuse-registrar"), &facts).reach,
            table[i].of_abuse);
    }
    rulebook_free(rulebook);
}

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static struct complaint_facts some_facts(uint32_t *state)
{
    struct complaint_facts facts = {.told_days_known = draw(state, 2),
                                    .told_days = draw(state, 8),
                                    .role_known = draw(state, 2),
                                    .role = draw(state, COMPLAINT_ROLE_COUNT)};
    for (int t = 0; t < COMPLAINT_TEST_COUNT; t++)
        facts.is[t] = draw(state, 3) ? COMPLAINT_SO : draw(state, 3);
    return facts;
}

/* Forgets one thing that may have been known. */
static void forget(struct complaint_facts *facts, uint32_t what)
{
    if (what < COMPLAINT_TEST_COUNT)
        facts->is[what] = COMPLAINT_UNKNOWN;
    else if (what == COMPLAINT_TEST_COUNT)
        facts->told_days_known = false;
    else
        facts->role_known = false;
}

/* K1 and K2 over every type of both rulebooks: with less known the answer is the same or
 * undetermined, and with nothing known it is never out of scope. */
static void hold_invariants(const char *folder)
{
    struct rulebook *rulebook = load(folder);
    uint32_t state = 20261129;
    for (size_t c = 0; c < rulebook->complaint_count; c++) {
        const struct complaint_type *type = &rulebook->complaints[c];
        const struct complaint_facts nothing = {0};
        assert_int_equal(complaint_scope(type, &nothing).reach,
                         type->scope_count ? COMPLAINT_UNDETERMINED : COMPLAINT_IN_SCOPE);
        for (int round = 0; round < 500; round++) {
            struct complaint_facts facts = some_facts(&state);
            for (int step = 0; step < 6; step++) {
                enum complaint_reach more = complaint_scope(type, &facts).reach;
                forget(&facts, draw(&state, COMPLAINT_TEST_COUNT + 2));
                enum complaint_reach less = complaint_scope(type, &facts).reach;
                assert_true(less == more || less == COMPLAINT_UNDETERMINED);
            }
        }
    }
    rulebook_free(rulebook);
}

static void knowing_more_never_takes_an_answer_back(void **state)
{
    (void)state;
    hold_invariants(PROJECT_ROOT "/rulebook/icann");
    hold_invariants(PROJECT_ROOT "/rulebook/cctld-example");
}

TEST_MAIN(cmocka_unit_test(what_is_missing_is_named),
          cmocka_unit_test(what_was_not_asked_leads_nowhere),
          cmocka_unit_test(each_test_closes_by_itself), cmocka_unit_test(the_party_has_its_days),
          cmocka_unit_test(knowing_more_never_takes_an_answer_back))
