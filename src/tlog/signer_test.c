/* The signer process: S1 to S3 of signer.h, over a socket pair, in a child of the test. */
#include "base/cbor.h"
#include "base/frame.h"
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct memory_log log_;

struct scene {
    char folder[64], key_path[128], state_path[128], log_path[128], vkey[NOTE_VKEY_MAX];
    struct note_key key;
    pid_t pid;
    int fd;
    struct buffer reply;
};

/* What the signer says on standard error goes to a file. It ends by exit(), for the sake of those
 * who count what was reached in it. */
static void start(struct scene *scene)
{
    int pair[2];
    fflush(NULL); /* else the child would write it again */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    scene->pid = fork();
    assert_true(scene->pid >= 0);
    if (scene->pid == 0) {
        close(pair[0]);
        int log = open(scene->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dup2(log, STDERR_FILENO);
        exit(signer_main(pair[1], scene->key_path, scene->state_path));
    }
    close(pair[1]);
    scene->fd = pair[0];
}

static int stop(struct scene *scene)
{
    int status;
    close(scene->fd);
    assert_int_equal(waitpid(scene->pid, &status, 0), scene->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The signer must have found that it cannot work, and these words for it. */
static void stop_unusable(struct scene *scene, const char *words)
{
    struct buffer log BUFFER_CLEANUP;
    buffer_init(&log, 1 << 16);
    assert_int_equal(stop(scene), 4);
    assert_int_equal(buffer_load_file(&log, scene->log_path), 0);
    if (!strstr(buffer_text(&log), words))
        fail_msg("%s", buffer_text(&log));
}

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/bailiwick-signer-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->key_path, sizeof scene->key_path, "%s/key", scene->folder);
    snprintf(scene->state_path, sizeof scene->state_path, "%s/state", scene->folder);
    snprintf(scene->log_path, sizeof scene->log_path, "%s/log", scene->folder);
    assert_int_equal(
        signer_create(scene->key_path, scene->state_path, "log.example", scene->vkey, NULL), 0);
    assert_int_equal(note_key_parse(scene->vkey, &scene->key, NULL), 0);
    buffer_init(&scene->reply, SIGNER_FRAME_MAX);
    tlog_frontier_init(&log_.frontier);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    unlink(scene->key_path);
    unlink(scene->state_path);
    unlink(scene->log_path);
    rmdir(scene->folder);
    buffer_done(&scene->reply);
    free(scene);
    return 0;
}

static uint32_t ask(struct scene *scene, uint32_t kind, const struct buffer *body)
{
    uint32_t answer;
    assert_true(frame_write(scene->fd, kind, body ? body->data : NULL, body ? body->size : 0) >= 0);
    assert_true(frame_read(scene->fd, &answer, &scene->reply) >= 0);
    return answer;
}

/* Asks to sign the first `size` entries, as an extension of `older`. */
static uint32_t ask_sign(struct scene *scene, uint64_t older, uint64_t size)
{
    struct tlog_source source = memory_source(&log_);
    struct signer_request request = {.size = size};
    assert_int_equal(tlog_root(&source, size, &request.root), 0);
    if (older <= size)
        assert_int_equal(tlog_prove_consistency(&source, older, size, &request.proof), 0);
    struct buffer body BUFFER_CLEANUP;
    buffer_init(&body, SIGNER_FRAME_MAX);
    assert_int_equal(signer_request_encode(&request, &body), 0);
    return ask(scene, SIGNER_SIGN, &body);
}

/* SIGNER_REFUSED carries "<error code> <words>". */
static void assert_refused(struct scene *scene, int code, const char *words)
{
    char start[20];
    snprintf(start, sizeof start, "%d ", code);
    assert_int_equal(strncmp(buffer_text(&scene->reply), start, strlen(start)), 0);
    assert_non_null(strstr(buffer_text(&scene->reply), words));
}

static uint64_t signed_size(struct scene *scene)
{
    struct tlog_checkpoint checkpoint;
    assert_int_equal(tlog_checkpoint_open(&scene->key, buffer_text(&scene->reply),
                                          scene->reply.size, &checkpoint, NULL),
                     0);
    return checkpoint.size;
}

static void proven_extensions_are_signed_and_remembered(void **state)
{
    struct scene *scene = *state;
    memory_grow(&log_, 500);
    start(scene);
    assert_int_equal(ask(scene, SIGNER_KEY, NULL), SIGNER_VKEY);
    assert_string_equal(buffer_text(&scene->reply), scene->vkey);
    assert_int_equal(ask(scene, SIGNER_STATE, NULL), SIGNER_NOTE);
    assert_int_equal(signed_size(scene), 0);
    assert_int_equal(ask_sign(scene, 0, 16), SIGNER_NOTE);
    assert_int_equal(signed_size(scene), 16);
    assert_int_equal(ask_sign(scene, 16, 300), SIGNER_NOTE);
    char note[4096];
    snprintf(note, sizeof note, "%s", buffer_text(&scene->reply));
    assert_int_equal(ask_sign(scene, 300, 300), SIGNER_NOTE); /* the same bytes again */
    assert_string_equal(buffer_text(&scene->reply), note);
    assert_int_equal(stop(scene), 0);
    struct stat status;
    assert_int_equal(stat(scene->state_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600); /* of the state that replaced the first */
    start(scene);                                   /* S1: a new process knows */
    assert_int_equal(ask(scene, SIGNER_STATE, NULL), SIGNER_NOTE);
    assert_string_equal(buffer_text(&scene->reply), note);
    assert_int_equal(stop(scene), 0);
}

static void a_restored_old_backup_cannot_fork_the_log(void **state)
{
    struct scene *scene = *state;
    memory_grow(&log_, 64);
    start(scene);
    assert_int_equal(ask_sign(scene, 0, 64), SIGNER_NOTE);
    assert_int_equal(ask_sign(scene, 64, 32), SIGNER_REFUSED); /* S2: smaller */
    assert_refused(scene, ERR_REFUSED, "size 32 is below 64, which is signed already");
    /* Another history of the same size, and one that goes on from it. */
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 40);
    struct digest other = memory_entry(9999);
    memory_append(&log_, &other);
    memory_grow(&log_, 128);
    assert_int_equal(ask_sign(scene, 64, 64), SIGNER_REFUSED);
    assert_int_equal(ask_sign(scene, 64, 128), SIGNER_REFUSED);
    assert_refused(scene, ERR_REFUSED,
                   "the tree of size 128 is not shown to extend the signed one of 64");
    assert_int_equal(ask_sign(scene, 0, 128), SIGNER_REFUSED); /* S3: proof from elsewhere */
    assert_int_equal(ask(scene, SIGNER_STATE, NULL), SIGNER_NOTE);
    assert_int_equal(signed_size(scene), 64);
    assert_int_equal(stop(scene), 0);
}

/* [form, size, root, [hash, ...]] with one part that is not as it should be. */
static const struct request_form {
    size_t members, form, root_size, count, hash_size, extra;
    int result;
} forms[] = {
    {4, 1, 32, 0, 32, 0, 0},
    {4, 1, 32, 2, 32, 0, 0},
    {4, 1, 32, TLOG_PROOF_MAX, 32, 0, 0},
    {4, 1, 32, TLOG_PROOF_MAX + 1, 32, 0, ERR_LIMIT},
    {3, 1, 32, 2, 32, 0, ERR_SYNTAX},
    {5, 1, 32, 2, 32, 0, ERR_SYNTAX},
    {4, 2, 32, 2, 32, 0, ERR_SYNTAX},
    {4, 0, 32, 2, 32, 0, ERR_SYNTAX},
    {4, 1, 31, 2, 32, 0, ERR_SYNTAX},
    {4, 1, 33, 2, 32, 0, ERR_SYNTAX},
    {4, 1, 32, 2, 31, 0, ERR_SYNTAX},
    {4, 1, 32, 2, 33, 0, ERR_SYNTAX},
    {4, 1, 32, 2, 32, 1, ERR_SYNTAX},
};

static void requests_have_one_form(void **state)
{
    (void)state;
    static const uint8_t bytes[40] = {1, 2, 3};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct request_form *form = &forms[i];
        struct signer_request request = {.size = 77};
        struct buffer out BUFFER_CLEANUP, again BUFFER_CLEANUP;
        buffer_init(&out, SIGNER_FRAME_MAX);
        buffer_init(&again, SIGNER_FRAME_MAX);
        cbor_put_array(&out, form->members);
        cbor_put_uint(&out, form->form);
        cbor_put_uint(&out, 5);
        cbor_put_bytes(&out, bytes, form->root_size);
        cbor_put_array(&out, form->count);
        for (size_t n = 0; n < form->count; n++)
            cbor_put_bytes(&out, bytes + n % 8, form->hash_size);
        for (size_t n = 0; n < form->extra; n++)
            cbor_put_uint(&out, 0);
        if (signer_request_decode(out.data, out.size, &request) != form->result)
            fail_msg("form %zu", i);
        assert_int_equal(request.size, form->result < 0 ? 77 : 5);
        if (form->result < 0)
            continue;
        assert_int_equal(request.proof.count, form->count);
        assert_int_equal(signer_request_encode(&request, &again), 0);
        assert_int_equal(again.size, out.size);
        assert_memory_equal(again.data, out.data, out.size);
    }
}

static void damaged_requests_are_refused(void **state)
{
    struct scene *scene = *state;
    start(scene);
    struct buffer body BUFFER_CLEANUP;
    buffer_init(&body, 100);
    buffer_append_text(&body, "no request");
    assert_int_equal(ask(scene, SIGNER_SIGN, &body), SIGNER_REFUSED);
    assert_refused(scene, ERR_SYNTAX, "request cannot be read");
    assert_int_equal(ask(scene, 0x1234, &body), SIGNER_REFUSED);
    assert_refused(scene, ERR_UNSUPPORTED, "unknown kind");
    assert_int_equal((int)write(scene->fd, "not a frame at all", 18), 18);
    assert_int_equal(stop(scene), 4);
}

static void no_state_no_signatures(void **state)
{
    struct scene *scene = *state;
    char vkey[NOTE_VKEY_MAX];
    struct error_detail detail = {0};
    assert_int_equal(signer_vkey(scene->key_path, vkey, NULL), 0);
    assert_string_equal(vkey, scene->vkey);
    struct stat status;
    assert_int_equal(stat(scene->key_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(scene->state_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(unlink(scene->state_path), 0);
    start(scene);
    stop_unusable(scene, "/state: No such file or directory");
    /* And nobody makes a second key over the first. */
    assert_int_equal(
        signer_create(scene->key_path, scene->state_path, "log.example", vkey, &detail),
        ERR_CONFLICT);
    assert_int_not_equal(access(scene->state_path, F_OK), 0);
}

/* A core that went away while it was answered is no reason to be killed. */
static void a_core_that_does_not_listen_ends_the_signer(void **state)
{
    struct scene *scene = *state;
    start(scene);
    assert_int_equal(shutdown(scene->fd, SHUT_RD), 0);
    assert_true(frame_write(scene->fd, SIGNER_STATE, NULL, 0) >= 0);
    assert_int_equal(stop(scene), 0);
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* "A signer without its state refuses to start rather than to begin again at nothing": so does one
 * with the state of another key, or with a key that is none. */
static void key_and_state_must_fit(void **state)
{
    struct scene *scene = *state;
    char vkey[NOTE_VKEY_MAX] = "untouched", other_key[160], other_state[160];
    struct error_detail detail = {0};
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 4096);
    snprintf(other_key, sizeof other_key, "%s/other-key", scene->folder);
    snprintf(other_state, sizeof other_state, "%s/other-state", scene->folder);
    assert_int_equal(signer_create(other_key, other_state, "log.example", vkey, NULL), 0);
    assert_int_equal(buffer_load_file(&text, other_state), 0);
    write_text(scene->state_path, buffer_text(&text));
    start(scene);
    stop_unusable(scene, "signer: signer state /");
    write_text(scene->key_path, "no key at all\n");
    start(scene);
    stop_unusable(scene, "signer: log key /");
    snprintf(vkey, sizeof vkey, "untouched");
    assert_int_equal(signer_vkey(scene->key_path, vkey, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, scene->key_path));
    assert_int_equal(unlink(scene->key_path), 0);
    assert_int_equal(signer_vkey(scene->key_path, vkey, NULL), -ENOENT);
    start(scene);
    stop_unusable(scene, "/key: No such file or directory");
    /* The state that is there belongs to somebody: no new key is made beside it. */
    detail.text[0] = '\0';
    assert_int_equal(
        signer_create(scene->key_path, scene->state_path, "log.example", vkey, &detail),
        ERR_CONFLICT);
    assert_non_null(strstr(detail.text, scene->state_path));
    assert_string_equal(vkey, "untouched");
    assert_int_not_equal(access(scene->key_path, F_OK), 0);
    unlink(other_key);
    unlink(other_state);
}

static void a_log_needs_a_name_and_a_folder(void **state)
{
    (void)state;
    char vkey[NOTE_VKEY_MAX] = "untouched";
    struct error_detail detail = {0};
    assert_int_equal(
        signer_create("/nonexistent/key", "/nonexistent/state", "log example", vkey, &detail),
        ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "'log example' cannot be the name of a log"));
    detail.text[0] = '\0';
    assert_int_equal(
        signer_create("/nonexistent/key", "/nonexistent/state", "log.example", vkey, &detail),
        -ENOENT);
    assert_non_null(strstr(detail.text, "/nonexistent/key"));
    assert_string_equal(vkey, "untouched");
}

TEST_MAIN(
    cmocka_unit_test_setup_teardown(proven_extensions_are_signed_and_remembered, setup, teardown),
    cmocka_unit_test_setup_teardown(a_restored_old_backup_cannot_fork_the_log, setup, teardown),
    cmocka_unit_test_setup_teardown(damaged_requests_are_refused, setup, teardown),
    cmocka_unit_test_setup_teardown(no_state_no_signatures, setup, teardown),
    cmocka_unit_test_setup_teardown(a_core_that_does_not_listen_ends_the_signer, setup, teardown),
    cmocka_unit_test_setup_teardown(key_and_state_must_fit, setup, teardown),
    cmocka_unit_test(a_log_needs_a_name_and_a_folder), cmocka_unit_test(requests_have_one_form))
