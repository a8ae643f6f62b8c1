/* Plans: the form on the prober's pipe, hints files, and what is refused at once. */
#include "measure/hints.h"
#include "measure/survey.h"

#include "base/clock.h"

#include "testing.h"

#include <stdlib.h>
#include <string.h>

static struct bytes text_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct survey_server given[] = {{"ns1.test", "192.0.2.1"}, {"ns2.test", NULL}};

static struct survey_plan make_plan(void)
{
    return (struct survey_plan){.target = "test",
                                .vantage = "here",
                                .tool = "tool 1",
                                .hints = text_bytes("a. 1 A 192.0.2.1\n"),
                                .trust_anchor = ". DS 1 8 2 00",
                                .given = given,
                                .given_count = 2,
                                .rdap_url = "https://rdap.test/",
                                .ca = text_bytes("pem"),
                                .net_map = "192.0.2.1#53 127.0.0.1#5353\n",
                                .lookup = true,
                                .limits = {.udp_tries = 2, .in_flight = 7}};
}

static void plan_goes_through_the_pipe(void **state)
{
    (void)state;
    struct survey_plan plan = make_plan(), got;
    struct buffer out BUFFER_CLEANUP, again BUFFER_CLEANUP;
    struct arena arena ARENA_CLEANUP;
    buffer_init(&out, SURVEY_PLAN_MAX);
    buffer_init(&again, SURVEY_PLAN_MAX);
    arena_init(&arena, 1 << 20);
    assert_int_equal(survey_plan_encode(&plan, &out), 0);
    assert_int_equal(survey_plan_decode(out.data, out.size, &arena, &got), 0);
    assert_string_equal(got.target, "test");
    assert_int_equal(got.given_count, 2);
    assert_string_equal(got.given[0].address, "192.0.2.1");
    assert_null(got.given[1].address);
    assert_null(got.rdap_domain);
    assert_true(got.lookup);
    assert_int_equal(got.limits.in_flight, 7);
    assert_memory_equal(got.hints.data, plan.hints.data, plan.hints.size);
    assert_int_equal(survey_plan_encode(&got, &again), 0);
    assert_int_equal(again.size, out.size);
    assert_memory_equal(again.data, out.data, out.size);
}

static void cut_plan_is_refused(void **state)
{
    (void)state;
    struct survey_plan plan = make_plan(), got;
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, SURVEY_PLAN_MAX);
    assert_int_equal(survey_plan_encode(&plan, &out), 0);
    for (size_t size = 0; size < out.size; size++) {
        struct arena arena ARENA_CLEANUP;
        arena_init(&arena, 1 << 20);
        uint8_t *cut = malloc(size ? size : 1);
        memcpy(cut, out.data, size);
        assert_int_equal(survey_plan_decode(cut, size, &arena, &got), ERR_SYNTAX);
        free(cut);
    }
}

static void hints_are_read_in_order(void **state)
{
    (void)state;
    static const char text[] = "; comment A 192.0.2.9\n"
                               ".  3600000  NS  A.ROOT.TEST.\n"
                               "A.ROOT.TEST. 3600000 A 192.0.2.1 ; behind\n"
                               "A.ROOT.TEST. 3600000 IN AAAA 2001:db8::1\r\n"
                               "\n"
                               "b.root.test. A 2001:db8::2\n" /* no IPv4 address */
                               "b.root.test. A 192.0.2.2";
    struct bytes bytes = text_bytes(text);
    struct arena arena ARENA_CLEANUP;
    struct hints hints;
    arena_init(&arena, 1 << 16);
    assert_int_equal(hints_parse(&bytes, &arena, &hints), 0);
    assert_int_equal(hints.count, 3);
    assert_string_equal(hints.items[0].name, "a.root.test");
    char address[NET_ADDRESS_TEXT];
    assert_string_equal(net_address_format(&hints.items[1].address, address), "2001:db8::1#53");
    assert_string_equal(hints_of_family(&hints, ADDRESS_IPV4, 1)->name, "b.root.test");
    assert_null(hints_of_family(&hints, ADDRESS_IPV6, 1));
}

static void hints_have_an_end(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    struct arena arena ARENA_CLEANUP;
    struct hints hints;
    buffer_init(&text, 1 << 20);
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buffer_printf(&text, "r%d. A 192.0.2.1\n", i);
    struct bytes bytes = {text.data, text.size};
    assert_int_equal(hints_parse(&bytes, &arena, &hints), 0);
    assert_int_equal(hints.count, HINTS_MAX);
}

static void refused_as(struct survey_plan plan, int code, const char *words)
{
    struct arena arena ARENA_CLEANUP;
    struct clock clock;
    struct measurement measurement = {.target = "untouched"};
    struct error_detail detail = {0};
    arena_init(&arena, 1 << 20);
    clock_init(&clock);
    assert_int_equal(survey_run(&plan, &arena, &clock, &measurement, &detail), code);
    assert_string_equal(detail.text, words);
    assert_string_equal(measurement.target, "untouched");
}

static void refused(struct survey_plan plan, const char *words)
{
    refused_as(plan, ERR_SYNTAX, words);
}

static void malformed_plans_are_refused_with_words(void **state)
{
    (void)state;
    struct survey_plan plan = make_plan();
    plan.target = "te st..";
    refused(plan, "target 'te st..': not a domain name");
    plan = make_plan();
    plan.rdap_url = "http://rdap.test/";
    refused(plan, "'http://rdap.test/' is not an https URL");
    plan = make_plan();
    plan.net_map = "# comment\n192.0.2.1#53\n";
    refused(plan, "net map: line 2: malformed input");
    plan = make_plan();
    struct survey_server wrong = {"ns1.test", "192.0.2"};
    plan.given = &wrong;
    plan.given_count = 1;
    refused(plan, "name server 'ns1.test': '192.0.2' is not an address");
    wrong = (struct survey_server){"ns1..test", NULL};
    refused(plan, "name server 'ns1..test': not a domain name");
    plan.given_count = SURVEY_GIVEN_MAX + 1; /* counted before any is looked at */
    refused_as(plan, ERR_LIMIT, "more than 64 name servers given");
}

TEST_MAIN(cmocka_unit_test(plan_goes_through_the_pipe), cmocka_unit_test(cut_plan_is_refused),
          cmocka_unit_test(hints_are_read_in_order), cmocka_unit_test(hints_have_an_end),
          cmocka_unit_test(malformed_plans_are_refused_with_words))
