#include "proto/xarf/report.h"

#include "base/civil.h"
#include "proto/abuse.h"
#include "proto/mail/field.h"
#include "proto/xarf/type.h"

#include <ctype.h>
#include <string.h>

enum {
    TEXT_MOST = 998, /* of a name or an id; longer ones stand in the report's bytes alone */
    URL_MOST = 2048,
    WORDS_MOST = 4096, /* of a description: a thousand characters */
};

/* --- checking --- */

/* Names of version 3 are written "LoginAttack", "Login-Attack" and "login_attack". */
static bool same_name(const char *one, const char *other)
{
    for (;; one++, other++) {
        one += strspn(one, "-_");
        other += strspn(other, "-_");
        if (tolower((unsigned char)*one) != tolower((unsigned char)*other))
            return false;
        if (*one == '\0')
            return true;
    }
}

static const struct xarf_type *find_type(const struct xarf_type *types, const char *category,
                                         const char *name)
{
    for (const struct xarf_type *type = types; type->category; type++) {
        bool found =
            types == xarf_v3_types ? same_name(type->name, name) : strcmp(type->name, name) == 0;
        if (found && (!category || strcmp(type->category, category) == 0))
            return type;
    }
    return NULL;
}

static int check_sets(const json_t *json, const struct xarf_type *type, const char *pointer,
                      struct rule_refusal *refusal)
{
    int result = 0;
    for (const struct rule_set *const *set = type->sets; result >= 0 && *set; set++)
        result = rule_check(json, *set, pointer, refusal);
    return result;
}

static int check_v4(const json_t *json, const struct xarf_type **ret_type,
                    struct rule_refusal *refusal)
{
    int result = rule_check(json, xarf_v4_core, "", refusal);
    if (result < 0)
        return result;
    const char *category = json_text(json, "category");
    *ret_type = find_type(xarf_v4_types, category, json_text(json, "type"));
    return *ret_type ? check_sets(json, *ret_type, "", refusal)
                     : rule_refuse(refusal, "", "type", "not a type of the category %s", category);
}

/* The definitions do not agree about the class of a type; some call all of them activities. */
static int check_v3(const json_t *json, const struct xarf_type **ret_type,
                    struct rule_refusal *refusal)
{
    const json_t *report = json_object_get(json, "Report");
    int result = rule_check(json, xarf_v3_core, "", refusal);
    if (result >= 0)
        result = rule_check(report, xarf_v3_report, "/Report", refusal);
    if (result < 0)
        return result;
    *ret_type = find_type(xarf_v3_types, /* category= */ NULL, json_text(report, "ReportType"));
    return *ret_type ? check_sets(report, *ret_type, "/Report", refusal)
                     : rule_refuse(refusal, "/Report", "ReportType", "not a type of version 3");
}

/* --- keeping --- */

struct keeper {
    struct arena *arena;
    struct abuse_report report;
    int failure;
};

/* The first of two members that is there, without control characters: the JSON is gone when the
 * caller reads. */
static const char *keep(struct keeper *keeper, const json_t *json, const char *name,
                        const char *other, size_t most)
{
    const char *text = json_text(json, name);
    if (!text && other)
        text = json_text(json, other);
    if (!text || strlen(text) > most)
        return "";
    const char *kept =
        mail_clean(keeper->arena, text, strlen(text), most, /* lines= */ most == WORDS_MOST);
    if (!kept)
        keeper->failure = ERR_LIMIT;
    return kept ? kept : "";
}

static void keep_name(struct keeper *keeper, const char *text)
{
    int result =
        text ? abuse_report_add_domain(&keeper->report, keeper->arena, text, strlen(text)) : 0;
    if (result < 0)
        keeper->failure = result;
}

static void keep_host(struct keeper *keeper)
{
    int result = abuse_report_add_host(&keeper->report, keeper->arena, keeper->report.url);
    if (result < 0)
        keeper->failure = result;
}

static void keep_moment(struct keeper *keeper, const char *text)
{
    int64_t moment;
    if (text && civil_parse_instant(text, &moment) >= 0 && moment > 0 &&
        moment <= ABUSE_REPORT_MOMENT_MAX)
        keeper->report.happened_at = moment;
}

static void keep_v4(struct keeper *keeper, const json_t *json)
{
    struct abuse_report *report = &keeper->report;
    const json_t *reporter = json_object_get(json, "reporter");
    report->version = keep(keeper, json, "xarf_version", NULL, TEXT_MOST);
    report->id = keep(keeper, json, "report_id", NULL, TEXT_MOST);
    report->organisation = keep(keeper, reporter, "org", NULL, TEXT_MOST);
    report->mail = keep(keeper, reporter, "contact", NULL, TEXT_MOST);
    report->source = keep(keeper, json, "source_identifier", NULL, TEXT_MOST);
    report->url = keep(keeper, json, "url", "infringing_url", URL_MOST);
    report->description = keep(keeper, json, "description", NULL, WORDS_MOST);
    keep_name(keeper, json_text(json, "domain"));
    keep_host(keeper);
    keep_name(keeper, report->source);
    keep_moment(keeper, json_text(json, "timestamp"));
}

static void keep_v3(struct keeper *keeper, const json_t *json)
{
    struct abuse_report *report = &keeper->report;
    const json_t *reporter = json_object_get(json, "ReporterInfo");
    const json_t *body = json_object_get(json, "Report");
    report->version = keep(keeper, json, "Version", NULL, TEXT_MOST);
    report->id = keep(keeper, body, "ReporterCaseID", NULL, TEXT_MOST);
    report->organisation = keep(keeper, reporter, "ReporterOrg", "ReporterContactName", TEXT_MOST);
    report->mail = keep(keeper, reporter, "ReporterOrgEmail", "ReporterContactEmail", TEXT_MOST);
    report->source = keep(keeper, body, "SourceIp", "RpzDomain", TEXT_MOST);
    if (!report->source[0])
        report->source = keep(keeper, json_object_get(body, "Source"), "IP", NULL, TEXT_MOST);
    report->url = keep(keeper, body, "SourceUrl", "Url", URL_MOST);
    if (!report->url[0])
        report->url = keep(keeper, json_object_get(body, "Source"), "URL", NULL, URL_MOST);
    report->description = keep(keeper, body, "AttackDescription", "ReporterNotes", WORDS_MOST);
    keep_host(keeper);
    keep_name(keeper, json_text(body, "RpzDomain"));
    keep_moment(keeper, json_text(body, "Date"));
}

int xarf_parse(const void *bytes, size_t size, struct arena *arena, struct abuse_report *ret_report,
               struct rule_refusal *ret_refusal)
{
    json_t *json JSON_CLEANUP = NULL;
    struct keeper keeper = {.arena = arena, .report = abuse_report_none()};
    struct error_detail detail = {0};
    const struct xarf_type *type = NULL;
    int result = json_parse(bytes, size, &json, &detail);
    if (result < 0)
        return rule_refuse(ret_refusal, "", NULL, "%s", error_words(&detail, result));
    bool old = json_object_get(json, "Version") && !json_object_get(json, "xarf_version");
    result = old ? check_v3(json, &type, ret_refusal) : check_v4(json, &type, ret_refusal);
    if (result < 0)
        return result;
    keeper.report.kind = type->kind;
    if (old)
        keep_v3(&keeper, json);
    else
        keep_v4(&keeper, json);
    if (keeper.failure >= 0)
        *ret_report = keeper.report;
    return keeper.failure;
}
