/* Why a step of OpenSSL did not succeed: because of the bytes, or because of us?
 *
 * Others' bad signatures and certificates must be told from our own lack of memory, or a party
 * would be accused of it. */
#ifndef BAILIWICK_PROTO_CRYPTO_FAILURE_H
#define BAILIWICK_PROTO_CRYPTO_FAILURE_H

/* Forgets what earlier steps said. */
void crypto_begin(void);

/* After a step that did not succeed: ERR_NO_MEMORY when memory was the cause, else 0. */
int crypto_failure(void);

#endif
