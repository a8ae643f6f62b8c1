/* What is looked at before a person reads a complaint: what would close it, as far as the store,
 * the complaint and its exhibits tell. It holds a complaint as a draft with the words of the scope
 * test that fails; to file it anyway is always possible, and nothing is decided.
 *
 * Other complaints are no part of it: what is held, and what is said, depends on this one alone. */
#ifndef BAILIWICK_APP_COMPLAINTS_PRECHECK_H
#define BAILIWICK_APP_COMPLAINTS_PRECHECK_H

#include "app/complaints/document.h"
#include "app/complaints/facts.h"
#include "app/complaints/proof.h"
#include "app/complaints/record.h"

struct precheck {
    const struct complaint_lack *holds; /* COMPLAINT_LACKS_SCOPE each */
    size_t count;
    struct proof
        proof;        /* of a document, looked for where it does not say that the party was told */
    bool two_letters; /* a country by the form of its name: the store knows no such TLD */
};

/* Of one that is being filed, at `received_at` by the rulebook in force. */
int precheck_document(struct app *app, const struct complaint_document *document,
                      int64_t received_at, struct arena *arena, struct precheck *ret_precheck,
                      struct error_detail *detail);

/* Of one that was filed, by the rulebook of its day. */
struct precheck_question {
    const struct complaint_record *record;
    const json_t *words; /* all that was said (addition_merge()); the store has its exhibits */
    bool thorough; /* a proof is looked for also where the complainant says that the party was told
                    */
};
int precheck_record(struct app *app, const struct precheck_question *question, struct arena *arena,
                    struct precheck *ret_precheck, struct error_detail *detail);

/* Puts what holds it behind what is missing. ERR_LIMIT. */
int precheck_append(const struct precheck *precheck, struct arena *arena,
                    const struct complaint_lack **lacks, size_t *count);

#endif
