#include "leave.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "console.h"

/* More mounts than this text has room for are not undone. */
enum { MAX_MOUNTS_TEXT = 256 * 1024, MAX_MOUNTS = 1024 };

static int initramfs = -1;

void open_initramfs(void) {
    initramfs = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (initramfs < 0)
        fatal("cannot open the initramfs: %s", strerror(errno));
}

/* What is mounted below "/", by the initramfs's own /proc: commands may have covered theirs. */
static int read_mounts(char *text, size_t size) {
    int fd = openat(initramfs, "proc/self/mounts", O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && length < size - 1) {
        got = read(fd, text + length, size - 1 - length);
        if (got > 0)
            length += (size_t)got;
    }
    int reason = got < 0 ? errno : length == size - 1 ? EOVERFLOW : 0;
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    return reason;
}

/* Undoes the octal escapes of proc(5), such as "\\040" for a space, in place. */
static void decode(char *path) {
    char *to = path;
    for (const char *from = path; *from; to++) {
        bool escaped = from[0] == '\\' && from[1] && from[2] && from[3];
        *to = escaped ? (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0')) : *from;
        from += escaped ? 4 : 1;
    }
    *to = '\0';
}

/* Splits the lines "device path type ...". Returns how many paths there are, or -1 for too many. */
static int paths_of(char *text, char *paths[MAX_MOUNTS]) {
    int count = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        strsep(&line, " ");
        char *path = strsep(&line, " ");
        if (!path || count == MAX_MOUNTS)
            return -1;
        decode(path);
        paths[count++] = path;
    }
    return count;
}

/* Unmounts all but "/", the last mounted first. */
static int unmount_below_root(void) {
    static char text[MAX_MOUNTS_TEXT];
    static char *paths[MAX_MOUNTS];
    int reason = read_mounts(text, sizeof text);
    if (reason != 0)
        return reason;
    int count = paths_of(text, paths);
    /* A second "/" would hide the first one. */
    if (count < 1 || strcmp(paths[0], "/") != 0)
        return EBUSY;
    for (int i = count - 1; i > 0; i--) {
        if (strcmp(paths[i], "/") == 0)
            return EBUSY;
        if (umount2(paths[i], UMOUNT_NOFOLLOW) < 0)
            return errno;
    }
    return 0;
}

int leave_image(void) {
    int reason = unmount_below_root();
    if (reason != 0)
        return reason;
    /* The overlay lies on the initramfs's root, where only ".." finds it. */
    if (fchdir(initramfs) < 0 || chroot(".") < 0 || umount2("/..", 0) < 0 || umount2(WRITABLE, 0) < 0)
        return errno;
    return 0;
}
