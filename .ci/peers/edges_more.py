"""More edges: what a client is asked to sign, bewits in queries, messages, challenges, responses."""
import craft
from cases import KEY, PLACE, part
from edges import CONTENT_TYPES, FORBIDDEN, NUMBERS, PAIRS, ENDS, SEPARATORS, SCHEMES

URLS = ['http://h', 'http://h?', 'http://h#', 'http://h/?', 'http://h/a?#f', 'http://h/a#f?x', 'HTTP://H/',
        'http://h:/', 'http://h:080/', 'http://h:0/', 'http://h:65535/', 'http://h:65536/', 'http://h:99999999/',
        'http://h:8o/', 'http://u@h/', 'http://u:p@h/', 'http://u@h@i/', 'http://h/u@i', 'http:///x', 'http://',
        'http:/h/x', 'http:h/x', '//h/x', '/x', 'h/x', 'ftp://h/', 'ws://h/', 'https://h', 'x', '',
        "http://h/a'b", 'http://h/a{b}', 'http://h/a|b', 'http://h/a^b', 'http://h/a`b', 'http://h/a<b>', 'http://h/a"b',
        'http://h/a\\b', 'http://h\\a', "http://h/?a='b'", 'http://h/?a={b}|^`<>"\\', 'http://h/a b', 'http://h/?a b',
        ' http://h/', 'http://h/ ', 'http://h/\ta', 'http://h/a\nb', 'http://h/é', 'http://é/', 'http://h/?é',
        'http://[::1]/', 'http://[::1]:8080/a', 'http://[2001:DB8::1]/', 'http://[::1', 'http://::1/', 'http://[]/',
        'http://127.1/', 'http://h_x/', 'http://h!x/', 'http://h*/', 'http://(h)/', 'http://h,i/', "http://h'i/",
        'http://h=i/', 'http://h+i/', 'http://h;i/', 'http://h&i/', 'http://h$i/', 'http://h~/', 'http://h%41/', 'http://a..b/',
        'http://h./', 'http://-h/', 'http://h\x7f/', 'http://h/\x7f', 'http://h/a?b?c', 'http://h/;p', 'http://h;p',
        'http://h//x', 'http://h/../x', 'http://h/%2f', 'http://h/%', 'http://h/%zz']
METHODS = ['GET', 'get', 'x', 'G T', '', 'GÉT', 'ß', 'G\nT', 'G"', 'GET ', 'M-SEARCH', '!#$%&\'*+-.^_`|~']
CHALLENGES = ['Hawk', 'hawk', 'Hawk ', 'Hawk error="x"', 'Hawk ts="{ts}"', 'Hawk tsm="{tsm}"', 'Hawk ts="{ts}", tsm="{tsm}"',
              'Hawk ts="{ts}", tsm="{tsm}", error="Stale timestamp"', 'Hawk tsm="{tsm}",ts="{ts}"', 'HAWK ts="{ts}" , tsm="{tsm}",',
              'Hawk ts="{ts}", tsm="{tsm}x"', 'Hawk ts="{ts}1", tsm="{tsm}"', 'Hawk ts="{ts}", tsm=""', 'Hawk ts="", tsm="{tsm}"',
              'Hawk ts="{ts}", tsm="{tsm}", mac="x"', 'Hawk ts="{ts}", tsm="{tsm}", id="x"', 'Hawk ts="{ts}", tsm="{tsm}", tsm="{tsm}"',
              'Basic realm="x"', 'Hawk ts="{ts}" tsm="{tsm}"', 'Hawk ts={ts}, tsm="{tsm}"', '', 'Hawk, Basic realm="x"',
              'Basic realm="x", Hawk', 'AWS4-X y']
QUERIES = ['{b}', 'a=1&{b}', '{b}&a=1', 'a=1&{b}&c=2', '&{b}', '{b}&', '{b}&&a=1', 'a=1&&{b}', '{b}&{b}', '{b}&a=1&{b}',
           'bewit=&{b}', '{b}&bewit=', 'bewit&{b}', 'a?{b}', 'a=1?{b}&c=2', '?{b}', 'Bewit=x&{b}', 'xbewit=1&{b}', '{b}=',
           '{b}$', '{b}$x', '$&{b}', 'a=bewit=x&{b}', '{b}#f', 'a#b&{b}', '{b}?', '{b}?a=1', ';{b}', 'a=1;{b}', 'bewit=x&{b}', '{b}&bewit']
# The resource that each query is signed for, where there is one reading only.
SIGNED = {'{b}': '', 'a=1&{b}': '?a=1', '{b}&a=1': '?a=1', 'a=1&{b}&c=2': '?a=1&c=2', '&{b}': '?', '{b}&&a=1': '?&a=1',
          'a=1&&{b}': '?a=1&', 'bewit&{b}': '?bewit', 'a?{b}': '?a', 'a=1?{b}&c=2': '?a=1?c=2', '?{b}': '?',
          'Bewit=x&{b}': '?Bewit=x', 'xbewit=1&{b}': '?xbewit=1', '{b}&{b}': '?{b}', 'bewit=&{b}': '?bewit=',
          '{b}&a=1&{b}': '?{b}&a=1', 'bewit=x&{b}': '?bewit=x', '$&{b}': '?$', 'a=bewit=x&{b}': '?a=bewit=x',
          '{b}&bewit': '?bewit', '{b}&': ''}


def signing(draw, made):
    """Odd things to sign: URLs, methods, and values that a header cannot hold."""
    case = {'op': 'header', **part(made, 'id', *KEY, 'method', 'url', 'ts', 'nonce', 'ext', 'app', 'dlg')}
    kind = draw.rng.randrange(5)
    if kind in (0, 1):
        case['url'] = draw.pick(URLS)
    elif kind == 2:
        case['method'] = draw.pick(METHODS)
    elif kind == 3:
        name = draw.pick(['id', 'nonce', 'ext', 'app', 'dlg', 'hash'])
        case[name] = draw.pick([f'a{draw.pick(FORBIDDEN)}b', '', ' ', 'x' * 5000, 'x", app="y', '=,'])
    else:
        case.pop('app', None)
        case['dlg'] = 'delegate'
    return case


def signing_bewit(draw, made):
    case = {'op': 'bewit', **part(made, 'id', *KEY, 'url'), 'exp': made['ts'], 'ext': draw.pick(
        ['', 'é', 'a\\b', 'a\nb', 'a"b', '😀', '\x80', 'x' * 3000, 'x' * 5000, '\0'])}
    if draw.chance(0.6):
        case['url'] = draw.pick(URLS)
    if draw.chance(0.2):
        case['id'] = draw.pick(['a\\b', 'é', 'a"b', '', 'a\nb'])
    return case


ODD_SPELLINGS = [lambda t: t + '=', lambda t: t + '==', lambda t: t + 'A', lambda t: t[:-1], lambda t: t + '%3D',
                 lambda t: t[:3] + '+' + t[3:], lambda t: t + '/', lambda t: t + '$', lambda t: t + '.',
                 lambda t: t[:5] + ' ' + t[5:]]
ODD_INSIDES = ['', '\\', 'a\\b', 'a\\b\\c', 'a\\b\\c\\d\\e', '\\\\\\', 'id\\1\\mac\\', '\\1\\m\\', 'i\\\\m\\',
               'i\\1\\\\', 'é', 'x' * 4100]


def verify_bewit(draw, made, target, exp):
    """The request with a bewit in its target, a second before the expiry where that is a number."""
    now = int(exp) - 1 if exp.isascii() and exp.isdigit() and 0 < int(exp) < 2**53 else made['ts']
    return {'op': 'verify_bewit', 'method': draw.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'get']),
            'resource': target, 'now': now, **part(made, 'id', *KEY, 'host', 'port')}


def placed_bewit(draw, made):
    """A right bewit in odd places."""
    exp, path, query = str(made['ts']), draw.pick(['/r', '/', '/a/b', '//', '/r&', '/r?x']), draw.pick(QUERIES)
    resource = path + SIGNED.get(query, '')
    if '{b}' in resource or draw.chance(0.3):
        resource = path + draw.pick(['', '?', '&', '?a=1', '?c=2'])
    text = craft.base64url(craft.bewit_text(part(made, 'id', *KEY, 'host', 'port'), resource, exp, draw.pick(['', 'ext'])))
    separator = '&' if '?' in path and draw.chance(0.7) else '?'
    target = path + separator + query.replace('{b}', 'bewit=' + text)
    if draw.chance(0.08):
        target = draw.pick([f'/r&bewit={text}', '/r', '*', 'http://h' + target, 'x' + target, '/r?bewit=' + 'A' * 5000])
    return verify_bewit(draw, made, target, exp)


def odd_bewit(draw, made):
    """An odd bewit in its place."""
    place, exp, ext = part(made, 'id', *KEY, 'host', 'port'), str(made['ts']), draw.pick(['', 'ext', 'a b'])
    inside, encoding, spell = None, 'utf-8', str
    kind = draw.rng.randrange(6)
    if kind == 0:
        exp = draw.pick(NUMBERS)
    elif kind == 1:
        ext = draw.pick(['é', 'ü€', '\n', '"', 'a\tb', '\\', '\\\\x', '\0'])
    elif kind == 2:
        inside = draw.pick(ODD_INSIDES)
    elif kind == 3:
        spell = draw.pick(ODD_SPELLINGS)
    elif kind == 4:
        encoding, ext = draw.pick(['latin-1', 'utf-8']), draw.pick(['é', 'ÿ', 'a'])
    else:
        # Targets around the longest one that is read.
        wanted = (draw.pick([4090, 4095, 4096, 4097, 5000]) - len('/r?bewit=')) * 3 // 4
        ext = 'x' * (wanted - len(craft.bewit_text(place, '/r', exp)))
    inside = craft.bewit_text(place, '/r', exp, ext) if inside is None else inside
    return verify_bewit(draw, made, '/r?bewit=' + spell(craft.base64url(inside, encoding)), exp)


def message(draw, made):
    place = part(made, 'id', *KEY, 'host', 'port')
    ts, text = str(made['ts']), 'message'
    changes, now = {}, made['ts']
    kind = draw.rng.randrange(4)
    if kind == 0:
        ts = draw.pick(NUMBERS)
    elif kind == 1:
        changes['nonce'] = draw.pick(['a"b', 'é', 'a\nb', '\\', ' '])
    elif kind == 2:
        now = made['ts'] + draw.pick([-61, -60, 60, 61])
    sent = craft.message_authorization(place, ts, text.encode(), **changes)
    if kind == 3:
        name = draw.pick(list(sent))
        sent[name] = draw.pick(['', 'x', sent[name] + ' '])
    more = {'skew': draw.pick([0, 60, 61])} if draw.chance(0.3) else {}
    return {'op': 'verify_message', 'message': text, 'authorization': sent, 'now': max(0, now), **place, **more}


def challenge(draw, made):
    ts = draw.pick([str(made['ts']), draw.pick(NUMBERS)])
    case = {'op': 'verify_challenge', **part(made, *KEY)}
    tsm = craft.b64(craft.hmac.new(craft.key_bytes(made), f'hawk.1.ts\n{ts}\n'.encode(), made['algorithm']).digest())
    return {**case, 'header': draw.pick(CHALLENGES).format(ts=ts, tsm=tsm)}


def response(draw, made):
    """A Server-Authorization with deviations of the grammar, or another payload."""
    fields = {**part(made, 'method', 'resource', 'host', 'port', 'app'), 'ts': str(made['ts']), 'nonce': made['nonce']}
    if draw.chance(0.5):
        fields['ext'] = draw.pick(['ext', 'a, b="', 'é', 'a=b'])
    digest = craft.payload_hash(made['algorithm'], 'text/plain', b'body')
    if draw.chance(0.5):
        fields['hash'] = digest
    pairs = [('mac', craft.mac(made, 'response', fields))]
    pairs += [(name, fields[name]) for name in ('hash', 'ext') if name in fields]
    if draw.chance(0.4):
        pairs.append(draw.pick([('id', 'x'), ('mac', 'x'), ('ext', ''), ('app', 'x'), ('tsm', 'x')]))
    scheme = draw.pick(SCHEMES) if draw.chance(0.2) else 'Hawk '
    separator = draw.pick(SEPARATORS) if draw.chance(0.2) else ', '
    pair = draw.pick(PAIRS) if draw.chance(0.2) else '{}="{}"'
    end = draw.pick(ENDS) if draw.chance(0.2) else ''
    case = {'op': 'verify_response', **part(made, 'id', *KEY, *PLACE, 'ts', 'nonce', 'app'),
            'header': scheme + separator.join(pair.format(*p) for p in pairs) + end}
    if draw.chance(0.5):
        case['payload'] = draw.pick(['body', 'other', ''])
        case['contentType'] = draw.pick(['text/plain', *CONTENT_TYPES])
    return case


VERIFY_BEWIT, VERIFY_MESSAGE = [placed_bewit, odd_bewit], [message]
CLIENT = [signing, signing_bewit, challenge, response]
