/* Mail that came in: RFC 5322, 2045 to 2049, 3464, 8098, 3834; and bytes that mean harm. */
#include "proto/mail/message.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUR_ID "c-abcdefghij-l001.secret@authority.example"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    mail_prepare();
    arena_init(&arena, 64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* Every mail that is read also goes through the pipe's form. */
static int parse_bytes(const void *bytes, size_t size, struct mail *ret_mail)
{
    struct buffer coded BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    struct mail mail;
    int result = mail_parse(bytes, size, &arena, &mail, &detail);
    if (result < 0) {
        assert_true(detail.text[0]);
        return result;
    }
    buffer_init(&coded, MAIL_FACTS_MAX);
    assert_int_equal(mail_encode(&mail, &coded), 0);
    return mail_decode(coded.data, coded.size, &arena, ret_mail);
}

static struct mail parse(const char *text)
{
    struct mail mail;
    assert_int_equal(parse_bytes(text, strlen(text), &mail), 0);
    return mail;
}

static struct mail parse_file(const char *name)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct mail mail;
    char path[300];
    snprintf(path, sizeof path, PROJECT_ROOT "/tests/fuzz/corpus/mail/%s", name);
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(buffer_load_file(&bytes, path), 0);
    assert_int_equal(parse_bytes(bytes.data, bytes.size, &mail), 0);
    return mail;
}

/* --- what is read --- */

static void an_answer_names_what_it_answers(void **state)
{
    (void)state;
    struct mail mail = parse_file("answer");
    assert_int_equal(mail.kind, MAIL_ORDINARY);
    assert_false(mail.automatic);
    assert_string_equal(mail.sender, "desk@party.example");
    assert_string_equal(mail.subject, "Re: 1st notice");
    assert_string_equal(mail.message_id, "r1@party.example");
    assert_int_equal(mail.reference_count, 2);
    assert_string_equal(mail.references[1], OUR_ID);
}

/* RFC 3464: fields are folded, their types differ, and the returned message comes in two forms. */
static void a_delivery_report_says_who_did_not_get_it(void **state)
{
    (void)state;
    static const char *const files[] = {"bounce", "returned"};
    for (size_t i = 0; i < 2; i++) {
        struct mail mail = parse_file(files[i]);
        assert_int_equal(mail.kind, MAIL_DELIVERY_STATUS);
        assert_string_equal(mail.returned_id, OUR_ID);
        assert_int_equal(mail.recipient_count, 1);
        assert_int_equal(mail.recipients[0].action, MAIL_FAILED);
        assert_string_equal(mail.recipients[0].final_address, "bounces@party.example");
        assert_string_equal(mail.recipients[0].original_address, "Desk@party.example");
        assert_string_equal(mail.recipients[0].status, "5.1.1");
        assert_non_null(strstr(mail.recipients[0].diagnostic, "no such mailbox"));
    }
    assert_int_equal(parse_file("delayed").recipients[0].action, MAIL_DELAYED);
}

static void machines_that_answer_are_told(void **state)
{
    (void)state;
    assert_int_equal(parse_file("disposition").kind, MAIL_DISPOSITION);
    struct mail mail = parse_file("out-of-office");
    assert_true(mail.automatic);
    assert_string_equal(mail.subject, "Abwesenheit");
    assert_string_equal(mail.sender, "j@party.example");
    static const char *const marks[] = {"Auto-Submitted: auto-generated",
                                        "Precedence: bulk",
                                        "auto-submitted: AUTO-REPLIED; x=y",
                                        "precedence: List",
                                        "List-Id: <news.example>",
                                        "Return-Path: <>",
                                        "X-Autoreply: yes",
                                        "X-Autorespond: x",
                                        "X-MS-Exchange-Inbox-Rules-Loop: a@example"};
    static const char *const none[] = {"Auto-Submitted: no", "Auto-Submitted: NO (really)",
                                       "Precedence: normal", "X-Auto: yes",
                                       "Return-Path: <a@example>"};
    char text[200];
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        snprintf(text, sizeof text, "From: a@example\n%s\n\nhello\n", marks[i]);
        assert_true(parse(text).automatic);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        snprintf(text, sizeof text, "From: a@example\n%s\n\nhello\n", none[i]);
        assert_false(parse(text).automatic);
    }
}

/* --- bytes that mean harm --- */

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    struct mail mail;
    assert_int_equal(parse_bytes("", 0, &mail), ERR_SYNTAX);
    assert_int_equal(parse_bytes("\n\nhello\n", 8, &mail), ERR_SYNTAX);
    assert_int_equal(parse_bytes("\0\0\0\0", 4, &mail), ERR_SYNTAX);
    char *large = calloc(1, MAIL_SIZE_MAX + 1);
    assert_non_null(large);
    memcpy(large, "From: a@example\n\n", 17);
    assert_int_equal(parse_bytes(large, MAIL_SIZE_MAX + 1, &mail), ERR_LIMIT);
    assert_int_equal(parse_bytes(large, MAIL_SIZE_MAX, &mail), 0);
    free(large);
}

static void texts_are_clean_utf8(void **state)
{
    (void)state;
    struct mail mail = parse("From: a@example\nSubject: =?utf-8?Q?a=00b=0D=0Ac=1B[31m?= \xff\xfe\n"
                             "Message-ID: <a\x01"
                             "b@example>\n\n");
    for (const char *at = mail.subject; *at; at++)
        assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
    assert_string_equal(mail.message_id, "");
    char *text = malloc(200000);
    assert_non_null(text);
    memset(text, 'x', 200000);
    memcpy(text, "From: a@example\nSubject: ", 25);
    memcpy(text + 199997, "\n\n", 3);
    mail = parse(text);
    assert_int_equal(strlen(mail.subject), MAIL_TEXT_MAX);
    free(text);
}

/* Ten thousand multiparts, each inside the other. */
static void deep_nesting_ends(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP = {0};
    struct mail mail;
    buffer_init(&text, 8 << 20);
    buffer_append_text(&text, "From: a@example\n");
    for (int i = 0; i < 10000; i++)
        buffer_printf(&text,
                      "Content-Type: multipart/report; report-type=delivery-status; "
                      "boundary=b%d\n\n--b%d\n",
                      i, i);
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
    buffer_clear(&text);
    buffer_append_text(&text, "From: a@example\n");
    for (int i = 0; i < 10000; i++)
        buffer_append_text(&text, "Content-Type: message/rfc822\n\nFrom: a@example\n");
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
}

static const char status_part[] =
    "\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: a\n\n"
    "Action: failed\n\n--x--\n";

/* A report whose words have so many lines of dashes before the machine's part. */
static enum mail_kind kind_behind_dashes(int dashes)
{
    struct buffer text BUFFER_CLEANUP = {0};
    struct mail mail;
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, "From: a@example\nContent-Type: multipart/report; boundary=x\n\n");
    for (int i = 0; i < dashes; i++)
        buffer_append_text(&text, "--\n");
    buffer_append_text(&text, status_part);
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
    return mail.kind;
}

/* Each such line is compared with the boundary of each multipart that it is in, and may begin a
 * part: with a mebibyte of them one mail took seconds. */
static void lines_that_could_be_boundaries_are_counted(void **state)
{
    (void)state;
    assert_int_equal(kind_behind_dashes(MAIL_DASHES_MAX - 2), MAIL_DELIVERY_STATUS);
    assert_int_equal(kind_behind_dashes(MAIL_DASHES_MAX), MAIL_ORDINARY);
}

/* GMime's reader of addresses calls itself for each group: as many as a mail can hold ended the
 * judge. */
static void groups_inside_groups_end(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP = {0};
    struct mail mail;
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, "From: ");
    while (text.size < MAIL_READ_MAX)
        buffer_append_text(&text, "a:");
    buffer_append_text(&text, "\n\n");
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
}

/* What lies behind the bytes that are looked at is not read. */
static void reports_stand_at_the_front(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP = {0};
    struct mail mail = {0};
    buffer_init(&text, 1 << 20);
    buffer_append_text(&text, "From: a@example\nContent-Type: multipart/report; boundary=x\n\n");
    while (text.size < 60000)
        buffer_append_text(&text, "words\n");
    size_t words = text.size;
    buffer_append_text(&text, status_part);
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
    assert_int_equal(mail.kind, MAIL_DELIVERY_STATUS);
    text.size = words;
    while (text.size < MAIL_READ_MAX)
        buffer_append_text(&text, "words\n");
    buffer_append_text(&text, status_part);
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
    assert_int_equal(mail.kind, MAIL_ORDINARY);
}

static void many_of_anything_is_refused(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP = {0};
    struct mail mail;
    buffer_init(&text, 8 << 20);
    buffer_append_text(&text, "From: a@example\n");
    for (int i = 0; i < MAIL_HEADERS_MAX; i++)
        buffer_append_text(&text, "X-A: b\n");
    assert_int_equal(parse_bytes(text.data, text.size, &mail), ERR_LIMIT);
    static const char head[] = "From: a@example\nContent-Type: multipart/report; boundary=x; "
                               "report-type=delivery-status\n\n";
    buffer_clear(&text);
    buffer_append_text(&text, head);
    for (int i = 0; i <= MAIL_PARTS_MAX; i++)
        buffer_append_text(&text, "--x\n\na\n");
    assert_int_equal(parse_bytes(text.data, text.size, &mail), ERR_LIMIT);
    buffer_clear(&text);
    buffer_append_text(&text, head);
    buffer_append_text(&text, "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: a\n\n");
    for (int i = 0; i <= MAIL_RECIPIENTS_MAX; i++)
        buffer_append_text(&text, "Action: failed\n\n");
    assert_int_equal(parse_bytes(text.data, text.size, &mail), ERR_LIMIT);
    buffer_clear(&text);
    buffer_append_text(&text, "From: a@example\nReferences: ");
    for (int i = 0; i < 5000; i++)
        buffer_printf(&text, "<%d@example>\n ", i);
    assert_int_equal(parse_bytes(text.data, text.size, &mail), 0);
    assert_int_equal(mail.reference_count, MAIL_REFERENCES_MAX);
}

/* Reports without an end, a boundary or sound base64 say less, never more. */
static void torn_reports_say_less(void **state)
{
    (void)state;
    struct mail mail = parse_file("torn");
    assert_string_equal(mail.returned_id, "");
    mail = parse("From: a@example\nContent-Type: multipart/report; report-type=delivery-status\n\n"
                 "--x\nContent-Type: message/delivery-status\n\na: b\n\nAction: failed\n\n--x--\n");
    assert_int_equal(mail.recipient_count, 0);
    mail = parse("From: a@example\nContent-Type: multipart/report; boundary=x;"
                 " report-type=delivery-status\n\n--x\nContent-Type: message/delivery-status\n"
                 "Content-Transfer-Encoding: base64\n\n!!!=%%%\n--x--\n");
    assert_int_equal(mail.kind, MAIL_DELIVERY_STATUS);
    assert_int_equal(mail.recipient_count, 0);
}

/* OpenSMTPD says multipart/mixed; a report that somebody forwards stands deeper. */
static void a_report_is_told_by_its_own_part(void **state)
{
    (void)state;
    static const char status[] =
        "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: a\n\n"
        "Final-Recipient: rfc822; a@example\nAction: failed\n\n--x--\n";
    char text[1000];
    snprintf(text, sizeof text, "From: a@example\nContent-Type: multipart/mixed; boundary=x\n\n%s",
             status);
    assert_int_equal(parse(text).kind, MAIL_DELIVERY_STATUS);
    snprintf(text, sizeof text,
             "From: a@example\nContent-Type: multipart/mixed; boundary=y\n\n--y\n"
             "Content-Type: message/rfc822\n\nFrom: b@example\n"
             "Content-Type: multipart/report; boundary=x; report-type=delivery-status\n\n%s--y--\n",
             status);
    assert_int_equal(parse(text).kind, MAIL_ORDINARY);
}

static void other_bytes_of_the_pipe_are_refused(void **state)
{
    (void)state;
    struct buffer coded BUFFER_CLEANUP = {0};
    struct mail mail = parse_file("bounce"), again;
    buffer_init(&coded, MAIL_FACTS_MAX);
    assert_int_equal(mail_encode(&mail, &coded), 0);
    for (size_t size = 0; size < coded.size; size++)
        assert_true(mail_decode(coded.data, size, &arena, &again) < 0);
    coded.data[1] = MAIL_KIND_COUNT;
    assert_int_equal(mail_decode(coded.data, coded.size, &arena, &again), ERR_SYNTAX);
}

#define MAIL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TEST_MAIN(MAIL_TEST(an_answer_names_what_it_answers),
          MAIL_TEST(a_delivery_report_says_who_did_not_get_it),
          MAIL_TEST(machines_that_answer_are_told), MAIL_TEST(what_is_no_message_is_refused),
          MAIL_TEST(texts_are_clean_utf8), MAIL_TEST(deep_nesting_ends),
          MAIL_TEST(lines_that_could_be_boundaries_are_counted),
          MAIL_TEST(groups_inside_groups_end), MAIL_TEST(reports_stand_at_the_front),
          MAIL_TEST(many_of_anything_is_refused), MAIL_TEST(torn_reports_say_less),
          MAIL_TEST(a_report_is_told_by_its_own_part),
          MAIL_TEST(other_bytes_of_the_pipe_are_refused))
