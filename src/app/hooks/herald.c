#include "app/hooks/herald.h"

#include "base/cbor.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"

#include <signal.h>

enum { REQUEST_MAX = 64 << 10 /* an address, a few lines and a small body */ };

static const char *const outcome_texts[] = {
#define E(name, text) text,
    HERALD_OUTCOME_LIST(E)
#undef E
};

const char *herald_outcome_text(enum herald_outcome outcome)
{
    return outcome_texts[outcome];
}

/* --- the process --- */

static int decode_request(const struct buffer *body, struct arena *arena,
                          struct herald_request *ret_request)
{
    struct cbor_in in;
    cbor_in_init(&in, body->data, body->size);
    if (cbor_get_array(&in) != 4)
        return ERR_SYNTAX;
    struct herald_request request = {.turn = (uint32_t)cbor_get_uint(&in)};
    request.url = cbor_need_text(&in, arena);
    request.body = cbor_get_bytes(&in, &request.size);
    size_t count = cbor_get_array(&in);
    if (count > HERALD_FIELDS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        request.fields[i] = cbor_need_text(&in, arena);
    int result = cbor_finish(&in);
    if (result >= 0)
        *ret_request = request;
    return result;
}

static int answer(void *user, int fd, uint32_t kind, const struct buffer *body)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer out BUFFER_CLEANUP = {0};
    struct herald_request request;
    struct herald_reply reply;
    if (kind != HERALD_FRAME_SEND)
        return ERR_UNSUPPORTED;
    arena_init(&arena, 2 * REQUEST_MAX);
    buffer_init(&out, 64);
    int result = decode_request(body, &arena, &request);
    if (result < 0)
        return result;
    herald_post(user, &request, &reply);
    cbor_put_array(&out, 3);
    cbor_put_uint(&out, (uint64_t)reply.outcome);
    cbor_put_uint(&out, (uint64_t)reply.status);
    cbor_put_uint(&out, (uint64_t)reply.elapsed_us);
    return frame_write(fd, HERALD_FRAME_REPLY, out.data, out.size);
}

int herald_main(int fd, char **arguments)
{
    struct error_detail detail = {0};
    struct herald *herald = NULL;
    unsigned achieved;
    log_set_name("bailiwick herald");
    signal(SIGPIPE, SIG_IGN); /* https.h */
    int result = herald_open(arguments, &herald, &detail);
    if (result >= 0)
        result = sandbox_prober(&achieved, &detail);
    if (result < 0)
        log_error("start: %s", error_words(&detail, result));
    else
        result = frame_serve(fd, REQUEST_MAX, answer, herald);
    if (herald)
        herald_close(herald);
    return result < 0 ? 4 : 0;
}

/* --- asking it --- */

static int encode_request(const struct herald_request *request, struct buffer *out)
{
    size_t count = 0;
    while (request->fields[count])
        count++;
    cbor_put_array(out, 4);
    cbor_put_uint(out, request->turn);
    cbor_put_text(out, request->url);
    cbor_put_bytes(out, request->body, request->size);
    cbor_put_array(out, count);
    for (size_t i = 0; i < count; i++)
        cbor_put_text(out, request->fields[i]);
    return buffer_error(out);
}

static void decode_reply(const struct buffer *body, struct herald_reply *ret_reply)
{
    struct cbor_in in;
    cbor_in_init(&in, body->data, body->size);
    bool shaped = cbor_get_array(&in) == 3;
    uint64_t outcome = cbor_get_uint(&in), status = cbor_get_uint(&in),
             elapsed = cbor_get_uint(&in);
    if (shaped && cbor_finish(&in) >= 0 && outcome < HERALD_OUTCOME_COUNT && status < 1000 &&
        elapsed < INT64_MAX)
        *ret_reply =
            (struct herald_reply){(enum herald_outcome)outcome, (int)status, (int64_t)elapsed};
}

void herald_send(struct child *herald, const struct config *config,
                 const struct herald_request *request, struct herald_reply *ret_reply)
{
    struct buffer body BUFFER_CLEANUP = {0}, reply BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    const char *const arguments[] = {config->ca_file, config->hook_resolver, config->net_map, NULL};
    const struct child_request start = {
        .role = herald->role, .arguments = arguments, .listener = -1};
    *ret_reply = (struct herald_reply){.outcome = HERALD_OURS};
    buffer_init(&body, REQUEST_MAX);
    buffer_init(&reply, 4096);
    if (encode_request(request, &body) < 0)
        return;
    bool runs = child_runs(herald);
    if (!runs)
        child_stop(herald); /* closes the socket of one that died */
    const struct child_question question = {HERALD_FRAME_SEND, HERALD_FRAME_REPLY, body.data,
                                            body.size};
    if ((runs || child_start(&start, herald, &detail) >= 0) &&
        child_ask(herald, &question, &reply, &detail) >= 0) {
        decode_reply(&reply, ret_reply);
        return;
    }
    log_error("herald: %s", detail.text);
    child_stop(herald);
}
