/* Which names a complaint is about, wherever it says so: in its list of names, and in the answers
 * to questions for a name or an address of a page. */
#ifndef BAILIWICK_APP_COMPLAINTS_SAID_H
#define BAILIWICK_APP_COMPLAINTS_SAID_H

#include "base/arena.h"
#include "base/json.h"
#include "cases/complaint.h"

struct said {
    const struct complaint_type *type;
    const char *const *names;
    size_t name_count;
    const struct complaint_answer *answers;
    size_t answer_count;
};

/* Of all that was said, as addition_merge() gives it. Borrows from `words`; ERR_LIMIT. */
int said_read(const json_t *words, const struct complaint_type *type, struct arena *arena,
              struct said *ret_said);

/* What a question or a piece of evidence of that id asks for; NULL: none has it. */
const struct complaint_text *said_ask(const struct complaint_type *type, const char *id);

/* Lower case, without a dot at the end; what is there twice stays so. ERR_LIMIT. */
int said_names(const struct said *said, struct arena *arena, const char ***ret_names,
               size_t *ret_count);

#endif
