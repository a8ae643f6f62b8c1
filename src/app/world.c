#include "app/world.h"

#include "app/effect.h"
#include "app/publish/ledger.h"
#include "app/query.h"
#include "app_world.h"
#include "base/civil.h"
#include "store/outbox.h"
#include "store/party.h"
#include "store/past_notice.h"

struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    app_world_open(world->folder, WORLD_START, &world->app);
    arena_init(&world->arena, 16 << 20);
    return world;
}

void world_free(struct world *world)
{
    store_rollback(world->app.store);
    app_world_close(&world->app, world->folder);
    arena_done(&world->arena);
    free(world);
}

int world_start(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    *state = world;
    return 0;
}

int world_start_termination(void **state)
{
    *state = world_new();
    world_open_termination(*state);
    return 0;
}

int world_start_informal(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world->case_id = world_open_served(world, WORLD_DUTY, "one", "notice1");
    assert_int_equal(world_due_day(world, world->case_id), civil_days(2027, 1, 11));
    *state = world;
    return 0;
}

int world_end(void **state)
{
    world_free(*state);
    return 0;
}

void world_put_rulebook(struct world *world)
{
    app_world_put_law(&world->app);
}

void world_begin(struct world *world, const char *rulebook)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    const struct party party = {"registrar-1", PARTY_REGISTRAR, "Registrar", 1, "accredited", ""};
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(rulebook_tree_read(rulebook, &tree, NULL), 0);
    app_world_put_tree(&world->app, &tree);
    assert_int_equal(app_load_rulebook(&world->app, NULL), 0);
    assert_int_equal(store_party_put(world->app.store, &party), 0);
}

void world_put_agreement(struct world *world)
{
    const struct agreement agreement = {"registrar-1", "raa", "current", "", 15000, 30000};
    assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
}

/* --- a case in a formal stage --- */

void world_step(struct casefile *file, const struct actor *actor, struct case_step wanted)
{
    struct error_detail detail = {0};
    const struct casefile_step request = {.step = wanted, .actor = actor};
    if (casefile_step(file, &request, &detail) < 0)
        fail_msg("%s: %s", case_event_text(wanted.type), detail.text);
}

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

static struct case_step about_sanction(enum case_event_type type, const char *letter)
{
    struct case_step made = {.type = type, .sha256 = digest_of("bytes", 5)};
    CASE_TEXT(made.letter, letter);
    CASE_TEXT(made.ground, "raa-stability");
    return made;
}

void world_take_sanction(struct world *world, struct casefile *file, enum case_event_type event)
{
    static const struct actor approvers[] = {{.id = "bert", .roles = ROLE_APPROVER},
                                             {.id = "carl", .roles = ROLE_APPROVER}};
    const struct actor machine = command_machine();
    const char *letter = event == CASE_SUSPENDED ? "suspension" : "termination";
    world_step(file, &anna, about_sanction(CASE_NOTICE_DRAFTED, letter));
    for (size_t i = 0; i < 2; i++)
        world_step(file, &approvers[i], about_sanction(CASE_NOTICE_APPROVED, letter));
    world_step(file, &anna, about_sanction(event, letter));
    struct case_step sent = about_sanction(CASE_NOTICE_SENT, letter);
    sent.service_at = clock_wall(&world->app.clock);
    world_step(file, &machine, sent);
}

static void open_case(struct world *world, const char *obligation, const char *subject,
                      struct casefile *ret_file)
{
    const struct store_case record = {.party = "registrar-1",
                                      .obligation = obligation,
                                      .subject = subject,
                                      .process = world->app.rulebook->digest_text,
                                      .origin = ORIGIN_MONITORING,
                                      .source = SOURCE_ARTICLE};
    assert_int_equal(casefile_new(&world->app, &record, ret_file, NULL), 0);
    world_step(ret_file, &anna,
               (struct case_step){.type = CASE_OPENED,
                                  .party = PARTY_REGISTRAR,
                                  .origin = ORIGIN_MONITORING,
                                  .source = SOURCE_ARTICLE,
                                  .violation = true});
}

const char *world_open_sanction(struct world *world, const char *subject,
                                enum case_event_type event)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    open_case(world, WORLD_DUTY, subject, &file);
    world_take_sanction(world, &file, event);
    assert_int_equal(file.state.stage->kind, STAGE_SANCTION);
    assert_int_equal(file.state.deadline.clock, CLOCK_RUNNING);
    return arena_copy_text(&world->arena, file.record.id);
}

void world_open_termination(struct world *world)
{
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world->case_id = world_open_sanction(world, /* subject= */ "", CASE_TERMINATED);
}

/* --- a case in an informal stage --- */

void world_serve(struct casefile *file, const char *letter)
{
    const struct actor machine = command_machine();
    struct case_step step = {.type = CASE_NOTICE_DRAFTED, .sha256 = digest_of("bytes", 5)};
    CASE_TEXT(step.letter, letter);
    world_step(file, &anna, step);
    step.type = CASE_NOTICE_SENT;
    step.service_at = clock_wall(&file->app->clock);
    world_step(file, &machine, step);
}

const char *world_open_served(struct world *world, const char *obligation, const char *subject,
                              const char *letter)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    open_case(world, obligation, subject, &file);
    world_serve(&file, letter);
    return arena_copy_text(&world->arena, file.record.id);
}

int32_t world_due_day(struct world *world, const char *id)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, id, &file, NULL), 0);
    return file.state.deadline.due.date;
}

int world_run(struct world *world, const struct actor *actor, const char *name, json_t *arguments,
              json_t **ret_result, struct error_detail *detail)
{
    json_t *given JSON_CLEANUP = arguments, *result JSON_CLEANUP = NULL;
    const struct command_request request = {name, *actor, given, /* file= */ NULL};
    int failure = command_run(&world->app, &request, &result, detail);
    if (failure >= 0 && ret_result)
        *ret_result = json_incref(result);
    return failure;
}

json_t *world_must(struct world *world, const struct actor *actor, const char *name,
                   json_t *arguments)
{
    struct error_detail detail = {0};
    json_t *result = NULL;
    if (world_run(world, actor, name, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", name, detail.text);
    return result;
}

json_t *world_file(struct world *world, const char *document, bool anyway)
{
    return world_must(world, &anna, "complaint.file",
                      json_pack("{s:s, s:b}", "document", document, "anyway", anyway));
}

json_t *world_ask(struct world *world, const char *query, const char *name, const char *value)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", name, value), *result = NULL;
    if (query_run(&world->app, query, arguments, &result, &detail) < 0)
        fail_msg("%s: %s", query, detail.text);
    return result;
}

void world_import_notice(struct world *world, const char *party, const char *id, const char *kind,
                         int32_t day)
{
    json_t *event JSON_CLEANUP = json_pack("{s:s}", "id", id);
    struct digest entry;
    assert_int_equal(ledger_commit(&world->app, "past-notice", event, &entry, NULL), 0);
    const struct store_past_notice past = {.id = id,
                                           .version = 1,
                                           .party = party,
                                           .kind = kind,
                                           .day = day,
                                           .cure_due = CIVIL_FAR_FUTURE,
                                           .cured = CIVIL_FAR_FUTURE,
                                           .suspended = CIVIL_FAR_FUTURE,
                                           .terminated = CIVIL_FAR_FUTURE,
                                           .source = "https://old.example/",
                                           .imported_at = WORLD_START,
                                           .imported_by = "anna",
                                           .agreed_by = "bert",
                                           .entry = entry};
    assert_int_equal(store_past_notice_put(world->app.store, &past), 0);
}

struct store_task *world_claim(struct world *world, size_t *ret_count)
{
    struct store_task *tasks;
    assert_true(store_outbox_claim(world->app.store,
                                   &(const struct store_outbox_query){
                                       .now = clock_wall(&world->app.clock), .limit = 100},
                                   &world->arena, &tasks, ret_count) >= 0);
    return tasks;
}

struct dispatch *world_work(struct world *world)
{
    size_t count;
    struct store_task *tasks = world_claim(world, &count);
    struct dispatch *dispatch = NULL;
    for (size_t i = 0; i < count; i++) {
        struct effect_done done = {0};
        struct error_detail detail = {0};
        if (effect_carry_out(&world->app, &tasks[i], &done, &detail) < 0)
            fail_msg("%s: %s", tasks[i].kind, detail.text);
        dispatch = done.dispatch ? done.dispatch : dispatch;
    }
    return dispatch;
}

void world_answer(struct world *world, struct dispatch *dispatch, enum smtp_outcome outcome)
{
    struct error_detail detail = {0};
    assert_non_null(dispatch);
    dispatch->reply = (struct smtp_reply){outcome, outcome == SMTP_ACCEPTED ? 250 : 550, "said"};
    if (dispatch_end(&world->app, dispatch, &detail) < 0)
        fail_msg("%s", detail.text);
    dispatch_free(dispatch);
}
