/* Who is recused from a case acts in it by no command. One row for each command of the table, so
 * that a new one has to say where it stands. */
#include "app/command_list.h"
#include "app/intake/mail.h"
#include "app/publish/ledger.h"
#include "app/world.h"
#include "refusal.h"
#include "store/complaint.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/publication.h"

#include <stdio.h>

/* Every role that a person can have: what refuses is the recusal, not a role that is missing. */
#define ALL_ROLES (ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER | ROLE_ADMINISTRATOR | ROLE_MAIL)

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          eve = {.id = "eve", .roles = ALL_ROLES};

#define MAIL_BYTES "From: them\n\nWe did it\n"
#define LETTER_BYTES "From: us\n\nDear registrar\n"
#define IN_CASE(more) "{\"case\":\"CASE\"" more "}"
#define COMPLAINT "aaaa-aaaa-aaaa"
#define ELSEWHERE "aaaa-aaaa-aabc" /* a complaint that led to no case */
#define HEX "0000000000000000000000000000000000000000000000000000000000000000"

/* CASE and MAIL stand for the ids of the case that eve is recused from; OTHER is hers to work on.
 * NULL: the command touches no case that is there already. */
static const struct row {
    const char *command, *arguments;
} rows[] = {
    {"user.add", NULL},
    {"user.renew", NULL},
    {"user.disable", NULL},
    {"user.token.add", NULL},
    {"user.token.revoke", NULL},
    {"user.grant.add", NULL},
    {"user.grant.revoke", NULL},
    {"user.hook.add", NULL}, /* recusal decides what is told there */
    {"user.hook.revoke", NULL},
    {"user.hook.resume", NULL},
    {"own.hook.add", NULL},
    {"own.hook.revoke", NULL},
    {"own.hook.resume", NULL},
    {"own.answer", NULL}, /* these are of users of a party, and look by themselves */
    {"own.extension", NULL},
    {"own.delegate", NULL},
    {"own.revoke", NULL},
    {"user.password", NULL},
    {"user.password.remove", NULL},
    {"session.salt", NULL},
    {"session.begin", NULL},
    {"session.seen", NULL},
    {"session.end", NULL},
    {"user.absent", NULL},
    {"user.back", NULL},
    {"rulebook.propose", NULL},
    {"rulebook.adopt", NULL},
    {"rulebook.migrate", NULL}, /* leaves out the cases from which who proposes it is recused */
    {"rulebook.agree", NULL},   /* refuses the cases from which who agrees is recused, by name */
    {"calendar.withdraw", NULL},
    {"party.import", NULL},
    {"clock.confirm", NULL},
    {"party.language", NULL},
    {"party.family", NULL},
    {"party.zone", NULL},
    {"calendar.propose", NULL},
    {"calendar.agree", NULL}, /* to a calendar for all; the steps that follow are the machine's */
    {"mail.take", NULL},
    {"complaint.file", NULL},
    {"complaint.anyway", "{\"complaint\":\"" COMPLAINT "\"}"},
    {"complaint.add", NULL}, /* these three are the complainant's, by the secret link */
    {"complaint.insist", NULL},
    {"complaint.withdraw", NULL},
    {"complaint.review", NULL},
    {"complaint.seen", "{\"complaint\":\"" COMPLAINT "\"}"},
    {"complaint.close", "{\"complaint\":\"" COMPLAINT "\"}"},
    {"complaint.outcome",
     "{\"complaint\":\"" COMPLAINT "\",\"outcome\":\"open\",\"names\":[\"x\"]}"},
    {"complaint.decide", "{\"complaint\":\"" COMPLAINT "\",\"need\":\"more\"}"},
    {"complaint.reopen", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"r\"}"},
    {"complaint.prioritise",
     "{\"complaint\":\"" COMPLAINT "\",\"level\":\"low\",\"reason\":\"can-wait\"}"},
    {"complaint.restrict",
     "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"repeated\",\"until\":\"2027-06-01\"}"},
    {"complaint.restrict-agree", NULL}, /* of a restriction: restriction_test.c */
    {"complaint.unrestrict", NULL},
    {"complaint.retype", "{\"complaint\":\"" COMPLAINT "\",\"type\":\"generic-registrar\"}"},
    {"complaint.label",
     "{\"complaint\":\"" COMPLAINT "\",\"tlp\":\"red\",\"reason\":\"source-asked\"}"},
    {"complaint.second-look", "{\"complaint\":\"" COMPLAINT "\",\"verdict\":\"agrees\"}"},
    {"complaint.export", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"person-asked\"}"},
    {"complaint.join", "{\"complaint\":\"" COMPLAINT "\",\"other\":\"" ELSEWHERE "\"}"},
    {"complaint.join", "{\"complaint\":\"" ELSEWHERE "\",\"other\":\"" COMPLAINT "\"}"},
    {"complaint.part", "{\"complaint\":\"" COMPLAINT "\"}"},
    {"complaint.redact",
     "{\"complaint\":\"" COMPLAINT "\",\"words\":\"x\",\"reason\":\"security\"}"},
    {"complaint.reporter", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"to-answer\"}"},
    {"complaint.look-up", "{\"complaint\":\"" COMPLAINT "\"}"},
    {"complaint.hold", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"court-order\"}"},
    {"complaint.hold", IN_CASE(",\"reason\":\"court-order\"")},
    {"complaint.lift", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"by-mistake\"}"},
    {"complaint.lift", IN_CASE(",\"reason\":\"by-mistake\"")},
    {"complaint.erase", "{\"complaint\":\"" COMPLAINT "\",\"reason\":\"person-asked\"}"},
    {"case.open", NULL}, /* of a matter that is open it names the case, and does nothing to it */
    {"case.accept", IN_CASE("")},
    {"case.allege", IN_CASE(",\"obligation\":\"raa.3.18.2-dns-abuse-mitigation\"")},
    {"case.decide", IN_CASE(",\"number\":1,\"outcome\":\"corrected\",\"reason\":\"r\"")},
    {"case.link", IN_CASE(",\"kind\":\"complaint\",\"object\":\"k-1\"")},
    {"case.unlink", IN_CASE(",\"kind\":\"complaint\",\"object\":\"k-1\"")},
    {"case.complainant", IN_CASE(",\"email\":\"a@b.example\"")},
    {"case.draft", IN_CASE(",\"letter\":\"termination\"")},
    {"case.adopt", IN_CASE(",\"sha256\":\"" HEX "\"")},
    {"case.approve", IN_CASE(",\"sha256\":\"" HEX "\"")},
    {"case.send", IN_CASE(",\"sha256\":\"" HEX "\"")},
    {"case.answer", IN_CASE(",\"text\":\"done\"")},
    {"case.answer", IN_CASE(",\"mail\":\"MAIL\"")},
    {"case.answer", "{\"case\":\"OTHER\",\"mail\":\"MAIL\"}"},
    {"case.judge", IN_CASE(",\"judgement\":\"adequate\",\"reason\":\"r\"")},
    {"case.record", IN_CASE(",\"event\":\"meeting\"")},
    {"case.migrate", IN_CASE("")},
    {"case.agree", IN_CASE(",\"proposal\":\"" HEX "\"")},
    {"case.withdraw", IN_CASE(",\"proposal\":\"" HEX "\"")},
    {"notice.progress", "{\"notice\":\"n-CASE\",\"text\":\"news\"}"},
    {"notice.statement", "{\"notice\":\"n-CASE\",\"text\":\"we regret\"}"},
    {"notice.correct", "{\"notice\":\"n-CASE\",\"text\":\"other\",\"reason\":\"r\"}"},
    {"notice.withdraw", "{\"notice\":\"n-CASE\",\"about\":\"x\",\"reason\":\"r\"}"},
    {"notice.redact", "{\"letter\":\"l-1\",\"words\":\"w\",\"reason\":\"r\"}"},
    {"notice.agree", "{\"item\":\"i-1\",\"sha256\":\"" HEX "\"}"},
    {"notice.drop", "{\"item\":\"i-1\"}"},
    {"notice.import", NULL}, /* of parties, not of cases */
    {"notice.adopt", NULL},
    {"letter.resend", "{\"letter\":\"l-1\"}"},
    {"letter.served", "{\"letter\":\"l-1\",\"channel\":\"courier\",\"on\":\"2027-01-04\","
                      "\"proof\":\"p\"}"},
    {"mail.dismiss", "{\"mail\":\"MAIL\"}"},
    {"outbox.retry", "{\"key\":\"CASE/9/0\"}"},
    {"outbox.settle", "{\"key\":\"CASE/9/0\",\"reason\":\"done by hand\"}"},
};

struct scene {
    struct world *world;
    const char *other;
};

/* --- a case with a letter, a mail and a task --- */

static void put_letter(struct world *world)
{
    const struct store_letter letter = {
        .id = "l-1",
        .case_id = world->case_id,
        .kind = "termination",
        .message_id = "l-1@us.example",
        .recipient = "c@party.example",
        .subject = "Termination",
        .drafted_by = "anna",
        .sha256 = digest_of(LETTER_BYTES, strlen(LETTER_BYTES)),
        .bytes = {(const uint8_t *)LETTER_BYTES, strlen(LETTER_BYTES)},
        .state = LETTER_STATE_SENT};
    assert_true(store_letter_put(world->app.store, &letter) >= 0);
}

static void put_mail(struct world *world)
{
    const struct store_mail mail = {.sha256 = digest_of(MAIL_BYTES, strlen(MAIL_BYTES)),
                                    .received_at = WORLD_START,
                                    .sender = "them@party.example",
                                    .subject = "",
                                    .outcome = mail_outcome_text(MAIL_OUTCOME_HELD),
                                    .case_id = world->case_id,
                                    .bytes = {(const uint8_t *)MAIL_BYTES, strlen(MAIL_BYTES)}};
    assert_int_equal(store_mail_put(world->app.store, &mail), 1);
}

static void put_complaint(struct world *world, const char *reference, const char *state,
                          const char *case_id)
{
    const struct store_complaint complaint = {.reference = reference,
                                              .received_at = WORLD_START,
                                              .type = "transfer",
                                              .rulebook = world->app.rulebook->digest_text,
                                              .language = "en",
                                              .link = digest_of(reference, strlen(reference)),
                                              .state = state,
                                              .closure = "",
                                              .case_id = case_id};
    assert_true(store_complaint_put(world->app.store, &complaint) >= 0);
}

static void put_task(struct world *world)
{
    char key[64], payload[96];
    snprintf(key, sizeof key, "%s/9/0", world->case_id);
    snprintf(payload, sizeof payload, "{\"case\":\"%s\"}", world->case_id);
    const struct store_task task = {
        .key = key, .kind = "notify", .payload = payload, .state = OUTBOX_DEAD, .error = ""};
    assert_int_equal(store_outbox_put(world->app.store, &task), 1);
}

/* The notice of the case, and what somebody wrote for it. */
static void put_notice(struct world *world)
{
    const struct store_publication publication = {
        .notice = arena_printf(&world->arena, "n-%s", world->case_id),
        .case_id = world->case_id,
        .state = "open",
        .record = "{}"};
    struct store_notice_item item = {.id = "i-1",
                                     .case_id = world->case_id,
                                     .kind = NOTICE_ITEM_STATEMENT,
                                     .text = "we regret",
                                     .actor = "anna",
                                     .sha256 = digest_of("item", 4)};
    json_t *event JSON_CLEANUP = json_object();
    assert_int_equal(store_publication_put(world->app.store, &publication), 0);
    assert_int_equal(ledger_commit(&world->app, "notice-item", event, &item.entry, NULL), 0);
    assert_int_equal(store_notice_item_put(world->app.store, &item), 0);
}

static const char *open_other(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct store_case record = {.party = "registrar-1",
                                      .obligation = "raa.3.18.2-dns-abuse-mitigation",
                                      .subject = "other",
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_COMPLAINT};
    assert_int_equal(casefile_new(&world->app, &record, &file, NULL), 0);
    world_step(
        &file, &anna,
        (struct case_step){.type = CASE_OPENED, .party = PARTY_REGISTRAR, .violation = true});
    return arena_copy_text(&world->arena, file.record.id);
}

static int make_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->world = world_new();
    world_open_termination(scene->world);
    put_letter(scene->world);
    put_mail(scene->world);
    put_task(scene->world);
    put_complaint(scene->world, COMPLAINT, "in-scope", scene->world->case_id);
    put_complaint(scene->world, ELSEWHERE, "filed", "");
    put_notice(scene->world);
    scene->other = open_other(scene->world);
    *state = scene;
    return 0;
}

static int end_scene(void **state)
{
    struct scene *scene = *state;
    world_free(scene->world);
    free(scene);
    return 0;
}

/* --- tests --- */

static void put_word(char *text, size_t size, const char *name, const char *value)
{
    char copy[512];
    const char *at = strstr(text, name);
    if (!at)
        return;
    snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - text), text, value, at + strlen(name));
    snprintf(text, size, "%s", copy);
}

static int run(struct scene *scene, const struct row *row, struct error_detail *detail)
{
    char text[512], hex[DIGEST_HEX];
    const struct digest mail = digest_of(MAIL_BYTES, strlen(MAIL_BYTES));
    json_t *arguments;
    snprintf(text, sizeof text, "%s", row->arguments);
    put_word(text, sizeof text, "CASE", scene->world->case_id);
    put_word(text, sizeof text, "OTHER", scene->other);
    put_word(text, sizeof text, "MAIL", digest_format(&mail, hex));
    assert_int_equal(json_parse(text, strlen(text), &arguments, NULL), 0);
    return world_run(scene->world, &eve, row->command, arguments, NULL, detail);
}

static void recuse_eve(struct scene *scene)
{
    json_t *arguments = json_pack("{s:s, s:s, s:s, s:s}", "case", scene->world->case_id, "event",
                                  "recused", "object", "eve", "reason", "interest");
    assert_int_equal(world_run(scene->world, &anna, "case.record", arguments, NULL, NULL), 0);
}

static void who_is_recused_acts_by_no_command(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    recuse_eve(scene);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].arguments)
            continue;
        print_message("%s %s\n", rows[i].command, rows[i].arguments);
        assert_refused(run(scene, &rows[i], &detail), ERR_REFUSED, &detail,
                       "eve is recused from this case");
    }
}

/* So it is the recusal that refuses these, and nothing else about them. */
static void before_that_they_are_hers_to_do(void **state)
{
    struct scene *scene = *state;
    static const char *const does[] = {"mail.dismiss", "outbox.settle", "case.record"};
    struct error_detail detail = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t n = 0; n < sizeof does / sizeof *does; n++) {
            if (strcmp(rows[i].command, does[n]) == 0 && run(scene, &rows[i], &detail) < 0)
                fail_msg("%s: %s", rows[i].command, detail.text);
        }
    }
}

static void what_belongs_to_no_case_is_anybodys(void **state)
{
    struct scene *scene = *state;
    const struct store_task task = {
        .key = "k", .kind = "notify", .payload = "{}", .state = OUTBOX_DEAD, .error = ""};
    static const struct row retry = {"outbox.retry", "{\"key\":\"k\"}"};
    recuse_eve(scene);
    assert_int_equal(store_outbox_put(scene->world->app.store, &task), 1);
    assert_int_equal(run(scene, &retry, NULL), 0);
}

static void every_command_has_a_row(void **state)
{
    static const char *const names[] = {
#define C(name, roles, function) name,
        COMMAND_LIST(C)
#undef C
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool found = false;
        for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
            found = found || strcmp(rows[n].command, names[i]) == 0;
        if (!found)
            fail_msg("%s: may who is recused from a case do it?", names[i]);
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, make_scene, end_scene)

TEST_MAIN(IN_SCENE(who_is_recused_acts_by_no_command), IN_SCENE(before_that_they_are_hers_to_do),
          IN_SCENE(what_belongs_to_no_case_is_anybodys), cmocka_unit_test(every_command_has_a_row))
