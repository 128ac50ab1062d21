#include "console.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_LINE = 1024 };

void console_open(void) {
    /* The kernel opened the console for us if its initramfs had a node for it. */
    if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
        return;
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);
    if (fd < 0)
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < STDERR_FILENO)
        fd = dup(fd);
}

static void print_line(const char *prefix, const char *format, va_list arguments) {
    char line[MAX_LINE];
    size_t length = (size_t)snprintf(line, sizeof line, "golem-agent: %s", prefix);
    vsnprintf(line + length, sizeof line - length - 1, format, arguments);
    strcat(line, "\n");
    /* In one write, so that messages of the kernel do not get between its parts. */
    ssize_t written = write(STDERR_FILENO, line, strlen(line));
    (void)written;
}

void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line("", format, arguments);
    va_end(arguments);
}

void fatal(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line("fatal: ", format, arguments);
    va_end(arguments);
    /* A panic does not wait for the serial port. */
    tcdrain(STDERR_FILENO);
    _exit(1);
}
