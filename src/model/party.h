/* Contracted parties, their agreements and the TLDs they answer for. */
#ifndef BAILIWICK_MODEL_PARTY_H
#define BAILIWICK_MODEL_PARTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum party_kind { PARTY_REGISTRY, PARTY_REGISTRAR };

struct party {
    const char
        *id; /* "registrar-1234" (IANA Registrar ID), "registry-<slug of the operator's name>" */
    enum party_kind kind;
    const char *name;
    int32_t iana_id;    /* registrars; 0 for registries */
    const char *status; /* "accredited", "terminated", "reserved"; registries: "contracted" */
    const char *rdap_url;
};

/* How a TLD stands to the authority. Without the root database a TLD is unclassified, never
 * contracted; country-code TLDs (also IDN ones) are out of contract. */
enum tld_class {
    TLD_UNCLASSIFIED,
    TLD_GENERIC,      /* under contract */
    TLD_SPONSORED,    /* under contract */
    TLD_RESTRICTED,   /* generic-restricted, under contract */
    TLD_COUNTRY_CODE, /* out of contract */
    TLD_INFRASTRUCTURE,
    TLD_TEST,
};

struct tld {
    const char *name; /* A-label, lower case, no dot */
    enum tld_class tld_class;
    const char *party; /* party id; NULL when not under contract */
    const char *rdap_url;
};

/* A party's agreement for a subject, over a half-open civil interval. */
struct agreement {
    const char *party;
    const char *family;  /* "ra", "raa", as the rulebook names it */
    const char *version; /* "2013", "2017", ... */
    const char *subject; /* TLD for registries; "" for registrars */
    int32_t from, until; /* civil days; CIVIL_FAR_FUTURE when open */
};

struct contact {
    const char *party;
    const char *role; /* "compliance", "legal", "technical" */
    const char *name;
    const char *email;
};

const char *party_kind_text(enum party_kind kind); /* "registry", "registrar" */
int party_kind_parse(const char *text, enum party_kind *ret_kind);
const char *tld_class_text(enum tld_class tld_class);
int tld_class_parse(const char *text, enum tld_class *ret_class);
bool tld_class_contracted(enum tld_class tld_class);

#endif
