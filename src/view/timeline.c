#include "view/timeline.h"

#include "base/arena.h"
#include "base/civil.h"
#include "view/catalogue.h"
#include "view/context.h"
#include "view/template.h"

#include <stdlib.h>

/* The drawing: an axis to scale on top, from each moment a line down to a row of its own. Later
 * moments have higher rows, so no label crosses a line. */
enum {
    AXIS_LEFT = 14,
    AXIS_RIGHT = 400,
    AXIS_Y = 30,
    ROW_FIRST = 58,
    ROW_HEIGHT = 24,
    MARK_GAP = 16, /* moments nearer than this are drawn side by side */
    WIDTH = 760,
};

static int compare(const void *a, const void *b)
{
    const struct timeline_item *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Sorted copy, with the middle left out when there are too many. */
static struct timeline_item *sort(const struct timeline_item *items, size_t count,
                                  struct arena *arena, size_t *ret_count)
{
    struct timeline_item *sorted = arena_copy(arena, items, count * sizeof *items);
    if (!sorted)
        return NULL;
    /* Equal moments keep the given order: insertion sort is stable, and lists are short. */
    for (size_t i = 1; i < count; i++) {
        struct timeline_item item = sorted[i];
        size_t to = i;
        for (; to > 0 && compare(&sorted[to - 1], &item) > 0; to--)
            sorted[to] = sorted[to - 1];
        sorted[to] = item;
    }
    if (count > TIMELINE_ITEMS_MAX) {
        size_t half = TIMELINE_ITEMS_MAX / 2;
        for (size_t i = 0; i < half; i++)
            sorted[half + i] = sorted[count - half + i];
        count = TIMELINE_ITEMS_MAX;
    }
    *ret_count = count;
    return sorted;
}

/* To scale, then pushed apart from left to right and, where that runs over, from right to left. */
static void place_marks(const struct timeline_item *items, size_t count, int *x)
{
    int64_t first = items[0].at, span = items[count - 1].at - first;
    int gap = MARK_GAP;
    if (count > 1 && (AXIS_RIGHT - AXIS_LEFT) / (int)(count - 1) < gap)
        gap = (AXIS_RIGHT - AXIS_LEFT) / (int)(count - 1);
    for (size_t i = 0; i < count; i++) {
        double part = span > 0 ? (double)(items[i].at - first) / (double)span : 0;
        x[i] = AXIS_LEFT + (int)(part * (AXIS_RIGHT - AXIS_LEFT));
        if (i > 0 && x[i] < x[i - 1] + gap)
            x[i] = x[i - 1] + gap;
    }
    int most = AXIS_RIGHT;
    for (size_t i = count; i-- > 0 && x[i] > most; most = x[i] - gap)
        x[i] = most;
}

static json_t *item_json(const struct timeline_item *item, int x, int row_y)
{
    static const char *const tones[] = {"plain", "good", "bad", "due"};
    char date[CIVIL_DATE_TEXT];
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_int(&context, "x", x);
    context_int(&context, "line_end", row_y - 5);
    context_int(&context, "label_x", x + 8);
    context_int(&context, "row_y", row_y);
    context_text(&context, "label", item->label);
    context_text(&context, "date", civil_format_date(civil_day_of(item->at), date));
    context_text(&context, "tone", tones[item->tone]);
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        context_bool(&context, tones[i], item->tone == i);
    return context_error(&context) < 0 ? NULL : json_incref(context.json);
}

static int fill(const struct timeline_item *items, size_t count, struct context *context)
{
    int x[TIMELINE_ITEMS_MAX];
    place_marks(items, count, x);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        int row_y = ROW_FIRST + ROW_HEIGHT * (int)(count - 1 - i);
        json_array_append_new(list, item_json(&items[i], x[i], row_y));
    }
    if (json_array_size(list) != count)
        context->failure = ERR_SYNTAX;
    context_take(context, "items", list);
    context_int(context, "width", WIDTH);
    context_int(context, "height", ROW_FIRST + ROW_HEIGHT * (int)count - 8);
    context_int(context, "axis_left", AXIS_LEFT - 8);
    context_int(context, "axis_right", AXIS_RIGHT + 8);
    context_int(context, "axis_y", AXIS_Y);
    return context_error(context);
}

int timeline_svg(const struct timeline_item *items, size_t count, const char *title,
                 const struct catalogue *catalogue, struct markup *ret_markup,
                 struct error_detail *detail)
{
    if (!count) {
        markup_init(ret_markup);
        return 0;
    }
    ARENA_CLEANUP struct arena arena;
    arena_init(&arena, 1 << 20);
    size_t shown = 0;
    struct timeline_item *sorted = sort(items, count, &arena, &shown);
    if (!sorted)
        return ERR_LIMIT;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_text(&context, "title", title);
    int result = fill(sorted, shown, &context);
    if (result < 0)
        return result;
    const struct template_request request = {.context = context.json, .catalogue = catalogue};
    return template_render_asset("timeline.svg", &request, ret_markup, detail);
}
