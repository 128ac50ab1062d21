/* Back from the file system that commands see to the initramfs. */
#ifndef LEAVE_H
#define LEAVE_H

/* Where the initramfs has the writable half of the overlay. */
#define WRITABLE "/writable"

/* Remembers the initramfs, which is "/" now. */
void open_initramfs(void);

/*
 * Unmounts everything that commands see and makes the initramfs "/" again; no command may run. Nothing is
 * unmounted lazily: EBUSY says that something in the guest still uses what was there. Returns 0 or an errno;
 * after that the guest is of no use any more.
 */
int leave_image(void);

#endif
