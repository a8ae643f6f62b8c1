/* The style sheet, compiled in and the same at both doors. */
#ifndef BAILIWICK_WEB_STYLE_H
#define BAILIWICK_WEB_STYLE_H

#include "web/server.h"

web_handler style_serve;

#define STYLE_ROUTE                                                                                \
    {                                                                                              \
        "GET", "/static/style.css", AUDIENCE_PUBLIC, style_serve, "the style sheet", NULL          \
    }

#endif
