#include "app/monitor/check_many.h"

/* How far a slow target may fall behind before the others wait for it. */
enum { AHEAD = 64 };

enum slot_state { SLOT_FREE, SLOT_UNDER_WAY, SLOT_LOST, SLOT_ENDED };

struct slot {
    struct check_report report; /* first: check_end() gives its address back */
    enum slot_state state;
    size_t index;
    bool again;
};

struct line {
    struct check_session *session;
    const char *const *targets;
    size_t count;
    size_t begun, told; /* of the targets, from the first */
    size_t under_way;
    bool alone;               /* the one under way must stay the only one */
    struct slot slots[AHEAD]; /* of targets told .. begun, by index modulo AHEAD */
};

static void begin(struct line *line, struct slot *slot)
{
    struct check_report *report = &slot->report;
    *report = (struct check_report){0};
    report->result =
        check_begin(line->session, line->targets[slot->index], report, &report->detail);
    slot->state = report->result < 0 ? SLOT_ENDED : SLOT_UNDER_WAY;
    line->under_way += report->result >= 0;
}

static struct slot *find_lost(struct line *line)
{
    for (size_t i = line->told; i < line->begun; i++) {
        if (line->slots[i % AHEAD].state == SLOT_LOST)
            return &line->slots[i % AHEAD];
    }
    return NULL;
}

static void begin_some(struct line *line)
{
    while (!line->alone && line->under_way < check_at_once(line->session)) {
        struct slot *slot = find_lost(line);
        if (slot && line->under_way > 0)
            return;
        if (slot) {
            slot->again = line->alone = true;
        } else if (line->begun < line->count && line->begun < line->told + AHEAD) {
            slot = &line->slots[line->begun % AHEAD];
            *slot = (struct slot){.index = line->begun++};
        } else {
            return;
        }
        begin(line, slot);
    }
}

static void end_one(struct line *line)
{
    struct slot *slot = (struct slot *)check_end(line->session);
    if (!slot)
        return;
    slot->state = slot->report.lost && !slot->again ? SLOT_LOST : SLOT_ENDED;
    line->under_way--;
    line->alone = false;
}

void check_many(struct check_session *session, const char *const *targets, size_t count,
                check_take *take, void *user)
{
    struct line line = {.session = session, .targets = targets, .count = count};
    while (line.told < count) {
        begin_some(&line);
        if (line.under_way)
            end_one(&line);
        for (; line.told < line.begun; line.told++) {
            struct slot *slot = &line.slots[line.told % AHEAD];
            if (slot->state != SLOT_ENDED)
                break;
            take(user, slot->index, &slot->report);
            buffer_done(&slot->report.text);
        }
    }
}
