#include "view/outcomes.h"

#include "view/catalogue.h"
#include "view/context.h"
#include "view/template.h"

#include <string.h>

enum {
    WIDTH = 760,
    TOP = 92,
    HEADING_HEIGHT = 30,
    ROW_HEIGHT = 30,
    BAR_X = 130,
    BAR_MOST = 540,
    GAP = 6,
};

static int64_t whole_root(int64_t square)
{
    int64_t root = 0;
    while ((root + 1) * (root + 1) <= square)
        root++;
    return root;
}

static int64_t most_of(const json_t *rows)
{
    size_t index;
    json_t *row;
    int64_t most = 1;
    json_array_foreach(rows, index, row)
    {
        int64_t one = json_number(row, "one", 0), other = json_number(row, "other", 0);
        int64_t larger = one > other ? one : other;
        most = larger > most ? larger : most;
    }
    return most;
}

/* In thousandths of a unit under the root, so that small numbers do not fall on one width. */
static int64_t width_of(int64_t value, int64_t most)
{
    return whole_root(value * 1000) * BAR_MOST / whole_root(most * 1000);
}

static void add_bar(struct context *context, const char *name, const json_t *row, int64_t most,
                    int y)
{
    int64_t value = json_number(row, name, 0), width = width_of(value, most);
    char key[32];
    snprintf(key, sizeof key, "%s_y", name);
    context_int(context, key, y);
    snprintf(key, sizeof key, "%s_width", name);
    context_int(context, key, width);
    snprintf(key, sizeof key, "%s_end", name);
    context_int(context, key, BAR_X + width + GAP);
    snprintf(key, sizeof key, "%s_text_y", name);
    context_int(context, key, y + 9);
    context_int(context, name, value);
}

static json_t *row_json(const json_t *row, const char *heading, int64_t most, int y)
{
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_text(&context, "heading", heading);
    context_int(&context, "heading_y", y - 10);
    context_text(&context, "figure", json_text(row, "figure"));
    context_int(&context, "label_x", BAR_X - GAP);
    context_int(&context, "label_y", y + 14);
    context_int(&context, "bar_x", BAR_X);
    add_bar(&context, "one", row, most, y);
    add_bar(&context, "other", row, most, y + 12);
    return context_error(&context) < 0 ? NULL : json_incref(context.json);
}

static int fill(const json_t *rows, struct context *context)
{
    size_t index;
    json_t *row, *list = json_array();
    const char *party = "";
    int y = TOP;
    json_array_foreach(rows, index, row)
    {
        const char *mine = json_text(row, "party");
        bool first = strcmp(mine, party) != 0;
        party = mine;
        y += first ? HEADING_HEIGHT : 0;
        json_array_append_new(list, row_json(row, first ? mine : NULL, most_of(rows), y));
        y += ROW_HEIGHT;
    }
    if (json_array_size(list) != json_array_size(rows))
        context->failure = ERR_NO_MEMORY;
    context_take(context, "rows", list);
    context_int(context, "width", WIDTH);
    context_int(context, "height", y + GAP);
    return context_error(context);
}

int outcomes_svg(const json_t *rows, const char *const names[2], const struct catalogue *catalogue,
                 struct markup *ret_markup, struct error_detail *detail)
{
    if (json_array_size(rows) > OUTCOMES_ROWS_MAX)
        return ERR_LIMIT;
    CONTEXT_CLEANUP struct context context;
    context_init(&context);
    context_text(&context, "title", catalogue_text(catalogue, "outcomes.title"));
    context_text(&context, "one", names[0]);
    context_text(&context, "other", names[1]);
    int result = fill(rows, &context);
    if (result < 0)
        return result;
    const struct template_request request = {.context = context.json, .catalogue = catalogue};
    return template_render_asset("outcomes.svg", &request, ret_markup, detail);
}
