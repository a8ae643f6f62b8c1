/* What users of contracted parties may see and do, one party each. What was given stays told after
 * it was taken back. */
#ifndef BAILIWICK_STORE_GRANT_H
#define BAILIWICK_STORE_GRANT_H

#include "store/store.h"

/* Each includes those before it. */
#define PARTY_RIGHT_LIST(E)                                                                        \
    E(READ, "read")         /* see what the party may see */                                       \
    E(ANSWER, "answer")     /* answer, bring exhibits, ask for more time */                        \
    E(DELEGATE, "delegate") /* give the two others to colleagues, and take them back */

enum party_right {
#define E(name, text) PARTY_RIGHT_##name,
    PARTY_RIGHT_LIST(E)
#undef E
        PARTY_RIGHT_COUNT
};
const char *party_right_text(enum party_right right);
int party_right_parse(const char *text, enum party_right *ret_right); /* ERR_SYNTAX */

struct store_grant {
    const char *person;
    uint32_t number; /* of this person's grants, from 1 */
    const char *party;
    const char *case_id; /* for this case of the party alone; "": for all that is the party's */
    enum party_right may;
    int32_t from, until; /* civil days, in force on from <= day < until; until 0: without end */
    /* Of a delegated one: the grant that it comes from. "" and 0 where the staff gave it. */
    const char *of_person;
    uint32_t of_number;
    int64_t made_at;
    const char *made_by;
    int64_t revoked_at; /* 0 while it was not */
    const char *revoked_by;
};

/* Gives it the person's next number; what is said of revocation does not count. ERR_CONFLICT when
 * there is no such person or party, ERR_REFUSED for days that end before they begin. */
int store_grant_append(struct store *store, const struct store_grant *grant);
int store_grant_find(struct store *store, const char *person, uint32_t number, struct arena *arena,
                     struct store_grant *ret_grant);
/* Of a person, in the order in which they were given. */
int store_grant_list(struct store *store, const char *person, struct arena *arena,
                     struct store_grant **ret_grants, size_t *ret_count);
/* By person, then number. */
int store_grant_list_of_party(struct store *store, const char *party, struct arena *arena,
                              struct store_grant **ret_grants, size_t *ret_count);
/* ERR_NOT_FOUND when there is none of that number that was not revoked before. */
int store_grant_revoke(struct store *store, const char *person, uint32_t number, int64_t at,
                       const char *by);

#endif
