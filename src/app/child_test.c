/* Processes of ours that fail: who asked them is told which one, and what became of the request.
 * This program starts itself again and plays their parts. */
#include "app/child.h"

#include "app/monitor/check_run.h"
#include "app/monitor/judge.h"
#include "app/monitor/observer.h"
#include "app/publish/ticker.h"
#include "app_world.h"
#include "base/frame.h"
#include "descriptors.h"
#include "model/measurement.h"
#include "refusal.h"
#include "tlog/signer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z */

enum { ASK = 1, ANSWER = 2, REFUSAL = 3, BODY_MAX = 8192 };

/* --- the parts --- */

/* Answers each frame with the same one until the other side closes. */
static int repeat(uint32_t kind, const char *words, size_t size)
{
    BUFFER_CLEANUP struct buffer body;
    uint32_t asked;
    buffer_init(&body, SURVEY_PLAN_MAX);
    while (frame_read(CHILD_SOCKET, &asked, &body) >= 0) {
        if (kind && frame_write(CHILD_SOCKET, kind, words, size) < 0)
            return 4;
    }
    return 0;
}

static int die(void)
{
    BUFFER_CLEANUP struct buffer body;
    uint32_t asked;
    buffer_init(&body, BODY_MAX);
    return frame_read(CHILD_SOCKET, &asked, &body) < 0 ? 4 : 0;
}

/* A signer that has seen a larger tree than anybody here. */
static int be_ahead(void)
{
    BUFFER_CLEANUP struct buffer note;
    const struct tlog_checkpoint checkpoint = {.origin = "log.example/test", .size = 1 << 20};
    buffer_init(&note, BODY_MAX);
    if (tlog_checkpoint_format(&checkpoint, &note) < 0)
        return 4;
    return repeat(SIGNER_NOTE, buffer_text(&note), note.size);
}

/* Lives, says so, and takes nothing. */
static int be_deaf(void)
{
    struct pollfd core = {.fd = CHILD_SOCKET}; /* wakes when that is closed */
    if (shutdown(CHILD_SOCKET, SHUT_RD) < 0 || frame_write(CHILD_SOCKET, ANSWER, NULL, 0) < 0)
        return 4;
    return poll(&core, 1, -1) == 1 ? 0 : 4;
}

static int play(const char *role, char **arguments)
{
    const char *part = getenv("TEST_PART");
    if (part && strcmp(part, "mumbling judge") == 0 && strcmp(role, "judge") == 0)
        return repeat(JUDGE_FRAME_RESULTS, "x", 1);
    if (part && strcmp(part, "signer ahead") == 0 && strcmp(role, "signer") == 0)
        return be_ahead();
    if (part && strcmp(part, "deaf prober") == 0 && strcmp(role, "prober") == 0)
        return be_deaf();
    if (strcmp(role, "judge") == 0)
        return judge_main(CHILD_SOCKET);
    if (strcmp(role, "signer") == 0)
        return signer_main(CHILD_SOCKET, arguments[0], arguments[1]);
    if (strcmp(role, "dying") == 0)
        return die();
    if (strcmp(role, "refusing") == 0)
        return repeat(REFUSAL, "-1007 exchange 3: cut off", 25);
    if (strcmp(role, "mumbling") == 0)
        return repeat(REFUSAL, "no idea", 7);
    return repeat(0, NULL, 0); /* silent */
}

/* --- one question --- */

static void start(const char *role, struct child *ret_child)
{
    const struct child_request request = {.role = role, .listener = -1};
    struct error_detail detail = {0};
    if (child_start(&request, ret_child, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void a_child_that_does_not_answer_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *role;
        int code;
        const char *words;
    } rows[] = {
        {"dying", ERR_UNAVAILABLE, "the dying process died over this request"},
        {"refusing", ERR_DAMAGED, "exchange 3: cut off"},
        {"mumbling", ERR_UNAVAILABLE, "the mumbling process refused: no idea"},
        {"silent", ERR_TIMED_OUT, "the silent process did not answer within 90 s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct child child;
        struct error_detail detail = {0};
        const struct child_question question = {ASK, ANSWER, "", 0};
        /* Nobody wants to wait for the silent one, nor may a slow machine fail the others. */
        const struct timeval patience = {.tv_usec = 50000};
        BUFFER_CLEANUP struct buffer reply;
        buffer_init(&reply, BODY_MAX);
        start(rows[i].role, &child);
        if (rows[i].code == ERR_TIMED_OUT)
            setsockopt(child.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        assert_refused(child_ask(&child, &question, &reply, &detail), rows[i].code, &detail,
                       rows[i].words);
        child_stop(&child);
    }
}

static void a_child_that_cannot_be_started_is_named(void **state)
{
    (void)state;
    static const char *const many[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", NULL};
    const struct child_request vast = {.role = "vast", .arguments = many, .listener = -1};
    const struct child_request plain = {.role = "plain", .listener = -1};
    struct child child = {.pid = 77};
    struct error_detail detail = {0};
    assert_refused(child_start(&vast, &child, &detail), ERR_LIMIT, &detail,
                   "cannot start the vast process: a limit was exceeded");
    struct rlimit before = take_descriptors();
    int result = child_start(&plain, &child, &detail);
    give_descriptors(before);
    assert_refused(result, -EMFILE, &detail, "no socket for the plain process");
    assert_int_equal(child.pid, 77);
}

/* --- prober and judge --- */

static void a_plan_that_is_too_large_is_not_sent(void **state)
{
    (void)state;
    struct observer observer;
    struct error_detail detail = {0};
    static uint8_t vast[SURVEY_PLAN_MAX];
    const struct survey_plan plan = {
        .target = "alpha", .vantage = "", .tool = "", .hints = {vast, sizeof vast}};
    observer_init(&observer);
    assert_refused(observer_begin(&observer, &plan, &observer, &detail), ERR_LIMIT, &detail,
                   "plan for 'alpha': a limit was exceeded");
    observer_done(&observer);
}

static const struct survey_plan small_plan = {.target = "alpha", .vantage = "", .tool = ""};

static void start_deaf(struct observer *observer)
{
    observer_init(observer);
    setenv("TEST_PART", "deaf prober", 1);
    assert_int_equal(observer_start(observer, NULL), 0);
    struct pollfd prober = {.fd = observer->prober.fd, .events = POLLIN};
    assert_int_equal(poll(&prober, 1, -1), 1);
    signal(SIGPIPE, SIG_IGN); /* as main() has it */
}

/* More than the socket holds: its end is seen by whoever writes, however soon they do. */
static void a_prober_that_takes_no_plan_is_told(void **state)
{
    (void)state;
    struct observer observer;
    struct error_detail detail = {0};
    static uint8_t long_hints[SURVEY_PLAN_MAX - 4096];
    const struct survey_plan plan = {
        .target = "alpha", .vantage = "", .tool = "", .hints = {long_hints, sizeof long_hints}};
    start_deaf(&observer);
    assert_refused(observer_begin(&observer, &plan, &observer, &detail), ERR_UNAVAILABLE, &detail,
                   "the prober process died with 0 surveys under way");
    unsetenv("TEST_PART");
    observer_done(&observer);
}

/* Nobody is told that a survey failed which only came too late for a prober that had died. */
static void the_next_prober_gets_what_a_dead_one_does_not_take(void **state)
{
    (void)state;
    struct observer observer;
    start_deaf(&observer);
    pid_t dead = observer.prober.pid;
    unsetenv("TEST_PART");
    assert_int_equal(observer_begin(&observer, &small_plan, &observer, NULL), 0);
    assert_int_not_equal(observer.prober.pid, dead);
    assert_int_equal(observer.under_way, 1);
    assert_false(observer.places[0].lost);
    observer_done(&observer);
}

static void a_prober_that_hangs_is_told(void **state)
{
    (void)state;
    struct observer observer;
    struct survey_end end = {0};
    observer_init(&observer);
    assert_int_equal(observer_begin(&observer, &small_plan, &observer, NULL), 0);
    observer.places[0].patience_us = 0; /* as if it had been waited for */
    assert_int_equal(observer_end(&observer, 0, &end), 1);
    assert_true(end.lost);
    assert_ptr_equal(end.user, &observer);
    assert_refused(end.result, ERR_TIMED_OUT, &end.detail,
                   "the prober process did not answer within 90 s");
    observer_done(&observer);
}

static void only_so_many_surveys_are_under_way(void **state)
{
    (void)state;
    struct observer observer;
    struct error_detail detail = {0};
    char words[64];
    snprintf(words, sizeof words, "%d surveys are under way", OBSERVER_AT_ONCE);
    observer_init(&observer);
    for (int i = 0; i < OBSERVER_AT_ONCE; i++)
        assert_int_equal(observer_begin(&observer, &small_plan, &observer, &detail), 0);
    assert_refused(observer_begin(&observer, &small_plan, &observer, &detail), ERR_LIMIT, &detail,
                   words);
    observer_done(&observer);
}

static void a_judge_that_cannot_be_understood_is_told(void **state)
{
    (void)state;
    struct observer observer;
    struct result_set results;
    struct error_detail detail = {0};
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, 1 << 20);
    observer_init(&observer);
    setenv("TEST_PART", "mumbling judge", 1);
    assert_refused(observer_judge(&observer, "", 0, &arena, &results, &detail), ERR_SYNTAX, &detail,
                   "the judge's reply: malformed input");
    unsetenv("TEST_PART");
    observer_done(&observer);
}

/* --- check and replay --- */

static void open_session(const struct check_options *options, struct check_session **ret_session)
{
    struct error_detail detail = {0};
    if (check_session_open(options, ret_session, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void a_session_names_the_file_that_it_cannot_use(void **state)
{
    (void)state;
    static const struct {
        struct check_options options;
        int code;
        const char *words;
    } rows[] = {
        {{.saved_only = true, .rulebook = "/nowhere"}, -ENOENT, "rulebook '/nowhere': /nowhere: "},
        {{.saved_only = true, .ds = "/nowhere.ds"}, -ENOENT, "/nowhere.ds: No such file"},
        {{.network = "net:[0]"}, ERR_REFUSED, "nothing may be asked from outside of 'net:[0]'"},
        {{.net_map = "/nowhere.map"}, -ENOENT, "net map '/nowhere.map': No such file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct check_session *session = NULL;
        struct error_detail detail = {0};
        assert_refused(check_session_open(&rows[i].options, &session, &detail), rows[i].code,
                       &detail, rows[i].words);
        assert_null(session);
    }
}

static void what_nobody_may_ask_is_refused_before_asking(void **state)
{
    (void)state;
    static const char *const servers[SURVEY_GIVEN_MAX + 1];
    const struct check_options options = {
        .saved_only = true, .ns = servers, .ns_count = SURVEY_GIVEN_MAX + 1};
    struct check_session *session;
    struct error_detail detail = {0};
    const char *const *names;
    struct check_report report = {0};
    size_t count;
    open_session(&options, &session);
    assert_refused(check_begin(session, "alpha", &report, &detail), ERR_LIMIT, &detail,
                   "more than 64 name servers given");
    assert_refused(check_all_targets(session, &names, &count, &detail), ERR_USAGE, &detail,
                   "--all needs a store of parties: say --data DIR");
    check_session_close(session);
}

static void save_measurement(const char *path)
{
    const struct measurement measurement = {
        .target = "alpha", .vantage = "here", .tool = "bailiwick", .observed_at = START};
    BUFFER_CLEANUP struct buffer bytes;
    buffer_init(&bytes, MEASUREMENT_ENCODED_MAX);
    assert_int_equal(measurement_encode(&measurement, &bytes), 0);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

static void a_replay_names_what_is_wrong(void **state)
{
    (void)state;
    const struct check_options options = {.saved_only = true, .as_of = "soon"};
    char path[] = "/tmp/bailiwick-replay-XXXXXX";
    struct check_session *session;
    struct error_detail detail = {0};
    enum verdict verdict;
    BUFFER_CLEANUP struct buffer out;
    close(mkstemp(path));
    buffer_init(&out, 1 << 20);
    open_session(&options, &session);
    assert_refused(check_replay(session, "/nowhere", &out, &verdict, &detail), -ENOENT, &detail,
                   "/nowhere: No such file or directory");
    assert_refused(check_replay(session, path, &out, &verdict, &detail), ERR_SYNTAX, &detail,
                   "manifest: the file does not begin with BWM1");
    save_measurement(path);
    assert_refused(check_replay(session, path, &out, &verdict, &detail), ERR_SYNTAX, &detail,
                   "--as-of wants a date such as 2026-11-24, not 'soon'");
    check_session_close(session);
    unlink(path);
}

/* --- the log --- */

static void a_log_is_made_once(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], moved[APP_FOLDER_ROOM + 8];
    struct app app;
    struct error_detail detail = {0};
    app_world_open(folder, START, &app);
    snprintf(moved, sizeof moved, "%s-moved", folder);
    assert_int_equal(rename(folder, moved), 0);
    assert_refused(ticker_create(&app, &detail), -ENOENT, &detail,
                   "/signer: No such file or directory");
    assert_int_equal(rename(moved, folder), 0);
    assert_int_equal(ticker_create(&app, NULL), 0);
    assert_refused(ticker_create(&app, &detail), ERR_CONFLICT, &detail, "new log: ");
    app_world_close(&app, folder);
}

static bool proofs_fail;

int __real_tlog_prove_consistency(const struct tlog_source *source, uint64_t older, uint64_t newer,
                                  struct tlog_hashes *ret_proof);
int __wrap_tlog_prove_consistency(const struct tlog_source *source, uint64_t older, uint64_t newer,
                                  struct tlog_hashes *ret_proof);
int __wrap_tlog_prove_consistency(const struct tlog_source *source, uint64_t older, uint64_t newer,
                                  struct tlog_hashes *ret_proof)
{
    return proofs_fail ? ERR_DAMAGED
                       : __real_tlog_prove_consistency(source, older, newer, ret_proof);
}

static void tick_refused(struct app *app, int code, const char *words)
{
    struct child signer = {.fd = -1, .role = "signer"};
    struct error_detail detail = {0};
    assert_refused(ticker_tick(app, &signer, &detail), code, &detail, words);
    child_stop(&signer);
}

static void a_log_that_cannot_be_written_or_must_not_fork_says_so(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], path[APP_FOLDER_ROOM + 8];
    struct app app;
    app_world_open(folder, START, &app);
    assert_int_equal(ticker_create(&app, NULL), 0);
    snprintf(path, sizeof path, "%s/public", folder);
    save_measurement(path); /* a file where the folder should be */
    tick_refused(&app, -ENOTDIR, ": Not a directory");
    assert_int_equal(unlink(path), 0);
    setenv("TEST_PART", "signer ahead", 1);
    tick_refused(&app, ERR_DAMAGED, "the signer has signed 1048576 entries but the store holds ");
    unsetenv("TEST_PART");
    proofs_fail = true;
    tick_refused(&app, ERR_DAMAGED, "consistency proof: damaged");
    proofs_fail = false;
    app_world_close(&app, folder);
}

/* --- a death that nobody asked for --- */

/* Standard error goes to a file until end_hearing(), which gives what was said. */
static int begin_hearing(int *ret_before)
{
    int file = memfd_create("stderr", 0);
    *ret_before = dup(STDERR_FILENO);
    assert_true(file >= 0 && *ret_before >= 0);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    return file;
}

static void end_hearing(int file, int before, char said[BODY_MAX])
{
    dup2(before, STDERR_FILENO);
    close(before);
    ssize_t size = pread(file, said, BODY_MAX - 1, 0);
    assert_true(size >= 0);
    said[size] = '\0';
    close(file);
}

/* Waits for the zombie without letting go of it. */
static void await_death(pid_t pid)
{
    siginfo_t about;
    assert_int_equal(waitid(P_PID, (id_t)pid, &about, WEXITED | WNOWAIT), 0);
}

static void a_child_that_was_killed_is_told_once_and_leaves_no_zombie(void **state)
{
    (void)state;
    struct child killed, asked;
    char said[BODY_MAX], line[BODY_MAX];
    int before, file = begin_hearing(&before);
    start("silent", &killed);
    start("silent", &asked);
    const struct child dead = killed;
    kill(dead.pid, SIGKILL);
    await_death(dead.pid);
    child_reap();
    assert_int_equal(waitpid(dead.pid, NULL, WNOHANG), -1); /* nothing is left of it */
    child_reap();
    assert_false(child_runs(&killed));
    assert_true(child_runs(&asked));
    child_stop(&killed);
    child_stop(&asked);
    end_hearing(file, before, said);
    snprintf(line, sizeof line, "error: the silent process (%d) died of SIGKILL\n", dead.pid);
    assert_non_null(strstr(said, line));
    assert_string_equal(strchr(said, '\n'), "\n"); /* one line in all */
}

static void a_child_that_ends_unasked_is_told(void **state)
{
    (void)state;
    struct child child;
    char said[BODY_MAX];
    int before, file = begin_hearing(&before);
    start("dying", &child);
    shutdown(child.fd, SHUT_WR); /* its own end of the socket, which nobody asked it for */
    await_death(child.pid);
    assert_false(child_runs(&child)); /* whoever looks first says it */
    child_reap();
    child_stop(&child);
    end_hearing(file, before, said);
    assert_non_null(strstr(said, "error: the dying process ("));
    assert_non_null(strstr(said, ") ended with exit code 4\n"));
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--child") == 0)
        return play(argv[2], argv + 3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_that_does_not_answer_is_named),
        cmocka_unit_test(a_child_that_cannot_be_started_is_named),
        cmocka_unit_test(a_plan_that_is_too_large_is_not_sent),
        cmocka_unit_test(a_prober_that_takes_no_plan_is_told),
        cmocka_unit_test(the_next_prober_gets_what_a_dead_one_does_not_take),
        cmocka_unit_test(a_prober_that_hangs_is_told),
        cmocka_unit_test(only_so_many_surveys_are_under_way),
        cmocka_unit_test(a_judge_that_cannot_be_understood_is_told),
        cmocka_unit_test(a_session_names_the_file_that_it_cannot_use),
        cmocka_unit_test(what_nobody_may_ask_is_refused_before_asking),
        cmocka_unit_test(a_replay_names_what_is_wrong),
        cmocka_unit_test(a_child_that_was_killed_is_told_once_and_leaves_no_zombie),
        cmocka_unit_test(a_child_that_ends_unasked_is_told),
        cmocka_unit_test(a_log_is_made_once),
        cmocka_unit_test(a_log_that_cannot_be_written_or_must_not_fork_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
