#include "proto/otp/otp.h"

#include "testing.h"

#include <string.h>

static const uint8_t secret[OTP_SECRET_SIZE] = "12345678901234567890";

#define AT(seconds) (INT64_C(1000000) * (seconds))

/* RFC 4226, appendix D. */
static void counters_give_the_codes_of_rfc_4226(void **state)
{
    (void)state;
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char text[OTP_CODE_TEXT];
        assert_int_equal(otp_code(secret, (int64_t)i, text), 0);
        assert_string_equal(text, codes[i]);
    }
}

/* RFC 6238, appendix B, SHA1: its codes have eight digits, ours are the last six. */
static const struct {
    int64_t seconds, step;
    const char *code;
} moments[] = {
    {59, 0x1, "287082"},
    {1111111109, 0x23523EC, "081804"},
    {1111111111, 0x23523ED, "050471"},
    {1234567890, 0x273EF07, "005924"},
    {2000000000, 0x3F940AA, "279037"},
    {20000000000, 0x27BC86AA, "353130"},
};

static void moments_give_the_codes_of_rfc_6238(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        char text[OTP_CODE_TEXT];
        int64_t step;
        assert_int_equal(otp_step(AT(moments[i].seconds)), moments[i].step);
        assert_int_equal(otp_code(secret, moments[i].step, text), 0);
        assert_string_equal(text, moments[i].code);
        assert_int_equal(otp_check(secret, moments[i].code, AT(moments[i].seconds), -1, &step), 1);
        assert_int_equal(step, moments[i].step);
    }
}

static void a_clock_may_be_one_step_off(void **state)
{
    (void)state;
    int64_t step = 7;
    /* 005924 is of the step that begins at 1234567890. */
    assert_int_equal(otp_check(secret, "005924", AT(1234567890 - 30), -1, &step), 1);
    assert_int_equal(otp_check(secret, "005924", AT(1234567890 + 59), -1, &step), 1);
    assert_int_equal(step, 0x273EF07);
    step = 7;
    assert_int_equal(otp_check(secret, "005924", AT(1234567890 - 31), -1, &step), 0);
    assert_int_equal(otp_check(secret, "005924", AT(1234567890 + 60), -1, &step), 0);
    assert_int_equal(step, 7);
}

static void a_code_is_taken_once(void **state)
{
    (void)state;
    int64_t step;
    assert_int_equal(otp_check(secret, "005924", AT(1234567890), 0x273EF06, &step), 1);
    assert_int_equal(otp_check(secret, "005924", AT(1234567890), 0x273EF07, &step), 0);
    assert_int_equal(otp_check(secret, "005924", AT(1234567890), 0x273EF08, &step), 0);
}

static void what_is_no_code_is_none(void **state)
{
    (void)state;
    static const char *const codes[] = {"", "5924", "0005924", "005925", " 005924", "005924 "};
    int64_t step;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_int_equal(otp_check(secret, codes[i], AT(1234567890), -1, &step), 0);
}

/* The secret as RFC 4648 6 writes it; blanks and colons must not end a part. */
static void a_device_reads_the_address(void **state)
{
    (void)state;
    struct buffer out BUFFER_CLEANUP = {0};
    buffer_init(&out, 1000);
    otp_address(secret, "The Authority: x", "anna", &out);
    assert_string_equal(buffer_text(&out),
                        "otpauth://totp/The%20Authority%3A%20x:anna?secret="
                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=The%20Authority%3A%20x");
}

TEST_MAIN(cmocka_unit_test(counters_give_the_codes_of_rfc_4226),
          cmocka_unit_test(moments_give_the_codes_of_rfc_6238),
          cmocka_unit_test(a_clock_may_be_one_step_off), cmocka_unit_test(a_code_is_taken_once),
          cmocka_unit_test(what_is_no_code_is_none), cmocka_unit_test(a_device_reads_the_address))
