/* An app for tests: a real store in a folder of its own, under the rulebook that ships, with a
 * clock that stands still. */
#ifndef BAILIWICK_TESTS_APP_WORLD_H
#define BAILIWICK_TESTS_APP_WORLD_H

#include "access/scope.h"
#include "app/app.h"
#include "base/json.h"
#include "rulebook/tree.h"
#include "store/evidence.h"
#include "store/log.h"
#include "store/token.h"
#include "store/user.h"
#include "testing.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APP_FOLDER_ROOM = 64 };

/* The bytes of a letter as it goes out; both are text without line ends. */
#define APP_WORLD_LETTER(subject, words)                                                           \
    "From: <a@authority.example>\r\nSubject: " subject                                             \
    "\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" words "\r\n"

/* Makes the folder and an empty store in it. */
static inline void app_world_open(char folder[APP_FOLDER_ROOM], int64_t now, struct app *ret_app)
{
    struct error_detail detail = {0};
    snprintf(folder, APP_FOLDER_ROOM, "/tmp/bailiwick-app-XXXXXX");
    assert_non_null(mkdtemp(folder));
    struct app_options options = {.data = folder, .create = true};
    clock_init_frozen(&options.clock, now);
    if (app_open(&options, ret_app, &detail) < 0)
        fail_msg("%s", detail.text);
}

/* Stores a rulebook as adopted by two people; within a transaction. */
static inline void app_world_put_tree(struct app *app, const struct rulebook_tree *tree)
{
    struct buffer archive BUFFER_CLEANUP = {0};
    struct digest digest;
    char hex[DIGEST_HEX];
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    assert_int_equal(rulebook_tree_encode(tree, &archive), 0);
    assert_int_equal(rulebook_tree_digest(tree, &digest), 0);
    const struct store_rulebook record = {.digest = digest_format(&digest, hex),
                                          .name = "icann",
                                          .version = "1",
                                          .adopted_at = clock_wall(&app->clock),
                                          .proposed_by = "anna",
                                          .adopted_by = "bert",
                                          .tree = {archive.data, archive.size}};
    assert_int_equal(store_rulebook_put(app->store, &record), 0);
}

/* The same with the rulebook that ships. */
static inline void app_world_put_law(struct app *app)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), 0);
    app_world_put_tree(app, &tree);
}

/* A user with one role, "" or a party, and a token for everything that is the text of the id;
 * within a transaction. */
static inline void app_world_put_user(struct app *app, const char *id, const char *role,
                                      const char *party, int64_t at)
{
    const struct store_user user = {
        .id = id, .name = id, .roles = &role, .role_count = 1, .party = party, .created_at = at};
    const struct store_token token = {.person = id,
                                      .sha256 = digest_of(id, strlen(id)),
                                      .scope = SCOPE_WHOLE,
                                      .note = "",
                                      .made_at = at,
                                      .made_by = "ada"};
    assert_int_equal(store_user_put(app->store, &user), 0);
    assert_int_equal(store_token_append(app->store, &token), 0);
}

static inline int app_world_forget(const char *path, const struct stat *about, int type,
                                   struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

/* Removes a folder with everything in it. */
static inline void app_world_remove(const char *folder)
{
    assert_int_equal(nftw(folder, app_world_forget, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* How many things of a kind the log was told that `actor` did, among the first STORE_PAGE_MAX. */
static inline size_t app_world_told(struct app *app, const char *kind, const char *actor)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_opening *openings;
    size_t count, told = 0;
    arena_init(&arena, 16 << 20);
    assert_int_equal(store_opening_list(app->store, 0, 0, &arena, &openings, &count), 0);
    for (size_t i = 0; i < count; i++) {
        json_t *event JSON_CLEANUP = NULL;
        const char *text = openings[i].opening.json;
        assert_int_equal(json_parse(text, strlen(text), &event, NULL), 0);
        const char *by = json_text(event, "actor");
        told += by && strcmp(by, actor) == 0 && strcmp(json_text(event, "kind"), kind) == 0;
    }
    return told;
}

/* Closes the app and removes its folder. */
static inline void app_world_close(struct app *app, const char *folder)
{
    app_close(app);
    app_world_remove(folder);
}

#endif
