/* complaint.label: how far what a complaint says may go (model/tlp.h), where who filed it said
 * nothing of it, or says otherwise now. */
#include "app/command_list.h"
#include "app/complaints/projection.h"
#include "app/complaints/record.h"
#include "model/tlp.h"

#include <string.h>

static const char *const label_reasons[] = {"source-asked", "source-unclear", "by-mistake"};

static int read_label(struct call *call, const char **ret_label)
{
    enum tlp known;
    int result = call_need_text(call, "tlp", ret_label);
    return result < 0 || tlp_parse(*ret_label, &known) >= 0
               ? result
               : error_set(call->detail, ERR_SYNTAX,
                           "'%.16s' is no label: red, amber+strict, amber, green or clear",
                           *ret_label);
}

static int check_new(struct call *call, const struct complaint_record *record, const char *label,
                     struct arena *arena)
{
    struct complaint_projection projection;
    int result = complaint_projection_make(call->app, record->row.reference, arena, &projection,
                                           call->detail);
    return result < 0 || !projection.tlp || strcmp(projection.tlp, label) != 0
               ? result
               : error_set(call->detail, ERR_CONFLICT, "complaint %s has the label '%s' already",
                           record->row.reference, label);
}

/* complaint.label {complaint, version, tlp, reason} */
int complaint_label(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const char *label, *reason;
    arena_init(&arena, 64 << 20);
    int result = record_find_kept(call, &arena, &record);
    if (result >= 0)
        result = read_label(call, &label);
    if (result >= 0)
        result = record_read_reason(call, label_reasons, &reason);
    if (result >= 0)
        result = check_new(call, &record, label, &arena);
    if (result < 0)
        return result;
    json_t *data JSON_CLEANUP = json_pack("{s:s, s:s}", "tlp", label, "reason", reason);
    result = data ? record_step(call, &record, COMPLAINT_EVENT_LABELLED, data) : ERR_NO_MEMORY;
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "tlp", json_string(label));
    return 0;
}
