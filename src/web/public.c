#include "web/public.h"

#include "base/digest.h"
#include "web/style.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct public_door {
    int folder;
    struct web_door door;
    struct web_server *server;
};

/* Where the bytes of a route are and what they are. `file` holds one %s for the captured parameter,
 * or none. */
struct public_file {
    const char *file;
    const char *content_type;
    bool immutable;
};

/* --- opening below the folder --- */

/* Kernels before 5.6 and some sandboxes have no openat2(); the route table's character set forbids
 * dots at the start of a segment, and O_NOFOLLOW a link at the end, so what is left is a link of
 * our own publication in the middle. */
static int open_below(int folder, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* Finished files are replaced by rename, so a new content has a new inode or time. */
static void put_etag(const struct stat *status, char etag[40])
{
    const int64_t parts[] = {(int64_t)status->st_ino, (int64_t)status->st_size,
                             (int64_t)status->st_mtim.tv_sec, (int64_t)status->st_mtim.tv_nsec};
    const struct digest digest = digest_of(parts, sizeof parts);
    char text[DIGEST_HEX];
    digest_format(&digest, text);
    snprintf(etag, 40, "%.32s", text);
}

/* Whatever is wrong with the file, the answer is the same: there is none. */
static int serve_file(const struct web_request *request, struct web_response *response)
{
    const struct public_door *door = request->context;
    const struct public_file *file = request->route->data;
    char path[WEB_PARAMETER_MAX + 32];
    const char *place = strstr(file->file, "%s");
    if (place)
        snprintf(path, sizeof path, "%.*s%s%s", (int)(place - file->file), file->file,
                 request->parameters[0], place + 2);
    else
        snprintf(path, sizeof path, "%s", file->file);
    int fd = open_below(door->folder, path);
    struct stat status;
    if (fd < 0)
        return ERR_NOT_FOUND;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return ERR_NOT_FOUND;
    }
    response->file = fd;
    response->file_size = (uint64_t)status.st_size;
    response->content_type = file->content_type;
    response->cacheable = true;
    response->immutable = file->immutable;
    put_etag(&status, response->etag);
    return 0;
}

/* --- routes --- */

#define HTML "text/html; charset=utf-8"
#define FILE_ROUTE(pattern, file, type, fixed, summary)                                            \
    {                                                                                              \
        "GET", pattern, AUDIENCE_PUBLIC, serve_file, summary, &(const struct public_file)          \
        {                                                                                          \
            file, type, fixed                                                                      \
        }                                                                                          \
    }

static const struct web_route routes[] = {
    FILE_ROUTE("/", "index.html", HTML, false, "what this is, and the latest notices"),
    FILE_ROUTE("/notices", "notices.html", HTML, false, "all formal notices"),
    FILE_ROUTE("/lists/:name", "lists/%s.html", HTML, false,
               "those of a kind of party, a state or a year, and the archive"),
    FILE_ROUTE("/notices/:id.json", "notices/%s.json", "application/json", false,
               "the public record of a notice"),
    FILE_ROUTE("/notices/:id", "notices/%s.html", HTML, false, "the page of a notice"),
    FILE_ROUTE("/notices/:id/bundle", "notices/%s.bundle", "application/octet-stream", false,
               "its proof bundle"),
    FILE_ROUTE("/feed.atom", "feed.atom", "application/atom+xml; charset=utf-8", false, "RFC 4287"),
    FILE_ROUTE("/feed.json", "feed.json", "application/feed+json", false, "JSON Feed 1.1"),
    FILE_ROUTE("/log/checkpoint", "log/checkpoint", "text/plain; charset=utf-8", false,
               "the signed checkpoint"),
    FILE_ROUTE("/log/key", "log/key", "text/plain; charset=utf-8", false, "the key of the log"),
    FILE_ROUTE("/log/tile/*tile", "log/tile/%s", "application/octet-stream", true,
               "a tile of the log"),
    FILE_ROUTE("/health", "health.json", "application/json", false, "the door is open"),
    STYLE_ROUTE,
};

const struct web_route *public_routes(size_t *ret_count)
{
    *ret_count = sizeof routes / sizeof *routes;
    return routes;
}

/* --- the door --- */

int public_start(int listen_fd, const char *public_dir, struct public_door **ret_door,
                 struct error_detail *detail)
{
    struct public_door *door = calloc(1, sizeof *door);
    if (!door)
        return ERR_NO_MEMORY;
    door->folder = open(public_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (door->folder < 0) {
        int failure = -errno;
        free(door);
        return error_set(detail, failure, "public folder '%s': %s", public_dir,
                         error_text(failure));
    }
    door->door = (struct web_door){
        .routes = routes, .route_count = sizeof routes / sizeof *routes, .context = door};
    int result = web_server_start(&door->door, listen_fd, &door->server, detail);
    if (result < 0) {
        public_stop(door);
        return result;
    }
    *ret_door = door;
    return 0;
}

void public_stop(struct public_door *door)
{
    if (!door)
        return;
    web_server_stop(door->server);
    close(door->folder);
    free(door);
}

/* Signals are blocked before the door's thread starts, so that only this descriptor sees them. */
static int open_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    int fd = signalfd(-1, &signals, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int public_main(int listen_fd, int stop_fd, const char *public_dir, struct error_detail *detail)
{
    int signals = open_signals();
    if (signals < 0)
        return error_set(detail, signals, "signals: %s", error_text(signals));
    struct public_door *door = NULL;
    int result = public_start(listen_fd, public_dir, &door, detail);
    if (result >= 0) {
        struct pollfd waits[] = {{.fd = signals, .events = POLLIN},
                                 {.fd = stop_fd, .events = POLLIN}};
        while (poll(waits, 2, -1) < 0 && errno == EINTR)
            continue;
        public_stop(door);
    }
    close(signals);
    return result;
}
