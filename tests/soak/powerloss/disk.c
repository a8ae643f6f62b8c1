#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record.h"

enum { STEPS_MAX = 200000, FILES_MAX = 20000, FDS_MAX = 1024, SECTOR = 512 };

/* --- the record --- */

struct step {
    enum step_kind kind;
    int file;       /* index of the file, not of its name */
    char *path;     /* LINK, UNLINK, RENAME (from), FOLDER, SYNC_FOLDER */
    char *to;       /* RENAME */
    uint64_t at;    /* WRITE; the new size of TRUNCATE */
    uint8_t *bytes; /* WRITE */
    size_t size;
};

static char root[PATH_MAX];
static bool recording;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct step *steps;
static size_t step_count;
/* The names as they are now. */
static char *names[FILES_MAX];
static int file_count;

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static bool inside(const char *path)
{
    size_t length = strlen(root);
    return recording && strncmp(path, root, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

static struct step *add(enum step_kind kind)
{
    if (!steps)
        steps = must(calloc(STEPS_MAX, sizeof *steps));
    if (step_count == STEPS_MAX)
        abort();
    struct step *step = &steps[step_count++];
    *step = (struct step){.kind = kind};
    return step;
}

static int find_name(const char *path)
{
    for (int i = file_count; i-- > 0;) {
        if (names[i] && strcmp(names[i], path) == 0)
            return i;
    }
    return -1;
}

int record_file(const char *path)
{
    if (!inside(path))
        return -1;
    pthread_mutex_lock(&lock);
    int file = find_name(path);
    if (file < 0) {
        if (file_count == FILES_MAX)
            abort();
        file = file_count++;
        names[file] = must(strdup(path));
        struct step *step = add(STEP_LINK);
        step->file = file;
        step->path = must(strdup(path));
    }
    pthread_mutex_unlock(&lock);
    return file;
}

void record_write(int file, uint64_t at, const void *bytes, size_t size)
{
    pthread_mutex_lock(&lock);
    struct step *step = add(STEP_WRITE);
    step->file = file;
    step->at = at;
    step->size = size;
    step->bytes = must(malloc(size ? size : 1));
    memcpy(step->bytes, bytes, size);
    pthread_mutex_unlock(&lock);
}

void record_on_file(enum step_kind kind, int file, uint64_t at)
{
    pthread_mutex_lock(&lock);
    struct step *step = add(kind);
    step->file = file;
    step->at = at;
    pthread_mutex_unlock(&lock);
}

void record_on_path(enum step_kind kind, const char *path)
{
    if (!inside(path))
        return;
    pthread_mutex_lock(&lock);
    struct step *step = add(kind);
    step->path = must(strdup(path));
    if (kind == STEP_UNLINK) {
        step->file = find_name(path);
        if (step->file >= 0) {
            free(names[step->file]);
            names[step->file] = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
}

static void record_rename(const char *from, const char *to)
{
    if (!inside(from) || !inside(to))
        return;
    pthread_mutex_lock(&lock);
    struct step *step = add(STEP_RENAME);
    int moved = find_name(from), replaced = find_name(to);
    step->file = moved;
    step->path = must(strdup(from));
    step->to = must(strdup(to));
    if (replaced >= 0) {
        free(names[replaced]);
        names[replaced] = NULL;
    }
    if (moved >= 0) {
        free(names[moved]);
        names[moved] = must(strdup(to));
    }
    pthread_mutex_unlock(&lock);
}

void record_sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    record_on_path(STEP_SYNC_FOLDER, folder);
}

/* --- wrapped calls of our own file code --- */

static struct {
    int file; /* -1: not ours */
    uint64_t at;
    char *folder;
} open_files[FDS_MAX];

int __real_open64(const char *path, int flags, ...);
int __real_mkostemp64(char *template, int flags);
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_mkostemp64(char *template, int flags);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);

static void note_open(int fd, const char *path, int flags)
{
    if (fd < 0 || fd >= FDS_MAX)
        return;
    free(open_files[fd].folder);
    open_files[fd].file = -1;
    open_files[fd].at = 0;
    open_files[fd].folder = NULL;
    if (!inside(path))
        return;
    if (flags & O_DIRECTORY) {
        open_files[fd].folder = must(strdup(path));
    } else if ((flags & O_ACCMODE) != O_RDONLY) {
        open_files[fd].file = record_file(path);
        if (flags & O_TRUNC)
            record_on_file(STEP_TRUNCATE, open_files[fd].file, 0);
    }
}

int __wrap_open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    int fd = __real_open64(path, flags, mode);
    note_open(fd, path, flags);
    return fd;
}

int __wrap_mkostemp64(char *template, int flags)
{
    int fd = __real_mkostemp64(template, flags);
    note_open(fd, template, O_RDWR);
    return fd;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    ssize_t done = __real_write(fd, bytes, size);
    if (done > 0 && recording && fd < FDS_MAX && open_files[fd].file >= 0) {
        record_write(open_files[fd].file, open_files[fd].at, bytes, (size_t)done);
        open_files[fd].at += (uint64_t)done;
    }
    return done;
}

int __wrap_fsync(int fd)
{
    int result = __real_fsync(fd);
    if (result == 0 && recording && fd < FDS_MAX) {
        if (open_files[fd].folder)
            record_on_path(STEP_SYNC_FOLDER, open_files[fd].folder);
        else if (open_files[fd].file >= 0)
            record_on_file(STEP_SYNC_FILE, open_files[fd].file, 0);
    }
    return result;
}

int __wrap_close(int fd)
{
    if (fd >= 0 && fd < FDS_MAX) {
        free(open_files[fd].folder);
        open_files[fd].folder = NULL;
        open_files[fd].file = -1;
    }
    return __real_close(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    int result = __real_rename(from, to);
    if (result == 0)
        record_rename(from, to);
    return result;
}

int __wrap_unlink(const char *path)
{
    int result = __real_unlink(path);
    if (result == 0)
        record_on_path(STEP_UNLINK, path);
    return result;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    int result = __real_mkdir(path, mode);
    if (result == 0)
        record_on_path(STEP_FOLDER, path);
    return result;
}

/* --- the disk after the cut --- */

struct image {
    uint8_t *bytes;
    size_t size;
};

struct after {
    size_t place;
    enum cut cut;
    uint64_t state; /* of the random numbers */
    bool *safe;     /* step -> synced before the cut */
    size_t last_write;
    size_t names_kept; /* unsynced names before this place are there */
    struct image *images;
    char **names;   /* file -> its name, NULL for none */
    char **folders; /* that are there */
    size_t folder_count;
};

static uint64_t draw(struct after *after)
{
    uint64_t z = after->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool is_name(enum step_kind kind)
{
    return kind == STEP_LINK || kind == STEP_UNLINK || kind == STEP_RENAME || kind == STEP_FOLDER;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' &&
           !strchr(path + length + 1, '/');
}

/* Backwards through the record: a step is safe when its sync comes after it and before the cut. */
static void find_safe(struct after *after)
{
    bool *synced = must(calloc((size_t)file_count + 1, sizeof *synced));
    const char **folders = must(calloc(after->place + 1, sizeof *folders));
    size_t folder_count = 0;
    for (size_t i = after->place; i-- > 0;) {
        const struct step *step = &steps[i];
        if (step->kind == STEP_SYNC_FILE)
            synced[step->file] = true;
        else if (step->kind == STEP_SYNC_FOLDER)
            folders[folder_count++] = step->path;
        else if (is_name(step->kind))
            for (size_t f = 0; f < folder_count && !after->safe[i]; f++)
                after->safe[i] = lies_in(step->path, folders[f]);
        else
            after->safe[i] = synced[step->file];
    }
    free(synced);
    free(folders);
}

static void put(struct image *image, uint64_t at, const uint8_t *bytes, size_t size)
{
    if (at + size > image->size) {
        image->bytes = must(realloc(image->bytes, at + size));
        memset(image->bytes + image->size, 0, at + size - image->size);
        image->size = at + size;
    }
    if (size)
        memcpy(image->bytes + at, bytes, size);
}

static void put_some(struct after *after, const struct step *step)
{
    for (size_t done = 0; done < step->size;) {
        size_t part = SECTOR - (step->at + done) % SECTOR;
        part = part < step->size - done ? part : step->size - done;
        if (draw(after) & 1)
            put(&after->images[step->file], step->at + done, step->bytes + done, part);
        done += part;
    }
}

static void put_torn(struct after *after, const struct step *step)
{
    size_t head = SECTOR - step->at % SECTOR, sectors;
    if (head >= step->size)
        return; /* within one sector: all or nothing */
    sectors = (step->size - head) / SECTOR;
    put(&after->images[step->file], step->at, step->bytes,
        head + (size_t)(draw(after) % (sectors + 1)) * SECTOR);
}

static void apply_data(struct after *after, size_t i)
{
    const struct step *step = &steps[i];
    struct image *image = &after->images[step->file];
    bool kept = after->safe[i] || after->cut == CUT_KEEP || after->cut == CUT_TORN;
    if (step->kind == STEP_TRUNCATE) {
        if ((kept || (after->cut == CUT_SOME && draw(after) & 1)) && step->at < image->size)
            image->size = step->at;
    } else if (after->cut == CUT_TORN && i == after->last_write) {
        put_torn(after, step);
    } else if (kept) {
        put(image, step->at, step->bytes, step->size);
    } else if (after->cut == CUT_SOME) {
        put_some(after, step);
    }
}

static void set_name(struct after *after, int file, const char *path)
{
    for (int i = 0; path && i < file_count; i++) {
        if (after->names[i] && strcmp(after->names[i], path) == 0)
            after->names[i] = NULL;
    }
    if (file >= 0)
        after->names[file] = (char *)path;
}

static void apply_name(struct after *after, size_t i)
{
    struct step *step = &steps[i];
    if (!after->safe[i] && i >= after->names_kept)
        return;
    if (step->kind == STEP_FOLDER)
        after->folders[after->folder_count++] = step->path;
    else if (step->kind == STEP_LINK)
        set_name(after, step->file, step->path);
    else if (step->kind == STEP_RENAME)
        set_name(after, step->file, step->to);
    else
        set_name(after, -1, step->path);
}

static bool has_folder(const struct after *after, const char *folder)
{
    if (strcmp(folder, root) == 0)
        return true;
    for (size_t i = 0; i < after->folder_count; i++) {
        if (strcmp(after->folders[i], folder) == 0)
            return true;
    }
    return false;
}

/* A name is reachable when all folders above it are there. */
static bool reachable(const struct after *after, const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    while (strlen(folder) > strlen(root)) {
        *strrchr(folder, '/') = '\0';
        if (!has_folder(after, folder))
            return false;
    }
    return true;
}

static void write_out(const struct after *after, const char *target)
{
    char path[PATH_MAX * 2];
    mkdir(target, 0700);
    for (size_t i = 0; i < after->folder_count; i++) {
        snprintf(path, sizeof path, "%s%s", target, after->folders[i] + strlen(root));
        if (reachable(after, after->folders[i]))
            mkdir(path, 0700);
    }
    for (int i = 0; i < file_count; i++) {
        if (!after->names[i] || !reachable(after, after->names[i]))
            continue;
        snprintf(path, sizeof path, "%s%s", target, after->names[i] + strlen(root));
        FILE *file = must(fopen(path, "wb"));
        if (after->images[i].size &&
            fwrite(after->images[i].bytes, after->images[i].size, 1, file) != 1)
            abort();
        fclose(file);
        chmod(path, 0600);
    }
}

void disk_cut(size_t place, enum cut cut, uint64_t seed, const char *target)
{
    struct after after = {.place = place, .cut = cut, .state = seed, .last_write = SIZE_MAX};
    after.safe = must(calloc(place + 1, sizeof *after.safe));
    after.images = must(calloc((size_t)file_count + 1, sizeof *after.images));
    after.names = must(calloc((size_t)file_count + 1, sizeof *after.names));
    after.folders = must(calloc(place + 1, sizeof *after.folders));
    find_safe(&after);
    for (size_t i = 0; i < place; i++) {
        if (steps[i].kind == STEP_WRITE && !after.safe[i])
            after.last_write = i;
    }
    after.names_kept = cut == CUT_DROP   ? 0
                       : cut == CUT_SOME ? (size_t)(draw(&after) % (place + 1))
                                         : place;
    for (size_t i = 0; i < place; i++) {
        if (is_name(steps[i].kind))
            apply_name(&after, i);
        else if (steps[i].kind == STEP_WRITE || steps[i].kind == STEP_TRUNCATE)
            apply_data(&after, i);
    }
    write_out(&after, target);
    for (int i = 0; i < file_count; i++)
        free(after.images[i].bytes);
    free(after.safe);
    free(after.images);
    free(after.names);
    free(after.folders);
}

/* --- begin and end --- */

void disk_record(const char *path)
{
    snprintf(root, sizeof root, "%s", path);
    for (int i = 0; i < FDS_MAX; i++)
        open_files[i].file = -1;
    recording = true;
    vfs_register();
}

void disk_stop(void)
{
    recording = false;
}

size_t disk_length(void)
{
    pthread_mutex_lock(&lock);
    size_t count = step_count;
    pthread_mutex_unlock(&lock);
    return count;
}

bool disk_is_sync(size_t place)
{
    return place < step_count &&
           (steps[place].kind == STEP_SYNC_FILE || steps[place].kind == STEP_SYNC_FOLDER);
}
