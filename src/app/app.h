/* The use cases: the only room that joins the others.
 *
 * `struct app` is the opened data directory: store, adopted rulebook, clock, configuration. Whoever
 * writes holds the store's lock: the daemon, or one command at a time when none runs.
 *
 *   DATA/store.db      everything that is remembered   DATA/signer/       key and last checkpoint
 *   DATA/public/       what the public door serves     DATA/letters/      letters as HTML
 *   DATA/control.sock  the daemon
 *
 * Sub-rooms: monitor/ (measure, judge, import), intake/ (mail), complaints/, casework/ (cases,
 * letters), publish/ (notices, log), simulate/ (years of casework with drawn parties). Writing is
 * always a command (command.h) by an actor, inside a transaction that also holds its openings for
 * the log and its outbox rows. */
#ifndef BAILIWICK_APP_APP_H
#define BAILIWICK_APP_APP_H

#include "app/child.h"
#include "app/config.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "rulebook/rulebook.h"
#include "store/store.h"

#include <stdbool.h>

#define APP_VERSION "0.1.0"

struct app_histories;
struct guesses;
struct process;

/* What is wrong with the whole house (alarm.h). */
enum app_alarm {
    APP_ALARM_LOG,
    APP_ALARM_CLOCK,
    APP_ALARM_HELD, /* deadlines, for the clock's sake */
    APP_ALARM_CALENDAR,
    APP_ALARM_PUBLIC,
    APP_ALARM_NOTICES,
    APP_ALARM_COUNT
};

enum { APP_ERASED_MAX = 32 };

/* Who waits for long work and is told how far it has come: `done` of `total` ("cases"). */
struct app_progress {
    void (*tell)(void *context, const char *what, int64_t done, int64_t total);
    void *context;
};

struct app {
    const char *data;
    struct arena arena; /* lives as long as the app: configuration, paths */
    struct config config;
    struct clock clock;
    struct store *store;
    struct rulebook *rulebook;       /* the adopted one; NULL before the first adoption */
    struct app_version *versions;    /* rulebook versions that cases run under */
    int64_t calendars;               /* number of the last calendar that `versions` know */
    uint64_t calendars_asked;        /* in this transaction (store_transaction()); 0 for in none */
    struct app_histories *histories; /* cases that were folded (casework/history.h) */
    struct guesses *guesses;         /* who guessed wrong at the door (people/guess.h) */
    struct child judge; /* reads mail and exhibits that come in; started when first needed */
    bool children;      /* as the options say */
    char alarms[APP_ALARM_COUNT][ERROR_DETAIL_MAX]; /* as said on stderr by this process */
    const struct app_progress *progress;            /* as the options say */
    bool read_only;
    bool rulebook_adopted;                /* by a command that is not committed yet */
    bool pages_written, bundles_written;  /* all of public/, by this process */
    struct digest erased[APP_ERASED_MAX]; /* keys that the files are searched for (store_wipe()) */
    size_t erased_count;
    bool wipe_due;
    int64_t wipe_after; /* monotonic; no wipe before, since one failed a while ago */
    /* Lines at the end of the list of erasures (complaints/erasures.h): of this transaction, and of
     * what did not come about. */
    int64_t erasures_noted, erasures_untrue;
};

struct app_options {
    const char *data;     /* directory */
    const char *config;   /* file, NULL for defaults */
    const char *erasures; /* another list of erasures, to be added to ours; NULL for none */
    struct clock clock;
    bool create, read_only;
    bool bulk;     /* STORE_BULK: it writes years of work at once */
    bool children; /* started again from its file this process is the judge (child.h); a test is
                      not, and would start itself */
    const struct app_progress *progress; /* borrowed; NULL: nobody watches */
};

/* ERR_USAGE without a directory, ERR_NOT_FOUND, ERR_CONFLICT when another process writes. A
 * displaced clock makes the store a demonstration for ever; a demonstration goes on where its clock
 * stood last (app_keep_wall()), never earlier. */
int app_open(const struct app_options *options, struct app *ret_app, struct error_detail *detail);
void app_close(struct app *app);

/* A copy of a backup, before it is the store: what was erased since is erased again, as the list of
 * erasures says (complaints/erasures.h), and has left its file. */
struct erasures_settled;
int app_settle_copy(const struct app_options *options, struct store *copy,
                    struct erasures_settled *ret_settled, struct error_detail *detail);

/* Path below the data directory, in the app's arena. */
const char *app_path(struct app *app, const char *name);

/* Loads the rulebook adopted last (again, after an adoption). ERR_NOT_FOUND before the first. */
int app_load_rulebook(struct app *app, struct error_detail *detail);

/* After a commit or rollback: lets what is in memory follow the store. Nothing that a transaction
 * changed is taken over before it is committed. */
int app_follow(struct app *app, bool committed, struct error_detail *detail);

/* For a command that erases: app_follow() after its commit lets the store's files lose what is
 * erased (store_wipe()). While somebody reads the store that waits for a later commit; what failed,
 * as for want of room, for a commit an hour later; what a crash left to do, app_open() does. */
void app_note_erased(struct app *app, const struct digest *key);

/* A rulebook version and its process, by the version's digest: a case runs under the version that
 * it pins, however many were adopted since, and counts by the calendars adopted last. Borrowed;
 * both live as long as the app. */
int app_version_of(struct app *app, const char *version, const struct rulebook **ret_rulebook,
                   const struct process **ret_process, struct error_detail *detail);

/* The same for the events of a case that went over to another version. */
struct case_versions;
struct case_versions app_versions_of(struct app *app);

/* The version to which a process that this app gave belongs. Borrowed. */
const struct rulebook *app_rulebook_of(const struct app *app, const struct process *process);

/* ERR_UNAVAILABLE with what to do when no rulebook is adopted yet. */
int app_need_rulebook(struct app *app, struct error_detail *detail);

/* The words that the rulebook is checked against: codes, placeholders, facts, events, effects. */
const struct vocabulary *app_vocabulary(void);

/* Wraps a failure of the store with its own words. */
int app_store_failed(struct app *app, int failure, struct error_detail *detail, const char *what);
#ifdef __clang_analyzer__ /* as for error_set() */
#define app_store_failed(app, failure, detail, what)                                               \
    ((void)app_store_failed(app, failure, detail, what), (failure))
#endif

bool app_is_demo(struct app *app);

/* Remembers how far the clock of a demonstration has come. */
void app_keep_wall(struct app *app);

/* Settles a fact about the store in a transaction of its own. */
int app_set_meta(struct app *app, const char *key, const char *value);

#endif
