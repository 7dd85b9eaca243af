"""What was right with one thing changed: never accepted, unless the change means nothing."""
import base64
import re


BEWIT = re.compile(r'[?&]bewit=([\w-]+)')
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


def other_character(draw, text):
    """The text with one character replaced by another one of the same kind, in any place."""
    at = draw.rng.randrange(len(text))
    new = draw.pick([c for c in 'abcXYZ019' if c != text[at]])
    return text[:at] + new + text[at + 1:]


def changed(draw, text):
    return draw.pick([
        lambda: other_character(draw, text),
        lambda: text + draw.pick(['a', ' ', '=', ',']),
        lambda: draw.pick(['a', ' ']) + text,
        lambda: text[:-1] if len(text) > 1 else text + text,
        lambda: text.swapcase() if text.swapcase() != text else text + text,
    ])()


def other_spelling(draw, text):
    """A MAC or hash that decodes to the same bytes, carelessly."""
    return draw.pick([
        text.rstrip('='),
        text + '=',
        text.replace('+', '-').replace('/', '_').rstrip('=') if re.search('[+/]', text)
        else text.rstrip('='),
        text[:-2] + chr(ord(text[-2]) + 1) + '=' if text.endswith('=') else text + '====',
        base64.b64decode(text).hex(),
    ])


def header_tampers(draw, header, names):
    """(what, header) for each attribute: replaced, left out, or added."""
    fields = dict(ATTRIBUTE.findall(header))
    for name, value in fields.items():
        old = f'{name}="{value}"'
        yield name, header.replace(old, f'{name}="{changed(draw, value)}"', 1)
        if name in ('mac', 'hash'):
            yield f'{name} spelled otherwise', header.replace(
                old, f'{name}="{other_spelling(draw, value)}"', 1)
        if len(fields) > 1:
            without = re.sub(f', {re.escape(old)}|{re.escape(old)}, ', '', header, count=1)
            yield f'no {name}', without
    for name in names - fields.keys():
        yield f'added {name}', f'{header}, {name}="{draw.text(8)}"'
    if len(fields) < 2:
        return
    first, second = draw.rng.sample(sorted(fields), 2)
    if fields[first] != fields[second]:
        swap = {first: fields[second], second: fields[first]}
        yield 'swapped', ATTRIBUTE.sub(
            lambda m: f'{m[1]}="{swap.get(m[1], m[2])}"', header)


def place_tampers(draw, case):
    """(what, changes) for what stands outside the header."""
    method = case['method'].upper()
    yield 'method', {'method': draw.pick([m for m in ('GET', 'POST', 'PUT') if m != method])}
    yield 'host', {'host': 'other.example'}
    if not case['host'].startswith('['):
        yield 'host with a dot', {'host': case['host'] + '.'}
    yield 'port', {'port': case['port'] - 1 if case['port'] > 1 else 2}
    resource = case['resource']
    yield 'resource', {'resource': draw.pick([
        resource + 'a', resource + '?', resource + '&', '/' + resource, resource + '%20',
        re.sub(r'\?.*', '', resource) + '?z=z', '/..' + resource])}
    if resource.swapcase() != resource:
        yield 'resource in other case', {'resource': resource.swapcase()}


def content_tampers(draw, case):
    """(what, changes) for a payload that is compared with the hash."""
    if 'payload' in case:
        yield 'payload', {'payload': case['payload'] + draw.pick(['a', '\n', ' '])}
        if case['payload']:
            yield 'payload emptied', {'payload': ''}
    elif 'payloadB64' in case:
        data = base64.b64decode(case['payloadB64']) + b'\0'
        yield 'payload', {'payloadB64': base64.b64encode(data).decode()}
    else:
        return
    yield 'content type', {'contentType': 'x/y'}


def key_tampers(draw, case):
    if 'key' in case:
        yield 'key', {'key': changed(draw, case['key'])}
    else:
        data = base64.b64decode(case['keyB64']) + b'k'
        yield 'key', {'keyB64': base64.b64encode(data).decode()}
    yield 'algorithm', {'algorithm': 'sha1' if case['algorithm'] == 'sha256' else 'sha256'}


def verify_tampers(draw, case, ts):
    """(what, case) for one that is accepted."""
    names = {'ext', 'app', 'dlg', 'hash'}
    for what, header in header_tampers(draw, case['header'], names):
        yield what, {**case, 'header': header}
    for changes in (place_tampers(draw, case), key_tampers(draw, case)):
        for what, change in changes:
            yield what, {**case, **change}
    if 'hash="' in case['header']:
        for what, change in content_tampers(draw, case):
            yield what, {**case, **change}
    skew = case.get('skew', 60)
    yield 'too new', {**case, 'now': ts - skew - 1} if ts > skew else {**case, 'nonceSeen': True}
    yield 'too old', {**case, 'now': ts + draw.pick([skew + 1, skew + 1000])}
    yield 'replayed', {**case, 'nonceSeen': True}
    yield 'unknown id', {**case, 'id': case.get('id', '') + 'x'}


def response_tampers(draw, case):
    for what, header in header_tampers(draw, case['header'], {'ext', 'hash'}):
        yield what, {**case, 'header': header}
    for changes in (place_tampers(draw, case), key_tampers(draw, case)):
        for what, change in changes:
            yield what, {**case, **change}
    if 'hash="' in case['header']:
        for what, change in content_tampers(draw, case):
            yield what, {**case, **change}
    for name in ('nonce', 'app', 'dlg'):
        if name in case:
            yield 'request ' + name, {**case, name: case[name] + 'x'}
    yield 'request ts', {**case, 'ts': case['ts'] + 1}
    yield 'no header', {name: value for name, value in case.items() if name != 'header'}


def bewit_tampers(draw, case, exp):
    """A bewit is Base64url: its inside is changed and encoded again."""
    bewit = BEWIT.search(case['resource'])[1]
    inside = base64.urlsafe_b64decode(bewit + '=' * (-len(bewit) % 4)).decode('latin-1')
    parts = inside.split('\\')
    if not inside.isascii():
        return
    for at, name in enumerate(('id', 'exp', 'mac', 'ext')):
        other = parts[:at] + [str(exp + 1) if name == 'exp' else changed(draw, parts[at] or 'x')]
        text = '\\'.join(other + parts[at + 1:]).encode('latin-1')
        encoded = base64.urlsafe_b64encode(text).decode().rstrip('=')
        yield name, {**case, 'resource': case['resource'].replace(bewit, encoded)}
    for changes in (place_tampers(draw, case), key_tampers(draw, case)):
        for what, change in changes:
            # A bewit is good for GET and HEAD alike.
            if what != 'method':
                yield what, {**case, **change}
    yield 'expired', {**case, 'now': exp + draw.pick([0, 1, 1000])}
    yield 'authorization', {**case, 'authorization': draw.pick(['Hawk id="x"', 'Basic x'])}
    yield 'unknown id', {**case, 'id': case['id'] + 'x'}
    yield 'method', {**case, 'method': draw.pick(['POST', 'PUT', 'get', 'DELETE'])}


def message_tampers(draw, case):
    sent = case['authorization']
    for name in ('id', 'nonce', 'hash', 'mac'):
        yield name, {**case, 'authorization': {**sent, name: changed(draw, sent[name])}}
        yield f'no {name}', {**case, 'authorization': {k: v for k, v in sent.items() if k != name}}
    yield 'ts', {**case, 'authorization': {**sent, 'ts': sent['ts'] + 1}}
    yield 'mac spelled otherwise', {
        **case, 'authorization': {**sent, 'mac': other_spelling(draw, sent['mac'])}}
    for change in key_tampers(draw, case):
        yield change[0], {**case, **change[1]}
    yield 'message', {**case, 'message': case['message'] + 'a'}
    yield 'host', {**case, 'host': 'other.example'}
    yield 'port', {**case, 'port': case['port'] % 65535 + 1}
    skew = case.get('skew', 60)
    yield 'too old', {**case, 'now': sent['ts'] + skew + 1}
    yield 'replayed', {**case, 'nonceSeen': True}
