/* One case in hand: its record, its events, its state; and the one way to take a step.
 *
 * casefile_step() asks the state machine (cases/case.h), and when that agrees writes, in the open
 * transaction: the event with its opening, the projection, the deadline, and an outbox row for each
 * effect that something outside the store must carry out. Effects on the store itself (deadlines,
 * closing) are part of the projection and happen at once.
 *
 * Whose memory: a file lives until casefile_close(). Record, events and state point into the file
 * itself, its arena, the history that it borrows (casework/history.h), or a rulebook version, which
 * lives as long as the app; what a caller gives is copied. So a file with steps taken is not copied
 * by value, and what is read from it is copied before it outlives the file. */
#ifndef BAILIWICK_APP_CASEWORK_CASEFILE_H
#define BAILIWICK_APP_CASEWORK_CASEFILE_H

#include "app/app.h"
#include "app/casework/history.h"
#include "app/command.h"
#include "cases/case.h"
#include "store/case.h"
#include "store/evidence.h"

enum { CASEFILE_ARENA_MAX = 64 << 20, CASEFILE_EVIDENCE_MAX = 16 };

/* Rows of deadlines whose rule begins so belong to a milestone, whose name follows. */
#define CASEFILE_MILESTONE "milestone/"

struct casefile {
    struct app *app;
    struct arena arena;
    struct store_case record;
    const struct process *first;     /* that the case was opened under */
    const struct rulebook *rulebook; /* the version that it runs under now */
    const struct history *history;   /* borrowed; NULL in a new case */
    size_t known;                    /* events of the history when it was opened */
    struct case_event *events;
    size_t event_count;
    struct case_state state;
};

/* Reads and folds. ERR_NOT_FOUND. casefile_close() in every case. */
int casefile_open(struct app *app, const char *id, struct casefile *ret_file,
                  struct error_detail *detail);
void casefile_close(struct casefile *file);

/* The same for a person who is about to act: ERR_REFUSED for who is recused from the case. Every
 * command of a person comes through here or through casefile_admit(). */
int casefile_open_for(struct app *app, const struct actor *actor, const char *id,
                      struct casefile *ret_file, struct error_detail *detail);

/* Whether a person may touch what belongs to a case, such as a mail or a task: errors as
 * casefile_open_for(). What belongs to no case (id "", or one that is not there) is anybody's. */
int casefile_admit(struct app *app, const struct actor *actor, const char *id,
                   struct error_detail *detail);

/* A new case without events yet; `record` needs party, obligation, subject, origin, source,
 * process. */
int casefile_new(struct app *app, const struct store_case *record, struct casefile *ret_file,
                 struct error_detail *detail);

struct casefile_step {
    struct case_step step; /* at, actor and role are filled in */
    const struct actor *actor;
    const char *const *evidence; /* ids of findings */
    size_t evidence_count;
};

/* The finding that the case rests on: the last failure that its events tell of up to an instant;
 * for a matter that a person opened, the latest finding if it is a failure. Never a finding that
 * says something else (invariant 7). Returns 1 when there is one, else 0; it lives in the arena. */
int casefile_failure(struct casefile *file, int64_t until, struct arena *arena,
                     struct store_finding *ret_finding, struct error_detail *detail);

/* Before any other step the case is told what its pace of news held back (casework/news.h). */
int casefile_step(struct casefile *file, const struct casefile_step *step,
                  struct error_detail *detail);

/* Notes what a person must look at, as the machine's event `received` with a reason; `evidence` may
 * be NULL. It moves nothing. */
int casefile_note(struct casefile *file, const char *reason, const char *evidence,
                  struct error_detail *detail);

/* Whether the case has such an event. `reason` is NULL for any. */
bool casefile_has(const struct casefile *file, enum case_event_type type, const char *reason);

/* Whether a deadline is a milestone's and not the clock's. */
bool casefile_is_milestone(const struct store_deadline *deadline);

/* Fills `text` with random letters and digits, five bits each, without those that look alike. */
void casefile_random(char *text, size_t size);

/* Gives `rules-migrated` the process that its version names; other steps stay as they are.
 * ERR_NOT_FOUND. */
int casefile_take_rules(struct app *app, struct case_step *step, struct error_detail *detail);

/* Tries a step and writes nothing: 1 when only the agreement of a second person is missing, 0 when
 * it can be taken as it is; else the refusal. *ret_step is the step with at, actor and role. */
int casefile_weigh(const struct casefile *file, const struct casefile_step *step,
                   struct case_step *ret_step, struct case_outcome *ret_outcome,
                   struct error_detail *detail);

/* Explains every event of the case: `event_count` rows in the arena, borrowing from the file.
 * Errors as case_explain(). */
int casefile_explain(const struct casefile *file, struct arena *arena,
                     struct case_explanation **ret_rows, struct error_detail *detail);

/* The second person who agreed to an event; "" for none. Lives in the arena. */
const char *casefile_second(const struct case_event *event, struct arena *arena);

#define CASEFILE_CLEANUP __attribute__((cleanup(casefile_close)))

#endif
