/* C2SP tlog-proof: files that prove one entry. */
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/proof.h"

#include <stdio.h>
#include <string.h>

static struct memory_log log_;

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
    struct error_detail detail = {0};
    assert_int_equal(tlog_proof_check(&proof, &signer.key, &entry, &detail), 0);
    assert_string_equal(detail.text, ""); /* nothing to complain of */
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
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nx\n", /* an empty "extra" */
        "c2sp.org/tlog-proof@v1\n\nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindey 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 000000000000000000000000000000001\n\nx\n",
        "c2sp.org/tlog-proof@v1",
        "",
    };
    struct tlog_proof proof;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlog_proof_parse(bad[i], strlen(bad[i]), &proof, NULL), ERR_SYNTAX);
    struct error_detail detail = {0};
    assert_int_equal(tlog_proof_parse(bad[1], strlen(bad[1]), &proof, &detail), ERR_SYNTAX);
    assert_string_equal(detail.text, "tlog-proof: no index line");
    static const char extra[] = "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 10\n\nnote\n";
    assert_int_equal(tlog_proof_parse(extra, strlen(extra), &proof, NULL), 0);
    assert_int_equal(proof.index, 10);
    assert_int_equal(proof.hashes.count, 0);
    assert_int_equal(proof.checkpoint_size, 5);
    static const char least[] = "c2sp.org/tlog-proof@v1\nextra x\nindex 0\n\nn";
    assert_int_equal(tlog_proof_parse(least, strlen(least), &proof, NULL), 0);
    assert_int_equal(proof.index, 0);
    assert_memory_equal(proof.checkpoint, "n", 1);
    assert_int_equal(proof.checkpoint_size, 1);
    /* One hash more than any tree can need. */
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 8192);
    buffer_append_text(&text, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (int i = 0; i <= TLOG_PROOF_MAX; i++)
        buffer_append_text(&text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    buffer_append_text(&text, "\nnote\n");
    assert_int_equal(tlog_proof_parse(buffer_text(&text), text.size, &proof, NULL), ERR_LIMIT);
}

TEST_MAIN(cmocka_unit_test(malformed_proofs_are_refused),
          cmocka_unit_test(a_proof_file_verifies_and_no_changed_one_does))
