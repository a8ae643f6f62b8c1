/* Prints the patterns of the staff door's route table, one a line, for tests/test_openapi.py. */
#include "web/staff.h"

#include <stdio.h>

int main(void)
{
    size_t count;
    const struct web_route *routes = staff_routes(&count);
    for (size_t i = 0; i < count; i++)
        printf("%s %s\n", routes[i].method, routes[i].pattern);
    return 0;
}
