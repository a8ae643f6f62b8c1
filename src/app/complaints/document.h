/* A complaint as somebody files it: the JSON of docs/schema/complaint.json, read and checked.
 *
 * What is wrong in form is refused, naming the place as a JSON Pointer (RFC 6901); what is missing
 * or out of scope is not looked at here and never a reason to refuse. */
#ifndef BAILIWICK_APP_COMPLAINTS_DOCUMENT_H
#define BAILIWICK_APP_COMPLAINTS_DOCUMENT_H

#include "app/form.h"
#include "base/digest.h"
#include "base/json.h"
#include "cases/complaint.h"
#include "rulebook/rulebook.h"

enum {
    COMPLAINT_NAMES_MAX = 500,      /* one campaign; more is a bulk report of several complaints */
    COMPLAINT_ANSWER_BYTES = 16384, /* of one answer: some pages of text */
    COMPLAINT_EXHIBITS_MAX = 20,
    COMPLAINT_EXHIBIT_BYTES = 5 << 20,   /* each: the limit of X-ARF v4 */
    COMPLAINT_EXHIBITS_BYTES = 20 << 20, /* of all: fits a frame of the control socket in base64 */
    COMPLAINT_SHORT_BYTES = 200,         /* names of people, files and media types */
};

struct document_exhibit {
    const char *evidence, *media_type, *name; /* name "": not given */
    const uint8_t *bytes;
    size_t size;
    struct digest sha256; /* taken of the bytes before anything else looks at them */
};

struct complaint_document {
    const struct complaint_type *type;
    const char *language;
    const char *party;  /* as the complainant knows it; "" */
    const char **names; /* lower case, without a dot at the end */
    size_t name_count;
    struct complaint_answer *answers;
    size_t answer_count;
    struct document_exhibit *exhibits;
    size_t exhibit_count;
    const char *text;               /* of an addition: free words; "" */
    const char *told;               /* "yes", "no", "" for not said */
    const char *told_on, *told_how; /* a date; in words */
    bool has_reporter;
    const char *role; /* complaint_role_text(), "" for not said */
    const char *reporter_name, *email;
    bool share;      /* the party may learn who complained */
    const char *tlp; /* how far it may go: tlp_text() of model/tlp.h; "" for not said */
    /* Of what came in otherwise than by this document. */
    const char *came_as;    /* "form", "mail", or the kind of a report of abuse */
    const char **suggested; /* names that stand in it; a person decides whether it is about them */
    size_t suggested_count;
    const char *report_id, *report_source; /* "" for none */
    int64_t happened_at;                   /* 0: not said */
};

/* One of which nothing is said yet: no text is NULL. */
struct complaint_document document_none(void);

/* Whether complaints in this language are taken. */
bool document_speaks(const struct rulebook *rulebook, const char *language);

/* What somebody sent: the document, and files that came beside it, which exhibits name by their
 * member "part" instead of "base64"; the caller asks whether all were named. */
struct document_source {
    const json_t *json;
    struct form *form;
};

/* The files of a call, by the limits of exhibits. As form_read(). */
int document_read_form(struct call *call, struct arena *arena, struct form *ret_form);

/* What is added to a complaint of `type`: docs/schema/complaint-addition.json. As document_read();
 * ERR_SYNTAX also for one that says nothing. */
int document_read_addition(const struct document_source *source, const struct complaint_type *type,
                           struct arena *arena, struct complaint_document *ret_document,
                           struct error_detail *detail);

/* Borrows from the source; the rest lives in the arena. ERR_SYNTAX, ERR_LIMIT, ERR_NOT_FOUND for a
 * type or language that the rulebook has not; each with the pointer in its words. */
int document_read(const struct document_source *source, const struct rulebook *rulebook,
                  struct arena *arena, struct complaint_document *ret_document,
                  struct error_detail *detail);

#endif
