/* For ./dev bench duplicates: a store of many complaints' sketches, and full-text tables of the
 * same words in raw SQLite; then the same searches in both.
 *
 *   similar_bench build FOLDER COUNT SEED      FOLDER/store.db, FOLDER/peer.db
 *   similar_bench ask FOLDER ROUNDS SEED PEER  PEER: rounds that the peer takes part in
 *
 * One of six complaints repeats an earlier one with other words here and there, one of ten names no
 * domain, and one of a hundred names one of a hundred that everybody complains of. Each question is
 * about a complaint that is drawn from all. Rows of complaints are as the store keeps them; what is
 * sealed is left out, since no search reads it. */
#include "app/app.h"
#include "app/complaints/similar.h"
#include "base/text.h"
#include "store/complaint.h"
#include "store/evidence.h"
#include "store/sketch.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WORDS = 60,
    VOCABULARY = 20000,
    PER_COMMIT = 10000,
    TEXT = WORDS * 12,
    COUNT_MAX = 10000000
};

static const struct hash_key key = {{1, 2, 3, 4}};

static void need(int result, const char *what)
{
    if (result >= 0)
        return;
    fprintf(stderr, "similar_bench: %s: %s\n", what, error_text(result));
    exit(1);
}

static void need_sqlite(int code, sqlite3 *db)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
        return;
    fprintf(stderr, "similar_bench: peer: %s\n", sqlite3_errmsg(db));
    exit(1);
}

/* --- what is said --- */

static uint64_t mixed(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return mixed(*state) % below;
}

/* Common words are much more common, as in any language: the product of two draws. */
static unsigned draw_word(uint64_t *state)
{
    return (unsigned)(draw(state, VOCABULARY) * draw(state, VOCABULARY) / VOCABULARY);
}

struct said {
    char text[TEXT], name[48];
};

/* What complaint `number` says depends on seed and number alone. */
static void say(uint64_t seed, uint64_t number, struct said *said)
{
    uint64_t state = mixed(seed) ^ mixed(number + 1), first = number;
    bool repeats = number > 0 && draw(&state, 6) == 0;
    if (repeats)
        first = draw(&state, number);
    uint64_t told = mixed(seed + 1) ^ mixed(first + 1);
    size_t used = 0;
    for (int i = 0; i < WORDS; i++) {
        unsigned word = draw_word(&told);
        if (repeats && draw(&state, 12) == 0)
            word = draw_word(&state);
        /* Letters alone, so that words are no details. */
        char letters[8];
        for (int k = 0; k < 4; k++, word /= 26)
            letters[k] = (char)('a' + word % 26);
        used += (size_t)snprintf(said->text + used, TEXT - used, "%.4s ", letters);
    }
    snprintf(said->text + used, TEXT - used, "case%llu", (unsigned long long)(told % 1000000));
    uint64_t about = mixed(seed + 2) ^ mixed(first + 1);
    uint64_t kind = draw(&about, 100);
    if (kind < 10)
        said->name[0] = '\0';
    else
        snprintf(said->name, sizeof said->name, "n%llu.example",
                 (unsigned long long)(kind == 10 ? draw(&about, 100) : 1000 + first));
}

static void reference_of(uint64_t number, char text[REFERENCE_TEXT])
{
    uint8_t random[REFERENCE_RANDOM] = {0};
    for (int i = 0; i < 5; i++)
        random[i] = (uint8_t)(number >> (5 * i) & 31);
    reference_make(random, text);
}

/* --- building --- */

static struct store *open_store(const char *folder)
{
    char path[512];
    struct store *store;
    struct error_detail detail = {0};
    snprintf(path, sizeof path, "%s/store.db", folder);
    const struct store_options options = {
        .path = path, .flags = STORE_CREATE | STORE_UNSAFE | STORE_BULK, .now = 1};
    need(store_open(&options, &store, &detail), "store");
    return store;
}

static sqlite3 *open_peer(const char *folder)
{
    char path[512];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/peer.db", folder);
    need_sqlite(sqlite3_open(path, &db), db);
    need_sqlite(
        sqlite3_exec(db,
                     "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;"
                     "PRAGMA cache_size=-262144;"
                     "CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5(words, content='')",
                     NULL, NULL, NULL),
        db);
    return db;
}

static void put_sketch(struct store *store, const struct said *said, const char *reference,
                       struct arena *arena)
{
    struct sketch sketch;
    uint8_t bytes[SKETCH_BYTES_MAX];
    int64_t buckets[SKETCH_BUCKETS_MAX];
    const char *name = said->name, *text = said->text;
    const struct sketch_source source = {.type = "abuse",
                                         .reporter = "",
                                         .names = &name,
                                         .name_count = name[0] != '\0',
                                         .texts = &text,
                                         .text_count = 1};
    need(sketch_make(&key, &source, arena, &sketch), "sketch");
    size_t count = sketch_buckets(&sketch, buckets);
    const struct bytes encoded = {bytes, sketch_encode(&sketch, bytes)};
    need(store_sketch_put(store, reference, encoded, buckets, count), "sketch");
}

static void put(struct store *store, const struct said *said, uint64_t number, struct arena *arena)
{
    char reference[REFERENCE_TEXT];
    reference_of(number, reference);
    const struct store_complaint complaint = {.reference = reference,
                                              .received_at = (int64_t)number + 1,
                                              .type = "abuse",
                                              .rulebook = "d1",
                                              .language = "en",
                                              .link = digest_of(&number, sizeof number),
                                              .state = "filed"};
    need(store_complaint_put(store, &complaint), "complaint");
    put_sketch(store, said, reference, arena);
}

static void build_store(struct store *store, uint64_t count, uint64_t seed)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct said said;
    const struct store_rulebook rulebook = {.digest = "d1",
                                            .name = "icann",
                                            .version = "1",
                                            .adopted_at = 1,
                                            .proposed_by = "anna",
                                            .adopted_by = "bert",
                                            .tree = {(const uint8_t *)"tree", 4}};
    arena_init(&arena, 4 << 20);
    need(store_begin(store), "begin");
    need(store_rulebook_put(store, &rulebook), "rulebook");
    need(store_sketch_key_put(store, &key), "key");
    for (uint64_t number = 0; number < count; number++) {
        say(seed, number, &said);
        put(store, &said, number, &arena);
        arena_clear(&arena);
        if (number % PER_COMMIT == PER_COMMIT - 1) {
            need(store_commit(store), "commit");
            need(store_begin(store), "begin");
        }
    }
    need(store_commit(store), "commit");
}

static void build_peer(sqlite3 *db, uint64_t count, uint64_t seed)
{
    sqlite3_stmt *insert;
    struct said said;
    need_sqlite(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
    need_sqlite(
        sqlite3_prepare_v2(db, "INSERT INTO said (rowid, words) VALUES (?, ?)", -1, &insert, NULL),
        db);
    for (uint64_t number = 0; number < count; number++) {
        say(seed, number, &said);
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)number + 1);
        sqlite3_bind_text(insert, 2, said.text, -1, SQLITE_STATIC);
        need_sqlite(sqlite3_step(insert), db);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    need_sqlite(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
}

static double cpu_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int build(const char *folder, uint64_t count, uint64_t seed)
{
    double begun = cpu_ms();
    struct store *store = open_store(folder);
    build_store(store, count, seed);
    store_close(store);
    double made = cpu_ms();
    sqlite3 *db = open_peer(folder);
    build_peer(db, count, seed);
    sqlite3_close(db);
    printf("build.store.cpu %.1f us/complaint\nbuild.fts5.cpu %.1f us/complaint\n",
           (made - begun) * 1e3 / (double)count, (cpu_ms() - made) * 1e3 / (double)count);
    return 0;
}

/* --- asking --- */

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double *times, size_t count)
{
    assert(times);
    qsort(times, count, sizeof *times, compare_times);
    printf("%s.cpu.p50 %.3f ms\n%s.cpu.p95 %.3f ms\n", name, times[count / 2], name,
           times[count * 95 / 100]);
}

static uint64_t count_of(struct store *store)
{
    /* Numbers are given in order. */
    struct arena arena ARENA_CLEANUP = {0};
    struct store_sketch sketch;
    uint64_t low = 0, high = COUNT_MAX;
    while (low + 1 < high) {
        uint64_t middle = (low + high) / 2;
        arena_init(&arena, 1 << 20);
        if (store_sketch_find_number(store, (int64_t)middle, &arena, &sketch) >= 0)
            low = middle;
        else
            high = middle;
        arena_done(&arena);
    }
    return low;
}

static double ask_store(struct app *app, uint64_t number, size_t *found)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct similar *list;
    size_t count;
    char reference[REFERENCE_TEXT];
    reference_of(number, reference);
    arena_init(&arena, 64 << 20);
    double begun = cpu_ms();
    need(similar_find(app, reference, &arena, &list, &count, NULL), "search");
    double spent = cpu_ms() - begun;
    *found += count;
    return spent;
}

/* All its words, any of them, the best twenty: what a full-text search gives for a text. */
static double ask_peer(sqlite3_stmt *select, sqlite3 *db, const struct said *said)
{
    char match[TEXT + 4 * WORDS];
    size_t used = 0;
    for (const char *at = said->text; *at; at++) {
        if (*at == ' ')
            used += (size_t)snprintf(match + used, sizeof match - used, " OR ");
        else
            match[used++] = *at;
    }
    match[used] = '\0';
    double begun = cpu_ms();
    sqlite3_bind_text(select, 1, match, -1, SQLITE_STATIC);
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW)
        ;
    need_sqlite(code, db);
    sqlite3_reset(select);
    return cpu_ms() - begun;
}

static void ask_peers(const char *folder, uint64_t count, size_t rounds, uint64_t seed)
{
    sqlite3 *db = open_peer(folder);
    sqlite3_stmt *select;
    struct said said;
    uint64_t state = seed;
    double *times = calloc(rounds + 1, sizeof *times);
    need_sqlite(
        sqlite3_prepare_v2(db, "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT 20",
                           -1, &select, NULL),
        db);
    for (size_t i = 0; times && i < rounds; i++) {
        say(seed, draw(&state, count), &said);
        times[i] = ask_peer(select, db, &said);
    }
    print_times("fts5", times, rounds);
    sqlite3_finalize(select);
    sqlite3_close(db);
    free(times);
}

static int ask(const char *folder, size_t rounds, uint64_t seed, size_t peer)
{
    struct store *store = open_store(folder);
    struct app app = {.store = store};
    uint64_t count = count_of(store), state = seed;
    size_t found = 0;
    double *times = calloc(rounds, sizeof *times);
    for (size_t i = 0; times && i < rounds; i++)
        times[i] = ask_store(&app, draw(&state, count), &found);
    print_times("similar", times, rounds);
    printf("similar.found %.2f complaints\n", (double)found / (double)rounds);
    free(times);
    store_close(store);
    ask_peers(folder, count, peer, seed);
    return 0;
}

static uint64_t number_of(const char *text, int64_t most)
{
    int64_t number;
    if (text_parse_int(text, 1, most, &number) < 0) {
        fprintf(stderr, "similar_bench: '%s' is no number up to %lld\n", text, (long long)most);
        exit(2);
    }
    return (uint64_t)number;
}

int main(int count, char **words)
{
    if (count == 5 && strcmp(words[1], "build") == 0)
        return build(words[2], number_of(words[3], COUNT_MAX), number_of(words[4], INT32_MAX));
    if (count == 6 && strcmp(words[1], "ask") == 0)
        return ask(words[2], number_of(words[3], 1000000), number_of(words[4], INT32_MAX),
                   number_of(words[5], 1000000));
    fprintf(stderr, "usage: similar_bench build FOLDER COUNT SEED\n"
                    "       similar_bench ask FOLDER ROUNDS SEED PEER\n");
    return 2;
}
