/* A report of abuse in a format for machines, whatever format it came in: who reports, what kind of
 * abuse it is, and what it is about. Its form was checked, nothing of it for truth. Texts are UTF-8
 * and live in the arena that the decoder was given; "" for what is not said. */
#ifndef BAILIWICK_MODEL_ABUSE_REPORT_H
#define BAILIWICK_MODEL_ABUSE_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum {
    ABUSE_REPORT_DOMAINS_MAX = 100, /* names of one report; more stand in its bytes */
    ABUSE_REPORT_FAULT_MAX = 600,   /* a pointer and a reason */
};

#define ABUSE_REPORT_MOMENT_MAX INT64_C(253402300799999999) /* the end of the year 9999 */

struct abuse_report {
    const char *kind;    /* as rulebooks name it: "arf/fraud", "xarf/content/phishing" */
    const char *version; /* of the format, as the report says */
    const char *id;      /* that its sender gave it */
    const char *organisation, *mail; /* of who reports */
    const char *source;              /* the host that it is about: an address or a name */
    const char *url;
    const char *description; /* in words */
    const char **domains;    /* names that it reports, in lower case */
    size_t domain_count;
    int64_t happened_at; /* microseconds UTC, up to ABUSE_REPORT_MOMENT_MAX; 0: not said */
};

#endif
