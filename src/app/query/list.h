/* All questions: name and function. */
#ifndef BAILIWICK_APP_QUERY_LIST_H
#define BAILIWICK_APP_QUERY_LIST_H

#include "app/query.h"

#define QUERY_LIST(Q)                                                                              \
    Q("case.list", query_case_list)                                                                \
    Q("case.show", query_case_show)                                                                \
    Q("case.exhibit", query_case_exhibit)                                                          \
    Q("case.next", query_case_next)                                                                \
    Q("case.explain", query_case_explain)                                                          \
    Q("case.service", query_case_service)                                                          \
    Q("party.conduct", query_party_conduct)                                                        \
    Q("party.families", query_party_families)                                                      \
    Q("case.table", query_case_table)                                                              \
    Q("case.migrations", query_case_migrations)                                                    \
    Q("letter.list", query_letter_list)                                                            \
    Q("letter.show", query_letter_show)                                                            \
    Q("mail.list", query_mail_list)                                                                \
    Q("mail.show", query_mail_show)                                                                \
    Q("notice.list", query_notice_list)                                                            \
    Q("notice.history", query_notice_history)                                                      \
    Q("notice.show", query_notice_show)                                                            \
    Q("finding.list", query_finding_list)                                                          \
    Q("outbox.list", query_outbox_list)                                                            \
    Q("party.list", query_party_list)                                                              \
    Q("tld.list", query_tld_list)                                                                  \
    Q("user.list", query_user_list)                                                                \
    Q("user.tokens", query_user_tokens)                                                            \
    Q("user.hooks", query_user_hooks)                                                              \
    Q("user.grants", query_user_grants)                                                            \
    Q("user.sessions", query_user_sessions)                                                        \
    Q("user.absences", query_user_absences)                                                        \
    Q("rulebook.list", query_rulebook_list)                                                        \
    Q("rulebook.preview", query_rulebook_preview)                                                  \
    Q("obligation.list", query_obligation_list)                                                    \
    Q("obligation.show", query_obligation_show)                                                    \
    Q("obligation.diff", query_obligation_diff)                                                    \
    Q("obligation.coverage", query_obligation_coverage)                                            \
    Q("complaint.types", query_complaint_types)                                                    \
    Q("complaint.type", query_complaint_type)                                                      \
    Q("complaint.list", query_complaint_list)                                                      \
    Q("complaint.show", query_complaint_show)                                                      \
    Q("complaint.party", query_complaint_party)                                                    \
    Q("complaint.exhibit", query_complaint_exhibit)                                                \
    Q("complaint.follow", query_complaint_follow)                                                  \
    Q("complaint.scope", query_complaint_scope)                                                    \
    Q("complaint.check", query_complaint_check)                                                    \
    Q("complaint.similar", query_complaint_similar)                                                \
    Q("complaint.clusters", query_complaint_clusters)                                              \
    Q("complaint.proof", query_complaint_proof)                                                    \
    Q("complaint.evidence", query_complaint_evidence)                                              \
    Q("complaint.holds", query_complaint_holds)                                                    \
    Q("complaint.restrictions", query_complaint_restrictions)                                      \
    Q("complaint.retention", query_complaint_retention)                                            \
    Q("complaint.looks", query_complaint_looks)                                                    \
    Q("complaint.draws", query_complaint_draws)                                                    \
    Q("complaint.batch", query_complaint_batch)                                                    \
    Q("complaint.versions", query_complaint_versions)                                              \
    Q("deadline.compute", query_deadline_compute)                                                  \
    Q("deadline.list", query_deadline_list)                                                        \
    Q("deadline.check", query_deadline_check)                                                      \
    Q("calendar.list", query_calendar_list)                                                        \
    Q("rebuild.check", query_rebuild_check)                                                        \
    Q("log.verify", query_log_verify)                                                              \
    Q("own.hooks", query_own_hooks)                                                                \
    Q("own.hook", query_own_hook)                                                                  \
    Q("own.parties", query_own_parties)                                                            \
    Q("own.party", query_own_party)                                                                \
    Q("own.grants", query_own_grants)                                                              \
    Q("own.duties", query_own_duties)                                                              \
    Q("own.findings", query_own_findings)                                                          \
    Q("own.finding", query_own_finding)                                                            \
    Q("own.cases", query_own_cases)                                                                \
    Q("own.case", query_own_case)                                                                  \
    Q("own.complaints", query_own_complaints)                                                      \
    Q("desk.worklist", query_desk_worklist)                                                        \
    Q("desk.matrix", query_desk_matrix)                                                            \
    Q("desk.party", query_desk_party)                                                              \
    Q("desk.finding", query_desk_finding)                                                          \
    Q("desk.case", query_desk_case)                                                                \
    Q("desk.letter", query_desk_letter)                                                            \
    Q("desk.metrics", query_desk_metrics)                                                          \
    Q("desk.sessions", query_desk_sessions)                                                        \
    Q("desk.user", query_desk_user)                                                                \
    Q("desk.command", query_desk_command)

#define Q(name, function) int function(struct query_call *call);
QUERY_LIST(Q)
#undef Q

/* A grant as users of the party see it. New reference. */
struct store_grant;
int query_grant_seen(struct query_call *call, const struct store_grant *grant, json_t **ret_seen);

/* A task of the outbox as a row. New reference. */
struct store_task;
json_t *query_task(const struct store_task *task);

/* What somebody wrote for a notice, as a row. New reference. */
struct store_notice_item;
json_t *query_notice_item(const struct store_notice_item *item);

#endif
