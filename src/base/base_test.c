/* The small things that everything else stands on. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/cbor.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/sign.h"
#include "refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void detail_keeps_the_first_words_and_takes_context(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    assert_int_equal(error_set(&detail, ERR_SYNTAX, "line %d", 3), ERR_SYNTAX);
    error_set(&detail, ERR_LIMIT, "later");
    assert_string_equal(detail.text, "line 3");
    error_context(&detail, ERR_SYNTAX, "file %s", "a.yaml");
    assert_string_equal(detail.text, "file a.yaml: line 3");
    struct error_detail passed = {0};
    assert_int_equal(error_pass(&passed, ERR_LIMIT, &detail), ERR_LIMIT);
    assert_string_equal(passed.text, detail.text);
    assert_string_equal(error_words(NULL, ERR_NOT_FOUND), "not found");
    assert_string_equal(error_text(-2), "No such file or directory");
    assert_string_equal(error_name(ERR_STORE), "STORE");
}

static void buffer_stops_at_its_limit_and_stays_stopped(void **state)
{
    (void)state;
    struct buffer b BUFFER_CLEANUP = {0};
    buffer_init(&b, 4);
    assert_int_equal(buffer_append_text(&b, "abcd"), 0);
    assert_int_equal(buffer_append_text(&b, "e"), ERR_LIMIT);
    assert_string_equal(buffer_text(&b), "abcd");
    assert_int_equal(buffer_append(&b, "", 0), ERR_LIMIT);
}

static void what_is_printed_fits_or_leaves_the_rest_as_it_was(void **state)
{
    (void)state;
    struct buffer b BUFFER_CLEANUP = {0};
    buffer_init(&b, 300);
    assert_int_equal(buffer_printf(&b, "%s", ""), 0);
    assert_string_equal(buffer_text(&b), "");
    assert_int_equal(buffer_printf(&b, "%0250d", 7), 0);
    assert_int_equal(buffer_printf(&b, "-%049d", 7), 0); /* more memory, up to the last byte */
    assert_int_equal(b.size, 300);
    assert_string_equal(buffer_text(&b) + 297, "007");
    assert_int_equal(buffer_append_byte(&b, 'x'), ERR_LIMIT);
    buffer_clear(&b);
    assert_int_equal(buffer_append_byte(&b, 'x'), 0);
    assert_int_equal(buffer_printf(&b, "%0300d", 7), ERR_LIMIT);
    assert_string_equal(buffer_text(&b), "x");
    assert_int_equal(b.size, 1);
    assert_int_equal(buffer_printf(&b, "y"), ERR_LIMIT);
    assert_int_equal(buffer_append_byte(&b, 'y'), ERR_LIMIT);
}

static void arena_push_grows_and_keeps_elements(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    int *items = NULL;
    size_t count = 0;
    for (int i = 0; i < 100; i++) {
        int *item = arena_push(&arena, &items, &count, sizeof *item);
        assert_non_null(item);
        *item = i;
    }
    assert_int_equal(count, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(items[i], i);
    assert_null(arena_alloc(&arena, 2 << 20));
}

static void every_day_of_four_centuries_survives_the_round_trip(void **state)
{
    (void)state;
    int32_t first = civil_days(1899, 12, 31), last = civil_days(2300, 1, 1);
    for (int32_t day = first; day <= last; day++) {
        int y, m, d;
        civil_from_days(day, &y, &m, &d);
        assert_int_equal(civil_days(y, m, d), day);
    }
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2000, 3, 1), 11017);
    assert_int_equal(civil_weekday(civil_days(2026, 11, 24)), TUESDAY);
    assert_int_equal(civil_add_months(civil_days(2024, 1, 31), 1), civil_days(2024, 2, 29));
    assert_int_equal(civil_add_months(civil_days(2024, 3, 31), -1), civil_days(2024, 2, 29));
}

static void instants_follow_rfc_3339(void **state)
{
    (void)state;
    int64_t at;
    char text[CIVIL_INSTANT_TEXT];
    assert_int_equal(civil_parse_instant("2026-11-24T10:05:10Z", &at), 0);
    assert_string_equal(civil_format_instant(at, text), "2026-11-24T10:05:10Z");
    assert_int_equal(civil_parse_instant("2026-11-24T10:05:10.25+02:00", &at), 0);
    assert_string_equal(civil_format_instant(at, text), "2026-11-24T08:05:10.250000Z");
    static const char *const bad[] = {"2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z",  "2026-11-24",
                                      "2026-11-24T10:05:10",  "2026-11-24T10:05:10Zx", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(civil_parse_instant(bad[i], &at), ERR_SYNTAX);
    int32_t day;
    assert_int_equal(civil_parse_date("2024-02-29", &day), 0);
    assert_int_equal(civil_parse_date("2023-02-29", &day), ERR_SYNTAX);
    assert_int_equal(civil_day_of(-1), -1);
}

static void wall_time_jumps_forward_only(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_frozen(&clock, 1000);
    assert_int_equal(clock_jump(&clock, 5000), 0);
    assert_int_equal(clock_wall(&clock), 5000);
    assert_int_equal(clock_real(&clock), 1000);
    assert_true(clock_is_displaced(&clock));
    assert_int_equal(clock_jump(&clock, 4999), ERR_REFUSED);
}

static void sha256_and_hmac_give_the_published_values(void **state)
{
    (void)state;
    char hex[DIGEST_HEX];
    struct digest d = digest_of("abc", 3); /* FIPS 180-4 example */
    assert_string_equal(digest_format(&d, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct digest parsed;
    assert_int_equal(digest_parse(hex, &parsed), 0);
    assert_true(digest_equal(&d, &parsed));
    assert_int_equal(digest_parse("ba78", &parsed), ERR_SYNTAX);
    struct digest_state s;
    digest_begin(&s);
    digest_add(&s, "a", 1);
    digest_add(&s, "bc", 2);
    parsed = digest_end(&s);
    assert_true(digest_equal(&d, &parsed));
    uint8_t out[4];
    size_t size;
    char text[BASE64_ROOM(3)];
    assert_string_equal(base64_format("abc", 3, text, sizeof text), "YWJj");
    assert_int_equal(base64_parse("YWJj", out, sizeof out, &size), 0);
    assert_int_equal(size, 3);
    assert_int_equal(base64_parse("YWJ", out, sizeof out, &size), ERR_SYNTAX);
}

static void a_signature_fails_for_one_changed_bit(void **state)
{
    (void)state;
    struct sign_key key;
    sign_key_new(&key);
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    sign_message(&key, "hello", 5, signature);
    assert_true(sign_verify(key.public, "hello", 5, signature));
    signature[10] ^= 1;
    assert_false(sign_verify(key.public, "hello", 5, signature));
}

static void json_writer_escapes_and_nests(void **state)
{
    (void)state;
    struct buffer b BUFFER_CLEANUP = {0};
    buffer_init(&b, 4096);
    struct json_out out;
    json_out_init(&out, &b, false);
    json_out_object(&out);
    json_out_member_text(&out, "a", "q\"\\\n\x01\xff\xc3\xa9");
    json_out_key(&out, "b");
    json_out_array(&out);
    json_out_int(&out, -5);
    json_out_bool(&out, true);
    json_out_null(&out);
    json_out_object(&out);
    json_out_end(&out);
    json_out_end(&out);
    json_out_end(&out);
    assert_int_equal(buffer_error(&b), 0);
    assert_string_equal(
        buffer_text(&b),
        "{\"a\":\"q\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"b\":[-5,true,null,{}]}");
}

static void canonical_json_sorts_by_utf16_and_refuses_reals(void **state)
{
    (void)state;
    /* The key order of RFC 8785 3.2.3: U+20AC, then surrogate pairs before U+FB33. */
    static const char text[] =
        "{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2,\"\xe2\x82\xac\":3,\"1\":[true, \"x\"]}";
    json_t *json JSON_CLEANUP = NULL;
    assert_int_equal(json_parse(text, sizeof text - 1, &json, NULL), 0);
    struct buffer b BUFFER_CLEANUP = {0};
    buffer_init(&b, 4096);
    assert_int_equal(json_canonical(json, &b), 0);
    assert_string_equal(
        buffer_text(&b),
        "{\"1\":[true,\"x\"],\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}");
    json_t *real JSON_CLEANUP = NULL;
    assert_int_equal(json_parse("[1.5]", 5, &real, NULL), 0);
    assert_int_equal(json_canonical(real, &b), ERR_UNSUPPORTED);
}

static void json_reader_refuses_duplicates_depth_and_garbage(void **state)
{
    (void)state;
    json_t *json = NULL;
    struct error_detail detail = {0};
    assert_int_equal(json_parse("{\"a\":1,\"a\":2}", 13, &json, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "line 1"));
    assert_int_equal(json_parse("[] x", 4, &json, NULL), ERR_SYNTAX);
    char deep[400];
    memset(deep, '[', 200);
    memset(deep + 200, ']', 200);
    assert_int_equal(json_parse(deep, sizeof deep, &json, NULL), ERR_LIMIT);
    assert_null(json);
}

static void a_file_that_is_no_json_is_named(void **state)
{
    (void)state;
    json_t *json = NULL;
    struct error_detail detail = {0};
    assert_refused(json_load("/proc/self/status", 65536, &json, &detail), ERR_SYNTAX, &detail,
                   "/proc/self/status: line 1, column 4: ");
    assert_refused(json_load("/nonexistent", 65536, &json, &detail), -ENOENT, &detail,
                   "/nonexistent: No such file");
    assert_null(json);
}

static void cbor_round_trip_is_shortest_and_strict(void **state)
{
    (void)state;
    struct buffer b BUFFER_CLEANUP = {0};
    buffer_init(&b, 4096);
    static const int64_t numbers[] = {0,     23,        24, 255, 256, 65535,
                                      65536, INT64_MAX, -1, -24, -25, INT64_MIN};
    cbor_put_array(&b, sizeof numbers / sizeof *numbers + 4);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cbor_put_int(&b, numbers[i]);
    cbor_put_text(&b, "hi");
    cbor_put_bytes(&b, "\0\1", 2);
    cbor_put_bool(&b, true);
    cbor_put_text(&b, NULL);
    struct cbor_in in;
    cbor_in_init(&in, b.data, b.size);
    assert_int_equal(cbor_get_array(&in), sizeof numbers / sizeof *numbers + 4);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_true(cbor_get_int(&in) == numbers[i]);
    size_t size;
    assert_memory_equal(cbor_get_text(&in, &size), "hi", 2);
    assert_memory_equal(cbor_get_bytes(&in, &size), "\0\1", 2);
    assert_true(cbor_get_bool(&in));
    assert_null(cbor_get_text(&in, &size));
    assert_int_equal(cbor_finish(&in), 0);
    static const uint8_t longer[] = {0x18, 0x05}, huge[] = {0x9a, 0xff, 0xff, 0xff, 0xff},
                         half[] = {0x19, 0x01};
    cbor_in_init(&in, longer, sizeof longer);
    cbor_get_uint(&in);
    assert_int_equal(cbor_finish(&in), ERR_SYNTAX);
    cbor_in_init(&in, huge, sizeof huge);
    assert_int_equal(cbor_get_array(&in), 0);
    assert_int_equal(cbor_finish(&in), ERR_SYNTAX);
    cbor_in_init(&in, half, sizeof half);
    cbor_get_uint(&in);
    assert_int_equal(cbor_finish(&in), ERR_SYNTAX);
}

/* Reads [text, null or text, bytes] with room for `limit` bytes of copies. */
static int copy_three(const struct buffer *data, size_t limit, bool needed)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct cbor_in in;
    size_t size = 99;
    arena_init(&arena, limit);
    cbor_in_init(&in, data->data, data->size);
    assert_int_equal(cbor_get_array(&in), 3);
    const char *first = cbor_copy_text(&in, &arena);
    const char *second = needed ? cbor_need_text(&in, &arena) : cbor_copy_text(&in, &arena);
    const uint8_t *bytes = cbor_copy_bytes(&in, &arena, &size);
    int result = cbor_finish(&in);
    if (result >= 0) {
        assert_string_equal(first, "first");
        assert_null(second);
        assert_memory_equal(bytes, "bytes", 5);
    }
    assert_int_equal(size, bytes ? 5 : 0);
    return result;
}

static void copies_of_cbor_tell_a_full_arena_from_wrong_bytes(void **state)
{
    (void)state;
    struct buffer data BUFFER_CLEANUP = {0};
    buffer_init(&data, 64);
    cbor_put_array(&data, 3);
    cbor_put_text(&data, "first");
    cbor_put_null(&data);
    cbor_put_bytes(&data, "bytes", 5);
    assert_int_equal(copy_three(&data, 1024, false), 0);
    assert_int_equal(copy_three(&data, 1024, true), ERR_SYNTAX);
    assert_int_equal(copy_three(&data, 1, true), ERR_NO_MEMORY);
    assert_int_equal(copy_three(&data, 6, false), ERR_NO_MEMORY);
    data.data[4] = '\0';
    assert_int_equal(copy_three(&data, 1024, false), ERR_SYNTAX);
}

static void frames_pass_a_pipe_and_torn_ones_are_noticed(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(frame_write(fds[1], 7, "body", 4), 0);
    struct buffer body BUFFER_CLEANUP = {0};
    buffer_init(&body, 64);
    uint32_t kind;
    assert_int_equal(frame_read(fds[0], &kind, &body), 0);
    assert_int_equal(kind, 7);
    assert_string_equal(buffer_text(&body), "body");
    uint8_t head[FRAME_HEAD];
    frame_head(head, 1, 100);
    assert_int_equal(write(fds[1], head, sizeof head), FRAME_HEAD);
    assert_int_equal(frame_read(fds[0], &kind, &body), ERR_LIMIT);
    frame_head(head, 1, 10);
    assert_int_equal(write(fds[1], head, sizeof head), FRAME_HEAD);
    close(fds[1]);
    assert_int_equal(frame_read(fds[0], &kind, &body), ERR_DAMAGED);
    assert_int_equal(frame_read(fds[0], &kind, &body), ERR_CLOSED);
    close(fds[0]);
    const uint8_t *at;
    size_t size;
    assert_true(frame_parse((const uint8_t *)"XXXX", 4, 10, &kind, &at, &size) == ERR_DAMAGED);
    assert_true(frame_parse((const uint8_t *)"BWK1", 4, 10, &kind, &at, &size) == 0);
}

static void files_are_whole_and_folders_made_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-file-XXXXXX", inner[64], path[96];
    struct buffer back BUFFER_CLEANUP = {0};
    buffer_init(&back, 64);
    assert_non_null(mkdtemp(folder));
    snprintf(inner, sizeof inner, "%s/inner", folder);
    snprintf(path, sizeof path, "%s/file", inner);
    assert_int_equal(file_sync_name(path), -ENOENT);
    assert_int_equal(file_make_folder(inner, 0700), 0);
    assert_int_equal(file_make_folder(inner, 0700), 0);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(file_finish(fd, "bytes", 5), 0);
    assert_int_equal(close(fd), -1); /* it is closed */
    assert_int_equal(file_sync_name(path), 0);
    assert_int_equal(buffer_load_file(&back, path), 0);
    assert_string_equal(buffer_text(&back), "bytes");
    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(file_finish(fd, "bytes", 5), -ENOSPC);
    assert_int_equal(close(fd), -1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* Counts what it is asked and says it back; refuses kind 9. */
static int echo(void *user, int fd, uint32_t kind, const struct buffer *body)
{
    int *asked = user;
    ++*asked;
    return kind == 9 ? ERR_UNSUPPORTED : frame_write(fd, kind + 1, body->data, body->size);
}

static void frames_are_served_to_the_end_or_the_first_failure(void **state)
{
    (void)state;
    int fds[2], asked = 0;
    uint32_t kind;
    struct buffer reply BUFFER_CLEANUP = {0};
    buffer_init(&reply, 64);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    for (uint32_t i = 7; i <= 10; i++)
        assert_int_equal(frame_write(fds[0], i, "body", 4), 0);
    assert_int_equal(frame_serve(fds[1], 64, echo, &asked), ERR_UNSUPPORTED);
    assert_int_equal(asked, 3);
    for (uint32_t i = 7; i <= 8; i++) {
        assert_int_equal(frame_read(fds[0], &kind, &reply), 0);
        assert_int_equal(kind, i + 1);
        assert_string_equal(buffer_text(&reply), "body");
    }
    shutdown(fds[0], SHUT_WR);
    assert_int_equal(frame_serve(fds[1], 64, echo, &asked), 0);
    assert_int_equal(asked, 4);
    assert_int_equal(frame_serve(fds[1], 64, echo, &asked), 0);
    close(fds[0]);
    close(fds[1]);
}

static void a_request_above_the_limit_ends_the_serving(void **state)
{
    (void)state;
    int fds[2], asked = 0;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(frame_write(fds[1], 7, "body", 4), 0);
    assert_int_equal(frame_serve(fds[0], 3, echo, &asked), ERR_LIMIT);
    assert_int_equal(asked, 0);
    close(fds[0]);
    close(fds[1]);
}

static void random_bytes_are_nobody_elses(void **state)
{
    (void)state;
    uint8_t taken[3][32] = {{0}}, large[200] = {0}, more[2000] = {0}, zero[32] = {0};
    int ends[2];
    random_bytes(taken[0], 32); /* there is a stock now */
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        random_bytes(taken[1], 32);
        _exit(write(ends[1], taken[1], 32) == 32 ? 0 : 1);
    }
    random_bytes(taken[2], 32);
    assert_int_equal(read(ends[0], taken[1], 32), 32);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_not_equal(taken[i], taken[(i + 1) % 3], 32);
        assert_memory_not_equal(taken[i], zero, 32);
    }
    random_bytes(large, sizeof large);
    assert_memory_not_equal(large + 168, zero, 32);
    for (size_t i = 0; i < sizeof more; i += 50) /* more than one stock */
        random_bytes(more + i, 50);
    for (size_t i = 0; i < sizeof more; i += 50)
        assert_memory_not_equal(more + i, zero, 32);
}

TEST_MAIN(cmocka_unit_test(detail_keeps_the_first_words_and_takes_context),
          cmocka_unit_test(buffer_stops_at_its_limit_and_stays_stopped),
          cmocka_unit_test(what_is_printed_fits_or_leaves_the_rest_as_it_was),
          cmocka_unit_test(arena_push_grows_and_keeps_elements),
          cmocka_unit_test(every_day_of_four_centuries_survives_the_round_trip),
          cmocka_unit_test(instants_follow_rfc_3339),
          cmocka_unit_test(wall_time_jumps_forward_only),
          cmocka_unit_test(sha256_and_hmac_give_the_published_values),
          cmocka_unit_test(random_bytes_are_nobody_elses),
          cmocka_unit_test(a_signature_fails_for_one_changed_bit),
          cmocka_unit_test(json_writer_escapes_and_nests),
          cmocka_unit_test(canonical_json_sorts_by_utf16_and_refuses_reals),
          cmocka_unit_test(json_reader_refuses_duplicates_depth_and_garbage),
          cmocka_unit_test(a_file_that_is_no_json_is_named),
          cmocka_unit_test(cbor_round_trip_is_shortest_and_strict),
          cmocka_unit_test(copies_of_cbor_tell_a_full_arena_from_wrong_bytes),
          cmocka_unit_test(frames_pass_a_pipe_and_torn_ones_are_noticed),
          cmocka_unit_test(files_are_whole_and_folders_made_once),
          cmocka_unit_test(frames_are_served_to_the_end_or_the_first_failure),
          cmocka_unit_test(a_request_above_the_limit_ends_the_serving))
