/* notice.progress, notice.statement, notice.correct, notice.withdraw, notice.redact: what people
 * write for the public about a notice; notice.agree and notice.drop: what a second person does.
 *
 * Everything waits for a second person, but for progress where the process lets one tell it alone.
 * What is agreed to is published by a task of the outbox, as an update of its own (notice.h); a
 * progress takes the step of the case first, so that the process can refuse it. */
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/publish/ledger.h"
#include "app/publish/notice_letter.h"
#include "app/publish/notice_record.h"
#include "base/text.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/user.h"
#include "view/letter.h"
#include "view/served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROGRESS_MAX = 4000,  /* bytes; a page of text */
    STATEMENT_MAX = 8000, /* a party may say more than we */
    REASON_MAX = 500,
    PASSAGE_MAX = 2000,
    ITEM_ID_ROOM = 12,
};

/* --- words for the public --- */

/* Plain text has lines and nothing that turns, hides or ends text. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if (*text != '\n' && text_steers(text))
            return false;
    }
    return true;
}

/* Line ends become LF, blanks at both ends go. NULL when memory is out. */
static const char *tidy(const char *text, struct arena *arena)
{
    char *copy = arena_copy_text(arena, text + strspn(text, " \r\n")), *to = copy;
    for (const char *at = copy; copy && *at; at++) {
        if (at[0] != '\r' || at[1] != '\n')
            *to++ = *at;
    }
    while (copy && to > copy && (to[-1] == ' ' || to[-1] == '\n'))
        to--;
    if (copy)
        *to = '\0';
    return copy;
}

static int need_words(struct call *call, const char *name, size_t most, struct arena *arena,
                      const char **ret_words)
{
    const char *given;
    int result = call_need_text(call, name, &given);
    if (result < 0)
        return result;
    const char *words = tidy(given, arena);
    if (!words)
        return ERR_LIMIT;
    if (!words[0] || strlen(words) > most)
        return error_set(call->detail, ERR_LIMIT, "'%s' has 1 to %zu bytes of text", name, most);
    if (!is_plain(words))
        return error_set(call->detail, ERR_SYNTAX,
                         "'%s' is plain text: no control characters and none that turn text", name);
    *ret_words = words;
    return 0;
}

/* --- what it is about --- */

/* The case of the argument "notice", for a person who may act in it. */
static int open_notice(struct call *call, struct casefile *ret_file)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_publication publication;
    const char *notice;
    arena_init(&arena, 64 << 20);
    int result = call_need_text(call, "notice", &notice);
    if (result < 0)
        return result;
    result = store_publication_find(call->app->store, notice, &arena, &publication);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "no notice '%s' is published", notice);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "publication");
    return casefile_open_for(call->app, &call->actor, publication.case_id, ret_file, call->detail);
}

/* Whether later updates took it back. */
static int is_withdrawn(struct casefile *file, const char *update, bool *ret_is)
{
    struct store_notice_item *items;
    size_t count;
    int result = store_notice_item_list(file->app->store, file->record.id,
                                        /* waiting_only= */ false, &file->arena, &items, &count);
    *ret_is = false;
    for (size_t i = 0; result >= 0 && i < count; i++)
        *ret_is |= items[i].kind == NOTICE_ITEM_WITHDRAWAL &&
                   items[i].state == NOTICE_ITEM_AGREED && strcmp(items[i].about, update) == 0;
    return result;
}

/* The argument "about": a standing update of the notice. What the case itself told can be corrected
 * but not taken back. */
static int need_update(struct call *call, struct casefile *file, bool by_people,
                       const char **ret_about)
{
    char id[NOTICE_ID_MAX];
    struct store_publication_update *updates;
    size_t count;
    bool withdrawn;
    const char *about;
    notice_id(file->record.id, id);
    int result = call_need_text(call, "about", &about);
    if (result < 0)
        return result;
    result = store_publication_update_list(call->app->store, id, &file->arena, &updates, &count);
    if (result >= 0)
        result = is_withdrawn(file, about, &withdrawn);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "updates of a notice");
    size_t size = strlen(id);
    bool ours = strncmp(about, id, size) == 0 && strncmp(about + size, "-u", 2) == 0;
    unsigned long seq = ours ? strtoul(about + size + 2, NULL, 10) : 0;
    if (seq < 1 || seq > count)
        return error_set(call->detail, ERR_NOT_FOUND, "notice %s has no update '%s'", id, about);
    if (withdrawn)
        return error_set(call->detail, ERR_REFUSED, "update '%s' was withdrawn", about);
    if (by_people && !updates[seq - 1].item[0])
        return error_set(call->detail, ERR_REFUSED,
                         "update '%s' tells what happened to the case; it can be corrected, not "
                         "withdrawn",
                         about);
    *ret_about = about;
    return 0;
}

/* --- keeping and publishing --- */

/* What the log is told: no words, only their digests. A second person names the digest of this. */
static int describe(const struct store_notice_item *item, json_t **ret_event,
                    struct digest *ret_sha256)
{
    struct buffer text BUFFER_CLEANUP = {0};
    char hex[DIGEST_HEX], reason[DIGEST_HEX];
    const struct digest of_text = digest_of(item->text, strlen(item->text)),
                        of_reason = digest_of(item->reason, strlen(item->reason));
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "kind", "notice-item",
                  "item", item->id, "case", item->case_id, "what",
                  notice_item_kind_text(item->kind), "about", item->about, "text_sha256",
                  digest_format(&of_text, hex), "reason_sha256", digest_format(&of_reason, reason),
                  "ranges", item->ranges, "at", (json_int_t)item->at, "actor", item->actor);
    buffer_init(&text, 64 << 10);
    int result = event ? json_canonical(event, &text) : ERR_NO_MEMORY;
    if (result < 0) {
        json_decref(event);
        return result;
    }
    *ret_sha256 = digest_of(text.data, text.size);
    *ret_event = event;
    return 0;
}

static void answer(struct call *call, const struct store_notice_item *item)
{
    char hex[DIGEST_HEX], notice[NOTICE_ID_MAX];
    notice_id(item->case_id, notice);
    json_object_set_new(call->result, "item", json_string(item->id));
    json_object_set_new(call->result, "notice", json_string(notice));
    json_object_set_new(call->result, "kind", json_string(notice_item_kind_text(item->kind)));
    json_object_set_new(call->result, "state", json_string(notice_item_state_text(item->state)));
    json_object_set_new(call->result, "sha256", json_string(digest_format(&item->sha256, hex)));
}

/* How it ended, for the store and the log. */
static int settle(struct call *call, struct store_notice_item *item, enum notice_item_state state,
                  const char *by)
{
    item->state = state;
    item->settled_at = clock_wall(&call->app->clock);
    item->settled_by = by;
    int result = store_notice_item_settle(call->app->store, item);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "item of a notice");
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:s}", "item", item->id, "case", item->case_id, "state",
                  notice_item_state_text(state), "actor", by[0] ? by : item->actor);
    result = ledger_tell(call->app, "notice-item-settled", event, call->detail);
    answer(call, item);
    return result;
}

/* The step of the case tells by its object what was written for it; its effect publishes. */
static int take_progress(struct call *call, struct casefile *file,
                         const struct store_notice_item *item)
{
    struct store_user user;
    int result = store_user_find(call->app->store, item->actor, &file->arena, &user);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "user");
    const struct actor first = command_actor_of(&user);
    struct casefile_step request = {.step = {.type = CASE_PROGRESS}, .actor = &first};
    CASE_TEXT(request.step.object, item->id);
    CASE_TEXT(request.step.second, item->settled_by);
    return casefile_step(file, &request, call->detail);
}

static int publish(struct call *call, struct casefile *file, const struct store_notice_item *item)
{
    char key[64], payload[256];
    if (item->kind == NOTICE_ITEM_PROGRESS)
        return take_progress(call, file, item);
    /* Ids are plain: nothing to escape. */
    snprintf(key, sizeof key, "notice-item/%s", item->id);
    snprintf(payload, sizeof payload, "{\"case\":\"%s\",\"item\":\"%s\"}", item->case_id, item->id);
    const struct store_task task = {.key = key,
                                    .kind = case_effect_text(EFFECT_UPDATE_PUBLICATION),
                                    .payload = payload,
                                    .due_at = clock_wall(&call->app->clock)};
    int result = store_outbox_put(call->app->store, &task);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "outbox") : 0;
}

/* Fills in who, when and under which name, and keeps it: it waits. */
static int keep(struct call *call, struct casefile *file, struct store_notice_item *item)
{
    json_t *event JSON_CLEANUP = NULL;
    char id[ITEM_ID_ROOM];
    casefile_random(id, sizeof id);
    item->id = arena_printf(&file->arena, "i-%s", id);
    item->case_id = file->record.id;
    item->at = clock_wall(&call->app->clock);
    item->actor = call->actor.id;
    int result = item->id ? describe(item, &event, &item->sha256) : ERR_LIMIT;
    if (result >= 0)
        result = ledger_commit(call->app, "notice-item", event, &item->entry, call->detail);
    if (result < 0)
        return result;
    result = store_notice_item_put(call->app->store, item);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "item of a notice");
    answer(call, item);
    return 0;
}

/* --- the commands of the first person --- */

/* notice.progress {notice, text} */
int notice_progress(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_notice_item item = {
        .kind = NOTICE_ITEM_PROGRESS, .about = "", .ranges = "", .reason = ""};
    struct case_step step;
    struct case_outcome outcome;
    int result = open_notice(call, &file);
    if (result >= 0)
        result = need_words(call, "text", PROGRESS_MAX, &file.arena, &item.text);
    if (result < 0)
        return result;
    const struct casefile_step request = {.step = {.type = CASE_PROGRESS}, .actor = &call->actor};
    int waits = casefile_weigh(&file, &request, &step, &outcome, call->detail);
    result = waits < 0 ? waits : keep(call, &file, &item);
    if (result < 0 || waits > 0)
        return result;
    result = settle(call, &item, NOTICE_ITEM_AGREED, "");
    return result < 0 ? result : publish(call, &file, &item);
}

/* notice.statement {notice, text}: the party's own words, which change nothing. */
int notice_statement(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_notice_item item = {
        .kind = NOTICE_ITEM_STATEMENT, .about = "", .ranges = "", .reason = ""};
    int result = open_notice(call, &file);
    if (result >= 0)
        result = need_words(call, "text", STATEMENT_MAX, &file.arena, &item.text);
    return result < 0 ? result : keep(call, &file, &item);
}

/* notice.correct {notice, text, reason, about?}: other words for an update, or for the notice. */
int notice_correct(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_notice_item item = {.kind = NOTICE_ITEM_CORRECTION, .about = "", .ranges = ""};
    int result = open_notice(call, &file);
    if (result >= 0 && json_text(call->arguments, "about"))
        result = need_update(call, &file, /* by_people= */ false, &item.about);
    if (result >= 0)
        result = need_words(call, "text", PROGRESS_MAX, &file.arena, &item.text);
    if (result >= 0)
        result = need_words(call, "reason", REASON_MAX, &file.arena, &item.reason);
    return result < 0 ? result : keep(call, &file, &item);
}

/* notice.withdraw {notice, about, reason}: an update is taken back; it stays, marked. */
int notice_withdraw(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct store_notice_item item = {.kind = NOTICE_ITEM_WITHDRAWAL, .text = "", .ranges = ""};
    int result = open_notice(call, &file);
    if (result >= 0)
        result = need_update(call, &file, /* by_people= */ true, &item.about);
    if (result >= 0)
        result = need_words(call, "reason", REASON_MAX, &file.arena, &item.reason);
    return result < 0 ? result : keep(call, &file, &item);
}

/* The places of the letter that have the argument "words". */
static int find_passage(struct call *call, struct casefile *file, const struct store_letter *letter,
                        const char **ret_ranges)
{
    struct served_range *ranges;
    struct buffer list BUFFER_CLEANUP = {0};
    const char *words, *text;
    size_t count;
    buffer_init(&list, 8 << 10);
    int result = need_words(call, "words", PASSAGE_MAX, &file->arena, &words);
    if (result >= 0)
        result = notice_letter_text(letter, &file->arena, &text, call->detail);
    if (result < 0)
        return result;
    result = served_find(text, words, &file->arena, &ranges, &count);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "letter %s does not have these words", letter->id);
    if (result < 0)
        return error_set(call->detail, result, "letter %s has these words more than %d times",
                         letter->id, SERVED_RANGES_MAX);
    served_ranges_format(ranges, count, &list);
    *ret_ranges = arena_copy_text(&file->arena, buffer_text(&list));
    json_object_set_new(call->result, "places", json_integer((json_int_t)count));
    return *ret_ranges ? buffer_error(&list) : ERR_LIMIT;
}

/* notice.redact {letter, words, reason}: these words of a formal letter are not shown, wherever
 * they stand in it. May be agreed to before the letter goes out. */
int notice_redact(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_letter letter;
    struct store_notice_item item = {.kind = NOTICE_ITEM_REDACTION, .text = ""};
    arena_init(&arena, 4 << 20);
    int result = call_need_text(call, "letter", &item.about);
    if (result < 0)
        return result;
    result = app_find_letter(call->app, item.about, &arena, &letter, call->detail);
    if (result < 0)
        return result;
    result = casefile_open_for(call->app, &call->actor, letter.case_id, &file, call->detail);
    if (result < 0)
        return result;
    if (!notice_letter_formal(&file, letter.kind))
        return error_set(call->detail, ERR_REFUSED,
                         "letter %s is never public: it is no formal one", letter.id);
    result = find_passage(call, &file, &letter, &item.ranges);
    if (result >= 0)
        result = need_words(call, "reason", REASON_MAX, &file.arena, &item.reason);
    return result < 0 ? result : keep(call, &file, &item);
}

/* --- the second person --- */

static int find_waiting(struct call *call, struct arena *arena, struct store_notice_item *ret_item)
{
    const char *id;
    int result = call_need_text(call, "item", &id);
    if (result < 0)
        return result;
    result = store_notice_item_find(call->app->store, id, arena, ret_item);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no item '%s'", id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "item of a notice");
    if (ret_item->state == NOTICE_ITEM_WAITING)
        return 0;
    return error_set(call->detail, ERR_REFUSED, "item %s does not wait any more: it was %s", id,
                     notice_item_state_text(ret_item->state));
}

static int check_second(struct call *call, const struct store_notice_item *item)
{
    const char *given;
    struct digest sha256;
    int result = call_need_text(call, "sha256", &given);
    if (result < 0)
        return result;
    if (digest_parse(given, &sha256) < 0 || !digest_equal(&sha256, &item->sha256))
        return error_set(call->detail, ERR_REFUSED, "item %s has another SHA-256 than '%s'",
                         item->id, given);
    if (strcmp(item->actor, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED, "%s wrote this; a second person has to agree",
                         call->actor.id);
    return command_check_second(&call->actor, item->at, "the item", call->detail);
}

/* notice.agree {item, sha256}: another person agrees, and it is published. */
int notice_agree(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_notice_item item;
    arena_init(&arena, 1 << 20);
    int result = find_waiting(call, &arena, &item);
    if (result >= 0)
        result = casefile_open_for(call->app, &call->actor, item.case_id, &file, call->detail);
    if (result >= 0)
        result = check_second(call, &item);
    if (result >= 0)
        result = settle(call, &item, NOTICE_ITEM_AGREED, call->actor.id);
    return result < 0 ? result : publish(call, &file, &item);
}

/* notice.drop {item}: who wrote it, or who could agree to it, ends it; it is never published. */
int notice_drop(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_notice_item item;
    arena_init(&arena, 1 << 20);
    int result = find_waiting(call, &arena, &item);
    if (result >= 0)
        result = casefile_admit(call->app, &call->actor, item.case_id, call->detail);
    if (result < 0)
        return result;
    if (strcmp(item.actor, call->actor.id) != 0 &&
        !(call->actor.roles & (ROLE_APPROVER | ROLE_PUBLISHER)))
        return error_set(call->detail, ERR_DENIED,
                         "%s wrote this; besides, only an approver or a publisher may drop it",
                         item.actor);
    return settle(call, &item, NOTICE_ITEM_DROPPED, call->actor.id);
}
