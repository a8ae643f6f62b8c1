#include "check/report.h"

#include "base/error.h"
#include "check/check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void report_init(struct report *report, struct view *view)
{
    *report = (struct report){.view = view, .arena = view->arena};
    buffer_init(&report->text, REPORT_VALUES_MAX);
}

void report_done(struct report *report)
{
    buffer_done(&report->text);
}

void report_fail(struct report *report, int failure)
{
    if (report->failure == 0)
        report->failure = failure;
}

int report_end(const struct report *report)
{
    return report->failure;
}

void report_cite(struct report *report, const struct exchange *exchange)
{
    uint32_t *slot =
        arena_push(report->arena, &report->cited, &report->cited_count, sizeof(*report->cited));
    if (slot == NULL)
        report_fail(report, ERR_NO_MEMORY);
    else
        *slot = exchange->id;
}

struct json_out *report_values(struct report *report)
{
    if (!report->has_values) {
        json_out_init(&report->values, &report->text, /* indent= */ false);
        json_out_object(&report->values);
        report->has_values = true;
    }
    return &report->values;
}

void report_drop(struct report *report)
{
    buffer_clear(&report->text);
    report->has_values = false;
    report->cited = NULL;
    report->cited_count = 0;
}

static int compare_ids(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Ascending, each once. */
static void sort_citations(struct report *report)
{
    size_t kept = 0;
    if (report->cited_count == 0)
        return;
    qsort(report->cited, report->cited_count, sizeof(*report->cited), compare_ids);
    for (size_t i = 1; i < report->cited_count; i++) {
        if (report->cited[i] != report->cited[kept])
            report->cited[++kept] = report->cited[i];
    }
    report->cited_count = kept + 1;
}

static const char *take_values(struct report *report)
{
    if (!report->has_values)
        return "{}";
    json_out_end(&report->values);
    if (buffer_error(&report->text) < 0)
        return "{\"cut\":true}"; /* names of others filled the room; the result itself stands */
    return arena_copy_text(report->arena, buffer_text(&report->text));
}

static const struct check_code *own_code(const struct check *check, const char *code)
{
    for (size_t i = 0; i < CHECK_CODES_MAX && check->codes[i].code != NULL; i++) {
        if (strcmp(check->codes[i].code, code) == 0)
            return &check->codes[i];
    }
    return NULL;
}

void report_add(struct report *report, const char *code, const char *subject, enum sight sight)
{
    const struct check_code *row = own_code(report->check, code);
    assert(row != NULL);
    if (row->depends_on_time && report->view->clock != CLOCK_CONFIRMED) {
        sight = SIGHT_UNKNOWN;
        json_out_member_text(report_values(report), "clock", report->view->clock_reason);
    }
    sort_citations(report);
    const char *values = take_values(report);
    struct result *slot = NULL;
    if (report->count < RESULTS_MAX)
        slot =
            arena_push(report->arena, &report->results, &report->count, sizeof(*report->results));
    if (slot == NULL || values == NULL) {
        report_fail(report, report->count < RESULTS_MAX ? ERR_NO_MEMORY : ERR_LIMIT);
    } else {
        *slot = (struct result){
            .check = report->check->id,
            .version = report->check->version,
            .code = row->code,
            .subject = subject,
            .sight = sight,
            .values = values,
            .exchanges = report->cited,
            .exchange_count = report->cited_count,
        };
    }
    report_drop(report);
}
