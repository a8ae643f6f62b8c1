#include "cases/error_rate.h"

#include <math.h>

bool error_rate_of(int64_t wrong, int64_t of, struct error_rate *ret_rate)
{
    const double z = 1.959964; /* of 95 % */
    if (of <= 0)
        return false;
    double n = (double)of, p = (double)wrong / n, over = 1 + z * z / n;
    double middle = (p + z * z / (2 * n)) / over;
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / over;
    *ret_rate = (struct error_rate){.low = (int)lround(1000 * (middle - half)),
                                    .is = (int)lround(1000 * p),
                                    .high = (int)lround(1000 * (middle + half))};
    return true;
}
