/* What an RDAP domain answer tells of a registration (RFC 9083 5.3): by which registrar, in which
 * state, and whether an abuse contact is named. Nobody's name, address or number is taken out of
 * it.
 *
 * Reading never fails on what the server wrote: what is not there, or not as the standard says, is
 * not told. */
#ifndef BAILIWICK_PROTO_RDAP_REGISTRATION_H
#define BAILIWICK_PROTO_RDAP_REGISTRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of RFC 9083 10.2.2 and RFC 8056 2, those that a registered name can have. Free text is none. */
#define RDAP_STATUS_LIST(S)                                                                        \
    S("active")                                                                                    \
    S("add period")                                                                                \
    S("auto renew period")                                                                         \
    S("client delete prohibited")                                                                  \
    S("client hold")                                                                               \
    S("client renew prohibited")                                                                   \
    S("client transfer prohibited")                                                                \
    S("client update prohibited")                                                                  \
    S("inactive")                                                                                  \
    S("locked")                                                                                    \
    S("pending create")                                                                            \
    S("pending delete")                                                                            \
    S("pending renew")                                                                             \
    S("pending restore")                                                                           \
    S("pending transfer")                                                                          \
    S("pending update")                                                                            \
    S("redemption period")                                                                         \
    S("renew period")                                                                              \
    S("server delete prohibited")                                                                  \
    S("server hold")                                                                               \
    S("server renew prohibited")                                                                   \
    S("server transfer prohibited")                                                                \
    S("server update prohibited")                                                                  \
    S("transfer period")

enum {
    RDAP_STATUSES = 24,
    RDAP_ENTITIES_MAX = 64, /* looked at of one list: a registration has some ten */
    RDAP_NO_REGISTRAR = 0,  /* no IANA Registrar ID is that */
};

struct rdap_registration {
    int64_t registrar;  /* IANA Registrar ID of the entity whose role is "registrar" (RFC 9083 4.8);
                           RDAP_NO_REGISTRAR also where two differ */
    uint32_t statuses;  /* a bit for each, in the order above */
    bool abuse_contact; /* an entity of role "abuse", its own or the registrar's, with a telephone
                           number or an address for mail (RFC 7095, RFC 6350 6.4) */
};

/* All is "not told" for what is no JSON object. */
void rdap_registration_read(const void *body, size_t size,
                            struct rdap_registration *ret_registration);

/* "client hold"; `status` is the number of the bit. */
const char *rdap_status_text(unsigned status);
/* The number; negative: none. Whatever their case (RFC 9083 10.2.2 has them in lower case). */
int rdap_status_find(const char *text);

#endif
