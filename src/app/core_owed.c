/* What the store did not take when it happened, such as on a full disk, and must take later: what a
 * mail server answered, which forgotten is a letter sent twice, and tasks to be tried again, which
 * stay claimed otherwise. Kept in memory; the next start recovers what this one could not record.
 */
#include "app/core_parts.h"

#include "app/letters/dispatch.h"
#include "base/log.h"
#include "store/outbox.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAUSE_US = 1000000, TASK_PAUSE_US = 10000000, TASK_TRIES_MAX = 20 };

struct owed {
    struct owed *next;
    struct dispatch *dispatch; /* of a letter; NULL for a task */
    char key[160], words[300];
    uint32_t attempts;
};

static void free_owed(struct owed *owed)
{
    dispatch_free(owed->dispatch);
    free(owed);
}

/* A task that failed waits and is tried again; one that keeps failing waits for a person. */
static int record_task(struct app *app, const struct owed *owed)
{
    int64_t later = clock_wall(&app->clock) + TASK_PAUSE_US;
    int result = owed->attempts >= TASK_TRIES_MAX
                     ? store_outbox_kill(app->store, owed->key, owed->words)
                     : store_outbox_fail(app->store, owed->key, later, owed->words);
    return result == ERR_NOT_FOUND ? 0 : result; /* not found: settled meanwhile */
}

static int record(struct app *app, const struct owed *owed, struct error_detail *detail)
{
    int result = store_begin(app->store);
    if (result >= 0)
        result =
            owed->dispatch ? dispatch_end(app, owed->dispatch, detail) : record_task(app, owed);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0)
        store_rollback(app->store);
    return result;
}

static void record_or_keep(struct core *core, struct owed *owed)
{
    struct error_detail detail = {0};
    int result = record(core->app, owed, &detail);
    if (result >= 0) {
        free_owed(owed);
        return;
    }
    log_error("%s: %s; it is recorded later", owed->key, error_words(&detail, result));
    struct owed **end = &core->owed;
    while (*end)
        end = &(*end)->next;
    *end = owed;
    core->next_owed_us = clock_mono() + PAUSE_US;
}

void core_record_reply(struct core *core, struct dispatch *dispatch)
{
    struct owed *owed = calloc(1, sizeof *owed);
    if (!owed) {
        dispatch_free(dispatch); /* the attempt stays begun: in doubt at the next start */
        return;
    }
    owed->dispatch = dispatch;
    snprintf(owed->key, sizeof owed->key, "letter %s", dispatch->letter);
    record_or_keep(core, owed);
}

void core_put_back(struct core *core, const struct store_task *task, const char *words)
{
    struct owed *owed = calloc(1, sizeof *owed);
    if (!owed)
        return;
    owed->attempts = task->attempts;
    snprintf(owed->key, sizeof owed->key, "%s", task->key);
    snprintf(owed->words, sizeof owed->words, "%s", words);
    record_or_keep(core, owed);
}

void core_record_owed(struct core *core)
{
    struct error_detail detail = {0};
    if (!core->owed || clock_mono() < core->next_owed_us)
        return;
    core->next_owed_us = clock_mono() + PAUSE_US;
    struct owed **at = &core->owed;
    while (*at) {
        struct owed *owed = *at;
        if (record(core->app, owed, &detail) < 0) {
            at = &owed->next; /* told when it failed first */
            continue;
        }
        *at = owed->next;
        free_owed(owed);
    }
}

void core_forget_owed(struct core *core)
{
    core->next_owed_us = 0;
    core_record_owed(core);
    while (core->owed) {
        struct owed *owed = core->owed;
        core->owed = owed->next;
        free_owed(owed);
    }
}
