/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of pptpctl doctor: the rules of nftables, those of iptables-nft with them. */
#ifndef CTL_DOCTOR_FIREWALL_H
#define CTL_DOCTOR_FIREWALL_H

#include "doctor_facts.h"
#include "findings.h"

void doctor_firewall_gre(const struct doctor_facts *facts, struct findings *found);
void doctor_firewall_nat(const struct doctor_facts *facts, struct findings *found);

#endif /* CTL_DOCTOR_FIREWALL_H */
