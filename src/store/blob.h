/* Large files beside the store, named by their SHA-256: `<folder>/ab/ab34...`.
 *
 * A file is written, synced, renamed and its folder synced before blob_put() returns, so that the
 * transaction that names it may follow. A file never changes; writing it again does nothing. */
#ifndef BAILIWICK_STORE_BLOB_H
#define BAILIWICK_STORE_BLOB_H

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"

int blob_put(const char *folder, const void *data, size_t size, struct digest *ret_sha256,
             struct error_detail *detail);
/* Reads and checks. ERR_NOT_FOUND, ERR_DAMAGED, ERR_LIMIT (that of `out`). */
int blob_get(const char *folder, const struct digest *sha256, struct buffer *out,
             struct error_detail *detail);
/* For erasure and retention; 0 also when it is not there. */
int blob_remove(const char *folder, const struct digest *sha256, struct error_detail *detail);

#endif
