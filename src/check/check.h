/* Checks: one measurement in, results out. Pure: no clock, no socket, no file.
 *
 * The story of one run: check_run_all() reads the measurement once into a view (check/view.h: each
 * DNS message parsed once, what the reference targets said about our own network and clock), then
 * runs every row of the table over it. A check reports, for each of its codes and for each subject,
 * whether what the code names was SEEN, NOT_SEEN or could not be told (UNKNOWN), with the exchanges
 * that this rests on. Whether that breaks an obligation is decided later (check/assess.h).
 *
 * Invariants (tests cite the numbers)
 *  C1. A party is never judged on what we failed to see: silence counts as SEEN only when a
 *      reference target answered over the same address family and transport in this measurement.
 *      Failures on our side are always UNKNOWN.
 *  C2. What needs an answer is judged on the answers that came. A server whose silence was seen has
 *      its own code for that and adds nothing elsewhere; a server that we could not look at adds
 *      UNKNOWN.
 *  C3. Our own clock is trusted only when the references confirm it; else every code that depends
 *      on time is UNKNOWN.
 *  C4. Bytes of others never make a run fail; only memory and limits do.
 *  C5. Work is bounded by the size of the measurement and by the limits in view.h and
 *      proto/dns/dnssec.h, counted in operations, never in time.
 *
 * Subjects: the target ("example") for what belongs to the zone as a whole; "ns1.example/192.0.2.1"
 * for one address of one name server; "rdap.example/192.0.2.1" for one address of an RDAP server; a
 * URL for what an RDAP server answered.
 *
 * To add a check: a function and a row in its family's file, a bad and a good fixture in
 * fixture.c; help, `check --list`, rulebook validation and pages follow from the row. */
#ifndef BAILIWICK_CHECK_CHECK_H
#define BAILIWICK_CHECK_CHECK_H

#include "base/arena.h"
#include "base/json.h"
#include "model/measurement.h"
#include "model/result.h"
#include "model/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>

struct report;

enum check_family { FAMILY_DNS, FAMILY_DNSSEC, FAMILY_RDAP };

/* One thing that a check can see. Lists are words separated by blanks, "" for none. */
struct check_code {
    const char *code;
    const char *summary;         /* what is wrong when it is seen, one line */
    const char *rfc;             /* the standard that says so */
    const char *also_rst;        /* ICANN RST v2 test cases that look at the same */
    const char *also_zonemaster; /* Zonemaster message tags */
    const char *also_rdapct;     /* codes of ICANN's RDAP conformance tool */
    const char *fixture_bad;     /* of fixture.h: where it is seen */
    const char *fixture_good;    /* of fixture.h: where it is not */
    bool depends_on_time;        /* C3 */
    /* Both results were seen: does the newer one still show the failure of the older? NULL: always.
     */
    bool (*persists)(const struct result *older, const struct result *newer);
};

enum { CHECK_CODES_MAX = 8 };

struct check {
    const char *id;
    int version; /* raised when the same bytes may give another result */
    const char *summary;
    enum check_family family;
    const char *needs; /* questions it wants asked, words such as "apex:SOA:udp" */
    void (*run)(struct report *report);
    struct check_code codes[CHECK_CODES_MAX]; /* ends at the first without a code */
};

/* Why a result that depends on time was withheld, when no reference doubts our clock: in the member
 * `clock` of its values. Any other text there is a doubt. */
#define CHECK_NO_REFERENCE_TIME "no reference told the time"

/* The table: every check of every family, sorted by id. Constant for the life of the program. */
const struct check *const *check_table(size_t *ret_count);

/* NULL when there is no such code; *ret_check (optional) is the check that reports it. */
const struct check_code *check_code_find(const char *code, const struct check **ret_check);

const char *check_family_text(enum check_family family);

/* Runs every check. All memory comes from the arena, also what the results point to; `measurement`
 * must live as long. Results are sorted by check, code, subject; vantage and observed_at are those
 * of the measurement and `evidence` is left "" for the caller. The same measurement gives the same
 * results. ERR_SYNTAX (times that make no sense, see view.h), ERR_NO_MEMORY, ERR_LIMIT. */
int check_run_all(const struct measurement *measurement, struct arena *arena,
                  struct result_set *ret_set);

/* Lets the libraries below load what they need; call once before a sandbox closes the files. */
void check_prepare(void);

/* The codes as rows for the rulebook's vocabulary (constant, sorted). */
void check_vocabulary(struct vocabulary *vocabulary);

/* {"rst":[],"zonemaster":[],"rdapct":[]} of one code. */
void check_also_write(const struct check_code *code, struct json_out *out);

/* The whole table as an array of {check,code,summary,rfc,needs[],also,fixture_bad,fixture_good},
 * sorted by code. */
void check_list_write(struct json_out *out);

#endif
