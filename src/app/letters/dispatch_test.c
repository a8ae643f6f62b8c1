#include "app/casework/casefile.h"
#include "app/world.h"
#include "store/letter.h"
#include "store/party.h"

#include "testing.h"

#include <string.h>

static const char mailbox[] = "compliance@registrar.example";
static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

static json_t *run(struct world *world, const char *name, json_t *arguments)
{
    struct error_detail detail = {0};
    json_t *result = NULL, *owned JSON_CLEANUP = arguments;
    const struct command_request request = {name, anna, owned, /* file= */ NULL};
    if (command_run(&world->app, &request, &result, &detail) < 0)
        fail_msg("%s: %s", name, detail.text);
    return result;
}

static struct store_letter first_letter(struct world *world)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = world->case_id};
    assert_true(store_letter_list(world->app.store, &query, &world->arena, &letters, &count) >= 0);
    assert_true(count > 0);
    return letters[0];
}

/* A case whose first letter a person stands behind. */
static int make_world(void **state)
{
    struct world *world = world_new();
    char hex[DIGEST_HEX];
    const struct contact contact = {"registrar-1", "compliance", "Compliance", mailbox};
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world_put_agreement(world);
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
    json_t *opened JSON_CLEANUP =
        run(world, "case.open",
            json_pack("{s:s, s:s, s:b}", "party", "registrar-1", "obligation",
                      "raa.3.18.2-dns-abuse-mitigation", "violation", 1));
    world->case_id = arena_copy_text(&world->arena, json_text(opened, "case"));
    assert_null(world_work(world));
    const struct store_letter letter = first_letter(world);
    json_decref(run(world, "case.adopt",
                    json_pack("{s:s, s:s}", "case", world->case_id, "sha256",
                              digest_format(&letter.sha256, hex))));
    *state = world;
    return 0;
}

static void refuse(struct world *world, struct error_detail *detail)
{
    struct dispatch *dispatch = world_work(world);
    assert_non_null(dispatch);
    dispatch->reply = (struct smtp_reply){SMTP_REFUSED, 550, "no such mailbox"};
    assert_true(dispatch_end(&world->app, dispatch, detail) >= 0);
    dispatch_free(dispatch);
}

/* The case takes one `bounced` only. That a second refusal is none must not stand in the words of
 * whatever fails later with the same detail. */
static void a_step_that_was_not_taken_leaves_no_words(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    refuse(world, &detail);
    assert_string_equal(detail.text, "");
    json_decref(run(world, "letter.resend", json_pack("{s:s}", "letter", first_letter(world).id)));
    refuse(world, &detail);
    assert_string_equal(detail.text, "");
    assert_int_equal(first_letter(world).state, LETTER_STATE_FAILED);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(a_step_that_was_not_taken_leaves_no_words, make_world,
                                          world_end))
