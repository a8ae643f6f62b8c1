/* C2SP tlog-tiles: paths, contents, and that the tiles of a growth are exactly the new ones. */
#include "testing.h"
#include "tlog/memory_log.h"
#include "tlog/tile.h"

#include <stdio.h>

static struct memory_log log_;

static void paths_are_grouped_by_three(void **state)
{
    (void)state;
    static const struct {
        struct tlog_tile tile;
        const char *path;
    } cases[] = {
        {{.level = 0, .index = 0, .width = 256}, "tile/0/000"},
        {{.level = 3, .index = 1234067, .width = 256}, "tile/3/x001/x234/067"},
        {{.level = 0, .index = 1234, .width = 5}, "tile/0/x001/234.p/5"},
        {{.entries = true, .index = 1000, .width = 255}, "tile/entries/x001/000.p/255"},
        {{.level = 7, .index = 999, .width = 1}, "tile/7/999.p/1"},
        {{.level = 1, .index = UINT64_C(1002003004005006007), .width = 256},
         "tile/1/x001/x002/x003/x004/x005/x006/007"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[TLOG_TILE_PATH];
        struct tlog_tile tile;
        assert_string_equal(tlog_tile_path(&cases[i].tile, path), cases[i].path);
        assert_int_equal(tlog_tile_parse(path, &tile), 0);
        assert_memory_equal(&tile.index, &cases[i].tile.index, sizeof tile.index);
        assert_int_equal(tile.width, cases[i].tile.width);
        assert_int_equal(tile.level, cases[i].tile.level);
        assert_int_equal(tile.entries, cases[i].tile.entries);
    }
}

static void other_paths_are_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/9/000",
        "tile/00/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000/",
        "tile/entries/../000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x001/x002/x003/x004/x005/x006/x007",
        "tile/0/x001/x002/x003/x004/x005/x006/007.p/255xxxxxxxxxxxxxxxxxxxxxx",
        "tile/8/000",
        "tile/-/000",
        "tile/0_000",
        "tile/0/000.q/5",
        "tile/0/0_0",
        "tilt/0/000",
        "/tile/0/000"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct tlog_tile tile;
        assert_int_equal(tlog_tile_parse(paths[i], &tile), ERR_SYNTAX);
    }
}

static void contents_are_hashes_or_prefixed_entries(void **state)
{
    (void)state;
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 600);
    struct tlog_source source = memory_source(&log_);
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, TLOG_TILE_BYTES_MAX);
    struct tlog_tile entries = {.entries = true, .index = 2, .width = 88};
    assert_int_equal(tlog_tile_write(&source, &entries, &bytes), 0);
    assert_int_equal(bytes.size, 88 * 34);
    struct digest entry = memory_entry(513);
    assert_memory_equal(bytes.data + 34, "\0\x20", 2);
    assert_memory_equal(bytes.data + 36, entry.bytes, DIGEST_SIZE);
    buffer_clear(&bytes);
    struct tlog_tile hashes = {.index = 2, .width = 88};
    assert_int_equal(tlog_tile_write(&source, &hashes, &bytes), 0);
    struct digest leaf = tlog_leaf_hash(entry.bytes, DIGEST_SIZE);
    assert_int_equal(bytes.size, 88 * 32);
    assert_memory_equal(bytes.data + 32, leaf.bytes, DIGEST_SIZE);
    buffer_clear(&bytes);
    struct tlog_tile upper = {.level = 1, .width = 2};
    assert_int_equal(tlog_tile_write(&source, &upper, &bytes), 0);
    assert_memory_equal(bytes.data, log_.nodes[1][0].bytes, 2 * DIGEST_SIZE);
}

struct visits {
    char text[400];
};

static int note_visit(void *context, const struct tlog_tile *tile)
{
    struct visits *visits = context;
    char path[TLOG_TILE_PATH];
    size_t at = strlen(visits->text);
    snprintf(visits->text + at, sizeof visits->text - at, "%s\n", tlog_tile_path(tile, path));
    return 0;
}

static void growth_visits_exactly_the_new_tiles(void **state)
{
    (void)state;
    struct visits visits = {""};
    assert_int_equal(tlog_tiles_of_growth(16, 16, note_visit, &visits), 0);
    assert_string_equal(visits.text, "");
    assert_int_equal(tlog_tiles_of_growth(0, 16, note_visit, &visits), 0);
    assert_string_equal(visits.text, "tile/entries/000.p/16\ntile/0/000.p/16\n");
    visits.text[0] = '\0';
    assert_int_equal(tlog_tiles_of_growth(240, 256, note_visit, &visits), 0);
    assert_string_equal(visits.text, "tile/entries/000\ntile/0/000\ntile/1/000.p/1\n");
    visits.text[0] = '\0';
    assert_int_equal(tlog_tiles_of_growth(65520, 65792, note_visit, &visits), 0);
    assert_string_equal(visits.text, "tile/entries/255\ntile/entries/256\ntile/0/255\ntile/0/256\n"
                                     "tile/1/000\ntile/1/001.p/1\ntile/2/000.p/1\n");
    assert_int_equal(tlog_tiles_of_growth(2, 1, note_visit, &visits), ERR_USAGE);
}

static int count_to_three(void *context, const struct tlog_tile *tile)
{
    (void)tile;
    return ++*(int *)context == 3 ? ERR_STORE : 1;
}

/* "Stops at the first failure of `each`"; a source that fails is a tile that is not written. */
static void failures_are_told(void **state)
{
    (void)state;
    struct buffer bytes BUFFER_CLEANUP;
    int calls = 0;
    assert_int_equal(tlog_tiles_of_growth(0, 700, count_to_three, &calls), ERR_STORE);
    assert_int_equal(calls, 3);
    calls = 3; /* past the failure */
    assert_int_equal(tlog_tiles_of_growth(0, 700, count_to_three, &calls), 0);
    assert_int_equal(calls, 3 + 3 + 3 + 1);
    tlog_frontier_init(&log_.frontier);
    memory_grow(&log_, 10);
    struct tlog_source source = memory_source(&log_);
    buffer_init(&bytes, TLOG_TILE_BYTES_MAX);
    const struct tlog_tile tile = {.width = 11};
    assert_int_equal(tlog_tile_write(&source, &tile, &bytes), ERR_NOT_FOUND);
    assert_int_equal(bytes.size, 0);
}

/* TLOG_SIZE_MAX: its last tiles, and no growth above it. */
static void the_largest_log_has_tiles_on_every_level(void **state)
{
    (void)state;
    int calls = 10;
    assert_int_equal(tlog_tiles_of_growth(TLOG_SIZE_MAX - 1, TLOG_SIZE_MAX, count_to_three, &calls),
                     0);
    assert_int_equal(calls, 10 + 1 + TLOG_LEVELS);
    assert_int_equal(
        tlog_tiles_of_growth(TLOG_SIZE_MAX - 1, TLOG_SIZE_MAX + 1, count_to_three, &calls),
        ERR_USAGE);
}

TEST_MAIN(cmocka_unit_test(paths_are_grouped_by_three), cmocka_unit_test(other_paths_are_refused),
          cmocka_unit_test(contents_are_hashes_or_prefixed_entries),
          cmocka_unit_test(growth_visits_exactly_the_new_tiles),
          cmocka_unit_test(failures_are_told),
          cmocka_unit_test(the_largest_log_has_tiles_on_every_level))
