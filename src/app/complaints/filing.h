/* A complaint is kept, however it came in: row, sealed words, exhibits and reporter, event and
 * opening, all in the transaction of the caller. */
#ifndef BAILIWICK_APP_COMPLAINTS_FILING_H
#define BAILIWICK_APP_COMPLAINTS_FILING_H

#include "app/complaints/document.h"
#include "app/complaints/record.h"

enum { FILING_ARENA_MAX = 96 << 20, FILING_TOKEN_TEXT = DIGEST_HEX };

struct filing {
    struct call *call;
    struct arena arena;
    struct complaint_document document; /* of the caller */
    /* Filled by filing_keep(): */
    const struct complaint_lack *lacks;
    size_t lack_count;
    struct store_complaint row;
    char reference[REFERENCE_TEXT];
    char token[FILING_TOKEN_TEXT]; /* the secret link; its digest alone is in the store */
    struct digest words, reporter, entry;
    bool restricted; /* it is read last (restriction.h) */
};

/* What lacks something becomes a draft (`held`), or is filed all the same when `anyway` is said.
 * The call's rulebook is the document's. */
int filing_keep(struct filing *filing, bool anyway);

/* Lacks by kind and id; with the words of a rulebook in a language, where one is given. New
 * reference. */
json_t *filing_lack_list(const struct complaint_lack *lacks, size_t count,
                         const struct rulebook *words, const char *language);

/* Exhibits as items from the number `first` on: what is told of each (new reference), and their
 * bytes, sealed. */
json_t *filing_exhibits(const struct complaint_document *document, uint32_t first);
int filing_keep_exhibits(struct call *call, const char *reference,
                         const struct complaint_document *document, uint32_t first);

/* What it lacks, by kind and id; with the words of the rulebook in the complaint's language.
 * Nothing of what was said. New reference. */
json_t *filing_lacks(const struct filing *filing, bool with_words);

#endif
