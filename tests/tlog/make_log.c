/* Writes a log as files, for the tests of verify.py:
 *
 *   make_log FOLDER SECRET SIZE
 *
 * FOLDER/log/{key,checkpoint,tile/...} for a log of SIZE entries and, with at least 20 entries,
 * FOLDER/bundle.json for the entries 7 and 19. SECRET is the file of the key, made when it is not
 * there; the same key and a larger size continue the same log. */
#include "base/error.h"
#include "tlog/bundle.h"
#include "tlog/memory_log.h"
#include "tlog/note.h"
#include "tlog/tile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct memory_log log_;
static struct tlog_opening openings[2];

static void need(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "make_log: %s\n", what);
        exit(4);
    }
}

static void write_file(const char *folder, const char *name, const void *data, size_t size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        need(mkdir(path, 0777) == 0 || errno == EEXIST, path);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    need(file && fwrite(data, 1, size, file) == size && fclose(file) == 0, path);
}

static void load_key(const char *path, struct note_signer *signer)
{
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    if (buffer_load_file(&text, path) >= 0) {
        need(note_signer_parse(buffer_text(&text), signer, NULL) >= 0, path);
        return;
    }
    buffer_clear(&text);
    need(note_signer_new("demo.log.example", signer) >= 0, "key");
    need(note_signer_format(signer, &text) >= 0, "key");
    FILE *file = fopen(path, "wb");
    need(file && fwrite(text.data, 1, text.size, file) == text.size && fclose(file) == 0, path);
}

static const char record[] = "{\"notice\":\"N-1\",\"name\":\"Caf\xc3\xa9 \xe2\x82\xac\"}";

/* Openings with fixed keys, so that two runs make one history. */
static void make_openings(struct buffer events[2])
{
    char hex[DIGEST_HEX];
    struct digest digest;
    need(tlog_record_digest(record, strlen(record), &digest, NULL) >= 0, "record");
    buffer_append_text(&events[0], "{\"type\":\"breached\"}");
    buffer_printf(&events[1], "{\"record_sha256\":\"%s\",\"type\":\"published\"}",
                  digest_format(&digest, hex));
    for (int i = 0; i < 2; i++) {
        openings[i] = (struct tlog_opening){.key = digest_of(&i, sizeof i),
                                            .json = buffer_text(&events[i]),
                                            .json_size = events[i].size};
        openings[i].entry = digest_hmac(openings[i].key.bytes, openings[i].json, events[i].size);
    }
}

static void grow(uint64_t size)
{
    while (log_.frontier.size < size) {
        uint64_t at = log_.frontier.size;
        struct digest entry = at == 7    ? openings[0].entry
                              : at == 19 ? openings[1].entry
                                         : memory_entry(at);
        need(memory_append(&log_, &entry) >= 0, "append");
    }
}

static int write_tile(void *context, const struct tlog_tile *tile)
{
    struct tlog_source source = memory_source(&log_);
    struct buffer bytes BUFFER_CLEANUP;
    char name[16 + TLOG_TILE_PATH], path[TLOG_TILE_PATH];
    buffer_init(&bytes, TLOG_TILE_BYTES_MAX);
    need(tlog_tile_write(&source, tile, &bytes) >= 0, "tile");
    snprintf(name, sizeof name, "log/%s", tlog_tile_path(tile, path));
    write_file(context, name, bytes.data, bytes.size);
    return 0;
}

static void write_checkpoint(const char *folder, const struct note_signer *signer,
                             struct buffer *note)
{
    struct tlog_checkpoint checkpoint = {.size = log_.frontier.size,
                                         .root = tlog_frontier_root(&log_.frontier)};
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1024);
    memcpy(checkpoint.origin, signer->key.name, sizeof checkpoint.origin);
    need(tlog_checkpoint_format(&checkpoint, &text) >= 0, "checkpoint");
    need(note_sign(signer, buffer_text(&text), text.size, note) >= 0, "checkpoint");
    write_file(folder, "log/checkpoint", note->data, note->size);
}

static void write_bundle(const char *folder, const struct buffer *note)
{
    struct tlog_source source = memory_source(&log_);
    struct bundle_opening proved[2] = {{.opening = openings[0], .index = 7},
                                       {.opening = openings[1], .index = 19}};
    for (int i = 0; i < 2; i++)
        need(tlog_prove_inclusion(&source, proved[i].index, log_.frontier.size, &proved[i].proof) >=
                 0,
             "proof");
    const struct bundle bundle = {record, strlen(record), proved, 2, buffer_text(note), note->size};
    struct buffer text BUFFER_CLEANUP;
    buffer_init(&text, 1 << 20);
    need(tlog_bundle_write(&bundle, &text, NULL) >= 0, "bundle");
    write_file(folder, "bundle.json", text.data, text.size);
}

int main(int argc, char **argv)
{
    need(argc == 4, "usage: make_log FOLDER SECRET SIZE");
    uint64_t size = strtoull(argv[3], NULL, 10);
    need(size <= MEMORY_LOG_MAX, "too large");
    struct note_signer signer;
    struct buffer events[2], note BUFFER_CLEANUP;
    char vkey[NOTE_VKEY_MAX];
    buffer_init(&note, 4096);
    for (int i = 0; i < 2; i++)
        buffer_init(&events[i], 1024);
    load_key(argv[2], &signer);
    make_openings(events);
    tlog_frontier_init(&log_.frontier);
    grow(size);
    note_key_format(&signer.key, vkey);
    write_file(argv[1], "log/key", vkey, strlen(vkey));
    need(tlog_tiles_of_growth(0, size, write_tile, argv[1]) >= 0, "tiles");
    write_checkpoint(argv[1], &signer, &note);
    if (size >= 20)
        write_bundle(argv[1], &note);
    puts(vkey);
    for (int i = 0; i < 2; i++)
        buffer_done(&events[i]);
    return 0;
}
