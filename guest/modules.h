#ifndef MODULES_H
#define MODULES_H

/* Loads /modules/NNN-name.ko in the order of their names, then removes them to give their memory back. */
void load_modules(void);

#endif
