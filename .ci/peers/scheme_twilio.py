"""Random messages of Twilio: a form, or another body whose digest is in the URL."""
import hashlib
import hmac
import urllib.parse

from scheme_webhooks import Webhook, base64_text, changed_bytes

HOSTS = ['example.com', 'a-b.example', 'EXAMPLE.com', '127.0.0.1', '[2001:db8::1]', 'localhost']
PORTS = ['', '', '', ':443', ':80', ':8443', ':1']
PATHS = ['/', '', '/a', '/a/b.php', '/a%20b', "/it's", '/a;b', '/A/(b)', '/a//b', '/%e2%82%ac']
QUERIES = ['', '', '?a=1', '?a=1&b=2', "?q=it's", '?a=%20+c', '?', '?a=b=c', '?b=2&a=1&a=1']
NAMES = ['CallSid', 'From', 'To', 'Body', 'a', 'A', 'b', 'ü', 'a b', 'Digits', '', 'AB', '10', '9']
VALUES = ['', 'CA123', '+14158675310', '1', '2', 'a b', 'ü€', '&=', '😀', 'x\ny', '%41', 'B']


class Twilio(Webhook):
    name = 'twilio'
    window = 0

    def drawn(self, draw):
        url = draw.pick(['https', 'https', 'http']) + '://' + draw.pick(HOSTS) + draw.pick(PORTS) \
            + draw.pick(PATHS) + draw.pick(QUERIES)
        made = {'secret': self.secret(draw), 'time': 1_700_000_000, 'url': url, 'params': [], 'body': b''}
        if draw.chance(0.3):
            made['body'] = self.body(draw)
            self.digest(made)
        else:
            made['params'] = [[draw.pick(NAMES), draw.pick(VALUES)] for _ in range(draw.pick(
                [0, 1, 2, 3, 5, 20]))]
        return made

    def digest(self, made):
        path, mark, query = made['url'].partition('?')
        digest = 'bodySHA256=' + hashlib.sha256(made['body']).hexdigest()
        made['url'] = path + '?' + (query + '&' if mark and query else '') + digest

    def secret(self, draw):
        return 'k' + draw.text(40)

    def message(self, made):
        unique = sorted({(name.encode(), value.encode()) for name, value in made['params']})
        return made['url'].encode() + b''.join(name + value for name, value in unique)

    def tag(self, made, secret=None):
        key = (made['secret'] if secret is None else secret).encode()
        return base64_text(hmac.new(key, self.message(made), hashlib.sha1).digest())

    def headers(self, made, tags):
        return [['X-Twilio-Signature', tags[0]]]

    def request(self, made):
        return {'method': 'POST', 'url': made['url'], 'params': made['params'],
                'bodyB64': base64_text(made['body'])}

    def sign_case(self, made):
        return {'op': 'scheme_sign', 'scheme': self.name, 'secret': made['secret'],
                **self.request(made), 'now': made['time']}

    def verify_case(self, draw, made, signed):
        case = {'op': 'scheme_verify', 'scheme': self.name, 'secrets': self.secrets(draw, made),
                'headers': signed['headers'], **self.request(made), 'now': made['time']}
        # Twilio signs the URL with the scheme's own port or without it.
        if draw.chance(0.3):
            case['url'] = self.other_port(case['url'])
        return case

    def other_port(self, url):
        split = urllib.parse.urlsplit(url)
        own = {'http': ':80', 'https': ':443'}[split.scheme]
        rest = url[len(split.scheme) + 3 + len(split.netloc):]
        if split.netloc.endswith(own):
            return f'{split.scheme}://{split.netloc[:-len(own)]}{rest}'
        has_port = split.netloc.rsplit(']')[-1].find(':') >= 0
        return url if has_port else f'{split.scheme}://{split.netloc}{own}{rest}'

    def tampers(self, draw, made, case):
        tampered = super().tampers(draw, made, case)[4:]
        if 'bodySHA256' in made['url']:
            tampered += [{**case, 'bodyB64': base64_text(changed_bytes(draw, made['body']))}] * 3
        else:
            params = [list(pair) for pair in made['params']]
            if params:
                at = draw.rng.randrange(len(params))
                pair = params[at]
                params[at] = [pair[0], pair[1] + 'x']
                tampered.append({**case, 'params': params})
            tampered.append({**case, 'params': made['params'] + [['z', 'z']]})
        at = case['url'].index('/', 9) if '/' in case['url'][9:] else len(case['url'])
        for url in (case['url'][:9] + 'x' + case['url'][9:], case['url'][:at] + '/x' + case['url'][at:]):
            tampered.append({**case, 'url': url})
        return tampered

    def edge(self, draw, made):
        made = dict(made)
        headers = draw.pick([self.odd_tag, self.odd_headers, self.odd_url, self.odd_form,
                             self.odd_port])(draw, made)
        return self.verify_case(draw, made, {'headers': headers})

    def odd_url(self, draw, made):
        url = made['url']
        made['url'] = draw.pick([
            url.replace('https', 'HTTPS'), url + '#part', url.replace('://', '://user:pw@'),
            url + ('&' if '?' in url else '?') + 'a=|{}', url.replace('/a', '/./a'), url + '/..',
            url.replace('example', 'ExamplE'), url.replace(':443', ':0443')])
        return self.headers(made, [self.tag(made)])

    def odd_port(self, draw, made):
        """Signed without the port, which is not the scheme's own."""
        url = 'https://example.com/a'
        made['body'] = b''
        headers = self.headers(made, [self.tag({**made, 'url': url})])
        made['url'] = url.replace('.com', '.com' + draw.pick([':8443', ':1', ':80']))
        return headers

    def odd_form(self, draw, made):
        made['body'], made['params'] = b'', [[draw.pick(NAMES), draw.pick(VALUES)] for _ in range(
            draw.pick([100, 128, 129, 500]))]
        made['url'] = made['url'].partition('?')[0]
        return self.headers(made, [self.tag(made)])
