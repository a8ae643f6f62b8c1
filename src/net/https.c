#include "net/https.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "net/politeness.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SENT_MAX = 16384,      /* a head with some fields, and the body of a POST */
    HELD_BACK_US = 100000, /* longer than the loop is ever busy with others */
};

/* A host serves many TLDs: surveys side by side ask one address this much and no more. */
static const struct politeness_limits polite = {
    .burst = 20, .per_second = 20, .in_flight = 4, .total = 100, .waiting = 20000};

struct transfer {
    struct transfer *next, **link;
    struct https_client *client;
    CURL *curl;
    struct curl_slist *headers, *connect_to;
    https_done *done;
    void *user;
    const void *owner;
    const struct trust *trust;
    struct https_target target;
    struct politeness_pass pass;
    int64_t asked_us, started_us;
    struct buffer sent, received;
    bool head_ended; /* of the final response: header lines after it are trailers */
    bool too_large;
    const char *tls_version;
    int verify;
    struct https_certificate chain[HTTPS_CHAIN_MAX];
    size_t chain_count;
};

/* libcurl's socket on the loop. */
struct watched_socket {
    struct https_client *client;
    uv_poll_t poll;
    curl_socket_t fd;
};

struct https_client {
    struct net_loop *loop;
    struct politeness *politeness;
    CURLM *multi;
    uv_timer_t *timer;
    struct transfer *first;
};

/* --- what goes over the wire --- */

static size_t take_received(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    if (buffer_append(&transfer->received, data, size * count) < 0) {
        transfer->too_large = true;
        return 0;
    }
    return size * count;
}

/* libcurl hands over trailers (RFC 9112 7.1.2) like header lines, after the body. They are dropped:
 * RFC 9110 6.5.1 lets a recipient do so, and behind the body they would be read as part of it. */
static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    long status = 0;
    if (transfer->head_ended)
        return size * count;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    bool interim = status < 200; /* another head follows */
    transfer->head_ended = !interim && (line[0] == '\r' || line[0] == '\n');
    return take_received(line, size, count, user);
}

static int take_sent(CURL *curl, curl_infotype type, char *data, size_t size, void *user)
{
    struct transfer *transfer = user;
    (void)curl;
    if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
        buffer_append(&transfer->sent, data, size);
    return 0;
}

/* --- certificates --- */

static void keep_chain(struct transfer *transfer, STACK_OF(X509) * sent)
{
    for (int i = 0; i < sk_X509_num(sent) && transfer->chain_count < HTTPS_CHAIN_MAX; i++) {
        unsigned char *der = NULL;
        int size = i2d_X509(sk_X509_value(sent, i), &der);
        if (size <= 0)
            return;
        transfer->chain[transfer->chain_count++] =
            (struct https_certificate){.data = der, .size = (size_t)size};
    }
}

static bool is_literal(const char *host)
{
    uint8_t bytes[16];
    return uv_inet_pton(AF_INET, host, bytes) == 0 || uv_inet_pton(AF_INET6, host, bytes) == 0;
}

/* Stands in for OpenSSL's own verification, to see the chain and the error in every case. */
static int verify_chain(X509_STORE_CTX *context, void *user)
{
    struct transfer *transfer = user;
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(context);
    SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    transfer->tls_version = SSL_get_version(ssl);
    keep_chain(transfer, sent);
    if (is_literal(transfer->target.host))
        X509_VERIFY_PARAM_set1_ip_asc(param, transfer->target.host);
    else
        X509_VERIFY_PARAM_set1_host(param, transfer->target.host, /* namelen= */ 0);
    int good = sk_X509_num(sent) <= HTTPS_CHAIN_MAX && X509_verify_cert(context) == 1;
    transfer->verify = X509_STORE_CTX_get_error(context);
    if (!good && transfer->verify == X509_V_OK)
        transfer->verify = X509_V_ERR_CERT_CHAIN_TOO_LONG;
    return good;
}

static CURLcode set_up_tls(CURL *curl, void *tls, void *user)
{
    struct transfer *transfer = user;
    SSL_CTX *context = tls;
    (void)curl;
    SSL_CTX_set1_cert_store(context, trust_store(transfer->trust));
    SSL_CTX_set_cert_verify_callback(context, verify_chain, transfer);
    return CURLE_OK;
}

/* --- the end of a transfer --- */

static void free_transfer(struct transfer *transfer)
{
    *transfer->link = transfer->next;
    if (transfer->next)
        transfer->next->link = transfer->link;
    politeness_leave(transfer->client->politeness, &transfer->pass);
    curl_multi_remove_handle(transfer->client->multi, transfer->curl);
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->connect_to);
    for (size_t i = 0; i < transfer->chain_count; i++)
        OPENSSL_free((void *)(uintptr_t)transfer->chain[i].data);
    buffer_done(&transfer->sent);
    buffer_done(&transfer->received);
    free(transfer);
}

static enum net_outcome outcome_of(const struct transfer *transfer, CURLcode result)
{
    long error = 0;
    if (transfer->too_large)
        return NET_TOO_LARGE;
    switch ((int)result) {
    case CURLE_OK:
        return NET_ANSWERED;
    case CURLE_OPERATION_TIMEDOUT:
        return NET_TIMED_OUT;
    case CURLE_COULDNT_CONNECT:
        curl_easy_getinfo(transfer->curl, CURLINFO_OS_ERRNO, &error);
        /* libcurl does not tell a route that we lack from a router's word: our own first. */
        return error == ENETUNREACH ? net_outcome_of_start((int)error)
               : error              ? net_outcome_of_errno((int)error)
                                    : NET_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return NET_TLS_FAILED;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return NET_CLOSED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
    case CURLE_BAD_CONTENT_ENCODING:
        return NET_UNMATCHED;
    default:
        return NET_OWN_FAILURE;
    }
}

static void finish(struct transfer *transfer, enum net_outcome outcome)
{
    long status = 0;
    char *redirect = NULL;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &redirect);
    struct https_reply reply = {
        .outcome = outcome,
        .started_us = transfer->started_us,
        .elapsed_us = clock_mono() - transfer->started_us,
        .sent = transfer->sent.data,
        .sent_size = transfer->sent.size,
        .received = transfer->received.data,
        .received_size = transfer->received.size,
        .tls_version = transfer->tls_version,
        .tls_verify = transfer->verify,
        .chain = transfer->chain,
        .chain_count = transfer->chain_count,
        .status = (int)status,
        .redirect = redirect,
    };
    transfer->done(transfer->user, &reply);
    free_transfer(transfer);
}

static void finish_ended_transfers(struct https_client *client)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        char *private = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct transfer *transfer = (struct transfer *)(void *)private;
        finish(transfer, outcome_of(transfer, result));
    }
}

/* --- libcurl on the loop --- */

static void socket_ready(uv_poll_t *poll, int status, int events)
{
    struct watched_socket *watched = poll->data;
    struct https_client *client = watched->client;
    int flags = 0, running;
    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(client->multi, watched->fd, flags, &running);
    finish_ended_transfers(client);
}

static void timer_ready(uv_timer_t *timer)
{
    struct https_client *client = timer->data;
    int running;
    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_ended_transfers(client);
}

static int set_timer(CURLM *multi, long milliseconds, void *user)
{
    struct https_client *client = user;
    (void)multi;
    if (milliseconds < 0)
        uv_timer_stop(client->timer);
    else
        uv_timer_start(client->timer, timer_ready, (uint64_t)milliseconds, /* repeat= */ 0);
    return 0;
}

static void free_socket(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watched_socket *watch_socket(struct https_client *client, curl_socket_t fd)
{
    struct watched_socket *watched = calloc(1, sizeof *watched);
    if (!watched)
        return NULL;
    if (uv_poll_init_socket(&client->loop->uv, &watched->poll, fd) < 0) {
        free(watched);
        return NULL;
    }
    watched->client = client;
    watched->fd = fd;
    watched->poll.data = watched;
    curl_multi_assign(client->multi, fd, watched);
    return watched;
}

static int set_socket(CURL *curl, curl_socket_t fd, int what, void *user, void *assigned)
{
    struct https_client *client = user;
    struct watched_socket *watched = assigned;
    (void)curl;
    if (what == CURL_POLL_REMOVE) {
        if (watched) {
            uv_poll_stop(&watched->poll);
            uv_close((uv_handle_t *)&watched->poll, free_socket);
            curl_multi_assign(client->multi, fd, NULL);
        }
        return 0;
    }
    if (!watched && !(watched = watch_socket(client, fd)))
        return -1;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&watched->poll, events, socket_ready);
    return 0;
}

int https_client_new(struct net_loop *loop, struct https_client **ret_client)
{
    struct https_client *client = calloc(1, sizeof *client);
    uv_timer_t *timer = malloc(sizeof *timer);
    CURLM *multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    struct politeness *politeness = NULL;
    if (!client || !timer || !multi || politeness_new(loop, &polite, &politeness) < 0) {
        free(client);
        free(timer);
        curl_multi_cleanup(multi);
        return ERR_NO_MEMORY;
    }
    client->loop = loop;
    client->politeness = politeness;
    client->multi = multi;
    client->timer = timer;
    uv_timer_init(&loop->uv, timer);
    timer->data = client;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client);
    *ret_client = client;
    return 0;
}

static void free_timer(uv_handle_t *timer)
{
    free(timer);
}

void https_client_free(struct https_client *client)
{
    if (!client)
        return;
    while (client->first)
        free_transfer(client->first);
    politeness_free(client->politeness);
    curl_multi_cleanup(client->multi);
    uv_close((uv_handle_t *)client->timer, free_timer);
    free(client);
}

/* --- asking --- */

/* HOST:PORT:ADDRESS:PORT, so that the name stays in SNI, Host and verification. */
static struct curl_slist *make_connect_to(const struct https_target *target,
                                          const struct https_request *request)
{
    const struct endpoint *to = net_map_apply(request->map, &request->server);
    char host[ENDPOINT_HOST_TEXT];
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    endpoint_format_host(to, host);
    bool named_by_ipv6 = strchr(target->host, ':') != NULL, to_ipv6 = strchr(host, ':') != NULL;
    buffer_printf(&text, named_by_ipv6 ? "[%s]:%u:" : "%s:%u:", target->host, target->port);
    buffer_printf(&text, to_ipv6 ? "[%s]:%u" : "%s:%u", host, endpoint_port(to));
    return buffer_error(&text) ? NULL : curl_slist_append(NULL, buffer_text(&text));
}

static int set_headers(struct transfer *transfer, const struct https_request *request)
{
    struct buffer line BUFFER_CLEANUP;
    buffer_init(&line, 1024);
    buffer_printf(&line, "Accept: %s", request->accept);
    if (buffer_error(&line))
        return buffer_error(&line);
    transfer->headers = curl_slist_append(NULL, buffer_text(&line));
    transfer->connect_to = make_connect_to(&transfer->target, request);
    if (!transfer->headers || !transfer->connect_to)
        return ERR_NO_MEMORY;
    /* Without the field a server may choose any coding (RFC 9110 12.5.3). */
    bool all = curl_slist_append(transfer->headers, "Accept-Encoding: identity") != NULL;
    for (const char *const *field = request->fields; all && field && *field; field++)
        all = curl_slist_append(transfer->headers, *field) != NULL;
    return all ? 0 : ERR_NO_MEMORY;
}

static void set_body(CURL *curl, const struct https_request *request)
{
    if (!request->body)
        return;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
}

static void set_options(struct transfer *transfer, const struct https_request *request)
{
    CURL *curl = transfer->curl;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, request->agent);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
    set_body(curl, request);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, transfer->connect_to);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* a resumed session sends no chain */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->total_ms);
    /* Wire */
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_received);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, take_sent);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, transfer);
    /* Trust: only what we bring; the libraries' default files would be read for each connection. */
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, transfer);
}

static int make_transfer(struct https_client *client, const struct https_request *request,
                         const struct https_target *target, struct transfer **ret_transfer)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return ERR_NO_MEMORY;
    transfer->client = client;
    transfer->owner = request->owner;
    transfer->trust = request->trust;
    transfer->target = *target;
    transfer->verify = X509_V_OK;
    buffer_init(&transfer->sent, SENT_MAX);
    buffer_init(&transfer->received, request->bytes_max);
    transfer->next = client->first;
    transfer->link = &client->first;
    if (client->first)
        client->first->link = &transfer->next;
    client->first = transfer;
    transfer->curl = curl_easy_init();
    if (!transfer->curl || set_headers(transfer, request) < 0) {
        free_transfer(transfer);
        return ERR_NO_MEMORY;
    }
    set_options(transfer, request);
    *ret_transfer = transfer;
    return 0;
}

static void transfer_goes(struct politeness_pass *pass)
{
    struct transfer *transfer = (struct transfer *)((char *)pass - offsetof(struct transfer, pass));
    transfer->started_us = clock_mono();
    if (curl_multi_add_handle(transfer->client->multi, transfer->curl) != CURLM_OK)
        finish(transfer, NET_OWN_FAILURE);
}

int https_client_ask(struct https_client *client, const struct https_request *request,
                     https_done *done, void *user)
{
    struct https_target target;
    struct transfer *transfer = NULL;
    int result = https_parse_url(request->url, &target);
    if (result >= 0)
        result = make_transfer(client, request, &target, &transfer);
    if (result < 0)
        return result;
    transfer->done = done;
    transfer->user = user;
    transfer->asked_us = transfer->started_us = clock_mono();
    transfer->pass.go = transfer_goes;
    result = politeness_enter(client->politeness, &request->server, &transfer->pass);
    if (result < 0)
        free_transfer(transfer);
    return result;
}

static struct transfer *find_transfer(const struct https_client *client, const void *owner)
{
    struct transfer *transfer = client->first;
    /* The analyser does not see that free_transfer() has unlinked what it freed. */
    while (transfer && transfer->owner != owner) /* NOLINT(clang-analyzer-unix.Malloc) */
        transfer = transfer->next;
    return transfer;
}

/* As for DNS questions: what our own politeness held back is no fault of the server. */
static bool had_its_time(const struct transfer *transfer)
{
    return transfer->pass.state == PASS_GOING &&
           transfer->started_us - transfer->asked_us < HELD_BACK_US;
}

void https_client_give_up(struct https_client *client, const void *owner)
{
    struct transfer *transfer;
    while ((transfer = find_transfer(client, owner)))
        finish(transfer, had_its_time(transfer) ? NET_TIMED_OUT : NET_OWN_FAILURE);
}
