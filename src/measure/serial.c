/* Servers of the target that show older serial numbers than others are asked once more, after a
 * pause: only then can be told who stays behind and who was just being told (RFC 1034 4.3.5). A
 * zone whose servers agree costs no question and no time. */
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/rdata.h"

#include <string.h>

/* One answer about the target's SOA record. */
struct shown {
    const struct exchange *exchange;
    uint32_t serial;
};

static bool is_newer(uint32_t serial, uint32_t other)
{
    return (int32_t)(serial - other) > 0; /* RFC 1982 3.2 */
}

static bool read_serial(const struct round *round, const struct exchange *exchange,
                        uint32_t *ret_serial)
{
    struct dns_message message;
    struct dns_record record;
    struct dns_soa soa;
    if (exchange->outcome != OUTCOME_ANSWERED ||
        dns_message_parse(exchange->received.data, exchange->received.size, &message) < 0)
        return false;
    struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
    if (!dns_record_next_of(&cursor, round->target, DNS_SOA, &record) ||
        dns_rdata_soa(&record, &soa) < 0)
        return false;
    *ret_serial = soa.serial;
    return true;
}

static bool was_asked_again(const struct round *round, size_t index, uint32_t newest)
{
    const struct exchange *exchange = round->shown[index].exchange;
    for (size_t i = 0; i < index; i++) {
        const struct shown *before = &round->shown[i];
        if (is_newer(newest, before->serial) &&
            strcmp(before->exchange->server, exchange->server) == 0 &&
            net_address_equal(&before->exchange->address, &exchange->address))
            return true;
    }
    return false;
}

static void ask_again(struct round *round, const struct exchange *exchange)
{
    const struct question question = {.purpose = PURPOSE_APEX,
                                      .server = exchange->server,
                                      .address = exchange->address,
                                      .name = round->target,
                                      .type = DNS_SOA,
                                      .tcp = exchange->kind == EXCHANGE_DNS_TCP,
                                      .dnssec_ok = true};
    question_ask(round, &question, /* done= */ NULL, /* user= */ NULL);
}

static void pause_is_over(void *user)
{
    struct round *round = user;
    uint32_t newest = round->shown[0].serial;
    net_timer_stop(round->serial_timer);
    round->serial_timer = NULL;
    for (size_t i = 1; i < round->shown_count; i++) {
        if (is_newer(round->shown[i].serial, newest))
            newest = round->shown[i].serial;
    }
    for (size_t i = 0; i < round->shown_count; i++) {
        if (is_newer(newest, round->shown[i].serial) && !was_asked_again(round, i, newest))
            ask_again(round, round->shown[i].exchange);
    }
    round_release(round);
}

void serial_heard(struct round *round, void *user, const struct exchange *exchange)
{
    uint32_t serial;
    (void)user;
    if (!read_serial(round, exchange, &serial))
        return;
    struct shown *shown =
        arena_push(round->arena, &round->shown, &round->shown_count, sizeof *shown);
    if (!shown) {
        round->no_memory = true;
        return;
    }
    *shown = (struct shown){exchange, serial};
    if (round->serial_timer || round->over || round->shown[0].serial == serial)
        return;
    round->serial_timer = net_timer_start(
        &round->surveyor->loop, (uint64_t)round->limits.survey_ms * 3 / 10, pause_is_over, round);
    if (round->serial_timer)
        round_hold(round);
    else
        round->no_memory = true;
}

void serial_give_up(struct round *round)
{
    if (!round->serial_timer)
        return;
    net_timer_stop(round->serial_timer);
    round->serial_timer = NULL;
    round_release(round);
}
