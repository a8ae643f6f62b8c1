/* Whether the clock can be right, and deadlines may pass by it and reminders go out.
 *
 * Behind: the store remembers later moments. That is told (alarm `clock`) and holds nothing up,
 * since deadlines pass late then, never early.
 *
 * Ahead: deadlines would pass and parties be reminded at once. Both are held (alarm `held`) when
 * the clock jumped against the time that the system has counted, or when the reference servers of
 * several observations one after the other say that it is wrong (rule C3). They go on when the
 * clock is back where it was, when references observed since agree, or when a person answers for it
 * (`clock confirm`); then doubts of references count no more until they agree once. A
 * demonstration's clock is nobody's to hold. */
#include "app/core_parts.h"

#include "app/alarm.h"
#include "base/civil.h"
#include "base/json.h"
#include "base/log.h"
#include "check/check.h"
#include "store/case.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LOOK_EVERY_US = 60 * 1000000,
    TOLERANCE_US = 60 * 1000000, /* as that of check rule C3: smaller corrections are usual */
    JUMP_US = 10 * 60 * 1000000, /* more than a time server corrects at once on a machine in care */
    DOUBTS_NEEDED = 3,           /* one reference server with a wrong date is not our clock */
};

/* --- behind --- */

static void tell_behind(struct core *core)
{
    char words[ERROR_DETAIL_MAX] = "", text[CIVIL_INSTANT_TEXT];
    int64_t last;
    int result = store_case_last(core->app->store, &last);
    if (result < 0) {
        log_error("clock: %s", store_words(core->app->store));
        return;
    }
    if (last > clock_wall(&core->app->clock) + TOLERANCE_US)
        snprintf(words, sizeof words,
                 "the system's clock is behind the store: a case has a step of %s; until then its "
                 "next ones are recorded at the moment of its last",
                 civil_format_instant(last, text));
    alarm_set(core->app, APP_ALARM_CLOCK, words);
}

/* --- ahead --- */

static int64_t real_minus_mono(const struct core *core)
{
    return clock_real(&core->app->clock) - clock_mono();
}

static void hold(struct core *core, const char *why)
{
    char words[ERROR_DETAIL_MAX];
    if (app_is_demo(core->app))
        return;
    core->clock_held = true;
    core->clock_doubts = 0;
    core->held_since_us = clock_mono();
    snprintf(words, sizeof words,
             "%s; no deadline passes and no reminder goes out until references agree with the "
             "clock or a person does "
             "('bailiwick clock confirm')",
             why);
    alarm_set(core->app, APP_ALARM_HELD, words);
}

static void release(struct core *core)
{
    core->clock_held = core->clock_jumped = false;
    core->clock_base_us = real_minus_mono(core);
    core->clock_doubts = 0;
    alarm_set(core->app, APP_ALARM_HELD, "");
}

/* A person's word is in the store, so that it holds only once it is committed. */
static bool is_confirmed(struct core *core)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *value = "";
    arena_init(&arena, 4096);
    return store_meta_get(core->app->store, APP_CLOCK_CONFIRMED, &arena, &value) >= 0 && value[0];
}

/* Against the time that the system has counted since the last look. */
static void look_for_jump(struct core *core)
{
    char why[120];
    int64_t by = real_minus_mono(core) - core->clock_base_us;
    if (by <= JUMP_US && by >= -JUMP_US) {
        core->clock_base_us += by; /* many small corrections are no jump */
        return;
    }
    snprintf(why, sizeof why, "the system's clock jumped by %" PRId64 " minutes",
             by / (60 * INT64_C(1000000)));
    hold(core, why);
    core->clock_jumped = core->clock_held;
    if (!core->clock_held)
        core->clock_base_us += by;
}

bool core_clock_holds(struct core *core)
{
    if (!core->clock_held) {
        look_for_jump(core);
        return core->clock_held;
    }
    int64_t by = real_minus_mono(core) - core->clock_base_us;
    if (core->clock_jumped && by <= JUMP_US && by >= -JUMP_US)
        release(core); /* it is back where it was */
    else if (is_confirmed(core)) {
        release(core);
        core->clock_answered_for = true;
        app_set_meta(core->app, APP_CLOCK_CONFIRMED, "");
    }
    return core->clock_held;
}

void core_clock_start(struct core *core)
{
    core->clock_held = alarm_stands(core->app, APP_ALARM_HELD);
    core->clock_base_us = real_minus_mono(core);
}

/* --- what references say --- */

enum opinion { OPINION_NONE, OPINION_AGREES, OPINION_DOUBTS };

/* By the results that depend on time: one that was decided was decided by a clock that references
 * confirmed; one that was withheld says why. */
static enum opinion opinion_of(const struct result_set *results)
{
    enum opinion opinion = OPINION_NONE;
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->results[i];
        const struct check_code *code = check_code_find(result->code, /* ret_check= */ NULL);
        json_t *values JSON_CLEANUP = NULL;
        if (!code || !code->depends_on_time)
            continue;
        if (result->sight != SIGHT_UNKNOWN)
            opinion = OPINION_AGREES;
        else if (json_parse(result->values, strlen(result->values), &values, NULL) >= 0 &&
                 json_is_string(json_object_get(values, "clock")) &&
                 strcmp(json_text(values, "clock"), CHECK_NO_REFERENCE_TIME) != 0)
            return OPINION_DOUBTS;
    }
    return opinion;
}

void core_clock_told(struct core *core, const struct result_set *results, int64_t begun_us)
{
    enum opinion opinion = opinion_of(results);
    if (opinion == OPINION_NONE)
        return;
    if (opinion == OPINION_AGREES) {
        core->clock_doubts = 0;
        core->clock_answered_for = false;
        if (core->clock_held && begun_us > core->held_since_us)
            release(core);
        return;
    }
    if (core->clock_held || core->clock_answered_for || ++core->clock_doubts < DOUBTS_NEEDED)
        return;
    hold(core, "the reference servers say that the system's clock is wrong");
}

/* --- from time to time --- */

void core_watch_clock(struct core *core)
{
    if (clock_mono() < core->next_clock_us)
        return;
    core->next_clock_us = clock_mono() + LOOK_EVERY_US;
    tell_behind(core);
    core_clock_holds(core);
}
