/* The process of the staff door: `bailiwick --child staff DATA CONFIG`.
 *
 * It reads the store beside the core that writes it, and serves the pages and the API of
 * web/staff.h on the descriptor CHILD_LISTENER. What changes something goes to the core as a
 * command over the descriptor CHILD_SOCKET, with the token that came with the request: the core
 * looks the user up itself, and takes no command of this door without one. */
#ifndef BAILIWICK_CLI_STAFF_DOOR_H
#define BAILIWICK_CLI_STAFF_DOOR_H

/* Serves until the core closes its socket, or SIGTERM. `config` "" for none. Returns an exit code.
 */
int staff_door_main(const char *data, const char *config);

#endif
