# SPDX-License-Identifier: ISC
"""year.py LMTP SMTP CLOCK OUT [MESSAGES]: a year in the life of bees@example.org, whose members are in OUT/people
(address, TAB, name). They write, ask, answer, keep, mentor, decide, by nothing but mail: what they send goes in by
LMTP, what the server sends comes out at the port SMTP, and they answer what it asks them. OUT/year.json says what they
did, OUT/digest.eml is the last digest of Ines."""
import collections
import email.utils
import heapq
import itertools
import json
import random
import re
import sys
from datetime import datetime, timezone

import special
import wire
import words

HOUR, DAY = 3600, 86400
LIST = 'bees@example.org'
START = int(datetime(2026, 1, 1, 6, tzinfo=timezone.utc).timestamp())
DAYS = 386
END = START + DAYS * DAY


class Thread:
    def __init__(self, subject, topic, kind, author):
        self.subject, self.topic, self.kind, self.author = subject, topic, kind, author
        self.posts, self.to = [], LIST           # (Message-ID, author)


class Year:
    def __init__(self, lmtp, smtp, clock, out, messages):
        self.rng = random.Random(2026)
        self.words = words.Words(self.rng)
        self.sink, self.clock, self.out = wire.Sink(smtp), wire.Clock(clock), out
        self.door = wire.Lmtp(lmtp)
        self.left, self.plan, self.order = messages, [], itertools.count()
        self.names = dict(line.rstrip('\n').split('\t') for line in open(f'{out}/people', encoding='utf-8'))
        self.people = list(self.names)
        self.voices = self.people[:50]           # who writes, the loud ones more often
        for who in self.people[4:14]:
            self.voices += [who] * 5
        self.threads, self.asked, self.said = [], collections.Counter(), collections.Counter()
        self.sent, self.refused, self.last_digest = {}, [], None
        self.now = START

    # ---- time ------------------------------------------------------------------------------------------------

    def at(self, t, what, *args):
        if t < END:
            heapq.heappush(self.plan, (int(t), next(self.order), what, args))

    def later(self, low, high, what, *args):
        self.at(self.now + self.rng.uniform(low, high), what, *args)

    def run(self):
        while self.plan:
            t, _, what, args = heapq.heappop(self.plan)
            self.now = max(t, self.now)
            self.clock.turn(self.now)
            self.clock.wait()
            sent = len(self.sent)
            what(*args)
            if len(self.sent) > sent:       # what came of it arrives, too
                self.now += 1
                self.clock.turn(self.now)
                self.clock.wait()
            self.read()

    def read(self):
        while self.sink.letters:
            mail = self.sink.letters.popleft()
            if mail.rcpt in self.names:
                special.react(self, mail)

    # ---- mail -----------------------------------------------------------------------------------------------------

    def send(self, who, to, subject, text, refs=()):
        """Any mail of a member. Returns its Message-ID."""
        msgid = f'{len(self.sent) + 1}.{int(self.now)}@{who.split("@")[1]}'
        head = [f'From: {email.utils.formataddr((self.names[who], who), "utf-8")}', f'To: {to}',
                f'Subject: {subject}', f'Date: {email.utils.formatdate(self.now)}', f'Message-ID: <{msgid}>']
        if refs:
            head += [f'In-Reply-To: <{refs[-1]}>', 'References: ' + ' '.join(f'<{r}>' for r in refs)]
        head += ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit']
        said = self.door.give(who, to, '\n'.join(head) + '\n\n' + words.wrap(text))
        self.sent[msgid] = (who, to)
        if not said.startswith('250'):
            self.refused.append(f'{wire.iso(self.now)} {who} {to} {subject}: {said}')
        return msgid

    def post(self, who, thread, text, to=None):
        """A post to the list, counted; to: the one of the thread's posts that it answers."""
        refs = [] if not thread.posts else [thread.posts[0][0]] + ([to] if to and to != thread.posts[0][0] else [])
        subject = thread.subject if not refs else f'Re: {thread.subject}'
        msgid = self.send(who, thread.to, subject, text, refs)
        thread.posts.append((msgid, who))
        self.left -= 1
        return msgid

    def reply(self, mail, text):
        """To a mail that the server sent."""
        self.said[text.split()[0].strip(':').lower() if len(text.split()) < 3 else 'text'] += 1
        to = email.utils.parseaddr(mail.field('reply-to') or mail.field('from'))[1]
        refs = re.findall(r'<([^<>]+)>', f'{mail.field("references")} {mail.field("message-id")}')
        if self.rng.random() < .2:                  # some programs forget what went before
            refs = refs[-1:]
        return self.send(mail.rcpt, to, f'Re: {mail.field("subject")}', text, refs)

    thread = Thread

    def others(self, *but):
        return self.rng.choice([w for w in self.voices if w not in but])

    # ---- what people talk about -----------------------------------------------------------------------------------------

    def begin(self):
        """A thread like most: a question, a story, a way of doing something."""
        if self.left <= 0:
            return
        w, rng = self.words, self.rng
        author = self.others()
        topic = w.topic(datetime.fromtimestamp(self.now, timezone.utc).month)
        kind = rng.choices(('question', 'story', 'practice', 'remark'), (50, 20, 12, 18))[0]
        subject = w.subject(topic, len(self.threads))
        text = {'question': w.question, 'story': w.story, 'practice': w.practice}.get(kind, lambda n, t: w.remark(n))(
            self.names[author], topic)
        mark = {'question': f' #question #{topic}' if rng.random() < .6 else '', 'story': f' #story #{topic}',
                'practice': f' #practice #{topic}', 'remark': ''}[kind]
        thread = Thread(subject + mark, topic, kind, author)
        self.post(author, thread, text)
        self.threads.append(thread)
        replies = 0 if rng.random() < .07 else rng.choice((1, 2, 3, 4, 4, 5, 6, 7, 8, 10))
        for _ in range(replies):
            self.later(HOUR, 2.5 * DAY, self.answer, thread)
        if kind == 'question' and replies and rng.random() < .7:
            self.later(2.6 * DAY, 4 * DAY, self.solve, thread)
        if kind != 'remark' and replies > 2 and rng.random() < .2 or self.now < START + 20 * DAY:
            self.later(5 * DAY, 9 * DAY, special.keep, self, thread)

    def answer(self, thread):
        if self.left <= 0:
            return
        last = thread.posts[-1]
        who = self.others(last[1])
        text = self.words.answer if thread.kind == 'question' and self.rng.random() < .6 and who != thread.author else None
        text = text(self.names[who], thread.topic) if text else self.words.remark(self.names[who])
        self.post(who, thread, text, self.rng.choice(thread.posts)[0] if self.rng.random() < .3 else last[0])

    def solve(self, thread):
        by = [p for p in thread.posts if p[1] != thread.author]
        if by:
            self.post(thread.author, thread, f'solved\n\n{self.words.thanks()}', self.rng.choice(by)[0])
            self.asked['solved'] += 1

    # ---- the year -----------------------------------------------------------------------------------------------------------

    def fill(self):
        """Threads all over the year, more in spring than in winter; and every morning something looks at the clock."""
        for day in range(DAYS):
            t = START + day * DAY
            self.at(t + HOUR, lambda: None)
            busy = 1.2 if 80 < day < 200 else .8
            for _ in range(self.rng.choices((0, 1, 2), (30 / busy, 50, 20 * busy))[0]):
                self.at(t + self.rng.uniform(1.5, 15) * HOUR, self.begin)
        special.plan(self)

    def report(self):
        each = {'posts': len([1 for who, to in self.sent.values() if to.startswith('bees')]), 'sent': len(self.sent),
                'threads': len(self.threads), 'asked': dict(self.asked), 'said': dict(self.said), 'refused': self.refused,
                'mails': self.sink.mails, 'bytes': self.sink.bytes,
                'twice': [f'{k[0]} {k[1]} {v}' for k, v in self.sink.posts.items() if v > 1],
                'copies': collections.Counter(who for _, who in self.sink.posts)}
        with open(f'{self.out}/year.json', 'w', encoding='utf-8') as f:
            json.dump(each, f, indent=1, ensure_ascii=False)
        with open(f'{self.out}/digest.eml', 'wb') as f:
            f.write(self.last_digest.raw if self.last_digest else b'')


def main(lmtp, smtp, clock, out, messages='2250'):
    year = Year(int(lmtp), int(smtp), clock, out, int(messages))
    year.fill()
    year.run()
    year.report()


if __name__ == '__main__':
    main(*sys.argv[1:])
