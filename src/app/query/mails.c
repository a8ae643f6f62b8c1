/* Questions about mail that came in. */
#include "app/argument.h"
#include "app/intake/mail.h"
#include "app/query/list.h"
#include "base/digest.h"

#include <string.h>

static json_t *mail_row(const struct store_mail *mail)
{
    char hex[DIGEST_HEX];
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "sha256",
                            digest_format(&mail->sha256, hex), "sender", mail->sender, "subject",
                            mail->subject, "outcome", mail->outcome, "case", mail->case_id,
                            "complaint", mail->complaint, "reason", mail->reason);
    json_object_set_new(row, "received_at", query_instant(mail->received_at));
    return row;
}

/* The argument as a digest; a zero one, before all others, when it is missing. */
static int read_digest(struct query_call *call, const char *name, struct digest *ret_digest)
{
    const char *text = json_text(call->arguments, name);
    *ret_digest = (struct digest){0};
    return text ? argument_sha256(text, ret_digest, call->detail) : 0;
}

int query_mail_list(struct query_call *call)
{
    struct store_mail_query query = {.held_only =
                                         json_is_true(json_object_get(call->arguments, "held"))};
    struct store_mail *mails;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "mails", list);
    int result = read_digest(call, "after", &query.after);
    if (result < 0)
        return result;
    result = store_mail_list(call->app->store, &query, call->arena, &mails, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mails");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, mail_row(&mails[i]));
    return 0;
}

/* The bytes as base64: a mail need not be UTF-8. */
int query_mail_show(struct query_call *call)
{
    struct store_mail mail;
    struct digest digest;
    const char *text;
    int result = query_need_text(call, "mail", &text);
    if (result >= 0)
        result = read_digest(call, "mail", &digest);
    if (result < 0)
        return result;
    result = store_mail_find(call->app->store, &digest, call->arena, &mail);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no mail %s", text);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "mail");
    if (mail.complaint[0] && mail.bytes.size == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "mail %s is sealed with complaint %s: see 'bailiwick complaint show'",
                         text, mail.complaint);
    size_t room = BASE64_ROOM(mail.bytes.size);
    char *coded = arena_alloc(call->arena, room);
    if (!coded)
        return ERR_LIMIT;
    json_object_set_new(call->result, "mail", mail_row(&mail));
    json_object_set_new(call->result, "bytes",
                        json_string(base64_format(mail.bytes.data, mail.bytes.size, coded, room)));
    return 0;
}
