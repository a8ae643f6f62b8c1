#include "app/letters/complainant.h"

#include "app/casework/arguments.h"
#include "app/command_list.h"
#include "app/letters/case_ended.h"
#include "app/letters/drafting.h"
#include "app/publish/ledger.h"
#include "base/json_flat.h"
#include "rulebook/rulebook.h"
#include "view/letter.h"

#include <string.h>

bool complainant_is_message(const struct store_letter *letter)
{
    return strcmp(letter->kind, COMPLAINANT_LETTER) == 0;
}

static int leave_to_person(struct app *app, const char *task, struct error_detail *detail)
{
    int result = store_outbox_kill(
        app->store, task, "a person has to tell who complained, or say why that is not done");
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

/* What comes of that is an event of each complaint. */
static int leave_to_complaints(struct app *app, const char *task, struct error_detail *detail)
{
    int result = store_outbox_done(app->store, task);
    return result < 0 ? app_store_failed(app, result, detail, "outbox") : 0;
}

/* A message that is on its way already: the same bytes go out again. NULL for none. */
static int find_queued(struct casefile *file, const char **ret_id, struct error_detail *detail)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = file->record.id,
                                             .state = letter_state_text(LETTER_STATE_QUEUED)};
    int result = store_letter_list(file->app->store, &query, &file->arena, &letters, &count);
    *ret_id = NULL;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (complainant_is_message(&letters[i]))
            *ret_id = letters[i].id;
    }
    return result < 0 ? app_store_failed(file->app, result, detail, "letters of a case") : 0;
}

int complainant_tell(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                     struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_complainant complainant;
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    const char *id = NULL;
    int known = 0;
    int result = json_flat_read(&payload, task->payload, strlen(task->payload), detail);
    if (result >= 0)
        result = casefile_open(app, json_flat_text(payload.root, "case"), &file, detail);
    if (result >= 0)
        result = known = case_ended_ask(&file, task, detail);
    if (result < 0)
        return result;
    result = store_complainant_find(app->store, file.record.id, &file.arena, &complainant);
    if (result == ERR_NOT_FOUND)
        return known ? leave_to_complaints(app, task->key, detail)
                     : leave_to_person(app, task->key, detail);
    if (result < 0)
        return app_store_failed(app, result, detail, "complainant");
    const struct contact to = {.email = complainant.email, .name = "", .role = "", .party = ""};
    result = find_queued(&file, &id, detail);
    if (result >= 0 && !id)
        result = drafting_write_message(&file, COMPLAINANT_LETTER, &to, complainant.language, &id,
                                        detail);
    return result < 0 ? result : dispatch_begin_message(app, task, id, ret_dispatch, detail);
}

int complainant_told(struct app *app, const struct dispatch *dispatch, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    bool accepted = dispatch->reply.outcome == SMTP_ACCEPTED;
    int result = store_letter_set_state(app->store, dispatch->letter,
                                        accepted ? LETTER_STATE_SENT : LETTER_STATE_FAILED,
                                        clock_wall(&app->clock));
    if (result >= 0)
        result = accepted ? store_outbox_done(app->store, dispatch->task)
                          : store_outbox_kill(app->store, dispatch->task,
                                              "the address of who complained does not take mail: "
                                              "tell otherwise, or say why not");
    if (result < 0)
        return app_store_failed(app, result, detail, "message to who complained");
    result = casefile_open(app, dispatch->record.case_id, &file, detail);
    return result < 0 ? result
                      : casefile_note(&file, accepted ? "complainant-told" : "complainant-not-told",
                                      dispatch->letter, detail);
}

/* case.complainant {case, email, language}: the address stays in the store; the log learns that
 * there is one. */
int case_complainant(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *email, *language = json_text(call->arguments, "language");
    int result = arguments_open_case(call, &file);
    if (result >= 0)
        result = call_need_text(call, "email", &email);
    if (result < 0)
        return result;
    if (!letter_address_valid(email))
        return error_set(call->detail, ERR_SYNTAX, "'%s' is no address to write to", email);
    if (file.record.origin != ORIGIN_COMPLAINT)
        return error_set(call->detail, ERR_REFUSED, "case %s did not come from a complaint",
                         file.record.id);
    const struct store_complainant complainant = {
        .case_id = file.record.id,
        .email = email,
        .language = language ? language : file.rulebook->languages[0],
        .added_at = clock_wall(&call->app->clock),
        .added_by = call->actor.id};
    result = store_complainant_put(call->app->store, &complainant);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "complainant");
    json_object_set_new(call->result, "case", json_string(file.record.id));
    json_t *event = json_pack("{s:s, s:s}", "case", file.record.id, "actor", call->actor.id);
    return ledger_tell(call->app, "complainant-known", event, call->detail);
}
