#include "base/password.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_SALT_SIZE == crypto_pwhash_argon2id_SALTBYTES, "libsodium's");

int password_stretch(const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                     const struct password_cost *cost, struct digest *ret_key)
{
    struct digest key;
    size_t size = strlen(password);
    if (cost->passes < 1 || cost->passes > 16 || cost->memory_kib < 8 << 10 ||
        cost->memory_kib > 1 << 20 || size > PASSWORD_MOST)
        return ERR_LIMIT;
    if (sodium_init() < 0)
        return ERR_CRYPTO;
    if (crypto_pwhash_argon2id(key.bytes, sizeof key.bytes, password, size, salt, cost->passes,
                               (size_t)cost->memory_kib << 10,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return ERR_NO_MEMORY;
    *ret_key = key;
    sodium_memzero(&key, sizeof key);
    return 0;
}

void password_forget(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}
