#include "app/complaints/said.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

int said_read(const json_t *words, const struct complaint_type *type, struct arena *arena,
              struct said *ret_said)
{
    const json_t *answers = json_object_get(words, "answers"),
                 *names = json_object_get(words, "names");
    struct complaint_answer *list = arena_array(arena, json_object_size(answers) + 1, sizeof *list);
    const char **named = arena_array(arena, json_array_size(names) + 1, sizeof *named);
    struct said said = {.type = type, .names = named, .answers = list};
    const char *question;
    json_t *value;
    if (!list || !named)
        return ERR_LIMIT;
    json_object_foreach((json_t *)answers, question, value)
    {
        list[said.answer_count++] = (struct complaint_answer){question, json_string_value(value)};
    }
    for (; said.name_count < json_array_size(names); said.name_count++)
        named[said.name_count] = json_string_value(json_array_get(names, said.name_count));
    *ret_said = said;
    return 0;
}

const struct complaint_text *said_ask(const struct complaint_type *type, const char *id)
{
    const struct complaint_question *question = complaint_question_find(type, id);
    for (size_t i = 0; !question && i < type->evidence_count; i++) {
        if (strcmp(type->evidence[i].id, id) == 0)
            return &type->evidence[i].ask;
    }
    return question ? &question->ask : NULL;
}

static const char *copy(const char *name, size_t size, struct arena *arena)
{
    char *own = arena_copy_slice(arena, name, size);
    if (!own)
        return NULL;
    text_lower(own);
    if (size > 0 && own[size - 1] == '.')
        own[size - 1] = '\0';
    return own;
}

/* The part of an answer that is a name; its size, 0 for none. */
static size_t name_in(const struct complaint_question *question, const char **value)
{
    if (question && question->kind == COMPLAINT_DOMAIN)
        return strlen(*value);
    if (!question || question->kind != COMPLAINT_URL)
        return 0;
    const char *host = strstr(*value, "://");
    *value = host ? host + 3 : *value;
    return strcspn(*value, "/:?#");
}

int said_names(const struct said *said, struct arena *arena, const char ***ret_names,
               size_t *ret_count)
{
    size_t count = 0;
    const char **names =
        arena_array(arena, said->name_count + said->answer_count + 1, sizeof *names);
    for (size_t i = 0; names && i < said->name_count; i++) {
        names[count] = copy(said->names[i], strlen(said->names[i]), arena);
        if (!names[count++])
            return ERR_LIMIT;
    }
    for (size_t i = 0; names && i < said->answer_count; i++) {
        const char *value = said->answers[i].value;
        size_t size =
            name_in(complaint_question_find(said->type, said->answers[i].question), &value);
        if (size == 0)
            continue;
        names[count] = copy(value, size, arena);
        if (!names[count++])
            return ERR_LIMIT;
    }
    *ret_names = names;
    *ret_count = count;
    return names ? 0 : ERR_LIMIT;
}
