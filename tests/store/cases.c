/* Conformance: cases, events, links, deadlines, letters, attempts, approvals, mail. */
#include "conformance.h"
#include "scene.h"
#include "store/letter.h"

#include <stdio.h>
#include <string.h>

/* Invariant 9: one open case for each party, obligation and subject. */
static void a_second_open_case_of_the_same_matter_is_refused(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_case found, *list;
    size_t count;
    const struct store_case_key key = {"registry-example", "ra.spec10.dns-service-availability",
                                       "example"};
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    scene_case(scene, "C-3", "other");
    assert_done(store, store_case_find_open(store, &key, &scene->arena, &found));
    assert_string_equal(found.id, "C-1");
    assert_int_equal(found.origin, ORIGIN_MONITORING);
    assert_int_equal(found.source, SOURCE_MEASUREMENT);
    assert_int_equal(found.stage_kind, STAGE_INFORMAL);
    struct store_case second = found;
    second.id = "C-2";
    assert_int_equal(store_case_put(store, &second), ERR_CONFLICT);
    assert_int_equal(store_case_add(store, &second), ERR_CONFLICT);
    found.closed_at = SCENE_AT(7);
    found.closure = "resolved";
    assert_done(store, store_case_put(store, &found));
    assert_int_equal(store_case_add(store, &found), ERR_CONFLICT);
    assert_done(store, store_case_add(store, &second));
    assert_done(store, store_case_find_closed(store, &key, &scene->arena, &found));
    assert_string_equal(found.id, "C-1");
    assert_int_equal(store_case_put(store, &(struct store_case){.id = "C-1"}), 0);
    assert_done(store, store_rollback(store));
    assert_int_equal(store_case_find(store, "C-1", &scene->arena, &found), ERR_NOT_FOUND);

    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    scene_case(scene, "C-3", "other");
    assert_done(store, store_commit(store));
    const struct store_case_query query = {.subject = "other", .open_only = true};
    assert_done(store, store_case_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    const struct store_case_query all = {.after = "C-1", .stage = "inquiry-1"};
    assert_done(store, store_case_list(store, &all, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, "C-3");
}

static void put_case(struct scene *scene, const char *id, const char *subject, int64_t due_at,
                     const char *handler)
{
    const struct store_case record = {.id = id,
                                      .party = "registry-1",
                                      .obligation = "o",
                                      .subject = subject,
                                      .process = "p",
                                      .stage = "inquiry-1",
                                      .stage_kind = STAGE_INFORMAL,
                                      .handler = handler,
                                      .seq = 1,
                                      .due_at = due_at,
                                      .rules = "q",
                                      .awaits = AWAITS_MOVE,
                                      .about = "inquiry-2",
                                      .clock_rule = "first",
                                      .clock_date = 7,
                                      .clock_at = due_at};
    assert_done(scene->store, store_case_put(scene->store, &record));
}

static int64_t count_open(struct scene *scene, enum stage_kind kind)
{
    int64_t counts[STAGE_KIND_COUNT];
    assert_done(scene->store, store_case_count_open(scene->store, counts));
    return counts[kind];
}

/* What is due first comes first, what has no moment last, what is closed not at all; and the
 * numbers of open cases follow each change, also one that is taken back. */
static void open_cases_are_listed_by_their_moment_and_counted(void **state)
{
    static const char *const order[] = {"C-2", "C-4", "C-1", "C-3"};
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_case *list, before, after;
    size_t count;
    assert_done(store, store_begin(store));
    put_case(scene, "C-1", "a", 0, "anna");
    put_case(scene, "C-2", "b", 10, "bert");
    put_case(scene, "C-3", "c", 0, "anna");
    put_case(scene, "C-4", "d", 10, "");
    put_case(scene, "C-5", "e", 5, "anna");
    assert_done(store, store_case_find(store, "C-5", &scene->arena, &before));
    after = before;
    after.stage = "closed";
    after.stage_kind = STAGE_END;
    after.closed_at = 7;
    assert_done(store, store_mark(store));
    assert_done(store, store_case_update(store, &before, &after));
    assert_int_equal(count_open(scene, STAGE_INFORMAL), 4);
    assert_done(store, store_undo(store));
    assert_int_equal(count_open(scene, STAGE_INFORMAL), 5);
    assert_done(store, store_case_update(store, &before, &after));
    assert_int_equal(count_open(scene, STAGE_INFORMAL), 4);
    assert_int_equal(count_open(scene, STAGE_END), 0);
    int64_t all;
    assert_done(store, store_case_count(store, &all));
    assert_int_equal(all, 5);
    assert_done(store, store_case_list_due(store, /* limit= */ 0, &scene->arena, &list, &count));
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list[i].id, order[i]);
    assert_string_equal(list[0].party, "registry-1");
    assert_string_equal(list[0].obligation, "o");
    assert_string_equal(list[0].subject, "b");
    assert_string_equal(list[0].handler, "bert");
    assert_string_equal(list[0].stage, "inquiry-1");
    assert_int_equal(list[0].stage_kind, STAGE_INFORMAL);
    assert_int_equal(list[0].due_at, 10);
    assert_string_equal(list[0].rules, "q");
    assert_int_equal(list[0].awaits, AWAITS_MOVE);
    assert_string_equal(list[0].about, "inquiry-2");
    assert_string_equal(list[0].clock_rule, "first");
    assert_int_equal(list[0].clock_date, 7);
    assert_int_equal(list[0].clock_at, 10);
    const struct store_case_query told = {.party = "registry-1", .told_only = true};
    assert_done(store, store_case_list(store, &told, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
    struct store_case hidden, shown;
    assert_done(store, store_case_find(store, "C-2", &scene->arena, &hidden));
    shown = hidden;
    shown.told_at = 8;
    assert_done(store, store_case_update(store, &hidden, &shown));
    assert_done(store, store_case_list(store, &told, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, "C-2");
    assert_int_equal(list[0].told_at, 8);
    const struct store_case_query of_anna = {.handler = "anna"};
    assert_done(store, store_case_list(store, &of_anna, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[1].id, "C-3");
    struct store_case_query of_party = {.party = "registry-1", .open_only = true, .after = "C-1"};
    struct store_case *open;
    assert_done(store, store_case_list(store, &of_party, &scene->arena, &open, &count));
    assert_int_equal(count, 3); /* not the closed one */
    of_party.open_only = false;
    of_party.handler = "anna"; /* who has open cases only */
    assert_done(store, store_case_list(store, &of_party, &scene->arena, &open, &count));
    assert_int_equal(count, 1);
    assert_string_equal(open[0].id, "C-3");
    assert_done(store, store_case_update(store, &after, &before)); /* taken up again */
    assert_int_equal(count_open(scene, STAGE_INFORMAL), 5);
    before = list[0];
    after = before;
    after.seq = 2;
    after.updated_at = 9;
    assert_done(store, store_case_update(store, &before, &after));
    assert_done(store, store_case_find(store, "C-1", &scene->arena, &before));
    assert_int_equal(before.seq, 2);
    assert_int_equal(before.updated_at, 9);
    after.id = "C-9";
    assert_int_equal(store_case_update(store, &before, &after), ERR_NOT_FOUND);
}

static void events_are_numbered_without_gaps(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_event *events;
    size_t count;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    assert_done(store, scene_event(scene, "C-1", 1));
    assert_done(store, scene_event(scene, "C-1", 2));
    assert_int_equal(scene_event(scene, "C-1", 2), ERR_CONFLICT);
    assert_int_equal(scene_event(scene, "C-1", 4), ERR_REFUSED);
    assert_int_equal(scene_event(scene, "C-9", 1), ERR_CONFLICT);
    assert_done(store, store_commit(store));
    assert_done(store, store_event_list(store, "C-1", 0, 0, &scene->arena, &events, &count));
    assert_int_equal(count, 2);
    assert_int_equal(events[1].event.seq, 2);
    assert_int_equal(events[1].event.type, CASE_RECEIVED);
    assert_string_equal(events[1].event.evidence[0], "m-1");
    assert_string_equal(events[1].event.data, "{\"note\":\"\xc3\xa9\"}");
    assert_done(store, store_event_list(store, "C-1", 1, 0, &scene->arena, &events, &count));
    assert_int_equal(count, 1);
    /* R4: an event without its opening is not taken. */
    const struct case_event bare = {.case_id = "C-1", .seq = 3, .type = CASE_CALL, .data = "{}"};
    struct digest unknown = digest_of("nothing", 7);
    assert_done(store, store_begin(store));
    assert_int_equal(store_event_append(store, &bare, &unknown), ERR_CONFLICT);
    /* Nor one with the opening of another event. */
    assert_int_equal(store_event_append(store, &bare, &events[0].entry), ERR_CONFLICT);
}

/* Those that hold, of one kind. */
static void links_come_in_pages(struct scene *scene)
{
    static const char *const rows[][2] = {{"complaint", "k-1"}, {"complaint", "k-2"}};
    struct store_link_page page = {"C-2", "complaint", "", 1};
    int64_t unknown;
    struct store_link *links;
    size_t count;
    assert_done(scene->store, store_begin(scene->store));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_link link = {"C-2", rows[i][0], rows[i][1], SCENE_AT(1), "ann", 0, ""};
        assert_done(scene->store, store_link_put(scene->store, &link));
    }
    assert_done(scene->store, store_commit(scene->store));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_done(scene->store,
                    store_link_list_page(scene->store, &page, &scene->arena, &links, &count));
        assert_int_equal(count, 1);
        assert_string_equal(links[0].object, rows[i][1]);
        page.after = links[0].object;
    }
    assert_done(scene->store,
                store_link_list_page(scene->store, &page, &scene->arena, &links, &count));
    assert_int_equal(count, 0);
    assert_done(scene->store, store_link_count_unknown(scene->store, "C-2", &unknown));
    assert_int_equal(unknown, 2); /* no complaint is in the store */
    assert_done(scene->store, store_link_count_unknown(scene->store, "C-1", &unknown));
    assert_int_equal(unknown, 0);
    page = (struct store_link_page){"C-2", "finding", "", 1};
    assert_done(scene->store,
                store_link_list_page(scene->store, &page, &scene->arena, &links, &count));
    assert_int_equal(count, 0);
}

static void links_hold_until_they_are_taken_back(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_link *links;
    size_t count;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    scene_case(scene, "C-2", "other");
    struct store_link link = {"C-1", "finding", "f-1", SCENE_AT(1), "core", 0, ""};
    assert_done(store, store_link_put(store, &link));
    link.case_id = "C-2";
    assert_done(store, store_link_put(store, &link));
    link.unlinked_at = SCENE_AT(2);
    link.unlinked_by = "ann";
    assert_done(store, store_link_put(store, &link));
    assert_done(store, store_commit(store));
    assert_done(store, store_link_list(store, "C-2", &scene->arena, &links, &count));
    assert_int_equal(count, 1);
    assert_string_equal(links[0].unlinked_by, "ann");
    links_come_in_pages(scene);
    assert_done(store,
                store_link_list_of_object(store, "finding", "f-1", &scene->arena, &links, &count));
    assert_int_equal(count, 2);
}

static void deadlines_come_due_in_order(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_deadline *due, found;
    size_t count;
    int64_t next;
    assert_int_equal(store_deadline_next(store, &next), ERR_NOT_FOUND);
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    struct store_deadline deadline = {"D-1", "C-1", "ra-cure-30", SCENE_AT(20), DEADLINE_RUNNING,
                                      "[]"};
    assert_done(store, store_deadline_put(store, &deadline));
    deadline.id = "D-2";
    deadline.due_at = SCENE_AT(10);
    assert_done(store, store_deadline_put(store, &deadline));
    deadline.id = "D-3";
    deadline.due_at = SCENE_AT(5);
    deadline.state = DEADLINE_CANCELLED;
    assert_done(store, store_deadline_put(store, &deadline));
    assert_done(store, store_commit(store));
    assert_done(store, store_deadline_next(store, &next));
    assert_true(next == SCENE_AT(10));
    assert_done(store, store_deadline_due(store, SCENE_AT(10) - 1, 0, &scene->arena, &due, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_deadline_due(store, SCENE_AT(20), 0, &scene->arena, &due, &count));
    assert_int_equal(count, 2);
    assert_string_equal(due[0].id, "D-2");
    assert_string_equal(due[0].case_id, "C-1");
    assert_string_equal(due[0].rule, "ra-cure-30");
    assert_string_equal(due[0].trace, "");
    assert_done(store, store_deadline_list(store, "C-1", &scene->arena, &due, &count));
    assert_int_equal(count, 3);
    assert_done(store, store_deadline_find(store, "D-3", &scene->arena, &found));
    assert_int_equal(found.state, DEADLINE_CANCELLED);
    assert_done(store, store_begin(store));
    assert_done(store, store_deadline_settle(store, "D-2", DEADLINE_PASSED));
    assert_int_equal(store_deadline_settle(store, "D-9", DEADLINE_PASSED), ERR_NOT_FOUND);
    assert_done(store, store_commit(store));
    assert_done(store, store_deadline_find(store, "D-2", &scene->arena, &found));
    assert_int_equal(found.state, DEADLINE_PASSED);
    assert_string_equal(found.trace, "[]");
    assert_done(store, store_deadline_next(store, &next));
    assert_true(next == SCENE_AT(20));
}

static void what_runs_of_a_case_ends_but_for_another_kind(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static const struct {
        const char *id, *case_id, *rule;
        enum deadline_state state, after;
    } rows[] = {
        {"D-1", "C-1", "first", DEADLINE_RUNNING, DEADLINE_MET},
        {"D-2", "C-1", "first", DEADLINE_STOPPED, DEADLINE_MET},
        {"D-3", "C-1", "first", DEADLINE_PASSED, DEADLINE_PASSED},
        {"D-4", "C-1", "milestone/plan", DEADLINE_RUNNING, DEADLINE_RUNNING},
        {"D-5", "C-2", "first", DEADLINE_RUNNING, DEADLINE_RUNNING},
    };
    struct store_deadline found;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "one");
    scene_case(scene, "C-2", "two");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_deadline row = {.id = rows[i].id,
                                           .case_id = rows[i].case_id,
                                           .rule = rows[i].rule,
                                           .due_at = SCENE_AT(20),
                                           .state = rows[i].state,
                                           .trace = "[]"};
        assert_done(store, store_deadline_put(store, &row));
    }
    assert_int_equal(store_deadline_end(store, "C-1", DEADLINE_MET, "milestone/"), 2);
    assert_int_equal(store_deadline_end(store, "C-1", DEADLINE_MET, "milestone/"), 0);
    assert_done(store, store_commit(store));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_done(store, store_deadline_find(store, rows[i].id, &scene->arena, &found));
        assert_int_equal(found.state, rows[i].after);
    }
}

static struct store_letter letter_of(const char *id, const char *message_id, const char *bytes)
{
    return (struct store_letter){.id = id,
                                 .case_id = "C-1",
                                 .kind = "inquiry-1",
                                 .message_id = message_id,
                                 .recipient = "desk@example.test",
                                 .subject = "Inquiry",
                                 .drafted_by = "machine",
                                 .sha256 = digest_of(bytes, strlen(bytes)),
                                 .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                 .state = LETTER_STATE_DRAFT,
                                 .created_at = SCENE_AT(1),
                                 .updated_at = SCENE_AT(1)};
}

/* Invariant 7 and 8: settled bytes stay; an approval is of one SHA-256. */
static void letters_settle_and_approvals_bind_bytes(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_letter letter = letter_of("L-1", "one@bailiwick.test", "first"), found, *list;
    struct store_approval *approvals;
    size_t count;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    assert_done(store, store_letter_put(store, &letter));
    struct store_letter twin = letter_of("L-2", "one@bailiwick.test", "first");
    assert_int_equal(store_letter_put(store, &twin), ERR_CONFLICT);
    struct store_approval approval = {"L-1", letter.sha256, "bob", SCENE_AT(2)};
    assert_done(store, store_approval_put(store, &approval));
    assert_int_equal(store_approval_put(store, &approval), ERR_CONFLICT);
    letter = letter_of("L-1", "one@bailiwick.test", "second");
    assert_done(store, store_letter_edit(store, &letter));
    assert_int_equal(store_approval_put(store, &approval), ERR_REFUSED); /* of the first bytes */
    letter.sha256.bytes[0] ^= 1;
    assert_int_equal(store_letter_edit(store, &letter), ERR_DAMAGED);
    letter.sha256.bytes[0] ^= 1;
    approval.sha256 = letter.sha256;
    assert_done(store, store_approval_put(store, &approval));
    assert_done(store, store_letter_set_state(store, "L-1", LETTER_STATE_APPROVED, SCENE_AT(3)));
    assert_int_equal(store_letter_edit(store, &letter), ERR_REFUSED);
    assert_int_equal(store_letter_set_state(store, "L-1", LETTER_STATE_DRAFT, SCENE_AT(3)),
                     ERR_REFUSED);
    assert_done(store, store_commit(store));
    assert_done(store,
                store_letter_find_message(store, "one@bailiwick.test", &scene->arena, &found));
    assert_memory_equal(found.bytes.data, "second", 6);
    assert_int_equal(found.state, LETTER_STATE_APPROVED);
    assert_done(store, store_approval_list(store, "L-1", &scene->arena, &approvals, &count));
    assert_int_equal(count, 2);
    assert_string_equal(approvals[0].letter, "L-1");
    assert_string_equal(approvals[0].approver, "bob");
    assert_true(approvals[0].at == SCENE_AT(2));
    struct store_letter_query query = {.case_id = "C-1", .state = "approved"};
    assert_done(store, store_letter_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].bytes.size, 0);
    query = (struct store_letter_query){.state = "sent"};
    assert_done(store, store_letter_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
}

static void attempts_end_once_and_the_begun_are_found(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_letter letter = letter_of("L-1", "one@bailiwick.test", "bytes");
    struct store_attempt *attempts;
    size_t count;
    uint32_t number;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    assert_done(store, store_letter_put(store, &letter));
    assert_done(store, store_attempt_begin(store, "L-1", "a@example", SCENE_AT(1), &number));
    assert_int_equal(number, 1);
    assert_done(store, store_commit(store));
    scene_reopen(scene); /* cut over DATA */
    store = scene->store;
    assert_done(store, store_attempt_list_begun(store, &scene->arena, &attempts, &count));
    assert_int_equal(count, 1);
    attempts[0].phase = ATTEMPT_IN_DOUBT;
    attempts[0].ended_at = SCENE_AT(2);
    attempts[0].reply = "cut";
    assert_done(store, store_begin(store));
    assert_done(store, store_attempt_end(store, &attempts[0]));
    assert_int_equal(store_attempt_end(store, &attempts[0]), ERR_REFUSED);
    assert_done(store, store_attempt_begin(store, "L-1", "a@example", SCENE_AT(3), &number));
    assert_int_equal(number, 2);
    assert_int_equal(store_attempt_begin(store, "L-9", "a@example", SCENE_AT(3), &number),
                     ERR_CONFLICT);
    assert_done(store, store_commit(store));
    assert_done(store, store_attempt_list(store, "L-1", &scene->arena, &attempts, &count));
    assert_int_equal(count, 2);
    assert_string_equal(attempts[0].reply, "cut");
    assert_int_equal(attempts[1].phase, ATTEMPT_BEGUN);
}

static void end(struct scene *scene, const char *letter, enum attempt_phase phase)
{
    struct store_attempt attempt = {
        .letter = letter, .ended_at = SCENE_AT(2), .phase = phase, .reply = ""};
    assert_done(scene->store,
                store_attempt_begin(scene->store, letter, letter, SCENE_AT(1), &attempt.number));
    assert_done(scene->store, store_attempt_end(scene->store, &attempt));
}

/* Refused, or taken and then come back. */
static void what_failed_of_the_letters_of_a_case(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_letter one = letter_of("L-1", "one@bailiwick.test", "bytes"),
                              two = letter_of("L-2", "two@bailiwick.test", "more");
    struct store_letter found;
    struct store_attempt *failed;
    size_t count;
    int64_t letters;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    assert_done(store, store_letter_count(store, "C-1", &letters));
    assert_int_equal(letters, 0);
    assert_done(store, store_letter_put(store, &one));
    assert_done(store, store_letter_put(store, &two));
    assert_done(store, store_letter_count(store, "C-1", &letters));
    assert_int_equal(letters, 2);
    assert_done(store, store_letter_find_bytes(store, "C-1", &one.sha256, &scene->arena, &found));
    assert_string_equal(found.id, "L-1");
    assert_int_equal(found.bytes.size, 0);
    assert_int_equal(store_letter_find_bytes(store, "C-2", &one.sha256, &scene->arena, &found),
                     ERR_NOT_FOUND);
    end(scene, "L-1", ATTEMPT_DEFERRED);
    end(scene, "L-1", ATTEMPT_ACCEPTED);
    end(scene, "L-2", ATTEMPT_REFUSED);
    assert_done(store, store_attempt_list_failed(store, "C-1", &scene->arena, &failed, &count));
    assert_int_equal(count, 1);
    assert_string_equal(failed[0].recipient, "L-2");
    assert_done(store, store_letter_set_state(store, "L-1", LETTER_STATE_BOUNCED, SCENE_AT(3)));
    assert_done(store, store_attempt_list_failed(store, "C-1", &scene->arena, &failed, &count));
    assert_int_equal(count, 2);
    assert_done(store, store_attempt_list_failed(store, "C-2", &scene->arena, &failed, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_commit(store));
}

/* Invariant 2: the same mail twice is one, and each has one outcome. */
static void mail_is_taken_once_and_settled(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_mail mail = {.sha256 = digest_of("bytes", 5),
                              .received_at = SCENE_AT(1),
                              .sender = "desk@example.test",
                              .subject = "Re: Inquiry",
                              .outcome = "held",
                              .bytes = {(const uint8_t *)"bytes", 5}},
                      second = mail, found, *list;
    const struct store_mail_query held = {.held_only = true}, all = {0};
    size_t count;
    assert_done(store, store_begin(store));
    assert_int_equal(store_mail_put(store, &mail), 1);
    assert_int_equal(store_mail_put(store, &mail), 0);
    assert_done(store, store_commit(store));
    assert_done(store, store_mail_list(store, &held, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store, store_begin(store));
    assert_done(store, store_mail_settle(store, &mail.sha256, "answer", "C-1"));
    assert_done(store, store_commit(store));
    assert_done(store, store_mail_list(store, &held, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_mail_list(store, &all, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store, store_mail_find(store, &mail.sha256, &scene->arena, &found));
    assert_string_equal(found.outcome, "answer");
    assert_memory_equal(found.bytes.data, "bytes", 5);
    /* One after the other, also of one moment. */
    second.bytes = (struct bytes){(const uint8_t *)"again", 5};
    second.sha256 = digest_of("again", 5);
    assert_done(store, store_begin(store));
    assert_int_equal(store_mail_put(store, &second), 1);
    assert_done(store, store_commit(store));
    struct store_mail_query one = {.limit = 1};
    assert_done(store, store_mail_list(store, &one, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    one.after = list[0].sha256;
    assert_done(store, store_mail_list(store, &one, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_false(digest_equal(&list[0].sha256, &one.after));
    one.after = list[0].sha256;
    assert_done(store, store_mail_list(store, &one, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
}

int conformance_cases(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_second_open_case_of_the_same_matter_is_refused),
        SCENE_TEST(open_cases_are_listed_by_their_moment_and_counted),
        SCENE_TEST(events_are_numbered_without_gaps),
        SCENE_TEST(links_hold_until_they_are_taken_back),
        SCENE_TEST(deadlines_come_due_in_order),
        SCENE_TEST(what_runs_of_a_case_ends_but_for_another_kind),
        SCENE_TEST(letters_settle_and_approvals_bind_bytes),
        SCENE_TEST(attempts_end_once_and_the_begun_are_found),
        SCENE_TEST(what_failed_of_the_letters_of_a_case),
        SCENE_TEST(mail_is_taken_once_and_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
