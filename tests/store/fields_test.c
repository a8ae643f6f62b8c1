/* What is put comes back, each field in its own place: every record has another value in every
 * field, so that two that are mixed up are seen. */
#include "scene.h"

#include "store/absence.h"
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
#include "store/token.h"
#include "store/user.h"

#include <string.h>

static void assert_same_digest(struct digest a, struct digest b)
{
    assert_memory_equal(a.bytes, b.bytes, DIGEST_SIZE);
}

static void begin(struct scene *scene)
{
    assert_done(scene->store, store_begin(scene->store));
}

/* What was written is read from the file, not from anybody's memory. */
static void commit(struct scene *scene)
{
    assert_done(scene->store, store_commit(scene->store));
    scene_reopen(scene);
}

static void a_letter_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    static const char bytes[] = "To: b@example\r\n\r\nText";
    const struct store_letter put = {.id = "l-1",
                                     .case_id = "c-1",
                                     .kind = "notice1",
                                     .message_id = "m-1@example",
                                     .recipient = "b@example",
                                     .subject = "About example",
                                     .drafted_by = "machine",
                                     .sha256 = digest_of(bytes, sizeof bytes - 1),
                                     .bytes = {(const uint8_t *)bytes, sizeof bytes - 1},
                                     .state = LETTER_STATE_DRAFT,
                                     .created_at = SCENE_AT(1),
                                     .updated_at = SCENE_AT(2)};
    struct store_letter found, *list;
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    assert_done(scene->store, store_letter_put(scene->store, &put));
    commit(scene);
    const struct store_letter_query query = {.case_id = "c-1"};
    assert_done(scene->store,
                store_letter_list(scene->store, &query, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    for (int listed = 0; listed < 2; listed++) {
        if (listed)
            found = list[0];
        else
            assert_done(scene->store,
                        store_letter_find(scene->store, "l-1", &scene->arena, &found));
        assert_string_equal(found.id, put.id);
        assert_string_equal(found.case_id, put.case_id);
        assert_string_equal(found.kind, put.kind);
        assert_string_equal(found.message_id, put.message_id);
        assert_string_equal(found.recipient, put.recipient);
        assert_string_equal(found.subject, put.subject);
        assert_string_equal(found.drafted_by, put.drafted_by);
        assert_same_digest(found.sha256, put.sha256);
        assert_int_equal(found.state, put.state);
        assert_int_equal(found.created_at, put.created_at);
        assert_int_equal(found.updated_at, put.updated_at);
        assert_int_equal(found.bytes.size, listed ? 0 : sizeof bytes - 1);
    }
}

static void an_attempt_and_an_approval_keep_their_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_letter letter = {.id = "l-1",
                                        .case_id = "c-1",
                                        .kind = "breach",
                                        .message_id = "m-1@example",
                                        .recipient = "b@example",
                                        .subject = "s",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of("x", 1),
                                        .bytes = {(const uint8_t *)"x", 1},
                                        .created_at = SCENE_AT(1),
                                        .updated_at = SCENE_AT(1)};
    const struct store_approval approval = {"l-1", letter.sha256, "bert", SCENE_AT(2)};
    struct store_attempt ended = {.letter = "l-1",
                                  .begun_at = SCENE_AT(3),
                                  .ended_at = SCENE_AT(4),
                                  .phase = ATTEMPT_DEFERRED,
                                  .reply = "451 later"};
    struct store_attempt *attempts;
    struct store_approval *approvals;
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    assert_done(scene->store, store_letter_put(scene->store, &letter));
    assert_done(scene->store, store_approval_put(scene->store, &approval));
    assert_done(scene->store,
                store_attempt_begin(scene->store, "l-1", "b@example", SCENE_AT(3), &ended.number));
    assert_int_equal(ended.number, 1);
    assert_done(scene->store, store_attempt_end(scene->store, &ended));
    commit(scene);
    assert_done(scene->store,
                store_attempt_list(scene->store, "l-1", &scene->arena, &attempts, &count));
    assert_int_equal(count, 1);
    assert_string_equal(attempts[0].letter, "l-1");
    assert_int_equal(attempts[0].number, 1);
    assert_string_equal(attempts[0].recipient, "b@example");
    assert_int_equal(attempts[0].begun_at, SCENE_AT(3));
    assert_int_equal(attempts[0].ended_at, SCENE_AT(4));
    assert_int_equal(attempts[0].phase, ATTEMPT_DEFERRED);
    assert_string_equal(attempts[0].reply, "451 later");
    assert_done(scene->store,
                store_approval_list(scene->store, "l-1", &scene->arena, &approvals, &count));
    assert_int_equal(count, 1);
    assert_string_equal(approvals[0].letter, "l-1");
    assert_string_equal(approvals[0].approver, "bert");
    assert_int_equal(approvals[0].at, SCENE_AT(2));
    assert_same_digest(approvals[0].sha256, letter.sha256);
}

static void a_mail_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_mail put = {.sha256 = digest_of("mail", 4),
                                   .received_at = SCENE_AT(5),
                                   .sender = "a@example",
                                   .subject = "Re: About",
                                   .outcome = "answer",
                                   .case_id = "c-1",
                                   .bytes = {(const uint8_t *)"mail", 4}};
    struct store_mail found;
    begin(scene);
    scene_case(scene, "c-1", "example");
    assert_int_equal(store_mail_put(scene->store, &put), 1);
    assert_int_equal(store_mail_put(scene->store, &put), 0);
    commit(scene);
    assert_done(scene->store, store_mail_find(scene->store, &put.sha256, &scene->arena, &found));
    assert_same_digest(found.sha256, put.sha256);
    assert_int_equal(found.received_at, put.received_at);
    assert_string_equal(found.sender, put.sender);
    assert_string_equal(found.subject, put.subject);
    assert_string_equal(found.outcome, put.outcome);
    assert_string_equal(found.case_id, put.case_id);
    assert_int_equal(found.bytes.size, 4);
    assert_memory_equal(found.bytes.data, "mail", 4);
}

static void an_opening_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    struct tlog_opening opening = {.json = "{\"a\":1}", .json_size = 7};
    struct store_opening found, *list;
    size_t count;
    opening.entry = digest_of("entry", 5);
    opening.key = digest_of("key", 3);
    begin(scene);
    assert_done(scene->store, store_opening_put(scene->store, &opening, SCENE_AT(6)));
    commit(scene);
    assert_done(scene->store,
                store_opening_find(scene->store, &opening.entry, &scene->arena, &found));
    assert_same_digest(found.opening.entry, opening.entry);
    assert_same_digest(found.opening.key, opening.key);
    assert_string_equal(found.opening.json, "{\"a\":1}");
    assert_int_equal(found.opening.json_size, 7);
    assert_int_equal(found.created_at, SCENE_AT(6));
    assert_int_equal(found.erased_at, 0);
    begin(scene);
    assert_done(scene->store, store_opening_erase(scene->store, &opening.entry, SCENE_AT(7)));
    commit(scene);
    assert_done(scene->store,
                store_opening_list(scene->store, /* after= */ 0, 0, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_null(list[0].opening.json);
    assert_same_digest(list[0].opening.key, (struct digest){0});
    assert_int_equal(list[0].created_at, SCENE_AT(6));
    assert_int_equal(list[0].erased_at, SCENE_AT(7));
}

static void a_user_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const char *roles[] = {"analyst", "approver"};
    const struct store_user put = {.id = "anna",
                                   .name = "Anna",
                                   .roles = roles,
                                   .role_count = 2,
                                   .party = "registry-a",
                                   .created_at = SCENE_AT(8)};
    struct store_user found;
    begin(scene);
    assert_done(scene->store, store_user_put(scene->store, &put));
    commit(scene);
    assert_done(scene->store, store_user_find(scene->store, "anna", &scene->arena, &found));
    assert_string_equal(found.id, "anna");
    assert_string_equal(found.name, "Anna");
    assert_int_equal(found.role_count, 2);
    assert_string_equal(found.roles[0], "analyst");
    assert_string_equal(found.roles[1], "approver");
    assert_string_equal(found.party, "registry-a");
    assert_int_equal(found.created_at, SCENE_AT(8));
    assert_int_equal(found.disabled_at, 0);
    struct store_user disabled = put;
    disabled.disabled_at = SCENE_AT(9);
    begin(scene);
    assert_done(scene->store, store_user_put(scene->store, &disabled));
    commit(scene);
    assert_done(scene->store, store_user_find(scene->store, "anna", &scene->arena, &found));
    assert_int_equal(found.disabled_at, SCENE_AT(9));
}

/* A token is revoked once; what was handed out stays told. */
static void a_token_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_user user = {.id = "anna"};
    const struct store_token put = {.person = "anna",
                                    .sha256 = digest_of("token", 5),
                                    .scope = "read",
                                    .note = "calendar",
                                    .made_at = SCENE_AT(1),
                                    .made_by = "ada",
                                    .until = 20000};
    const struct store_token other = {.person = "anna",
                                      .sha256 = digest_of("other", 5),
                                      .scope = "read write",
                                      .certificate = digest_of("der", 3)};
    const struct digest none = {.bytes = {0}};
    const struct store_token nobodys = {
        .person = "eve", .sha256 = digest_of("x", 1), .scope = "read"};
    struct store_token found, *list;
    size_t count;
    begin(scene);
    assert_done(scene->store, store_user_put(scene->store, &user));
    assert_done(scene->store, store_token_append(scene->store, &put));
    assert_int_equal(store_token_append(scene->store, &put), ERR_CONFLICT);
    assert_int_equal(store_token_append(scene->store, &nobodys), ERR_CONFLICT);
    assert_done(scene->store, store_token_append(scene->store, &other));
    commit(scene);
    assert_done(scene->store, store_token_find(scene->store, &put.sha256, &scene->arena, &found));
    assert_string_equal(found.person, "anna");
    assert_int_equal(found.number, 1);
    assert_same_digest(found.sha256, put.sha256);
    assert_same_digest(found.certificate, none);
    assert_string_equal(found.scope, "read");
    assert_string_equal(found.note, "calendar");
    assert_int_equal(found.made_at, SCENE_AT(1));
    assert_string_equal(found.made_by, "ada");
    assert_int_equal(found.until, 20000);
    assert_int_equal(found.revoked_at, 0);
    begin(scene);
    assert_done(scene->store, store_token_revoke(scene->store, "anna", 1, SCENE_AT(2), "bert"));
    assert_int_equal(store_token_revoke(scene->store, "anna", 1, SCENE_AT(3), "carl"),
                     ERR_NOT_FOUND);
    assert_int_equal(store_token_revoke(scene->store, "anna", 3, SCENE_AT(3), "carl"),
                     ERR_NOT_FOUND);
    assert_int_equal(store_token_revoke_all(scene->store, "anna", SCENE_AT(4), "carl"), 1);
    commit(scene);
    assert_done(scene->store, store_token_list(scene->store, "anna", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].revoked_at, SCENE_AT(2));
    assert_string_equal(list[0].revoked_by, "bert");
    assert_int_equal(list[1].number, 2);
    assert_same_digest(list[1].certificate, other.certificate);
    assert_int_equal(list[1].revoked_at, SCENE_AT(4));
}

/* A hook is noted, set aside, ended, and never anything else; its queue goes in order. */
static void a_hook_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_user user = {.id = "anna"};
    const struct store_hook put = {.person = "anna",
                                   .audience = HOOK_AUDIENCE_PARTY,
                                   .url = "https://a.example/in",
                                   .kinds = "case.told case.changed",
                                   .secret = digest_of("secret", 6),
                                   .made_at = SCENE_AT(1),
                                   .made_by = "ada"};
    const struct store_hook nobodys = {.person = "eve", .audience = HOOK_AUDIENCE_STAFF};
    const struct digest none = {{0}};
    struct store_hook found, *list;
    int64_t number;
    size_t count;
    begin(scene);
    assert_done(store, store_user_put(store, &user));
    assert_int_equal(store_hook_any(store, HOOK_AUDIENCE_PARTY), 0);
    assert_done(store, store_hook_append(store, &put));
    assert_int_equal(store_hook_append(store, &nobodys), ERR_CONFLICT);
    assert_done(store, store_hook_append(store, &put));
    assert_int_equal(store_hook_any(store, HOOK_AUDIENCE_PARTY), 1);
    assert_int_equal(store_hook_any(store, HOOK_AUDIENCE_STAFF), 0);
    assert_done(store, store_hook_find(store, "anna", 1, &scene->arena, &found));
    assert_string_equal(found.person, "anna");
    assert_int_equal(found.number, 1);
    assert_string_equal(found.audience, HOOK_AUDIENCE_PARTY);
    assert_string_equal(found.url, put.url);
    assert_string_equal(found.kinds, put.kinds);
    assert_same_digest(found.secret, put.secret);
    assert_int_equal(found.made_at, SCENE_AT(1));
    assert_string_equal(found.made_by, "ada");
    assert_int_equal(found.state, HOOK_ACTIVE);
    assert_int_equal(found.due_at, 0);
    assert_false(found.quick);
    assert_int_equal(store_hook_next(store, false, &number), ERR_NOT_FOUND);
    found.due_at = SCENE_AT(5);
    found.quick = true;
    found.failed = 3;
    found.failing_since = SCENE_AT(2);
    found.last_at = SCENE_AT(3);
    found.last_words = "status 503";
    assert_done(store, store_hook_note(store, &found, /* taken= */ true));
    assert_done(store, store_hook_find(store, "anna", 1, &scene->arena, &found));
    assert_int_equal(found.due_at, SCENE_AT(5));
    assert_true(found.quick);
    assert_int_equal(found.failed, 3);
    assert_int_equal(found.failing_since, SCENE_AT(2));
    assert_int_equal(found.delivered, 1);
    assert_int_equal(found.last_at, SCENE_AT(3));
    assert_string_equal(found.last_words, "status 503");
    assert_done(store, store_hook_next(store, true, &number));
    assert_int_equal(number, SCENE_AT(5));
    assert_done(store,
                store_hook_list_due(store, true, SCENE_AT(4), 9, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
    assert_done(store,
                store_hook_list_due(store, true, SCENE_AT(5), 9, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(store_hook_recover(store, SCENE_AT(4)), 1);
    assert_done(store, store_hook_put_off(store, "anna", 1, SCENE_AT(7)));
    assert_done(store, store_hook_set_state(store, &found, HOOK_SET_ASIDE, SCENE_AT(8), "machine"));
    assert_int_equal(store_hook_put_off(store, "anna", 1, SCENE_AT(9)), ERR_NOT_FOUND);
    assert_done(store, store_hook_find(store, "anna", 1, &scene->arena, &found));
    assert_int_equal(found.state, HOOK_SET_ASIDE);
    assert_int_equal(found.state_at, SCENE_AT(8));
    assert_string_equal(found.state_by, "machine");
    assert_same_digest(found.secret, put.secret);
    assert_int_equal(found.due_at, 0);
    assert_done(store, store_hook_list_active(store, HOOK_AUDIENCE_PARTY, "", &scene->arena, &list,
                                              &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].number, 2);
    assert_done(store, store_hook_count(store, "anna", &number));
    assert_int_equal(number, 2);
    assert_done(store, store_hook_set_state(store, &found, HOOK_REVOKED, SCENE_AT(9), "ada"));
    assert_int_equal(store_hook_set_state(store, &found, HOOK_ACTIVE, SCENE_AT(9), "ada"),
                     ERR_NOT_FOUND);
    assert_done(store, store_hook_list(store, "anna", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_same_digest(list[0].secret, none);
    commit(scene);
}

static void a_delivery_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    const struct store_user user = {.id = "anna"};
    const struct store_hook hook = {.person = "anna",
                                    .audience = HOOK_AUDIENCE_STAFF,
                                    .url = "https://a.example/",
                                    .kinds = "case.changed",
                                    .secret = digest_of("secret", 6)};
    struct store_delivery put = {.person = "anna",
                                 .number = 1,
                                 .id = "d-1",
                                 .kind = "case.changed",
                                 .object_kind = "case",
                                 .object = "C-1",
                                 .at = SCENE_AT(1)},
                          found;
    struct store_seen seen = {.case_id = "C-1", .version = "v1", .letters = 2};
    int64_t number;
    begin(scene);
    assert_done(store, store_user_put(store, &user));
    assert_int_equal(store_delivery_put(store, &put, SCENE_AT(2)), ERR_CONFLICT); /* no hook */
    assert_done(store, store_hook_append(store, &hook));
    assert_done(store, store_delivery_put(store, &put, SCENE_AT(2)));
    put.id = "d-2";
    assert_done(store, store_delivery_put(store, &put, SCENE_AT(3)));
    assert_done(store, store_hook_next(store, false, &number));
    assert_int_equal(number, SCENE_AT(2));
    assert_done(store, store_delivery_first(store, "anna", 1, &scene->arena, &found));
    assert_int_equal(found.seq, 1);
    assert_string_equal(found.id, "d-1");
    assert_string_equal(found.kind, "case.changed");
    assert_string_equal(found.object_kind, "case");
    assert_string_equal(found.object, "C-1");
    assert_int_equal(found.at, SCENE_AT(1));
    assert_int_equal(store_delivery_forget(store, &found), 1);
    assert_int_equal(store_delivery_forget(store, &found), 0);
    assert_done(store, store_delivery_first(store, "anna", 1, &scene->arena, &found));
    assert_string_equal(found.id, "d-2");
    assert_done(store, store_delivery_count(store, "anna", 1, &number));
    assert_int_equal(number, 1);
    assert_int_equal(store_delivery_forget_all(store, "anna", 1), 1);
    assert_int_equal(store_delivery_first(store, "anna", 1, &scene->arena, &found), ERR_NOT_FOUND);
    scene_case(scene, "C-1", "example");
    assert_int_equal(store_seen_find(store, "C-1", &scene->arena, &seen), ERR_NOT_FOUND);
    assert_done(store, store_seen_put(store, &seen));
    seen.version = "v2";
    seen.letters = 3;
    assert_done(store, store_seen_put(store, &seen));
    assert_done(store, store_seen_find(store, "C-1", &scene->arena, &seen));
    assert_string_equal(seen.case_id, "C-1");
    assert_string_equal(seen.version, "v2");
    assert_int_equal(seen.letters, 3);
    assert_int_equal(store_seen_forget_all(store), 1);
    commit(scene);
}

static void an_exhibit_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_exhibit put = {.case_id = "C-1",
                                      .seq = 1,
                                      .number = 2,
                                      .sha256 = digest_of("bytes", 5),
                                      .media_type = "text/plain",
                                      .name = "log.txt",
                                      .collected = 20000,
                                      .bytes = {(const uint8_t *)"bytes", 5}};
    struct store_exhibit other = put, found, *list;
    size_t count;
    begin(scene);
    scene_case(scene, "C-1", "example");
    assert_done(scene->store, scene_event(scene, "C-1", 1));
    assert_done(scene->store, store_exhibit_put(scene->store, &put));
    assert_int_equal(store_exhibit_put(scene->store, &put), ERR_CONFLICT);
    other.seq = 2; /* there is no such event */
    assert_int_equal(store_exhibit_put(scene->store, &other), ERR_CONFLICT);
    other.seq = other.number = 1;
    other.name = "";
    other.collected = 0;
    assert_done(scene->store, store_exhibit_put(scene->store, &other));
    commit(scene);
    assert_done(scene->store, store_exhibit_find(scene->store, "C-1", 1, 2, &scene->arena, &found));
    assert_string_equal(found.case_id, "C-1");
    assert_int_equal(found.seq, 1);
    assert_int_equal(found.number, 2);
    assert_same_digest(found.sha256, put.sha256);
    assert_string_equal(found.media_type, "text/plain");
    assert_string_equal(found.name, "log.txt");
    assert_int_equal(found.collected, 20000);
    assert_int_equal(found.size, 5);
    assert_int_equal(found.bytes.size, 5);
    assert_memory_equal(found.bytes.data, "bytes", 5);
    assert_int_equal(store_exhibit_find(scene->store, "C-1", 1, 3, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(scene->store,
                store_exhibit_list(scene->store, "C-1", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].number, 1);
    assert_int_equal(list[1].size, 5);
    assert_int_equal(list[1].bytes.size, 0);
}

/* A grant is revoked once; what was given stays told. */
static void a_grant_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_user people[] = {{.id = "anna"}, {.id = "bert"}};
    const struct party party = {.id = "registrar-8", .name = "Eight", .kind = PARTY_REGISTRAR};
    const struct store_grant first = {.person = "bert",
                                      .party = "registrar-8",
                                      .may = PARTY_RIGHT_DELEGATE,
                                      .from = 100,
                                      .until = 200,
                                      .of_person = "",
                                      .made_at = SCENE_AT(1),
                                      .made_by = "ada"};
    struct store_grant other = first, found, *list;
    size_t count;
    other.person = "anna";
    other.may = PARTY_RIGHT_ANSWER;
    other.case_id = "c-1";
    other.of_person = "bert";
    other.of_number = 1;
    begin(scene);
    for (size_t i = 0; i < 2; i++)
        assert_done(scene->store, store_user_put(scene->store, &people[i]));
    assert_done(scene->store, store_party_put(scene->store, &party));
    assert_done(scene->store, store_grant_append(scene->store, &first));
    assert_done(scene->store, store_grant_append(scene->store, &other));
    other.person = "eve";
    assert_int_equal(store_grant_append(scene->store, &other), ERR_CONFLICT);
    other.person = "anna";
    other.party = "registrar-9";
    assert_int_equal(store_grant_append(scene->store, &other), ERR_CONFLICT);
    other.party = "registrar-8";
    other.until = other.from;
    assert_int_equal(store_grant_append(scene->store, &other), ERR_REFUSED);
    assert_done(scene->store, store_grant_revoke(scene->store, "anna", 1, SCENE_AT(2), "carl"));
    assert_int_equal(store_grant_revoke(scene->store, "anna", 1, SCENE_AT(3), "carl"),
                     ERR_NOT_FOUND);
    commit(scene);
    assert_done(scene->store, store_grant_find(scene->store, "anna", 1, &scene->arena, &found));
    assert_int_equal(store_grant_find(scene->store, "anna", 2, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_string_equal(found.party, "registrar-8");
    assert_string_equal(found.case_id, "c-1");
    assert_int_equal(found.may, PARTY_RIGHT_ANSWER);
    assert_int_equal(found.from, 100);
    assert_int_equal(found.until, 200);
    assert_string_equal(found.of_person, "bert");
    assert_int_equal(found.of_number, 1);
    assert_int_equal(found.made_at, SCENE_AT(1));
    assert_string_equal(found.made_by, "ada");
    assert_int_equal(found.revoked_at, SCENE_AT(2));
    assert_string_equal(found.revoked_by, "carl");
    assert_done(scene->store, store_grant_list(scene->store, "bert", &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].number, 1);
    assert_done(scene->store, store_grant_list_of_party(scene->store, "registrar-8", &scene->arena,
                                                        &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].person, "anna");
    assert_string_equal(list[1].person, "bert");
}

/* A one-time password's step is taken once, and only forward. */
static void a_credential_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_user user = {.id = "anna"};
    struct store_credential put = {.person = "anna",
                                   .salt = {(const uint8_t *)"0123456789abcdef", 16},
                                   .passes = 3,
                                   .memory_kib = 65536,
                                   .verifier = digest_of("key", 3),
                                   .factor = {(const uint8_t *)"sealed", 6},
                                   .used_step = -1,
                                   .set_at = SCENE_AT(1)};
    struct store_credential found;
    begin(scene);
    assert_int_equal(store_credential_put(scene->store, &put), ERR_CONFLICT);
    assert_done(scene->store, store_user_put(scene->store, &user));
    assert_done(scene->store, store_credential_put(scene->store, &put));
    put.set_at = SCENE_AT(2);
    assert_done(scene->store, store_credential_put(scene->store, &put));
    assert_done(scene->store, store_credential_use(scene->store, "anna", 7));
    assert_int_equal(store_credential_use(scene->store, "anna", 7), ERR_NOT_FOUND);
    assert_int_equal(store_credential_use(scene->store, "anna", 6), ERR_NOT_FOUND);
    commit(scene);
    assert_done(scene->store, store_credential_find(scene->store, "anna", &scene->arena, &found));
    assert_int_equal(found.salt.size, 16);
    assert_memory_equal(found.salt.data, put.salt.data, 16);
    assert_int_equal(found.passes, 3);
    assert_int_equal(found.memory_kib, 65536);
    assert_same_digest(found.verifier, put.verifier);
    assert_memory_equal(found.factor.data, "sealed", 6);
    assert_int_equal(found.used_step, 7);
    assert_int_equal(found.set_at, SCENE_AT(2));
    begin(scene);
    assert_int_equal(store_credential_delete(scene->store, "anna"), 1);
    assert_int_equal(store_credential_delete(scene->store, "anna"), 0);
    commit(scene);
    assert_int_equal(store_credential_find(scene->store, "anna", &scene->arena, &found),
                     ERR_NOT_FOUND);
}

static void an_answer_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_idempotency put = {.key_sha256 = digest_of("key", 3),
                                          .request_sha256 = digest_of("request", 7),
                                          .object = "k-1",
                                          .sealed = {(const uint8_t *)"sealed", 6},
                                          .at = SCENE_AT(1)};
    struct store_idempotency found;
    begin(scene);
    assert_done(scene->store, store_idempotency_put(scene->store, &put));
    assert_int_equal(store_idempotency_put(scene->store, &put), ERR_CONFLICT);
    commit(scene);
    assert_done(scene->store,
                store_idempotency_find(scene->store, &put.key_sha256, &scene->arena, &found));
    assert_same_digest(found.key_sha256, put.key_sha256);
    assert_same_digest(found.request_sha256, put.request_sha256);
    assert_string_equal(found.object, "k-1");
    assert_memory_equal(found.sealed.data, "sealed", 6);
    assert_int_equal(found.at, SCENE_AT(1));
    begin(scene);
    assert_int_equal(store_idempotency_delete_until(scene->store, SCENE_AT(0)), 0);
    assert_int_equal(store_idempotency_delete_object(scene->store, "k-2"), 0);
    assert_int_equal(store_idempotency_delete_object(scene->store, "k-1"), 1);
    assert_done(scene->store, store_idempotency_put(scene->store, &put));
    assert_int_equal(store_idempotency_delete_until(scene->store, SCENE_AT(1)), 1);
    commit(scene);
}

static void a_session_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_user users[] = {{.id = "anna"}, {.id = "bert"}};
    const struct store_session put[] = {
        {"s-1", digest_of("one", 3), "anna", 2, SCENE_AT(1), SCENE_AT(2), "192.0.2.1"},
        {"s-2", digest_of("two", 3), "bert", 0, SCENE_AT(3), SCENE_AT(4), "192.0.2.2"},
        {"s-3", digest_of("three", 5), "anna", 0, SCENE_AT(5), SCENE_AT(6), ""}};
    struct store_session found, *list;
    size_t count;
    begin(scene);
    for (size_t i = 0; i < 2; i++)
        assert_done(scene->store, store_user_put(scene->store, &users[i]));
    for (size_t i = 0; i < 3; i++)
        assert_done(scene->store, store_session_append(scene->store, &put[i]));
    assert_int_equal(store_session_append(scene->store, &put[0]), ERR_CONFLICT);
    assert_done(scene->store, store_session_seen(scene->store, "s-1", SCENE_AT(9)));
    commit(scene);
    assert_done(scene->store,
                store_session_find(scene->store, &put[0].sha256, &scene->arena, &found));
    assert_string_equal(found.id, "s-1");
    assert_string_equal(found.person, "anna");
    assert_int_equal(found.token, 2);
    assert_int_equal(found.begun_at, SCENE_AT(1));
    assert_int_equal(found.seen_at, SCENE_AT(9));
    assert_string_equal(found.address, "192.0.2.1");
    assert_done(scene->store, store_session_get(scene->store, "s-2", &scene->arena, &found));
    assert_same_digest(found.sha256, put[1].sha256);
    assert_done(scene->store,
                store_session_list_person(scene->store, "anna", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_done(scene->store,
                store_session_list(scene->store, "", 0, &scene->arena, &list, &count));
    assert_int_equal(count, 3);
    begin(scene);
    assert_int_equal(store_session_delete(scene->store, "s-3"), 1);
    assert_int_equal(store_session_delete(scene->store, "s-3"), 0);
    assert_int_equal(store_session_delete_over(scene->store, SCENE_AT(0), SCENE_AT(4)), 1);
    assert_int_equal(store_session_delete_over(scene->store, SCENE_AT(0), SCENE_AT(8)), 0);
    assert_int_equal(store_session_delete_person(scene->store, "anna"), 1);
    commit(scene);
}

static void a_publication_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_publication put = {.notice = "n-1",
                                          .case_id = "c-1",
                                          .state = "open",
                                          .record = "{}",
                                          .published_at = SCENE_AT(10),
                                          .updated_at = SCENE_AT(11),
                                          .next_update_due = SCENE_AT(12),
                                          .overdue_since = SCENE_AT(14)};
    struct store_publication_update update = {.notice = "n-1",
                                              .seq = 1,
                                              .at = SCENE_AT(13),
                                              .kind = "sent",
                                              .text = "It was sent.",
                                              .record_sha256 = digest_of("record", 6),
                                              .item = "i-1"};
    struct store_publication found;
    struct store_publication_update *updates;
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    update.entry = scene_opening(scene, "publication");
    assert_done(scene->store, store_publication_put(scene->store, &put));
    assert_done(scene->store, store_publication_update_append(scene->store, &update));
    commit(scene);
    assert_done(scene->store,
                store_publication_find_case(scene->store, "c-1", &scene->arena, &found));
    assert_string_equal(found.notice, "n-1");
    assert_string_equal(found.case_id, "c-1");
    assert_string_equal(found.state, "open");
    assert_string_equal(found.record, "{}");
    assert_int_equal(found.published_at, SCENE_AT(10));
    assert_int_equal(found.updated_at, SCENE_AT(11));
    assert_int_equal(found.next_update_due, SCENE_AT(12));
    assert_int_equal(found.overdue_since, SCENE_AT(14));
    assert_done(scene->store, store_publication_update_list(scene->store, "n-1", &scene->arena,
                                                            &updates, &count));
    assert_int_equal(count, 1);
    assert_string_equal(updates[0].notice, "n-1");
    assert_int_equal(updates[0].seq, 1);
    assert_int_equal(updates[0].at, SCENE_AT(13));
    assert_string_equal(updates[0].kind, "sent");
    assert_string_equal(updates[0].text, "It was sent.");
    assert_string_equal(updates[0].item, "i-1");
    assert_same_digest(updates[0].record_sha256, update.record_sha256);
    assert_same_digest(updates[0].entry, update.entry);
}

/* The latest version counts; what stood before stays in the store. */
static void a_past_notice_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    static const char *clauses[] = {"RAA 3.7.7", "RAA 3.9"};
    struct store_past_notice found, *list,
        put = {.id = "p-1",
               .version = 1,
               .party = "registrar-1",
               .kind = "breach",
               .day = 100,
               .cure_due = 121,
               .cured = 120,
               .suspended = 130,
               .terminated = 140,
               .clauses = clauses,
               .clause_count = 2,
               .source = "https://a.example/1",
               .imported_at = SCENE_AT(10),
               .imported_by = "anna",
               .agreed_by = "bert"};
    const struct store_past_query inside = {"registrar-1", 100, 101};
    const struct store_past_query outside = {"registrar-1", 101, 200};
    size_t count;
    begin(scene);
    put.entry = scene_opening(scene, "past");
    assert_done(scene->store, store_past_notice_put(scene->store, &put));
    assert_int_equal(store_past_notice_put(scene->store, &put), ERR_CONFLICT);
    put.version = 2;
    put.cured = 119;
    assert_done(scene->store, store_past_notice_put(scene->store, &put));
    commit(scene);
    assert_done(scene->store,
                store_past_notice_list(scene->store, &inside, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].cured, 119);
    assert_done(scene->store,
                store_past_notice_list(scene->store, &outside, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
    assert_done(scene->store, store_past_notice_find(scene->store, "p-1", &scene->arena, &found));
    assert_int_equal(found.version, 2);
    assert_string_equal(found.party, "registrar-1");
    assert_string_equal(found.kind, "breach");
    assert_int_equal(found.day, 100);
    assert_int_equal(found.cure_due, 121);
    assert_int_equal(found.suspended, 130);
    assert_int_equal(found.terminated, 140);
    assert_int_equal(found.clause_count, 2);
    assert_string_equal(found.clauses[1], "RAA 3.9");
    assert_string_equal(found.source, "https://a.example/1");
    assert_int_equal(found.imported_at, SCENE_AT(10));
    assert_string_equal(found.imported_by, "anna");
    assert_string_equal(found.agreed_by, "bert");
    assert_true(digest_equal(&found.entry, &put.entry));
}

/* What was written waits, is settled once, and never changes otherwise. */
static void a_notice_item_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    struct store_notice_item found, *list,
        put = {.id = "i-1",
               .case_id = "c-1",
               .kind = NOTICE_ITEM_REDACTION,
               .about = "l-1",
               .text = "text",
               .ranges = "1+2",
               .reason = "why",
               .at = SCENE_AT(10),
               .actor = "anna",
               .sha256 = digest_of("item", 4)};
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    put.entry = scene_opening(scene, "item");
    assert_done(scene->store, store_notice_item_put(scene->store, &put));
    commit(scene);
    assert_done(scene->store,
                store_notice_item_list(scene->store, "c-1", true, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].state, NOTICE_ITEM_WAITING);
    put.state = NOTICE_ITEM_AGREED;
    put.settled_at = SCENE_AT(11);
    put.settled_by = "bert";
    begin(scene);
    assert_done(scene->store, store_notice_item_settle(scene->store, &put));
    assert_int_equal(store_notice_item_settle(scene->store, &put), ERR_NOT_FOUND);
    commit(scene);
    assert_done(scene->store, store_notice_item_find(scene->store, "i-1", &scene->arena, &found));
    assert_string_equal(found.case_id, "c-1");
    assert_int_equal(found.kind, NOTICE_ITEM_REDACTION);
    assert_string_equal(found.about, "l-1");
    assert_string_equal(found.text, "text");
    assert_string_equal(found.ranges, "1+2");
    assert_string_equal(found.reason, "why");
    assert_int_equal(found.at, SCENE_AT(10));
    assert_string_equal(found.actor, "anna");
    assert_true(digest_equal(&found.sha256, &put.sha256));
    assert_true(digest_equal(&found.entry, &put.entry));
    assert_int_equal(found.state, NOTICE_ITEM_AGREED);
    assert_int_equal(found.settled_at, SCENE_AT(11));
    assert_string_equal(found.settled_by, "bert");
    assert_done(scene->store,
                store_notice_item_list(scene->store, NULL, true, &scene->arena, &list, &count));
    assert_int_equal(count, 0);
}

static void a_case_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    begin(scene);
    scene_case(scene, "c-1", "example");
    struct store_case put;
    assert_done(scene->store, store_case_find(scene->store, "c-1", &scene->arena, &put));
    put.origin = ORIGIN_MONITORING;
    put.source = SOURCE_TREND;
    put.stage = "breach-2";
    put.stage_kind = STAGE_BREACH;
    put.handler = "anna";
    put.summary = "short";
    put.seq = 7;
    put.opened_at = SCENE_AT(14);
    put.updated_at = SCENE_AT(15);
    put.due_at = SCENE_AT(16);
    put.closed_at = SCENE_AT(17);
    put.closure = "corrected";
    put.published = true;
    put.rules = "bb";
    put.awaits = AWAITS_APPROVAL;
    put.about = "notice2";
    put.clock_rule = "first";
    put.clock_date = 20000;
    put.clock_at = SCENE_AT(18);
    put.told_at = SCENE_AT(19);
    assert_done(scene->store, store_case_put(scene->store, &put));
    commit(scene);
    struct store_case found;
    assert_done(scene->store, store_case_find(scene->store, "c-1", &scene->arena, &found));
    assert_string_equal(found.subject, "example");
    assert_string_equal(found.party, put.party);
    assert_string_equal(found.obligation, put.obligation);
    assert_string_equal(found.process, put.process);
    assert_int_equal(found.origin, ORIGIN_MONITORING);
    assert_int_equal(found.source, SOURCE_TREND);
    assert_string_equal(found.stage, "breach-2");
    assert_int_equal(found.stage_kind, STAGE_BREACH);
    assert_string_equal(found.handler, "anna");
    assert_string_equal(found.summary, "short");
    assert_int_equal(found.seq, 7);
    assert_int_equal(found.opened_at, SCENE_AT(14));
    assert_int_equal(found.updated_at, SCENE_AT(15));
    assert_int_equal(found.due_at, SCENE_AT(16));
    assert_int_equal(found.closed_at, SCENE_AT(17));
    assert_string_equal(found.closure, "corrected");
    assert_true(found.published);
    assert_string_equal(found.rules, "bb");
    assert_int_equal(found.awaits, AWAITS_APPROVAL);
    assert_string_equal(found.about, "notice2");
    assert_string_equal(found.clock_rule, "first");
    assert_int_equal(found.clock_date, 20000);
    assert_int_equal(found.clock_at, SCENE_AT(18));
    assert_int_equal(found.told_at, SCENE_AT(19));
    const struct store_case_key key = {put.party, put.obligation, "example"};
    assert_int_equal(store_case_find_open(scene->store, &key, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(scene->store, store_case_find_closed(scene->store, &key, &scene->arena, &found));
}

static void a_link_and_a_deadline_keep_their_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_link link = {.case_id = "c-1",
                                    .kind = "finding",
                                    .object = "f-1",
                                    .linked_at = SCENE_AT(18),
                                    .linked_by = "machine",
                                    .unlinked_at = SCENE_AT(19),
                                    .unlinked_by = "anna"};
    const struct store_deadline deadline = {"d-1", "c-1", "first", SCENE_AT(20), DEADLINE_STOPPED,
                                            "{}"};
    struct store_link *links;
    struct store_deadline found;
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    assert_done(scene->store, store_link_put(scene->store, &link));
    assert_done(scene->store, store_deadline_put(scene->store, &deadline));
    commit(scene);
    assert_done(scene->store, store_link_list_of_object(scene->store, "finding", "f-1",
                                                        &scene->arena, &links, &count));
    assert_int_equal(count, 1);
    assert_string_equal(links[0].case_id, "c-1");
    assert_string_equal(links[0].kind, "finding");
    assert_string_equal(links[0].object, "f-1");
    assert_int_equal(links[0].linked_at, SCENE_AT(18));
    assert_string_equal(links[0].linked_by, "machine");
    assert_int_equal(links[0].unlinked_at, SCENE_AT(19));
    assert_string_equal(links[0].unlinked_by, "anna");
    assert_done(scene->store, store_deadline_find(scene->store, "d-1", &scene->arena, &found));
    assert_string_equal(found.id, "d-1");
    assert_string_equal(found.case_id, "c-1");
    assert_string_equal(found.rule, "first");
    assert_int_equal(found.due_at, SCENE_AT(20));
    assert_int_equal(found.state, DEADLINE_STOPPED);
    assert_string_equal(found.trace, "{}");
}

/* Each thing that was said stays, in its order. */
static void absences_keep_their_fields_and_order(void **state)
{
    struct scene *scene = *state;
    const struct store_user user = {.id = "anna"};
    const struct store_absence rows[] = {{"anna", 20, 30, "bert", SCENE_AT(1), "ada"},
                                         {"anna", 10, 12, "carl", SCENE_AT(2), "anna"}};
    const struct store_absence nobody = {"eve", 1, 2, "bert", 3, "ada"};
    const struct store_absence backwards = {"anna", 2, 1, "bert", 3, "ada"};
    struct store_absence last, *list;
    size_t count;
    begin(scene);
    assert_done(scene->store, store_user_put(scene->store, &user));
    assert_int_equal(store_absence_last(scene->store, "anna", &scene->arena, &last), ERR_NOT_FOUND);
    for (size_t i = 0; i < 2; i++)
        assert_done(scene->store, store_absence_append(scene->store, &rows[i]));
    assert_int_equal(store_absence_append(scene->store, &nobody), ERR_CONFLICT);
    assert_int_equal(store_absence_append(scene->store, &backwards), ERR_REFUSED);
    commit(scene);
    assert_done(scene->store, store_absence_last(scene->store, "anna", &scene->arena, &last));
    assert_string_equal(last.deputy, "carl");
    assert_done(scene->store,
                store_absence_list(scene->store, "anna", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].person, "anna");
    assert_int_equal(list[0].from, 20);
    assert_int_equal(list[0].until, 30);
    assert_string_equal(list[0].deputy, "bert");
    assert_int_equal(list[0].said_at, SCENE_AT(1));
    assert_string_equal(list[0].said_by, "ada");
}

/* By party and by family; what began on the same day takes the place of the last. */
static void a_family_keeps_its_members(void **state)
{
    struct scene *scene = *state;
    const struct store_family_member rows[] = {{"old-group", "registrar-8", 100, 200},
                                               {"group", "registrar-8", 200, INT32_MAX},
                                               {"mistake", "registrar-7", 50, 60},
                                               {"group", "registrar-7", 50, 150}};
    const struct store_family_member nobody = {"group", "registrar-9", 1, 2};
    const struct store_family_member backwards = {"group", "registrar-8", 9, 8};
    struct store_family_member *list;
    size_t count;
    begin(scene);
    scene_party(scene, "registrar-7");
    scene_party(scene, "registrar-8");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_done(scene->store, store_family_put(scene->store, &rows[i]));
    assert_int_equal(store_family_put(scene->store, &nobody), ERR_CONFLICT);
    assert_int_equal(store_family_put(scene->store, &backwards), ERR_REFUSED);
    commit(scene);
    assert_done(scene->store,
                store_family_list(scene->store, "group", &scene->arena, &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].family, "group");
    assert_string_equal(list[0].party, "registrar-7");
    assert_int_equal(list[0].from, 50);
    assert_int_equal(list[0].until, 150);
    assert_string_equal(list[1].party, "registrar-8");
    assert_done(scene->store, store_family_list_of_party(scene->store, "registrar-8", &scene->arena,
                                                         &list, &count));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].family, "old-group");
    assert_string_equal(list[1].family, "group");
    assert_int_equal(list[1].until, INT32_MAX);
}

static void a_party_and_its_papers_keep_their_fields(void **state)
{
    struct scene *scene = *state;
    const struct party party = {.id = "registrar-7",
                                .kind = PARTY_REGISTRAR,
                                .name = "Seven",
                                .iana_id = 7,
                                .status = "accredited",
                                .rdap_url = "https://seven.example/"};
    const struct tld tld = {"example", TLD_SPONSORED, "registrar-7", "https://tld.example/"};
    const struct agreement agreement = {"registrar-7", "raa", "2013", "example", 100, 200};
    const struct contact contact = {"registrar-7", "legal", "Lee", "lee@seven.example"};
    struct party found;
    struct tld found_tld;
    struct agreement *agreements;
    struct contact *contacts;
    size_t count;
    begin(scene);
    assert_done(scene->store, store_party_put(scene->store, &party));
    assert_done(scene->store, store_tld_put(scene->store, &tld));
    assert_done(scene->store, store_agreement_put(scene->store, &agreement));
    assert_done(scene->store, store_contact_put(scene->store, &contact));
    commit(scene);
    assert_done(scene->store, store_party_find(scene->store, "registrar-7", &scene->arena, &found));
    assert_string_equal(found.id, "registrar-7");
    assert_int_equal(found.kind, PARTY_REGISTRAR);
    assert_string_equal(found.name, "Seven");
    assert_int_equal(found.iana_id, 7);
    assert_string_equal(found.status, "accredited");
    assert_string_equal(found.rdap_url, "https://seven.example/");
    assert_done(scene->store, store_tld_find(scene->store, "example", &scene->arena, &found_tld));
    assert_string_equal(found_tld.name, "example");
    assert_int_equal(found_tld.tld_class, TLD_SPONSORED);
    assert_string_equal(found_tld.party, "registrar-7");
    assert_string_equal(found_tld.rdap_url, "https://tld.example/");
    assert_done(scene->store, store_agreement_list(scene->store, "registrar-7", &scene->arena,
                                                   &agreements, &count));
    assert_int_equal(count, 1);
    assert_string_equal(agreements[0].party, "registrar-7");
    assert_string_equal(agreements[0].family, "raa");
    assert_string_equal(agreements[0].version, "2013");
    assert_string_equal(agreements[0].subject, "example");
    assert_int_equal(agreements[0].from, 100);
    assert_int_equal(agreements[0].until, 200);
    assert_done(scene->store,
                store_contact_list(scene->store, "registrar-7", &scene->arena, &contacts, &count));
    assert_int_equal(count, 1);
    assert_string_equal(contacts[0].party, "registrar-7");
    assert_string_equal(contacts[0].role, "legal");
    assert_string_equal(contacts[0].name, "Lee");
    assert_string_equal(contacts[0].email, "lee@seven.example");
}

static void a_task_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_task put = {
        .key = "k-1", .kind = "notify", .payload = "{\"p\":1}", .due_at = SCENE_AT(21)};
    struct store_task *tasks;
    size_t count;
    begin(scene);
    assert_int_equal(store_outbox_put(scene->store, &put), 1);
    assert_done(scene->store,
                store_outbox_claim(scene->store,
                                   &(const struct store_outbox_query){
                                       .kind = "notify", .now = SCENE_AT(21), .limit = 10},
                                   &scene->arena, &tasks, &count));
    assert_int_equal(count, 1);
    assert_done(scene->store,
                store_outbox_fail(scene->store, "k-1", SCENE_AT(22), "no mail server"));
    commit(scene);
    assert_done(scene->store, store_outbox_list(scene->store, OUTBOX_PENDING, "", 0, &scene->arena,
                                                &tasks, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tasks[0].key, "k-1");
    assert_string_equal(tasks[0].kind, "notify");
    assert_string_equal(tasks[0].payload, "{\"p\":1}");
    assert_int_equal(tasks[0].state, OUTBOX_PENDING);
    assert_int_equal(tasks[0].due_at, SCENE_AT(22));
    assert_int_equal(tasks[0].attempts, 1);
    assert_string_equal(tasks[0].error, "no mail server");
    assert_done(scene->store, store_outbox_find(scene->store, "k-1", &scene->arena, tasks));
    assert_string_equal(tasks[0].payload, "{\"p\":1}");
    int64_t next;
    assert_done(scene->store, store_outbox_next(scene->store, &next));
    assert_int_equal(next, SCENE_AT(22));
}

static void a_proposal_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    struct store_proposal found, *list;
    size_t count;
    begin(scene);
    scene_case(scene, "c-1", "example");
    scene_case(scene, "c-2", "other");
    const struct store_proposal put = scene_proposal(scene, "c-1", "first");
    const struct store_proposal other = scene_proposal(scene, "c-2", "second");
    assert_done(scene->store, store_proposal_put(scene->store, &put));
    assert_done(scene->store, store_proposal_put(scene->store, &other));
    /* One of a kind waits in a case. */
    const struct store_proposal third = scene_proposal(scene, "c-1", "third");
    assert_int_equal(store_proposal_put(scene->store, &third), ERR_CONFLICT);
    commit(scene);
    assert_int_equal(store_proposal_find(scene->store, "c-2", &put.sha256, &scene->arena, &found),
                     ERR_NOT_FOUND);
    assert_done(scene->store,
                store_proposal_find(scene->store, "c-1", &put.sha256, &scene->arena, &found));
    assert_same_digest(found.sha256, put.sha256);
    assert_same_digest(found.entry, put.entry);
    assert_string_equal(found.event.case_id, "c-1");
    assert_int_equal(found.event.seq, 7);
    assert_int_equal(found.event.type, CASE_EXTENDED);
    assert_int_equal(found.event.version, CASE_EVENT_VERSION);
    assert_int_equal(found.event.at, SCENE_AT(3));
    assert_string_equal(found.event.actor, "ann");
    assert_string_equal(found.event.actor_role, "analyst");
    assert_string_equal(found.event.reason, "storm");
    assert_string_equal(found.event.data, put.event.data);
    assert_int_equal(found.state, PROPOSAL_WAITING);
    assert_string_equal(found.settled_by, "");
    begin(scene);
    found.state = PROPOSAL_WITHDRAWN;
    found.settled_at = SCENE_AT(5);
    found.settled_by = "bob";
    assert_done(scene->store, store_proposal_settle(scene->store, &found));
    assert_int_equal(store_proposal_settle(scene->store, &found), ERR_NOT_FOUND);
    commit(scene);
    const struct store_proposal_query waiting = {.waiting_only = true}, one = {.case_id = "c-1"};
    assert_done(scene->store,
                store_proposal_list(scene->store, &waiting, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].event.case_id, "c-2");
    assert_done(scene->store,
                store_proposal_list(scene->store, &one, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].state, PROPOSAL_WITHDRAWN);
    assert_int_equal(list[0].settled_at, SCENE_AT(5));
    assert_string_equal(list[0].settled_by, "bob");
}

/* The row with another value in one of the fields that the update of a case whose stage stays does
 * not write; false when there is no such field any more. */
static bool differ(struct store_case *row, int field)
{
    const char **const texts[] = {&row->stage, &row->handler, &row->closure,
                                  &row->rules, &row->about,   &row->clock_rule};
    int64_t *const numbers[] = {&row->due_at, &row->closed_at, &row->clock_at, &row->told_at};
    if (field < 6)
        *texts[field] = "another";
    else if (field < 10)
        *numbers[field - 6] = 1;
    else if (field == 10)
        row->stage_kind = STAGE_KIND_COUNT - 1;
    else if (field == 11)
        row->awaits = CASE_AWAITS_COUNT - 1;
    else if (field == 12)
        row->clock_date = 1;
    else if (field == 13)
        row->published = true;
    return field <= 13;
}

static void two_cases_are_alike_in_every_field_or_not(void **state)
{
    (void)state;
    const struct store_case row = {.id = "C-1",
                                   .stage = "notice1",
                                   .handler = "ann",
                                   .closure = "",
                                   .rules = "d-1",
                                   .about = "",
                                   .clock_rule = "r"};
    struct store_case other = row;
    other.seq = 7;
    other.updated_at = 7;
    assert_true(store_case_alike(&row, &other));
    other = row;
    for (int field = 0; differ(&other, field); field++) {
        if (store_case_alike(&row, &other))
            fail_msg("field %d", field);
        other = row;
    }
}

/* Whichever statement an update takes, all that it was given stands in the row. */
static void an_update_writes_every_field_that_differs(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_case before, after, found;
    assert_done(store, store_begin(store));
    scene_case(scene, "C-1", "example");
    for (int field = 0;; field++) {
        assert_done(store, store_case_find(store, "C-1", &scene->arena, &before));
        after = before;
        if (!differ(&after, field))
            break;
        after.seq++;
        after.updated_at++;
        uint64_t writes = store_case_writes(store);
        assert_int_equal(store_case_update(store, &before, &after), 0);
        assert_true(store_case_writes(store) > writes);
        assert_done(store, store_case_find(store, "C-1", &scene->arena, &found));
        if (!store_case_alike(&after, &found))
            fail_msg("field %d", field);
        assert_int_equal(found.seq, after.seq);
        assert_int_equal(found.updated_at, after.updated_at);
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

TEST_MAIN(IN_SCENE(a_letter_keeps_its_fields),
          IN_SCENE(an_attempt_and_an_approval_keep_their_fields), IN_SCENE(a_mail_keeps_its_fields),
          IN_SCENE(an_opening_keeps_its_fields), IN_SCENE(a_user_keeps_its_fields),
          IN_SCENE(a_token_keeps_its_fields), IN_SCENE(a_grant_keeps_its_fields),
          IN_SCENE(a_hook_keeps_its_fields), IN_SCENE(a_delivery_keeps_its_fields),
          IN_SCENE(an_exhibit_keeps_its_fields), IN_SCENE(a_credential_keeps_its_fields),
          IN_SCENE(a_session_keeps_its_fields), IN_SCENE(an_answer_keeps_its_fields),
          IN_SCENE(a_publication_keeps_its_fields), IN_SCENE(a_notice_item_keeps_its_fields),
          IN_SCENE(a_past_notice_keeps_its_fields), IN_SCENE(a_case_keeps_its_fields),
          IN_SCENE(a_link_and_a_deadline_keep_their_fields),
          IN_SCENE(absences_keep_their_fields_and_order), IN_SCENE(a_family_keeps_its_members),
          IN_SCENE(a_party_and_its_papers_keep_their_fields), IN_SCENE(a_task_keeps_its_fields),
          IN_SCENE(a_proposal_keeps_its_fields),
          IN_SCENE(an_update_writes_every_field_that_differs),
          cmocka_unit_test(two_cases_are_alike_in_every_field_or_not))
