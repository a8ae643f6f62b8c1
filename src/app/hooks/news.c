#include "app/hooks/news.h"

#include "app/complaints/record.h"
#include "app/party/case_view.h"
#include "base/json_flat.h"
#include "base/log.h"
#include "store/outbox.h"
#include "store/user.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VIEW_ARENA_MAX = 64 << 20, ARENA_MAX = 64 << 20 };

_Static_assert((int)HOOK_SEEN_TEXT >= (int)CASE_VIEW_VERSION_TEXT, "a version fits");

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "hooks");
}

/* --- what a party sees --- */

static int look(struct casefile *file, char version[HOOK_SEEN_TEXT], int64_t *ret_letters,
                struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    json_t *seen JSON_CLEANUP = NULL, *result JSON_CLEANUP = json_object();
    char text[CASE_VIEW_VERSION_TEXT];
    struct query_call call = {
        .app = file->app, .result = result, .arena = &arena, .detail = detail};
    arena_init(&arena, VIEW_ARENA_MAX);
    int failure = case_view_make(&call, file, &seen);
    if (failure >= 0)
        failure = case_view_version(seen, text);
    if (failure < 0)
        return failure;
    snprintf(version, HOOK_SEEN_TEXT, "%s", text);
    *ret_letters = (int64_t)json_array_size(json_object_get(seen, "letters"));
    return 0;
}

static void look_before(struct casefile *file, struct hook_before *before)
{
    struct error_detail quiet = {0};
    int result = look(file, before->seen, &before->letters, &quiet);
    if (result >= 0)
        return;
    snprintf(before->seen, sizeof before->seen, "?");
    log_error("hooks: case %s: what its party sees: %s", file->record.id,
              error_words(&quiet, result));
}

/* Nothing where it was looked at before. */
static int look_if_new(struct casefile *file, struct hook_before *before,
                       struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_seen known;
    arena_init(&arena, 1 << 16);
    int result = store_seen_find(file->app->store, file->record.id, &arena, &known);
    if (result >= 0) {
        snprintf(before->seen, sizeof before->seen, "-");
        return 0;
    }
    if (result != ERR_NOT_FOUND)
        return failed(file->app, result, detail);
    look_before(file, before);
    return 0;
}

/* --- around a step --- */

int hook_news_before(struct casefile *file, struct hook_before *ret_before,
                     struct error_detail *detail)
{
    struct hook_before before = {.told = file->record.told_at != 0};
    int staff = store_hook_any(file->app->store, HOOK_AUDIENCE_STAFF);
    int party = staff < 0 ? staff : store_hook_any(file->app->store, HOOK_AUDIENCE_PARTY);
    if (party < 0)
        return failed(file->app, party, detail);
    before.listens = staff > 0 || party > 0;
    int result = party && before.told ? look_if_new(file, &before, detail) : 0;
    if (result >= 0)
        *ret_before = before;
    return result;
}

static int put_task(struct app *app, const char *key, const char *payload,
                    struct error_detail *detail)
{
    const struct store_task task = {
        .key = key, .kind = HOOK_NEWS_TASK, .payload = payload, .due_at = clock_wall(&app->clock)};
    int result = store_outbox_put(app->store, &task);
    return result < 0 ? failed(app, result, detail) : 0;
}

int hook_news_step(struct casefile *file, const struct hook_before *before,
                   const struct case_step *step, struct error_detail *detail)
{
    char key[160], payload[400];
    bool served = step->type == CASE_NOTICE_SENT;
    if (!before->listens)
        return 0;
    /* Ids and digests are plain: nothing to escape. */
    snprintf(key, sizeof key, "%s/%06u/hooks", file->record.id, file->state.seq);
    snprintf(payload, sizeof payload,
             "{\"case\":\"%s\",\"at\":%" PRId64
             ",\"served\":%d,\"first\":%d,\"seen\":\"%s\",\"letters\":%" PRId64 "}",
             file->record.id, step->at, served, served && !before->told, before->seen,
             before->letters);
    return put_task(file->app, key, payload, detail);
}

int hook_news_complaint(struct app *app, const char *reference, uint32_t seq,
                        struct error_detail *detail)
{
    char key[160], payload[200];
    int result = store_hook_any(app->store, HOOK_AUDIENCE_STAFF);
    if (result <= 0)
        return result < 0 ? failed(app, result, detail) : 0;
    snprintf(key, sizeof key, "hooks/%s/%u", reference, seq);
    snprintf(payload, sizeof payload, "{\"complaint\":\"%s\",\"at\":%" PRId64 "}", reference,
             clock_wall(&app->clock));
    return put_task(app, key, payload, detail);
}

/* --- who may hear --- */

/* Recusal is refused by name; of what there is not nothing is told either. */
static int staff_may(struct app *app, const char *person, const char *case_id,
                     struct error_detail *detail)
{
    struct error_detail why = {0};
    struct actor actor = {.roles = ROLE_ANYBODY};
    snprintf(actor.id, sizeof actor.id, "%s", person);
    int result = casefile_admit(app, &actor, case_id, &why);
    if (result == ERR_REFUSED)
        return 0;
    return result < 0 ? error_pass(detail, result, &why) : 1;
}

static int staff_may_complaint(struct app *app, const char *person, const char *reference,
                               struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    arena_init(&arena, ARENA_MAX);
    int result = record_find(app, reference, &arena, &record, detail);
    return result < 0 ? result : staff_may(app, person, record.row.case_id, detail);
}

static int party_may(struct app *app, const char *person, const char *case_id,
                     struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail why = {0};
    int result = case_view_open(app, person, case_id, PARTY_RIGHT_READ, &file, &why);
    if (result == ERR_NOT_FOUND)
        return 0;
    return result < 0 ? error_pass(detail, result, &why) : 1;
}

int hook_may_hear(struct app *app, const struct store_hook *hook, const char *object_kind,
                  const char *object, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, 1 << 20);
    int result = store_user_find(app->store, hook->person, &arena, &user);
    if (result < 0)
        return failed(app, result, detail);
    if (user.disabled_at)
        return 0;
    bool party = strcmp(hook->audience, HOOK_AUDIENCE_PARTY) == 0;
    if (strcmp(object_kind, "case") == 0)
        return (party ? party_may : staff_may)(app, hook->person, object, detail);
    if (strcmp(object_kind, "complaint") == 0)
        return party ? 0 : staff_may_complaint(app, hook->person, object, detail);
    return 1;
}

/* --- telling --- */

struct news {
    struct app *app;
    const char *object_kind, *object;
    int64_t at;
    enum hook_kind kinds[3]; /* most telling first; the first that a hook is for is told */
    size_t kind_count;
    struct arena arena;
    struct error_detail *detail;
};

static int tell_hook(struct news *news, const struct store_hook *hook)
{
    for (size_t i = 0; i < news->kind_count; i++) {
        if (!hook_is_for(hook, news->kinds[i]))
            continue;
        int result = hook_may_hear(news->app, hook, news->object_kind, news->object, news->detail);
        return result <= 0 ? result
                           : hook_tell(news->app, hook, news->kinds[i], news->object_kind,
                                       news->object, news->at, news->detail);
    }
    return 0;
}

static int tell_hooks(struct news *news, const struct store_hook *hooks, size_t count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = hooks[i].state == HOOK_ACTIVE ? tell_hook(news, &hooks[i]) : 0;
    return result;
}

static int tell_staff(struct news *news)
{
    struct store_hook *hooks;
    size_t count;
    int result = store_hook_list_active(news->app->store, HOOK_AUDIENCE_STAFF, "", &news->arena,
                                        &hooks, &count);
    return result < 0 ? failed(news->app, result, news->detail) : tell_hooks(news, hooks, count);
}

/* Users who have a grant for the party; whether it is in force is asked for each hook. */
static int tell_party(struct news *news, const char *party)
{
    struct store *store = news->app->store;
    struct store_grant *grants;
    size_t count;
    int result = store_grant_list_of_party(store, party, &news->arena, &grants, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        struct store_hook *hooks;
        size_t hook_count;
        /* One user after the other: who had several grants is one. */
        if (i && strcmp(grants[i].person, grants[i - 1].person) == 0)
            continue;
        result = store_hook_list(store, grants[i].person, &news->arena, &hooks, &hook_count);
        if (result < 0)
            break;
        result = tell_hooks(news, hooks, hook_count);
        if (result < 0)
            return result;
    }
    return result < 0 ? failed(news->app, result, news->detail) : 0;
}

static void say(struct news *news, bool first, bool served)
{
    news->kind_count = 0;
    if (first)
        news->kinds[news->kind_count++] = HOOK_CASE_TOLD;
    if (first || served)
        news->kinds[news->kind_count++] = HOOK_LETTER_SERVED;
    news->kinds[news->kind_count++] = HOOK_CASE_CHANGED;
}

/* What was seen before: at the last look, or what the step took along. */
static int find_before(struct news *news, const struct json_item *payload,
                       struct store_seen *ret_before)
{
    int result = store_seen_find(news->app->store, news->object, &news->arena, ret_before);
    if (result != ERR_NOT_FOUND)
        return result < 0 ? failed(news->app, result, news->detail) : 0;
    const char *seen = json_flat_text(payload, "seen");
    *ret_before = (struct store_seen){.case_id = news->object,
                                      .version = seen ? seen : "?",
                                      .letters = json_flat_number(payload, "letters", 0)};
    return 0;
}

static int tell_difference(struct news *news, struct casefile *file,
                           const struct json_item *payload)
{
    struct store_seen before;
    char version[HOOK_SEEN_TEXT];
    int64_t letters;
    int result = find_before(news, payload, &before);
    if (result >= 0)
        result = look(file, version, &letters, news->detail);
    if (result < 0)
        return result;
    const struct store_seen now = {news->object, version, letters};
    result = store_seen_put(news->app->store, &now);
    if (result < 0)
        return failed(news->app, result, news->detail);
    bool unknown = before.version[0] == '?' || before.version[0] == '-';
    if (unknown || strcmp(before.version, version) == 0)
        return 0;
    say(news, before.version[0] == '\0', letters > before.letters);
    return tell_party(news, file->record.party);
}

static int tell_case(struct news *news, const struct json_item *payload)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(news->app, news->object, &file, news->detail);
    if (result < 0)
        return result;
    say(news, json_flat_number(payload, "first", 0) != 0,
        json_flat_number(payload, "served", 0) != 0);
    result = tell_staff(news);
    if (result < 0 || !file.record.told_at)
        return result;
    int party = store_hook_any(news->app->store, HOOK_AUDIENCE_PARTY);
    if (party <= 0)
        return party < 0 ? failed(news->app, party, news->detail) : 0;
    return tell_difference(news, &file, payload);
}

int hook_news_tell(struct app *app, const struct json_item *payload, struct error_detail *detail)
{
    const char *case_id = json_flat_text(payload, "case"),
               *complaint = json_flat_text(payload, "complaint");
    struct news news = {.app = app,
                        .object_kind = case_id ? "case" : "complaint",
                        .object = case_id ? case_id : complaint,
                        .at = json_flat_number(payload, "at", 0),
                        .kinds = {HOOK_COMPLAINT_CHANGED},
                        .kind_count = 1,
                        .detail = detail};
    if (!news.object)
        return error_set(detail, ERR_DAMAGED, "news for hooks are of a case or a complaint");
    arena_init(&news.arena, ARENA_MAX);
    int result = case_id ? tell_case(&news, payload) : tell_staff(&news);
    arena_done(&news.arena);
    return result;
}
