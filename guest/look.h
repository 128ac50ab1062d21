#ifndef LOOK_H
#define LOOK_H

#include "request.h"

/* Answers LOOK: what there is at a path, and what it contains. */
void look_answer(const struct request *request);

#endif
