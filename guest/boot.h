/* From the initramfs to the file system that commands see. */
#ifndef BOOT_H
#define BOOT_H

/* Mounts /proc, /sys and /dev in the initramfs, which the agent itself needs. */
void mount_kernel_file_systems(void);

/* Mounts the image in the initramfs, once. */
void open_image(void);

/* Lays an empty writable overlay on the image, sets it up as the profile says, and makes it "/". */
void enter_image(void);

/* Host name, loopback interface, limits: what is not a file system. */
void set_up_system(void);

#endif
