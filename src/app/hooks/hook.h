/* Hooks: a user of the API is told that something changed, by a POST to an address of theirs
 * (docs/decisions/0024-hooks.md). What is told is no content: a kind, a moment, and where in the
 * API to look. What is there to be seen is asked for as ever, by a token.
 *
 *   hook.c       who has which; made, revoked, resumed
 *   news.c       what a step or an event means for the hooks there are, and who may hear of it
 *   delivery.c   what is due, and what came of an attempt
 *   signature.c  how it is signed (RFC 9421)
 *   herald.c     the process that sends
 *
 * H1. A delivery tells its user nothing that the API did not show them at that moment: staff hear
 * of no case from which they are recused, a party of no case before its first letter, and of a case
 * that it was told of only when what it sees of that case is another than before. H2. That is asked
 * again before each attempt: what was taken away meanwhile is not told. H3. The queue of a hook is
 * in the order of what happened; it waits for no other, and no other for it. H4. A delivery leaves
 * its queue when its receiver took it (2xx), or nobody may have it any more; so it comes once at
 * least. H5. Of a hook that failed for HOOK_PATIENCE_US nothing is tried any more, nor put in its
 * queue, until somebody resumes it; then it is told that it missed something. H6. Personal data is
 * in no delivery; the address, which is the user's, is in no log. */
#ifndef BAILIWICK_APP_HOOKS_HOOK_H
#define BAILIWICK_APP_HOOKS_HOOK_H

#include "store/hook.h"

/* Where something counts as more than one, the first that the hook is for is told. */
#define HOOK_KIND_LIST(E)                                                                          \
    E(CASE_TOLD, "case.told")         /* a case is there for its party */                          \
    E(LETTER_SERVED, "letter.served") /* a letter to the party of a case was served */             \
    E(CASE_CHANGED, "case.changed")                                                                \
    E(COMPLAINT_CHANGED, "complaint.changed") /* filed, or something happened to it */             \
    E(HOOK_RESUMED, "hook.resumed")           /* of the hook itself: told to each */

enum hook_kind {
#define E(name, text) HOOK_##name,
    HOOK_KIND_LIST(E)
#undef E
        HOOK_KIND_COUNT
};
const char *hook_kind_text(enum hook_kind kind);

/* Whether `kinds`, of a hook, names it. */
bool hook_is_for(const struct store_hook *hook, enum hook_kind kind);

enum {
    HOOKS_OF_ONE_MAX = 8,    /* of a user; each change is told to each */
    HOOK_WAITING_MAX = 1000, /* in one queue: whose receiver is so far behind has to look anew */
    HOOK_DELIVERY_ID = 33,   /* 128 random bits in hexadecimal digits, with the end */
};
#define HOOK_PATIENCE_US (INT64_C(72) * 3600 * 1000000)

/* A new delivery at the end of the hook's queue. One that is full is set aside instead. */
struct app;
struct error_detail;
int hook_tell(struct app *app, const struct store_hook *hook, enum hook_kind kind,
              const char *object_kind, const char *object, int64_t at, struct error_detail *detail);

/* Ends it, or sets it aside: `by` is a user or the machine. Of one that is over nothing is left to
 * be told. */
int hook_set_state(struct app *app, const struct store_hook *hook, enum hook_state state,
                   const char *by, struct error_detail *detail);

/* All of a user who is no user any more. */
int hook_revoke_all(struct app *app, const char *person, const char *by,
                    struct error_detail *detail);

#endif
