/* complaint.redact: words of a complaint that no party sees, whatever its complainant lets be
 * shared. The complaint stays as it was filed; party_view.c leaves them out. */
#include "app/command_list.h"
#include "app/complaints/addition.h"
#include "app/complaints/party_view.h"

#include <string.h>

enum { WORDS_BYTES = 4096 };

static const char *const reasons[] = {"personal-data", "third-party", "security"};

static int read_words(struct call *call, const char **ret_words)
{
    int result = call_need_text(call, "words", ret_words);
    if (result >= 0 && !(*ret_words)[strspn(*ret_words, " \t\r\n")])
        result = error_set(call->detail, ERR_SYNTAX, "the words to leave out are empty");
    if (result >= 0 && strlen(*ret_words) > WORDS_BYTES)
        result = error_set(call->detail, ERR_LIMIT,
                           "the words to leave out have more than %d bytes", WORDS_BYTES);
    return result;
}

/* complaint.redact {complaint, words, reason} */
int complaint_redact(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const char *reason, *words;
    json_t *filed JSON_CLEANUP = NULL, *data JSON_CLEANUP = json_object();
    arena_init(&arena, 64 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_read_reason(call, reasons, &reason);
    if (result >= 0)
        result = read_words(call, &words);
    if (result >= 0)
        result = addition_merge(call->app, &record, &arena, &filed, call->detail);
    if (result < 0)
        return result;
    if (!party_view_holds(filed, words))
        return error_set(call->detail, ERR_NOT_FOUND, "complaint %s does not have these words",
                         record.row.reference);
    result =
        record_keep_json(call, record.row.reference, json_pack("{s:s}", "hidden", words), data);
    if (result >= 0 && json_object_set_new(data, "reason", json_string(reason)) < 0)
        result = ERR_NO_MEMORY;
    if (result >= 0)
        result = record_step(call, &record, COMPLAINT_EVENT_REDACTED, data);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "reason", json_string(reason));
    return 0;
}
