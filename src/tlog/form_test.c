/* One form for each thing: paths of tiles that are nearly right are refused. */
#include "testing.h"
#include "tlog/tile.h"

#include "base/error.h"

#include <stdio.h>

/* Every path that differs from a good one in one byte is refused, or is the form of its own tile.
 */
static void a_path_parses_only_in_the_form_that_it_is_printed_in(void **state)
{
    (void)state;
    static const char *const good[] = {"tile/0/000", "tile/1/067.p/8",
                                       "tile/entries/x001/000.p/255", "tile/2/x123/456"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char path[TLOG_TILE_PATH], again[TLOG_TILE_PATH];
        struct tlog_tile tile;
        snprintf(path, sizeof path, "%s", good[i]);
        assert_int_equal(tlog_tile_parse(path, &tile), 0);
        for (size_t at = 0; path[at]; at++) {
            for (int byte = 1; byte < 256; byte++) {
                path[at] = (char)byte;
                if (tlog_tile_parse(path, &tile) >= 0)
                    assert_string_equal(tlog_tile_path(&tile, again), path);
            }
            path[at] = good[i][at];
        }
    }
}

TEST_MAIN(cmocka_unit_test(a_path_parses_only_in_the_form_that_it_is_printed_in))
