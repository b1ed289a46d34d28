/* SPDX-License-Identifier: ISC */
/*
 * Unit tests of templates: our own table of cases over the ground of the official
 * specification, the official cases where they lie beside the source, wrong templates
 * with the message they must give, bounds, the loader and mail templates.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/render/mustache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Partials are given as JSON: {"name": "template"}. Returns the output or "ERROR: why". */
static char *
render_kind(const void *ctx, const char *suffix, const char *text, const json_t *data,
    const json_t *partials)
{
	struct gp_templates *set = templates_new(ctx);
	char *name = gp_asprintf(ctx, "main-of-test%s", suffix);
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;
	const char *key;
	json_t *value;
	struct gp_buf b;

	gp_buf_init(&b, ctx, 1 << 20);
	st = templates_add(set, name, NULL, text, strlen(text), &err);
	json_object_foreach((json_t *)(uintptr_t)partials, key, value)
		if (!st)
			st = templates_add(set, gp_asprintf(ctx, "%s%s", key, suffix), NULL,
			    json_string_value(value), json_string_length(value), &err);
	if (!st)
		st = gp_template_render(gp_templates_find(set, name, NULL), data, &b, &err);
	return st ? gp_asprintf(ctx, "ERROR: %s", err.msg) : b.p;
}

static json_t *
load_json(const char *text)
{
	json_error_t e;
	json_t *v = text ? json_loads(text, JSON_DECODE_ANY, &e) : json_object();

	if (!v)
		fail_msg("bad JSON in the test: %s: %s", text, e.text);
	return v;
}

static const struct {
	const char *name, *template, *data, *partials, *want;
} cases[] = {
	/* values */
	{"plain text", "no tags { here }}", "{}", NULL, "no tags { here }}"},
	{"value", "a {{b}} c", "{\"b\":\"B\"}", NULL, "a B c"},
	{"blanks around a name", "{{  b\t}}", "{\"b\":\"B\"}", NULL, "B"},
	{"escaped", "{{b}}", "{\"b\":\"<a href='x'>&\\\"\"}", NULL,
	    "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"},
	{"three braces", "{{{b}}}|{{&b}}", "{\"b\":\"<&>\"}", NULL, "<&>|<&>"},
	{"three braces with blanks", "{{{ b }}}", "{\"b\":\"<\"}", NULL, "<"},
	{"values are not templates", "{{b}}", "{\"b\":\"{{c}}\",\"c\":1}", NULL, "{{c}}"},
	{"missing", "[{{b}}{{{b}}}{{&b}}]", "{}", NULL, "[]"},
	{"null", "[{{b}}]", "{\"b\":null}", NULL, "[]"},
	{"numbers", "{{i}} {{n}} {{r}} {{s}}", "{\"i\":0,\"n\":-7,\"r\":1.21,\"s\":0.1}", NULL,
	    "0 -7 1.21 0.1"},
	{"booleans", "{{t}} {{f}}", "{\"t\":true,\"f\":false}", NULL, "true false"},
	{"objects and lists print nothing", "[{{o}}{{l}}]", "{\"o\":{\"a\":1},\"l\":[1]}", NULL,
	    "[]"},
	{"dotted", "{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"x\"}}}", NULL, "x"},
	{"dotted, broken", "[{{a.b.c}}]", "{\"a\":{\"b\":1}}", NULL, "[]"},
	{"dotted, only its first part climbs", "{{#a}}[{{b.c}}]{{/a}}",
	    "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", NULL, "[]"},
	{"dotted is no key", "[{{a.b}}]", "{\"a.b\":1}", NULL, "[]"},
	{"null hides what is outside", "{{#a}}[{{b}}]{{/a}}", "{\"a\":{\"b\":null},\"b\":1}", NULL,
	    "[]"},
	{"dot", "{{#l}}{{.}},{{/l}}", "{\"l\":[1,\"<\",2.5]}", NULL, "1,&lt;,2.5,"},
	{"dot at the top", "{{.}}", "\"x\"", NULL, "x"},
	{"NUL and controls go", "{{b}}", "{\"b\":\"a\\u0001b\\u001bc\"}", NULL, "abc"},
	/* sections */
	{"true", "{{#b}}x{{/b}}", "{\"b\":true}", NULL, "x"},
	{"false", "[{{#b}}x{{/b}}]", "{\"b\":false}", NULL, "[]"},
	{"nothing there", "[{{#b}}x{{/b}}]", "{}", NULL, "[]"},
	{"empty text is false", "[{{#b}}x{{/b}}]{{^b}}y{{/b}}", "{\"b\":\"\"}", NULL, "[]y"},
	{"zero is false", "[{{#b}}x{{/b}}]{{^b}}y{{/b}}", "{\"b\":0}", NULL, "[]y"},
	{"one is true", "{{#b}}{{b}}{{/b}}", "{\"b\":1}", NULL, "1"},
	{"empty object is true", "{{#b}}x{{/b}}", "{\"b\":{}}", NULL, "x"},
	{"object", "{{#a}}{{b}}{{c}}{{/a}}", "{\"a\":{\"b\":1},\"b\":2,\"c\":3}", NULL, "13"},
	{"list", "{{#l}}{{x}};{{/l}}", "{\"l\":[{\"x\":1},{\"x\":2},{}],\"x\":9}", NULL, "1;2;9;"},
	{"empty list", "[{{#l}}x{{/l}}{{^l}}none{{/l}}]", "{\"l\":[]}", NULL, "[none]"},
	{"list of lists", "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{\"l\":[[1,2],[3]]}", NULL,
	    "(12)(3)"},
	{"the same name within itself", "{{#b}}1{{#b}}2{{/b}}3{{/b}}", "{\"b\":true}", NULL, "123"},
	{"inverted", "{{^b}}x{{/b}}", "{}", NULL, "x"},
	{"inverted, true", "[{{^b}}x{{/b}}]", "{\"b\":[1]}", NULL, "[]"},
	{"inverted within a list", "{{#l}}{{^.}}-{{/.}}{{/l}}", "{\"l\":[0,1,\"\"]}", NULL, "--"},
	{"blanks in the tags", "{{# b }}x{{/ b }}", "{\"b\":1}", NULL, "x"},
	/* lines */
	{"section lines go", "a\n{{#b}}\nx\n{{/b}}\nc\n", "{\"b\":1}", NULL, "a\nx\nc\n"},
	{"indented section lines go", "a\n  {{#b}}\t\nx\n  {{/b}}\nc", "{\"b\":1}", NULL,
	    "a\nx\nc"},
	{"CRLF", "a\r\n{{#b}}\r\nx\r\n{{/b}}\r\nc", "{\"b\":1}", NULL, "a\r\nx\r\nc"},
	{"two tags are no such line", "{{#b}}{{/b}}\nx", "{\"b\":1}", NULL, "\nx"},
	{"a value keeps its line", "  {{b}}\n", "{\"b\":1}", NULL, "  1\n"},
	{"text behind keeps the line", "{{#b}} x\n{{/b}}y\n", "{\"b\":1}", NULL, " x\ny\n"},
	{"last line without end", "a\n  {{#b}}\nx\n  {{/b}}", "{\"b\":1}", NULL, "a\nx\n"},
	{"comment", "a{{! b {c} }}d", "{}", NULL, "ad"},
	{"comment over lines", "a\n{{! b\n c\n}}\nd\n", "{}", NULL, "a\nd\n"},
	{"comment behind text", "a {{! b }}\nd\n", "{}", NULL, "a \nd\n"},
	{"comment over lines behind text", "a {{! b\n}}\n{{#x}}\nd\n{{/x}}\n", "{\"x\":1}", NULL,
	    "a \nd\n"},
	/* delimiters */
	{"delimiters", "{{=<% %>=}}<% b %> {{b}}", "{\"b\":1}", NULL, "1 {{b}}"},
	{"delimiters and back", "{{=| |=}}|b||={{ }}=|{{b}}", "{\"b\":1}", NULL, "11"},
	{"delimiters on their line", "a\n {{= @ @ =}} \nb@b@\n", "{\"b\":1}", NULL, "a\nb1\n"},
	{"delimiters stay in their file", "{{=| |=}}|>p| |b|", "{\"b\":1}", "{\"p\":\"{{b}}|b|\"}",
	    "1|b| 1"},
	/* partials */
	{"partial", "[{{>p}}]", "{\"b\":1}", "{\"p\":\"<{{b}}>\"}", "[<1>]"},
	{"partial that is not there", "[{{>p}}]", "{}", NULL, "[]"},
	{"partial within itself", "{{>p}}",
	    "{\"v\":1,\"l\":[{\"v\":2,\"l\":[{\"v\":3,\"l\":[]}]}]}",
	    "{\"p\":\"{{v}}({{#l}}{{>p}}{{/l}})\"}", "1(2(3()))"},
	{"partial on its line", "a\n  {{>p}}\nb\n", "{}", "{\"p\":\"x\\ny\\n\"}",
	    "a\n  x\n  y\nb\n"},
	{"partial without line end", " {{>p}}\nb", "{}", "{\"p\":\"x\"}", " xb"},
	{"partials in partials", "a\n  {{>p}}\n", "{}",
	    "{\"p\":\"1\\n {{>q}}\\n2\\n\",\"q\":\"x\\ny\\n\"}",
	    "a\n  1\n   x\n   y\n  2\n"},
	{"partial within a line", "a {{>p}} b\n", "{}", "{\"p\":\"x\\ny\"}", "a x\ny b\n"},
	{"values are not indented", "  {{>p}}\n", "{\"v\":\"1\\n2\"}", "{\"p\":\"{{{v}}}|\\n\"}",
	    "  1\n2|\n"},
	{"indented list", "  {{>p}}\n", "{\"l\":[1,2]}", "{\"p\":\"{{#l}}\\n{{.}}\\n{{/l}}\\n\"}",
	    "  1\n  2\n"},
	{"dynamic", "{{>*n}}", "{\"n\":\"p\"}", "{\"p\":\"x\"}", "x"},
	{"dynamic, dotted", "{{>*a.n}}", "{\"a\":{\"n\":\"p\"}}", "{\"p\":\"x\"}", "x"},
	{"dynamic, missing", "[{{>*n}}]", "{}", "{\"n\":\"x\"}", "[]"},
	{"dynamic, no text", "[{{>*n}}]", "{\"n\":1}", "{\"1\":\"x\"}", "[]"},
	{"dynamic, two stars", "[{{>**n}}]", "{\"n\":\"m\",\"m\":\"p\"}", "{\"p\":\"x\"}", "[]"},
	{"dynamic, with an indent", "  {{>*n}}\n", "{\"n\":\"p\"}", "{\"p\":\"x\\ny\\n\"}",
	    "  x\n  y\n"},
	{"dynamic, out of the folder", "[{{>*n}}]", "{\"n\":\"../../etc/passwd\"}",
	    "{\"p\":\"x\"}", "[]"},
	/* inheritance */
	{"block", "{{$b}}own {{v}}{{/b}}", "{\"v\":1}", NULL, "own 1"},
	{"parent", "{{<p}}{{/p}}", "{}", "{\"p\":\"[{{$b}}own{{/b}}]\"}", "[own]"},
	{"block replaced", "{{<p}}{{$b}}new{{/b}}{{/p}}", "{}", "{\"p\":\"[{{$b}}own{{/b}}]\"}",
	    "[new]"},
	{"text in a parent is nothing", "{{<p}}x {{v}}{{$b}}new{{/b}} y{{/p}}", "{\"v\":1}",
	    "{\"p\":\"[{{$b}}own{{/b}}]\"}", "[new]"},
	{"one block of two", "{{<p}}{{$b}}new{{/b}}{{/p}}", "{}",
	    "{\"p\":\"{{$a}}A{{/a}},{{$b}}B{{/b}}\"}", "A,new"},
	{"data don't replace a block", "{{<p}}{{/p}}", "{\"b\":\"data\"}",
	    "{\"p\":\"{{$b}}own{{/b}}\"}", "own"},
	{"three generations", "{{<p}}{{$b}}mine{{/b}}{{/p}}", "{}",
	    "{\"p\":\"{{<q}}{{$b}}p{{/b}}{{$c}}pc{{/c}}{{/q}}\",\"q\":\"{{$b}}q{{/b}}{{$c}}qc{{/c}}\"}", "minepc"},
	{"the outermost wins, the middle fills in", "{{<p}}{{/p}}", "{}",
	    "{\"p\":\"{{<q}}{{$b}}p{{/b}}{{/q}}\",\"q\":\"{{$b}}q{{/b}}\"}", "p"},
	{"block seen from its place", "{{<p}}{{$b}}{{v}}{{/b}}{{/p}}", "{\"v\":1,\"n\":{\"v\":2}}",
	    "{\"p\":\"{{#n}}{{$b}}x{{/b}}{{/n}}\"}", "2"},
	{"block in a list", "{{<p}}{{$b}}<{{.}}>{{/b}}{{/p}}", "{\"l\":[1,2]}",
	    "{\"p\":\"{{#l}}{{$b}}{{/b}}{{/l}}\"}", "<1><2>"},
	{"a block that holds its own name", "{{<p}}{{$b}}[{{$b}}in{{/b}}]{{/b}}{{/p}}", "{}",
	    "{\"p\":\"{{$b}}own{{/b}}\"}", "[in]"},
	{"parent on its line", "a\n  {{<p}}{{/p}}\nb\n", "{}", "{\"p\":\"x\\ny\\n\"}",
	    "a\n  x\n  y\nb\n"},
	{"page and layout", "{{<p}}\n{{$main}}\n<h1>\n  x\n{{/main}}\n{{/p}}\n", "{}",
	    "{\"p\":\"<main>\\n  {{$main}}\\n  {{/main}}\\n</main>\\n\"}",
	    "<main>\n  <h1>\n    x\n</main>\n"},
	{"block brings its own indent", "{{<p}}{{$b}}\n    one\n      two\n{{/b}}{{/p}}\n", "{}",
	    "{\"p\":\"Hi\\n  {{$b}}\\n  {{/b}}\\n\"}", "Hi\n  one\n    two\n"},
	{"a block's own text as it stands", "{{<p}}{{/p}}", "{}",
	    "{\"p\":\"a\\n  {{$b}}\\n      one\\n       two\\n  {{/b}}\\n  {{$c}}x\\n  y{{/c}}\\n\"}",
	    "a\n      one\n       two\n  x\n  y\n"},
	{"partial in a block", "{{<p}}{{$b}}\n  {{>q}}\n{{/b}}{{/p}}\n", "{}",
	    "{\"p\":\"-\\n    {{$b}}\\n    {{/b}}\\n\",\"q\":\"x\\ny\\n\"}", "-\n    x\n    y\n"},
	{"dynamic parent", "{{<*n}}{{$b}}new{{/b}}{{/*n}}", "{\"n\":\"p\"}",
	    "{\"p\":\"[{{$b}}own{{/b}}]\"}", "[new]"},
	/* errors */
	{"not closed", "a\n\n{{b", "{}", NULL,
	    "ERROR: main-of-test.html:3: this tag is not closed: \"{{b\""},
	{"three braces closed by two", "{{{b}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: this tag is not closed: \"{{{b}}\""},
	{"comment not closed", "{{! b", "{}", NULL,
	    "ERROR: main-of-test.html:1: this tag is not closed: \"{{! b\""},
	{"section not ended", "a\n{{#b}}\nc\nd\n", "{}", NULL,
	    "ERROR: main-of-test.html:2: this is never ended: \"b\""},
	{"end of nothing", "a\n{{/b}}", "{}", NULL,
	    "ERROR: main-of-test.html:2: this ends nothing that is open: \"b\""},
	{"crossed", "{{#a}}\n{{#b}}\n{{/a}}\n{{/b}}", "{}", NULL,
	    "ERROR: main-of-test.html:3: \"b\" of line 2 is open, but this ends \"a\""},
	{"no name", "\n{{ }}", "{}", NULL, "ERROR: main-of-test.html:2: a tag without a name"},
	{"no name of a section", "{{#}}{{/}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: a tag without a name"},
	{"no name behind the star", "{{>*}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: a tag without a name"},
	{"blank in a name", "{{a b}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: a name with a blank in it: \"a b\""},
	{"one delimiter", "{{=x=}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: a change of delimiters "
	    "must be two words without =: \"x\""},
	{"three delimiters", "{{=x y z=}}", "{}", NULL, "ERROR: main-of-test.html:1: a change of "
	    "delimiters must be two words without =: \"x y z\""},
	{"delimiters not closed", "{{=x y}}", "{}", NULL,
	    "ERROR: main-of-test.html:1: this tag is not closed: \"{{=x y}}\""},
	{"partial without end", "{{>p}}", "{}", "{\"p\":\"x{{>p}}\"}",
	    "ERROR: main-of-test.html calls itself without end"},
	{"parents without end", "{{<p}}{{/p}}", "{}", "{\"p\":\"{{<p}}{{/p}}\"}",
	    "ERROR: main-of-test.html calls itself without end"},
	{"error in a partial", "{{>p}}", "{}", "{\"p\":\"\\n\\n{{\"}",
	    "ERROR: p.html:3: this tag is not closed: \"{{\""},
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		json_t *data = load_json(cases[i].data), *partials = load_json(cases[i].partials);
		char *got = render_kind(ctx, ".html", cases[i].template, data, partials);

		if (strcmp(got, cases[i].want))
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, got, cases[i].want);
		json_decref(data);
		json_decref(partials);
		talloc_free(ctx);
	}
}

/* The official cases, when they are at hand. */
static int
official_file(const char *path)
{
	json_t *spec = json_load_file(path, 0, NULL), *test;
	size_t i;

	if (!spec)
		return 0;
	json_array_foreach(json_object_get(spec, "tests"), i, test) {
		void *ctx = gp_ctx(NULL);
		const char *want = json_string_value(json_object_get(test, "expected"));
		char *got = render_kind(ctx, ".html", json_string_value(json_object_get(test,
		    "template")),
		    json_object_get(test, "data"), json_object_get(test, "partials"));

		if (strcmp(got, want))
			fail_msg("%s: %s: got \"%s\", want \"%s\"", path,
			    json_string_value(json_object_get(test, "name")), got, want);
		talloc_free(ctx);
	}
	json_decref(spec);
	return (int)i;
}

static void
test_official(void **state)
{
	static const char *const files[] = {"comments", "delimiters", "dynamic-names",
	    "inheritance",
	    "interpolation", "inverted", "partials", "sections"};
	const char *dir = getenv("GP_SRCDIR");
	int n = 0;
	size_t i;

	(void)state;
	for (i = 0; dir && i < GP_COUNT(files); i++) {
		char *path = gp_asprintf(NULL, "%s/../shared/mustache-spec/%s.json", dir, files[i]);
		char *path2 = gp_asprintf(NULL, "%s/../../shared/mustache-spec/%s.json", dir,
		    files[i]);

		n += access(path, R_OK) ? official_file(path2) : official_file(path);
		talloc_free(path);
		talloc_free(path2);
	}
	if (!n) {
		print_message("the official cases are not beside the source: skipped\n");
		return;	/* cmocka's skip() is "not ok" to a reader of TAP */
	}
	print_message("%d official cases\n", n);
}

static void
test_escaping_by_kind(void **state)
{
	static const struct {
		const char *suffix, *value, *want;
	} rows[] = {
		{".html", "<b>&\"'\n\x7f", "&lt;b&gt;&amp;&quot;&#39;\n"},
		{".atom", "<a>\x01\xef\xbf\xbf\xef\xbf\xbe" "b", "&lt;a&gt;b"},
		{".md", "# no *heading* [x](http://y) <b> `c` a_b", "\\# no \\*heading\\* "
		    "\\[x\\]\\(http://y\\) \\<b\\> \\`c\\` a\\_b"},
		{".md", "- no list", "\\- no list"},
		{".md", "12. no list", "12\\. no list"},
		{".md", "12) no list", "12\\) no list"},
		{".md", "    no code\n\tnor here\n=== nor a heading\n+ nor", "no code\nnor here\n"
		    "\\=== nor a heading\n\\+ nor"},
		{".md", "a\\b &amp; ~x~ |", "a\\\\b \\&amp; \\~x\\~ \\|"},
		{".txt", "<b> & \x1b[31m\r\n\tx", "<b> & [31m\n\tx"},
		{".txt", "\xc2\x85 \xc3\xa4", " \xc3\xa4"},
		{".hdr", "a\r\nBcc: evil@example.org\n b\t c\x01", "a Bcc: evil@example.org b c"},
		{".hdr", "x\xe2\x80\xaey <b>", "xy <b>"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx = gp_ctx(NULL);
		json_t *data = json_object();
		char *got;

		json_object_set_new(data, "v", json_string(rows[i].value));
		got = render_kind(ctx, rows[i].suffix, "{{v}}", data, NULL);
		assert_string_equal(got, rows[i].want);
		json_decref(data);
		talloc_free(ctx);
	}
}

static void
test_bounds(void **state)
{
	void *ctx = gp_ctx(NULL);
	json_t *data = json_object(), *list = json_array();
	struct gp_template *t = NULL;
	struct gp_err err;
	struct gp_buf b, deep;
	char *got;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		json_array_append_new(list, json_integer(i));
	json_object_set_new(data, "l", list);
	gp_buf_init(&b, ctx, 100);
	assert_int_equal(gp_template_compile(ctx, "{{#l}}{{.}}{{/l}}", 17, GP_ESCAPE_HTML, NULL,
	    &t, &err),
	    GP_OK);
	assert_int_equal(gp_template_render(t, data, &b, &err), GP_E_TOOBIG);
	assert_int_equal(b.len <= 100, 1);
	/* 10^9 rounds that print nothing. */
	got = render_kind(ctx, ".html", "{{#l}}{{#l}}{{#l}}{{x}}{{/l}}{{/l}}{{/l}}", data, NULL);
	assert_string_equal(got, "ERROR: main-of-test.html takes too long");
	gp_buf_init(&deep, ctx, 1 << 20);
	for (i = 0; i < 100; i++)
		gp_buf_puts(&deep, "{{#l}}");
	got = render_kind(ctx, ".html", deep.p, data, NULL);
	assert_string_equal(got,
	    "ERROR: main-of-test.html:1: too many sections within each other at \"l\"");
	/* The text may go away after compiling. */
	got = gp_strdup(ctx, "a{{l}}b");
	assert_int_equal(gp_template_compile(ctx, got, 7, GP_ESCAPE_NONE, NULL, &t, NULL), GP_OK);
	memset(got, 'x', 7);
	gp_buf_reset(&b);
	assert_int_equal(gp_template_render(t, data, &b, NULL), GP_OK);
	assert_string_equal(b.p, "ab");
	json_decref(data);
	talloc_free(ctx);
}

static char *
temp_dir(const void *ctx)
{
	char *dir = gp_strdup(ctx, "/tmp/gp-test-XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	char *path = gp_path_join(NULL, dir, name), *slash = strrchr(path, '/');

	*slash = '\0';
	assert_int_equal(gp_dir_make(path, 0700, NULL), GP_OK);
	*slash = '/';
	assert_int_equal(gp_file_write(path, text, strlen(text), 0600, NULL), GP_OK);
	talloc_free(path);
}

static void
remove_dir(const char *dir)
{
	char *cmd[] = {"rm", "-rf", (char *)(uintptr_t)dir, NULL};
	pid_t pid = fork();

	if (!pid) {
		execvp(cmd[0], cmd);
		_exit(1);
	}
}

static void
test_loader_refuses(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"web/a.html", "x\n{{sbject}}",
		    "web/a.html:2: the variable sbject is not in the file "
		    "\"variables\": misspelt?"},
		{"web/a.html", "{{subject.x}}", "web/a.html:1: the variable x is not in the file "
		    "\"variables\": misspelt?"},
		{"web/a.html", "{{#list}}{{^sub}}{{/sub}}{{/list}}",
		    "web/a.html:1: the variable sub is not "
		    "in the file \"variables\": misspelt?"},
		{"web/a.html", "{{{subject}}}",
		    "web/a.html:1: {{{subject}}} is raw, but only names that end "
		    "in _html or _md hold markup: use {{ }}"},
		{"web/a.html", "\n\n{{#list}}{{&.}}{{/list}}",
		    "web/a.html:3: {{{.}}} would put text of "
		    "anyone in as markup: give it a name"},
		{"web/a.html", "{{>nav}}", "web/a.html:1: there is no template web/nav.html"},
		{"web/a.html", "{{#list}}", "web/a.html:1: this is never ended: \"list\""},
		{"web/a.html", "{{>*page}}", "web/a.html:1: the variable page is not in the file "
		    "\"variables\": misspelt?"},
		{"web/a.html", "\xff\xfe", "web/a.html is not UTF-8 text"},
		{"mail/en/a.md", "Subject: {{sbject}}\n\nx",
		    "mail/en/a.md:1: the variable sbject is not in "
		    "the file \"variables\": misspelt?"},
		{"mail/en/a.md", "Subject: x\nTo: y\n\nz\n{{sbject}}",
		    "mail/en/a.md:5: the variable sbject "
		    "is not in the file \"variables\": misspelt?"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx = gp_ctx(NULL);
		char *dir = temp_dir(ctx);
		const char *dirs[1] = {dir};
		struct gp_templates *set = NULL;
		struct gp_err err;

		put_file(dir, "variables",
		    "# comment\n\nsubject  of a message\nlist  of things\nbody_html\n");
		put_file(dir, rows[i].name, rows[i].text);
		assert_int_equal(gp_templates_load(ctx, dirs, 1, &set, &err), GP_E_CONFIG);
		assert_int_equal(err.code, GP_E_CONFIG);
		assert_true(gp_starts(err.msg, dir));
		assert_string_equal(err.msg + strlen(dir) + 1, rows[i].want);
		remove_dir(dir);
		talloc_free(ctx);
	}
}

static void
test_loader(void **state)
{
	void *ctx = gp_ctx(NULL);
	char *own = temp_dir(ctx), *base = temp_dir(ctx), *out, version[9];
	const char *dirs[2] = {own, base};
	struct gp_templates *set, *again;
	struct gp_err err;
	json_t *data = json_pack("{s:s,s:s}", "subject", "a <b>", "body_html", "<i>");
	size_t n;

	(void)state;
	put_file(base, "variables", "subject  x\nbody_html  y\n");
	put_file(base, "web/page.html", "{{>head}}{{subject}}{{{body_html}}}");
	put_file(base, "web/head.html", "base:");
	put_file(own, "web/head.html", "own:");
	put_file(base, "web/style.css", "p{{}}");
	put_file(base, "web/.hidden.html", "{{");
	put_file(base, "web/edited.html~", "{{");
	put_file(base, "mail/en/x.md",
	    "Subject: {{subject}}\nPreview: first {{subject}}\n\nen {{subject}}{{>foot}}");
	put_file(base, "mail/en/foot.md", "--en");
	put_file(base, "mail/de/x.md", "Subject: de\n\nde {{subject}}{{>foot}}");
	assert_int_equal(gp_templates_load(ctx, dirs, 2, &set, &err), GP_OK);
	assert_int_equal(gp_templates_render(ctx, set, "web/page.html", NULL, data, &out, &n,
	    &err), GP_OK);
	assert_string_equal(out, "own:a &lt;b&gt;<i>");
	assert_int_equal(n, strlen(out));
	assert_string_equal(gp_templates_file(set, "web/style.css", &n), "p{{}}");
	assert_int_equal(n, 5);
	assert_null(gp_templates_find(set, "web/style.css", NULL));
	assert_null(gp_templates_file(set, "web/.hidden.html", &n));
	assert_int_equal(gp_templates_render(ctx, set, "mail/x.md", "de-AT", data, &out, &n, &err),
	    GP_OK);
	assert_string_equal(out, "de a \\<b\\>--en");
	assert_int_equal(gp_templates_render(ctx, set, "mail/x.md", "fr", data, &out, &n, &err),
	    GP_OK);
	assert_string_equal(out, "en a \\<b\\>--en");
	assert_int_equal(gp_templates_render(ctx, set, "mail/y.md", "fr", data, &out, &n, &err),
	    GP_E_NOTFOUND);
	assert_string_equal(err.msg, "there is no template mail/y.md");
	snprintf(version, sizeof(version), "%s", gp_templates_version(set));
	assert_int_equal(strlen(version), 8);
	put_file(own, "web/style.css", "p{}");
	assert_int_equal(gp_templates_load(ctx, dirs, 2, &again, &err), GP_OK);
	assert_string_not_equal(gp_templates_version(again), version);
	dirs[0] = "/nonexistent/templates";
	assert_int_equal(gp_templates_load(ctx, dirs, 2, &again, &err), GP_E_CONFIG);
	remove_dir(own);
	remove_dir(base);
	json_decref(data);
	talloc_free(ctx);
}

static void
test_mail_template(void **state)
{
	void *ctx = gp_ctx(NULL);
	const char *src = getenv("GP_SRCDIR");
	char *dir = gp_asprintf(ctx, "%s/templates", src ? src : ".");
	const char *dirs[1] = {dir};
	struct gp_templates *set;
	struct gp_mail_text m;
	struct gp_err err = {GP_OK, ""};
	json_t *data = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "list_name", "bees", "list_title",
	    "Bees & *hives*", "list_address", "bees@example.org", "subject",
	    "Hi\r\nBcc: x@example.org", "from_addr", "jane_doe@example.org", "reason", "new member",
	    "snippet", "# Look <img src=x> [click](http://evil.example/)");

	(void)state;
	if (gp_templates_load(ctx, dirs, 1, &set, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(gp_mail_template(ctx, set, "mail/hold-reminder.md", "en", data, &m, &err), GP_OK);
	assert_string_equal(m.subject, "Re: [bees] Held: Hi Bcc: x@example.org");
	assert_non_null(strstr(m.text, "of jane_doe@example.org to *Bees"));
	assert_non_null(strstr(m.text, "> # Look <img src=x> [click](http://evil.example/)"));
	assert_null(strstr(m.html, "<img"));
	assert_null(strstr(m.html, "href=\"http://evil.example/\">click"));
	assert_non_null(strstr(m.html, "<!doctype html>"));
	assert_non_null(strstr(m.html, "Bees &amp; *hives*</strong>"));
	assert_int_equal(gp_mail_template(ctx, set, "mail/nothing.md", "en", data, &m, &err),
	    GP_E_NOTFOUND);
	json_decref(data);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_official),
		cmocka_unit_test(test_escaping_by_kind),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_loader_refuses),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_mail_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
