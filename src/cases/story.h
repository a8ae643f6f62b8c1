/* For tests: a case that grows event by event, each step folded again and compared. */
#ifndef BAILIWICK_CASES_STORY_H
#define BAILIWICK_CASES_STORY_H

#include "cases/case.h"
#include "testing.h"

enum { STORY_EVENTS = 60 };

struct story {
    struct case_state state;
    struct case_event events[STORY_EVENTS];
    struct case_step steps[STORY_EVENTS];
    struct buffer data[STORY_EVENTS];
    size_t count;
    int64_t now;
};

extern struct process *process; /* loaded by story_setup() */

/* The process of the rulebook `icann`; for cmocka's group. */
int story_setup(void **state);
int story_teardown(void **state);

void story_begin(struct story *story);
void story_end(struct story *story);
struct case_step story_step(const struct story *story, enum case_event_type type,
                            const char *actor);
struct case_outcome story_take(struct story *story, const struct case_step *step);
void story_refuse(const struct story *story, const struct case_step *step, const char *says);
bool outcome_has(const struct case_outcome *outcome, enum case_effect effect, const char *argument);
void story_plain(struct story *story, enum case_event_type type);
void story_open(struct story *story, enum party_kind party, bool violation);
struct case_step story_letter(const struct story *story, enum case_event_type type,
                              const char *actor, const char *letter, uint8_t bytes);
struct case_outcome story_serve(struct story *story);
/* A registrar's case, its first notice served on Monday 2 March 2026. */
void story_begin_served(struct story *story);
struct case_outcome story_pass_deadline(struct story *story);
void story_propose(struct story *story, const char *letter);
void story_approve(struct story *story, const char *letter, const char *approver);
struct case_outcome story_decide(struct story *story, enum case_event_type type,
                                 const char *letter);
void story_call(struct story *story); /* nobody was reached */
void story_climb(struct story *story, enum party_kind party);

#endif
