#include "state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

enum { CLOCK_TOLERANCE_SECONDS = 2 };

/* FNV-1a, of 64 bits. */
static const uint64_t START = 0xcbf29ce484222325, PRIME = 0x100000001b3;

struct state {
    uint64_t hash;
    /* What the clock says beyond the time since the boot. */
    int64_t clock_offset;
};

static struct state remembered;
static bool is_remembered;

static void add(uint64_t *hash, const void *data, size_t length) {
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i++)
        *hash = (*hash ^ bytes[i]) * PRIME;
}

static void add_text(uint64_t *hash, const char *text) {
    add(hash, text, strlen(text) + 1);
}

static void add_file(uint64_t *hash, const char *path) {
    static char text[64 * 1024];
    read_text_file(path, text, sizeof text);
    add_text(hash, text);
}

/* The first `width` bytes of each line, or its first word when 0: what follows counts uses. */
static void add_line_starts(uint64_t *hash, const char *path, size_t width) {
    static char text[64 * 1024];
    read_text_file(path, text, sizeof text);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        size_t length = strlen(line);
        size_t wanted = width > 0 ? width : strcspn(line, " ");
        add(hash, line, wanted < length ? wanted : length);
    }
}

/* File systems of their own. */
static const char *const other_devices[] = {".", "..", "pts", "shm", NULL};

/* Those of each network interface are many, and the others change by themselves. */
static const char *const other_settings[] = {".",       "..",          "conf",     "neigh",   "random",
                                             "ns_last_pid", "dentry-state", "inode-nr", "inode-state", "file-nr",
                                             "aio-nr",  "nr",          NULL};

static bool is_among(const char *name, const char *const names[]) {
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

typedef void add_entry(uint64_t *hash, int directory, const struct dirent *entry);

/* Every entry of a directory but the skipped ones. They come in any order, so their sum is taken. */
static void add_directory(uint64_t *hash, int parent, const char *name, const char *const skipped[], add_entry *add_one) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    uint64_t sum = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        uint64_t own = START;
        if (is_among(entry->d_name, skipped))
            continue;
        add_text(&own, entry->d_name);
        add_one(&own, fd, entry);
        sum += own;
    }
    add(hash, &sum, sizeof sum);
    if (directory)
        closedir(directory);
    else if (fd >= 0)
        close(fd);
}

/* A device: its owner, mode and number. */
static void add_device(uint64_t *hash, int directory, const struct dirent *entry) {
    struct stat file;
    if (fstatat(directory, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    uint64_t facts[] = {file.st_mode, file.st_uid, file.st_gid, file.st_rdev};
    add(hash, facts, sizeof facts);
    if (entry->d_type == DT_DIR)
        add_directory(hash, directory, entry->d_name, other_devices, add_device);
}

/* A setting of the kernel: its value. */
static void add_setting(uint64_t *hash, int directory, const struct dirent *entry) {
    if (entry->d_type == DT_DIR) {
        add_directory(hash, directory, entry->d_name, other_settings, add_setting);
        return;
    }
    char value[512];
    int fd = openat(directory, entry->d_name, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, value, sizeof value);
    add(hash, value, got > 0 ? (size_t)got : 0);
    if (fd >= 0)
        close(fd);
}

static int64_t clock_offset(void) {
    struct timespec real, boot;
    clock_gettime(CLOCK_REALTIME, &real);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return (int64_t)real.tv_sec - boot.tv_sec;
}

static struct state look(void) {
    static const char *const files[] = {"/proc/swaps",       "/proc/cgroups",     "/proc/net/route",
                                        "/proc/net/fib_trie", "/proc/sysvipc/msg", "/proc/sysvipc/sem",
                                        "/proc/sysvipc/shm"};
    static const char *const settings[] = {"/proc/sys/kernel", "/proc/sys/vm", "/proc/sys/fs",
                                           "/proc/sys/net/core", "/proc/sys/net/ipv4"};
    struct state state = {.hash = START, .clock_offset = clock_offset()};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        add_file(&state.hash, files[i]);
    add_line_starts(&state.hash, "/proc/modules", 0);
    /* The addresses; the flags that follow change while the kernel looks for duplicates. */
    add_line_starts(&state.hash, "/proc/net/if_inet6", 32);
    add_directory(&state.hash, AT_FDCWD, "/dev", other_devices, add_device);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        add_directory(&state.hash, AT_FDCWD, settings[i], other_settings, add_setting);
    return state;
}

void state_remember(void) {
    if (!is_remembered)
        remembered = look();
    is_remembered = true;
}

bool state_is_unchanged(void) {
    if (!is_remembered)
        return true;
    struct state now = look();
    int64_t moved = now.clock_offset - remembered.clock_offset;
    return now.hash == remembered.hash && moved <= CLOCK_TOLERANCE_SECONDS &&
           moved >= -CLOCK_TOLERANCE_SECONDS;
}
