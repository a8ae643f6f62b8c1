/* Lists of a process that are too long: each says its limit and its line. */
#include "rulebook/process.h"

#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

#define SHIPPED PROJECT_ROOT "/rulebook/cctld-example/"

/* Puts `count` times before, its number, middle, its number, after; between head and tail, which
 * take the place of `find` in the process of the ccTLD. */
struct flood {
    const char *find, *head, *before, *middle, *after, *tail;
    int count;
    const char *says;
};

#define RULE(places) ", label: l, n: 1, unit: calendar-days, end-of-day: zone, " places
#define ROLES_HEAD "approvals: {needed: 1, roles: ["

static const struct flood floods[] = {
    {"rules:\n", "rules:\n", "  - {id: r", RULE("zone: Z/"), ", confirmed: true}\n", "", 33,
     "more than 32 time zones"},
    {"rules:\n", "rules:\n", "  - {id: r", RULE("calendar: c"), ", confirmed: true}\n", "", 33,
     "more than 32 calendars"},
    {"rules:\n", "rules:\n", "  - {id: r", ", label: l, n: 1, unit: hours, clause: c",
     ", confirmed: true}\n", "", 201, "'rules' has more than 200 entries"},
    {"reminders: [2]", "reminders: [", "2, # ", " ", "\n     ", "2]", 4, "more than 4 reminders"},
    {"edges:\n", "edges:\n", "  - {event: linked, from: everywhere} # ", " ", "\n", "", 250,
     "more than 2000 edges"},
    {"[draft-letter stage]", "[", "draft-letter stage, # ", " ", "\n     ", "notify]", 8,
     "more than 8 effects"},
    {"clock: [warning1]", "clock: [", "warning1, # ", " ", "\n     ", "warning1]", 8,
     "more than 8 clocks"},
    {"approvals: {needed: 1}", ROLES_HEAD, "r", ", s", ", ", "last]}", 4, "more than 8 roles"},
};

static void write_process(const struct flood *flood, struct buffer *out)
{
    BUFFER_CLEANUP struct buffer shipped;
    buffer_init(&shipped, 1 << 20);
    assert_true(buffer_load_file(&shipped, SHIPPED "process.yaml") >= 0);
    const char *text = buffer_text(&shipped), *at = strstr(text, flood->find);
    assert_non_null(at);
    buffer_append(out, text, (size_t)(at - text));
    buffer_append_text(out, flood->head);
    for (int i = 0; i < flood->count; i++)
        buffer_printf(out, "%s%d%s%d%s", flood->before, i, flood->middle, i, flood->after);
    buffer_printf(out, "%s%s", flood->tail, at + strlen(flood->find));
}

/* Every calendar is the shipped one, every zone is there. */
static int read_source(const void *context, const char *path, struct buffer *out)
{
    if (strcmp(path, "process.yaml") == 0) {
        write_process(context, out);
        return buffer_error(out);
    }
    return buffer_load_file(out, strncmp(path, "zones/", 6) == 0
                                     ? "/usr/share/zoneinfo/Pacific/Auckland"
                                     : SHIPPED "calendars/cctld-example.ics");
}

static void one_too_many_is_refused_with_the_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        YAML_FAULTS_CLEANUP struct yaml_faults faults;
        BUFFER_CLEANUP struct buffer words;
        const struct process_source source = {"flooded", read_source, &floods[i]};
        struct process *process = NULL;
        yaml_faults_init(&faults);
        buffer_init(&words, 1 << 20);
        int result = process_load_from(&source, "/nowhere", &faults, &process);
        yaml_faults_print(&faults, &words);
        if (result != ERR_SYNTAX || !strstr(buffer_text(&words), floods[i].says))
            fail_msg("%s: %d: %s", floods[i].says, result, buffer_text(&words));
        assert_non_null(strstr(buffer_text(&words), "process.yaml:"));
        assert_null(process);
    }
}

TEST_MAIN(cmocka_unit_test(one_too_many_is_refused_with_the_limit))
