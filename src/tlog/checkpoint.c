#include "tlog/checkpoint.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char demo_start[] = "demo.";

bool tlog_origin_is_demo(const char *origin)
{
    return text_starts_with(origin, demo_start);
}

int tlog_origin(const char *name, bool demo, char ret_origin[NOTE_NAME_MAX + 1])
{
    char origin[2 * NOTE_NAME_MAX];
    const char *start = demo && !tlog_origin_is_demo(name) ? demo_start : "";
    int size = snprintf(origin, sizeof origin, "%s%s", start, name);
    if (size < 0 || size > NOTE_NAME_MAX || !note_name_valid(origin))
        return ERR_SYNTAX;
    memcpy(ret_origin, origin, (size_t)size + 1);
    return 0;
}

int tlog_checkpoint_format(const struct tlog_checkpoint *checkpoint, struct buffer *out)
{
    char root[DIGEST_BASE64];
    base64_format(checkpoint->root.bytes, DIGEST_SIZE, root, sizeof root);
    return buffer_printf(out, "%s\n%" PRIu64 "\n%s\n", checkpoint->origin, checkpoint->size, root);
}

/* The next line as a terminated text; NULL when there is none or it does not fit. */
static const char *next_line(const char **at, const char *end, char *line, size_t room)
{
    const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
    if (!line_end || (size_t)(line_end - *at) >= room)
        return NULL;
    memcpy(line, *at, (size_t)(line_end - *at));
    line[line_end - *at] = '\0';
    *at = line_end + 1;
    return line;
}

int tlog_checkpoint_parse(const char *text, size_t size, struct tlog_checkpoint *ret_checkpoint,
                          struct error_detail *detail)
{
    const char *at = text, *end = text + size;
    struct tlog_checkpoint checkpoint = {0};
    char line[NOTE_NAME_MAX + 1];
    if (!next_line(&at, end, checkpoint.origin, sizeof checkpoint.origin) ||
        !note_name_valid(checkpoint.origin))
        return error_set(detail, ERR_SYNTAX, "checkpoint: line 1 is no origin");
    int64_t entries;
    if (!next_line(&at, end, line, sizeof line) || (line[0] == '0' && line[1] != '\0') ||
        text_parse_int(line, 0, (int64_t)TLOG_SIZE_MAX, &entries) < 0)
        return error_set(detail, ERR_SYNTAX, "checkpoint: line 2 is no tree size");
    checkpoint.size = (uint64_t)entries;
    size_t root_size;
    if (!next_line(&at, end, line, sizeof line) ||
        base64_parse(line, checkpoint.root.bytes, DIGEST_SIZE, &root_size) < 0 ||
        root_size != DIGEST_SIZE)
        return error_set(detail, ERR_SYNTAX, "checkpoint: line 3 is no SHA-256 in base64");
    *ret_checkpoint = checkpoint;
    return 0;
}

int tlog_checkpoint_open(const struct note_key *key, const char *note, size_t size,
                         struct tlog_checkpoint *ret_checkpoint, struct error_detail *detail)
{
    size_t text_size;
    int result = note_open(key, note, size, &text_size, detail);
    if (result < 0)
        return error_context(detail, result, "checkpoint");
    struct tlog_checkpoint checkpoint;
    result = tlog_checkpoint_parse(note, text_size, &checkpoint, detail);
    if (result < 0)
        return result;
    if (strcmp(checkpoint.origin, key->name) != 0)
        return error_set(detail, ERR_DAMAGED, "checkpoint is of %s, the key of %s",
                         checkpoint.origin, key->name);
    *ret_checkpoint = checkpoint;
    return 0;
}
