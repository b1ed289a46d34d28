/* SPDX-License-Identifier: ISC */
/* Content notes: what a post says of itself, or somebody of it, for those who would rather not read it unawares. */
#include "config.h"

#include "private.h"

enum gp_status
gp_message_set_note(struct gp_store *s, int64_t message, const char *note, bool person, struct gp_err *err)
{
	char *line = gp_utf8_line(NULL, note, strlen(note), GP_NOTE_LONGEST);
	int64_t list = 0, thread = 0;
	/* What somebody said of it afterwards stays, whatever is found in its text again. */
	enum gp_status status = gp_sql_run(s, "UPDATE node SET note = ?2, note_by = ?3 WHERE id = ?1 AND state IN (1, 2) "
	    "AND note_by <= ?3 AND (note <> ?2 OR note_by <> ?3)",
	    GP_ARGS(GP_INT(message), GP_TEXT(line), GP_INT(person)), err);

	talloc_free(line);
	if (status != GP_OK || sqlite3_changes(s->db) == 0)
		return status;
	status = gp_sql_ints(s, &list, &thread, "SELECT list, thread FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(message)), err);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE thread SET version = version + 1 WHERE id = ?1", GP_ARGS(GP_INT(thread)),
		    err);
	return status == GP_OK ? gp_list_touch(s, list, err) : status;
}
