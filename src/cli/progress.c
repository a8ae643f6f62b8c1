#include "cli/progress.h"

#include <inttypes.h>
#include <unistd.h>

#define TAKE_AWAY "\r\033[K"

static void tell(void *context, const char *what, int64_t done, int64_t total)
{
    progress_line_tell(context, clock_mono(), what, done, total);
}

void progress_line_begin_on(struct progress_line *line, FILE *to, int64_t now)
{
    *line = (struct progress_line){.progress = {tell, line}, .to = to, .begun = now};
}

void progress_line_begin(struct progress_line *line, const struct cli *cli)
{
    bool watched = !cli->json && isatty(STDERR_FILENO);
    progress_line_begin_on(line, watched ? stderr : NULL, clock_mono());
}

const struct app_progress *progress_line_for(const struct progress_line *line)
{
    return line && line->to ? &line->progress : NULL;
}

void progress_line_tell(struct progress_line *line, int64_t now, const char *what, int64_t done,
                        int64_t total)
{
    if (!line->to || now - line->begun < PROGRESS_AFTER_US ||
        (line->told && now - line->told < PROGRESS_EACH_US))
        return;
    line->told = now;
    fprintf(line->to, TAKE_AWAY "%" PRId64 " of %" PRId64 " %s", done, total, what);
    fflush(line->to);
}

void progress_line_end(struct progress_line *line)
{
    if (!line || !line->told)
        return;
    line->told = 0;
    fputs(TAKE_AWAY, line->to);
    fflush(line->to);
}
