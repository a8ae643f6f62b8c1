#include "app/monitor/plan.h"

#include "base/log.h"
#include "base/text.h"
#include "measure/hints.h"
#include "store/party.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    HINTS_BYTES_MAX = 1 << 20,
    CA_MAX = 3 << 20,
    ANCHOR_MAX = 64 << 10,
    NET_MAP_MAX = 1 << 20,
    NETWORK_TEXT_MAX = 64, /* "net:[" and an inode number */
};

/* An empty path is an option that is not used. All of these are text. */
static int load_text(struct buffer *into, size_t limit, const char *path)
{
    buffer_init(into, limit);
    if (!path || !path[0])
        return 0;
    int result = buffer_load_file(into, path);
    if (result >= 0 && into->size && memchr(into->data, '\0', into->size))
        result = ERR_SYNTAX;
    if (result < 0)
        buffer_clear(into);
    return result;
}

static void load(struct buffer *into, size_t limit, const char *path, const char *what)
{
    int result = load_text(into, limit, path);
    if (result < 0)
        log_warning("%s '%s': %s; what needs it is undetermined", what, path, error_text(result));
}

static void look_at_hints(const struct buffer *text, const char *path)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct hints hints;
    const struct bytes bytes = {text->data, text->size};
    arena_init(&arena, HINTS_BYTES_MAX);
    if (text->size && hints_parse(&bytes, &arena, &hints) >= 0 && hints.count == 0)
        log_warning("root hints '%s': no address of a root server; what needs it is undetermined",
                    path);
}

/* A laboratory's servers have addresses that belong to strangers in every other network. Whoever
 * cannot tell where he is does not ask either. */
static int check_network(const char *wanted, struct error_detail *detail)
{
    char here[NETWORK_TEXT_MAX] = "";
    if (!wanted[0])
        return 0;
    ssize_t size = readlink("/proc/self/ns/net", here, sizeof here - 1);
    if (size < 0)
        return error_set(detail, ERR_REFUSED, "measure.network: which network this is: %s",
                         strerrordesc_np(errno));
    return strcmp(here, wanted) == 0
               ? 0
               : error_set(detail, ERR_REFUSED,
                           "this is the network %s, and nothing may be asked from outside of '%s' "
                           "(measure.network, BAILIWICK_NETWORK); in a lab's, use lab/ctl exec",
                           here, wanted);
}

int plan_load_files(struct app *app, struct plan_files *ret_files, struct error_detail *detail)
{
    const struct config *config = &app->config;
    int result = check_network(config->network, detail);
    if (result < 0)
        return result;
    load(&ret_files->hints, HINTS_BYTES_MAX, config->hints, "root hints");
    load(&ret_files->anchor, ANCHOR_MAX, config->trust_anchor, "trust anchor");
    load(&ret_files->ca, CA_MAX, config->ca_file, "CA certificates");
    look_at_hints(&ret_files->hints, config->hints);
    /* Without its map a laboratory would ask the real world. */
    result = load_text(&ret_files->net_map, NET_MAP_MAX, config->net_map);
    return result < 0
               ? error_set(detail, result, "net map '%s': %s", config->net_map, error_text(result))
               : 0;
}

void plan_free_files(struct plan_files *files)
{
    buffer_done(&files->hints);
    buffer_done(&files->anchor);
    buffer_done(&files->ca);
    buffer_done(&files->net_map);
}

static const char *text_or_null(const struct buffer *buffer)
{
    return buffer->size ? buffer_text(buffer) : NULL;
}

void plan_begin(const struct config *config, const struct plan_files *files, const char *target,
                struct survey_plan *ret_plan)
{
    *ret_plan = (struct survey_plan){.target = target,
                                     .vantage = config->vantage,
                                     .tool = "bailiwick " APP_VERSION,
                                     .hints = {files->hints.data, files->hints.size},
                                     .trust_anchor = text_or_null(&files->anchor),
                                     .ca = {files->ca.data, files->ca.size},
                                     .reference_url =
                                         config->reference_url[0] ? config->reference_url : NULL,
                                     .net_map = text_or_null(&files->net_map)};
}

int plan_make(struct app *app, const struct plan_files *files, const char *target,
              struct arena *arena, struct survey_plan *ret_plan, struct error_detail *detail)
{
    struct tld tld;
    int result = store_tld_find(app->store, target, arena, &tld);
    if (result < 0)
        return app_store_failed(app, result, detail, "TLD");
    plan_begin(&app->config, files, tld.name, ret_plan);
    if (tld.rdap_url && text_starts_with(tld.rdap_url, "https://")) {
        ret_plan->rdap_url = tld.rdap_url;
        /* The one name that every registry has for itself (RA Specification 5, 4). */
        ret_plan->rdap_domain = arena_printf(arena, "nic.%s", tld.name);
    }
    return 0;
}
