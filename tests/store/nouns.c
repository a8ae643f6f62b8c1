/* Conformance: parties, evidence, publications, users, outbox. What goes in comes out, in the
 * promised order, and what the headers refuse is refused. */
#include "conformance.h"
#include "scene.h"
#include "store/calendar.h"
#include "store/evidence.h"
#include "store/outbox.h"
#include "store/party.h"
#include "store/publication.h"
#include "store/token.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

static void parties_are_kept_replaced_and_paged(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct party registrar = {.id = "registrar-1234",
                                    .kind = PARTY_REGISTRAR,
                                    .name = "Na\xc3\xafve Names",
                                    .iana_id = 1234,
                                    .status = "accredited",
                                    .rdap_url = "https://rdap.example/"};
    struct party found, *list;
    size_t count;
    assert_int_equal(store_party_put(store, &registrar), ERR_USAGE); /* no transaction */
    assert_done(store, store_begin(store));
    assert_done(store, store_party_put(store, &registrar));
    struct party changed = registrar;
    changed.status = "terminated";
    assert_done(store, store_party_put(store, &changed));
    for (int i = 0; i < 25; i++) {
        char id[32];
        snprintf(id, sizeof id, "registry-%02d", i);
        scene_party(scene, id);
    }
    assert_done(store, store_commit(store));
    assert_done(store, store_party_find(store, "registrar-1234", &scene->arena, &found));
    assert_string_equal(found.name, registrar.name);
    assert_string_equal(found.status, "terminated");
    assert_int_equal(found.iana_id, 1234);
    assert_int_equal(found.kind, PARTY_REGISTRAR);
    assert_int_equal(store_party_find(store, "nobody", &scene->arena, &found), ERR_NOT_FOUND);
    size_t seen = 0;
    char after[64] = "";
    do {
        assert_done(store, store_party_list(store, after, 10, &scene->arena, &list, &count));
        for (size_t i = 0; i < count; i++) {
            assert_true(strcmp(after, list[i].id) < 0);
            snprintf(after, sizeof after, "%s", list[i].id);
        }
        seen += count;
    } while (count);
    assert_int_equal(seen, 26);
}

static void calendars_are_frozen_and_adopted_once(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_calendar first = {.name = "icann",
                                   .sha256 = digest_of("one", 3),
                                   .proposed_at = 7,
                                   .proposed_by = "anna",
                                   .bytes = {(const uint8_t *)"one", 3}};
    struct store_calendar second = first, found, *list;
    size_t count;
    int64_t number;
    second.sha256 = digest_of("two", 3);
    second.bytes = (struct bytes){(const uint8_t *)"two", 3};
    assert_done(store, store_begin(store));
    assert_done(store, store_calendar_put(store, &first));
    assert_int_equal(store_calendar_put(store, &first), ERR_CONFLICT);
    assert_done(store, store_calendar_put(store, &second));
    assert_done(store, store_calendar_last(store, &number));
    assert_int_equal(number, 0);
    second.adopted_at = 9;
    second.adopted_by = "bert";
    assert_done(store, store_calendar_adopt(store, &second));
    assert_int_equal(store_calendar_adopt(store, &second), ERR_REFUSED);
    first.withdrawn_at = second.withdrawn_at = 9;
    first.withdrawn_by = second.withdrawn_by = "anna";
    assert_int_equal(store_calendar_withdraw(store, &second), ERR_REFUSED);
    assert_done(store, store_calendar_withdraw(store, &first));
    assert_int_equal(store_calendar_withdraw(store, &first), ERR_REFUSED);
    assert_int_equal(store_calendar_adopt(store, &first), ERR_REFUSED);
    assert_done(store, store_calendar_last(store, &number));
    assert_int_equal(number, 1);
    assert_done(store, store_calendar_find(store, "icann", &second.sha256, &scene->arena, &found));
    assert_int_equal(found.proposed_at, 7);
    assert_int_equal(found.adopted_at, 9);
    assert_string_equal(found.proposed_by, "anna");
    assert_string_equal(found.adopted_by, "bert");
    assert_memory_equal(found.bytes.data, "two", 3);
    assert_int_equal(store_calendar_find(store, "other", &second.sha256, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(store, store_calendar_list(store, true, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store, store_calendar_list(store, false, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].number, 1);
    assert_true(digest_equal(&list[1].sha256, &first.sha256));
    assert_done(store, store_commit(store));
}

static void a_calendar_may_be_proposed_again(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_calendar days = {.name = "icann",
                                  .sha256 = digest_of("days", 4),
                                  .proposed_by = "anna",
                                  .adopted_by = "bert",
                                  .withdrawn_by = "anna",
                                  .bytes = {(const uint8_t *)"days", 4}};
    struct store_calendar found, *list;
    size_t count;
    assert_done(store, store_begin(store));
    for (int round = 1; round <= 2; round++) {
        days.proposed_at = days.withdrawn_at = days.adopted_at = 10 * round;
        assert_done(store, store_calendar_put(store, &days));
        assert_int_equal(store_calendar_put(store, &days), ERR_CONFLICT);
        assert_done(store, store_calendar_withdraw(store, &days));
        assert_done(store, store_calendar_put(store, &days));
        assert_done(store, store_calendar_adopt(store, &days));
        assert_int_equal(store_calendar_withdraw(store, &days), ERR_REFUSED);
    }
    assert_done(store, store_calendar_find(store, "icann", &days.sha256, &scene->arena, &found));
    assert_int_equal(found.proposed_at, 20);
    assert_int_equal(found.number, 2);
    assert_done(store, store_calendar_list(store, false, &scene->arena, &list, &count));
    assert_int_equal(count, 4);
    assert_int_equal(list[1].number, 2);
    assert_int_equal(list[2].withdrawn_at, 10);
    assert_int_equal(list[3].withdrawn_at, 20);
    assert_done(store, store_commit(store));
}

static void tlds_agreements_contacts_and_delegations(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    scene_party(scene, "registry-a");
    const struct tld contracted = {"example", TLD_GENERIC, "registry-a", ""};
    const struct tld country = {"xn--p1ai", TLD_COUNTRY_CODE, NULL, NULL};
    const struct tld dangling = {"nope", TLD_GENERIC, "registry-none", ""};
    assert_done(store, store_tld_put(store, &contracted));
    assert_done(store, store_tld_put(store, &country));
    assert_int_equal(store_tld_put(store, &dangling), ERR_CONFLICT);
    const struct agreement agreement = {"registry-a", "ra", "2017", "example", 17000, INT32_MAX};
    assert_done(store, store_agreement_put(store, &agreement));
    const struct agreement backwards = {"registry-a", "ra", "2017", "example", 17001, 17000};
    assert_int_equal(store_agreement_put(store, &backwards), ERR_REFUSED);
    const struct contact contact = {"registry-a", "compliance", "Desk", "desk@example.test"};
    assert_done(store, store_contact_put(store, &contact));
    const char *ns[] = {"a.nic.example", "b.nic.example"}, *ds[] = {"1 8 2 AA"};
    const char *glue[] = {"a.nic.example 192.0.2.1", "a.nic.example 2001:db8::1"};
    const struct store_delegation delegation = {"example", ns, 2, ds, 1, glue, 2};
    assert_done(store, store_delegation_put(store, &delegation));
    const struct store_delegation unsigned_one = {"xn--p1ai", ns, 1, NULL, 0, NULL, 0};
    assert_done(store, store_delegation_put(store, &unsigned_one));
    assert_done(store, store_delegation_put(store, &delegation)); /* replaces */
    assert_done(store, store_commit(store));

    struct tld tld, *tlds;
    struct agreement *agreements;
    struct contact *contacts;
    struct store_delegation found;
    size_t count;
    assert_done(store, store_tld_find(store, "xn--p1ai", &scene->arena, &tld));
    assert_null(tld.party);
    assert_int_equal(tld.tld_class, TLD_COUNTRY_CODE);
    assert_done(store, store_tld_list_of_party(store, "registry-a", &scene->arena, &tlds, &count));
    assert_int_equal(count, 1);
    assert_done(store,
                store_agreement_list(store, "registry-a", &scene->arena, &agreements, &count));
    assert_int_equal(count, 1);
    assert_int_equal(agreements[0].until, INT32_MAX);
    assert_done(store, store_contact_list(store, "registry-a", &scene->arena, &contacts, &count));
    assert_string_equal(contacts[0].email, "desk@example.test");
    assert_done(store, store_delegation_find(store, "example", &scene->arena, &found));
    assert_int_equal(found.ns_count, 2);
    assert_int_equal(found.ds_count, 1);
    assert_int_equal(found.glue_count, 2);
    assert_string_equal(found.glue[1], glue[1]);
    assert_done(store, store_delegation_find(store, "xn--p1ai", &scene->arena, &found));
    assert_int_equal(found.ds_count, 0);

    assert_done(store, store_begin(store));
    assert_done(store, store_tld_remove(store, "example"));
    assert_done(store, store_contact_remove(store, &contact));
    assert_int_equal(store_tld_remove(store, "example"), ERR_NOT_FOUND);
    assert_done(store, store_commit(store));
    assert_int_equal(store_delegation_find(store, "example", &scene->arena, &found), ERR_NOT_FOUND);
}

static void rulebooks_are_versions_for_ever(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_rulebook rulebook = {
        "d1", "icann", "2026.1", SCENE_AT(1), "ann", "bob", {(const uint8_t *)"tree", 4}};
    assert_done(store, store_begin(store));
    assert_done(store, store_rulebook_put(store, &rulebook));
    assert_int_equal(store_rulebook_put(store, &rulebook), ERR_CONFLICT);
    rulebook.digest = "d2";
    rulebook.adopted_at = SCENE_AT(2);
    assert_done(store, store_rulebook_put(store, &rulebook));
    assert_done(store, store_commit(store));
    struct store_rulebook found, *list;
    size_t count;
    assert_done(store, store_rulebook_current(store, &scene->arena, &found));
    assert_string_equal(found.digest, "d2");
    assert_memory_equal(found.tree.data, "tree", 4);
    assert_done(store, store_rulebook_find(store, "d1", &scene->arena, &found));
    assert_done(store, store_rulebook_list(store, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].tree.size, 0);
}

static struct store_finding finding_of(const char *id, int64_t at, enum verdict verdict)
{
    static const char *codes[] = {"dns.no-answer"}, *seen[] = {"here"};
    static uint32_t exchanges[] = {3, 17};
    static struct finding_evidence evidence[] = {{"m-1", exchanges, 2}};
    return (struct store_finding){.id = id,
                                  .finding = {.obligation = "ra.x",
                                              .clause = "2.1",
                                              .party = "registry-a",
                                              .subject = "example",
                                              .period_from = at - 10,
                                              .period_until = at,
                                              .verdict = verdict,
                                              .codes = codes,
                                              .code_count = 1,
                                              .seen_by = seen,
                                              .seen_by_count = 1,
                                              .evidence = evidence,
                                              .evidence_count = 1,
                                              .rulebook = "d1",
                                              .reason = "no server answered"},
                                  .decided_at = at};
}

static void findings_cite_measurements_and_hold_them(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_finding finding = finding_of("f-1", SCENE_AT(5), VERDICT_NOT_MET), found, *list;
    size_t count;
    assert_done(store, store_begin(store));
    assert_done(store, store_mark(store));
    assert_int_equal(store_finding_put(store, &finding), ERR_CONFLICT); /* m-1 is not there */
    assert_done(store, store_undo(store));
    scene_measurement(scene, "m-1", SCENE_AT(1));
    scene_measurement(scene, "m-2", SCENE_AT(2));
    assert_done(store, store_finding_put(store, &finding));
    finding = finding_of("f-2", SCENE_AT(6), VERDICT_MET);
    assert_done(store, store_finding_put(store, &finding));
    assert_int_equal(store_measurement_thin(store, "m-1", "manifest", 8), ERR_REFUSED);
    assert_done(store, store_measurement_thin(store, "m-2", "manifest", 8));
    assert_int_equal(store_measurement_thin(store, "m-2", "manifest", 8), ERR_REFUSED);
    assert_int_equal(store_measurement_thin(store, "m-3", "manifest", 8), ERR_NOT_FOUND);
    assert_done(store, store_commit(store));
    assert_done(store, store_finding_find(store, "f-1", &scene->arena, &found));
    assert_int_equal(found.finding.verdict, VERDICT_NOT_MET);
    assert_string_equal(found.finding.codes[0], "dns.no-answer");
    assert_string_equal(found.finding.evidence[0].measurement, "m-1");
    assert_int_equal(found.finding.evidence[0].exchanges[1], 17);
    struct store_finding_query query = {.subject = "example"};
    assert_done(store, store_finding_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, "f-2");
    query.before = list[0].decided_at;
    query.before_id = list[0].id;
    assert_done(store, store_finding_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, "f-1");
    query = (struct store_finding_query){.latest = true, .party = "registry-a"};
    assert_done(store, store_finding_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, "f-2");
    query = (struct store_finding_query){.obligation = "ra.other"};
    assert_done(store, store_finding_list(store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
}

static void measurements_are_judged_and_windowed(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    scene_measurement(scene, "m-2", SCENE_AT(2));
    scene_measurement(scene, "m-1", SCENE_AT(1));
    scene_measurement(scene, "m-3", SCENE_AT(3));
    assert_done(store, store_measurement_judged(store, "m-1", "results", 7));
    assert_done(store, store_commit(store));
    struct store_measurement found, *list;
    size_t count;
    assert_done(store, store_measurement_find(store, "m-1", &scene->arena, &found));
    assert_memory_equal(found.results.data, "results", 7);
    assert_memory_equal(found.bytes.data, "BWM1bytes", 9);
    assert_done(store, store_measurement_unjudged(store, 10, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, "m-2");
    const struct store_window window = {"example", SCENE_AT(1), SCENE_AT(3), 0};
    assert_done(store, store_measurement_window(store, &window, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, "m-1");
    assert_int_equal(list[0].bytes.size, 0);
    /* More than fit: the newest, still oldest first. */
    const struct store_window newest = {"example", SCENE_AT(1), SCENE_AT(4), 2};
    assert_done(store, store_measurement_window(store, &newest, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, "m-2");
    assert_string_equal(list[1].id, "m-3");
    assert_done(store, store_measurement_list(store, "m-1", 1, &scene->arena, &list, &count));
    assert_string_equal(list[0].id, "m-2");
}

static void the_outbox_gives_each_task_once(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_task task = {.key = "send:1", .kind = "send", .payload = "{}", .due_at = 50};
    const struct store_task later = {
        .key = "send:2", .kind = "send", .payload = "{}", .due_at = 90};
    struct store_task *tasks;
    size_t count;
    int64_t next;
    assert_int_equal(store_outbox_next(store, &next), ERR_NOT_FOUND);
    assert_done(store, store_begin(store));
    assert_int_equal(store_outbox_put(store, &task), 1);
    assert_int_equal(store_outbox_put(store, &task), 0);
    assert_int_equal(store_outbox_put(store, &later), 1);
    assert_done(store, store_outbox_next(store, &next));
    assert_int_equal(next, 50);
    assert_done(
        store, store_outbox_claim(store, &(const struct store_outbox_query){.now = 60, .limit = 10},
                                  &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].key, "send:1");
    assert_int_equal(tasks[0].attempts, 1);
    assert_done(
        store, store_outbox_claim(store, &(const struct store_outbox_query){.now = 60, .limit = 10},
                                  &scene->arena, &tasks, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_outbox_fail(store, "send:1", 70, "no route"));
    assert_done(store, store_outbox_claim(store,
                                          &(const struct store_outbox_query){
                                              .kind = "other", .now = 100, .limit = 10},
                                          &scene->arena, &tasks, &count));
    assert_int_equal(count, 0);
    assert_done(store, store_outbox_claim(store,
                                          &(const struct store_outbox_query){
                                              .kind = "send", .now = 100, .limit = 10},
                                          &scene->arena, &tasks, &count));
    assert_int_equal(count, 2);
    assert_string_equal(tasks[0].error, "no route");
    assert_done(store, store_outbox_done(store, "send:1"));
    assert_int_equal(store_outbox_done(store, "send:1"), ERR_NOT_FOUND);
    assert_int_equal(store_outbox_fail(store, "send:1", 80, "again"), ERR_NOT_FOUND);
    assert_int_equal(store_outbox_recover(store), 1);
    assert_done(store, store_outbox_claim(store,
                                          &(const struct store_outbox_query){
                                              .kind = "send", .now = 100, .limit = 10},
                                          &scene->arena, &tasks, &count));
    assert_done(store, store_outbox_kill(store, "send:2", "refused"));
    assert_int_equal(store_outbox_put(store, &task), 0); /* done is done */
    assert_done(store, store_commit(store));
    assert_done(store,
                store_outbox_list(store, OUTBOX_DEAD, "", 10, &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].error, "refused");
    assert_int_equal(tasks[0].due_at, 90);
    /* A person wants it tried again: as if it were new. */
    assert_done(store, store_begin(store));
    assert_int_equal(store_outbox_retry(store, "send:1", 200), ERR_NOT_FOUND);
    assert_done(store, store_outbox_retry(store, "send:2", 200));
    assert_int_equal(store_outbox_retry(store, "send:2", 200), ERR_NOT_FOUND);
    assert_done(store, store_outbox_claim(store,
                                          &(const struct store_outbox_query){
                                              .kind = "send", .now = 200, .limit = 10},
                                          &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].key, "send:2");
    assert_int_equal(tasks[0].attempts, 1);
    assert_string_equal(tasks[0].error, "");
    assert_int_equal(store_outbox_settle(store, "send:2", "by hand"), ERR_NOT_FOUND);
    assert_done(store, store_outbox_kill(store, "send:2", "refused"));
    assert_done(store, store_outbox_settle(store, "send:2", "by hand"));
    assert_done(store,
                store_outbox_list(store, OUTBOX_DONE, "send:1", 10, &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].error, "by hand");
}

/* Begun and ended in the transaction that listed it. */
static void a_task_of_one_transaction_needs_no_claim(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_task task = {.key = "draft:1", .kind = "draft", .payload = "{}"};
    const struct store_outbox_query query = {.now = 60, .limit = 10};
    struct store_task *tasks;
    size_t count;
    assert_done(store, store_begin(store));
    assert_int_equal(store_outbox_put(store, &task), 1);
    assert_done(store, store_outbox_list_due(store, &query, &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_int_equal(tasks[0].state, OUTBOX_PENDING);
    assert_int_equal(tasks[0].attempts, 0);
    assert_done(store, store_outbox_fail(store, "draft:1", 50, "not yet"));
    assert_done(store, store_outbox_list_due(store, &query, &scene->arena, &tasks, &count));
    assert_int_equal(tasks[0].attempts, 1);
    assert_done(store, store_outbox_done(store, "draft:1"));
    assert_done(store, store_outbox_list_due(store, &query, &scene->arena, &tasks, &count));
    assert_int_equal(count, 0);
    struct store_task done;
    assert_done(store, store_outbox_find(store, "draft:1", &scene->arena, &done));
    assert_int_equal(done.state, OUTBOX_DONE);
    assert_int_equal(done.attempts, 2);
    assert_done(store, store_commit(store));
}

static void publications_and_their_updates(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    const struct store_publication publication = {.notice = "N-1",
                                                  .case_id = "C-1",
                                                  .state = "breach",
                                                  .record = "{}",
                                                  .published_at = SCENE_AT(1),
                                                  .updated_at = SCENE_AT(1)};
    assert_done(store, store_publication_put(store, &publication));
    struct store_publication_update update = {.notice = "N-1",
                                              .seq = 1,
                                              .at = SCENE_AT(1),
                                              .kind = "published",
                                              .text = "Published.",
                                              .entry = scene_opening(scene, "published")};
    assert_done(store, store_publication_update_append(store, &update));
    update.entry = scene_opening(scene, "cured");
    assert_int_equal(store_publication_update_append(store, &update), ERR_CONFLICT);
    update.seq = 3;
    assert_int_equal(store_publication_update_append(store, &update), ERR_REFUSED);
    update.seq = 2;
    update.kind = "cured";
    assert_done(store, store_publication_update_append(store, &update));
    assert_done(store, store_commit(store));
    struct store_publication found, *list;
    struct store_publication_update *updates;
    size_t count;
    assert_done(store, store_publication_find_case(store, "C-1", &scene->arena, &found));
    assert_string_equal(found.notice, "N-1");
    assert_done(store, store_publication_find(store, "N-1", &scene->arena, &found));
    assert_done(store, store_publication_list(store, "", 0, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_done(store,
                store_publication_update_list(store, "N-1", &scene->arena, &updates, &count));
    assert_int_equal(count, 2);
    assert_string_equal(updates[1].kind, "cured");
    assert_true(digest_equal(&updates[1].entry, &update.entry));
}

static void users_are_known_by_their_token(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const char *roles[] = {"analyst", "manager"};
    struct store_user user = {.id = "ann",
                              .name = "Ann",
                              .roles = roles,
                              .role_count = 2,
                              .created_at = SCENE_AT(0)},
                      *list;
    struct store_token token = {.person = "ann", .sha256 = digest_of("token", 5), .scope = "read"},
                       found;
    size_t count;
    assert_done(store, store_begin(store));
    assert_done(store, store_user_put(store, &user));
    assert_done(store, store_token_append(store, &token));
    user.id = token.person = "bob";
    assert_done(store, store_user_put(store, &user));
    assert_int_equal(store_token_append(store, &token), ERR_CONFLICT); /* Ann's token */
    assert_done(store, store_commit(store));
    assert_done(store, store_token_find(store, &token.sha256, &scene->arena, &found));
    assert_string_equal(found.person, "ann");
    assert_done(store, store_user_list(store, "", 0, &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].roles[1], "manager");
}

int conformance_nouns(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(parties_are_kept_replaced_and_paged),
        SCENE_TEST(calendars_are_frozen_and_adopted_once),
        SCENE_TEST(a_calendar_may_be_proposed_again),
        SCENE_TEST(tlds_agreements_contacts_and_delegations),
        SCENE_TEST(rulebooks_are_versions_for_ever),
        SCENE_TEST(findings_cite_measurements_and_hold_them),
        SCENE_TEST(measurements_are_judged_and_windowed),
        SCENE_TEST(the_outbox_gives_each_task_once),
        SCENE_TEST(a_task_of_one_transaction_needs_no_claim),
        SCENE_TEST(publications_and_their_updates),
        SCENE_TEST(users_are_known_by_their_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
