#include "proto/crypto/failure.h"

#include "base/error.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

enum { PROBE_SIZE = 64 << 10 /* more than any one step of a verification takes */ };

void crypto_begin(void)
{
    ERR_clear_error();
}

int crypto_failure(void)
{
    int failure = 0;
    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
        if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE)
            failure = ERR_NO_MEMORY;
    }
    /* Not every step of OpenSSL says why it failed; when memory is short this fails as well. */
    void *probe = OPENSSL_malloc(PROBE_SIZE);
    if (probe == NULL)
        failure = ERR_NO_MEMORY;
    OPENSSL_free(probe);
    return failure;
}
