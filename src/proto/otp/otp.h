/* One-time passwords of a device: HOTP (RFC 4226) and TOTP (RFC 6238), with HMAC-SHA-1 and six
 * digits as every authenticator knows them. The step is 30 s, T0 is 1970 (RFC 6238 4.1). */
#ifndef BAILIWICK_PROTO_OTP_H
#define BAILIWICK_PROTO_OTP_H

#include "base/buffer.h"

#include <stdint.h>

enum {
    OTP_SECRET_SIZE = 20, /* as long as the hash's output, RFC 4226 4 (R6) */
    OTP_DIGITS = 6,
    OTP_CODE_TEXT = OTP_DIGITS + 1,
    OTP_STEP_S = 30,
    OTP_WINDOW = 1, /* steps before and after that a device's clock may be off, RFC 6238 5.2 */
};

/* RFC 4226 5.3. ERR_CRYPTO. */
int otp_code(const uint8_t secret[OTP_SECRET_SIZE], int64_t counter, char text[OTP_CODE_TEXT]);

/* The step that an instant (microseconds) lies in. */
int64_t otp_step(int64_t at_us);

/* Whether `code` is that of a step of the window around an instant, later than `used_step`: a code
 * is taken once (RFC 6238 5.2). 1 with the step, 0, ERR_CRYPTO. Each step of the window is looked
 * at, whatever was found before. */
int otp_check(const uint8_t secret[OTP_SECRET_SIZE], const char *code, int64_t at_us,
              int64_t used_step, int64_t *ret_step);

/* What an authenticator reads, as a link or a picture: otpauth://totp/ISSUER:ACCOUNT?secret=...
 * with the secret in base32 (RFC 4648 6, without padding). */
void otp_address(const uint8_t secret[OTP_SECRET_SIZE], const char *issuer, const char *account,
                 struct buffer *out);

#endif
