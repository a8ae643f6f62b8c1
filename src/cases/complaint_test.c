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

#define LABEL "a23456789012345678901234567890123456789012345678901234567890123" /* of 63 bytes */

static void each_kind_of_answer_has_its_form(void **state)
{
    (void)state;
    static const struct complaint_choice choices[] = {{.id = "one"}, {.id = "two"}};
    static const struct {
        const char *text;
        enum complaint_answer_kind kind;
        bool fits;
    } forms[] = {
        {"a", COMPLAINT_DOMAIN, true},
        {"a-b_c.d", COMPLAINT_DOMAIN, true},
        {"a.", COMPLAINT_DOMAIN, true},
        {".", COMPLAINT_DOMAIN, false},
        {"a..b", COMPLAINT_DOMAIN, false},
        {"a.-b", COMPLAINT_DOMAIN, false},
        {"a-.b", COMPLAINT_DOMAIN, false},
        {"a b", COMPLAINT_DOMAIN, false},
        {"\xc3\xa4.example", COMPLAINT_DOMAIN, false},
        {LABEL ".b", COMPLAINT_DOMAIN, true},
        {LABEL "4.b", COMPLAINT_DOMAIN, false},
        {LABEL "." LABEL "." LABEL "." LABEL, COMPLAINT_DOMAIN, false}, /* 255 bytes */
        {"https://a", COMPLAINT_URL, true},
        {"http://a", COMPLAINT_URL, true},
        {"https://", COMPLAINT_URL, false},
        {"http:///a", COMPLAINT_URL, false},
        {"https://a b", COMPLAINT_URL, false},
        {"https://a\tb", COMPLAINT_URL, false},
        {"a://b", COMPLAINT_URL, false},
        {"192.0.2.1", COMPLAINT_IP, true},
        {"2001:db8::1", COMPLAINT_IP, true},
        {"192.0.2", COMPLAINT_IP, false},
        {"one", COMPLAINT_CHOICE, true},
        {"two", COMPLAINT_CHOICE, true},
        {"three", COMPLAINT_CHOICE, false},
        {"yes", COMPLAINT_YES_NO, true},
        {"no", COMPLAINT_YES_NO, true},
        {"Yes", COMPLAINT_YES_NO, false},
        {"2026-02-28", COMPLAINT_DATE, true},
        {"2026-02-29", COMPLAINT_DATE, false},
        {"anything", COMPLAINT_TEXT, true},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct complaint_question question = {
            .id = "q", .kind = forms[i].kind, .choices = choices, .choice_count = COUNT(choices)};
        const struct complaint_type type = {.questions = &question, .question_count = 1};
        const struct complaint_answer answer = {"q", forms[i].text};
        struct arena arena ARENA_CLEANUP = {0};
        const struct complaint_lack *lacks;
        size_t count;
        arena_init(&arena, 1 << 16);
        assert_int_equal(complaint_missing(&type, &answer, 1, NULL, 0, &arena, &lacks, &count), 0);
        if (count != !forms[i].fits)
            fail_msg("'%s'", forms[i].text);
        if (count)
            assert_int_equal(lacks[0].kind, COMPLAINT_LACKS_FORM);
    }
}

/* The longest name of RFC 1035 has 253 bytes. */
static void the_longest_name_is_a_name(void **state)
{
    (void)state;
    static const struct complaint_question question = {.id = "q", .kind = COMPLAINT_DOMAIN};
    static const struct complaint_type type = {.questions = &question, .question_count = 1};
    char name[] = LABEL "." LABEL "." LABEL "." LABEL;
    for (size_t length = 252; length <= 254; length++) {
        struct arena arena ARENA_CLEANUP = {0};
        const struct complaint_answer answer = {"q", name};
        const struct complaint_lack *lacks;
        size_t count;
        memcpy(name, LABEL "." LABEL "." LABEL "." LABEL, sizeof name);
        name[length] = '\0';
        arena_init(&arena, 1 << 16);
        assert_int_equal(complaint_missing(&type, &answer, 1, NULL, 0, &arena, &lacks, &count), 0);
        assert_int_equal(count, length > 253);
    }
}

/* Blanks of any kind are no answer, and of two answers to one question the first is taken. */
static void blanks_are_no_answer(void **state)
{
    (void)state;
    static const struct complaint_question question = {
        .id = "q", .kind = COMPLAINT_YES_NO, .required = true};
    static const struct complaint_type type = {.questions = &question, .question_count = 1};
    static const struct {
        struct complaint_answer answers[2];
        size_t lacks;
    } cases[] = {
        {{{"q", " \t\r\n"}, {"", ""}}, 1},  {{{"q", ""}, {"", ""}}, 1},
        {{{"p", "yes"}, {"q", "no"}}, 0},   {{{"q", "no"}, {"q", "maybe"}}, 0},
        {{{"q", "maybe"}, {"q", "no"}}, 1}, {{{"p", "yes"}, {"r", "no"}}, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena ARENA_CLEANUP = {0};
        const struct complaint_lack *lacks;
        size_t count;
        arena_init(&arena, 1 << 16);
        assert_int_equal(
            complaint_missing(&type, cases[i].answers, 2, NULL, 0, &arena, &lacks, &count), 0);
        assert_int_equal(count, cases[i].lacks);
    }
}

/* Asked for by its own rule, or by a question for a file that was asked and needs an answer. */
static void evidence_is_demanded_by_its_rule_or_a_question(void **state)
{
    (void)state;
    static const char *const yes[] = {"yes"};
    static const struct {
        bool file, question_required, other_paper, evidence_required, conditional;
        enum complaint_lack_kind lack; /* COMPLAINT_LACKS_ANSWER for none */
    } cases[] = {
        {true, true, false, false, false, COMPLAINT_LACKS_EVIDENCE},
        {false, true, false, false, false, COMPLAINT_LACKS_ANSWER},
        {true, false, false, false, false, COMPLAINT_LACKS_ANSWER},
        {true, true, true, false, false, COMPLAINT_LACKS_ANSWER},
        {true, false, false, true, false, COMPLAINT_LACKS_EVIDENCE},
        {true, false, false, true, true, COMPLAINT_LACKS_ANSWER},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct complaint_question question = {
            .id = "q",
            .kind = cases[i].file ? COMPLAINT_FILE : COMPLAINT_TEXT,
            .required = cases[i].question_required,
            .evidence = cases[i].other_paper ? "other" : "paper"};
        struct complaint_evidence paper = {.id = "paper", .required = cases[i].evidence_required};
        if (cases[i].conditional)
            paper.when = (struct complaint_condition){"nothing", yes, 1};
        const struct complaint_type type = {
            .questions = &question, .question_count = 1, .evidence = &paper, .evidence_count = 1};
        const struct complaint_answer answer = {"q", "some text"};
        const struct complaint_exhibit exhibit = {"paper", "any/type"};
        struct arena arena ARENA_CLEANUP = {0};
        const struct complaint_lack *lacks;
        size_t count;
        arena_init(&arena, 1 << 16);
        assert_int_equal(complaint_missing(&type, &answer, 1, NULL, 0, &arena, &lacks, &count), 0);
        assert_int_equal(count, cases[i].lack == COMPLAINT_LACKS_EVIDENCE);
        if (count)
            assert_int_equal(lacks[0].kind, COMPLAINT_LACKS_EVIDENCE);
        /* Which accepts any type of file. */
        assert_int_equal(complaint_missing(&type, &answer, 1, &exhibit, 1, &arena, &lacks, &count),
                         0);
        assert_int_equal(count, 0);
    }
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
        assert_ptr_equal(complaint_scope(type, &nothing).test,
                         type->scope_count ? &type->scopes[0] : NULL);
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
          cmocka_unit_test(each_kind_of_answer_has_its_form),
          cmocka_unit_test(the_longest_name_is_a_name), cmocka_unit_test(blanks_are_no_answer),
          cmocka_unit_test(evidence_is_demanded_by_its_rule_or_a_question),
          cmocka_unit_test(each_test_closes_by_itself), cmocka_unit_test(the_party_has_its_days),
          cmocka_unit_test(knowing_more_never_takes_an_answer_back))
