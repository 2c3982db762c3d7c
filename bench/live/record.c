#include "record.h"

#include <stdio.h>
#include <time.h>

#define PLACE \
	"\"resourceId\":\"/SUBSCRIPTIONS/6F1D3C52-0A7B-4E0E-9C0B-2D1B7F4A9E11/RESOURCEGROUPS/RG/PROVIDERS/" \
	"MICROSOFT.DEVICES/IOTHUBS/PLANT\""

static size_t write_record(char line[RECORD_BYTES], const char *operation, const char *level, const char *result,
			   unsigned device, const char *details)
{
	struct timespec now;
	struct tm utc;
	char time[32];
	int size;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
	size = snprintf(line, RECORD_BYTES,
			"{\"time\":\"%s.%07ldZ\"," PLACE ",\"operationName\":\"%s\",\"category\":\"Connections\","
			"\"level\":\"%s\",%s\"properties\":\"{\\\"deviceId\\\":\\\"meter-%06u\\\",\\\"protocol\\\":"
			"\\\"Mqtt\\\",\\\"authType\\\":\\\"{\\\\\\\"scope\\\\\\\":\\\\\\\"device\\\\\\\",\\\\\\\"type\\\\\\\":"
			"\\\\\\\"sas\\\\\\\",\\\\\\\"issuer\\\\\\\":\\\\\\\"iothub\\\\\\\"}\\\",\\\"maskedIpAddress\\\":"
			"\\\"203.0.113.XXX\\\"%s}\",\"location\":\"westeurope\"}\n",
			time, now.tv_nsec / 100, operation, level, result, device, details);
	return (size_t)size;
}

size_t record_connected(char line[RECORD_BYTES], unsigned device)
{
	return write_record(line, "deviceConnect", "Information", "", device,
			    ",\\\"statusCode\\\":null,\\\"sdkVersion\\\":\\\".NET/1.42.3\\\"");
}

size_t record_closed(char line[RECORD_BYTES], unsigned device)
{
	return write_record(line, "deviceDisconnect", "Error",
			    "\"resultType\":\"404104\",\"resultDescription\":\"DeviceConnectionClosedRemotely\",", device,
			    ",\\\"statusCode\\\":\\\"404\\\",\\\"errorMessage\\\":\\\"\\\"");
}

size_t record_refused(char line[RECORD_BYTES], unsigned device)
{
	return write_record(line, "deviceConnect", "Error",
			    "\"resultType\":\"401003\",\"resultDescription\":\"IoTHubUnauthorized\",", device,
			    ",\\\"statusCode\\\":\\\"401\\\",\\\"errorMessage\\\":\\\"Thumbprint does not match configuration: "
			    "Thumbprint: SHA1Hash=0A1B, SHA2Hash=2C3D; Configuration: PrimaryThumbprint=4E5F, "
			    "SecondaryThumbprint=6071\\\"");
}
