/* One folder, one archive, one digest; everything else is refused. */
#include "rulebook/tree.h"

#include "base/cbor.h"
#include "refusal.h"
#include "rulebook/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* --- a folder of our own --- */

struct folder {
    char path[64];
};

static void folder_make(struct folder *folder)
{
    strcpy(folder->path, "/tmp/bailiwick-tree-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

static void folder_remove(struct folder *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder->path);
    assert_int_equal(system(command), 0);
}

static void put(const struct folder *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_inner(const struct folder *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

/* R3 */
static void the_order_of_files_does_not_matter(void **state)
{
    (void)state;
    const struct tree_file files[] = {{"b/x.yaml", (const uint8_t *)"2", 1},
                                      {"a.yaml", (const uint8_t *)"1", 1},
                                      {"b-c.yaml", (const uint8_t *)"", 0}};
    const struct tree_file turned[] = {files[2], files[0], files[1]};
    struct rulebook_tree one RULEBOOK_TREE_CLEANUP = {0}, two RULEBOOK_TREE_CLEANUP = {0};
    struct digest a, b;
    assert_int_equal(rulebook_tree_make(files, 3, &one, NULL), 0);
    assert_int_equal(rulebook_tree_make(turned, 3, &two, NULL), 0);
    assert_int_equal(rulebook_tree_digest(&one, &a), 0);
    assert_int_equal(rulebook_tree_digest(&two, &b), 0);
    assert_true(digest_equal(&a, &b));
    assert_string_equal(one.files[0].path, "a.yaml");
    assert_string_equal(one.files[1].path, "b-c.yaml");
}

/* The format is for ever: these bytes were worked out by hand (RFC 8949). */
static void the_archive_has_these_bytes(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x82, 0x74, 'b',  'a',  'i',  'l', 'i',  'w', 'i', 'c',
                                       'k',  '-',  'r',  'u',  'l',  'e', 'b',  'o', 'o', 'k',
                                       '-',  '1',  0x81, 0x82, 0x61, 'a', 0x42, 'h', 'i'};
    const struct tree_file file = {"a", (const uint8_t *)"hi", 2};
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 1000);
    assert_int_equal(rulebook_tree_make(&file, 1, &tree, NULL), 0);
    assert_int_equal(rulebook_tree_encode(&tree, &out), 0);
    assert_int_equal(out.size, sizeof expected);
    assert_memory_equal(out.data, expected, sizeof expected);
}

static void a_folder_gives_the_same_bytes_as_its_files(void **state)
{
    (void)state;
    struct folder folder;
    struct rulebook_tree read RULEBOOK_TREE_CLEANUP = {0}, made RULEBOOK_TREE_CLEANUP = {0};
    struct digest a, b;
    const struct tree_file files[] = {{"letters/n/en.md", (const uint8_t *)"Hi", 2},
                                      {"rulebook.yaml", (const uint8_t *)"id: x\n", 6}};
    folder_make(&folder);
    make_inner(&folder, "letters");
    make_inner(&folder, "letters/n");
    put(&folder, "letters/n/en.md", "Hi");
    put(&folder, "rulebook.yaml", "id: x\n");
    put(&folder, "rulebook.yaml~", "an editor's copy");
    put(&folder, ".hidden", "a system's file");
    assert_int_equal(rulebook_tree_read(folder.path, &read, NULL), 0);
    assert_int_equal(rulebook_tree_make(files, 2, &made, NULL), 0);
    assert_int_equal(rulebook_tree_digest(&read, &a), 0);
    assert_int_equal(rulebook_tree_digest(&made, &b), 0);
    assert_true(digest_equal(&a, &b));
    folder_remove(&folder);
}

static void links_and_odd_names_are_refused_by_name(void **state)
{
    (void)state;
    struct folder folder;
    struct rulebook_tree tree = {0};
    struct error_detail detail = {0};
    char path[256];
    folder_make(&folder);
    snprintf(path, sizeof path, "%s/link.yaml", folder.path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(rulebook_tree_read(folder.path, &tree, &detail), ERR_UNSUPPORTED);
    assert_string_equal(detail.text, "link.yaml: a symbolic link");
    assert_int_equal(unlink(path), 0);

    detail.text[0] = 0;
    snprintf(path, sizeof path, "%s/pipe.yaml", folder.path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(rulebook_tree_read(folder.path, &tree, &detail), ERR_UNSUPPORTED);
    assert_string_equal(detail.text, "pipe.yaml: neither a file nor a folder");
    assert_int_equal(unlink(path), 0);

    detail.text[0] = 0;
    put(&folder, "a b.yaml", "x");
    assert_int_equal(rulebook_tree_read(folder.path, &tree, &detail), ERR_UNSUPPORTED);
    assert_non_null(strstr(detail.text, "a b.yaml"));
    assert_null(tree.files);
    folder_remove(&folder);
}

static void an_archive_comes_back_and_every_changed_byte_is_noticed(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0}, back RULEBOOK_TREE_CLEANUP = {0};
    struct buffer bytes BUFFER_CLEANUP;
    struct digest name;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(sample_tree(NULL, NULL, &tree), 0);
    assert_int_equal(rulebook_tree_encode(&tree, &bytes), 0);
    assert_int_equal(rulebook_tree_digest(&tree, &name), 0);
    assert_int_equal(rulebook_tree_decode(bytes.data, bytes.size, &back, NULL), 0);
    assert_int_equal(back.count, tree.count);
    assert_non_null(rulebook_tree_find(&back, "documents/deed.yaml"));
    assert_null(rulebook_tree_find(&back, "documents"));
    for (size_t i = 0; i < bytes.size; i++) {
        struct rulebook_tree changed = {0};
        struct digest other;
        bytes.data[i] ^= 1;
        if (rulebook_tree_decode(bytes.data, bytes.size, &changed, NULL) >= 0) {
            assert_int_equal(rulebook_tree_digest(&changed, &other), 0);
            assert_false(digest_equal(&name, &other));
        }
        rulebook_tree_done(&changed);
        bytes.data[i] ^= 1;
    }
    for (size_t size = 0; size < bytes.size; size++) {
        struct rulebook_tree cut = {0};
        assert_int_equal(rulebook_tree_decode(bytes.data, size, &cut, NULL), ERR_DAMAGED);
    }
}

static void paths_that_leave_the_folder_are_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"",   "/a",   "a/",        "a//b", "../a", "a/../b",
                                        ".a", "a/.b", "a/b/c/d/e", "a\nb", "a\\b", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct rulebook_tree tree = {0};
        const struct tree_file file = {paths[i], (const uint8_t *)"", 0};
        assert_int_equal(rulebook_tree_make(&file, 1, &tree, NULL), ERR_UNSUPPORTED);
    }
    struct rulebook_tree tree = {0};
    const struct tree_file twice[] = {{"a", (const uint8_t *)"1", 1},
                                      {"a", (const uint8_t *)"2", 1}};
    assert_int_equal(rulebook_tree_make(twice, 2, &tree, NULL), ERR_CONFLICT);
}

static void too_much_is_refused_with_its_limit(void **state)
{
    (void)state;
    static const uint8_t vast[TREE_FILE_MAX + 1];
    static struct tree_file files[TREE_FILES_MAX + 1];
    static char names[TREE_FILES_MAX + 1][16];
    struct rulebook_tree tree = {0};
    struct error_detail detail = {0};
    for (size_t i = 0; i <= TREE_FILES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "f%zu.yaml", i);
        files[i] = (struct tree_file){names[i], vast, 0};
    }
    assert_refused(rulebook_tree_make(files, TREE_FILES_MAX + 1, &tree, &detail), ERR_LIMIT,
                   &detail, "more than 2000 files");
    for (size_t i = 0; i <= TREE_BYTES_MAX / TREE_FILE_MAX; i++)
        files[i].size = TREE_FILE_MAX;
    assert_refused(rulebook_tree_make(files, TREE_BYTES_MAX / TREE_FILE_MAX + 1, &tree, &detail),
                   ERR_LIMIT, &detail, "more than 16777216 bytes in all files");
    files[1].size = sizeof vast;
    assert_refused(rulebook_tree_make(files, 2, &tree, &detail), ERR_LIMIT, &detail,
                   "f1.yaml: larger than 1048576 bytes");
    assert_null(tree.files);
}

/* An archive that nobody here would write: one file, larger than may be. */
static void archives_hold_the_limits_too(void **state)
{
    (void)state;
    static const uint8_t vast[TREE_FILE_MAX + 1];
    struct buffer out BUFFER_CLEANUP;
    struct rulebook_tree tree = {0};
    struct error_detail detail = {0};
    buffer_init(&out, 2 * TREE_FILE_MAX);
    cbor_put_array(&out, 2);
    cbor_put_text(&out, "bailiwick-rulebook-1");
    cbor_put_array(&out, 1);
    cbor_put_array(&out, 2);
    cbor_put_text(&out, "a");
    cbor_put_bytes(&out, vast, sizeof vast);
    assert_refused(rulebook_tree_decode(out.data, out.size, &tree, &detail), ERR_LIMIT, &detail,
                   "a: larger than 1048576 bytes");
    assert_refused(rulebook_tree_decode("x", 1, &tree, &detail), ERR_DAMAGED, &detail,
                   "not an archive of a rulebook");
}

static void put_deep_folder(const struct folder *folder)
{
    static const char *const names[] = {"a", "a/b", "a/b/c", "a/b/c/d"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make_inner(folder, names[i]);
}

static void put_vast_file(const struct folder *folder)
{
    char path[256];
    put(folder, "vast.yaml", "");
    snprintf(path, sizeof path, "%s/vast.yaml", folder->path);
    assert_int_equal(truncate(path, TREE_FILE_MAX + 1), 0);
}

static void put_socket(const struct folder *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/sock", folder->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

static void put_many_hidden_files(const struct folder *folder)
{
    char name[32];
    for (int i = 0; i <= 10000; i++) {
        snprintf(name, sizeof name, ".%d", i);
        put(folder, name, "");
    }
}

static void folders_are_refused_by_the_path_inside(void **state)
{
    (void)state;
    static const struct {
        void (*put)(const struct folder *folder);
        int code;
        const char *words;
    } rows[] = {
        {put_deep_folder, ERR_UNSUPPORTED, "a/b/c/d: a folder too deep"},
        {put_vast_file, ERR_LIMIT, "vast.yaml: larger than 1048576 bytes"},
        {put_socket, -ENXIO, "sock: No such device or address"},
        {put_many_hidden_files, ERR_LIMIT, ": more than 10000 entries"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct rulebook_tree tree = {0};
        struct error_detail detail = {0};
        folder_make(&folder);
        rows[i].put(&folder);
        int r = rulebook_tree_read(folder.path, &tree, &detail);
        folder_remove(&folder);
        assert_refused(r, rows[i].code, &detail, rows[i].words);
        assert_null(tree.files);
    }
}

TEST_MAIN(cmocka_unit_test(the_order_of_files_does_not_matter),
          cmocka_unit_test(the_archive_has_these_bytes),
          cmocka_unit_test(a_folder_gives_the_same_bytes_as_its_files),
          cmocka_unit_test(links_and_odd_names_are_refused_by_name),
          cmocka_unit_test(an_archive_comes_back_and_every_changed_byte_is_noticed),
          cmocka_unit_test(paths_that_leave_the_folder_are_refused),
          cmocka_unit_test(too_much_is_refused_with_its_limit),
          cmocka_unit_test(archives_hold_the_limits_too),
          cmocka_unit_test(folders_are_refused_by_the_path_inside))
