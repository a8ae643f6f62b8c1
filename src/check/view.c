#include "check/view.h"

#include "base/civil.h"
#include "base/error.h"
#include "check/reference.h"
#include "proto/dns/rdata.h"

#include <stdlib.h>
#include <string.h>

static int read_heard(const struct exchange *exchange, struct arena *arena, struct heard *heard)
{
    struct dns_message question, answer;
    heard->exchange = exchange;
    heard->name = "";
    if (dns_message_parse(exchange->sent.data, exchange->sent.size, &question) >= 0 &&
        question.has_question) {
        heard->type = question.type;
        heard->asked_edns = question.edns;
        heard->asked_dnssec = question.edns && question.dnssec_ok;
        heard->name = arena_copy_text(arena, question.name);
        if (heard->name == NULL)
            return ERR_NO_MEMORY;
    }
    if (exchange->outcome != OUTCOME_ANSWERED ||
        dns_message_parse(exchange->received.data, exchange->received.size, &answer) < 0 ||
        !answer.response)
        return 0;
    heard->message = arena_copy(arena, &answer, sizeof(answer));
    return heard->message != NULL ? 0 : ERR_NO_MEMORY;
}

static int read_messages(struct view *view)
{
    const struct measurement *measurement = view->measurement;
    view->heard = arena_array(view->arena, measurement->exchange_count + 1, sizeof(*view->heard));
    if (view->heard == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < measurement->exchange_count; i++) {
        if (measurement->exchanges[i].kind == EXCHANGE_HTTPS)
            continue;
        int result =
            read_heard(&measurement->exchanges[i], view->arena, &view->heard[view->heard_count++]);
        if (result < 0)
            return result;
    }
    return 0;
}

bool view_own_failure(const struct exchange *exchange)
{
    return exchange->outcome == OUTCOME_OWN_FAILURE || exchange->outcome == OUTCOME_NO_ADDRESS;
}

enum sight view_silence(const struct view *view, enum address_family family,
                        enum exchange_kind kind)
{
    if (family == ADDRESS_NONE)
        return SIGHT_UNKNOWN;
    return view->reference[family == ADDRESS_IPV6][kind] != NULL ? SIGHT_SEEN : SIGHT_UNKNOWN;
}

bool heard_refuses_edns(const struct heard *heard)
{
    return heard->asked_edns && heard->message->rcode == DNS_FORMERR && !heard->message->edns;
}

/* RFC 1034 4.2.1: a server of the zone answers for its SOA record with authority. A truncated
 * answer only says to come back over TCP, where it is judged; rate limiting sends it without
 * authority. */
static bool speaks_for_zone(const struct heard *heard)
{
    const struct dns_message *message = heard->message;
    if (message->truncated && message->rcode == DNS_NOERROR)
        return true;
    if (!message->authoritative)
        return false;
    if (heard->exchange->purpose == PURPOSE_NXNAME)
        return message->rcode == DNS_NXDOMAIN || message->rcode == DNS_NOERROR;
    if (message->rcode != DNS_NOERROR)
        return false;
    return heard->type != DNS_SOA ||
           dns_section_count(message, DNS_ANSWER, heard->name, DNS_SOA) > 0;
}

/* The SOA question decides when it was answered, else any other. Refusing EDNS says nothing of the
 * zone: the same question without it does. */
static enum hearing hearing_of(const struct view *view, const struct host *host,
                               enum exchange_kind kind)
{
    enum hearing other = HEARING_NONE;
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct heard *heard = host->heard[i];
        const struct exchange *exchange = heard->exchange;
        enum hearing now = HEARING_UNKNOWN;
        if (exchange->kind != kind)
            continue;
        bool answered = heard->message != NULL && !heard_refuses_edns(heard);
        if (answered)
            now = speaks_for_zone(heard) ? HEARING_GOOD : HEARING_LAME;
        else if (heard->message != NULL)
            now = HEARING_UNKNOWN;
        else if (exchange->outcome == OUTCOME_ANSWERED)
            now = HEARING_UNREADABLE;
        else if (!view_own_failure(exchange) &&
                 view_silence(view, exchange->address.family, kind) == SIGHT_SEEN)
            now = HEARING_SILENT;
        if (answered && heard->type == DNS_SOA && exchange->purpose == PURPOSE_APEX)
            return now;
        if (now > other)
            other = now;
    }
    return other;
}

static int attach_heard(const struct view *view, struct host *host)
{
    for (size_t i = 0; i < view->heard_count; i++) {
        const struct exchange *exchange = view->heard[i].exchange;
        if (exchange->purpose != PURPOSE_APEX && exchange->purpose != PURPOSE_NXNAME)
            continue;
        if (strcmp(exchange->server, host->name) != 0 ||
            !net_address_equal(&exchange->address, host->address))
            continue;
        const struct heard **slot =
            arena_push(view->arena, &host->heard, &host->heard_count, sizeof(const struct heard *));
        if (slot == NULL)
            return ERR_NO_MEMORY;
        *slot = &view->heard[i];
    }
    return 0;
}

static int build_host(const struct view *view, const struct measured_server *server,
                      struct host *host)
{
    char address[NET_ADDRESS_TEXT];
    net_address_format(&server->address, address);
    address[strcspn(address, "#")] = '\0';
    host->name = server->name;
    host->address = &server->address;
    host->subject = arena_printf(view->arena, "%s/%s", server->name, address);
    if (host->subject == NULL)
        return ERR_NO_MEMORY;
    int result = attach_heard(view, host);
    if (result < 0)
        return result;
    host->udp = hearing_of(view, host, EXCHANGE_DNS_UDP);
    host->tcp = hearing_of(view, host, EXCHANGE_DNS_TCP);
    return 0;
}

static int build_hosts(struct view *view)
{
    const struct measurement *measurement = view->measurement;
    view->hosts = arena_array(view->arena, measurement->server_count + 1, sizeof(*view->hosts));
    if (view->hosts == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < measurement->server_count; i++) {
        int result = build_host(view, &measurement->servers[i], &view->hosts[view->host_count++]);
        if (result < 0)
            return result;
    }
    return 0;
}

static int read_anchors(struct view *view)
{
    struct dnssec_anchor *anchors = NULL;
    size_t count = 0;
    const char *text = view->measurement->trust_anchor;
    if (text == NULL)
        return 0;
    int result = dnssec_anchors_parse(text, view->arena, &anchors, &count, NULL);
    if (result == ERR_NO_MEMORY)
        return result;
    /* What cannot be read is trusted in no way; the chain is then unknown. */
    view->anchors = anchors;
    view->anchor_count = result < 0 ? 0 : count;
    return 0;
}

/* Times that make sense keep every sum below inside its type. */
static bool times_sane(const struct measurement *measurement)
{
    if (measurement->observed_at < 0 || measurement->observed_at > VIEW_OBSERVED_MAX_US)
        return false;
    for (size_t i = 0; i < measurement->exchange_count; i++) {
        const struct exchange *exchange = &measurement->exchanges[i];
        if (exchange->started_us < 0 || exchange->started_us > CIVIL_DAY_US ||
            exchange->elapsed_us < 0 || exchange->elapsed_us > CIVIL_DAY_US)
            return false;
    }
    return true;
}

int view_build(const struct measurement *measurement, struct arena *arena, struct view **ret_view)
{
    if (!times_sane(measurement))
        return ERR_SYNTAX;
    struct view *view = arena_alloc(arena, sizeof(*view));
    if (view == NULL)
        return ERR_NO_MEMORY;
    view->measurement = measurement;
    view->arena = arena;
    view->budget.left = DNSSEC_BUDGET;
    int result = read_messages(view);
    if (result < 0)
        return result;
    reference_read(view);
    result = build_hosts(view);
    if (result >= 0)
        result = read_anchors(view);
    if (result >= 0)
        *ret_view = view;
    return result;
}

bool host_speaks(const struct host *host)
{
    return host->udp != HEARING_LAME && host->tcp != HEARING_LAME &&
           (host->udp == HEARING_GOOD || host->tcp == HEARING_GOOD);
}

bool host_unknown(const struct host *host)
{
    return host->udp <= HEARING_UNKNOWN && host->tcp <= HEARING_UNKNOWN;
}

const struct heard *host_answer(const struct host *host, enum exchange_purpose purpose,
                                uint16_t type)
{
    const struct heard *found = NULL;
    if (!host_speaks(host))
        return NULL;
    for (size_t i = 0; i < host->heard_count; i++) {
        const struct heard *heard = host->heard[i];
        if (heard->message == NULL || heard->exchange->purpose != purpose || heard->type != type ||
            heard->message->truncated || !heard->message->authoritative ||
            heard_refuses_edns(heard))
            continue;
        if (heard->exchange->kind == EXCHANGE_DNS_UDP)
            return heard;
        if (found == NULL)
            found = heard;
    }
    return found;
}

static bool name_known(const struct view *view, const char *name)
{
    for (size_t i = 0; i < view->host_count; i++) {
        if (strcmp(view->hosts[i].name, name) == 0 && !host_unknown(&view->hosts[i]))
            return true;
    }
    return false;
}

bool view_complete(const struct view *view)
{
    for (size_t i = 0; i < view->host_count; i++) {
        if (!name_known(view, view->hosts[i].name))
            return false;
    }
    return view->host_count > 0;
}

bool view_zone_sight(const struct view *view, size_t answers, bool seen, enum sight *ret_sight)
{
    bool complete = view_complete(view);
    if (answers == 0 && complete)
        return false;
    *ret_sight = seen ? SIGHT_SEEN : complete ? SIGHT_NOT_SEEN : SIGHT_UNKNOWN;
    return true;
}

bool view_has_keys(const struct view *view, size_t *ret_answers)
{
    bool found = false;
    *ret_answers = 0;
    for (size_t i = 0; i < view->host_count; i++) {
        const struct heard *heard = host_answer(&view->hosts[i], PURPOSE_APEX, DNS_DNSKEY);
        if (heard == NULL)
            continue;
        ++*ret_answers;
        found |= dns_section_count(heard->message, DNS_ANSWER, heard->name, DNS_DNSKEY) > 0;
    }
    return found;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

int name_set_add(struct name_set *set, const char *name, struct arena *arena)
{
    if (name_set_has(set, name))
        return 0;
    if (set->count == VIEW_NAMES_MAX)
        return ERR_LIMIT;
    const char *copy = arena_copy_text(arena, name);
    const char **slot = arena_push(arena, &set->names, &set->count, sizeof(const char *));
    if (copy == NULL || slot == NULL)
        return ERR_NO_MEMORY;
    *slot = copy;
    qsort(set->names, set->count, sizeof(const char *), compare_names);
    return 0;
}

bool name_set_has(const struct name_set *set, const char *name)
{
    return set->count > 0 &&
           bsearch(&name, set->names, set->count, sizeof(const char *), compare_names) != NULL;
}

bool name_set_equal(const struct name_set *a, const struct name_set *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    }
    return true;
}
