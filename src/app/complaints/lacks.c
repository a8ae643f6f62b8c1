#include "app/complaints/lacks.h"

#include "app/complaints/filing.h"
#include "app/complaints/precheck.h"
#include "app/complaints/said.h"

/* What the type asks for. */
static int find_missing(const struct complaint_type *type, const json_t *words, struct arena *arena,
                        struct lacks *ret_lacks)
{
    const json_t *exhibits = json_object_get(words, "exhibits"), *row;
    struct said said;
    size_t i;
    struct complaint_exhibit *shown =
        arena_array(arena, json_array_size(exhibits) + 1, sizeof *shown);
    int result = shown ? said_read(words, type, arena, &said) : ERR_LIMIT;
    if (result < 0)
        return result;
    json_array_foreach(exhibits, i, row)
    {
        shown[i] =
            (struct complaint_exhibit){json_text(row, "evidence"), json_text(row, "media_type")};
    }
    return complaint_missing(type, said.answers, said.answer_count, shown,
                             json_array_size(exhibits), arena, &ret_lacks->list, &ret_lacks->count);
}

int lacks_find(struct app *app, const struct complaint_record *record, const json_t *words,
               struct arena *arena, struct lacks *ret_lacks, struct error_detail *detail)
{
    struct record_law law;
    struct precheck precheck;
    struct lacks lacks = {.count = 0};
    const struct precheck_question question = {.record = record, .words = words};
    int result = record_find_law(app, record, &law, detail);
    if (result >= 0)
        result = find_missing(law.type, words, arena, &lacks);
    if (result >= 0)
        result = precheck_record(app, &question, arena, &precheck, detail);
    if (result >= 0)
        result = precheck_append(&precheck, arena, &lacks.list, &lacks.count);
    if (result >= 0)
        *ret_lacks = lacks;
    return result;
}

int lacks_put(const struct lacks *lacks, json_t *addition)
{
    return json_object_set_new(
               addition, "missing",
               filing_lack_list(lacks->list, lacks->count, /* words= */ NULL, NULL)) < 0
               ? ERR_NO_MEMORY
               : 0;
}
