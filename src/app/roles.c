#include "app/roles.h"

#include "base/log.h"
#include "measure/prober.h"
#include "tlog/signer.h"

int app_prober_main(int fd)
{
    log_set_name("bailiwick prober");
    return prober_main(fd, fd) < 0 ? 4 : 0;
}

int app_signer_main(int fd, const char *key_path, const char *state_path)
{
    log_set_name("bailiwick signer");
    return signer_main(fd, key_path, state_path);
}
