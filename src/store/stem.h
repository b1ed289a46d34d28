/* SPDX-License-Identifier: ISC */
/* Stems of words: "hives", "hive" and "hiving" share one. */
#ifndef GP_STORE_STEM_H
#define GP_STORE_STEM_H

#include "guildpost/base.h"

struct gp_stemmer;
/* language: "en", "de"; NULL: there are no rules for it. */
struct gp_stemmer *gp_stemmer_new(const void *ctx, const char *language);
/* The stem of a word in small letters into out (with a NUL); its length, 0: there is none. */
size_t gp_stem(struct gp_stemmer *st, const char *word, size_t n, char *out, size_t max);

#endif
