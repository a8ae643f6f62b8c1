#include "app/casework/term.h"

#include "app/law.h"
#include "base/civil.h"
#include "store/party.h"

#include <string.h>

static bool is_of_the_case(const struct casefile *file, const struct agreement *agreement,
                           int32_t today)
{
    bool about =
        agreement->subject[0] == '\0' || strcmp(agreement->subject, file->record.subject) == 0;
    return about && agreement->from <= today && today < agreement->until;
}

int term_check(const struct casefile *file, int32_t last_day, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct agreement *agreements;
    const struct agreement *other = NULL;
    size_t count;
    char ends[CIVIL_DATE_TEXT], said[CIVIL_DATE_TEXT];
    arena_init(&arena, 1 << 20);
    int result =
        store_agreement_list(file->app->store, file->record.party, &arena, &agreements, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "agreements of a party");
    for (size_t i = 0; i < count; i++) {
        const struct agreement *agreement = &agreements[i];
        if (!is_of_the_case(file, agreement, law_today(file->app)))
            continue;
        if (agreement->until == CIVIL_FAR_FUTURE || agreement->until == last_day + 1)
            return 0;
        other = agreement;
    }
    return !other ? 0
                  : error_set(detail, ERR_REFUSED,
                              "the agreement '%s' of %s has its last day on %s, not on %s",
                              other->family, file->record.party,
                              civil_format_date(other->until - 1, ends),
                              civil_format_date(last_day, said));
}
