/* What commands can change in the guest beside files, mounts and processes. */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>

/* Remembers the state; only the first call does something. "/" is the image. */
void state_remember(void);

/* Whether the state is the one that was remembered, or none was. */
bool state_is_unchanged(void);

#endif
