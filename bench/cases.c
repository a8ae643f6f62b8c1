/* Many cases, made and asked for through the program's own functions; for bench/cases.py.
 *
 *   case_bench build DIR CASES SEED   an empty folder becomes a store of that many cases
 *   case_bench ask DIR ROUNDS SEED    how long lists and pages take, warm and cold
 *
 * Prints lines `name value unit`. A case has four events, each taken with casefile_step(): half are
 * complaints that joined, got a handler and were closed as out of scope, half are open with a first
 * letter served and its deadline running. Parties, handlers and moments are drawn. */
#include "app/casework/casefile.h"
#include "app/query.h"
#include "base/civil.h"
#include "base/json.h"
#include "rulebook/tree.h"
#include "store/party.h"
#include "store/user.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PARTIES = 3800, HANDLERS = 40, TOGETHER = 100000, PAGE = 50, COLD_ROUNDS = 100 };

static const int64_t first_day = 17167; /* 2017-01-01 */
static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13; /* xorshift64 */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 16) % below);
}

static void need(int result, const char *what, const struct error_detail *detail)
{
    if (result >= 0)
        return;
    fprintf(stderr, "%s: %s\n", what,
            detail && detail->text[0] ? detail->text : error_text(result));
    exit(4);
}

/* Of this process alone: on a machine that others use too, the clock on the wall counts them. */
static double cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- the connection behind the store --- */

static sqlite3 *connection; /* the one that was opened last */

static int note_connection(sqlite3 *db, char **failure, const struct sqlite3_api_routines *api)
{
    (void)failure;
    (void)api;
    connection = db;
    return SQLITE_OK;
}

/* Pages that the connection did not have in its memory since it was asked last. */
static double take_reads(void)
{
    int misses = 0, highest;
    sqlite3_db_status(connection, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, /* reset= */ 1);
    return misses;
}

/* A long transaction keeps the pages that it changes, and they are carried over once. */
static void give_room(void)
{
    if (sqlite3_exec(connection,
                     "PRAGMA cache_size = -4194304; PRAGMA wal_autocheckpoint = 1000000", NULL,
                     NULL, NULL) != SQLITE_OK)
        exit(4);
}

static void open_app(const char *folder, bool create, bool read_only, struct app *ret_app)
{
    struct error_detail detail = {0};
    struct app_options options = {.data = folder, .create = create, .read_only = read_only};
    clock_init_frozen(&options.clock, first_day * CIVIL_DAY_US);
    clock_jump(&options.clock, first_day * CIVIL_DAY_US + 1000000);
    need(app_open(&options, ret_app, &detail), folder, &detail);
}

/* --- building --- */

static void party_id(uint32_t number, char text[24])
{
    snprintf(text, 24, "registrar-%05" PRIu32, number);
}

static void handler_id(uint32_t number, char text[24])
{
    snprintf(text, 24, "analyst-%02" PRIu32, number);
}

static void put_law(struct app *app)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer archive BUFFER_CLEANUP = {0};
    struct digest digest;
    char hex[DIGEST_HEX];
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    need(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), "rulebook", NULL);
    need(rulebook_tree_encode(&tree, &archive), "rulebook", NULL);
    need(rulebook_tree_digest(&tree, &digest), "rulebook", NULL);
    const struct store_rulebook record = {.digest = digest_format(&digest, hex),
                                          .name = "icann",
                                          .version = "1",
                                          .adopted_at = clock_wall(&app->clock),
                                          .proposed_by = "anna",
                                          .adopted_by = "bert",
                                          .tree = {archive.data, archive.size}};
    need(store_rulebook_put(app->store, &record), "rulebook", NULL);
}

static void found(struct app *app)
{
    struct error_detail detail = {0};
    const char *roles[] = {"analyst"};
    const struct store_user user = {
        .id = "anna", .name = "Anna", .roles = roles, .role_count = 1, .party = ""};
    need(store_begin(app->store), "founding", NULL);
    put_law(app);
    need(store_user_put(app->store, &user), "user", NULL);
    for (uint32_t i = 0; i < PARTIES; i++) {
        char id[24];
        party_id(i, id);
        const struct party party = {
            .id = id, .kind = PARTY_REGISTRAR, .name = id, .status = "accredited", .rdap_url = ""};
        need(store_party_put(app->store, &party), "party", NULL);
    }
    need(store_commit(app->store), "founding", NULL);
    need(app_load_rulebook(app, &detail), "rulebook", &detail);
}

static void step(struct casefile *file, const struct actor *actor, struct case_step wanted)
{
    struct error_detail detail = {0};
    const struct casefile_step request = {.step = wanted, .actor = actor};
    need(casefile_step(file, &request, &detail), case_event_text(wanted.type), &detail);
}

static const char *out_of_scope(const struct process *process)
{
    for (size_t i = 0; i < process->closure_count; i++) {
        if (process->closure_codes[i].family == CLOSURE_OUT_OF_SCOPE)
            return process->closure_codes[i].id;
    }
    return "";
}

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

static struct case_step assigned(void)
{
    struct case_step made = {.type = CASE_ASSIGNED, .reason = "duty"};
    handler_id(draw(HANDLERS), made.object);
    return made;
}

static void complain(struct casefile *file)
{
    const struct actor machine = command_machine();
    struct case_step received = {.type = CASE_RECEIVED,
                                 .party = PARTY_REGISTRAR,
                                 .origin = ORIGIN_COMPLAINT,
                                 .reason = "complaint"},
                     closed = {.type = CASE_CLOSED, .reason = "closed-at-intake"};
    step(file, &machine, received);
    CASE_TEXT(received.reason, "complaint-joined");
    step(file, &machine, received);
    step(file, &anna, assigned());
    CASE_TEXT(closed.closure, out_of_scope(file->state.process));
    step(file, &anna, closed);
}

static void write_to(struct casefile *file)
{
    const struct actor machine = command_machine();
    struct case_step letter = {.type = CASE_NOTICE_DRAFTED,
                               .sha256 = digest_of(file->record.id, strlen(file->record.id))};
    step(file, &anna,
         (struct case_step){.type = CASE_OPENED,
                            .party = PARTY_REGISTRAR,
                            .origin = ORIGIN_MONITORING,
                            .source = SOURCE_POST,
                            .violation = true,
                            .reason = "in-scope"});
    step(file, &anna, assigned());
    CASE_TEXT(letter.letter, file->state.stage->letter);
    step(file, &anna, letter);
    letter.type = CASE_NOTICE_SENT;
    letter.service_at = clock_wall(&file->app->clock);
    step(file, &machine, letter);
}

static void make_case(struct app *app, uint32_t number)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    bool complaint = number % 2 == 0;
    char party[24], subject[40];
    party_id(draw(PARTIES), party);
    snprintf(subject, sizeof subject, "n%" PRIu32 ".example", number);
    const struct store_case record = {.party = party,
                                      .obligation = "raa.3.18.2-dns-abuse-mitigation",
                                      .subject = subject,
                                      .process = app->rulebook->digest_text,
                                      .origin = complaint ? ORIGIN_COMPLAINT : ORIGIN_MONITORING,
                                      .source = complaint ? SOURCE_NONE : SOURCE_POST};
    clock_jump(&app->clock, clock_wall(&app->clock) + 1000000 * (int64_t)(1 + draw(600)));
    need(casefile_new(app, &record, &file, &detail), "new case", &detail);
    if (complaint)
        complain(&file);
    else
        write_to(&file);
}

static void build(const char *folder, uint32_t cases)
{
    struct app app;
    open_app(folder, /* create= */ true, /* read_only= */ false, &app);
    give_room();
    found(&app);
    double cpu = cpu_now();
    int64_t start = clock_mono();
    for (uint32_t i = 0; i < cases; i++) {
        if (i % TOGETHER == 0)
            need(store_begin(app.store), "begin", NULL);
        make_case(&app, i);
        if ((i + 1) % TOGETHER == 0 || i + 1 == cases)
            need(store_commit(app.store), "commit", NULL);
        if ((i + 1) % TOGETHER == 0)
            fprintf(stderr, "%" PRIu32 " cases, %.0f s\n", i + 1, cpu_now() - cpu);
    }
    printf("build.wall %.3f s\n", (double)(clock_mono() - start) / 1e6);
    printf("build.cpu %.3f s\n", cpu_now() - cpu);
    app_close(&app);
}

/* --- asking --- */

struct asking {
    struct app app;
    const char *folder;
    char (*ids)[CASE_NAME_MAX]; /* of some cases */
    size_t id_count;
    struct arena arena;
};

static void count_rows(struct asking *asking, const struct store_case_query *query)
{
    struct store_case *cases;
    size_t count;
    need(store_case_list(asking->app.store, query, &asking->arena, &cases, &count), "list", NULL);
}

static void ask_worklist(struct asking *asking)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s}", "user", "anna"), *result = NULL;
    need(query_run(&asking->app, "desk.worklist", arguments, &result, &detail), "worklist",
         &detail);
    json_decref(result);
}

static void ask_due(struct asking *asking)
{
    struct store_case *cases;
    size_t count;
    need(store_case_list_due(asking->app.store, PAGE, &asking->arena, &cases, &count), "due", NULL);
}

static void ask_party(struct asking *asking)
{
    char party[24];
    party_id(draw(PARTIES), party);
    count_rows(asking,
               &(struct store_case_query){.party = party, .open_only = true, .limit = PAGE});
}

static void ask_stage(struct asking *asking)
{
    count_rows(asking,
               &(struct store_case_query){.stage = draw(2) ? "closed" : "notice1",
                                          .after = asking->ids[draw((uint32_t)asking->id_count)],
                                          .limit = PAGE});
}

static void ask_handler(struct asking *asking)
{
    char handler[24];
    handler_id(draw(HANDLERS), handler);
    count_rows(asking,
               &(struct store_case_query){.handler = handler,
                                          .after = asking->ids[draw((uint32_t)asking->id_count)],
                                          .limit = PAGE});
}

static void ask_case(struct asking *asking)
{
    struct error_detail detail = {0};
    const char *id = asking->ids[draw((uint32_t)asking->id_count)];
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:s}", "user", "anna", "case", id),
                      *result = NULL;
    need(query_run(&asking->app, "desk.case", arguments, &result, &detail), "case", &detail);
    json_decref(result);
}

static void ask_deadlines(struct asking *asking)
{
    struct store_deadline *due;
    size_t count;
    int64_t next;
    need(store_deadline_next(asking->app.store, &next), "next deadline", NULL);
    need(store_deadline_due(asking->app.store, next + CIVIL_DAY_US, PAGE, &asking->arena, &due,
                            &count),
         "deadlines", NULL);
}

static const struct question {
    const char *name;
    void (*ask)(struct asking *asking);
} questions[] = {
    {"worklist", ask_worklist},   {"due", ask_due},         {"party", ask_party},
    {"stage", ask_stage},         {"handler", ask_handler}, {"case", ask_case},
    {"deadlines", ask_deadlines},
};

static int compare_figures(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double p95(double *figures, size_t count)
{
    qsort(figures, count, sizeof *figures, compare_figures);
    return figures[count * 95 / 100];
}

/* What the system keeps of the file is dropped as far as it lets us: its clean pages. */
static void forget_file(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/store.db", folder);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
}

static void make_cold(struct asking *asking)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/store.db", asking->folder);
    const struct store_options options = {.path = path, .flags = STORE_READ_ONLY};
    histories_forget(&asking->app);
    store_close(asking->app.store);
    asking->app.store = NULL;
    forget_file(asking->folder);
    need(store_open(&options, &asking->app.store, NULL), "open again", NULL);
}

static void measure(struct asking *asking, const struct question *question, const char *how,
                    size_t rounds, bool cold)
{
    double *wall = calloc(rounds, sizeof *wall), *cpu = calloc(rounds, sizeof *cpu),
           *reads = calloc(rounds, sizeof *reads);
    for (size_t i = 0; wall && cpu && reads && i < rounds; i++) {
        if (cold)
            make_cold(asking);
        take_reads();
        int64_t start = clock_mono();
        double spent = cpu_now();
        question->ask(asking);
        cpu[i] = (cpu_now() - spent) * 1e3;
        wall[i] = (double)(clock_mono() - start) / 1e3;
        reads[i] = take_reads();
        arena_clear(&asking->arena);
    }
    if (wall && cpu && reads) {
        printf("%s.%s.p95 %.3f ms\n", how, question->name, p95(wall, rounds));
        printf("%s.%s.cpu.p95 %.3f ms\n", how, question->name, p95(cpu, rounds));
        printf("%s.%s.reads.p95 %.0f count\n", how, question->name, p95(reads, rounds));
    }
    free(wall);
    free(cpu);
    free(reads);
}

/* Ids spread over the whole store: one in so many. */
static void learn_ids(struct asking *asking)
{
    enum { IDS = 4096 };
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
    asking->ids = calloc(IDS, sizeof *asking->ids);
    for (size_t i = 0; asking->ids && i < IDS; i++) {
        struct store_case *cases;
        size_t count;
        char after[8];
        snprintf(after, sizeof after, "c-%c%c%c", alphabet[draw(32)], alphabet[draw(32)],
                 alphabet[draw(32)]);
        const struct store_case_query query = {.after = after, .limit = 1};
        need(store_case_list(asking->app.store, &query, &asking->arena, &cases, &count), "ids",
             NULL);
        if (count) {
            CASE_TEXT(asking->ids[asking->id_count], cases[0].id);
            asking->id_count++;
        }
        arena_clear(&asking->arena);
    }
}

/* The same rows with one prepared statement of plain SQLite: seconds for `rounds` pages. */
static double raw_pages(struct asking *asking, size_t rounds)
{
    char path[4096];
    sqlite3 *db;
    sqlite3_stmt *rows;
    snprintf(path, sizeof path, "%s/store.db", asking->folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "SELECT * FROM case_file WHERE stage = 'closed' AND id > ?1"
                           " ORDER BY id LIMIT 50",
                           -1, &rows, NULL) != SQLITE_OK)
        exit(4);
    int64_t start = clock_mono(), bytes = 0;
    for (size_t i = 0; i < rounds; i++) {
        sqlite3_bind_text(rows, 1, asking->ids[i % asking->id_count], -1, SQLITE_STATIC);
        while (sqlite3_step(rows) == SQLITE_ROW) {
            for (int column = 0; column < sqlite3_column_count(rows); column++)
                bytes += sqlite3_column_bytes(rows, column);
        }
        sqlite3_reset(rows);
    }
    double seconds = (double)(clock_mono() - start) / 1e6;
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return bytes ? seconds : 0;
}

static double our_pages(struct asking *asking, size_t rounds)
{
    int64_t start = clock_mono();
    for (size_t i = 0; i < rounds; i++) {
        count_rows(asking, &(struct store_case_query){.stage = "closed",
                                                      .after = asking->ids[i % asking->id_count],
                                                      .limit = PAGE});
        arena_clear(&asking->arena);
    }
    return (double)(clock_mono() - start) / 1e6;
}

static void ask(const char *folder, size_t rounds)
{
    struct asking asking = {.folder = folder};
    open_app(folder, /* create= */ false, /* read_only= */ true, &asking.app);
    arena_init(&asking.arena, 256 << 20);
    learn_ids(&asking);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        measure(&asking, &questions[i], "warm", rounds, /* cold= */ false);
    our_pages(&asking, rounds); /* both find their pages in memory */
    raw_pages(&asking, rounds);
    printf("ratio.page %.3f times\n", raw_pages(&asking, rounds) / our_pages(&asking, rounds));
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        measure(&asking, &questions[i], "cold", COLD_ROUNDS, /* cold= */ true);
    free(asking.ids);
    arena_done(&asking.arena);
    app_close(&asking.app);
}

int main(int argc, char **argv)
{
    sqlite3_auto_extension((void (*)(void))note_connection);
    json_keep_memory(); /* as the program does */
    if (argc == 5 && strcmp(argv[1], "build") == 0) {
        seed = strtoull(argv[4], NULL, 10) * 2654435761u + 1;
        build(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
    } else if (argc == 5 && strcmp(argv[1], "ask") == 0) {
        seed = strtoull(argv[4], NULL, 10) * 2654435761u + 1;
        ask(argv[2], strtoul(argv[3], NULL, 10));
    } else {
        fprintf(stderr, "usage: case_bench build DIR CASES SEED | ask DIR ROUNDS SEED\n");
        return 2;
    }
    return 0;
}
