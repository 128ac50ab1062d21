#include "look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"

/* The most that one answer holds behind its first line. */
enum { MAX_CONTENT = 1024 * 1024, MAX_FIRST_LINE = 128 };

struct content {
    size_t length, size;
    uint8_t *data;
};

/* Names, each with a NUL behind it; as many as there is room for. */
static int read_names(int fd, struct content *content) {
    DIR *directory = fdopendir(fd);
    if (!directory)
        return errno;
    for (struct dirent *entry; (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name) + 1;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (content->length + length > content->size)
            break;
        memcpy(content->data + content->length, entry->d_name, length);
        content->length += length;
    }
    closedir(directory);
    return 0;
}

static int read_content(const char *path, const struct stat *file, uint64_t offset, struct content *content) {
    ssize_t got = 0;
    if (S_ISLNK(file->st_mode)) {
        got = readlink(path, (char *)content->data, content->size);
    } else if (S_ISREG(file->st_mode) || S_ISDIR(file->st_mode)) {
        /* Something else may be there by now; opening that must not wait. */
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            return errno;
        if (S_ISDIR(file->st_mode))
            return read_names(fd, content);
        got = pread(fd, content->data, content->size, (off_t)offset);
        /* Files of /proc may have no offsets. */
        if (got < 0 && errno == ESPIPE && offset == 0)
            got = read(fd, content->data, content->size);
        close(fd);
    }
    content->length = got > 0 ? (size_t)got : 0;
    return got < 0 ? errno : 0;
}

void look_answer(const struct request *request) {
    static uint8_t answer[MAX_FIRST_LINE + MAX_CONTENT];
    char *path = bytes_to_string(request->path);
    struct stat file;
    int flags = request->follow ? 0 : AT_SYMLINK_NOFOLLOW;
    int reason = path && path[0] == '/' ? 0 : EINVAL;
    if (reason == 0 && fstatat(AT_FDCWD, path, &file, flags) < 0)
        reason = errno;
    size_t start = 0;
    if (reason == 0)
        start = (size_t)snprintf((char *)answer, MAX_FIRST_LINE, "%o %u %u %lld\n", file.st_mode, file.st_uid,
                                 file.st_gid, (long long)file.st_size);
    size_t wanted = request->length < MAX_CONTENT ? request->length : MAX_CONTENT;
    struct content content = {0, wanted, answer + start};
    if (reason == 0 && wanted > 0)
        reason = read_content(path, &file, request->offset, &content);
    free(path);
    if (reason == 0)
        answer_bytes(request->id, answer, start + content.length);
    else
        answer_error(request->id, reason);
}
