#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""How threads differ from those of notmuch and public-inbox, on the same mbox.

	threads.py GUILDPOST MBOX [SAMPLE]

Prints for each peer how many messages have another parent, or stand in another thread; then SAMPLE (200)
differences, drawn with a fixed seed, a paragraph each: what the header says, where we put the message and where
the peer did. doc/THREADS says what came of reading them. The mbox may be compressed by zstd."""
import collections
import json
import mailbox
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

os.environ.setdefault('GUILDPOST_TEMPLATES', os.path.realpath(f'{os.path.dirname(__file__)}/../../templates'))
ID = re.compile(r'<([^<>]*)>')


def run(*argv, **more):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout


class Mail:
    """What the headers of a message say."""
    def __init__(self, m):
        def field(name):
            return re.sub(r'\s+', ' ', str(m.get(name, '') or ''))
        self.subject, self.sender, self.date = field('Subject'), field('From'), field('Date')
        self.reply, self.refs = ID.findall(field('In-Reply-To')), ID.findall(field('References'))
        self.index = 'Thread-Index' in m


class Threads:
    """Where a system puts messages: Message-ID -> parent's (None: a root, unknown: not in it), -> thread."""
    def __init__(self):
        self.parent, self.thread = {}, {}

    def groups(self):
        out = collections.defaultdict(set)
        for mid, t in self.thread.items():
            out[t].add(mid)
        return out


def ours(gp, box, folder):
    out, site = Threads(), f'{folder}/site'
    run(gp, 'init', site, '--domain', 'example.org')
    run(gp, '-c', f'{site}/guildpost.conf', 'list', 'create', 'l@example.org')
    run(gp, '-c', f'{site}/guildpost.conf', 'import', 'l', box)
    db = sqlite3.connect(f'file:{site}/guildpost.db?mode=ro', uri=True)
    mids = dict(db.execute('SELECT id, mid FROM node'))
    state = dict(db.execute('SELECT id, state FROM node'))
    up = dict(db.execute('SELECT id, parent FROM node'))
    out.kind, out.origin = {}, {}
    for i, mid, thread, kind, origin in db.execute('SELECT id, mid, thread, kind, origin FROM node WHERE state = 1'):
        p = up[i]
        while p and state[p] != 1:	# through what was never archived, as it is shown
            p = up.get(p, 0)
        out.parent[mid], out.thread[mid] = mids.get(p), thread
        out.kind[mid], out.origin[mid] = kind, mids.get(origin)
    return out


def notmuch(box, folder):
    out = Threads()
    os.makedirs(f'{folder}/md/cur'), os.makedirs(f'{folder}/md/new'), os.makedirs(f'{folder}/md/tmp')
    for i, m in enumerate(mailbox.mbox(box)):
        with open(f'{folder}/md/cur/{i:06d}:2,S', 'wb') as f:
            f.write(m.as_bytes())
    with open(f'{folder}/nm.conf', 'w', encoding='utf-8') as f:
        f.write(f'[database]\npath={folder}/md\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=\n')
    env = dict(os.environ, NOTMUCH_CONFIG=f'{folder}/nm.conf')
    run('notmuch', 'new', env=env)
    shown = json.loads(run('notmuch', 'show', '--format=json', '--body=false', '--entire-thread=true', '*', env=env))
    for n, thread in enumerate(shown):
        stack = [(pair, None) for pair in thread]
        while stack:
            (message, replies), up = stack.pop()
            mid = message['id'] if message else up
            if message:
                out.parent[mid], out.thread[mid] = up, n
            stack += [(pair, mid) for pair in replies]
    return out


def public_inbox(box, folder):
    """It stores threads only; parents are made for the page."""
    out = Threads()
    env = dict(os.environ, HOME=folder, PI_CONFIG=f'{folder}/pi.conf')
    run('public-inbox-init', '-V2', 'l', f'{folder}/pi', 'http://127.0.0.1/l', 'l@example.org', env=env)
    with open(box, 'rb') as f:
        run('perl', '-MPublicInbox::InboxWritable', '-MPublicInbox::Config', '-e', '''
            binmode STDIN;
            my $ibx = PublicInbox::Config->new->lookup_name("l");
            PublicInbox::InboxWritable->new($ibx)->import_mbox(\\*STDIN, "mboxrd")''', stdin=f, env=env)
    db = sqlite3.connect(f'{folder}/pi/xap15/over.sqlite3')
    for mid, thread in db.execute('SELECT m.mid, o.tid FROM over o JOIN id2num i USING(num) '
                                  'JOIN msgid m ON m.id = i.id WHERE o.num > 0'):
        out.thread[mid] = thread
    return out


def other_parents(a, b):
    return [m for m in a.parent if m in b.parent and a.parent[m] != b.parent[m]]


def other_threads(a, b):
    """Messages that begin a thread for one and not for the other: each join or split once."""
    differ, ga, gb = [], a.groups(), b.groups()
    both = a.thread.keys() & b.thread.keys()
    for m in both:
        if ga[a.thread[m]] & both != gb[b.thread[m]] & both:
            differ.append(m)
    return differ


def plain(a):
    """Our threads as headers alone would make them: guesses cut off, replies that begin something new joined."""
    group = {}

    def top(m):
        while group.setdefault(m, m) != m:
            group[m] = group[group[m]]
            m = group[m]
        return m
    for m, p in a.parent.items():
        other = a.origin[m] or (p if a.kind[m] not in (3, 4) else None)
        if other in a.thread:
            group[top(m)] = top(other)
    out = Threads()
    out.thread = {m: top(m) for m in a.thread}
    return out


def cause(mid, a, b, cut, both):
    """Which of our rules that go beyond the header explains where a message stands for the peer."""
    mates = cut[mid] & both
    theirs = {m for m in both if b.thread[m] == b.thread[mid]}
    if mid in b.parent and a.parent[mid] != b.parent[mid] and a.kind[mid] not in (3, 4) and not a.origin[mid]:
        return 'parent'
    if mates != theirs:
        return 'other'
    near = {m for m in a.thread if a.thread[m] == a.thread[mid]} | mates
    rules = {KINDS[a.kind[m]] for m in near if a.kind[m] in (3, 4)} | {'begins something new' for m in near if a.origin[m]}
    return ', '.join(sorted(rules)) or 'parent'


KINDS = {0: 'begins a thread', 1: 'by its header', 2: "by others' References", 3: 'by Thread-Index', 4: 'by its subject',
         5: 'by a person'}


def show(mid, mails, a, name, b, why):
    def of(x):
        return '-' if x is None else f'"{mails[x].subject}" {mails[x].date} <{x}>' if x in mails else f'<{x}>'
    m = mails[mid]
    print(f'\n<{mid}>\n  "{m.subject}" {m.date}, {m.sender}')
    print(f'  In-Reply-To: {" ".join(m.reply) or "-"}; References: {" ".join(m.refs[-3:]) or "-"}')
    print(f'  we ({KINDS[a.kind[mid]]}): {of(a.parent[mid])}' + (f', from {of(a.origin[mid])}' if a.origin[mid] else ''))
    print(f'  {name}: {of(b.parent[mid]) if mid in b.parent else "-"}; why: {why}')
    ours_, theirs = ({x for x in t.thread if t.thread[x] == t.thread[mid]} for t in (a, b))
    for x in sorted(ours_ - theirs)[:2] + sorted(theirs - ours_)[:2]:
        print(f'    only {"ours" if x in ours_ else "theirs"}: {of(x)}')


def main():
    gp, box = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    sample = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    with tempfile.TemporaryDirectory(prefix='gp-threads.') as folder:
        if box.endswith('.zst'):
            run('zstd', '-qd', box, '-o', f'{folder}/c.mbox')
            box = f'{folder}/c.mbox'
        mails = {}
        for m in mailbox.mbox(box):
            for mid in ID.findall(re.sub(r'\s', '', str(m.get('Message-ID', '')))):
                mails[mid] = Mail(m)
        a = ours(gp, box, folder)
        peers = {'notmuch': notmuch(box, folder), 'public-inbox': public_inbox(box, folder)}
        found, cut = [], collections.defaultdict(set)
        for m, t in plain(a).thread.items():
            cut[t].add(m)
        cut = {m: c for c in cut.values() for m in c}
        print(f'{len(a.thread)} messages, {len(set(a.thread.values()))} threads')
        for name, b in peers.items():
            parents, threads = other_parents(a, b), other_threads(a, b)
            print(f'{name}: {len(b.thread)} messages, {len(set(b.thread.values()))} threads; '
                  f'{len(parents)} have another parent, {len(threads)} another thread')
            both = a.thread.keys() & b.thread.keys()
            whys = {m: cause(m, a, b, cut, both) for m in {*parents, *threads} if m in mails}
            for why, n in collections.Counter(whys.values()).most_common():
                print(f'  {n:5} {why}')
            found += [(m, name, why) for m, why in whys.items()]
        random.seed(1)
        for mid, name, why in random.sample(sorted(found), min(sample, len(found))):
            show(mid, mails, a, name, peers[name], why)


main()
