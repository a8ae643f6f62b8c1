/* How fast the store commits, against raw SQLite with the same rows in the same run; for
 * bench/store.py.
 *
 *   store_speed [PART]   prints lines `name value unit`; with PART a PARTth of the commands and
 *                        one round, which only shows that both sides still run
 *
 * A command here is what a case event costs that moves no clock and no stage: the opening, its
 * waiting entry, the event and the projection. Raw SQLite writes the same columns into the same
 * schema with four prepared statements, as many commands a transaction. */
#include "base/clock.h"
#include "scene.h"
#include "store/party.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 4, TLDS = 1450, PART_MAX = 500 };

/* `group` commands are committed together, as the daemon does with those that arrived together. */
struct way {
    const char *name;
    unsigned flags;
    int commands, group;
};

static const struct way ways[] = {
    {"sync.each", 0, 500, 1},
    {"sync.16-together", 0, 4000, 16},
    {"off.each", STORE_UNSAFE, 5000, 1},
    {"off.100-together", STORE_UNSAFE, 20000, 100},
};

static double seconds_since(int64_t start)
{
    return (double)(clock_mono() - start) / 1e6;
}

static void open_scene(struct scene *scene, unsigned flags)
{
    struct error_detail detail = {0};
    store_close(scene->store);
    const struct store_options options = {
        .path = scene->path, .flags = STORE_CREATE | flags, .now = SCENE_AT(0)};
    if (store_open(&options, &scene->store, &detail) < 0) {
        fprintf(stderr, "%s\n", detail.text);
        exit(4);
    }
}

/* An event that moves nothing but the case's number and moment. */
static void advance_case(struct scene *scene, int seq)
{
    const struct store_case before = {.id = "C-1",
                                      .stage = "inquiry-1",
                                      .handler = "",
                                      .closure = "",
                                      .rules = "",
                                      .about = "",
                                      .clock_rule = ""};
    struct store_case after = before;
    after.seq = (uint32_t)seq;
    after.updated_at = SCENE_AT(seq);
    assert_done(scene->store, store_case_update(scene->store, &before, &after));
}

static double store_commands(struct scene *scene, const struct way *way)
{
    int64_t start = clock_mono();
    for (int i = 0; i < way->commands; i++) {
        if (i % way->group == 0)
            store_begin(scene->store);
        store_mark(scene->store);
        scene_event(scene, "C-1", (uint32_t)i + 1);
        advance_case(scene, i + 1);
        store_keep(scene->store);
        if ((i + 1) % way->group == 0)
            store_commit(scene->store);
    }
    return seconds_since(start);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(4);
    }
    return statement;
}

/* The same rows; entries and keys are random bytes already made. */
static double raw_commands(const char *path, const struct way *way)
{
    sqlite3 *db;
    sqlite3_open(path, &db);
    sqlite3_exec(db,
                 way->flags & STORE_UNSAFE ? "PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON"
                                           : "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
                 NULL, NULL, NULL);
    sqlite3_stmt *rows[] = {
        prepare(db, "INSERT INTO opening (entry, key, json, created_at, erased_at)"
                    " VALUES (?1, ?1, '{\"what\":\"event\"}', 1, 0)"),
        /* the row of log_waiting has the number of the opening */
        prepare(db, "INSERT INTO log_waiting VALUES (last_insert_rowid())"),
        prepare(db,
                "INSERT INTO case_event VALUES (last_insert_rowid(), 'C-1', ?2, 'received', 1, 1,"
                " 'core', 'machine', 'finding', '[\"m-1\"]', '{\"note\":\"x\"}', ?1)"),
        prepare(db, "UPDATE case_file SET seq = ?2, updated_at = ?2 WHERE id = 'C-1'"),
    };
    int64_t start = clock_mono();
    for (int i = 0; i < way->commands; i++) {
        uint8_t entry[32];
        random_bytes(entry, sizeof entry);
        if (i % way->group == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (size_t j = 0; j < 4; j++) {
            if (j == 0 || j == 2)
                sqlite3_bind_blob(rows[j], 1, entry, sizeof entry, SQLITE_STATIC);
            if (j >= 2)
                sqlite3_bind_int(rows[j], 2, i + 1);
            if (sqlite3_step(rows[j]) != SQLITE_DONE) {
                fprintf(stderr, "raw: %s\n", sqlite3_errmsg(db));
                exit(4);
            }
            sqlite3_reset(rows[j]);
        }
        if ((i + 1) % way->group == 0)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    double seconds = seconds_since(start);
    for (size_t j = 0; j < 4; j++)
        sqlite3_finalize(rows[j]);
    sqlite3_close(db);
    return seconds;
}

/* A root zone: each TLD with a party, an agreement, 20 records and a log entry; then one tick. */
static double import_root_zone(struct scene *scene)
{
    static char names[20][48];
    const char *records[20];
    int64_t start = clock_mono();
    store_begin(scene->store);
    for (int i = 0; i < TLDS; i++) {
        char name[24], party[40];
        snprintf(name, sizeof name, "tld%04d", i);
        snprintf(party, sizeof party, "registry-%04d", i);
        for (int j = 0; j < 20; j++) {
            snprintf(names[j], sizeof names[j], "%c.nic.%s 192.0.2.1", 'a' + j, name);
            records[j] = names[j];
        }
        scene_party(scene, party);
        const struct tld tld = {name, TLD_GENERIC, party, ""};
        const struct agreement agreement = {party, "ra", "2017", name, 17000, INT32_MAX};
        const struct store_delegation delegation = {name, records,     6, records + 6,
                                                    2,    records + 8, 12};
        if (store_tld_put(scene->store, &tld) < 0 ||
            store_agreement_put(scene->store, &agreement) < 0 ||
            store_delegation_put(scene->store, &delegation) < 0) {
            fprintf(stderr, "%s\n", store_words(scene->store));
            exit(4);
        }
        scene_opening(scene, name);
    }
    store_commit(scene->store);
    store_begin(scene->store);
    scene_tick(scene);
    store_commit(scene->store);
    return seconds_since(start);
}

/* A fresh store with one case. */
static struct scene *fresh_scene(const struct way *way)
{
    void *state;
    scene_setup(&state);
    struct scene *scene = state;
    open_scene(scene, way->flags);
    store_begin(scene->store);
    scene_case(scene, "C-1", "example");
    store_commit(scene->store);
    return scene;
}

static void drop_scene(struct scene *scene)
{
    void *state = scene;
    scene_teardown(&state);
}

static double round_of_store(const struct way *way)
{
    struct scene *scene = fresh_scene(way);
    double seconds = store_commands(scene, way);
    drop_scene(scene);
    return seconds;
}

static double round_of_raw(const struct way *way)
{
    struct scene *scene = fresh_scene(way);
    store_close(scene->store);
    scene->store = NULL;
    double seconds = raw_commands(scene->path, way);
    drop_scene(scene);
    return seconds;
}

/* Who goes first changes from round to round, so that neither always finds a colder disk. */
static void compare(const struct way *way, int rounds)
{
    double ours = 0, raw = 0;
    for (int round = 0; round < rounds; round++) {
        if (round % 2 == 0)
            ours += round_of_store(way);
        raw += round_of_raw(way);
        if (round % 2 != 0)
            ours += round_of_store(way);
    }
    printf("%s.store %.0f commands/s\n", way->name, rounds * way->commands / ours);
    printf("%s.sqlite %.0f commands/s\n", way->name, rounds * way->commands / raw);
    printf("ratio.%s %.2f times\n", way->name, raw / ours);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    void *state;
    long part = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    if (argc > 2 || part < 1 || part > PART_MAX) {
        fprintf(stderr, "usage: store_speed [PART], 1 to %d\n", PART_MAX);
        return 2;
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct way way = ways[i];
        way.commands /= (int)part;
        compare(&way, part == 1 ? ROUNDS : 1);
    }
    scene_setup(&state);
    printf("import.rows-of-1450-tlds %.3f s\n", import_root_zone(state));
    scene_teardown(&state);
    return 0;
}
