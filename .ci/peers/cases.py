"""Random requests, and the cases made of them."""
import base64

from craft import VALUE_CHARS

BASE_TS = 1_353_832_234

METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'get', 'Post', 'pUt',
           'propfind', 'M-SEARCH', 'x!y']
HOSTS = ['example.com', 'EXAMPLE.com', 'Api.Example.COM', 'localhost', 'a-b.example.', 'h_x.example',
         '127.0.0.1', '10.0.255.1', 'xn--mnchen-3ya.de', 'x', 'a.b.c.d.e.f']
IPV6 = ['[::1]', '[2001:DB8::1]', '[2001:db8:0:0:1:0:0:1]', '[::ffff:10.0.0.1]']
PATHS = ['/', '/a', '/resource/1', '/a/b/c', '/A/b', '/a%20b', '/a+b', '/~u', '/a:b@c', '/a=b&c',
         '/!$()*,-._', '/%e2%82%ac']
ODD_PATHS = ['', '//a', '/a//b', '/a/../b', '/./a', '/..', '/a/.', '/%2f%2F', '/;p', '/a;p=1;q',
             '/a;p/b', '/a/;', '/*', '/a/', '///', '/http://x/y']
QUERIES = ['a=1', 'b=1&a=2', 'a=1&a=1', 'q=%26%3d', 'a=b+c', 'x=1;y=2', 'a', 'a=']
ODD_QUERIES = ['', '?', 'a?b', '&&', '=', 'a=/b/../c', 'a=[1]', '&', 'a=http://x/', ';', '%']
CONTENT_TYPES = ['text/plain', 'application/json', 'Text/Plain', 'application/JSON; charset=UTF-8',
                 ' text/html ', 'text/html;', 'text/html ; q=1;r=2', '\ttext/css\t', '', ';', ' ',
                 ';charset=x', 'a', 'multipart/form-data; boundary="x;y"']


class Draw:
    """Draws from a seeded generator."""

    def __init__(self, rng):
        self.rng = rng
        self.pick = rng.choice

    def chance(self, share):
        return self.rng.random() < share

    def text(self, longest, alphabet=VALUE_CHARS):
        return ''.join(self.rng.choices(alphabet, k=self.rng.randint(1, longest)))

    def data(self, longest):
        return bytes(self.rng.choices(range(256), k=self.rng.randint(0, longest)))

    def key(self, case):
        if self.chance(0.3):
            case['keyB64'] = base64.b64encode(self.data(150) + b'k').decode()
        else:
            case['key'] = self.text(100)

    def payload(self, case, name='payload'):
        if self.chance(0.3):
            case[name + 'B64'] = base64.b64encode(self.data(200)).decode()
        else:
            case[name] = self.pick(['', 'Thank you for flying Hawk', '{"a":1}', 'ü€\n', '\n',
                                    self.text(300)])

    def random_case(self, text):
        return ''.join(self.pick([c.lower(), c.upper()]) for c in text)


def scenario(draw):
    """A request as its client and its server see it, and the credentials."""
    host = draw.pick(IPV6) if draw.chance(0.08) else draw.pick(HOSTS)
    scheme = draw.pick(['http', 'https'])
    port = draw.pick([None, None, 80, 443, 8000, 8080, 65535, 1])
    path = draw.pick(ODD_PATHS) if draw.chance(0.35) else draw.pick(PATHS)
    query = draw.pick([None, draw.pick(QUERIES), draw.pick(QUERIES), draw.pick(ODD_QUERIES)])
    search = '' if query is None else '?' + query
    fragment = draw.pick(['', '', '', '#', '#part', '#a?b'])
    authority = host if port is None else f'{host}:{port}'
    made = {
        'url': f'{draw.random_case(scheme)}://{authority}{path}{search}{fragment}',
        'method': draw.pick(METHODS),
        'host': draw.random_case(host) if draw.chance(0.3) else host,
        'port': port or (80 if scheme == 'http' else 443),
        'resource': (path or '/') + search,
        'ts': draw.rng.randint(BASE_TS, BASE_TS * 3) if draw.chance(0.8) else draw.pick(
            [1, 60, 61, 2**31 - 1, 2**31, 2**32, 2**43 - 1]),
        'id': draw.text(20),
        'nonce': draw.text(12),
        'algorithm': draw.pick(['sha256', 'sha256', 'sha1']),
    }
    draw.key(made)
    return made


def dress(draw, made):
    """Adds what a header may have."""
    if draw.chance(0.5):
        made['ext'] = draw.text(40)
    if draw.chance(0.35):
        made['app'] = draw.text(16)
        if draw.chance(0.6):
            made['dlg'] = draw.text(16)
    if draw.chance(0.5):
        draw.payload(made)
        if draw.chance(0.8):
            made['contentType'] = draw.pick(CONTENT_TYPES)
    return made


def part(made, *names):
    return {name: made[name] for name in names if name in made}


KEY = ('key', 'keyB64', 'algorithm')
PAYLOAD = ('payload', 'payloadB64', 'contentType')
PLACE = ('method', 'host', 'port', 'resource')


def header_case(made):
    return {'op': 'header', **part(made, 'id', *KEY, 'method', 'url', 'ts', 'nonce', 'ext', 'app',
                                   'dlg', *PAYLOAD)}


def verify_case(draw, made, header):
    """The request arrives, within the window; a server may leave the payload for later."""
    case = {'op': 'verify', 'header': header, 'now': max(0, made['ts'] + draw.pick(
        [0, 1, -1, 59, 60, -60, draw.rng.randint(-60, 60)])), **part(made, 'id', *KEY, *PLACE)}
    if draw.chance(0.8):
        case.update(part(made, *PAYLOAD))
    if draw.chance(0.2):
        case['skew'] = draw.pick([60, 61, 120, 86400])
    if draw.chance(0.1):
        del case['id']
    return case


def raw_case(verify, made, draw):
    """The same request with the Host header instead of the server's own authority."""
    case = {name: value for name, value in verify.items() if name not in ('host', 'port')}
    tls = made['url'][:5].lower() == 'https'
    default = 443 if tls else 80
    written = f":{made['port']}" if made['port'] != default else draw.pick(['', ':'])
    return {**case, 'op': 'verify_raw', 'hostHeader': made['host'] + written, 'tls': tls}


def response_case(draw, made):
    case = {'op': 'response', **part(made, 'id', *KEY, *PLACE, 'ts', 'nonce', 'app', 'dlg')}
    if draw.chance(0.5):
        case['ext'] = draw.text(40)
    if draw.chance(0.7):
        draw.payload(case)
        if draw.chance(0.8):
            case['contentType'] = draw.pick(CONTENT_TYPES)
    return case


def verify_response_case(draw, response, header):
    case = {name: value for name, value in response.items() if name not in ('ext', *PAYLOAD)}
    case.update(op='verify_response', header=header)
    if draw.chance(0.8):
        case.update(part(response, *PAYLOAD))
    return case


def bewit_case(draw, made):
    case = {'op': 'bewit', **part(made, 'id', *KEY, 'url'), 'exp': made['ts']}
    if draw.chance(0.5):
        case['ext'] = draw.pick([draw.text(40), 'ü€', 'a"b', 'a b', 'x\ty', 'two\nlines', draw.text(900)])
    return case


def place_bewit(draw, resource, bewit):
    """The resource with the bewit in it, where any of its positions may be taken."""
    if '?' not in resource:
        return f'{resource}?bewit={bewit}'
    path, query = resource.split('?', 1)
    parameters = query.split('&')
    # A lone `?` is kept by a `&` behind it, and a bewit does not stand before a dangling `&`.
    last = len(parameters) - 1
    position = draw.pick([at for at in range(last + 2) if at != last or parameters[last]])
    if query == '':
        position = 1
    parameters.insert(position, 'bewit=' + bewit)
    return path + '?' + '&'.join(parameters)


def verify_bewit_case(draw, made, exp, resource):
    now = max(0, exp - draw.pick([1, 2, 60, 3600, exp]))
    return {'op': 'verify_bewit', **part(made, 'id', *KEY, 'host', 'port'),
            'method': draw.pick(['GET', 'GET', 'HEAD']), 'resource': resource, 'now': now}


def message_case(draw, made):
    case = {'op': 'message', **part(made, 'id', *KEY, 'host', 'port', 'ts', 'nonce')}
    case['message'] = draw.pick(['', 'some message', 'ü€\n', draw.text(300)])
    return case


def verify_message_case(draw, message, authorization):
    case = {name: value for name, value in message.items() if name not in ('ts', 'nonce')}
    case.update(op='verify_message', authorization=authorization,
                now=max(0, message['ts'] + draw.rng.randint(-60, 60)))
    if draw.chance(0.2):
        case['skew'] = draw.pick([60, 120, 86400])
    return case


def part_cases(draw, made, messages):
    """The parts: hashes, MACs and what they are over, by URL or by place."""
    common = part(made, 'id', *KEY, 'ts', 'nonce')
    place = part(made, 'method', 'url') if draw.chance(0.5) else part(made, *PLACE)
    optional = part(made, 'ext', 'app', 'dlg', *PAYLOAD)
    header = {**common, **place, **optional, 'type': 'header'}
    response = {**common, **part(made, *PLACE), **optional, 'type': 'response'}
    bewit = {**common, **place, **part(made, 'ext'), 'exp': made['ts'], 'type': 'bewit'}
    message = {**message_case(draw, made), 'type': 'message'}
    for case in (header, response, bewit, message)[:4 if messages else 3]:
        yield {**case, 'op': draw.pick(['mac', 'normalize'])}
    yield {'op': 'payload_hash', **part(made, 'algorithm', *PAYLOAD)}
    yield {'op': 'tsm', **part(made, *KEY, 'ts')}
