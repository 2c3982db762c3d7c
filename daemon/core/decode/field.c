#include "field.h"

#include <assert.h>

#define KEY(name, field, ...) {name, sizeof name - 1, __COUNTER__, {FIELD_##field, __VA_ARGS__}}

static const struct key keys[] = {
	/* name, field, rank, few */
	KEY("time", TIME, 0, false),
	KEY("TimeGenerated", TIME, 1, false),
	KEY("eventTime", TIME, 2, false),
	KEY("category", CATEGORY, 0, true),
	KEY("Category", CATEGORY, 1, true),
	KEY("resourceId", RESOURCE_ID, 0, true),
	KEY("_ResourceId", RESOURCE_ID, 1, true),
	KEY("ResourceId", RESOURCE_ID, 2, true),
	KEY("Resource", RESOURCE, 0, true),
	KEY("operationName", OPERATION, 0, true),
	KEY("OperationName", OPERATION, 1, true),
	KEY("resultType", CODE, 0, true),
	KEY("ResultType", CODE, 1, true),
	KEY("statusType", CODE, 2, true),
	KEY("level", LEVEL, 0, true),
	KEY("Level", LEVEL, 1, true),
	KEY("properties", PROPERTIES, 0, true),
	KEY("properties_s", PROPERTIES, 1, true),
	KEY("Properties", PROPERTIES, 2, true),
	KEY("resultDescription", DESCRIPTION, 0, true),
	KEY("ResultDescription", DESCRIPTION, 1, true),
	KEY("statusDescription", DESCRIPTION, 2, false),
	KEY("deviceId", DEVICE, 0, false),
	KEY("moduleId", MODULE, 0, false),
	KEY("protocol", PROTOCOL, 0, true),
	KEY("authType", AUTHENTICATION, 0, true),
	KEY("authenticationType", AUTHENTICATION, 1, true),
	KEY("sdkVersion", SDK, 0, false),
	KEY("maskedIpAddress", ADDRESS, 0, false),
	KEY("maskedIpAddresss", ADDRESS, 1, false), /* so in DeviceTelemetry and others */
	KEY("errorMessage", MESSAGE, 0, false),
	KEY("type", TYPE, 0, true),
	KEY("location", FAMILIAR, 0, true),
	KEY("scope", FAMILIAR, 0, true),
	KEY("issuer", FAMILIAR, 0, true),
	KEY("statusCode", FAMILIAR, 0, true),
	/* Of no use, but in so many records that they should be passed quickly. */
	KEY("acceptingIpFilterRule", NONE, 0, false),
};

void key_index_fill(struct key_index *ret)
{
	*ret = (struct key_index){{0}};
	for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct key **place = &ret->place[key_place((struct span){keys[i].name, keys[i].size})];

		assert(!*place); /* else another hash is needed */
		*place = &keys[i];
	}
}
