/* letter.resend: the same bytes once more, to the same or another address of the party. */
#include "app/command_list.h"
#include "app/known.h"
#include "app/letters/recipient.h"
#include "app/letters/service.h"
#include "base/json.h"
#include "store/outbox.h"
#include "view/letter.h"

#include <stdio.h>
#include <string.h>

static int check_recipient(struct casefile *file, const char *address, struct error_detail *detail)
{
    bool contact = false;
    int result = recipient_is_contact(file, address, &contact, detail);
    if (result < 0)
        return result;
    if (!contact || !letter_address_valid(address))
        return error_set(detail, ERR_REFUSED, "'%s' is no contact of %s; import it first", address,
                         file->record.party);
    return 0;
}

/* The number of the attempt that this will be, unless one is under way. */
static int next_attempt(struct casefile *file, const struct store_letter *letter,
                        size_t *ret_number, struct error_detail *detail)
{
    struct store_attempt *attempts;
    size_t count;
    int result = store_attempt_list(file->app->store, letter->id, &file->arena, &attempts, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "attempts of a letter");
    if (count == 0 || attempts[count - 1].phase == ATTEMPT_BEGUN)
        return error_set(detail, ERR_REFUSED, "letter %s is on its way", letter->id);
    *ret_number = count + 1;
    return 0;
}

static int put_task(struct call *call, const struct casefile *file,
                    const struct store_letter *letter, const char *to, size_t number)
{
    char key[160];
    BUFFER_CLEANUP struct buffer payload = {0};
    struct json_out out;
    snprintf(key, sizeof key, "%s/resend/%zu", letter->id, number);
    buffer_init(&payload, 4096);
    json_out_init(&out, &payload, /* indent= */ false);
    json_out_object(&out);
    json_out_member_text(&out, "case", file->record.id);
    json_out_member_text(&out, "letter", letter->kind);
    json_out_member_text(&out, "id", letter->id);
    json_out_member_text(&out, "to", to);
    json_out_member_text(&out, "by", call->actor.id);
    json_out_end(&out);
    const struct store_task task = {.key = key,
                                    .kind = case_effect_text(EFFECT_SEND_LETTER),
                                    .payload = buffer_text(&payload),
                                    .due_at = clock_wall(&call->app->clock),
                                    .error = ""};
    int result = buffer_error(&payload);
    if (result >= 0)
        result = store_outbox_put(call->app->store, &task);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "resend");
    return result == 0 ? error_set(call->detail, ERR_REFUSED, "letter %s is on its way", letter->id)
                       : 0;
}

/* letter.resend {letter, to}: `to` is a contact of the party, the letter's own recipient by
 * default. */
int letter_resend(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_letter letter;
    const char *id, *to = json_text(call->arguments, "to");
    size_t number = 0;
    arena_init(&arena, 4 << 20);
    int result = call_need_text(call, "letter", &id);
    if (result < 0)
        return result;
    result = app_find_letter(call->app, id, &arena, &letter, call->detail);
    if (result < 0)
        return result;
    to = to ? to : letter.recipient;
    result = casefile_open_for(call->app, &call->actor, letter.case_id, &file, call->detail);
    if (result >= 0)
        result = service_check_letter(&file, &letter, call->detail);
    if (result >= 0)
        result = check_recipient(&file, to, call->detail);
    if (result >= 0)
        result = next_attempt(&file, &letter, &number, call->detail);
    if (result >= 0)
        result = put_task(call, &file, &letter, to, number);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "letter", json_string(letter.id));
    json_object_set_new(call->result, "to", json_string(to));
    json_object_set_new(call->result, "attempt", json_integer((json_int_t)number));
    return 0;
}
