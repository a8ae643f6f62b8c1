/* Migrations: numbered, forward only, each with its number in one transaction. The digest of each
 * one that ran is kept in `meta`, so that a migration edited after its release is noticed. */
#include "store/sqlite/connection.h"

#include "base/civil.h"

#include <stdio.h>
#include <string.h>

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

static int migrate_to(struct store *store, int number, int64_t now)
{
    int result = store_begin(store);
    if (result >= 0)
        result = run_migration(store, number, now);
    if (result >= 0)
        result = store_commit(store);
    if (result < 0) {
        struct error_detail words = store->words;
        store_rollback(store);
        store->words = words;
    }
    return result;
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

int sqlite_migrate(struct store *store, const struct store_options *options,
                   struct error_detail *detail)
{
    int version = 0;
    int result = store_schema_version(store, &version);
    if (result < 0)
        return result;
    if (version > MIGRATION_COUNT)
        return error_set(detail, ERR_UNSUPPORTED,
                         "schema %d is of a newer program; this one knows up to %d", version,
                         MIGRATION_COUNT);
    if (version < MIGRATION_COUNT && store->read_only)
        return error_set(detail, ERR_UNSUPPORTED, "schema %d is old; open it for writing once",
                         version);
    result = check_migrations(store, version, detail);
    while (result >= 0 && version < MIGRATION_COUNT) {
        version++;
        result = migrate_to(store, version, options->now);
        if (result < 0)
            return error_context(&store->words, result, "migration %d", version);
    }
    return result < 0 ? result : 0;
}
