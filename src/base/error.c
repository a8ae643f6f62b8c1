#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *error_text(int code)
{
    switch (code) {
#define E(name, value, text)                                                                       \
    case value:                                                                                    \
        return text;
        ERROR_LIST(E)
#undef E
    default:
        break;
    }
    if (code >= 0)
        return "success";
    /* strerror() is not thread safe by the letter; glibc's strerrordesc_np() is. */
    const char *text = strerrordesc_np(-code);
    return text ? text : "unknown error";
}

const char *error_name(int code)
{
    switch (code) {
#define E(name, value, text)                                                                       \
    case value:                                                                                    \
        return #name;
        ERROR_LIST(E)
#undef E
    default:
        return code >= 0 ? "OK" : "ERRNO";
    }
}

#undef error_set
#undef error_context

int error_set(struct error_detail *detail, int code, const char *format, ...)
{
    if (!detail || detail->text[0])
        return code;
    va_list args;
    va_start(args, format);
    vsnprintf(detail->text, sizeof detail->text, format, args);
    va_end(args);
    return code;
}

int error_pass(struct error_detail *detail, int code, const struct error_detail *from)
{
    return error_set(detail, code, "%s", error_words(from, code));
}

int error_context(struct error_detail *detail, int code, const char *format, ...)
{
    if (!detail)
        return code;
    char inner[ERROR_DETAIL_MAX];
    snprintf(inner, sizeof inner, "%s", error_words(detail, code));
    va_list args;
    va_start(args, format);
    int used = vsnprintf(detail->text, sizeof detail->text, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof detail->text)
        snprintf(detail->text + used, sizeof detail->text - (size_t)used, ": %.*s",
                 (int)(sizeof detail->text - (size_t)used), inner);
    return code;
}

const char *error_words(const struct error_detail *detail, int code)
{
    return detail && detail->text[0] ? detail->text : error_text(code);
}
