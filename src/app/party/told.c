#include "app/party/told.h"

#include <string.h>

/* T1, T2: how many events there were at that moment. */
static size_t count_told(const struct case_explanation *rows, size_t count)
{
    bool telling = false;
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].event->type == CASE_NOTICE_SENT || stage_is_end(rows[i].to))
            telling = true;
        else if (strcmp(rows[i].from->id, rows[i].to->id) != 0)
            telling = false;
        if (telling)
            told = i + 1;
    }
    return told;
}

int told_take(struct casefile *file, struct casefile *ret_told, struct error_detail *detail)
{
    const struct case_versions versions = app_versions_of(file->app);
    struct case_explanation *rows;
    int result = casefile_explain(file, &file->arena, &rows, detail);
    if (result < 0)
        return result;
    *ret_told = *file;
    ret_told->event_count = count_told(rows, file->event_count);
    if (ret_told->event_count == 0)
        return error_set(detail, ERR_DAMAGED, "no event of case %s tells its party of it",
                         file->record.id);
    case_state_init(&ret_told->state, file->first);
    result = case_fold_on(&ret_told->state, file->events, ret_told->event_count, &versions,
                          /* rows= */ NULL, detail);
    ret_told->rulebook = app_rulebook_of(file->app, ret_told->state.process);
    return result;
}

bool told_is_past(const struct casefile *file, const struct casefile *told)
{
    return told->event_count < file->event_count;
}
