/* What an operator does to a data directory as a whole. */
#ifndef BAILIWICK_APP_ADMIN_H
#define BAILIWICK_APP_ADMIN_H

#include "app/app.h"
#include "base/json.h"

/* Makes store and log, both or neither. ERR_CONFLICT when there is one. The result names the log's
 * public key. */
int admin_init(const struct app_options *options, json_t **ret_result, struct error_detail *detail);

/* Brings the store's schema up to date and checks the store: {from, to}. */
int admin_upgrade(const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail);

/* Drops what lists, counts and deadlines are read from and writes it anew (casework/rebuild.h):
 * {cases, changed, deadlines, complaints, joined}. */
int admin_rebuild(const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail);

/* Also of a store that is not upgraded yet. */
int admin_backup(const char *data, const char *file, struct error_detail *detail);
/* {listed, erased_again}: lines of the list of erasures, and how many complaints the backup had of
 * before their erasure. */
int admin_restore(const char *file, const struct app_options *options, json_t **ret_result,
                  struct error_detail *detail);
void admin_config_example(struct buffer *out);

/* Verifies a bundle with a pinned key (a file that holds it, or the key itself), offline. */
int admin_verify_bundle(const char *bundle, const char *key, json_t **ret_result,
                        struct error_detail *detail);

/* Checks a rulebook folder; every fault is appended as FILE:LINE:COL: message. ERR_SYNTAX. */
int admin_check_rulebook(const char *folder, struct buffer *out, struct error_detail *detail);

/* What may be complained about by a folder, without a store: the list, or one type when `type` is
 * not NULL (app/query/complaints.h). New reference. */
int admin_complaints(const char *folder, const char *type, const char *language,
                     json_t **ret_result, struct error_detail *detail);

struct rulebook_tree;

/* The archive of a tree, or of a folder, as base64: for the commands rulebook.propose and
 * rulebook.adopt. New reference. */
int admin_rulebook_text(const struct rulebook_tree *tree, json_t **ret_text);
int admin_rulebook_archive(const char *folder, json_t **ret_text, struct error_detail *detail);

#endif
