/* user.sessions {id}: who is signed in at the staff door, of one user or of all. desk.sessions
 * {user, session}: one's own, for a page. */
#include "app/query/list.h"

#include "base/digest.h"
#include "store/session.h"

#include <string.h>

enum { SECOND_US = 1000000 };

/* When it will have ended, if nobody comes. */
static int64_t end_of(const struct app *app, const struct store_session *session)
{
    int64_t idle = session->seen_at + app->config.session_idle_s * SECOND_US;
    int64_t most = session->begun_at + app->config.session_most_s * SECOND_US;
    return idle < most ? idle : most;
}

/* New reference. */
static json_t *session_row(const struct app *app, const struct store_session *session)
{
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s}", "id", session->id, "user", session->person, "by",
                  session->token ? "token" : "password", "address", session->address);
    json_object_set_new(row, "token",
                        session->token ? json_integer((json_int_t)session->token) : json_null());
    json_object_set_new(row, "begun_at", query_instant(session->begun_at));
    json_object_set_new(row, "seen_at", query_instant(session->seen_at));
    json_object_set_new(row, "ends_at", query_instant(end_of(app, session)));
    return row;
}

static void add(const struct query_call *call, const struct store_session *sessions, size_t count,
                json_t *rows)
{
    for (size_t i = 0; i < count; i++) {
        if (end_of(call->app, &sessions[i]) > clock_real(&call->app->clock))
            json_array_append_new(rows, session_row(call->app, &sessions[i]));
    }
}

static int list_person(struct query_call *call, const char *user, json_t *rows)
{
    struct store_session *sessions;
    size_t count;
    int result = store_session_list_person(call->app->store, user, call->arena, &sessions, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "sessions");
    add(call, sessions, count, rows);
    return 0;
}

static int list_all(struct query_call *call, json_t *rows)
{
    struct store_session *page;
    size_t count;
    const char *after = "";
    do {
        int result =
            store_session_list(call->app->store, after, STORE_PAGE_MAX, call->arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "sessions");
        add(call, page, count, rows);
        after = count ? page[count - 1].id : after;
    } while (count == STORE_PAGE_MAX);
    return 0;
}

int query_user_sessions(struct query_call *call)
{
    const char *user = json_text(call->arguments, "id");
    json_t *rows = json_array();
    json_object_set_new(call->result, "sessions", rows);
    return user ? list_person(call, user, rows) : list_all(call, rows);
}

int query_desk_sessions(struct query_call *call)
{
    const char *user, *own = json_text(call->arguments, "session");
    json_t *rows = json_array(), *row;
    size_t index;
    json_object_set_new(call->result, "sessions", rows);
    int result = query_need_text(call, "user", &user);
    if (result >= 0)
        result = list_person(call, user, rows);
    json_array_foreach(rows, index, row)
    {
        bool here = own && strcmp(json_text(row, "id"), own) == 0;
        json_object_set_new(row, "here", json_boolean(here));
    }
    return result;
}
