/* Recorded HTTP responses: RFC 9112 4, RFC 9110 5.6.7, 8.3. */
#include "proto/http/response.h"

#include "base/civil.h"
#include "base/error.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *text, struct http_response *ret_response)
{
    return http_response_parse((const uint8_t *)text, strlen(text), ret_response);
}

static void response_is_split(void **state)
{
    (void)state;
    struct http_response response;
    struct bytes value;
    char type[HTTP_MEDIA_TYPE_TEXT];
    assert_int_equal(parse("HTTP/1.1 200 OK\r\nContent-Type: Application/RDAP+json ; charset=x\r\n"
                           "X-Empty:\r\n\r\n{\"a\":1}\r\n",
                           &response),
                     0);
    assert_int_equal(response.status, 200);
    assert_int_equal(response.body.size, 9);
    assert_string_equal(http_media_type(&response, type), "application/rdap+json");
    assert_true(http_field_find(&response, "x-empty", &value));
    assert_int_equal(value.size, 0);
    assert_false(http_field_find(&response, "x", &value));
}

static void interim_responses_are_passed(void **state)
{
    (void)state;
    struct http_response response;
    assert_int_equal(
        parse("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/2 404 \r\n\r\n", &response), 0);
    assert_int_equal(response.status, 404);
    assert_int_equal(response.body.size, 0);
}

static void torn_responses_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "HTTP/1.1 200 OK",
                                        "HTTP/1.1 200 OK\r\nDate: x\r\n",
                                        "HTTP/1.1 2x0 OK\r\n\r\n",
                                        "HTTP/1.1 100 \r\n\r\n",
                                        "SMTP 200\r\n\r\n",
                                        "HTTP/1.1 999 \r\n\r\n"};
    struct http_response response;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(parse(wrong[i], &response), ERR_SYNTAX);
}

static int date_of(const char *date, int64_t *ret_instant)
{
    struct http_response response;
    char text[200];
    snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nDate: %.100s\r\n\r\n", date);
    assert_int_equal(parse(text, &response), 0);
    return http_date(&response, ret_instant);
}

static void date_is_read(void **state)
{
    (void)state;
    int64_t instant, expected;
    assert_int_equal(civil_parse_instant("1994-11-06T08:49:37Z", &expected), 0);
    assert_int_equal(date_of("Sun, 06 Nov 1994 08:49:37 GMT", &instant), 0);
    assert_true(instant == expected);
    assert_int_equal(date_of("Sun, 31 Feb 1994 08:49:37 GMT", &instant), ERR_SYNTAX);
    assert_int_equal(date_of("Sun, 06 Nox 1994 08:49:37 GMT", &instant), ERR_SYNTAX);
    assert_int_equal(date_of("Sun Nov  6 08:49:37 1994", &instant), ERR_SYNTAX);
    assert_int_equal(date_of("", &instant), ERR_SYNTAX);
}

TEST_MAIN(cmocka_unit_test(response_is_split), cmocka_unit_test(interim_responses_are_passed),
          cmocka_unit_test(torn_responses_are_refused), cmocka_unit_test(date_is_read))
