#include "load.h"

#include <stdlib.h>
#include <string.h>

#include "../../daemon/core/basic/stamp.h"
#include "../../daemon/core/rules/terms.h"

static const int64_t away_ns = 5 * STAMP_SECOND;

/* The devices in an order that looks random and in which each comes once: a
 * bijection of the next power of two, walked until it falls among them. */
static uint32_t shuffled(uint32_t index, uint32_t devices)
{
	unsigned bits = 1;
	uint64_t mask;

	while (bits < 32 && (UINT64_C(1) << bits) < devices)
		bits++;
	mask = (UINT64_C(1) << bits) - 1;
	do {
		uint64_t x = index;

		for (int i = 0; i < 3; i++) {
			x = (x * UINT64_C(0x9E3779B1) + 0x7F4A7C15) & mask;
			x ^= x >> ((bits + 1) / 2);
		}
		index = (uint32_t)x;
	} while (index >= devices);
	return index;
}

static struct sample sample_of(uint32_t device, int64_t time_ns, enum signal signal)
{
	struct sample sample = {.time_ns = time_ns, .signal = (uint8_t)signal, .id_size = 17};

	memcpy(sample.id, "sensor-0000000000", 17);
	for (int i = 16; device; i--, device /= 10)
		sample.id[i] = (char)('0' + device % 10);
	sample.code = signal == SIGNAL_EXPELLED ? 401003 : signal == SIGNAL_CLOSED ? 404104 : 0;
	sample.operation = signal == SIGNAL_CONNECTED ? OPERATION_CONNECT : OPERATION_DISCONNECT;
	return sample;
}

bool load_begin(struct load *ret, uint32_t devices, int64_t begin_ns, int64_t every_s)
{
	*ret = (struct load){
		.devices = devices,
		.begin_ns = begin_ns,
		.now_ns = begin_ns,
		.interval_ns = every_s * STAMP_SECOND / devices,
	};
	ret->return_capacity = (size_t)(away_ns / ret->interval_ns) + 2;
	ret->returns = malloc(ret->return_capacity * sizeof *ret->returns);
	return ret->returns;
}

void load_end(struct load *load)
{
	free(load->returns);
}

size_t load_arrivals(struct load *load, struct sample *samples)
{
	size_t count = 0;

	for (; count < CHUNK_EVENTS && load->emitted < load->devices; count++) {
		load->now_ns += 100000; /* ten thousand in a second */
		samples[count] = sample_of((uint32_t)load->emitted++, load->now_ns, SIGNAL_CONNECTED);
	}
	return count;
}

void load_lapses_begin(struct load *load)
{
	load->emitted = 0;
	load->begin_ns = load->now_ns;
}

size_t load_lapses(struct load *load, struct sample *samples)
{
	size_t count = 0;

	while (count + 2 <= CHUNK_EVENTS) {
		int64_t lapse_ns = load->begin_ns + (int64_t)load->emitted * load->interval_ns;
		uint32_t device;

		if (load->return_count && load->returns[load->return_first].time_ns <= lapse_ns) {
			samples[count++] = load->returns[load->return_first];
			load->return_first = (load->return_first + 1) % load->return_capacity;
			load->return_count--;
			continue;
		}
		device = shuffled((uint32_t)(load->emitted++ % load->devices), load->devices);
		samples[count++] = sample_of(device, lapse_ns, SIGNAL_EXPELLED);
		samples[count++] = sample_of(device, lapse_ns, SIGNAL_CLOSED);
		load->returns[(load->return_first + load->return_count++) % load->return_capacity] =
			sample_of(device, lapse_ns + away_ns, SIGNAL_CONNECTED);
	}
	load->now_ns = samples[count - 1].time_ns;
	return count;
}

size_t load_last_returns(struct load *load, struct sample *samples)
{
	size_t count = 0;

	for (; count < CHUNK_EVENTS && load->return_count; count++, load->return_count--) {
		samples[count] = load->returns[load->return_first];
		load->return_first = (load->return_first + 1) % load->return_capacity;
		load->now_ns = samples[count].time_ns;
	}
	return count;
}
