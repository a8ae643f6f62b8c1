#include "net/smtp.h"

#include "base/error.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct content {
    const uint8_t *at;
    size_t left;
};

static size_t give_content(char *into, size_t size, size_t count, void *user)
{
    struct content *content = user;
    size_t room = size * count, take = content->left < room ? content->left : room;
    memcpy(into, content->at, take);
    content->at += take;
    content->left -= take;
    return take;
}

static enum smtp_outcome judge_reply(CURLcode result, long code, const struct content *content,
                                     size_t size)
{
    if (result == CURLE_OK)
        return SMTP_ACCEPTED;
    if (code >= 500 && code < 600)
        return SMTP_REFUSED;
    if (code >= 400 && code < 500)
        return SMTP_DEFERRED;
    /* Nothing of the content left us: the server cannot have taken it. */
    return content->left == size ? SMTP_DEFERRED : SMTP_IN_DOUBT;
}

static void set_options(CURL *curl, const struct smtp_request *request, const char *url,
                        struct curl_slist *recipients, struct content *content)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, request->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_content);
    curl_easy_setopt(curl, CURLOPT_READDATA, content);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    /* Opportunistic: mail servers rarely hold certificates for the name we use (RFC 7435). */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
}

int smtp_prepare(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : ERR_INTERNAL;
}

void smtp_send(const struct smtp_request *request, struct smtp_reply *ret_reply)
{
    struct content content = {request->message, request->size};
    char url[300], words[CURL_ERROR_SIZE] = "";
    struct smtp_reply reply = {.outcome = SMTP_DEFERRED};
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, request->to);
    bool v6 = strchr(request->host, ':') != NULL;
    snprintf(url, sizeof url, "smtp://%s%s%s:%u", v6 ? "[" : "", request->host, v6 ? "]" : "",
             request->port);
    if (!curl || !recipients) {
        snprintf(reply.text, sizeof reply.text, "out of memory");
    } else {
        set_options(curl, request, url, recipients, &content);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
        CURLcode result = curl_easy_perform(curl);
        long code = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        reply.outcome = judge_reply(result, code, &content, request->size);
        reply.code = (int)code;
        if (result != CURLE_OK)
            snprintf(reply.text, sizeof reply.text, "%s",
                     words[0] ? words : curl_easy_strerror(result));
    }
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    *ret_reply = reply;
}
