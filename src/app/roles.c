#include "app/roles.h"

#include "base/log.h"
#include "base/sandbox.h"
#include "measure/prober.h"
#include "tlog/signer.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

int app_prober_main(int fd)
{
    log_set_name("bailiwick prober");
    return prober_main(fd, fd) < 0 ? 4 : 0;
}

int app_signer_main(int fd, const char *key_path, const char *state_path)
{
    struct error_detail detail = {0};
    unsigned achieved;
    char folder[PATH_MAX];
    log_set_name("bailiwick signer");
    snprintf(folder, sizeof folder, "%s", state_path);
    *strrchr(folder, '/') = '\0';
    /* It writes its state beside its key and has no business anywhere else. */
    const char *const write[] = {folder};
    const struct sandbox_paths paths = {.write = write, .write_count = 1};
    int result = sandbox_files_only(&paths, &achieved, &detail);
    if (result < 0) {
        log_error("sandbox: %s", error_words(&detail, result));
        return 4;
    }
    return signer_main(fd, key_path, state_path);
}
