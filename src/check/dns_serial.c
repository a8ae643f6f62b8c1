/* Does a name server stay behind the others?
 *
 * Two servers that show different serial numbers at about the same moment break nothing: a zone
 * takes its time to reach all of them (RFC 1034 4.3.5). A server is behind when its latest answer
 * is older than what another had shown well before it was asked. Serial numbers are compared as RFC
 * 1982 says. */
#include "base/error.h"
#include "check/check.h"
#include "check/families.h"
#include "check/report.h"
#include "proto/dns/rdata.h"

#include <string.h>

/* What another showed this long ago must have arrived. The survey asks those that are behind again
 * after a longer pause; 5 s is what a common server waits by itself before it tells the others. */
#define PATIENCE_US INT64_C(5000000)

/* One answer with a serial number. */
struct showing {
    const struct exchange *exchange; /* NULL: none */
    uint32_t serial;
};

/* All of them, each message read once. */
struct showings {
    struct showing *items;
    size_t count;
};

static bool read_showing(const struct heard *heard, struct showing *ret_showing)
{
    const struct dns_message *message = heard->message;
    struct dns_record record;
    struct dns_soa soa;
    if (message == NULL || heard->exchange->purpose != PURPOSE_APEX || heard->type != DNS_SOA ||
        message->truncated || !message->authoritative || message->rcode != DNS_NOERROR)
        return false;
    struct dns_cursor cursor = dns_section(message, DNS_ANSWER);
    if (!dns_record_next_of(&cursor, heard->name, DNS_SOA, &record) ||
        dns_rdata_soa(&record, &soa) < 0)
        return false;
    *ret_showing = (struct showing){heard->exchange, soa.serial};
    return true;
}

/* Adds those of one host; the latest is the answer to the question that was sent last, over UDP
 * when both went out together. */
static int read_host(const struct host *host, struct arena *arena, struct showings *all,
                     struct showing *ret_latest)
{
    struct showing latest = {.exchange = NULL}, now;
    for (size_t i = 0; i < host->heard_count && host_speaks(host); i++) {
        if (!read_showing(host->heard[i], &now))
            continue;
        struct showing *slot = arena_push(arena, &all->items, &all->count, sizeof(*slot));
        if (slot == NULL)
            return ERR_NO_MEMORY;
        *slot = now;
        if (latest.exchange == NULL || now.exchange->started_us > latest.exchange->started_us)
            latest = now;
    }
    *ret_latest = latest;
    return 0;
}

/* Those of all hosts; *ret_latest has one for each host. */
static int read_all(const struct view *view, struct arena *arena, struct showings *all,
                    struct showing **ret_latest)
{
    struct showing *latest = arena_array(arena, view->host_count + 1, sizeof(*latest));
    if (latest == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < view->host_count; i++) {
        int result = read_host(&view->hosts[i], arena, all, &latest[i]);
        if (result < 0)
            return result;
    }
    *ret_latest = latest;
    return 0;
}

static bool is_newer(uint32_t serial, uint32_t other)
{
    return (int32_t)(serial - other) > 0; /* RFC 1982 3.2 */
}

/* How a server's latest answer stands to one of another: SEEN behind, UNKNOWN when the moments are
 * too near to each other. When an answer needed more than one try, only its earliest moment is
 * known. */
static enum sight behind(const struct showing *latest, const struct showing *other)
{
    const struct exchange *own = latest->exchange, *theirs = other->exchange;
    if (!is_newer(other->serial, latest->serial) ||
        theirs->started_us > own->started_us + own->elapsed_us)
        return SIGHT_NOT_SEEN;
    return theirs->tries <= 1 &&
                   theirs->started_us + theirs->elapsed_us + PATIENCE_US <= own->started_us
               ? SIGHT_SEEN
               : SIGHT_UNKNOWN;
}

/* SEEN wins over UNKNOWN and that over NOT_SEEN; *ret_proof is the answer that shows it. */
static enum sight behind_any(const struct showings *all, const struct showing *latest,
                             const struct exchange **ret_proof)
{
    enum sight sight = SIGHT_NOT_SEEN;
    for (size_t i = 0; i < all->count; i++) {
        enum sight now = behind(latest, &all->items[i]);
        if (now == SIGHT_SEEN) {
            *ret_proof = all->items[i].exchange;
            return SIGHT_SEEN;
        }
        if (now == SIGHT_UNKNOWN)
            sight = SIGHT_UNKNOWN;
    }
    return sight;
}

static void compare(struct report *report, const struct showings *all, const struct showing *latest)
{
    const struct view *view = report->view;
    size_t answers = 0, counts[SIGHT_SEEN + 1] = {0};
    struct json_out *values = report_values(report);
    json_out_key(values, "serials");
    json_out_object(values);
    for (size_t i = 0; i < view->host_count; i++) {
        const struct exchange *proof = NULL;
        if (latest[i].exchange == NULL)
            continue;
        counts[behind_any(all, &latest[i], &proof)]++;
        answers++;
        report_cite(report, latest[i].exchange);
        if (proof != NULL)
            report_cite(report, proof);
        json_out_member_int(values, view->hosts[i].subject, latest[i].serial);
    }
    json_out_end(values);
    enum sight sight;
    if (view_zone_sight(view, answers, counts[SIGHT_SEEN] > 0, &sight))
        report_add(report, "dns.serial-differs", view->measurement->target,
                   sight == SIGHT_NOT_SEEN && counts[SIGHT_UNKNOWN] > 0 ? SIGHT_UNKNOWN : sight);
    report_drop(report);
}

static void run_serial(struct report *report)
{
    struct showings all = {.count = 0};
    struct showing *latest;
    int result = read_all(report->view, report->arena, &all, &latest);
    if (result < 0)
        report_fail(report, result);
    else
        compare(report, &all, latest);
}

static json_t *parse_serials(const struct result *result, json_t **ret_json)
{
    if (json_parse(result->values, strlen(result->values), ret_json, /* detail= */ NULL) < 0)
        return NULL;
    return json_object_get(*ret_json, "serials");
}

/* A zone that changes often is always somewhere on its way. Who stays behind still shows, in the
 * newer result, less than somebody did in the older one. */
static bool stays_behind(const struct result *older, const struct result *newer)
{
    json_t *before JSON_CLEANUP = NULL, *now JSON_CLEANUP = NULL;
    json_t *before_serials = parse_serials(older, &before);
    json_t *now_serials = parse_serials(newer, &now);
    const char *subject;
    json_t *value;
    bool first = true;
    uint32_t newest = 0;
    json_object_foreach(before_serials, subject, value)
    {
        uint32_t serial = (uint32_t)json_integer_value(value);
        newest = first || is_newer(serial, newest) ? serial : newest;
        first = false;
    }
    json_object_foreach(now_serials, subject, value)
    {
        if (!first && is_newer(newest, (uint32_t)json_integer_value(value)))
            return true;
    }
    return false;
}

static const struct check serial = {
    .id = "dns.soa-serial",
    .version = 2,
    .summary = "no name server stays behind the SOA serial number of the others",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp",
    .run = run_serial,
    .codes = {{.code = "dns.serial-differs",
               .summary = "a name server still gives an older SOA serial number than another gave "
                          "at least 5 seconds before",
               .rfc = "RFC 1034 4.3.5",
               .also_rst = "",
               .also_zonemaster = "MULTIPLE_SOA_SERIALS",
               .also_rdapct = "",
               .fixture_bad = "serial-mismatch",
               .fixture_good = "healthy",
               .persists = stays_behind}},
};

const struct check *const checks_dns_serial[] = {&serial, NULL};
