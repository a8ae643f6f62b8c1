#include "web/style.h"

#include "base/digest.h"
#include "view/asset.h"

#include <stdio.h>

int style_serve(const struct web_request *request, struct web_response *response)
{
    (void)request;
    const struct asset *asset = asset_find("static/style.css");
    if (!asset)
        return ERR_NOT_FOUND;
    const struct digest digest = digest_of(asset->data, asset->size);
    char text[DIGEST_HEX];
    digest_format(&digest, text);
    snprintf(response->etag, sizeof response->etag, "%.32s", text);
    response->content_type = "text/css; charset=utf-8";
    response->cacheable = true;
    return buffer_append(&response->body, asset->data, asset->size);
}
