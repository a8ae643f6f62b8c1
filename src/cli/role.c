#include "cli/role.h"

#include "app/child.h"
#include "app/hooks/herald.h"
#include "app/letters/mailer.h"
#include "app/monitor/judge.h"
#include "app/roles.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/staff_door.h"
#include "web/front.h"
#include "web/public.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct role {
    const char *name;
    int arguments;
    int (*run)(char **arguments);
};

static int run_prober(char **arguments)
{
    (void)arguments;
    return app_prober_main(CHILD_SOCKET);
}

static int run_judge(char **arguments)
{
    (void)arguments;
    return judge_main(CHILD_SOCKET);
}

static int run_mailer(char **arguments)
{
    (void)arguments;
    return mailer_main(CHILD_SOCKET);
}

static int run_herald(char **arguments)
{
    return herald_main(CHILD_SOCKET, arguments);
}

static int run_signer(char **arguments)
{
    return app_signer_main(CHILD_SOCKET, arguments[0], arguments[1]);
}

static int run_public(char **arguments)
{
    struct error_detail detail = {0};
    const char *const read[] = {arguments[0]};
    const struct sandbox_paths paths = {.read = read, .read_count = 1};
    unsigned achieved;
    log_set_name("bailiwick public");
    int result = sandbox_files_only(&paths, &achieved, &detail);
    if (result >= 0)
        result = public_main(CHILD_LISTENER, CHILD_SOCKET, arguments[0], &detail);
    if (result < 0)
        log_error("public door: %s", error_words(&detail, result));
    return result < 0 ? 4 : 0;
}

static int run_front(char **arguments)
{
    const struct front_means means = {.listener = CHILD_LISTENER,
                                      .handover = CHILD_HANDOVER,
                                      .stop = CHILD_SOCKET,
                                      .certificate = arguments[0],
                                      .key = arguments[1],
                                      .asks = strcmp(arguments[2], "1") == 0};
    struct error_detail detail = {0};
    log_set_name("bailiwick front");
    int result = front_main(&means, &detail);
    if (result < 0)
        log_error("in front of the staff door: %s", error_words(&detail, result));
    return result < 0 ? 4 : 0;
}

static int run_staff(char **arguments)
{
    return staff_door_main(arguments[0], arguments[1]);
}

static const struct role roles[] = {
    {"prober", 0, run_prober}, {"judge", 0, run_judge},   {"mailer", 0, run_mailer},
    {"herald", 3, run_herald}, {"signer", 2, run_signer}, {"public", 1, run_public},
    {"staff", 2, run_staff},   {"front", 3, run_front},
};

int role_run(const char *role, int argc, char **argv)
{
    /* Ctrl-C in a terminal reaches the whole group; children end when the core closes their socket,
     * after it has finished what it was doing. */
    signal(SIGINT, SIG_IGN);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(roles[i].name, role) == 0 && roles[i].arguments == argc)
            return roles[i].run(argv);
    }
    fprintf(stderr, "bailiwick: no such role\n");
    return 2;
}
