#include "app/complaints/closure.h"

#include "rulebook/process.h"
#include "rulebook/rulebook.h"

int closure_words(struct app *app, const struct complaint_record *record, const char **ret_words,
                  struct error_detail *detail)
{
    const struct store_complaint *row = &record->row;
    const struct rulebook *rulebook;
    const struct process *process;
    int result = app_version_of(app, row->rulebook, &rulebook, &process, detail);
    if (result < 0)
        return result;
    const struct complaint_type *type = rulebook_complaint_find(rulebook, row->type);
    const struct closure_code *code = process_closure_find(process, row->closure);
    const char *told = rulebook_outcome_text(rulebook, row->closure, row->language);
    *ret_words = *told ? told : code ? code->label : row->closure;
    for (size_t i = 0; type && i < type->scope_count; i++) {
        if (strcmp(type->scopes[i].closure, row->closure) != 0)
            continue;
        *ret_words = rulebook_complaint_text(rulebook, &type->scopes[i].words, row->language);
        break;
    }
    return 0;
}
