/* What happened, as news for hooks (hook.h).
 *
 * A step of a case, or an event of a complaint, leaves one task in the outbox, in its own
 * transaction, and only while somebody listens. Carried out, it puts a delivery into the queue of
 * each hook that is for it and whose user may hear of it (H1).
 *
 * Staff hear of each step. What a party sees of its case is looked at when the task is carried out,
 * and compared with what it saw at the last such look: only a difference is told, so that neither a
 * delivery nor its moment says that something else happened. For a case that nobody looked at yet
 * the first step takes along what was seen before it. */
#ifndef BAILIWICK_APP_HOOKS_NEWS_H
#define BAILIWICK_APP_HOOKS_NEWS_H

#include "app/casework/casefile.h"
#include "app/hooks/hook.h"

#define HOOK_NEWS_TASK "tell-hooks"

enum { HOOK_SEEN_TEXT = 40 };

/* A case as its party saw it before a step. */
struct hook_before {
    bool listens;              /* somebody does, of whatever audience */
    bool told;                 /* it was there for its party */
    char seen[HOOK_SEEN_TEXT]; /* "": not there; "?": it could not be looked at; "-": not asked */
    int64_t letters;
};

/* Around a step. What cannot be looked at keeps no step from being taken. */
int hook_news_before(struct casefile *file, struct hook_before *ret_before,
                     struct error_detail *detail);
int hook_news_step(struct casefile *file, const struct hook_before *before,
                   const struct case_step *step, struct error_detail *detail);

/* After event `seq` of a complaint. */
int hook_news_complaint(struct app *app, const char *reference, uint32_t seq,
                        struct error_detail *detail);

/* The task. */
struct json_item;
int hook_news_tell(struct app *app, const struct json_item *payload, struct error_detail *detail);

/* Whether the user of the hook may hear of that object now: 1, or 0 (H2). */
int hook_may_hear(struct app *app, const struct store_hook *hook, const char *object_kind,
                  const char *object, struct error_detail *detail);

#endif
