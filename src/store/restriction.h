/* Whose filings are read last for a time, as two people said: a keyed hash of the address, which is
 * forgotten when the time is over. Who proposed, agreed and ended stays told. */
#ifndef BAILIWICK_STORE_RESTRICTION_H
#define BAILIWICK_STORE_RESTRICTION_H

#include "store/store.h"

struct store_restriction {
    int64_t number;        /* from 1; given by the store */
    int64_t reporter;      /* 0: it has ended, or its time is over */
    const char *reference; /* the complaint by which they were named */
    const char *reason;
    int32_t until; /* civil day, the first on which it is void */
    const char *proposed_by;
    int64_t proposed_at;
    const char *agreed_by; /* "" and 0 while it is proposed */
    int64_t agreed_at;
    const char *ended_by; /* who took it back; "" and 0 while nobody did */
    int64_t ended_at;
};

/* A proposal; what is said of its number and of who agreed or ended does not count. */
int store_restriction_put(struct store *store, const struct store_restriction *restriction,
                          int64_t *ret_number);
int store_restriction_find(struct store *store, int64_t number, struct arena *arena,
                           struct store_restriction *ret_restriction);
/* The newest of a reporter whose time goes on beyond `day`, proposed or in force. ERR_NOT_FOUND. */
int store_restriction_find_of(struct store *store, int64_t reporter, int32_t day,
                              struct arena *arena, struct store_restriction *ret_restriction);
/* Newest first, those before `before` (0: from the newest). */
int store_restriction_list(struct store *store, int64_t before, size_t limit, struct arena *arena,
                           struct store_restriction **ret_list, size_t *ret_count);
/* ERR_NOT_FOUND when it waits for nobody any more. */
int store_restriction_agree(struct store *store, int64_t number, const char *by, int64_t at);
/* ERR_NOT_FOUND when it was ended before. */
int store_restriction_end(struct store *store, int64_t number, const char *by, int64_t at);
/* Of those that are over by that day nothing tells whose they were. */
int store_restriction_forget(struct store *store, int32_t day);

#endif
