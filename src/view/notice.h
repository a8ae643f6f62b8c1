/* The public record of one formal notice and everything made from it: page, JSON, list, feeds.
 *
 * One record, one projection, many forms: notice_json() writes the record as JSON without what the
 * table of room `access` hides from the public. Those bytes are bound into the log, and everything
 * else (pages, lists, feeds) is made from them and from nothing else, so that nothing can be public
 * that was not bound. Same record, same bytes. */
#ifndef BAILIWICK_VIEW_NOTICE_H
#define BAILIWICK_VIEW_NOTICE_H

#include "access/access.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

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
    int64_t made_at;        /* wall time of this publication: of a feed that has no entry yet */
    bool demo;              /* the clock of this store was displaced: every page says so */
};

/* What happened since: never changed, only added to. What a later one says of it (corrected,
 * withdrawn) stands in both. */
struct notice_update {
    const char *id; /* permanent, unique over all notices: "n-1-u2" */
    int64_t at, updated_at;
    const char *kind;        /* "sent", "progress", "extended", "cured", "suspended", "terminated",
                                "withdrawn" (the notice), "statement", "correction", "redaction",
                                "withdrawal" (of an update), "overdue" ... */
    const char *notice_kind; /* of the notice as it stood then: "breach" */
    const char *text;
    const char *reason;       /* of a correction, redaction or withdrawal; else "" */
    const char *about;        /* id of the update that it corrects or withdraws; else "" */
    const char *corrected_by; /* id of the last update that corrects this one; else "" */
    const char *withdrawn_by; /* id of the one that withdraws it; else "" */
};

struct notice_correction {
    const char *id;    /* of the update that made it */
    const char *about; /* id of an update; "" for the notice as a whole */
    int64_t at;
    const char *old_text, *new_text, *reason;
};

/* One formal letter, as it was served: what the mail says, less what was redacted. */
struct notice_redaction {
    int64_t at;
    const char *reason;
};

struct notice_letter {
    const char *kind; /* "breach", "suspension" ... */
    int64_t sent_at;
    const char *subject, *sha256;
    const char *text; /* the body of the mail, with a mark for each passage that was redacted */
    const struct notice_redaction *redactions;
    size_t redaction_count;
};

struct notice_record {
    const char *id;   /* [A-Za-z0-9-]{1,64} */
    const char *kind; /* of the latest letter: "breach", "suspension", "termination" ... */
    const char *case_id;
    const char *party_id, *party_name, *party_kind;
    int32_t iana_id;     /* 0 when none */
    bool ended;          /* nothing more is asked of the party */
    const char *tld;     /* A-label; "" when none */
    const char *subject; /* what it is about, when not the TLD */
    const char *obligation_id, *obligation_statement, *clause, *document_title;
    const char *state;  /* "open", "cured", "suspended", "terminated", "not-renewed", "withdrawn" */
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
    int64_t overdue_since;               /* 0 unless an update was due then and has not come */
    const struct notice_update *updates; /* oldest first */
    size_t update_count;
    const struct notice_correction *corrections;
    size_t correction_count;
    const char *party_statement; /* NULL for none */
    int64_t party_statement_at;
    const struct notice_letter *letters; /* oldest first */
    size_t letter_count;
    const char *message_id;      /* of the latest */
    const char *const *evidence; /* ids, hexadecimal */
    size_t evidence_count;
    const char *rulebook_version;
    /* known to staff only; in the record so that the table, not the caller, keeps them in */
    const char *handler, *approver;
};

/* The whole record for an audience, as an object that the caller owns. */
int notice_project(const struct notice_record *record, enum audience audience, json_t **ret_json);

/* /notices/ID.json (docs/schema/notice.json): RFC 8785 and one final newline. */
int notice_json(const struct notice_record *record, const struct site *site, struct buffer *out);

/* Published notices, each the member "notice" of what notice_json() wrote. */
struct notice_list {
    const json_t *const *notices; /* newest first */
    size_t count;
};

/* /notices/ID */
int notice_page(const json_t *notice, const struct site *site, struct buffer *out,
                struct error_detail *detail);

/* Which of the notices a list has; all conditions hold. */
struct notice_filter {
    char name[32];          /* in its address, /lists/NAME: "registrar-open", "archive", "2026" */
    const char *party_kind; /* "" for any */
    const char *state;      /* "" for any */
    bool ended;             /* only matters that have ended */
    int year;               /* of publication; 0 for any */
};

/* Fills `filters`, which has room for NOTICE_FILTERS_MAX, and returns how many there are: each kind
 * of party and state, the archive, and each year in which something was published. */
enum { NOTICE_FILTERS_MAX = 100 };
size_t notice_filters(const struct notice_list *list, struct notice_filter *filters);

/* /notices (`filter` NULL), /lists/NAME and /. */
int notice_list_page(const struct notice_list *list, const struct notice_filter *filter,
                     const struct site *site, struct buffer *out, struct error_detail *detail);
int notice_index_page(const struct notice_list *list, const struct site *site, struct buffer *out,
                      struct error_detail *detail);

/* /feed.atom (RFC 4287) and /feed.json (JSON Feed 1.1): one entry per update with a permanent id,
 * the one that was changed last first, at most FEED_ENTRIES_MAX. */
enum { FEED_ENTRIES_MAX = 200 };
int feed_atom(const struct notice_list *list, const struct site *site, struct buffer *out,
              struct error_detail *detail);
int feed_json(const struct notice_list *list, const struct site *site, struct buffer *out,
              struct error_detail *detail);

/* /health: that the door is open and its pages are there, and nothing else. */
int health_json(struct buffer *out);

#endif
