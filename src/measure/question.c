/* One DNS question of a round, from the name to the recorded exchange. */
#include "base/digest.h"
#include "measure/round.h"
#include "proto/dns/message.h"
#include "proto/dns/query.h"

struct asking {
    struct round *round;
    struct question question;
    struct exchange *exchange;
    struct exchange *truncated; /* the answer over UDP that made us ask over TCP */
    question_done *done;
    void *user;
};

static bool is_truncated(const struct exchange *exchange)
{
    const uint8_t tc = 0x02; /* RFC 1035 4.1.1 */
    return exchange->outcome == OUTCOME_ANSWERED && exchange->received.size >= DNS_HEADER &&
           exchange->received.data[2] & tc;
}

/* RFC 6891 7: a server that does not know EDNS says FORMERR without an OPT record. */
static bool is_without_edns(const struct exchange *exchange)
{
    struct dns_message message;
    return exchange->outcome == OUTCOME_ANSWERED &&
           dns_message_parse(exchange->received.data, exchange->received.size, &message) >= 0 &&
           message.rcode == DNS_FORMERR && !message.edns;
}

static bool send_question(struct asking *asking);

/* Some answers only say how to ask; false when this one is not such. */
static bool ask_otherwise(struct asking *asking)
{
    struct question *question = &asking->question;
    if (!question->plain && is_without_edns(asking->exchange)) {
        question->plain = true;
        return send_question(asking);
    }
    if (question->fall_back && !question->tcp && is_truncated(asking->exchange)) {
        asking->truncated = asking->exchange;
        question->tcp = true;
        return send_question(asking);
    }
    return false;
}

static void take_reply(void *user, const struct dns_reply *reply)
{
    struct asking *asking = user;
    struct round *round = asking->round;
    struct exchange *exchange = asking->exchange;
    exchange->outcome = round_outcome(reply->outcome);
    exchange->started_us = reply->started_us - round->started_us;
    exchange->elapsed_us = reply->elapsed_us;
    exchange->tries = reply->tries;
    if (reply->size) {
        exchange->received.data = arena_copy(round->arena, reply->data, reply->size);
        exchange->received.size = exchange->received.data ? reply->size : 0;
        round->no_memory |= !exchange->received.data;
    }
    if (ask_otherwise(asking)) {
        round_release(round);
        return;
    }
    /* What a truncated answer says is better than nothing. */
    if (exchange->outcome != OUTCOME_ANSWERED && asking->truncated)
        exchange = asking->truncated;
    if (asking->done)
        asking->done(round, asking->user, exchange);
    round_release(round);
}

static struct dns_request make_request(const struct asking *asking, const struct dns_query *query)
{
    const struct survey_limits *limits = &asking->round->limits;
    struct dns_request request = {
        .server = round_endpoint(&asking->question.address),
        .tcp = asking->question.tcp,
        .message = query->data,
        .size = query->size,
        .timeout_ms = asking->question.tcp ? limits->tcp_timeout_ms : limits->udp_timeout_ms,
        .tries = limits->udp_tries,
        .map = &asking->round->map,
        .owner = asking->round,
    };
    if (asking->question.hasty) {
        request.timeout_ms = request.timeout_ms * 6 / 10;
        request.tries = request.tries < 2 ? request.tries : 2;
    }
    return request;
}

static bool send_question(struct asking *asking)
{
    struct round *round = asking->round;
    const struct question *question = &asking->question;
    struct dns_query query;
    uint16_t id;
    random_bytes(&id, sizeof id);
    struct dns_question wire = {.name = question->name,
                                .type = question->type,
                                .id = id,
                                .edns_size = question->plain ? 0 : EDNS_SIZE,
                                .dnssec_ok = question->dnssec_ok};
    if (round->over || dns_query_build(&wire, &query) < 0)
        return false;
    const uint8_t *sent = arena_copy(round->arena, query.data, query.size);
    struct exchange *exchange =
        round_exchange(round, &(struct exchange){
                                  .kind = question->tcp ? EXCHANGE_DNS_TCP : EXCHANGE_DNS_UDP,
                                  .purpose = question->purpose,
                                  .outcome = OUTCOME_OWN_FAILURE,
                                  .server = question->server,
                                  .address = question->address,
                                  .sent = {sent, sent ? query.size : 0},
                              });
    if (!exchange)
        return false;
    if (!round_may_ask(round, &question->address)) {
        exchange->outcome = OUTCOME_UNREACHABLE;
        return false;
    }
    asking->exchange = exchange;
    struct dns_request request = make_request(asking, &query);
    if (dns_client_ask(round->surveyor->dns, &request, take_reply, asking) < 0)
        return false;
    round_hold(round);
    return true;
}

bool question_ask(struct round *round, const struct question *question, question_done *done,
                  void *user)
{
    struct asking *asking = arena_alloc(round->arena, sizeof *asking);
    if (!asking) {
        round->no_memory = true;
        return false;
    }
    *asking = (struct asking){.round = round, .question = *question, .done = done, .user = user};
    return send_question(asking);
}
