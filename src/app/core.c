#include "app/core.h"

#include "app/alarm.h"
#include "app/casework/timer.h"
#include "app/control.h"
#include "app/core_parts.h"
#include "app/letters/dispatch.h"
#include "app/monitor/plan.h"
#include "app/publish/notice.h"
#include "app/publish/ticker.h"
#include "base/log.h"
#include "store/case.h"
#include "store/hook.h"
#include "store/outbox.h"
#include "store/publication.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    ARENA_MAX = 256 << 20,
    LONGEST_SLEEP_MS = 1000,
    DUE_SLEEP_MS = 5,
    FAILED_DEADLINE_PAUSE_US = 1000000,
    FAILED_PUBLIC_PAUSE_US = 10000000, /* a full disk is not emptied faster by trying */
};

/* --- public files --- */

static void write_public(struct core *core)
{
    struct error_detail detail = {0};
    if (!core->public_stale || clock_mono() < core->next_public_us)
        return;
    int result = notice_write_files(core->app, &detail);
    if (result < 0)
        core->next_public_us = clock_mono() + FAILED_PUBLIC_PAUSE_US;
    alarm_set(core->app, APP_ALARM_PUBLIC, result < 0 ? error_words(&detail, result) : "");
    notice_watch(core->app);
    /* A publication ticks the log at once, so that its bundle is there with it. */
    core->next_tick_us = result < 0 ? core->next_tick_us : 0;
    core->public_stale = result < 0;
}

/* --- start and end --- */

static int catch_signals(struct core *core, struct error_detail *detail)
{
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGCHLD);
    if (core->handover[HANDOVER_GIVES] >= 0)
        sigaddset(&caught, SIGHUP);
    sigprocmask(SIG_BLOCK, &caught, NULL); /* fails for an unknown `how` alone */
    core->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
    if (core->signals < 0)
        return error_set(detail, -errno, "signals: %s", strerrordesc_np(errno));
    return 0;
}

static int recover(struct core *core, struct error_detail *detail)
{
    int result = store_begin(core->app->store);
    if (result >= 0)
        result = dispatch_recover(core->app, detail);
    if (result >= 0)
        result = store_hook_recover(core->app->store, clock_wall(&core->app->clock));
    if (result >= 0)
        result = store_commit(core->app->store);
    if (result < 0)
        store_rollback(core->app->store);
    return result < 0 ? error_context(detail, result, "after the last run") : 0;
}

int core_start(struct core *core, struct app *app, const struct core_options *options,
               struct error_detail *detail)
{
    *core = (struct core){.app = app, .turn_us = CORE_TURN_US};
    core->public_listener = options->public_listener;
    core->staff_listener = options->staff_listener;
    core->config = options->config;
    core->control = core->signals = -1;
    core->public = (struct child){.fd = -1, .role = "public"};
    core->staff = (struct child){.fd = -1, .role = "staff"};
    core->signer = (struct child){.fd = -1, .role = "signer"};
    core->mailer = (struct child){.fd = -1, .role = "mailer"};
    core->front = (struct child){.fd = -1, .role = "front"};
    core->handover[HANDOVER_GIVES] = core->handover[HANDOVER_TAKES] = -1;
    core->public_stale = core->bundles_stale = core->targets_stale = true;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        core->clients[i].fd = -1;
    arena_init(&core->arena, ARENA_MAX);
    core_start_hooks(core);
    core_start_lookups(core);
    core_clock_start(core);
    observer_init(&core->observer);
    int result = plan_load_files(core->app, &core->files, detail);
    if (result >= 0)
        result = core_prepare_front(core, detail);
    if (result >= 0)
        result = catch_signals(core, detail);
    if (result >= 0)
        result = recover(core, detail);
    /* The public door finds its folder; what could not be written is tried again by the loop. */
    if (result >= 0)
        write_public(core);
    if (result >= 0)
        result = control_listen(core->app->data, &core->control, detail);
    if (result >= 0)
        result = worker_start(&core->observing, core_observe, &core->observer, detail);
    if (result >= 0)
        result = worker_start(&core->mailing, /* serve= */ NULL, NULL, detail);
    return result;
}

void core_end(struct core *core)
{
    core->stop = true;
    /* Letters first: what the mail server answered must be kept, an observation may be lost. */
    worker_stop(&core->mailing);
    core_forget_owed(core);
    core_end_hooks(core);
    core_end_lookups(core);
    worker_stop(&core->observing);
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++)
        core->clients[i].broken = true;
    core_drop_broken(core);
    core_stop_children(core);
    if (core->control >= 0)
        close(core->control);
    if (core->signals >= 0)
        close(core->signals);
    for (size_t i = 0; i < HANDOVER_ENDS; i++) {
        if (core->handover[i] >= 0)
            close(core->handover[i]);
    }
    ticker_drop(&core->ticker);
    plan_free_files(&core->files);
    arena_done(&core->arena);
}

/* --- the loop --- */

static void take_signals(struct core *core)
{
    struct signalfd_siginfo info;
    while (read(core->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        /* core_start_children() starts them again by its own pace, so that a process that dies at
         * once is not started as fast as it dies. */
        if (info.ssi_signo == SIGCHLD)
            child_reap();
        else if (info.ssi_signo == SIGHUP)
            core_renew_front(core);
        else
            core->stop = true;
    }
}

/* Milliseconds until something is due by the clock. */
static int patience(const struct core *core)
{
    int64_t now = clock_wall(&core->app->clock), next = core_next_target(core), due;
    int64_t tick = core->next_tick_us - clock_mono(), hook = core_next_hook(core);
    if (store_deadline_next(core->app->store, &due) >= 0 && due < next)
        next = due;
    if (store_outbox_next(core->app->store, &due) >= 0 && due < next)
        next = due;
    if (store_publication_next_due(core->app->store, &due) >= 0 && due < next)
        next = due;
    if (hook < next)
        next = hook;
    int64_t wait = next == INT64_MAX ? LONGEST_SLEEP_MS * 1000 : next - now;
    if (tick < wait)
        wait = tick;
    /* Due and still not done: it waits for something else, so do not spin. */
    if (wait <= 0)
        return DUE_SLEEP_MS;
    return wait > LONGEST_SLEEP_MS * 1000 ? LONGEST_SLEEP_MS : (int)(wait / 1000) + 1;
}

static void wait_and_read(struct core *core)
{
    enum { LANES = 5, FIXED = LANES + CORE_HOOK_LANES };
    struct pollfd fds[FIXED + CORE_CLIENTS_MAX] = {
        {.fd = core->control, .events = POLLIN},
        {.fd = core->signals, .events = POLLIN},
        {.fd = core->observing.event_fd, .events = POLLIN},
        {.fd = core->mailing.event_fd, .events = POLLIN},
        {.fd = core->looking.event_fd, .events = POLLIN},
    };
    for (size_t i = 0; i < CORE_HOOK_LANES; i++)
        fds[LANES + i] = (struct pollfd){.fd = core->lanes[i].worker.event_fd, .events = POLLIN};
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        const struct client *client = &core->clients[i];
        fds[FIXED + i] = (struct pollfd){
            .fd = client->fd,
            .events = (short)(POLLIN | (client->out.size > client->sent ? POLLOUT : 0))};
    }
    if (poll(fds, FIXED + CORE_CLIENTS_MAX,
             core->more_wait || core->ticking ? 0 : patience(core)) <= 0)
        return;
    if (fds[1].revents)
        take_signals(core);
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        if (fds[FIXED + i].revents & (POLLIN | POLLHUP | POLLERR))
            core_read(&core->clients[i]);
        if (core->clients[i].fd >= 0 && (fds[FIXED + i].revents & POLLOUT))
            core_write(&core->clients[i]);
    }
    if (fds[0].revents)
        core_accept(core);
}

void core_pass_deadlines(struct core *core)
{
    struct error_detail detail = {0};
    int64_t due;
    if (clock_mono() < core->next_deadlines_us || store_deadline_next(core->app->store, &due) < 0 ||
        due > clock_wall(&core->app->clock) || core_clock_holds(core))
        return;
    int result = store_begin(core->app->store);
    int left = result < 0 ? result : timer_pass_deadlines(core->app, &detail);
    result = left < 0 ? left : store_commit(core->app->store);
    if (left != 0)
        core->next_deadlines_us = clock_mono() + FAILED_DEADLINE_PAUSE_US;
    if (result < 0) {
        store_rollback(core->app->store);
        log_error("deadlines: %s", error_words(&detail, result));
    }
}

/* An update that was announced and did not come is told to the public. */
static void pass_updates(struct core *core)
{
    struct error_detail detail = {0};
    int64_t due;
    if (clock_mono() < core->next_overdue_us ||
        store_publication_next_due(core->app->store, &due) < 0 ||
        due > clock_wall(&core->app->clock))
        return;
    core->next_overdue_us = clock_mono() + FAILED_DEADLINE_PAUSE_US;
    int result = store_begin(core->app->store);
    int told = result < 0 ? result : notice_pass_due(core->app, &detail);
    result = told < 0 ? told : store_commit(core->app->store);
    if (result < 0) {
        store_rollback(core->app->store);
        log_error("updates of notices: %s", error_words(&detail, result));
    }
    core->public_stale |= result >= 0 && told > 0;
    core->bundles_stale |= result >= 0 && told > 0;
}

/* Of what is published while a tick is under way the bundle comes with the next, which follows at
 * once. */
static void begin_tick(struct core *core)
{
    core->next_tick_us = clock_mono() + core->app->config.log_tick_s * 1000000;
    core->ticking = true;
    core->bundles_ticked |= core->bundles_stale;
    core->bundles_stale = false;
    app_keep_wall(core->app);
}

static void tick(struct core *core)
{
    struct error_detail detail = {0};
    if (!core->ticking && clock_mono() < core->next_tick_us)
        return;
    if (!core->ticking)
        begin_tick(core);
    int result = ticker_step(&core->ticker, core->app, &core->signer, &detail);
    core->ticking = result > 0;
    if (core->ticking)
        return;
    if (result >= 0 && core->bundles_ticked) {
        result = notice_write_bundles(core->app, &detail);
        core->bundles_ticked = result < 0;
    }
    alarm_set(core->app, APP_ALARM_LOG, result < 0 ? error_words(&detail, result) : "");
}

static void refresh_targets(struct core *core)
{
    struct error_detail detail = {0};
    if (core->targets_stale && core_load_targets(core, &detail) < 0)
        log_error("targets: %s", detail.text);
}

void core_turn(struct core *core)
{
    wait_and_read(core);
    core_serve_commands(core);
    worker_collect(&core->observing);
    worker_collect(&core->mailing);
    core_collect_hooks(core);
    core_collect_lookups(core);
    core_pass_deadlines(core);
    pass_updates(core);
    core_record_owed(core);
    core_work_outbox(core);
    core_give_hooks(core);
    write_public(core);
    refresh_targets(core);
    core_give_observations(core);
    tick(core);
    core_watch_clock(core);
    core_watch_calendars(core);
    core_sort_complaints(core);
    core_draw_closures(core);
    core_give_lookups(core);
    core_drop_broken(core);
    core_start_children(core);
}

int core_run(struct app *app, const struct core_options *options, struct error_detail *detail)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return error_set(detail, ERR_NO_MEMORY, "core: out of memory");
    int result = core_start(core, app, options, detail);
    if (result >= 0) {
        core_start_children(core);
        printf("ready\n");
        fflush(stdout);
    }
    while (result >= 0 && !core->stop)
        core_turn(core);
    core_end(core);
    free(core);
    return result;
}
