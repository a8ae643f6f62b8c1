/* More time that a party asks for: a task that waits for a person, who records the event `extended`
 * or settles the task saying why not. The request moves nothing; it is an event `received`, whose
 * evidence is the text. */
#ifndef BAILIWICK_APP_CASEWORK_EXTENSION_H
#define BAILIWICK_APP_CASEWORK_EXTENSION_H

#include "app/casework/casefile.h"

#define EXTENSION_TASK "decide-extension"
#define EXTENSION_REASON "extension-requested"

struct extension {
    int64_t at;
    const char *by;     /* user of the party */
    int32_t until;      /* civil day */
    const char *sha256; /* of the text */
    bool waits;         /* nobody decided yet */
};

/* Those of a case, oldest first; in the arena. */
int extension_list(struct app *app, const char *case_id, struct arena *arena,
                   struct extension **ret_list, size_t *ret_count, struct error_detail *detail);

/* Puts the task of a request whose event is the file's last. */
int extension_put(struct casefile *file, const struct extension *extension,
                  struct error_detail *detail);

/* After a step: what waits is settled when the time was extended, or the case ended. */
int extension_follow(struct casefile *file, const struct case_step *step,
                     struct error_detail *detail);

#endif
