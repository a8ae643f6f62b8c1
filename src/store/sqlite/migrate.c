/* Migrations: numbered, forward only, all that are missing with their numbers in one transaction,
 * so that a store is either what the older program left or what this one needs. The digest of each
 * one that ran is kept in `meta`, so that a migration edited after its release is noticed. */
#include "store/sqlite/connection.h"

#include "base/civil.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static char *migration_key(int number, char key[24])
{
    snprintf(key, 24, "migration-%04d", number);
    return key;
}

static struct digest migration_digest(int number)
{
    const char *text = migration_texts[number - 1];
    return digest_of(text, strlen(text));
}

static int note_migration(struct store *store, int number)
{
    char key[24], hex[DIGEST_HEX];
    struct digest digest = migration_digest(number);
    return store_meta_set(store, migration_key(number, key), digest_format(&digest, hex));
}

static int note_creation(struct store *store, int64_t now)
{
    char created[CIVIL_INSTANT_TEXT];
    char *failure = NULL;
    /* A pragma takes no values; its statement holds the number of STORE_APPLICATION. */
    int code = sqlite3_exec(store->db, statement_texts[STATEMENT_SQLITE_APPLICATION_SET], NULL,
                            NULL, &failure);
    sqlite3_free(failure);
    if (code != SQLITE_OK)
        return sqlite_failure(store, code);
    return store_meta_set(store, STORE_META_CREATED, civil_format_instant(now, created));
}

static int run_migration(struct store *store, int number, int64_t now)
{
    int code = sqlite3_exec(store->db, migration_texts[number - 1], NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return sqlite_failure(store, code);
    int result = note_migration(store, number);
    if (result >= 0 && number == 1)
        result = note_creation(store, now);
    return result;
}

static int migrate_from(struct store *store, int version, int64_t now)
{
    int result = store_begin(store);
    for (int number = version + 1; result >= 0 && number <= MIGRATION_COUNT; number++) {
        result = run_migration(store, number, now);
        if (result < 0)
            error_context(&store->words, result, "migration %d", number);
    }
    if (result >= 0 && version > 0)
        result = sqlite_check_references(store, &store->words);
    return result < 0 ? result : store_commit(store); /* what failed goes with the connection */
}

/* A migration may write every page anew, to the write-ahead log first. Said before it begins: in
 * the middle it would cost a rollback and leave no room for whatever else writes there. */
static int check_room(const char *path, struct error_detail *detail)
{
    struct stat file;
    struct statvfs disk;
    if (stat(path, &file) < 0 || statvfs(path, &disk) < 0)
        return error_set(detail, -errno, "%s", error_text(-errno));
    uint64_t needed = (uint64_t)file.st_size, free = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free >= needed)
        return 0;
    return error_set(detail, ERR_UNAVAILABLE,
                     "its schema is old, and bringing it up to date may take as much room again:"
                     " %" PRIu64 " bytes, of which %" PRIu64 " are free",
                     needed, free);
}

static int check_migrations(struct store *store, int version, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, /* limit= */ 64 * 1024);
    for (int number = 1; number <= version; number++) {
        char key[24], hex[DIGEST_HEX];
        const char *kept = "";
        struct digest digest = migration_digest(number);
        int result = store_meta_get(store, migration_key(number, key), &arena, &kept);
        if (result < 0)
            return result;
        if (strcmp(kept, digest_format(&digest, hex)) != 0)
            return error_set(detail, ERR_UNSUPPORTED,
                             "migration %d of this store is not the one of this program", number);
    }
    return 0;
}

int store_schema_version(struct store *store, int *ret_version)
{
    int64_t version = 0;
    int result = store_read_number(store, STATEMENT_SQLITE_VERSION_GET, NO_VALUES, &version);
    if (result >= 0)
        *ret_version = (int)version;
    return result;
}

int store_schema_met(const struct store *store)
{
    return store->schema_met;
}

/* Whether this program may use a store of this version at all. */
static int check_version(int version, unsigned flags, struct error_detail *detail)
{
    if (version > MIGRATION_COUNT)
        return error_set(detail, ERR_UNSUPPORTED,
                         "schema %d is of a newer program; this one knows up to %d", version,
                         MIGRATION_COUNT);
    if (version < MIGRATION_COUNT && flags & STORE_READ_ONLY && !(flags & STORE_ANY_SCHEMA))
        return error_set(detail, ERR_UNAVAILABLE,
                         "schema %d is of an older program, this one needs %d; 'bailiwick upgrade'"
                         " brings it up to date, and so does the start of 'bailiwick serve'",
                         version, MIGRATION_COUNT);
    return 0;
}

int sqlite_migrate(struct store *store, const struct store_options *options,
                   struct error_detail *detail)
{
    int version = 0;
    int result = store_schema_version(store, &version);
    store->schema_met = version;
    if (result >= 0)
        result = check_version(version, options->flags, detail);
    if (result >= 0)
        result = check_migrations(store, version, detail);
    if (result < 0 || version == MIGRATION_COUNT || store->read_only)
        return result;
    if (version > 0)
        result = check_room(options->path, detail);
    return result < 0 ? result : migrate_from(store, version, options->now);
}
