#include "modules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "console.h"

static int is_module(const struct dirent *entry) {
    const char *suffix = strrchr(entry->d_name, '.');
    return suffix && strcmp(suffix, ".ko") == 0;
}

static void load_module(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* EEXIST: it is loaded, or built into this kernel. */
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
        say("cannot load %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

void load_modules(void) {
    struct dirent **entries;
    int count = scandir("/modules", &entries, is_module, alphasort);
    for (int i = 0; i < count; i++) {
        char path[300];
        snprintf(path, sizeof path, "/modules/%s", entries[i]->d_name);
        load_module(path);
        unlink(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}
