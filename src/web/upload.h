/* A form with files on its way in (web/multipart.h): one part is its document, each other one a
 * file.
 *
 * The document is kept in memory; the files go, as they come, one behind the other into an open
 * file that has no name. So many forms at once take little memory, and whatever becomes of the
 * process, nothing of one that was not handed on stays behind. Nothing looks at what the files
 * hold. */
#ifndef BAILIWICK_WEB_UPLOAD_H
#define BAILIWICK_WEB_UPLOAD_H

#include "base/json.h"
#include "web/multipart.h"

enum {
    UPLOAD_BODY_MAX = 25 << 20, /* as of a mail */
    UPLOAD_DOCUMENT_MAX = 256 << 10,
    UPLOAD_FILE_MAX = 5 << 20, /* as of an exhibit */
    UPLOAD_TIME_MAX_S = 600,   /* 42 KiB a second */
};

struct web_upload;

/* `folder` is where the file is, `document` the name of the part. ERR_SYNTAX for a Content-Type
 * without a boundary; -errno. */
int web_upload_new(const char *folder, const char *document, const char *content_type,
                   struct web_upload **ret_upload, struct error_detail *detail);
void web_upload_free(struct web_upload *upload); /* takes NULL */

/* What comes next. ERR_SYNTAX, ERR_LIMIT, ERR_UNSUPPORTED, ERR_TIMED_OUT for what took too long;
 * -errno, with -ENOSPC where there is no room. Nothing may follow a failure. */
int web_upload_feed(struct web_upload *upload, const void *data, size_t size,
                    struct error_detail *detail);

/* All came: ERR_SYNTAX where it did not, or there is no document. Puts the text of the document and
 * the list "files" of app/form.h into `arguments`. */
int web_upload_end(struct web_upload *upload, json_t *arguments, struct error_detail *detail);

/* The open file. */
const int *web_upload_file(const struct web_upload *upload);

#endif
