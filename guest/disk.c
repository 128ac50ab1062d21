#include "disk.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "files.h"

#define SERIAL "rootfs-0"

enum { WAIT_STEP_MS = 5, MAX_WAIT_MS = 5000 };

static bool find_by_serial(char *path, size_t size) {
    DIR *disks = opendir("/sys/block");
    if (!disks)
        return false;
    bool found = false;
    for (struct dirent *disk; !found && (disk = readdir(disks));) {
        char file[300], serial[64];
        snprintf(file, sizeof file, "/sys/block/%s/serial", disk->d_name);
        read_text_file(file, serial, sizeof serial);
        serial[strcspn(serial, "\n")] = '\0';
        found = strcmp(serial, SERIAL) == 0;
        if (found)
            snprintf(path, size, "/dev/%.*s", (int)size - 6, disk->d_name);
    }
    closedir(disks);
    return found;
}

void find_image_disk(char *path, size_t size) {
    for (int waited = 0; waited < MAX_WAIT_MS; waited += WAIT_STEP_MS) {
        if (find_by_serial(path, size))
            return;
        sleep_milliseconds(WAIT_STEP_MS);
    }
    snprintf(path, size, "/dev/vda");
    if (access(path, F_OK) < 0)
        fatal("there is no block device with the image (serial " SERIAL ", or /dev/vda)");
}
