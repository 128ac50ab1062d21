#ifndef POWER_H
#define POWER_H

/* Ends the VM at once. */
_Noreturn void power_off(void);

/* Ends every process, writes what is not on the host yet, and ends the VM. */
_Noreturn void shut_down(void);

#endif
