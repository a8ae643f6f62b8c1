/* Complaints that may be about the same matter: noted when one is filed, found when a person asks.
 *
 * Nothing that the complainant gets, and nothing that is done when one is filed, depends on whether
 * there is another: the search runs for staff alone, later, and its answer is a suggestion. What
 * the complainant adds afterwards is not looked at. */
#ifndef BAILIWICK_APP_COMPLAINTS_SIMILAR_H
#define BAILIWICK_APP_COMPLAINTS_SIMILAR_H

#include "app/complaints/document.h"
#include "app/complaints/record.h"
#include "cases/likeness.h"

enum {
    SIMILAR_MAX = 20,        /* told of one complaint, the most alike first */
    SIMILAR_OF_BUCKET = 200, /* looked at: the newest of a name, or of a band */
    SIMILAR_LOOKED_AT = 1000,
};

/* In the transaction of the filing. */
int similar_note(struct app *app, const char *reference, const struct complaint_document *document,
                 struct error_detail *detail);

/* The keyed hash of an address, by which a sketch knows who filed it; 0 in a store without
 * complaints. */
int similar_reporter(struct app *app, const char *email, struct arena *arena,
                     uint64_t *ret_reporter, struct error_detail *detail);

/* Before store_complaint_erase(), in its transaction. */
int similar_forget(struct app *app, const char *reference, struct error_detail *detail);

struct similar {
    const char *reference;
    int64_t received_at;
    bool earlier; /* than the one that was asked about */
    struct likeness likeness;
};

/* Other complaints that are alike, older or newer: those that may repeat it first, then by score
 * and reference. None for one that was filed before schema 18, or erased. */
int similar_find(struct app *app, const char *reference, struct arena *arena,
                 struct similar **ret_list, size_t *ret_count, struct error_detail *detail);

/* The list as staff see it, with the reasons in words. `received_at` is of the complaint that was
 * asked about. New reference. */
json_t *similar_json(const struct similar *list, size_t count, int64_t received_at);

#endif
