/* The types of X-ARF 3 and 4, made of the tables v3.rules and v4.rules by embed_rules.py. */
#ifndef BAILIWICK_PROTO_XARF_TYPE_H
#define BAILIWICK_PROTO_XARF_TYPE_H

#include "proto/xarf/rule.h"

struct xarf_type {
    const char *category, *name; /* category of version 4, class of version 3; NULL ends a table */
    const char *kind;            /* as abuse_report.h names it, alike in both versions */
    const struct rule_set *const *sets; /* what its object must fit; ends with NULL */
};

extern const struct rule_set *const xarf_v4_core; /* of the whole document */
extern const struct rule_set *const xarf_v3_core;
extern const struct rule_set *const xarf_v3_report; /* what all types of version 3 share */
extern const struct xarf_type xarf_v4_types[], xarf_v3_types[];

#endif
