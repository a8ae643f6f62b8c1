/* A wrong rulebook is refused with every fault at its place; a right one is read as written. */
#include "rulebook/rulebook.h"

#include "base/civil.h"
#include "rulebook/sample.h"
#include "testing.h"

#include <stdio.h>

/* Loads the sample with one file replaced; the printed faults go to `out`. */
static struct rulebook *load_by(const struct vocabulary *vocabulary, const char *path,
                                const char *text, struct buffer *out)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(sample_tree(path, text, &tree), 0);
    int r = rulebook_load_tree(&tree, "", vocabulary, &rulebook, &faults);
    assert_int_equal(r, yaml_faults_error(&faults));
    assert_true(r < 0 ? rulebook == NULL : rulebook != NULL);
    yaml_faults_sort(&faults);
    yaml_faults_print(&faults, out);
    return rulebook;
}

static struct rulebook *load(const char *path, const char *text, struct buffer *out)
{
    return load_by(&sample_vocabulary, path, text, out);
}

static void the_sample_is_read_as_written(void **state)
{
    (void)state;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 16);
    struct rulebook *rulebook = load(NULL, NULL, &out);
    assert_string_equal(buffer_text(&out), "");
    assert_string_equal(rulebook->authority_short, "TA");
    assert_string_equal(rulebook->mail_from_name, "Desk");
    assert_int_equal(rulebook->clause_count, 6);
    const struct profile *profile = rulebook_profile_find(rulebook, "deed.tested");
    assert_int_equal(profile->code_count, 2);
    assert_int_equal(profile->quorum, 2);
    assert_int_equal(profile->repeats, 3);
    assert_int_equal(profile->spread_us, INT64_C(600) * 1000000);
    assert_int_equal(profile->every_us, INT64_C(3600) * 1000000);
    const struct obligation *changed =
        rulebook_obligation_find(rulebook, "deed.changed", civil_days(2021, 1, 1));
    assert_string_equal(changed->parameters, "{\"a\":[\"x\",true],\"b\":1}");
    assert_string_equal(rulebook_clause_of(changed)->document->title, "The Deed");
    assert_string_equal(rulebook_letter_find(rulebook, "first", "de")->language, "en");
    assert_string_equal(rulebook_letter_find(rulebook, "first", "en")->kind, "informal");
    assert_null(rulebook_letter_find(rulebook, "second", "en"));
    const struct complaint_type *any = rulebook_complaint_find(rulebook, "any");
    assert_string_equal(any->scopes[0].closure, "elsewhere");
    assert_string_equal(any->scopes[0].obligation, "policy.all");
    assert_int_equal(any->scopes[1].days, 5);
    assert_int_equal(any->scopes[2].who, 1 << COMPLAINT_ROLE_REGISTRANT);
    assert_string_equal(any->evidence[0].when.values[0], "b");
    assert_string_equal(rulebook_complaint_text(rulebook, &any->title, "ar"), "Z");
    assert_string_equal(rulebook_complaint_text(rulebook, &any->title, "en"), "Anything");
    assert_string_equal(rulebook_complaint_text(rulebook, &any->questions[0].ask, "ar"),
                        "What is it?");
    assert_string_equal(rulebook_audit_find(rulebook, "one")->questions[0].evidence[0], "A paper.");
    rulebook_free(rulebook);
}

static void outcomes_are_told_in_the_languages_of_complainants(void **state)
{
    (void)state;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 16);
    struct rulebook *rulebook = load(NULL, NULL, &out);
    assert_string_equal(rulebook_outcome_text(rulebook, "elsewhere", "en"), "");
    rulebook_free(rulebook);
    rulebook = load("outcomes.yaml", "elsewhere: {en: Not here, ar: Z}\n", &out);
    assert_string_equal(buffer_text(&out), "");
    assert_string_equal(rulebook_outcome_text(rulebook, "elsewhere", "en"), "Not here");
    assert_string_equal(rulebook_outcome_text(rulebook, "elsewhere", "ar"), "Z");
    assert_string_equal(rulebook_outcome_text(rulebook, "nowhere", "ar"), "");
    rulebook_free(rulebook);
}

/* The first class that fits counts; what none fits is kept. */
static void retention_is_by_state_and_type(void **state)
{
    (void)state;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 16);
    struct rulebook *rulebook = load(NULL, NULL, &out);
    assert_null(rulebook_retention_find(rulebook, "held", "any"));
    rulebook_free(rulebook);
    rulebook = load("retention.yaml",
                    "classes:\n  - {id: one, ended: [held], types: [any], keep-days: 9}\n"
                    "  - {id: two, ended: [held, withdrawn], keep-days: 36500}\n",
                    &out);
    assert_string_equal(buffer_text(&out), "");
    assert_string_equal(rulebook_retention_find(rulebook, "held", "any")->id, "one");
    assert_int_equal(rulebook_retention_find(rulebook, "held", "any")->keep_days, 9);
    assert_string_equal(rulebook_retention_find(rulebook, "held", "other")->id, "two");
    assert_string_equal(rulebook_retention_find(rulebook, "withdrawn", "any")->id, "two");
    assert_null(rulebook_retention_find(rulebook, "in-scope", "any"));
    rulebook_free(rulebook);
}

struct bad {
    const char *path, *text, *faults;
};

#define DEED_HEAD "id: deed\ntitle: D\nkind: contract\nagreement: deed\nobligations:\n"
#define TESTED "  - id: deed.tested\n" SAMPLE_CLAUSE "    from: 2010-01-01\n    test: check\n"
#define CHANGED "  - id: deed.changed\n" SAMPLE_CLAUSE "    test: audit\n"
#define LETTER_HEAD "---\nsubject: \"x\"\nkind: informal\n---\n"

#define IDENTITY(zone, languages, agreements)                                                      \
    "id: sample\nname: S\nversion: \"1\"\nauthority: {name: A, short: A}\nzone: " zone             \
    "\nlanguages: " languages "\nmail: {from-name: D}\npolicy-label: p\nagreements:\n" agreements  \
    "complainant-languages: [ar]\n"
#define COMPLAINT_HEAD "id: any\ntitle: A\nbinds: both\nobligations: [policy.all]\n"
#define COMPLAINT_TIMES "first-review: 5\nmore-information: 5\nuntranslated: [ar]\n"
#define SPEAKING(languages)                                                                        \
    "id: sample\nname: S\nversion: \"1\"\nauthority: {name: A, short: A}\nzone: UTC\n"             \
    "languages: [en]\nmail: {from-name: D}\npolicy-label: p\nagreements:\n" VERSIONS(              \
        "{id: \"1\", from: 2010-01-01}, {id: \"2\", from: 2020-01-01}, "                           \
        "{id: \"3\", from: 2025-01-01, on-signature: true}") "complainant-languages: " languages   \
                                                             "\n"
#define VERSIONS(versions) "  - {id: deed, label: D, party: registry, versions: [" versions "]}\n"

static const struct bad bad[] = {
    /* whole files */
    {"rulebook.yaml", NULL,
     "documents/deed.yaml:4:12: rulebook.yaml has no agreement 'deed'\n"
     "documents/deed.yaml:45:5: 'on-signature' needs a document with an agreement\n"
     "documents/deed.yaml:56:5: versions belong to an agreement, and this document names none\n"
     "letters/first/en.md:1:1: 'en' is not a language of rulebook.yaml\n"
     "rulebook.yaml:1:1: the file is missing\n"},
    {"outcomes.yaml", "elsewhere: {en: Not here}\nmore: {en: A, ar: B}\n",
     "outcomes.yaml:1:12: no text in 'ar'; a type that is not translated says so: "
     "untranslated: [ar]\n"
     "outcomes.yaml:2:1: unknown key 'more' (known: elsewhere, untranslated)\n"},
    {"outcomes.yaml", "untranslated: [ar]\n",
     "outcomes.yaml:1:1: key 'elsewhere' is missing\n"
     "outcomes.yaml:1:16: every text is there in 'ar'\n"},
    {"retention.yaml", "classes:\n  - {id: a, ended: [filed, held], types: [], keep-days: 0}\n",
     "retention.yaml:2:21: no complaint rests in 'filed' (held, in-scope, out-of-scope, "
     "withdrawn)\n"
     "retention.yaml:2:42: no type stands here; leave the key out for all of them\n"
     "retention.yaml:2:57: 0 is not between 1 and 36500\n"},
    {"retention.yaml",
     "classes:\n  - {id: a, ended: [held], types: [any, none], keep-days: 9}\n"
     "  - {id: a, ended: [], keep-days: 9, note: N}\n",
     "retention.yaml:2:41: complaints/ has no type 'none'\n"
     "retention.yaml:3:5: class 'a' stands twice\n"
     "retention.yaml:3:20: no state stands here\n"},
    {"retention.yaml", "terms: []\n",
     "retention.yaml:1:1: unknown key 'terms' (known: classes)\n"
     "retention.yaml:1:1: key 'classes' is missing\n"},
    {"complaints/any.yaml",
     COMPLAINT_HEAD COMPLAINT_TIMES "questions: []\nscope: []\npriority:\n"
                                    "  - {level: soon, why: W}\n  - {level: low, why: W}\n"
                                    "  - {level: low, why: W, when: {question: no, is: [a]}}\n",
     "complaints/any.yaml:11:13: 'soon' is not one of: urgent, high, normal, low\n"
     "complaints/any.yaml:12:5: the one before it has no `when`, so this one never fits\n"
     "complaints/any.yaml:13:5: the one before it has no `when`, so this one never fits\n"
     "complaints/any.yaml:13:43: no question 'no' stands before this one\n"},
    {"notes.txt", "x",
     "notes.txt:1:1: nothing reads this file: no such place or ending in a "
     "rulebook\n"},
    {"documents/more.yml", "x",
     "documents/more.yml:1:1: nothing reads this file: no such place or "
     "ending in a rulebook\n"},
    {"documents/other.yaml", "id: some\ntitle: S\nkind: contract\nobligations: []\n",
     "documents/other.yaml:1:5: the file is named other.yaml, so the id should be its first "
     "part\n"},
    /* unknown keys and wrong words */
    {"documents/deed.yaml", DEED_HEAD TESTED "    colour: red\n" CHANGED "    from: 2010-01-01\n",
     "documents/deed.yaml:18:5: unknown key 'colour' (known: id, row, kind, theme, binds, clause, "
     "state, from, until, comply-by, versions, statement, guidance, cure, test, test-note, "
     "parameters, severity, consequence, source, confirmed)\n"},
    {"documents/deed.yaml",
     "id: deed\ntitle: D\nkind: law\nagreement: deed\nobligations:\n" TESTED CHANGED
     "    from: 2010-01-01\n",
     "documents/deed.yaml:3:7: 'law' is not a kind\n"
     "documents/deed.yaml:6:5: key 'kind' is missing\n"
     "documents/deed.yaml:18:5: key 'kind' is missing\n"},
    {"profiles/all.yaml", "profiles:\n  - {obligation: deed.tested, codes: [a.good]}\n",
     "profiles/all.yaml:2:39: no check has a result code 'a.good'\n"},
    {"profiles/all.yaml",
     "profiles:\n  - {obligation: deed.tested, codes: [a.bad, a.bad], spread: 9}\n",
     "profiles/all.yaml:2:46: code 'a.bad' stands twice\n"
     "profiles/all.yaml:2:62: must be a time such as 90s, 5m, 1h or 7d, at most a year; this is "
     "'9'\n"},
    {"profiles/all.yaml", "profiles:\n  - {obligation: deed.tested, codes: [a.bad], spread: 9m}\n",
     "profiles/all.yaml:2:55: a spread needs at least two repeats, else it never begins\n"},
    {"profiles/all.yaml",
     "profiles:\n  - {obligation: deed.tested, codes: [a.bad]}\n"
     "  - {obligation: policy.proposed, codes: [a.bad]}\n",
     "documents/policy.yaml:17:5: 'policy.proposed' has a profile, so it is tested by checks\n"},
    /* dangling ids */
    {"profiles/all.yaml",
     "profiles:\n  - {obligation: deed.tested, codes: [a.bad]}\n"
     "  - {obligation: deed.nothing, codes: [a.bad]}\n",
     "profiles/all.yaml:3:18: no document has an obligation 'deed.nothing'\n"},
    {"profiles/more.yaml", "profiles:\n  - {obligation: deed.tested, codes: [a.bad]}\n",
     "profiles/more.yaml:2:18: obligation 'deed.tested' has a profile already\n"},
    {"profiles/all.yaml", "profiles: []\n",
     "documents/deed.yaml:6:5: 'deed.tested' is tested by checks, but no profile says which codes "
     "fail it\n"},
    {"complaints/any.yaml",
     "id: any\ntitle: A\nbinds: all\nobligations: [policy.none]\nquestions: []\n"
     "scope: [{id: a, test: registered, words: b, closure: c}]\n" COMPLAINT_TIMES,
     "complaints/any.yaml:3:8: 'all' is not one of: registry, registrar, both\n"
     "complaints/any.yaml:4:15: no document has an obligation 'policy.none'\n"
     "complaints/any.yaml:6:54: process.yaml has no closure code 'c'\n"},
    /* what comes in otherwise */
    {"complaints/any.yaml",
     COMPLAINT_HEAD "evidence: [{id: e, ask: E, why: W}]\n"
                    "questions: [{id: a, ask: A, kind: text}, {id: c, ask: C, kind: choice, "
                    "choices: [{id: x, label: X}, {id: y, label: Y}]}]\n" COMPLAINT_TIMES
                    "intake:\n  exhibit: none\n  domain: a\n  takes:\n"
                    "    - {report: mail, question: c, choice: z}\n    - {report: mail}\n",
     "complaints/any.yaml:11:12: there is no evidence 'none'\n"
     "complaints/any.yaml:12:11: there is no question 'a' of kind 'domain'\n"
     "complaints/any.yaml:14:7: 'c' cannot be 'z'\n"
     "complaints/any.yaml:15:7: 'mail' is taken twice\n"},
    {"letters/receipt/fr.md", "---\nsubject: S\nkind: receipt\n---\n{{complaint_reference}}\n",
     "letters/receipt/fr.md:1:1: the letter never says '{{complaint_link}}'\n"
     "letters/receipt/fr.md:1:1: the letter never says '{{demo}}'\n"
     "letters/receipt/fr.md:1:1: 'fr' is not a language of complainants in rulebook.yaml\n"},
    {"audits/one.yaml",
     "id: one\ntitle: O\nparty: registry\nquestions: [{id: a, ask: b, obligation: c}]\n",
     "audits/one.yaml:4:41: no document has an obligation 'c'\n"},
    {"letters/first/en.md", NULL, "process.yaml:1:11: there is no letters/first/en.md\n"},
    {"process.yaml",
     "letters: [first]\nrules:\n  - {id: r, reminders: [2]}\nclosure-codes:\n"
     "  - {id: elsewhere, family: out-of-scope, label: Elsewhere}\n",
     "process.yaml:3:24: reminders need a letter: 'reminder' is not among the letters\n"},
    {"letters/second/en.md", LETTER_HEAD SAMPLE_LETTER,
     "letters/second/en.md:1:1: no step of process.yaml sends this letter\n"},
    {"letters/first/fr.md", LETTER_HEAD SAMPLE_LETTER,
     "letters/first/fr.md:1:1: 'fr' is not a language of rulebook.yaml\n"},
    /* dates and versions */
    {"documents/deed.yaml",
     DEED_HEAD TESTED CHANGED "    from: 2020-01-01\n    until: 2020-01-01\n",
     "documents/deed.yaml:30:12: 'until' is the first day on which it no longer holds, after "
     "'from'\n"},
    {"documents/deed.yaml",
     DEED_HEAD TESTED CHANGED "    from: 2020-01-01\n    comply-by: 2019-12-31\n",
     "documents/deed.yaml:30:16: 'comply-by' lies between 'from' and 'until'\n"},
    {"documents/deed.yaml", DEED_HEAD TESTED CHANGED "    from: 1820-01-01\n",
     "documents/deed.yaml:29:11: not between 1980 and 2199\n"},
    {"documents/deed.yaml", DEED_HEAD TESTED CHANGED,
     "documents/deed.yaml:18:5: key 'from' is missing\n"},
    {"documents/deed.yaml",
     DEED_HEAD TESTED CHANGED "    from: 2020-01-01\n    versions: [\"4\"]\n",
     "documents/deed.yaml:18:5: 'deed.changed' can never bind anybody: no agreement leads to it\n"
     "documents/deed.yaml:30:16: agreement 'deed' has no version '4'\n"},
    /* what cannot be tested says why */
    {"documents/deed.yaml",
     DEED_HEAD TESTED "  - id: deed.changed\n" SAMPLE_CLAUSE
                      "    from: 2010-01-01\n    test: none-yet\n",
     "documents/deed.yaml:18:5: 'test: none-yet' needs a test-note that says why\n"},
    /* R1: overlaps inside one id */
    {"documents/deed.yaml",
     DEED_HEAD TESTED CHANGED "    from: 2010-01-01\n    until: 2020-01-02\n" CHANGED
                              "    from: 2020-01-01\n",
     "documents/deed.yaml:31:5: obligation 'deed.changed' overlaps its own version of line 18: "
     "[from, until) must not meet\n"},
    {"documents/policy.yaml",
     "id: policy\ntitle: P\nkind: community-policy\nobligations:\n  - id: "
     "policy.all\n" SAMPLE_CLAUSE
     "    from: 2010-01-01\n    test: audit\n  - id: deed.tested\n" SAMPLE_CLAUSE
     "    from: 2030-01-01\n    test: check\n",
     "documents/policy.yaml:17:5: obligation 'deed.tested' stands in document 'deed' too\n"},
    {"documents/policy.yaml",
     "id: policy\ntitle: P\nkind: community-policy\nobligations:\n  - id: "
     "policy.all\n" SAMPLE_CLAUSE "    from: 2010-01-01\n    test: none-yet\n",
     "documents/policy.yaml:5:5: 'test: none-yet' needs a test-note that says why\n"},
    /* the identity */
    {"rulebook.yaml", IDENTITY("UTC", "[]", VERSIONS("{id: \"1\", from: 2010-01-01}")),
     "documents/deed.yaml:45:5: 'deed.signed' can never bind anybody: no agreement leads to it\n"
     "documents/deed.yaml:56:16: agreement 'deed' has no version '3'\n"
     "letters/first/en.md:1:1: 'en' is not a language of rulebook.yaml\n"
     "rulebook.yaml:6:12: 1 to 50 languages\n"},
    {"rulebook.yaml", IDENTITY("UTC", "[de, en]", VERSIONS("{id: \"1\", from: 2010-01-01}")),
     "complaints/any.yaml:2:8: key 'de' is missing\n"
     "complaints/any.yaml:2:9: unknown key 'en' (known: de, ar)\n"
     "documents/deed.yaml:45:5: 'deed.signed' can never bind anybody: no agreement leads to it\n"
     "documents/deed.yaml:56:16: agreement 'deed' has no version '3'\n"
     "letters/first/en.md:1:1: a letter in another language says which one governs: "
     "'{{record_language}}'\n"
     "process.yaml:1:11: there is no letters/first/de.md\n"},
    {"rulebook.yaml", IDENTITY("UTC", "[en]", VERSIONS("")),
     "documents/deed.yaml:45:5: 'deed.signed' can never bind anybody: no agreement leads to it\n"
     "documents/deed.yaml:56:16: agreement 'deed' has no version '3'\n"
     "rulebook.yaml:10:53: 1 to 32 versions\n"},
    {"rulebook.yaml",
     IDENTITY("UTC", "[en]",
              VERSIONS("{id: \"3\", from: 2020-01-01}, {id: \"3\", from: 2010-01-01}, "
                       "{id: current, from: 2025-01-01}")),
     "rulebook.yaml:10:83: versions stand in the order of their dates\n"
     "rulebook.yaml:10:83: version '3' stands twice\n"
     "rulebook.yaml:10:112: 'current' is a reserved name\n"},
    {"rulebook.yaml",
     IDENTITY("UTC", "[en]",
              VERSIONS("{id: \"3\", from: 2020-01-01}") VERSIONS("{id: \"3\", from: 2020-01-01}")),
     "rulebook.yaml:11:5: agreement 'deed' stands twice\n"},
    {"rulebook.yaml",
     IDENTITY("America/Of_A_Place_That_Has_A_Very_Long_Name_Indeed_", "[en]",
              VERSIONS("{id: \"3\", from: 2020-01-01}")),
     "rulebook.yaml:5:7: no time zone has so long a name\n"},
    /* questions of complaints and audits */
    {"complaints/any.yaml",
     "id: any\ntitle: A\nbinds: both\nobligations: []\n"
     "questions: [{id: a, ask: b, kind: url}, {id: a, ask: c, kind: ip}]\n" COMPLAINT_TIMES,
     "complaints/any.yaml:4:14: a complaint is always about an obligation\n"
     "complaints/any.yaml:5:41: question 'a' stands twice\n"},
    {"complaints/any.yaml", COMPLAINT_HEAD "questions: []\n",
     "complaints/any.yaml:1:1: key 'first-review' is missing\n"
     "complaints/any.yaml:1:1: key 'more-information' is missing\n"
     "complaints/any.yaml:2:8: no text in 'ar'; a type that is not translated says so: "
     "untranslated: [ar]\n"},
    {"complaints/any.yaml", COMPLAINT_HEAD "questions: []\n" COMPLAINT_TIMES "reminder: 5\n",
     "complaints/any.yaml:9:11: a reminder comes fewer days before the end than "
     "'more-information' has\n"},
    {"complaints/any.yaml",
     "id: any\ntitle: {en: A, fr: B, ar: C}\nbinds: both\nobligations: [policy.all]\n"
     "questions: []\nfirst-review: 5\nmore-information: 5\nuntranslated: [ar, fr]\n",
     "complaints/any.yaml:2:16: unknown key 'fr' (known: en, ar)\n"
     "complaints/any.yaml:8:16: every text is there in 'ar'\n"
     "complaints/any.yaml:8:20: 'fr' is not among the complainant-languages of rulebook.yaml\n"},
    {"complaints/any.yaml",
     COMPLAINT_HEAD COMPLAINT_TIMES
     "questions:\n"
     "  - {id: a, ask: b}\n"
     "  - {id: c, ask: d, kind: word, colour: red}\n"
     "  - {id: e, ask: f, kind: choice, choices: [{id: x, label: X}, {id: x, label: Y}]}\n"
     "  - {id: g, ask: h, kind: choice, choices: [{id: x, label: X}]}\n"
     "  - {id: i, ask: j, kind: text, choices: []}\n"
     "  - {id: k, ask: l, kind: file}\n"
     "  - {id: m, ask: n, kind: file, evidence: none}\n"
     "  - {id: o, ask: p, kind: text, evidence: none}\n",
     "complaints/any.yaml:9:5: key 'kind' is missing\n"
     "complaints/any.yaml:10:27: 'word' is not one of: text, date, domain, url, ip, choice, file, "
     "yes-no\n"
     "complaints/any.yaml:10:33: unknown key 'colour' (known: id, ask, kind, required, when, "
     "choices, evidence)\n"
     "complaints/any.yaml:11:64: choice 'x' stands twice\n"
     "complaints/any.yaml:12:5: a choice needs two choices at least\n"
     "complaints/any.yaml:13:42: only a question of kind 'choice' has choices\n"
     "complaints/any.yaml:14:5: a question of kind 'file' names its evidence\n"
     "complaints/any.yaml:15:43: there is no evidence 'none'\n"
     "complaints/any.yaml:16:5: only a question of kind 'file' names evidence\n"},
    /* conditions lead back to an earlier question, and some answer fulfils them */
    {"complaints/any.yaml",
     COMPLAINT_HEAD COMPLAINT_TIMES
     "questions:\n"
     "  - {id: a, ask: b, kind: text, when: {question: c, is: [\"yes\"]}}\n"
     "  - {id: c, ask: d, kind: yes-no}\n"
     "  - {id: e, ask: f, kind: text, when: {question: c, is: [maybe]}}\n"
     "  - {id: g, ask: h, kind: text, when: {question: c, is: []}}\n"
     "  - {id: i, ask: j, kind: text, when: {question: e, is: [x]}}\n"
     "evidence:\n"
     "  - {id: k, ask: l, why: m, when: {question: z, is: [x]}}\n",
     "complaints/any.yaml:9:50: no question 'c' stands before this one\n"
     "complaints/any.yaml:11:58: no answer leads here: 'c' cannot be 'maybe'\n"
     "complaints/any.yaml:12:39: no answer leads here: 'is' is empty\n"
     "complaints/any.yaml:13:39: 'e' is no choice and no yes-no question\n"
     "complaints/any.yaml:15:46: no question 'z' stands before this one\n"},
    {"complaints/any.yaml",
     COMPLAINT_HEAD COMPLAINT_TIMES
     "questions: []\n"
     "evidence:\n"
     "  - A sentence.\n"
     "  - {id: a, ask: b, why: c, accept: [picture, image/png, a/b/c], obligation: deed.tested}\n"
     "  - {id: a, ask: b, why: c}\n"
     "scope:\n"
     "  - {id: a, test: asked, closure: elsewhere, words: w}\n"
     "  - {id: a, test: told-first, closure: elsewhere, words: w}\n"
     "  - {id: b, test: registered, days: 5, who: [other], closure: elsewhere, words: w}\n"
     "  - {id: c, test: complainant, closure: elsewhere, words: w, ask: x}\n"
     "  - {id: d, test: complainant, who: [king], closure: elsewhere, words: w}\n",
     "complaints/any.yaml:10:5: must be a map, this is a text\n"
     "complaints/any.yaml:11:38: 'picture' is no media type\n"
     "complaints/any.yaml:11:58: 'a/b/c' is no media type\n"
     "complaints/any.yaml:11:78: 'deed.tested' is not among the obligations of this type\n"
     "complaints/any.yaml:12:5: evidence 'a' stands twice\n"
     "complaints/any.yaml:14:19: 'asked' is not one of: under-contract, not-country-code, "
     "registered, contracted-registrar, not-suspended, unchanged, no-proceeding, inside-rules, "
     "specific, new-matter, told-first, complainant\n"
     "complaints/any.yaml:15:5: 'told-first' needs 'days', 0 for any time before\n"
     "complaints/any.yaml:15:5: scope test 'a' stands twice\n"
     "complaints/any.yaml:16:37: only the test 'told-first' has 'days'\n"
     "complaints/any.yaml:16:45: only the test 'complainant' has 'who'\n"
     "complaints/any.yaml:17:5: 'complainant' needs 'who' may complain\n"
     "complaints/any.yaml:17:62: unknown key 'ask' (known: id, test, days, who, obligation, "
     "closure, words)\n"
     "complaints/any.yaml:18:5: 'complainant' needs 'who' may complain\n"
     "complaints/any.yaml:18:38: 'king' is not one of: registrant, representative, rights-holder, "
     "provider, party, data-user, authority, other\n"},
    {"rulebook.yaml", SPEAKING("[ar, en, ar]"),
     "complaints/any.yaml:14:22: no text in 'en'; a type that is not translated says so: "
     "untranslated: [en]\n"
     "rulebook.yaml:11:29: language 'en' stands twice\n"
     "rulebook.yaml:11:33: language 'ar' stands twice\n"},
    {"rulebook.yaml", SPEAKING("[a, b, c, d, e, f, g, h, i]"),
     "complaints/any.yaml:2:23: unknown key 'ar' (known: en)\n"
     "complaints/any.yaml:7:16: 'ar' is not among the complainant-languages of rulebook.yaml\n"
     "rulebook.yaml:11:24: at most 8 languages\n"},
    {"audits/one.yaml",
     "id: one\ntitle: O\nparty: registry\nquestions: [{id: a, ask: b, obligation: deed.changed}, "
     "{id: a, ask: c, obligation: deed.changed}]\n",
     "audits/one.yaml:4:56: question 'a' stands twice\n"},
    {"profiles/all.yaml", "profiles:\n  - {obligation: deed.tested, codes: []}\n",
     "profiles/all.yaml:2:38: 1 to 64 codes\n"},
    /* letters */
    {"letters/first.md", LETTER_HEAD SAMPLE_LETTER,
     "letters/first.md:1:1: letters stand at letters/ID/LANGUAGE.md\n"},
    {"letters/first/en.md", "---\nsubject: |\n  x\n  y\nkind: informal\n---\n" SAMPLE_LETTER,
     "letters/first/en.md:2:10: one line of at most 300 bytes\n"},
    {"letters/first/en.md", "Hello\n",
     "letters/first/en.md:1:1: a letter begins with front matter between two lines '---'\n"},
    {"letters/first/en.md", "---\nsubject: a\nkind: private\n---\n" SAMPLE_LETTER,
     "letters/first/en.md:3:7: 'private' is not one of: informal, formal, closing, receipt, "
     "complaint\n"},
    {"letters/first/en.md", LETTER_HEAD SAMPLE_LETTER "é {{wrong}} {{> part}}\n{{#codes}}{{id}}\n",
     "letters/first/en.md:6:3: unknown placeholder 'wrong'\n"
     "letters/first/en.md:6:13: '{{>' has no place in a letter\n"
     "letters/first/en.md:7:1: the section 'codes' is not ended\n"
     "letters/first/en.md:7:11: unknown placeholder 'id'\n"},
    {"letters/first/en.md", LETTER_HEAD SAMPLE_LETTER "{{/codes}} {{#codes}}{{code}}{{/demo}}\n",
     "letters/first/en.md:6:1: '{{/codes}}' ends a section that was not begun\n"
     "letters/first/en.md:6:30: '{{/demo}}' ends another section than 'codes' of line 6\n"},
    {"letters/first/en.md", LETTER_HEAD SAMPLE_LETTER "{{cure\n",
     "letters/first/en.md:6:1: '{{' is not closed by '}}'\n"},
    {"letters/first/en.md", LETTER_HEAD "{{#demo}}{{/demo}} {{party_name}} {{case_id}}\n",
     "letters/first/en.md:1:1: the letter never says '{{obligation_statement}}'\n"
     "letters/first/en.md:1:1: the letter never says '{{obligation_clause}}'\n"
     "letters/first/en.md:1:1: the letter never says '{{evidence_ids}}'\n"
     "letters/first/en.md:1:1: the letter never says '{{cure}}'\n"
     "letters/first/en.md:1:1: the letter never says '{{deadline_date}}'\n"},
    /* to who complained, who is told neither party nor duty */
    {"letters/complainant/en.md", LETTER_HEAD "{{subject}}\n",
     "letters/complainant/en.md:1:1: the letter never says '{{case_id}}'\n"
     "letters/complainant/en.md:1:1: the letter never says '{{demo}}'\n"
     "letters/complainant/en.md:1:1: no step of process.yaml sends this letter\n"},
};

static void every_fault_is_reported_with_file_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 1 << 16);
        struct rulebook *rulebook = load(bad[i].path, bad[i].text, &out);
        assert_string_equal(buffer_text(&out), bad[i].faults);
        assert_null(rulebook);
    }
}

/* The sample's policy with this row; the other keys stand as in SAMPLE_CLAUSE. */
static struct rulebook *load_row(const struct vocabulary *vocabulary, const char *row,
                                 struct buffer *out)
{
    char text[2048];
    snprintf(text, sizeof text,
             "id: policy\ntitle: P\nkind: community-policy\nobligations:\n  - id: policy.all\n"
             "    row: %s\n%s    from: 2015-01-01\n    test: audit\n",
             row, strchr(SAMPLE_CLAUSE, '\n') + 1);
    return load_by(vocabulary, "documents/policy.yaml", text, out);
}

static void an_obligation_names_one_row_or_a_list(void **state)
{
    (void)state;
    static const struct {
        const char *row, *read;
    } rows[] = {
        {"R1", "R1"},
        {"[R1]", "R1"},
        {"[\"R 1 / 2\", R3]", "R 1 / 2, R3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 1 << 16);
        struct rulebook *rulebook = load_row(&sample_vocabulary, rows[i].row, &out);
        assert_string_equal(buffer_text(&out), "");
        assert_string_equal(rulebook_obligation_find(rulebook, "policy.all", 0)->row, rows[i].read);
        rulebook_free(rulebook);
    }
}

static void rows_that_would_be_misread_are_refused(void **state)
{
    (void)state;
    static const struct bad_row {
        const char *row, *faults;
    } rows[] = {
        {"", "documents/policy.yaml:6:9: the value is missing\n"},
        {"\"A, B\"", "documents/policy.yaml:6:10: several rows are written as a list\n"},
        {"[A, \"B, C\"]", "documents/policy.yaml:6:14: several rows are written as a list\n"},
        {"[]", "documents/policy.yaml:6:10: at least one and at most 20 rows\n"},
        {"[a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a]",
         "documents/policy.yaml:6:10: at least one and at most 20 rows\n"},
        {"{a: b}", "documents/policy.yaml:6:10: must be a text, this is a map\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 1 << 16);
        assert_null(load_row(&sample_vocabulary, rows[i].row, &out));
        assert_string_equal(buffer_text(&out), rows[i].faults);
    }
}

/* Nobody is accused of what the rulebook does not say in full. */
static void an_obligation_without_one_of_its_texts_is_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"row",      "theme", "binds",    "clause",      "statement",
                                       "guidance", "cure",  "severity", "consequence", "test"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char text[2048], key[32], expected[128];
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, 1 << 16);
        snprintf(text, sizeof text, "%s%s    from: 2010-01-01\n    test: audit\n",
                 DEED_HEAD TESTED "  - id: deed.changed\n", SAMPLE_CLAUSE);
        snprintf(key, sizeof key, "    %s: ", keys[i]);
        char *line = strstr(strstr(text, "deed.changed"), key), *next = strchr(line, '\n') + 1;
        memmove(line, next, strlen(next) + 1);
        snprintf(expected, sizeof expected, "documents/deed.yaml:18:5: key '%s' is missing\n",
                 keys[i]);
        assert_null(load("documents/deed.yaml", text, &out));
        assert_ptr_equal(strstr(buffer_text(&out), expected), buffer_text(&out));
    }
}

/* Loads the tree and takes it; the words of what is wrong go to `out`. */
static void load_wrong(struct rulebook_tree *tree, struct buffer *out)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    buffer_init(out, 1 << 20);
    assert_int_equal(rulebook_load_tree(tree, "", &sample_vocabulary, &rulebook, &faults),
                     ERR_SYNTAX);
    yaml_faults_print(&faults, out);
    rulebook_tree_done(tree);
    assert_null(rulebook);
}

static void a_list_that_is_too_long_is_named(void **state)
{
    (void)state;
    struct rulebook_tree tree = {0};
    struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
    buffer_init(&text, 1 << 16);
    buffer_append_text(&text, COMPLAINT_HEAD COMPLAINT_TIMES "questions: []\nevidence:\n");
    for (int i = 0; i <= 500; i++)
        buffer_append_text(&text, "  - A paper.\n");
    assert_int_equal(sample_tree("complaints/any.yaml", buffer_text(&text), &tree), 0);
    load_wrong(&tree, &out);
    assert_string_equal(buffer_text(&out), "complaints/any.yaml:10:3: more than 60 in one list\n");
}

static void more_reports_than_there_are_kinds_are_not_taken(void **state)
{
    (void)state;
    struct rulebook_tree tree = {0};
    struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
    buffer_init(&text, 1 << 16);
    buffer_append_text(&text, COMPLAINT_HEAD "evidence: [{id: e, ask: E, why: W}]\n"
                                             "questions: []\n" COMPLAINT_TIMES
                                             "intake:\n  exhibit: e\n  takes:\n");
    for (int i = 0; i <= COMPLAINT_TAKES_MAX; i++)
        buffer_append_text(&text, "    - {report: mail}\n");
    assert_int_equal(sample_tree("complaints/any.yaml", buffer_text(&text), &tree), 0);
    load_wrong(&tree, &out);
    assert_string_equal(buffer_text(&out), "complaints/any.yaml:13:5: more than 200 in one list\n");
}

static void texts_of_a_list_have_a_limit(void **state)
{
    (void)state;
    struct rulebook_tree tree = {0};
    struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
    buffer_init(&text, 1 << 16);
    buffer_append_text(&text, "id: one\ntitle: One\nparty: registry\nquestions:\n"
                              "  - id: q\n    ask: Is it?\n    obligation: deed.changed\n"
                              "    evidence:\n");
    for (int i = 0; i <= 500; i++)
        buffer_append_text(&text, "      - A paper.\n");
    assert_int_equal(sample_tree("audits/one.yaml", buffer_text(&text), &tree), 0);
    load_wrong(&tree, &out);
    assert_string_equal(buffer_text(&out), "audits/one.yaml:9:7: more than 500 in one list\n");
}

static void texts_that_are_too_long_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *key, *before, *after, *words;
    } rows[] = {
        {"cure", "", "", "documents/policy.yaml:8:11: longer than 4000 bytes\n"},
        {"row", "", "", "documents/policy.yaml:8:10: longer than 4000 bytes\n"},
        {"parameters", "{a: ", "}",
         "documents/policy.yaml:8:17: more than 4096 bytes of parameters\n"},
    };
    char text[5000] = "";
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rulebook_tree tree = {0};
        struct buffer document BUFFER_CLEANUP, out BUFFER_CLEANUP;
        buffer_init(&document, 1 << 16);
        buffer_printf(&document,
                      "id: policy\ntitle: P\nkind: community-policy\nobligations:\n"
                      "  - id: policy.all\n    from: 2010-01-01\n    test: audit\n"
                      "    %s: %s%s%s\n",
                      rows[i].key, rows[i].before, text, rows[i].after);
        assert_int_equal(sample_tree("documents/policy.yaml", buffer_text(&document), &tree), 0);
        load_wrong(&tree, &out);
        assert_non_null(strstr(buffer_text(&out), rows[i].words));
    }
}

static void letters_have_only_so_many_tags(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        int count;
        const char *words;
    } rows[] = {
        {"{{#demo}}", 9, "letters/first/en.md:6:73: more than 8 sections inside each other\n"},
        {"{{cure}}", 500, "letters/first/en.md:6:3913: more than 500 placeholders\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rulebook_tree tree = {0};
        struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
        buffer_init(&text, 1 << 16);
        buffer_append_text(&text, LETTER_HEAD SAMPLE_LETTER);
        for (int n = 0; n < rows[i].count; n++)
            buffer_append_text(&text, rows[i].tag);
        assert_int_equal(sample_tree("letters/first/en.md", buffer_text(&text), &tree), 0);
        load_wrong(&tree, &out);
        if (!strstr(buffer_text(&out), rows[i].words))
            fail_msg("%s", buffer_text(&out));
    }
}

static void too_many_documents_are_refused(void **state)
{
    (void)state;
    static struct tree_file files[RULEBOOK_DOCUMENTS_MAX + 1];
    static char paths[RULEBOOK_DOCUMENTS_MAX + 1][32], texts[RULEBOOK_DOCUMENTS_MAX + 1][80];
    struct rulebook_tree tree = {0};
    struct buffer out BUFFER_CLEANUP;
    for (int i = 0; i <= RULEBOOK_DOCUMENTS_MAX; i++) {
        snprintf(paths[i], sizeof *paths, "documents/d%d.yaml", i);
        snprintf(texts[i], sizeof *texts, "id: d%d\ntitle: D\nkind: contract\nobligations: []\n",
                 i);
        files[i] = (struct tree_file){paths[i], (const uint8_t *)texts[i], strlen(texts[i])};
    }
    assert_int_equal(rulebook_tree_make(files, RULEBOOK_DOCUMENTS_MAX + 1, &tree, NULL), 0);
    load_wrong(&tree, &out);
    assert_non_null(
        strstr(buffer_text(&out), "documents: more than 300 documents or 5000 obligations\n"));
}

static void a_letter_with_a_nul_byte_is_refused(void **state)
{
    (void)state;
    static const uint8_t text[] = LETTER_HEAD SAMPLE_LETTER "\0";
    struct rulebook_tree tree = {0};
    struct buffer out BUFFER_CLEANUP;
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    for (size_t i = 0; i < tree.count; i++) {
        if (strcmp(tree.files[i].path, "letters/first/en.md") == 0)
            tree.files[i] = (struct tree_file){"letters/first/en.md", text, sizeof text};
    }
    load_wrong(&tree, &out);
    assert_string_equal(buffer_text(&out),
                        "letters/first/en.md:1:1: a NUL byte cannot stand in a letter\n");
}

static void without_a_vocabulary_names_are_not_checked(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_int_equal(sample_tree("profiles/all.yaml",
                                 "profiles:\n  - {obligation: deed.tested, codes: [a.good]}\n",
                                 &tree),
                     0);
    assert_int_equal(rulebook_load_tree(&tree, "", /* vocabulary= */ NULL, &rulebook, &faults), 0);
    rulebook_free(rulebook);
}

/* An older program let it pass, and a store that holds it must stay open to this one. */
static void what_was_adopted_with_rows_in_one_text_is_read(void **state)
{
    (void)state;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 16);
    struct rulebook *rulebook = load_row(/* vocabulary= */ NULL, "\"A, B\"", &out);
    assert_string_equal(buffer_text(&out), "");
    assert_string_equal(rulebook_obligation_find(rulebook, "policy.all", 0)->row, "A, B");
    rulebook_free(rulebook);
}

/* Complaints had sentences as evidence, no kinds, tests or times in the first rulebooks. */
static void what_was_adopted_with_older_complaints_is_read(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    static const char text[] =
        COMPLAINT_HEAD "questions: [{id: what, ask: Which?, required: true}]\n"
                       "evidence: [A paper., Another.]\n"
                       "untranslated: [ar]\n"
                       "scope: [{id: a, ask: Is it?, closure: elsewhere}]\n";
    assert_int_equal(sample_tree("complaints/any.yaml", text, &tree), 0);
    assert_int_equal(rulebook_load_tree(&tree, "", NULL, &rulebook, &faults), 0);
    const struct complaint_type *type = rulebook_complaint_find(rulebook, "any");
    assert_int_equal(type->questions[0].kind, COMPLAINT_TEXT);
    assert_string_equal(type->evidence[1].id, "evidence-2");
    assert_string_equal(type->evidence[1].ask.official, "Another.");
    assert_int_equal(type->scopes[0].test, COMPLAINT_TEST_ASKED);
    assert_string_equal(type->scopes[0].words.official, "Is it?");
    assert_int_equal(type->first_review_days, 0);
    rulebook_free(rulebook);
}

static void a_missing_folder_is_a_fault_that_names_it(void **state)
{
    (void)state;
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct rulebook *rulebook = NULL;
    yaml_faults_init(&faults);
    assert_true(rulebook_load("/nowhere/at/all", NULL, &rulebook, &faults) < 0);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].file, "/nowhere/at/all");
}

/* The ones that ship load without a fault, and carry what the house promises of them. */
static struct rulebook *load_shipped(const char *name)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP;
    struct buffer out BUFFER_CLEANUP;
    struct rulebook *rulebook = NULL;
    char path[1024];
    yaml_faults_init(&faults);
    buffer_init(&out, 1 << 16);
    snprintf(path, sizeof path, "%s/rulebook/%s", PROJECT_ROOT, name);
    rulebook_load(path, /* vocabulary= */ NULL, &rulebook, &faults);
    yaml_faults_print(&faults, &out);
    assert_string_equal(buffer_text(&out), "");
    assert_non_null(rulebook);
    return rulebook;
}

static void the_icann_rulebook_has_every_kind_theme_and_state(void **state)
{
    (void)state;
    struct rulebook *rulebook = load_shipped("icann");
    struct rulebook_coverage count;
    rulebook_coverage_count(rulebook, civil_days(2026, 11, 24), &count);
    assert_true(count.obligations >= 60);
    for (int i = OBLIGATION_CONTRACT; i <= OBLIGATION_COMMUNITY_POLICY; i++)
        assert_true(count.by_kind[i] > 0);
    for (int i = THEME_SECURITY; i <= THEME_OTHER; i++)
        assert_true(count.by_theme[i] > 0);
    assert_true(count.by_state[OBLIGATION_PROPOSED] > 0);
    assert_true(count.by_state[OBLIGATION_SUPERSEDED] > 0);
    assert_true(count.unconfirmed > 0);
    for (int i = TEST_CHECK; i <= TEST_NONE_YET; i++)
        assert_true(count.by_test[i] > 0);
    rulebook_coverage_count(rulebook, civil_days(2025, 1, 1), &count);
    assert_true(count.by_state[OBLIGATION_TRANSITION] > 0);
    assert_true(count.by_state[OBLIGATION_ADOPTED] > 0);
    rulebook_free(rulebook);
}

/* What the reader asks for is there in other words than blanks, and each entry says its source. */
static void every_shipped_obligation_is_complete(void **state)
{
    (void)state;
    struct rulebook *rulebook = load_shipped("icann");
    for (size_t i = 0; i < rulebook->clause_count; i++) {
        const struct rulebook_clause *clause = &rulebook->clauses[i];
        const struct obligation *o = &clause->obligation;
        const char *const texts[] = {o->row,  o->clause,      o->statement,  o->guidance,
                                     o->cure, o->consequence, clause->source};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            if (strspn(texts[t], " \n") == strlen(texts[t]))
                fail_msg("%s:%d: %s lacks a text", clause->file, clause->line, o->id);
        }
        if ((o->test == TEST_CHECK) != (clause->profile != NULL) ||
            (o->test == TEST_NONE_YET) != (*o->test_note != 0))
            fail_msg("%s:%d: %s and its test do not fit", clause->file, clause->line, o->id);
    }
    rulebook_free(rulebook);
}

static void the_other_authority_has_nothing_of_the_first(void **state)
{
    (void)state;
    static const char *const foreign[] = {"ICANN", "icann", "gTLD", "RAA", "IANA"};
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(
        rulebook_tree_read(PROJECT_ROOT "/rulebook/cctld-example", &tree, /* detail= */ NULL), 0);
    for (size_t i = 0; i < tree.count; i++) {
        for (size_t word = 0; word < sizeof foreign / sizeof *foreign; word++)
            assert_null(memmem(tree.files[i].data, tree.files[i].size, foreign[word],
                               strlen(foreign[word])));
    }
    struct rulebook *rulebook = load_shipped("cctld-example");
    assert_non_null(rulebook_letter_find(rulebook, "fine", "en"));
    assert_null(rulebook_letter_find(rulebook, "suspension", "en"));
    rulebook_free(rulebook);
}

TEST_MAIN(cmocka_unit_test(the_sample_is_read_as_written),
          cmocka_unit_test(outcomes_are_told_in_the_languages_of_complainants),
          cmocka_unit_test(retention_is_by_state_and_type),
          cmocka_unit_test(every_fault_is_reported_with_file_line_and_column),
          cmocka_unit_test(an_obligation_names_one_row_or_a_list),
          cmocka_unit_test(rows_that_would_be_misread_are_refused),
          cmocka_unit_test(an_obligation_without_one_of_its_texts_is_refused),
          cmocka_unit_test(a_list_that_is_too_long_is_named),
          cmocka_unit_test(more_reports_than_there_are_kinds_are_not_taken),
          cmocka_unit_test(texts_of_a_list_have_a_limit),
          cmocka_unit_test(texts_that_are_too_long_are_named),
          cmocka_unit_test(letters_have_only_so_many_tags),
          cmocka_unit_test(too_many_documents_are_refused),
          cmocka_unit_test(a_letter_with_a_nul_byte_is_refused),
          cmocka_unit_test(without_a_vocabulary_names_are_not_checked),
          cmocka_unit_test(what_was_adopted_with_rows_in_one_text_is_read),
          cmocka_unit_test(what_was_adopted_with_older_complaints_is_read),
          cmocka_unit_test(a_missing_folder_is_a_fault_that_names_it),
          cmocka_unit_test(the_icann_rulebook_has_every_kind_theme_and_state),
          cmocka_unit_test(every_shipped_obligation_is_complete),
          cmocka_unit_test(the_other_authority_has_nothing_of_the_first))
