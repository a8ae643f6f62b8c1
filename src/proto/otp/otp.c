#include "proto/otp/otp.h"

#include "base/digest.h"
#include "base/error.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

enum { SHA1_SIZE = 20, CODES = 1000000 };

int otp_code(const uint8_t secret[OTP_SECRET_SIZE], int64_t counter, char text[OTP_CODE_TEXT])
{
    uint8_t message[8], mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)((uint64_t)counter >> (56 - 8 * i));
    if (!HMAC(EVP_sha1(), secret, OTP_SECRET_SIZE, message, sizeof message, mac, &size) ||
        size != SHA1_SIZE)
        return ERR_CRYPTO;
    /* Dynamic truncation: the last four bits say where to take 31 bits from. */
    const uint8_t *from = mac + (mac[SHA1_SIZE - 1] & 0x0f);
    uint32_t number = ((uint32_t)from[0] & 0x7f) << 24 | (uint32_t)from[1] << 16 |
                      (uint32_t)from[2] << 8 | from[3];
    snprintf(text, OTP_CODE_TEXT, "%06u", number % CODES);
    return 0;
}

int64_t otp_step(int64_t at_us)
{
    return at_us / 1000000 / OTP_STEP_S;
}

int otp_check(const uint8_t secret[OTP_SECRET_SIZE], const char *code, int64_t at_us,
              int64_t used_step, int64_t *ret_step)
{
    const struct digest given = digest_of(code, strlen(code));
    const int64_t now = otp_step(at_us);
    int64_t found = -1;
    for (int64_t step = now - OTP_WINDOW; step <= now + OTP_WINDOW; step++) {
        char text[OTP_CODE_TEXT];
        int result = otp_code(secret, step, text);
        if (result < 0)
            return result;
        const struct digest right = digest_of(text, strlen(text));
        if (digest_equal(&given, &right) & (step > used_step))
            found = step;
    }
    if (found < 0)
        return 0;
    *ret_step = found;
    return 1;
}

static void append_base32(const uint8_t *data, size_t size, struct buffer *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | data[i];
        for (held += 8; held >= 5; held -= 5)
            buffer_append_byte(out, (uint8_t)digits[bits >> (held - 5) & 31]);
    }
    if (held)
        buffer_append_byte(out, (uint8_t)digits[bits << (5 - held) & 31]);
}

/* RFC 3986 2.3: what is not unreserved is escaped. */
static void append_escaped(const char *text, struct buffer *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text))
            buffer_append_byte(out, (uint8_t)*text);
        else
            buffer_printf(out, "%%%02X", (unsigned char)*text);
    }
}

void otp_address(const uint8_t secret[OTP_SECRET_SIZE], const char *issuer, const char *account,
                 struct buffer *out)
{
    buffer_append_text(out, "otpauth://totp/");
    append_escaped(issuer, out);
    buffer_append_text(out, ":");
    append_escaped(account, out);
    buffer_append_text(out, "?secret=");
    append_base32(secret, OTP_SECRET_SIZE, out);
    buffer_append_text(out, "&issuer=");
    append_escaped(issuer, out);
}
