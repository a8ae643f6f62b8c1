#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum log_level most_shown = LOG_LEVEL_INFO;
static const char *process_name = "bailiwick";

void log_set_level(enum log_level most)
{
    most_shown = most;
}

bool log_shows(enum log_level level)
{
    return level <= most_shown;
}

void log_set_name(const char *process)
{
    process_name = process;
}

static const char *prefix(enum log_level level)
{
    if (getenv("JOURNAL_STREAM"))
        return level == LOG_LEVEL_ERROR     ? "<3>"
               : level == LOG_LEVEL_WARNING ? "<4>"
               : level == LOG_LEVEL_INFO    ? "<6>"
                                            : "<7>";
    return level == LOG_LEVEL_ERROR ? "error: " : level == LOG_LEVEL_WARNING ? "warning: " : "";
}

void log_write(enum log_level level, const char *format, ...)
{
    if (!log_shows(level))
        return;
    char line[1024];
    const char *start = prefix(level);
    bool journal =
        start[0] == '<'; /* the priority stands before the name there, after it elsewhere */
    int used = snprintf(line, sizeof line, "%s%s: %s", journal ? start : "", process_name,
                        journal ? "" : start);
    int head = used;
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    if (more < 0)
        return;
    size_t size = strnlen(line, sizeof line - 2);
    for (size_t i = (size_t)head; i < size; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[size] = '\n';
    /* One write, so that lines of several processes do not mix. */
    ssize_t ignored = write(STDERR_FILENO, line, size + 1);
    (void)ignored;
}
