#ifndef VOLUMES_H
#define VOLUMES_H

#include "request.h"

/* Answers MOUNT_VOLUME: mounts a directory of the host, by 9p over virtio. */
void volume_mount(const struct request *request);

#endif
