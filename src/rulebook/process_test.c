/* The process loader: the shipped processes load; one change at a time that weakens the frame is
 * refused, naming the rule of the frame (F1 to F9, rulebook/process.h). */
#include "rulebook/process.h"

#include "rulebook/yaml.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_faults(const struct yaml_faults *faults, struct buffer *out)
{
    buffer_init(out, 1 << 20);
    yaml_faults_print(faults, out);
}

static struct process *load(const char *directory)
{
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *process = NULL;
    yaml_faults_init(&faults);
    if (process_load(directory, NULL, &faults, &process) < 0) {
        struct buffer out;
        print_faults(&faults, &out);
        fail_msg("%s", buffer_text(&out));
    }
    return process;
}

static void shipped_processes_load(void **state)
{
    (void)state;
    struct process *icann = load(PROJECT_ROOT "/rulebook/icann");
    struct process *other = load(PROJECT_ROOT "/rulebook/cctld-example");
    assert_string_equal(icann->initial->id, "intake");
    assert_int_equal(process_rule_find(icann, "cure-registrar")->n, 21);
    assert_int_equal(process_rule_find(icann, "cure-registry")->n, 30);
    assert_int_equal(process_ground_find(icann, "raa-repeat")->repeat_of, REPEAT_OF_PARTY);
    assert_int_equal(process_ground_find(icann, "raa-repeat")->repeat_months, 12);
    assert_int_equal(process_ground_find(other, "fined-again")->repeat_of, REPEAT_OF_FAMILY);
    assert_int_equal(process_ground_find(other, "fined-again")->repeat_times, 4);
    assert_null(process_stage_find(other, "suspension"));
    assert_string_equal(zone_name(process_rule_find(other, "fine")->zone), "Pacific/Auckland");
    assert_false(digest_equal(&icann->digest, &other->digest));
    process_free(icann);
    process_free(other);
}

/* An adopted version is an archive in memory; its pinned zone is taken, not the system's. */
static int read_archive(const void *context, const char *path, struct buffer *out)
{
    char whole[500];
    (void)context;
    if (strcmp(path, "zones/Pacific/Auckland") == 0)
        return buffer_load_file(out, "/usr/share/zoneinfo/Pacific/Kiritimati");
    snprintf(whole, sizeof whole, PROJECT_ROOT "/rulebook/cctld-example/%s", path);
    return buffer_load_file(out, whole);
}

static void pinned_zones_come_from_the_source(void **state)
{
    (void)state;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *pinned = NULL, *plain = load(PROJECT_ROOT "/rulebook/cctld-example");
    const struct process_source source = {"version 1", read_archive, NULL};
    yaml_faults_init(&faults);
    assert_int_equal(process_load_from(&source, "/nowhere", &faults, &pinned), 0);
    assert_int_equal(zone_offset(process_rule_find(pinned, "fine")->zone, 0), -38400);
    assert_false(digest_equal(&pinned->digest, &plain->digest));
    process_free(pinned);
    process_free(plain);
}

static struct calendar *make_calendar(const char *name, const char *last_day)
{
    struct calendar *calendar = NULL;
    char text[300];
    int size = snprintf(text, sizeof text,
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
                        "X-BAILIWICK-UNTIL:%s\r\nEND:VCALENDAR\r\n",
                        last_day);
    assert_int_equal(calendar_parse(name, text, (size_t)size, &calendar, NULL), 0);
    return calendar;
}

/* Each rule counts by the newest; what counted before is still found by its digest. */
static void a_calendar_of_its_own_replaces_the_rulebooks(void **state)
{
    (void)state;
    struct process *process = load(PROJECT_ROOT "/rulebook/icann");
    const struct deadline_rule *rule = process_rule_find(process, "first");
    const struct calendar *shipped = rule->calendar;
    struct digest first = calendar_version(shipped), nobody = {{0}};
    struct calendar *newer = make_calendar("icann", "20300101");
    struct calendar *newest = make_calendar("icann", "20310101");
    struct calendar *other = make_calendar("elsewhere", "20310101");
    struct digest second = calendar_version(newer);
    assert_int_equal(process_take_calendar(process, newer), 1);
    assert_int_equal(process_take_calendar(process, newest), 1);
    assert_int_equal(process_take_calendar(process, other), 0);
    calendar_free(other);
    for (size_t i = 0; i < process->rule_count; i++)
        assert_ptr_equal(process->rules[i].calendar, newest);
    assert_ptr_equal(process->calendars[0], newest);
    assert_ptr_equal(process_calendar_of(process, rule, &first), shipped);
    assert_ptr_equal(process_calendar_of(process, rule, &second), newer);
    assert_ptr_equal(process_calendar_of(process, rule, &nobody), newest);
    process_free(process);
}

static void calendars_have_an_end(void **state)
{
    (void)state;
    struct process *process = load(PROJECT_ROOT "/rulebook/icann");
    struct calendar *calendar = NULL;
    for (int i = 0; i < PROCESS_VERSIONS_MAX; i++)
        assert_int_equal(process_take_calendar(process, make_calendar("icann", "20300101")), 1);
    calendar = make_calendar("icann", "20300101");
    assert_int_equal(process_take_calendar(process, calendar), ERR_LIMIT);
    calendar_free(calendar);
    process_free(process);
}

/* --- one change at a time --- */

struct change {
    const char *find, *put; /* first occurrence in the file of the ccTLD */
    const char *says;
};

static char directory[] = "/tmp/bailiwick-process-XXXXXX";

static void write_file(const char *name, const void *data, size_t size)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

static void read_shipped(const char *name, struct buffer *out)
{
    char path[500];
    snprintf(path, sizeof path, PROJECT_ROOT "/rulebook/cctld-example/%s", name);
    buffer_init(out, 1 << 20);
    assert_true(buffer_load_file(out, path) >= 0);
}

static void check_change(const struct change *change)
{
    BUFFER_CLEANUP struct buffer original, changed, words;
    YAML_FAULTS_CLEANUP struct yaml_faults faults;
    struct process *process = NULL;
    read_shipped("process.yaml", &original);
    buffer_init(&changed, 1 << 20);
    buffer_init(&words, 1 << 20);
    yaml_faults_init(&faults);
    const char *text = buffer_text(&original), *at = strstr(text, change->find);
    if (!at)
        fail_msg("'%s' is not in the file", change->find);
    buffer_append(&changed, text, (size_t)(at - text));
    buffer_append_text(&changed, change->put);
    buffer_append_text(&changed, at + strlen(change->find));
    write_file("process.yaml", changed.data, changed.size);
    int result = process_load(directory, NULL, &faults, &process);
    yaml_faults_print(&faults, &words);
    if (result != ERR_SYNTAX || process || !strstr(buffer_text(&words), change->says))
        fail_msg("'%s': %d: %s", change->put, result, buffer_text(&words));
    assert_non_null(strstr(buffer_text(&words), "process.yaml:"));
}

static void run_changes(const struct change *changes, size_t count)
{
    BUFFER_CLEANUP struct buffer calendar;
    read_shipped("calendars/cctld-example.ics", &calendar);
    write_file("calendars/cctld-example.ics", calendar.data, calendar.size);
    for (size_t i = 0; i < count; i++)
        check_change(&changes[i]);
}

#define RUN(changes) run_changes(changes, sizeof(changes) / sizeof *(changes))

static void invariant_1_nothing_informal_is_published(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"from: warning1, effects: [set-deadline]",
         "from: warning1, effects: [set-deadline, publish stage]", "(F1)"},
        {"answered, from: working, effects: [notify]",
         "answered, from: working, effects: [update-publication]", "(F1)"},
        {"received, from: everywhere, effects: [notify]",
         "received, from: fine, effects: [publish stage]", "(F1)"},
    };
    RUN(changes);
}

static void invariant_3_a_level_rises_by_one_and_only_after_failing(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"opened, from: intake, to: warning1", "opened, from: intake, to: warning2", "(F2)"},
        {"level: 2, label", "level: 3, label", "rises by one"},
        {"answer-judged, from: warning1, when: answer != adequate and expired, to: warning2",
         "answer-judged, from: warning1, when: answer != adequate and not expired, to: warning2",
         "has not failed (F2)"},
        {"when: finding != met and answer != received and answer != adequate, to: warning2",
         "when: finding != met and answer != adequate, to: warning2", "has not failed (F2)"},
        {"{event: call, from: unfinished}", "{event: call, from: warning1, to: warning2}",
         "never moves a case"},
        {"{event: extended, from: warned,", "{event: extended, from: warning1, to: warning2,",
         "never moves a case"},
        {"{event: reopened, from: closed, to: intake",
         "{event: reopened, from: closed, to: warning2", "(F2)"},
        {"{event: breached, from: warning2,", "{event: breached, from: warning1,", "(F4)"},
        {"{event: breached, from: warning2,", "{event: breached, from: intake,", "(F4)"},
        {"when: ground == none and expired and finding != met and answer != received",
         "when: ground == none and finding != met and answer != received", "(F4)"},
        {"deregistration, approvals: {needed: 2}, effects: [send-letter stage]}\n\n",
         "deregistration, approvals: {needed: 1}, effects: [send-letter stage]}\n\n", "(F4)"},
        {"{event: breached, from: warning2,", "{event: suspended, from: warning2,", "(F4)"},
        {"{event: reopened, from: closed,",
         "{event: dispute-ended, from: deregistration, when: dispute != denied, "
         "to: deregistered}\n  - {event: reopened, from: closed,",
         "a dispute ends a case only when the notice has run"},
        {"{event: reopened, from: closed,",
         "{event: dispute-ended, from: fine, when: expired and dispute == upheld, "
         "to: settled}\n  - {event: reopened, from: closed,",
         "this event does not end a case here (F8)"},
    };
    RUN(changes);
}

static void invariant_4_no_deadline_passes_silently(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"{event: deadline-passed, from: fine, effects",
         "{event: deadline-passed, from: fine, when: expired and dispute == none, effects", "(F5)"},
        {"when: finding == met or answer == received or answer == adequate, effects",
         "when: finding == met or answer == received, effects", "(F5)"},
        {"from: warning2, effects: [set-deadline], clock: [warning2]",
         "from: warning2, clock: [warning2]", "(F5)"},
        {"from: warning2, effects: [set-deadline], clock: [warning2]",
         "from: warning2, effects: [set-deadline]", "(F5)"},
        {"{event: reopened, from: closed,",
         "{event: milestone-agreed, from: warning1}\n  - {event: reopened, from: closed,",
         "no 'milestone-missed' of warning1 covers every case"},
        {"{event: resent, from: working}",
         "{event: resent, from: working, effects: [set-deadline], clock: [fine]}",
         "effective service alone"},
    };
    RUN(changes);
}

static void invariant_6_a_cure_is_never_shorter_than_the_agreement(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"clause: Terms 9.2, n: 28, unit", "clause: Terms 9.2, n: 27, unit",
         "28 days of Terms 9.2 (F6)"},
        {"n: 28, unit: calendar-days,\n     end-of-day: zone, roll: forward", "n: 672, unit: hours",
         "(F6)"},
        {"party: [registrar, registry], days", "party: [registrar], days",
         "no cure time for a registry"},
        {"clock: [fine]", "clock: [warning1]", "(F6)"},
    };
    RUN(changes);
}

static void invariant_8_formal_steps_need_an_approval(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"to: fine, approvals: {needed: 1}, effects", "to: fine, effects", "(F7)"},
        {"to: withdrawn, approvals: {needed: 1},", "to: withdrawn,", "(F7)"},
        {"approvals: {needed: 1}", "approvals: {needed: 0}", "0 is not between 1 and 5"},
        {"rules-migrated, from: unfinished, second-person: true",
         "rules-migrated, from: unfinished",
         "another law for a running case needs a second person (F7)"},
    };
    RUN(changes);
}

static void order_never_matters_and_everything_is_reached(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"bounced, from: working, when: not expired,",
         "bounced, from: working, when: not expired or tolled,", "(F9)"},
        {"- {event: opened,", "- {event: linked, from: intake}\n  - {event: opened,", "(F9)"},
        {"when: answer == adequate,\n", "when: answer == adequate and answer == none,\n",
         "never holds"},
        {"  - {id: closed, kind: end",
         "  - {id: lost, kind: end, label: Lost}\n  - {id: closed, kind: end",
         "'lost' cannot be reached"},
        {"kind: intake, label", "kind: end, label", "(F8)"},
    };
    RUN(changes);
}

static void misspelt_and_dangling_words_are_refused(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {"language: en", "lanugage: en", "unknown key 'lanugage'"},
        {"event: opened", "event: opend", "unknown event 'opend'"},
        {"from: intake, to: warning1", "from: intaek, to: warning1",
         "unknown stage or group 'intaek'"},
        {"from: intake, to: warning1", "from: intake, to: warning9", "unknown stage 'warning9'"},
        {"[draft-letter stage]", "[draft-letter nobody]", "known letter"},
        {"[draft-letter stage]", "[draft-leter stage]", "unknown effect"},
        {"[notify]", "[notify stage]", "takes no argument"},
        {"clock: [warning1]", "clock: [warnin1]", "unknown rule"},
        {"clock: deregistration", "clock: dereg", "unknown rule"},
        {"of: family", "of: house", "is not one of: party, family"},
        {"of: family", "whose: family", "unknown key 'whose'"},
        {"when: not expired", "when: not expird", "'expird' is no fact"},
        {"when: not expired", "when: not", "guard, character 4"},
        {"unit: working-days, end-of-day: zone,\n     clarification", "unit: hours, clarification",
         "only days have reminders"},
        {"reminders: [2]", "reminders: [10]", "10 is not between 1 and 9"},
        {"clarification: restarts", "clarification: always", "always"},
        {"zone: Pacific/Auckland", "zone: Pacific/Aukland", "Pacific/Aukland"},
        {"calendar: cctld-example", "calendar: nowhere", "nowhere"},
        {"letters: [warning1,", "letters: [warning1, warning1,",
         "letter 'warning1' is listed twice"},
        {", letter: warning2}", "}", "stage 'warning2' has no letter"},
        {"n: 10, unit: working-days,", "n: 10, unit: working-days, roll: forward,",
         "only calendar days roll forward"},
        {"{id: deregistered, kind: end,", "{id: deregistered, kind: parallel, letter: paid,",
         "no edge leads out of stage 'deregistered' (F5)"},
        {"letter: warning1}", "letter: warning7}", "unknown letter 'warning7'"},
        {"id: warning2, kind: informal, level: 2", "id: warning1, kind: informal, level: 2",
         "defined twice"},
        {"kind: informal, level: 1", "kind: informal", "level"},
        {"kind: informal, level: 1", "kind: friendly, level: 1", "not one of"},
        {"n: 10, unit: working-days", "n: ten, unit: working-days", "'ten'"},
        {"initial: intake", "initial: begin", "unknown stage 'begin'"},
        {"family: resolved", "family: solved", "'solved'"},
        {"confirmed: true", "confirmed: yes", "'yes'"},
        {"edges:\n", "edges: none\nother:\n", ""},
    };
    RUN(changes);
}

static int setup(void **state)
{
    char path[500];
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/calendars", directory);
    return mkdir(path, 0700);
}

static int teardown(void **state)
{
    static const char *const names[] = {"process.yaml", "calendars/cctld-example.ics", "calendars",
                                        ""};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[500];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        remove(path);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_processes_load),
        cmocka_unit_test(pinned_zones_come_from_the_source),
        cmocka_unit_test(a_calendar_of_its_own_replaces_the_rulebooks),
        cmocka_unit_test(calendars_have_an_end),
        cmocka_unit_test(invariant_1_nothing_informal_is_published),
        cmocka_unit_test(invariant_3_a_level_rises_by_one_and_only_after_failing),
        cmocka_unit_test(invariant_4_no_deadline_passes_silently),
        cmocka_unit_test(invariant_6_a_cure_is_never_shorter_than_the_agreement),
        cmocka_unit_test(invariant_8_formal_steps_need_an_approval),
        cmocka_unit_test(order_never_matters_and_everything_is_reached),
        cmocka_unit_test(misspelt_and_dangling_words_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
