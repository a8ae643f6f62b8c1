#include "app/casework/repetition.h"

#include "app/casework/family.h"
#include "app/law.h"
#include "base/civil.h"
#include "rulebook/process.h"
#include "store/past_notice.h"

#include <string.h>

/* Whose notices, and of which days: from <= day < until. */
struct look_back {
    struct app *app;
    struct arena *arena;
    const char *party;
    int32_t from, until;
    uint32_t count;
};

static int count_case(struct look_back *back, const char *id, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_explanation *rows;
    uint32_t found = 0;
    int result = casefile_open(back->app, id, &file, detail);
    if (result >= 0)
        result = casefile_explain(&file, &file.arena, &rows, detail);
    for (size_t i = 0; result >= 0 && i < file.event_count; i++) {
        const struct case_event *event = rows[i].event;
        int32_t day = civil_day_of(event->at);
        if (event->type == CASE_RESCINDED)
            found = 0;
        found += event->type == CASE_NOTICE_SENT && rows[i].from->kind == STAGE_BREACH &&
                 back->from <= day && day < back->until;
    }
    back->count += found;
    return result;
}

/* Those of before this house was: two people imported them. */
static int count_imported(struct look_back *back, struct error_detail *detail)
{
    const struct store_past_query query = {back->party, back->from, back->until};
    struct store_past_notice *past;
    size_t size;
    int result = store_past_notice_list(back->app->store, &query, back->arena, &past, &size);
    if (result < 0)
        return app_store_failed(back->app, result, detail, "past notices");
    for (size_t i = 0; i < size; i++)
        back->count += strcmp(past[i].kind, stage_kind_text(STAGE_BREACH)) == 0;
    return 0;
}

static int count_party(struct look_back *back, struct error_detail *detail)
{
    struct store_case_query query = {.party = back->party};
    struct store_case *page;
    size_t count;
    int result = count_imported(back, detail);
    if (result < 0)
        return result;
    do {
        result = store_case_list(back->app->store, &query, back->arena, &page, &count);
        if (result < 0)
            return app_store_failed(back->app, result, detail, "cases of a party");
        for (size_t i = 0; i < count; i++) {
            if (!page[i].published)
                continue;
            result = count_case(back, page[i].id, detail);
            if (result < 0)
                return result;
        }
        query.after = count ? page[count - 1].id : query.after;
    } while (count == STORE_PAGE_MAX);
    return 0;
}

/* The others of the family that the party belongs to now, on the days on which both did. */
static int count_family(struct look_back *back, struct error_detail *detail)
{
    struct store_family_member member, *others;
    size_t count = 0;
    int result =
        family_find(back->app, back->party, law_today(back->app), back->arena, &member, detail);
    if (result > 0)
        result = family_list_others(back->app, &member, back->arena, &others, &count, detail);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        struct look_back other = *back;
        other.party = others[i].party;
        other.count = 0;
        if (other.from < others[i].from)
            other.from = others[i].from;
        if (other.until > others[i].until)
            other.until = others[i].until;
        if (other.from < other.until)
            result = count_party(&other, detail);
        back->count += other.count;
    }
    return result < 0 ? result : 0;
}

int repetition_count(struct casefile *file, const struct ground *ground, uint32_t *ret_count,
                     struct error_detail *detail)
{
    int32_t today = civil_day_of(clock_wall(&file->app->clock));
    struct look_back back = {.app = file->app,
                             .arena = &file->arena,
                             .party = file->record.party,
                             .from = civil_add_months(today, -(int)ground->repeat_months),
                             .until = today + 1};
    int result = count_party(&back, detail);
    if (result >= 0 && ground->repeat_of == REPEAT_OF_FAMILY)
        result = count_family(&back, detail);
    if (result >= 0)
        *ret_count = back.count;
    return result < 0 ? result : 0;
}

int repetition_stands(struct casefile *file, enum party_kind kind, bool *ret_stands,
                      struct error_detail *detail)
{
    const struct process *process = file->state.process;
    bool stands = false;
    for (size_t i = 0; i < process->ground_count && !stands; i++) {
        const struct ground *ground = &process->grounds[i];
        uint32_t count;
        if (!ground->repeat_times || !ground->for_party[kind])
            continue;
        int result = repetition_count(file, ground, &count, detail);
        if (result < 0)
            return result;
        stands = count >= ground->repeat_times;
    }
    *ret_stands = stands;
    return 0;
}
