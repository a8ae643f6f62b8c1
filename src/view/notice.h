/* The public record of one formal notice and everything made from it: page, JSON, list, feeds.
 *
 * One record, one projection, many forms: notice_project() turns the record into JSON and drops
 * what the table of room `access` does not show to the public; the page, the JSON document and the
 * feeds are all made from that. Same record, same bytes. */
#ifndef BAILIWICK_VIEW_NOTICE_H
#define BAILIWICK_VIEW_NOTICE_H

#include "access/access.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "view/markup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The site that publishes: the same for all pages of one publication. */
struct site {
    const char *url;            /* "https://notices.example", no final slash */
    const char *authority_name; /* from the rulebook */
    const char *authority_short;
    const char *contact_email;
    const char *rulebook_version;
    const char *log_origin; /* of the transparency log */
    int64_t made_at;        /* wall time of this publication */
    bool demo;              /* the clock of this store was displaced: every page says so */
};

/* What happened since: never changed, only added to. */
struct notice_update {
    const char *id; /* permanent, unique over all notices: "n-1-u2" */
    int64_t at;
    const char *kind; /* "sent", "progress", "extended", "due-passed", "cured", "suspended",
                         "terminated", "withdrawn", "correction" */
    const char *text;
};

struct notice_correction {
    int64_t at;
    const char *field, *old_text, *new_text, *reason;
};

struct notice_record {
    const char *id;   /* [A-Za-z0-9-]{1,64} */
    const char *kind; /* "breach", "suspension", "termination", "non-renewal" */
    const char *case_id;
    const char *party_id, *party_name;
    int32_t iana_id;     /* 0 when none */
    const char *tld;     /* A-label; "" when none */
    const char *subject; /* what it is about, when not the TLD */
    const char *obligation_id, *obligation_statement, *clause, *document_title;
    const char *state;  /* "open", "cured", "suspended", "terminated", "withdrawn" */
    const char *effect; /* one sentence: what holds now */
    int64_t sent_at, published_at;
    int32_t cure_date;    /* civil day; CIVIL_FAR_FUTURE when there is none */
    int64_t cure_instant; /* the moment it ends */
    const char *cure_zone;
    const char *const *cure_trace; /* how it was computed, a sentence each */
    size_t cure_trace_count;
    int32_t extended_date; /* CIVIL_FAR_FUTURE when never extended */
    int64_t extended_instant;
    int64_t next_update_due;             /* 0 when nothing more is due */
    const struct notice_update *updates; /* oldest first */
    size_t update_count;
    const struct notice_correction *corrections;
    size_t correction_count;
    const char *party_statement; /* NULL for none */
    int64_t party_statement_at;
    const struct markup *letter_html;
    const char *letter_subject, *letter_sha256, *message_id;
    const char *const *evidence; /* ids, hexadecimal */
    size_t evidence_count;
    const char *rulebook_version;
    int64_t log_index; /* of the entry of its publication; -1 before it has one */
    /* known to staff only; in the record so that the table, not the caller, keeps them in */
    const char *handler, *approver;
};

/* The whole record for an audience, as an object that the caller owns. */
int notice_project(const struct notice_record *record, enum audience audience, json_t **ret_json);

/* /notices/ID.json (docs/schema/notice.json): RFC 8785 and one final newline. */
int notice_json(const struct notice_record *record, const struct site *site, struct buffer *out);

/* /notices/ID */
int notice_page(const struct notice_record *record, const struct site *site, struct buffer *out,
                struct error_detail *detail);

/* /notices and /: newest first, as given. */
int notice_list_page(const struct notice_record *records, size_t count, const struct site *site,
                     struct buffer *out, struct error_detail *detail);
int notice_index_page(const struct notice_record *records, size_t count, const struct site *site,
                      struct buffer *out, struct error_detail *detail);

/* /feed.atom (RFC 4287) and /feed.json (JSON Feed 1.1): one entry per update with a permanent id,
 * newest first, at most FEED_ENTRIES_MAX. */
enum { FEED_ENTRIES_MAX = 200 };
int feed_atom(const struct notice_record *records, size_t count, const struct site *site,
              struct buffer *out, struct error_detail *detail);
int feed_json(const struct notice_record *records, size_t count, const struct site *site,
              struct buffer *out);

/* /health: that the door is open and its pages are there, and nothing else. */
int health_json(struct buffer *out);

#endif
