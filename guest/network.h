#ifndef NETWORK_H
#define NETWORK_H

#include "request.h"

void bring_up_loopback(void);

/* Answers NET_CTL: address, mask and route of eth0 (VPN) or eth1 (internet). */
void network_configure(const struct request *request);

/* Answers NET_HOST: lines for /etc/hosts. */
void network_add_hosts(const struct request *request);

#endif
