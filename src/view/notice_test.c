#include "view/notice.h"

#include "base/civil.h"
#include "refusal.h"
#include "view/sample.h"

#include <stdlib.h>
#include <string.h>

static const char hostile[] = "<script>alert('x')</script>\"]]>&amp;{{id}} \xe2\x80\xae";

static void json_is_the_public_projection(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    BUFFER_CLEANUP struct buffer out, again;
    buffer_init(&out, 1 << 20);
    buffer_init(&again, 1 << 20);
    assert_int_equal(notice_json(&records[1], &sample_site, &out), 0);
    assert_int_equal(notice_json(&records[1], &sample_site, &again), 0);
    assert_string_equal(buffer_text(&out), buffer_text(&again));
    assert_null(strstr(buffer_text(&out), "SECRET"));
    assert_null(strstr(buffer_text(&out), "message_id"));
    JSON_CLEANUP json_t *json = NULL;
    assert_int_equal(json_parse(buffer_text(&out), out.size, &json, NULL), 0);
    const json_t *notice = json_object_get(json, "notice");
    assert_string_equal(json_text(notice, "sent_at"), "2026-11-24T10:00:00Z");
    const json_t *cure = json_object_get(notice, "cure");
    assert_string_equal(json_text(cure, "date"), "2026-12-24");
    assert_string_equal(json_text(cure, "extended_date"), "2027-01-08");
    assert_int_equal(json_array_size(json_object_get(cure, "trace")), 3);
    assert_int_equal(json_array_size(json_object_get(notice, "updates")), 4);
    assert_int_equal(json_integer_value(json_object_get(notice, "log_index")), 412);
}

/* What the date of a notice means depends on what the notice does. */
static void the_date_is_named_by_the_kind(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *wanted;
    } rows[] = {{"breach", "<dt>To be cured by</dt>"},
                {"suspension", "<dt>Notice period ends</dt>"},
                {"termination", "<dt>Agreement ends</dt>"},
                {"unknown-to-us", "<dt>To be cured by</dt>"}};
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer out;
        struct error_detail detail = {0};
        buffer_init(&out, 1 << 20);
        records[1].kind = rows[i].kind;
        if (notice_page(&records[1], &sample_site, &out, &detail) < 0)
            fail_msg("%s", detail.text);
        assert_non_null(strstr(buffer_text(&out), rows[i].wanted));
    }
}

static void evidence_is_listed_where_there_is_some(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    for (size_t left = 0; left <= 2; left += 2) {
        BUFFER_CLEANUP struct buffer out;
        struct error_detail detail = {0};
        buffer_init(&out, 1 << 20);
        records[1].evidence_count = left;
        assert_int_equal(notice_page(&records[1], &sample_site, &out, &detail), 0);
        assert_int_equal(strstr(buffer_text(&out), "<summary>Evidence</summary>") != NULL,
                         left > 0);
    }
}

static void page_shows_who_what_until_when(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    MARKUP_CLEANUP struct markup letter;
    assert_int_equal(markup_from_markdown("Dear *party*,", 13, &letter), 0);
    sample_notices(&letter, records);
    static const char *const wanted[] = {
        "<h1>Notice of breach: <bdi>Example Registry Ltd.</bdi></h1>",
        "<span class=\"state cured\">Cured</span>",
        "<time datetime=\"2026-12-24\">Thursday 24 December 2026 (UTC)</time>",
        "<time datetime=\"2027-01-08\">Friday 8 January 2027 (UTC)</time>",
        "Rule ra.4.3-e gives 30 calendar days",
        "<li id=\"n-1-u4\">",
        "<em>party</em>",
        "<svg class=\"timeline\"",
        "href=\"/notices/n-1/bundle\"",
        "We regret the outage",
        "<del>Example Registry</del>",
        "Demonstration:",
        "bailiwick verify n-1.bundle --log-key key"};
    BUFFER_CLEANUP struct buffer out, again;
    struct error_detail detail = {0};
    buffer_init(&out, 1 << 20);
    buffer_init(&again, 1 << 20);
    if (notice_page(&records[1], &sample_site, &out, &detail) < 0)
        fail_msg("%s", detail.text);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!strstr(buffer_text(&out), wanted[i]))
            fail_msg("not on the page: %s", wanted[i]);
    }
    assert_null(strstr(buffer_text(&out), "SECRET"));
    assert_int_equal(notice_page(&records[1], &sample_site, &again, NULL), 0);
    assert_string_equal(buffer_text(&out), buffer_text(&again));
    buffer_clear(&out);
    assert_int_equal(notice_page(&records[0], &sample_site, &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out), "IANA Registrar ID 1234"));
    assert_non_null(
        strstr(buffer_text(&out), "datetime=\"2027-01-08T12:00:00Z\"")); /* next update */
    records[0].state = "withdrawn";
    buffer_clear(&out);
    assert_int_equal(notice_page(&records[0], &sample_site, &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out), "noindex"));
}

static struct notice_record hostile_record(struct notice_update *update,
                                           struct notice_correction *correction)
{
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    struct notice_record record = records[1];
    static const char *const texts[] = {hostile, hostile};
    const char **fields[] = {&record.kind,
                             &record.case_id,
                             &record.party_id,
                             &record.party_name,
                             &record.tld,
                             &record.subject,
                             &record.obligation_id,
                             &record.obligation_statement,
                             &record.clause,
                             &record.document_title,
                             &record.state,
                             &record.effect,
                             &record.cure_zone,
                             &record.party_statement,
                             &record.letter_subject,
                             &record.letter_sha256,
                             &record.rulebook_version,
                             &record.id};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = hostile;
    *update = (struct notice_update){hostile, record.sent_at, hostile, hostile};
    *correction = (struct notice_correction){record.sent_at, hostile, hostile, hostile, hostile};
    record.updates = update;
    record.update_count = 1;
    record.corrections = correction;
    record.correction_count = 1;
    record.cure_trace = record.evidence = texts;
    record.cure_trace_count = record.evidence_count = 2;
    return record;
}

/* Whatever stands in a record, it stays text: in the page, the lists and the feeds. */
static void hostile_records_stay_text(void **state)
{
    (void)state;
    struct notice_update update;
    struct notice_correction correction;
    struct notice_record record = hostile_record(&update, &correction);
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4 << 20);
    struct error_detail detail = {0};
    if (notice_page(&record, &sample_site, &out, &detail) < 0 ||
        notice_list_page(&record, 1, &sample_site, &out, &detail) < 0 ||
        notice_index_page(&record, 1, &sample_site, &out, &detail) < 0 ||
        feed_atom(&record, 1, &sample_site, &out, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_null(strstr(buffer_text(&out), "<script"));
    assert_null(strstr(buffer_text(&out), "]]>"));
    assert_non_null(strstr(buffer_text(&out), "&lt;script&gt;"));
    assert_non_null(strstr(buffer_text(&out), "{{id}}")); /* never read as a template again */
    buffer_clear(&out);
    assert_int_equal(notice_json(&record, &sample_site, &out), 0);
    assert_int_equal(feed_json(&record, 1, &sample_site, &out), 0);
}

static void feeds_have_one_entry_an_update_newest_first(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    BUFFER_CLEANUP struct buffer atom, feed;
    buffer_init(&atom, 1 << 20);
    buffer_init(&feed, 1 << 20);
    assert_int_equal(feed_atom(records, SAMPLE_NOTICES, &sample_site, &atom, NULL), 0);
    assert_int_equal(feed_json(records, SAMPLE_NOTICES, &sample_site, &feed), 0);
    JSON_CLEANUP json_t *json = NULL;
    assert_int_equal(json_parse(buffer_text(&feed), feed.size, &json, NULL), 0);
    assert_string_equal(json_text(json, "title"), "Formal notices of The Example Authority");
    const json_t *items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 7);
    const json_t *first = json_array_get(items, 0);
    assert_string_equal(json_text(first, "id"),
                        "https://notices.authority.example/notices/n-1#n-1-u4");
    assert_string_equal(json_text(first, "title"),
                        "Notice of breach: Example Registry Ltd. (Cured)");
    size_t entries = 0;
    for (const char *at = buffer_text(&atom); (at = strstr(at, "<entry>")); at++)
        entries++;
    assert_int_equal(entries, 7);
    assert_non_null(
        strstr(buffer_text(&atom), "<updated>2027-01-01T08:00:00Z</updated>\n<author>"));
    buffer_clear(&atom);
    assert_int_equal(feed_atom(NULL, 0, &sample_site, &atom, NULL), 0);
    assert_non_null(strstr(buffer_text(&atom), "<updated>2027-01-03T09:00:00Z</updated>"));
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(NULL, records);
    records[0].party_name = "\xff";
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1 << 20);
    assert_int_equal(notice_json(&records[0], &sample_site, &out), ERR_SYNTAX);
    assert_int_equal(notice_page(&records[0], &sample_site, &out, NULL), ERR_SYNTAX);
    struct error_detail detail = {0};
    assert_refused(notice_list_page(records, 1, &sample_site, &out, &detail), ERR_SYNTAX, &detail,
                   "notices.html: malformed input");
    assert_refused(feed_atom(records, SAMPLE_NOTICES, &sample_site, &out, &detail), ERR_SYNTAX,
                   &detail, "feed: malformed input");
    struct site site = sample_site;
    site.contact_email = "\xff";
    assert_refused(notice_page(&records[1], &site, &out, &detail), ERR_SYNTAX, &detail,
                   "notice.html: malformed input");
}

/* Invariant 1: the door's health carries no party, count or time. */
static void health_says_nothing_else(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 100);
    assert_int_equal(health_json(&out), 0);
    assert_string_equal(buffer_text(&out), "{\"status\":\"ok\"}\n");
}

TEST_MAIN(cmocka_unit_test(json_is_the_public_projection),
          cmocka_unit_test(the_date_is_named_by_the_kind),
          cmocka_unit_test(evidence_is_listed_where_there_is_some),
          cmocka_unit_test(page_shows_who_what_until_when),
          cmocka_unit_test(hostile_records_stay_text),
          cmocka_unit_test(feeds_have_one_entry_an_update_newest_first),
          cmocka_unit_test(text_that_is_not_utf8_is_refused),
          cmocka_unit_test(health_says_nothing_else))
