#ifndef DISK_H
#define DISK_H

#include <stddef.h>

/* Waits for the block device whose serial is "rootfs-0" (else /dev/vda) and stores its path. */
void find_image_disk(char *path, size_t size);

#endif
