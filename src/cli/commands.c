/* The list of commands, in the order of help. */
#include "cli/command.h"

/* clang-format does not settle on where to break a list of calls. */
/* clang-format off */
#define COMMANDS(C) \
    C(check) C(replay) C(init) C(serve) C(status) C(measure) C(jump) C(clock_confirm) C(party_import) \
    C(party_list) C(party_conduct) C(party_language) C(party_zone) C(party_family) C(party_families) C(tld_list) C(rulebook_check) C(rulebook_adopt) \
    C(rulebook_list) C(rulebook_migrate) C(rulebook_agree) C(obligation_list) C(obligation_show) C(obligation_diff) \
    C(complaint_types) C(complaint_type) C(complaint_file) C(complaint_list) C(complaint_show) C(complaint_follow) \
    C(complaint_exhibit) C(complaint_scope) C(complaint_check) C(complaint_similar) C(complaint_clusters) C(complaint_join) C(complaint_part) C(complaint_anyway) \
    C(complaint_decide) C(complaint_reopen) C(complaint_undo) C(complaint_looks) C(complaint_look) C(complaint_draws) C(complaint_redact) C(complaint_reporter) \
    C(complaint_export) C(complaint_prove) C(complaint_hold) C(complaint_lift) C(complaint_holds) C(complaint_retention) C(complaint_restrict) C(complaint_restrict_agree) C(complaint_unrestrict) C(complaint_restrictions) C(complaint_retype) C(complaint_prioritise) C(complaint_label) C(complaint_look_up) C(complaint_evidence) C(complaint_erase) C(complaint_add) C(complaint_insist) C(complaint_withdraw) C(complaint_ask_review) C(complaint_outcome) C(complaint_seen) C(complaint_close) C(deadline) C(deadline_check) C(deadline_feed) \
    C(calendar_import) C(calendar_agree) C(calendar_withdraw) C(calendar_list) C(finding_list) \
    C(case_list) C(case_show) C(case_next) C(case_explain) C(case_service) C(case_table) C(case_open) \
    C(case_accept) C(case_allege) C(case_decide) C(case_complainant) C(case_link) C(case_unlink) \
    C(case_draft) C(case_adopt) C(case_approve) C(case_send) C(case_answer) C(case_exhibit) C(case_judge) \
    C(case_record) C(case_migrate) C(case_migrations) C(case_agree) C(case_withdraw) C(letter_list) C(letter_show) C(letter_resend) C(letter_served) \
    C(outbox_list) C(outbox_retry) C(outbox_settle) C(mail_in) C(mail_list) \
    C(mail_show) C(mail_dismiss) C(notice_list) C(notice_show) C(notice_progress) \
    C(notice_statement) C(notice_correct) C(notice_withdraw) C(notice_redact) C(notice_agree) \
    C(notice_drop) C(notice_import) C(notice_history) C(log_verify) C(verify) C(user_add) C(user_renew) C(user_disable) C(user_token_add) C(user_token_revoke) C(user_token_list) C(user_grant_add) C(user_grant_revoke) C(user_grant_list) C(user_hook_add) C(user_hook_revoke) C(user_hook_resume) C(user_hook_list) C(own_cases) C(own_case) C(own_complaints) C(own_findings) C(own_answer) C(own_extension) C(own_delegate) C(own_revoke) C(user_password) C(user_password_remove) C(user_sessions) C(user_session_end) C(user_absent) C(user_back) C(user_list) C(user_absences) \
    C(rebuild) C(simulate) C(upgrade) C(backup) C(restore) C(config)
/* clang-format on */

#define C(name) extern const struct cli_command command_##name;
COMMANDS(C)
#undef C

const struct cli_command *const cli_commands[] = {
#define C(name) &command_##name,
    COMMANDS(C)
#undef C
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
