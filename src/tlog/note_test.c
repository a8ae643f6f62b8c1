/* C2SP signed-note and tlog-checkpoint. */
#include "testing.h"
#include "tlog/checkpoint.h"
#include "tlog/note.h"

#include <stdio.h>
#include <string.h>

/* The example key and note of the signed-note documentation of Go's module golang.org/x/mod. */
static const char known_key[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char known_note[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n";

static void the_known_note_opens(void **state)
{
    (void)state;
    struct note_key key;
    char text[NOTE_VKEY_MAX];
    size_t size;
    assert_int_equal(note_key_parse(known_key, &key, NULL), 0);
    assert_string_equal(note_key_format(&key, text), known_key);
    assert_int_equal(note_open(&key, known_note, strlen(known_note), &size, NULL), 0);
    assert_int_equal(size, 99);
}

static void any_changed_byte_of_a_note_is_refused(void **state)
{
    (void)state;
    struct note_key key;
    size_t size;
    assert_int_equal(note_key_parse(known_key, &key, NULL), 0);
    for (size_t i = 0; i < strlen(known_note); i++) {
        char changed[sizeof known_note];
        memcpy(changed, known_note, sizeof changed);
        changed[i] ^= 1;
        assert_true(note_open(&key, changed, strlen(known_note), &size, NULL) < 0);
    }
    for (size_t cut = 0; cut < strlen(known_note); cut++)
        assert_true(note_open(&key, known_note, cut, &size, NULL) < 0);
}

static void damaged_keys_are_refused(void **state)
{
    (void)state;
    struct note_key key;
    static const char *const keys[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20ag+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(note_key_parse(keys[i], &key, NULL) < 0);
}

static void secret_keys_survive_their_text(void **state)
{
    (void)state;
    struct note_signer signer, copy;
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    assert_int_equal(note_signer_new("log.example/x", &signer), 0);
    assert_int_equal(note_signer_format(&signer, &text), 0);
    assert_int_equal(note_signer_parse(buffer_text(&text), &copy, NULL), 0);
    assert_memory_equal(copy.secret.seed, signer.secret.seed, SIGN_SEED_SIZE);
    assert_string_equal(copy.key.name, "log.example/x");
    assert_int_equal(note_signer_new("log example", &signer), ERR_SYNTAX);
    assert_int_equal(note_signer_new("log+example", &signer), ERR_SYNTAX);
    assert_int_equal(note_signer_parse(known_key, &copy, NULL), ERR_SYNTAX);
}

static void lines_of_other_keys_are_passed_over(void **state)
{
    (void)state;
    struct note_signer ours, witness, stranger;
    struct buffer note BUFFER_CLEANUP, other BUFFER_CLEANUP;
    buffer_init(&note, 8192);
    buffer_init(&other, 8192);
    assert_int_equal(note_signer_new("log.example", &ours), 0);
    assert_int_equal(note_signer_new("witness.example", &witness), 0);
    assert_int_equal(note_signer_new("stranger.example", &stranger), 0);
    assert_int_equal(note_sign(&ours, "text\n", 5, &note), 0);
    assert_int_equal(note_sign(&witness, "text\n", 5, &other), 0);
    for (int i = 0; i < 16; i++)
        buffer_append(&note, other.data + 6, other.size - 6); /* the line alone */
    buffer_printf(&note, "\xe2\x80\x94 pq.example %0200d\n", 0);
    assert_int_equal(note_sign(&ours, "", 0, &other), ERR_USAGE);
    assert_int_equal(note_sign(&ours, "text", 4, &other), ERR_USAGE);
    size_t size;
    assert_int_equal(note_open(&ours.key, buffer_text(&note), note.size, &size, NULL), 0);
    assert_int_equal(note_open(&witness.key, buffer_text(&note), note.size, &size, NULL), 0);
    assert_int_equal(note_open(&stranger.key, buffer_text(&note), note.size, &size, NULL),
                     ERR_NOT_FOUND);
}

static void too_many_lines_are_refused(void **state)
{
    (void)state;
    struct note_signer signer;
    struct buffer note BUFFER_CLEANUP;
    buffer_init(&note, NOTE_SIZE_MAX);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_int_equal(note_sign(&signer, "text\n", 5, &note), 0);
    for (int i = 1; i < NOTE_SIGNATURES_MAX; i++)
        buffer_printf(&note, "\xe2\x80\x94 w%d AAAA\n", i);
    size_t size;
    assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, NULL), 0);
    buffer_append_text(&note, "\xe2\x80\x94 w AAAA\n");
    assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, NULL), ERR_LIMIT);
}

/* A signed note and one line more. */
static int open_with_line(const struct note_signer *signer, const char *line)
{
    struct buffer note BUFFER_CLEANUP;
    size_t size = 77;
    buffer_init(&note, 8192);
    assert_int_equal(note_sign(signer, "text\n", 5, &note), 0);
    buffer_append_text(&note, line);
    int result = note_open(&signer->key, buffer_text(&note), note.size, &size, NULL);
    assert_int_equal(size, result < 0 ? 77 : 5);
    return result;
}

/* Whoever reads a refusal learns which line it was and what is wrong with it. */
static void a_refused_note_names_the_line(void **state)
{
    (void)state;
    struct note_signer signer;
    struct buffer note BUFFER_CLEANUP;
    struct error_detail detail = {0};
    size_t size;
    buffer_init(&note, 8192);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_int_equal(note_sign(&signer, "text\n", 5, &note), 0);
    note.data[0] ^= 1;
    assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, &detail),
                     ERR_DAMAGED);
    assert_string_equal(detail.text, "note: signature line 1: the signature is wrong");
    note.data[0] ^= 1;
    buffer_append_text(&note, "no dash in front\n");
    detail.text[0] = '\0';
    assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, &detail),
                     ERR_SYNTAX);
    char expected[ERROR_DETAIL_MAX];
    snprintf(expected, sizeof expected, "note: signature line 2: %s", error_text(ERR_SYNTAX));
    assert_string_equal(detail.text, expected);
}

/* C2SP signed-note: each line behind the text is "- <name> <base64>", whoever signed it. */
static void every_signature_line_has_its_form(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int result;
    } lines[] = {
        {"\n", ERR_SYNTAX},
        {"no dash in front\n", ERR_SYNTAX},
        {"\xe2\x80\x94 \n", ERR_SYNTAX},
        {"\xe2\x80\x94 log.example\n", ERR_SYNTAX},
        {"\xe2\x80\x94  AAAA\n", ERR_SYNTAX},
        {"\xe2\x80\x94 log.example AAA\n", ERR_SYNTAX},
        {"\xe2\x80\x94 log.example AAAA\n", ERR_SYNTAX}, /* three bytes hold no key id */
        {"\xe2\x80\x94 log.example AAAAAA==\n", 0},      /* the id of another key */
        {"\xe2\x80\x94 log.examplf AAAA\n", 0},          /* another name, not looked into */
        {"\xe2\x80\x94 log.exampl AAAA\n", 0},
        {"\xe2\x80\x94 log.example2 AAAA\n", 0},
    };
    struct note_signer signer;
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (open_with_line(&signer, lines[i].line) != lines[i].result)
            fail_msg("%s", lines[i].line);
    }
}

/* A second line of our key counts too: too short, it is a wrong signature; longer than an Ed25519
 * signature can be, it is of another algorithm. */
static void a_line_of_our_key_has_the_size_of_a_signature(void **state)
{
    (void)state;
    struct note_signer signer;
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    uint8_t bytes[4 + SIGN_SIGNATURE_SIZE + 1] = {
        (uint8_t)(signer.key.id >> 24), (uint8_t)(signer.key.id >> 16),
        (uint8_t)(signer.key.id >> 8), (uint8_t)signer.key.id};
    for (size_t size = 4; size <= sizeof bytes; size++) {
        char base64[BASE64_ROOM(sizeof bytes)], line[200];
        base64_format(bytes, size, base64, sizeof base64);
        snprintf(line, sizeof line, "\xe2\x80\x94 log.example %s\n", base64);
        int expected = size <= 4 + SIGN_SIGNATURE_SIZE ? ERR_DAMAGED : 0;
        /* 67 to 69 bytes have as many base64 characters: what does not fit cannot be read. */
        if (size == sizeof bytes)
            expected = ERR_SYNTAX;
        assert_int_equal(open_with_line(&signer, line), expected);
    }
    char line[200];
    snprintf(line, sizeof line, "\xe2\x80\x94 log.example %0*d\n", 96, 0);
    assert_int_equal(open_with_line(&signer, line), 0);
}

/* signed-note: no control characters but the line end; the last line is whole; nothing above the
 * limit of this program. */
static void a_note_is_text_of_whole_lines(void **state)
{
    (void)state;
    struct note_signer signer;
    size_t size;
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    for (int byte = 1; byte < 256; byte++) {
        struct buffer note BUFFER_CLEANUP;
        char text[] = "te?xt\n";
        text[2] = (char)byte;
        buffer_init(&note, 8192);
        assert_int_equal(note_sign(&signer, text, strlen(text), &note), 0);
        assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, NULL),
                         byte < ' ' && byte != '\n' ? ERR_SYNTAX : 0);
    }
    struct buffer first BUFFER_CLEANUP;
    buffer_init(&first, 8192);
    assert_int_equal(note_sign(&signer, "\ttext\n", 6, &first), 0);
    assert_int_equal(note_open(&signer.key, buffer_text(&first), first.size, &size, NULL),
                     ERR_SYNTAX);
    for (size_t most = NOTE_SIZE_MAX - 200; most <= NOTE_SIZE_MAX; most++) {
        struct buffer note BUFFER_CLEANUP, text BUFFER_CLEANUP;
        buffer_init(&note, 2 * NOTE_SIZE_MAX);
        buffer_init(&text, 2 * NOTE_SIZE_MAX);
        while (text.size < most - 1)
            buffer_append_byte(&text, 'x');
        buffer_append_byte(&text, '\n');
        assert_int_equal(note_sign(&signer, buffer_text(&text), text.size, &note), 0);
        assert_int_equal(note_open(&signer.key, buffer_text(&note), note.size, &size, NULL),
                         note.size <= NOTE_SIZE_MAX ? 0 : ERR_SYNTAX);
    }
    assert_int_equal(note_open(&signer.key, "text\n\nno dash\n", 14, &size, NULL), ERR_SYNTAX);
}

static void names_are_printable_ascii_without_plus(void **state)
{
    (void)state;
    char name[NOTE_NAME_MAX + 2];
    for (int byte = 1; byte < 256; byte++) {
        char one[] = {'a', (char)byte, '\0'};
        assert_int_equal(note_name_valid(one), byte > ' ' && byte < 0x7f && byte != '+');
    }
    assert_false(note_name_valid(""));
    memset(name, 'n', sizeof name);
    name[NOTE_NAME_MAX + 1] = '\0';
    assert_false(note_name_valid(name));
    name[NOTE_NAME_MAX] = '\0';
    assert_true(note_name_valid(name));
    struct note_signer signer;
    struct note_key key;
    char text[NOTE_VKEY_MAX];
    assert_int_equal(note_signer_new(name, &signer), 0);
    assert_int_equal(note_key_parse(note_key_format(&signer.key, text), &key, NULL), 0);
    assert_string_equal(key.name, name);
}

/* note.h: ERR_UNSUPPORTED for another algorithm, ERR_DAMAGED for the id of another key, and one
 * line end may follow. Outputs stay as they were. */
static void a_key_text_says_why_it_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
    } rows[] = {
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", 0},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n\n", ERR_SYNTAX},
        {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_DAMAGED},
        {"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERR_UNSUPPORTED},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", ERR_UNSUPPORTED},
        {"PeterNeumann-c74f20a3-ARpc", ERR_SYNTAX},
        {"PeterNeumann+c74f20a3-ARpc", ERR_SYNTAX},
        {"PeterNeumann+c74f20a3+", ERR_SYNTAX},
        {"\n", ERR_SYNTAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct note_key key = {.id = 77};
        if (note_key_parse(rows[i].text, &key, NULL) != rows[i].result)
            fail_msg("%s", rows[i].text);
        assert_int_equal(key.id, rows[i].result == 0 ? 0xc74f20a3 : 77);
    }
    struct note_key other;
    struct error_detail detail = {0};
    assert_int_equal(note_key_parse(rows[3].text, &other, &detail), ERR_UNSUPPORTED);
    assert_string_equal(detail.text, "key of algorithm 2; only Ed25519 (1) is known");
    char text[NOTE_VKEY_MAX + 100];
    struct note_signer signer = {.key.id = 77};
    snprintf(text, sizeof text, "PRIVATE+KEY+%s", known_key); /* no seed of its own id */
    assert_int_equal(note_signer_parse(text, &signer, NULL), ERR_DAMAGED);
    assert_int_equal(note_signer_parse("PRIVATE+KEY+x", &signer, NULL), ERR_SYNTAX);
    assert_int_equal(signer.key.id, 77);
    memset(text, 'n', sizeof text - 1); /* longer than any key */
    memcpy(text + 20, known_key + 12, strlen(known_key + 12));
    text[sizeof text - 1] = '\0';
    struct note_key key;
    assert_int_equal(note_key_parse(text, &key, NULL), ERR_SYNTAX);
}

/* tlog-checkpoint: "the origin of a checkpoint is the name of the key". */
static void a_checkpoint_of_another_log_is_refused(void **state)
{
    (void)state;
    struct note_signer signer;
    struct buffer text BUFFER_CLEANUP, note BUFFER_CLEANUP;
    struct tlog_checkpoint checkpoint = {.origin = "other.example", .size = 5}, read = {.size = 77};
    struct error_detail detail = {0};
    buffer_init(&text, 1024);
    buffer_init(&note, 1024);
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &text), 0);
    assert_int_equal(note_sign(&signer, buffer_text(&text), text.size, &note), 0);
    assert_int_equal(
        tlog_checkpoint_open(&signer.key, buffer_text(&note), note.size, &read, &detail),
        ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "other.example"));
    buffer_clear(&note);
    assert_int_equal(note_sign(&signer, "log.example\n", 12, &note), 0);
    assert_int_equal(tlog_checkpoint_open(&signer.key, buffer_text(&note), note.size, &read, NULL),
                     ERR_SYNTAX);
    assert_int_equal(read.size, 77);
}

static void checkpoints_are_read_and_refused(void **state)
{
    (void)state;
    static const char good[] = "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    struct tlog_checkpoint checkpoint;
    assert_int_equal(tlog_checkpoint_parse(good, strlen(good), &checkpoint, NULL), 0);
    assert_int_equal(checkpoint.size, 16);
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 400);
    assert_int_equal(tlog_checkpoint_format(&checkpoint, &text), 0);
    assert_string_equal(buffer_text(&text), good);
    static const char *const bad[] = {
        "",
        "log.example\n",
        "log.example\n016\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "log.example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n",
        "log.example\n16\nnot base64\n",
        "log.example\n16\n",
        "log.example\n\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log example\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "\n16\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(tlog_checkpoint_parse(bad[i], strlen(bad[i]), &checkpoint, NULL),
                         ERR_SYNTAX);
    static const char empty[] = "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert_int_equal(tlog_checkpoint_parse(empty, strlen(empty), &checkpoint, NULL), 0);
    assert_int_equal(checkpoint.size, 0);
    /* Nor does any other line run over its room. */
    static const int long_lines[] = {NOTE_NAME_MAX + 1, 4 * NOTE_NAME_MAX};
    for (size_t i = 0; i < sizeof long_lines / sizeof *long_lines; i++) {
        char lines[5 * NOTE_NAME_MAX];
        snprintf(lines, sizeof lines, "log.example\n%0*d\n", long_lines[i], 0);
        assert_int_equal(tlog_checkpoint_parse(lines, strlen(lines), &checkpoint, NULL),
                         ERR_SYNTAX);
        snprintf(lines, sizeof lines, "log.example\n16\n%0*d\n", long_lines[i], 0);
        assert_int_equal(tlog_checkpoint_parse(lines, strlen(lines), &checkpoint, NULL),
                         ERR_SYNTAX);
    }
    /* An origin as long as a name may be, and one byte longer. */
    char line[NOTE_NAME_MAX + 100];
    for (int size = NOTE_NAME_MAX; size <= NOTE_NAME_MAX + 1; size++) {
        snprintf(line, sizeof line, "%0*d%s", size, 0, strchr(good, '\n'));
        assert_int_equal(tlog_checkpoint_parse(line, strlen(line), &checkpoint, NULL),
                         size <= NOTE_NAME_MAX ? 0 : ERR_SYNTAX);
    }
}

static void a_displaced_store_says_demo_in_its_origin(void **state)
{
    (void)state;
    char origin[NOTE_NAME_MAX + 1];
    assert_int_equal(tlog_origin("log.example", /* demo= */ false, origin), 0);
    assert_string_equal(origin, "log.example");
    assert_int_equal(tlog_origin("log.example", /* demo= */ true, origin), 0);
    assert_string_equal(origin, "demo.log.example");
    assert_int_equal(tlog_origin("demo.log.example", /* demo= */ true, origin), 0);
    assert_string_equal(origin, "demo.log.example");
    assert_int_equal(tlog_origin("log example", /* demo= */ false, origin), ERR_SYNTAX);
    /* "demo." counts: as long as a name may be, one byte longer, and very long. */
    char name[1000];
    snprintf(name, sizeof name, "%0*d", NOTE_NAME_MAX - 5, 0);
    assert_int_equal(tlog_origin(name, /* demo= */ true, origin), 0);
    assert_int_equal(strlen(origin), NOTE_NAME_MAX);
    snprintf(name, sizeof name, "%0*d", NOTE_NAME_MAX - 4, 0);
    assert_int_equal(tlog_origin(name, /* demo= */ true, origin), ERR_SYNTAX);
    assert_int_equal(tlog_origin(name, /* demo= */ false, origin), 0);
    snprintf(name, sizeof name, "%0*d", 900, 0);
    assert_int_equal(tlog_origin(name, /* demo= */ false, origin), ERR_SYNTAX);
}

static void a_wiped_signer_holds_no_secret(void **state)
{
    (void)state;
    struct note_signer signer;
    static const struct sign_key nothing;
    assert_int_equal(note_signer_new("log.example", &signer), 0);
    assert_memory_not_equal(&signer.secret.seed, &nothing.seed, sizeof nothing.seed);
    note_signer_wipe(&signer);
    assert_memory_equal(&signer.secret.seed, &nothing.seed, sizeof nothing.seed);
}

TEST_MAIN(cmocka_unit_test(the_known_note_opens), cmocka_unit_test(a_wiped_signer_holds_no_secret),
          cmocka_unit_test(any_changed_byte_of_a_note_is_refused),
          cmocka_unit_test(damaged_keys_are_refused),
          cmocka_unit_test(secret_keys_survive_their_text),
          cmocka_unit_test(lines_of_other_keys_are_passed_over),
          cmocka_unit_test(too_many_lines_are_refused),
          cmocka_unit_test(a_refused_note_names_the_line),
          cmocka_unit_test(every_signature_line_has_its_form),
          cmocka_unit_test(a_line_of_our_key_has_the_size_of_a_signature),
          cmocka_unit_test(a_note_is_text_of_whole_lines),
          cmocka_unit_test(names_are_printable_ascii_without_plus),
          cmocka_unit_test(a_key_text_says_why_it_is_refused),
          cmocka_unit_test(a_checkpoint_of_another_log_is_refused),
          cmocka_unit_test(checkpoints_are_read_and_refused),
          cmocka_unit_test(a_displaced_store_says_demo_in_its_origin))
