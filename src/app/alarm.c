#include "app/alarm.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

enum { KEY_ROOM = 32, WORDS_ARENA = 4 * ERROR_DETAIL_MAX };

static const char *const names[APP_ALARM_COUNT] = {
    [APP_ALARM_LOG] = "log",       [APP_ALARM_CLOCK] = "clock",
    [APP_ALARM_HELD] = "held",     [APP_ALARM_CALENDAR] = "calendar",
    [APP_ALARM_PUBLIC] = "public", [APP_ALARM_NOTICES] = "notices",
};

const char *alarm_text(enum app_alarm alarm)
{
    return names[alarm];
}

static const char *alarm_key(enum app_alarm alarm, char key[KEY_ROOM])
{
    snprintf(key, KEY_ROOM, "alarm-%s", names[alarm]);
    return key;
}

/* "" for none. */
static const char *read_words(struct app *app, enum app_alarm alarm, struct arena *arena)
{
    char key[KEY_ROOM];
    const char *words = "";
    store_meta_get(app->store, alarm_key(alarm, key), arena, &words);
    return words;
}

void alarm_set(struct app *app, enum app_alarm alarm, const char *words)
{
    struct arena arena ARENA_CLEANUP = {0};
    char key[KEY_ROOM];
    arena_init(&arena, WORDS_ARENA);
    char *said = app->alarms[alarm];
    if (words[0] && strcmp(said, words) != 0)
        log_error("%s: %s", names[alarm], words);
    else if (said[0] && !words[0])
        log_info("%s: well again", names[alarm]);
    snprintf(said, ERROR_DETAIL_MAX, "%s", words);
    /* A store that cannot be written now says so elsewhere; the next time tries again. */
    if (strcmp(read_words(app, alarm, &arena), words) != 0)
        app_set_meta(app, alarm_key(alarm, key), words);
}

json_t *alarm_list(struct app *app)
{
    json_t *list = json_array();
    for (int i = 0; i < APP_ALARM_COUNT; i++) {
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, WORDS_ARENA);
        const char *words = read_words(app, (enum app_alarm)i, &arena);
        if (words[0])
            json_array_append_new(list, json_pack("{s:s, s:s}", "kind", names[i], "words", words));
    }
    return list;
}

bool alarm_stands(struct app *app, enum app_alarm alarm)
{
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, WORDS_ARENA);
    return read_words(app, alarm, &arena)[0] != '\0';
}
