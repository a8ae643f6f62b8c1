/* Another process, rulebook or population on the same seed: what came of it beside what an earlier
 * run reported, as rows and as a picture. */
#include "app/simulate/simulate.h"
#include "base/buffer.h"
#include "base/file_batch.h"
#include "view/catalogue.h"
#include "view/outcomes.h"

#include <string.h>

enum { REPORT_MAX = 4 << 20 };

static int load_report(const char *path, json_t **ret_report, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, REPORT_MAX);
    int result = buffer_load_file(&bytes, path);
    if (result < 0)
        return error_set(detail, result, "report '%s': %s", path, error_text(result));
    result = json_parse((const char *)bytes.data, bytes.size, ret_report, detail);
    return result < 0 ? error_context(detail, result, "report '%s'", path) : 0;
}

/* Only the same seed, parties and days can be compared. */
static int agree(const json_t *report, const json_t *other, struct error_detail *detail)
{
    static const char *const keys[] = {"seed", "registrars", "registries", "from", "until"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!json_equal(json_object_get(report, keys[i]), json_object_get(other, keys[i])))
            return error_set(detail, ERR_CONFLICT, "the report to set beside has other %s",
                             keys[i]);
    }
    return 0;
}

static int64_t total(const json_t *report, const char *party, const char *figure)
{
    size_t index;
    json_t *row;
    int64_t sum = 0;
    json_array_foreach(json_object_get(report, "months"), index, row)
    {
        const char *of = json_text(row, "party"); /* foreign: it may have none */
        if (of && strcmp(of, party) == 0)
            sum += json_number(row, figure, 0);
    }
    return sum;
}

static json_t *rows_of(const json_t *earlier, const json_t *report)
{
    static const char *const parties[] = {"registrar", "registry"};
    static const char *const figures[] = {"received",  "first",  "second",     "third",
                                          "escalated", "breach", "suspension", "termination",
                                          "cured",     "closed"};
    json_t *rows = json_array();
    for (size_t p = 0; p < sizeof parties / sizeof *parties; p++) {
        for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
            json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:I}", "party", parties[p],
                                                  "figure", figures[f], "one",
                                                  total(earlier, parties[p], figures[f]), "other",
                                                  total(report, parties[p], figures[f])));
    }
    return rows;
}

int simulate_set_beside(json_t *report, const char *earlier, struct error_detail *detail)
{
    json_t *other JSON_CLEANUP = NULL;
    int result = load_report(earlier, &other, detail);
    if (result >= 0)
        result = agree(report, other, detail);
    if (result < 0)
        return result;
    return json_object_set_new(report, "beside", rows_of(other, report)) < 0 ? ERR_NO_MEMORY : 0;
}

int simulate_draw_beside(const json_t *report, const char *const names[2], const char *path,
                         struct error_detail *detail)
{
    MARKUP_CLEANUP struct markup picture;
    markup_init(&picture);
    int result = outcomes_svg(json_object_get(report, "beside"), names, catalogue_find("en"),
                              &picture, detail);
    return result < 0 ? result : file_replace(path, picture.bytes.data, picture.bytes.size, detail);
}
