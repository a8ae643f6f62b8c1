#include "app/letters/service.h"

#include "store/letter.h"
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

int service_check_letter(const struct casefile *file, const struct store_letter *letter,
                         struct error_detail *detail)
{
    const struct case_letter *own = &file->state.letter;
    if (strcmp(file->state.stage->letter, letter->kind) != 0 ||
        strcmp(own->id, letter->kind) != 0 || !digest_equal(&own->sha256, &letter->sha256))
        return error_set(detail, ERR_REFUSED,
                         "letter %s is not the one that case %s stands behind now", letter->id,
                         file->record.id);
    if (!own->adopted)
        return error_set(detail, ERR_REFUSED, "nobody stands behind letter %s yet", letter->id);
    return 0;
}

/* --- the task of a letter that came back --- */

static int put_task(struct casefile *file, const struct case_step *step,
                    struct error_detail *detail)
{
    char key[160], payload[256];
    snprintf(key, sizeof key, "%s/%06u/serve", file->record.id, file->state.seq);
    snprintf(payload, sizeof payload, "{\"case\":\"%s\",\"letter\":\"%s\",\"seq\":%u}",
             file->record.id, step->letter, file->state.seq);
    const struct store_task task = {
        .key = key,
        .kind = SERVICE_TASK,
        .payload = payload,
        .state = OUTBOX_DEAD,
        .due_at = clock_wall(&file->app->clock),
        .error = "the letter came back: another contact (letter resend), registered mail or a "
                 "courier (letter served), or say why not"};
    int result = store_outbox_put(file->app->store, &task);
    return result < 0 ? app_store_failed(file->app, result, detail, "task") : 0;
}

/* Tasks of one case that stand in a state, in the order of their events. */
static int list_tasks(struct app *app, const char *case_id, enum outbox_state state,
                      struct arena *arena, struct store_task **ret_tasks, size_t *ret_count,
                      struct error_detail *detail)
{
    struct store_task *found = NULL, *all;
    size_t found_count = 0, count;
    int result = store_outbox_list_of_case(app->store, state, case_id, arena, &all, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "tasks of a case");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].kind, SERVICE_TASK) != 0)
            continue;
        struct store_task *slot = arena_push(arena, &found, &found_count, sizeof *slot);
        if (!slot)
            return ERR_LIMIT;
        *slot = all[i];
    }
    *ret_tasks = found;
    *ret_count = found_count;
    return 0;
}

/* A case whose letters never came back has no such task. */
static int settle_tasks(struct casefile *file, const char *words, struct error_detail *detail)
{
    struct store_task *tasks;
    size_t count;
    if (!casefile_has(file, CASE_BOUNCED, /* reason= */ NULL))
        return 0;
    int result =
        list_tasks(file->app, file->record.id, OUTBOX_DEAD, &file->arena, &tasks, &count, detail);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        result = store_outbox_settle(file->app->store, tasks[i].key, words);
        if (result < 0)
            return app_store_failed(file->app, result, detail, "task");
    }
    return result;
}

int service_follow(struct casefile *file, const struct case_step *step, struct error_detail *detail)
{
    bool own = strcmp(step->letter, file->state.stage->letter) == 0;
    if (step->type == CASE_BOUNCED)
        return put_task(file, step, detail);
    if (step->type == CASE_NOTICE_SENT)
        return settle_tasks(file, "the letter was served", detail);
    if (step->type == CASE_NOTICE_DRAFTED && own)
        return settle_tasks(file, "the letter was drafted anew", detail);
    return stage_is_end(file->state.stage) && case_event_moves(step->type)
               ? settle_tasks(file, "the case ended", detail)
               : 0;
}

int service_task(struct app *app, const char *case_id, struct arena *arena,
                 struct store_task *ret_task, struct error_detail *detail)
{
    static const enum outbox_state states[] = {OUTBOX_DEAD, OUTBOX_DONE};
    const char *newest = "";
    for (size_t s = 0; s < 2; s++) {
        struct store_task *tasks;
        size_t count;
        int result = list_tasks(app, case_id, states[s], arena, &tasks, &count, detail);
        if (result < 0)
            return result;
        if (count == 0 || strcmp(tasks[count - 1].key, newest) < 0)
            continue;
        newest = tasks[count - 1].key;
        *ret_task = tasks[count - 1];
    }
    return newest[0] ? 0 : ERR_NOT_FOUND;
}
