#include "app/casework/answer.h"

#include "app/casework/arguments.h"
#include "app/command_list.h"
#include "app/intake/mail.h"
#include "cases/demand.h"
#include "store/letter.h"

#include <stdlib.h>
#include <string.h>

int answer_keep(struct call *call, const struct casefile *file, const char *text,
                char hex[DIGEST_HEX])
{
    if (!text[0] || strlen(text) > ANSWER_TEXT_MAX)
        return error_set(call->detail, ERR_LIMIT, "an answer has 1 to %d bytes", ANSWER_TEXT_MAX);
    const struct store_mail mail = {.sha256 = digest_of(text, strlen(text)),
                                    .received_at = clock_wall(&call->app->clock),
                                    .sender = "",
                                    .subject = "",
                                    .outcome = mail_outcome_text(MAIL_OUTCOME_ANSWER),
                                    .case_id = file->record.id,
                                    .bytes = {(const uint8_t *)text, strlen(text)}};
    digest_format(&mail.sha256, hex);
    int result = store_mail_put(call->app->store, &mail);
    if (result != 0)
        return result < 0 ? app_store_failed(call->app, result, call->detail, "answer") : 0;
    /* The bytes are there: as an answer to another case too, or as a mail that waits no longer. */
    struct call quiet = *call;
    quiet.detail = NULL;
    result = mail_settle(&quiet, hex, MAIL_OUTCOME_ANSWER, file->record.id, hex);
    return result == ERR_REFUSED ? 0 : result;
}

int answer_take_positions(const json_t *items, struct case_step *step, struct error_detail *detail)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *item = json_string_value(json_array_get(items, i));
        char *end = NULL;
        long number = item ? strtol(item, &end, 10) : 0;
        enum demand_position position;
        if (number < 1 || number > DEMANDS_MAX || *end != '=' ||
            demand_position_parse(end + 1, &position) < 0)
            return error_set(detail, ERR_SYNTAX,
                             "'%s' is no answer to an item: NUMBER=comply, dispute, need-time or "
                             "not-applicable",
                             item ? item : "");
        if (step->positions[number - 1])
            return error_set(detail, ERR_SYNTAX, "the item %ld is answered twice", number);
        step->positions[number - 1] = (uint8_t)position;
    }
    return 0;
}

/* One text may answer many cases: it is kept once and linked to each. */
int answer_link(struct call *call, const struct casefile *file, const char *hex)
{
    const struct store_link link = {.case_id = file->record.id,
                                    .kind = "mail",
                                    .object = hex,
                                    .linked_at = clock_wall(&call->app->clock),
                                    .linked_by = call->actor.id,
                                    .unlinked_by = ""};
    int result = store_link_put(call->app->store, &link);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "answer") : 0;
}

/* The argument "text" as a mail that a person filed. */
static int keep_text(struct call *call, const struct casefile *file, char hex[DIGEST_HEX])
{
    const char *text;
    int result = call_need_text(call, "text", &text);
    return result < 0 ? result : answer_keep(call, file, text, hex);
}

/* case.answer {case, text, items} or {case, mail, items}: what the party answered, as a text that a
 * person has, or as a mail that came in. It is evidence; the log knows its digest. */
int case_answer(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *mail = json_text(call->arguments, "mail");
    char hex[DIGEST_HEX] = "";
    int result = arguments_open_case(call, &file);
    if (result >= 0 && mail)
        result = mail_settle(call, mail, MAIL_OUTCOME_ANSWER, file.record.id, hex);
    else if (result >= 0)
        result = keep_text(call, &file, hex);
    if (result < 0)
        return result;
    const char *evidence = hex;
    struct casefile_step request = {
        .step = {.type = CASE_ANSWERED}, .evidence = &evidence, .evidence_count = 1};
    result = answer_take_positions(json_object_get(call->arguments, "items"), &request.step,
                                   call->detail);
    if (result >= 0)
        result = answer_link(call, &file, hex);
    return result < 0 ? result : arguments_finish(call, &file, &request);
}
