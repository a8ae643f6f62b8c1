#include "scene.h"

#include "store/evidence.h"
#include "store/party.h"
#include "tlog/sequence.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scene_setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    arena_init(&scene->arena, 256u << 20);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/bailiwick-store-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/store.db", scene->folder);
    *state = scene;
    scene_reopen(scene);
    return 0;
}

void scene_reopen(struct scene *scene)
{
    struct error_detail detail = {0};
    store_close(scene->store);
    const struct store_options options = {
        .path = scene->path, .flags = STORE_CREATE, .now = SCENE_AT(0)};
    if (store_open(&options, &scene->store, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        char child[512];
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlink(child) < 0)
            remove_folder(child);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

int scene_teardown(void **state)
{
    struct scene *scene = *state;
    store_close(scene->store);
    arena_done(&scene->arena);
    remove_folder(scene->folder);
    free(scene);
    return 0;
}

void scene_party(struct scene *scene, const char *id)
{
    const struct party party = {.id = id, .kind = PARTY_REGISTRY, .name = "Example Registry"};
    assert_done(scene->store, store_party_put(scene->store, &party));
}

void scene_case(struct scene *scene, const char *id, const char *subject)
{
    const struct store_case record = {.id = id,
                                      .party = "registry-example",
                                      .obligation = "ra.spec10.dns-service-availability",
                                      .subject = subject,
                                      .process = "aa",
                                      .origin = ORIGIN_MONITORING,
                                      .source = SOURCE_MEASUREMENT,
                                      .stage = "inquiry-1",
                                      .stage_kind = STAGE_INFORMAL,
                                      .opened_at = SCENE_AT(0),
                                      .updated_at = SCENE_AT(0)};
    assert_done(scene->store, store_case_put(scene->store, &record));
}

struct digest scene_opening(struct scene *scene, const char *text)
{
    struct tlog_opening opening;
    struct buffer canonical BUFFER_CLEANUP;
    json_t *event JSON_CLEANUP = json_pack("{s:s}", "what", text);
    buffer_init(&canonical, TLOG_EVENT_MAX);
    assert_int_equal(tlog_commit(event, &canonical, &opening, NULL), 0);
    assert_done(scene->store, store_opening_put(scene->store, &opening, SCENE_AT(0)));
    return opening.entry;
}

int scene_event(struct scene *scene, const char *case_id, uint32_t seq)
{
    struct digest entry = scene_opening(scene, "event");
    static const char *const evidence[] = {"m-1"};
    const struct case_event event = {.case_id = case_id,
                                     .seq = seq,
                                     .type = CASE_RECEIVED,
                                     .version = CASE_EVENT_VERSION,
                                     .at = SCENE_AT(seq),
                                     .actor = "core",
                                     .actor_role = "machine",
                                     .reason = "finding",
                                     .evidence = evidence,
                                     .evidence_count = 1,
                                     .data = "{\"note\":\"\xc3\xa9\"}"};
    return store_event_append(scene->store, &event, &entry);
}

struct store_proposal scene_proposal(struct scene *scene, const char *case_id, const char *text)
{
    return (struct store_proposal){.sha256 = digest_of(text, strlen(text)),
                                   .event = {.case_id = case_id,
                                             .seq = 7,
                                             .type = CASE_EXTENDED,
                                             .version = CASE_EVENT_VERSION,
                                             .at = SCENE_AT(3),
                                             .actor = "ann",
                                             .actor_role = "analyst",
                                             .reason = "storm",
                                             .data = "{\"until\":\"2027-02-01\"}"},
                                   .entry = scene_opening(scene, text)};
}

void scene_measurement(struct scene *scene, const char *id, int64_t observed_at)
{
    const struct store_measurement measurement = {.id = id,
                                                  .target = "example",
                                                  .vantage = "here",
                                                  .observed_at = observed_at,
                                                  .stored_at = observed_at,
                                                  .bytes = {(const uint8_t *)"BWM1bytes", 9}};
    assert_done(scene->store, store_measurement_put(scene->store, &measurement));
}

void scene_tick(struct scene *scene)
{
    struct store_waiting *waiting;
    struct digest *entries, *digests;
    size_t waits, count;
    assert_done(scene->store, store_log_waiting(scene->store, 0, INT64_MAX, TLOG_BATCH_MAX,
                                                &scene->arena, &waiting, &waits));
    digests = arena_array(&scene->arena, waits + 1, sizeof *digests);
    assert_non_null(digests);
    for (size_t i = 0; i < waits; i++)
        digests[i] = waiting[i].entry;
    assert_int_equal(tlog_sequence(digests, waits, &scene->arena, &entries, &count), 0);
    const struct store_log_batch batch = {entries, count, waiting, waits, SCENE_AT(9)};
    assert_done(scene->store, store_log_append(scene->store, &batch));
}
