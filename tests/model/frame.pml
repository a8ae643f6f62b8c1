/* The frame of a case in Promela, written by hand beside src/cases: what no rulebook changes. Before
 * it goes what promela_print() printed of one rulebook, after it the claims (claims-*.ltl).
 *
 * One step of any actor is step(), the twin of case_apply(); each part names its C function. That
 * they agree is not trusted: tests/soak/model.py compares every transition of the two.
 *
 * Left out, with what it costs:
 *  - dates. A running deadline may pass at any moment, and anything may come before it.
 *  - who a person is. Kept: whether a person stands behind a letter, and how many approvals of the
 *    proposal count (no drafter, no recused person, up to as many as an edge asks for).
 *  - corrections: one that takes back a call or a recusal. The first only makes a step impossible.
 *  - the bytes of a letter. Kept: whether a draft has the same or other ones.
 *
 * Its forms. REPLAY: instead of the actors the walks of the file that REPLAY names. COMPARED: each
 * transition is handed to record.h. With FACTS or PEOPLE it is one of two parts of the whole, as in
 * search.h. PATIENT: for claims of liveness, see "what is assumed of the actors". CLAIMED: for claims
 * of safety; model.py makes claims.pml, which has check_claims(). */

c_decl {
\#include "spin.h"
};

/* --- state: the fields of `struct case_state` that are finite --- */

byte stage = initial_stage;
bit started, published;
byte party, origin, family, finding, dispute;
bit violation, repeated;
byte letter, answer, plan;
bit expired, tolled, called;
byte milestone;               /* of the plan, one at once: 1 open, 3 missed; 0 when met */
#define clock_none 0
#define clock_running 1
#define clock_stopped 2
byte clock;
bit has_rule;                 /* deadline.due.rule: the letter was served once in this stage */
bit adopted;                  /* letter.adopted */
byte proposal;                /* proposal.id */
bit proposal_adopted;
byte approvals;               /* of the proposal, that count */

/* --- the step: what `struct case_step` carries; zero between steps --- */

byte event;
byte criterion, ground, closure, choice;
byte target;                  /* notice-drafted, notice-approved: which letter */
bit machine, same;            /* notice-drafted: by a machine; the same bytes as before */
bit approver;                 /* notice-drafted, recused: by, of one whose approval counts */
bit second;                   /* another person agrees */

/* Hidden variables are no part of a state; these live inside step() alone. */

/* The edge that was chosen. */
hidden short edge;
hidden byte to, needs, turns;
hidden byte two, publishes, tells, allowed;

/* --- for the claims: what the last step was, only when it moved the case or turned its clock. Claims
 * of safety are checked at the end of the step, so that none of it is part of a state. --- */

hidden byte last;             /* its event, or 0 */
hidden byte from, was_letter, was_answer, was_plan, was_ground, was_criterion, was_closure;
hidden byte was_approvals, was_expired, was_second, was_told, was_called;
bit calm, blocked;

#define is_formal(s) (is_breach(s) || is_sanction(s))
#define is_working(s) (!is_intake(s) && !is_end(s))
#define moved (last != 0 && from != stage)
#ifdef CLAIMED
#include "claims.pml"
#endif

/* --- step_allowed(), step_complete() --- */

inline check_letter_event() {
    if
    :: event == event_notice_sent ->
       allowed = (letter == letter_drafted || letter == letter_bounced)
    :: event == event_resent ->
       allowed = (letter == letter_sent)
    :: event == event_bounced -> /* letter_may_bounce() */
       allowed = (letter == letter_sent || letter == letter_drafted && adopted)
    :: event == event_notice_drafted && target == paper_of(stage) -> /* draft_is_possible() */
       allowed = (target != 0 && letter != letter_sent &&
                  (letter == letter_none || approvals_of(target) == 0) &&
                  (!same || letter != letter_none))
    :: event == event_notice_drafted && target != paper_of(stage) ->
       allowed = (may_propose(stage, target) && (!same || proposal == target) &&
                  (!approver || same && approvals > 0))
    :: event == event_notice_approved -> /* letter_is_the_drafted() */
       allowed = (target != 0 && (target == paper_of(stage) && letter != letter_none ||
                                  target != paper_of(stage) && target == proposal))
    :: else
    fi
}

inline check_event() {
    allowed = 1;
    check_letter_event();
    if
    :: event == event_answered -> allowed = (letter == letter_sent || letter == letter_bounced)
    :: event == event_answer_judged -> allowed = (answer == answer_received)
    :: event == event_extended || event == event_tolled || event == event_deadline_passed ||
       event == event_clarified || event == event_recalculated || event == event_reminded ->
       allowed = (clock == clock_running)
    :: event == event_resumed -> allowed = (clock == clock_stopped)
    :: event == event_remediation_agreed -> 
       allowed = (has_rule && letter == letter_sent && clock != clock_stopped)
    :: event == event_dispute_ended -> allowed = (dispute == dispute_open)
    :: event == event_call_waived -> allowed = (letter == letter_sent)
    :: event == event_milestone_agreed -> /* milestone_allowed(), one at once */
       allowed = (plan == plan_agreed && clock == clock_running && milestone == 0)
    :: event == event_milestone_met -> allowed = (milestone == 1 || milestone == 3)
    :: event == event_milestone_missed -> allowed = (milestone == 1 && clock != clock_stopped)
    :: event == event_recused -> allowed = (!approver || approvals > 0)
    :: event == event_breached || event == event_suspended || event == event_terminated ->
       allowed = ground_is_there(ground)
    :: event == event_closed -> allowed = closure_is_there(closure)
    :: else
    fi
}

/* --- step_overlay() --- */

hidden byte old_party, old_origin, old_family, old_finding, old_dispute, old_letter, old_answer;
hidden byte old_plan, old_milestone;
hidden byte old_violation, old_repeated, old_expired, old_tolled, old_called;

inline remember() {
    old_party = party; old_origin = origin; old_family = family; old_finding = finding;
    old_dispute = dispute; old_letter = letter; old_answer = answer; old_plan = plan;
    old_violation = violation; old_repeated = repeated; old_expired = expired; old_tolled = tolled;
    old_called = called; old_milestone = milestone
}

inline take_back() {
    party = old_party; origin = old_origin; family = old_family; finding = old_finding;
    dispute = old_dispute; letter = old_letter; answer = old_answer; plan = old_plan;
    violation = old_violation; repeated = old_repeated; expired = old_expired; tolled = old_tolled;
    called = old_called; milestone = old_milestone
}

/* What a first event brings along; `choice` has one field of bits for each fact. */
#define choice_party (choice & 1)
#define choice_violation (choice >> 1 & 1)
#define choice_repeated (choice >> 2 & 1)
#define choice_origin (choice >> 3 & 3)
#define choice_family (choice >> 5 & 3)

inline overlay_origin() {
    party = choice_party;
    violation = choice_violation;
    origin = choice_origin * keeps_origin;
    family = choice_family * keeps_family;
    repeated = choice_repeated * keeps_repeated;
    if
    :: choice_violation && choice_origin == origin_monitoring -> finding = finding_not_met
    :: else
    fi
}

inline overlay_clock() {
    if
    :: event == event_tolled -> tolled = 1
    :: event == event_resumed -> tolled = 0
    :: event == event_remediation_agreed -> plan = plan_agreed; expired = 0; milestone = 0
    :: event == event_deadline_passed ->
       expired = 1;
       if
       :: plan == plan_agreed -> plan = plan_overdue
       :: else
       fi
    :: else
    fi
}

inline overlay() {
    if
    :: (event == event_received || event == event_opened) && !started -> overlay_origin()
    :: event == event_opened && started -> violation = choice_violation
    :: event == event_answered -> answer = answer_received
    :: event == event_answer_judged -> answer = choice
    :: event == event_finding_met -> finding = finding_met
    :: event == event_finding_not_met -> finding = finding_not_met
    :: event == event_disputed || event == event_dispute_ended -> dispute = choice
    :: event == event_notice_drafted && target == paper_of(stage) -> letter = letter_drafted
    :: event == event_notice_sent -> letter = letter_sent
    :: event == event_bounced && !expired -> letter = letter_bounced; plan = plan_none; milestone = 0
    :: event == event_call && choice && letter == letter_sent -> called = keeps_called
    :: event == event_call_waived -> called = keeps_called
    :: event == event_milestone_agreed -> milestone = 1
    :: event == event_milestone_met ->
       milestone = 0; plan = (expired -> plan_overdue : plan_agreed)
    :: event == event_milestone_missed -> milestone = 3; plan = plan_overdue
    :: else -> overlay_clock()
    fi
}

/* --- letter_draft(), letter_approve(), and what a recusal does to approvals --- */

inline draft_own() {
    adopted = (adopted && same || !machine)
}

inline draft_proposal() {
    if
    :: same -> proposal_adopted = (proposal_adopted || !machine); approvals = approvals - approver
    :: else -> proposal = target; proposal_adopted = !machine; approvals = 0;
#ifdef FACTS
       approvals = approvals_of(target)
#endif
    fi
}

inline record_people() {
    if
    :: event == event_notice_drafted && target == paper_of(stage) -> draft_own()
    :: event == event_notice_drafted && target != paper_of(stage) -> draft_proposal()
    :: event == event_notice_approved && target != paper_of(stage) &&
       approvals < approvals_of(proposal) -> approvals++
    :: event == event_recused -> approvals = approvals - approver
    :: else
    fi
}

/* --- letter_check_edge(), check_second_person() --- */

/* Liveness does not ask who signs: that people are found who draft, adopt and approve is assumed. */
inline check_people() {
#ifndef PATIENT
    if
    :: needs > 0 && (proposal == 0 || proposal != paper_of(to) || !proposal_adopted ||
                     approvals < needs) -> allowed = 0
    :: else
    fi;
#endif
    if
    :: two && !second -> allowed = 0
    :: else
    fi
}

/* --- build_outcome() --- */

inline turn_clock() {
    if
    :: event == event_deadline_passed -> clock = clock_none
    :: event == event_tolled -> clock = clock_stopped
    :: else
    fi
}

inline enter_stage() {
    letter = (needs > 0 -> letter_drafted : letter_none);
    adopted = (needs > 0);
    answer = answer_none; expired = 0; plan = plan_none; tolled = 0; called = 0; milestone = 0;
    proposal = 0; proposal_adopted = 0; approvals = 0;
    clock = clock_none; has_rule = 0;
    stage = to
}

inline carry_effects() {
    if
    :: turns == turns_set && event == event_answer_judged -> /* wake_clock() */
       clock = (clock == clock_none && letter == letter_sent -> clock_running : clock)
    :: turns == turns_set && event != event_answer_judged -> clock = clock_running; has_rule = 1
    :: turns == turns_cancelled -> clock = clock_none
    :: else
    fi;
    published = (published || publishes)
}

inline note_for_claims() {
#ifdef CLAIMED
    if
    :: to != stage || turns == turns_set || event == event_deadline_passed || event == event_tolled ||
       publishes ->
       last = event; from = stage; was_second = second; was_told = tells
    :: else
    fi;
    if
    :: to != stage ->
       was_letter = letter; was_answer = answer; was_plan = plan; was_expired = expired; was_ground = ground; was_called = called;
       was_criterion = criterion; was_closure = closure; was_approvals = approvals
    :: else
    fi
#endif
    skip
}

inline build_outcome() {
    note_for_claims();
    started = 1;
    record_people();
    turn_clock();
    if
    :: to != stage -> enter_stage()
    :: else
    fi;
    carry_effects();
    violation = violation * keeps_violation
}

inline forget() {
    last = 0; from = 0; was_letter = 0; was_answer = 0; was_plan = 0; was_ground = 0; was_criterion = 0;
    was_closure = 0; was_approvals = 0; was_expired = 0; was_second = 0; was_told = 0; was_called = 0
}

inline clear_step() {
    event = 0; criterion = 0; ground = 0; closure = 0; choice = 0; target = 0; machine = 0;
    same = 0; approver = 0; second = 0
}

/* --- case_apply() --- */

inline step() {
    d_step {
        c_code { RECORD_BEFORE };
        forget();
        remember();
        edge = 0; to = stage; needs = 0; two = 0; turns = 0; publishes = 0; tells = 0;
        check_event();
        overlay();
        choose_edge();
        check_people();
        if
        :: allowed && edge -> build_outcome();
#ifdef CLAIMED
           check_claims()
#endif
        :: else -> take_back(); edge = 0; blocked = calm
        fi;
        c_code { RECORD_AFTER };
        clear_step()
    }
}

/* --- the actors: what each may do, at any moment --- */

/* What is assumed of the actors, for claims of liveness. From some moment on, any moment, `calm`
 * holds, and then
 *  A1 the clock: a running deadline passes, unless something else ends it before;
 *  A2 mail: a letter that was handed over is served or comes back; it is not sent for fun;
 *  A3 the party answers a letter once at most;
 *  A4 staff give no more extensions, stops and plans; they take up what waits for them: write the
 *     stage's letter, judge an answer, let a stopped clock run, decide; which of the decisions that
 *     the process allows is theirs;
 *  A5 measurements and disputes keep still, and notes are not written for ever.
 * Nobody is assumed to be fast, or to do two of these in a helpful order. A step that is refused in
 * calm leads to `blocked`: no run of the case, so the claims leave it out; that nothing is stuck
 * because every step is refused is counted apart (record.h). */
#define free_to_act (!calm)
#define on_duty (!blocked)
#define uncalled (keeps_called && !called) /* else a call changes nothing */

inline finish() {
    if
    :: second = 0
    :: asks_second(event) -> second = 1
    fi;
    step()
}

inline choose(first, most) {
    choice = first;
    do
    :: choice < most -> choice++
    :: break
    od
}

inline choose_origin() {
    if
    :: started && event == event_opened -> choose(0, 1); choice = choice << 1
    :: !started -> choose(0, 127)
    :: else
    fi
}

#ifdef FACTS
#define may_be_unsigned (target == paper_of(stage))
#else
#define may_be_unsigned true
#endif

inline choose_draft() {
#ifdef PATIENT
    target = paper_of(stage);
#else
    choose_letter();
#endif
    if
    :: machine = 0
    :: may_be_unsigned -> machine = 1
    fi;
    if
    :: same = 0
    :: may_be_unsigned -> same = 1
    :: may_be_unsigned && target == proposal && approvals && !machine -> same = 1; approver = 1
    fi
}

inline choose_ground() {
    choose(ground_none, ground_immediate);
    ground = choice;
    choice = 0
}

#ifdef REPLAY
int row;

/* The engine's walks, row by row; what the model does otherwise is told by spin.h. */
active proctype Replay() {
    c_code { replay_start(); };
    do
    :: c_expr { now.row < replay_count } ->
       atomic {
        if
        :: c_expr { replay_rows[now.row].begins } ->
           c_code { RECORD_FIELDS(RECORD_CLEAR) now.stage = initial_stage; }
        :: else ->
           c_code { REPLAY_LOAD };
           step();
           c_code { REPLAY_CHECK }
        fi;
        row++
       }
    :: else -> c_code { replay_end(); }; break
    od
}
#else
active proctype Party() {
    do
    :: atomic {
        if
        :: on_duty && (free_to_act || answer == answer_none) -> event = event_answered
#ifndef PEOPLE
        :: free_to_act -> event = event_disputed; choose(dispute_open, dispute_withdrawn)
        :: on_duty -> event = event_dispute_ended; choose(dispute_upheld, dispute_withdrawn)
#endif
        fi;
        finish()
       }
    od
}

active proctype Mail() {
    do
    :: atomic {
        if
        :: on_duty && (free_to_act || letter != letter_sent) -> event = event_notice_sent
        :: on_duty && (free_to_act || !expired) -> event = event_bounced
        :: free_to_act -> event = event_resent
        fi;
        finish()
       }
    od
}

active proctype Clock() {
    do
    :: atomic { on_duty && clock == clock_running -> event = event_deadline_passed; finish() }
    :: atomic { on_duty && milestone == 1 -> event = event_milestone_missed; finish() }
    od
}

#ifdef FACTS
#define noting (!started)
#else
#define noting free_to_act
#endif

/* What staff and machines write down; none of it moves a case. */
active proctype Office() {
    do
    :: atomic {
        if
        :: noting -> event = event_received; choose_origin()
        :: noting -> event = event_linked
        :: noting -> event = event_unlinked
        :: noting -> event = event_allegation_added
        :: noting -> event = event_allegation_decided
        :: noting -> event = event_assigned
        :: noting -> event = event_guidance_given
        :: noting -> event = event_agreement_changed
        :: noting -> event = event_meeting
        :: noting -> event = event_progress
        :: noting -> event = event_rules_migrated
        :: noting -> event = event_corrected
        :: noting -> event = event_reminded
        :: free_to_act -> event = event_call; choose(0, 1); choice = choice << 1
#ifndef COMPARED
        :: free_to_act -> event = event_recalculated /* whether a calendar is newer are dates */
        :: free_to_act -> event = event_item_judged  /* what a letter asks for is left out */
#endif
#ifndef PEOPLE
        :: free_to_act -> event = event_finding_met
        :: free_to_act -> event = event_finding_not_met
#endif
        :: noting -> event = event_recused
        :: noting && approvals -> event = event_recused; approver = 1
        :: free_to_act -> event = event_notice_drafted; choose_draft()
        :: calm && on_duty && letter != letter_drafted -> event = event_notice_drafted;
           target = paper_of(stage)
        :: free_to_act -> event = event_notice_approved; target = paper_of(stage)
        :: free_to_act && proposal -> event = event_notice_approved; target = proposal
        fi;
        finish()
       }
    od
}

/* What a person decides. */
active proctype Staff() {
    do
    :: atomic {
        if
        :: on_duty -> event = event_opened; choose_origin()
        :: on_duty -> event = event_answer_judged; choose(answer_adequate, answer_inadequate)
        :: on_duty -> event = event_resumed
        :: free_to_act -> event = event_extended
        :: free_to_act -> event = event_tolled
        :: free_to_act -> event = event_clarified
        :: free_to_act -> event = event_remediation_agreed
        :: free_to_act -> event = event_milestone_agreed
        :: free_to_act -> event = event_milestone_met
        :: on_duty && (free_to_act || uncalled) -> event = event_call_waived
        :: calm && on_duty && uncalled && letter == letter_sent -> event = event_call; choice = 2
        :: on_duty -> event = event_escalated; choose(criterion_harm, criterion_repeat);
           criterion = choice; choice = 0
        :: on_duty -> event = event_breached; choose_ground()
        :: on_duty -> event = event_suspended; choose_ground()
        :: on_duty -> event = event_terminated; choose_ground()
        :: on_duty -> event = event_not_renewed
        :: on_duty -> event = event_cured
        :: on_duty -> event = event_rescinded
        :: on_duty -> event = event_closed; choose(closure_resolved, closure_authority_issue);
           closure = choice; choice = 0
        :: on_duty -> event = event_reopened
        fi;
        finish()
       }
    od
}

#ifdef PATIENT
active proctype Patience() {
    calm = 1
}
#endif
#endif
