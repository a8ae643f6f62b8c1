#include "view/place.h"

#include "base/text.h"

#include <string.h>

void place_init(struct place_tracker *tracker)
{
    *tracker = (struct place_tracker){.state = STATE_TEXT};
}

static bool ends_word(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/' || c == '=' || c == '>';
}

static void add_to_word(struct place_tracker *tracker, char c)
{
    if (tracker->word_size < sizeof tracker->word - 1)
        tracker->word[tracker->word_size++] = c;
    tracker->word[tracker->word_size] = '\0';
}

static void end_word(struct place_tracker *tracker)
{
    if (tracker->word_size && !tracker->tag[0])
        memcpy(tracker->tag, tracker->word, sizeof tracker->tag);
    tracker->word_size = 0;
    tracker->word[0] = '\0';
}

/* Values that are programs of their own: no escaping makes foreign text safe in them. */
static bool is_program(const char *attribute)
{
    return text_starts_with(attribute, "on") || strcmp(attribute, "style") == 0 ||
           strcmp(attribute, "srcdoc") == 0 || strcmp(attribute, "srcset") == 0;
}

static bool is_address(const char *attribute)
{
    static const char *const names[] = {"href",       "src",  "action", "formaction",
                                        "xlink:href", "cite", "poster", "data"};
    return text_index(names, sizeof names / sizeof *names, attribute) >= 0;
}

static void end_tag(struct place_tracker *tracker)
{
    end_word(tracker);
    bool raw = strcmp(tracker->tag, "script") == 0 || strcmp(tracker->tag, "style") == 0;
    tracker->state = raw ? STATE_RAW : STATE_TEXT;
    tracker->tag[0] = '\0';
}

static void pass_in_tag(struct place_tracker *tracker, char c)
{
    if (c == '>') {
        end_tag(tracker);
    } else if (c == '"' || c == '\'') {
        tracker->state = STATE_VALUE;
        tracker->quote = c;
        tracker->begun = false;
    } else if (c == '=') {
        tracker->address = is_address(tracker->word);
        tracker->program = is_program(tracker->word);
        end_word(tracker);
    } else if (ends_word(c)) {
        end_word(tracker);
    } else {
        add_to_word(tracker, c);
    }
}

static bool starts(const char *at, const char *end, const char *what)
{
    size_t size = strlen(what);
    return (size_t)(end - at) >= size && memcmp(at, what, size) == 0;
}

void place_pass(struct place_tracker *tracker, const char *text, size_t size)
{
    const char *end = text + size;
    for (const char *at = text; at < end; at++) {
        switch (tracker->state) {
        case STATE_TEXT:
            if (*at == '<') {
                tracker->state = at + 1 < end && at[1] == '!' ? STATE_COMMENT : STATE_TAG;
                end_word(tracker);
                tracker->tag[0] = '\0';
            }
            break;
        case STATE_TAG:
            pass_in_tag(tracker, *at);
            break;
        case STATE_VALUE:
            if (*at == tracker->quote)
                tracker->state = STATE_TAG;
            else
                tracker->begun = true;
            break;
        case STATE_COMMENT: /* a comment of ours never holds '>' before its end */
            if (*at == '>')
                tracker->state = STATE_TEXT;
            break;
        case STATE_RAW:
            if (starts(at, end, "</script>") || starts(at, end, "</style>")) {
                tracker->state = STATE_TAG;
                tracker->tag[0] = '\0';
            }
            break;
        }
    }
}

enum place place_of_variable(struct place_tracker *tracker)
{
    if (tracker->state == STATE_TEXT)
        return PLACE_TEXT;
    if (tracker->state != STATE_VALUE || tracker->program)
        return PLACE_NONE;
    bool begun = tracker->begun;
    tracker->begun = true;
    if (!tracker->address)
        return PLACE_ATTRIBUTE;
    return begun ? PLACE_ADDRESS_INSIDE : PLACE_ADDRESS;
}

bool place_same(const struct place_tracker *a, const struct place_tracker *b)
{
    return a->state == b->state &&
           (a->state != STATE_VALUE || (a->quote == b->quote && a->address == b->address));
}
