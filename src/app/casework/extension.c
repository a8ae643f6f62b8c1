#include "app/casework/extension.h"

#include "base/civil.h"
#include "store/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const enum outbox_state states[] = {OUTBOX_DONE, OUTBOX_DEAD};

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "requests for more time");
}

static int read_task(const struct store_task *task, struct arena *arena, struct extension *ret)
{
    json_t *payload JSON_CLEANUP = NULL;
    int result = json_parse(task->payload, strlen(task->payload), &payload, NULL);
    const char *by = json_text(payload, "by"), *until = json_text(payload, "until"),
               *sha256 = json_text(payload, "sha256");
    int32_t day;
    if (result < 0 || !by || !until || !sha256 || civil_parse_date(until, &day) < 0)
        return ERR_DAMAGED;
    *ret = (struct extension){.at = json_number(payload, "at", 0),
                              .by = arena_copy_text(arena, by),
                              .until = day,
                              .sha256 = arena_copy_text(arena, sha256),
                              .waits = task->state == OUTBOX_DEAD};
    return ret->by && ret->sha256 ? 0 : ERR_LIMIT;
}

int extension_list(struct app *app, const char *case_id, struct arena *arena,
                   struct extension **ret_list, size_t *ret_count, struct error_detail *detail)
{
    struct extension *list = NULL;
    size_t listed = 0;
    /* One waits at a time, and is the newest. */
    for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
        struct store_task *tasks;
        size_t count;
        int result =
            store_outbox_list_of_case(app->store, states[s], case_id, arena, &tasks, &count);
        if (result < 0)
            return failed(app, result, detail);
        for (size_t i = 0; i < count; i++) {
            if (strcmp(tasks[i].kind, EXTENSION_TASK) != 0)
                continue;
            struct extension *slot = arena_push(arena, &list, &listed, sizeof *slot);
            result = slot ? read_task(&tasks[i], arena, slot) : ERR_LIMIT;
            if (result < 0)
                return error_set(detail, result, "request %s: %s", tasks[i].key,
                                 error_text(result));
        }
    }
    *ret_list = list;
    *ret_count = listed;
    return 0;
}

int extension_put(struct casefile *file, const struct extension *extension,
                  struct error_detail *detail)
{
    char key[160], payload[512], error[160], day[CIVIL_DATE_TEXT];
    civil_format_date(extension->until, day);
    snprintf(key, sizeof key, "%s/%06u/extension", file->record.id, file->state.seq);
    /* Ids and digests are plain: nothing to escape. */
    snprintf(payload, sizeof payload,
             "{\"at\":%" PRId64 ",\"by\":\"%s\",\"case\":\"%s\",\"letter\":\"\",\"seq\":%u,"
             "\"sha256\":\"%s\",\"until\":\"%s\"}",
             extension->at, extension->by, file->record.id, file->state.seq, extension->sha256,
             day);
    snprintf(error, sizeof error,
             "the party asks for time until %s: extend it (case record), or say why not", day);
    const struct store_task task = {.key = key,
                                    .kind = EXTENSION_TASK,
                                    .payload = payload,
                                    .state = OUTBOX_DEAD,
                                    .due_at = clock_wall(&file->app->clock),
                                    .error = error};
    int result = store_outbox_put(file->app->store, &task);
    return result < 0 ? failed(file->app, result, detail) : 0;
}

/* Each request is an event: a case without one has nothing that waits. */
static int settle(struct casefile *file, const char *words, struct error_detail *detail)
{
    struct store_task *tasks;
    size_t count;
    if (!casefile_has(file, CASE_RECEIVED, EXTENSION_REASON))
        return 0;
    int result = store_outbox_list_of_case(file->app->store, OUTBOX_DEAD, file->record.id,
                                           &file->arena, &tasks, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (strcmp(tasks[i].kind, EXTENSION_TASK) == 0)
            result = store_outbox_settle(file->app->store, tasks[i].key, words);
    }
    return result < 0 ? failed(file->app, result, detail) : 0;
}

int extension_follow(struct casefile *file, const struct case_step *step,
                     struct error_detail *detail)
{
    if (step->type == CASE_EXTENDED)
        return settle(file, "the time was extended", detail);
    return stage_is_end(file->state.stage) && case_event_moves(step->type)
               ? settle(file, "the case ended", detail)
               : 0;
}
