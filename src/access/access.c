#include "access/access.h"

#include "base/error.h"

#include <string.h>

enum {
    PUBLIC = 1U << AUDIENCE_PUBLIC,
    CONSENTED = 1U << AUDIENCE_PARTY_CONSENTED,
    PARTY = 1U << AUDIENCE_PARTY | CONSENTED,
    COMPLAINANT = 1U << AUDIENCE_COMPLAINANT,
    STAFF = 1U << AUDIENCE_STAFF,
    ALL = PUBLIC | PARTY | COMPLAINANT | STAFF,
};

/* Sorted by object as in the enum; access_test.c compares what it lets with a list written by hand.
 */
static const struct access_row rows[] = {
    /* A formal notice is public from its publication on; who handled and approved it is not. */
    {OBJECT_NOTICE, "id", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "kind", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "case", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "party_id", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "party_name", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "party_kind", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "iana_id", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "tld", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "subject", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "obligation", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "statement", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "clause", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "document", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "state", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "ended", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "effect", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "sent_at", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "published_at", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "cure", ALL, OBJECT_CURE},
    {OBJECT_NOTICE, "next_update_due", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "overdue_since", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "updates", ALL, OBJECT_NOTICE_UPDATE},
    {OBJECT_NOTICE, "corrections", ALL, OBJECT_CORRECTION},
    {OBJECT_NOTICE, "party_statement", ALL, OBJECT_PARTY_STATEMENT},
    {OBJECT_NOTICE, "letters", ALL, OBJECT_NOTICE_LETTER},
    {OBJECT_NOTICE, "message_id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_NOTICE, "evidence", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "rulebook", ALL, OBJECT_NONE},
    {OBJECT_NOTICE, "handler", STAFF, OBJECT_NONE},
    {OBJECT_NOTICE, "approver", STAFF, OBJECT_NONE},

    {OBJECT_NOTICE_UPDATE, "id", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "at", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "updated_at", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "kind", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "notice_kind", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "text", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "reason", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "about", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "corrected_by", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "withdrawn_by", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_UPDATE, "actor", STAFF, OBJECT_NONE},

    {OBJECT_CORRECTION, "id", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "about", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "at", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "old", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "new", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "reason", ALL, OBJECT_NONE},
    {OBJECT_CORRECTION, "actor", STAFF, OBJECT_NONE},

    {OBJECT_PARTY_STATEMENT, "at", ALL, OBJECT_NONE},
    {OBJECT_PARTY_STATEMENT, "text", ALL, OBJECT_NONE},

    {OBJECT_NOTICE_LETTER, "kind", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_LETTER, "sent_at", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_LETTER, "subject", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_LETTER, "sha256", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_LETTER, "text", ALL, OBJECT_NONE},
    {OBJECT_NOTICE_LETTER, "redactions", ALL, OBJECT_REDACTION},

    {OBJECT_REDACTION, "at", ALL, OBJECT_NONE},
    {OBJECT_REDACTION, "reason", ALL, OBJECT_NONE},
    {OBJECT_REDACTION, "actor", STAFF, OBJECT_NONE},

    {OBJECT_CURE, "date", ALL, OBJECT_NONE},
    {OBJECT_CURE, "instant", ALL, OBJECT_NONE},
    {OBJECT_CURE, "zone", ALL, OBJECT_NONE},
    {OBJECT_CURE, "trace", ALL, OBJECT_NONE},
    {OBJECT_CURE, "extended_date", ALL, OBJECT_NONE},
    {OBJECT_CURE, "extended_instant", ALL, OBJECT_NONE},

    /* Invariant 1: from here to the health of the door, no row names the public. */
    {OBJECT_CASE, "id", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "party_id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "party_name", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "subject", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "obligation", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "statement", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "clause", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "stage", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "due", PARTY | STAFF, OBJECT_CURE},
    {OBJECT_CASE, "letters", PARTY | STAFF, OBJECT_LETTER},
    {OBJECT_CASE, "findings", PARTY | STAFF, OBJECT_FINDING},
    {OBJECT_CASE, "outcome", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_CASE, "items", PARTY | STAFF, OBJECT_CASE_ITEM},
    {OBJECT_CASE, "answers", PARTY | STAFF, OBJECT_CASE_ANSWER},
    {OBJECT_CASE, "extensions", PARTY | STAFF, OBJECT_CASE_EXTENSION},
    {OBJECT_CASE, "events", STAFF, OBJECT_CASE_EVENT},
    {OBJECT_CASE, "origin", STAFF, OBJECT_NONE},
    {OBJECT_CASE, "handler", STAFF, OBJECT_NONE},
    {OBJECT_CASE, "complainant", STAFF, OBJECT_NONE},
    {OBJECT_CASE, "next", STAFF, OBJECT_NONE},

    {OBJECT_CASE_EVENT, "seq", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "at", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "type", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "actor", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "reason", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "evidence", STAFF, OBJECT_NONE},
    {OBJECT_CASE_EVENT, "data", STAFF, OBJECT_NONE},

    {OBJECT_CASE_ITEM, "number", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "allegation", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "kind", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "asks", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "sha256", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "position", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "evidence", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ITEM, "judgement", STAFF, OBJECT_NONE},

    {OBJECT_CASE_ANSWER, "at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ANSWER, "sha256", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ANSWER, "by", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_ANSWER, "positions", PARTY | STAFF, OBJECT_CASE_POSITION},
    {OBJECT_CASE_ANSWER, "exhibits", PARTY | STAFF, OBJECT_CASE_EXHIBIT},

    {OBJECT_CASE_POSITION, "number", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_POSITION, "position", PARTY | STAFF, OBJECT_NONE},

    {OBJECT_CASE_EXHIBIT, "number", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXHIBIT, "sha256", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXHIBIT, "media_type", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXHIBIT, "name", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXHIBIT, "size", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXHIBIT, "collected_on", PARTY | STAFF, OBJECT_NONE},

    {OBJECT_CASE_EXTENSION, "at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXTENSION, "by", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXTENSION, "until", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXTENSION, "sha256", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_CASE_EXTENSION, "waits", PARTY | STAFF, OBJECT_NONE},

    {OBJECT_LETTER, "id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "step", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "message_id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "sha256", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "sent_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "subject", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "text", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "state", STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "drafted_by", STAFF, OBJECT_NONE},
    {OBJECT_LETTER, "approved_by", STAFF, OBJECT_NONE},

    {OBJECT_FINDING, "id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "obligation", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "clause", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "subject", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "verdict", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "observed", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "codes", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "guidance", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "cure", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "evidence", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_FINDING, "seen_by", STAFF, OBJECT_NONE},

    /* Who complained is no field: a command tells it, and leaves a trace (app/complaints/erase.c).
     */
    {OBJECT_COMPLAINT, "reference", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "received_at", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "type", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "language", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "state", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "closure", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "reason", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "text", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "may_ask_review", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "names", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "party", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "role", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "facts", PARTY | STAFF, OBJECT_COMPLAINT_ANSWER},
    {OBJECT_COMPLAINT, "answers", CONSENTED | COMPLAINANT | STAFF, OBJECT_COMPLAINT_ANSWER},
    {OBJECT_COMPLAINT, "exhibits", CONSENTED | COMPLAINANT | STAFF, OBJECT_COMPLAINT_EXHIBIT},
    {OBJECT_COMPLAINT, "missing", COMPLAINANT | STAFF, OBJECT_COMPLAINT_LACK},
    {OBJECT_COMPLAINT, "told_first", PARTY | COMPLAINANT | STAFF, OBJECT_COMPLAINT_TOLD},
    {OBJECT_COMPLAINT, "suggested", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "report_id", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "report_source", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "happened_at", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "salt", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "erased_at", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "additions", COMPLAINANT | STAFF, OBJECT_COMPLAINT_ADDITION},
    {OBJECT_COMPLAINT, "outcomes", COMPLAINANT | STAFF, OBJECT_COMPLAINT_OUTCOME},
    {OBJECT_COMPLAINT, "looked_up", COMPLAINANT | STAFF, OBJECT_COMPLAINT_NAME},
    {OBJECT_COMPLAINT, "answer_by", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "case_outcome", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "tlp", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "services", STAFF, OBJECT_COMPLAINT_SERVICE},
    {OBJECT_COMPLAINT, "waits_for", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "due", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "overdue", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "case", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "joined_to", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "joined_by", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "legal_hold", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "report", COMPLAINANT | STAFF, OBJECT_COMPLAINT_REPORT},
    {OBJECT_COMPLAINT, "priority", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "priority_reasons", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "retention", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "rulebook", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT, "events", STAFF, OBJECT_COMPLAINT_EVENT},

    {OBJECT_COMPLAINT_ANSWER, "question", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_ANSWER, "answer", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_EXHIBIT, "number", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EXHIBIT, "evidence", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EXHIBIT, "media_type", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EXHIBIT, "name", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EXHIBIT, "size", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EXHIBIT, "sha256", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_LACK, "kind", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LACK, "id", COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_TOLD, "told", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_TOLD, "on", PARTY | COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_TOLD, "how", CONSENTED | COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_REPORT, "to", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_REPORT, "subject", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_REPORT, "text", COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_OUTCOME, "name", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_OUTCOME, "outcome", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_OUTCOME, "at", COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_ADDITION, "at", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_ADDITION, "text", COMPLAINANT | STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_NAME, "name", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "registered", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "registrar", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "statuses", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "abuse_contact", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "asked_at", COMPLAINANT | STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_NAME, "measurement", STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_SERVICE, "tld", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_SERVICE, "obligation", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_SERVICE, "fault", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_SERVICE, "asked_at", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_SERVICE, "measurement", STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_EVENT, "seq", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "at", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "event", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "actor", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "state", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "type", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "case", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "closure", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "rule", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "obligation", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "party", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "corrects", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "outcome", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "names", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "reviews", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "text", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "hidden", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "reason", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "review", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "came_as", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "receipt", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "about", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "told", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "mail", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "other", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "batch", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "tlp", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "priority", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "restricted", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "draw", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "decision", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "verdict", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_EVENT, "looked_up", STAFF, OBJECT_COMPLAINT_NAME},
    {OBJECT_COMPLAINT_EVENT, "services", STAFF, OBJECT_COMPLAINT_SERVICE},

    {OBJECT_COMPLAINT_CLUSTER, "reference", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "type", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "filed", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "members", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "first_at", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "latest_at", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "looked_at", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "names", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_CLUSTER, "reasons", STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_LOOK, "reference", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "type", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "state", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "closure", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "draw", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "decision", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_LOOK, "received_at", STAFF, OBJECT_NONE},

    {OBJECT_COMPLAINT_DRAW, "draw", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "from", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "until", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "seed", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "seed_sha256", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "population", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "chosen", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "waiting", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "agrees", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "differs", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "error_per_mille", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "error_low", STAFF, OBJECT_NONE},
    {OBJECT_COMPLAINT_DRAW, "error_high", STAFF, OBJECT_NONE},

    {OBJECT_PARTY_GRANT, "id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "number", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "party", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "case", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "may", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "from", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "until", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "delegated", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "in_force", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "made_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "revoked_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "made_by", STAFF, OBJECT_NONE},
    {OBJECT_PARTY_GRANT, "revoked_by", STAFF, OBJECT_NONE},

    {OBJECT_HOOK, "id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "number", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "url", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "for", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "state", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "waiting", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "delivered", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "failed", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "last_words", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "key_id", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "made_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "state_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "failing_since", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "next_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "last_at", PARTY | STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "made_by", STAFF, OBJECT_NONE},
    {OBJECT_HOOK, "state_by", STAFF, OBJECT_NONE},

    {OBJECT_HEALTH, "status", ALL, OBJECT_NONE},
    {OBJECT_HEALTH, "cases", STAFF, OBJECT_NONE},
    {OBJECT_HEALTH, "last_measurement", STAFF, OBJECT_NONE},
};

const struct access_row *access_rows(size_t *ret_count)
{
    *ret_count = sizeof rows / sizeof *rows;
    return rows;
}

const char *audience_text(enum audience audience)
{
    static const char *const texts[] = {"public", "party", "party-consented", "complainant",
                                        "staff"};
    return audience < AUDIENCE_COUNT ? texts[audience] : "nobody";
}

const char *access_object_text(enum access_object object)
{
    static const char *const texts[] = {"value",
                                        "notice",
                                        "notice-update",
                                        "correction",
                                        "party-statement",
                                        "notice-letter",
                                        "redaction",
                                        "cure",
                                        "case",
                                        "case-event",
                                        "case-item",
                                        "case-answer",
                                        "case-position",
                                        "case-exhibit",
                                        "case-extension",
                                        "letter",
                                        "finding",
                                        "complaint",
                                        "complaint-answer",
                                        "complaint-exhibit",
                                        "complaint-lack",
                                        "complaint-told",
                                        "complaint-outcome",
                                        "complaint-report",
                                        "complaint-addition",
                                        "complaint-name",
                                        "complaint-service",
                                        "complaint-event",
                                        "complaint-cluster",
                                        "complaint-look",
                                        "complaint-draw",
                                        "party-grant",
                                        "hook",
                                        "health"};
    _Static_assert(sizeof texts / sizeof *texts == OBJECT_COUNT, "one text an object");
    return object < OBJECT_COUNT ? texts[object] : "nothing";
}

static const struct access_row *find(enum access_object object, const char *field)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].object == object && strcmp(rows[i].field, field) == 0)
            return &rows[i];
    }
    return NULL;
}

bool access_may(enum access_object object, const char *field, enum audience audience)
{
    const struct access_row *row = find(object, field);
    return row && audience < AUDIENCE_COUNT && (row->audiences >> audience & 1U);
}

static int project_value(enum access_object object, const json_t *value, enum audience audience,
                         json_t **ret_value);

static int project_list(enum access_object object, const json_t *list, enum audience audience,
                        json_t **ret_value)
{
    JSON_CLEANUP json_t *copy = json_array();
    size_t index;
    json_t *element;
    if (!copy)
        return ERR_NO_MEMORY;
    json_array_foreach((json_t *)list, index, element)
    {
        json_t *projected = NULL;
        int result = project_value(object, element, audience, &projected);
        if (result < 0)
            return result;
        if (projected && json_array_append_new(copy, projected) != 0)
            return ERR_NO_MEMORY;
    }
    *ret_value = json_incref(copy);
    return 0;
}

/* NULL in *ret_value: an object where none is known, or a value where an object belongs. */
static int project_value(enum access_object object, const json_t *value, enum audience audience,
                         json_t **ret_value)
{
    if (json_is_array(value))
        return project_list(object, value, audience, ret_value);
    if (json_is_object(value))
        return object == OBJECT_NONE ? 0 : access_project(object, value, audience, ret_value);
    if (object != OBJECT_NONE && !json_is_null(value))
        return 0;
    *ret_value = json_copy((json_t *)value);
    return *ret_value ? 0 : ERR_NO_MEMORY;
}

int access_project(enum access_object object, const json_t *full, enum audience audience,
                   json_t **ret_projection)
{
    if (!json_is_object(full))
        return ERR_SYNTAX;
    JSON_CLEANUP json_t *copy = json_object();
    const char *field;
    json_t *value;
    if (!copy)
        return ERR_NO_MEMORY;
    json_object_foreach((json_t *)full, field, value)
    {
        const struct access_row *row = find(object, field);
        if (!row || !access_may(object, field, audience))
            continue;
        json_t *projected = NULL;
        int result = project_value(row->nested, value, audience, &projected);
        if (result < 0)
            return result;
        if (projected && json_object_set_new(copy, field, projected) != 0)
            return ERR_NO_MEMORY;
    }
    *ret_projection = json_incref(copy);
    return 0;
}
