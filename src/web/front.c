#include "web/front.h"

#include "base/sandbox.h"
#include "net/tls_front.h"
#include "net/tls_identity.h"

int front_main(const struct front_means *means, struct error_detail *detail)
{
    const struct tls_files files = {.certificate = means->certificate, .key = means->key};
    struct tls_front front = {
        .listener = means->listener, .handover = means->handover, .stop = means->stop};
    unsigned achieved;
    int result = tls_identity_load(&files, &front.context, detail);
    if (result < 0)
        return result;
    if (means->asks)
        tls_identity_ask(front.context);
    result = sandbox_front(&achieved, detail);
    if (result >= 0)
        tls_front_run(&front);
    tls_identity_free(front.context);
    return result;
}
