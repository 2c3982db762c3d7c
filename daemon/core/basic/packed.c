#include "packed.h"

#include <stdint.h>
#include <stdlib.h>

void packed_put(struct packed *packed, const void *data, size_t size)
{
	if (packed->size + size > packed->capacity) {
		size_t capacity = (packed->size + size) * 2;
		char *larger = realloc(packed->data, capacity);

		if (!larger) {
			packed->failed = true;
			return;
		}
		packed->data = larger;
		packed->capacity = capacity;
	}
	if (size)
		memcpy(packed->data + packed->size, data, size);
	packed->size += size;
}

void packed_put_text(struct packed *packed, const char *text)
{
	uint32_t size = text ? (uint32_t)strlen(text) + 1 : 0;

	packed_put(packed, &size, sizeof size);
	packed_put(packed, text, size);
}

bool packed_take(struct span *from, void *ret, size_t size)
{
	if (from->size < size)
		return false;
	if (size)
		memcpy(ret, from->data, size);
	from->data += size;
	from->size -= size;
	return true;
}

bool packed_take_text(struct span *from, const char **ret)
{
	uint32_t size;

	*ret = NULL;
	if (!packed_take(from, &size, sizeof size) || size > from->size)
		return false;
	if (size && from->data[size - 1] != '\0')
		return false;
	*ret = size ? from->data : NULL;
	from->data += size;
	from->size -= size;
	return true;
}
