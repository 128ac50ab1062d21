#ifndef STATISTICS_H
#define STATISTICS_H

#include "request.h"

/* Answers GUEST_STATISTICS: lines "key value" about memory, disk space and processes. */
void statistics_answer(const struct request *request);

#endif
