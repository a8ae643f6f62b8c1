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

/* What goes into a letter of a case, and what comes out. */
struct draft {
    const struct rulebook_letter *template;
    struct contact contact;
    struct demand_texts demands;
    struct letter rendered;
    const char *message_id;
    char id[CASE_NAME_MAX];
};

static int take_step(struct casefile *file, const char *letter, const struct draft *draft,
                     const struct actor *author, struct error_detail *detail)
{
    struct casefile_step request = {.step = {.type = CASE_NOTICE_DRAFTED,
                                             .sha256 = draft->rendered.digest,
                                             .demands = draft->demands.items,
                                             .demand_count = (uint8_t)draft->demands.count},
                                    .actor = author};
    CASE_TEXT(request.step.letter, letter);
    return casefile_step(file, &request, detail);
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "localhost";
}

/* A letter that ends a case asks for nothing. */
static int ask(struct casefile *file, struct draft *draft, struct error_detail *detail)
{
    draft->demands.count = 0;
    if (strcmp(draft->template->kind, "closing") == 0)
        return 0;
    return demand_make(file, &file->arena, &draft->demands, detail);
}

static int render(struct casefile *file, const char *letter, struct draft *draft,
                  struct error_detail *detail)
{
    json_t *context JSON_CLEANUP = NULL;
    draft->template = rulebook_letter_find(file->rulebook, letter, "en");
    if (!draft->template)
        return error_set(detail, ERR_NOT_FOUND, "the rulebook has no letter '%s' in English",
                         letter);
    int result = ask(file, draft, detail);
    if (result >= 0)
        result = drafting_context(file, letter, &draft->demands, &context, detail);
    if (result < 0)
        return result;
    /* Bounces are matched by it, and notices name the case: eighty random bits that only those know
     * who saw the letter. */
    char secret[17];
    casefile_random(secret, sizeof secret);
    draft->message_id = arena_printf(&file->arena, "%s.%s@%s", draft->id, secret,
                                     domain_of(file->app->config.mail_from));
    if (!draft->message_id)
        return ERR_LIMIT;
    const struct letter_request request = {.template_text = draft->template->text,
                                           .template_size = draft->template->size,
                                           .context = context,
                                           .from = file->app->config.mail_from,
                                           .from_name = file->rulebook->authority_short,
                                           .to = draft->contact.email,
                                           .to_name = draft->contact.name,
                                           .message_id = draft->message_id,
                                           .date = clock_wall(&file->app->clock)};
    return letter_render(&request, &draft->rendered, detail);
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

/* Numbered within the case, so that their order can be seen and nothing else. */
static int number(struct casefile *file, struct draft *draft, struct error_detail *detail)
{
    struct store_letter *before;
    size_t count;
    const struct store_letter_query query = {.case_id = file->record.id};
    int result = store_letter_list(file->app->store, &query, &file->arena, &before, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letters of a case");
    if (count >= LETTERS_OF_CASE_MAX)
        return error_set(detail, ERR_LIMIT, "case %s has %d letters already", file->record.id,
                         LETTERS_OF_CASE_MAX);
    snprintf(draft->id, sizeof draft->id, "%s-l%03zu", file->record.id, count + 1);
    return 0;
}

static int keep(struct casefile *file, const char *letter, const struct draft *draft,
                const struct actor *author, struct error_detail *detail)
{
    int result = keep_html(file, draft->id, &draft->rendered.html, detail);
    if (result < 0)
        return result;
    const struct store_letter record = {
        .id = draft->id,
        .case_id = file->record.id,
        .kind = letter,
        .message_id = draft->message_id,
        .recipient = draft->contact.email,
        .subject = draft->rendered.subject,
        .drafted_by = author->id,
        .sha256 = draft->rendered.digest,
        .bytes = {draft->rendered.message.data, draft->rendered.message.size},
        .state = LETTER_STATE_DRAFT,
        .created_at = clock_wall(&file->app->clock),
        .updated_at = clock_wall(&file->app->clock)};
    result = store_letter_put(file->app->store, &record);
    return result < 0 ? app_store_failed(file->app, result, detail, "new letter") : 0;
}

static int write_draft(struct casefile *file, const char *letter, struct draft *draft,
                       const struct actor *author, struct error_detail *detail)
{
    int result = number(file, draft, detail);
    if (result < 0)
        return result;
    result = render(file, letter, draft, detail);
    if (result < 0)
        return error_context(detail, result, "letter '%s' of case %s", letter, file->record.id);
    result = keep(file, letter, draft, author, detail);
    if (result >= 0)
        result = take_step(file, letter, draft, author, detail);
    letter_done(&draft->rendered);
    return result < 0 ? result : 1;
}

int drafting_write(struct casefile *file, const char *letter, const struct actor *author,
                   struct error_detail *detail)
{
    struct draft *draft = arena_alloc(&file->arena, sizeof *draft);
    if (!draft)
        return ERR_LIMIT;
    *draft = (struct draft){.message_id = ""};
    int result = recipient_choose(file, &draft->contact, detail);
    if (result > 0)
        return write_draft(file, letter, draft, author, detail);
    /* Nobody to write to is never silent: a person must find a contact. */
    if (result == 0)
        result = casefile_note(file, DRAFTING_NO_CONTACT, /* evidence= */ NULL, detail);
    return result < 0 ? result : 0;
}
