/* What who complained said later, by the secret link or by mail: items beside what was filed, which
 * stays as it was. Everybody who reads a complaint reads it with its additions. */
#ifndef BAILIWICK_APP_COMPLAINTS_ADDITION_H
#define BAILIWICK_APP_COMPLAINTS_ADDITION_H

#include "app/complaints/document.h"
#include "app/complaints/record.h"

enum { ADDITIONS_MAX = 100 /* of one complaint, for ever, by the link and by mail */ };

/* How many of the events of a complaint are additions. */
size_t addition_count(const struct store_complaint_event *events, size_t count);

/* Item 0 with all that was added: of two answers to a question the later, all exhibits (their
 * numbers are those of their items), and what is missing now. ERR_NOT_FOUND after an erasure. New
 * reference. */
int addition_merge(struct app *app, const struct complaint_record *record, struct arena *arena,
                   json_t **ret_words, struct error_detail *detail);

/* The same without what nobody of the staff read yet: what came after the last decision and the
 * last `seen`. */
int addition_merge_read(struct app *app, const struct complaint_record *record, struct arena *arena,
                        json_t **ret_words, struct error_detail *detail);

/* 1 where the item is a mail that was added, or a report that a message came back: an event names
 * it. It stands in no list of exhibits, since it may be anything. Else 0. */
int addition_is_mail(struct app *app, const struct complaint_record *record, int64_t number,
                     struct arena *arena, struct error_detail *detail);

/* An addition as it is sealed, but for its salt: {text, answers, exhibits, missing, content}.
 * `content` is the digest of what was said, by which the same said again is known. */
json_t *addition_json(const struct complaint_document *document, uint32_t first);

/* Lays an addition over what was said before. */
int addition_lay(json_t *words, const json_t *addition);

/* The event that added the same; NULL for none. */
int addition_find_same(struct app *app, const struct complaint_record *record,
                       const struct store_complaint_event *events, size_t count,
                       const char *content, struct arena *arena,
                       const struct store_complaint_event **ret_event, struct error_detail *detail);

#endif
