#include "proto/mail/part.h"

#include "proto/mail/message.h"

#include <string.h>

bool part_has_type(GMimeObject *part, const char *type, const char *subtype)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

GByteArray *part_content(GMimeObject *part)
{
    GByteArray *bytes = g_byte_array_new();
    GMimeDataWrapper *content =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (content)
        g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    return bytes;
}

/* How many of the bytes may be parsed. GMime compares each line that begins with "--" with the
 * boundary of each multipart it is in, and makes a part of each that fits: a thousand multiparts,
 * each inside the other, and then lines of dashes took seconds. A part needs such a line, so one
 * count bounds depth, parts and comparisons. Header fields and groups of addresses, which GMime
 * takes inside each other until its stack ends, need a colon each. */
static size_t bound_structure(const char *bytes, size_t size, size_t most)
{
    size_t dashes = 0, colons = 0;
    for (size_t i = 0; i < size; i++) {
        bool line = i == 0 || bytes[i - 1] == '\n';
        dashes += line && size - i >= 2 && memcmp(bytes + i, "--", 2) == 0;
        colons += bytes[i] == ':';
        if (dashes > most || colons > MAIL_COLONS_MAX)
            return i;
    }
    return size;
}

GMimeMessage *part_read_message(const void *bytes, size_t size, size_t dashes)
{
    size = bound_structure(bytes, size, dashes);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(size ? bytes : "", size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, FALSE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}
