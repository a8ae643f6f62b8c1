#include "app/simulate/parts.h"

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

/* People are away for whole weeks, from Monday on. */
static bool is_here(const struct simulation *sim, enum staff_part part, int64_t index)
{
    const struct draw draw = {DRAW_ABSENT, (uint64_t)part << 32 | (uint64_t)index,
                              (uint64_t)((sim->day + 3) / 7)};
    return !draw_share((uint64_t)sim->options->seed, draw, sim->population.absent);
}

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

bool staff_pick(const struct simulation *sim, enum staff_part part, uint64_t key,
                const struct case_actors *not_these, struct actor *ret_actor)
{
    int64_t count = how_many(sim, part);
    for (int64_t i = 0; i < count; i++) {
        struct actor actor = {.roles = part == STAFF_ANALYST ? ROLE_ANALYST : ROLE_APPROVER};
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
    const struct command_request request = {name, *actor, owned};
    int failure = command_run(&sim->app, &request, &result, detail);
    if (failure < 0)
        return error_context(detail, failure, "%s by %s", name, actor->id);
    if (ret_result)
        *ret_result = json_incref(result);
    return 0;
}
