#include "app/casework/drafting.h"

#include "app/casework/recipient.h"
#include "rulebook/rulebook.h"
#include "store/blob.h"
#include "store/letter.h"
#include "store/party.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Letters of a case sort by a number of three digits; the busiest real cases have some dozen. */
enum { LETTERS_OF_CASE_MAX = 999 };

static int take_step(struct casefile *file, const char *letter, const struct digest *sha256,
                     const struct actor *author, struct error_detail *detail)
{
    struct casefile_step request = {.step = {.type = CASE_NOTICE_DRAFTED, .sha256 = *sha256},
                                    .actor = author};
    CASE_TEXT(request.step.letter, letter);
    return casefile_step(file, &request, detail);
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "localhost";
}

static int render(struct casefile *file, const char *letter, const struct contact *contact,
                  const char *id, struct letter *ret_letter, const char **ret_message_id,
                  struct error_detail *detail)
{
    const struct rulebook_letter *template = rulebook_letter_find(file->rulebook, letter, "en");
    json_t *context JSON_CLEANUP = NULL;
    if (!template)
        return error_set(detail, ERR_NOT_FOUND, "the rulebook has no letter '%s' in English",
                         letter);
    int result = drafting_context(file, letter, &context, detail);
    if (result < 0)
        return result;
    /* Bounces are matched by it, and notices name the case: eighty random bits that only those know
     * who saw the letter. */
    char secret[17];
    casefile_random(secret, sizeof secret);
    const char *message_id =
        arena_printf(&file->arena, "%s.%s@%s", id, secret, domain_of(file->app->config.mail_from));
    if (!message_id)
        return ERR_LIMIT;
    const struct letter_request request = {.template_text = template->text,
                                           .template_size = template->size,
                                           .context = context,
                                           .from = file->app->config.mail_from,
                                           .from_name = file->rulebook->authority_short,
                                           .to = contact->email,
                                           .to_name = contact->name,
                                           .message_id = message_id,
                                           .date = clock_wall(&file->app->clock)};
    *ret_message_id = message_id;
    return letter_render(&request, ret_letter, detail);
}

static const char *html_path(struct app *app, struct arena *arena, const char *letter)
{
    return arena_printf(arena, "%s/letters/%s.html", app->data, letter);
}

/* The file is durable before the transaction that names it. */
static int keep_html(struct casefile *file, const char *letter, const struct markup *html,
                     struct error_detail *detail)
{
    const char *folder = arena_printf(&file->arena, "%s/letters", file->app->data);
    const char *path = html_path(file->app, &file->arena, letter);
    if (!folder || !path)
        return ERR_LIMIT;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return error_set(detail, -errno, "%s: %s", folder, strerrordesc_np(errno));
    return blob_write_file(path, html->bytes.data, html->bytes.size, detail);
}

int drafting_load_html(struct app *app, const char *letter, struct markup *ret_html,
                       struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer bytes BUFFER_CLEANUP = {0};
    arena_init(&arena, 1 << 16);
    buffer_init(&bytes, MARKUP_MAX);
    const char *path = html_path(app, &arena, letter);
    int result = path ? buffer_load_file(&bytes, path) : ERR_LIMIT;
    if (result < 0)
        return error_set(detail, result, "%s: %s", path ? path : letter, error_text(result));
    return markup_trust(buffer_text(&bytes), bytes.size, ret_html);
}

int drafting_write(struct casefile *file, const char *letter, const struct actor *author,
                   struct error_detail *detail)
{
    struct contact contact;
    struct letter rendered LETTER_CLEANUP = {0};
    const char *message_id = "";
    char id[CASE_NAME_MAX];
    struct store_letter *before;
    size_t count;
    int result = recipient_choose(file, &contact, detail);
    if (result < 0)
        return result;
    /* Nobody to write to is never silent: a person must find a contact. */
    if (result == 0) {
        result = casefile_note(file, DRAFTING_NO_CONTACT, /* evidence= */ NULL, detail);
        return result < 0 ? result : 0;
    }
    const struct store_letter_query query = {.case_id = file->record.id};
    result = store_letter_list(file->app->store, &query, &file->arena, &before, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letters of a case");
    if (count >= LETTERS_OF_CASE_MAX)
        return error_set(detail, ERR_LIMIT, "case %s has %d letters already", file->record.id,
                         LETTERS_OF_CASE_MAX);
    /* Numbered within the case, so that their order can be seen and nothing else. */
    snprintf(id, sizeof id, "%s-l%03zu", file->record.id, count + 1);
    result = render(file, letter, &contact, id, &rendered, &message_id, detail);
    if (result < 0)
        return error_context(detail, result, "letter '%s' of case %s", letter, file->record.id);
    result = keep_html(file, id, &rendered.html, detail);
    if (result < 0)
        return result;
    const struct store_letter record = {.id = id,
                                        .case_id = file->record.id,
                                        .kind = letter,
                                        .message_id = message_id,
                                        .recipient = contact.email,
                                        .subject = rendered.subject,
                                        .drafted_by = author->id,
                                        .sha256 = rendered.digest,
                                        .bytes = {rendered.message.data, rendered.message.size},
                                        .state = LETTER_STATE_DRAFT,
                                        .created_at = clock_wall(&file->app->clock),
                                        .updated_at = clock_wall(&file->app->clock)};
    result = store_letter_put(file->app->store, &record);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "new letter");
    result = take_step(file, letter, &rendered.digest, author, detail);
    return result < 0 ? result : 1;
}
