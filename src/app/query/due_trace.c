/* How a running deadline was counted, for people. */
#include "app/query/case_parts.h"

#include "base/civil.h"

#include <stdio.h>

static void put_step(void *context, const struct deadline_step *step)
{
    char date[CIVIL_DATE_TEXT], line[160];
    snprintf(line, sizeof line, "%s: %s%s%s", civil_format_date(step->day, date),
             deadline_mark_text(step->mark), step->name[0] ? ", " : "", step->name);
    json_array_append_new(context, json_string(line));
}

json_t *query_due_trace(const struct case_state *state)
{
    const struct deadline *due = &state->deadline.due;
    json_t *list = json_array();
    struct deadline again;
    char date[CIVIL_DATE_TEXT], line[200];
    if (state->deadline.clock != CLOCK_RUNNING || !due->rule)
        return list;
    snprintf(line, sizeof line, "Rule '%s': %s%s%s", due->rule->id, due->rule->label,
             due->rule->clause[0] ? ", " : "", due->rule->clause);
    json_array_append_new(list, json_string(line));
    if (deadline_again(due, put_step, list, &again) >= 0 && again.date == due->date)
        return list;
    snprintf(line, sizeof line, "moved to %s", civil_format_date(due->date, date));
    json_array_append_new(list, json_string(line));
    return list;
}
