/* Every function of the store says when it failed: on a store whose tables are gone, and with an
 * arena that is too small, for each size of it until the function succeeds. */
#include "scene.h"
#include "store/evidence.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"
#include "store/publication.h"
#include "store/user.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* --- what is called; items are not looked at --- */

#define READ_ONE(function, type, ...)                                                              \
    static int call_##function(struct store *store, struct arena *arena)                           \
    {                                                                                              \
        type item;                                                                                 \
        return function(store, __VA_ARGS__, arena, &item);                                         \
    }
#define READ_ALL(function, type, ...)                                                              \
    static int call_##function(struct store *store, struct arena *arena)                           \
    {                                                                                              \
        type *items = NULL;                                                                        \
        size_t count = 0;                                                                          \
        int result = function(store, __VA_ARGS__, arena, &items, &count);                          \
        return result < 0 ? result : (int)count;                                                   \
    }
#define WRITE(function, ...)                                                                       \
    static int call_##function(struct store *store, struct arena *arena)                           \
    {                                                                                              \
        (void)arena;                                                                               \
        return function(store, __VA_ARGS__);                                                       \
    }

static const struct digest zero;
static struct digest five;   /* of "bytes" */
static struct digest filled; /* an opening that is there */
static const struct store_case_key key = {"registry-example", "ra.spec10.dns-service-availability",
                                          "example"};
static const struct store_window window = {"example", 0, INT64_MAX, 0};
static const struct store_case_query cases = {.party = "registry-example"};
static const struct store_finding_query findings = {.subject = "example"};
static const struct store_proposal_query proposals = {.case_id = "C-1"};
static const struct store_letter_query letters = {.case_id = "C-1"};
static const char *ns[] = {"a.nic.example", "b.nic.example"};

READ_ONE(store_party_find, struct party, "registry-a")
READ_ALL(store_party_list, struct party, "", 0)
READ_ONE(store_tld_find, struct tld, "example")
READ_ALL(store_tld_list, struct tld, "", 0)
READ_ALL(store_tld_list_of_party, struct tld, "registry-a")
READ_ALL(store_agreement_list, struct agreement, "registry-a")
READ_ALL(store_contact_list, struct contact, "registry-a")
READ_ONE(store_delegation_find, struct store_delegation, "example")
READ_ALL(store_delegation_list, struct store_delegation, "", 0)
READ_ONE(store_rulebook_find, struct store_rulebook, "d1")
READ_ONE(store_measurement_find, struct store_measurement, "m-1")
READ_ALL(store_measurement_window, struct store_measurement, &window)
READ_ALL(store_measurement_list, struct store_measurement, "", 0)
READ_ALL(store_measurement_unjudged, struct store_measurement, 0)
READ_ONE(store_finding_find, struct store_finding, "f-1")
READ_ALL(store_finding_list, struct store_finding, &findings)
READ_ONE(store_case_find, struct store_case, "C-1")
READ_ONE(store_case_find_open, struct store_case, &key)
READ_ALL(store_case_list, struct store_case, &cases)
READ_ALL(store_event_list, struct store_event, "C-1", 0, 0)
READ_ONE(store_proposal_find, struct store_proposal, "C-1", &five)
READ_ALL(store_proposal_list, struct store_proposal, &proposals)
READ_ALL(store_link_list, struct store_link, "C-1")
READ_ALL(store_link_list_of_object, struct store_link, "finding", "f-1")
READ_ONE(store_deadline_find, struct store_deadline, "D-1")
READ_ALL(store_deadline_list, struct store_deadline, "C-1")
READ_ALL(store_deadline_due, struct store_deadline, INT64_MAX, 0)
READ_ONE(store_letter_find, struct store_letter, "L-1")
READ_ONE(store_letter_find_message, struct store_letter, "one@bailiwick.test")
READ_ALL(store_letter_list, struct store_letter, &letters)
READ_ALL(store_attempt_list, struct store_attempt, "L-1")
READ_ALL(store_approval_list, struct store_approval, "L-1")
static const struct store_mail_query all_mail;
READ_ONE(store_mail_find, struct store_mail, &five)
READ_ALL(store_mail_list, struct store_mail, &all_mail)
READ_ALL(store_outbox_list, struct store_task, OUTBOX_PENDING, "", 0)
READ_ONE(store_publication_find, struct store_publication, "N-1")
READ_ONE(store_publication_find_case, struct store_publication, "C-1")
READ_ALL(store_publication_list, struct store_publication, "", 0)
READ_ALL(store_publication_update_list, struct store_publication_update, "N-1")
READ_ONE(store_user_find, struct store_user, "ann")
READ_ONE(store_user_find_token, struct store_user, &five)
READ_ALL(store_user_list, struct store_user, "", 0)
READ_ONE(store_opening_find, struct store_opening, &filled)
READ_ALL(store_opening_list, struct store_opening, NULL, 0)
READ_ALL(store_log_waiting, struct digest, 0)
READ_ONE(store_meta_get, const char *, STORE_META_CREATED)

static int call_store_rulebook_current(struct store *store, struct arena *arena)
{
    struct store_rulebook rulebook;
    return store_rulebook_current(store, arena, &rulebook);
}

static int call_store_rulebook_list(struct store *store, struct arena *arena)
{
    struct store_rulebook *rulebooks;
    size_t count = 0;
    int result = store_rulebook_list(store, arena, &rulebooks, &count);
    return result < 0 ? result : (int)count;
}

static int call_store_attempt_list_begun(struct store *store, struct arena *arena)
{
    struct store_attempt *attempts;
    size_t count = 0;
    int result = store_attempt_list_begun(store, arena, &attempts, &count);
    return result < 0 ? result : (int)count;
}

static int call_store_log_checkpoint(struct store *store, struct arena *arena)
{
    uint64_t size;
    const char *note;
    return store_log_checkpoint(store, arena, &size, &note);
}

typedef int call(struct store *store, struct arena *arena);

#define ROW(function)                                                                              \
    {                                                                                              \
#function, call_##function                                                                 \
    }

static const struct row {
    const char *name;
    call *run;
} reads[] = {
    ROW(store_party_find),
    ROW(store_party_list),
    ROW(store_tld_find),
    ROW(store_tld_list),
    ROW(store_tld_list_of_party),
    ROW(store_agreement_list),
    ROW(store_contact_list),
    ROW(store_delegation_find),
    ROW(store_delegation_list),
    ROW(store_rulebook_find),
    ROW(store_rulebook_current),
    ROW(store_rulebook_list),
    ROW(store_measurement_find),
    ROW(store_measurement_window),
    ROW(store_measurement_list),
    ROW(store_measurement_unjudged),
    ROW(store_finding_find),
    ROW(store_finding_list),
    ROW(store_case_find),
    ROW(store_case_find_open),
    ROW(store_case_list),
    ROW(store_event_list),
    ROW(store_proposal_find),
    ROW(store_proposal_list),
    ROW(store_link_list),
    ROW(store_link_list_of_object),
    ROW(store_deadline_find),
    ROW(store_deadline_list),
    ROW(store_deadline_due),
    ROW(store_letter_find),
    ROW(store_letter_find_message),
    ROW(store_letter_list),
    ROW(store_attempt_list),
    ROW(store_attempt_list_begun),
    ROW(store_approval_list),
    ROW(store_mail_find),
    ROW(store_mail_list),
    ROW(store_outbox_list),
    ROW(store_publication_find),
    ROW(store_publication_find_case),
    ROW(store_publication_list),
    ROW(store_publication_update_list),
    ROW(store_user_find),
    ROW(store_user_find_token),
    ROW(store_user_list),
    ROW(store_opening_find),
    ROW(store_opening_list),
    ROW(store_log_waiting),
    ROW(store_log_checkpoint),
    ROW(store_meta_get),
};

/* --- writing, in the order in which the rows may be made --- */

static const struct party party = {.id = "registry-a", .kind = PARTY_REGISTRY};
static const struct tld tld = {"example", TLD_GENERIC, "registry-a", ""};
static const struct agreement agreement = {"registry-a", "ra", "2017", "example", 1, 2};
static const struct contact contact = {"registry-a", "compliance", "Desk", "desk@example.test"};
static const struct store_delegation delegation = {"example", ns, 2, ns, 1, ns, 2};
static const struct store_rulebook rulebook = {
    "d1", "icann", "1", 1, "ann", "bob", {(const uint8_t *)"tree", 4}};
static const struct store_measurement measurement = {
    .id = "m-1", .target = "example", .vantage = "here", .bytes = {(const uint8_t *)"bytes", 5}};
static struct finding_evidence evidence = {"m-1", (uint32_t[]){1, 2}, 2};
static const struct store_finding finding = {.id = "f-1",
                                             .finding = {.obligation = "ra.x",
                                                         .subject = "example",
                                                         .codes = ns,
                                                         .code_count = 2,
                                                         .seen_by = ns,
                                                         .seen_by_count = 1,
                                                         .evidence = &evidence,
                                                         .evidence_count = 1}};
static struct store_proposal proposal = {
    .event = {.case_id = "C-1", .type = CASE_EXTENDED, .data = "{}"}};
static const struct store_link linked = {.case_id = "C-1", .kind = "finding", .object = "f-1"};
static const struct store_deadline deadline = {.id = "D-1", .case_id = "C-1", .due_at = 5};
static struct store_letter letter = {.id = "L-1",
                                     .case_id = "C-1",
                                     .message_id = "one@bailiwick.test",
                                     .bytes = {(const uint8_t *)"bytes", 5}};
static struct store_approval approval = {.letter = "L-1", .approver = "bob", .at = 7};
static struct store_mail mail = {.outcome = "held", .bytes = {(const uint8_t *)"bytes", 5}};
static const struct store_task task = {.key = "k", .kind = "send", .payload = "{}"};
static const struct store_publication publication = {.notice = "N-1", .case_id = "C-1"};
static struct store_publication_update update = {.notice = "N-1", .seq = 1};
static struct store_user user = {.id = "ann", .roles = ns, .role_count = 2};
static const struct store_log_batch batch = {.entries = &zero, .count = 1};

WRITE(store_party_put, &party)
WRITE(store_tld_put, &tld)
WRITE(store_agreement_put, &agreement)
WRITE(store_contact_put, &contact)
WRITE(store_delegation_put, &delegation)
WRITE(store_rulebook_put, &rulebook)
WRITE(store_measurement_put, &measurement)
WRITE(store_finding_put, &finding)
WRITE(store_proposal_put, &proposal)
WRITE(store_link_put, &linked)
WRITE(store_deadline_put, &deadline)
WRITE(store_letter_put, &letter)
WRITE(store_letter_edit, &letter)
WRITE(store_approval_put, &approval)
WRITE(store_mail_put, &mail)
WRITE(store_outbox_put, &task)
WRITE(store_publication_put, &publication)
WRITE(store_publication_update_append, &update)
WRITE(store_user_put, &user)
WRITE(store_log_append, &batch)
WRITE(store_log_checkpoint_put, 1, "note", 1)
WRITE(store_meta_set, "key", "value")

static int call_store_attempt_begin(struct store *store, struct arena *arena)
{
    uint32_t number;
    (void)arena;
    return store_attempt_begin(store, "L-1", "a@example", 1, &number);
}

static const struct row writes[] = {
    ROW(store_party_put),       ROW(store_tld_put),         ROW(store_agreement_put),
    ROW(store_contact_put),     ROW(store_delegation_put),  ROW(store_rulebook_put),
    ROW(store_measurement_put), ROW(store_finding_put),     ROW(store_link_put),
    ROW(store_deadline_put),    ROW(store_letter_put),      ROW(store_letter_edit),
    ROW(store_approval_put),    ROW(store_attempt_begin),   ROW(store_mail_put),
    ROW(store_outbox_put),      ROW(store_publication_put), ROW(store_publication_update_append),
    ROW(store_user_put),        ROW(store_log_append),      ROW(store_log_checkpoint_put),
    ROW(store_meta_set),        ROW(store_proposal_put),
};

static void settle_digests(void)
{
    five = letter.sha256 = approval.sha256 = mail.sha256 = user.token_sha256 = proposal.sha256 =
        digest_of("bytes", 5);
}

static void fill(struct scene *scene)
{
    settle_digests();
    assert_done(scene->store, store_begin(scene->store));
    scene_case(scene, "C-1", "example");
    assert_done(scene->store, scene_event(scene, "C-1", 1));
    filled = update.entry = proposal.entry = scene_opening(scene, "published");
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        if (writes[i].run(scene->store, &scene->arena) < 0)
            fail_msg("%s: %s", writes[i].name, store_words(scene->store));
    }
    assert_done(scene->store, store_commit(scene->store));
}

static void no_write_without_a_transaction(void **state)
{
    struct scene *scene = *state;
    settle_digests();
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        if (writes[i].run(scene->store, &scene->arena) != ERR_USAGE)
            fail_msg("%s", writes[i].name);
    }
    assert_int_equal(store_rollback(scene->store), 0);
}

static void a_small_arena_is_a_lack_of_memory(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        int result = ERR_NO_MEMORY;
        size_t failures = 0;
        for (size_t limit = 0; limit < 60000 && result < 0; limit += 16) {
            struct arena arena ARENA_CLEANUP;
            arena_init(&arena, limit);
            result = reads[i].run(scene->store, &arena);
            failures += result < 0;
            if (result < 0 && result != ERR_NO_MEMORY)
                fail_msg("%s with %zu bytes: %s", reads[i].name, limit, store_words(scene->store));
        }
        if (result < 0 || failures == 0)
            fail_msg("%s: %d after %zu failures", reads[i].name, result, failures);
    }
}

/* Rewrites rows behind the store's back. */
static void damage_rows(struct scene *scene, const char *sql)
{
    sqlite3 *db;
    char *words = NULL;
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s", words);
    sqlite3_close(db);
    scene_reopen(scene);
}

/* A reader of rows that were rewritten by hand: unknown words and broken lists. */
static void damaged_rows_are_told(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    static const char damage[] =
        "DROP TRIGGER finding_fixed; UPDATE finding SET codes = 'x';"
        "DROP TRIGGER case_event_fixed; UPDATE case_event SET evidence = '[1]';"
        "UPDATE case_file SET origin = 'x'; UPDATE tld SET class = 'x'; UPDATE person SET roles = "
        "'{}';"
        "UPDATE deadline SET state = 'x'; UPDATE case_proposal SET state = 'x';"
        "UPDATE letter SET state = 'x'; UPDATE outbox SET state = "
        "'x';"
        "UPDATE letter_attempt SET phase = 'x'; DROP TRIGGER log_node_fixed;"
        "UPDATE log_tree SET frontier = x'00';";
    damage_rows(scene, "DROP TRIGGER finding_evidence_fixed;"
                       "UPDATE finding_evidence SET exchanges = 'x'");
    struct arena *arena = &scene->arena;
    assert_int_equal(call_store_finding_find(scene->store, arena), ERR_DAMAGED);
    assert_int_equal(call_store_finding_list(scene->store, arena), ERR_DAMAGED);
    damage_rows(scene, damage);
    call *const damaged[] = {
        call_store_finding_find, call_store_finding_list,  call_store_event_list,
        call_store_case_find,    call_store_case_list,     call_store_tld_list,
        call_store_user_find,    call_store_deadline_list, call_store_letter_list,
        call_store_letter_find,  call_store_attempt_list,  call_store_proposal_list};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        assert_int_equal(damaged[i](scene->store, arena), ERR_DAMAGED);
    struct tlog_frontier frontier;
    int64_t ticked_at;
    assert_int_equal(store_log_tree(scene->store, &frontier, &ticked_at), ERR_DAMAGED);
}

static void a_store_without_its_tables_fails_every_call(void **state)
{
    struct scene *scene = *state;
    sqlite3 *db;
    fill(scene);
    assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
    static const char *const tables[] = {
        "party",     "tld",         "agreement",        "delegation",         "contact",
        "opening",   "log_entry",   "log_node",         "log_tree",           "log_checkpoint",
        "rulebook",  "measurement", "finding",          "case_file",          "case_event",
        "case_link", "deadline",    "letter",           "letter_attempt",     "approval",
        "mail",      "outbox",      "publication",      "publication_update", "person",
        "meta",      "log_waiting", "finding_evidence", "finding_latest",     "case_proposal"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO gone_%s", tables[i], tables[i]);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    sqlite3_close(db);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        if (reads[i].run(scene->store, &scene->arena) != ERR_STORE)
            fail_msg("%s", reads[i].name);
    }
    assert_done(scene->store, store_begin(scene->store));
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        if (writes[i].run(scene->store, &scene->arena) != ERR_STORE)
            fail_msg("%s", writes[i].name);
        assert_int_not_equal(store_words(scene->store)[0], '\0');
    }
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

TEST_MAIN(SCENE_TEST(no_write_without_a_transaction), SCENE_TEST(a_small_arena_is_a_lack_of_memory),
          SCENE_TEST(damaged_rows_are_told),
          SCENE_TEST(a_store_without_its_tables_fails_every_call))
