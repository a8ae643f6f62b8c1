#include "tlog/signer.h"

#include "base/cbor.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    REQUEST_FORM = 1, /* version of the request's encoding */
    STATE_MAX = 4096, /* one checkpoint with one line */
    PATH_ROOM = 4096,
    EXIT_UNUSABLE = 4,
};

/* --- requests: CBOR [form, size, root, [hash, ...]] --- */

int signer_request_encode(const struct signer_request *request, struct buffer *out)
{
    cbor_put_array(out, 4);
    cbor_put_uint(out, REQUEST_FORM);
    cbor_put_uint(out, request->size);
    cbor_put_bytes(out, request->root.bytes, DIGEST_SIZE);
    cbor_put_array(out, request->proof.count);
    for (size_t i = 0; i < request->proof.count; i++)
        cbor_put_bytes(out, request->proof.hashes[i].bytes, DIGEST_SIZE);
    return buffer_error(out);
}

static int get_digest(struct cbor_in *in, struct digest *digest)
{
    size_t size;
    const uint8_t *bytes = cbor_get_bytes(in, &size);
    if (!bytes || size != DIGEST_SIZE)
        return ERR_SYNTAX;
    memcpy(digest->bytes, bytes, DIGEST_SIZE);
    return 0;
}

int signer_request_decode(const void *data, size_t size, struct signer_request *ret_request)
{
    struct cbor_in in;
    struct signer_request request = {0};
    cbor_in_init(&in, data, size);
    if (cbor_get_array(&in) != 4 || cbor_get_uint(&in) != REQUEST_FORM)
        return ERR_SYNTAX;
    request.size = cbor_get_uint(&in);
    if (get_digest(&in, &request.root) < 0)
        return ERR_SYNTAX;
    request.proof.count = cbor_get_array(&in);
    if (request.proof.count > TLOG_PROOF_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < request.proof.count; i++) {
        if (get_digest(&in, &request.proof.hashes[i]) < 0)
            return ERR_SYNTAX;
    }
    if (cbor_finish(&in) < 0)
        return ERR_SYNTAX;
    *ret_request = request;
    return 0;
}

/* --- files --- */

/* Written, synced, closed; not yet durable by name. */
static int write_file(const char *path, const struct buffer *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
    if (fd < 0)
        return -errno;
    return file_finish(fd, bytes->data, bytes->size);
}

/* S1: the new state is durable before anybody hears of it. */
static int save_state(const char *path, const struct buffer *note)
{
    char new_path[PATH_ROOM];
    int size = snprintf(new_path, sizeof new_path, "%s.new", path);
    if (size < 0 || (size_t)size >= sizeof new_path)
        return -ENAMETOOLONG;
    int result = write_file(new_path, note);
    if (result >= 0 && rename(new_path, path) < 0)
        result = -errno;
    return result < 0 ? result : file_sync_name(path);
}

/* --- the signer --- */

struct log_signer {
    const char *state_path;
    struct note_signer key;
    struct tlog_checkpoint last;
    struct buffer note; /* `last` as it was signed */
};

static int sign_checkpoint(const struct note_signer *key, const struct tlog_checkpoint *checkpoint,
                           struct buffer *note)
{
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, STATE_MAX);
    buffer_clear(note);
    int result = tlog_checkpoint_format(checkpoint, &text);
    return result < 0 ? result : note_sign(key, buffer_text(&text), text.size, note);
}

static int load_key(const char *path, struct note_signer *ret_key, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, NOTE_VKEY_MAX);
    int result = buffer_load_file(&text, path);
    if (result >= 0)
        result = note_signer_parse(buffer_text(&text), ret_key, detail);
    if (text.data)
        explicit_bzero(text.data, text.size);
    return result < 0 ? error_set(detail, result, "%s", error_text(result)) : 0;
}

static int load(struct log_signer *signer, const char *key_path, struct error_detail *detail)
{
    int result = load_key(key_path, &signer->key, detail);
    if (result < 0)
        return error_context(detail, result, "log key %s", key_path);
    result = buffer_load_file(&signer->note, signer->state_path);
    if (result < 0)
        error_set(detail, result, "%s", error_text(result));
    else
        result = tlog_checkpoint_open(&signer->key.key, buffer_text(&signer->note),
                                      signer->note.size, &signer->last, detail);
    return result < 0 ? error_context(detail, result, "signer state %s", signer->state_path) : 0;
}

/* S2 and S3. */
static int check_extension(const struct log_signer *signer, const struct signer_request *request,
                           struct error_detail *detail)
{
    const struct tlog_checkpoint *last = &signer->last;
    if (request->size < last->size)
        return error_set(detail, ERR_REFUSED, "size %llu is below %llu, which is signed already",
                         (unsigned long long)request->size, (unsigned long long)last->size);
    if (tlog_check_consistency(last->size, &last->root, request->size, &request->root,
                               &request->proof) < 0)
        return error_set(detail, ERR_REFUSED,
                         "the tree of size %llu is not shown to extend the signed one of %llu",
                         (unsigned long long)request->size, (unsigned long long)last->size);
    return 0;
}

static int answer_sign(struct log_signer *signer, const struct buffer *body,
                       struct error_detail *detail)
{
    struct signer_request request;
    int result = signer_request_decode(body->data, body->size, &request);
    if (result < 0)
        return error_set(detail, result, "request cannot be read");
    result = check_extension(signer, &request, detail);
    if (result < 0 || request.size == signer->last.size)
        return result;
    struct tlog_checkpoint next = signer->last;
    next.size = request.size;
    next.root = request.root;
    struct buffer note BUFFER_CLEANUP;
    buffer_init(&note, STATE_MAX);
    result = sign_checkpoint(&signer->key, &next, &note);
    if (result >= 0)
        result = save_state(signer->state_path, &note);
    if (result < 0)
        return error_set(detail, result, "state cannot be kept: %s", error_text(result));
    signer->last = next;
    buffer_clear(&signer->note);
    return buffer_append(&signer->note, note.data, note.size);
}

static int refuse(int fd, int code, const char *words)
{
    char text[ERROR_DETAIL_MAX + 16];
    int size = snprintf(text, sizeof text, "%d %s", code, words);
    return frame_write(fd, SIGNER_REFUSED, text, (size_t)size);
}

/* One request, one answer. */
static int answer(void *user, int fd, uint32_t kind, const struct buffer *body)
{
    struct log_signer *signer = user;
    struct error_detail detail = {0};
    char vkey[NOTE_VKEY_MAX];
    int result;
    switch (kind) {
    case SIGNER_KEY:
        note_key_format(&signer->key.key, vkey);
        return frame_write(fd, SIGNER_VKEY, vkey, strlen(vkey));
    case SIGNER_STATE:
        return frame_write(fd, SIGNER_NOTE, signer->note.data, signer->note.size);
    case SIGNER_SIGN:
        result = answer_sign(signer, body, &detail);
        if (result < 0)
            return refuse(fd, result, error_words(&detail, result));
        return frame_write(fd, SIGNER_NOTE, signer->note.data, signer->note.size);
    default:
        return refuse(fd, ERR_UNSUPPORTED, "unknown kind of request");
    }
}

int signer_main(int fd, const char *key_path, const char *state_path)
{
    struct log_signer signer = {.state_path = state_path};
    struct error_detail detail = {0};
    signal(SIGPIPE, SIG_IGN);
    buffer_init(&signer.note, STATE_MAX);
    int result = load(&signer, key_path, &detail);
    if (result >= 0)
        result = frame_serve(fd, SIGNER_FRAME_MAX, answer, &signer);
    if (result < 0)
        log_error("signer: %s", error_words(&detail, result));
    note_signer_wipe(&signer.key);
    buffer_done(&signer.note);
    return result < 0 ? EXIT_UNUSABLE : 0;
}

/* --- making a key --- */

/* O_EXCL: two operators at once, or a second run, never replace a key. */
static int create_file(const char *path, const struct buffer *bytes, struct error_detail *detail)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return error_set(detail, ERR_CONFLICT, "%s is there already; a log has one key", path);
    if (fd < 0)
        return error_set(detail, -errno, "%s: %s", path, error_text(-errno));
    int result = file_finish(fd, bytes->data, bytes->size);
    if (result >= 0)
        result = file_sync_name(path);
    if (result >= 0)
        return 0;
    unlink(path); /* ours; half of it would be in the way of the next attempt */
    return error_set(detail, result, "%s: %s", path, error_text(result));
}

/* Both or none: a key without a state is of no use to anybody. */
static int create_files(const char *key_path, const struct buffer *secret, const char *state_path,
                        const struct buffer *note, struct error_detail *detail)
{
    int result = create_file(key_path, secret, detail);
    if (result < 0)
        return result;
    result = create_file(state_path, note, detail);
    if (result < 0)
        unlink(key_path);
    return result;
}

int signer_create(const char *key_path, const char *state_path, const char *origin,
                  char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail)
{
    struct note_signer key;
    int result = note_signer_new(origin, &key);
    if (result < 0)
        return error_set(detail, result, "'%s' cannot be the name of a log", origin);
    struct tlog_checkpoint empty = {.root = digest_of("", 0)};
    memcpy(empty.origin, key.key.name, sizeof empty.origin);
    struct buffer secret BUFFER_CLEANUP, note BUFFER_CLEANUP;
    buffer_init(&secret, NOTE_VKEY_MAX);
    buffer_init(&note, STATE_MAX);
    result = sign_checkpoint(&key, &empty, &note);
    if (result >= 0)
        result = note_signer_format(&key, &secret);
    if (result >= 0)
        result = create_files(key_path, &secret, state_path, &note, detail);
    if (result >= 0)
        note_key_format(&key.key, ret_vkey);
    if (secret.data)
        explicit_bzero(secret.data, secret.size);
    note_signer_wipe(&key);
    return result < 0 ? error_context(detail, result, "log key") : 0;
}

int signer_vkey(const char *key_path, char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail)
{
    struct note_signer key;
    int result = load_key(key_path, &key, detail);
    if (result < 0)
        return error_context(detail, result, "log key %s", key_path);
    note_key_format(&key.key, ret_vkey);
    note_signer_wipe(&key);
    return 0;
}
