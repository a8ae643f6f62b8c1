/* The part of /api/v1 where one request is about many complaints: each is given to the same command
 * as alone, in their order, and has its own answer or problem, so that one that is refused stops no
 * other. What is done has to be looked at before: the same request with `"preview": true` does
 * nothing and tells what would become of each, and a digest; with that digest it is done. */
#ifndef BAILIWICK_WEB_BULK_API_H
#define BAILIWICK_WEB_BULK_API_H

#include "base/error.h"
#include "base/json.h"
#include "web/server.h"

enum { API_BULK_MAX = 100 /* complaints of one request */ };

/* The route's data is the api_action of one complaint (web/staff_api.h), whose members `decision`
 * of the body may have. */
web_handler api_bulk;

/* The same of filing: it is tried by nobody before, and each has its receipt. */
web_handler api_bulk_file;

/* What is told of one that was not done: as RFC 9457, but for the type, which is that of all
 * problems here. New reference. */
json_t *bulk_problem(int failure, const struct error_detail *detail);
/* Of one behind a failure that lies in no complaint. New reference. */
json_t *bulk_untried(void);

#endif
