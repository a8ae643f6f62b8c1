/* S1 of signer.h: the new state is durable before anybody hears of a signature. fsync() is our own
 * here (--wrap): it counts, and fails when it is told to. */
#include "base/frame.h"
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct syncs {
    int files, folders;
    bool files_fail, folders_fail;
} sync_;

int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -1;
    bool folder = S_ISDIR(status.st_mode);
    *(folder ? &sync_.folders : &sync_.files) += 1;
    if (folder ? !sync_.folders_fail : !sync_.files_fail)
        return 0;
    errno = EIO;
    return -1;
}

struct place {
    char folder[64], key[96], state[96], vkey[NOTE_VKEY_MAX];
};

static void make_place(struct place *place)
{
    sync_ = (struct syncs){0};
    snprintf(place->folder, sizeof place->folder, "/tmp/bailiwick-sync-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->key, sizeof place->key, "%s/key", place->folder);
    snprintf(place->state, sizeof place->state, "%s/state", place->folder);
}

static void remove_place(const struct place *place)
{
    char path[128];
    unlink(place->key);
    unlink(place->state);
    snprintf(path, sizeof path, "%s.new", place->state);
    unlink(path);
    assert_int_equal(rmdir(place->folder), 0);
}

static int create(struct place *place)
{
    return signer_create(place->key, place->state, "log.example", place->vkey, NULL);
}

static void a_new_key_is_synced_with_its_folder(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    assert_int_equal(create(&place), 0);
    assert_int_equal(sync_.files, 2); /* key and state */
    assert_true(sync_.folders >= 1);
    remove_place(&place);
}

static void a_key_that_cannot_be_synced_is_no_key(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    sync_.files_fail = true;
    assert_int_equal(create(&place), -EIO);
    remove_place(&place);
    make_place(&place);
    sync_.folders_fail = true;
    assert_int_equal(create(&place), -EIO);
    remove_place(&place);
}

struct running {
    const struct place *place;
    int fd;
};

static void *run(void *argument)
{
    struct running *running = argument;
    signer_main(running->fd, running->place->key, running->place->state);
    return NULL;
}

static struct memory_log log_;

/* Asks for the first `size` entries and returns the kind of the answer. */
static uint32_t ask(int fd, uint64_t size)
{
    struct tlog_source source = memory_source(&log_);
    struct signer_request request = {.size = size};
    struct buffer body BUFFER_CLEANUP, reply BUFFER_CLEANUP;
    uint32_t kind;
    buffer_init(&body, SIGNER_FRAME_MAX);
    buffer_init(&reply, SIGNER_FRAME_MAX);
    assert_int_equal(tlog_root(&source, size, &request.root), 0);
    assert_int_equal(tlog_prove_consistency(&source, 0, size, &request.proof), 0);
    assert_int_equal(signer_request_encode(&request, &body), 0);
    assert_true(frame_write(fd, SIGNER_SIGN, body.data, body.size) >= 0);
    return frame_read(fd, &kind, &reply) < 0 ? 0 : kind;
}

static void sign_while(bool files_fail, bool folders_fail, bool signs)
{
    struct place place;
    int pair[2];
    pthread_t thread;
    make_place(&place);
    assert_int_equal(create(&place), 0);
    sync_ = (struct syncs){.files_fail = files_fail, .folders_fail = folders_fail};
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 20);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct running running = {&place, pair[1]};
    assert_int_equal(pthread_create(&thread, NULL, run, &running), 0);
    uint32_t kind = ask(pair[0], 20);
    shutdown(pair[0], SHUT_RDWR);
    pthread_join(thread, NULL);
    close(pair[0]);
    close(pair[1]);
    assert_true((kind == SIGNER_NOTE) == signs);
    assert_true(sync_.files == 1);
    assert_true(files_fail || sync_.folders == 1);
    remove_place(&place);
}

static void s1_a_signature_is_synced_before_it_is_told(void **state)
{
    (void)state;
    sign_while(/* files_fail= */ false, /* folders_fail= */ false, /* signs= */ true);
}

static void s1_what_cannot_be_kept_is_not_signed(void **state)
{
    (void)state;
    sign_while(/* files_fail= */ true, /* folders_fail= */ false, /* signs= */ false);
    sign_while(/* files_fail= */ false, /* folders_fail= */ true, /* signs= */ false);
}

TEST_MAIN(cmocka_unit_test(a_new_key_is_synced_with_its_folder),
          cmocka_unit_test(a_key_that_cannot_be_synced_is_no_key),
          cmocka_unit_test(s1_a_signature_is_synced_before_it_is_told),
          cmocka_unit_test(s1_what_cannot_be_kept_is_not_signed))
