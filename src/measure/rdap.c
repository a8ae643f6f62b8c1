/* RDAP (RFC 9082): the help question and one domain, both below the base URL. */
#include "base/text.h"
#include "measure/round.h"

void rdap_start(struct round *round)
{
    const struct survey_plan *plan = round->plan;
    struct fetch_item items[2];
    size_t count = 0;
    if (!plan->rdap_url)
        return;
    const char *slash = text_ends_with(plan->rdap_url, "/") ? "" : "/";
    const char *help = arena_printf(round->arena, "%s%shelp", plan->rdap_url, slash);
    items[count++] = (struct fetch_item){PURPOSE_RDAP_HELP, help};
    const char *domain = help;
    if (plan->rdap_domain) {
        domain =
            arena_printf(round->arena, "%s%sdomain/%s", plan->rdap_url, slash, plan->rdap_domain);
        items[count++] = (struct fetch_item){PURPOSE_RDAP_DOMAIN, domain};
    }
    if (!help || !domain) {
        round->no_memory = true;
        return;
    }
    fetch_start(round, items, count, /* accept= */ "application/rdap+json");
}
