/* C2SP signed-note: text, a blank line, and signature lines "— <name> <base64(key id, signature)>".
 *
 * Keys have a name and an algorithm byte (0x01, Ed25519); the key id is the first four bytes of
 * SHA-256(name || LF || algorithm || public key). A public key in text is a vkey,
 * `name+hexid+base64(algorithm || public key)`; a secret one `PRIVATE+KEY+name+hexid+base64(
 * algorithm || seed)`. A note may carry lines of keys that we do not know: they are passed over. */
#ifndef BAILIWICK_TLOG_NOTE_H
#define BAILIWICK_TLOG_NOTE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/sign.h"

#include <stddef.h>
#include <stdint.h>

enum {
    NOTE_NAME_MAX = 128,       /* bytes of a key name; ours are host names with a path */
    NOTE_VKEY_MAX = 256,       /* name, id, 45 base64 characters */
    NOTE_SIZE_MAX = 64 * 1024, /* a checkpoint is about 300 bytes and a line for each witness */
    NOTE_SIGNATURES_MAX = 100, /* tlog-checkpoint asks verifiers for at least 16 */
    NOTE_ALGORITHM_ED25519 = 1,
};

struct note_key {
    char name[NOTE_NAME_MAX + 1];
    uint32_t id;
    uint8_t public[SIGN_PUBLIC_SIZE];
};

struct note_signer {
    struct note_key key;
    struct sign_key secret;
};

/* Non-empty UTF-8 without white space, control characters and '+'. */
bool note_name_valid(const char *name);

/* ERR_SYNTAX when the name is not valid or too long. */
int note_key_init(struct note_key *key, const char *name, const uint8_t public[SIGN_PUBLIC_SIZE]);

char *note_key_format(const struct note_key *key, char text[NOTE_VKEY_MAX]);
/* A final line end is allowed. ERR_SYNTAX, ERR_UNSUPPORTED (another algorithm), ERR_DAMAGED (the id
 * is not that of the key). */
int note_key_parse(const char *text, struct note_key *ret_key, struct error_detail *detail);

int note_signer_new(const char *name, struct note_signer *ret_signer); /* a fresh key */
int note_signer_format(const struct note_signer *signer, struct buffer *out);
int note_signer_parse(const char *text, struct note_signer *ret_signer,
                      struct error_detail *detail);
void note_signer_wipe(struct note_signer *signer);

/* Appends the signed note of a text that ends with a line end. */
int note_sign(const struct note_signer *signer, const char *text, size_t size, struct buffer *out);

/* Verifies the line of `key`; `*ret_text_size` is the length of the signed text at the start of
 * `note`. ERR_SYNTAX, ERR_NOT_FOUND (no line of this key), ERR_DAMAGED (the signature is wrong). */
int note_open(const struct note_key *key, const char *note, size_t size, size_t *ret_text_size,
              struct error_detail *detail);

#endif
