/* The formal letters of a case as its notice shows them: a projection of the bytes that were
 * served, less the redactions that two people agreed to. */
#ifndef BAILIWICK_APP_PUBLISH_NOTICE_LETTER_H
#define BAILIWICK_APP_PUBLISH_NOTICE_LETTER_H

#include "app/casework/casefile.h"
#include "store/letter.h"
#include "store/publication.h"
#include "view/notice.h"

/* Items of a case, as the store lists them. */
struct notice_items {
    const struct store_notice_item *list;
    size_t count;
};

struct notice_letters {
    struct notice_letter *list; /* as they were served, oldest first; in the arena */
    size_t count;
    struct store_letter latest; /* with its bytes */
    const struct stage *stage;  /* that the latest announces */
};

/* Whether a letter of this kind belongs to a formal stage of the case. */
bool notice_letter_formal(const struct casefile *file, const char *kind);

/* The moment of service of a letter of these bytes, by the case's own history; 0 when it tells of
 * none. */
int64_t notice_letter_served_at(const struct casefile *file, const struct digest *sha256);

/* All that were served. ERR_NOT_FOUND when there is none, ERR_DAMAGED when one is not what was
 * sent. */
int notice_letters_load(struct casefile *file, const struct notice_items *items,
                        struct arena *arena, struct notice_letters *ret_letters,
                        struct error_detail *detail);

/* The text of one letter, nothing hidden; it lives in the arena. Errors as served_read(). */
int notice_letter_text(const struct store_letter *letter, struct arena *arena,
                       const char **ret_text, struct error_detail *detail);

#endif
