# SPDX-License-Identifier: ISC
"""Reading case files. A case is a text file named after its id in section 7 of the checklist: lines
"VERB: ARGUMENTS", each with a block of lines below it that start with a tab. '#' starts a comment in column 0.
run.py tells what the verbs mean."""
import re

VERBS = {
    # what it is
    'what', 'open', 'n/a', 'covered', 'needs',
    # the world it happens in
    'set', 'member', 'list', 'zone', 'config', 'own',
    # what happens
    'send', 'talk', 'pipe', 'gp', 'shell', 'http', 'answer', 'relay', 'retry', 'clock', 'restart', 'mark', 'key',
    # what comes of it
    'expect',
}
OWN = {'config', 'own', 'clock', 'restart', 'relay'}  # a case with one of these has a server of its own


class Bad(Exception):
    """A case file that can't be read."""


class Step:
    def __init__(self, verb, args, line):
        self.verb, self.args, self.line = verb, args, line
        self.block = []


class Case:
    def __init__(self, path, name):
        self.path, self.id, self.steps = path, name, []
        with open(path, encoding='utf-8', newline='\n') as f:
            for number, line in enumerate(f.read().split('\n'), 1):
                self.read(line, number)
        if not self.first('what'):
            raise Bad(f'{path}: no "what:"')
        kinds = [k for k in ('n/a', 'covered', 'expect') if self.first(k) is not None]
        if not kinds or (len(kinds) > 1 and kinds != ['covered', 'expect']):
            raise Bad(f'{path}: wants one of "n/a:", "covered:", "expect:", or both of the last')

    def read(self, line, number):
        if line.startswith('\t'):
            if not self.steps:
                raise Bad(f'{self.path}:{number}: nothing to belong to')
            self.steps[-1].block.append(line[1:])
            return
        if not line.strip() or line.startswith('#'):
            return
        found = re.fullmatch(r'([a-z/]+):(.*)', line)
        if not found or found.group(1) not in VERBS:
            raise Bad(f'{self.path}:{number}: no verb: {line}')
        self.steps.append(Step(found.group(1), found.group(2).strip(), number))

    def all(self, verb):
        return [s for s in self.steps if s.verb == verb]

    def first(self, verb):
        found = self.all(verb)
        return found[0].args if found else None

    def is_own(self):
        return any(s.verb in OWN for s in self.steps)


def order(name):
    """T before H, as the checklist has them."""
    return 'THSDEBLXCGR'.index(name[0]), name


def unescape(text):
    """Text of a case file as bytes: \\r \\n \\0 \\t \\xHH \\\\; any other backslash stands for itself."""
    simple = {'r': b'\r', 'n': b'\n', '0': b'\0', 't': b'\t', '\\': b'\\'}
    out, at = [], 0
    for m in re.finditer(r'\\(?:x([0-9A-Fa-f]{2})|([rn0t\\]))', text):
        out.append(text[at:m.start()].encode())
        out.append(bytes([int(m.group(1), 16)]) if m.group(1) else simple[m.group(2)])
        at = m.end()
    return b''.join(out) + text[at:].encode()


def lines(block, fill):
    """A block as bytes with CRLF; a line that ends in \\c has none."""
    out = b''
    for line in block:
        open_end = line.endswith('\\c')
        out += unescape(fill(line[:-2] if open_end else line)) + (b'' if open_end else b'\r\n')
    return out
