/* The inside of the core, shared by its files core*.c and by nobody else. */
#ifndef BAILIWICK_APP_CORE_PARTS_H
#define BAILIWICK_APP_CORE_PARTS_H

#include "app/app.h"
#include "app/child.h"
#include "app/core.h"
#include "app/monitor/observer.h"
#include "app/publish/ticker.h"
#include "app/worker.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/json.h"
#include "net/handover.h"

#include <stdbool.h>

enum {
    CORE_CLIENTS_MAX = 128,  /* for one more, the one that was idle longest goes */
    CORE_DOOR_AT_ONCE = 128, /* requests of the staff door in the queue, as many as it has
                                connections (web/server.c); of each other client, one */
    CORE_ASKED_MAX = CORE_CLIENTS_MAX + CORE_DOOR_AT_ONCE,
    CORE_OF_ONE_USER = 16, /* requests that are run in one turn: so many share a sync, and nobody
                              waits for more of somebody else's */
    CORE_TURN_US = 5000,   /* no other than the first of each user is begun after it */
    CORE_TARGETS_MAX = 20000,
    CORE_HOOK_LANES = 4, /* even */
    CORE_LOOKUPS_AT_ONCE = 4,
    CORE_TLD_TEXT = 80,
};

struct dispatch;
struct lookup_ask;
struct lookup_job;
struct owed;
struct store_task;

/* One connection to the control socket, or the staff door's own. */
struct client {
    int fd; /* -1: free */
    bool broken;
    struct buffer in, out;
    size_t sent;
    int64_t moved_us;             /* monotonic: when it came, or bytes last went either way */
    size_t asked;                 /* its requests in the queue of the core */
    size_t asked_bytes;           /* and what they had in bytes */
    bool is_door;                 /* the staff door, which hands files over (core_files.c) ... */
    int files[CORE_DOOR_AT_ONCE]; /* ... that no request has yet */
    size_t file_count;
};

/* A whole request, from the moment it came until it is answered. */
struct asked {
    struct client *client;
    size_t size;
    json_t *request;      /* NULL: it is no JSON, and `failure` and `detail` say why */
    struct digest source; /* who asks */
    int file;             /* that came with it; -1 for none */
    bool taken;           /* in this turn */
    /* What became of it: */
    int failure;
    struct error_detail detail;
    json_t *result;
};

/* A TLD that is measured by timetable. */
struct target {
    const char *name;
    int64_t due_at; /* wall time */
    bool under_way;
    bool alone; /* the prober died over it, or over another beside it: look at it alone */
    int64_t next_wanted_us; /* monotonic; when somebody else than the timetable may want it again */
    bool gone; /* no contracted TLD of the root any more; observations under way point here */
};

/* One survey of a target and what came of it. */
struct observation {
    struct job job;
    struct core *core;
    struct target *target;
    struct arena arena;
    struct survey_plan plan;
    struct buffer measurement;
    struct result_set results;
    int failure;
    bool lost;        /* as survey_end */
    int64_t begun_us; /* monotonic */
    struct error_detail detail;
};

/* What the survey plan of every target shares; read once. */
struct plan_files {
    struct buffer hints, ca, anchor, net_map;
};

/* One of those that tell hooks side by side (core_hooks.c). */
struct hook_lane {
    struct worker worker;
    struct child herald; /* of its thread */
    bool busy;
};

struct core {
    struct app *app;
    struct arena arena; /* as long as the core */
    int control, signals;
    struct client clients[CORE_CLIENTS_MAX];
    struct child public, staff, signer, mailer;
    struct child front; /* ends TLS for the staff door */
    int public_listener, staff_listener;
    int handover[HANDOVER_ENDS]; /* from the front to the staff door; -1 without TLS */
    const char *config;
    struct observer observer;
    struct worker observing, mailing;
    struct observer looker; /* of core_lookup_ask.c, as `looking` */
    struct worker looking;
    struct lookup_job *lookups[CORE_LOOKUPS_AT_ONCE]; /* under way; NULL: a free place */
    char lookup_from[CORE_TLD_TEXT];                  /* where the walk along TLDs goes on */
    struct hook_lane lanes[CORE_HOOK_LANES];
    struct plan_files files;
    struct target *targets;
    size_t target_count;
    int64_t next_tick_us; /* monotonic */
    struct ticker ticker;
    int64_t next_respawn_us;   /* monotonic */
    int64_t next_deadlines_us; /* monotonic; after one that failed */
    int64_t next_public_us;    /* the same for public files */
    int64_t next_overdue_us;   /* the same for updates of notices */
    int64_t next_clock_us;     /* monotonic */
    int64_t next_owed_us;      /* monotonic; after one that the store did not take */
    struct owed *owed;         /* core_owed.c */
    int64_t next_hooks_us;     /* monotonic; after a failure */
    int64_t next_calendars_us; /* monotonic */
    int64_t next_clusters_us;  /* monotonic */
    int64_t next_draw_us;      /* monotonic */
    int64_t next_lookups_us;   /* monotonic */
    int64_t clock_base_us;     /* the system's clock less monotonic time, at the last look */
    int64_t held_since_us;     /* monotonic */
    int clock_doubts;          /* observations in a row whose references doubt the clock */
    bool clock_held, clock_jumped, clock_answered_for;
    struct asked *asked[CORE_ASKED_MAX]; /* in the order in which they came */
    size_t asked_count;
    int64_t turn_us; /* CORE_TURN_US; in tests more */
    bool more_wait;  /* whole requests that the last turn did not run */
    bool alone;      /* the survey under way must stay the only one */
    bool public_stale, bundles_stale, targets_stale, stop;
    bool ticking;        /* a tick of the log is under way */
    bool bundles_ticked; /* with the end of it bundles are written */
};

/* core.c. What was started must be ended, also when starting failed; children are started by the
 * first turn. A turn sleeps until something happens or is due, at most a second. */
int core_start(struct core *core, struct app *app, const struct core_options *options,
               struct error_detail *detail);
void core_turn(struct core *core);
void core_pass_deadlines(struct core *core); /* those that are due, unless the clock is in doubt */
void core_end(struct core *core);

/* core_control.c */
/* As many as there are places for, one of which is kept for the staff door. A full house takes one
 * more all the same: whoever holds many open shuts nobody out. */
void core_accept(struct core *core);
void core_read(struct client *client);
void core_write(struct client *client);
void core_serve_commands(struct core *core);
void core_drop_broken(struct core *core);
struct client *core_add_client(struct core *core, int fd);

/* core_files.c */
/* As recv() without waiting; a descriptor that comes along is kept, of the staff door. */
ssize_t core_files_receive(struct client *client, void *data, size_t size);
/* The next one, which is the caller's; -1 for none. */
int core_files_take(struct client *client);
void core_files_forget(struct client *client);

/* core_queue.c: who is served in a turn. What one user asks at once, over many connections or
 * through the staff door, waits for itself, not others for it: the first request of each user is
 * taken, then more of each, those first that came first. */
struct core_queue_taken {
    size_t first, all; /* the first ones are those that are run whatever time it takes */
};
/* Fills `ret_taken` with the requests that are to be run now; the core keeps them. */
struct core_queue_taken core_queue_take(struct core *core, struct asked *ret_taken[CORE_ASKED_MAX]);
/* Takes in what clients have whole. Returns whether anything waits. */
bool core_queue_fill(struct core *core);
/* The request was answered, or will not be. */
void core_queue_pass(struct core *core, struct asked *asked);
void core_queue_forget(struct core *core, const struct client *client);
/* The client that goes when all places are taken: who was idle longest, never the staff door; and
 * when none is idle, of those who hold the most places the one whose request came last. */
struct client *core_queue_last(struct core *core);

/* core_monitor.c */
int core_load_targets(struct core *core, struct error_detail *detail);
void core_give_observations(struct core *core);
int64_t core_next_target(const struct core *core);        /* wall time; INT64_MAX for none */
bool core_ask_now(struct core *core, const char *target); /* false: no such target */
/* The same, at most twice a minute: nothing where it is under way. */
void core_want_survey(struct core *core, const char *target);

/* core_observe.c: what the thread of `observing` does; `observer` is its own. */
void core_observe(struct worker *worker, void *observer);

/* core_outbox.c */
void core_work_outbox(struct core *core);

/* core_hooks.c. Started before anything else that may fail. */
void core_start_hooks(struct core *core);
void core_give_hooks(struct core *core);
void core_collect_hooks(struct core *core);
int64_t core_next_hook(const struct core *core); /* wall time; INT64_MAX for none, or no lane */
void core_end_hooks(struct core *core);

/* core_owed.c: recorded now, or as soon as the store takes it. Takes over the dispatch. */
void core_record_reply(struct core *core, struct dispatch *dispatch);
void core_put_back(struct core *core, const struct store_task *task, const char *words);
void core_record_owed(struct core *core); /* once a second */
void core_forget_owed(struct core *core); /* after a last try */

/* core_clock.c */
void core_clock_start(struct core *core);
void core_watch_clock(struct core *core);
bool core_clock_holds(
    struct core *core); /* whether deadlines and reminders wait; outside any transaction */
/* What an observation that began then (monotonic) says of the clock; outside any transaction. */
void core_clock_told(struct core *core, const struct result_set *results, int64_t begun_us);

/* core_calendar.c */
void core_watch_calendars(struct core *core);

/* core_clusters.c: within a second of their filing, while they are no more than some hundreds */
void core_sort_complaints(struct core *core);

/* core_draws.c */
void core_draw_closures(struct core *core);

/* core_lookups.c */
void core_give_lookups(struct core *core);

/* core_lookup_ask.c. Started before anything else that may fail. */
void core_start_lookups(struct core *core);
void core_collect_lookups(struct core *core);
void core_end_lookups(struct core *core);
/* Whether the TLD's RDAP service, or a place, is taken; "", which asks nobody, never waits. */
bool core_lookup_waits_for(struct core *core, const char *tld);
int core_ask_lookup(struct core *core, const struct lookup_ask *ask, struct error_detail *detail);

/* core_children.c */
/* Whether the door's certificate and key, if it has them, can be used; and what the front needs. */
int core_prepare_front(struct core *core, struct error_detail *detail);
void core_start_children(struct core *core);
/* The certificate is read anew; one that cannot be used is told and changes nothing. */
void core_renew_front(struct core *core);
void core_stop_children(struct core *core);

#endif
