#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs the cases of the wire: what a list must do with the mail of the world, one small file each in tests/wire/cases.

	run.py [ID or GROUP]...		run them (all), speaking TAP
	run.py --table			write doc/WIRE: each id, whether it passes, and why not

A case file says `what:` it is about, makes its world, lets things happen and says what is expected. Each line is
"VERB: ARGUMENTS", with a block of lines below it that start with a tab.

The world, beside a list ID@example.org that olga owns and ann and bob read, all three at ID.example:
	set: KEY=VALUE ...		settings of the list
	member: ADDRESS [KEY=VALUE]	one more member
	list: ADDRESS [KEY=VALUE]	one more list, with the same people
	zone: NAME TYPE VALUE		what the DNS says (a block: more of it)
	key: DOMAIN			a DKIM key of a domain
	config: SECTION.NAME=VALUE	of the server; such a case has a server of its own, so has one with `own:`
	needs: PROGRAM ...		skipped where they are not installed
What happens:
	send: [bare] [utf8] [nowait] [from=A] [to=A,B] [times=N] [key=DOMAIN canon=C fields=F]
					a mail by LMTP, from ann to the list unless it says so; From, To, Subject,
					Message-ID and Date are added where the block lacks them, but for `bare`; from=<> is
					the null sender; key: signed; nowait: the queue need not be
					worked off before the next step
	talk:				an LMTP session, in one write
	pipe: ARGUMENTS			guildpost receive; the block is the mail
	gp: COMMAND ARGUMENTS		any other command
	shell: COMMAND			in a folder with the files `copy` and `sent`
	http: METHOD PATH [times=N]	the block: fields, an empty line, the content
	answer: STAGE[*N] PATTERN REPLY	what the relay says at CONNECT, EHLO, MAIL, RCPT, DATA, DOT to a path like this
	relay: -FEATURE +FEATURE=VALUE	what its EHLO offers; with outbound.ca=../good.pem +STARTTLS, and +TRUSTED: by that
					certificate, not by another
	retry:  clock: +3d  restart: [kill]  mark:	queue retry; the server anew, later; what `unchanged` compares with
In braces: {list} {name} {d} (ID.example) {n} {hold} (the newest) {repeat N TEXT} (# is the number) {date DAYS} {sender WHO} (the envelope
sender of the newest copy) {find WHO PATTERN} (out of a copy)
{upper TEXT} {flip TEXT} (one of its letters is another)
{fold TEXT} (a line end in its middle). Escapes: \\r \\n \\0 \\t \\xHH; \\c: no line end here.
`expect:` (a block), in the order in which it is looked at; want.py says more of each word:
	reply, codes			of LMTP			decision	accept, hold ... and the rule
	mails WHO N [/SUBJECT/]		copies			copy WHO	the one that is looked at, if not bob's
	header NAME, text NAME		absent, once, same, times N, = V, ~ P, !~ P
	body, raw			same, = T, ~ P, !~ P	parses, width N, dkim good
	held N, archive N, queue N, member WHO KEY=VALUE, log ~ P, dialogue ~ P, asked = NAMES, unchanged, arrives WHO
	exit N, output ~ P, status N, page ~ P

What can't be expected yet: `open: REASON` (a TODO of TAP; that it passes after all is an error). What doesn't apply:
`n/a: REASON`. What another script of tests/e2e tries: `covered: SCRIPT NAME-OF-TEST`."""
import os
import re
import shutil
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from case import Bad, Case, order  # noqa: E402
from play import Play  # noqa: E402
from world import Failure, World  # noqa: E402

GROUPS = {'T': ('Transport in', 28), 'H': ('Headers', 34), 'S': ('Subject', 15), 'D': ('DMARC', 26),
          'E': ('Envelope out', 22), 'B': ('Bounces', 26), 'L': ('Loops, automatic mail', 14), 'X': ('Security', 35),
          'C': ('Content', 26), 'G': ('Digest', 12), 'R': ('Storage', 7)}


def ids():
    return [f'{g}{i:02}' for g, (_, n) in GROUPS.items() for i in range(1, n + 1)]


def cases(wanted):
    names = sorted(os.listdir(f'{HERE}/cases'), key=order)
    return [Case(f'{HERE}/cases/{n}', n) for n in names
            if not wanted or any(n == w or (w in GROUPS and n[0] == w) for w in wanted)]


# ---- what is covered elsewhere

def is_covered(where):
    """Is that script run by make check, and does it have a test of that name?"""
    script, name = where.split(' ', 1)
    with open(f'{ROOT}/Makefile.am', encoding='utf-8') as f:
        makefile = f.read()
    program = script.removesuffix('.c')
    if f'\t{script} ' not in makefile and not re.search(r'(?m)^\t%s( \\)?$' % re.escape(program), makefile):
        raise Failure(f'{script} is in no list of tests')
    with open(f'{ROOT}/{script}', encoding='utf-8') as f:
        if name not in f.read():
            raise Failure(f'{script} has no test "{name}"')


# ---- running

class Runner:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='gp-wire.')
        self.shared, self.n, self.failed = None, 0, 0

    def world_for(self, case):
        if not case.is_own():
            if self.shared is None or self.shared.server.poll() is not None:
                self.shared = World(tempfile.mkdtemp(dir=self.folder) + '/shared')
            return self.shared
        config = dict(w.split('=', 1) for s in case.all('config') for w in s.args.split())
        return World(f'{self.folder}/{case.id}', config)

    def play(self, case):
        """None, or why it failed."""
        world = None
        try:
            for step in case.all('covered'):
                is_covered(step.args)
            if case.first('expect') is None:
                return None
            world = self.world_for(case)
            Play(case, world).run()
            return None
        except Failure as e:
            return str(e)
        except Exception as e:  # a fault of the case file or of the runner: the others go on
            return f'{type(e).__name__}: {e}'
        finally:
            if world is not None and world is not self.shared:
                world.end()

    def say(self, good, case, note=''):
        self.n += 1
        self.failed += not good and '# TODO' not in note
        print(f'{"ok" if good else "not ok"} {self.n} - {case.id}: {case.first("what")}{note}', flush=True)

    def one(self, case):
        missing = [p for p in (case.first('needs') or '').split() if not shutil.which(p)]
        if missing:
            self.say(True, case, f' # SKIP {missing[0]} is not here')
        elif case.first('n/a') is not None:
            self.say(True, case, f' # SKIP n/a: {case.first("n/a")}')
        else:
            self.outcome(case, self.play(case))

    def outcome(self, case, failure):
        if case.first('open') is None:
            self.say(failure is None, case)
        elif failure is None:
            self.say(False, case)
            failure = 'it passes: take "open:" away'
        else:
            self.say(False, case, f' # TODO {case.first("open")}')
        if failure is not None:
            print('\n'.join(f'# {line[:1000]}' for line in failure.split('\n')), flush=True)

    def end(self):
        if self.shared is not None:
            self.shared.end()
        if not os.environ.get('KEEP'):
            shutil.rmtree(self.folder, ignore_errors=True)
        print(f'1..{self.n}')


# ---- the table

def state_of(case):
    for verb, word in (('n/a', 'n/a'), ('open', 'open')):
        if case.first(verb) is not None:
            return word, case.first(verb)
    if case.first('expect') is None or case.first('covered') is not None:
        places = [f'{s.args.split(" ", 1)[0]} "{s.args.split(" ", 1)[1]}"' for s in case.all('covered')]
        return 'pass', 'in ' + ', '.join(places)
    return 'pass', ''


def write_table(out):
    out.write(INTRO)
    have = {c.id: c for c in cases([])}
    out.write('\n' + ' ' * 25 + '  pass   n/a  open  not written\n')
    rows = {g: [] for g in GROUPS}
    for i in ids():
        rows[i[0]].append((i, *(state_of(have[i]) if i in have else ('none', ''))))
    for g, (title, _) in GROUPS.items():
        count = [sum(r[1] == w for r in rows[g]) for w in ('pass', 'n/a', 'open', 'none')]
        out.write(f'{g}  {title:22}' + ''.join(f'{c:6}' for c in count[:3]) + f'{count[3]:13}\n')
    total = [sum(r[1] == w for rs in rows.values() for r in rs) for w in ('pass', 'n/a', 'open', 'none')]
    out.write('all'.ljust(25) + ''.join(f'{c:6}' for c in total[:3]) + f'{total[3]:13}\n')
    for g, (title, _) in GROUPS.items():
        out.write(f'\n{title}\n{"-" * len(title)}\n')
        for i, state, why in rows[g]:
            what = have[i].first('what') if i in have else ''
            out.write(f'{i}  {state:4}  {what}\n' + (f'           {why}\n' if why else ''))


INTRO = """Right on the wire
=================
What a list server must do with the mail of the world, case by case. Each case is a file of that name in
tests/wire/cases, which says what comes in, with which settings, and what has to come of it; tests/wire/run.py runs
them all against the shipped program (make check does, as tests/e2e/T850-wire.sh) and writes this table with --table.
The head of tests/wire/run.py explains the words of a case file.

pass  the program does it, tried by the case file, or by the test named below it
n/a   does not apply, and why
open  the program does not do it yet; the case says what it must do, and fails if it is done and still marked
"""


def main():
    args = sys.argv[1:]
    if args == ['--table']:
        write_table(sys.stdout)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers end with us
    runner = Runner()
    try:
        for case in cases(args):
            runner.one(case)
    finally:
        runner.end()
    sys.exit(1 if runner.failed else 0)


try:
    main()
except Bad as e:
    print(f'Bail out! {e}')
    sys.exit(1)
