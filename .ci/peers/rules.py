"""Which cases a divergence is about: one rule for each entry of the list, by its id.

A rule looks at the case, and at the answers only where they say what the case is about. It is not
enough for an explanation, see divergences.py.
"""
import base64
import ipaddress
import re

TS = re.compile(r'(0|[1-9][0-9]{0,18})')
TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
ODD_SPACE = re.compile('[\v\f\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]')
RULES = {}


def rule(name):
    def add(function):
        RULES[name] = function
        return function
    return add


def header(case):
    return case.get('header') or ''


def code(answer):
    return answer.get('error', '')


def bewit(case):
    """The last bewit of a request target, as it is written and as the bytes inside, or None."""
    found = re.findall(r'[?&]bewit=([^&]*)', case.get('resource', ''))
    text = found[-1] if found else ''
    if not re.fullmatch(r'[\w-]+', text, re.ASCII):
        return text, None
    # What is left over at the end is dropped, as a careless reader does it.
    whole = text[:-1] if len(text) % 4 == 1 else text
    return text, base64.urlsafe_b64decode(whole + '=' * (-len(whole) % 4))


def bewit_part(case, index):
    inside = (bewit(case)[1] or b'').split(b'\\')
    return inside[index].decode('latin-1') if index < len(inside) else ''


@rule('challenge-error-text')
def _(case, theirs, ours):
    return theirs.get('www', '').startswith('Hawk error="') and ours.get('www') == 'Hawk'


@rule('message-stale-time')
def _(case, theirs, ours):
    return case['op'] == 'verify_message' and code(ours) == 'stale-timestamp'


@rule('message-values')
def _(case, theirs, ours):
    sent = case.get('authorization')
    return isinstance(sent, dict) and not all(
        re.fullmatch(r'[\x20\x21\x23-\x5b\x5d-\x7e]+', str(value)) for value in sent.values())


@rule('dlg-without-app')
def _(case, theirs, ours):
    in_header = 'dlg="' in header(case) and 'app="' not in header(case)
    return in_header or ('dlg' in case and 'app' not in case)


@rule('timestamp-syntax')
def _(case, theirs, ours):
    if case['op'] == 'verify_message':
        ts = str(case['authorization'].get('ts', ''))
    else:
        found = re.search(r'ts="([^"]*)"', header(case))
        ts = found[1] if found else ''
    return not TS.fullmatch(ts)


@rule('skew-zero')
def _(case, theirs, ours):
    return case.get('skew') == 0


@rule('odd-white-space')
def _(case, theirs, ours):
    return bool(ODD_SPACE.search(header(case)))


@rule('other-scheme')
def _(case, theirs, ours):
    scheme = TOKEN.match(header(case))
    return bool(scheme) and scheme[0].lower() != 'hawk' and 'no-' in code(ours)


@rule('order-of-checks')
def _(case, theirs, ours):
    refusals = {code(theirs), code(ours)}
    return len(refusals) == 2 and refusals <= {'stale-timestamp', 'replay', 'bad-hash', 'missing-hash'}


@rule('content-type-characters')
def _(case, theirs, ours):
    return not re.fullmatch('[\x20-\x7e]*', case.get('contentType', '').split(';')[0].strip('\t '))


@rule('host-beyond-authority')
def _(case, theirs, ours):
    return bool(re.search(r'[@?#\\]', case.get('hostHeader', '')))


@rule('host-number')
def _(case, theirs, ours):
    """A last label that is a number makes the whole host an IPv4 address at the reference."""
    name = case.get('hostHeader', '').split(':')[0].rstrip('.')
    return bool(re.search(r'(^|\.)(0x[0-9a-f]*|[0-9]+)$', name, re.I))


@rule('host-literal')
def _(case, theirs, ours):
    written = re.match(r'\[(.*)\]', case.get('hostHeader', ''))
    try:
        return bool(written) and str(ipaddress.IPv6Address(written[1])) != written[1].lower() or \
            bool(written) and '.' in written[1]
    except ValueError:
        return True


@rule('host-characters')
def _(case, theirs, ours):
    host = re.sub(r':\d*$', '', case.get('hostHeader', ''))
    return bool(re.search(r"[^A-Za-z0-9._~!$&'()*+,;=:\[\]-]", host)) or host.lower() == 'xn--'


@rule('host-too-long')
def _(case, theirs, ours):
    return len(case.get('hostHeader', '')) > 255


@rule('host-port-80-over-tls')
def _(case, theirs, ours):
    return case.get('tls') is True and bool(re.search(r':0*80$', case.get('hostHeader', '')))


@rule('target')
def _(case, theirs, ours):
    target = case.get('resource', '')
    return not re.fullmatch(r'(?i)(/|https?://[^/?]+([/?]|$))[\x21-\x7e]*|\*', target)


@rule('target-absolute-form')
def _(case, theirs, ours):
    """An absolute target with a fragment, or with characters that the reference escapes."""
    return bool(re.match(r'''(?i)https?://[^/]+/.*[#'{}|^`<>"\\]''', case.get('resource', '')))


@rule('target-authority')
def _(case, theirs, ours):
    """An absolute target whose authority is malformed or not the one of Host."""
    return bool(re.match(r'(?i)https?://', case.get('resource', ''))) and \
        ours.get('error') in ('authority-mismatch', 'host-syntax')


@rule('bewit-absolute-form')
def _(case, theirs, ours):
    return case['op'] == 'verify_bewit' and case['resource'][:4].lower() == 'http'


@rule('ipv6-client')
def _(case, theirs, ours):
    return bool(re.match(r'\w+://\[', case.get('url', '')))


@rule('url-escapes')
def _(case, theirs, ours):
    return bool(re.search(r"""['{}|^`<>"\\]""", case.get('url', '').split('#')[0]))


@rule('url-forms')
def _(case, theirs, ours):
    """Not http or https, no host, user information, characters, or a port that is none."""
    url = case.get('url', '').split('#')[0]
    parts = re.fullmatch(r"(?i)https?://([\w.~!$&()*+,=-]+)(:(\d*))?(?=[/?]|$)[\x21-\x7e]*", url, re.ASCII)
    return not parts or int(parts[3] or 1) > 65535 or (parts[3] or '').startswith('0')


@rule('unchecked-values')
def _(case, theirs, ours):
    values = [str(case.get(name, 'x')) for name in ('id', 'nonce', 'hash', 'app', 'dlg')]
    values.append(case.get('method', 'x') if TOKEN.fullmatch(case.get('method', 'x')) else '')
    return not all(re.fullmatch(r'[\x20\x21\x23-\x5b\x5d-\x7e]+', value) for value in values)


@rule('ext-quoted')
def _(case, theirs, ours):
    return '"' in case.get('ext', '') or '\\' in case.get('ext', '')


@rule('written-too-long')
def _(case, theirs, ours):
    target = re.sub(r'(?i)^https?://[^/?]*', '', case.get('url', '').split('#')[0]) or '/'
    link = target + '?bewit=' + theirs.get('bewit', '')
    return len(theirs.get('header', '')) > 4096 or len(link) > 4096


@rule('bewit-several')
def _(case, theirs, ours):
    return len(re.findall(r'[?&]bewit=', case.get('resource', ''))) > 1


@rule('bewit-separator')
def _(case, theirs, ours):
    """A second question mark, or an ampersand in the path."""
    path, mark, query = case.get('resource', '').partition('?')
    return '?bewit=' in query or '&bewit=' in path


@rule('bewit-dollar')
def _(case, theirs, ours):
    return bool(re.search(r'[?&]bewit=[^&]*\$', case.get('resource', '')))


@rule('bewit-encoding')
def _(case, theirs, ours):
    """Bits left over, or a length that Base64 does not have."""
    text, inside = bewit(case)
    return inside is not None and text != base64.urlsafe_b64encode(inside).decode().rstrip('=')


@rule('bewit-text')
def _(case, theirs, ours):
    """Text beyond ASCII: the reference cuts each character down to one byte."""
    return not case.get('ext', '').isascii() or not (bewit(case)[1] or b'').isascii()


@rule('bewit-expiry')
def _(case, theirs, ours):
    return bewit(case)[1] is not None and not TS.fullmatch(bewit_part(case, 1))


@rule('bare-challenge')
def _(case, theirs, ours):
    return bool(re.fullmatch(r'(?i)hawk[ \t]*', header(case)))


@rule('challenge-half')
def _(case, theirs, ours):
    """tsm without ts."""
    return 'tsm="' in header(case) and not re.search(r'\bts="', header(case))


def url_of(case):
    return case.get('url') or 'http://' + case.get('host', '') + case.get('resource', '')


@rule('mohawk-url')
def _(case, theirs, ours):
    """A lone question mark, parameters of the last segment, no path, brackets."""
    url = re.sub('[?&]bewit=[^&]*', '', url_of(case)).split('#')[0]
    path, mark, query = re.sub(r'(?i)^https?://[^/?]*', '', url).partition('?')
    return bool(mark and not query or ';' in path.rsplit('/', 1)[-1] or not path or '://[' in url)


@rule('mohawk-hash-without-payload')
def _(case, theirs, ours):
    return 'hash="' in header(case) and not case.keys() & {'payload', 'payloadB64'}


@rule('mohawk-dlg-without-app')
def _(case, theirs, ours):
    return RULES['dlg-without-app'](case, theirs, ours)


@rule('mohawk-bewit-padding')
def _(case, theirs, ours):
    if case['op'] == 'bewit':
        return theirs.get('bewit', '').rstrip('=') == ours.get('bewit')
    bewit = re.search(r'[?&]bewit=([^&]*)', case.get('resource', ''))
    return bool(bewit) and (len(bewit[1]) % 4 != 0 or bool(re.search('[=_-]', bewit[1])))


@rule('mohawk-bewit-position')
def _(case, theirs, ours):
    return bool(re.search(r'\?bewit=[^&]*&', case.get('resource', '')))


@rule('mohawk-bewit-text')
def _(case, theirs, ours):
    ext = str(case.get('ext', '')) + str(ours.get('ext', ''))
    return not re.fullmatch(r'[\x20\x21\x23-\x5b\x5d-\x7e]*', ext)


@rule('mohawk-bewit-method')
def _(case, theirs, ours):
    return case.get('method') not in ('GET', 'HEAD')


@rule('mohawk-bewit-expiry')
def _(case, theirs, ours):
    return bewit_part(case, 1) == str(case.get('now'))
