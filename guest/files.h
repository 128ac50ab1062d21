/* Small helpers for files and directories. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads at most `size` - 1 bytes of a file as a string; an unreadable file is an empty string. */
void read_text_file(const char *path, char *text, size_t size);

/* Writes `text` to an existing file, as under /proc. Returns 0 or -1 with errno. */
int write_text_file(const char *path, const char *text);

/* Appends `text` to a file, on a line of its own; makes the file when missing. Returns 0 or -1 with errno. */
int append_lines(const char *path, const char *text);

/*
 * mkdir -p: what exists already is left as it is. With `follow` unset, symbolic links on the way are refused (ENOTDIR).
 * Returns 0 or -1 with errno.
 */
int make_directories(const char *path, mode_t mode, bool follow);

/* write(2) until everything is written. Returns 0 or -1 with errno. */
int write_all(int fd, const void *data, size_t length);

/* Sleeps; signals do not matter as the agent takes them by signalfd. */
void sleep_milliseconds(long milliseconds);

#endif
