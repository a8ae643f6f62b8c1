#include "tlog/proof.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static const char first_line[] = "c2sp.org/tlog-proof@v1\n";

enum { PROOF_EXTRA_MAX = 64 * 1024 }; /* an "extra" line is passed over, but not without end */

int tlog_proof_format(const struct tlog_proof *proof, struct buffer *out)
{
    buffer_printf(out, "%sindex %" PRIu64 "\n", first_line, proof->index);
    for (size_t i = 0; i < proof->hashes.count; i++) {
        char hash[DIGEST_BASE64];
        base64_format(proof->hashes.hashes[i].bytes, DIGEST_SIZE, hash, sizeof hash);
        buffer_printf(out, "%s\n", hash);
    }
    buffer_append_byte(out, '\n');
    return buffer_append(out, proof->checkpoint, proof->checkpoint_size);
}

/* Length of the line at `at` without its end, ERR_SYNTAX when it is cut. */
static int64_t line_length(const char *at, const char *end)
{
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    return line_end ? line_end - at : ERR_SYNTAX;
}

/* "index <n>", `length` bytes; ERR_SYNTAX too when the length is a failure. */
static int parse_index(const char *at, int64_t length, uint64_t *ret_index)
{
    static const char start[] = "index ";
    char number[24] = "";
    int64_t skip = (int64_t)strlen(start), value;
    if (length <= skip || length - skip >= (int64_t)sizeof number ||
        memcmp(at, start, (size_t)skip) != 0)
        return ERR_SYNTAX;
    memcpy(number, at + skip, (size_t)(length - skip));
    if ((number[0] == '0' && number[1]) ||
        text_parse_int(number, 0, (int64_t)TLOG_SIZE_MAX, &value) < 0)
        return ERR_SYNTAX;
    *ret_index = (uint64_t)value;
    return 0;
}

static int parse_hash(const char *at, int64_t length, struct digest *ret_hash)
{
    char base64[DIGEST_BASE64] = "";
    size_t size;
    if (length != DIGEST_BASE64 - 1)
        return ERR_SYNTAX;
    memcpy(base64, at, (size_t)length);
    if (base64_parse(base64, ret_hash->bytes, DIGEST_SIZE, &size) < 0 || size != DIGEST_SIZE)
        return ERR_SYNTAX;
    return 0;
}

int tlog_proof_parse(const char *text, size_t size, struct tlog_proof *ret_proof,
                     struct error_detail *detail)
{
    const char *at = text, *end = text + size;
    if (size < strlen(first_line) || memcmp(text, first_line, strlen(first_line)) != 0)
        return error_set(detail, ERR_SYNTAX, "not a tlog-proof of version 1");
    at += strlen(first_line);
    int64_t length = line_length(at, end);
    if (length > 6 && length < PROOF_EXTRA_MAX && memcmp(at, "extra ", 6) == 0) {
        at += length + 1;
        length = line_length(at, end);
    }
    struct tlog_proof proof = {0};
    if (parse_index(at, length, &proof.index) < 0)
        return error_set(detail, ERR_SYNTAX, "tlog-proof: no index line");
    at += length + 1;
    while ((length = line_length(at, end)) > 0) {
        if (proof.hashes.count >= TLOG_PROOF_MAX)
            return error_set(detail, ERR_LIMIT, "tlog-proof: more than %d hashes", TLOG_PROOF_MAX);
        if (parse_hash(at, length, &proof.hashes.hashes[proof.hashes.count++]) < 0)
            return error_set(detail, ERR_SYNTAX, "tlog-proof: hash %zu is no SHA-256 in base64",
                             proof.hashes.count);
        at += length + 1;
    }
    if (length < 0 || end - at < 2)
        return error_set(detail, ERR_SYNTAX, "tlog-proof: no checkpoint");
    proof.checkpoint = at + 1;
    proof.checkpoint_size = (size_t)(end - at) - 1;
    *ret_proof = proof;
    return 0;
}

int tlog_proof_check(const struct tlog_proof *proof, const struct note_key *key,
                     const struct digest *entry, struct error_detail *detail)
{
    struct tlog_checkpoint checkpoint;
    int result =
        tlog_checkpoint_open(key, proof->checkpoint, proof->checkpoint_size, &checkpoint, detail);
    if (result < 0)
        return result;
    struct digest leaf = tlog_leaf_hash(entry->bytes, DIGEST_SIZE);
    result = tlog_check_inclusion(&leaf, proof->index, checkpoint.size, &proof->hashes,
                                  &checkpoint.root);
    if (result < 0)
        return error_set(detail, result, "entry is not shown to be number %" PRIu64 " of %s",
                         proof->index, checkpoint.origin);
    return 0;
}
