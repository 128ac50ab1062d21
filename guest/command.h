#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

#include "request.h"

/*
 * Starts the command of a RUN_PROCESS request with `streams` as its standard streams, in a session of its own.
 * Returns 0 once it runs, or the errno of what prevented it.
 */
int command_start(const struct request *request, const int streams[STANDARD_STREAMS], pid_t *pid);

#endif
