#include "cases/diagram.h"

#include <string.h>

enum {
    BOX_WIDTH = 190,
    BOX_HEIGHT = 46,
    COLUMN = 330,
    ROW = 120,
    MARGIN = 40,
    HEADING = 40,
    COLUMNS = 5,
};

/* A kind's column; a parallel region never appears. */
static int column_of(const struct stage *stage)
{
    static const int columns[] = {
        [STAGE_INTAKE] = 0,   [STAGE_INFORMAL] = 1, [STAGE_ESCALATED] = 2, [STAGE_BREACH] = 2,
        [STAGE_SANCTION] = 3, [STAGE_PARALLEL] = 3, [STAGE_END] = 4,
    };
    return columns[stage->kind];
}

static const char *colour_of(const struct stage *stage)
{
    static const char *const colours[] = {
        [STAGE_INTAKE] = "#eef2f6", [STAGE_INFORMAL] = "#e3f0e6", [STAGE_ESCALATED] = "#fdf1cf",
        [STAGE_BREACH] = "#fbdcd2", [STAGE_SANCTION] = "#f3c6c6", [STAGE_PARALLEL] = "#ece6f5",
        [STAGE_END] = "#e4e4e4",
    };
    return colours[stage->kind];
}

/* Stages of a column stand below each other in the order of the file. */
static int row_of(const struct process *process, const struct stage *stage)
{
    int row = 0;
    for (const struct stage *at = process->stages; at < stage; at++)
        row += column_of(at) == column_of(stage);
    return row;
}

static int left_of(const struct stage *stage)
{
    return MARGIN + column_of(stage) * COLUMN;
}

static int top_of(const struct process *process, const struct stage *stage)
{
    return MARGIN + HEADING + row_of(process, stage) * ROW;
}

static void print_text(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '<')
            buffer_append_text(out, "&lt;");
        else if (*c == '>')
            buffer_append_text(out, "&gt;");
        else if (*c == '&')
            buffer_append_text(out, "&amp;");
        else if (*c == '"')
            buffer_append_text(out, "&quot;");
        else
            buffer_append_byte(out, (uint8_t)*c);
    }
}

static void print_stage(const struct process *process, const struct stage *stage,
                        struct buffer *out)
{
    int left = left_of(stage), top = top_of(process, stage);
    buffer_printf(out,
                  "<g class=\"stage\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" "
                  "fill=\"%s\" stroke=\"#445\"/>\n",
                  left, top, BOX_WIDTH, BOX_HEIGHT, colour_of(stage));
    buffer_printf(out, "<text x=\"%d\" y=\"%d\" class=\"name\">", left + BOX_WIDTH / 2, top + 20);
    print_text(out, stage->label);
    buffer_printf(out, "</text>\n<text x=\"%d\" y=\"%d\" class=\"id\">", left + BOX_WIDTH / 2,
                  top + 37);
    print_text(out, stage->id);
    buffer_append_text(out, stage_is_formal(stage) ? " (public)</text></g>\n" : "</text></g>\n");
}

/* All events from one stage to another share one arrow; the first edge of the pair draws it. */
static bool is_first_of_pair(const struct process *process, const struct edge *edge)
{
    for (const struct edge *at = process->edges; at < edge; at++) {
        if (at->from == edge->from && at->to == edge->to)
            return false;
    }
    return true;
}

static void print_events(const struct process *process, const struct edge *first,
                         struct buffer *out)
{
    uint64_t seen = 0;
    const struct edge *end = process->edges + process->edge_count;
    for (const struct edge *at = first; at < end; at++) {
        if (at->from != first->from || at->to != first->to || seen >> at->event & 1)
            continue;
        buffer_append_text(out, seen ? ", " : "");
        print_text(out, case_event_text(at->event));
        seen |= UINT64_C(1) << at->event;
    }
}

/* Most approvals that any of the pair's edges asks for. */
static int approvals_of_pair(const struct process *process, const struct edge *first)
{
    int most = 0;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *at = &process->edges[i];
        if (at->from == first->from && at->to == first->to && at->approvals.needed > most)
            most = at->approvals.needed;
    }
    return most;
}

struct arrow {
    int x1, y1, x2, y2, bend;
};

/* Arrows leave the right side towards a later column, the left side towards an earlier one; inside
 * a column they bow out to the right. The ends are spread so that arrows do not lie on each other.
 */
static struct arrow arrow_of(const struct process *process, const struct edge *edge)
{
    int from = column_of(edge->from), to = column_of(edge->to);
    int from_row = row_of(process, edge->from), to_row = row_of(process, edge->to);
    struct arrow arrow;
    int out_shift = 8 + to_row * 5 % (BOX_HEIGHT - 16), in_shift = 8 + from_row * 7 % 30;
    arrow.x1 = left_of(edge->from) + (to < from ? 0 : BOX_WIDTH);
    arrow.y1 = top_of(process, edge->from) + out_shift;
    arrow.x2 = left_of(edge->to) + (to > from ? 0 : BOX_WIDTH);
    arrow.y2 = top_of(process, edge->to) + in_shift;
    arrow.bend = to == from ? 60 + 12 * (to_row - from_row) : 70;
    return arrow;
}

/* The two inner points of the curve. */
static int first_bend(const struct edge *edge, const struct arrow *arrow)
{
    bool back = column_of(edge->to) < column_of(edge->from);
    return arrow->x1 + (back ? -arrow->bend : arrow->bend);
}

static int second_bend(const struct edge *edge, const struct arrow *arrow)
{
    bool forward = column_of(edge->to) > column_of(edge->from);
    return arrow->x2 + (forward ? -arrow->bend : arrow->bend);
}

static void print_edge(const struct process *process, const struct edge *edge, struct buffer *out)
{
    struct arrow arrow = arrow_of(process, edge);
    int c1 = first_bend(edge, &arrow), c2 = second_bend(edge, &arrow);
    int approvals = approvals_of_pair(process, edge);
    buffer_printf(out,
                  "<g class=\"edge\"><path d=\"M%d %d C%d %d %d %d %d %d\"%s "
                  "marker-end=\"url(#tip)\"/><title>",
                  arrow.x1, arrow.y1, c1, arrow.y1, c2, arrow.y2, arrow.x2, arrow.y2,
                  approvals ? " class=\"approved\"" : "");
    print_text(out, edge->from->label);
    buffer_append_text(out, " to ");
    print_text(out, edge->to->label);
    buffer_append_text(out, ": ");
    print_events(process, edge, out);
    if (approvals)
        buffer_printf(out, " (approvals: %d)", approvals);
    buffer_append_text(out, "</title></g>\n");
}

/* Labels stand only on the arrows of the ladder itself, a third of the way along (Bezier weights at
 * 0.35, in thousandths); more would hide it. Every arrow has its title. */
static void print_label(const struct process *process, const struct edge *edge, struct buffer *out)
{
    struct arrow arrow = arrow_of(process, edge);
    int step = column_of(edge->to) - column_of(edge->from);
    bool on_the_ladder = step == 1 || (step == 0 && edge->to == edge->from + 1);
    if (!on_the_ladder || stage_is_end(edge->to) || stage_is_end(edge->from))
        return;
    int x = (275 * arrow.x1 + 443 * first_bend(edge, &arrow) + 239 * second_bend(edge, &arrow) +
             43 * arrow.x2) /
            1000;
    int y = (718 * arrow.y1 + 282 * arrow.y2) / 1000;
    buffer_printf(out, "<text x=\"%d\" y=\"%d\" class=\"event\">", x, y - 4);
    print_events(process, edge, out);
    buffer_append_text(out, "</text>\n");
}

static int rows_of(const struct process *process)
{
    int most = 0;
    for (size_t i = 0; i < process->stage_count; i++) {
        int row = row_of(process, &process->stages[i]);
        most = row > most ? row : most;
    }
    return most + 1;
}

static void print_head(const struct process *process, struct buffer *out)
{
    int width = 2 * MARGIN + (COLUMNS - 1) * COLUMN + BOX_WIDTH;
    int height = 2 * MARGIN + HEADING + rows_of(process) * ROW;
    buffer_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-labelledby=\"title\">\n<title id=\"title\">",
                  width, height);
    print_text(out, process->label);
    buffer_append_text(
        out, "</title>\n<style>text{font-family:sans-serif;fill:#223}.name{font-size:14px;"
             "text-anchor:middle}.id{font-size:11px;text-anchor:middle;fill:#556}"
             ".event{font-size:11px}.edge path{fill:none;stroke:#567;stroke-width:1.3}"
             ".edge path.approved{stroke:#a33}.heading{font-size:18px}</style>\n"
             "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
             "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" "
             "fill=\"#567\"/></marker></defs>\n");
    buffer_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height);
    buffer_printf(out, "<text x=\"%d\" y=\"%d\" class=\"heading\">", MARGIN, MARGIN);
    print_text(out, process->label);
    buffer_append_text(out, " - red arrows need an approval</text>\n");
}

int diagram_print_svg(const struct process *process, struct buffer *out)
{
    print_head(process, out);
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from != edge->to && is_first_of_pair(process, edge)) {
            print_edge(process, edge, out);
            print_label(process, edge, out);
        }
    }
    for (size_t i = 0; i < process->stage_count; i++)
        print_stage(process, &process->stages[i], out);
    buffer_append_text(out, "</svg>\n");
    return buffer_error(out);
}
