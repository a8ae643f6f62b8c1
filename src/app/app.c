#include "app/app.h"

#include "app/casework/history.h"
#include "app/casework/rebuild.h"
#include "app/complaints/erasures.h"
#include "app/law.h"
#include "base/civil.h"
#include "base/log.h"
#include "cases/case.h"
#include "check/check.h"
#include "model/case.h"
#include "store/calendar.h"
#include "store/evidence.h"
#include "view/letter.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
    APP_ARENA_MAX = 64 << 20,
    CALENDARS_ARENA_MAX =
        600 << 20, /* PROCESS_VERSIONS_MAX of the longest; a usual one has 40 KB */
};

const struct vocabulary *app_vocabulary(void)
{
    static struct vocabulary vocabulary;
    if (!vocabulary.codes) {
        check_vocabulary(&vocabulary);
        case_vocabulary(&vocabulary);
        vocabulary.placeholders = letter_placeholders;
        vocabulary.placeholder_count = letter_placeholder_count;
    }
    return &vocabulary;
}

const char *app_path(struct app *app, const char *name)
{
    return arena_printf(&app->arena, "%s/%s", app->data, name);
}

#undef app_store_failed

int app_store_failed(struct app *app, int failure, struct error_detail *detail, const char *what)
{
    const char *words = store_words(app->store);
    return error_set(detail, failure, "%s: %s", what, words[0] ? words : error_text(failure));
}

bool app_is_demo(struct app *app)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *value;
    arena_init(&arena, 4096);
    return store_meta_get(app->store, STORE_META_DEMO, &arena, &value) >= 0 &&
           strcmp(value, "yes") == 0;
}

int app_set_meta(struct app *app, const char *key, const char *value)
{
    int result = store_begin(app->store);
    if (result >= 0)
        result = store_meta_set(app->store, key, value);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0)
        store_rollback(app->store);
    return result;
}

static const char wall_key[] = "wall";

void app_keep_wall(struct app *app)
{
    char text[CIVIL_INSTANT_TEXT];
    /* What cannot be kept costs a demonstration some seconds at its next start, nothing else. */
    if (clock_is_displaced(&app->clock))
        app_set_meta(app, wall_key, civil_format_instant(clock_wall(&app->clock), text));
}

/* Its deadlines lie in another time, so a store that ran displaced goes on from there. */
static int hold_to_its_time(struct app *app)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *text;
    int64_t last;
    bool demo = app_is_demo(app);
    arena_init(&arena, 4096);
    if (demo && store_meta_get(app->store, wall_key, &arena, &text) >= 0 &&
        civil_parse_instant(text, &last) >= 0 && last > clock_wall(&app->clock))
        clock_jump(&app->clock, last);
    if (!demo && clock_is_displaced(&app->clock) && !app->read_only)
        return app_set_meta(app, STORE_META_DEMO, "yes");
    return 0;
}

static void tell_upgrade(struct app *app)
{
    int now = 0, met = store_schema_met(app->store);
    if (met > 0 && !app->read_only && store_schema_version(app->store, &now) >= 0 && now > met)
        log_info("%s/store.db: brought from schema %d to %d", app->data, met, now);
}

static int open_store(struct app *app, const struct app_options *options,
                      struct error_detail *detail)
{
    if (options->create && mkdir(options->data, 0700) < 0 && errno != EEXIST)
        return error_set(detail, -errno, "%s: %s", options->data, strerrordesc_np(errno));
    const struct store_options store = {.path = app_path(app, "store.db"),
                                        .flags = (options->create ? STORE_CREATE : 0u) |
                                                 (options->read_only ? STORE_READ_ONLY : 0u) |
                                                 (options->bulk ? STORE_BULK : 0u),
                                        .now = clock_wall(&app->clock)};
    struct error_detail reason = {0};
    int result = store_open(&store, &app->store, &reason);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "%s holds no store; make one with 'bailiwick init'",
                         options->data);
    if (result < 0)
        return error_pass(detail, result, &reason);
    tell_upgrade(app);
    return 0;
}

static const int64_t WIPE_AGAIN_US = INT64_C(3600) * 1000000;

/* Keys that nobody knows any more can be anywhere: then the store is written anew. */
void app_note_erased(struct app *app, const struct digest *key)
{
    if (app->erased_count < APP_ERASED_MAX)
        app->erased[app->erased_count] = *key;
    app->erased_count++;
    app->wipe_due = true;
}

static int wipe(struct app *app, struct error_detail *detail)
{
    size_t known = app->erased_count <= APP_ERASED_MAX ? app->erased_count : 0;
    int result = store_wipe(app->store, app->erased, known);
    app->wipe_due = result < 0;
    if (result == ERR_UNAVAILABLE) /* somebody reads */
        return 0;
    if (result < 0) {
        app->wipe_after = clock_mono() + WIPE_AGAIN_US;
        return app_store_failed(app, result, detail, "erasing");
    }
    app->erased_count = 0;
    memset(app->erased, 0, sizeof app->erased);
    return 0;
}

/* What was left to do by a crash. A disk without room for it stops nothing else. */
static void wipe_late(struct app *app)
{
    struct error_detail reason = {0};
    if (wipe(app, &reason) < 0)
        log_error("%s", reason.text);
}

static int settle_erasures(struct app *app, const struct app_options *options,
                           struct erasures_settled *ret_settled, struct error_detail *detail)
{
    int result = options->erasures ? erasures_take(app, options->erasures, detail) : 0;
    return result < 0 ? result : erasures_settle(app, ret_settled, detail);
}

/* A migration that gives rows of cases more to say cannot fold: it leaves a note, and who opens the
 * store to write next writes the rows anew. What stands in the way keeps nobody out: the rows stay
 * as they are, and the next opening tries again. */
static void renew_projections(struct app *app)
{
    static const char key[] = "projections";
    struct arena arena ARENA_CLEANUP = {0};
    struct error_detail reason = {0};
    const char *state;
    arena_init(&arena, 4096);
    int result = store_meta_get(app->store, key, &arena, &state);
    if (result == ERR_NOT_FOUND || (result >= 0 && strcmp(state, "old") != 0))
        return;
    json_t *told JSON_CLEANUP = json_object();
    if (result >= 0)
        result = rebuild_projections(app, told, &reason);
    if (result >= 0)
        result = app_set_meta(app, key, "new");
    if (result < 0)
        log_error("%s: rows of cases were not written anew: %s", app->data,
                  error_words(&reason, result));
}

int app_open(const struct app_options *options, struct app *ret_app, struct error_detail *detail)
{
    if (!options->data)
        return error_set(detail, ERR_USAGE,
                         "no data directory; say --data DIR or set BAILIWICK_DATA");
    struct app app = {.read_only = options->read_only,
                      .clock = options->clock,
                      .children = options->children,
                      .progress = options->progress,
                      .judge = {.fd = -1, .role = "judge"}};
    arena_init(&app.arena, APP_ARENA_MAX);
    app.data = arena_copy_text(&app.arena, options->data);
    int result =
        app.data ? config_load(options->config, &app.arena, &app.config, detail) : ERR_NO_MEMORY;
    if (result >= 0)
        result = open_store(&app, options, detail);
    if (result >= 0)
        result = hold_to_its_time(&app);
    if (result >= 0 && !app.read_only) {
        struct erasures_settled settled;
        result = settle_erasures(&app, options, &settled, detail);
    }
    if (result >= 0 && !app.read_only)
        wipe_late(&app);
    if (result >= 0) {
        struct error_detail reason = {0};
        result = app_load_rulebook(&app, &reason);
        /* None adopted yet: a new store. */
        result = result == ERR_NOT_FOUND ? 0
                 : result < 0            ? error_set(detail, result, "%s", reason.text)
                                         : 0;
    }
    if (result < 0) {
        app_close(&app);
        return result;
    }
    if (!app.read_only)
        renew_projections(&app);
    *ret_app = app;
    return 0;
}

int app_settle_copy(const struct app_options *options, struct store *copy,
                    struct erasures_settled *ret_settled, struct error_detail *detail)
{
    struct app app = {.clock = options->clock, .store = copy};
    arena_init(&app.arena, APP_ARENA_MAX);
    app.data = arena_copy_text(&app.arena, options->data);
    int result = app.data ? hold_to_its_time(&app) : ERR_NO_MEMORY;
    if (result >= 0)
        result = settle_erasures(&app, options, ret_settled, detail);
    if (result >= 0)
        result = wipe(&app, detail);
    arena_done(&app.arena);
    return result;
}

/* --- rulebook versions --- */

struct app_version {
    struct app_version *next;
    const char *digest;
    struct rulebook *rulebook;
    struct process *process;
};

static int load_tree(struct app *app, const char *version, struct rulebook_tree *ret_tree,
                     struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_rulebook record;
    arena_init(&arena, 2 * TREE_BYTES_MAX);
    int result = version ? store_rulebook_find(app->store, version, &arena, &record)
                         : store_rulebook_current(app->store, &arena, &record);
    if (result == ERR_NOT_FOUND)
        return error_set(detail, result, "no rulebook%s%s is adopted", version ? " " : "",
                         version ? version : "");
    if (result < 0)
        return app_store_failed(app, result, detail, "rulebook");
    return rulebook_tree_decode(record.tree.data, record.tree.size, ret_tree, detail);
}

/* What was adopted was checked; a name that a newer program no longer knows stops nothing. */
static int load_rulebook(const struct rulebook_tree *tree, struct rulebook **ret_rulebook,
                         struct error_detail *detail)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    yaml_faults_init(&faults);
    int result = rulebook_load_tree(tree, "", /* vocabulary= */ NULL, ret_rulebook, &faults);
    return result < 0 ? error_set(detail, result, "the adopted rulebook: %s", error_text(result))
                      : 0;
}

int app_load_rulebook(struct app *app, struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct rulebook *rulebook;
    int result = load_tree(app, /* version= */ NULL, &tree, detail);
    if (result >= 0)
        result = load_rulebook(&tree, &rulebook, detail);
    if (result < 0)
        return result;
    rulebook_free(app->rulebook);
    app->rulebook = rulebook;
    return 0;
}

int app_follow(struct app *app, bool committed, struct error_detail *detail)
{
    bool load = committed && app->rulebook_adopted;
    app->rulebook_adopted = false;
    bool wipe_now = committed && app->wipe_due && clock_mono() >= app->wipe_after;
    int result = erasures_follow(app, committed, detail);
    int wiped = wipe_now ? wipe(app, detail) : 0;
    result = result < 0 ? result : wiped;
    return load && result >= 0 ? app_load_rulebook(app, detail) : result;
}

int app_need_rulebook(struct app *app, struct error_detail *detail)
{
    return app->rulebook
               ? 0
               : error_set(detail, ERR_UNAVAILABLE,
                           "no rulebook is adopted yet; see 'bailiwick rulebook adopt --help'");
}

static void free_version(struct app_version *version)
{
    rulebook_free(version->rulebook);
    process_free(version->process);
}

/* Those that came on their own, in the order of their adoption. */
static int take_calendars(struct app *app, struct process *process, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_calendar *list;
    size_t count;
    arena_init(&arena, CALENDARS_ARENA_MAX);
    int result = store_calendar_list(app->store, /* adopted_only= */ true, &arena, &list, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "calendars");
    for (size_t i = 0; i < count && result >= 0; i++) {
        struct calendar *calendar;
        result =
            calendar_parse(list[i].name, list[i].bytes.data, list[i].bytes.size, &calendar, detail);
        if (result < 0)
            return result;
        result = process_take_calendar(process, calendar);
        if (result <= 0)
            calendar_free(calendar);
    }
    return result < 0 ? error_set(detail, result, "calendars: %s", error_text(result)) : 0;
}

/* A calendar was adopted, or its adoption taken back: what was loaded counts by another. */
static int forget_older(struct app *app, struct error_detail *detail)
{
    int64_t number;
    uint64_t transaction = store_transaction(app->store);
    if (transaction && transaction == app->calendars_asked)
        return 0;
    int result = store_calendar_last(app->store, &number);
    if (result < 0)
        return app_store_failed(app, result, detail, "calendars");
    app->calendars_asked = transaction;
    for (struct app_version *at = app->versions; at && number != app->calendars; at = at->next)
        at->digest = "";
    app->calendars = number;
    return 0;
}

static int load_version(struct app *app, const char *digest, struct app_version *ret_version,
                        struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct app_version version = {0};
    int result = load_tree(app, digest, &tree, detail);
    if (result >= 0)
        result = load_rulebook(&tree, &version.rulebook, detail);
    if (result >= 0)
        result = law_load_process(&tree, &version.process, detail);
    if (result >= 0)
        result = take_calendars(app, version.process, detail);
    if (result < 0)
        free_version(&version);
    else
        *ret_version = version;
    return result;
}

int app_version_of(struct app *app, const char *version, const struct rulebook **ret_rulebook,
                   const struct process **ret_process, struct error_detail *detail)
{
    int result = forget_older(app, detail);
    if (result < 0)
        return result;
    struct app_version *at = app->versions;
    while (at && strcmp(at->digest, version) != 0)
        at = at->next;
    if (!at) {
        struct app_version loaded;
        result = load_version(app, version, &loaded, detail);
        if (result < 0)
            return result;
        at = arena_alloc(&app->arena, sizeof *at);
        loaded.digest = arena_copy_text(&app->arena, version);
        if (!at || !loaded.digest) {
            free_version(&loaded);
            return ERR_NO_MEMORY;
        }
        loaded.next = app->versions;
        *at = loaded;
        app->versions = at;
    }
    *ret_rulebook = at->rulebook;
    *ret_process = at->process;
    return 0;
}

static int find_process(void *context, const char *version, const struct process **ret_process,
                        struct error_detail *detail)
{
    const struct rulebook *rulebook;
    return app_version_of(context, version, &rulebook, ret_process, detail);
}

struct case_versions app_versions_of(struct app *app)
{
    return (struct case_versions){find_process, app};
}

const struct rulebook *app_rulebook_of(const struct app *app, const struct process *process)
{
    const struct app_version *at = app->versions;
    while (at->process != process)
        at = at->next;
    return at->rulebook;
}

void app_close(struct app *app)
{
    histories_forget(app);
    free(app->guesses);
    if (app->store && !app->read_only)
        app_keep_wall(app);
    child_stop(&app->judge);
    for (struct app_version *at = app->versions; at; at = at->next)
        free_version(at);
    rulebook_free(app->rulebook);
    store_close(app->store);
    arena_done(&app->arena);
    *app = (struct app){0};
}
