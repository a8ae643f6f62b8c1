/* Every function of the store says when it failed: on a store whose tables are gone, with an arena
 * that is too small, for each size of it until the function succeeds, and with statements that are
 * cut short, after each number of steps. */
#include "scene.h"
#include "store/absence.h"
#include "store/complaint.h"
#include "store/credential.h"
#include "store/evidence.h"
#include "store/exhibit.h"
#include "store/family.h"
#include "store/grant.h"
#include "store/hook.h"
#include "store/idempotency.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/party.h"
#include "store/past_notice.h"
#include "store/publication.h"
#include "store/session.h"
#include "store/sqlite/connection.h"
#include "store/token.h"
#include "store/user.h"

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
static const struct store_link_page page_of_links = {"C-1", "finding", "", 10};
static const char *ns[] = {"a.nic.example", "b.nic.example"};

READ_ONE(store_party_find, struct party, "registry-a")
READ_ALL(store_party_list, struct party, "", 0)
READ_ONE(store_tld_find, struct tld, "example")
READ_ALL(store_tld_list, struct tld, "", 0)
READ_ALL(store_tld_list_of_party, struct tld, "registry-a")
READ_ALL(store_agreement_list, struct agreement, "registry-a")
READ_ALL(store_contact_list, struct contact, "registry-a")
READ_ALL(store_family_list, struct store_family_member, "group")
READ_ALL(store_family_list_of_party, struct store_family_member, "registry-a")
READ_ONE(store_delegation_find, struct store_delegation, "example")
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
READ_ALL(store_case_list_due, struct store_case, 0)
static int call_store_case_count_open(struct store *store, struct arena *arena)
{
    int64_t counts[STAGE_KIND_COUNT];
    (void)arena;
    return store_case_count_open(store, counts);
}

READ_ALL(store_event_list, struct store_event, "C-1", 0, 0)
READ_ONE(store_proposal_find, struct store_proposal, "C-1", &five)
READ_ALL(store_proposal_list, struct store_proposal, &proposals)
READ_ALL(store_link_list, struct store_link, "C-1")
READ_ALL(store_link_list_page, struct store_link, &page_of_links)
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
static const struct store_outbox_query due_tasks = {.now = INT64_MAX};
static const struct store_complaint_query complaints;
READ_ONE(store_complaint_find, struct store_complaint, "k-1")
READ_ONE(store_complaint_find_link, struct store_complaint, &five)
READ_ALL(store_complaint_list, struct store_complaint, &complaints)
READ_ONE(store_complaint_item_find, struct bytes, "k-1", 0)
READ_ONE(store_complaint_reporter_find, struct bytes, "k-1")
READ_ALL(store_complaint_event_list, struct store_complaint_event, "k-1")
READ_ALL(store_complaint_hold_list, struct store_complaint_event, "", 1)
READ_ONE(store_mail_find, struct store_mail, &five)
READ_ALL(store_mail_list, struct store_mail, &all_mail)
READ_ONE(store_outbox_find, struct store_task, "k")
READ_ALL(store_outbox_list, struct store_task, OUTBOX_PENDING, "", 0)
READ_ALL(store_outbox_list_of_case, struct store_task, OUTBOX_PENDING, "k")
READ_ONE(store_letter_find_bytes, struct store_letter, "C-1", &five)
READ_ALL(store_attempt_list_failed, struct store_attempt, "C-1")
READ_ALL(store_outbox_list_due, struct store_task, &due_tasks)
READ_ONE(store_publication_find, struct store_publication, "N-1")
READ_ONE(store_publication_find_case, struct store_publication, "C-1")
READ_ALL(store_publication_list, struct store_publication, "", 0)
READ_ALL(store_publication_update_list, struct store_publication_update, "N-1")
READ_ALL(store_publication_list_due, struct store_publication, INT64_MAX, 0)
READ_ALL(store_publication_list_party, struct store_publication, "registry-example")
READ_ONE(store_past_notice_find, struct store_past_notice, "p-1")
static const struct store_past_query all_past = {"P-1", 0, 10};
READ_ALL(store_past_notice_list, struct store_past_notice, &all_past)
READ_ONE(store_notice_item_find, struct store_notice_item, "i-1")
READ_ALL(store_notice_item_list, struct store_notice_item, NULL, false)
READ_ONE(store_absence_last, struct store_absence, "ann")
READ_ALL(store_absence_list, struct store_absence, "ann")
READ_ONE(store_user_find, struct store_user, "ann")
READ_ONE(store_token_find, struct store_token, &five)
READ_ALL(store_token_list, struct store_token, "ann")
READ_ONE(store_hook_find, struct store_hook, "ann", 1)
READ_ALL(store_hook_list, struct store_hook, "ann")
READ_ALL(store_hook_list_active, struct store_hook, "staff", "")
READ_ALL(store_hook_list_due, struct store_hook, false, INT64_MAX, 10)
READ_ONE(store_delivery_first, struct store_delivery, "ann", 1)
READ_ONE(store_seen_find, struct store_seen, "C-1")
READ_ONE(store_grant_find, struct store_grant, "ann", 1)
READ_ALL(store_grant_list, struct store_grant, "ann")
READ_ALL(store_grant_list_of_party, struct store_grant, "registry-a")
READ_ALL(store_exhibit_list, struct store_exhibit, "C-1")
READ_ONE(store_exhibit_find, struct store_exhibit, "C-1", 1, 1)
READ_ONE(store_credential_find, struct store_credential, "ann")
READ_ONE(store_idempotency_find, struct store_idempotency, &five)
READ_ONE(store_session_find, struct store_session, &five)
READ_ONE(store_session_get, struct store_session, "s-1")
READ_ALL(store_session_list, struct store_session, "", 0)
READ_ALL(store_session_list_person, struct store_session, "ann")
READ_ALL(store_user_list, struct store_user, "", 0)
READ_ONE(store_opening_find, struct store_opening, &filled)
READ_ALL(store_opening_list, struct store_opening, 0, 0)
READ_ALL(store_log_waiting, struct store_waiting, 0, INT64_MAX, 0)
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

static int call_store_log_plan_find(struct store *store, struct arena *arena)
{
    struct store_log_plan plan;
    return store_log_plan_find(store, arena, &plan);
}

static int call_store_log_tree(struct store *store, struct arena *arena)
{
    struct tlog_frontier frontier;
    int64_t ticked_at;
    (void)arena;
    return store_log_tree(store, &frontier, &ticked_at);
}

/* ERR_NOT_FOUND: there was nothing to claim. */
static int call_store_outbox_claim(struct store *store, struct arena *arena)
{
    struct store_task *tasks;
    size_t count = 0;
    int result = store_outbox_claim(store, &(const struct store_outbox_query){.now = INT64_MAX},
                                    arena, &tasks, &count);
    return result < 0 ? result : count == 0 ? ERR_NOT_FOUND : 0;
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
    ROW(store_family_list),
    ROW(store_family_list_of_party),
    ROW(store_delegation_find),
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
    ROW(store_case_list_due),
    ROW(store_event_list),
    ROW(store_proposal_find),
    ROW(store_proposal_list),
    ROW(store_link_list),
    ROW(store_link_list_page),
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
    ROW(store_complaint_find),
    ROW(store_complaint_find_link),
    ROW(store_complaint_list),
    ROW(store_complaint_item_find),
    ROW(store_complaint_reporter_find),
    ROW(store_complaint_event_list),
    ROW(store_complaint_hold_list),
    ROW(store_mail_find),
    ROW(store_mail_list),
    ROW(store_outbox_find),
    ROW(store_outbox_list),
    ROW(store_outbox_list_of_case),
    ROW(store_letter_find_bytes),
    ROW(store_attempt_list_failed),
    ROW(store_outbox_list_due),
    ROW(store_publication_find),
    ROW(store_publication_find_case),
    ROW(store_publication_list),
    ROW(store_publication_update_list),
    ROW(store_publication_list_due),
    ROW(store_publication_list_party),
    ROW(store_past_notice_find),
    ROW(store_past_notice_list),
    ROW(store_notice_item_find),
    ROW(store_notice_item_list),
    ROW(store_absence_last),
    ROW(store_absence_list),
    ROW(store_user_find),
    ROW(store_token_find),
    ROW(store_token_list),
    ROW(store_hook_find),
    ROW(store_hook_list),
    ROW(store_hook_list_active),
    ROW(store_hook_list_due),
    ROW(store_delivery_first),
    ROW(store_seen_find),
    ROW(store_grant_find),
    ROW(store_grant_list),
    ROW(store_grant_list_of_party),
    ROW(store_exhibit_list),
    ROW(store_exhibit_find),
    ROW(store_credential_find),
    ROW(store_idempotency_find),
    ROW(store_session_find),
    ROW(store_session_get),
    ROW(store_session_list),
    ROW(store_session_list_person),
    ROW(store_user_list),
    ROW(store_opening_find),
    ROW(store_opening_list),
    ROW(store_log_waiting),
    ROW(store_log_checkpoint),
    ROW(store_log_plan_find),
    ROW(store_meta_get),
};

/* --- writing, in the order in which the rows may be made --- */

static const struct party party = {.id = "registry-a", .kind = PARTY_REGISTRY};
static const struct tld tld = {"example", TLD_GENERIC, "registry-a", ""};
static const struct agreement agreement = {"registry-a", "ra", "2017", "example", 1, 2};
static const struct contact contact = {"registry-a", "compliance", "Desk", "desk@example.test"};
static const struct store_family_member member = {"group", "registry-a", 1, 2};
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
static struct store_complaint complaint = {
    .reference = "k-1", .rulebook = "d1", .state = "filed", .type = "transfer"};
static const struct bytes sealed = {(const uint8_t *)"sealed", 6};
static struct store_complaint_event told = {.reference = "k-1", .type = "legal-hold", .data = "{}"};
static const struct store_task task = {.key = "k", .kind = "send", .payload = "{}"};
static const struct store_publication publication = {
    .notice = "N-1", .case_id = "C-1", .next_update_due = 1};
static struct store_publication_update update = {.notice = "N-1", .seq = 1};
static struct store_notice_item item = {.id = "i-1", .case_id = "C-1"};
static struct store_past_notice past = {.id = "p-1", .version = 1, .party = "P-1", .day = 5};
static struct store_user user = {.id = "ann", .roles = ns, .role_count = 2};
static const struct store_credential credential = {
    .person = "ann", .salt = {(const uint8_t *)"0123456789abcdef", 16}};
static struct store_idempotency answered = {.object = "k-1"};
static struct store_session session = {.id = "s-1", .person = "ann"};
static struct store_token handed = {.person = "ann", .scope = "read"};
static const struct store_hook hook = {.person = "ann",
                                       .audience = HOOK_AUDIENCE_STAFF,
                                       .url = "https://a.example/",
                                       .kinds = "case.changed",
                                       .made_by = "ann"};
static const struct store_delivery delivery = {.person = "ann",
                                               .number = 1,
                                               .id = "d",
                                               .kind = "case.changed",
                                               .object_kind = "case",
                                               .object = "C-1"};
static const struct store_seen seen = {.case_id = "C-1", .version = "v"};
static struct store_exhibit exhibit = {.case_id = "C-1",
                                       .seq = 1,
                                       .number = 1,
                                       .media_type = "text/plain",
                                       .bytes = {(const uint8_t *)"bytes", 5}};
static const struct store_grant grant = {
    .person = "ann", .party = "registry-a", .from = 1, .of_person = "", .made_by = "ada"};
static const struct store_absence away = {"ann", 1, 2, "bob", 5, "ann"};
static const struct store_log_batch batch = {.entries = &zero, .count = 1};
static const struct store_log_plan step = {.entries = &zero, .count = 1, .last_opening = 1};

WRITE(store_party_put, &party)
WRITE(store_tld_put, &tld)
WRITE(store_agreement_put, &agreement)
WRITE(store_contact_put, &contact)
WRITE(store_family_put, &member)
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
WRITE(store_complaint_put, &complaint)
WRITE(store_complaint_key_put, "k-1", COMPLAINT_PART_WORDS, &five)
WRITE(store_complaint_item_put, "k-1", 0, sealed)
WRITE(store_complaint_reporter_put, "k-1", sealed)
WRITE(store_complaint_event_put, &told)
WRITE(store_outbox_put, &task)
WRITE(store_publication_put, &publication)
WRITE(store_publication_update_append, &update)
WRITE(store_notice_item_put, &item)
WRITE(store_past_notice_put, &past)
WRITE(store_user_put, &user)
WRITE(store_token_append, &handed)
WRITE(store_hook_append, &hook)
WRITE(store_delivery_put, &delivery, 1)
WRITE(store_seen_put, &seen)
WRITE(store_grant_append, &grant)
WRITE(store_exhibit_put, &exhibit)
WRITE(store_credential_put, &credential)
WRITE(store_idempotency_put, &answered)
WRITE(store_session_append, &session)
WRITE(store_absence_append, &away)
WRITE(store_log_append, &batch)
WRITE(store_log_checkpoint_put, 1, "note", 1)
WRITE(store_log_plan_put, &step)
WRITE(store_meta_set, "key", "value")

static int call_store_attempt_begin(struct store *store, struct arena *arena)
{
    uint32_t number;
    (void)arena;
    return store_attempt_begin(store, "L-1", "a@example", 1, &number);
}

static int call_store_attempt_record(struct store *store, struct arena *arena)
{
    const struct store_attempt refused = {
        .letter = "L-1", .phase = ATTEMPT_REFUSED, .reply = "550", .recipient = "a@example"};
    uint32_t number;
    (void)arena;
    return store_attempt_record(store, &refused, &number);
}

static const struct row writes[] = {
    ROW(store_party_put),
    ROW(store_tld_put),
    ROW(store_agreement_put),
    ROW(store_contact_put),
    ROW(store_delegation_put),
    ROW(store_rulebook_put),
    ROW(store_measurement_put),
    ROW(store_finding_put),
    ROW(store_link_put),
    ROW(store_deadline_put),
    ROW(store_letter_put),
    ROW(store_letter_edit),
    ROW(store_approval_put),
    ROW(store_attempt_begin),
    ROW(store_attempt_record),
    ROW(store_mail_put),
    ROW(store_outbox_put),
    ROW(store_publication_put),
    ROW(store_publication_update_append),
    ROW(store_user_put),
    ROW(store_log_append),
    ROW(store_log_checkpoint_put),
    ROW(store_log_plan_put),
    ROW(store_meta_set),
    ROW(store_proposal_put),
    ROW(store_notice_item_put),
    ROW(store_past_notice_put),
    ROW(store_family_put),
    ROW(store_token_append),
    ROW(store_hook_append),
    ROW(store_delivery_put),
    ROW(store_seen_put),
    ROW(store_grant_append),
    ROW(store_exhibit_put),
    ROW(store_credential_put),
    ROW(store_idempotency_put),
    ROW(store_session_append),
    ROW(store_absence_append),
    ROW(store_complaint_put),
    ROW(store_complaint_key_put),
    ROW(store_complaint_item_put),
    ROW(store_complaint_reporter_put),
    ROW(store_complaint_event_put),
};

static void settle_digests(void)
{
    five = complaint.link = letter.sha256 = approval.sha256 = mail.sha256 = handed.sha256 =
        exhibit.sha256 = answered.key_sha256 = session.sha256 = proposal.sha256 =
            digest_of("bytes", 5);
}

static void fill(struct scene *scene)
{
    settle_digests();
    assert_done(scene->store, store_begin(scene->store));
    scene_case(scene, "C-1", "example");
    assert_done(scene->store, scene_event(scene, "C-1", 1));
    filled = update.entry = proposal.entry = item.entry = past.entry = told.entry =
        scene_opening(scene, "published");
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
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s", words);
    sqlite3_close(db);
    scene_reopen(scene);
}

/* A reader of rows that were rewritten by hand: unknown words, broken lists, digests of another
 * size. Each is made well again before the next, where another reader would meet it too. */
static const struct damage {
    const char *sql;
    call *run;
    int result;
} damages[] = {
    {"DROP TRIGGER finding_evidence_fixed; UPDATE finding_evidence SET exchanges = 'x'",
     call_store_finding_find, ERR_DAMAGED},
    {"UPDATE finding_evidence SET exchanges = '{}'", call_store_finding_list, ERR_DAMAGED},
    {"UPDATE finding_evidence SET exchanges = '[1]'; DROP TRIGGER finding_fixed;"
     "UPDATE finding SET codes = 'x'",
     call_store_finding_find, ERR_DAMAGED},
    {"UPDATE finding SET codes = '[]', seen_by = '[1]'", call_store_finding_find, ERR_DAMAGED},
    {"UPDATE finding SET seen_by = '[]', verdict = 'x'", call_store_finding_list, ERR_DAMAGED},
    {"UPDATE finding SET verdict = 'met', entry = x'00'", call_store_finding_find, ERR_DAMAGED},
    {"DROP TRIGGER case_event_fixed; UPDATE case_event SET evidence = '[1]'", call_store_event_list,
     ERR_DAMAGED},
    {"UPDATE case_event SET evidence = '[]', type = 'x'", call_store_event_list, ERR_DAMAGED},
    {"UPDATE case_event SET type = 'received', entry = x'00'", call_store_event_list, ERR_DAMAGED},
    {"UPDATE case_file SET origin = 'x'", call_store_case_find, ERR_DAMAGED},
    {"UPDATE case_file SET origin = 'monitoring', source = 'x'", call_store_case_list, ERR_DAMAGED},
    {"UPDATE case_file SET source = 'measurement', stage_kind = 'x'", call_store_case_find,
     ERR_DAMAGED},
    {"UPDATE open_cases SET stage_kind = 'x'", call_store_case_count_open, ERR_DAMAGED},
    {"UPDATE tld SET class = 'x'", call_store_tld_list, ERR_DAMAGED},
    {"UPDATE person SET roles = '{}'", call_store_user_find, ERR_DAMAGED},
    {"UPDATE person SET roles = 'x'", call_store_user_list, ERR_DAMAGED},
    {"DROP TRIGGER token_revoked_only; UPDATE token SET sha256 = x'00'", call_store_token_list,
     ERR_DAMAGED},
    {"DROP TRIGGER hook_fixed; PRAGMA ignore_check_constraints = 1; UPDATE hook SET state = 'x'",
     call_store_hook_list, ERR_DAMAGED},
    {"DROP TRIGGER party_grant_revoked_only; UPDATE party_grant SET may = 'x'",
     call_store_grant_list, ERR_DAMAGED},
    {"DROP TRIGGER case_exhibit_fixed; UPDATE case_exhibit SET bytes = x'00'",
     call_store_exhibit_find, ERR_DAMAGED},
    {"UPDATE case_exhibit SET sha256 = x'00'", call_store_exhibit_list, ERR_DAMAGED},
    {"UPDATE session SET sha256 = x'00'", call_store_session_list, ERR_DAMAGED},
    {"UPDATE idempotency SET request_sha256 = x'00'", call_store_idempotency_find, ERR_DAMAGED},
    {"UPDATE credential SET verifier = x'00'", call_store_credential_find, ERR_DAMAGED},
    {"UPDATE deadline SET state = 'x'", call_store_deadline_list, ERR_DAMAGED},
    {"DROP TRIGGER letter_settled; UPDATE letter SET bytes = x'00'", call_store_letter_find,
     ERR_DAMAGED},
    {"DROP TRIGGER letter_forward; UPDATE letter SET state = 'x'", call_store_letter_list,
     ERR_DAMAGED},
    {"UPDATE outbox SET state = 'x'", call_store_outbox_claim, ERR_NOT_FOUND},
    {"UPDATE letter_attempt SET phase = 'x' WHERE number = 1", call_store_attempt_list,
     ERR_DAMAGED},
    {"UPDATE case_proposal SET state = 'x'", call_store_proposal_list, ERR_DAMAGED},
    {"UPDATE notice_item SET state = 'x'", call_store_notice_item_list, ERR_DAMAGED},
    {"UPDATE log_tree SET frontier = x'00'", call_store_log_tree, ERR_DAMAGED},
    {"DELETE FROM log_plan; INSERT INTO log_plan VALUES (1, -1, 1, zeroblob(32))",
     call_store_log_plan_find, ERR_DAMAGED},
};

static void damaged_rows_are_told(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        damage_rows(scene, damages[i].sql);
        int result = damages[i].run(scene->store, &scene->arena);
        if (result != damages[i].result)
            fail_msg("%s: %d %s", damages[i].sql, result, store_words(scene->store));
    }
}

/* "The log has a hole": what is not there cannot be proved. */
static void a_log_with_a_hole_is_damaged(void **state)
{
    struct scene *scene = *state;
    struct digest digests[3];
    assert_done(scene->store, store_begin(scene->store));
    scene_opening(scene, "one");
    scene_tick(scene);
    assert_done(scene->store, store_commit(scene->store));
    struct tlog_source source = store_log_source(scene->store);
    assert_int_equal(source.entries(source.context, 4, 3, digests), 0);
    assert_int_equal(source.entries(source.context, 14, 3, digests), ERR_DAMAGED);
    damage_rows(scene, "DROP TRIGGER log_entry_kept; DELETE FROM log_entry WHERE number = 5");
    source = store_log_source(scene->store);
    assert_int_equal(source.entries(source.context, 4, 3, digests), ERR_DAMAGED);
    assert_non_null(strstr(store_words(scene->store), "2 of 3"));
}

/* --- statements that are cut short --- */

static int steps_left;

static int cut_short(void *context)
{
    (void)context;
    return steps_left-- <= 0;
}

/* Lets `row` run with its statements cut after each number of steps of SQLite's machine; a write in
 * a transaction of its own, which such a failure ends. */
static void cut_everywhere(struct scene *scene, const struct row *row, bool writing)
{
    struct store *store = scene->store;
    int result = ERR_STORE, failures = 0;
    for (int steps = 0; result < 0 && steps < 100000; steps++) {
        if (writing)
            assert_done(store, store_begin(store));
        steps_left = steps;
        sqlite3_progress_handler(store->db, 1, cut_short, NULL);
        result = row->run(store, &scene->arena);
        sqlite3_progress_handler(store->db, 0, NULL, NULL);
        if (result < 0 && result != ERR_STORE)
            fail_msg("%s after %d steps: %d %s", row->name, steps, result, store_words(store));
        if (writing)
            assert_done(store, result < 0 ? store_rollback(store) : store_commit(store));
        failures += result < 0;
    }
    if (result < 0 || failures == 0)
        fail_msg("%s: %d after %d failures", row->name, result, failures);
}

static void a_statement_that_is_cut_short_is_told(void **state)
{
    struct scene *scene = *state;
    settle_digests();
    assert_done(scene->store, store_begin(scene->store));
    scene_case(scene, "C-1", "example");
    assert_done(scene->store, scene_event(scene, "C-1", 1));
    filled = update.entry = proposal.entry = item.entry = past.entry = told.entry =
        scene_opening(scene, "published");
    assert_done(scene->store, store_commit(scene->store));
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
        cut_everywhere(scene, &writes[i], /* writing= */ true);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        cut_everywhere(scene, &reads[i], /* writing= */ false);
    const struct row claim = {"store_outbox_claim", call_store_outbox_claim};
    cut_everywhere(scene, &claim, /* writing= */ true);
}

/* A letter and a mail are kept under the SHA-256 of their bytes, and under no other. */
static void bytes_under_another_digest_are_refused(void **state)
{
    struct scene *scene = *state;
    struct store_letter other_letter = letter;
    struct store_mail other_mail = mail;
    fill(scene);
    struct store_exhibit other_exhibit = exhibit;
    other_letter.sha256 = other_mail.sha256 = other_exhibit.sha256 = digest_of("other", 5);
    other_letter.bytes = other_mail.bytes = (struct bytes){(const uint8_t *)"bytes", 5};
    assert_done(scene->store, store_begin(scene->store));
    assert_int_equal(store_letter_put(scene->store, &other_letter), ERR_DAMAGED);
    assert_int_equal(store_letter_edit(scene->store, &other_letter), ERR_DAMAGED);
    assert_int_equal(store_mail_put(scene->store, &other_mail), ERR_DAMAGED);
    assert_int_equal(store_exhibit_put(scene->store, &other_exhibit), ERR_DAMAGED);
}

static void a_store_without_its_tables_fails_every_call(void **state)
{
    struct scene *scene = *state;
    sqlite3 *db;
    fill(scene);
    assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
    static const char *const tables[] = {"party",
                                         "tld",
                                         "agreement",
                                         "delegation",
                                         "contact",
                                         "opening",
                                         "log_entry",
                                         "log_node",
                                         "log_tree",
                                         "log_plan",
                                         "log_checkpoint",
                                         "rulebook",
                                         "measurement",
                                         "finding",
                                         "case_file",
                                         "case_event",
                                         "case_link",
                                         "deadline",
                                         "letter",
                                         "letter_attempt",
                                         "approval",
                                         "mail",
                                         "outbox",
                                         "publication",
                                         "publication_update",
                                         "person",
                                         "meta",
                                         "log_waiting",
                                         "finding_evidence",
                                         "finding_latest",
                                         "case_proposal",
                                         "notice_item",
                                         "past_notice",
                                         "complaint",
                                         "complaint_key",
                                         "complaint_item",
                                         "complaint_reporter",
                                         "complaint_event",
                                         "family_member",
                                         "absence",
                                         "token",
                                         "hook",
                                         "hook_delivery",
                                         "hook_seen",
                                         "party_grant",
                                         "case_exhibit",
                                         "credential",
                                         "session",
                                         "idempotency"};
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
          SCENE_TEST(damaged_rows_are_told), SCENE_TEST(a_log_with_a_hole_is_damaged),
          SCENE_TEST(a_statement_that_is_cut_short_is_told),
          SCENE_TEST(bytes_under_another_digest_are_refused),
          SCENE_TEST(a_store_without_its_tables_fails_every_call))
