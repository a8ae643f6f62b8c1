#include "net/dns_client.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELD_BACK_US = 100000 }; /* longer than the loop is ever busy with others */

/* One socket of a question. */
struct attempt {
    struct question *question;
    uv_poll_t poll;
    int fd;
    int64_t sent_at;
};

struct question {
    struct question *next, **link;
    struct dns_client *client;
    struct dns_request request;
    dns_done *done;
    void *user;
    struct politeness_pass pass;
    uv_timer_t timer;
    struct attempt *attempts[DNS_TRIES_MAX];
    uint32_t tries;
    int64_t asked_us, started_us;
    bool finished;
    unsigned open_handles; /* memory can go when all are closed */
    /* TCP: bytes on their way out and in, with the two of length */
    uint8_t *stream_out, *stream_in;
    size_t stream_sent, stream_got;
    bool connected;
    uint8_t *unmatched;
    size_t unmatched_size;
    uint8_t message[];
};

struct dns_client {
    struct net_loop *loop;
    struct politeness *politeness;
    struct question *first;
    uint8_t datagram[DNS_CLIENT_MESSAGE_MAX + 1];
};

int dns_client_new(struct net_loop *loop, struct politeness *politeness,
                   struct dns_client **ret_client)
{
    struct dns_client *client = calloc(1, sizeof *client);
    if (!client)
        return ERR_NO_MEMORY;
    client->loop = loop;
    client->politeness = politeness;
    *ret_client = client;
    return 0;
}

/* --- the end of a question --- */

static void forget_question(struct question *question)
{
    if (question->open_handles)
        return;
    for (uint32_t i = 0; i < DNS_TRIES_MAX; i++)
        free(question->attempts[i]);
    free(question->stream_out);
    free(question->stream_in);
    free(question->unmatched);
    free(question);
}

static void timer_closed(uv_handle_t *handle)
{
    struct question *question = handle->data;
    question->open_handles--;
    forget_question(question);
}

static void poll_closed(uv_handle_t *handle)
{
    struct attempt *attempt = handle->data;
    close(attempt->fd);
    attempt->question->open_handles--;
    forget_question(attempt->question);
}

/* Leaves the client and starts to close everything. */
static void release_question(struct question *question)
{
    *question->link = question->next;
    if (question->next)
        question->next->link = question->link;
    question->finished = true;
    politeness_leave(question->client->politeness, &question->pass);
    for (uint32_t i = 0; i < DNS_TRIES_MAX; i++) {
        if (question->attempts[i])
            uv_close((uv_handle_t *)&question->attempts[i]->poll, poll_closed);
    }
    uv_close((uv_handle_t *)&question->timer, timer_closed);
}

static void finish(struct question *question, struct dns_reply reply)
{
    if (question->finished)
        return;
    int64_t now = clock_mono();
    reply.tries = question->tries;
    reply.started_us = question->started_us ? question->started_us : now;
    if (reply.outcome != NET_ANSWERED)
        reply.elapsed_us = now - reply.started_us;
    release_question(question);
    question->done(question->user, &reply);
}

static void finish_without_answer(struct question *question, enum net_outcome outcome)
{
    if (outcome == NET_TIMED_OUT && question->unmatched)
        outcome = NET_UNMATCHED;
    finish(question, (struct dns_reply){.outcome = outcome,
                                        .data = question->unmatched,
                                        .size = question->unmatched_size});
}

static void keep_unmatched(struct question *question, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return;
    memcpy(copy, data, size);
    free(question->unmatched);
    question->unmatched = copy;
    question->unmatched_size = size;
}

static void take_message(struct attempt *attempt, const uint8_t *data, size_t size)
{
    struct question *question = attempt->question;
    if (!dns_answer_matches(question->message, question->request.size, data, size)) {
        keep_unmatched(question, data, size);
        return;
    }
    finish(question, (struct dns_reply){.outcome = NET_ANSWERED,
                                        .elapsed_us = clock_mono() - attempt->sent_at,
                                        .data = data,
                                        .size = size});
}

/* --- sockets --- */

/* errno that waits on the socket; `fallback` when there is none. */
static int pending_errno(int fd, int fallback)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return errno;
    return error ? error : fallback;
}

/* Asks for ICMP errors that the kernel would otherwise keep to itself as passing. */
static void want_icmp_errors(int fd, int family)
{
    int on = 1;
    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

/* Opens a socket towards the server. Returns -errno. */
static int open_socket(const struct dns_request *request, int *ret_fd)
{
    const struct endpoint *to = net_map_apply(request->map, &request->server);
    int type = request->tcp ? SOCK_STREAM : SOCK_DGRAM;
    int fd = socket(to->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (!request->tcp)
        want_icmp_errors(fd, to->any.sa_family);
    if (connect(fd, &to->any, endpoint_size(to)) < 0 && errno != EINPROGRESS) {
        int failure = -errno;
        close(fd);
        return failure;
    }
    *ret_fd = fd;
    return 0;
}

static int open_attempt(struct question *question, struct attempt **ret_attempt)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        return -ENOMEM;
    int failure = open_socket(&question->request, &attempt->fd);
    if (!failure) {
        failure = uv_poll_init(&question->client->loop->uv, &attempt->poll, attempt->fd);
        if (failure)
            close(attempt->fd);
    }
    if (failure) {
        free(attempt);
        return failure;
    }
    attempt->question = question;
    attempt->poll.data = attempt;
    attempt->sent_at = clock_mono();
    question->attempts[question->tries] = attempt;
    question->open_handles++;
    *ret_attempt = attempt;
    return 0;
}

/* --- UDP --- */

static void udp_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct attempt *attempt = poll->data;
    struct question *question = attempt->question;
    struct dns_client *client = question->client;
    enum { DATAGRAMS_AT_ONCE = 16 }; /* a flood must not starve the loop */
    for (int i = 0; i < DATAGRAMS_AT_ONCE && !question->finished; i++) {
        ssize_t size = recv(attempt->fd, client->datagram, sizeof client->datagram, 0);
        if (size >= 0)
            take_message(attempt, client->datagram, (size_t)size);
        else if (errno == EAGAIN || errno == EINTR)
            return;
        else
            finish_without_answer(question, net_outcome_of_errno(errno));
    }
}

static void udp_next_try(uv_timer_t *timer);

/* Sends once and waits; a failure of our own socket ends the question from the loop. */
static void udp_send(struct question *question)
{
    struct attempt *attempt = NULL;
    int failure = open_attempt(question, &attempt);
    if (!failure) {
        question->tries++;
        ssize_t sent = send(attempt->fd, question->message, question->request.size, MSG_NOSIGNAL);
        failure = sent < 0 ? -errno : 0;
    }
    if (failure) {
        finish_without_answer(question, net_outcome_of_start(-failure));
        return;
    }
    uv_poll_start(&attempt->poll, UV_READABLE, udp_readable);
    uint64_t wait = question->request.timeout_ms;
    for (uint32_t i = 1; i < question->tries; i++)
        wait += wait / 4;
    uv_timer_start(&question->timer, udp_next_try, wait, /* repeat= */ 0);
}

static void udp_next_try(uv_timer_t *timer)
{
    struct question *question = timer->data;
    if (question->tries < question->request.tries)
        udp_send(question);
    else
        finish_without_answer(question, NET_TIMED_OUT);
}

/* --- TCP --- */

/* Sends what is left. False when the question ended over it. */
static bool tcp_write(struct attempt *attempt)
{
    struct question *question = attempt->question;
    size_t size = question->request.size + 2;
    while (question->stream_sent < size) {
        ssize_t sent = send(attempt->fd, question->stream_out + question->stream_sent,
                            size - question->stream_sent, MSG_NOSIGNAL);
        if (sent >= 0) {
            question->stream_sent += (size_t)sent;
        } else if (errno == EAGAIN || errno == EINTR) {
            return true;
        } else {
            finish_without_answer(question, net_outcome_of_errno(errno));
            return false;
        }
    }
    return true;
}

/* Bytes that the stream must have before the message is whole. */
static size_t tcp_wanted(const struct question *question)
{
    if (question->stream_got < 2)
        return 2;
    return 2 + ((size_t)question->stream_in[0] << 8 | question->stream_in[1]);
}

static void tcp_read(struct attempt *attempt)
{
    struct question *question = attempt->question;
    while (!question->finished) {
        size_t wanted = tcp_wanted(question);
        if (question->stream_got == wanted && wanted > 2) {
            take_message(attempt, question->stream_in + 2, wanted - 2);
            finish_without_answer(question, NET_UNMATCHED);
            return;
        }
        if (question->stream_got == 2) {
            uint8_t *grown = realloc(question->stream_in, wanted);
            if (!grown || wanted == 2) {
                question->stream_in = grown ? grown : question->stream_in;
                finish_without_answer(question, grown ? NET_UNMATCHED : NET_OWN_FAILURE);
                return;
            }
            question->stream_in = grown;
        }
        ssize_t size = recv(attempt->fd, question->stream_in + question->stream_got,
                            wanted - question->stream_got, 0);
        if (size > 0)
            question->stream_got += (size_t)size;
        else if (size == 0)
            finish_without_answer(question, NET_CLOSED);
        else if (errno == EAGAIN || errno == EINTR)
            return;
        else
            finish_without_answer(question, net_outcome_of_errno(errno));
    }
}

static void tcp_ready(uv_poll_t *poll, int status, int events)
{
    struct attempt *attempt = poll->data;
    struct question *question = attempt->question;
    if (status < 0) {
        /* A reset before the connection stood is a refusal, after it a closing. */
        int error = pending_errno(attempt->fd, ECONNRESET);
        finish_without_answer(question, net_outcome_of_errno(error));
        return;
    }
    if (!question->connected) {
        int error = pending_errno(attempt->fd, 0);
        if (error) {
            finish_without_answer(question, net_outcome_of_errno(error));
            return;
        }
        question->connected = true;
    }
    if (!tcp_write(attempt))
        return;
    if (question->stream_sent == question->request.size + 2)
        uv_poll_start(poll, UV_READABLE, tcp_ready);
    if (events & UV_READABLE)
        tcp_read(attempt);
}

static void tcp_timed_out(uv_timer_t *timer)
{
    finish_without_answer(timer->data, NET_TIMED_OUT);
}

static int make_stream(struct question *question)
{
    size_t size = question->request.size;
    question->stream_out = malloc(size + 2);
    question->stream_in = malloc(2);
    if (!question->stream_out || !question->stream_in)
        return -ENOMEM;
    question->stream_out[0] = (uint8_t)(size >> 8);
    question->stream_out[1] = (uint8_t)size;
    memcpy(question->stream_out + 2, question->message, size);
    return 0;
}

static void tcp_connect(struct question *question)
{
    struct attempt *attempt = NULL;
    int failure = make_stream(question);
    if (!failure)
        failure = open_attempt(question, &attempt);
    if (failure) {
        finish_without_answer(question, net_outcome_of_start(-failure));
        return;
    }
    question->tries = 1;
    uv_poll_start(&attempt->poll, UV_READABLE | UV_WRITABLE, tcp_ready);
    uv_timer_start(&question->timer, tcp_timed_out, question->request.timeout_ms,
                   /* repeat= */ 0);
}

/* --- asking --- */

static void question_goes(struct politeness_pass *pass)
{
    struct question *question = (struct question *)((char *)pass - offsetof(struct question, pass));
    question->started_us = clock_mono();
    if (question->request.tcp)
        tcp_connect(question);
    else
        udp_send(question);
}

static struct question *make_question(struct dns_client *client, const struct dns_request *request)
{
    struct question *question = calloc(1, sizeof *question + request->size);
    if (!question)
        return NULL;
    question->client = client;
    question->request = *request;
    if (question->request.tries < 1)
        question->request.tries = 1;
    if (question->request.tries > DNS_TRIES_MAX)
        question->request.tries = DNS_TRIES_MAX;
    memcpy(question->message, request->message, request->size);
    question->request.message = question->message;
    question->pass.go = question_goes;
    return question;
}

int dns_client_ask(struct dns_client *client, const struct dns_request *request, dns_done *done,
                   void *user)
{
    if (request->size <= DNS_HEADER_SIZE || request->size > DNS_CLIENT_MESSAGE_MAX)
        return ERR_USAGE;
    struct question *question = make_question(client, request);
    if (!question)
        return ERR_NO_MEMORY;
    int result = politeness_enter(client->politeness, &request->server, &question->pass);
    if (result < 0) {
        free(question);
        return result;
    }
    question->done = done;
    question->user = user;
    question->asked_us = clock_mono();
    uv_timer_init(&client->loop->uv, &question->timer);
    question->timer.data = question;
    question->open_handles = 1;
    question->next = client->first;
    question->link = &client->first;
    if (client->first)
        client->first->link = &question->next;
    client->first = question;
    return 0;
}

static struct question *find_question(const struct dns_client *client, const void *owner)
{
    struct question *question = client->first;
    while (question && question->request.owner != owner)
        question = question->next;
    return question;
}

/* A server is not to blame for a question that never went, nor for one that our own politeness held
 * back and that so lost its time. */
static bool had_its_time(const struct question *question)
{
    return question->tries > 0 && question->started_us - question->asked_us < HELD_BACK_US;
}

void dns_client_give_up(struct dns_client *client, const void *owner)
{
    struct question *question;
    while ((question = find_question(client, owner)))
        finish_without_answer(question, had_its_time(question) ? NET_TIMED_OUT : NET_OWN_FAILURE);
}

void dns_client_free(struct dns_client *client)
{
    if (!client)
        return;
    while (client->first)
        release_question(client->first);
    free(client);
}
