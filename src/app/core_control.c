/* Commands from the control socket and from the staff door. */
#include "app/core_parts.h"

#include "app/alarm.h"
#include "app/argument.h"
#include "app/command.h"
#include "app/control.h"
#include "base/civil.h"
#include "base/frame.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_CHUNK = 65536, READS_MAX = 16 };

struct client *core_add_client(struct core *core, int fd)
{
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd >= 0)
            continue;
        *client =
            (struct client){.fd = fd, .moved_us = clock_mono(), .is_door = fd == core->staff.fd};
        /* Reading needs room beyond the largest frame. */
        buffer_init(&client->in, CONTROL_FRAME_MAX + FRAME_HEAD + READ_CHUNK);
        buffer_init(&client->out, CONTROL_FRAME_MAX + FRAME_HEAD);
        return client;
    }
    return NULL;
}

/* Places that nobody holds; the staff door does not count, as its place is its own. */
static size_t count_free(const struct core *core)
{
    size_t free = CORE_CLIENTS_MAX - 1;
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        const struct client *client = &core->clients[i];
        free -= free > 0 && client->fd >= 0 && client->fd != core->staff.fd;
    }
    return free;
}

static void make_room(struct core *core)
{
    struct client *last = core_queue_last(core);
    if (!last)
        return;
    last->broken = true;
    core_drop_broken(core);
}

static bool accept_one(struct core *core)
{
    int fd = accept4(core->control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return false;
    if (count_free(core) == 0)
        make_room(core);
    if (!core_add_client(core, fd))
        close(fd);
    return true;
}

void core_accept(struct core *core)
{
    /* What was taken in is read before it could have to go. */
    for (size_t left = count_free(core); accept_one(core) && left > 1; left--)
        ;
}

/* Whether there may be more. */
static bool read_some(struct client *client)
{
    /* One request at least is whole: the rest waits outside until it was served. */
    if (client->in.size >= CONTROL_FRAME_MAX + FRAME_HEAD)
        return false;
    uint8_t *at = buffer_extend(&client->in, READ_CHUNK);
    if (!at) {
        client->broken = true;
        return false;
    }
    client->in.size -= READ_CHUNK;
    ssize_t got = core_files_receive(client, at, READ_CHUNK);
    if (got > 0) {
        client->in.size += (size_t)got;
        client->moved_us = clock_mono();
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        client->broken = true;
    return got == READ_CHUNK;
}

void core_read(struct client *client)
{
    for (int i = 0; i < READS_MAX && read_some(client); i++)
        continue;
}

void core_write(struct client *client)
{
    ssize_t done = send(client->fd, client->out.data + client->sent,
                        client->out.size - client->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done < 0 && errno != EAGAIN && errno != EINTR)
        client->broken = true;
    if (done > 0) {
        client->sent += (size_t)done;
        client->moved_us = clock_mono();
    }
    if (client->sent == client->out.size) {
        buffer_clear(&client->out);
        client->sent = 0;
    }
}

void core_drop_broken(struct core *core)
{
    for (size_t i = 0; i < CORE_CLIENTS_MAX; i++) {
        struct client *client = &core->clients[i];
        if (client->fd < 0 || !client->broken)
            continue;
        if (client->fd == core->staff.fd)
            core->staff.fd = -1; /* the same descriptor, closed here */
        close(client->fd);
        core_queue_forget(core, client);
        core_files_forget(client);
        buffer_done(&client->in);
        buffer_done(&client->out);
        client->fd = -1;
    }
}

/* --- commands of the daemon itself --- */

/* clock.jump {to}: demonstrations move from due moment to due moment. */
static int jump_clock(struct core *core, const json_t *arguments, json_t *result,
                      struct error_detail *detail)
{
    const char *text = json_text(arguments, "to");
    int64_t to;
    char words[CIVIL_INSTANT_TEXT];
    if (!app_is_demo(core->app))
        return error_set(detail, ERR_REFUSED, "only a demonstration's clock jumps (serve --now)");
    if (!text || civil_parse_instant(text, &to) < 0)
        return error_set(detail, ERR_SYNTAX, "clock.jump wants an RFC 3339 time");
    if (clock_jump(&core->app->clock, to) < 0)
        return error_set(detail, ERR_REFUSED, "the clock only moves forward; it is %s",
                         civil_format_instant(clock_wall(&core->app->clock), words));
    json_object_set_new(result, "now", json_string(text));
    return 0;
}

static int tell_status(struct core *core, const json_t *arguments, json_t *result,
                       struct error_detail *detail)
{
    char words[CIVIL_INSTANT_TEXT];
    (void)arguments, (void)detail;
    size_t busy = core->observing.under_way + core->mailing.under_way, targets = 0;
    for (size_t i = 0; i < core->target_count; i++)
        targets += !core->targets[i].gone;
    json_object_set_new(result, "now",
                        json_string(civil_format_instant(clock_wall(&core->app->clock), words)));
    json_object_set_new(result, "busy", json_integer((json_int_t)busy));
    json_object_set_new(result, "targets", json_integer((json_int_t)targets));
    json_object_set_new(result, "alarms", alarm_list(core->app));
    return 0;
}

static int measure_now(struct core *core, const json_t *arguments, json_t *answer,
                       struct error_detail *detail)
{
    const char *target = json_text(arguments, "target");
    (void)answer;
    if (!target)
        return error_set(detail, ERR_SYNTAX, "measure wants a target");
    if (core_ask_now(core, target))
        return 0;
    return error_set(detail, ERR_NOT_FOUND, "'%s' is no contracted TLD with a delegation", target);
}

struct own_command {
    const char *name;
    unsigned roles;
    int (*run)(struct core *core, const json_t *arguments, json_t *result,
               struct error_detail *detail);
};

static const struct own_command own_commands[] = {
    {"clock.jump", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, jump_clock},
    {"status", ROLE_ANYBODY, tell_status},
    {"measure", ROLE_ANALYST | ROLE_APPROVER | ROLE_ADMINISTRATOR, measure_now},
};

static const struct own_command *find_own(const char *name)
{
    for (size_t i = 0; i < sizeof own_commands / sizeof *own_commands; i++) {
        if (strcmp(own_commands[i].name, name) == 0)
            return &own_commands[i];
    }
    return NULL;
}

static int run_own(struct core *core, const struct own_command *own,
                   const struct command_request *call, json_t **ret_result,
                   struct error_detail *detail)
{
    json_t *answer JSON_CLEANUP = json_object();
    int result = command_check_roles(own->name, own->roles, &call->actor, detail);
    if (result >= 0)
        result = answer ? own->run(core, call->arguments, answer, detail) : ERR_NO_MEMORY;
    if (result >= 0)
        *ret_result = json_incref(answer);
    return result;
}

/* --- all commands --- */

/* What the pages of the staff door can mean. With the token of an administrator who signed in, a
 * door in wrong hands must not make itself a second person, or another law. */
static bool is_for_door(const char *command)
{
    static const char *const names[] = {"case.adopt",
                                        "case.approve",
                                        "case.send",
                                        "case.answer",
                                        "case.agree",
                                        "session.seen",
                                        "session.end",
                                        "complaint.file",
                                        "complaint.decide",
                                        "complaint.label",
                                        "complaint.prioritise",
                                        "complaint.reopen",
                                        "complaint.retype",
                                        "complaint.seen",
                                        "complaint.outcome",
                                        "complaint.close",
                                        "complaint.second-look",
                                        "complaint.add",
                                        "complaint.insist",
                                        "complaint.withdraw",
                                        "complaint.review",
                                        "own.answer",
                                        "own.extension",
                                        "own.delegate",
                                        "own.revoke",
                                        "own.hook.add",
                                        "own.hook.revoke",
                                        "own.hook.resume"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], command) == 0)
            return true;
    }
    return false;
}

/* Who asks through the door. To let somebody in it acts for nobody yet; else it shows what its
 * user showed, and without that it is nobody, not the founder of the house. */
static int door_actor(struct core *core, const char *command, const json_t *request,
                      struct actor *ret_actor, struct error_detail *detail)
{
    const char *token = json_text(request, "token"), *cookie = json_text(request, "cookie"),
               *certificate = json_text(request, "certificate");
    const struct command *known = command_find(command);
    struct digest sha256;
    if (known && known->roles == ROLE_DOOR) {
        *ret_actor = (struct actor){.id = "door", .roles = ROLE_DOOR};
        return 0;
    }
    if (!is_for_door(command))
        return error_set(detail, ERR_DENIED, "'%s' is not for the staff door", command);
    if (known && known->roles == ROLE_COMPLAINANT)
        return command_actor_for(core->app, command, /* token= */ NULL, ret_actor, detail);
    if (cookie)
        return command_actor_of_cookie(core->app, cookie, ret_actor, detail);
    if (!token)
        return error_set(detail, ERR_DENIED, "the staff door shows no token");
    int result = certificate ? argument_sha256(certificate, &sha256, detail) : 0;
    return result < 0 ? result
                      : command_actor_at_door(core->app, token, certificate ? &sha256 : NULL,
                                              ret_actor, detail);
}

static int run_command(struct core *core, const struct asked *asked, json_t **ret_result,
                       struct error_detail *detail)
{
    const json_t *request = asked->request;
    struct command_request call = {.name = json_text(request, "command"),
                                   .arguments = json_object_get(request, "arguments"),
                                   .file = asked->file < 0 ? NULL : &asked->file};
    if (!call.name || !json_is_object(call.arguments))
        return error_set(detail, ERR_SYNTAX, "a request has a command and arguments");
    /* A cookie counts at the door alone. */
    int result = asked->client->fd == core->staff.fd
                     ? door_actor(core, call.name, request, &call.actor, detail)
                     : command_actor_for(core->app, call.name, json_text(request, "token"),
                                         &call.actor, detail);
    if (result < 0)
        return result;
    const struct own_command *own = find_own(call.name);
    if (own)
        return run_own(core, own, &call, ret_result, detail);
    result = command_run(core->app, &call, ret_result, detail);
    if (result >= 0 &&
        (strcmp(call.name, "party.import") == 0 || strcmp(call.name, "rulebook.adopt") == 0))
        core->targets_stale = true;
    return result;
}

static void run_request(struct core *core, struct asked *asked)
{
    if (asked->request)
        asked->failure = run_command(core, asked, &asked->result, &asked->detail);
}

/* `committed`: how the transaction ended; a success that was not kept is none. */
static void answer(const struct asked *asked, int committed, const struct error_detail *why)
{
    struct client *client = asked->client;
    struct buffer body BUFFER_CLEANUP = {0};
    uint8_t head[FRAME_HEAD];
    const bool lost = committed < 0 && asked->failure >= 0;
    const struct control_reply reply = {.number = json_number(asked->request, "number", 0),
                                        .failure = lost ? committed : asked->failure,
                                        .detail = lost ? why : &asked->detail,
                                        .result = asked->result};
    buffer_init(&body, CONTROL_FRAME_MAX);
    control_format_reply(&reply, &body);
    frame_head(head, CONTROL_FRAME_REPLY, body.size);
    buffer_append(&client->out, head, sizeof head);
    buffer_append(&client->out, body.data, body.size);
    if (buffer_error(&client->out) < 0)
        client->broken = true;
}

/* How many were run. */
static size_t run_taken(struct core *core, const struct core_queue_taken *queue,
                        struct asked *const *taken)
{
    const int64_t end = clock_mono() + core->turn_us;
    size_t count = 0;
    while (count < queue->all && (count < queue->first || clock_mono() < end))
        run_request(core, taken[count++]);
    return count;
}

/* One sync for all of them; who was not committed is not told that it was. A store that failed hard
 * has ended the transaction by itself: then none of them was done. */
static void commit_and_answer(struct core *core, struct asked *const *run, size_t count)
{
    struct store *store = core->app->store;
    struct error_detail why = {0}, reason = {0};
    int committed = store_in_transaction(store) ? store_commit(store) : ERR_STORE;
    if (committed < 0) {
        app_store_failed(core->app, committed, &why, "commit");
        store_rollback(store);
    }
    if (app_follow(core->app, committed >= 0, &reason) < 0)
        log_error("%s", reason.text);
    for (size_t i = 0; i < count; i++) {
        answer(run[i], committed, &why);
        core_queue_pass(core, run[i]);
    }
}

void core_serve_commands(struct core *core)
{
    struct asked *taken[CORE_ASKED_MAX];
    const struct core_queue_taken queue = core_queue_take(core, taken);
    core->more_wait = false;
    if (queue.all == 0)
        return;
    if (store_begin(core->app->store) < 0) {
        log_error("commands: %s", store_words(core->app->store));
        return;
    }
    commit_and_answer(core, taken, run_taken(core, &queue, taken));
    core->more_wait = core_queue_fill(core);
}
