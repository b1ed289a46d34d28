/* SPDX-License-Identifier: ISC */
/* base: JSON, files, compression.
 * Included by base.h, whose rules hold here. */
#ifndef GUILDPOST_BASE_FILE_H
#define GUILDPOST_BASE_FILE_H

/* ---- json.c ------------------------------------------------------------------ */

/* Values hang on talloc: freeing the context drops the reference. */
json_t *gp_json_object(const void *ctx);
json_t *gp_json_array(const void *ctx);
/* Set a member; the text is cleaned to valid UTF-8; NULL gives null. */
void gp_json_text(json_t *obj, const char *key, const char *s);
void gp_json_textn(json_t *obj, const char *key, const char *s, size_t n);
void gp_json_int(json_t *obj, const char *key, int64_t n);
void gp_json_bool(json_t *obj, const char *key, bool b);
json_t *gp_json_new_object(json_t *obj, const char *key);	/* member, borrowed */
json_t *gp_json_new_array(json_t *obj, const char *key);	/* member, borrowed */
json_t *gp_json_push_object(json_t *array);			/* element, borrowed */
void gp_json_push_text(json_t *array, const char *s);
/* What gp_json_dump wrote; an empty object for anything else. */
json_t *gp_json_load(const void *ctx, const char *text);
char *gp_json_dump(const void *ctx, const json_t *v, bool pretty);

/* ---- file.c -------------------------------------------------------------------- */

/* The whole file, NUL behind it; GP_E_TOOBIG over max. */
enum gp_status gp_file_read(const void *ctx, const char *path, size_t max, char **out, size_t *len,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_fd_read_all(const void *ctx, int fd, size_t max, char **out, size_t *len,
    struct gp_err *err) GP_MUST_CHECK;
/* Write to a temporary name, fsync, rename, fsync the folder. */
enum gp_status gp_file_write(const char *path, const void *p, size_t n, int mode,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_fd_write_all(int fd, const void *p, size_t n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_dir_make(const char *path, int mode, struct gp_err *err) GP_MUST_CHECK; /* and parents */
char *gp_path_join(const void *ctx, const char *dir, const char *name);

/* ---- inflate.c: read a file that may be compressed (gzip, zstd) ---------------------- */

struct gp_inflate;
/* Open and find out by the first bytes what it is; closed with its memory. */
enum gp_status gp_inflate_open(const void *ctx, const char *path, struct gp_inflate **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Up to n bytes; *got 0: the end. GP_E_PARSE: the compressed data is damaged. */
enum gp_status gp_inflate_read(struct gp_inflate *f, char *p, size_t n, size_t *got,
    struct gp_err *err) GP_MUST_CHECK;
/* Bytes of the file itself that were read, and its size: for progress. */
int64_t gp_inflate_at(const struct gp_inflate *f);
int64_t gp_inflate_size(const struct gp_inflate *f);

/* ---- gzip.c: compress in memory (RFC 1952) ---------------------------------------------- */

/* All of p (under 4 GB) as one gzip member; level 1 (fast) to 9 (small). */
char *gp_gzip(const void *ctx, const char *p, size_t n, int level, size_t *out_n);

#endif
