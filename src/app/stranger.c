#include "app/stranger.h"

#include <sys/socket.h>
#include <sys/time.h>

/* A message or an exhibit takes milliseconds. */
enum { PATIENCE_S = 5 };

int stranger_judge(struct app *app, struct error_detail *detail)
{
    struct child *judge = &app->judge;
    if (child_runs(judge))
        return 0;
    if (!app->children)
        return error_set(detail, ERR_UNAVAILABLE, "this process has no judge");
    const struct child_request request = {.role = "judge", .listener = -1};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    child_stop(judge);
    int result = child_start(&request, judge, detail);
    if (result >= 0)
        setsockopt(judge->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return result;
}
