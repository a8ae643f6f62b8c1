/* Entries and openings, the sequencer's step, and bundles: design of the log, "entry", "erased". */
#include "base/json.h"
#include "testing.h"
#include "tlog/bundle.h"
#include "tlog/memory_log.h"
#include "tlog/sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct memory_log log_;

/* As tlog_commit(), of a text. */
static int commit_text(const char *json, struct buffer *canonical, struct tlog_opening *ret_opening)
{
    json_t *event JSON_CLEANUP = NULL;
    assert_int_equal(json_parse(json, strlen(json), &event, NULL), 0);
    return tlog_commit(event, canonical, ret_opening, NULL);
}

static void openings_open_their_entry_alone(void **state)
{
    (void)state;
    struct buffer canonical BUFFER_CLEANUP;
    buffer_init(&canonical, 1 << 20);
    struct tlog_opening opening, again;
    static const char event[] = "{ \"b\": 2, \"a\": [1, true, null, \"\\u00e9\"] }";
    assert_int_equal(commit_text(event, &canonical, &opening), 0);
    assert_string_equal(opening.json, "{\"a\":[1,true,null,\"\xc3\xa9\"],\"b\":2}");
    assert_int_equal(tlog_opening_check(&opening, NULL), 0);
    again = opening;
    again.key.bytes[31] ^= 1;
    assert_int_equal(tlog_opening_check(&again, NULL), ERR_DAMAGED);
    again = opening;
    again.json_size--;
    assert_int_equal(tlog_opening_check(&again, NULL), ERR_DAMAGED);
    /* Fresh randomness: the same event again is another entry. */
    assert_int_equal(commit_text(event, &canonical, &again), 0);
    assert_false(digest_equal(&opening.entry, &again.entry));
    assert_int_equal(commit_text("{\"x\":1.5}", &canonical, &again), ERR_UNSUPPORTED);
}

static void events_above_64_kib_are_refused(void **state)
{
    (void)state;
    struct buffer canonical BUFFER_CLEANUP, event BUFFER_CLEANUP;
    buffer_init(&canonical, 1 << 20);
    buffer_init(&event, 1 << 20);
    struct tlog_opening opening;
    buffer_append_byte(&event, '"');
    for (int i = 0; i < TLOG_EVENT_MAX - 2; i++)
        buffer_append_byte(&event, 'x');
    buffer_append_byte(&event, '"');
    assert_int_equal(commit_text(buffer_text(&event), &canonical, &opening), 0);
    event.data[event.size - 1] = 'x';
    buffer_append_byte(&event, '"');
    assert_int_equal(commit_text(buffer_text(&event), &canonical, &opening), ERR_LIMIT);
}

static void batches_grow_by_powers_of_two(void **state)
{
    (void)state;
    assert_int_equal(tlog_batch_size(0), 16);
    assert_int_equal(tlog_batch_size(16), 16);
    assert_int_equal(tlog_batch_size(17), 32);
    assert_int_equal(tlog_batch_size(1450), 2048);
    assert_int_equal(tlog_batch_size(TLOG_BATCH_MAX), TLOG_BATCH_MAX);
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct digest waiting[17], *entries;
    size_t count, found = 0;
    for (size_t i = 0; i < 17; i++)
        waiting[i] = memory_entry(i);
    assert_int_equal(tlog_sequence(waiting, 17, &arena, &entries, &count), 0);
    assert_int_equal(count, 32);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || digest_compare(&entries[i - 1], &entries[i]) < 0);
        for (size_t j = 0; j < 17; j++)
            found += digest_equal(&entries[i], &waiting[j]);
    }
    assert_int_equal(found, 17);
    assert_int_equal(tlog_sequence(NULL, 0, &arena, &entries, &count), 0);
    assert_int_equal(count, 16);
    waiting[3] = waiting[9];
    assert_int_equal(tlog_sequence(waiting, 17, &arena, &entries, &count), ERR_CONFLICT);
    /* the smallest two, and the largest two, are seen as well */
    for (int byte = 0; byte <= 0xff; byte += 0xff) {
        waiting[3] = memory_entry(3);
        assert_int_equal(tlog_sequence(waiting, 17, &arena, &entries, &count), 0);
        memset(&waiting[3], byte, sizeof waiting[3]);
        assert_int_equal(tlog_sequence(waiting, 17, &arena, &entries, &count), 0);
        struct digest kept = waiting[9];
        waiting[9] = waiting[3];
        assert_int_equal(tlog_sequence(waiting, 17, &arena, &entries, &count), ERR_CONFLICT);
        waiting[9] = kept;
    }
    /* so large that it fills a block of the arena: a sanitizer sees who looks behind it */
    static struct digest many[513];
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        many[i] = memory_entry(i);
    assert_int_equal(tlog_sequence(many, 513, &arena, &entries, &count), 0);
    assert_int_equal(count, 1024);
    assert_int_equal(tlog_sequence(waiting, TLOG_BATCH_MAX + 1, &arena, &entries, &count),
                     ERR_LIMIT);
}

/* --- bundles --- */

static const char record[] = "{\"notice\":\"N-1\",\"state\":\"breach\"}";

struct made {
    struct note_signer signer;
    struct buffer canonical[2], note, text;
    struct bundle_opening openings[2];
    struct bundle bundle;
};

static void made_done(struct made *made)
{
    buffer_done(&made->canonical[0]);
    buffer_done(&made->canonical[1]);
    buffer_done(&made->note);
    buffer_done(&made->text);
}

/* Two events, the second names the record; both logged, the first as number 0, among 20 others. */
static void make(struct made *made)
{
    *made = (struct made){0};
    for (int i = 0; i < 2; i++)
        buffer_init(&made->canonical[i], 4096);
    buffer_init(&made->note, 4096);
    buffer_init(&made->text, 1 << 20);
    assert_int_equal(note_signer_new("log.example", &made->signer), 0);
    char hex[DIGEST_HEX], second[200];
    struct digest digest;
    assert_int_equal(tlog_record_digest(record, strlen(record), &digest, NULL), 0);
    snprintf(second, sizeof second, "{\"type\":\"published\",\"record_sha256\":\"%s\"}",
             digest_format(&digest, hex));
    const char *events[2] = {"{\"type\":\"breached\"}", second};
    tlog_frontier_init(&log_.frontier);
    for (int i = 0; i < 2; i++) {
        struct bundle_opening *opening = &made->openings[i];
        assert_int_equal(commit_text(events[i], &made->canonical[i], &opening->opening), 0);
        opening->index = log_.frontier.size;
        memory_append(&log_, &opening->opening.entry);
        memory_grow(&log_, log_.frontier.size + 10);
    }
    struct tlog_source source = memory_source(&log_);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlog_prove_inclusion(&source, made->openings[i].index, log_.frontier.size,
                                              &made->openings[i].proof),
                         0);
    struct tlog_checkpoint checkpoint = {.origin = "log.example",
                                         .size = log_.frontier.size,
                                         .root = tlog_frontier_root(&log_.frontier)};
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &text), 0);
    assert_int_equal(note_sign(&made->signer, buffer_text(&text), text.size, &made->note), 0);
    made->bundle = (struct bundle){.record = record,
                                   .record_size = strlen(record),
                                   .openings = made->openings,
                                   .opening_count = 2,
                                   .checkpoint = buffer_text(&made->note),
                                   .checkpoint_size = made->note.size};
}

static int write_and_check(struct made *made, struct bundle_report *report,
                           struct error_detail *detail)
{
    buffer_clear(&made->text);
    assert_int_equal(tlog_bundle_write(&made->bundle, &made->text, detail), 0);
    return tlog_bundle_check(made->text.data, made->text.size, &made->signer.key, report, detail);
}

static void a_bundle_verifies_with_its_pinned_key_only(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    struct note_signer other;
    make(&made);
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    assert_int_equal(report.openings, 2);
    assert_int_equal(report.erased, 0);
    assert_true(report.has_record);
    assert_int_equal(report.checkpoint.size, 22);
    assert_int_equal(note_signer_new("log.example", &other), 0);
    assert_true(tlog_bundle_check(made.text.data, made.text.size, &other.key, &report, NULL) < 0);
    made_done(&made);
}

static void no_bundle_with_a_byte_changed_verifies(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    make(&made);
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    for (size_t i = 0; i < made.text.size; i++) {
        for (unsigned bit = 0; bit < 8; bit += 5) {
            made.text.data[i] ^= (uint8_t)(1u << bit);
            assert_true(tlog_bundle_check(made.text.data, made.text.size, &made.signer.key, &report,
                                          NULL) < 0);
            made.text.data[i] ^= (uint8_t)(1u << bit);
        }
    }
    made.text.data[made.text.size - 1] = ' '; /* the same JSON, in another form */
    assert_int_equal(
        tlog_bundle_check(made.text.data, made.text.size, &made.signer.key, &report, NULL),
        ERR_DAMAGED);
    made.text.data[made.text.size - 1] = '\n';
    buffer_append_byte(&made.text, '\n');
    assert_int_equal(
        tlog_bundle_check(made.text.data, made.text.size, &made.signer.key, &report, NULL),
        ERR_DAMAGED);
    made_done(&made);
}

static void an_erased_opening_still_stands_in_the_log(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    struct error_detail detail = {0};
    make(&made);
    made.openings[0].opening.json = NULL;
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    assert_int_equal(report.erased, 1);
    /* The record cannot be shown any more without the event that names it. */
    made_done(&made);
    make(&made);
    made.openings[1].opening.json = NULL;
    assert_int_equal(write_and_check(&made, &report, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "names this record"));
    made.bundle.record = NULL;
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    assert_false(report.has_record);
    made_done(&made);
}

/* --- what is not as the head of bundle.h draws it --- */

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): a row reads as a sentence. */
static const struct change {
    bool in_opening;
    const char *member, *value; /* NULL: taken out */
    int result;
    const char *says;
} changes[] = {
    {false, "schema", "\"bailiwick.bundle.v2\"", ERR_SYNTAX, "not a bundle"},
    {false, "schema", "1", ERR_SYNTAX, "not a bundle"},
    {false, "checkpoint", "1", ERR_SYNTAX, "not a bundle"},
    {false, "checkpoint", "\"\"", ERR_SYNTAX, "note is empty"},
    {false, "record", NULL, ERR_SYNTAX, "not a bundle"},
    {false, "more", "1", ERR_SYNTAX, "not a bundle"},
    {false, "openings", "[]", ERR_SYNTAX, "needs 1 to"},
    {false, "openings", "{}", ERR_SYNTAX, "needs 1 to"},
    {false, "record", "[]", ERR_SYNTAX, "record is no object"},
    {false, "record", "{}", ERR_DAMAGED, "names this record"},
    {true, "more", "1", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "index", "-1", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "index", "\"0\"", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "index", "1", ERR_DAMAGED, "opening 1: not shown to be number 1"},
    {true, "entry", "\"AAAA\"", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "entry", "1", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "proof", "{}", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "proof", "[1]", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "proof", "[\"AAAA\"]", ERR_SYNTAX, "opening 1: needs entry"},
    {true, "key", "null", ERR_SYNTAX, "opening 1: needs key and event"},
    {true, "key", "\"AAAA\"", ERR_SYNTAX, "opening 1: needs key and event"},
    {true, "event", "null", ERR_SYNTAX, "opening 1: needs key and event"},
    {true, "event", "[]", ERR_SYNTAX, "opening 1: needs key and event"},
    {true, "event", "{}", ERR_DAMAGED, "opening 1: opening does not fit"},
};

static int check_json(const struct made *made, const json_t *root, struct bundle_report *report,
                      struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, TLOG_BUNDLE_MAX);
    assert_int_equal(json_canonical(root, &text), 0);
    buffer_append_byte(&text, '\n');
    return tlog_bundle_check(text.data, text.size, &made->signer.key, report, detail);
}

static void every_member_has_its_type(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    make(&made);
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct change *change = &changes[i];
        struct error_detail detail = {0};
        json_t *root JSON_CLEANUP = NULL;
        assert_int_equal(json_parse(buffer_text(&made.text), made.text.size, &root, NULL), 0);
        json_t *object = root;
        if (change->in_opening)
            object = json_array_get(json_object_get(root, "openings"), 0);
        if (change->value)
            json_object_set_new(object, change->member,
                                json_loads(change->value, JSON_DECODE_ANY, NULL));
        else
            json_object_del(object, change->member);
        report.openings = 77;
        assert_int_equal(check_json(&made, root, &report, &detail), change->result);
        if (!strstr(detail.text, change->says))
            fail_msg("%s = %s: %s", change->member, change->value, detail.text);
        assert_int_equal(report.openings, 77);
    }
    made_done(&made);
}

/* TLOG_BUNDLE_OPENINGS_MAX: as many may be in a bundle, and not one more; the same for writing. */
static void a_bundle_has_a_limit_of_openings(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    make(&made);
    assert_int_equal(write_and_check(&made, &report, NULL), 0);
    json_t *root JSON_CLEANUP = NULL;
    assert_int_equal(json_parse(buffer_text(&made.text), made.text.size, &root, NULL), 0);
    json_t *openings = json_object_get(root, "openings");
    while (json_array_size(openings) < TLOG_BUNDLE_OPENINGS_MAX)
        json_array_append(openings, json_array_get(openings, 1));
    assert_int_equal(check_json(&made, root, &report, NULL), 0);
    assert_int_equal(report.openings, TLOG_BUNDLE_OPENINGS_MAX);
    json_array_append(openings, json_array_get(openings, 1));
    assert_int_equal(check_json(&made, root, &report, NULL), ERR_SYNTAX);
    made.bundle.opening_count = TLOG_BUNDLE_OPENINGS_MAX + 1;
    assert_int_equal(tlog_bundle_write(&made.bundle, &made.text, NULL), ERR_LIMIT);
    made_done(&made);
}

static void what_has_no_canonical_form_is_neither_written_nor_read(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    struct error_detail detail = {0};
    struct digest digest;
    static const char fraction[] = "{\"a\":1.5}\n";
    make(&made);
    assert_int_equal(
        tlog_bundle_check(fraction, strlen(fraction), &made.signer.key, &report, &detail),
        ERR_UNSUPPORTED);
    assert_non_null(strstr(detail.text, "bundle: bundle has no canonical form"));
    assert_int_equal(tlog_record_digest(fraction, strlen(fraction), &digest, NULL),
                     ERR_UNSUPPORTED);
    assert_int_equal(tlog_record_digest("{", 1, &digest, NULL), ERR_SYNTAX);
    struct bundle_opening *first = &made.openings[0];
    first->opening.json_size--; /* the event lacks its last brace */
    assert_int_equal(tlog_bundle_write(&made.bundle, &made.text, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "opening"));
    first->opening.json_size++;
    made.bundle.record_size--;
    assert_int_equal(tlog_bundle_write(&made.bundle, &made.text, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "record"));
    made.bundle.record_size++;
    made.bundle.record = fraction;
    made.bundle.record_size = strlen(fraction);
    assert_int_equal(tlog_bundle_write(&made.bundle, &made.text, NULL), ERR_UNSUPPORTED);
    made_done(&made);
}

/* What does not fit into the buffer is told, and be it the line end alone. */
static void a_bundle_without_room_is_not_written(void **state)
{
    (void)state;
    struct made made;
    make(&made);
    assert_int_equal(tlog_bundle_write(&made.bundle, &made.text, NULL), 0);
    const struct {
        size_t room;
        int result;
    } rows[] = {{100, ERR_LIMIT}, {made.text.size - 1, ERR_LIMIT}, {made.text.size, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out BUFFER_CLEANUP;
        buffer_init(&out, rows[i].room);
        assert_int_equal(tlog_bundle_write(&made.bundle, &out, NULL), rows[i].result);
    }
    made_done(&made);
}

/* A file above the limit is not even looked at; one that only its line end lifts above it has no
 * form within the limit. */
static void a_bundle_has_a_limit_of_bytes(void **state)
{
    (void)state;
    struct made made;
    struct bundle_report report;
    make(&made);
    char *text = malloc(TLOG_BUNDLE_MAX);
    assert_non_null(text);
    memset(text, 'x', TLOG_BUNDLE_MAX);
    memcpy(text, "[\"", 2);
    memcpy(text + TLOG_BUNDLE_MAX - 2, "\"]", 2);
    assert_int_equal(tlog_bundle_check(text, TLOG_BUNDLE_MAX, &made.signer.key, &report, NULL),
                     ERR_LIMIT);
    assert_int_equal(tlog_bundle_check(text, TLOG_BUNDLE_MAX - 1, &made.signer.key, &report, NULL),
                     ERR_SYNTAX);
    free(text);
    assert_int_equal(tlog_bundle_check("", TLOG_BUNDLE_MAX + 1, &made.signer.key, &report, NULL),
                     ERR_LIMIT);
    made_done(&made);
}

static void an_opening_above_the_limit_of_an_entry_is_refused(void **state)
{
    (void)state;
    static char json[TLOG_EVENT_MAX + 1];
    struct tlog_opening opening = {.json = json, .json_size = TLOG_EVENT_MAX};
    opening.entry = digest_hmac(opening.key.bytes, json, opening.json_size);
    assert_int_equal(tlog_opening_check(&opening, NULL), 0);
    opening.json_size++;
    opening.entry = digest_hmac(opening.key.bytes, json, opening.json_size);
    assert_int_equal(tlog_opening_check(&opening, NULL), ERR_DAMAGED);
}

TEST_MAIN(cmocka_unit_test(openings_open_their_entry_alone),
          cmocka_unit_test(events_above_64_kib_are_refused),
          cmocka_unit_test(batches_grow_by_powers_of_two),
          cmocka_unit_test(a_bundle_verifies_with_its_pinned_key_only),
          cmocka_unit_test(no_bundle_with_a_byte_changed_verifies),
          cmocka_unit_test(an_erased_opening_still_stands_in_the_log),
          cmocka_unit_test(every_member_has_its_type),
          cmocka_unit_test(a_bundle_has_a_limit_of_openings),
          cmocka_unit_test(what_has_no_canonical_form_is_neither_written_nor_read),
          cmocka_unit_test(a_bundle_without_room_is_not_written),
          cmocka_unit_test(a_bundle_has_a_limit_of_bytes),
          cmocka_unit_test(an_opening_above_the_limit_of_an_entry_is_refused))
