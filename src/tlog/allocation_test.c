/* No memory that is given back holds the log's secret key. And every allocation fails in turn: each
 * function of the room fails cleanly, leaves its outputs alone and leaks nothing, and succeeds once
 * no allocation fails. Jansson is given the same allocator. */
#include "base/json.h"
#include "memory/sweep.h"
#include "testing.h"
#include "tlog/bundle.h"
#include "tlog/memory_log.h"
#include "tlog/proof.h"
#include "tlog/sequence.h"
#include "tlog/signer.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Blocks given back that still held the start of a secret key's text. */
static size_t secrets_given_back;

void __real_free(void *block);
void __wrap_free(void *block);

void __wrap_free(void *block)
{
    static const char start[] = "PRIVATE+KEY+";
    if (block && memmem(block, malloc_usable_size(block), start, sizeof start - 1))
        secrets_given_back++;
    __real_free(block);
}

/* Secret keys wiped. */
static size_t wipes;

void __real_sign_key_wipe(struct sign_key *key);
void __wrap_sign_key_wipe(struct sign_key *key);

void __wrap_sign_key_wipe(struct sign_key *key)
{
    wipes++;
    __real_sign_key_wipe(key);
}

static struct memory_log log_;
static struct note_signer signer;
static char note[1024], bundle_text[16384];
static size_t note_size, bundle_size;

enum { OPENINGS_MAX = 9 }; /* Jansson makes room for 8 */

static const char event[] = "{\"number\":1,\"type\":\"published\"}";
static const char record[] = "{\"notice\":\"N-1\",\"list\":[1,2,{\"a\":\"b\"}]}";

/* --- what is swept: each returns what the function returned --- */

static int sweep_commit(const void *from)
{
    (void)from;
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, TLOG_EVENT_MAX);
    struct tlog_opening opening = {.json = "untouched"};
    json_t *event_json JSON_CLEANUP = NULL;
    int result = json_parse(record, strlen(record), &event_json, NULL);
    if (result >= 0)
        result = tlog_commit(event_json, &canonical, &opening, NULL);
    assert_true(result >= 0 || strcmp(opening.json, "untouched") == 0);
    return result;
}

static int sweep_note(const void *from)
{
    (void)from;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 4096);
    return note_sign(&signer, "text\n", 5, &out);
}

static int sweep_proof(const void *from)
{
    (void)from;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 8192);
    struct tlog_source source = memory_source(&log_);
    struct tlog_proof proof = {.index = 7, .checkpoint = note, .checkpoint_size = note_size};
    int result = tlog_prove_inclusion(&source, 7, log_.frontier.size, &proof.hashes);
    return result < 0 ? result : tlog_proof_format(&proof, &out);
}

static int sweep_sequence(const void *from)
{
    (void)from;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct digest waiting = memory_entry(1), *entries = NULL;
    size_t count = 99;
    int result = tlog_sequence(&waiting, 1, &arena, &entries, &count);
    assert_true(result >= 0 || (!entries && count == 99));
    return result;
}

static int sweep_request(const void *from)
{
    (void)from;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, SIGNER_FRAME_MAX);
    const struct signer_request request = {.size = 3, .proof.count = 5};
    return signer_request_encode(&request, &out);
}

/* The same opening `count` times. */
static int write_bundle(size_t count, struct buffer *out)
{
    struct tlog_source source = memory_source(&log_);
    struct bundle_opening openings[OPENINGS_MAX] = {{.index = 7}};
    struct bundle_opening *proved = &openings[0];
    proved->opening = (struct tlog_opening){.json = event, .json_size = strlen(event)};
    proved->opening.entry = digest_hmac(proved->opening.key.bytes, event, strlen(event));
    int result = tlog_prove_inclusion(&source, 7, log_.frontier.size, &proved->proof);
    for (size_t i = 1; i < count; i++)
        openings[i] = *proved;
    const struct bundle bundle = {.openings = openings,
                                  .opening_count = count,
                                  .checkpoint = note,
                                  .checkpoint_size = note_size};
    return result < 0 ? result : tlog_bundle_write(&bundle, out, NULL);
}

static int sweep_bundle_write(const void *from)
{
    (void)from;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1 << 20);
    int result = write_bundle(1, &out);
    assert_true(result < 0 || out.size == bundle_size);
    return result;
}

/* So many that the list of them has to grow: none is missing in what was written. */
static int sweep_long_bundle_write(const void *from)
{
    (void)from;
    struct buffer out BUFFER_CLEANUP;
    struct bundle_report report = {.openings = 99};
    buffer_init(&out, 1 << 20);
    int result = write_bundle(OPENINGS_MAX, &out);
    if (result >= 0)
        result = tlog_bundle_check(buffer_text(&out), out.size, &signer.key, &report, NULL);
    assert_true(result < 0 || report.openings == OPENINGS_MAX);
    return result;
}

static int sweep_bundle_check(const void *from)
{
    (void)from;
    struct bundle_report report = {.openings = 99};
    int result = tlog_bundle_check(bundle_text, bundle_size, &signer.key, &report, NULL);
    assert_true(result >= 0 ? report.openings == 1 : report.openings == 99);
    return result;
}

static int sweep_record(const void *from)
{
    (void)from;
    struct digest digest = memory_entry(5), untouched = digest;
    int result = tlog_record_digest(record, strlen(record), &digest, NULL);
    assert_true(result >= 0 || digest_equal(&digest, &untouched));
    return result;
}

/* A log of 40 entries whose number 7 is the event of write_bundle(), and its checkpoint. */
static int setup(void **state)
{
    (void)state;
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 7);
    static const uint8_t key[DIGEST_SIZE];
    struct digest entry = digest_hmac(key, event, strlen(event));
    memory_append(&log_, &entry);
    memory_grow(&log_, 40);
    struct tlog_checkpoint checkpoint = {
        .origin = "log.example", .size = 40, .root = tlog_frontier_root(&log_.frontier)};
    struct buffer text BUFFER_CLEANUP, out BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    buffer_init(&out, sizeof bundle_text);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &text), 0);
    assert_int_equal(note_sign(&signer, buffer_text(&text), text.size, &out), 0);
    note_size = out.size;
    memcpy(note, out.data, out.size);
    buffer_clear(&out);
    assert_int_equal(write_bundle(1, &out), 0);
    bundle_size = out.size;
    memcpy(bundle_text, out.data, out.size);
    return 0;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        sweep_run *run;
    } sweeps[] = {
        {"commit", sweep_commit},
        {"note", sweep_note},
        {"proof", sweep_proof},
        {"sequence", sweep_sequence},
        {"request", sweep_request},
        {"bundle write", sweep_bundle_write},
        {"long bundle write", sweep_long_bundle_write},
        {"bundle check", sweep_bundle_check},
        {"record", sweep_record},
    };
    for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++)
        sweep_loosely(sweeps[i].name, sweeps[i].run, NULL);
}

/* The text of the key is made, written and read; what is forgotten is wiped first. */
static void no_memory_with_the_secret_key_is_given_back(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-secret-XXXXXX", key[64], log_state[64], vkey[NOTE_VKEY_MAX];
    assert_non_null(mkdtemp(folder));
    snprintf(key, sizeof key, "%s/key", folder);
    snprintf(log_state, sizeof log_state, "%s/state", folder);
    secrets_given_back = 0;
    assert_int_equal(signer_create(key, log_state, "log.example", vkey, NULL), 0);
    assert_int_equal(signer_vkey(key, vkey, NULL), 0);
    assert_int_equal(signer_vkey(log_state, vkey, NULL), ERR_SYNTAX);
    assert_int_equal(secrets_given_back, 0);
    struct buffer text BUFFER_CLEANUP; /* the test can see one */
    buffer_init(&text, 1024);
    assert_int_equal(buffer_load_file(&text, key), 0);
    buffer_done(&text);
    assert_int_equal(secrets_given_back, 1);
    unlink(key);
    unlink(log_state);
    assert_int_equal(rmdir(folder), 0);
}

static void expect_wipes(size_t count)
{
    assert_int_equal(wipes, count);
    wipes = 0;
}

/* Whoever copies a key for a moment wipes the copy, whether it was any good or not. */
static void every_copy_of_a_secret_key_is_wiped(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-wiped-XXXXXX", key[64], log_state[64], vkey[NOTE_VKEY_MAX];
    struct note_signer made, read;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    wipes = 0;
    assert_int_equal(note_signer_new("log.example", &made), 0);
    expect_wipes(1);
    assert_int_equal(note_signer_new("log example", &read), ERR_SYNTAX);
    expect_wipes(1);
    assert_int_equal(note_signer_format(&made, &text), 0);
    assert_int_equal(note_signer_parse(buffer_text(&text), &read, NULL), 0);
    expect_wipes(1);
    text.data[strlen("PRIVATE+KEY+log.example+")] ^= 1; /* a digit of the id */
    assert_true(note_signer_parse(buffer_text(&text), &read, NULL) < 0);
    wipes = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(key, sizeof key, "%s/key", folder);
    snprintf(log_state, sizeof log_state, "%s/state", folder);
    assert_int_equal(signer_create(key, log_state, "log.example", vkey, NULL), 0);
    expect_wipes(2); /* its own, and that of note_signer_new() */
    assert_int_equal(signer_create(key, log_state, "log.example", vkey, NULL), ERR_CONFLICT);
    expect_wipes(2);
    assert_int_equal(signer_vkey(key, vkey, NULL), 0);
    expect_wipes(2);
    assert_int_equal(signer_main(-1, key, "/nonexistent/state"), 4);
    expect_wipes(2);
    unlink(key);
    unlink(log_state);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_allocation_may_fail, setup),
        cmocka_unit_test(no_memory_with_the_secret_key_is_given_back),
        cmocka_unit_test(every_copy_of_a_secret_key_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
