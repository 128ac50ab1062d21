#include "statistics.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "files.h"
#include "peaks.h"

enum { KERNEL_THREADS_PARENT = 2 };

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
    const struct usage *usage = peaks_look();
    const struct {
        const char *key;
        unsigned long long value;
    } lines[] = {
        {"memory_total", usage->memory_total},
        {"memory_available", usage->memory_available},
        {"memory_peak", usage->memory_peak},
        {"overlay_size", usage->overlay.size},
        {"overlay_used", usage->overlay.used},
        {"overlay_peak", usage->overlay_peak},
        {"tmp_size", usage->tmp.size},
        {"tmp_used", usage->tmp.used},
        {"tmp_peak", usage->tmp_peak},
        {"processes", (unsigned long long)count_processes()},
    };
    char text[1024];
    size_t length = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s %llu\n", lines[i].key, lines[i].value);
    answer_bytes(request->id, text, length);
}
