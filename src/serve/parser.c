/* SPDX-License-Identifier: ISC */
/*
 * The parser process: frames with canonical messages in, their derived form out. Its
 * memory is one context a message. It may die of a message; whoever asked deals with that.
 */
#include "config.h"

#include "guildpost/render.h"
#include "guildpost/serve.h"

#include <sysexits.h>
#include <unistd.h>

enum { BLOCK = 512 << 10 };	/* what most messages need */

/* Answer: status, then why not, or the wire form. */
static void
answer(struct gp_buf *b, const void *ctx, struct gp_str raw)
{
	struct gp_mail mail;
	struct gp_err err;
	enum gp_status st = gp_derive(ctx, raw.p, raw.n, &mail, &err);

	gp_pack_u(b, st);
	if (st != GP_OK)
		gp_pack_text(b, err.msg);
	else
		gp_mail_pack(b, &mail);
}

int
gp_parser_run(int fd)
{
	void *block = gp_ctx_block(NULL, BLOCK);
	struct gp_frame f;
	struct gp_err err;
	enum gp_status st;

	gp_charset_preload();
	gp_sandbox_parser();
	for (;;) {
		void *ctx = gp_ctx(block);
		struct gp_buf *b = gp_buf_new(ctx, GP_MAX_FRAME);

		st = gp_frame_read(ctx, fd, GP_MAX_FRAME, &f, &err);
		if (st != GP_OK)
			break;
		answer(b, ctx, f.body);
		if (b->over)
			_exit(EX_SOFTWARE); /* more derived than a frame holds: unreadable */
		st = gp_frame_write(fd, GP_IPC_PARSED, f.id, b->p, b->len, &err);
		if (st != GP_OK)
			break;
		talloc_free(ctx);
	}
	talloc_free(block);
	return st == GP_E_NOTFOUND ? EX_OK : EX_IOERR;
}
