#include "app/monitor/check_run.h"

#include "app/app.h"
#include "app/law.h"
#include "app/monitor/observer.h"
#include "app/monitor/plan.h"
#include "app/monitor/report.h"
#include "base/civil.h"
#include "base/file_batch.h"
#include "check/check.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SESSION_ARENA = 512 << 20, DS_MAX = 64 << 10, REPORT_MAX = 64 << 20 };

struct check_session {
    struct check_options options;
    struct app app; /* only configuration and rulebook without a store */
    bool has_store;
    struct plan_files files;
    struct buffer ds;
    struct observer observer;
    struct arena arena;
};

/* Command line over configuration file over defaults. */
static void override(const char **setting, const char *said)
{
    if (said)
        *setting = said;
}

static void override_config(struct config *config, const struct check_options *options)
{
    override(&config->hints, options->hints);
    override(&config->trust_anchor, options->trust_anchor);
    override(&config->ca_file, options->ca_file);
    override(&config->net_map, options->net_map);
    override(&config->network, options->network);
    override(&config->vantage, options->vantage);
    override(&config->reference_url, options->reference_url);
}

/* The rulebook beside the sources while the program stands in a build folder, else the installed.
 */
static const char *shipped_rulebook(void)
{
    return access(RULEBOOK_SOURCE_DIR, R_OK) == 0 ? RULEBOOK_SOURCE_DIR : RULEBOOK_INSTALL_DIR;
}

static int load_folder(struct app *app, const char *folder, struct error_detail *detail)
{
    struct rulebook *rulebook;
    int result = law_load_folder(folder, &rulebook, detail);
    if (result < 0)
        return error_context(detail, result, "rulebook '%s'", folder);
    rulebook_free(app->rulebook);
    app->rulebook = rulebook;
    return 0;
}

static int open_app(struct check_session *session, struct error_detail *detail)
{
    const struct check_options *options = &session->options;
    struct clock clock;
    clock_init(&clock);
    session->has_store = options->data != NULL;
    if (session->has_store) {
        const struct app_options store = {
            .data = options->data, .config = options->config, .clock = clock, .read_only = true};
        return app_open(&store, &session->app, detail);
    }
    session->app.clock = clock;
    arena_init(&session->app.arena, 1 << 20);
    return config_load(options->config, &session->app.arena, &session->app.config, detail);
}

int check_session_open(const struct check_options *options, struct check_session **ret_session,
                       struct error_detail *detail)
{
    struct check_session *session = calloc(1, sizeof *session);
    if (!session)
        return ERR_NO_MEMORY;
    session->options = *options;
    arena_init(&session->arena, SESSION_ARENA);
    observer_init(&session->observer);
    /* The processes load their libraries while we load the rulebook. */
    int result = options->saved_only ? 0 : observer_start(&session->observer, detail);
    if (result >= 0)
        result = open_app(session, detail);
    if (result >= 0 && (options->rulebook || !session->app.rulebook))
        result = load_folder(&session->app,
                             options->rulebook ? options->rulebook : shipped_rulebook(), detail);
    if (result >= 0 && !options->saved_only) {
        override_config(&session->app.config, options);
        result = plan_load_files(&session->app, &session->files, detail);
    }
    buffer_init(&session->ds, DS_MAX);
    if (result >= 0 && options->ds) {
        result = buffer_load_file(&session->ds, options->ds);
        if (result < 0)
            error_set(detail, result, "%s: %s", options->ds, error_text(result));
    }
    if (result < 0) {
        check_session_close(session);
        return result;
    }
    *ret_session = session;
    return 0;
}

void check_session_close(struct check_session *session)
{
    if (!session)
        return;
    observer_done(&session->observer);
    plan_free_files(&session->files);
    buffer_done(&session->ds);
    app_close(&session->app);
    arena_done(&session->arena);
    free(session);
}

/* --- the plan --- */

static int put_given(struct check_session *session, struct survey_plan *plan,
                     struct error_detail *detail)
{
    const struct check_options *options = &session->options;
    struct survey_server *given =
        arena_array(&session->arena, options->ns_count + 1, sizeof *given);
    if (!given)
        return ERR_NO_MEMORY;
    if (options->ns_count > SURVEY_GIVEN_MAX)
        return error_set(detail, ERR_LIMIT, "more than %d name servers given", SURVEY_GIVEN_MAX);
    for (size_t i = 0; i < options->ns_count; i++) {
        const char *slash = strchr(options->ns[i], '/');
        given[i].name = slash ? arena_copy_slice(&session->arena, options->ns[i],
                                                 (size_t)(slash - options->ns[i]))
                              : options->ns[i];
        given[i].address = slash ? slash + 1 : NULL;
    }
    plan->given = given;
    plan->given_count = options->ns_count;
    plan->given_ds = session->ds.size ? buffer_text(&session->ds) : NULL;
    return 0;
}

static int make_plan(struct check_session *session, const char *target, struct survey_plan *plan,
                     struct error_detail *detail)
{
    struct tld tld;
    plan_begin(&session->app.config, &session->files, target, plan);
    if (session->has_store &&
        store_tld_find(session->app.store, target, &session->arena, &tld) >= 0) {
        int result =
            plan_make(&session->app, &session->files, target, &session->arena, plan, detail);
        if (result < 0)
            return result;
    }
    if (session->options.rdap_url) {
        plan->rdap_url = session->options.rdap_url;
        plan->rdap_domain = session->options.rdap_domain
                                ? session->options.rdap_domain
                                : arena_printf(&session->arena, "nic.%s", target);
    }
    return session->options.ns_count ? put_given(session, plan, detail) : 0;
}

/* --- the report --- */

static int find_party(struct check_session *session, struct report_request *request)
{
    struct tld tld;
    struct agreement *agreements;
    request->party = "";
    if (!session->has_store ||
        store_tld_find(session->app.store, request->target, &session->arena, &tld) < 0 ||
        !tld.party || !tld.party[0])
        return 0;
    request->party = tld.party;
    int result = store_agreement_list(session->app.store, tld.party, &session->arena, &agreements,
                                      &request->agreement_count);
    if (result >= 0)
        request->agreements = agreements;
    return result;
}

static int report(struct check_session *session, const void *measurement, size_t size,
                  struct buffer *out, enum verdict *ret_verdict, struct error_detail *detail)
{
    struct result_set results;
    struct report_request request = {.rulebook = session->app.rulebook, .results = &results};
    int result =
        observer_judge(&session->observer, measurement, size, &session->arena, &results, detail);
    if (result < 0)
        return result;
    request.target = results.target;
    request.as_of = law_day(session->app.rulebook, results.observed_at);
    if (session->options.as_of && civil_parse_date(session->options.as_of, &request.as_of) < 0)
        return error_set(detail, ERR_SYNTAX, "--as-of wants a date such as 2026-11-24, not '%s'",
                         session->options.as_of);
    result = find_party(session, &request);
    return result < 0 ? result : report_write(&request, &session->arena, out, ret_verdict, detail);
}

int check_begin(struct check_session *session, const char *target, struct check_report *report,
                struct error_detail *detail)
{
    struct survey_plan plan;
    arena_clear(&session->arena);
    int result = make_plan(session, target, &plan, detail);
    return result < 0 ? result : observer_begin(&session->observer, &plan, report, detail);
}

static int judge(struct check_session *session, const struct buffer *measurement,
                 struct check_report *ret_report)
{
    int result = 0;
    arena_clear(&session->arena);
    buffer_init(&ret_report->text, REPORT_MAX);
    if (session->options.save)
        result = file_replace(session->options.save, measurement->data, measurement->size,
                              &ret_report->detail);
    return result < 0 ? result
                      : report(session, measurement->data, measurement->size, &ret_report->text,
                               &ret_report->verdict, &ret_report->detail);
}

struct check_report *check_end(struct check_session *session)
{
    struct survey_end end;
    if (observer_end(&session->observer, OBSERVER_WAIT, &end) <= 0)
        return NULL;
    struct check_report *ended = end.user;
    ended->lost = end.lost;
    ended->detail = end.detail;
    ended->result = end.result < 0 ? end.result : judge(session, &end.measurement, ended);
    buffer_done(&end.measurement);
    return ended;
}

size_t check_at_once(const struct check_session *session)
{
    return (size_t)session->app.config.measure_at_once;
}

int check_replay(struct check_session *session, const char *path, struct buffer *out,
                 enum verdict *ret_verdict, struct error_detail *detail)
{
    struct buffer measurement BUFFER_CLEANUP = {0};
    arena_clear(&session->arena);
    buffer_init(&measurement, MEASUREMENT_ENCODED_MAX);
    int result = buffer_load_file(&measurement, path);
    if (result < 0)
        return error_set(detail, result, "%s: %s", path, error_text(result));
    result = report(session, measurement.data, measurement.size, out, ret_verdict, detail);
    return result < 0 ? error_context(detail, result, "%s", path) : 0;
}

int check_all_targets(struct check_session *session, const char *const **ret_names,
                      size_t *ret_count, struct error_detail *detail)
{
    const char **names = NULL, *after = "";
    size_t used = 0;
    if (!session->has_store)
        return error_set(detail, ERR_USAGE, "--all needs a store of parties: say --data DIR");
    for (;;) {
        struct tld *page;
        size_t count;
        int result =
            store_tld_list(session->app.store, after, 0, &session->app.arena, &page, &count);
        if (result < 0)
            return app_store_failed(&session->app, result, detail, "list of TLDs");
        for (size_t i = 0; i < count; i++) {
            const char **slot;
            if (!tld_class_contracted(page[i].tld_class))
                continue;
            slot = arena_push(&session->app.arena, &names, &used, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[i].name;
        }
        if (count < STORE_PAGE_MAX)
            break;
        after = page[count - 1].name;
    }
    *ret_names = names;
    *ret_count = used;
    return 0;
}

int check_table_write(struct buffer *buffer)
{
    struct json_out out;
    json_out_init(&out, buffer, /* indent= */ true);
    check_list_write(&out);
    return buffer_error(buffer);
}
