/* Due moments as an iCalendar feed (RFC 5545), for the calendars that people of the staff keep.
 *
 * One event for each deadline that runs, in UTC, at the first moment that is too late. It names
 * ids, a party and a label of the process and nothing of what the case is about, since a calendar
 * is copied to wherever its owner has it. The UID is made of case and rule: it stays when the date
 * moves, and SEQUENCE grows, so that calendars move the event and add none. */
#ifndef BAILIWICK_VIEW_CALENDAR_FEED_H
#define BAILIWICK_VIEW_CALENDAR_FEED_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

#define CALENDAR_FEED_TYPE "text/calendar; charset=utf-8"

/* {"deadlines":[{"case","rule","party","stage","seq","due_at","updated_at"}]}, what the question
 * "deadline.list" answers. ERR_SYNTAX names a row without one of them. */
int calendar_feed_write(const json_t *list, struct buffer *out, struct error_detail *detail);

#endif
