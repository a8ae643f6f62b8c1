/* Pages of the staff door, each from one JSON context that the caller (room `app`) fills.
 *
 * The contexts (every key must be there; null, "" or [] where there is nothing). A MOMENT is an
 * RFC 3339 text or null; the room makes the words for people from it. The keys at, begun_at,
 * seen_at, ends_at, observed, from, until, instant, sent, as_of, served, expires and answered
 * always hold moments, the key verdict a word of model/verdict.h. A DUE is
 * {"date","weekday","zone","instant":MOMENT,"in_words","overdue":bool} or null.
 *
 *  worklist  {"items":[{"case","party_id","party_name","subject","obligation","stage","action",
 *             "due":DUE,"handler","away":bool,"deputy"}],
 * "approvals":[{"letter","case","step","party_name","drafted_by","sha256"}],
 *             "mails":[{"sha256","at","sender","subject","case"}],
 *             "proposals":[PROPOSAL],"tasks":[{"key","kind","case","letter","state","attempts",
 *             "error","due_at"}],"alarms":[{"kind","words"}],"updates":[{"notice","case",
 *             "until":MOMENT,"overdue":bool}],"written":[{"item","notice","case","kind","about",
 *             "text","reason","actor","at":MOMENT,"sha256",...}],"calendars":[{"name","sha256",
 *             "proposed_by","at":MOMENT}],"notices":N,"open_cases":N,
 *             "late_reviews":N,"late_answers":N}: complaints whose time has passed
 *  matrix    {"obligations":[{"id","statement"}], "parties":[{"id","name",
 *             "cells":[{"verdict","finding"}]}], "as_of":MOMENT}: cells in the order of the
 *             obligations; "finding" is an id or null; "verdict" a word of model/verdict.h
 *  party {"id","name","kind","iana_id","status","family":{"family",
 *             "from_day","until_day","members":[{"party","name","from_day","until_day"}]} or
 * null,"tlds":[text],"contacts":[{"role","name","email"}],
 *             "findings":[{"id","obligation","statement","clause","subject","verdict","observed":MOMENT}],
 *             "cases":[{"id","subject","obligation","stage","due":DUE}]}
 *  finding
 * {"id","obligation","statement","clause","guidance","cure","party_id","party_name","subject",
 *             "verdict","reason","from":MOMENT,"until":MOMENT,"rulebook","codes":[{"code","summary"}],
 *             "seen_by":[text],"evidence":[{"id","exchanges":text}],"case":id or null}
 *  case      {"id","party_id","party_name","subject","obligation","statement","clause","stage",
 *             "stage_kind","origin","due":DUE,"due_trace":[text],"next":text,"rulebook","notice_url",
 *             "events":[{"seq","at":MOMENT,"type","summary","actor","reason","rule","evidence":[id],
 *             "tone"}],"letters":[{"id","step","state","sha256","drafted_by","approved_by","at":MOMENT}],
 *             "findings":[{"id","verdict","subject","observed":MOMENT}],"proposals":[PROPOSAL],
 *             "can_answer":bool,"allegations":[{"number","obligation","version","clause","statement",
 *             "subjects":[text],"first_day","last_day","outcome","reason"}],
 *             "items":[{"number","asks","position","judgement","evidence"}],
 *             "conduct":{"notices":[{"step","served":MOMENT,"expires":MOMENT,"answered":MOMENT,
 *             "late":bool,"end"}],"cured_late":bool},"service":[{"letter","state","attempts":[
 *             {"number","channel","to","at":MOMENT,"outcome","words","proof"}],"next"}],
 *             "decision":text}; a PROPOSAL is a step
 * that waits for a second person, {"sha256",
 *             "case","party_name","step","reason","proposed_by","at":MOMENT,"can_agree":bool,
 *             "why_not"}; "tone"
 * is "plain", "good", "bad" or "due" letter
 * {"id","case","step","state","to","subject","message","sha256","drafted_by","approved_by",
 *             "sent":MOMENT,"attempts":[{"at":MOMENT,"outcome","text"}],"can_approve":bool,
 *             "why_not":text,"can_send":bool,"effect":text}; "message" is the exact
 *             text of the mail
 *  done      {"words":text,"back":address}      after a command
 *  session   {"sessions":[{"id","by","address","begun_at","seen_at","ends_at","here":bool,...}]}
 *  login     {"failed":bool,"wait":bool}
 *  error     {"status":number,"words":text} */
#ifndef BAILIWICK_VIEW_STAFF_PAGE_H
#define BAILIWICK_VIEW_STAFF_PAGE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>

#define STAFF_PAGE_LIST(E)                                                                         \
    E(WORKLIST, "worklist")                                                                        \
    E(MATRIX, "matrix")                                                                            \
    E(PARTY, "party")                                                                              \
    E(FINDING, "finding")                                                                          \
    E(CASE, "case")                                                                                \
    E(LETTER, "letter")                                                                            \
    E(SESSION, "session")                                                                          \
    E(DONE, "done")                                                                                \
    E(LOGIN, "login")                                                                              \
    E(ERROR, "error")

enum staff_page {
#define E(name, text) STAFF_PAGE_##name,
    STAFF_PAGE_LIST(E)
#undef E
        STAFF_PAGE_COUNT
};

/* What stands around every page. */
struct staff_frame {
    const char *authority_name;
    const char *user; /* "" before login */
    const char *role;
    const char *csrf; /* token for forms */
    bool demo;
};

const char *staff_page_text(enum staff_page page);

/* Appends the page. Strict: a context that lacks a key is ERR_NOT_FOUND. */
int staff_page_render(enum staff_page page, const json_t *context, const struct staff_frame *frame,
                      struct buffer *out, struct error_detail *detail);

#endif
