# SPDX-License-Identifier: ISC
"""What a case may expect; run.py has the words. Each check raises Failure with what is there instead."""
import email
import email.header
import email.policy
import re
import subprocess

from case import unescape
from world import E2E, Failure, until


def shown(data):
    return data.decode('latin-1')


def decoded(value):
    return ''.join(p if isinstance(p, str) else p.decode(c if c and c != 'unknown-8bit' else 'utf-8', 'replace')
                   for p, c in email.header.decode_header(value))


def head_of(data):
    return data.partition(b'\r\n\r\n')[0] + b'\r\n'


def fields(data, name):
    """Values of a field, unfolded; latin-1."""
    found = re.findall(rb'(?im)^' + re.escape(name.encode()) + rb'[ \t]*:((?:.|\r\n[ \t])*?)\r\n(?![ \t])', head_of(data))
    return [re.sub(r'\r\n(?=[ \t])', '', shown(v)).strip() for v in found]


def raw_fields(data, name):
    return re.findall(rb'(?im)^(' + re.escape(name.encode()) + rb'[ \t]*:(?:.|\r\n[ \t])*?\r\n)(?![ \t])', head_of(data))


def subject_is(copy, pattern):
    if not pattern:
        return True
    return any(re.search(pattern, decoded(s)) for s in fields(copy.data, 'Subject') or [''])


def differ(got, wanted):
    if len(str(got)) > 300:
        got = str(got)[:300] + '...'
    raise Failure(f'got {got!r}' + (f', not {wanted!r}' if wanted is not None else ''))


def compare(play, got, rest):
    """REST is "= TEXT", "~ PATTERN" or "!~ PATTERN"."""
    op, _, wanted = rest.partition(' ')
    wanted = play.fill(wanted)
    if op == '=' and got != (wanted := unescape(wanted).decode('utf-8', 'replace')):
        differ(got, wanted)
    elif op == '~' and not re.search(wanted, got, re.M):
        differ(got, None)
    elif op == '!~' and (m := re.search(wanted, got, re.M)):
        differ(m.group(0), None)
    elif op not in ('=', '~', '!~'):
        raise Failure(f'what is "{op}"?')


def reply(play, rest):
    """reply A, B: each reply starts so, and there are no others."""
    wanted = [w.strip() for w in rest.split(',')]
    if len(wanted) == 1 and '*' in wanted[0]:
        text, times = wanted[0].rsplit('*', 1)
        wanted = [text.strip()] * int(times)
    if len(play.replies) != len(wanted) or not all(g.startswith(w) for g, w in zip(play.replies, wanted)):
        differ(play.replies, wanted)


def codes(play, rest):
    """The codes of a talk, with how often in a row: 220 250*3 354"""
    wanted = []
    for w in rest.split():
        code, _, times = w.partition('*')
        wanted += [code] * int(times or 1)
    got = [r[:3] for r in play.replies]
    if got != wanted:
        differ(' '.join(got), rest)


def decision(play, rest):
    """decision WORD [RULE]: of the newest mail of this case, as the log has it."""
    found = re.findall(r'event=mail list=%s@.* decision=(\S+) rule=(\S+)' % re.escape(play.name), play.log())
    if not found:
        raise Failure('none is in the log')
    if list(found[-1][:len(rest.split())]) != rest.split():
        differ(' '.join(found[-1]), rest)


def mails(play, rest):
    """mails WHO N [/SUBJECT/]: so many mails to WHO (* is everybody of this case); N may be <=N."""
    who, number, *pattern = play.fill(rest).split(' ', 2)
    got = play.copies(who, pattern[0].strip('/') if pattern else '')
    good = len(got) <= int(number[2:]) if number.startswith('<=') else len(got) == int(number)
    if not good:
        differ(f'{len(got)}: ' + '; '.join(f'{c.rcpt} {fields(c.data, "Subject")}' for c in got), number)


def copy(play, rest):
    """copy WHO [/SUBJECT/]: the newest mail to WHO is the one that the next lines look at."""
    who, *pattern = play.fill(rest).split(' ', 1)
    play.copy = play.copy_of(who, pattern[0].strip('/') if pattern else '')


def the_copy(play):
    if play.copy is None:
        play.copy = play.copy_of('bob')
    return play.copy.data


def header(play, rest, value=lambda v: v):
    """header NAME absent | once | same | = V | ~ P | !~ P"""
    name, _, rest = rest.partition(' ')
    got = fields(the_copy(play), name)
    if rest == 'absent':
        if got:
            differ(got, None)
    elif rest == 'same':
        if raw_fields(the_copy(play), name) != raw_fields(play.sent, name):
            differ(raw_fields(the_copy(play), name), raw_fields(play.sent, name))
    elif rest.startswith('times '):
        if len(got) != int(rest[6:]):
            differ(got, rest)
    elif len(got) != 1:
        raise Failure(f'it is there {len(got)} times: {got}')
    elif rest != 'once':
        compare(play, value(got[0]), rest)


def text(play, rest):
    """The same, with encoded words decoded."""
    header(play, rest, decoded)


def body(play, rest):
    """body same | = T | ~ P | !~ P, the bytes behind the header"""
    got = the_copy(play).partition(b'\r\n\r\n')[2]
    if rest == 'same':
        if got != play.sent.partition(b'\r\n\r\n')[2]:
            differ(got, play.sent.partition(b'\r\n\r\n')[2])
    else:
        compare(play, got.decode('utf-8', 'replace').replace('\r\n', '\n'), rest)


def raw(play, rest):
    """The whole copy, as it went over the wire."""
    compare(play, shown(the_copy(play)).replace('\r\n', '\n'), rest)


def width(play, rest):
    """No line of any copy is longer."""
    for c in play.copies('*'):
        longest = max(len(line) for line in c.data.split(b'\r\n'))
        if longest > int(rest):
            differ(f'{longest} in the mail to {c.rcpt}', rest)


def parses(play, rest):
    """parses FIELD = ...: what Python's email reads there; parses, alone: it finds no fault"""
    m = email.message_from_bytes(the_copy(play), policy=email.policy.default)
    if rest:
        name, _, rest = rest.partition(' ')
        compare(play, str(m[name]), rest)
        if m[name].defects:
            raise Failure(f'it finds {m[name].defects}')
    elif faults := m.defects + [d for p in m.walk() for d in p.defects]:
        raise Failure(f'it finds {faults}')


def holds(play):
    done = play.world.json('hold', 'ls', play.list)
    return done if isinstance(done, list) else []


def held(play, rest):
    """held N [/PATTERN/]: so many posts wait, the newest with a reason or subject like that"""
    number, *pattern = play.fill(rest).split(' ', 1)
    got = holds(play)
    if len(got) != int(number):
        differ(got, number)
    if pattern and not re.search(pattern[0].strip('/'), str(got[-1])):
        differ(got[-1], pattern[0])


def archive(play, rest):
    """archive N: so many messages; archive ~ P: one of them, as it is exported"""
    exported = play.world.must(['export', play.list])
    if rest.isdigit():
        got = len(re.findall(r'(?m)^From ', exported))
        if got != int(rest):
            differ(got, rest)
    else:
        compare(play, exported, rest)


def log(play, rest):
    """log ~ P: waited for; log !~ P: as it is now"""
    if rest.startswith('~ '):
        until('the log to say it', lambda: re.search(play.fill(rest[2:]), play.log(), re.M))
    else:
        compare(play, play.log(), rest)


def member(play, rest):
    """member WHO absent | here | KEY=VALUE"""
    who, what = play.fill(rest).split(' ', 1)
    done = play.world.gp(['member', 'show', play.list, play.address(who), '--json'])
    if what in ('absent', 'here'):
        if (done.returncode == 0) != (what == 'here'):
            differ('here' if done.returncode == 0 else 'absent', what)
        return
    got = email_json(done)
    key, value = what.split('=', 1)
    if str(got.get(key)) != value:
        differ(got.get(key), value)


def email_json(done):
    import json
    return json.loads(done.stdout or b'{}')


def queue(play, rest):
    """queue N: so many deliveries of this case wait; queue ~ P: what is said of them"""
    names = ', '.join(f"'{n}'" for n in play.lists)
    jobs = play.world.sql('SELECT job.id, count(retry.job) FROM job LEFT JOIN retry ON retry.job = job.id '
                          f'WHERE job.list IN (SELECT id FROM list WHERE name IN ({names})) GROUP BY job.id')
    if rest.isdigit():
        if sum(n for _, n in jobs) != int(rest):
            differ(jobs, rest)
    else:
        compare(play, ''.join(play.world.must(['queue', 'show', str(j)]) for j, n in jobs if n), rest)


def exit_code(play, rest):
    if play.exit != int(rest):
        differ(f'{play.exit}: {play.output}', rest)


def output(play, rest):
    compare(play, play.output.strip(), rest)


def status(play, rest):
    if play.page[0] != int(rest):
        differ(play.page[0], rest)


def page(play, rest):
    compare(play, play.page[1], rest)


def dialogue(play, rest):
    """dialogue ~ P: what was said between us and the relay, a line each, "C: " and "S: " in front"""
    compare(play, '\n'.join(play.world.sink.dialogue[play.dialogue_at:]), rest)


def asked(play, rest):
    """asked = A B C: the names that the DNS was asked for, in order"""
    with open(play.world.asked_path, encoding='utf-8') as f:
        f.seek(play.asked_at)
        names = [line.split()[0] for line in f]
    compare(play, ' '.join(n for n in names if play.domain.split('.')[0] in n or n.count('.') < 2), rest)


def unchanged(play, rest):
    for was, is_now in zip(play.before, play.state()):
        if was != is_now:
            differ(is_now, was)


def dkim(play, rest):
    """dkim good | bad: does the author's signature hold in the copy?"""
    done = subprocess.run(['/usr/bin/python3', f'{E2E}/dkim.py', 'verify', play.world.zone_path],
                          input=the_copy(play), capture_output=True, check=False)
    if (done.returncode == 0) != (rest == 'good'):
        differ('bad' if done.returncode else 'good', rest)


def arrives(play, rest):
    """arrives WHO [/SUBJECT/]: waited for, where it comes by itself"""
    who, *pattern = play.fill(rest).split(' ', 1)
    until(rest, lambda: play.copies(who, pattern[0].strip('/') if pattern else ''))


WANTS = {f.__name__: f for f in (reply, codes, decision, mails, copy, header, text, body, raw, width, parses, held,
                                 archive, log, member, queue, output, status, page, dialogue, asked, unchanged, dkim,
                                 arrives)}
WANTS['exit'] = exit_code


def check(play, line):
    word, _, rest = line.partition(' ')
    if word not in WANTS:
        raise Failure(f'nothing can be expected of "{word}"')
    WANTS[word](play, rest.strip())
