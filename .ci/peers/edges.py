"""The edges of the wire: the grammar, the clock, the Host header, the query around a bewit."""
import re

import craft
from cases import KEY, PLACE, part

SCHEMES = ['Hawk ', 'hawk ', 'HAWK ', 'hAwK ', 'Hawk  ', 'Hawk\t', 'Hawk \t ', ' Hawk ', '\tHawk ',
           'Hawk', 'Hawk,', 'Hawk=', 'Hawk2 ', 'Basic ', 'Bearer ', 'Digest\t', 'AWS4-HMAC-SHA256 ',
           'x-y ', 'X!Y ', 'Hawk_ ', 'Hawk\v', 'Hawk\f', 'Hawk\u00a0', 'Hawk\ufeff', 'Hawk\n', '"Hawk" ', '']
SEPARATORS = [', ', ',', ' ,', ' , ', ',  ', ',\t', '\t,\t', ' ', '', ',,', ', ,', ';', '; ', '&',
              ',\v', ',\f', ',\n', ',\r\n ', ',\u00a0', ',\u2003', ',\ufeff']
ENDS = ['', ',', ' ', ' ,', ', ', ',,', ' , ,', ';', 'x', '"', '=', '\t', ',\t', '\v', '\n', '\u00a0', ' x="y"']
PAIRS = ['{}="{}"', '{} = "{}"', '{}= "{}"', '{} ="{}"', '{}={}', "{}='{}'", '{}:"{}"', '"{}"="{}"',
         '{}="{}', '{}"{}"', '{}=""{}""', ' {}="{}"', '{}="{}" ', '{}*="{}"']
NAMES = ['ID', 'Mac', 'x', 'tsm', 'error', 'mac2', 'm-ac', 'ext_', 'é', '', '__proto__',
         'constructor', 'hasOwnProperty', 'toString']
FORBIDDEN = [chr(code) for code in range(32)] + ['"', '\\', '\x7f', '\x80', '\u00a0', 'é', '\u2028',
                                                 '\u3000', '😀', '\\"', '\\\\']
ALONE = ['', ' ', 'Hawk', 'hawk', 'Hawk ', 'Hawk  ', 'Hawk ,', 'Hawk ""', 'Hawk =', 'Hawk="x"',
         'Hawk x', 'Hawk,id="x"', 'Basic', 'Basic dTpw', 'Bearer a.b.c', 'x', '=', ',', '"', 'é',
         'Hawk é', 'Hawk\0', '\0', 'AWS4-HMAC-SHA256 Credential=x', 'Basic\tx', 'Basic,x',
         'Digest username="x", realm="y"', 'token68==', 'a/b c', 'Hawk id="x" ts="1"', 'NTLM']
NUMBERS = ['0123', '00', '+1', '-1', '1.0', '1.5', '1e3', '0x10', '0b1', '1_000', ' 1', '1 ', 'never',
           'NaN', 'Infinity', '-Infinity', 'null', '9' * 19, '9' * 20, '1' + '0' * 30,
           str(2**63 - 1), str(2**63), str(2**64 - 1), str(2**64), '1,000', '0', '1']
HOSTS = ['h.example', 'H.EXAMPLE', 'h.example.', 'h.example:', 'h.example:80', 'h.example:443',
         'h.example:8080', 'h.example:080', 'h.example:0', 'h.example:65535', 'h.example:65536',
         'h.example:99999999999', 'h.example:+80', 'h.example:8o', 'h.example:-1', 'h.example: 80',
         'h.example:80:80', 'u@h.example', 'u:p@h.example', '@h.example', 'h.example?x', 'h.example#x',
         'h.example/', 'h.example/x', 'h.example\\x', '[::1]', '[::1]:8080', '[2001:DB8::1]',
         '[2001:db8:0:0:0:0:0:1]', '[::1', '::1', '[]', '[::1]x', '[v1.x]', '[::1%eth0]', '[::1.2.3.4]',
         '[12345::]', '127.0.0.1', '127.1', '0x7f.1', '0177.0.0.1', '2130706433', '256.1.1.1', '1.2.3.4.',
         'h_x', 'h!x', 'h~x', 'h*', '(h)', 'h,i', "h'i", 'h=i', 'h+i', 'h;i', 'h&i', 'h$i', '-h', 'a..b', '.',
         '*', '%41b', 'h%', 'h%2f', 'é', 'münchen.de', 'xn--', 'a b', ' h.example', 'h.example ', 'h\tx',
         '\th', 'h<', 'h>', 'h^', 'h|', 'h`', 'h"', 'h{', 'h}', 'h\x7f', 'h\0', '', ':80', 'h.example,i.example',
         'a' * 255, 'a' * 256, 'a' * 4097, 'h.example:00000000000080', 'ℋ.example', 'h。example', 'a\u00adb']
CONTENT_TYPES = ['text/plain', 'TEXT/PLAIN', 'text/plain;', 'text/plain ; x', '\ttext/plain\t', '\vtext/plain',
                 'text/plain\f', 'text/\x00plain', 'text/\nplain', 'text/plain\n', '\u00a0text/plain',
                 'text/plain\ufeff', 'text/É', 'İ', 'ẞ', 'text/\x7f', '\x1ftext', 'text\tplain', 'Ⅷ/Å', ' ', '']

TARGETS = ['*', 'http://h/a?b=1', 'HTTP://H/a', 'https://h', 'http://h?a', 'http://h/a#f', 'ftp://h/x', 'x', 'x/y', '',
           '?a', 'h:443', '//h/x', '/a b', '/\u00e9', '/a\tb', '/a"b', '/a#b', '/\x7f', '/a\\b', "/a'b", '/{a}|^`<>', '/a\n',
           'http://u@h/a', "http://h/a'b", 'http:///a', 'http:/a', 'http://h/a/../b', '/http://h/', '*/', '**']


def place(made):
    return part(made, 'id', *KEY, *PLACE)


def verify(made, header, now=None, **more):
    return {'op': 'verify', 'header': header, 'now': made['ts'] if now is None else now, **place(made), **more}


def right(made, **changes):
    """The attributes of a right header for the request."""
    signed = {'ts': str(made['ts']), 'nonce': made['nonce']}
    signed.update(part(made, 'ext', 'app', 'dlg'))
    return craft.attributes({**place(made), 'signed': signed}, **changes)


def grammar(draw, made):
    """One or two deviations of the grammar in a header that is right otherwise."""
    pairs = right(made)
    scheme, separator, end, pair = 'Hawk ', ', ', '', '{}="{}"'
    for _ in range(draw.pick([1, 1, 2])):
        kind = draw.rng.randrange(9)
        at = draw.rng.randrange(len(pairs))
        name, value = pairs[at]
        if kind == 0:
            scheme = draw.pick(SCHEMES)
        elif kind == 1:
            separator = draw.pick(SEPARATORS)
        elif kind == 2:
            end = draw.pick(ENDS)
        elif kind == 3:
            pair = draw.pick(PAIRS)
        elif kind == 4:
            pairs.insert(draw.rng.randint(0, len(pairs)), (name, draw.pick([value, 'x', ''])))
        elif kind == 5:
            pairs.insert(draw.rng.randint(0, len(pairs)), (draw.pick(NAMES), draw.pick(['x', ''])))
        elif kind == 6:
            pairs[at] = (name, draw.pick(['', ' ', value + draw.pick(FORBIDDEN), draw.pick(FORBIDDEN) + value]))
        elif kind == 7:
            draw.rng.shuffle(pairs)
        else:
            pairs[at] = (draw.pick([name.upper(), name.capitalize(), ' ' + name]), value)
    written = [pair.format(*pairs[0])] + [draw.pick([pair, '{}="{}"']).format(*p) for p in pairs[1:]]
    return verify(made, scheme + separator.join(written) + end)


def forbidden(draw, made):
    """A value that would be right if its characters were allowed."""
    character = draw.pick(FORBIDDEN)
    name = draw.pick(['ext', 'nonce', 'app', 'id'])
    value = draw.pick([f'a{character}', f'{character}a', character, f'a{character}b'])
    case = {**made, 'id': value} if name == 'id' else made
    changes = {} if name == 'id' else {name: value}
    return verify(case, craft.header(right(case, **changes)))


def length(draw, made):
    """Headers around the longest one, right in every other way."""
    bare = len(craft.header(right(made, ext='x'))) - 1
    wanted = draw.pick([4090, 4095, 4096, 4096, 4097, 4097, 4098, 5000, 20000])
    return verify(made, craft.header(right(made, ext='x' * (wanted - bare))))


def alone(draw, made):
    header = draw.pick(ALONE)
    case = verify(made, header)
    if draw.chance(0.05):
        del case['header']
    return case


def number(draw, made):
    """Spellings of the timestamp, each under a right MAC."""
    text = draw.pick(NUMBERS)
    now = int(text) if text.isascii() and text.isdigit() and int(text) < 2**53 else made['ts']
    return verify(made, craft.header(right(made, ts=text)), now=now)


def window(draw, made):
    """The ends of the window."""
    skew = draw.pick([None, 0, 1, 2, 30, 59, 60, 61, 3600])
    reach = 60 if skew is None else skew
    made = {**made, 'ts': max(made['ts'], 10_000)}
    off = draw.pick([1, -1]) * draw.pick([0, reach - 1, reach, reach + 1, reach + 2, 2 * reach + 5])
    more = {} if skew is None else {'skew': skew}
    return verify(made, craft.header(right(made)), now=made['ts'] + off, **more)


def order(draw, made):
    """Two things wrong at once: which of them is answered?"""
    made = {**made, 'ts': max(made['ts'], 10_000)}
    digest = craft.payload_hash(made['algorithm'], '', b'payload')
    case = verify(made, craft.header(right(made, hash=digest)), payload='payload')
    faults = [{'now': made['ts'] + 100}, {'nonceSeen': True}, {'payload': 'x'}, {'id': 'unknown'},
              {'resource': made['resource'] + 'x'}, {'header': craft.header(right(made))}]
    for fault in draw.rng.sample(faults, 2):
        case.update(fault)
    return case


def lonely_dlg(draw, made):
    """dlg without app, under the MAC that covers it and under the one that does not."""
    bare = {name: value for name, value in made.items() if name != 'app'}
    pairs = right({**bare, 'dlg': draw.text(8)})
    return verify(made, craft.header(pairs))


def host(draw, made):
    """Forms of the Host header, signed for each host that somebody could make of it."""
    written, tls = draw.pick(HOSTS), draw.chance(0.3)
    meant = [written.split('@')[-1].split('/')[0].split('?')[0].split('#')[0], 'h.example', '127.0.0.1', '[::1]']
    name = draw.pick([meant[0], meant[0], draw.pick(meant)])
    port = draw.pick([443 if tls else 80, 80, 443, 8080])
    if not name.startswith('[') and ':' in name:
        name, digits = name.split(':', 1)
        port = int(digits) if digits.isascii() and digits.isdigit() and draw.chance(0.7) else port
    made = {**made, 'host': name, 'port': port}
    case = verify(made, craft.header(right(made)))
    case.update(op='verify_raw', hostHeader=written, tls=tls)
    del case['host'], case['port']
    return case


def target(draw, made):
    """Forms of the request target, signed as they are or reduced to path and query."""
    written = draw.pick(TARGETS)
    reduced = re.sub(r'(?i)^https?://[^/?#]*', '', written)
    rooted = reduced if reduced.startswith('/') else '/' + reduced
    made = {**made, 'resource': draw.pick([written, reduced, rooted])}
    return {**verify(made, craft.header(right(made))), 'resource': written}


def content_type(draw, made):
    """Spellings of the content type, with the hash of the plain one."""
    payload = 'body'
    if draw.chance(0.5):
        return {'op': 'payload_hash', 'algorithm': made['algorithm'], 'payload': payload,
                'contentType': draw.pick(CONTENT_TYPES)}
    digest = craft.payload_hash(made['algorithm'], 'text/plain', payload.encode())
    return verify(made, craft.header(right(made, hash=digest)), payload=payload,
                  contentType=draw.pick(CONTENT_TYPES))


VERIFY = [grammar, grammar, grammar, forbidden, length, alone, number, window, window, order, lonely_dlg,
          host, host, content_type, target]
