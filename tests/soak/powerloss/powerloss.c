/* Power loss at every sync point of a small authority's life, on the real store, log and signer.
 *
 * The life is lived once on a recording disk (disk.h): a store is made, parties are imported, a
 * rulebook is adopted, findings are kept, a case goes on by events, letters go out, complaints are
 * filed and erased, the log ticks.
 * A transaction writes a running number, and after each commit the digest of all rows is noted.
 * Then the power is cut before and after every sync, in five ways (disk.h), and each time:
 *
 *  - the store opens, is whole (store_check), and is, row for row, as it was after the last
 *    acknowledged transaction or after the one then under way (R1, R4);
 *  - append-only tables refuse change (R3);
 *  - every opening waits or has an index, never both; tree and entries agree;
 *  - the signer's state is a prefix of that tree, no acknowledged checkpoint is lost, the public
 *    checkpoint is not ahead of the signer, and every tile that it promises is there, whole;
 *  - one more tick extends all of it.
 *
 * usage: powerloss [--seed N] [--share N]     cuts at one sync point of N (default 1: all) */
#include "disk.h"

#include "app/app.h"
#include "app/publish/ledger.h"
#include "app/publish/ticker.h"
#include "store/case.h"
#include "store/complaint.h"
#include "store/evidence.h"
#include "store/letter.h"
#include "store/log.h"
#include "store/outbox.h"
#include "store/party.h"
#include "tlog/checkpoint.h"
#include "tlog/signer.h"
#include "tlog/tile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRANSACTIONS = 48, TICKS_MAX = 64, TICK_EVERY = 6, PATH_ROOM = 4096 };

#define AT(seconds) ((INT64_C(1790000000) + (seconds)) * 1000000)

/* What was acknowledged, and at which place of the record. */
static struct {
    size_t founded; /* place after init */
    struct digest rows[TRANSACTIONS + 1];
    size_t committed[TRANSACTIONS + 1];
    int transactions;
    size_t ticked[TICKS_MAX];
    uint64_t tick_size[TICKS_MAX];
    int ticks;
} life;

static const char *doing = "start"; /* for the words of a failure */
static int failures;

static void fault(const char *what, const char *words)
{
    fprintf(stderr, "%s: %s: %s\n", doing, what, words ? words : "");
    failures++;
}

#define NEEDS(call)                                                                                \
    do {                                                                                           \
        int needs_ = (call);                                                                       \
        if (needs_ < 0) {                                                                          \
            fprintf(stderr, "%s: %s: %d %s\n", doing, #call, needs_, error_text(needs_));          \
            exit(4);                                                                               \
        }                                                                                          \
    } while (0)

/* --- the signer: the real one, in a thread, so that its files are on the recording disk --- */

struct signer_place {
    int fd;
    char key[PATH_ROOM], state[PATH_ROOM];
};

static void *serve_signer(void *context)
{
    struct signer_place *place = context;
    signer_main(place->fd, place->key, place->state);
    close(place->fd);
    free(place);
    return NULL;
}

struct signer {
    pthread_t thread;
    struct child
        child; /* its pid is a process that only sleeps: the ticker looks whether it runs */
};

static void start_signer(struct signer *signer, const char *folder)
{
    int ends[2];
    struct signer_place *place = calloc(1, sizeof *place);
    NEEDS(place && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno);
    snprintf(place->key, sizeof place->key, "%s/signer/log.key", folder);
    snprintf(place->state, sizeof place->state, "%s/signer/log.state", folder);
    place->fd = ends[1];
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    signer->child = (struct child){.pid = pid, .fd = ends[0], .role = "signer"};
    NEEDS(-pthread_create(&signer->thread, NULL, serve_signer, place));
}

static void stop_signer(struct signer *signer)
{
    if (signer->child.pid > 0) { /* else the ticker gave it up and has closed its end */
        kill(signer->child.pid, SIGKILL);
        waitpid(signer->child.pid, NULL, 0);
        close(signer->child.fd);
    }
    pthread_join(signer->thread, NULL);
}

/* --- an app with a store and a log, nothing else --- */

static int open_app(struct app *app, const char *folder, const char *vfs,
                    struct error_detail *detail)
{
    *app = (struct app){.data = folder, .config = {.log_name = "powerloss.example/log"}};
    arena_init(&app->arena, 64 << 20);
    clock_init_frozen(&app->clock, AT(0));
    const char *path = app_path(app, "store.db");
    const struct store_options options = {
        .path = path, .flags = STORE_CREATE, .now = AT(0), .vfs = vfs};
    return store_open(&options, &app->store, detail);
}

static void close_app(struct app *app)
{
    store_close(app->store);
    arena_done(&app->arena);
}

/* --- one digest over all rows but those of the log, which follow no transaction of ours --- */

static void add_row(struct buffer *text, sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        int size = sqlite3_column_bytes(row, i);
        buffer_printf(text, "%d:%d:", sqlite3_column_type(row, i), size);
        buffer_append(text, sqlite3_column_blob(row, i), (size_t)size);
    }
}

static sqlite3 *look(const char *folder)
{
    char path[PATH_ROOM];
    sqlite3 *db;
    snprintf(path, sizeof path, "%.4000s/store.db", folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, "unix") != SQLITE_OK)
        exit(4);
    return db;
}

static struct digest digest_rows(const char *folder)
{
    struct buffer text BUFFER_CLEANUP = {0};
    sqlite3_stmt *tables, *rows;
    sqlite3 *db = look(folder);
    buffer_init(&text, 64 << 20);
    NEEDS(-sqlite3_prepare_v2(db,
                              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT "
                              "LIKE 'log_%' AND name <> 'opening_head' AND name NOT LIKE "
                              "'sqlite_%' ORDER BY name",
                              -1, &tables, NULL));
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT * FROM %s", (const char *)sqlite3_column_text(tables, 0));
        NEEDS(-sqlite3_prepare_v2(db, sql, -1, &rows, NULL));
        buffer_printf(&text, "%s;", sql);
        while (sqlite3_step(rows) == SQLITE_ROW)
            add_row(&text, rows);
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
    NEEDS(buffer_error(&text));
    return digest_of(text.data, text.size);
}

static int64_t ask_number(const char *folder, const char *sql)
{
    sqlite3_stmt *query;
    sqlite3 *db = look(folder);
    int64_t number = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
        number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return number;
}

/* --- the life --- */

static struct digest commit_to(struct app *app, int n)
{
    struct digest entry;
    json_t *event JSON_CLEANUP = json_pack("{s:i}", "n", n);
    NEEDS(ledger_commit(app, "powerloss", event, &entry, NULL));
    return entry;
}

static void import(struct app *app, int n)
{
    for (int i = 0; i < 40; i++) {
        char id[32];
        snprintf(id, sizeof id, "registry-%d-%d", n, i);
        const struct party party = {.id = id, .kind = PARTY_REGISTRY, .name = "Example"};
        NEEDS(store_party_put(app->store, &party));
    }
    commit_to(app, n);
}

static void adopt(struct app *app, int n)
{
    static uint8_t tree[70000]; /* spills over many pages */
    char digest[16];
    snprintf(digest, sizeof digest, "d%d", n);
    memset(tree, n, sizeof tree);
    const struct store_rulebook rulebook = {.digest = digest,
                                            .name = "icann",
                                            .version = "1",
                                            .adopted_at = AT(n),
                                            .proposed_by = "ada",
                                            .adopted_by = "bert",
                                            .tree = {tree, sizeof tree}};
    NEEDS(store_rulebook_put(app->store, &rulebook));
    commit_to(app, n);
}

static void keep_finding(struct app *app, int n)
{
    char id[32], finding_id[32];
    snprintf(id, sizeof id, "m-%d", n);
    snprintf(finding_id, sizeof finding_id, "f-%d", n);
    const struct store_measurement measurement = {.id = id,
                                                  .target = "example",
                                                  .vantage = "here",
                                                  .observed_at = AT(n),
                                                  .stored_at = AT(n),
                                                  .bytes = {(const uint8_t *)"BWM1bytes", 9}};
    NEEDS(store_measurement_put(app->store, &measurement));
    const struct store_finding finding = {.id = finding_id,
                                          .finding = {.obligation = "ra.spec10",
                                                      .clause = "1",
                                                      .party = "registry-1-1",
                                                      .subject = "example",
                                                      .period_from = AT(n),
                                                      .period_until = AT(n),
                                                      .rulebook = "d1",
                                                      .reason = "seen"},
                                          .decided_at = AT(n),
                                          .entry = commit_to(app, n)};
    NEEDS(store_finding_put(app->store, &finding));
}

static void put_case(struct app *app, int n, uint32_t seq)
{
    const struct store_case record = {.id = "c-1",
                                      .party = "registry-1-1",
                                      .obligation = "ra.spec10",
                                      .subject = "example",
                                      .process = "d1",
                                      .stage = "notice1",
                                      .stage_kind = STAGE_INFORMAL,
                                      .seq = seq,
                                      .opened_at = AT(0),
                                      .updated_at = AT(n)};
    NEEDS(store_case_put(app->store, &record));
}

static void take_step(struct app *app, int n)
{
    static uint32_t seq;
    char key[32];
    seq++;
    struct digest entry = commit_to(app, n);
    put_case(app, n, seq);
    const struct case_event event = {.case_id = "c-1",
                                     .seq = seq,
                                     .type = CASE_RECEIVED,
                                     .version = CASE_EVENT_VERSION,
                                     .at = AT(n),
                                     .actor = "machine",
                                     .actor_role = "machine",
                                     .reason = "finding",
                                     .data = "{}"};
    NEEDS(store_event_append(app->store, &event, &entry));
    snprintf(key, sizeof key, "c-1/%d", n);
    const struct store_task task = {
        .key = key, .kind = "draft-letter", .payload = "{}", .due_at = AT(n)};
    NEEDS(store_outbox_put(app->store, &task));
}

static char letter_id[32];

static void write_letter(struct app *app, int n)
{
    char message_id[64];
    uint32_t number;
    snprintf(letter_id, sizeof letter_id, "l-%d", n);
    snprintf(message_id, sizeof message_id, "%d@powerloss.example", n);
    const struct store_letter letter = {.id = letter_id,
                                        .case_id = "c-1",
                                        .kind = "notice1",
                                        .message_id = message_id,
                                        .recipient = "a@example",
                                        .subject = "s",
                                        .drafted_by = "machine",
                                        .sha256 = digest_of("bytes", 5),
                                        .bytes = {(const uint8_t *)"bytes", 5},
                                        .created_at = AT(n),
                                        .updated_at = AT(n)};
    NEEDS(store_letter_put(app->store, &letter));
    NEEDS(store_letter_set_state(app->store, letter_id, LETTER_STATE_QUEUED, AT(n)));
    NEEDS(store_attempt_begin(app->store, letter_id, "a@example", AT(n), &number));
}

static void end_letter(struct app *app, int n)
{
    const struct store_attempt attempt = {.letter = letter_id,
                                          .number = 1,
                                          .ended_at = AT(n),
                                          .phase = ATTEMPT_ACCEPTED,
                                          .reply = "250 ok"};
    NEEDS(store_attempt_end(app->store, &attempt));
    NEEDS(store_letter_set_state(app->store, letter_id, LETTER_STATE_SENT, AT(n)));
}

static char reference[32];

static void file_complaint(struct app *app, int n)
{
    static uint8_t exhibit[20000]; /* spills over some pages */
    static const struct digest key = {{7}};
    snprintf(reference, sizeof reference, "k-%d", n);
    memset(exhibit, n, sizeof exhibit);
    const struct store_complaint complaint = {.reference = reference,
                                              .received_at = AT(n),
                                              .type = "transfer",
                                              .rulebook = "d2",
                                              .language = "en",
                                              .link = digest_of(reference, strlen(reference)),
                                              .state = "filed"};
    const struct bytes sealed = {(const uint8_t *)"sealed", 6};
    NEEDS(store_complaint_put(app->store, &complaint));
    NEEDS(store_complaint_key_put(app->store, reference, COMPLAINT_PART_WORDS, &key));
    NEEDS(store_complaint_key_put(app->store, reference, COMPLAINT_PART_REPORTER, &key));
    NEEDS(store_complaint_item_put(app->store, reference, 0, sealed));
    NEEDS(store_complaint_item_put(app->store, reference, 1,
                                   (struct bytes){exhibit, sizeof exhibit}));
    NEEDS(store_complaint_reporter_put(app->store, reference, sealed));
    const struct store_complaint_event event = {.reference = reference,
                                                .at = AT(n),
                                                .type = "filed",
                                                .actor = "anna",
                                                .data = "{}",
                                                .entry = commit_to(app, n)};
    NEEDS(store_complaint_event_put(app->store, &event));
}

static void erase_complaint(struct app *app, int n)
{
    NEEDS(store_complaint_erase(app->store, reference, AT(n)));
    commit_to(app, n);
}

/* The order in which the work of transactions comes round. */
static void (*const works[])(struct app *app, int n) = {
    import,       adopt,          take_step,       keep_finding,
    write_letter, file_complaint, erase_complaint, end_letter,
};

static void live_one(struct app *app, int n)
{
    int64_t number;
    NEEDS(store_begin(app->store));
    works[(n - 1) % (int)(sizeof works / sizeof *works)](app, n);
    NEEDS(store_number_next(app->store, "powerloss", &number));
    NEEDS(store_commit(app->store));
    life.committed[n] = disk_length();
    life.transactions = n;
    life.rows[n] = digest_rows(app->data);
}

static void live_tick(struct app *app, struct signer *signer)
{
    struct error_detail detail = {0};
    if (ticker_tick(app, &signer->child, &detail) < 0) {
        fprintf(stderr, "tick: %s\n", detail.text);
        exit(4);
    }
    life.ticked[life.ticks] = disk_length();
    life.tick_size[life.ticks++] =
        (uint64_t)ask_number(app->data, "SELECT MAX(size) FROM log_checkpoint");
}

static void live(const char *folder)
{
    struct error_detail detail = {0};
    struct signer signer;
    struct app app;
    doing = "the life";
    NEEDS(open_app(&app, folder, "powerloss", &detail));
    NEEDS(ticker_create(&app, &detail));
    life.founded = disk_length();
    life.rows[0] = digest_rows(folder);
    start_signer(&signer, folder);
    for (int n = 1; n <= TRANSACTIONS; n++) {
        live_one(&app, n);
        if (n % TICK_EVERY == 0)
            live_tick(&app, &signer);
    }
    stop_signer(&signer);
    close_app(&app);
    disk_stop();
}

/* --- after a cut --- */

static int acknowledged(size_t place)
{
    int n = 0;
    while (n < life.transactions && life.committed[n + 1] <= place)
        n++;
    return n;
}

static void check_rows(const char *folder, size_t place)
{
    int least = acknowledged(place);
    int64_t n = ask_number(folder, "SELECT value FROM counter WHERE name = 'powerloss'");
    char words[80];
    snprintf(words, sizeof words, "%d acknowledged, %lld there", least, (long long)n);
    if (n < least || n > least + 1) {
        fault("transactions", words);
        return;
    }
    struct digest rows = digest_rows(folder);
    if (!digest_equal(&rows, &life.rows[n]))
        fault("rows are not those of the commit", words);
}

static void check_openings(const char *folder)
{
    if (ask_number(folder, "SELECT COUNT(*) FROM opening WHERE (entry IN (SELECT entry FROM "
                           "log_entry)) = (number IN (SELECT opening FROM log_waiting))"))
        fault("openings", "one waits and has an index, or neither");
}

static void check_append_only(const struct app *app)
{
    static const char *const statements[] = {
        "UPDATE case_event SET reason = 'x'",
        "DELETE FROM finding",
        "DELETE FROM log_entry",
        "UPDATE opening SET json = 'x'",
        "DELETE FROM letter",
        "UPDATE log_checkpoint SET note = 'x'",
        "UPDATE rulebook SET name = 'x'",
        "DELETE FROM complaint",
        "UPDATE complaint_event SET type = 'x'",
        "DELETE FROM complaint_event",
    };
    char path[PATH_ROOM];
    sqlite3 *db;
    snprintf(path, sizeof path, "%.4000s/store.db", app->data);
    NEEDS(-sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix"));
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        int code = sqlite3_exec(db, statements[i], NULL, NULL, NULL);
        if (code != SQLITE_CONSTRAINT && sqlite3_changes(db) > 0)
            fault("append-only", statements[i]);
    }
    sqlite3_close(db);
}

struct tiles {
    struct app *app;
    struct tlog_source source;
};

static int compare_tile(void *context, const struct tlog_tile *tile)
{
    struct tiles *tiles = context;
    struct buffer want BUFFER_CLEANUP = {0}, found BUFFER_CLEANUP = {0};
    char name[TLOG_TILE_PATH], path[PATH_ROOM * 2];
    buffer_init(&want, TLOG_TILE_BYTES_MAX);
    buffer_init(&found, TLOG_TILE_BYTES_MAX);
    NEEDS(tlog_tile_write(&tiles->source, tile, &want));
    snprintf(path, sizeof path, "%s/public/log/%s", tiles->app->data, tlog_tile_path(tile, name));
    if (buffer_load_file(&found, path) < 0)
        fault("a signed tile is not there", name);
    else if (found.size != want.size || memcmp(found.data, want.data, want.size) != 0)
        fault("a signed tile has other bytes", name);
    return 0;
}

/* Reads a signed checkpoint; false when the file is not there. */
static bool read_checkpoint(const struct app *app, const char *name,
                            struct tlog_checkpoint *ret_checkpoint)
{
    struct buffer note BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    char path[PATH_ROOM], key[PATH_ROOM], vkey[NOTE_VKEY_MAX];
    struct note_key pinned;
    snprintf(path, sizeof path, "%s/%s", app->data, name);
    snprintf(key, sizeof key, "%s/signer/log.key", app->data);
    buffer_init(&note, 4096);
    if (buffer_load_file(&note, path) < 0)
        return false;
    NEEDS(signer_vkey(key, vkey, &detail));
    NEEDS(note_key_parse(vkey, &pinned, &detail));
    if (tlog_checkpoint_open(&pinned, buffer_text(&note), note.size, ret_checkpoint, &detail) == 0)
        return true;
    fault(name, detail.text);
    return false;
}

static void check_log(struct app *app, size_t place)
{
    struct tlog_source source = store_log_source(app->store);
    struct tlog_checkpoint state = {0}, public = {0};
    struct error_detail detail = {0};
    struct tlog_frontier tree;
    struct digest root;
    int64_t ticked_at;
    uint64_t ticked = 0;
    NEEDS(store_log_tree(app->store, &tree, &ticked_at));
    root = tlog_frontier_root(&tree);
    if (tlog_check_log(&source, tree.size, &root, &detail) < 0)
        fault("tree", detail.text);
    for (int i = 0; i < life.ticks && life.ticked[i] <= place; i++)
        ticked = life.tick_size[i];
    if (!read_checkpoint(app, "signer/log.state", &state)) {
        fault("signer/log.state", "is not there");
        return;
    }
    if (state.size > tree.size || tlog_root(&source, state.size, &root) < 0 ||
        !digest_equal(&root, &state.root))
        fault("signer", "signed what the store does not hold");
    uint64_t kept = (uint64_t)ask_number(app->data, "SELECT MAX(size) FROM log_checkpoint");
    if (state.size < ticked || kept < ticked || kept > state.size)
        fault("checkpoint", "an acknowledged one is lost, or the store is ahead of the signer");
    if (read_checkpoint(app, "public/log/checkpoint", &public) && public.size > kept)
        fault("public checkpoint", "is ahead of the store");
    if (public.size < ticked)
        fault("public checkpoint", "an acknowledged one is lost");
    struct tiles tiles = {app, source};
    tlog_tiles_of_growth(0, state.size, compare_tile, &tiles);
}

static void check_next_tick(struct app *app)
{
    struct error_detail detail = {0};
    struct signer signer;
    struct tlog_checkpoint before = {0}, after = {0};
    if (!read_checkpoint(app, "signer/log.state", &before))
        return; /* told already */
    start_signer(&signer, app->data);
    if (ticker_tick(app, &signer.child, &detail) < 0)
        fault("the next tick", detail.text);
    else if (!read_checkpoint(app, "public/log/checkpoint", &after) || after.size <= before.size)
        fault("the next tick", "did not grow the log");
    struct tiles tiles = {app, store_log_source(app->store)};
    tlog_tiles_of_growth(0, after.size, compare_tile, &tiles);
    stop_signer(&signer);
}

static void check_cut(const char *folder, size_t place)
{
    struct error_detail detail = {0};
    struct app app;
    int result = open_app(&app, folder, "unix", &detail);
    if (result < 0) {
        fault("the store does not open", detail.text);
        arena_done(&app.arena);
        return;
    }
    if (store_check(app.store, &detail) < 0)
        fault("store_check", detail.text);
    /* Before the first acknowledgement a half-made log may be there; the store must open. */
    if (place >= life.founded) {
        check_rows(folder, place);
        check_openings(folder);
        check_append_only(&app);
        check_log(&app, place);
        check_next_tick(&app);
    }
    close_app(&app);
}

static void remove_tree(const char *folder)
{
    char command[PATH_ROOM + 32];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        exit(4);
}

static const char *const cut_words[] = {
#define E(name, meaning) #name,
    CUT_LIST(E)
#undef E
};

static size_t cut_everywhere(const char *base, uint64_t seed, size_t share)
{
    size_t cuts = 0, syncs = 0, length = disk_length();
    for (size_t i = 0; i < length; i++) {
        if (!disk_is_sync(i) || (syncs++ + seed) % share)
            continue;
        for (unsigned cut = 0; cut < CUT_COUNT * 2; cut++) {
            char folder[PATH_ROOM], words[80];
            size_t place = i + cut / CUT_COUNT; /* just before the sync, just after it */
            snprintf(folder, sizeof folder, "%s/cut", base);
            snprintf(words, sizeof words, "cut at %zu %s", place, cut_words[cut % CUT_COUNT]);
            doing = words;
            disk_cut(place, (enum cut)(cut % CUT_COUNT), seed + cuts, folder);
            check_cut(folder, place);
            remove_tree(folder);
            cuts++;
            if (failures > 20)
                return cuts;
        }
    }
    printf("%zu steps, %zu syncs, %d transactions, %d ticks\n", length, syncs, life.transactions,
           life.ticks);
    return cuts;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    size_t share = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t value = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--seed") == 0)
            seed = value;
        else if (strcmp(argv[i], "--share") == 0 && value > 0)
            share = (size_t)value;
        else
            return 2;
    }
    char base[] = "/tmp/bailiwick-powerloss-XXXXXX", folder[PATH_ROOM];
    if (!mkdtemp(base))
        return 4;
    signal(SIGPIPE, SIG_IGN);
    snprintf(folder, sizeof folder, "%s/data", base);
    mkdir(folder, 0700);
    printf("seed %llu\n", (unsigned long long)seed);
    disk_record(folder);
    live(folder);
    size_t cuts = cut_everywhere(base, seed, share);
    remove_tree(base);
    printf("%zu cuts\n%zu passed, %d failed, 0 skipped\n", cuts,
           cuts - (size_t)(failures < (int)cuts ? failures : (int)cuts), failures);
    return failures ? 1 : 0;
}
