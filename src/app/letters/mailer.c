#include "app/letters/mailer.h"

#include "base/arena.h"
#include "base/cbor.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"

#include <stdio.h>

enum {
    REQUEST_MAX = 2 << 20, /* LETTER_MAX and some words */
    TIMEOUT_MS = 30000,    /* well over what a mail server takes to look at one letter */
};

static int encode_request(const struct smtp_request *request, struct buffer *out)
{
    cbor_put_array(out, 5);
    cbor_put_text(out, request->host);
    cbor_put_uint(out, request->port);
    cbor_put_text(out, request->from);
    cbor_put_text(out, request->to);
    cbor_put_bytes(out, request->message, request->size);
    return buffer_error(out);
}

static int decode_request(const struct buffer *body, struct arena *arena,
                          struct smtp_request *ret_request)
{
    struct cbor_in in;
    cbor_in_init(&in, body->data, body->size);
    if (cbor_get_array(&in) != 5)
        return ERR_SYNTAX;
    struct smtp_request request = {.timeout_ms = TIMEOUT_MS};
    request.host = cbor_need_text(&in, arena);
    request.port = (uint16_t)cbor_get_uint(&in);
    request.from = cbor_need_text(&in, arena);
    request.to = cbor_need_text(&in, arena);
    request.message = cbor_get_bytes(&in, &request.size);
    int result = cbor_finish(&in);
    if (result < 0)
        return result;
    *ret_request = request;
    return 0;
}

static int answer(void *user, int fd, uint32_t kind, const struct buffer *body)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer out BUFFER_CLEANUP = {0};
    struct smtp_request request;
    struct smtp_reply reply;
    (void)user;
    if (kind != MAILER_FRAME_SEND)
        return ERR_UNSUPPORTED;
    arena_init(&arena, 1 << 20);
    buffer_init(&out, 4096);
    int result = decode_request(body, &arena, &request);
    if (result < 0)
        return result;
    smtp_send(&request, &reply);
    cbor_put_array(&out, 3);
    cbor_put_uint(&out, (uint64_t)reply.outcome);
    cbor_put_int(&out, reply.code);
    cbor_put_text(&out, reply.text);
    return frame_write(fd, MAILER_FRAME_REPLY, out.data, out.size);
}

int mailer_main(int fd)
{
    struct error_detail detail = {0};
    unsigned achieved;
    log_set_name("bailiwick mailer");
    if (smtp_prepare() < 0 || sandbox_prober(&achieved, &detail) < 0) {
        log_error("start: %s", detail.text);
        return 4;
    }
    return frame_serve(fd, REQUEST_MAX, answer, /* user= */ NULL) < 0 ? 4 : 0;
}

static void set_reply(struct smtp_reply *reply, enum smtp_outcome outcome, const char *text)
{
    *reply = (struct smtp_reply){.outcome = outcome};
    snprintf(reply->text, sizeof reply->text, "%.*s", (int)sizeof reply->text - 1, text);
}

static void decode_reply(const struct buffer *body, struct smtp_reply *ret_reply)
{
    struct cbor_in in;
    size_t size;
    cbor_in_init(&in, body->data, body->size);
    bool shaped = cbor_get_array(&in) == 3;
    uint64_t outcome = cbor_get_uint(&in);
    int code = (int)cbor_get_int(&in);
    const char *text = cbor_get_text(&in, &size);
    if (!shaped || cbor_finish(&in) < 0 || outcome > SMTP_IN_DOUBT || !text) {
        set_reply(ret_reply, SMTP_IN_DOUBT, "the mailer process gave no proper reply");
        return;
    }
    *ret_reply = (struct smtp_reply){.outcome = (enum smtp_outcome)outcome, .code = code};
    snprintf(ret_reply->text, sizeof ret_reply->text, "%.*s", (int)size, text);
}

void mailer_send(struct child *mailer, const struct smtp_request *request,
                 struct smtp_reply *ret_reply)
{
    struct buffer body BUFFER_CLEANUP = {0}, reply BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&body, REQUEST_MAX);
    buffer_init(&reply, 4096);
    if (encode_request(request, &body) < 0) {
        set_reply(ret_reply, SMTP_DEFERRED, "the letter is too large");
        return;
    }
    const struct child_request start = {.role = mailer->role, .listener = -1};
    bool runs = child_runs(mailer);
    if (!runs)
        child_stop(mailer); /* closes the socket of one that died */
    if (!runs && child_start(&start, mailer, &detail) < 0) {
        set_reply(ret_reply, SMTP_DEFERRED, detail.text);
        return;
    }
    const struct child_question question = {MAILER_FRAME_SEND, MAILER_FRAME_REPLY, body.data,
                                            body.size};
    if (child_ask(mailer, &question, &reply, &detail) < 0) {
        child_stop(mailer);
        set_reply(ret_reply, SMTP_IN_DOUBT, detail.text);
        return;
    }
    decode_reply(&reply, ret_reply);
}
