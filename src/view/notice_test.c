#include "view/notice.h"

#include "base/civil.h"
#include "refusal.h"
#include "view/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char hostile[] = "<script>alert('x')</script>\"]]>&amp;{{id}} \xe2\x80\xae";

/* What the public sees of a record goes into the maker of a page. */
static int make_page(const struct notice_record *record, struct buffer *out,
                     struct error_detail *detail)
{
    JSON_CLEANUP json_t *notice = sample_published(record);
    return notice_page(notice, &sample_site, out, detail);
}

static int make_all(const struct notice_list *list, const struct site *site, struct buffer *out,
                    struct error_detail *detail)
{
    return notice_list_page(list, /* filter= */ NULL, site, out, detail);
}

typedef int list_maker(const struct notice_list *, const struct site *, struct buffer *,
                       struct error_detail *);

static int make_list(list_maker *make, const struct notice_record *records, size_t count,
                     struct buffer *out, struct error_detail *detail)
{
    json_t *notices[SAMPLE_NOTICES];
    for (size_t i = 0; i < count; i++)
        notices[i] = sample_published(&records[i]);
    const struct notice_list list = {(const json_t *const *)notices, count};
    int result = make(&list, &sample_site, out, detail);
    for (size_t i = 0; i < count; i++)
        json_decref(notices[i]);
    return result;
}

static void json_is_the_public_projection(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
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
    assert_int_equal(json_array_size(json_object_get(notice, "updates")), 5);
    assert_int_equal(json_array_size(json_object_get(notice, "letters")), 1);
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
    sample_notices(records);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUFFER_CLEANUP struct buffer out;
        struct error_detail detail = {0};
        buffer_init(&out, 1 << 20);
        records[1].kind = rows[i].kind;
        if (make_page(&records[1], &out, &detail) < 0)
            fail_msg("%s", detail.text);
        assert_non_null(strstr(buffer_text(&out), rows[i].wanted));
    }
}

static void evidence_is_listed_where_there_is_some(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    for (size_t left = 0; left <= 2; left += 2) {
        BUFFER_CLEANUP struct buffer out;
        struct error_detail detail = {0};
        buffer_init(&out, 1 << 20);
        records[1].evidence_count = left;
        assert_int_equal(make_page(&records[1], &out, &detail), 0);
        assert_int_equal(strstr(buffer_text(&out), "<summary>Evidence</summary>") != NULL,
                         left > 0);
    }
}

static void page_shows_who_what_until_when(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    static const char *const wanted[] = {
        "<h1>Notice of breach: <bdi>Example Registry Ltd.</bdi></h1>",
        "<span class=\"state cured\">Cured</span>",
        "<time datetime=\"2026-12-24\">Thursday 24 December 2026 (UTC)</time>",
        "<time datetime=\"2027-01-08\">Friday 8 January 2027 (UTC)</time>",
        "Rule ra.4.3-e gives 30 calendar days",
        "<li id=\"n-1-u4\">",
        "<pre class=\"served\">Dear [redacted],",
        "The name of a private person.",
        "<p class=\"mark\"><a href=\"#n-1-u3\">Corrected</a></p>",
        "<svg class=\"timeline\"",
        "href=\"/notices/n-1/bundle\"",
        "We regret the outage",
        "<del>The registry operator reports that two of five",
        "Demonstration:",
        "bailiwick verify n-1.bundle --log-key key"};
    BUFFER_CLEANUP struct buffer out, again;
    struct error_detail detail = {0};
    buffer_init(&out, 1 << 20);
    buffer_init(&again, 1 << 20);
    if (make_page(&records[1], &out, &detail) < 0)
        fail_msg("%s", detail.text);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!strstr(buffer_text(&out), wanted[i]))
            fail_msg("not on the page: %s", wanted[i]);
    }
    assert_null(strstr(buffer_text(&out), "SECRET"));
    assert_int_equal(make_page(&records[1], &again, NULL), 0);
    assert_string_equal(buffer_text(&out), buffer_text(&again));
    buffer_clear(&out);
    assert_int_equal(make_page(&records[0], &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out), "IANA Registrar ID 1234"));
    assert_non_null(
        strstr(buffer_text(&out), "datetime=\"2027-01-08T12:00:00Z\"")); /* next update */
    buffer_clear(&out);
    assert_int_equal(make_page(&records[2], &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out), "Overdue since</strong> <time"));
    assert_non_null(strstr(buffer_text(&out), "<a href=\"#n-3-u3\">Withdrawn</a>"));
    records[0].state = "withdrawn";
    buffer_clear(&out);
    assert_int_equal(make_page(&records[0], &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out), "noindex"));
}

struct hostile {
    struct notice_update update;
    struct notice_correction correction;
    struct notice_redaction redaction;
    struct notice_letter letter;
};

static struct notice_record hostile_record(struct hostile *bad)
{
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    struct notice_record record = records[1];
    static const char *const texts[] = {hostile, hostile};
    const char **fields[] = {&record.kind,
                             &record.case_id,
                             &record.party_id,
                             &record.party_name,
                             &record.party_kind,
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
                             &record.rulebook_version,
                             &record.id};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = hostile;
    int64_t at = record.sent_at;
    *bad = (struct hostile){
        .update = {hostile, at, at, hostile, hostile, hostile, hostile, hostile, hostile, hostile},
        .correction = {hostile, hostile, at, hostile, hostile, hostile},
        .redaction = {at, hostile},
        .letter = {hostile, at, hostile, hostile, hostile, &bad->redaction, 1}};
    record.updates = &bad->update;
    record.update_count = 1;
    record.corrections = &bad->correction;
    record.correction_count = 1;
    record.letters = &bad->letter;
    record.letter_count = 1;
    record.cure_trace = record.evidence = texts;
    record.cure_trace_count = record.evidence_count = 2;
    return record;
}

/* Whatever stands in a record, it stays text: in the page, the lists and the feeds. */
static void hostile_records_stay_text(void **state)
{
    (void)state;
    struct hostile bad;
    struct notice_record record = hostile_record(&bad);
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4 << 20);
    struct error_detail detail = {0};
    if (make_page(&record, &out, &detail) < 0 ||
        make_list(make_all, &record, 1, &out, &detail) < 0 ||
        make_list(notice_index_page, &record, 1, &out, &detail) < 0 ||
        make_list(feed_atom, &record, 1, &out, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_null(strstr(buffer_text(&out), "<script"));
    assert_null(strstr(buffer_text(&out), "]]>"));
    assert_non_null(strstr(buffer_text(&out), "&lt;script&gt;"));
    assert_non_null(strstr(buffer_text(&out), "{{id}}")); /* never read as a template again */
    buffer_clear(&out);
    assert_int_equal(notice_json(&record, &sample_site, &out), 0);
    assert_int_equal(make_list(feed_json, &record, 1, &out, &detail), 0);
}

static void feeds_have_one_entry_an_update_newest_first(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    BUFFER_CLEANUP struct buffer atom, feed;
    buffer_init(&atom, 1 << 20);
    buffer_init(&feed, 1 << 20);
    assert_int_equal(make_list(feed_atom, records, SAMPLE_NOTICES, &atom, NULL), 0);
    assert_int_equal(make_list(feed_json, records, SAMPLE_NOTICES, &feed, NULL), 0);
    JSON_CLEANUP json_t *json = NULL;
    assert_int_equal(json_parse(buffer_text(&feed), feed.size, &json, NULL), 0);
    assert_string_equal(json_text(json, "title"), "Formal notices of The Example Authority");
    const json_t *items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 10);
    const json_t *first = json_array_get(items, 0);
    assert_string_equal(json_text(first, "id"),
                        "https://notices.authority.example/notices/n-1#n-1-u5");
    assert_string_equal(json_text(first, "title"),
                        "Notice of breach: Example Registry Ltd. (Cured)");
    size_t entries = 0;
    for (const char *at = buffer_text(&atom); (at = strstr(at, "<entry>")); at++)
        entries++;
    assert_int_equal(entries, 10);
    assert_non_null(
        strstr(buffer_text(&atom), "<updated>2027-01-01T08:00:00Z</updated>\n<author>"));
    buffer_clear(&atom);
    assert_int_equal(make_list(feed_atom, NULL, 0, &atom, NULL), 0);
    assert_non_null(strstr(buffer_text(&atom), "<updated>2027-01-03T09:00:00Z</updated>"));
}

/* What was withdrawn stays under its id, says so and tells when. */
static void feeds_keep_what_was_withdrawn(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    BUFFER_CLEANUP struct buffer feed;
    buffer_init(&feed, 1 << 20);
    assert_int_equal(make_list(feed_json, &records[2], 1, &feed, NULL), 0);
    JSON_CLEANUP json_t *json = NULL;
    assert_int_equal(json_parse(buffer_text(&feed), feed.size, &json, NULL), 0);
    const json_t *item = json_array_get(json_object_get(json, "items"), 2);
    assert_string_equal(json_text(item, "id"),
                        "https://notices.authority.example/notices/n-3#n-3-u2");
    assert_string_equal(json_text(item, "date_published"), "2026-10-25T12:00:00Z");
    assert_string_equal(json_text(item, "date_modified"), "2026-10-30T12:00:00Z");
    assert_true(strncmp(json_text(item, "content_text"), "This entry was withdrawn", 24) == 0);
    assert_non_null(strstr(json_text(item, "content_text"), "We are in talks."));
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    JSON_CLEANUP json_t *notice = sample_published(&records[0]);
    const json_t *const notices[] = {notice};
    const struct notice_list list = {notices, 1};
    records[0].party_name = "\xff";
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 1 << 20);
    assert_int_equal(notice_json(&records[0], &sample_site, &out), ERR_SYNTAX);
    struct site site = sample_site;
    site.contact_email = "\xff";
    struct error_detail detail = {0};
    assert_refused(notice_page(notice, &site, &out, &detail), ERR_SYNTAX, &detail,
                   "notice.html: malformed input");
    assert_refused(notice_list_page(&list, NULL, &site, &out, &detail), ERR_SYNTAX, &detail,
                   "notices.html: malformed input");
    assert_refused(notice_index_page(&list, &site, &out, &detail), ERR_SYNTAX, &detail,
                   "index.html: malformed input");
}

static void a_record_without_its_moments_makes_no_page(void **state)
{
    (void)state;
    struct notice_record records[SAMPLE_NOTICES];
    sample_notices(records);
    JSON_CLEANUP json_t *notice = sample_published(&records[0]);
    const json_t *const notices[] = {notice};
    const struct notice_list list = {notices, 1};
    json_t *update = json_array_get(json_object_get(notice, "updates"), 0);
    json_object_set_new(update, "updated_at", json_string("yesterday"));
    BUFFER_CLEANUP struct buffer out;
    struct error_detail detail = {0};
    buffer_init(&out, 1 << 20);
    assert_int_equal(notice_page(notice, &sample_site, &out, &detail), ERR_SYNTAX);
    assert_refused(feed_atom(&list, &sample_site, &out, &detail), ERR_SYNTAX, &detail,
                   "feed: malformed input");
    assert_refused(feed_json(&list, &sample_site, &out, &detail), ERR_SYNTAX, &detail,
                   "feed: malformed input");
}

/* Every list has the notices that its name says, and no other. */
static void lists_have_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *name, *has, *title;
    } wanted[] = {{"registry", "n-1", "<h1>Notices: Registry operators</h1>"},
                  {"registrar", "n-2 n-3", "<h1>Notices: Registrars</h1>"},
                  {"registrar-suspended", "n-3", "<h1>Notices: Registrars, Suspended</h1>"},
                  {"open", "n-2", "<h1>Notices: Open</h1>"},
                  {"registry-open", "", "<h1>Notices: Registry operators, Open</h1>"},
                  {"archive", "n-1", "<h1>Notices: Archive of ended matters</h1>"},
                  {"2026", "n-1 n-2 n-3", "<h1>Notices: 2026</h1>"}};
    struct notice_record records[SAMPLE_NOTICES];
    json_t *notices[SAMPLE_NOTICES];
    struct notice_filter filters[NOTICE_FILTERS_MAX];
    const struct notice_list list = {(const json_t *const *)notices, SAMPLE_NOTICES};
    sample_notices(records);
    for (size_t i = 0; i < SAMPLE_NOTICES; i++)
        notices[i] = sample_published(&records[i]);
    size_t count = notice_filters(&list, filters), seen = 0;
    assert_int_equal(count, 17 + 1 + 1);
    for (size_t i = 0; i < count; i++) {
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, 1 << 20);
        assert_int_equal(notice_list_page(&list, &filters[i], &sample_site, &out, NULL), 0);
        for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
            if (strcmp(wanted[w].name, filters[i].name) != 0)
                continue;
            seen++;
            assert_non_null(strstr(buffer_text(&out), wanted[w].title));
            for (size_t n = 0; n < SAMPLE_NOTICES; n++) {
                char link[64];
                snprintf(link, sizeof link, "href=\"/notices/%s\"", records[n].id);
                bool listed = strstr(buffer_text(&out), link) != NULL;
                assert_int_equal(listed, strstr(wanted[w].has, records[n].id) != NULL);
            }
        }
    }
    assert_int_equal(seen, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < SAMPLE_NOTICES; i++)
        json_decref(notices[i]);
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
          cmocka_unit_test(lists_have_what_they_say),
          cmocka_unit_test(feeds_keep_what_was_withdrawn),
          cmocka_unit_test(text_that_is_not_utf8_is_refused),
          cmocka_unit_test(a_record_without_its_moments_makes_no_page),
          cmocka_unit_test(health_says_nothing_else))
