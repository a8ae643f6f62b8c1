/* Our own processes: started, and started again when they die. */
#include "app/core_parts.h"

#include "app/publish/ticker.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/tls_identity.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { RESPAWN_PAUSE_US = 500000 }; /* a process that dies at once must not eat the machine */

static void start(struct child *child, const struct child_request *request)
{
    struct error_detail detail = {0};
    if (child_start(request, child, &detail) < 0)
        log_error("%s", detail.text);
}

static void start_public(struct core *core)
{
    char folder[PATH_MAX];
    if (core->public_listener < 0 || child_runs(&core->public))
        return;
    /* Not from the app's arena: what is made again and again must not live as long as the app. */
    snprintf(folder, sizeof folder, "%s/public", core->app->data);
    const char *const arguments[] = {folder, NULL};
    const struct child_request request = {
        .role = "public", .arguments = arguments, .listener = core->public_listener};
    child_stop(&core->public);
    start(&core->public, &request);
}

static struct tls_files files_of(const struct core *core)
{
    const struct config *config = &core->app->config;
    return (struct tls_files){.certificate = config->staff_certificate, .key = config->staff_key};
}

int core_prepare_front(struct core *core, struct error_detail *detail)
{
    const struct tls_files files = files_of(core);
    if (!files.certificate[0] && !files.key[0])
        return 0;
    if (!files.certificate[0] || !files.key[0])
        return error_set(detail, ERR_USAGE,
                         "staff.certificate and staff.key go together: one of them is not set");
    int result = tls_identity_check(&files, detail);
    if (result >= 0)
        result = handover_pair(core->handover);
    return result;
}

void core_renew_front(struct core *core)
{
    const struct tls_files files = files_of(core);
    struct error_detail detail = {0};
    int result = tls_identity_check(&files, &detail);
    if (result < 0) {
        log_error("the staff door keeps its certificate: %s", error_words(&detail, result));
        return;
    }
    child_stop(&core->front);
    core->next_respawn_us = 0;
    log_info("the staff door's certificate is read anew");
}

static void start_front(struct core *core)
{
    const struct tls_files files = files_of(core);
    const char *asks = core->app->config.staff_client_certificates ? "1" : "0";
    const char *const arguments[] = {files.certificate, files.key, asks, NULL};
    const struct child_request request = {.role = "front",
                                          .arguments = arguments,
                                          .listener = core->staff_listener,
                                          .handover = core->handover[HANDOVER_GIVES]};
    if (core->staff_listener < 0 || core->handover[HANDOVER_GIVES] < 0 || child_runs(&core->front))
        return;
    child_stop(&core->front);
    start(&core->front, &request);
}

/* Behind the front the door takes what that one hands over. */
static void start_staff(struct core *core)
{
    const char *const arguments[] = {core->app->data, core->config ? core->config : "", NULL};
    int handed = core->handover[HANDOVER_TAKES];
    const struct child_request request = {.role = "staff",
                                          .arguments = arguments,
                                          .listener = handed < 0 ? core->staff_listener : handed};
    if (core->staff_listener < 0 || child_runs(&core->staff))
        return;
    /* The descriptor of the one that died belongs to its client, which the loop drops. */
    core->staff = (struct child){.fd = -1, .role = "staff"};
    start(&core->staff, &request);
    if (core->staff.fd < 0 || core_add_client(core, core->staff.fd))
        return;
    log_error("staff door: no room for its connection");
    child_stop(&core->staff);
}

void core_start_children(struct core *core)
{
    struct error_detail detail = {0};
    if (clock_mono() < core->next_respawn_us)
        return;
    core->next_respawn_us = clock_mono() + RESPAWN_PAUSE_US;
    start_public(core);
    start_staff(core);
    start_front(core);
    if (ticker_start_signer(core->app, &core->signer, &detail) < 0)
        log_error("%s", detail.text);
}

void core_stop_children(struct core *core)
{
    child_stop(&core->public);
    child_stop(&core->front);
    if (core->staff.pid > 0)
        child_stop(&core->staff);
    child_stop(&core->signer);
    child_stop(&core->mailer);
    observer_done(&core->observer);
}
