#include "app/letters/drafting.h"

#include "app/letters/complainant.h"
#include "app/letters/recipient.h"
#include "rulebook/rulebook.h"
#include "store/letter.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

/* Letters of a case sort by a number of three digits; the busiest real cases have some dozen. */
enum { LETTERS_OF_CASE_MAX = 999 };

/* What goes into a letter of a case, and what comes out. */
struct draft {
    const struct rulebook_letter *template;
    const struct rulebook_letter *translation; /* NULL where the reader has the record's language */
    const struct stage *stage;
    const char *language; /* of who reads it; "" when nobody said */
    bool automatic;       /* no person stands behind it */
    bool to_complainant;  /* who sees little of the matter */
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
                                             .translation = draft->rendered.translation_digest,
                                             .demands = draft->demands.items,
                                             .demand_count = (uint8_t)draft->demands.count},
                                    .actor = author};
    CASE_TEXT(request.step.letter, letter);
    return casefile_step(file, &request, detail);
}

const char *drafting_message_id(const struct app *app, struct arena *arena, const char *name)
{
    char secret[17];
    const char *at = strrchr(app->config.mail_from, '@');
    casefile_random(secret, sizeof secret);
    return arena_printf(arena, "%s.%s@%s", name, secret, at ? at + 1 : "localhost");
}

/* A letter that ends a case asks for nothing. */
static int ask(struct casefile *file, struct draft *draft, struct error_detail *detail)
{
    draft->demands.count = 0;
    if (strcmp(draft->template->kind, "closing") == 0)
        return 0;
    return demand_make(file, &file->arena, &draft->demands, detail);
}

/* The rulebook's first language is the authority's: that of the record, which governs. */
static int find_template(const struct casefile *file, const char *letter, struct draft *draft,
                         struct error_detail *detail)
{
    const struct rulebook_letter *other =
        rulebook_letter_find(file->rulebook, letter, draft->language);
    draft->template = rulebook_letter_find(file->rulebook, letter, file->rulebook->languages[0]);
    if (other && strcmp(other->language, draft->language) == 0 && other != draft->template)
        draft->translation = other;
    if (!draft->template)
        return error_set(detail, ERR_NOT_FOUND, "the rulebook has no letter '%s' in English",
                         letter);
    if (!draft->stage)
        return error_set(detail, ERR_NOT_FOUND, "the process has no stage with the letter '%s'",
                         letter);
    return 0;
}

static bool tells_previous(const struct rulebook_letter *template)
{
    return template && strstr(template->text, "previous");
}

static int render(struct casefile *file, const char *letter, struct draft *draft,
                  struct error_detail *detail)
{
    json_t *context JSON_CLEANUP = NULL;
    int result = find_template(file, letter, draft, detail);
    if (result >= 0)
        result = ask(file, draft, detail);
    if (result >= 0)
        result =
            drafting_context(file, draft->stage, &draft->demands,
                             tells_previous(draft->template) || tells_previous(draft->translation),
                             &context, detail);
    if (result < 0)
        return result;
    if (draft->to_complainant)
        drafting_hide_matter(context);
    draft->message_id = drafting_message_id(file->app, &file->arena, file->record.id);
    if (!draft->message_id)
        return ERR_LIMIT;
    const struct rulebook_letter *other = draft->translation;
    const struct letter_request request = {.template_text = draft->template->text,
                                           .template_size = draft->template->size,
                                           .language = draft->template->language,
                                           .translation_text = other ? other->text : NULL,
                                           .translation_size = other ? other->size : 0,
                                           .translation_language = other ? other->language : NULL,
                                           .context = context,
                                           .from = file->app->config.mail_from,
                                           .from_name = file->rulebook->authority_short,
                                           .to = draft->contact.email,
                                           .to_name = draft->contact.name,
                                           .message_id = draft->message_id,
                                           .date = clock_wall(&file->app->clock),
                                           .automatic = draft->automatic};
    return letter_render(&request, &draft->rendered, detail);
}

/* Numbered within the case, for the staff: to its party the number would count drafts, so what it
 * gets (Message-ID, party/case_view.h) has none. */
static int number(struct casefile *file, struct draft *draft, struct error_detail *detail)
{
    int64_t count;
    int result = store_letter_count(file->app->store, file->record.id, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letters of a case");
    if (count >= LETTERS_OF_CASE_MAX)
        return error_set(detail, ERR_LIMIT, "case %s has %d letters already", file->record.id,
                         LETTERS_OF_CASE_MAX);
    snprintf(draft->id, sizeof draft->id, "%s-l%03d", file->record.id, (int)count + 1);
    return 0;
}

static int keep_translation(struct casefile *file, const struct draft *draft,
                            struct error_detail *detail)
{
    const struct letter *rendered = &draft->rendered;
    if (!draft->translation)
        return 0;
    const struct store_letter_version version = {
        .letter = draft->id,
        .language = draft->translation->language,
        .sha256 = rendered->translation_digest,
        .bytes = {rendered->translation.data, rendered->translation.size}};
    int result = store_letter_version_put(file->app->store, &version);
    return result < 0 ? app_store_failed(file->app, result, detail, "letter in another language")
                      : 0;
}

static int keep(struct casefile *file, const char *letter, const struct draft *draft,
                const struct actor *author, struct error_detail *detail)
{
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
        .state = draft->automatic ? LETTER_STATE_QUEUED : LETTER_STATE_DRAFT,
        .created_at = clock_wall(&file->app->clock),
        .updated_at = clock_wall(&file->app->clock)};
    int result = store_letter_put(file->app->store, &record);
    return result < 0 ? app_store_failed(file->app, result, detail, "new letter")
                      : keep_translation(file, draft, detail);
}

/* "" when nobody said in which language the party reads. */
static int find_language(struct casefile *file, struct draft *draft, struct error_detail *detail)
{
    draft->language = "";
    int result = store_party_language_find(file->app->store, file->record.party, &file->arena,
                                           &draft->language);
    return result < 0 && result != ERR_NOT_FOUND
               ? app_store_failed(file->app, result, detail, "language of a party")
               : 0;
}

/* The caller frees what was rendered. */
static int write_letter(struct casefile *file, const char *letter, struct draft *draft,
                        const struct actor *author, struct error_detail *detail)
{
    int result = number(file, draft, detail);
    if (result < 0)
        return result;
    result = render(file, letter, draft, detail);
    if (result < 0)
        return error_context(detail, result, "letter '%s' of case %s", letter, file->record.id);
    return keep(file, letter, draft, author, detail);
}

static int write_draft(struct casefile *file, const char *letter, struct draft *draft,
                       const struct actor *author, struct error_detail *detail)
{
    draft->stage = drafting_stage(file->state.process, letter);
    int result = find_language(file, draft, detail);
    if (result >= 0)
        result = write_letter(file, letter, draft, author, detail);
    if (result >= 0)
        result = take_step(file, letter, draft, author, detail);
    letter_done(&draft->rendered);
    return result < 0 ? result : 1;
}

int drafting_write_message(struct casefile *file, const char *kind, const struct contact *to,
                           const char *language, const char **ret_id, struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct draft *draft = arena_alloc(&file->arena, sizeof *draft);
    if (!draft)
        return ERR_LIMIT;
    *draft = (struct draft){.stage = file->state.stage,
                            .language = language,
                            .automatic = true,
                            .to_complainant = strcmp(kind, COMPLAINANT_LETTER) == 0,
                            .contact = *to,
                            .message_id = ""};
    int result = write_letter(file, kind, draft, &machine, detail);
    letter_done(&draft->rendered);
    if (result >= 0)
        *ret_id = draft->id;
    return result;
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
