/* Entries of our own processes that live in rooms which the command line does not see. */
#ifndef BAILIWICK_APP_ROLES_H
#define BAILIWICK_APP_ROLES_H

int app_prober_main(int fd);
int app_signer_main(int fd, const char *key_path, const char *state_path);

#endif
