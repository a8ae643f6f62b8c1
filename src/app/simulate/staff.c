#include "app/simulate/parts.h"

#include "app/absence.h"
#include "base/civil.h"

#include <stdio.h>
#include <string.h>

void staff_name(enum staff_part part, int64_t index, char *text, size_t size)
{
    snprintf(text, size, "%s-%02d", part == STAFF_ANALYST ? "analyst" : "approver", (int)index + 1);
}

static int64_t how_many(const struct simulation *sim, enum staff_part part)
{
    return part == STAFF_ANALYST ? sim->population.analysts : sim->population.approvers;
}

static unsigned role_of(enum staff_part part)
{
    return part == STAFF_ANALYST ? ROLE_ANALYST : ROLE_APPROVER;
}

/* --- who is away --- */

/* Weeks begin on Monday. */
static int32_t week_of(int32_t day)
{
    return (day + 3) / 7;
}

/* People are away for whole weeks. */
static bool goes_away(const struct simulation *sim, enum staff_part part, int64_t index)
{
    const struct draw draw = {DRAW_ABSENT, (uint64_t)part << 32 | (uint64_t)index,
                              (uint64_t)week_of(sim->day)};
    return draw_share((uint64_t)sim->options->seed, draw, sim->population.absent);
}

static bool is_here(const struct simulation *sim, enum staff_part part, int64_t index)
{
    return !sim->away[part][index];
}

/* The next one of the same part who stays; false when all of them go. */
static bool find_deputy(const struct simulation *sim, enum staff_part part, int64_t index,
                        char deputy[ACTOR_NAME_MAX])
{
    int64_t count = how_many(sim, part);
    for (int64_t i = 1; i < count; i++) {
        int64_t other = (index + i) % count;
        if (goes_away(sim, part, other))
            continue;
        staff_name(part, other, deputy, ACTOR_NAME_MAX);
        return true;
    }
    return false;
}

static int say(struct simulation *sim, enum staff_part part, const struct actor *actor,
               const char *deputy, struct error_detail *detail)
{
    char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT];
    struct actor speaker = *actor;
    speaker.roles = role_of(part);
    return staff_command(sim, &speaker, "user.absent",
                         json_pack("{s:s, s:s, s:s, s:s}", "id", actor->id, "from",
                                   civil_format_date(sim->day, from), "until",
                                   civil_format_date((week_of(sim->day) + 1) * 7 - 3, until),
                                   "deputy", deputy),
                         /* ret_result= */ NULL, detail);
}

/* Whether the program says that this person is away; one who goes and has not said so says it.
 * Somebody for whom nobody could stand in stays. */
static int ask_one(struct simulation *sim, enum staff_part part, int64_t index,
                   struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_absence absence;
    struct actor actor = {.id = ""};
    char deputy[ACTOR_NAME_MAX];
    arena_init(&arena, 1 << 16);
    staff_name(part, index, actor.id, sizeof actor.id);
    int result = absence_find(&sim->app, actor.id, &arena, &absence, detail);
    if (result == 0 && goes_away(sim, part, index) && find_deputy(sim, part, index, deputy)) {
        result = say(sim, part, &actor, deputy, detail);
        if (result >= 0)
            result = absence_find(&sim->app, actor.id, &arena, &absence, detail);
    }
    sim->away[part][index] = result > 0;
    return result;
}

int staff_tell_absences(struct simulation *sim, struct error_detail *detail)
{
    int result = 0;
    if (sim->week == week_of(sim->day))
        return 0;
    for (enum staff_part part = 0; part < STAFF_PARTS; part++) {
        for (int64_t i = 0; result >= 0 && i < how_many(sim, part); i++)
            result = ask_one(sim, part, i, detail);
    }
    sim->week = week_of(sim->day);
    return result < 0 ? result : 0;
}

/* --- who does it --- */

size_t staff_present(const struct simulation *sim, enum staff_part part)
{
    size_t count = 0;
    for (int64_t i = 0; i < how_many(sim, part); i++)
        count += is_here(sim, part, i);
    return count;
}

static bool stands_on(const struct case_actors *list, const char *name)
{
    for (size_t i = 0; list && i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

void staff_on_duty(const struct simulation *sim, enum staff_part part, struct actor *ret_actor)
{
    int64_t index = 0;
    while (index + 1 < how_many(sim, part) && !is_here(sim, part, index))
        index++;
    *ret_actor = (struct actor){.roles = role_of(part)};
    staff_name(part, index, ret_actor->id, sizeof ret_actor->id);
}

bool staff_pick(const struct simulation *sim, enum staff_part part, uint64_t key,
                const struct case_actors *not_these, struct actor *ret_actor)
{
    int64_t count = how_many(sim, part);
    for (int64_t i = 0; i < count; i++) {
        struct actor actor = {.roles = role_of(part)};
        int64_t index = (int64_t)((key + (uint64_t)i) % (uint64_t)count);
        staff_name(part, index, actor.id, sizeof actor.id);
        if (!is_here(sim, part, index) || stands_on(not_these, actor.id))
            continue;
        *ret_actor = actor;
        return true;
    }
    return false;
}

int staff_command(struct simulation *sim, const struct actor *actor, const char *name,
                  json_t *arguments, json_t **ret_result, struct error_detail *detail)
{
    json_t *owned JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    if (!arguments)
        return ERR_NO_MEMORY;
    const struct command_request request = {name, *actor, owned, /* file= */ NULL};
    int failure = command_run(&sim->app, &request, &result, detail);
    if (failure < 0)
        return error_context(detail, failure, "%s by %s", name, actor->id);
    if (ret_result)
        *ret_result = json_incref(result);
    return 0;
}
