/* Any bytes as a time zone file, asked about some instants. */
#include "base/civil.h"
#include "base/zone.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zone *zone;
    if (zone_parse("Test/Zone", data, size, &zone, /* detail= */ NULL) < 0)
        return 0;
    for (int year = 1902; year < 2200; year += 13) {
        int64_t noon = ((int64_t)civil_days(year, 7, 1) * 86400 + 43200) * 1000000;
        struct civil civil = zone_civil(zone, noon);
        (void)zone_instant(zone, &civil);
        (void)zone_day_start(zone, zone_day_of(zone, noon));
    }
    zone_free(zone);
    return 0;
}
