#include "text.h"

/* MARK: whatever is hidden has one of these behind its name, or behind itself, or in it. */
enum { BASE64 = 1, WORD = 2, MARK = 4 };

/* Letters of a key of 32 bytes in Base64, without the '=' behind them. */
enum { KEY_LETTERS = 43 };

/* Of a bearer's token that has no digit; "authentication" has fewer. */
enum { TOKEN_LETTERS = 20 };

static const unsigned char classes[256] = {
	['A' ... 'Z'] = BASE64 | WORD, ['a' ... 'x'] = BASE64 | WORD, ['y'] = BASE64 | WORD | MARK,
	['z'] = BASE64 | WORD, ['0' ... '9'] = BASE64 | WORD, ['_'] = BASE64, ['+'] = BASE64, ['/'] = BASE64,
	['%'] = BASE64 | MARK, ['-'] = BASE64, ['='] = MARK, [':'] = MARK, ['\\'] = MARK, [' '] = MARK,
};

static bool is_a(int class, char c)
{
	return classes[(unsigned char)c] & class;
}

static inline bool is_among(char c, const char *these)
{
	while (*these && *these != c)
		these++;
	return *these;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* The character at `at`, and of how many bytes it is: a message may quote JSON,
 * with escapes of its own. */
static char character(struct span text, size_t at, size_t *ret_size)
{
	const char *bytes = text.data + at;

	*ret_size = 1;
	if (*bytes != '\\' || text.size - at < 2)
		return *bytes;
	if (bytes[1] == '/') {
		*ret_size = 2;
		return '/';
	}
	if (bytes[1] != 'u' || text.size - at < 6 || bytes[2] != '0' || bytes[3] != '0' || digit(bytes[4]) < 0 ||
	    digit(bytes[5]) < 0)
		return *bytes;
	*ret_size = 6;
	return (char)(digit(bytes[4]) << 4 | digit(bytes[5]));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* word is in lower case. */
static bool begins_nocase(struct span text, size_t at, const char *word)
{
	while (*word && at < text.size && lower(text.data[at]) == *word) {
		at++;
		word++;
	}
	return !*word;
}

/* What follows one of these names is not quoted: keys because they are
 * secret, tracking ids and stamps because they make every copy of one message
 * different. A name may end a longer one (client_secret, api-key, adminPassword),
 * and is followed by '=' or ':', as they are or escaped, with blanks and quotes
 * around it. In lower case. */
#define NAMED(name) name, sizeof name - 1
static const struct hidden {
	const char *name;
	size_t size;
	bool secret;
} hidden[] = {
	{NAMED("sig"), true},
	{NAMED("sharedaccesskey"), true},
	{NAMED("accountkey"), true},
	{NAMED("apikey"), true},
	{NAMED("password"), true},
	{NAMED("passwd"), true},
	{NAMED("pwd"), true},
	{NAMED("primarykey"), true},
	{NAMED("secondarykey"), true},
	{NAMED("key"), true},
	{NAMED("token"), true},
	{NAMED("secret"), true},
	{NAMED("clientsecret"), true},
	{NAMED("authorization"), true},
	{NAMED("tracking id"), false},
	{NAMED("trackingid"), false},
	{NAMED("timestamputc"), false},
};

/* Behind one of these and a blank stands what proves who asks. */
static const struct scheme {
	const char *name;
	size_t size;
} schemes[] = {{NAMED("bearer")}, {NAMED("basic")}};
#undef NAMED

/* What may stand between a name and what is around it. */
static const char around[] = " \"'\\";

static size_t skip_around(struct span text, size_t at)
{
	size_t size;

	while (at < text.size && is_among(character(text, at, &size), around))
		at += size;
	return at;
}

/* The bytes of a '=' that stands there, escaped once or twice perhaps; 0. */
static size_t equals(struct span text, size_t at)
{
	size_t size;

	if (at == text.size)
		return 0;
	if (character(text, at, &size) == '=')
		return size;
	return begins_nocase(text, at, "%3d") ? 3 : begins_nocase(text, at, "%253d") ? 5 : 0;
}

/* A '&' of a URI that is encoded once or twice: no key goes on behind it. */
static bool ampersand(struct span text, size_t at)
{
	return begins_nocase(text, at, "%26") || begins_nocase(text, at, "%2526");
}

/* Most letters begin none of them. In lower case. */
static bool begins_hidden(char first)
{
	return first == 's' || first == 'k' || first == 't' || first == 'p' || first == 'a' || first == 'c';
}

/* Whether a word may begin here: behind something else, or behind an escape
 * such as %26, %2526, \n or \u0026, whose last characters look like a word's. */
static bool is_word_begin(int class, struct span text, size_t at)
{
	return at == 0 || !is_a(class, text.data[at - 1]) || (at >= 3 && text.data[at - 3] == '%') ||
	       (at >= 5 && text.data[at - 5] == '%' && text.data[at - 4] == '2' && text.data[at - 3] == '5') ||
	       (at >= 2 && text.data[at - 2] == '\\') ||
	       (at >= 6 && text.data[at - 6] == '\\' && text.data[at - 5] == 'u');
}

/* As in clientSecret. */
static bool is_name_begin(struct span text, size_t at)
{
	return is_word_begin(WORD, text, at) || (text.data[at] >= 'A' && text.data[at] <= 'Z' &&
						 text.data[at - 1] >= 'a' && text.data[at - 1] <= 'z');
}

static size_t skip_blanks(struct span text, size_t at)
{
	while (at < text.size && (text.data[at] == ' ' || begins_nocase(text, at, "%20")))
		at += text.data[at] == ' ' ? 1 : 3;
	return at;
}

/* What stands behind the scheme at `at`, and `at` where there is none. */
static size_t skip_scheme(struct span text, size_t at)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t end = at + schemes[i].size, next;

		if (begins_nocase(text, at, schemes[i].name) && (next = skip_blanks(text, end)) > end)
			return next;
	}
	return at;
}

/* Where what stands behind a scheme begins, if it is no word of a sentence such
 * as "Bearer authentication is off"; 0. */
static size_t proof_of(struct span text, size_t at)
{
	size_t begin = skip_scheme(text, at), end = begin;

	if (begin == at)
		return 0;
	for (; end < text.size && (is_a(BASE64, text.data[end]) || is_among(text.data[end], ".~")); end++)
		if (is_digit(text.data[end]))
			return begin;
	return end - begin >= TOKEN_LETTERS ? begin : 0;
}

/* Where the value of the name at `at` begins; 0: no such name is there. */
static size_t value_of(struct span text, size_t at, bool *ret_secret)
{
	char first = lower(text.data[at]);
	bool within = !is_name_begin(text, at);

	if (!within && first == 'b')
		return proof_of(text, at);
	if (!begins_hidden(first) || (within && first != 's'))
		return 0;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		size_t end, mark;

		/* "sig" may stand behind anything. */
		if (*hidden[i].name != first || !begins_nocase(text, at, hidden[i].name) ||
		    (i > 1 && within))
			continue;
		end = skip_around(text, at + hidden[i].size);
		mark = end < text.size && text.data[end] == ':' ? 1 : equals(text, end);
		if (!mark)
			continue;
		*ret_secret = hidden[i].secret;
		return skip_scheme(text, skip_around(text, end + mark));
	}
	return 0;
}

static size_t value_end(struct span text, size_t at, bool secret)
{
	char before = text.data[at - 1];
	const char *enders = !secret         ? "\",}\r\n"
			     : before == '"'  ? "\"\\\r\n"
			     : before == '\'' ? "'\\\r\n"
					      : " \t\r\n\"'&;,\\";
	size_t size;

	while (at < text.size && !is_among(character(text, at, &size), enders) && !(secret && ampersand(text, at)))
		at += size;
	return at;
}

/* A key of 32 bytes or more in Base64 has '=' behind it; hex thumbprints have
 * none. Where there is no key at the begin of a run of letters, there is none
 * within it: up to *barren. */
static size_t bare_key(struct span text, size_t at, size_t *barren)
{
	size_t end = at, letters = 0, size;

	if (at < *barren || !is_word_begin(BASE64, text, at))
		return 0;
	for (; end < text.size && is_a(BASE64, character(text, end, &size)) && !equals(text, end) &&
	       !ampersand(text, end);
	     letters++)
		end += size;
	if (letters < KEY_LETTERS || !equals(text, end)) {
		*barren = end;
		return 0;
	}
	while ((size = equals(text, end)))
		end += size;
	return end - at;
}

/* A JSON Web Token: two documents in Base64, the first of which begins with
 * '{"', and a signature. Returns its size, or 0. */
static size_t web_token(struct span text, size_t at)
{
	size_t end = at, dots = 0;

	if (text.size - at < 3 || memcmp(text.data + at, "eyJ", 3) != 0 || !is_word_begin(BASE64, text, at))
		return 0;
	for (; end < text.size && (is_a(WORD, text.data[end]) || is_among(text.data[end], "-_.")); end++)
		dots += text.data[end] == '.';
	return dots >= 2 ? end - at : 0;
}

/* Whether a name stands before a mark. */
static bool is_behind_name(struct span text, size_t mark)
{
	char last;

	while (mark > 0 && is_among(text.data[mark - 1], around))
		mark--;
	last = mark > 0 ? lower(text.data[mark - 1]) : 0;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (last == hidden[i].name[hidden[i].size - 1] && mark >= hidden[i].size &&
		    begins_nocase(text, mark - hidden[i].size, hidden[i].name))
			return true;
	return false;
}

/* From the far end: most words are shorter than keys. */
static bool is_behind_key(struct span text, size_t mark)
{
	for (size_t letters = KEY_LETTERS; letters > 0; letters--)
		if (mark < letters || !is_a(BASE64, text.data[mark - letters]))
			return false;
	return true;
}

static bool is_behind_scheme(struct span text, size_t mark)
{
	char last = mark > 0 ? lower(text.data[mark - 1]) : 0;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (last == schemes[i].name[schemes[i].size - 1] && mark >= schemes[i].size &&
		    begins_nocase(text, mark - schemes[i].size, schemes[i].name))
			return true;
	return false;
}

static bool may_hide_at(struct span text, size_t mark)
{
	switch (text.data[mark]) {
	case '\\':
		return true;
	case ':':
		return is_behind_name(text, mark);
	case ' ':
		return is_behind_scheme(text, mark);
	case 'y':
		return mark > 0 && mark + 1 < text.size && text.data[mark - 1] == 'e' && text.data[mark + 1] == 'J';
	default:
		return is_behind_name(text, mark) || is_behind_scheme(text, mark) || is_behind_key(text, mark);
	}
}

/* Few messages hide anything, and few have escapes: one look at the marks. It
 * may find too much, never too little. */
static bool may_hide(struct span text)
{
	for (size_t at = 0; at < text.size; at++)
		if (is_a(MARK, text.data[at]) && may_hide_at(text, at))
			return true;
	return false;
}

void text_redact(struct span text, char *buffer, size_t size)
{
	size_t length = 0, at = 0, barren = 0;

	if (text.size < size && text.size > 0 && !may_hide(text)) {
		memcpy(buffer, text.data, text.size);
		buffer[text.size] = '\0';
		return;
	}
	while (at < text.size && length + 1 < size) {
		bool secret = true;
		size_t value, key, name;
		const char *instead;

		/* Most letters are within a word, where nothing but "sig" begins. */
		if ((text.data[at] | 0x20) != 's' && !is_name_begin(text, at)) {
			buffer[length++] = text.data[at++];
			continue;
		}
		value = value_of(text, at, &secret);
		key = value ? 0 : web_token(text, at);
		key = value || key ? key : bare_key(text, at, &barren);
		if (!value && !key) {
			buffer[length++] = text.data[at++];
			continue;
		}
		name = value ? value - at : 0;
		instead = secret ? "[redacted]" : "...";
		if (length + name + strlen(instead) >= size)
			break;
		memcpy(buffer + length, text.data + at, name);
		memcpy(buffer + length + name, instead, strlen(instead));
		length += name + strlen(instead);
		at = value ? value_end(text, value, secret) : at + key;
	}
	/* Never cut within a UTF-8 character. */
	while (at < text.size && at > 0 && length > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
		at--;
		length--;
	}
	buffer[length] = '\0';
}

/* --- quoted ------------------------------------------------------------- */

static size_t put_escape(unsigned char c, char *buffer)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(buffer, "\\x", 2);
	buffer[2] = digits[c >> 4];
	buffer[3] = digits[c & 15];
	return 4;
}

size_t text_escape(struct span text, const char *also, char *buffer, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];
		bool plain = is_a(WORD, (char)c) || (c >= 0x20 && c < 0x7F && c != '\\' && !is_among((char)c, also));

		if (length + (plain ? 1 : 4) >= size)
			break;
		if (plain)
			buffer[length++] = (char)c;
		else
			length += put_escape(c, buffer + length);
	}
	buffer[length] = '\0';
	return length;
}

size_t text_escape_controls(struct span text, char *buffer, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < text.size && length + 8 < size; i++) {
		unsigned char c = (unsigned char)text.data[i];
		/* U+0080 to U+009F are some as well. */
		bool is_pair = c == 0xC2 && i + 1 < text.size && ((unsigned char)text.data[i + 1] & 0xE0) == 0x80;

		if (c >= 0x20 && c != 0x7F && !is_pair) {
			buffer[length++] = (char)c;
			continue;
		}
		length += put_escape(c, buffer + length);
		if (is_pair)
			length += put_escape((unsigned char)text.data[++i], buffer + length);
	}
	buffer[length] = '\0';
	return length;
}

/* --- numbers ------------------------------------------------------------ */

struct span text_number(uint64_t number, char buffer[NUMBER_TEXT])
{
	char *at = buffer + NUMBER_TEXT;

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	return (struct span){at, (size_t)(buffer + NUMBER_TEXT - at)};
}
