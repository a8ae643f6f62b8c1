/* Any text as what the log publishes: a key, a signed note, a checkpoint, a proof. Nobody can sign
 * for the pinned key, so nothing opens. */
#include "base/buffer.h"
#include "fuzz.h"
#include "tlog/proof.h"

#include <string.h>

static const uint8_t public[SIGN_PUBLIC_SIZE] = {1};

static void read_keys(const char *text)
{
    struct note_key key, again;
    struct note_signer signer;
    char formatted[NOTE_VKEY_MAX];
    if (note_key_parse(text, &key, /* detail= */ NULL) >= 0 &&
        note_key_parse(note_key_format(&key, formatted), &again, /* detail= */ NULL) < 0)
        __builtin_trap();
    if (note_signer_parse(text, &signer, /* detail= */ NULL) >= 0)
        note_signer_wipe(&signer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer text BUFFER_CLEANUP;
    struct note_key key;
    struct tlog_checkpoint checkpoint;
    struct tlog_proof proof;
    const struct digest entry = {{0}};
    buffer_init(&text, 1 << 20);
    buffer_append(&text, data, size);
    if (buffer_error(&text) < 0 || note_key_init(&key, "log.example", public) < 0)
        return 0;
    const char *note = buffer_text(&text);
    read_keys(note);
    (void)tlog_checkpoint_parse(note, size, &checkpoint, /* detail= */ NULL);
    if (tlog_checkpoint_open(&key, note, size, &checkpoint, /* detail= */ NULL) >= 0)
        __builtin_trap();
    if (tlog_proof_parse(note, size, &proof, /* detail= */ NULL) >= 0 &&
        tlog_proof_check(&proof, &key, &entry, /* detail= */ NULL) >= 0)
        __builtin_trap();
    return 0;
}
