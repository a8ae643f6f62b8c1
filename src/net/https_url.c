/* Host and port of an https URL. */
#include "base/error.h"
#include "base/text.h"
#include "net/https.h"

#include <curl/curl.h>
#include <string.h>

static int take_part(CURLU *url, CURLUPart part, unsigned flags, char **ret_text)
{
    return curl_url_get(url, part, ret_text, flags) == CURLUE_OK ? 0 : ERR_SYNTAX;
}

/* Copies without brackets and final dot. */
static int copy_host(const char *host, char to[HTTPS_HOST_MAX])
{
    size_t size = strlen(host);
    if (host[0] == '[') {
        host++;
        size -= 2;
    }
    if (size && host[size - 1] == '.')
        size--;
    if (size == 0 || size >= HTTPS_HOST_MAX)
        return ERR_SYNTAX;
    memcpy(to, host, size);
    to[size] = '\0';
    text_lower(to);
    return 0;
}

static int parse_parts(CURLU *url, struct https_target *ret_target)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    struct https_target target = {.host = ""};
    int64_t number = 0;
    int result = take_part(url, CURLUPART_SCHEME, 0, &scheme);
    if (result >= 0)
        result = take_part(url, CURLUPART_HOST, 0, &host);
    if (result >= 0)
        result = take_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port);
    if (result >= 0 &&
        (strcmp(scheme, "https") != 0 || take_part(url, CURLUPART_USER, 0, &user) >= 0))
        result = ERR_SYNTAX;
    if (result >= 0)
        result = text_parse_int(port, 1, UINT16_MAX, &number) < 0 ? ERR_SYNTAX : 0;
    if (result >= 0)
        result = copy_host(host, target.host);
    target.port = (uint16_t)number;
    if (result >= 0)
        *ret_target = target;
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    return result;
}

int https_parse_url(const char *text, struct https_target *ret_target)
{
    if (strlen(text) > HTTPS_URL_MAX)
        return ERR_SYNTAX;
    CURLU *url = curl_url();
    if (!url)
        return ERR_NO_MEMORY;
    int result = ERR_SYNTAX;
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        result = parse_parts(url, ret_target);
    curl_url_cleanup(url);
    return result;
}
