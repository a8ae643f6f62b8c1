#include "app/control_line.h"

#include <sys/socket.h>

/* Who asks, from before its request goes out until it has the reply. */
struct control_asker {
    struct control_asker *next;
    int64_t number;
    json_t *reply; /* NULL: not yet */
    bool waits;    /* for `called` */
    pthread_cond_t called;
};

void control_line_init(struct control_line *line, int fd)
{
    *line = (struct control_line){.fd = fd};
    pthread_mutex_init(&line->sending, NULL);
    pthread_mutex_init(&line->lock, NULL);
}

void control_line_done(struct control_line *line)
{
    pthread_mutex_destroy(&line->lock);
    pthread_mutex_destroy(&line->sending);
}

/* --- with the lock --- */

static void call(struct control_asker *asker)
{
    if (asker->waits)
        pthread_cond_signal(&asker->called);
}

static void shut_down(struct control_line *line)
{
    line->broken = true;
    shutdown(line->fd, SHUT_RDWR);
    for (struct control_asker *at = line->askers; at; at = at->next)
        call(at);
}

/* Takes the reply. One that nobody waits for is a failure: the core and we count differently. */
static int give(struct control_line *line, json_t *reply, struct error_detail *detail)
{
    int64_t number = json_number(reply, "number", 0);
    struct control_asker *at = line->askers;
    while (at && (at->number != number || at->reply))
        at = at->next;
    if (!at) {
        json_decref(reply);
        return error_set(detail, ERR_DAMAGED, "the daemon's reply: nobody asked number %lld",
                         (long long)number);
    }
    at->reply = reply;
    call(at);
    return 0;
}

/* Lets go of the lock while it waits for the bytes. */
static int read_one(struct control_line *line, struct error_detail *detail)
{
    json_t *reply = NULL;
    line->reading = true;
    pthread_mutex_unlock(&line->lock);
    int result = control_receive(line->fd, &reply, detail);
    pthread_mutex_lock(&line->lock);
    line->reading = false;
    if (result >= 0)
        result = give(line, reply, detail);
    if (result < 0)
        shut_down(line);
    return result;
}

/* Somebody who waits shall read, now that nobody does. Who is still sending will see it. */
static void pass_reading(struct control_line *line)
{
    struct control_asker *at = line->askers;
    while (at && (!at->waits || at->reply))
        at = at->next;
    if (at && !line->reading)
        call(at);
}

/* --- asking --- */

static void begin(struct control_line *line, struct control_asker *asker)
{
    pthread_cond_init(&asker->called, NULL);
    pthread_mutex_lock(&line->lock);
    asker->number = ++line->asked;
    asker->next = line->askers;
    line->askers = asker;
    pthread_mutex_unlock(&line->lock);
}

static void end(struct control_line *line, struct control_asker *asker)
{
    pthread_mutex_lock(&line->lock);
    struct control_asker **at = &line->askers;
    while (*at != asker)
        at = &(*at)->next;
    *at = asker->next;
    pass_reading(line);
    pthread_mutex_unlock(&line->lock);
    pthread_cond_destroy(&asker->called);
    json_decref(asker->reply);
}

/* Nothing can follow a request that did not go out whole. */
static int send_whole(struct control_line *line, const struct control_request *request,
                      int64_t number, struct error_detail *detail)
{
    pthread_mutex_lock(&line->sending);
    int result = control_send(line->fd, request, number, detail);
    pthread_mutex_unlock(&line->sending);
    if (result < 0) {
        pthread_mutex_lock(&line->lock);
        shut_down(line);
        pthread_mutex_unlock(&line->lock);
    }
    return result;
}

static int await(struct control_line *line, struct control_asker *self, struct error_detail *detail)
{
    int result = 0;
    pthread_mutex_lock(&line->lock);
    while (result >= 0 && !self->reply) {
        if (line->broken) {
            result = control_tell_end(detail);
        } else if (!line->reading) {
            result = read_one(line, detail);
        } else {
            self->waits = true;
            pthread_cond_wait(&self->called, &line->lock);
            self->waits = false;
        }
    }
    pthread_mutex_unlock(&line->lock);
    return result;
}

int control_line_ask(struct control_line *line, const struct control_request *request,
                     json_t **ret_result, struct error_detail *detail)
{
    struct control_asker self = {.reply = NULL};
    begin(line, &self);
    int result = send_whole(line, request, self.number, detail);
    if (result >= 0)
        result = await(line, &self, detail);
    if (result >= 0)
        result = control_read_reply(self.reply, ret_result, detail);
    end(line, &self);
    return result;
}
