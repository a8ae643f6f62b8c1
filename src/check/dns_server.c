/* Checks of each name server address: is it heard, does it speak for the zone, how fast?
 *
 * Parameters: the limits for round trips are those of the service level agreement for name servers
 * (500 ms over UDP, 1500 ms over TCP with its handshake). A result carries the measured time, so
 * that a rulebook with other limits can use the values. */
#include "base/error.h"
#include "check/check.h"
#include "check/delegation.h"
#include "check/families.h"
#include "check/report.h"

#include <string.h>

enum { UDP_LIMIT_MS = 500, TCP_LIMIT_MS = 1500, SERVERS_UP_MIN = 2, MILLISECOND_US = 1000 };

static enum hearing hearing(const struct host *host, enum exchange_kind kind)
{
    return kind == EXCHANGE_DNS_UDP ? host->udp : host->tcp;
}

static void cite_host(struct report *report, const struct host *host, enum exchange_kind kind)
{
    for (size_t i = 0; i < host->heard_count; i++) {
        if (host->heard[i]->exchange->kind == kind)
            report_cite(report, host->heard[i]->exchange);
    }
}

/* Silence is told by what happened to the first question, proved by the reference that answered. */
static void explain_silence(struct report *report, const struct host *host, enum exchange_kind kind)
{
    const struct exchange *reference =
        report->view->reference[host->address->family == ADDRESS_IPV6][kind];
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct exchange *exchange = host->heard[i]->exchange;
        if (exchange->kind == kind) {
            json_out_member_text(report_values(report), "outcome",
                                 exchange_outcome_text(exchange->outcome));
            break;
        }
    }
    if (reference != NULL && hearing(host, kind) == HEARING_SILENT) {
        json_out_member_text(report_values(report), "reference", reference->server);
        report_cite(report, reference);
    }
}

static void check_silence(struct report *report, enum exchange_kind kind, const char *code)
{
    for (size_t i = 0; i < report->view->host_count; i++) {
        const struct host *host = &report->view->hosts[i];
        enum hearing heard = hearing(host, kind);
        if (heard == HEARING_NONE)
            continue;
        cite_host(report, host, kind);
        if (heard <= HEARING_SILENT)
            explain_silence(report, host, kind);
        report_add(report, code, host->subject,
                   heard == HEARING_UNKNOWN  ? SIGHT_UNKNOWN
                   : heard == HEARING_SILENT ? SIGHT_SEEN
                                             : SIGHT_NOT_SEEN);
    }
}

static void run_udp(struct report *report)
{
    check_silence(report, EXCHANGE_DNS_UDP, "dns.server-silent-udp");
}

static void run_tcp(struct report *report)
{
    check_silence(report, EXCHANGE_DNS_TCP, "dns.tcp-refused");
}

/* C2: a sight for what needs an answer; false when the host's silence was seen and says it all. */
static bool sight_of(const struct host *host, enum hearing bad, enum sight *ret_sight)
{
    if (host->udp == bad || host->tcp == bad)
        *ret_sight = SIGHT_SEEN;
    else if (host->udp > HEARING_SILENT || host->tcp > HEARING_SILENT)
        *ret_sight = SIGHT_NOT_SEEN;
    else if (host->udp == HEARING_UNKNOWN || host->tcp == HEARING_UNKNOWN)
        *ret_sight = SIGHT_UNKNOWN;
    else
        return false;
    return true;
}

static void tell_answer(struct report *report, const struct host *host)
{
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct dns_message *message = host->heard[i]->message;
        if (message == NULL || host->heard[i]->exchange->purpose != PURPOSE_APEX)
            continue;
        json_out_member_text(report_values(report), "rcode", dns_rcode_text(message->rcode));
        json_out_member_bool(report_values(report), "authoritative", message->authoritative);
        return;
    }
}

static void run_authoritative(struct report *report)
{
    for (size_t i = 0; i < report->view->host_count; i++) {
        const struct host *host = &report->view->hosts[i];
        enum sight sight;
        if (sight_of(host, HEARING_UNREADABLE, &sight)) {
            cite_host(report, host, EXCHANGE_DNS_UDP);
            cite_host(report, host, EXCHANGE_DNS_TCP);
            report_add(report, "dns.malformed", host->subject, sight);
        }
        if (sight_of(host, HEARING_LAME, &sight)) {
            cite_host(report, host, EXCHANGE_DNS_UDP);
            cite_host(report, host, EXCHANGE_DNS_TCP);
            tell_answer(report, host);
            report_add(report, "dns.lame", host->subject, sight);
        }
    }
}

/* Is the name server of this name up: SEEN down, NOT_SEEN down, or not known? */
static enum sight server_down(const struct view *view, const char *name)
{
    enum sight down = SIGHT_NOT_SEEN;
    bool found = false;
    for (size_t i = 0; i < view->host_count; i++) {
        const struct host *host = &view->hosts[i];
        if (strcmp(host->name, name) != 0)
            continue;
        found = true;
        if (host->udp >= HEARING_SILENT && host->udp <= HEARING_LAME)
            return SIGHT_SEEN;
        if (host->udp <= HEARING_UNKNOWN)
            down = SIGHT_UNKNOWN;
    }
    return found ? down : SIGHT_UNKNOWN; /* no address was found for it */
}

/* Every name server of the delegation and of the measurement. */
static int collect_names(struct report *report, struct name_set *names)
{
    const struct view *view = report->view;
    struct delegation delegation;
    int result = delegation_read(view, report->arena, &delegation);
    if (result < 0)
        return result;
    *names = delegation.names;
    for (size_t i = 0; i < view->host_count; i++) {
        if (name_set_add(names, view->hosts[i].name, report->arena) == ERR_NO_MEMORY)
            return ERR_NO_MEMORY;
    }
    return 0;
}

/* At least two name servers, each answering over UDP with authority on each of its addresses. */
static void run_availability(struct report *report)
{
    const struct view *view = report->view;
    struct name_set names = {.count = 0};
    int64_t counts[SIGHT_SEEN + 1] = {0};
    int result = collect_names(report, &names);
    if (result < 0) {
        report_fail(report, result);
        return;
    }
    for (size_t i = 0; i < view->host_count; i++)
        cite_host(report, &view->hosts[i], EXCHANGE_DNS_UDP);
    for (size_t i = 0; i < names.count; i++)
        counts[server_down(view, names.names[i])]++;
    enum sight sight = SIGHT_UNKNOWN;
    if (counts[SIGHT_NOT_SEEN] >= SERVERS_UP_MIN)
        sight = SIGHT_NOT_SEEN;
    else if (names.count > 0 && counts[SIGHT_NOT_SEEN] + counts[SIGHT_UNKNOWN] < SERVERS_UP_MIN)
        sight = SIGHT_SEEN;
    struct json_out *values = report_values(report);
    json_out_member_int(values, "up", counts[SIGHT_NOT_SEEN]);
    json_out_member_int(values, "down", counts[SIGHT_SEEN]);
    json_out_member_int(values, "unknown", counts[SIGHT_UNKNOWN]);
    json_out_member_int(values, "needed", SERVERS_UP_MIN);
    report_add(report, "dns.too-few-servers", view->measurement->target, sight);
}

/* The fastest answer: one slow packet is no slow server. NULL without any. */
static const struct exchange *fastest(const struct host *host, enum exchange_kind kind)
{
    const struct exchange *best = NULL;
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct exchange *exchange = host->heard[i]->exchange;
        if (exchange->kind == kind && host->heard[i]->message != NULL &&
            (best == NULL || exchange->elapsed_us < best->elapsed_us))
            best = exchange;
    }
    return best;
}

static void check_time(struct report *report, enum exchange_kind kind, const char *code,
                       int64_t limit_ms)
{
    for (size_t i = 0; i < report->view->host_count; i++) {
        const struct host *host = &report->view->hosts[i];
        const struct exchange *best = fastest(host, kind);
        enum sight sight = SIGHT_UNKNOWN;
        if (best == NULL && hearing(host, kind) != HEARING_UNKNOWN)
            continue;
        if (best != NULL) {
            sight = best->elapsed_us > limit_ms * MILLISECOND_US ? SIGHT_SEEN : SIGHT_NOT_SEEN;
            json_out_member_int(report_values(report), "rtt_us", best->elapsed_us);
            report_cite(report, best);
        }
        json_out_member_int(report_values(report), "limit_ms", limit_ms);
        report_add(report, code, host->subject, sight);
    }
}

static void run_time(struct report *report)
{
    check_time(report, EXCHANGE_DNS_UDP, "dns.slow-udp", UDP_LIMIT_MS);
    check_time(report, EXCHANGE_DNS_TCP, "dns.slow-tcp", TCP_LIMIT_MS);
}

/* RFC 6891 7: a responder that knows EDNS answers EDNS with EDNS. A bare truncated answer may come
 * from a rate limiter in front of it: the answer over TCP decides. */
static void check_host_edns(struct report *report, const struct host *host)
{
    enum sight sight = SIGHT_UNKNOWN;
    bool asked = false;
    if (host->udp == HEARING_LAME || host->tcp == HEARING_LAME)
        return; /* refusals say nothing about the zone's service */
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct heard *heard = host->heard[i];
        if (heard->message == NULL || !heard->asked_edns)
            continue;
        asked = true;
        report_cite(report, heard->exchange);
        if (heard->message->truncated && !heard->message->edns)
            continue;
        if (!heard->message->edns)
            sight = SIGHT_SEEN;
        else if (sight == SIGHT_UNKNOWN)
            sight = SIGHT_NOT_SEEN;
    }
    if (asked || (host->heard_count > 0 && host_unknown(host)))
        report_add(report, "dns.no-edns", host->subject, sight);
}

static void run_edns(struct report *report)
{
    for (size_t i = 0; i < report->view->host_count; i++)
        check_host_edns(report, &report->view->hosts[i]);
}

static const struct check udp = {
    .id = "dns.reachable-udp",
    .version = 2,
    .summary = "each name server address answers over UDP",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp reference:SOA:udp",
    .run = run_udp,
    .codes = {{.code = "dns.server-silent-udp",
               .summary = "a name server address does not answer over UDP",
               .rfc = "RFC 1035 4.2.1",
               .also_rst = "dns-connectivity01",
               .also_zonemaster = "CN01_NO_RESPONSE_UDP",
               .also_rdapct = "",
               .fixture_bad = "server-down",
               .fixture_good = "healthy"}},
};

static const struct check tcp = {
    .id = "dns.reachable-tcp",
    .version = 2,
    .summary = "each name server address answers over TCP",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:tcp reference:SOA:tcp",
    .run = run_tcp,
    .codes = {{.code = "dns.tcp-refused",
               .summary = "a name server address does not answer over TCP",
               .rfc = "RFC 7766 5",
               .also_rst = "dns-connectivity02",
               .also_zonemaster = "CN02_NO_RESPONSE_TCP",
               .also_rdapct = "",
               .fixture_bad = "tcp-refused",
               .fixture_good = "healthy"}},
};

static const struct check authoritative = {
    .id = "dns.authoritative",
    .version = 2,
    .summary = "each name server address answers for the zone with authority",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp apex:SOA:tcp",
    .run = run_authoritative,
    .codes = {{.code = "dns.lame",
               .summary = "a name server address is not authoritative for the zone",
               .rfc = "RFC 1912 2.8, RFC 2181 5.4.1",
               .also_rst = "dns-delegation04 dns-connectivity01 dns-connectivity02",
               .also_zonemaster = "IS_NOT_AUTHORITATIVE CN01_SOA_RECORD_NOT_AA_UDP "
                                  "CN01_UNEXPECTED_RCODE_SOA_QUERY_UDP",
               .also_rdapct = "",
               .fixture_bad = "lame",
               .fixture_good = "healthy"},
              {.code = "dns.malformed",
               .summary = "a name server address sends answers that cannot be read",
               .rfc = "RFC 1035 4.1",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "malformed",
               .fixture_good = "healthy"}},
};

static const struct check availability = {
    .id = "dns.availability",
    .version = 2,
    .summary = "at least two name servers answer on all of their addresses",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp reference:SOA:udp",
    .run = run_availability,
    .codes = {{.code = "dns.too-few-servers",
               .summary = "fewer than two name servers answer on all of their addresses",
               .rfc = "RFC 2182 5",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "two-servers-down",
               .fixture_good = "healthy"}},
};

static const struct check response_time = {
    .id = "dns.response-time",
    .version = 1,
    .summary = "each name server address answers within the time limits",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp apex:SOA:tcp",
    .run = run_time,
    .codes = {{.code = "dns.slow-udp",
               .summary = "an address needed more than 500 ms for its fastest answer over UDP",
               .rfc = "",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "slow",
               .fixture_good = "healthy"},
              {.code = "dns.slow-tcp",
               .summary = "an address needed more than 1500 ms for its fastest answer over TCP",
               .rfc = "",
               .also_rst = "",
               .also_zonemaster = "",
               .also_rdapct = "",
               .fixture_bad = "slow",
               .fixture_good = "healthy"}},
};

static const struct check edns = {
    .id = "dns.edns",
    .version = 2,
    .summary = "each name server address answers EDNS with EDNS",
    .family = FAMILY_DNS,
    .needs = "apex:SOA:udp",
    .run = run_edns,
    .codes = {{.code = "dns.no-edns",
               .summary = "a name server address does not answer EDNS with EDNS",
               .rfc = "RFC 6891 7",
               .also_rst = "dns-nameserver02",
               .also_zonemaster = "NO_EDNS_SUPPORT EDNS_RESPONSE_WITHOUT_EDNS",
               .also_rdapct = "",
               .fixture_bad = "no-edns",
               .fixture_good = "healthy"}},
};

const struct check *const checks_dns_server[] = {
    &authoritative, &availability, &edns, &tcp, &udp, &response_time, NULL,
};
