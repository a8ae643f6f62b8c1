/* The list of what is wrong in the files of a rulebook. */
#include "rulebook/yaml.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for YAML_FAULTS_MAX messages with their file names and the old copies of the array. */
enum { FAULTS_BYTES_MAX = 1024 * 1024 };

void yaml_faults_init(struct yaml_faults *faults)
{
    *faults = (struct yaml_faults){0};
    arena_init(&faults->arena, FAULTS_BYTES_MAX);
}

void yaml_faults_done(struct yaml_faults *faults)
{
    if (!faults)
        return;
    arena_done(&faults->arena);
    faults->items = NULL;
    faults->count = 0;
}

size_t yaml_faults_found(const struct yaml_faults *faults)
{
    return faults->count + faults->dropped;
}

int yaml_faults_error(const struct yaml_faults *faults)
{
    if (faults->failure)
        return faults->failure;
    return yaml_faults_found(faults) ? ERR_SYNTAX : 0;
}

/* Foreign text may stand in a message: control bytes would forge lines of a terminal. */
static void blank_control_bytes(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
    }
}

static const char *file_of(struct yaml_faults *faults, const char *file)
{
    const struct yaml_fault *last = faults->count ? &faults->items[faults->count - 1] : NULL;
    if (last && strcmp(last->file, file) == 0)
        return last->file;
    return arena_copy_text(&faults->arena, file);
}

/* Two readers of one file may stumble over the same thing. */
static bool is_said(const struct yaml_faults *faults, const struct yaml_fault *fault)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct yaml_fault *said = &faults->items[i];
        if (said->line == fault->line && said->column == fault->column &&
            strcmp(said->message, fault->message) == 0 && strcmp(said->file, fault->file) == 0)
            return true;
    }
    return false;
}

void yaml_fault_at(struct yaml_faults *faults, const char *file, int line, int column,
                   const char *format, ...)
{
    if (faults->failure || faults->count >= YAML_FAULTS_MAX) {
        faults->dropped++;
        return;
    }
    char words[YAML_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    blank_control_bytes(words);
    if (is_said(faults, &(struct yaml_fault){file, line, column, words}))
        return;
    const char *message = arena_copy_text(&faults->arena, words);
    const char *name = file_of(faults, file);
    struct yaml_fault *fault =
        message && name ? arena_push(&faults->arena, &faults->items, &faults->count, sizeof *fault)
                        : NULL;
    if (!fault) {
        faults->failure = ERR_NO_MEMORY;
        faults->dropped++;
        return;
    }
    *fault = (struct yaml_fault){name, line, column, message};
}

static int compare_places(const struct yaml_fault *a, const struct yaml_fault *b)
{
    int files = strcmp(a->file, b->file);
    if (files)
        return files;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* By insertion: at most YAML_FAULTS_MAX items, nearly in order already, and stable. */
void yaml_faults_sort(struct yaml_faults *faults)
{
    for (size_t i = 1; i < faults->count; i++) {
        struct yaml_fault moving = faults->items[i];
        size_t at = i;
        for (; at > 0 && compare_places(&faults->items[at - 1], &moving) > 0; at--)
            faults->items[at] = faults->items[at - 1];
        faults->items[at] = moving;
    }
}

void yaml_faults_print(const struct yaml_faults *faults, struct buffer *out)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct yaml_fault *fault = &faults->items[i];
        if (fault->line > 0)
            buffer_printf(out, "%s:%d:%d: %s\n", fault->file, fault->line, fault->column,
                          fault->message);
        else
            buffer_printf(out, "%s: %s\n", fault->file, fault->message);
    }
    if (faults->dropped)
        buffer_printf(out, "... and %zu more\n", faults->dropped);
}
