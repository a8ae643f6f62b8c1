/* The families' rows; for check.c only. Each list ends with NULL. */
#ifndef BAILIWICK_CHECK_FAMILIES_H
#define BAILIWICK_CHECK_FAMILIES_H

struct check;

extern const struct check *const checks_dns_server[];
extern const struct check *const checks_dns_serial[];
extern const struct check *const checks_dns_zone[];
extern const struct check *const checks_dnssec[];
extern const struct check *const checks_chain[];
extern const struct check *const checks_rdap_server[];
extern const struct check *const checks_rdap_answer[];
extern const struct check *const checks_rdap_registration[];

#endif
