/* What a user of a contracted party may see and do: nothing but by a grant, which is for one party.
 *
 * G1. A grant is in force from its first day until its last, until it is revoked, as long as its
 * user is active, and, where it was delegated, as long as the one that it comes from is in force
 * too. So whoever leaves takes along what they gave. G2. An administrator gives every right. Who
 * may `delegate` gives the lesser ones, for the same party, to a user of that party, and for no
 * longer than their own; and takes back what was delegated for that party, by whomever. What an
 * administrator gave, an administrator takes back. G3. A user has one grant at a time for a party;
 * one that cannot come into force again, such as what a disabled user gave, is none.
 * G4. Each is told to the log: user, party, right, days and who; users are ids.
 * G5. To who has no grant for it, a party, and whatever belongs to it, is not there.
 * G6. No more is delegated for a party within a day than people do: each grant stays for ever, here
 * and in the log.
 * G8. A grant may be for one case that its party was told of: it lets its user read or answer what
 * belongs to that case, and nothing else of the party. Beside one for the party the greater right
 * counts; G3 is of each case by itself.
 * G7. To users of parties a grant has the number that it has among those of its user for its party:
 * the number of all that were given to the user would count what they do for other parties. */
#ifndef BAILIWICK_APP_PEOPLE_GRANT_H
#define BAILIWICK_APP_PEOPLE_GRANT_H

#include "app/app.h"
#include "store/grant.h"

/* G1 as of today: 1, or 0. */
int grant_in_force(struct app *app, const struct store_grant *grant, struct arena *arena,
                   struct error_detail *detail);

struct grant_wanted {
    const char *user, *party;
    const char *case_id; /* what belongs to that case of the party (G8); NULL: to the party */
    enum party_right right;
};

/* The user's grant that is in force and lets them do that. ERR_NOT_FOUND, with the same words
 * whether there is such a party or not, for who has none; ERR_DENIED for who may see it and no
 * more. */
int grant_need(struct app *app, const struct grant_wanted *wanted, struct arena *arena,
               struct store_grant *ret_grant, struct error_detail *detail);

/* G8: the cases of a party for which alone the user has grants in force, each once, by id. */
int grant_cases(struct app *app, const char *user, const char *party, struct arena *arena,
                const char ***ret_cases, size_t *ret_count, struct error_detail *detail);

/* G7: the number of a grant as users of parties are told it. */
int grant_told_number(struct app *app, const struct store_grant *grant, struct arena *arena,
                      uint32_t *ret_number, struct error_detail *detail);

#endif
