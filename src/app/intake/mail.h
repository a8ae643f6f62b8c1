/* Mail that comes in: each has exactly one outcome (invariant 2), and none moves a case but a
 * report that a letter of ours was not delivered.
 *
 *   bounced    a report of failure (RFC 3464) about a letter of ours to an address that it went to:
 *              the case event `bounced`, or a note where it undoes nothing; or about a receipt
 *   delayed, delivered   other reports
 *   automatic  out-of-office replies, receipts, lists, bulk, our own mail that came round: noted
 *   complaint  a person wrote it about no matter that is known here, or it is a report of abuse: a
 *              complaint that waits for a person, as a draft where something is missing
 *   added      who complained answers a message about it: it stands with the complaint
 *   held       everything else waits for a person, with the reason; what names one of our letters,
 *              with its case
 *   answer     a person filed it as the party's answer (case.answer)
 *   dismissed  a person saw that nothing is to be done (mail.dismiss)
 *
 * What became a complaint or was added to one, and reports about receipts, is sealed with it: the
 * mail's row keeps digest, time and outcome.
 *
 * A report is matched by the Message-ID of the letter, which only those know who saw it, and by the
 * address. Whoever got the letter can still forge one: what that wins is in docs/threat-model.md.
 */
#ifndef BAILIWICK_APP_INTAKE_MAIL_H
#define BAILIWICK_APP_INTAKE_MAIL_H

#include "app/app.h"
#include "app/complaints/record.h"
#include "proto/mail/message.h"
#include "store/letter.h"

enum { MAIL_IN_MAX = MAIL_SIZE_MAX };

#define MAIL_OUTCOME_LIST(E)                                                                       \
    E(BOUNCED, "bounced")                                                                          \
    E(DELAYED, "delayed")                                                                          \
    E(DELIVERED, "delivered")                                                                      \
    E(AUTOMATIC, "automatic")                                                                      \
    E(COMPLAINT, "complaint")                                                                      \
    E(ADDED, "added")                                                                              \
    E(HELD, "held")                                                                                \
    E(ANSWER, "answer")                                                                            \
    E(DISMISSED, "dismissed")

enum mail_outcome {
#define E(name, text) MAIL_OUTCOME_##name,
    MAIL_OUTCOME_LIST(E)
#undef E
        MAIL_OUTCOME_COUNT
};
const char *mail_outcome_text(enum mail_outcome outcome);

/* What the judge process reads in the bytes. Returns 1; 0 when the bytes killed it or took too
 * long, so that a person must look; ERR_SYNTAX or ERR_LIMIT for what is no message. */
int mail_read(struct app *app, const void *bytes, size_t size, struct arena *arena,
              struct mail *ret_mail, struct error_detail *detail);

/* The same for an X-ARF report that somebody hands over as a file. What kills the judge is refused
 * too (ERR_SYNTAX): whoever has the file is there to look. */
int mail_read_xarf(struct app *app, struct bytes file, struct arena *arena, struct mail *ret_mail,
                   struct error_detail *detail);

/* What becomes of a mail, and about which letter of ours it is. */
struct mail_verdict {
    enum mail_outcome outcome;
    bool about_letter;          /* `letter` is set */
    struct store_letter letter; /* in the arena */
    const char *address;        /* MAIL_OUTCOME_BOUNCED: as the report names it */
    bool about_complaint;       /* `complaint` is set, and the mail is about its receipt */
    struct complaint_record complaint;
    const char *receipt; /* the Message-ID of that */
    const char *reason;  /* MAIL_OUTCOME_HELD: why, in words; "" */
};

/* 1 when mail of that kind becomes a complaint under the rulebook; else 0. */
int mail_complaint_taken(struct app *app, const struct mail *mail);

/* Writes the document of a filing from it; `bytes` are what is kept as an exhibit of that media
 * type, and both are borrowed. Only for what is taken. */
struct filing;
int mail_complaint_write(struct filing *filing, const struct mail *mail, struct bytes bytes,
                         const char *media_type);

/* Keeps the mail as a complaint and writes the receipt. *ret_reference is in the arena. */
struct call;
int mail_complaint_file(struct call *call, const struct mail *mail, struct bytes bytes,
                        struct arena *arena, const char **ret_reference);

/* Seals the mail with the complaint that it is about, and tells that what happened. */
int mail_complaint_add(struct call *call, struct mail_verdict *verdict, struct bytes bytes);

/* ERR_UNAVAILABLE while the letter or receipt of a report is being handed over: it comes again. */
int mail_decide(struct app *app, const struct mail *mail, struct arena *arena,
                struct mail_verdict *ret_verdict, struct error_detail *detail);

/* Tells the case of a letter that it was not delivered. The event `bounced` when the address is the
 * one that was served; what comes too late, or from one more copy, is noted once. `evidence` is the
 * SHA-256 of the report. */
int mail_tell_case(struct app *app, const struct mail_verdict *verdict, const char *evidence,
                   struct error_detail *detail);

/* For commands: settles a mail that waits as `outcome`, with a case unless NULL. `ret_sha256` is
 * its digest as evidence names it. */
int mail_settle(struct call *call, const char *sha256, enum mail_outcome outcome,
                const char *case_id, char ret_sha256[DIGEST_HEX]);

#endif
