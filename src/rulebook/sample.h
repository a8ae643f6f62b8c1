/* A small whole rulebook in memory, for the tests of this room: each test replaces one file. */
#ifndef BAILIWICK_RULEBOOK_SAMPLE_H
#define BAILIWICK_RULEBOOK_SAMPLE_H

#include "model/vocabulary.h"
#include "rulebook/tree.h"

#include <string.h>

struct sample_file {
    const char *path, *text;
};

#define SAMPLE_CLAUSE                                                                              \
    "    row: R-1\n"                                                                               \
    "    theme: stability\n"                                                                       \
    "    binds: registry\n"                                                                        \
    "    clause: Section 1\n"                                                                      \
    "    statement: Something is true.\n"                                                          \
    "    guidance: Keep it true.\n"                                                                \
    "    cure: Make it true.\n"                                                                    \
    "    severity: major\n"                                                                        \
    "    consequence: A letter.\n"

#define SAMPLE_LETTER                                                                              \
    "{{#demo}}demo{{/demo}} {{party_name}} {{case_id}} {{obligation_statement}} "                  \
    "{{obligation_clause}} {{#evidence_ids}}{{id}}{{/evidence_ids}} {{cure}} {{deadline_date}}\n"

static const struct sample_file sample_files[] = {
    {"rulebook.yaml", "id: sample\n"
                      "name: Sample\n"
                      "version: \"1\"\n"
                      "authority: {name: The Authority, short: TA}\n"
                      "zone: UTC\n"
                      "languages: [en]\n"
                      "complainant-languages: [ar]\n"
                      "mail: {from-name: Desk}\n"
                      "policy-label: policy\n"
                      "agreements:\n"
                      "  - id: deed\n"
                      "    label: Deed\n"
                      "    party: registry\n"
                      "    versions:\n"
                      "      - {id: \"1\", from: 2010-01-01}\n"
                      "      - {id: \"2\", from: 2020-01-01}\n"
                      "      - {id: \"3\", from: 2025-01-01, on-signature: true}\n"},
    {"process.yaml", "letters: [first]\n"
                     "closure-codes:\n"
                     "  - {id: elsewhere, family: out-of-scope, label: Elsewhere}\n"},
    {"documents/deed.yaml", "id: deed\n"
                            "title: The Deed\n"
                            "kind: contract\n"
                            "agreement: deed\n"
                            "obligations:\n"
                            "  - id: deed.tested\n" SAMPLE_CLAUSE "    from: 2010-01-01\n"
                            "    test: check\n"
                            "  - id: deed.changed\n" SAMPLE_CLAUSE "    from: 2010-01-01\n"
                            "    until: 2022-01-01\n"
                            "    test: audit\n"
                            "    parameters: {b: 1, a: [x, true]}\n"
                            "  - id: deed.changed\n" SAMPLE_CLAUSE "    from: 2022-01-01\n"
                            "    comply-by: 2022-06-01\n"
                            "    test: audit\n"
                            "  - id: deed.signed\n" SAMPLE_CLAUSE "    from: on-signature\n"
                            "    versions: [\"3\"]\n"
                            "    test: document-request\n"},
    {"documents/policy.yaml", "id: policy\n"
                              "title: A Policy\n"
                              "kind: community-policy\n"
                              "obligations:\n"
                              "  - id: policy.all\n" SAMPLE_CLAUSE "    from: 2015-01-01\n"
                              "    test: document-request\n"
                              "  - id: policy.proposed\n" SAMPLE_CLAUSE "    state: proposed\n"
                              "    test: none-yet\n"
                              "    test-note: It is not there yet.\n"
                              "    confirmed: false\n"},
    {"profiles/all.yaml", "profiles:\n"
                          "  - {obligation: deed.tested, codes: [a.bad, a.worse], quorum: 2,\n"
                          "     repeats: 3, spread: 10m, every: 1h}\n"},
    {"letters/first/en.md",
     "---\nsubject: \"Hello {{subject}}\"\nkind: informal\n---\n" SAMPLE_LETTER},
    {"complaints/any.yaml",
     "id: any\n"
     "title: {en: Anything, ar: Z}\n"
     "binds: both\n"
     "obligations: [policy.all]\n"
     "first-review: 5\n"
     "more-information: 5\n"
     "untranslated: [ar]\n"
     "questions:\n"
     "  - {id: what, ask: What is it?, kind: choice, required: true,\n"
     "     choices: [{id: a, label: A}, {id: b, label: B}]}\n"
     "  - {id: since, ask: Since when?, kind: date, when: {question: what, is: [a]}}\n"
     "  - {id: paper, ask: Show it., kind: file, evidence: paper}\n"
     "evidence:\n"
     "  - {id: paper, ask: Anything., why: It shows it., accept: [text/plain], required: true,\n"
     "     when: {question: what, is: [b]}}\n"
     "scope:\n"
     "  - {id: else, test: under-contract, closure: elsewhere, words: It is elsewhere.}\n"
     "  - {id: told, test: told-first, days: 5, closure: elsewhere, words: Tell them.}\n"
     "  - {id: who, test: complainant, who: [registrant], closure: elsewhere, words: Not you.}\n"},
    {"audits/one.yaml",
     "id: one\n"
     "title: One\n"
     "party: registry\n"
     "questions:\n"
     "  - {id: q, ask: Is it?, obligation: deed.changed, evidence: [A paper.]}\n"},
    {"README.md", "For people.\n"},
};

enum { SAMPLE_COUNT = sizeof sample_files / sizeof *sample_files };

static const struct vocabulary_row sample_codes[] = {{"a.bad", ""}, {"a.worse", ""}};
static const struct vocabulary_row sample_placeholders[] = {
    {"demo", ""},
    {"party_name", ""},
    {"case_id", ""},
    {"subject", ""},
    {"cure", ""},
    {"obligation_statement", ""},
    {"deadline_date", ""},
    {"evidence_ids", ""},
    {"obligation_clause", ""},
    {"codes", ""},
    {"complaint_reference", ""},
};
static const struct vocabulary sample_vocabulary = {
    .codes = sample_codes,
    .code_count = sizeof sample_codes / sizeof *sample_codes,
    .placeholders = sample_placeholders,
    .placeholder_count = sizeof sample_placeholders / sizeof *sample_placeholders,
};

/* The sample with one file more or in place of its own; a NULL text leaves the file out. */
static inline int sample_tree(const char *path, const char *text, struct rulebook_tree *ret_tree)
{
    struct tree_file files[SAMPLE_COUNT + 1];
    size_t count = 0;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        if (path && strcmp(path, sample_files[i].path) == 0)
            continue;
        files[count++] =
            (struct tree_file){sample_files[i].path, (const uint8_t *)sample_files[i].text,
                               strlen(sample_files[i].text)};
    }
    if (path && text)
        files[count++] = (struct tree_file){path, (const uint8_t *)text, strlen(text)};
    return rulebook_tree_make(files, count, ret_tree, NULL);
}

#endif
