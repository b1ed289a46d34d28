/* SPDX-License-Identifier: ISC */
/* The tokenizer of the search, also for marking what was found. */
#ifndef GP_STORE_TOKENIZER_H
#define GP_STORE_TOKENIZER_H

#include "guildpost/base.h"

#include <sqlite3.h>

/* arg, flags (0), folded word, its length, where it stands in the text: from, to. */
typedef int (*gp_token_fn)(void *arg, int flags, const char *word, int len, int from, int to);

int gp_tokenize(const char *text, size_t n, gp_token_fn emit, void *arg);
int gp_tokenizer_register(sqlite3 *db);

#endif
