/* What shows that somebody was told, in the shapes in which people keep it. */
#include "proto/mail/sent.h"

#include "base/civil.h"
#include "base/error.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct sent read_text(const char *text, const char *name, struct arena *arena)
{
    struct sent sent;
    const struct sent_question question = {text, strlen(text), &name, name != NULL};
    arena_init(arena, 1 << 20);
    assert_int_equal(sent_read(&question, arena, &sent), 0);
    return sent;
}

/* "2026-12-01 a@b.example named" */
static void told(const struct sent *sent, char room[512])
{
    char day[CIVIL_DATE_TEXT];
    room[0] = '\0';
    for (size_t i = 0; i < sent->day_count; i++)
        snprintf(room + strlen(room), 512 - strlen(room), "%s ",
                 civil_format_date(sent->days[i], day));
    for (size_t i = 0; i < sent->address_count; i++)
        snprintf(room + strlen(room), 512 - strlen(room), "%s ", sent->addresses[i]);
    snprintf(room + strlen(room), 512 - strlen(room), "%s", sent->named ? "named" : "");
}

static void each_shape_is_read(void **state)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"From: Zoe <zoe@mail.example>\r\nTo: abuse@One.example\r\nDate: Tue, 1 Dec 2026 10:00:00 "
         "+0000\r\n\r\nhello",
         "2026-12-01 zoe@mail.example abuse@one.example "},
        {"Gesendet: 01.12.2026 08:15\nAn: abuse@one.example; legal@one.example\n",
         "2026-12-01 abuse@one.example legal@one.example "},
        {"Sent: December 1, 2026\n> To: <abuse@one.example>", "2026-12-01 abuse@one.example "},
        {"*Date:* 2026-12-01T10:00:00Z\n*To:* abuse@one.example", "2026-12-01 abuse@one.example "},
        {"日期：2026-12-01\n收件人：abuse@one.example", "2026-12-01 abuse@one.example "},
        {"Thank you for your report to ONE names ltd.\nSubmitted on: 1 Dec 2026\nTicket: 55",
         "2026-12-01 named"},
        {"Date: 1/2/2027\nTo: nobody", ""},              /* in two ways */
        {"Date: 31 Feb 2026\nDate: 12 2026\nDate:", ""}, /* no days */
        {"Date: 1 Dec 26", ""},
        {"Date: 1 Foo 2026", ""},
        {"I told them on 1 Dec 2026 at abuse@one.example", ""}, /* nothing is labelled */
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena ARENA_CLEANUP = {0};
        char room[512];
        struct sent sent = read_text(rows[i].text, "One Names Ltd", &arena);
        told(&sent, room);
        assert_string_equal(room, rows[i].told);
    }
}

static void limits_hold(void **state)
{
    struct arena arena ARENA_CLEANUP = {0}, small ARENA_CLEANUP = {0};
    static char text[SENT_READ_MAX + 64];
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 30; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "To: a%d@one.example\nDate: 2026-12-01\n", i);
    struct sent sent = read_text(text, "one", &arena);
    assert_int_equal(sent.address_count, SENT_ADDRESSES_MAX);
    assert_int_equal(sent.day_count, SENT_DAYS_MAX);
    assert_false(sent.named); /* too short to mean anything */
    const struct sent_question question = {text, used, NULL, 0};
    arena_init(&small, 32);
    assert_int_equal(sent_read(&question, &small, &sent), ERR_LIMIT);
    memset(text, ' ', sizeof text - 1);
    memcpy(text + SENT_READ_MAX, "\nTo: late@one.example", 21);
    arena_done(&arena);
    sent = read_text(text, NULL, &arena);
    assert_int_equal(sent.address_count, 0);
}

static void the_pipe_has_one_form(void **state)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer one BUFFER_CLEANUP = {0}, two BUFFER_CLEANUP = {0};
    const char *names[SENT_NAMES_MAX + 1];
    struct sent sent = read_text("To: a@b.example\nDate: 2026-12-01", NULL, &arena), again;
    struct sent_question question = {"text", 4, names, 1}, asked;
    (void)state;
    for (size_t i = 0; i <= SENT_NAMES_MAX; i++)
        names[i] = "One Names";
    buffer_init(&one, SENT_FACTS_MAX);
    buffer_init(&two, SENT_FACTS_MAX);
    assert_int_equal(sent_encode(&sent, &one), 0);
    assert_int_equal(sent_decode(one.data, one.size, &arena, &again), 0);
    assert_int_equal(again.days[0], sent.days[0]);
    assert_string_equal(again.addresses[0], "a@b.example");
    for (size_t i = 0; i < one.size; i++)
        assert_true(sent_decode(one.data, i, &arena, &again) < 0);
    assert_int_equal(sent_question_encode(&question, &two), 0);
    assert_int_equal(sent_question_decode(two.data, two.size, &arena, &asked), 0);
    assert_memory_equal(asked.text, "text", 4);
    assert_string_equal(asked.names[0], "One Names");
    for (size_t i = 0; i < two.size; i++)
        assert_true(sent_question_decode(two.data, i, &arena, &asked) < 0);
    buffer_clear(&two);
    question.name_count = SENT_NAMES_MAX + 1;
    assert_int_equal(sent_question_encode(&question, &two), 0);
    assert_int_equal(sent_question_decode(two.data, two.size, &arena, &asked), ERR_LIMIT);
    /* [[-1], [], false] and [[9 days], ...] */
    static const uint8_t before[] = {0x83, 0x81, 0x20, 0x80, 0xf4},
                         many[] = {0x83, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xf4};
    assert_int_equal(sent_decode(before, sizeof before, &arena, &again), ERR_SYNTAX);
    assert_int_equal(sent_decode(many, sizeof many, &arena, &again), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_shape_is_read),
                                       cmocka_unit_test(limits_hold),
                                       cmocka_unit_test(the_pipe_has_one_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
