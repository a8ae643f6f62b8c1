/* What a handler filled, on its way to libmicrohttpd: the headers of every response, then the page,
 * the file, or "not modified". */
#ifndef BAILIWICK_WEB_RESPONSE_H
#define BAILIWICK_WEB_RESPONSE_H

#include "web/server.h"

#include <microhttpd.h>

void web_response_init(struct web_response *response);
void web_response_done(struct web_response *response);

/* Takes what is in the response, also on failure. `tls`: we end it ourselves. */
enum MHD_Result web_response_send(struct MHD_Connection *connection, const struct web_door *door,
                                  bool tls, const struct web_request *request,
                                  struct web_response *response);

/* The same at once, while the body of the request still comes in, of which the rest is thrown away
 * for some seconds: who is told before they have sent all does not always listen. The connection
 * is of no use any more. */
void web_response_send_early(struct MHD_Connection *connection, const struct web_door *door,
                             bool tls, struct web_response *response);

#endif
