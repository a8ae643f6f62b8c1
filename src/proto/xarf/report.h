/* X-ARF reports of versions 3 and 4 (JSON; xarf.org). The rules are ours, in v3.rules and v4.rules;
 * what they say was taken from the published schemas, which those files name. Formats that a schema
 * only notes (dates, mail addresses, URLs) must hold. */
#ifndef BAILIWICK_PROTO_XARF_REPORT_H
#define BAILIWICK_PROTO_XARF_REPORT_H

#include "base/arena.h"
#include "base/error.h"
#include "model/abuse_report.h"
#include "proto/xarf/rule.h"

/* ERR_SYNTAX: refused, with pointer and reason. ERR_NO_MEMORY, ERR_LIMIT: no room. Outputs stay
 * untouched on failure, but for the refusal. */
int xarf_parse(const void *bytes, size_t size, struct arena *arena, struct abuse_report *ret_report,
               struct rule_refusal *ret_refusal);

#endif
