/* Lines for the operator on standard error, one line an event, with journald's priority prefix when
 * standard error is the journal. Control bytes are escaped, so that foreign text cannot forge
 * lines.
 *
 * Who handles an error logs it once: what was being done, on what, and why it failed. Rooms below
 * `app` log at debug level only. No line tells of whom or what a matter is, at any level: who reads
 * the journal is not who may see the store. */
#ifndef BAILIWICK_BASE_LOG_H
#define BAILIWICK_BASE_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

void log_set_level(enum log_level most); /* default LOG_LEVEL_INFO */
bool log_shows(enum log_level level);
void log_set_name(const char *process); /* shown in each line; static text */

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
