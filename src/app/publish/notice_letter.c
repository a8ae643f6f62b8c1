#include "app/publish/notice_letter.h"

#include "view/letter.h"
#include "view/served.h"

#include <string.h>

bool notice_letter_formal(const struct casefile *file, const char *kind)
{
    const struct stage *stage = process_stage_find(file->state.process, kind);
    return stage && stage_kind_formal(stage->kind);
}

int64_t notice_letter_served_at(const struct casefile *file, const struct digest *sha256)
{
    struct case_step step;
    for (size_t i = 0; i < file->event_count; i++) {
        if (file->events[i].type == CASE_NOTICE_SENT &&
            case_step_decode(&file->events[i], &step, NULL) >= 0 &&
            digest_equal(&step.sha256, sha256))
            return step.service_at;
    }
    return 0;
}

int notice_letter_text(const struct store_letter *letter, struct arena *arena,
                       const char **ret_text, struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, LETTER_MAX);
    int result =
        served_read(letter->bytes.data, letter->bytes.size, letter->subject, &text, detail);
    if (result < 0)
        return error_context(detail, result, "letter %s", letter->id);
    *ret_text = arena_copy_text(arena, buffer_text(&text));
    return *ret_text ? 0 : ERR_LIMIT;
}

/* --- redactions --- */

struct hidden {
    struct served_range *ranges;
    size_t range_count;
    struct notice_redaction *reasons;
    size_t reason_count;
};

/* What was decided before the letter went out holds since then: nothing earlier is public. */
static int hide(const struct store_notice_item *item, int64_t sent_at, struct arena *arena,
                struct hidden *hidden)
{
    struct served_range *ranges;
    size_t count;
    int result = served_ranges_parse(item->ranges, arena, &ranges, &count);
    struct notice_redaction *reason =
        result < 0 ? NULL
                   : arena_push(arena, &hidden->reasons, &hidden->reason_count, sizeof *reason);
    if (!reason)
        return result < 0 ? result : ERR_LIMIT;
    *reason = (struct notice_redaction){item->settled_at < sent_at ? sent_at : item->settled_at,
                                        item->reason};
    for (size_t i = 0; i < count; i++) {
        struct served_range *slot =
            arena_push(arena, &hidden->ranges, &hidden->range_count, sizeof *slot);
        if (!slot)
            return ERR_LIMIT;
        *slot = ranges[i];
    }
    return 0;
}

static int redact(const struct notice_items *items, const char *letter, struct arena *arena,
                  struct notice_letter *shown, struct error_detail *detail)
{
    struct hidden hidden = {0};
    struct buffer text BUFFER_CLEANUP = {0};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < items->count; i++) {
        const struct store_notice_item *item = &items->list[i];
        if (item->kind == NOTICE_ITEM_REDACTION && item->state == NOTICE_ITEM_AGREED &&
            strcmp(item->about, letter) == 0)
            result = hide(item, shown->sent_at, arena, &hidden);
    }
    buffer_init(&text, 2 * LETTER_MAX);
    if (result >= 0)
        result = served_redact(shown->text, hidden.ranges, hidden.range_count, &text);
    if (result < 0)
        return error_set(detail, result, "redactions of letter %s: %s", letter, error_text(result));
    shown->text = arena_copy_text(arena, buffer_text(&text));
    shown->redactions = hidden.reasons;
    shown->redaction_count = hidden.reason_count;
    return shown->text ? 0 : ERR_LIMIT;
}

/* --- the letters --- */

static int show(struct casefile *file, const struct notice_items *items, const char *id,
                int64_t sent_at, struct arena *arena, struct notice_letters *letters,
                struct error_detail *detail)
{
    char hex[DIGEST_HEX];
    struct notice_letter *shown = arena_push(arena, &letters->list, &letters->count, sizeof *shown);
    if (!shown)
        return ERR_LIMIT;
    int result = store_letter_find(file->app->store, id, arena, &letters->latest);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letter");
    *shown = (struct notice_letter){
        .kind = letters->latest.kind,
        .sent_at = sent_at,
        .subject = letters->latest.subject,
        .sha256 = arena_copy_text(arena, digest_format(&letters->latest.sha256, hex))};
    if (!shown->sha256)
        return ERR_LIMIT;
    result = notice_letter_text(&letters->latest, arena, &shown->text, detail);
    return result < 0 ? result : redact(items, id, arena, shown, detail);
}

int notice_letters_load(struct casefile *file, const struct notice_items *items,
                        struct arena *arena, struct notice_letters *ret_letters,
                        struct error_detail *detail)
{
    struct notice_letters letters = {.list = NULL};
    struct store_letter *all;
    size_t count;
    const struct store_letter_query query = {.case_id = file->record.id};
    int result = store_letter_list(file->app->store, &query, arena, &all, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letters of a case");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        int64_t sent_at = notice_letter_served_at(file, &all[i].sha256);
        /* One that came back later was served all the same, and stays public. */
        if (!sent_at && all[i].state == LETTER_STATE_SENT)
            sent_at = all[i].updated_at;
        if (!sent_at || !notice_letter_formal(file, all[i].kind))
            continue;
        letters.stage = process_stage_find(file->state.process, all[i].kind);
        result = show(file, items, all[i].id, sent_at, arena, &letters, detail);
    }
    if (result >= 0 && !letters.count)
        return error_set(detail, ERR_NOT_FOUND, "case %s has no served formal letter",
                         file->record.id);
    if (result >= 0)
        *ret_letters = letters;
    return result;
}
