"""Random requests with HTTP message signatures (RFC 9421), and the edges of their wire."""
import base64
import hashlib
import hmac
import re
import urllib.parse

from scheme_webhooks import base64_text, changed, changed_bytes

METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'M-SEARCH']
HOSTS = ['example.com', 'EXAMPLE.com', 'api.example.org', '127.0.0.1', '[2001:db8::1]']
PORTS = ['', '', '', ':443', ':80', ':8443']
PATHS = ['/', '', '/a', '/a/b', '/a%20b', '/%e2%82%ac', '/A/~', '/a//b', '/a/./b', "/it's", '/a;b=c', '/a+b']
PARAMS = [('a', '1'), ('b', ''), ('c', 'a b'), ('Pet', 'dog'), ('d', 'ü€'), ('e', '~*!'), ('f', "it's (x)"),
          ('g', '&=+%'), ('h', '/?:@')]
HEADERS = [['Content-Type', 'application/json'], ['Date', 'Tue, 20 Apr 2021 02:07:55 GMT'], ['X-Empty', ''],
           ['X-Spaces', '  a  b  '], ['Cache-Control', 'max-age=60'], ['Cache-Control', 'must-revalidate'],
           ['X-Dict', 'a=1, b=2;x=1;y=2, c=(a b c)'], ['X-Colon', 'a: "b"'], ['Accept', 'a/b'],
           ['Accept', 'c/d;q=1'], ['X-Other', 'x']]
SAFE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
DERIVED = ['@authority', '@scheme', '@request-target', '@path', '@query']


class Rfc9421:
    name = 'rfc9421'

    def secret(self, draw):
        return {'keyid': draw.text(12, SAFE + '-_.:/') + draw.rng.randbytes(4).hex(),
                'keyB64': base64_text(b'key' + draw.rng.randbytes(8) + draw.data(80))}

    def drawn(self, draw):
        params = draw.rng.sample(PARAMS, draw.pick([0, 1, 2, 3]))
        quote = draw.pick([urllib.parse.quote, urllib.parse.quote_plus])
        query = '&'.join(f'{name}={quote(value)}' for name, value in params)
        url = draw.pick(['https', 'https', 'http']) + '://' + draw.pick(HOSTS) + draw.pick(PORTS) \
            + draw.pick(PATHS) + (draw.pick(['?', '?' + query]) if query else '')
        headers = [list(one) for one in draw.rng.sample(HEADERS, draw.rng.randint(0, 6))]
        made = {'secret': self.secret(draw), 'method': draw.pick(METHODS), 'url': url, 'headers': headers,
                'time': draw.rng.randint(10**9, 2 * 10**9), 'label': draw.pick(['sig1', 'a', 'x-y.z*', '*a_1']),
                'body': draw.data(200) if draw.chance(0.6) else b''}
        names = sorted({name.lower() for name, _ in headers})
        components = ['@method', '@target-uri'] + draw.rng.sample(DERIVED, draw.rng.randint(0, 5)) \
            + draw.rng.sample(names, draw.rng.randint(0, len(names)))
        if query and query in url:
            components += [f'"@query-param";name="{name}"' for name, _ in params if draw.chance(0.5)]
        if 'x-dict' in names and 'x-dict' not in components and draw.chance(0.8):
            components += [f'"x-dict";key="{draw.pick("abc")}"']
        if 'x-other' in names and 'x-other' not in components and draw.chance(0.5):
            components += ['"x-other";bs']
        if made['body'] and draw.chance(0.7):
            components.append('content-digest')
        draw.rng.shuffle(components)
        made['components'] = components
        for name in ('nonce', 'tag'):
            if draw.chance(0.5):
                made[name] = draw.text(20)
        if draw.chance(0.5):
            made['expires'] = made['time'] + draw.pick([1, 60, 300, 301, 10**6])
        made['alg'] = draw.chance(0.4)
        return made

    def request(self, made):
        case = {'scheme': self.name, 'method': made['method'], 'url': made['url'],
                'headers': made['headers'], 'bodyB64': base64_text(made['body']),
                'components': made['components'], 'label': made['label']}
        return {**case, 'tag': made['tag']} if 'tag' in made else case

    def sign_case(self, made):
        return {'op': 'scheme_sign', 'secret': made['secret'], **self.request(made), 'now': made['time'],
                'created': made['time'], 'alg': made['alg'],
                **{name: made[name] for name in ('nonce', 'expires') if name in made}}

    def verify_case(self, draw, made, signed):
        others = [self.secret(draw) for _ in range(draw.pick([0, 0, 1, 2]))]
        at, request = draw.rng.randint(0, len(others)), self.request(made)
        life = min(300, made.get('expires', 10**11) - made['time'])
        offset = draw.pick([0, 1, life, draw.rng.randint(0, life)])
        case = {'op': 'scheme_verify', 'secrets': others[:at] + [made['secret']] + others[at:], **request,
                'headers': request['headers'] + signed['headers'], 'now': made['time'] + offset}
        # A verifier demands some of what is covered.
        if draw.chance(0.5):
            case['components'] = [one for one in case['components']
                                  if one in ('@method', '@target-uri', 'content-digest') or draw.chance(0.5)]
        return case

    def tampers(self, draw, made, case):
        """Each has to be refused."""
        head, mark, query = case['url'].partition('?')
        tampered = [{**case, 'method': draw.pick([one for one in METHODS if one != made['method']])},
                    {**case, 'url': head.replace('://', '://1' if '[' not in head else '://')
                     + ('x' if head.count('/') > 2 else '/x') + mark + query},
                    {**case, 'url': head + '?more=1' + ('&' + query if query else '')},
                    {**case, 'now': made['time'] + 301 + draw.pick([0, 1, 10**8])},
                    {**case, 'now': made['time'] - 301 - draw.pick([0, 1, 10**8])},
                    {**case, 'components': case['components'] + ['x-not-covered']}]
        if 'expires' in made:
            tampered.append({**case, 'now': made['expires'] + draw.pick([1, 2, 100])})
        for at, (name, value) in enumerate(case['headers']):
            if name.lower() in made['components'] + ['signature', 'signature-input'] and value.strip():
                headers = case['headers'][:at] + [[name, changed(draw, value)]] + case['headers'][at + 1:]
                tampered += [{**case, 'headers': headers},
                             {**case, 'headers': case['headers'][:at] + case['headers'][at + 1:]}]
        if 'content-digest' in made['components']:
            tampered += [{**case, 'bodyB64': base64_text(changed_bytes(draw, made['body']))}] * 3
        wrong = {**made['secret'], 'keyB64': base64_text(b'other' + draw.data(30))}
        tampered.append({**case, 'secrets': [wrong if one == made['secret'] else one
                                             for one in case['secrets']]})
        tampered.append({**case, 'secrets': [self.secret(draw)]})
        return tampered

    def own_tampers(self, draw, made, case):
        """What only ours is asked for."""
        return []

    def headers(self, made, lines, params, written=None):
        """The headers of a signature over these lines of a base, in which params is canonical; they are
        written as such or in another way."""
        base = '\n'.join(lines + [f'"@signature-params": {params}'])
        key = base64.b64decode(made['secret']['keyB64'])
        tag = base64_text(hmac.new(key, base.encode(), hashlib.sha256).digest())
        return [['Signature-Input', f"{made['label']}={written or params}"],
                ['Signature', f"{made['label']}=:{tag}:"]]

    def edge(self, draw, made):
        """A request in another form, with a signature over what is written."""
        made = {name: value for name, value in made.items() if name not in ('expires', 'tag', 'nonce')}
        made.update(url='https://example.com/a?b=c', components=['@method'], headers=[['X-A', 'a']], body=b'')
        key_id, time = made['secret']['keyid'], made['time']
        lines, items = [f"\"@method\": {made['method']}"], '("@method")'
        usual = f';created={time};keyid="{key_id}"'
        kind = draw.pick(['params', 'params', 'written', 'written', 'items', 'items', 'signature', 'several'])
        if kind == 'params':
            headers = self.headers(made, lines, items + draw.pick([
                f';created={time}', f';keyid="{key_id}"', f';keyid="{key_id}";created={time}',
                f';created={time}.0;keyid="{key_id}"', f';created="{time}";keyid="{key_id}"',
                f';created=-{time};keyid="{key_id}"', usual + ';alg="hmac-sha256"', usual + ';alg="rsa-v1_5-sha256"',
                usual + ';alg="HMAC-SHA256"', usual + ';alg=hmac-sha256', usual + ';x=1', usual + ';nonce=""',
                usual + ';nonce="a b"', usual + ';nonce="a\\"b"', usual + ';tag="t"', usual + ';tag=t',
                usual + f';expires={time - 1}', usual + f';expires={time}', usual + f';expires="{time}"',
                f';created={time};keyid="{key_id}x"', f';created={time};keyid={key_id}',
                f';created={time + 200};keyid="{key_id}"', usual + ';nonce="' + 'x' * 256 + '"',
                usual + ';nonce="' + 'x' * 257 + '"', '', ';created=0;keyid="a"']))
        elif kind == 'written':
            params = items + usual
            headers = self.headers(made, lines, params, draw.pick([
                params.replace(';', '; '), params.replace(';', ' ;'), params.replace('(', '( '),
                params.replace(')', ' )'), params + ' ', params.replace('=', '= '), params + ',',
                params.replace('created', 'CREATED'), params.replace('"@method"', '@method'),
                params.replace('"', "'"), params + ';', params + f';created={time}', '  ' + params,
                params.replace(f'={time}', f'=0{time}')]))
        elif kind == 'items':
            item, line = draw.pick([
                ('"@method" "@method"', lines * 2), ('"@METHOD"', [lines[0].replace('@method', '@METHOD')]),
                ('"@method";req', [lines[0].replace('"@method"', '"@method";req')]),
                ('"@method" "x-a"', lines + ['"x-a": a']), ('"@method" "X-A"', lines + ['"X-A": a']),
                ('"@method" "x-none"', lines + ['"x-none": ']), ('"@method" "@foo"', lines + ['"@foo": ']),
                ('"@method" "@status"', lines + ['"@status": 200']), ('"@method" "x-a";sf', lines + ['"x-a";sf: a']),
                ('"@method" "x-a";bs', lines + ['"x-a";bs: :YQ==:']), ('"@method" "x-a";tr', lines + ['"x-a";tr: a']),
                ('"@method" "x-a";bs;sf', lines + ['"x-a";bs;sf: :YQ==:']),
                ('"@method" "x-a";key="a"', lines + ['"x-a";key="a": ?1']),
                ('"@method" "x-a" "x-a";bs', lines + ['"x-a": a', '"x-a";bs: :YQ==:']),
                ('"@method" "@query-param";name="b"', lines + ['"@query-param";name="b": c']),
                ('"@method" "@query-param";name="x"', lines + ['"@query-param";name="x": ']),
                ('"@method" "@query-param"', lines + ['"@query-param": ']),
                ('"@method" "@signature-params"', lines + ['"@signature-params": ']), ('', []),
                ('"@method" ""', lines + ['"": ']), ('"@method" 1', lines), ('"@method" x-a', lines + ['"x-a": a']),
                ('"@method" "@path";x', lines + ['"@path";x: /a']), ('"@method" "@query"', lines + ['"@query": ?b=c']),
                (' '.join(f'"x-{at}"' for at in range(40)) + ' "@method"',
                 [f'"x-{at}": {at}' for at in range(40)] + lines)])
            made['headers'] += [[f'X-{at}', str(at)] for at in range(40)]
            headers = self.headers(made, line, f'({item})' + usual)
        else:
            headers = self.headers(made, lines, items + usual)
            label, (_, given), (_, tag) = made['label'], *headers
            if kind == 'signature':
                headers[1][1] = draw.pick([
                    tag.replace('=:', '=', 1), tag + ';a=1', tag.replace(':', '"'), tag[:-6] + ':', tag + ', x=:YQ==:',
                    tag.replace('=:', '=::', 1), tag.replace('==:', ':').replace('=:', ':') if tag.count('=') > 1 else tag,
                    tag.replace('=:', '=: ', 1), tag.replace('=:', ' = :', 1), f'{tag}, {tag}', '', f'{label}x' + tag,
                    tag.replace('+', '-').replace('/', '_'), re.sub(r'.=:$', 'B=:', tag), tag + ' '])
            else:
                other, wrong = 'other' + given[len(label):], 'other=:' + base64_text(b'x' * 32) + ':'
                headers = draw.pick([
                    headers + [['Signature-Input', other], ['Signature', wrong]],
                    [['Signature-Input', other], ['Signature', wrong]] + headers,
                    [['Signature-Input', f'{other}, {given}'], ['Signature', f'{wrong}, {tag}']],
                    [['Signature-Input', f'{other}, {given}'], ['Signature', f'{tag}, {wrong}']],
                    [['Signature-Input', f'{given},{given}'], ['Signature', tag]],
                    headers + [headers[0]], headers + [['Signature', wrong]], headers + [['Signature-Input', other]],
                    [['signature-input', given], ['SIGNATURE', tag]], headers[:1], headers[1:],
                    [['Signature-Input', ', '.join([given] + [f'o{at}' + given[len(label):] for at in range(10)])],
                     ['Signature', ', '.join([tag] + [f'o{at}={wrong[6:]}' for at in range(10)])]]])
        return self.verify_case(draw, made, {'headers': headers})
