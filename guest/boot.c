#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "disk.h"
#include "files.h"
#include "leave.h"
#include "network.h"
#include "options.h"

/* Where things are in the initramfs before the root is switched. */
#define IMAGE "/image"
#define ROOT "/root-of-commands"

#define PRIVATE_DIRECTORY "/var/tmp/guest_agent_private"
#define SOCKET_BUFFER_LIMIT "2097152"

void mount_kernel_file_systems(void) {
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mkdir("/dev", 0755);
    if (mount("proc", "/proc", "proc", 0, NULL) < 0 && errno != EBUSY)
        fatal("cannot mount /proc in the initramfs: %s", strerror(errno));
    if (mount("sysfs", "/sys", "sysfs", 0, NULL) < 0 && errno != EBUSY)
        fatal("cannot mount /sys in the initramfs: %s", strerror(errno));
    if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) < 0 && errno != EBUSY)
        fatal("cannot mount /dev in the initramfs: %s", strerror(errno));
}

static void mount_image(void) {
    char disk[64];
    find_image_disk(disk, sizeof disk);
    mkdir(IMAGE, 0755);
    if (mount(disk, IMAGE, "squashfs", MS_RDONLY, NULL) == 0)
        return;
    int reason = errno;
    fatal("cannot mount the image (squashfs on %s): %s%s", disk, strerror(reason),
          reason == EINVAL ? " (not a squashfs, or compressed in a way this kernel cannot read)" : "");
}

static void mount_overlay(void) {
    mkdir(WRITABLE, 0755);
    if (mount("tmpfs", WRITABLE, "tmpfs", MS_NODEV, options.profile->overlay_options) < 0)
        fatal("cannot mount the tmpfs of the overlay: %s", strerror(errno));
    mkdir(WRITABLE "/upper", 0700);
    mkdir(WRITABLE "/work", 0700);
    struct stat own;
    if (!options.profile->private_root && stat(IMAGE, &own) == 0) {
        if (chown(WRITABLE "/upper", own.st_uid, own.st_gid) < 0 ||
            chmod(WRITABLE "/upper", own.st_mode & 07777) < 0)
            fatal("cannot give / the image's owner and mode: %s", strerror(errno));
    }
    mkdir(ROOT, 0755);
    const char *layers = "lowerdir=" IMAGE ",upperdir=" WRITABLE "/upper,workdir=" WRITABLE "/work";
    if (mount("overlay", ROOT, "overlay", MS_NODEV, layers) < 0)
        fatal("cannot mount the overlay on /: %s", strerror(errno));
}

static void mount_in_root(const char *type, const char *path, unsigned long flags, const char *data) {
    char target[PATH_MAX];
    snprintf(target, sizeof target, ROOT "%s", path);
    if (mount(type, target, type, flags, data) == 0)
        return;
    int reason = errno;
    fatal("cannot mount %s on %s: %s%s", type, path, strerror(reason),
          reason == ENOENT ? " (the image has no such directory)" : "");
}

static void make_in_root(const char *path, mode_t mode) {
    char target[PATH_MAX];
    snprintf(target, sizeof target, ROOT "%s", path);
    if (mkdir(target, mode) < 0 && errno != EEXIST)
        fatal("cannot make the directory %s: %s", path, strerror(errno));
}

static void link_in_dev(const char *name, const char *target) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, ROOT "/dev/%s", name);
    if (symlink(target, path) < 0 && errno != EEXIST)
        fatal("cannot make /dev/%s: %s", name, strerror(errno));
}

static void mount_special_file_systems(void) {
    unsigned long no_programs = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    make_in_root("/dev", 0755);
    make_in_root("/tmp", 0755);
    mount_in_root("proc", "/proc", no_programs, NULL);
    mount_in_root("sysfs", "/sys", no_programs, NULL);
    mount_in_root("devtmpfs", "/dev", MS_NOSUID, "mode=0755,size=2M");
    mount_in_root("tmpfs", "/tmp", MS_NOSUID, "mode=0777");
    make_in_root("/dev/pts", 0755);
    make_in_root("/dev/shm", 0755);
    mount_in_root("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
    mount_in_root("tmpfs", "/dev/shm", no_programs, NULL);
    link_in_dev("fd", "/proc/self/fd");
    link_in_dev("stdin", "/proc/self/fd/0");
    link_in_dev("stdout", "/proc/self/fd/1");
    link_in_dev("stderr", "/proc/self/fd/2");
    link_in_dev("ptmx", "pts/ptmx");
}

/* Why a file in the image's /etc could not be written. */
static _Noreturn void refuse_etc(const char *path, int reason) {
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    const char *name = path + strlen(ROOT);
    if (length >= 0) {
        target[length] = '\0';
        fatal("cannot write %s: %s (the image has a symbolic link to %s there, "
              "which is followed before the image is the root directory)",
              name, strerror(reason), target);
    }
    fatal("cannot write %s: %s%s", name, strerror(reason),
          access(ROOT "/etc", F_OK) < 0 ? " (the image has no directory /etc)" : "");
}

/* Runs while "/" is still the initramfs, as in the official runtimes: a symbolic link leads there. */
static void write_etc(void) {
    const char *resolver = ROOT "/etc/resolv.conf";
    int fd = open(resolver, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const char *servers = "nameserver 1.1.1.1\nnameserver 8.8.8.8\n";
    if (fd < 0 || write_all(fd, servers, strlen(servers)) < 0)
        refuse_etc(resolver, errno);
    close(fd);
    const char *hosts = ROOT "/etc/hosts";
    if (append_lines(hosts, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n") < 0)
        refuse_etc(hosts, errno);
}

static void switch_root(void) {
    /* pivot_root(2) refuses the initramfs, hence the move. */
    if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
        chdir("/") < 0)
        fatal("cannot switch to the image's root: %s", strerror(errno));
    if (make_directories(PRIVATE_DIRECTORY, 0755, options.profile->follows_links) < 0 ||
        chmod(PRIVATE_DIRECTORY, 0700) < 0)
        fatal("cannot make " PRIVATE_DIRECTORY ": %s%s", strerror(errno),
              errno == ENOTDIR ? " (/var or /var/tmp of the image is a symbolic link, or no directory)" : "");
}

void open_image(void) {
    open_initramfs();
    mount_image();
}

void enter_image(void) {
    mount_overlay();
    mount_special_file_systems();
    write_etc();
    switch_root();
}

void set_up_system(void) {
    sethostname(options.host_name, strlen(options.host_name));
    bring_up_loopback();
    if (write_text_file("/proc/sys/net/core/rmem_max", SOCKET_BUFFER_LIMIT) < 0 ||
        write_text_file("/proc/sys/net/core/wmem_max", SOCKET_BUFFER_LIMIT) < 0)
        say("cannot set the limit of socket buffers: %s", strerror(errno));
    if (write_text_file("/proc/self/oom_score_adj", "-1000") < 0)
        say("cannot protect the agent from the out-of-memory killer: %s", strerror(errno));
}
