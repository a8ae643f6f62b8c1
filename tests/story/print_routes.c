/* Prints the patterns of the public door's route table, one a line, for tests/story/leak.py. */
#include "web/public.h"

#include <stdio.h>

int main(void)
{
    size_t count;
    const struct web_route *routes = public_routes(&count);
    for (size_t i = 0; i < count; i++)
        printf("%s %s\n", routes[i].method, routes[i].pattern);
    return 0;
}
