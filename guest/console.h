/* What the agent says to a person: single lines on the VM's console. */
#ifndef CONSOLE_H
#define CONSOLE_H

/* Makes sure that descriptors 0 to 2 are open, on the console where there is one. Needs /dev. */
void console_open(void);

/* Prints "golem-agent: " and the message as one line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "golem-agent: fatal: " and the message, then ends PID 1, which panics the kernel. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
