# SPDX-License-Identifier: ISC
"""What happens in this year beside the talk, and what people answer when the server asks them."""
import re
from datetime import datetime, timezone

import words

DAY, HOUR = 86400, 3600
REQUEST = 'bees+request@example.org'


def day(month, date, hour=10, year=2026):
    return int(datetime(year, month, date, hour, tzinfo=timezone.utc).timestamp())


def ask(y, who, *lines):
    y.send(who, REQUEST, 'please', '\n'.join(lines) + '\n')


# ---- what they answer -------------------------------------------------------------------------------------------------

def hold(y, m):
    if m.rcpt != y.people[1]:
        return
    advert = 'Cheap honey' in m.field('subject')
    y.later(HOUR, 5 * HOUR, y.reply, m, 'no: we keep adverts out of this list\n' if advert else 'ok\n')


def cool(y, m):
    if m.rcpt == y.people[1]:
        y.later(HOUR, 2 * HOUR, y.reply, m, 'cool 12h\n')


def helper(y, m):
    if y.asked['help wanted'] % 2:
        y.later(HOUR, 6 * HOUR, y.reply, m, 'pass\n')
    else:
        y.later(HOUR, 6 * HOUR, y.reply, m, y.words.answer(y.names[m.rcpt], y.rng.choice(('varroa', 'queens', 'winter'))))


def sum_up(y, m):
    if y.rng.random() < .6:
        y.later(3 * HOUR, 20 * HOUR, y.reply, m, '\n'.join(y.words.of(words.FACTS, 3)) + '\n')


def still_true(y, m):
    y.later(HOUR, 9 * HOUR, y.reply, m, 'no: we found a better way this summer\n' if y.asked['still true'] == 2 else 'yes\n')


def mentor(y, m):
    y.later(2 * HOUR, 20 * HOUR, y.reply, m, 'yes\n')


def check(y, m):
    y.later(2 * HOUR, 20 * HOUR, y.reply, m, 'no\n' if y.asked['goes on'] == 9 else 'yes\n')


def report(y, m):
    y.later(2 * HOUR, 20 * HOUR, y.reply, m,
            'This month we grafted twice and compared three ways to start the cells.\n\n' + ' '.join(y.words.of(words.FACTS, 3)) + '\n')


def vote(y, m):
    y.later(HOUR, 20 * HOUR, y.reply, m, y.rng.choice(('yes\n', 'yes\n', 'no\n', 'abstain\n')))


def digest(y, m):
    if m.rcpt == y.people[1] and not re.search(r'\[bees-', m.field('subject')):
        y.last_digest = m
    if y.rng.random() < .012:
        found = re.search(r'bees\+reply-[a-z2-7]+@example\.org', m.text())
        if found:
            y.asked['answered from a digest'] += 1
            y.left -= 1
            y.later(HOUR, 5 * HOUR, y.send, m.rcpt, found[0], f'Re: {m.field("subject")}', y.words.remark(y.names[m.rcpt]))


def nothing(y, m):
    pass


# By what stands in the subject or in the text: what it is, and what is done.
LETTERS = [(k, re.compile(s), t and re.compile(t), f) for k, s, t, f in (
    ('join', r'Do you want to join', None, lambda y, m: y.later(600, 3 * HOUR, y.reply, m, 'yes\n')),
    ('held', r'^\[bees\] Held:', None, hold),
    ('heat', r'A thread heats up', None, cool),
    ('preview', r'this is how it will be seen', None, lambda y, m: y.later(900, 2 * HOUR, y.reply, m, 'yes\n')),
    ('goes on', r'does it go on\?', None, check),
    ('mentor proposed', r'Would you help someone|Somebody could help', None, mentor),
    ('mentors met', r'^\[bees\] You and ', None, nothing),
    ('still true', r'still true\?$', None, still_true),
    ('circle more', r'Shall the circle', None, lambda y, m: y.later(HOUR, 9 * HOUR, y.reply, m, 'no\n')),
    ('digest', r': \d+ messages?\b', None, digest),
    ('letter', r'how are we doing\?$', None, nothing),
    ('welcome', r'\] Welcome$', None, nothing),
    ('circle hello', r'^Welcome to the circle', None, nothing),
    ('was it you', r'Was that you\?|Do you want to leave', None, mentor),
    ('answer', r'\] (Your answer|What you asked for|You have left)', None, nothing),
    ('help wanted', r'^Re: ', r'reply with the one word', helper),
    ('sum up', r'^Re: ', r'sum it up for the next one', sum_up),
    ('decide', r'^Re: ', r'has not heard from you yet', vote),
    ('circle report', r'^Re: ', r'what shall the others hear', report),
    ('thanks', r'^Re: ', r'Your answer helped', nothing),
)]


def react(y, m):
    subject, text = m.field('subject'), None
    for kind, s, t, do in LETTERS:
        if not s.search(subject):
            continue
        if t is not None and text is None:
            text = m.text()
        if t is None or t.search(text):
            y.asked[kind] += 1
            do(y, m)
            return
    y.asked['other: ' + re.sub(r'"[^"]*"|Re: .*', '...', subject)[:60]] += 1


# ---- what they begin --------------------------------------------------------------------------------------------------------

def keep(y, thread):
    """A moderator puts a thread into the library."""
    title = re.sub(r' #\w+', '', thread.subject).rstrip('?')
    y.send(y.people[y.rng.randint(0, 2)], thread.to, f'Re: {thread.subject}', f'keep: {title} #{thread.topic}\n',
           [thread.posts[0][0], thread.posts[-1][0]] if len(thread.posts) > 1 else [thread.posts[0][0]])
    y.asked['keep'] += 1


def join(y, who):
    if who != y.people[59]:     # who comes to sell
        y.at(y.now + 2 * DAY, y.voices.append, who)
    y.send(who, 'bees+subscribe@example.org', 'join', 'join weekly\n' if y.rng.random() < .4 else 'join\n')


def introduce(y, who):
    ask(y, who, f'about me: {y.words.fill("{n} hives at {place}, and still learning")}')


def to_all(y, subject, who, text, answers=(), first=2 * HOUR, gap=5 * HOUR):
    """Answers to what came out by that subject, whatever its Message-ID is now: (who, text)."""
    for i, (other, line) in enumerate(answers):
        def say(other=other, line=line):
            seen = y.sink.subjects.get(subject)
            y.send(other, 'bees@example.org', f'Re: {subject}', line + '\n', [seen] if seen else [])
        y.at(y.now + first + i * gap, say)
    return y.send(who, 'bees@example.org', subject, text)


def nobody_knows(y):
    """A question that nobody answers by themselves; who said that they can help is asked."""
    y.send(y.people[35], 'bees@example.org', 'Cells on one comb only #question #queens',
           'Seven cells in a row on one comb, and none elsewhere. Do they supersede her, or will they swarm in March?\n')


def anonymous(y):
    """A post without a name, its answers, and one more by whoever wrote it."""
    subject, who, p = 'I lost all my colonies', y.people[30], y.people
    y.send(who, 'bees+anon@example.org', subject,
           'I have kept bees for eleven years and teach the beginners. This winter I lost all of them, and it was my own '
           'fault: I did not treat in time. How do you go on after that? I am ashamed to ask it by name.\n')

    def answer(other, line):
        y.send(other, 'bees@example.org', f'Re: {subject}', line + '\n', [y.sink.subjects[subject]])
    for i, line in enumerate((
            'It happened to me seven years ago. I cleaned the boxes, cried, and took two swarms in May.',
            'You teach the beginners because you know what goes wrong. Now you know one thing more.',
            'We lost half of ours. I have a nucleus for you in April, no questions asked.')):
        y.at(y.now + 2 * DAY + i * HOUR, answer, p[6 + i], line)
    y.at(y.now + 3 * DAY, lambda: y.send(
        who, 'bees+anon@example.org', f'Re: {subject}',
        'Thank you all. I did not expect that. I will take the nucleus and begin anew.\n', [y.sink.subjects[subject]]))


def circle(y):
    p = y.people
    to_all(y, 'circle: Queen rearing', p[8], 'Who would like to rear queens together, from April to July, every other Friday '
           'at the mill?\n', [(p[i], '+1') for i in (9, 12, 15, 18, 21, 24, 27)])
    for week in range(9):
        def meet(week=week):
            t = y.thread(f'Friday evening {week + 1}: what we saw', 'queens', 'story', p[8])
            t.to = 'bees-queen-rearing@example.org'
            y.post(p[8], t, y.words.story(y.names[p[8]], 'queens'))
            for i in (9, 12, 15):
                y.later(2 * HOUR, DAY, lambda i=i: y.post(p[i], t, y.words.remark(y.names[p[i]]), t.posts[-1][0]))
        y.at(y.now + (4 + 7 * week) * DAY, meet)


def decide(y):
    p = y.people
    to_all(y, '#decide Shall we buy an extractor for all?', p[0],
           'Twelve frames, steel, 900 euros from the jar of the summer feast. It would stand at the mill.\n',
           [(p[i], word) for i, word in zip(range(5, 30), ['yes', 'yes', 'no', 'yes', 'abstain'] * 5)], gap=HOUR)


def heat(y):
    p = y.people
    said = ('That is simply wrong, and you know it.', 'I know what I saw at the school on that day.', 'You were not even there, Hugo.',
            'As ever nobody reads what I wrote.', 'Then say so plainly and do not hide behind the rules.', 'Enough, both of you.',
            'I will not be spoken to like that.', 'You began it.', 'And who put them there by night?', 'At least I asked the school.',
            'After they were there.', 'That is a lie.', 'Say it to my face on Friday.', 'I shall.')
    to_all(y, 'Hives beside the school', p[10], 'Somebody put four hives ten metres from the gate without asking. I find that '
           'reckless.\n', [(p[11 - i % 2], line) for i, line in enumerate(said)], first=600, gap=420)

    def line(text):
        y.send(p[1], 'bees@example.org', 'Re: Hives beside the school', text, [y.sink.subjects['Hives beside the school']])
    y.at(y.now + 3 * DAY, line, 'close: we meet at the school on Saturday and look at it together\n')


def carefully(y):
    """What not everybody wants to read, and what not everybody may."""
    p = y.people
    to_all(y, '[note: loss of hives] The fire at the mill', p[20], 'All nine are gone. I found the frames in the ash this morning.\n',
           [(p[21], 'I am so sorry. Two of mine are yours in May.'), (p[23], 'We come on Saturday and clear up.')])
    y.at(day(5, 15), to_all, y, 'What the inspector said #chatham', p[22],
         'Foul brood in two places, and she asked us not to say where before the letters are out.\n',
         [(p[24], 'I heard of a third.'), (p[25], 'Then boil your hive tools, whoever you are.')])
    y.at(day(7, 10), to_all, y, 'Key to the shed #members', p[26], 'It hangs behind the third frame of the old hive now.\n',
         [(p[28], 'Good that this is not for all the world.')])


def mentors(y):
    offers = dict(zip((4, 5, 6, 7, 8), ('queens', 'varroa', 'beginners', 'honey', 'winter')))
    for i, topic in offers.items():
        ask(y, y.people[i], f'mentor offer #{topic}')
    for i, topic in zip((40, 41, 42, 43), ('beginners', 'varroa', 'queens', 'wax')):
        y.at(y.now + (2 + i - 40) * DAY, ask, y, y.people[i], f'mentor seek #{topic}')


def plan(y):
    """Who does what when."""
    p = y.people
    y.at(day(1, 3), lambda: [ask(y, p[i], f'can-help #{t}') for i, t in zip(
        range(14, 28), ('varroa', 'queens', 'winter', 'swarming', 'honey', 'feeding', 'plants') * 2)])
    y.at(day(1, 6), mentors, y)
    for i in range(50, 60):     # ten who come in spring
        y.at(day(2 + i % 4, 3 + i % 20), join, y, p[i])
        y.at(day(2 + i % 4, 6 + i % 20), introduce, y, p[i])
    y.at(day(2, 9), nobody_knows, y)
    y.at(day(2, 20), carefully, y)
    y.at(day(3, 10), anonymous, y)
    y.at(day(4, 2), circle, y)
    y.at(day(5, 4), lambda: y.send(p[59], 'bees@example.org', 'Cheap honey for sale', 'Ten jars for the price of eight, call me.\n'))
    y.at(day(6, 15), heat, y)
    y.at(day(9, 1), decide, y)
    y.at(day(10, 20), lambda: y.send(p[33], 'bees+unsubscribe@example.org', 'leave', 'leave\n'))
