#include "view/staff_page.h"

#include "refusal.h"
#include "view/metrics.h"
#include "view/sample.h"

#include <string.h>

static const struct staff_frame frame = {
    .authority_name = "The Authority", .user = "ann", .role = "analyst", .csrf = "TOKEN"};

static void render(enum staff_page page, const char *foreign, struct buffer *out)
{
    JSON_CLEANUP json_t *context = sample_context(page, foreign);
    struct error_detail detail = {0};
    buffer_init(out, 1 << 20);
    if (staff_page_render(page, context, &frame, out, &detail) < 0)
        fail_msg("%s: %s", staff_page_text(page), detail.text);
}

static void every_page_renders(void **state)
{
    (void)state;
    for (enum staff_page page = 0; page < STAFF_PAGE_COUNT; page++) {
        BUFFER_CLEANUP struct buffer out;
        render(page, NULL, &out);
        assert_non_null(strstr(buffer_text(&out), "<h1>"));
        assert_non_null(strstr(buffer_text(&out), "</html>"));
        if (strstr(buffer_text(&out), "{{"))
            fail_msg("%s: a tag is left", staff_page_text(page));
    }
}

static void hostile_text_stays_text_on_every_page(void **state)
{
    (void)state;
    for (enum staff_page page = 0; page < STAFF_PAGE_COUNT; page++) {
        BUFFER_CLEANUP struct buffer out, address;
        render(page, "<script>x</script>\" onclick=\"y", &out);
        assert_null(strstr(buffer_text(&out), "<script"));
        assert_null(strstr(buffer_text(&out), "\" onclick"));
        render(page, "javascript:alert(1)", &address);
        assert_null(strstr(buffer_text(&address), "href=\"javascript"));
        assert_null(strstr(buffer_text(&address), "action=\"javascript"));
    }
}

/* Strict: removing any key of any context is noticed. */
static void missing_keys_are_noticed(void **state)
{
    (void)state;
    for (enum staff_page page = 0; page < STAFF_PAGE_COUNT; page++) {
        JSON_CLEANUP json_t *whole = sample_context(page, NULL);
        const char *key;
        json_t *value;
        json_object_foreach(whole, key, value)
        {
            JSON_CLEANUP json_t *less = json_copy(whole);
            json_object_del(less, key);
            BUFFER_CLEANUP struct buffer out;
            buffer_init(&out, 1 << 20);
            struct error_detail detail = {0};
            if (staff_page_render(page, less, &frame, &out, &detail) != ERR_NOT_FOUND)
                fail_msg("%s: nobody misses '%s'", staff_page_text(page), key);
        }
    }
}

static void a_frame_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    struct staff_frame bad = frame;
    bad.user = "\xff";
    JSON_CLEANUP json_t *context = sample_context(STAFF_PAGE_PARTY, NULL);
    BUFFER_CLEANUP struct buffer out;
    struct error_detail detail = {0};
    buffer_init(&out, 1 << 20);
    assert_refused(staff_page_render(STAFF_PAGE_PARTY, context, &bad, &out, &detail), ERR_SYNTAX,
                   &detail, "party: malformed input");
}

/* WCAG 1.4.1: a verdict is told by its sign and its words. */
static void verdicts_are_never_colour_alone(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    render(STAFF_PAGE_MATRIX, NULL, &out);
    static const char *const wanted[] = {
        "✕</span><span class=\"word\">not met", "✓</span><span class=\"word\">met",
        "?</span><span class=\"word\">undetermined", "–</span><span class=\"word\">not applicable"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_non_null(strstr(buffer_text(&out), wanted[i]));
}

/* Invariant 8: what is approved is one SHA-256, shown with the bytes. */
static void approval_names_the_digest_of_the_bytes_shown(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    render(STAFF_PAGE_LETTER, NULL, &out);
    assert_non_null(strstr(buffer_text(&out), "name=\"sha256\" value=\"9f86d081884c7d65"));
    assert_non_null(strstr(buffer_text(&out), "name=\"csrf\" value=\"TOKEN\""));
    assert_non_null(strstr(buffer_text(&out), "<pre class=\"mail\">From: &lt;compliance@"));
    assert_null(strstr(buffer_text(&out), "/letters/l-31/send"));
}

static void metrics_follow_openmetrics(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *metrics =
        json_pack("{s:{s:s,s:s,s:i}, s:{s:s,s:s,s:[{s:{s:s},s:i}]}}", "bailiwick_findings", "type",
                  "counter", "help", "Findings \"made\"", "value", 12, "bailiwick_cases", "type",
                  "gauge", "help", "Open", "samples", "labels", "stage", "a\"b\n", "value", 3);
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    assert_int_equal(metrics_write(metrics, &out, NULL), 0);
    assert_string_equal(buffer_text(&out), "# TYPE bailiwick_findings counter\n"
                                           "# HELP bailiwick_findings Findings \\\"made\\\"\n"
                                           "bailiwick_findings_total 12\n"
                                           "# TYPE bailiwick_cases gauge\n"
                                           "# HELP bailiwick_cases Open\n"
                                           "bailiwick_cases{stage=\"a\\\"b\\n\"} 3\n"
                                           "# EOF\n");
    JSON_CLEANUP json_t *wrong =
        json_pack("{s:{s:s,s:s,s:i}}", "a b", "type", "gauge", "help", "x", "value", 1);
    struct error_detail detail = {0};
    assert_refused(metrics_write(wrong, &out, &detail), ERR_SYNTAX, &detail,
                   "metric 'a b' is not well formed");
}

TEST_MAIN(cmocka_unit_test(every_page_renders),
          cmocka_unit_test(hostile_text_stays_text_on_every_page),
          cmocka_unit_test(missing_keys_are_noticed),
          cmocka_unit_test(a_frame_that_is_not_utf8_is_refused),
          cmocka_unit_test(verdicts_are_never_colour_alone),
          cmocka_unit_test(approval_names_the_digest_of_the_bytes_shown),
          cmocka_unit_test(metrics_follow_openmetrics))
