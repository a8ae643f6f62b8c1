#include "proto/mail/abuse_part.h"

#include "proto/mail/feedback.h"
#include "proto/mail/field.h"
#include "proto/mail/part.h"
#include "proto/xarf/report.h"

#include <string.h>

/* --- RFC 5965 --- */

bool abuse_part_is_feedback(GMimeObject *part)
{
    return part_has_type(part, "message", "feedback-report");
}

bool abuse_part_announced(GMimeObject *body)
{
    GMimeContentType *type = g_mime_object_get_content_type(body);
    const char *report = g_mime_content_type_get_parameter(type, "report-type");
    return g_mime_content_type_is_type(type, "multipart", "report") && report &&
           g_ascii_strcasecmp(report, "feedback-report") == 0;
}

/* RFC 5965 2: words for people, the machine's part, the message that it is about. */
int abuse_part_read_feedback(GMimeObject *body, struct arena *arena, struct mail *mail)
{
    GMimeMultipart *parts = GMIME_MULTIPART(body);
    GMimeObject *machine =
        g_mime_multipart_get_count(parts) > 1 ? g_mime_multipart_get_part(parts, 1) : NULL;
    GMimeObject *about =
        g_mime_multipart_get_count(parts) > 2 ? g_mime_multipart_get_part(parts, 2) : NULL;
    if (!abuse_part_announced(body))
        return feedback_refuse(mail, arena, "feedback-report",
                               "the message is no multipart/report of that report-type");
    if (!machine || !abuse_part_is_feedback(machine))
        return feedback_refuse(mail, arena, "feedback-report",
                               "the second part is not the machine's");
    if (!about || !(GMIME_IS_MESSAGE_PART(about) || part_has_type(about, "message", "rfc822") ||
                    part_has_type(about, "text", "rfc822-headers") ||
                    part_has_type(about, "message", "global") ||
                    part_has_type(about, "message", "global-headers")))
        return feedback_refuse(mail, arena, "feedback-report",
                               "the third part is no message and no headers");
    GByteArray *bytes = part_content(machine);
    int result = feedback_parse((const char *)bytes->data, bytes->len, arena, mail);
    g_byte_array_unref(bytes);
    return result;
}

/* --- X-ARF --- */

static bool is_json(GMimeObject *part)
{
    return part_has_type(part, "application", "json") ||
           part_has_type(part, "application", "xarf+json");
}

static bool is_called_xarf(GMimeObject *part)
{
    const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
    return part_has_type(part, "application", "xarf+json") ||
           (name && g_ascii_strcasecmp(name, "xarf.json") == 0);
}

static bool is_xarf(GMimeObject *part, bool announced)
{
    return is_json(part) && (announced || is_called_xarf(part));
}

GMimeObject *abuse_part_find_xarf(GMimeMessage *message)
{
    GMimeObject *body = g_mime_message_get_mime_part(message);
    GMimeObject *head = GMIME_OBJECT(message);
    bool announced =
        g_mime_object_get_header(head, "X-XARF") || g_mime_object_get_header(head, "X-ARF");
    if (!body || !GMIME_IS_MULTIPART(body))
        return body && is_xarf(body, announced) ? body : NULL;
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(body));
    for (int i = 0; i < count && i < MAIL_PARTS_MAX; i++) {
        GMimeObject *part = g_mime_multipart_get_part(GMIME_MULTIPART(body), i);
        if (is_xarf(part, announced))
            return part;
    }
    return NULL;
}

static int refuse(struct arena *arena, struct mail *mail, const struct rule_refusal *refusal)
{
    const char *fault = arena_printf(arena, "xarf%s%s: %s", refusal->pointer[0] ? " " : "",
                                     refusal->pointer, refusal->reason);
    mail->fault = fault ? mail_text(arena, fault, strlen(fault)) : NULL;
    return mail->fault ? 0 : ERR_LIMIT;
}

static int read_xarf(const void *bytes, size_t size, struct arena *arena, struct mail *mail)
{
    struct rule_refusal refusal = {0};
    struct abuse_report *report = arena_alloc(arena, sizeof *report);
    int result = report ? xarf_parse(bytes, size, arena, report, &refusal) : ERR_LIMIT;
    if (result == ERR_SYNTAX)
        return refuse(arena, mail, &refusal);
    if (result >= 0)
        mail->report = report;
    return result;
}

int abuse_part_read_xarf(GMimeObject *part, struct arena *arena, struct mail *mail)
{
    GByteArray *bytes = part_content(part);
    int result = read_xarf(bytes->data, bytes->len, arena, mail);
    g_byte_array_unref(bytes);
    return result;
}

int mail_parse_xarf(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail)
{
    struct mail mail = mail_none();
    mail.kind = MAIL_ABUSE_REPORT;
    int result = read_xarf(bytes, size, arena, &mail);
    if (result >= 0)
        *ret_mail = mail;
    return result;
}
