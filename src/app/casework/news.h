/* Telling a case what was measured since, at the pace of cases/news.h.
 *
 * Nothing marks what is held back: it is what the findings in the store say and the events of the
 * case do not. So it cannot be lost, and a crash leaves nothing to repair. */
#ifndef BAILIWICK_APP_CASEWORK_NEWS_H
#define BAILIWICK_APP_CASEWORK_NEWS_H

#include "app/casework/casefile.h"

/* The latest finding of the case's matter that says met or not met, when it came after the last one
 * that the case was told of and says something else. Returns 1 when there is one, else 0; it lives
 * in the arena of the file. Undetermined is no news: nobody is judged on what we failed to see. */
int news_find_held(struct casefile *file, struct store_finding *ret_finding,
                   struct error_detail *detail);

#define NEWS_HELD_BACK "held-back"

/* Writes the event of a finding and links it. `reason`: NEWS_HELD_BACK for one that had to wait,
 * else "". */
int news_write(struct casefile *file, const struct store_finding *finding, const char *reason,
               struct error_detail *detail);

/* Writes what is held back, if anything is. casefile_step() calls it before every step but news, so
 * that a deadline or a person meets the current verdict. */
int news_catch_up(struct casefile *file, struct error_detail *detail);

/* Whether the case could end by this step, were it told `met` now. */
bool news_ends(const struct casefile *file, struct case_step ending);

/* The same in memory only: for questions about what could be done now. */
int news_foresee(struct casefile *file, struct error_detail *detail);

/* Makes sure that the case is told when its pace allows (an outbox row "tell-finding"). */
int news_remind(struct casefile *file, struct error_detail *detail);

#endif
