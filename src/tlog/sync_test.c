/* S1 of signer.h: the new state is durable before anybody hears of a signature. fsync() is our own
 * here (--wrap): it counts, and fails when it is told to. So is write(): to files it writes a few
 * bytes at a time and is interrupted, as POSIX allows. */
#include "base/frame.h"
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static struct writes {
    bool fails;
    int interruptions; /* made so far */
} write_;

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return __real_write(fd, data, size);
    if (write_.fails || write_.interruptions++ % 2 == 0) {
        errno = write_.fails ? ENOSPC : EINTR;
        return -1;
    }
    return __real_write(fd, data, size < 7 ? size : 7);
}

struct place {
    char folder[64], key[96], state[96], vkey[NOTE_VKEY_MAX];
};

static void make_place(struct place *place)
{
    sync_ = (struct syncs){0};
    write_ = (struct writes){0};
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

/* Half of one would be in the way of the next attempt. */
static void nothing_is_left(const struct place *place)
{
    assert_int_equal(access(place->key, F_OK), -1);
    assert_int_equal(access(place->state, F_OK), -1);
    remove_place(place);
}

static void a_key_that_cannot_be_synced_is_no_key(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    sync_.files_fail = true;
    assert_int_equal(create(&place), -EIO);
    nothing_is_left(&place);
    make_place(&place);
    sync_.folders_fail = true;
    assert_int_equal(create(&place), -EIO);
    nothing_is_left(&place);
    make_place(&place);
    write_.fails = true;
    assert_int_equal(create(&place), -ENOSPC);
    nothing_is_left(&place);
}

/* A program may be started with its standard input closed: then 0 is a descriptor like any other.
 */
static void descriptor_0_is_a_descriptor(void **state)
{
    (void)state;
    struct place place;
    struct stat status;
    make_place(&place);
    int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    close(STDIN_FILENO);
    int result = create(&place);
    bool left_open = fstat(STDIN_FILENO, &status) == 0;
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(result, 0);
    assert_false(left_open);
    remove_place(&place);
}

/* A path that has no room for its ".new" is refused before anything is made. */
static void a_path_that_is_too_long_is_no_place_for_a_key(void **state)
{
    (void)state;
    char vkey[NOTE_VKEY_MAX], path[5000];
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(signer_create(path, path, "log.example", vkey, NULL), -ENAMETOOLONG);
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

/* Asks for the first `size` entries and returns the kind of the answer, which is in `reply`. */
static uint32_t ask(int fd, uint64_t size, struct buffer *reply)
{
    struct tlog_source source = memory_source(&log_);
    struct signer_request request = {.size = size};
    struct buffer body BUFFER_CLEANUP;
    uint32_t kind;
    buffer_init(&body, SIGNER_FRAME_MAX);
    assert_int_equal(tlog_root(&source, size, &request.root), 0);
    assert_int_equal(tlog_prove_consistency(&source, 0, size, &request.proof), 0);
    assert_int_equal(signer_request_encode(&request, &body), 0);
    assert_true(frame_write(fd, SIGNER_SIGN, body.data, body.size) >= 0);
    return frame_read(fd, &kind, reply) < 0 ? 0 : kind;
}

/* What goes wrong once the signer has begun. */
struct trouble {
    bool files_fail, folders_fail, writes_fail;
    bool in_the_way; /* a folder of the state's name: rename() fails */
};

static void begin_trouble(const struct place *place, const struct trouble *trouble)
{
    sync_ =
        (struct syncs){.files_fail = trouble->files_fail, .folders_fail = trouble->folders_fail};
    write_.fails = trouble->writes_fail;
    if (!trouble->in_the_way)
        return;
    assert_int_equal(unlink(place->state), 0);
    assert_int_equal(mkdir(place->state, 0700), 0);
}

/* The size of the checkpoint in the state file. */
static uint64_t kept_size(const struct place *place)
{
    struct buffer note BUFFER_CLEANUP;
    struct note_key key;
    struct tlog_checkpoint checkpoint;
    buffer_init(&note, 4096);
    assert_int_equal(note_key_parse(place->vkey, &key, NULL), 0);
    assert_int_equal(buffer_load_file(&note, place->state), 0);
    assert_int_equal(tlog_checkpoint_open(&key, buffer_text(&note), note.size, &checkpoint, NULL),
                     0);
    return checkpoint.size;
}

static void sign_while(const struct trouble *trouble, const char *says)
{
    struct place place;
    int pair[2];
    pthread_t thread;
    struct buffer reply BUFFER_CLEANUP;
    uint32_t kind;
    make_place(&place);
    buffer_init(&reply, SIGNER_FRAME_MAX);
    assert_int_equal(create(&place), 0);
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 20);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct running running = {&place, pair[1]};
    assert_int_equal(pthread_create(&thread, NULL, run, &running), 0);
    assert_true(frame_write(pair[0], SIGNER_KEY, NULL, 0) >= 0);
    assert_true(frame_read(pair[0], &kind, &reply) >= 0); /* now it has read its files */
    begin_trouble(&place, trouble);
    kind = ask(pair[0], 20, &reply);
    assert_int_equal(kind, says ? SIGNER_REFUSED : SIGNER_NOTE);
    assert_non_null(strstr(buffer_text(&reply), says ? says : "\n20\n"));
    shutdown(pair[0], SHUT_RDWR);
    pthread_join(thread, NULL);
    close(pair[0]);
    close(pair[1]);
    assert_int_equal(sync_.files, !trouble->writes_fail);
    assert_int_equal(sync_.folders, !says || trouble->folders_fail);
    if (trouble->in_the_way)
        assert_int_equal(rmdir(place.state), 0);
    else if (!trouble->folders_fail)
        assert_int_equal(kept_size(&place), says ? 0 : 20);
    remove_place(&place);
}

static void s1_a_signature_is_synced_before_it_is_told(void **state)
{
    (void)state;
    sign_while(&(struct trouble){.files_fail = false}, NULL);
}

static void s1_what_cannot_be_kept_is_not_signed(void **state)
{
    (void)state;
    sign_while(&(struct trouble){.files_fail = true}, "Input/output error");
    sign_while(&(struct trouble){.folders_fail = true}, "Input/output error");
    sign_while(&(struct trouble){.writes_fail = true}, "No space left");
    sign_while(&(struct trouble){.in_the_way = true}, "Is a directory");
}

TEST_MAIN(cmocka_unit_test(a_new_key_is_synced_with_its_folder),
          cmocka_unit_test(a_key_that_cannot_be_synced_is_no_key),
          cmocka_unit_test(descriptor_0_is_a_descriptor),
          cmocka_unit_test(a_path_that_is_too_long_is_no_place_for_a_key),
          cmocka_unit_test(s1_a_signature_is_synced_before_it_is_told),
          cmocka_unit_test(s1_what_cannot_be_kept_is_not_signed))
