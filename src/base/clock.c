#include "base/clock.h"

#include "base/error.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void clock_init(struct clock *clock)
{
    *clock = (struct clock){0};
}

void clock_init_frozen(struct clock *clock, int64_t at)
{
    *clock = (struct clock){.frozen_at = at};
}

int64_t clock_real(const struct clock *clock)
{
    return clock->frozen_at ? clock->frozen_at : read_clock(CLOCK_REALTIME);
}

int64_t clock_wall(const struct clock *clock)
{
    return clock_real(clock) + clock->displacement_us;
}

int64_t clock_mono(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int clock_jump(struct clock *clock, int64_t to)
{
    int64_t by = to - clock_wall(clock);
    if (by < 0)
        return ERR_REFUSED;
    clock->displacement_us += by;
    return 0;
}

bool clock_is_displaced(const struct clock *clock)
{
    return clock->displacement_us != 0;
}
