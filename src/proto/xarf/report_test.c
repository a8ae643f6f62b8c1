/* X-ARF: a sample of each type of versions 3 and 4 is read, and each is broken in more than ten
 * ways: wrong kinds of values everywhere, what is missing, unknown words, dates, additions. What a
 * refusal must say stands here by hand or follows from the sample, never from the rules. */
#include "proto/xarf/report.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* The kind that a report gets, what it needs besides what all need, a member with a list of words
 * and one with a date (pointers; "" for none). */
struct sample {
    const char *name, *kind;
    const char *needed[6];
    const char *word, *date;
};

/* The words of `needed` after a colon: what the refusal says instead of "missing". */
static const struct sample v4[] = {
    {"messaging-spam",
     "messaging/spam",
     {"protocol", "smtp_from:missing, with this protocol",
      "source_port:missing, with this protocol"},
     "/protocol",
     ""},
    {"messaging-bulk_messaging",
     "messaging/bulk_messaging",
     {"protocol", "recipient_count", "smtp_from:missing, with this protocol",
      "source_port:missing, with this protocol"},
     "/evidence_source",
     ""},
    {"connection-login_attack",
     "connection/login_attack",
     {"protocol", "first_seen", "source_port:missing, with this source_identifier"},
     "/protocol",
     "/last_seen"},
    {"connection-port_scan",
     "connection/port_scan",
     {"protocol", "first_seen", "source_port:missing, with this source_identifier"},
     "/protocol",
     "/first_seen"},
    {"connection-ddos",
     "connection/ddos",
     {"protocol", "first_seen", "source_port:missing, with this source_identifier"},
     "/service_impact",
     "/threshold_exceeded"},
    {"connection-infected_host",
     "connection/infected_host",
     {"protocol", "bot_type", "first_seen"},
     "/verification_status",
     "/first_seen"},
    {"connection-reconnaissance",
     "connection/reconnaissance",
     {"protocol", "probed_resources", "first_seen"},
     "/http_methods/0",
     "/last_seen"},
    {"connection-scraping",
     "connection/scraping",
     {"protocol", "first_seen", "total_requests"},
     "/target_content",
     "/last_seen"},
    {"connection-sql_injection",
     "connection/sql_injection",
     {"protocol", "first_seen"},
     "/injection_point",
     "/first_seen"},
    {"connection-vulnerability_scan",
     "connection/vulnerability_scan",
     {"scan_type", "protocol", "first_seen"},
     "/scan_type",
     "/last_seen"},
    {"content-phishing", "content/phishing", {"url"}, "/lure_type", "/verified_at"},
    {"content-malware",
     "content/malware",
     {"url"},
     "/c2_servers/0/protocol",
     "/whois/created_date"},
    {"content-csam",
     "content/csam",
     {"url", "classification", "detection_method"},
     "/classification",
     "/verified_at"},
    {"content-csem",
     "content/csem",
     {"url", "exploitation_type", "detection_method"},
     "/reporting_obligations/0",
     "/verified_at"},
    {"content-exposed_data",
     "content/exposed_data",
     {"url", "data_types", "exposure_method"},
     "/data_types/0",
     "/ssl_certificate/valid_to"},
    {"content-brand_infringement",
     "content/brand_infringement",
     {"url", "infringement_type", "legitimate_site"},
     "/infringing_elements/0",
     "/previous_enforcement/0/date"},
    {"content-fraud",
     "content/fraud",
     {"url", "fraud_type"},
     "/cryptocurrency_addresses/0/currency",
     "/dns_response/query_time"},
    {"content-remote_compromise",
     "content/remote_compromise",
     {"url", "compromise_type"},
     "/compromise_indicators/0/type",
     "/verified_at"},
    {"content-suspicious_registration",
     "content/suspicious_registration",
     {"url", "registration_date", "suspicious_indicators"},
     "/related_domains/0/relationship",
     "/registration_date"},
    {"copyright-copyright", "copyright/copyright", {"infringing_url"}, "/infringement_type", ""},
    {"copyright-p2p",
     "copyright/p2p",
     {"p2p_protocol", "swarm_info:lacks swarm_info/info_hash"},
     "/work_category",
     "/release_date"},
    {"copyright-cyberlocker",
     "copyright/cyberlocker",
     {"infringing_url", "hosting_service"},
     "/uploader_info/account_type",
     "/file_info/upload_date"},
    {"copyright-ugc_platform",
     "copyright/ugc_platform",
     {"infringing_url", "platform_name"},
     "/infringement_type",
     "/content_info/upload_date"},
    {"copyright-link_site",
     "copyright/link_site",
     {"infringing_url", "site_name"},
     "/linked_content/0/link_type",
     "/link_info/posting_date"},
    {"copyright-usenet",
     "copyright/usenet",
     {"newsgroup", "message_info:lacks message_info/message_id"},
     "/encoding_info/encoding_format",
     "/message_info/posting_date"},
    {"infrastructure-botnet",
     "infrastructure/botnet",
     {"compromise_evidence"},
     "/bot_capabilities/0",
     ""},
    {"infrastructure-compromised_server",
     "infrastructure/compromised_server",
     {"compromise_method"},
     "",
     ""},
    {"reputation-blocklist", "reputation/blocklist", {"threat_type"}, "", ""},
    {"reputation-threat_intelligence", "reputation/threat_intelligence", {"threat_type"}, "", ""},
    {"vulnerability-cve",
     "vulnerability/cve",
     {"service", "service_port", "cve_id"},
     "/impact_assessment/integrity",
     "/disclosure_date"},
    {"vulnerability-misconfiguration", "vulnerability/misconfiguration", {"service"}, "", ""},
    {"vulnerability-open_service", "vulnerability/open_service", {"service"}, "", ""},
};

static const struct sample v3[] = {
    {"Spam", "messaging/spam", {NULL}, "/Report/ReporterSeverity", "/Report/FirstSeen"},
    {"LoginAttack", "connection/login_attack", {NULL}, "/Report/TransportProtocol", ""},
    {"PortScan", "connection/port_scan", {NULL}, "/Report/TransportProtocol", ""},
    {"DOS", "connection/ddos", {NULL}, "/Report/Protocol", ""},
    {"Exploit", "v3/exploit", {NULL}, "/Report/CVSS/Version", ""},
    {"WebCrawler", "connection/scraping", {NULL}, "/Report/Protocol", ""},
    {"Harassment",
     "v3/harassment",
     {"Harasser", "HarassmentDescription"},
     "/Report/HarassmentType",
     ""},
    {"PotentiallyCompromisedAccount",
     "v3/potentially_compromised_account",
     {"Account"},
     "/Report/PasswordHash/HashAlgorithm",
     ""},
    {"Phishing", "content/phishing", {NULL}, "/Report/ReporterSeverity", ""},
    {"Malware", "content/malware", {NULL}, "/Report/ReporterSeverity", ""},
    {"Botnet", "infrastructure/botnet", {NULL}, "/Report/ReporterSeverity", ""},
    {"Copyright", "copyright/copyright", {NULL}, "/Report/FileHash/HashAlgorithm", ""},
    {"Trademark",
     "content/brand_infringement",
     {"TrademarkedMaterial"},
     "/Report/ReporterSeverity",
     ""},
    {"ChildAbuse", "content/csam", {NULL}, "/Report/ReporterSeverity", ""},
    {"OpenService", "vulnerability/open_service", {"ServiceName"}, "/Report/TransportProtocol", ""},
};

static const char *const needed_by_v4[] = {
    "xarf_version", "report_id", "timestamp",         "reporter", "sender",
    "category",     "type",      "source_identifier", NULL};
static const char *const needed_by_v3[] = {"ReportClass", "ReportType", "Date", NULL};

/* --- reading --- */

static json_t *load(const char *version, const char *name)
{
    char path[512];
    json_t *json = NULL;
    (void)snprintf(path, sizeof path, PROJECT_ROOT "/tests/xarf/%s/%s.json", version, name);
    assert_int_equal(json_load(path, 1 << 20, &json, NULL), 0);
    return json;
}

static int parse_json(const json_t *json, struct rule_refusal *refusal)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct abuse_report report;
    arena_init(&arena, 1 << 20);
    char *text = json_dumps(json, 0);
    assert_non_null(text);
    int result = xarf_parse(text, strlen(text), &arena, &report, refusal);
    free(text);
    return result;
}

static size_t variants; /* of the present sample */

static void refuse(const json_t *json, const char *pointer, const char *reason)
{
    struct rule_refusal refusal = {0};
    variants++;
    if (parse_json(json, &refusal) != ERR_SYNTAX)
        fail_msg("%s: taken, but it must be refused: %s", pointer, reason);
    if (strcmp(refusal.pointer, pointer) != 0 || !strstr(refusal.reason, reason))
        fail_msg("'%s: %s' instead of '%s: %s'", refusal.pointer, refusal.reason, pointer, reason);
}

static void accept(const json_t *json, const char *what)
{
    struct rule_refusal refusal = {0};
    if (parse_json(json, &refusal) != 0)
        fail_msg("%s: %s: %s", what, refusal.pointer, refusal.reason);
}

/* --- breaking --- */

/* Sets what a pointer names; the last part may be an index or a new member. */
static void put(json_t *json, const char *pointer, json_t *value)
{
    char name[64];
    const char *slash = strchr(pointer + 1, '/');
    size_t size = slash ? (size_t)(slash - pointer - 1) : strlen(pointer + 1);
    (void)snprintf(name, sizeof name, "%.*s", (int)size, pointer + 1);
    if (slash)
        put(json_is_array(json) ? json_array_get(json, 0) : json_object_get(json, name), slash,
            value);
    else if (json_is_array(json))
        json_array_set_new(json, 0, value);
    else
        json_object_set_new(json, name, value);
}

static void refuse_with(const json_t *sample, const char *pointer, json_t *value,
                        const char *reason)
{
    json_t *json JSON_CLEANUP = json_deep_copy(sample);
    put(json, pointer, value);
    refuse(json, pointer, reason);
}

/* A value of another kind, and what must be said of it. */
static json_t *other_kind(const json_t *value, const char **ret_reason)
{
    *ret_reason = json_is_object(value)    ? "not an object"
                  : json_is_array(value)   ? "not an array"
                  : json_is_boolean(value) ? "not a boolean"
                  : json_is_string(value)  ? "not a text"
                                           : "not a";
    return json_is_object(value) ? json_string("x") : json_object();
}

/* Everything in the sample that a rule is for, each in its turn. */
static void break_kinds(const json_t *sample, const json_t *at, const char *pointer)
{
    const char *key, *reason;
    json_t *value;
    char inner[RULE_POINTER_MAX];
    for (size_t i = 0; i < json_array_size(at); i++) {
        (void)snprintf(inner, sizeof inner, "%s/%zu", pointer, i);
        value = other_kind(json_array_get(at, i), &reason);
        refuse_with(sample, inner, value, reason);
        break_kinds(sample, json_array_get(at, i), inner);
    }
    json_object_foreach((json_t *)at, key, value)
    {
        (void)snprintf(inner, sizeof inner, "%s/%s", pointer, key);
        if (strcmp(pointer, "/Report/Custom") == 0 || strcmp(pointer, "/Report/Account") == 0)
            continue; /* the sender's own */
        json_t *other = other_kind(value, &reason);
        refuse_with(sample, inner, other, reason);
        break_kinds(sample, value, inner);
    }
}

static const char *reason_of(const char *needed, char name[64])
{
    const char *colon = strchr(needed, ':');
    (void)snprintf(name, 64, "%.*s", (int)(colon ? (size_t)(colon - needed) : strlen(needed)),
                   needed);
    return colon ? colon + 1 : "missing";
}

static const char *find_need(const struct sample *sample, const char *const *all, const char *key,
                             char name[64])
{
    for (size_t i = 0; all[i]; i++) {
        if (strcmp(all[i], key) == 0)
            return "missing";
    }
    for (size_t i = 0; sample->needed[i]; i++) {
        const char *reason = reason_of(sample->needed[i], name);
        if (strcmp(name, key) == 0)
            return reason;
    }
    return NULL;
}

/* What is needed is missed, and nothing else is. */
static void break_presence(const struct sample *sample, const json_t *json, const char *where,
                           const char *const *all)
{
    const char *key;
    json_t *value;
    json_object_foreach(where[0] ? json_object_get(json, where + 1) : (json_t *)json, key, value)
    {
        char name[64], pointer[RULE_POINTER_MAX];
        json_t *less JSON_CLEANUP = json_deep_copy(json);
        const char *reason = find_need(sample, all, key, name);
        json_object_del(where[0] ? json_object_get(less, where + 1) : less, key);
        (void)snprintf(pointer, sizeof pointer, "%s/%s", where, key);
        if (!reason)
            accept(less, pointer);
        else
            refuse(less, strncmp(reason, "lacks", 5) == 0 ? where : pointer, reason);
    }
}

static void break_all(const struct sample *sample, const json_t *json, const char *where,
                      const char *const *all)
{
    bool old = where[0] != '\0';
    variants = 0;
    break_kinds(json, json, "");
    break_presence(sample, json, where, all);
    refuse_with(json, old ? "/Report/ReportType" : "/type", json_string("none"), "not a type of");
    refuse_with(json, old ? "/Report/Date" : "/timestamp", json_string("2026-02-30T00:00:00Z"),
                "not a date and time of RFC 3339");
    refuse_with(json, old ? "/ReporterInfo/extra" : "/reporter/extra", json_true(),
                "not allowed here");
    if (!old)
        refuse_with(json, "/evidence/0/extra", json_true(), "not allowed here");
    if (sample->word[0])
        refuse_with(json, sample->word, json_string("no such word"),
                    "not one of the allowed words");
    if (sample->date[0])
        refuse_with(json, sample->date, json_string("yesterday"), "not a date");
    assert_true(variants >= 10);
}

static void each_type_of_version_4(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(v4); i++) {
        json_t *json JSON_CLEANUP = load("v4", v4[i].name);
        accept(json, v4[i].name);
        break_all(&v4[i], json, "", needed_by_v4);
    }
}

static void each_type_of_version_3(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(v3); i++) {
        json_t *json JSON_CLEANUP = load("v3", v3[i].name);
        accept(json, v3[i].name);
        break_all(&v3[i], json, "/Report", needed_by_v3);
    }
}

/* --- single rules --- */

static const struct {
    const char *version, *sample, *pointer, *value, *reason;
} rows[] = {
    {"v4", "content-phishing", "/xarf_version", "\"3.0.0\"", "does not match ^4"},
    {"v4", "content-phishing", "/report_id", "\"7\"", "not a UUID"},
    {"v4", "content-phishing", "/reporter/contact", "\"nobody\"", "not a mail address"},
    {"v4", "content-phishing", "/sender/domain", "\"-a.example\"", "not a host name"},
    {"v4", "content-phishing", "/category", "\"other\"", "not one of the allowed words"},
    {"v4", "content-phishing", "/url", "\"no url\"", "not a URL"},
    {"v4", "content-phishing", "/source_port", "0", "below 1"},
    {"v4", "content-phishing", "/source_port", "65536", "above 65535"},
    {"v4", "content-phishing", "/source_port", "1.5", "not an integer"},
    {"v4", "content-phishing", "/confidence", "\"1\"", "not a number"},
    {"v4", "content-phishing", "/evidence/0/payload", "\"?\"", "not base64"},
    {"v4", "content-phishing", "/evidence/0/hash", "\"crc:1\"", "does not match ^(md5"},
    {"v4", "content-phishing", "/dns_records/a/0", "\"2001:db8::1\"", "not an IPv4 address"},
    {"v4", "content-phishing", "/dns_records/aaaa/0", "\"192.0.2.1\"", "not an IPv6 address"},
    {"v4", "content-phishing", "/tags/0", "\"C\"", "does not match ^[a-z0-9]"},
    {"v4", "connection-ddos", "/destination_ip", "\"1.2.3\"", "not an IP address"},
    {"v4", "content-exposed_data", "/data_types", "[]", "less than 1 elements"},
    {"v4", "content-exposed_data", "/sample_records", "[{},{},{},{},{},{}]",
     "more than 5 elements"},
    {"v4", "content-brand_infringement", "/previous_enforcement/0/date", "\"2026-02-29\"",
     "not a date of RFC 3339"},
    {"v3", "Spam", "/Version", "\"4\"", "not one of the allowed words"},
    {"v3", "Exploit", "/Report/DestinationPort", "[1, 70000]", ""},
    {"v3", "Spam", "/Report/SourceIp", "\"host.example\"", "not an IP address"},
};

static void single_rules_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *json JSON_CLEANUP = load(rows[i].version, rows[i].sample);
        json_t *value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
        if (rows[i].reason[0]) {
            refuse_with(json, rows[i].pointer, value, rows[i].reason);
            continue;
        }
        put(json, rows[i].pointer, value);
        refuse(json, "/Report/DestinationPort/1", "above 65535");
    }
}

static void a_text_has_a_limit(void **state)
{
    (void)state;
    char *text = calloc(1, RULE_TEXT_MAX + 2);
    assert_non_null(text);
    memset(text, 'a', RULE_TEXT_MAX + 1);
    json_t *json JSON_CLEANUP = load("v4", "content-phishing");
    refuse_with(json, "/registrar", json_string(text), "longer than 8388608 bytes");
    text[RULE_LIKE_MAX + 1] = '\0';
    refuse_with(json, "/domain", json_string(text), "does not match");
    text[1001] = '\0';
    refuse_with(json, "/description", json_string(text), "longer than 1000 characters");
    free(text);
}

/* RFC 6901: a stranger names members, and a pointer is cut between characters. */
static void pointers_are_escaped_and_cut(void **state)
{
    (void)state;
    char name[600] = "", pointer[RULE_POINTER_MAX + 16];
    struct rule_refusal refusal = {0};
    json_t *json JSON_CLEANUP = load("v4", "content-phishing");
    json_t *reporter = json_object_get(json, "reporter");
    json_object_set_new(reporter, "a/b~\x01", json_true());
    refuse(json, "/reporter/a~1b~0?", "not allowed here");
    json_object_del(reporter, "a/b~\x01");
    for (size_t i = 0; i < 200; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    json_object_set_new(reporter, name, json_true());
    assert_int_equal(parse_json(json, &refusal), ERR_SYNTAX);
    (void)snprintf(pointer, sizeof pointer, "/reporter/%s", name);
    assert_int_equal(strncmp(refusal.pointer, pointer, strlen(refusal.pointer)), 0);
    assert_int_equal(strlen(refusal.pointer) % 2, 0);
}

/* Where the published forms of version 3 disagree, what one allows is allowed (decision 16). */
static void all_forms_of_version_3_are_taken(void **state)
{
    (void)state;
    static const char text[] =
        "{\"Version\":\"3.0\",\"ReporterInfo\":{\"ReporterOrg\":\"Harbour\","
        "\"ReporterOrgEmail\":\"desk@harbour.example\"},\"Report\":{\"ReportClass\":\"Activity\","
        "\"ReportType\":\"%s\",\"Date\":\"2026-11-20T08:15:00Z\",\"SourceIp\":\"192.0.2.7\","
        "\"Url\":\"https://bad.example/x\"}}";
    static const char *const types[] = {"Spam",     "Login-Attack", "Port-Scan", "DDoS",
                                        "Phishing", "Malware",      "Botnet",    "Copyright"};
    char whole[600];
    for (size_t i = 0; i < COUNT(types); i++) {
        (void)snprintf(whole, sizeof whole, text, types[i]);
        json_t *json JSON_CLEANUP = json_loads(whole, 0, NULL);
        accept(json, types[i]);
        json_object_set_new(json_object_get(json, "ReporterInfo"), "ReporterType",
                            json_string("Person"));
        json_object_del(json_object_get(json, "ReporterInfo"), "ReporterOrg");
        accept(json, "a person has no organisation");
        json_object_del(json_object_get(json, "ReporterInfo"), "ReporterType");
        refuse(json, "/ReporterInfo/ReporterOrg", "missing, without this ReporterType");
    }
    json_t *json JSON_CLEANUP = load("v3", "DOS");
    json_t *report = json_object_get(json, "Report");
    static const char *const sources[] = {"SourceIp", "SourceUrl", "Url"};
    for (size_t i = 0; i < COUNT(sources); i++)
        json_object_del(report, sources[i]);
    json_object_set_new(json, "Version", json_string("3.0.0"));
    json_object_set_new(report, "ReportClass", json_string("Network"));
    json_object_set_new(report, "ReportType", json_string("ddos"));
    accept(json, "Source tells where it came from");
    json_object_del(report, "Source");
    refuse(json, "/Report", "lacks SourceIp and what may stand for it");
}

/* --- what is kept --- */

static struct abuse_report read_sample(const char *version, const char *name, struct arena *arena)
{
    struct abuse_report report;
    struct rule_refusal refusal = {0};
    json_t *json JSON_CLEANUP = load(version, name);
    char *text = json_dumps(json, 0);
    assert_int_equal(xarf_parse(text, strlen(text), arena, &report, &refusal), 0);
    free(text);
    return report;
}

static void the_same_is_kept_of_both_versions(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 20);
    struct abuse_report report = read_sample("v4", "content-phishing", &arena);
    assert_string_equal(report.kind, "xarf/content/phishing");
    assert_string_equal(report.version, "4.2.0");
    assert_string_equal(report.id, "7d1c2b3a-0001-4000-8000-00000000002a");
    assert_string_equal(report.organisation, "org of the harbour");
    assert_string_equal(report.mail, "desk@harbour.example");
    assert_string_equal(report.source, "192.0.2.77");
    assert_string_equal(report.url, "https://shop.harbour.example/url");
    assert_string_equal(report.description, "description of the harbour");
    assert_int_equal(report.domain_count, 1);
    assert_string_equal(report.domains[0], "shop.harbour.example");
    assert_int_equal(report.happened_at, INT64_C(1795162500000000));
    report = read_sample("v3", "Phishing", &arena);
    assert_string_equal(report.kind, "xarf/content/phishing");
    assert_string_equal(report.version, "3");
    assert_string_equal(report.mail, "desk@harbour.example");
    assert_string_equal(report.source, "192.0.2.78");
    assert_string_equal(report.url, "https://shop.harbour.example/SourceUrl");
    assert_string_equal(report.domains[0], "shop.harbour.example");
    assert_int_equal(report.happened_at, INT64_C(1795162500000000));
    for (size_t i = 0; i < COUNT(v4); i++) {
        report = read_sample("v4", v4[i].name, &arena);
        assert_string_equal(report.kind + strlen("xarf/"), v4[i].kind);
    }
    for (size_t i = 0; i < COUNT(v3); i++) {
        report = read_sample("v3", v3[i].name, &arena);
        assert_string_equal(report.kind + strlen("xarf/"), v3[i].kind);
    }
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"", "line"},
                                           {"[]", "not an object"},
                                           {"{\"a\":1,\"a\":2}", "duplicate"},
                                           {"{\"a\":\"\xff\"}", "unable to decode byte 0xff"},
                                           {"{\"a\":1e999}", "overflow"}};
    char deep[200];
    struct arena arena ARENA_CLEANUP = {0};
    struct abuse_report report;
    struct rule_refusal refusal = {0};
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(xarf_parse(texts[i][0], strlen(texts[i][0]), &arena, &report, &refusal),
                         ERR_SYNTAX);
        assert_string_equal(refusal.pointer, "");
        if (!strstr(refusal.reason, texts[i][1]))
            fail_msg("%s: %s", texts[i][1], refusal.reason);
    }
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_int_equal(xarf_parse(deep, sizeof deep, &arena, &report, &refusal), ERR_SYNTAX);
    assert_non_null(strstr(refusal.reason, "nested deeper"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_type_of_version_4),
                                       cmocka_unit_test(each_type_of_version_3),
                                       cmocka_unit_test(single_rules_hold),
                                       cmocka_unit_test(a_text_has_a_limit),
                                       cmocka_unit_test(pointers_are_escaped_and_cut),
                                       cmocka_unit_test(all_forms_of_version_3_are_taken),
                                       cmocka_unit_test(the_same_is_kept_of_both_versions),
                                       cmocka_unit_test(other_bytes_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
