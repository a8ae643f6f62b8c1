/* Whether an exhibit shows that the party was told: a mail to or from an address of it, or what its
 * form answered, with a day before the filing (proto/mail/sent.h).
 *
 * The bytes are read by the judge process. What it cannot read, and what is no text, shows nothing;
 * where the judge fails that is not known (`unread`), which is no reason to ask for a proof.
 *
 * Of a party that nobody knows by name or address no exhibit can show it, and none is read: a mail,
 * which names none, waits for the judge once. */
#ifndef BAILIWICK_APP_COMPLAINTS_PROOF_H
#define BAILIWICK_APP_COMPLAINTS_PROOF_H

#include "app/app.h"
#include "model/measurement.h"

struct proof_exhibit {
    const char *media_type;
    struct bytes bytes;
    unsigned number; /* by which the complaint's readers know it */
};

struct proof_question {
    const struct proof_exhibit *exhibits;
    size_t count;
    const char *party; /* id; "" when not known */
    const char *named; /* as the complainant calls the party; "" */
    int64_t received_at;
};

struct proof {
    bool found, unread;
    int32_t day;     /* the earliest that it shows */
    unsigned number; /* of the exhibit */
};

/* Whether an exhibit of that kind is read at all; of others no bytes are needed. */
bool proof_reads(const char *media_type);

int proof_find(struct app *app, const struct proof_question *question, struct arena *arena,
               struct proof *ret_proof, struct error_detail *detail);

#endif
