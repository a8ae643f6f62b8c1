/* What a party answered in a case: kept as a mail that somebody filed, linked to the case, and an
 * event `answered` with what is said to single items of the letter. */
#ifndef BAILIWICK_APP_CASEWORK_ANSWER_H
#define BAILIWICK_APP_CASEWORK_ANSWER_H

#include "app/casework/casefile.h"

enum { ANSWER_TEXT_MAX = 64 * 1024 };

/* Keeps a text as an answer to the case. ERR_LIMIT for none and for a longer one. */
int answer_keep(struct call *call, const struct casefile *file, const char *text,
                char hex[DIGEST_HEX]);

/* ["1=comply", "2=dispute"]: each item once. ERR_SYNTAX. NULL says nothing of any item. */
int answer_take_positions(const json_t *items, struct case_step *step, struct error_detail *detail);

/* Links the kept answer to the case. The event that tells of it is the caller's. */
int answer_link(struct call *call, const struct casefile *file, const char *hex);

#endif
