#include "volumes.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "answer.h"
#include "files.h"
#include "options.h"

/* The kernel takes less than the asked msize (512000 bytes) and says so on the console. */
#define MOUNT_OPTIONS "trans=virtio,version=9p2000.L,msize=104857600,access=client"

static int mount_volume(const char *tag, const char *path) {
    if (!tag || !path || path[0] != '/')
        return EINVAL;
    if (make_directories(path, 0755, options.profile->follows_links) < 0 ||
        mount(tag, path, "9p", MS_SYNCHRONOUS, MOUNT_OPTIONS) < 0)
        return errno;
    return 0;
}

void volume_mount(const struct request *request) {
    char *tag = bytes_to_string(request->tag);
    char *path = bytes_to_string(request->path);
    int reason = mount_volume(tag, path);
    if (reason == 0)
        answer_ok(request->id);
    else
        answer_error(request->id, reason);
    free(tag);
    free(path);
}
