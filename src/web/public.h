/* The public door: its own process, which serves finished files from one folder and nothing else.
 *
 * It never opens the store, keeps no cookie, reads no body and writes nothing. What is not in the
 * folder cannot leak. The folder is filled by publication, each file by rename:
 *
 *   index.html            /                     notices.html       /notices
 *   lists/NAME.html       /lists/NAME
 *   notices/ID.html       /notices/ID           notices/ID.json    /notices/ID.json
 *   notices/ID.bundle     /notices/ID/bundle    feed.atom          /feed.atom
 *   feed.json             /feed.json            health.json        /health
 *   log/checkpoint        /log/checkpoint       log/key            /log/key
 *   log/tile/...          /log/tile/...
 *
 * The style sheet is compiled in. Paths: only the route table's patterns, then openat2() with
 * RESOLVE_BENEATH and no symbolic links. A file that is missing, unreadable or not a file is the
 * same 404 as a path that never was. */
#ifndef BAILIWICK_WEB_PUBLIC_H
#define BAILIWICK_WEB_PUBLIC_H

#include "base/error.h"
#include "web/server.h"

#include <stddef.h>

struct public_door;

/* Opens the folder and serves. After this nothing but reading below the folder, accepting and
 * sending is done, so the caller may lock the process down. `listen_fd` is taken on success. */
int public_start(int listen_fd, const char *public_dir, struct public_door **ret_door,
                 struct error_detail *detail);
void public_stop(struct public_door *door);

/* The whole process: starts, waits until `stop_fd` ends (is closed by the other side; -1: a SIGTERM
 * or SIGINT), stops. */
int public_main(int listen_fd, int stop_fd, const char *public_dir, struct error_detail *detail);

/* For tests that walk every route. */
const struct web_route *public_routes(size_t *ret_count);

#endif
