/* One form for texts that people would call the same: Unicode NFKC, case folded (Unicode UAX 15 and
 * chapter 3.13; GLib does the work), so that full-width letters, ligatures and capitals make no
 * difference. For comparing only, never for showing. */
#ifndef BAILIWICK_PROTO_TEXT_FOLD_H
#define BAILIWICK_PROTO_TEXT_FOLD_H

#include "base/arena.h"

#include <stddef.h>

enum { FOLD_BYTES_MAX = 256 << 10 }; /* what follows is not looked at */

/* *ret_text lives in the arena. Bytes that are no UTF-8 end the text; lines that quote another
 * ("> ...", RFC 3676 4.5) are left out. ERR_LIMIT when the arena is full. */
int text_fold(const char *text, size_t size, struct arena *arena, const char **ret_text);

#endif
