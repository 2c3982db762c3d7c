#include "unit.h"

#include "../../daemon/core/decode/decoder.h"

#define PATH "/SUBSCRIPTIONS/6F1D/RESOURCEGROUPS/PLANT/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO"
#define TIME "'time':'2021-09-21T22:33:34Z'"
#define CONNECTIONS "'category':'Connections','operationName':'deviceDisconnect'"
#define HEAD TIME "," CONNECTIONS ",'resourceId':'" PATH "'"
#define DEVICE "'properties':'{`deviceId`:`pump-1`}'"

static struct decoder *decoder;

/* ' stands for ", and ` for \" as within a string that holds JSON. */
static const char *json(const char *text)
{
	static char out[8192];
	size_t length = 0;

	for (; *text; text++) {
		if (*text == '`')
			out[length++] = '\\';
		out[length++] = *text == '\'' || *text == '`' ? '"' : *text;
	}
	out[length] = '\0';
	return out;
}

static enum decoded decode(const char *text, struct record *ret, enum malformed *ret_why)
{
	struct document document = {.bytes = span_of(json(text))};

	return decoder_read(decoder, &document, ret, ret_why);
}

/* What is read lives until the next is. */
static struct record reads(const char *text)
{
	struct record record;
	enum malformed why = MALFORMED_COUNT;
	enum decoded decoded = decode(text, &record, &why);

	if (decoded == DECODED_MALFORMED)
		fail_msg("malformed (%s): %s", malformed_names[why], text);
	if (decoded == DECODED_FOREIGN)
		fail_msg("foreign: %s", text);
	return record;
}

static int64_t sets_aside(const char *text)
{
	struct record record;
	enum malformed why;

	if (decode(text, &record, &why) != DECODED_FOREIGN)
		fail_msg("not foreign: %s", text);
	return record.time_ns;
}

static struct record faults(const char *text, enum malformed expected)
{
	struct record record;
	enum malformed why = MALFORMED_COUNT;

	if (decode(text, &record, &why) != DECODED_MALFORMED)
		fail_msg("not malformed: %s", text);
	if (why != expected)
		fail_msg("%s, not %s: %s", malformed_names[why], malformed_names[expected], text);
	return record;
}

/* --- Azure Monitor ------------------------------------------------------------ */

static void test_a_success_as_the_hub_writes_it(void **state)
{
	struct record record = reads(
		"{'time':'2021-09-21T22:33:34Z','resourceId':'" PATH "','operationName':'deviceConnect','category':"
		"'Connections','level':'Information','properties':'{`deviceId`:`pump-1`,`sdkVersion`:`.NET/1.38.1`,"
		"`protocol`:`Mqtt`,`authType`:null,`maskedIpAddress`:`203.0.113.XXX`,`statusCode`:null,"
		"`errorMessage`:``}','location':'westeurope'}");

	assert_int_equal(record.time_ns, moment("2021-09-21T22:33:34Z"));
	assert_span_equal(record.hub, "CONTOSO");
	assert_span_equal(record.device, "pump-1");
	assert_int_equal(record.module.size, 0);
	assert_span_equal(record.category, "Connections");
	assert_span_equal(record.operation, "deviceConnect");
	assert_int_equal(record.code, 0);
	assert_int_equal(record.message.size, 0);
	assert_span_equal(record.sdk, ".NET/1.38.1");
	assert_span_equal(record.address, "203.0.113.XXX");
	assert_int_equal(record.protocol, PROTOCOL_MQTT);
	assert_int_equal(record.authentication, AUTHENTICATION_UNKNOWN);
}

static void test_an_error_as_the_hub_writes_it(void **state)
{
	struct record record = reads(
		"{" HEAD ",'level':'Error','resultType':'404104','resultDescription':'DeviceConnectionClosedRemotely',"
		"'properties':'{`deviceId`:`pump-1`,`protocol`:`Mqtt`,`authType`:null,`statusCode`:`404`,"
		"`errorMessage`:`Device disconnected, see cause`}'}");

	assert_int_equal(record.code, 404104);
	assert_span_equal(record.message, "Device disconnected, see cause");
}

static void test_the_description_stands_in_for_a_missing_message(void **state)
{
	assert_span_equal(reads("{" HEAD ",'resultDescription':'IoTHub said no'," DEVICE "}").message,
			  "IoTHub said no");
	assert_span_equal(reads("{" HEAD ",'resultDescription':'a b','properties':{'deviceId':'p','errorMessage':''}}")
				  .message,
			  "a b");
	/* One word is but the name of the code again. */
	assert_span_equal(reads("{" HEAD ",'resultDescription':'IoTHubUnauthorized'," DEVICE "}").message, "");
}

static void test_properties_may_be_a_string_or_an_object(void **state)
{
	assert_span_equal(reads("{" HEAD ",'properties':'{`deviceId`:`pump-1`}'}").device, "pump-1");
	assert_span_equal(reads("{" HEAD ",'properties':{'deviceId':'pump-1'}}").device, "pump-1");
	assert_span_equal(reads("{" HEAD ",'properties':' { `deviceId` : `pump-1` } '}").device, "pump-1");
}

static void test_a_record_without_properties_has_no_device(void **state)
{
	assert_int_equal(reads("{" HEAD "}").device.size, 0);
	assert_int_equal(reads("{" HEAD ",'properties':null}").device.size, 0);
	assert_int_equal(reads("{" HEAD ",'properties':''}").device.size, 0);
	assert_int_equal(reads("{" HEAD ",'properties':{'deviceId':null}}").device.size, 0);
	assert_int_equal(reads("{" HEAD ",'properties':{'deviceId':7}}").device.size, 0);
}

static void test_broken_properties_are_malformed(void **state)
{
	faults("{" HEAD ",'properties':'{`deviceId`:`pump-1`'}", MALFORMED_SYNTAX);
	faults("{" HEAD ",'properties':'oops'}", MALFORMED_SYNTAX);
	faults("{" HEAD ",'properties':'[1]'}", MALFORMED_SHAPE);
	faults("{" HEAD ",'properties':[1]}", MALFORMED_SHAPE);
	faults("{" HEAD ",'properties':7}", MALFORMED_SHAPE);
	faults("{" HEAD ",'properties':'{`a`:1,`a`:2}'}", MALFORMED_DUPLICATE);
}

static void test_a_malformed_record_still_tells_its_time(void **state)
{
	assert_int_equal(faults("{" HEAD ",'properties':'{'}", MALFORMED_SYNTAX).time_ns,
			 moment("2021-09-21T22:33:34Z"));
}

static uint32_t code_of(const char *result)
{
	char text[512];

	snprintf(text, sizeof text, "{" HEAD ",%s" DEVICE "}", result);
	return reads(text).code;
}

static void test_a_result_type_may_be_text_or_number(void **state)
{
	assert_int_equal(code_of("'resultType':'401003',"), 401003);
	assert_int_equal(code_of("'resultType':401003,"), 401003);
	assert_int_equal(code_of("'ResultType':'401003',"), 401003);
	assert_int_equal(code_of("'statusType':401003,"), 401003);
}

static void test_a_success_is_told_in_many_ways(void **state)
{
	static const char *const ways[] = {"",			   "'resultType':'',",	     "'resultType':'None',",
					   "'resultType':null,",   "'resultType':'200',",    "'resultType':200,",
					   "'resultType':'Success',", "'resultType':'succeeded',", "'resultType':'0',"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		assert_int_equal(code_of(ways[i]), 0);
}

static void test_a_result_that_nobody_knows_is_no_success(void **state)
{
	static const char *const ways[] = {"'resultType':'oops',", "'resultType':'401003x',", "'resultType':'4010030',",
					   "'resultType':-1,", "'resultType':1000000,", "'resultType':4.5,",
					   "'resultType':true,", "'resultType':[],", "'resultType':{},"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		assert_int_equal(code_of(ways[i]), UINT32_MAX);
}

static void test_an_error_without_a_code_is_no_success(void **state)
{
	assert_int_equal(code_of("'level':'Error',"), UINT32_MAX);
	assert_int_equal(code_of("'level':'Information',"), 0);
	assert_int_equal(code_of("'level':'Informational',"), 0);
	assert_int_equal(code_of("'level':'Error','resultType':'404104',"), 404104);
}

static enum authentication authentication(const char *value)
{
	char text[512];

	snprintf(text, sizeof text, "{" HEAD ",'properties':{'deviceId':'p'%s}}", value);
	return reads(text).authentication;
}

static void test_authentication_is_read_from_every_shape(void **state)
{
	assert_int_equal(authentication(""), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':null"), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':'None'"), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':'{`scope`:`device`,`type`:`sas`,`issuer`:`iothub`}'"),
			 AUTHENTICATION_SAS);
	assert_int_equal(authentication(",'authType':'{ `scope`: `device`, `type`: `x509Certificate` }'"),
			 AUTHENTICATION_X509);
	assert_int_equal(authentication(",'authType':{'scope':'device','type':'sas'}"), AUTHENTICATION_SAS);
	assert_int_equal(authentication(",'authType':{'type':'certificateAuthority'}"), AUTHENTICATION_X509);
	assert_int_equal(authentication(",'authType':'X509'"), AUTHENTICATION_X509);
	assert_int_equal(authentication(",'authenticationType':'{`type`:`sas`}'"), AUTHENTICATION_SAS);
}

static void test_an_authentication_that_cannot_be_read_is_unknown(void **state)
{
	assert_int_equal(authentication(",'authType':'{oops'"), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':{'type':7}"), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':[1]"), AUTHENTICATION_UNKNOWN);
	assert_int_equal(authentication(",'authType':7"), AUTHENTICATION_UNKNOWN);
}

static void test_a_misspelled_address_is_found(void **state)
{
	assert_span_equal(reads("{" HEAD ",'properties':{'maskedIpAddresss':'1.2.3.X'}}").address, "1.2.3.X");
}

static void test_a_protocol_is_known_however_it_is_spelled(void **state)
{
	static const struct {
		const char *text;
		enum protocol protocol;
	} rows[] = {{"Mqtt", PROTOCOL_MQTT},   {"MQTT", PROTOCOL_MQTT},	    {"MqttWs", PROTOCOL_MQTT_WS},
		    {"Amqp", PROTOCOL_AMQP},   {"AmqpWs", PROTOCOL_AMQP_WS}, {"Http", PROTOCOL_HTTP},
		    {"Https", PROTOCOL_HTTP}, {"None", PROTOCOL_UNKNOWN},    {"", PROTOCOL_UNKNOWN}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[512];

		snprintf(text, sizeof text, "{" HEAD ",'properties':{'protocol':'%s'}}", rows[i].text);
		assert_int_equal(reads(text).protocol, rows[i].protocol);
	}
}

static void test_a_device_id_is_kept_verbatim(void **state)
{
	assert_span_equal(reads("{" HEAD ",'properties':{'deviceId':'A1:b2-c.d+%_#*?!(),=@;$'}}").device,
			  "A1:b2-c.d+%_#*?!(),=@;$");
	assert_span_equal(reads("{" HEAD ",'properties':{'deviceId':'None'}}").device, "None");
}

static void test_a_module_is_told_from_its_device(void **state)
{
	struct record record = reads("{" HEAD ",'properties':{'deviceId':'edge-1','moduleId':'filter'}}");

	assert_span_equal(record.device, "edge-1");
	assert_span_equal(record.module, "filter");
	assert_int_equal(reads("{" HEAD ",'properties':{'deviceId':'edge-1','moduleId':null}}").module.size, 0);
}

static void test_an_id_longer_than_any_is_malformed(void **state)
{
	char text[1024];

	snprintf(text, sizeof text, "{" HEAD ",'properties':{'deviceId':'%0255d'}}", 7);
	assert_int_equal(reads(text).device.size, 255);
	snprintf(text, sizeof text, "{" HEAD ",'properties':{'deviceId':'%0256d'}}", 7);
	faults(text, MALFORMED_SHAPE);
	snprintf(text, sizeof text, "{" HEAD ",'properties':{'deviceId':'p','moduleId':'%0256d'}}", 7);
	faults(text, MALFORMED_SHAPE);
}

/* Each after the one before, of which something is remembered. */
static void test_hubs_that_take_turns_are_told_apart(void **state)
{
#define GROUP "/SUBSCRIPTIONS/6F1D/RESOURCEGROUPS/PLANT/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/"
#define OF(path) "{" TIME ",'category':'Connections','resourceId':'" path "'}"
	for (int turn = 0; turn < 2; turn++) {
		assert_span_equal(reads(OF(GROUP "ONE")).hub, "ONE");
		assert_span_equal(reads(OF(GROUP "ANOTHER")).hub, "ANOTHER");
		assert_span_equal(reads(OF(GROUP "THIRD/more")).hub, "THIRD");
		assert_span_equal(reads(OF(GROUP "ONE/more")).hub, "ONE");
		assert_int_equal(reads(OF(GROUP)).hub.size, 0);
		sets_aside(OF("/SUBSCRIPTIONS/6F1D/RESOURCEGROUPS/PLANT/PROVIDERS/MICROSOFT.STORAGE/IOTHUBS/ONE"));
	}
}

static void test_the_hub_is_read_from_a_path_in_any_case(void **state)
{
	assert_span_equal(reads("{" TIME ",'category':'Connections','resourceId':'/subscriptions/x/resourceGroups/y/"
				"providers/Microsoft.Devices/IotHubs/Contoso'}")
				  .hub,
			  "Contoso");
	assert_span_equal(reads("{" TIME ",'category':'Connections','resourceId':'" PATH "/more'}").hub, "CONTOSO");
	assert_int_equal(reads("{" TIME ",'category':'Connections'}").hub.size, 0);
	assert_int_equal(reads("{" TIME ",'category':'Connections','resourceId':'Resource Id'}").hub.size, 0);
}

static void test_another_provider_is_foreign(void **state)
{
	assert_int_equal(sets_aside("{" TIME ",'category':'Connections','resourceId':'/SUBSCRIPTIONS/X/RESOURCEGROUPS/"
				    "Y/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/SAFE'}"),
			 moment("2021-09-21T22:33:34Z"));
	sets_aside("{" TIME ",'category':'Connections','resourceId':'/PROVIDERS/MICROSOFT.DEVICES/"
		   "PROVISIONINGSERVICES/DPS'}");
}

static void test_a_record_without_a_usable_time_is_malformed(void **state)
{
	faults("{" CONNECTIONS "," DEVICE "}", MALFORMED_TIME);
	faults("{" CONNECTIONS ",'time':null," DEVICE "}", MALFORMED_TIME);
	faults("{" CONNECTIONS ",'time':1632263614," DEVICE "}", MALFORMED_TIME);
	faults("{" CONNECTIONS ",'time':'9999-12-31T23:59:59Z'," DEVICE "}", MALFORMED_TIME);
	faults("{" CONNECTIONS ",'time':'0001-01-01T00:00:00Z'," DEVICE "}", MALFORMED_TIME);
	faults("{" CONNECTIONS ",'time':'yesterday'," DEVICE "}", MALFORMED_TIME);
}

static void test_every_time_that_was_seen_is_read(void **state)
{
	static const char *const times[] = {"2021-09-21T22:33:34Z", "2021-09-21T22:33:34.0000000Z",
					    "2021-09-21T22:33:34.0000000+00:00", "2021-09-22T04:03:34.000000000+05:30"};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		char text[512];

		snprintf(text, sizeof text, "{'category':'Connections','time':'%s'}", times[i]);
		assert_int_equal(reads(text).time_ns, moment("2021-09-21T22:33:34Z"));
	}
}

/* --- other exports ------------------------------------------------------------- */

static void test_a_flat_record_of_log_analytics(void **state)
{
	struct record record = reads(
		"{'TableName':'PrimaryResult','TimeGenerated':'2021-09-21T22:33:34Z','Category':'Connections',"
		"'OperationName':'deviceDisconnect','Level':'Error','ResultType':'401003','ResultDescription':"
		"'IoTHubUnauthorized','ResourceProvider':'MICROSOFT.DEVICES','Resource':'CONTOSO','_ResourceId':"
		"'/subscriptions/x/resourcegroups/y/providers/microsoft.devices/iothubs/contoso','properties_s':"
		"'{`deviceId`:`pump-1`,`protocol`:`Mqtt`,`authType`:null,`errorMessage`:`and why`}'}");

	assert_int_equal(record.time_ns, moment("2021-09-21T22:33:34Z"));
	assert_span_equal(record.hub, "contoso");
	assert_span_equal(record.device, "pump-1");
	assert_span_equal(record.operation, "deviceDisconnect");
	assert_int_equal(record.code, 401003);
	assert_span_equal(record.message, "and why");
}

static void test_the_command_line_writes_none_for_null(void **state)
{
	struct record record = reads("{'TimeGenerated':'2021-09-21T22:33:34Z','Category':'Connections',"
				     "'OperationName':'deviceConnect','Level':'Information','ResultType':'None',"
				     "'ResultDescription':'None','_ResourceId':'None','Resource':'CONTOSO',"
				     "'properties_s':'{`deviceId`:`pump-1`,`sdkVersion`:`None`}'}");

	assert_int_equal(record.code, 0);
	assert_int_equal(record.message.size, 0);
	assert_int_equal(record.sdk.size, 0);
	assert_span_equal(record.hub, "CONTOSO");
	assert_int_equal(reads("{'TimeGenerated':'2021-09-21T22:33:34Z','Category':'Connections',"
			       "'properties_s':'None'}")
				 .device.size,
			 0);
}

/* The first row of a table, read. A decoder belongs to one splitter. */
static enum decoded decode_row(const char *text, struct record *ret, enum malformed *ret_why)
{
	struct splitter *splitter = splitter_new(4096);
	struct document document;
	enum decoded decoded;

	decoder_free(decoder);
	decoder = decoder_new();
	splitter_feed(splitter, span_of(json(text)));
	assert_int_equal(splitter_next(splitter, &document, ret_why), SPLIT_DOCUMENT);
	*ret_why = MALFORMED_COUNT;
	decoded = decoder_read(decoder, &document, ret, ret_why);
	splitter_free(splitter);
	return decoded;
}

static void test_a_row_is_read_by_the_columns_of_its_table(void **state)
{
	struct record record;
	enum malformed why;

	assert_int_equal(decode_row("{'tables':[{'name':'PrimaryResult','columns':[{'name':'ResultType','type':'string'},"
				    "{'name':'TimeGenerated','type':'datetime'},{'name':'Category'},"
				    "{'name':'OperationName'},{'name':'properties_s'}],'rows':[['404104',"
				    "'2021-09-21T22:33:34Z','Connections','deviceDisconnect','{`deviceId`:`pump-1`}']]}]}",
				    &record, &why),
			 DECODED_RECORD);
	assert_int_equal(record.code, 404104);
	assert_span_equal(record.device, "pump-1");
	assert_int_equal(record.time_ns, moment("2021-09-21T22:33:34Z"));
}

static void test_columns_are_those_of_the_row_s_own_table(void **state)
{
	struct record record;
	struct document document;
	enum malformed why;
	struct splitter *splitter = splitter_new(4096);

	decoder_free(decoder);
	decoder = decoder_new();
	splitter_feed(splitter, span_of(json("{'tables':[{'columns':[{'name':'Category'},{'name':'time'}],'rows':"
					     "[['A','2021-09-21T22:33:34Z']]},{'columns':[{'name':'time'},"
					     "{'name':'Category'}],'rows':[['2021-09-21T22:33:35Z','B']]}]}")));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(splitter_next(splitter, &document, &why), SPLIT_DOCUMENT);
		assert_int_equal(decoder_read(decoder, &document, &record, &why), DECODED_RECORD);
		assert_span_equal(record.category, i ? "B" : "A");
	}
	splitter_free(splitter);
}

static void test_a_row_may_be_shorter_or_longer_than_its_columns(void **state)
{
	struct record record;
	enum malformed why;

	assert_int_equal(decode_row("{'columns':[{'name':'Category'},{'name':'time'},{'name':'x'}],'rows':"
				    "[['A','2021-09-21T22:33:34Z']]}",
				    &record, &why),
			 DECODED_RECORD);
	assert_int_equal(decode_row("{'columns':[{'name':'Category'},{'name':7},{}],'rows':[['A',1,2,3,4]]}", &record,
				    &why),
			 DECODED_MALFORMED);
	assert_int_equal(why, MALFORMED_TIME);
}

static void test_a_row_without_columns_is_malformed(void **state)
{
	struct record record;
	enum malformed why;

	assert_int_equal(decode_row("{'rows':[['A','2021-09-21T22:33:34Z']]}", &record, &why), DECODED_MALFORMED);
	assert_int_equal(why, MALFORMED_SHAPE);
	assert_int_equal(decode_row("{'columns':7,'rows':[['A']]}", &record, &why), DECODED_MALFORMED);
	assert_int_equal(why, MALFORMED_SHAPE);
}

static void test_a_flat_record_of_operations_monitoring(void **state)
{
	struct record record = reads("{'protocol':'Mqtt','authType':'{`scope`:`device`,`type`:`sas`,`issuer`:`iothub`}',"
				     "'time':'2016-11-22T20:03:01.4Z','operationName':'deviceDisconnect','category':"
				     "'Connections','level':'Error','statusCode':401,'statusType':401003,"
				     "'statusDescription':'and why','deviceId':'pump-1','durationMs':1234}");

	assert_span_equal(record.device, "pump-1");
	assert_int_equal(record.hub.size, 0);
	assert_int_equal(record.code, 401003);
	assert_span_equal(record.message, "and why");
	assert_int_equal(record.protocol, PROTOCOL_MQTT);
	assert_int_equal(record.authentication, AUTHENTICATION_SAS);
}

static void test_connection_events_of_other_services_are_set_aside(void **state)
{
	assert_int_equal(sets_aside("{'id':'1','topic':'" PATH "','subject':'devices/p','eventType':"
				    "'Microsoft.Devices.DeviceConnected','eventTime':'2021-09-21T22:33:34Z','data':{"
				    "'hubName':'CONTOSO','deviceId':'p'},'dataVersion':'1','metadataVersion':'1'}"),
			 moment("2021-09-21T22:33:34Z"));
	sets_aside("{'specversion':'1.0','type':'Microsoft.Devices.DeviceDisconnected','source':'" PATH "',"
		   "'id':'1','time':'2021-09-21T22:33:34Z','data':{'hubName':'CONTOSO','deviceId':'p'}}");
	sets_aside("{'opType':'deviceConnected','iothub-message-schema':'deviceConnectionStateNotification',"
		   "'operationTimestamp':'2021-09-21T22:33:34Z','payload':{'sequenceNumber':'00'}}");
	sets_aside("{}");
	sets_aside("{'hello':'world'}");
}

/* --- hostile --------------------------------------------------------------------- */

static void test_json_that_is_wrong_inside_is_malformed_by_kind(void **state)
{
	faults("{" HEAD ",'a':'\xFF'}", MALFORMED_UTF8);
	faults("{" HEAD ",'a':'\\u0000'}", MALFORMED_NUL);
	faults("{" HEAD ",'\\u0000':1}", MALFORMED_NUL);
	faults("{" HEAD ",'a':1,'a':1}", MALFORMED_DUPLICATE);
	faults("{" HEAD ",'a':99999999999999999999}", MALFORMED_NUMBER);
	faults("{" HEAD ",'a':1e999}", MALFORMED_NUMBER);
	faults("{" HEAD ",'a':'\\uD800'}", MALFORMED_SYNTAX);
	faults("{" HEAD ",'a':oops}", MALFORMED_SYNTAX);
	faults("{" HEAD ",'properties':'{`a`:`\xFF`}'}", MALFORMED_UTF8);
}

static void test_a_record_that_would_fill_the_memory_is_refused(void **state)
{
	size_t size = 1000000, length;
	char *text = malloc(size + 100);
	struct document document;
	struct record record;
	enum malformed why = MALFORMED_COUNT;

	length = (size_t)sprintf(text, "{\"category\":\"Connections\",\"a\":[{}");
	while (length < size)
		length += (size_t)sprintf(text + length, ",{}");
	length += (size_t)sprintf(text + length, "]}");
	document = (struct document){.bytes = {text, length}};
	assert_int_equal(decoder_read(decoder, &document, &record, &why), DECODED_MALFORMED);
	assert_int_equal(why, MALFORMED_MEMORY);
	free(text);
	reads("{" HEAD "," DEVICE "}"); /* and the next is read as ever */
}

static void test_nothing_of_a_record_is_left_in_the_next(void **state)
{
	struct record record;

	reads("{" HEAD ",'resultType':'401003','properties':{'deviceId':'p','moduleId':'m','authType':'X509'}}");
	record = reads("{'time':'2021-09-21T22:33:35Z','category':'Connections'}");
	assert_int_equal(record.device.size, 0);
	assert_int_equal(record.module.size, 0);
	assert_int_equal(record.hub.size, 0);
	assert_int_equal(record.code, 0);
	assert_int_equal(record.authentication, AUTHENTICATION_UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_success_as_the_hub_writes_it),
		cmocka_unit_test(test_an_error_as_the_hub_writes_it),
		cmocka_unit_test(test_the_description_stands_in_for_a_missing_message),
		cmocka_unit_test(test_properties_may_be_a_string_or_an_object),
		cmocka_unit_test(test_a_record_without_properties_has_no_device),
		cmocka_unit_test(test_broken_properties_are_malformed),
		cmocka_unit_test(test_a_malformed_record_still_tells_its_time),
		cmocka_unit_test(test_a_result_type_may_be_text_or_number),
		cmocka_unit_test(test_a_success_is_told_in_many_ways),
		cmocka_unit_test(test_a_result_that_nobody_knows_is_no_success),
		cmocka_unit_test(test_an_error_without_a_code_is_no_success),
		cmocka_unit_test(test_authentication_is_read_from_every_shape),
		cmocka_unit_test(test_an_authentication_that_cannot_be_read_is_unknown),
		cmocka_unit_test(test_a_misspelled_address_is_found),
		cmocka_unit_test(test_a_protocol_is_known_however_it_is_spelled),
		cmocka_unit_test(test_a_device_id_is_kept_verbatim),
		cmocka_unit_test(test_a_module_is_told_from_its_device),
		cmocka_unit_test(test_an_id_longer_than_any_is_malformed),
		cmocka_unit_test(test_the_hub_is_read_from_a_path_in_any_case),
		cmocka_unit_test(test_hubs_that_take_turns_are_told_apart),
		cmocka_unit_test(test_another_provider_is_foreign),
		cmocka_unit_test(test_a_record_without_a_usable_time_is_malformed),
		cmocka_unit_test(test_every_time_that_was_seen_is_read),
		cmocka_unit_test(test_a_flat_record_of_log_analytics),
		cmocka_unit_test(test_the_command_line_writes_none_for_null),
		cmocka_unit_test(test_a_row_is_read_by_the_columns_of_its_table),
		cmocka_unit_test(test_columns_are_those_of_the_row_s_own_table),
		cmocka_unit_test(test_a_row_may_be_shorter_or_longer_than_its_columns),
		cmocka_unit_test(test_a_row_without_columns_is_malformed),
		cmocka_unit_test(test_a_flat_record_of_operations_monitoring),
		cmocka_unit_test(test_connection_events_of_other_services_are_set_aside),
		cmocka_unit_test(test_json_that_is_wrong_inside_is_malformed_by_kind),
		cmocka_unit_test(test_a_record_that_would_fill_the_memory_is_refused),
		cmocka_unit_test(test_nothing_of_a_record_is_left_in_the_next),
	};
	int failed;

	decoder_prepare(1);
	decoder = decoder_new();
	failed = RUN(tests);
	decoder_free(decoder);
	return failed;
}
