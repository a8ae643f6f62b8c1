/* The delegation of the target as its parent's servers gave it. */
#ifndef BAILIWICK_CHECK_DELEGATION_H
#define BAILIWICK_CHECK_DELEGATION_H

#include "check/view.h"

struct delegation {
    bool asked;                 /* the parent was asked at all (not in an undelegated test) */
    const struct heard *from;   /* the answer that has the NS set; NULL when none came */
    enum dns_section section;   /* where the NS set stands */
    struct name_set names;      /* NS */
    const struct heard *denied; /* the parent says that the name does not exist */
};

/* Takes the first whole answer with an NS set of the target. ERR_NO_MEMORY. */
int delegation_read(const struct view *view, struct arena *arena,
                    struct delegation *ret_delegation);

/* Does the answer with the NS set also have an address of that name? */
bool delegation_has_glue(const struct delegation *delegation, const char *name);

/* Adds the NS names of `zone` in a section to a set; more than VIEW_NAMES_MAX are left out.
 * ERR_NO_MEMORY. */
int name_set_add_servers(struct name_set *set, const struct dns_message *message,
                         enum dns_section section, const char *zone, struct arena *arena);

#endif
