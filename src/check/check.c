#include "check/check.h"

#include "base/error.h"
#include "check/families.h"
#include "check/report.h"
#include "check/view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKS_MAX = 64, CODES_MAX = CHECKS_MAX * CHECK_CODES_MAX };

static struct {
    bool ready;
    const struct check *checks[CHECKS_MAX];
    size_t check_count;
    struct vocabulary_row rows[CODES_MAX]; /* sorted by code */
    size_t row_count;
} table;

static int compare_checks(const void *left, const void *right)
{
    const struct check *const *a = left, *const *b = right;
    return strcmp((*a)->id, (*b)->id);
}

static int compare_rows(const void *left, const void *right)
{
    const struct vocabulary_row *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static void add_family(const struct check *const *checks)
{
    for (size_t i = 0; checks[i] != NULL; i++) {
        assert(table.check_count < CHECKS_MAX);
        table.checks[table.check_count++] = checks[i];
        for (size_t k = 0; k < CHECK_CODES_MAX && checks[i]->codes[k].code != NULL; k++)
            table.rows[table.row_count++] = (struct vocabulary_row){
                .name = checks[i]->codes[k].code, .summary = checks[i]->codes[k].summary};
    }
}

/* Built on first use; the rooms above are single-threaded per process where they judge. */
static void build_table(void)
{
    if (table.ready)
        return;
    add_family(checks_dns_server);
    add_family(checks_dns_serial);
    add_family(checks_dns_zone);
    add_family(checks_dnssec);
    add_family(checks_chain);
    add_family(checks_rdap_server);
    add_family(checks_rdap_answer);
    add_family(checks_rdap_registration);
    qsort(table.checks, table.check_count, sizeof(const struct check *), compare_checks);
    qsort(table.rows, table.row_count, sizeof(table.rows[0]), compare_rows);
    table.ready = true;
}

const struct check *const *check_table(size_t *ret_count)
{
    build_table();
    *ret_count = table.check_count;
    return table.checks;
}

const struct check_code *check_code_find(const char *code, const struct check **ret_check)
{
    build_table();
    for (size_t i = 0; i < table.check_count; i++) {
        const struct check *check = table.checks[i];
        for (size_t k = 0; k < CHECK_CODES_MAX && check->codes[k].code != NULL; k++) {
            if (strcmp(check->codes[k].code, code) != 0)
                continue;
            if (ret_check != NULL)
                *ret_check = check;
            return &check->codes[k];
        }
    }
    return NULL;
}

const char *check_family_text(enum check_family family)
{
    static const char *const texts[] = {"dns", "dnssec", "rdap"};
    return texts[family];
}

static int compare_results(const void *left, const void *right)
{
    const struct result *a = left, *b = right;
    int order = strcmp(a->check, b->check);
    if (order == 0)
        order = strcmp(a->code, b->code);
    return order != 0 ? order : strcmp(a->subject, b->subject);
}

static int run_table(struct report *report)
{
    build_table();
    for (size_t i = 0; i < table.check_count; i++) {
        report->check = table.checks[i];
        table.checks[i]->run(report);
        report_drop(report);
        if (report_end(report) < 0)
            return report_end(report);
    }
    return 0;
}

int check_run_all(const struct measurement *measurement, struct arena *arena,
                  struct result_set *ret_set)
{
    struct view *view;
    struct report report;
    int result = view_build(measurement, arena, &view);
    if (result < 0)
        return result;
    report_init(&report, view);
    result = run_table(&report);
    report_done(&report);
    if (result < 0)
        return result;
    if (report.count > 0)
        qsort(report.results, report.count, sizeof(*report.results), compare_results);
    *ret_set = (struct result_set){
        .evidence = "",
        .vantage = measurement->vantage,
        .observed_at = measurement->observed_at,
        .results = report.results,
        .count = report.count,
    };
    return 0;
}

void check_prepare(void)
{
    dnssec_prepare();
    build_table();
}

void check_vocabulary(struct vocabulary *vocabulary)
{
    build_table();
    vocabulary->codes = table.rows;
    vocabulary->code_count = table.row_count;
}

/* Words separated by blanks as an array of texts. */
static void write_words(const char *words, struct json_out *out)
{
    json_out_array(out);
    for (const char *at = words + strspn(words, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        json_out_slice(out, at, size);
        at += size;
    }
    json_out_end(out);
}

void check_also_write(const struct check_code *code, struct json_out *out)
{
    json_out_object(out);
    json_out_key(out, "rst");
    write_words(code->also_rst, out);
    json_out_key(out, "zonemaster");
    write_words(code->also_zonemaster, out);
    json_out_key(out, "rdapct");
    write_words(code->also_rdapct, out);
    json_out_end(out);
}

void check_list_write(struct json_out *out)
{
    build_table();
    json_out_array(out);
    for (size_t i = 0; i < table.row_count; i++) {
        const struct check *check = NULL;
        const struct check_code *code = check_code_find(table.rows[i].name, &check);
        assert(code != NULL); /* the rows are made of the checks */
        json_out_object(out);
        json_out_member_text(out, "check", check->id);
        json_out_member_text(out, "code", code->code);
        json_out_member_text(out, "summary", code->summary);
        json_out_member_text(out, "rfc", code->rfc);
        json_out_key(out, "needs");
        write_words(check->needs, out);
        json_out_key(out, "also");
        check_also_write(code, out);
        json_out_member_text(out, "fixture_bad", code->fixture_bad);
        json_out_member_text(out, "fixture_good", code->fixture_good);
        json_out_end(out);
    }
    json_out_end(out);
}
