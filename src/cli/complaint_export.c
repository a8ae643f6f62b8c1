/* complaint export, complaint prove: what is kept of a complaint goes into a folder for who filed
 * it, and the proof of it, once the log is signed that far, beside it. */
#include "base/buffer.h"
#include "base/digest.h"
#include "base/file_batch.h"
#include "cli/command.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, RECORD_MAX = 16 << 20 };

/* --- files of the folder, for their owner alone --- */

static int write_file(const char *folder, const char *name, const void *data, size_t size)
{
    char path[PATH_ROOM];
    struct error_detail detail = {0};
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return cli_fail(ERR_LIMIT, NULL, folder);
    int result = file_replace(path, data, size, &detail);
    return result < 0 ? cli_fail(result, &detail, path) : EXIT_MET;
}

static int read_file(const char *folder, const char *name, struct buffer *bytes)
{
    char path[PATH_ROOM];
    struct error_detail detail = {0};
    buffer_init(bytes, RECORD_MAX);
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return cli_fail(ERR_LIMIT, NULL, folder);
    int result = cli_load(bytes, path, &detail);
    return result < 0 ? cli_fail(result, &detail, path) : EXIT_MET;
}

/* --- export --- */

static int write_record(const char *folder, const json_t *told)
{
    struct buffer text BUFFER_CLEANUP = {0};
    const char *entry = json_text(told, "entry");
    buffer_init(&text, RECORD_MAX);
    int result = json_canonical(json_object_get(told, "record"), &text);
    if (result < 0)
        return cli_fail(result, NULL, folder);
    int failed = write_file(folder, "record.json", text.data, text.size);
    return failed ? failed : write_file(folder, "entry", entry, strlen(entry));
}

static int write_exhibit(struct cli *cli, const char *folder, const char *reference, int64_t number)
{
    char name[40];
    json_t *arguments JSON_CLEANUP =
        json_pack("{s:s, s:I}", "complaint", reference, "number", (json_int_t)number);
    json_t *exhibit JSON_CLEANUP = NULL;
    int failed = session_query(cli, "complaint.exhibit", arguments, &exhibit);
    if (failed)
        return failed;
    const char *coded = json_text(exhibit, "base64");
    size_t size = 0;
    uint8_t *bytes = malloc(strlen(coded) + 1);
    int result = bytes ? base64_parse(coded, bytes, strlen(coded) + 1, &size) : ERR_NO_MEMORY;
    snprintf(name, sizeof name, "exhibit-%lld", (long long)number);
    failed = result < 0 ? cli_fail(result, NULL, name) : write_file(folder, name, bytes, size);
    free(bytes);
    return failed;
}

static int write_all(struct cli *cli, const char *folder, const json_t *told)
{
    size_t i;
    const json_t *row;
    const json_t *complaint = json_object_get(json_object_get(told, "record"), "complaint");
    int failed = write_record(folder, told);
    json_array_foreach(json_object_get(complaint, "exhibits"), i, row)
    {
        if (!failed)
            failed = write_exhibit(cli, folder, json_text(told, "reference"),
                                   json_number(row, "number", 0));
    }
    return failed;
}

/* Before anything is asked: an export is an event. */
static int make_folder(const char *folder)
{
    if (mkdir(folder, 0700) == 0)
        return EXIT_MET;
    int failure = errno == EEXIST ? ERR_CONFLICT : -errno;
    cli_say("bailiwick: complaint export: --out has to be a new folder");
    return cli_fail(failure, NULL, folder);
}

static int run_export(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *told JSON_CLEANUP = NULL;
    const char *folder = cli_value(cli, "out", 0);
    if (!folder) {
        cli_say("bailiwick: complaint export: --out says where to");
        return EXIT_USAGE;
    }
    int failed = make_folder(folder);
    session_put(arguments, "complaint", cli->words[0]);
    session_put(arguments, "reason", cli_value(cli, "reason", 0));
    if (!failed)
        failed = session_command(cli, "complaint.export", arguments, &told);
    if (!failed)
        failed = write_all(cli, folder, told);
    if (failed)
        return failed;
    json_object_del(told, "record");
    cli_print(cli, told, NULL, NULL);
    return EXIT_MET;
}

/* --- prove --- */

static int run_prove(struct cli *cli)
{
    const char *folder = cli->words[0];
    struct buffer record BUFFER_CLEANUP = {0}, entry BUFFER_CLEANUP = {0};
    json_t *arguments JSON_CLEANUP = json_object(), *told JSON_CLEANUP = NULL;
    int failed = read_file(folder, "record.json", &record);
    if (!failed)
        failed = read_file(folder, "entry", &entry);
    if (failed)
        return failed;
    session_put(arguments, "record", buffer_text(&record));
    session_put(arguments, "entry", buffer_text(&entry));
    failed = session_query(cli, "complaint.proof", arguments, &told);
    if (failed)
        return failed;
    const char *bundle = json_text(told, "bundle");
    if (!bundle) {
        cli_say("bailiwick: complaint prove: the log is not signed that far yet; the daemon signs "
                "it every log.tick seconds");
        return EXIT_NOT_MET;
    }
    return write_file(folder, "proof.bundle", bundle, strlen(bundle));
}

static const struct cli_option export_options[] = {
    {"reason", "WORD", "person-asked, legal-request or handed-over"},
    {"out", "FOLDER", "a new one, for its owner alone"},
};

const struct cli_command command_complaint_export = {
    .name = "complaint export",
    .arguments = "REF",
    .summary = "what is kept of a complaint and who filed it, as files for that person",
    .text = "FOLDER gets record.json (what the complainant sees, who they are, and when what\n"
            "happened), each exhibit as it came, and `entry`, by which `complaint prove FOLDER`\n"
            "finds its proof. Each export is recorded.",
    .options = export_options,
    .option_count = sizeof export_options / sizeof *export_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_export};
const struct cli_command command_complaint_prove = {
    .name = "complaint prove",
    .arguments = "FOLDER",
    .summary = "the proof that an export is what the house had, once the log is signed that far",
    .text = "Writes FOLDER/proof.bundle, which `bailiwick verify` holds against the log's key\n"
            "without the house.",
    .least_words = 1,
    .most_words = 1,
    .run = run_prove};
