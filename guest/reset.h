#ifndef RESET_H
#define RESET_H

#include "request.h"

/* Answers RESET: back to the state after the boot, before volumes were mounted. */
void reset_answer(const struct request *request);

#endif
