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

#if defined(__SSE2__)
#include <emmintrin.h>

/* A bit for each byte that differs. */
static inline uint64_t vector_differ(const char *a, const char *b)
{
	__m128i left = _mm_loadu_si128((const __m128i *)(const void *)a);
	__m128i right = _mm_loadu_si128((const __m128i *)(const void *)b);

	return (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)) ^ 0xFFFF;
}

static inline bool vector_same_pair(const char *a, const char *b)
{
	const __m128i *left = (const __m128i *)(const void *)a, *right = (const __m128i *)(const void *)b;
	__m128i first = _mm_cmpeq_epi8(_mm_loadu_si128(left), _mm_loadu_si128(right));
	__m128i second = _mm_cmpeq_epi8(_mm_loadu_si128(left + 1), _mm_loadu_si128(right + 1));

	return _mm_movemask_epi8(_mm_and_si128(first, second)) == 0xFFFF;
}

/* A bit for each byte that is not plain. Signed comparison: bytes of 0x80 and
 * above are below zero, thus below a blank. */
static inline uint64_t vector_stops(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	__m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));

	return (uint64_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, escape), low));
}

/* A bit for each byte that is no blank; tabs are if they may stand there. */
static inline uint64_t vector_solid(const char *at, bool tabs)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i blank = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '));

	if (tabs)
		blank = _mm_or_si128(blank, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
							 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
	return (uint64_t)_mm_movemask_epi8(blank) ^ 0xFFFF;
}

#define VECTOR_BITS 1 /* of the masks above, for each byte */

#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

/* NEON has no movemask: narrowing leaves four bits for each byte. */
static inline uint64_t vector_mask(uint8x16_t bytes)
{
	return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4)), 0);
}

static inline uint64_t vector_differ(const char *a, const char *b)
{
	return vector_mask(vmvnq_u8(vceqq_u8(vld1q_u8((const uint8_t *)a), vld1q_u8((const uint8_t *)b))));
}

static inline bool vector_same_pair(const char *a, const char *b)
{
	uint8x16_t first = vceqq_u8(vld1q_u8((const uint8_t *)a), vld1q_u8((const uint8_t *)b));
	uint8x16_t second = vceqq_u8(vld1q_u8((const uint8_t *)a + VECTOR_SIZE),
				     vld1q_u8((const uint8_t *)b + VECTOR_SIZE));

	return vminvq_u8(vandq_u8(first, second)) == 0xFF;
}

static inline uint64_t vector_stops(const char *at)
{
	uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
	uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(' '));

	return vector_mask(vorrq_u8(
		vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\'))), low));
}

static inline uint64_t vector_solid(const char *at, bool tabs)
{
	uint8x16_t bytes = vld1q_u8((const uint8_t *)at), blank = vceqq_u8(bytes, vdupq_n_u8(' '));

	if (tabs)
		blank = vorrq_u8(blank, vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('\t')), vceqq_u8(bytes, vdupq_n_u8('\r'))));
	return vector_mask(vmvnq_u8(blank));
}

#define VECTOR_BITS 4

#endif

/* What stands in a JSON string for itself, and is ASCII. */
static inline bool is_plain(char c)
{
	return (signed char)c >= ' ' && c != '"' && c != '\\';
}

/* The first byte that is not plain, or end. */
static inline const char *vector_plain(const char *at, const char *end)
{
#ifdef VECTOR_BITS
	for (; end - at >= VECTOR_SIZE; at += VECTOR_SIZE) {
		uint64_t stops = vector_stops(at);

		if (stops)
			return at + __builtin_ctzll(stops) / VECTOR_BITS;
	}
#endif
	while (at < end && is_plain(*at))
		at++;
	return at;
}

/* The first byte that is no blank, or end. Where there are blanks, nobody can
 * foretell how many: so few branches are the best. */
static inline const char *vector_skip_blanks(const char *at, const char *end, bool tabs)
{
#ifdef VECTOR_BITS
	if (end - at >= VECTOR_SIZE) {
		uint64_t solid = vector_solid(at, tabs);

		if (solid)
			return at + __builtin_ctzll(solid) / VECTOR_BITS;
	}
#endif
	while (at < end && (*at == ' ' || (tabs && (*at == '\t' || *at == '\r'))))
		at++;
	return at;
}

/* Whether size bytes are equal. Behind literal there are VECTOR_SIZE bytes
 * more that may be read; behind text only as many as there are up to end. */
static inline bool vector_same(const char *text, const char *end, const char *literal, size_t size)
{
	size_t left = (size_t)(end - text);

#ifdef VECTOR_BITS
	if (left >= size + VECTOR_SIZE) {
		for (; size >= 2 * VECTOR_SIZE; size -= 2 * VECTOR_SIZE) {
			if (!vector_same_pair(text, literal))
				return false;
			text += 2 * VECTOR_SIZE;
			literal += 2 * VECTOR_SIZE;
		}
		if (size >= VECTOR_SIZE) {
			if (vector_differ(text, literal))
				return false;
			size -= VECTOR_SIZE;
			text += VECTOR_SIZE;
			literal += VECTOR_SIZE;
		}
		return !(vector_differ(text, literal) & ((UINT64_C(1) << size * VECTOR_BITS) - 1));
	}
#endif
	return left >= size && memcmp(text, literal, size) == 0;
}

/* The same for names, which are short: name has 2 * VECTOR_SIZE bytes. */
static inline bool vector_same_name(const char *text, const char *end, const char *name, size_t size)
{
#ifdef VECTOR_BITS
	enum { UNUSED = 64 - VECTOR_SIZE * VECTOR_BITS };

	if (end - text >= VECTOR_SIZE && size <= VECTOR_SIZE && size > 0)
		return !(vector_differ(text, name) << (VECTOR_SIZE - size) * VECTOR_BITS << UNUSED);
#endif
	return (size_t)(end - text) >= size && memcmp(text, name, size) == 0;
}

#endif
