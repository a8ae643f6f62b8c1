#include "view/letter.h"

#include "base/civil.h"
#include "refusal.h"
#include "view/mail_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char template_text[] =
    "---\n"
    "subject: \"{{step_name}}: {{subject}} [{{case_id}}]\"\n"
    "step: notice-1\n"
    "---\n"
    "Dear {{party_name}},\n"
    "\n"
    "under **{{obligation_clause}}** you promised: {{obligation_statement}}\n"
    "{{#codes}}\n"
    "- `{{code}}`: {{summary}}\n"
    "{{/codes}}\n"
    "\n"
    "Please answer by {{deadline_weekday}} {{deadline_date}}.\n"
    "\n"
    "{{authority_name}}\\\n"
    "{{contact_email}}\n";

static json_t *context_of(const char *party)
{
    json_t *context = json_object();
    for (size_t i = 0; i < letter_placeholder_count; i++)
        json_object_set_new(context, letter_placeholders[i].name, json_null());
    const char *const texts[][2] = {{"party_name", party},
                                    {"step_name", "First notice"},
                                    {"subject", "example"},
                                    {"case_id", "c-12"},
                                    {"obligation_clause", "Specification 10, 2"},
                                    {"obligation_statement", "all name servers answer"},
                                    {"deadline_weekday", "Tuesday"},
                                    {"deadline_date", "2026-12-01"},
                                    {"authority_name", "The Authority"},
                                    {"contact_email", "compliance@authority.example"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_object_set_new(context, texts[i][0], json_string(texts[i][1]));
    json_object_set_new(
        context, "codes",
        json_pack("[{s:s,s:s}]", "code", "dns.lame", "summary", "not authoritative"));
    json_object_set_new(context, "demo", json_false());
    return context;
}

static struct letter_request request_of(const json_t *context)
{
    return (struct letter_request){.template_text = template_text,
                                   .template_size = sizeof template_text - 1,
                                   .context = context,
                                   .from = "compliance@authority.example",
                                   .from_name = "The Authority",
                                   .to = "legal@party.example",
                                   .message_id = "c-12.1@authority.example",
                                   .date = INT64_C(1795516553000000)};
}

static void letter_is_exactly_these_bytes(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = context_of("Example Registry");
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    assert_int_equal(letter_render(&request, &letter, NULL), 0);
    assert_string_equal(buffer_text(&letter.message),
                        "From: \"The Authority\" <compliance@authority.example>\r\n"
                        "To: <legal@party.example>\r\n"
                        "Date: Tue, 24 Nov 2026 10:35:53 +0000\r\n"
                        "Message-ID: <c-12.1@authority.example>\r\n"
                        "Subject: First notice: example [c-12]\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 7bit\r\n"
                        "\r\n"
                        "Dear Example Registry,\r\n"
                        "\r\n"
                        "under **Specification 10, 2** you promised: all name servers answer\r\n"
                        "- `dns.lame`: not authoritative\r\n"
                        "\r\n"
                        "Please answer by Tuesday 2026-12-01.\r\n"
                        "\r\n"
                        "The Authority\r\n"
                        "compliance@authority.example\r\n");
    struct digest digest = digest_of(letter.message.data, letter.message.size);
    assert_true(digest_equal(&digest, &letter.digest));
    LETTER_CLEANUP struct letter again = {0};
    assert_int_equal(letter_render(&request, &again, NULL), 0);
    assert_true(digest_equal(&again.digest, &letter.digest));
}

/* RFC 5322 2.2: whatever the names hold, the header section stays ours. */
static void nothing_foreign_becomes_a_header(void **state)
{
    (void)state;
    static const char evil[] =
        "X\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>\n---\n\xc3\xa9";
    JSON_CLEANUP json_t *context = context_of(evil);
    json_object_set_new(context, "subject", json_string(evil));
    struct letter_request request = request_of(context);
    request.to_name = "Ann \"Q\" <x@y.example>\r\nBcc: z@evil.example";
    LETTER_CLEANUP struct letter letter = {0};
    assert_int_equal(letter_render(&request, &letter, NULL), 0);
    const char *message = buffer_text(&letter.message);
    assert_null(strstr(message, "\r\nBcc:"));
    const char *body = strstr(message, "\r\n\r\n");
    assert_non_null(body);
    size_t lines = 0;
    for (const char *at = message; at < body; at = strstr(at, "\r\n") + 2)
        lines += *at != ' ';
    assert_int_equal(lines, 8);
    assert_non_null(strstr(message, "To: \"Ann \\\"Q\\\" <x@y.example> Bcc: z@evil.example\""));
}

static void wrong_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "x",
                                        "x@",
                                        "@y",
                                        "x y@z",
                                        "x@y\r\nBcc:",
                                        "a..b@c.example",
                                        ".a@b.example",
                                        "x@y@z",
                                        "\"x\"@y",
                                        "x@[127.0.0.1]",
                                        "x@y,z@w",
                                        "x@\xc3\xa9",
                                        "<x@y>",
                                        "x@-_"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (letter_address_valid(wrong[i]))
            fail_msg("taken: %s", wrong[i]);
    }
    assert_true(letter_address_valid("o'neil+tag@mail.example"));
    JSON_CLEANUP json_t *context = context_of("P");
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    static const struct {
        size_t member;
        const char *words;
    } rows[] = {
        {offsetof(struct letter_request, from), "letter: the sender's address is not valid"},
        {offsetof(struct letter_request, to), "letter: the addressee's address is not valid"},
        {offsetof(struct letter_request, message_id), "letter: a message id is not valid"},
        {offsetof(struct letter_request, in_reply_to), "letter: a message id is not valid"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct letter_request bad = request;
        struct error_detail detail = {0};
        static const char *const address = "a@b\r\nBcc: c@d";
        memcpy((char *)&bad + rows[i].member, &address, sizeof address);
        assert_refused(letter_render(&bad, &letter, &detail), ERR_SYNTAX, &detail, rows[i].words);
    }
    assert_null(letter.message.data);
}

static void a_subject_has_its_length(void **state)
{
    (void)state;
    char subject[LETTER_SUBJECT_MAX + 1];
    memset(subject, 'x', LETTER_SUBJECT_MAX);
    subject[LETTER_SUBJECT_MAX] = '\0';
    JSON_CLEANUP json_t *context = context_of("P");
    json_object_set_new(context, "subject", json_string(subject));
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    struct error_detail detail = {0};
    assert_refused(letter_render(&request, &letter, &detail), ERR_LIMIT, &detail,
                   "letter: the subject is too long");
}

/* RFC 5322 2.1.1 and RFC 2045 6.7: lines, and text outside ASCII. */
static void long_and_foreign_text_travels_safely(void **state)
{
    (void)state;
    BUFFER_CLEANUP struct buffer party;
    buffer_init(&party, 5000);
    for (int i = 0; i < 300; i++)
        buffer_append_text(&party, "M\xc3\xbcller ");
    memset(buffer_extend(&party, 1200), 'x', 1200);
    JSON_CLEANUP json_t *context = context_of(buffer_text(&party));
    json_object_set_new(
        context, "subject",
        json_string("b\xc3\xbc\xc3\xbc"
                    "cher \xe4\xbe\x8b\xe5\xad\x90 and many more words to encode here"));
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    assert_int_equal(letter_render(&request, &letter, NULL), 0);
    const char *message = buffer_text(&letter.message);
    assert_non_null(strstr(message, "Content-Transfer-Encoding: quoted-printable\r\n"));
    assert_non_null(strstr(message, "Subject: =?UTF-8?B?"));
    for (const char *at = message; *at;) {
        const char *end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 78);
        at = end + 2;
    }
    for (size_t i = 0; i < letter.message.size; i++) {
        assert_true(letter.message.data[i] < 0x80);
        if (letter.message.data[i] == '\n')
            assert_int_equal(letter.message.data[i - 1], '\r');
    }
}

static void a_hole_in_a_letter_is_refused(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = context_of("P");
    json_object_del(context, "deadline_date");
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    struct error_detail detail = {0};
    assert_int_equal(letter_render(&request, &letter, &detail), ERR_NOT_FOUND);
    assert_non_null(strstr(detail.text, "deadline_date"));
    static const char *const broken[][2] = {
        {"", "letter: no front matter"},
        {"x", "letter: no front matter"},
        {"---\nsubject: x\n", "letter: the front matter is not closed by ---"},
        {"---\n---\nx", "letter: the front matter has no subject"},
        {"---\nsubject:\n---\nx", "letter: the front matter has no subject"}};
    detail = (struct error_detail){0};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        request.template_text = broken[i][0];
        request.template_size = strlen(broken[i][0]);
        assert_refused(letter_render(&request, &letter, &detail), ERR_SYNTAX, &detail,
                       broken[i][1]);
    }
}

/* The subject is a YAML scalar, as the rulebook reads it. */
static void subjects_are_read_as_yaml(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"plain {{case_id}} # comment", "plain c-12"},
        {"'it''s {{case_id}}'", "it's c-12"},
        {"\"say \\\"x\\\" \\\\ {{case_id}}\" # y", "say \"x\" \\ c-12"},
        {"a#b", "a#b"}};
    JSON_CLEANUP json_t *context = context_of("P");
    struct letter_request request = request_of(context);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        snprintf(text, sizeof text, "---\nkind: closing\nsubject: %s\n---\nx\n", rows[i][0]);
        request.template_text = text;
        request.template_size = strlen(text);
        LETTER_CLEANUP struct letter letter = {0};
        assert_int_equal(letter_render(&request, &letter, NULL), 0);
        assert_string_equal(letter.subject, rows[i][1]);
    }
}

static void a_displaced_store_says_so(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = context_of("P");
    json_object_set_new(context, "demo", json_true());
    struct letter_request request = request_of(context);
    LETTER_CLEANUP struct letter letter = {0};
    assert_int_equal(letter_render(&request, &letter, NULL), 0);
    assert_non_null(strstr(buffer_text(&letter.message), "DEMONSTRATION"));
}

static void automatic_letters_are_marked(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *context = context_of("P");
    struct letter_request request = request_of(context);
    request.automatic = true;
    request.in_reply_to = "c-12.0@authority.example";
    LETTER_CLEANUP struct letter letter = {0};
    assert_int_equal(letter_render(&request, &letter, NULL), 0);
    assert_non_null(strstr(buffer_text(&letter.message), "\r\nAuto-Submitted: auto-generated\r\n"));
    assert_non_null(
        strstr(buffer_text(&letter.message), "\r\nIn-Reply-To: <c-12.0@authority.example>\r\n"));
}

static void paragraphs_are_filled(void **state)
{
    (void)state;
    static const char text[] =
        "\n\none\ntwo\\\nthree  \nfour\n\n\n\n- item with many words that goes on and on, "
        "well past the edge of the column\n  and on\n- next\n12. twelve\n\n"
        "> quoted words that go on and on, well past the edge of the column of the text here\n"
        "# head\n| a | b |\nend";
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    mail_text_fill(text, sizeof text - 1, &out);
    assert_string_equal(
        buffer_text(&out),
        "one two\nthree\nfour\n\n"
        "- item with many words that goes on and on, well past the edge of the column\n"
        "  and on\n- next\n12. twelve\n\n"
        "> quoted words that go on and on, well past the edge of the column of the text\n"
        "> here\n# head\n| a | b |\nend\n");
}

static void what_relays_change_is_encoded(void **state)
{
    (void)state;
    assert_true(mail_text_is_plain("a\nb\n", 4));
    assert_false(mail_text_is_plain("a\nFrom b\n", 9));
    assert_false(mail_text_is_plain("\xc3\xa9\n", 3));
    assert_false(mail_text_is_plain("a\tb", 3));
    BUFFER_CLEANUP struct buffer out;
    buffer_init(&out, 4096);
    mail_text_put_quoted("From a=b \n.\n\xc3\xa9", 14, &out);
    assert_string_equal(buffer_text(&out), "=46rom a=3Db=20\r\n=2E\r\n=C3=A9");
}

TEST_MAIN(cmocka_unit_test(letter_is_exactly_these_bytes),
          cmocka_unit_test(nothing_foreign_becomes_a_header),
          cmocka_unit_test(wrong_addresses_are_refused), cmocka_unit_test(a_subject_has_its_length),
          cmocka_unit_test(long_and_foreign_text_travels_safely),
          cmocka_unit_test(a_hole_in_a_letter_is_refused),
          cmocka_unit_test(subjects_are_read_as_yaml), cmocka_unit_test(a_displaced_store_says_so),
          cmocka_unit_test(automatic_letters_are_marked), cmocka_unit_test(paragraphs_are_filled),
          cmocka_unit_test(what_relays_change_is_encoded))
