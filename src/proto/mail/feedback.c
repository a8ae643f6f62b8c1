#include "proto/mail/feedback.h"

#include "proto/abuse.h"
#include "proto/mail/field.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

struct feedback {
    struct arena *arena;
    struct mail *mail;
    struct abuse_report *report;
    unsigned seen; /* bit per row of `fields` */
    int failure;
};

int feedback_refuse(struct mail *mail, struct arena *arena, const char *place, const char *reason)
{
    if (mail->fault[0])
        return 0;
    const char *fault = arena_printf(arena, "%s: %s", place, reason);
    mail->fault = fault ? fault : "";
    return fault ? 0 : ERR_LIMIT;
}

/* --- what a value must be; each keeps what the report needs of it --- */

typedef bool field_test(struct feedback *feedback, const char *value);

static bool take_type(struct feedback *feedback, const char *value)
{
    /* Those of RFC 5965 7.3, RFC 6430 and RFC 6591; one that is not known here is "other". */
    static const char *const types[] = {"abuse", "fraud", "virus", "not-spam", "auth-failure"};
    size_t size = strcspn(value, " \t;");
    const char *type = "other";
    if (size == 0)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (size == strlen(types[i]) && strncasecmp(value, types[i], size) == 0)
            type = types[i];
    }
    feedback->report->kind = arena_printf(feedback->arena, "arf/%s", type);
    return true;
}

static bool take_some(struct feedback *feedback, const char *value)
{
    (void)feedback;
    return value[0] != '\0';
}

/* "1"; drafts before the standard wrote "0.1", and large senders still do. */
static bool take_version(struct feedback *feedback, const char *value)
{
    size_t digits = strspn(value, "0123456789.");
    feedback->report->version = value;
    return digits > 0 && value[digits] == '\0' && isdigit((unsigned char)value[0]);
}

static bool take_source(struct feedback *feedback, const char *value)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    feedback->report->source = value;
    return inet_pton(AF_INET, value, bytes) == 1 || inet_pton(AF_INET6, value, bytes) == 1;
}

static bool take_moment(struct feedback *feedback, const char *value)
{
    GDateTime *moment = g_mime_utils_header_decode_date(value);
    if (!moment)
        return false;
    int64_t seconds = g_date_time_to_unix(moment);
    g_date_time_unref(moment);
    if (seconds < 0 || seconds > ABUSE_REPORT_MOMENT_MAX / 1000000)
        return false;
    feedback->report->happened_at = seconds * 1000000;
    return true;
}

static bool take_number(struct feedback *feedback, const char *value)
{
    (void)feedback;
    return value[0] && value[strspn(value, "0123456789")] == '\0';
}

static void note(struct feedback *feedback, int result)
{
    if (result < 0)
        feedback->failure = result;
}

/* A name in any script: one that is not ASCII stands in the report alone. */
static bool take_domain(struct feedback *feedback, const char *value)
{
    note(feedback,
         abuse_report_add_domain(feedback->report, feedback->arena, value, strcspn(value, " \t;")));
    return value[0] != '\0';
}

static bool take_url(struct feedback *feedback, const char *value)
{
    const char *colon = strchr(value, ':');
    if (!colon || colon == value || !colon[1])
        return false;
    note(feedback, abuse_report_add_host(feedback->report, feedback->arena, value));
    if (!feedback->report->url[0] && strncmp(colon, "://", 3) == 0)
        feedback->report->url = value;
    return true;
}

/* RFC 5965 3.1 (needed), 3.2 (at most once), 3.3 (any number). */
static const struct {
    const char *name;
    enum { NEEDED, ONCE, OFTEN } times;
    field_test *take;
    const char *fault;
} fields[] = {
    {"Feedback-Type", NEEDED, take_type, "says no type"},
    {"User-Agent", NEEDED, take_some, "is empty"},
    {"Version", NEEDED, take_version, "is no number"},
    {"Original-Envelope-Id", ONCE, take_some, "is empty"},
    {"Original-Mail-From", ONCE, take_some, "is empty"},
    {"Arrival-Date", ONCE, take_moment, "is no date of RFC 5322"},
    {"Reporting-MTA", ONCE, take_some, "is empty"},
    {"Source-IP", ONCE, take_source, "is no IP address"},
    {"Incidents", ONCE, take_number, "is no number"},
    {"Authentication-Results", OFTEN, take_some, "is empty"},
    {"Original-Rcpt-To", OFTEN, take_some, "is empty"},
    {"Reported-Domain", OFTEN, take_domain, "is empty"},
    {"Reported-URI", OFTEN, take_url, "is no URI"},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static void take_field(struct feedback *feedback, const struct mail_field *field)
{
    const char *value = mail_field_text(feedback->arena, field);
    if (!value)
        feedback->failure = ERR_LIMIT;
    for (size_t i = 0; value && i < FIELDS; i++) {
        if (!mail_field_named(field, fields[i].name))
            continue;
        int result = 0;
        bool twice = fields[i].times != OFTEN && (feedback->seen & 1u << i);
        if (twice || !fields[i].take(feedback, value))
            result = feedback_refuse(feedback->mail, feedback->arena, fields[i].name,
                                     twice ? "stands twice" : fields[i].fault);
        feedback->seen |= 1u << i;
        if (result < 0)
            feedback->failure = result;
        return;
    }
}

static int check_needed(struct feedback *feedback)
{
    int result = feedback->failure;
    for (size_t i = 0; result >= 0 && i < FIELDS; i++) {
        if (fields[i].times == NEEDED && !(feedback->seen & 1u << i))
            result = feedback_refuse(feedback->mail, feedback->arena, fields[i].name, "is missing");
    }
    return result;
}

int feedback_parse(const char *text, size_t size, struct arena *arena, struct mail *mail)
{
    struct abuse_report *report = arena_alloc(arena, sizeof *report);
    struct feedback feedback = {.arena = arena, .mail = mail, .report = report};
    struct mail_field_reader reader = {text, size ? text + size : text}; /* NULL for no bytes */
    struct mail_field field;
    enum mail_field_line line;
    if (!report)
        return ERR_LIMIT;
    *report = abuse_report_none();
    report->mail = mail->sender;
    while (feedback.failure >= 0 && size > 0 &&
           (line = mail_field_next(&reader, &field)) != MAIL_FIELD_END) {
        if (line == MAIL_FIELD_TAKEN)
            take_field(&feedback, &field);
    }
    int result = check_needed(&feedback);
    if (result < 0 || !report->kind)
        return result < 0 ? result : ERR_LIMIT;
    mail->report = mail->fault[0] ? NULL : report;
    return 0;
}
