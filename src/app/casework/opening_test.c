/* From findings to cases, on a real store and under the rulebook that ships: invariant 9 (the same
 * matter joins one case), invariant 2 (nothing is lost silently), invariant 4 (due moments). */
#include "app/casework/opening.h"

#include "app/casework/casefile.h"
#include "app/casework/chronology.h"
#include "app/casework/timer.h"
#include "app/letters/drafting.h"
#include "app/publish/notice.h"
#include "app/world.h"
#include "app_world.h"
#include "cases/news.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"
#include "store/publication.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static const char duty[] = "ra.spec10.dns-service-availability";

/* Two registries; only the first can be written to. */
static void put_parties(struct world *world)
{
    const struct party parties[] = {{.id = "registry-reachable",
                                     .kind = PARTY_REGISTRY,
                                     .name = "Reachable Registry",
                                     .status = "contracted",
                                     .rdap_url = ""},
                                    {.id = "registry-silent",
                                     .kind = PARTY_REGISTRY,
                                     .name = "Silent Registry",
                                     .status = "contracted",
                                     .rdap_url = ""}};
    const struct contact contact = {.party = "registry-reachable",
                                    .role = "compliance",
                                    .name = "Compliance",
                                    .email = "compliance@reachable.example"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(store_party_put(world->app.store, &parties[i]), 0);
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    struct error_detail detail = {0};
    assert_int_equal(store_begin(world->app.store), 0);
    world_put_rulebook(world);
    put_parties(world);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(app_load_rulebook(&world->app, &detail), 0);
    assert_int_equal(store_begin(world->app.store), 0); /* each test is one transaction */
    *state = world;
    return 0;
}

/* --- what happens --- */

struct matter {
    const char *party, *obligation, *subject;
};

static const struct matter usual = {"registry-reachable", duty, "alpha"};

/* A finding is stored and told, as app/monitor does. Its id is returned. */
static const char *find(struct world *world, const struct matter *matter, enum verdict verdict)
{
    static unsigned findings;
    struct error_detail detail = {0};
    const struct store_finding finding = {.id = arena_printf(&world->arena, "f-%04u", ++findings),
                                          .finding = {.obligation = matter->obligation,
                                                      .clause = "10.2",
                                                      .party = matter->party,
                                                      .subject = matter->subject,
                                                      .verdict = verdict,
                                                      .rulebook = world->app.rulebook->digest_text,
                                                      .reason = "seen"},
                                          .decided_at = clock_wall(&world->app.clock)};
    assert_int_equal(store_finding_put(world->app.store, &finding), 0);
    if (opening_take_finding(&world->app, &finding, &detail) < 0)
        fail_msg("%s", detail.text);
    return finding.id;
}

static size_t case_count(struct world *world, bool open_only)
{
    struct store_case *cases;
    size_t count;
    const struct store_case_query query = {.open_only = open_only};
    assert_int_equal(store_case_list(world->app.store, &query, &world->arena, &cases, &count), 0);
    return count;
}

/* The open case of a matter. */
static struct store_case open_case_of(struct world *world, const struct matter *matter)
{
    struct store_case found;
    const struct store_case_key key = {matter->party, matter->obligation, matter->subject};
    assert_int_equal(store_case_find_open(world->app.store, &key, &world->arena, &found), 0);
    return found;
}

static struct store_case case_of(struct world *world, const char *id)
{
    struct store_case found;
    assert_int_equal(store_case_find(world->app.store, id, &world->arena, &found), 0);
    return found;
}

static const struct case_event *event_of(struct world *world, const char *id, uint32_t seq)
{
    struct store_event *events;
    size_t count;
    assert_int_equal(
        store_event_list(world->app.store, id, seq - 1, 1, &world->arena, &events, &count), 0);
    assert_int_equal(count, 1);
    return &events[0].event;
}

static size_t findings_linked(struct world *world, const char *id)
{
    struct store_link *links;
    size_t count;
    assert_int_equal(store_link_list(world->app.store, id, &world->arena, &links, &count), 0);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(links[i].kind, "finding");
    return count;
}

static bool has_task(struct world *world, const char *id, const char *kind)
{
    struct store_task *tasks;
    size_t count;
    assert_int_equal(
        store_outbox_list(world->app.store, OUTBOX_PENDING, "", 0, &world->arena, &tasks, &count),
        0);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tasks[i].kind, kind) == 0 && strncmp(tasks[i].key, id, strlen(id)) == 0)
            return true;
    }
    return false;
}

/* One step by `name` (NULL: the machine) that must be allowed. */
static void step(struct world *world, const char *id, const char *name, struct case_step wanted)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    struct actor actor = command_machine();
    if (name) {
        actor.roles = strcmp(name, "bert") == 0 ? ROLE_APPROVER : ROLE_ANALYST;
        snprintf(actor.id, sizeof actor.id, "%s", name);
    }
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    const struct casefile_step request = {.step = wanted, .actor = &actor};
    if (casefile_step(&file, &request, &detail) < 0)
        fail_msg("%s: %s", case_event_text(wanted.type), detail.text);
}

static struct case_step about_letter(enum case_event_type type, const char *letter)
{
    struct case_step made = {.type = type, .sha256 = digest_of(letter, strlen(letter))};
    CASE_TEXT(made.letter, letter);
    return made;
}

/* A letter of the present stage is written, adopted by a person and served now. */
static void serve(struct world *world, const char *id, const char *letter)
{
    struct case_step sent = about_letter(CASE_NOTICE_SENT, letter);
    sent.service_at = clock_wall(&world->app.clock);
    step(world, id, NULL, about_letter(CASE_NOTICE_DRAFTED, letter));
    step(world, id, "anna", about_letter(CASE_NOTICE_DRAFTED, letter));
    step(world, id, NULL, sent);
}

static void let_it_pass(struct world *world, const char *id)
{
    struct error_detail detail = {0};
    assert_int_equal(clock_jump(&world->app.clock, case_of(world, id).due_at), 0);
    assert_int_equal(timer_pass_deadlines(&world->app, &detail), 0);
}

/* Three notices without an answer, then a breach that two people decided. */
static void walk_to_breach(struct world *world, const char *id)
{
    static const char *const notices[] = {"notice1", "notice2", "notice3"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(case_of(world, id).stage, notices[i]);
        serve(world, id, notices[i]);
        let_it_pass(world, id);
    }
    step(world, id, "anna", (struct case_step){.type = CASE_CALL, .call = CALL_NOT_REACHED});
    step(world, id, NULL, about_letter(CASE_NOTICE_DRAFTED, "breach"));
    step(world, id, "anna", about_letter(CASE_NOTICE_DRAFTED, "breach"));
    step(world, id, "bert", about_letter(CASE_NOTICE_APPROVED, "breach"));
    step(world, id, "anna", about_letter(CASE_BREACHED, "breach"));
    struct case_step sent = about_letter(CASE_NOTICE_SENT, "breach");
    sent.service_at = clock_wall(&world->app.clock);
    step(world, id, NULL, sent);
}

/* --- invariant 9 --- */

static void a_confirmed_failure_opens_a_case_at_the_first_notice(void **state)
{
    struct world *world = *state;
    const char *finding = find(world, &usual, VERDICT_NOT_MET);
    struct store_case opened = open_case_of(world, &usual);
    assert_string_equal(opened.stage, "notice1");
    assert_int_equal(opened.origin, ORIGIN_MONITORING);
    assert_int_equal(opened.source, SOURCE_MEASUREMENT);
    assert_int_equal(opened.opened_at, WORLD_START);
    assert_int_equal(opened.due_at, 0); /* nothing runs before service */
    assert_false(opened.published);
    assert_string_equal(opened.process, world->app.rulebook->digest_text);
    const struct case_event *first = event_of(world, opened.id, 1);
    assert_int_equal(first->type, CASE_OPENED);
    assert_string_equal(first->reason, "confirmed");
    assert_int_equal(first->evidence_count, 1);
    assert_string_equal(first->evidence[0], finding);
    assert_int_equal(event_of(world, opened.id, 2)->type, CASE_FINDING_NOT_MET);
    assert_int_equal(findings_linked(world, opened.id), 1);
    assert_true(has_task(world, opened.id, "draft-letter"));
}

static void invariant_9_the_same_matter_joins_one_case(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    struct store_case opened = open_case_of(world, &usual);
    find(world, &usual, VERDICT_NOT_MET);
    find(world, &usual, VERDICT_NOT_MET);
    assert_int_equal(case_count(world, false), 1);
    assert_string_equal(open_case_of(world, &usual).id, opened.id);
    /* The same news every few minutes is no event. */
    assert_int_equal(case_of(world, opened.id).seq, opened.seq);
}

static void invariant_9_another_matter_is_another_case(void **state)
{
    struct world *world = *state;
    const struct matter others[] = {{usual.party, usual.obligation, "beta"},
                                    {usual.party, "ra.spec10.dns-tcp", usual.subject},
                                    {"registry-silent", usual.obligation, usual.subject}};
    find(world, &usual, VERDICT_NOT_MET);
    for (size_t i = 0; i < 3; i++)
        find(world, &others[i], VERDICT_NOT_MET);
    assert_int_equal(case_count(world, true), 4);
    find(world, &others[0], VERDICT_MET);
    assert_int_equal(case_count(world, true), 3); /* only its own ended */
    assert_int_equal(case_of(world, open_case_of(world, &usual).id).seq, 2);
}

static void invariant_9_a_second_open_case_of_a_matter_cannot_be_stored(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    struct store_case twin = open_case_of(world, &usual);
    twin.id = "c-another";
    assert_int_equal(store_case_put(world->app.store, &twin), ERR_CONFLICT);
}

static void invariant_9_a_repeat_within_the_look_back_is_marked(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    find(world, &usual, VERDICT_MET);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 365 * CIVIL_DAY_US), 0);
    find(world, &usual, VERDICT_NOT_MET);
    struct store_case again = open_case_of(world, &usual);
    assert_string_equal(event_of(world, again.id, 1)->reason, "repeat");
    assert_int_equal(case_count(world, false), 2);
}

static void invariant_9_after_the_look_back_nothing_is_a_repeat(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    find(world, &usual, VERDICT_MET);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 365 * CIVIL_DAY_US + 1), 0);
    find(world, &usual, VERDICT_NOT_MET);
    assert_string_equal(event_of(world, open_case_of(world, &usual).id, 1)->reason, "confirmed");
}

static void what_accuses_nobody_opens_nothing(void **state)
{
    struct world *world = *state;
    const struct matter nobody = {"", duty, "alpha"};
    find(world, &usual, VERDICT_UNDETERMINED);
    find(world, &usual, VERDICT_NOT_APPLICABLE);
    find(world, &usual, VERDICT_MET);
    find(world, &nobody, VERDICT_NOT_MET);
    assert_int_equal(case_count(world, false), 0);
    find(world, &usual, VERDICT_NOT_MET);
    uint32_t seq = open_case_of(world, &usual).seq;
    find(world, &usual, VERDICT_UNDETERMINED);
    assert_int_equal(open_case_of(world, &usual).seq, seq);
}

/* --- repaired --- */

static void a_repaired_failure_closes_an_informal_case(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    assert_int_not_equal(case_of(world, id).due_at, 0);
    find(world, &usual, VERDICT_MET);
    struct store_case ended = case_of(world, id);
    assert_string_equal(ended.stage, "closed");
    assert_string_equal(ended.closure, "noncompliance-corrected");
    assert_int_equal(ended.closed_at, WORLD_START);
    assert_int_equal(ended.due_at, 0);
    assert_false(ended.published);
    assert_false(has_task(world, id, "publish"));
    assert_int_equal(findings_linked(world, id), 2);
}

static void a_repaired_failure_cures_a_breach(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    walk_to_breach(world, id);
    assert_string_equal(case_of(world, id).stage, "breach");
    assert_true(case_of(world, id).published);
    assert_true(has_task(world, id, "publish"));
    find(world, &usual, VERDICT_MET);
    struct store_case ended = case_of(world, id);
    assert_string_equal(ended.stage, "cured");
    assert_int_not_equal(ended.closed_at, 0);
    assert_true(has_task(world, id, "update-publication"));
}

/* --- a TLD that flaps --- */

enum { DAY_HOURS = 24 };
#define HOUR_US (INT64_C(3600) * 1000000)

static void wait_us(struct world *world, int64_t us)
{
    assert_int_equal(clock_jump(&world->app.clock, clock_wall(&world->app.clock) + us), 0);
}

/* As core_work_outbox() does, for the one kind of task that this is about. */
static void tell_what_is_due(struct world *world)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_task *tasks;
    size_t count;
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        store_outbox_claim(world->app.store,
                           &(const struct store_outbox_query){.kind = "tell-finding",
                                                              .now = clock_wall(&world->app.clock),
                                                              .limit = 100},
                           &arena, &tasks, &count),
        0);
    for (size_t i = 0; i < count; i++) {
        struct error_detail detail = {0};
        char id[CASE_NAME_MAX];
        snprintf(id, sizeof id, "%.*s", (int)strcspn(tasks[i].key, "/"), tasks[i].key);
        assert_int_equal(opening_tell_held(&world->app, id, &detail), 0);
        assert_int_equal(store_outbox_done(world->app.store, tasks[i].key), 0);
    }
}

/* So many changes of verdict at equal times; the first is `met`. */
static void flap(struct world *world, int changes, int64_t every_us)
{
    for (int i = 0; i < changes; i++) {
        wait_us(world, every_us);
        tell_what_is_due(world);
        find(world, &usual, i % 2 ? VERDICT_NOT_MET : VERDICT_MET);
    }
}

static enum fact_finding fact_of(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    return (enum fact_finding)file.state.facts.values[FACT_FINDING];
}

/* A termination, which `met` does not end by itself, with a due date `days` away. */
static const char *walk_to_termination(struct world *world, int32_t days)
{
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    walk_to_breach(world, id);
    let_it_pass(world, id);
    step(world, id, NULL, about_letter(CASE_NOTICE_DRAFTED, "termination"));
    step(world, id, "anna", about_letter(CASE_NOTICE_DRAFTED, "termination"));
    step(world, id, "bert", about_letter(CASE_NOTICE_APPROVED, "termination"));
    step(world, id, "anna", about_letter(CASE_TERMINATED, "termination"));
    struct case_step sent = about_letter(CASE_NOTICE_SENT, "termination");
    sent.service_at = clock_wall(&world->app.clock);
    step(world, id, NULL, sent);
    struct case_step dispute = {.type = CASE_DISPUTED, .dispute = DISPUTE_OPEN};
    CASE_TEXT(dispute.reason, "arbitration");
    step(world, id, "anna", dispute);
    struct case_step later = {.type = CASE_EXTENDED,
                              .until = civil_day_of(clock_wall(&world->app.clock)) + days};
    CASE_TEXT(later.reason, "arbitration");
    CASE_TEXT(later.second, "bert");
    step(world, id, "anna", later);
    assert_string_equal(case_of(world, id).stage, "termination");
    return id;
}

/* A failure that comes and goes fills no case: few events, and the due moment sees the last one. */
static void invariant_4_a_flapping_tld_leaves_its_case_usable(void **state)
{
    struct world *world = *state;
    const char *id = walk_to_termination(world, 60);
    uint32_t before = case_of(world, id).seq;
    flap(world, 30 * DAY_HOURS / 2, 2 * HOUR_US);
    uint32_t news = case_of(world, id).seq - before;
    assert_in_range(news, 15, 30 + CASE_NEWS_BURST);
    /* Held back, and still what the deadline meets. */
    find(world, &usual, VERDICT_MET);
    assert_int_equal(fact_of(world, id), FINDING_NOT_MET);
    let_it_pass(world, id);
    uint32_t seq = case_of(world, id).seq;
    assert_int_equal(event_of(world, id, seq)->type, CASE_DEADLINE_PASSED);
    assert_int_equal(event_of(world, id, seq - 1)->type, CASE_FINDING_MET);
    assert_string_equal(event_of(world, id, seq - 1)->reason, "held-back");
}

static void invariant_10_held_back_news_are_told_within_a_day(void **state)
{
    struct world *world = *state;
    const char *id = walk_to_termination(world, 60);
    flap(world, CASE_NEWS_BURST + 1, HOUR_US);
    enum fact_finding told = fact_of(world, id);
    const char *last = find(world, &usual, told == FINDING_MET ? VERDICT_NOT_MET : VERDICT_MET);
    assert_int_equal(fact_of(world, id), told);
    wait_us(world, 23 * HOUR_US);
    find(world, &usual, VERDICT_UNDETERMINED); /* which is no news */
    wait_us(world, HOUR_US);
    tell_what_is_due(world);
    assert_int_not_equal(fact_of(world, id), told);
    const struct case_event *event = event_of(world, id, case_of(world, id).seq);
    assert_string_equal(event->evidence[0], last);
    assert_string_equal(event->reason, "held-back");
    uint32_t seq = case_of(world, id).seq;
    tell_what_is_due(world);
    assert_int_equal(case_of(world, id).seq, seq); /* told once */
}

static void a_persons_step_meets_the_current_verdict(void **state)
{
    struct world *world = *state;
    const char *id = walk_to_termination(world, 60);
    flap(world, 20, HOUR_US / 10);
    enum fact_finding told = fact_of(world, id);
    find(world, &usual, told == FINDING_MET ? VERDICT_NOT_MET : VERDICT_MET);
    uint32_t seq = case_of(world, id).seq;
    step(world, id, "anna", (struct case_step){.type = CASE_CALL});
    assert_int_equal(case_of(world, id).seq, seq + 2);
    assert_int_equal(event_of(world, id, seq + 2)->type, CASE_CALL);
    assert_int_not_equal(fact_of(world, id), told);
}

/* What would end the case is never held back. */
static void a_cure_waits_for_no_pace(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    walk_to_breach(world, id);
    for (int i = 0; i < CASE_NEWS_BURST; i++)
        step(world, id, NULL, (struct case_step){.type = CASE_FINDING_NOT_MET});
    find(world, &usual, VERDICT_MET);
    assert_string_equal(case_of(world, id).stage, "cured");
}

/* After its end the failures of a matter belong to the next case. */
static void an_ended_case_is_told_nothing(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    find(world, &usual, VERDICT_MET);
    uint32_t seq = case_of(world, id).seq;
    find(world, &usual, VERDICT_NOT_MET);
    struct case_step note = {.type = CASE_CORRECTED};
    CASE_TEXT(note.reason, "typing-error");
    CASE_TEXT(note.object, "1");
    step(world, id, "anna", note);
    assert_int_equal(case_of(world, id).seq, seq + 1);
}

/* --- publication --- */

/* The breach letter as the mailer leaves it behind. */
static void keep_breach_letter(struct world *world, const char *case_id, const char *id)
{
    static const char bytes[] = APP_WORLD_LETTER("Breach", "Words");
    int64_t now = clock_wall(&world->app.clock);
    const struct store_letter letter = {.id = id,
                                        .case_id = case_id,
                                        .kind = "breach",
                                        .message_id = arena_printf(&world->arena, "%s@x", id),
                                        .recipient = "compliance@reachable.example",
                                        .subject = "Breach",
                                        .drafted_by = "machine",
                                        .sha256 = digest_of(bytes, strlen(bytes)),
                                        .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                        .state = LETTER_STATE_DRAFT,
                                        .created_at = now,
                                        .updated_at = now};
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
    assert_int_equal(store_letter_set_state(world->app.store, id, LETTER_STATE_QUEUED, now), 0);
    assert_int_equal(store_letter_set_state(world->app.store, id, LETTER_STATE_SENT, now), 0);
}

static bool is_listed(struct world *world, const char *id)
{
    struct buffer page BUFFER_CLEANUP = {0};
    buffer_init(&page, 1 << 20);
    assert_int_equal(buffer_load_file(&page, arena_printf(&world->arena, "%s/public/notices.html",
                                                          world->folder)),
                     0);
    return strstr(buffer_text(&page), id) != NULL;
}

static void a_notice_whose_record_is_damaged_stops_no_other(void **state)
{
    static const struct matter other = {"registry-reachable", duty, "gamma"};
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *cases[2], *letters[] = {"l-lost", "l-there"};
    for (size_t i = 0; i < 2; i++) {
        find(world, i ? &other : &usual, VERDICT_NOT_MET);
        cases[i] = open_case_of(world, i ? &other : &usual).id;
        walk_to_breach(world, cases[i]);
        keep_breach_letter(world, cases[i], letters[i]);
        if (notice_publish(&world->app, cases[i], &detail) < 0)
            fail_msg("%s", detail.text);
    }
    assert_int_equal(notice_write_files(&world->app, &detail), 0);
    assert_true(is_listed(world, cases[0]) && is_listed(world, cases[1]));
    const struct store_publication damaged = {.notice =
                                                  arena_printf(&world->arena, "n-%s", cases[0]),
                                              .case_id = cases[0],
                                              .state = "open",
                                              .record = "{"};
    assert_int_equal(store_publication_put(world->app.store, &damaged), 0);
    assert_int_equal(notice_write_files(&world->app, &detail), 0);
    assert_false(is_listed(world, cases[0]));
    assert_true(is_listed(world, cases[1]));
}

/* --- invariant 2 --- */

static size_t letter_count(struct world *world, const char *id)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = id};
    assert_int_equal(store_letter_list(world->app.store, &query, &world->arena, &letters, &count),
                     0);
    return count;
}

static void draft(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    const struct actor machine = command_machine();
    if (drafting_write(&file, "notice1", &machine, &detail) < 0)
        fail_msg("%s", detail.text);
}

/* Invariant 7: what came after the failure is not what the party is written to about. */
static void invariant_7_a_letter_rests_on_the_failure(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    struct store_finding rests_on;
    const char *failure = find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    find(world, &usual, VERDICT_UNDETERMINED);
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    assert_int_equal(casefile_failure(&file, WORLD_START, &world->arena, &rests_on, &detail), 1);
    assert_string_equal(rests_on.id, failure);
    assert_int_equal(rests_on.finding.verdict, VERDICT_NOT_MET);
}

/* A case keeps the law that it was opened under, for its letters as for its steps. */
static void a_case_keeps_its_rulebook(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    rulebook_free(world->app.rulebook);
    world->app.rulebook = NULL; /* as if another had come and gone */
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    assert_string_equal(file.rulebook->digest_text, file.record.process);
    const struct actor machine = command_machine();
    if (drafting_write(&file, "notice1", &machine, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void invariant_2_no_contact_is_said_and_waits_for_a_person(void **state)
{
    struct world *world = *state;
    const struct matter silent = {"registry-silent", duty, "beta"};
    find(world, &silent, VERDICT_NOT_MET);
    struct store_case opened = open_case_of(world, &silent);
    draft(world, opened.id);
    const struct case_event *said = event_of(world, opened.id, opened.seq + 1);
    assert_int_equal(said->type, CASE_RECEIVED);
    assert_string_equal(said->reason, "no-contact");
    assert_int_equal(case_of(world, opened.id).awaits, AWAITS_CONTACT);
    assert_int_equal(letter_count(world, opened.id), 0);
    assert_string_equal(case_of(world, opened.id).stage, "notice1"); /* no level rose */
}

static void a_party_with_a_contact_gets_a_draft(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    struct store_case opened = open_case_of(world, &usual);
    draft(world, opened.id);
    assert_int_equal(letter_count(world, opened.id), 1);
    assert_int_equal(event_of(world, opened.id, opened.seq + 1)->type, CASE_NOTICE_DRAFTED);
}

static int run(struct world *world, const char *name, json_t *arguments)
{
    json_t *given JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
    const struct command_request request = {name, anna, given, /* file= */ NULL};
    return command_run(&world->app, &request, &result, NULL);
}

static void invariant_2_an_answer_is_kept_with_its_outcome(void **state)
{
    struct world *world = *state;
    static const char words[] = "We have repaired it.";
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    uint32_t seq = case_of(world, id).seq;
    assert_int_equal(run(world, "case.answer", json_pack("{s:s, s:s}", "case", id, "text", words)),
                     0);
    struct digest digest = digest_of(words, strlen(words));
    struct store_mail kept;
    char hex[DIGEST_HEX];
    assert_int_equal(store_mail_find(world->app.store, &digest, &world->arena, &kept), 0);
    assert_string_equal(kept.outcome, "answer");
    assert_string_equal(kept.case_id, id);
    assert_int_equal(kept.bytes.size, strlen(words));
    const struct case_event *event = event_of(world, id, seq + 1);
    assert_int_equal(event->type, CASE_ANSWERED);
    assert_string_equal(event->evidence[0], digest_format(&digest, hex));
}

/* A refused answer is told to whoever brought it, and nothing of it is half there. */
static void invariant_2_a_refused_answer_leaves_nothing_half_done(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    uint32_t seq = case_of(world, id).seq;
    struct digest digest = digest_of("words", 5);
    struct store_mail kept;
    assert_true(run(world, "case.answer", json_pack("{s:s, s:s}", "case", id, "text", "")) < 0);
    assert_true(
        run(world, "case.answer", json_pack("{s:s, s:s}", "case", "c-none", "text", "words")) < 0);
    assert_int_equal(case_of(world, id).seq, seq);
    assert_int_equal(store_mail_find(world->app.store, &digest, &world->arena, &kept),
                     ERR_NOT_FOUND);
}

/* --- invariant 4 --- */

/* Invariant 5: a reason that was given is kept whole or refused, never dropped. */
static void a_reason_that_is_too_long_is_refused(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    struct store_case opened = open_case_of(world, &usual);
    char reason[CASE_NAME_MAX + 1];
    memset(reason, 'r', CASE_NAME_MAX);
    reason[CASE_NAME_MAX] = '\0';
    assert_int_equal(
        run(world, "case.record",
            json_pack("{s:s, s:s, s:s}", "case", opened.id, "event", "meeting", "reason", reason)),
        ERR_LIMIT);
    assert_int_equal(case_of(world, opened.id).seq, opened.seq);
}

/* A registry that runs many TLDs answers many cases with the same words. */
static void invariant_2_one_text_answers_two_cases(void **state)
{
    static const struct matter other = {"registry-reachable", duty, "gamma"};
    struct world *world = *state;
    struct store_link *links;
    size_t count;
    for (size_t i = 0; i < 2; i++) {
        find(world, i ? &other : &usual, VERDICT_NOT_MET);
        const char *id = open_case_of(world, i ? &other : &usual).id;
        serve(world, id, "notice1");
        assert_int_equal(
            run(world, "case.answer", json_pack("{s:s, s:s}", "case", id, "text", "Repaired.")), 0);
    }
    struct digest digest = digest_of("Repaired.", 9);
    char hex[DIGEST_HEX];
    assert_int_equal(store_link_list_of_object(world->app.store, "mail",
                                               digest_format(&digest, hex), &world->arena, &links,
                                               &count),
                     0);
    assert_int_equal(count, 2);
}

/* Only where somebody complained somebody is to be told; then it is work that waits. */
static void invariant_2_who_complained_is_to_be_told(void **state)
{
    struct world *world = *state;
    for (int origin = 0; origin < ORIGIN_COUNT; origin++) {
        struct casefile file CASEFILE_CLEANUP = {0};
        const struct store_case record = {.party = "registry-reachable",
                                          .obligation = duty,
                                          .subject = case_origin_text((enum case_origin)origin),
                                          .process = world->app.rulebook->digest_text,
                                          .origin = (enum case_origin)origin};
        const struct case_step opened = {
            .type = CASE_OPENED, .party = PARTY_REGISTRY, .origin = record.origin};
        const struct actor machine = command_machine();
        const struct casefile_step request = {.step = opened, .actor = &machine};
        assert_int_equal(casefile_new(&world->app, &record, &file, NULL), 0);
        assert_int_equal(casefile_step(&file, &request, NULL), 0);
        assert_int_equal(run(world, "case.record",
                             json_pack("{s:s, s:s, s:s, s:s}", "case", file.record.id, "event",
                                       "closed", "closure", "too-broad", "reason", "broad")),
                         0);
        assert_int_equal(has_task(world, file.record.id, "tell-complainant"),
                         origin == ORIGIN_COMPLAINT);
    }
}

static void invariant_5_an_extended_deadline_was_not_met(void **state)
{
    struct world *world = *state;
    struct store_deadline *deadlines;
    size_t count;
    char date[CIVIL_DATE_TEXT];
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    civil_format_date(civil_day_of(case_of(world, id).due_at) + 7, date);
    assert_int_equal(run(world, "case.record",
                         json_pack("{s:s, s:s, s:s, s:s}", "case", id, "event", "extended",
                                   "reason", "asked-for-time", "until", date)),
                     0);
    assert_int_equal(store_deadline_list(world->app.store, id, &world->arena, &deadlines, &count),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(deadlines[0].state, DEADLINE_CANCELLED);
    assert_int_equal(deadlines[1].state, DEADLINE_RUNNING);
}

static void invariant_4_at_the_due_moment_the_case_moves(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    int64_t due = case_of(world, id).due_at;
    assert_int_equal(clock_jump(&world->app.clock, due - 1), 0);
    assert_int_equal(timer_pass_deadlines(&world->app, &detail), 0);
    assert_string_equal(case_of(world, id).stage, "notice1");
    let_it_pass(world, id);
    assert_string_equal(case_of(world, id).stage, "notice2");
    assert_int_equal(case_of(world, id).due_at, 0);
}

static void invariant_4_a_waiting_answer_must_be_decided_by_a_person(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    assert_int_equal(
        run(world, "case.answer", json_pack("{s:s, s:s}", "case", id, "text", "Wait.")), 0);
    let_it_pass(world, id);
    struct store_case waiting = case_of(world, id);
    assert_string_equal(waiting.stage, "notice1"); /* an answer not yet judged raises nothing */
    assert_int_equal(event_of(world, id, waiting.seq)->type, CASE_DEADLINE_PASSED);
    assert_int_equal(waiting.awaits, AWAITS_JUDGEMENT);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

/* --- chronology --- */

static void expect_recited(const json_t *list, size_t index, const char *expected)
{
    char said[300];
    const json_t *row = json_array_get(list, index);
    snprintf(said, sizeof said, "%s|%s|%s|%s", json_text(row, "date"), json_text(row, "step"),
             json_text(row, "deadline"), json_text(row, "outcome"));
    assert_string_equal(said, expected);
}

/* Invariant 7: what a letter recites is what the events say, an extended date and an answer that
 * was not enough included. Served on Monday 4 January 2027, five working days. */
static void a_letter_recites_the_earlier_ones_with_due_date_and_outcome(void **state)
{
    struct world *world = *state;
    find(world, &usual, VERDICT_NOT_MET);
    const char *id = open_case_of(world, &usual).id;
    serve(world, id, "notice1");
    let_it_pass(world, id);
    serve(world, id, "notice2");
    struct case_step extended = {.type = CASE_EXTENDED, .until = civil_days(2027, 2, 3)};
    struct case_step judged = {.type = CASE_ANSWER_JUDGED, .judgement = ANSWER_PARTIAL};
    CASE_TEXT(extended.reason, "asked-in-time");
    CASE_TEXT(judged.reason, "no-dates");
    step(world, id, "anna", extended);
    step(world, id, "anna", (struct case_step){.type = CASE_ANSWERED});
    step(world, id, "anna", judged);
    let_it_pass(world, id);
    serve(world, id, "notice3");
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    json_t *list JSON_CLEANUP = NULL;
    assert_int_equal(casefile_open(&world->app, id, &file, &detail), 0);
    assert_int_equal(chronology_make(&file, &list, &detail), 0);
    assert_int_equal(json_array_size(list), 3);
    expect_recited(list, 0, "2027-01-04|1st notice|2027-01-11|no answer came by that day");
    expect_recited(list, 1,
                   "2027-01-12|2nd notice|2027-02-03|answered; the answer was not complete");
    expect_recited(list, 2, "2027-02-04|3rd notice|2027-02-11|");
}

TEST_MAIN(IN_WORLD(a_confirmed_failure_opens_a_case_at_the_first_notice),
          IN_WORLD(invariant_9_the_same_matter_joins_one_case),
          IN_WORLD(invariant_9_another_matter_is_another_case),
          IN_WORLD(invariant_9_a_second_open_case_of_a_matter_cannot_be_stored),
          IN_WORLD(invariant_9_a_repeat_within_the_look_back_is_marked),
          IN_WORLD(invariant_9_after_the_look_back_nothing_is_a_repeat),
          IN_WORLD(what_accuses_nobody_opens_nothing),
          IN_WORLD(a_repaired_failure_closes_an_informal_case),
          IN_WORLD(a_repaired_failure_cures_a_breach),
          IN_WORLD(invariant_4_a_flapping_tld_leaves_its_case_usable),
          IN_WORLD(invariant_10_held_back_news_are_told_within_a_day),
          IN_WORLD(a_persons_step_meets_the_current_verdict), IN_WORLD(a_cure_waits_for_no_pace),
          IN_WORLD(an_ended_case_is_told_nothing),
          IN_WORLD(a_notice_whose_record_is_damaged_stops_no_other),
          IN_WORLD(invariant_2_no_contact_is_said_and_waits_for_a_person),
          IN_WORLD(a_party_with_a_contact_gets_a_draft),
          IN_WORLD(invariant_7_a_letter_rests_on_the_failure), IN_WORLD(a_case_keeps_its_rulebook),
          IN_WORLD(invariant_2_an_answer_is_kept_with_its_outcome),
          IN_WORLD(invariant_2_a_refused_answer_leaves_nothing_half_done),
          IN_WORLD(a_reason_that_is_too_long_is_refused),
          IN_WORLD(invariant_2_one_text_answers_two_cases),
          IN_WORLD(invariant_2_who_complained_is_to_be_told),
          IN_WORLD(invariant_5_an_extended_deadline_was_not_met),
          IN_WORLD(invariant_4_at_the_due_moment_the_case_moves),
          IN_WORLD(invariant_4_a_waiting_answer_must_be_decided_by_a_person),
          IN_WORLD(a_letter_recites_the_earlier_ones_with_due_date_and_outcome))
