#include "unit.h"

#include "../../daemon/core/judge/dossier.h"

static uint8_t kept(struct dossier *dossier, struct span message, const char *captures, unsigned most)
{
	struct excerpt *excerpt = excerpt_of(message, captures);
	uint8_t index = dossier_keep(dossier, excerpt, most);

	excerpt_leave(excerpt);
	return index;
}

static void test_a_text_is_kept_once(void **state)
{
	struct dossier dossier = {0};

	assert_int_equal(kept(&dossier, SPAN("Token expired"), NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), "policy=fleet", EXCERPTS_MAX), 2);
	assert_int_equal(kept(&dossier, SPAN("Token expired"), NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), "policy=fleet", EXCERPTS_MAX), 2);
	assert_int_equal(dossier.excerpt_count, 2);
	assert_string_equal(dossier_read(&dossier, 1).message, "Token expired");
	assert_string_equal(dossier_read(&dossier, 2).captures, "policy=fleet");
	assert_null(dossier_read(&dossier, 3).message);
	dossier_clear(&dossier);
}

/* The policy may stand behind the cut. */
static void test_messages_that_read_alike_keep_what_was_captured_of_each(void **state)
{
	struct dossier dossier = {0};

	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), "policy=fleet", EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), "policy=other", EXCERPTS_MAX), 2);
	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), "", EXCERPTS_MAX), 3);
	assert_int_equal(kept(&dossier, SPAN("Unauthorized"), NULL, EXCERPTS_MAX), 3);
	assert_string_equal(dossier_read(&dossier, 1).captures, "policy=fleet");
	assert_string_equal(dossier_read(&dossier, 2).captures, "policy=other");
	assert_null(dossier_read(&dossier, 3).captures);
	dossier_clear(&dossier);
}

static void test_two_devices_share_a_text(void **state)
{
	struct dossier one = {0}, other = {0};
	struct excerpt *excerpt = excerpt_of(SPAN("Token expired"), NULL);

	assert_int_equal(dossier_keep(&one, excerpt, EXCERPTS_MAX), 1);
	assert_int_equal(dossier_keep(&other, excerpt, EXCERPTS_MAX), 1);
	assert_int_equal(excerpt->users, 3);
	excerpt_leave(excerpt);
	dossier_clear(&one);
	assert_ptr_equal(dossier_read(&other, 1).message, excerpt->message);
	assert_string_equal(dossier_read(&other, 1).message, "Token expired");
	dossier_clear(&other);
}

static void test_a_text_is_found_as_it_came(void **state)
{
	struct dossier dossier = {0};

	assert_int_equal(dossier_find(&dossier, SPAN("10.1.2.XXX"), ADDRESSES_MAX), 0);
	assert_int_equal(kept(&dossier, SPAN("10.1.2.XXX"), NULL, ADDRESSES_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("sig=secret"), NULL, ADDRESSES_MAX), 2);
	assert_int_equal(dossier_find(&dossier, SPAN("10.1.2.XXX"), ADDRESSES_MAX), 1);
	assert_int_equal(dossier_find(&dossier, SPAN("10.1.3.XXX"), ADDRESSES_MAX), 0);
	assert_int_equal(dossier_find(&dossier, SPAN("sig=secret"), ADDRESSES_MAX), 0);
	assert_int_equal(dossier_find(&dossier, (struct span){NULL, 0}, ADDRESSES_MAX), 0);
	dossier_clear(&dossier);
}

static void test_texts_of_one_size_are_told_apart(void **state)
{
	struct dossier dossier = {0};

	assert_int_equal(kept(&dossier, SPAN("10.1.2.XXX"), NULL, ADDRESSES_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("10.1.3.XXX"), NULL, ADDRESSES_MAX), 2);
	assert_int_equal(kept(&dossier, SPAN("10.1.3.XXX"), NULL, ADDRESSES_MAX), 2);
	dossier_clear(&dossier);
}

/* Each has another id, and is the same message. */
static void test_what_is_redacted_alike_is_one_text(void **state)
{
	struct dossier dossier = {0};

	assert_int_equal(kept(&dossier, SPAN("No. Tracking ID:0123-G:1"), NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("No. Tracking ID:4567-G:2"), NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, SPAN("No. Tracking ID:..."), NULL, EXCERPTS_MAX), 1);
	assert_string_equal(dossier_read(&dossier, 1).message, "No. Tracking ID:...");
	dossier_clear(&dossier);
}

static void test_what_was_redacted_is_found_as_it_stands(void **state)
{
	static const char once[] = "sig=[redacted]%26[redacted]";
	struct dossier dossier = {0};

	assert_int_equal(kept(&dossier, SPAN("sig=x%26AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), NULL,
				      EXCERPTS_MAX),
			 1);
	assert_string_equal(dossier_read(&dossier, 1).message, once);
	assert_int_equal(kept(&dossier, span_of(once), NULL, EXCERPTS_MAX), 1);
	dossier_clear(&dossier);
}

static void test_what_was_cut_is_not_taken_for_what_is_whole(void **state)
{
	struct dossier dossier = {0};
	char text[2 * EXCERPT_MAX];

	memset(text, 'x', sizeof text);
	assert_int_equal(kept(&dossier, (struct span){text, sizeof text}, NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, (struct span){text, EXCERPT_MAX - 1}, NULL, EXCERPTS_MAX), 1);
	assert_int_equal(kept(&dossier, (struct span){text, EXCERPT_MAX - 2}, NULL, EXCERPTS_MAX), 2);
	assert_int_equal(kept(&dossier, SPAN("a\0b"), NULL, EXCERPTS_MAX), 3);
	assert_int_equal(kept(&dossier, SPAN("a"), NULL, EXCERPTS_MAX), 3);
	dossier_clear(&dossier);
}

static void test_no_more_texts_are_kept_than_are_asked_for(void **state)
{
	struct dossier dossier = {0};
	char text[16];

	for (int i = 1; i <= 300; i++) {
		snprintf(text, sizeof text, "text %d", i);
		assert_int_equal(kept(&dossier, span_of(text), NULL, EXCERPTS_MAX), i <= EXCERPTS_MAX ? i : 0);
	}
	assert_int_equal(kept(&dossier, SPAN("an address"), NULL, ADDRESSES_MAX), 0);
	assert_int_equal(kept(&dossier, SPAN("text 255"), NULL, EXCERPTS_MAX), 255);
	/* An index that is too large for an address is none. */
	assert_int_equal(kept(&dossier, SPAN("text 64"), NULL, ADDRESSES_MAX), 64);
	assert_int_equal(kept(&dossier, SPAN("text 65"), NULL, ADDRESSES_MAX), 0);
	assert_int_equal(dossier_find(&dossier, SPAN("text 64"), ADDRESSES_MAX), 64);
	assert_int_equal(dossier_find(&dossier, SPAN("text 65"), ADDRESSES_MAX), 0);
	dossier_clear(&dossier);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_kept_once),
		cmocka_unit_test(test_messages_that_read_alike_keep_what_was_captured_of_each),
		cmocka_unit_test(test_two_devices_share_a_text),
		cmocka_unit_test(test_a_text_is_found_as_it_came),
		cmocka_unit_test(test_texts_of_one_size_are_told_apart),
		cmocka_unit_test(test_what_is_redacted_alike_is_one_text),
		cmocka_unit_test(test_what_was_redacted_is_found_as_it_stands),
		cmocka_unit_test(test_what_was_cut_is_not_taken_for_what_is_whole),
		cmocka_unit_test(test_no_more_texts_are_kept_than_are_asked_for),
	};

	return RUN(tests);
}
