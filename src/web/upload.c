#include "web/upload.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct web_upload {
    struct multipart form;
    int64_t until_us; /* monotonic */
    size_t size;      /* of all that came */
    const char *document_name;
    struct buffer document;
    bool has_document, in_document; /* of the part that comes in now */
    int file;
    size_t written, begun; /* bytes of the file; of those, before the part that comes in now */
    struct multipart_part part;
    json_t *files;
};

/* --- where files go --- */

/* Some file systems have no files that never had a name; then it has one for a moment, and what is
 * killed just then leaves an empty file. */
static int open_file(const char *folder)
{
    char name[PATH_MAX];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd < 0 ? -errno : fd;
    snprintf(name, sizeof name, "%s/XXXXXX", folder);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd < 0 ? -errno : fd;
}

static int refuse(const struct web_upload *upload, int failure, const char *words,
                  struct error_detail *detail)
{
    return error_set(detail, failure, "part %zu of the form, '%s': %s", upload->part.number,
                     upload->part.name, words);
}

static int begin_part(void *context, const struct multipart_part *part, struct error_detail *detail)
{
    struct web_upload *upload = context;
    upload->part = *part;
    upload->begun = upload->written;
    upload->in_document = strcmp(part->name, upload->document_name) == 0;
    if (!upload->in_document)
        return 0;
    if (upload->has_document)
        return refuse(upload, ERR_SYNTAX, "a form has one part of this name", detail);
    if (strcmp(part->media_type, "application/json") != 0)
        return refuse(upload, ERR_UNSUPPORTED, "its Content-Type is not application/json", detail);
    upload->has_document = true;
    return 0;
}

static int take_bytes(void *context, const void *data, size_t size, struct error_detail *detail)
{
    struct web_upload *upload = context;
    if (upload->in_document)
        return buffer_append(&upload->document, data, size) < 0
                   ? refuse(upload, buffer_error(&upload->document), "it has more than 256 KiB",
                            detail)
                   : 0;
    if (upload->written - upload->begun + size > UPLOAD_FILE_MAX)
        return refuse(upload, ERR_LIMIT, "it has more than 5 MiB", detail);
    int result = file_write(upload->file, data, size);
    if (result < 0)
        return refuse(upload, result, "there is no room for it now", detail);
    upload->written += size;
    return 0;
}

static int end_part(void *context, struct error_detail *detail)
{
    struct web_upload *upload = context;
    (void)detail;
    if (upload->in_document)
        return 0;
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "name", upload->part.name, "file_name",
                  upload->part.file_name, "media_type", upload->part.media_type, "offset",
                  (json_int_t)upload->begun, "size", (json_int_t)(upload->written - upload->begun));
    return json_array_append_new(upload->files, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* --- all of it --- */

int web_upload_new(const char *folder, const char *document, const char *content_type,
                   struct web_upload **ret_upload, struct error_detail *detail)
{
    struct web_upload *upload = calloc(1, sizeof *upload);
    if (!upload)
        return ERR_NO_MEMORY;
    const struct multipart_sink sink = {upload, begin_part, take_bytes, end_part};
    buffer_init(&upload->document, UPLOAD_DOCUMENT_MAX);
    upload->until_us = clock_mono() + (int64_t)UPLOAD_TIME_MAX_S * 1000000;
    upload->document_name = document;
    upload->file = -1;
    upload->files = json_array();
    int result =
        upload->files ? multipart_begin(&upload->form, content_type, &sink, detail) : ERR_NO_MEMORY;
    if (result >= 0)
        result = upload->file = open_file(folder);
    if (result < 0) {
        web_upload_free(upload);
        return result;
    }
    *ret_upload = upload;
    return 0;
}

void web_upload_free(struct web_upload *upload)
{
    if (!upload)
        return;
    buffer_done(&upload->document);
    json_decref(upload->files);
    if (upload->file >= 0)
        close(upload->file);
    free(upload);
}

int web_upload_feed(struct web_upload *upload, const void *data, size_t size,
                    struct error_detail *detail)
{
    upload->size += size;
    if (upload->size > UPLOAD_BODY_MAX)
        return error_set(detail, ERR_LIMIT, "the form has more than 25 MiB");
    if (clock_mono() > upload->until_us)
        return error_set(detail, ERR_TIMED_OUT, "the form took more than %d minutes to come",
                         UPLOAD_TIME_MAX_S / 60);
    return multipart_feed(&upload->form, data, size, detail);
}

int web_upload_end(struct web_upload *upload, json_t *arguments, struct error_detail *detail)
{
    int result = multipart_end(&upload->form, detail);
    if (result < 0)
        return result;
    if (!upload->has_document)
        return error_set(detail, ERR_SYNTAX, "the form has no part '%s'", upload->document_name);
    json_t *text = json_stringn(buffer_text(&upload->document), upload->document.size);
    if (!text)
        return error_set(detail, ERR_SYNTAX, "the part '%s' of the form is no UTF-8",
                         upload->document_name);
    json_object_set_new(arguments, "document", text);
    return json_object_set(arguments, "files", upload->files) < 0 ? ERR_NO_MEMORY : 0;
}

const int *web_upload_file(const struct web_upload *upload)
{
    return &upload->file;
}
