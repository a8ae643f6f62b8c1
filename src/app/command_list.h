/* All commands: name, who may, function. One row each; the functions stand in their sub-rooms. */
#ifndef BAILIWICK_APP_COMMAND_LIST_H
#define BAILIWICK_APP_COMMAND_LIST_H

#include "app/command.h"

#define COMMAND_LIST(C)                                                                            \
    C("user.add", ROLE_ADMINISTRATOR | ROLE_FOUNDER, user_add)                                     \
    C("user.renew", ROLE_ADMINISTRATOR, user_renew)                                                \
    C("user.disable", ROLE_ADMINISTRATOR, user_disable)                                            \
    C("user.token.add", ROLE_ANYBODY | ROLE_PARTY, user_token_add)                                 \
    C("user.token.revoke", ROLE_ANYBODY | ROLE_PARTY, user_token_revoke)                           \
    C("user.grant.add", ROLE_ADMINISTRATOR, user_grant_add)                                        \
    C("user.grant.revoke", ROLE_ADMINISTRATOR, user_grant_revoke)                                  \
    C("user.hook.add", ROLE_ANYBODY | ROLE_PARTY, user_hook_add)                                   \
    C("user.hook.revoke", ROLE_ANYBODY | ROLE_PARTY, user_hook_revoke)                             \
    C("user.hook.resume", ROLE_ANYBODY | ROLE_PARTY, user_hook_resume)                             \
    C("own.hook.add", ROLE_ANYBODY | ROLE_PARTY, own_hook_add)                                     \
    C("own.hook.revoke", ROLE_ANYBODY | ROLE_PARTY, own_hook_revoke)                               \
    C("own.hook.resume", ROLE_ANYBODY | ROLE_PARTY, own_hook_resume)                               \
    C("own.answer", ROLE_PARTY, own_answer)                                                        \
    C("own.extension", ROLE_PARTY, own_extension)                                                  \
    C("own.delegate", ROLE_PARTY, user_grant_add)                                                  \
    C("own.revoke", ROLE_PARTY, user_grant_revoke)                                                 \
    C("user.password", ROLE_ANYBODY, user_password)                                                \
    C("user.password.remove", ROLE_ANYBODY, user_password_remove)                                  \
    C("session.salt", ROLE_DOOR, session_salt)                                                     \
    C("session.begin", ROLE_DOOR, session_begin)                                                   \
    C("session.seen", ROLE_ANYBODY, session_seen)                                                  \
    C("session.end", ROLE_ANYBODY, session_end)                                                    \
    C("user.absent", ROLE_ANYBODY, user_absent)                                                    \
    C("user.back", ROLE_ANYBODY, user_back)                                                        \
    C("rulebook.propose", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, rulebook_propose)     \
    C("rulebook.adopt", ROLE_APPROVER | ROLE_ADMINISTRATOR, rulebook_adopt)                        \
    C("rulebook.migrate", ROLE_ANALYST | ROLE_APPROVER, rulebook_migrate)                          \
    C("rulebook.agree", ROLE_APPROVER, rulebook_agree)                                             \
    C("calendar.propose", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, calendar_propose)     \
    C("calendar.withdraw", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, calendar_withdraw)   \
    C("calendar.agree", ROLE_APPROVER | ROLE_ADMINISTRATOR, calendar_agree)                        \
    C("clock.confirm", ROLE_APPROVER | ROLE_ADMINISTRATOR, clock_confirm)                          \
    C("party.import", ROLE_ANALYST | ROLE_ADMINISTRATOR, party_import)                             \
    C("party.language", ROLE_ANALYST | ROLE_ADMINISTRATOR, party_language)                         \
    C("party.zone", ROLE_ANALYST | ROLE_ADMINISTRATOR, party_zone)                                 \
    C("party.family", ROLE_ANALYST | ROLE_ADMINISTRATOR, party_family)                             \
    C("outbox.retry", ROLE_ANALYST | ROLE_ADMINISTRATOR, outbox_retry)                             \
    C("outbox.settle", ROLE_ANALYST, outbox_settle)                                                \
    C("case.open", ROLE_ANALYST, case_open)                                                        \
    C("case.accept", ROLE_ANALYST, case_accept)                                                    \
    C("case.allege", ROLE_ANALYST, case_allege)                                                    \
    C("case.decide", ROLE_ANALYST, case_decide)                                                    \
    C("case.link", ROLE_ANALYST, case_link)                                                        \
    C("case.unlink", ROLE_ANALYST, case_unlink)                                                    \
    C("case.complainant", ROLE_ANALYST, case_complainant)                                          \
    C("case.draft", ROLE_ANALYST | ROLE_APPROVER, case_draft)                                      \
    C("case.adopt", ROLE_ANALYST | ROLE_APPROVER, case_adopt)                                      \
    C("case.approve", ROLE_APPROVER, case_approve)                                                 \
    C("case.send", ROLE_ANALYST | ROLE_APPROVER, case_send)                                        \
    C("case.answer", ROLE_ANALYST, case_answer)                                                    \
    C("case.judge", ROLE_ANALYST, case_judge)                                                      \
    C("case.record", ROLE_ANALYST | ROLE_APPROVER, case_record)                                    \
    C("case.agree", ROLE_APPROVER, case_agree)                                                     \
    C("case.withdraw", ROLE_ANALYST | ROLE_APPROVER, case_withdraw)                                \
    C("case.migrate", ROLE_ANALYST | ROLE_APPROVER, case_migrate)                                  \
    C("letter.resend", ROLE_ANALYST | ROLE_APPROVER, letter_resend)                                \
    C("letter.served", ROLE_ANALYST | ROLE_APPROVER, letter_served)                                \
    C("notice.progress", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_progress)           \
    C("notice.statement", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_statement)         \
    C("notice.correct", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_correct)             \
    C("notice.withdraw", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_withdraw)           \
    C("notice.redact", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_redact)               \
    C("notice.agree", ROLE_APPROVER | ROLE_PUBLISHER, notice_agree)                                \
    C("notice.drop", ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER, notice_drop)                   \
    C("notice.import", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, notice_import)           \
    C("notice.adopt", ROLE_APPROVER | ROLE_ADMINISTRATOR, notice_adopt)                            \
    C("mail.take", ROLE_MAIL, mail_take)                                                           \
    C("mail.dismiss", ROLE_ANALYST | ROLE_APPROVER, mail_dismiss)                                  \
    C("complaint.file", ROLE_ANYBODY, complaint_file)                                              \
    C("complaint.anyway", ROLE_ANALYST, complaint_anyway)                                          \
    C("complaint.add", ROLE_COMPLAINANT, complaint_add)                                            \
    C("complaint.insist", ROLE_COMPLAINANT, complaint_insist)                                      \
    C("complaint.withdraw", ROLE_COMPLAINANT, complaint_withdraw)                                  \
    C("complaint.review", ROLE_COMPLAINANT, complaint_review)                                      \
    C("complaint.outcome", ROLE_ANALYST, complaint_outcome)                                        \
    C("complaint.seen", ROLE_ANALYST, complaint_seen)                                              \
    C("complaint.close", ROLE_ANALYST, complaint_close)                                            \
    C("complaint.decide", ROLE_ANALYST, complaint_decide)                                          \
    C("complaint.reopen", ROLE_ANALYST, complaint_reopen)                                          \
    C("complaint.prioritise", ROLE_ANALYST, complaint_prioritise)                                  \
    C("complaint.restrict", ROLE_ANALYST, complaint_restrict)                                      \
    C("complaint.restrict-agree", ROLE_APPROVER, complaint_restrict_agree)                         \
    C("complaint.unrestrict", ROLE_APPROVER, complaint_unrestrict)                                 \
    C("complaint.retype", ROLE_ANALYST, complaint_retype)                                          \
    C("complaint.label", ROLE_ANALYST, complaint_label)                                            \
    C("complaint.second-look", ROLE_APPROVER, complaint_second_look)                               \
    C("complaint.join", ROLE_ANALYST, complaint_join)                                              \
    C("complaint.part", ROLE_ANALYST, complaint_part)                                              \
    C("complaint.redact", ROLE_ANALYST | ROLE_APPROVER, complaint_redact)                          \
    C("complaint.reporter", ROLE_ANALYST | ROLE_APPROVER, complaint_reporter)                      \
    C("complaint.export", ROLE_ADMINISTRATOR, complaint_export)                                    \
    C("complaint.look-up", ROLE_ANALYST, complaint_look_up)                                        \
    C("complaint.hold", ROLE_APPROVER, complaint_hold)                                             \
    C("complaint.lift", ROLE_APPROVER, complaint_lift)                                             \
    C("complaint.erase", ROLE_ADMINISTRATOR, complaint_erase)

/* Two names of one function are declared twice, which is the same. */
#define C(name, roles, function) int function(struct call *call);
COMMAND_LIST(C)
#undef C

#endif
