#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void read_text_file(const char *path, char *text, size_t size) {
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && length < size - 1) {
        ssize_t got = read(fd, text + length, size - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
}

int write_all(int fd, const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        at += written;
        length -= (size_t)written;
    }
    return 0;
}

static int write_and_close(int fd, const char *text) {
    if (fd < 0)
        return -1;
    int result = write_all(fd, text, strlen(text));
    int reason = errno;
    close(fd);
    errno = reason;
    return result;
}

int write_text_file(const char *path, const char *text) {
    return write_and_close(open(path, O_WRONLY | O_CLOEXEC), text);
}

int append_lines(const char *path, const char *text) {
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    char last = '\n';
    if (fd >= 0 && lseek(fd, -1, SEEK_END) >= 0 && read(fd, &last, 1) == 1 && last != '\n') {
        ssize_t written = write(fd, "\n", 1);
        (void)written;
    }
    return write_and_close(fd, text);
}

/* 0 when the directory is there now; with `follow` unset a symbolic link in its place is ENOTDIR. */
static int make_directory(const char *path, mode_t mode, bool follow) {
    struct stat found;
    if (mkdir(path, mode) < 0 && errno != EEXIST)
        return -1;
    if (follow || lstat(path, &found) < 0 || !S_ISLNK(found.st_mode))
        return 0;
    errno = ENOTDIR;
    return -1;
}

int make_directories(const char *path, mode_t mode, bool follow) {
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (char *at = part + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (make_directory(part, mode, follow) < 0)
            return -1;
        *at = '/';
    }
    return make_directory(part, mode, follow);
}

void sleep_milliseconds(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}
