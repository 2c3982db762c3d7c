/* Sixteen bytes at a time: what reading a log asks of every byte. SSE2 and NEON
 * are part of every x86-64 and arm64; elsewhere plain C answers, more slowly and
 * no differently. */
#ifndef LAPSED_VECTOR_H
#define LAPSED_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VECTOR_SIZE = 16 };

/* --- what the processors have ------------------------------------------- */

#if defined(__SSE2__)
#include <emmintrin.h>

typedef __m128i vector;

static inline vector vector_load(const char *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* All below: bytes that have all bits set, or none; the top bit at least. */
static inline vector vector_equal(vector bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

/* Control characters, and what is not ASCII: as a signed number it is below zero, and thus below a blank. */
static inline vector vector_low(vector bytes)
{
	return _mm_subs_epi8(bytes, _mm_set1_epi8(' '));
}

static inline vector vector_or(vector a, vector b)
{
	return _mm_or_si128(a, b);
}

/* So many bits for each byte, from the lowest on. */
#define VECTOR_BITS 1
static inline uint64_t vector_mask(vector bytes)
{
	return (uint64_t)_mm_movemask_epi8(bytes);
}

/* A bit for each byte. */
static inline uint64_t vector_bits(vector bytes)
{
	return vector_mask(bytes);
}

static inline vector vector_differ(const char *a, const char *b)
{
	return _mm_xor_si128(_mm_cmpeq_epi8(vector_load(a), vector_load(b)), _mm_set1_epi8(-1));
}

/* Of two vectors each, the second so many bytes behind the first. */
static inline bool vector_same_pair(const char *a, const char *b, size_t apart)
{
	__m128i first = _mm_cmpeq_epi8(vector_load(a), vector_load(b));
	__m128i second = _mm_cmpeq_epi8(vector_load(a + apart), vector_load(b + apart));

	return _mm_movemask_epi8(_mm_and_si128(first, second)) == 0xFFFF;
}

/* Whether what the mask leaves of a pair is the literal. */
static inline bool vector_match_pair(const char *text, const char *mask, const char *literal)
{
	__m128i first = _mm_and_si128(vector_load(text), vector_load(mask));
	__m128i second = _mm_and_si128(vector_load(text + VECTOR_SIZE), vector_load(mask + VECTOR_SIZE));

	return _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(first, vector_load(literal)),
					       _mm_cmpeq_epi8(second, vector_load(literal + VECTOR_SIZE)))) == 0xFFFF;
}

#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

typedef uint8x16_t vector;

static inline vector vector_load(const char *at)
{
	return vld1q_u8((const uint8_t *)at);
}

static inline vector vector_equal(vector bytes, char c)
{
	return vceqq_u8(bytes, vdupq_n_u8((uint8_t)c));
}

static inline vector vector_low(vector bytes)
{
	return vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(' '));
}

static inline vector vector_or(vector a, vector b)
{
	return vorrq_u8(a, b);
}

/* NEON has no movemask: narrowing leaves four bits for each byte. */
#define VECTOR_BITS 4
static inline uint64_t vector_mask(vector bytes)
{
	return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4)), 0);
}

/* Weighed and summed up, one is left. */
static inline uint64_t vector_bits(vector bytes)
{
	static const uint8_t weights[VECTOR_SIZE] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	uint8x16_t weighed = vandq_u8(bytes, vld1q_u8(weights));

	return vaddv_u8(vget_low_u8(weighed)) | (uint64_t)vaddv_u8(vget_high_u8(weighed)) << 8;
}

static inline vector vector_differ(const char *a, const char *b)
{
	return vmvnq_u8(vceqq_u8(vector_load(a), vector_load(b)));
}

static inline bool vector_same_pair(const char *a, const char *b, size_t apart)
{
	uint8x16_t first = vceqq_u8(vector_load(a), vector_load(b));
	uint8x16_t second = vceqq_u8(vector_load(a + apart), vector_load(b + apart));

	return vminvq_u8(vandq_u8(first, second)) == 0xFF;
}

static inline bool vector_match_pair(const char *text, const char *mask, const char *literal)
{
	uint8x16_t first = vandq_u8(vector_load(text), vector_load(mask));
	uint8x16_t second = vandq_u8(vector_load(text + VECTOR_SIZE), vector_load(mask + VECTOR_SIZE));

	return vminvq_u8(vandq_u8(vceqq_u8(first, vector_load(literal)),
				  vceqq_u8(second, vector_load(literal + VECTOR_SIZE)))) == 0xFF;
}

#else

static inline bool vector_match_pair(const char *text, const char *mask, const char *literal)
{
	uint64_t left, which, right, differ = 0;

	for (unsigned i = 0; i < 2 * VECTOR_SIZE; i += sizeof left) {
		memcpy(&left, text + i, sizeof left);
		memcpy(&which, mask + i, sizeof which);
		memcpy(&right, literal + i, sizeof right);
		differ |= (left & which) ^ right;
	}
	return differ == 0;
}

#endif

/* --- what is asked of them ---------------------------------------------- */

/* What stands in a JSON string for itself, and is ASCII. */
static inline bool is_plain(char c)
{
	return (signed char)c >= ' ' && c != '"' && c != '\\';
}

#ifdef VECTOR_BITS
static inline vector vector_unplain(vector bytes)
{
	return vector_or(vector_or(vector_equal(bytes, '"'), vector_equal(bytes, '\\')), vector_low(bytes));
}

static inline vector vector_any(vector bytes, char one, char two, char three)
{
	return vector_or(vector_or(vector_equal(bytes, one), vector_equal(bytes, two)), vector_equal(bytes, three));
}
#endif

/* The first byte that is not plain, or end. */
static inline const char *vector_plain(const char *at, const char *end)
{
#ifdef VECTOR_BITS
	for (; end - at >= VECTOR_SIZE; at += VECTOR_SIZE) {
		uint64_t stops = vector_mask(vector_unplain(vector_load(at)));

		if (stops)
			return at + __builtin_ctzll(stops) / VECTOR_BITS;
	}
#endif
	while (at < end && is_plain(*at))
		at++;
	return at;
}

/* Whether size bytes are equal. Behind text there are only as many as there
 * are up to end. */
static inline bool vector_same(const char *text, const char *end, const char *literal, size_t size)
{
	if ((size_t)(end - text) < size)
		return false;
#ifdef VECTOR_BITS
	if (size >= VECTOR_SIZE) {
		/* The last pair ends where they do, and overlaps the one before. */
		size_t last = size >= 2 * VECTOR_SIZE ? size - 2 * VECTOR_SIZE : 0;

		for (size_t at = 0; at < last; at += 2 * VECTOR_SIZE)
			if (!vector_same_pair(text + at, literal + at, VECTOR_SIZE))
				return false;
		return vector_same_pair(text + last, literal + last, size - VECTOR_SIZE - last);
	}
#endif
	return memcmp(text, literal, size) == 0;
}

/* The same for names, which are short: literal has 2 * VECTOR_SIZE bytes in
 * all. What is asked is asked at once: nobody can foretell which of it is so. */
static inline bool vector_same_name(const char *text, size_t text_size, const char *end, const char *literal,
				    size_t size)
{
#ifdef VECTOR_BITS
	if (end - text >= 2 * VECTOR_SIZE) {
		uint64_t differ = vector_bits(vector_differ(text, literal)) |
				  vector_bits(vector_differ(text + VECTOR_SIZE, literal + VECTOR_SIZE)) << VECTOR_SIZE;

		return (text_size == size) & ((differ & ((UINT64_C(1) << size) - 1)) == 0);
	}
#endif
	(void)end;
	return text_size == size && memcmp(text, literal, size) == 0;
}

#endif
