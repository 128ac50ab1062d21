/* Commands that the host runs in the guest. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

#include "request.h"

/* Each answers its request. */
void process_run(const struct request *request);
void process_kill(const struct request *request);
void process_query(const struct request *request);

/* Collects children that ended, those of commands too, and tells the host. */
void process_reap(void);

/* Forgets all commands and what they printed. They must have ended. */
void process_forget_all(void);

/* Whether a command has not ended yet. What commands left running does not count. */
bool process_any_runs(void);

#endif
