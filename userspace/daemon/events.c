// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <time.h>

#include "events.h"

static double events_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)(ts.tv_nsec / 1000000) / 1000.0;
}

void events_tell(const struct events *events, const char *name, const char *fmt, ...)
{
	json_t *event;
	va_list ap;

	if (!events->watched)
		return;
	va_start(ap, fmt);
	event = json_vpack_ex(NULL, 0, fmt, ap);
	va_end(ap);
	if (!event)
		return;
	json_object_set_new(event, "event", json_string(name));
	json_object_set_new(event, "time", json_real(events_time()));
	events->fn(events->arg, event);
	json_decref(event);
}

void events_text(char *text)
{
	json_t *string = json_string(text);

	if (string) {
		json_decref(string);
		return;
	}
	for (; *text; text++) {
		if ((unsigned char)*text >= 0x80)
			*text = '?';
	}
}
