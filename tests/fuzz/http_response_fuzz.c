/* Any bytes as a recorded HTTP response. */
#include "fuzz.h"
#include "proto/http/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response response;
    struct bytes value;
    char type[HTTP_MEDIA_TYPE_TEXT];
    int64_t date;
    if (http_response_parse(data, size, &response) < 0)
        return 0;
    (void)http_field_find(&response, "Content-Type", &value);
    (void)http_media_type(&response, type);
    (void)http_date(&response, &date);
    return 0;
}
