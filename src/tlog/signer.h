/* The signer process: holds the log's secret key and the last checkpoint that it signed, and signs
 * only what is proved to extend it. So a restored old backup, or a core gone wrong, cannot fork the
 * log: it would need a second history of the same size, or a shorter one.
 *
 * Two files, both made by signer_create() and readable by the signer alone:
 *  - the key: `PRIVATE+KEY+name+hexid+base64` (note.h), mode 0600;
 *  - the state: the last checkpoint as a signed note; at first that of the empty tree.
 * A signer without its state refuses to start rather than to begin again at nothing.
 *
 * Invariants:
 *  S1. what is answered was first made durable in the state file (fsync, rename, fsync);
 *  S2. sizes never fall; one size has one root;
 *  S3. a larger tree is signed only with a consistency proof (RFC 9162 2.1.4) from the last one.
 *
 * The same size and root again gets the same bytes again, so a core that died over the answer asks
 * once more. */
#ifndef BAILIWICK_TLOG_SIGNER_H
#define BAILIWICK_TLOG_SIGNER_H

#include "base/buffer.h"
#include "base/error.h"
#include "tlog/checkpoint.h"

#include <stdint.h>

/* Kinds of frames (base/frame.h). */
enum signer_frame {
    SIGNER_STATE = 0x5101,   /* empty; answered by SIGNER_NOTE with the last checkpoint */
    SIGNER_SIGN = 0x5102,    /* signer_request_encode(); answered by SIGNER_NOTE or _REFUSED */
    SIGNER_KEY = 0x5103,     /* empty; answered by SIGNER_VKEY */
    SIGNER_NOTE = 0x5181,    /* a signed checkpoint */
    SIGNER_VKEY = 0x5182,    /* the public key as vkey text, no line end */
    SIGNER_REFUSED = 0x51ff, /* "<error code> <words>" */
};

enum { SIGNER_FRAME_MAX = 8 * 1024 }; /* a proof has at most 64 hashes */

struct signer_request {
    uint64_t size;
    struct digest root;
    struct tlog_hashes proof; /* consistency from the signer's last size to `size` */
};

int signer_request_encode(const struct signer_request *request, struct buffer *out);
int signer_request_decode(const void *data, size_t size, struct signer_request *ret_request);

/* Makes key and state. ERR_CONFLICT when one of the files is there already: a log has one key. */
int signer_create(const char *key_path, const char *state_path, const char *origin,
                  char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail);

/* The vkey of a key file, for the operator. */
int signer_vkey(const char *key_path, char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail);

/* Serves requests on `fd` until the other side closes. Returns the exit code: 0, or 4 when key or
 * state cannot be used (said on standard error) or a frame is damaged. */
int signer_main(int fd, const char *key_path, const char *state_path);

#endif
