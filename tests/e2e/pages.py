# SPDX-License-Identifier: ISC
"""The archive as readers' programs see it.

    pages.py crawl URL DIR [--only REGEX] PATH...   every page that can be reached, into DIR
    pages.py markup DIR                             what no page may hold
    pages.py headers URL DIR                        copies of readers, HEAD, the policy

DIR/index has a line for each page: status, type, path, file. The checks print what is wrong, one
complaint a line, and nothing when all is well.
"""
import collections
import email.utils
import gzip
import http.client
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree
from html.parser import HTMLParser

MOST = 3000  # pages of one crawl


class Site:
    """One connection, used again; redirects are not followed."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def ask(self, path, method='GET', body=None, **headers):
        headers = {k.replace('_', '-'): v for k, v in headers.items()}
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


class Page(HTMLParser):
    """Links of a page, and what should not be there."""

    FORBIDDEN = {'script', 'iframe', 'object', 'embed', 'style', 'base', 'frame', 'applet'}

    def __init__(self, text):
        super().__init__()
        self.links, self.bad, self.ids = [], [], collections.Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag in self.FORBIDDEN:
            self.bad.append(f'<{tag}>')
        if len(set(names)) != len(names):
            self.bad.append(f'<{tag}> has an attribute twice')
        for name, value in attrs:
            if name.startswith('on') or name in ('style', 'srcdoc'):
                self.bad.append(f'<{tag} {name}>')
            if name == 'id':
                self.ids[value] += 1
            if name in ('href', 'src', 'action'):
                scheme = urllib.parse.urlsplit(value or '').scheme
                if scheme not in ('', 'http', 'https', 'mailto'):
                    self.bad.append(f'<{tag} {name}="{value}">')
                if name != 'href' and scheme:
                    self.bad.append(f'<{tag} {name}="{value}"> is elsewhere')
                self.links.append(value or '')


def index(folder):
    with open(os.path.join(folder, 'index'), encoding='utf-8') as f:
        for line in f:
            status, kind, path, name = line.rstrip('\n').split('\t')
            with open(os.path.join(folder, name), 'rb') as body:
                yield int(status), kind, path, body.read()


def links_of(kind, body):
    if kind == 'text/html':
        return Page(body.decode()).links
    if kind == 'application/atom+xml':
        return re.findall(r'href="([^"]*)"', body.decode())
    return []


def crawl(url, folder, only, paths):
    site, seen, queue = Site(url), set(paths), collections.deque(paths)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'index'), 'w', encoding='utf-8') as out:
        while queue and len(seen) < MOST:
            path = queue.popleft()
            status, headers, body = site.ask(path)
            kind = headers.get_content_type() if 'Content-Type' in headers else '-'
            if kind == 'application/gzip':
                body = gzip.decompress(body)
            name = f"{len(seen)}-{len(queue)}.{re.sub('[^a-z]', '', kind.rsplit('/')[-1]) or 'none'}"
            with open(os.path.join(folder, name), 'wb') as f:
                f.write(body)
            with open(os.path.join(folder, name + '.fields'), 'w', encoding='utf-8') as f:
                f.write(str(headers))
            print(status, kind, path, name, sep='\t', file=out)
            links = links_of(kind, body) + ([headers['Location']] if 'Location' in headers else [])
            for link in links:
                whole = urllib.parse.urljoin(f'http://{site.host}{path}', link)
                parts = urllib.parse.urlsplit(whole)
                to = parts.path + ('?' + parts.query if parts.query else '')
                if parts.netloc == site.host and to not in seen and re.search(only, to):
                    seen.add(to)
                    queue.append(to)
        if queue:
            sys.exit(f'more than {MOST} pages')


def markup(folder):
    for status, kind, path, body in index(folder):
        try:
            if kind == 'text/html':
                page = Page(body.decode())
                for bad in page.bad:
                    print(path, bad)
                for name, times in page.ids.items():
                    if times > 1:
                        print(path, f'id {name} {times} times')
            elif kind == 'application/json':
                json.loads(body)
            elif kind in ('application/atom+xml', 'image/svg+xml'):
                xml.etree.ElementTree.fromstring(body)
        except ValueError as e:
            print(path, kind, e)
        except xml.etree.ElementTree.ParseError as e:
            print(path, kind, e)
        if status >= 400 or status not in (200, 301):
            print(path, 'is linked but answers', status)


def check_policy(path, headers):
    policy = dict(p.strip().partition(' ')[::2]
                  for p in headers.get('Content-Security-Policy', '').split(';'))
    if policy.get('default-src') != "'none'" or policy.get('script-src', "'none'") != "'none'" \
            or 'unsafe' in str(policy) or policy.get('base-uri') != "'none'":
        print(path, 'policy', policy)
    if headers.get('X-Content-Type-Options') != 'nosniff':
        print(path, 'types may be guessed')


def check_copies(site, path, headers):
    """The reader's copy is good: by its tag, by its date; another one is not."""
    tag, date = headers.get('ETag'), headers.get('Last-Modified')
    if tag is None:
        print(path, 'has no ETag')
        return
    status, again, body = site.ask(path, If_None_Match=tag)
    if status != 304 or body or again.get('ETag') != tag:
        print(path, 'with its tag:', status, again.get('ETag'))
    if site.ask(path, If_None_Match='"other"')[0] != 200:
        print(path, 'with another tag is not 200')
    if date is None:
        return
    if site.ask(path, If_Modified_Since=date)[0] != 304:
        print(path, 'since', date, 'is not 304')
    before = email.utils.formatdate(email.utils.parsedate_to_datetime(date).timestamp() - 1,
                                    usegmt=True)
    if site.ask(path, If_Modified_Since=before)[0] != 200:
        print(path, 'since', before, 'is not 200')
    if site.ask(path, If_Modified_Since=date, If_None_Match='"other"')[0] != 200:
        print(path, 'the date was preferred to the tag')


def check_head(site, path, headers, body):
    status, head, nothing = site.ask(path, 'HEAD')
    same = {k.lower(): v for k, v in headers.items() if k != 'Date'}
    if status != 200 or nothing or {k.lower(): v for k, v in head.items() if k != 'Date'} != same:
        print(path, 'HEAD differs:', status, head.items())
    if int(head.get('Content-Length', -1)) != len(body):
        print(path, 'Content-Length is', head.get('Content-Length'), 'not', len(body))


def headers(url, folder):
    """All fields of one page of each kind."""
    site, kinds = Site(url), {}
    for status, _, path, _ in index(folder):
        # What it is, without what is its own.
        kind = re.sub(r'/[a-z2-7]{12,}', '/K', re.sub(r'/K/[^?.]*', '/K/X', re.sub(
            r'=[^&]*', '=', re.sub(r'\d+', '0', path))))
        if status == 200 and kind not in kinds:
            kinds[kind] = path
    for path in kinds.values():
        status, fields, body = site.ask(path)
        check_policy(path, fields)
        check_head(site, path, fields, body)
        if 'no-store' not in fields.get('Cache-Control', ''):
            check_copies(site, path, fields)
        # What is for one reader alone is not compressed: its length would tell of secrets in it.
        shared = 'no-store' not in fields.get('Cache-Control', '')
        if fields.get_content_type() == 'text/html' and len(body) > 1000 and shared:
            _, packed, zipped = site.ask(path, Accept_Encoding='br, gzip')
            if packed.get('Content-Encoding') != 'gzip' or gzip.decompress(zipped) != body:
                print(path, 'is not the same when compressed')
    for path in ('/nowhere/', '/bees/m/aaaaaaaaaaaa', '/%00'):
        check_policy(path, site.ask(path)[1])


def main(argv):
    command, args = argv[1], argv[2:]
    if command == 'crawl':
        only = ''
        if args[2] == '--only':
            only = args[3]
            del args[2:4]
        crawl(args[0], args[1], only, args[2:])
    elif command == 'markup':
        markup(args[0])
    elif command == 'headers':
        headers(args[0], args[1])
    else:
        sys.exit(__doc__)


main(sys.argv)
