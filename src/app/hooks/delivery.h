/* One delivery on its way: taken from a queue that is due, and what came of it.
 *
 * Whoever sends commits delivery_begin(), hands the request to a herald, and commits
 * delivery_end(). In between the hook is put off, so that nothing is sent twice while it is under
 * way; a program that ends there sends it again (H4), with the same id. */
#ifndef BAILIWICK_APP_HOOKS_DELIVERY_H
#define BAILIWICK_APP_HOOKS_DELIVERY_H

#include "app/app.h"
#include "app/hooks/herald.h"
#include "app/hooks/hook.h"
#include "app/hooks/signature.h"

struct delivery {
    struct store_hook hook; /* as it stood before */
    struct store_delivery record;
    struct signature_fields fields;
    const char *body;
    struct arena arena;
    struct herald_reply reply; /* filled by whoever sends */
};

/* Takes the first delivery of a hook that is due, inside the open transaction. Returns 1 with it, 0
 * when there is nothing to send there now. What its user may not hear any more leaves the queue. */
int delivery_begin(struct app *app, const struct store_hook *hook, struct delivery **ret_delivery,
                   struct error_detail *detail);

/* Borrows from the delivery. */
struct herald_request delivery_request(const struct delivery *delivery);

/* Inside the open transaction. */
int delivery_end(struct app *app, const struct delivery *delivery, struct error_detail *detail);

void delivery_free(struct delivery *delivery);

#endif
