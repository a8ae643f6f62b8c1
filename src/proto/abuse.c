#include "proto/abuse.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

struct abuse_report abuse_report_none(void)
{
    return (struct abuse_report){.kind = "",
                                 .version = "",
                                 .id = "",
                                 .organisation = "",
                                 .mail = "",
                                 .source = "",
                                 .url = "",
                                 .description = ""};
}

int abuse_report_add_domain(struct abuse_report *report, struct arena *arena, const char *text,
                            size_t size)
{
    if (size > TEXT_DOMAIN_MAX || report->domain_count == ABUSE_REPORT_DOMAINS_MAX)
        return 0;
    char *name = arena_copy_slice(arena, text, size);
    if (!name)
        return ERR_LIMIT;
    text_lower(name);
    if (!text_domain_valid(name) || !strchr(name, '.') || name[strspn(name, "0123456789.")] == '\0')
        return 0;
    for (size_t i = 0; i < report->domain_count; i++) {
        if (strcmp(report->domains[i], name) == 0)
            return 0;
    }
    const char **slot = arena_push(arena, &report->domains, &report->domain_count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    *slot = name;
    return 0;
}

int abuse_report_add_host(struct abuse_report *report, struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    if (!host || strcspn(url, "/?#") < (size_t)(host - url))
        return 0;
    host += 3;
    const char *user = strchr(host, '@');
    if (user && strcspn(host, "/?#") > (size_t)(user - host))
        host = user + 1;
    return abuse_report_add_domain(report, arena, host, strcspn(host, ":/?#"));
}
