/* What a complainant says, from a file. */
#ifndef BAILIWICK_CLI_COMPLAINT_FILE_H
#define BAILIWICK_CLI_COMPLAINT_FILE_H

#include "base/buffer.h"
#include "base/json.h"

/* JSON as the argument "document": an exhibit's "path", beside `file`, becomes its "base64". */
int complaint_put_document(json_t *arguments, const struct buffer *bytes, const char *file,
                           struct error_detail *detail);

#endif
