/* What decoders of abuse reports share. */
#ifndef BAILIWICK_PROTO_ABUSE_H
#define BAILIWICK_PROTO_ABUSE_H

#include "base/arena.h"
#include "model/abuse_report.h"

/* One of which nothing is said: no text is NULL. */
struct abuse_report abuse_report_none(void);

/* Adds a name in ASCII with a dot, once; what is none is passed over, and so are those above
 * ABUSE_REPORT_DOMAINS_MAX. ERR_LIMIT when the arena is full. */
int abuse_report_add_domain(struct abuse_report *report, struct arena *arena, const char *text,
                            size_t size);

/* Adds the host of a URL that has one ("scheme://user@host:port/path"). */
int abuse_report_add_host(struct abuse_report *report, struct arena *arena, const char *url);

#endif
