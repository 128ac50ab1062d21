#include "statistics.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>

#include "answer.h"
#include "files.h"

enum { KERNEL_THREADS_PARENT = 2 };

/* A line "Key:   123 kB" of /proc/meminfo, in bytes; 0 when there is none. */
static unsigned long long memory_bytes(const char *text, const char *key) {
    const char *line = strstr(text, key);
    return line ? strtoull(line + strlen(key), NULL, 10) * 1024 : 0;
}

static int print_space(char *text, size_t size, const char *name, const char *path) {
    struct statfs space = {0};
    statfs(path, &space);
    unsigned long long block = (unsigned long long)space.f_bsize;
    return snprintf(text, size, "%s_size %llu\n%s_used %llu\n", name, space.f_blocks * block, name,
                    (space.f_blocks - space.f_bfree) * block);
}

static int is_command(const char *pid) {
    char path[300], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    read_text_file(path, text, sizeof text);
    /* "pid (name) state parent ...": the name may hold anything. */
    const char *after_name = strrchr(text, ')');
    char state;
    int parent;
    if (!after_name || sscanf(after_name, ") %c %d", &state, &parent) != 2)
        return 0;
    return atoi(pid) > KERNEL_THREADS_PARENT && parent != KERNEL_THREADS_PARENT && state != 'Z';
}

/* Living processes in the guest apart from the agent and the kernel's threads. */
static int count_processes(void) {
    DIR *directory = opendir("/proc");
    int count = 0;
    if (!directory)
        return 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (isdigit((unsigned char)entry->d_name[0]))
            count += is_command(entry->d_name);
    }
    closedir(directory);
    return count;
}

void statistics_answer(const struct request *request) {
    char memory[4096], text[1024];
    read_text_file("/proc/meminfo", memory, sizeof memory);
    int length = snprintf(text, sizeof text, "memory_total %llu\nmemory_available %llu\n",
                          memory_bytes(memory, "MemTotal:"), memory_bytes(memory, "MemAvailable:"));
    length += print_space(text + length, sizeof text - (size_t)length, "overlay", "/");
    length += print_space(text + length, sizeof text - (size_t)length, "tmp", "/tmp");
    length += snprintf(text + length, sizeof text - (size_t)length, "processes %d\n", count_processes());
    answer_bytes(request->id, text, (size_t)length);
}
