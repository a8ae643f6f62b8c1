#include "cases/deadline.h"

#include "base/civil.h"
#include "base/json.h"

#include <string.h>

static const char *const mark_texts[] = {
    [MARK_DAY_ZERO] = "day-zero", [MARK_COUNTED] = "counted", [MARK_WEEKEND] = "weekend",
    [MARK_HOLIDAY] = "holiday",   [MARK_ROLLED] = "rolled",
};

const char *deadline_mark_text(enum deadline_mark mark)
{
    return mark_texts[mark];
}

int64_t deadline_instant(const struct deadline_rule *rule, int32_t date)
{
    if (rule->end_of_day == END_OF_DAY_ANYWHERE) /* UTC-12: its midnight is noon in UTC */
        return (int64_t)(date + 1) * CIVIL_DAY_US + CIVIL_DAY_US / 2;
    return zone_day_start(rule->zone, date + 1);
}

struct walk {
    const struct deadline_rule *rule;
    const struct calendar *calendar;
    int32_t last_day; /* that may be asked about */
    deadline_trace *trace;
    void *context;
    int32_t day, count;
};

static void report(const struct walk *walk, enum deadline_mark mark, const char *name)
{
    struct deadline_step step = {walk->day, mark, walk->count, name ? name : ""};
    if (walk->trace)
        walk->trace(walk->context, &step);
}

/* Goes to the next day and says whether it counts. */
static int step_forward(struct walk *walk)
{
    const char *off = NULL;
    walk->day++;
    if (walk->rule->unit == UNIT_WORKING_DAYS) {
        if (walk->day > walk->last_day)
            return ERR_UNAVAILABLE;
        off = calendar_day_off(walk->calendar, walk->day);
    }
    if (off) {
        bool weekend = calendar_is_weekend(walk->calendar, walk->day);
        report(walk, weekend ? MARK_WEEKEND : MARK_HOLIDAY, off);
        return 0;
    }
    walk->count++;
    report(walk, MARK_COUNTED, NULL);
    return 0;
}

/* The count ended on a day that is not worked. */
static int roll(struct walk *walk)
{
    for (int i = 0; i < DEADLINE_DAYS_MAX; i++) {
        if (walk->day > walk->last_day)
            return ERR_UNAVAILABLE;
        const char *off = calendar_day_off(walk->calendar, walk->day);
        if (!off)
            return 0;
        walk->day++;
        report(walk, MARK_ROLLED, off);
    }
    return ERR_LIMIT;
}

static int count_days(struct walk *walk)
{
    report(walk, MARK_DAY_ZERO, NULL);
    for (int i = 0; walk->count < walk->rule->n; i++) {
        int result = i == DEADLINE_DAYS_MAX ? ERR_LIMIT : step_forward(walk);
        if (result < 0)
            return result;
    }
    return walk->rule->roll_forward ? roll(walk) : 0;
}

/* From `ret_deadline->service_at` by the calendar of the walk. */
static int compute(struct walk *walk, struct deadline *ret_deadline)
{
    const struct deadline_rule *rule = walk->rule;
    struct deadline deadline = {
        .rule = rule, .calendar = walk->calendar, .service_at = ret_deadline->service_at};
    walk->day = deadline.day_zero = zone_day_of(rule->zone, deadline.service_at);
    if (rule->unit == UNIT_HOURS) {
        if (rule->n > DEADLINE_HOURS_MAX)
            return ERR_LIMIT;
        deadline.instant = deadline.service_at + rule->n * INT64_C(3600000000);
        deadline.date = zone_day_of(rule->zone, deadline.instant);
        report(walk, MARK_DAY_ZERO, NULL);
        *ret_deadline = deadline;
        return 0;
    }
    int result = count_days(walk);
    if (result < 0)
        return result;
    deadline.date = walk->day;
    deadline.instant = deadline_instant(rule, walk->day);
    *ret_deadline = deadline;
    return 0;
}

int deadline_compute(const struct deadline_rule *rule, int64_t service_at, deadline_trace *trace,
                     void *context, struct deadline *ret_deadline)
{
    struct walk walk = {.rule = rule,
                        .calendar = rule->calendar,
                        .last_day = calendar_last_day(rule->calendar),
                        .trace = trace,
                        .context = context};
    struct deadline deadline = {.service_at = service_at};
    int result = compute(&walk, &deadline);
    if (result == 0)
        *ret_deadline = deadline;
    return result;
}

int deadline_refuse(const struct deadline_rule *rule, int failure, struct error_detail *detail)
{
    char date[CIVIL_DATE_TEXT];
    if (failure != ERR_UNAVAILABLE)
        return error_set(detail, failure, "deadline rule '%s': %s", rule->id, error_text(failure));
    return error_set(detail, failure,
                     "deadline rule '%s': the calendar '%s' ends on %s, before the due date",
                     rule->id, calendar_name(rule->calendar),
                     civil_format_date(calendar_last_day(rule->calendar), date));
}

int deadline_again(const struct deadline *deadline, deadline_trace *trace, void *context,
                   struct deadline *ret_again)
{
    struct walk walk = {.rule = deadline->rule,
                        .calendar = deadline->calendar,
                        .last_day = INT32_MAX,
                        .trace = trace,
                        .context = context};
    struct deadline again = {.service_at = deadline->service_at};
    int result = compute(&walk, &again);
    if (result == 0)
        *ret_again = again;
    return result;
}

/* --- JSON --- */

static void print_step(void *context, const struct deadline_step *step)
{
    struct json_out *out = context;
    json_out_object(out);
    json_out_member_date(out, "date", step->day);
    json_out_member_text(out, "mark", deadline_mark_text(step->mark));
    json_out_member_int(out, "count", step->count);
    if (step->name[0])
        json_out_member_text(out, "name", step->name);
    json_out_end(out);
}

static void print_version(struct json_out *out, const char *key, struct digest version)
{
    char text[DIGEST_HEX];
    json_out_member_text(out, key, digest_format(&version, text));
}

int deadline_print_json(const struct deadline *deadline, struct buffer *buffer)
{
    struct json_out out;
    struct deadline again;
    const struct deadline_rule *rule = deadline->rule;
    json_out_init(&out, buffer, /* indent= */ false);
    json_out_object(&out);
    json_out_member_text(&out, "rule", rule->id);
    json_out_member_instant(&out, "service_at", deadline->service_at);
    json_out_member_date(&out, "date", deadline->date);
    json_out_member_instant(&out, "instant", deadline->instant);
    json_out_member_text(&out, "zone", zone_name(rule->zone));
    print_version(&out, "zone_version", zone_version(rule->zone));
    if (zone_release(rule->zone)[0])
        json_out_member_text(&out, "tzdata", zone_release(rule->zone));
    json_out_member_text(&out, "calendar", calendar_name(deadline->calendar));
    print_version(&out, "calendar_version", calendar_version(deadline->calendar));
    json_out_key(&out, "trace");
    json_out_array(&out);
    deadline_again(deadline, print_step, &out, &again);
    json_out_end(&out);
    json_out_end(&out);
    return buffer_error(buffer);
}
