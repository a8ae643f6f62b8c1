/* One connection to the core on which several threads ask at once. */
#include "app/control_line.h"

#include "base/frame.h"
#include "testing.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ASKERS = 8, NAME_ROOM = 16 };

struct asker {
    pthread_t thread;
    struct control_line *line;
    char name[NAME_ROOM];
    int result;
    char answer[NAME_ROOM];
    struct error_detail detail;
};

struct talk {
    struct control_line line;
    int theirs;
    struct asker askers[ASKERS];
};

static void *ask(void *context)
{
    struct asker *asker = context;
    JSON_CLEANUP json_t *arguments = json_object(), *result = NULL;
    const struct control_request request = {.command = asker->name, .arguments = arguments};
    asker->result = control_line_ask(asker->line, &request, &result, &asker->detail);
    const char *answer = json_text(result, "to");
    snprintf(asker->answer, sizeof asker->answer, "%s", answer ? answer : "");
    return NULL;
}

static void begin(struct talk *talk)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    *talk = (struct talk){.theirs = ends[1]};
    control_line_init(&talk->line, ends[0]);
    for (size_t i = 0; i < ASKERS; i++) {
        struct asker *asker = &talk->askers[i];
        asker->line = &talk->line;
        snprintf(asker->name, sizeof asker->name, "command-%zu", i);
        assert_int_equal(pthread_create(&asker->thread, NULL, ask, asker), 0);
    }
}

static void end(struct talk *talk)
{
    for (size_t i = 0; i < ASKERS; i++)
        pthread_join(talk->askers[i].thread, NULL);
    close(talk->theirs);
    close(talk->line.fd);
    control_line_done(&talk->line);
}

struct taken {
    char name[NAME_ROOM];
    int64_t number;
};

/* The next command that comes. */
static void take(const struct talk *talk, struct taken *ret_taken)
{
    struct buffer body BUFFER_CLEANUP = {0};
    JSON_CLEANUP json_t *request = NULL;
    uint32_t kind;
    buffer_init(&body, 1024);
    assert_int_equal(frame_read(talk->theirs, &kind, &body), 0);
    assert_int_equal(kind, CONTROL_FRAME_REQUEST);
    assert_int_equal(json_parse(buffer_text(&body), body.size, &request, NULL), 0);
    snprintf(ret_taken->name, NAME_ROOM, "%s", json_text(request, "command"));
    ret_taken->number = json_number(request, "number", 0);
    assert_true(ret_taken->number > 0);
}

static void give(const struct talk *talk, uint32_t kind, const struct taken *taken)
{
    char text[256];
    snprintf(text, sizeof text, "{\"number\":%lld,\"result\":{\"to\":\"%s\"}}",
             (long long)taken->number, taken->name);
    /* The line may be shut down by now. */
    frame_write(talk->theirs, kind, text, strlen(text));
}

/* All are under way before the first is answered, and the last is answered first: that is what the
 * line is for. */
static void each_asker_gets_its_own_reply(void **state)
{
    struct talk talk;
    struct taken taken[ASKERS];
    (void)state;
    begin(&talk);
    for (size_t i = 0; i < ASKERS; i++)
        take(&talk, &taken[i]);
    for (size_t i = ASKERS; i > 0; i--)
        give(&talk, CONTROL_FRAME_REPLY, &taken[i - 1]);
    end(&talk);
    for (size_t i = 0; i < ASKERS; i++) {
        assert_int_equal(talk.askers[i].result, 0);
        assert_string_equal(talk.askers[i].answer, talk.askers[i].name);
    }
}

static size_t count_refused(const struct talk *talk, int code, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < ASKERS; i++) {
        const struct asker *asker = &talk->askers[i];
        count += asker->result == code && strstr(asker->detail.text, words);
    }
    return count;
}

static const char ended[] = "the daemon ended before it answered; whether it was done is not known";

static void a_core_that_ends_is_told_to_whoever_waits(void **state)
{
    struct talk talk;
    struct taken taken;
    (void)state;
    begin(&talk);
    take(&talk, &taken);
    give(&talk, CONTROL_FRAME_REPLY, &taken);
    shutdown(talk.theirs, SHUT_RDWR);
    end(&talk);
    assert_int_equal(count_refused(&talk, ERR_UNAVAILABLE, ended), ASKERS - 1);
}

/* What comes first is refused for `words` by the one who reads it; after that not even what would
 * be a good reply is believed. */
static void check_damage(uint32_t kind, int64_t number, const char *words)
{
    struct talk talk;
    struct taken taken[ASKERS];
    begin(&talk);
    for (size_t i = 0; i < ASKERS; i++)
        take(&talk, &taken[i]);
    struct taken wrong = taken[0];
    wrong.number = number ? number : taken[0].number;
    give(&talk, kind, &wrong);
    for (size_t i = 0; i < ASKERS; i++)
        give(&talk, CONTROL_FRAME_REPLY, &taken[i]);
    end(&talk);
    assert_int_equal(count_refused(&talk, ERR_DAMAGED, words), 1);
    assert_int_equal(count_refused(&talk, ERR_UNAVAILABLE, ended), ASKERS - 1);
}

static void after_a_damaged_reply_none_is_believed(void **state)
{
    (void)state;
    check_damage(CONTROL_FRAME_REQUEST, 0, "the daemon's socket: damaged");
    check_damage(CONTROL_FRAME_REPLY, 77, "the daemon's reply: nobody asked number 77");
    check_damage(CONTROL_FRAME_REPLY, -1, "the daemon's reply: nobody asked number -1");
}

static int ignore_pipes(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return 0;
}

#define CALM(test) cmocka_unit_test_setup(test, ignore_pipes)

TEST_MAIN(CALM(each_asker_gets_its_own_reply), CALM(a_core_that_ends_is_told_to_whoever_waits),
          CALM(after_a_damaged_reply_none_is_believed))
