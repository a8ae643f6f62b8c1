/* C2SP signed-note, tlog-checkpoint and tlog-proof. */
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/note.h"
#include "tlog/proof.h"

#include <stdio.h>

static struct memory_log log_;

/* The example key and note of the signed-note documentation of Go's module golang.org/x/mod. */
static const char known_key[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char known_note[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n";

static void the_known_note_opens(void **state)
{
    (void)state;
    struct note_key key;
    char text[NOTE_VKEY_MAX];
    size_t size;
    assert_int_equal(note_key_parse(known_key, &key, NULL), 0);
    assert_string_equal(note_key_format(&key, text), known_key);
    assert_int_equal(note_open(&key, known_note, strlen(known_note), &size, NULL), 0);
    assert_int_equal(size, 99);
}

static void any_changed_byte_of_a_note_is_refused(void **state)
{
    (void)state;
    struct note_key key;
    size_t size;
    assert_int_equal(note_key_parse(known_key, &key, NULL), 0);
    for (size_t i = 0; i < strlen(known_note); i++) {
        char changed[sizeof known_note];
        memcpy(changed, known_note, sizeof changed);
        changed[i] ^= 1;
        assert_true(note_open(&key, changed, strlen(known_note), &size, NULL) < 0);
    }
    for (size_t cut = 0; cut < strlen(known_note); cut++)
        assert_true(note_open(&key, known_note, cut, &size, NULL) < 0);
}

static void damaged_keys_are_refused(void **state)
{
    (void)state;
    struct note_key key;
    static const char *const keys[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20ag+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(note_key_parse(keys[i], &key, NULL) < 0);
}

static void secret_keys_survive_their_text(void **state)
{
    (void)state;
    struct note_signer signer, copy;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    assert_int_equal(note_signer_new("log.example/x", &signer), 0);
    assert_int_equal(note_signer_format(&signer, &text), 0);
    assert_int_equal(note_signer_parse(buffer_text(&text), &copy, NULL), 0);
    assert_memory_equal(copy.secret.seed, signer.secret.seed, SIGN_SEED_SIZE);
    assert_string_equal(copy.key.name, "log.example/x");
    assert_int_equal(note_signer_new("log example", &signer), ERR_SYNTAX);
    assert_int_equal(note_signer_new("log+example", &signer), ERR_SYNTAX);
    assert_int_equal(note_signer_parse(known_key, &copy, NULL), ERR_SYNTAX);
}

static void lines_of_other_keys_are_passed_over(void **state)
{
    (void)state;
    struct note_signer ours, witness, stranger;
    struct buffer note BUFFER_CLEANUP, other BUFFER_CLEANUP;
    buffer_init(&note, 8192);
    buffer_init(&other, 8192);
    assert_int_equal(note_signer_new("log.example", &ours), 0);
    assert_int_equal(note_signer_new("witness.example", &witness), 0);
    assert_int_equal(note_signer_new("stranger.example", &stranger), 0);
    assert_int_equal(note_sign(&ours, "text\n", 5, &note), 0);
    assert_int_equal(note_sign(&witness, "text\n", 5, &other), 0);
    for (int i = 0; i < 16; i++)
        buffer_append(&note, other.data + 6, other.size - 6); /* the line alone */
    buffer_printf(&note, "\xe2\x80\x94 pq.example %0200d\n", 0);
    assert_int_equal(note_sign(&ours, "", 0, &other), ERR_USAGE);
    assert_int_equal(note_sign(&ours, "text", 4, &other), ERR_USAGE);
    size_t size;
    assert_int_equal(note_open(&ours.key, buffer_text(&note), note.size, &size, NULL), 0);
    assert_int_equal(note_open(&witness.key, buffer_text(&note), note.size, &size, NULL), 0);
    assert_int_equal(note_open(&stranger.key, buffer_text(&note), note.size, &size, NULL),
                     ERR_NOT_FOUND);
}

static void too_many_lines_are_refused(void **state)
{
    (void)state;
    struct note_signer signer;
    struct buffer note BUFFER_CLEANUP;
    buffer_init(&note, NOTE_SIZE_MAX);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_int_equal(note_sign(&signer, "text\n", 5, &note), 0);
    for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
        buffer_printf(&note, "\xe2\x80\x94 w%d AAAA\n", i);
    size_t size;
    assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, NULL), ERR_LIMIT);
}

static void checkpoints_are_read_and_refused(void **state)
{
    (void)state;
    static const char good[] = "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    struct tlog_checkpoint checkpoint;
    assert_int_equal(tlog_checkpoint_parse(good, strlen(good), &checkpoint, NULL), 0);
    assert_int_equal(checkpoint.size, 16);
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 400);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &text), 0);
    assert_string_equal(buffer_text(&text), good);
    static const char *const bad[] = {
        "",
        "log.example\n",
        "log.example\n016\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlog_checkpoint_parse(bad[i], strlen(bad[i]), &checkpoint, NULL),
                         ERR_SYNTAX);
}

static void a_displaced_store_says_demo_in_its_origin(void **state)
{
    (void)state;
    char origin[NOTE_NAME_MAX + 1];
    assert_int_equal(tlog_origin("log.example", /* demo= */ false, origin), 0);
    assert_string_equal(origin, "log.example");
    assert_int_equal(tlog_origin("log.example", /* demo= */ true, origin), 0);
    assert_string_equal(origin, "demo.log.example");
    assert_int_equal(tlog_origin("demo.log.example", /* demo= */ true, origin), 0);
    assert_string_equal(origin, "demo.log.example");
    assert_int_equal(tlog_origin("log example", /* demo= */ false, origin), ERR_SYNTAX);
}

/* A signed checkpoint of log_ and a proof of one entry. */
static void make_proof(const struct note_signer *signer, uint64_t index, struct buffer *note,
                       struct buffer *text)
{
    struct tlog_source source = memory_source(&log_);
    struct tlog_checkpoint checkpoint = {.size = log_.frontier.size,
                                         .root = tlog_frontier_root(&log_.frontier)};
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", signer->key.name);
    struct buffer unsigned_text BUFFER_CLEANUP;
    buffer_init(&unsigned_text, 1024);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &unsigned_text), 0);
    assert_int_equal(note_sign(signer, buffer_text(&unsigned_text), unsigned_text.size, note), 0);
    struct tlog_proof proof = {
        .index = index, .checkpoint = buffer_text(note), .checkpoint_size = note->size};
    assert_int_equal(tlog_prove_inclusion(&source, index, log_.frontier.size, &proof.hashes), 0);
    assert_int_equal(tlog_proof_format(&proof, text), 0);
}

static void a_proof_file_verifies_and_no_changed_one_does(void **state)
{
    (void)state;
    struct note_signer signer, other;
    struct buffer note BUFFER_CLEANUP, text BUFFER_CLEANUP;
    buffer_init(&note, 4096);
    buffer_init(&text, 8192);
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 21);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_int_equal(note_signer_new("log.example", &other), 0);
    make_proof(&signer, 7, &note, &text);
    struct tlog_proof proof;
    struct digest entry = memory_entry(7), another = memory_entry(8);
    assert_int_equal(tlog_proof_parse(buffer_text(&text), text.size, &proof, NULL), 0);
    assert_int_equal(tlog_proof_check(&proof, &signer.key, &entry, NULL), 0);
    assert_int_equal(tlog_proof_check(&proof, &signer.key, &another, NULL), ERR_DAMAGED);
    assert_true(tlog_proof_check(&proof, &other.key, &entry, NULL) < 0);
    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        int result = tlog_proof_parse(buffer_text(&text), text.size, &proof, NULL);
        if (result >= 0)
            result = tlog_proof_check(&proof, &signer.key, &entry, NULL);
        assert_true(result < 0);
        text.data[i] ^= 1;
    }
    for (size_t cut = 0; cut < text.size; cut++) {
        int result = tlog_proof_parse(buffer_text(&text), cut, &proof, NULL);
        if (result >= 0)
            result = tlog_proof_check(&proof, &signer.key, &entry, NULL);
        assert_true(result < 0);
    }
}

static void malformed_proofs_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex \n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex x\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nx\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\n",
    };
    struct tlog_proof proof;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlog_proof_parse(bad[i], strlen(bad[i]), &proof, NULL), ERR_SYNTAX);
    static const char extra[] = "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 10\n\nnote\n";
    assert_int_equal(tlog_proof_parse(extra, strlen(extra), &proof, NULL), 0);
    assert_int_equal(proof.index, 10);
    assert_int_equal(proof.hashes.count, 0);
    assert_int_equal(proof.checkpoint_size, 5);
    /* One hash more than any tree can need. */
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 8192);
    buffer_append_text(&text, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (int i = 0; i <= TLOG_PROOF_MAX; i++)
        buffer_append_text(&text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    buffer_append_text(&text, "\nnote\n");
    assert_int_equal(tlog_proof_parse(buffer_text(&text), text.size, &proof, NULL), ERR_LIMIT);
}

TEST_MAIN(cmocka_unit_test(the_known_note_opens),
          cmocka_unit_test(any_changed_byte_of_a_note_is_refused),
          cmocka_unit_test(damaged_keys_are_refused),
          cmocka_unit_test(secret_keys_survive_their_text),
          cmocka_unit_test(lines_of_other_keys_are_passed_over),
          cmocka_unit_test(too_many_lines_are_refused),
          cmocka_unit_test(checkpoints_are_read_and_refused),
          cmocka_unit_test(malformed_proofs_are_refused),
          cmocka_unit_test(a_displaced_store_says_demo_in_its_origin),
          cmocka_unit_test(a_proof_file_verifies_and_no_changed_one_does))
