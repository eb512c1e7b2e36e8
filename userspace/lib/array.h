/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIB_ARRAY_H
#define LIB_ARRAY_H

/* Elements of an array, never of a pointer. */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#endif /* LIB_ARRAY_H */
