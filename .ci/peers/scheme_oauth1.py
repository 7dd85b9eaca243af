"""Random requests of OAuth 1.0a (RFC 5849), and the edges of its wire."""
import hashlib
import hmac
import urllib.parse

from scheme_webhooks import base64_text, changed, changed_bytes

HASHES = {'HMAC-SHA1': hashlib.sha1, 'HMAC-SHA256': hashlib.sha256, 'HMAC-SHA512': hashlib.sha512}
METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'get', 'Post', 'PATCH', 'HEAD']
HOSTS = ['example.com', 'EXAMPLE.com', 'api.example.org', '127.0.0.1', 'localhost', '[2001:db8::1]']
PORTS = ['', '', '', ':80', ':443', ':8080', ':1']
PATHS = ['/', '', '/request', '/a/b', '/a%20b', '/A/~b', '/%e2%82%ac', '/a;b', '/a+b', '/a//b', '/a/']
NAMES = ['a', 'b', 'c@', 'a2', 'a3', 'ü', 'a b', 'A', 'size', 'file', '=', '&', '%', 'é€', '', 'z~', 'a-']
VALUES = ['', '1', '2', 'a b', 'r b', '=%3D', 'ü€', '&', '+', '%20', '~-._', '!*\'()', '/', '?', '😀', '"',
          '\\', 'x' * 50, '\n', ' ']
FORM = 'application/x-www-form-urlencoded'
SAFE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'


def escape(text):
    return urllib.parse.quote(text, safe='~')


def encode(pairs, draw=None):
    """A query or form; some write a space as a plus sign."""
    quote = urllib.parse.quote_plus if draw and draw.chance(0.5) else escape
    return '&'.join(f'{quote(name)}={quote(value)}' for name, value in pairs)


def signature(made, protocol, **other):
    """The signature over the request in `made`, with these parameters of the protocol."""
    made = {**made, **other}
    split = urllib.parse.urlsplit(made['url'])
    netloc = split.netloc.lower()
    own = {'http': ':80', 'https': ':443'}[split.scheme.lower()]
    netloc = netloc.removesuffix(own)
    path = split.path or '/'
    pairs = made['query'] + made['form'] + protocol
    pairs = sorted((escape(name), escape(value)) for name, value in pairs)
    base = '&'.join(map(escape, [
        made['method'].upper(), f'{split.scheme.lower()}://{netloc}{path}',
        '&'.join(f'{name}={value}' for name, value in pairs)]))
    secret = made['secret']
    key = escape(secret['consumer_secret']) + '&' + escape(secret.get('token_secret', ''))
    return base64_text(hmac.new(key.encode(), base.encode(), HASHES[made['hash']]).digest())


class Oauth1:
    name = 'oauth1'

    def secret(self, draw):
        made = {'consumer_key': draw.text(24, SAFE + '-._~') if draw.chance(0.7)
                else draw.text(24).replace('%', '~'),
                'consumer_secret': draw.text(40) if draw.chance(0.9) else 'ü€' + draw.text(9)}
        if draw.chance(0.6):
            made.update(token=draw.text(24, SAFE), token_secret=draw.text(40))
        return made

    def drawn(self, draw):
        def pairs(most):
            return [[draw.pick(NAMES), draw.pick(VALUES)] for _ in range(draw.rng.randint(0, most))]
        made = {'secret': self.secret(draw), 'method': draw.pick(METHODS), 'hash': draw.pick(list(HASHES)),
                'time': draw.rng.randint(10**9, 10**10 - 400), 'nonce': draw.text(30, SAFE + '-_.~'),
                'query': pairs(4), 'form': [], 'body': b'', 'type': None}
        url = draw.pick(['http', 'https']) + '://' + draw.pick(HOSTS) + draw.pick(PORTS) + draw.pick(PATHS)
        made['url'] = url + ('?' + encode(made['query'], draw) if made['query'] else '')
        if made['method'].upper() not in ('GET', 'HEAD') and draw.chance(0.6):
            made['form'] = pairs(5) or [['a', '1']]
            made['body'], made['type'] = encode(made['form'], draw).encode(), FORM
        elif made['method'].upper() not in ('GET', 'HEAD') and draw.chance(0.4):
            made['body'], made['type'] = b'{"a":"' + draw.text(40, SAFE).encode() + b'"}', 'application/json'
        if draw.chance(0.3):
            made['realm'] = draw.text(20, SAFE + ' ')
        return made

    def request(self, made):
        headers = [['Content-Type', made['type']]] if made['type'] else []
        return {'method': made['method'], 'url': made['url'], 'headers': headers,
                'bodyB64': base64_text(made['body'])}

    def sign_case(self, made):
        case = {'op': 'scheme_sign', 'scheme': self.name, 'secret': made['secret'], **self.request(made),
                'now': made['time'], 'nonce': made['nonce'], 'signature_method': made['hash'],
                'version': True}
        if made['body'] and not made['form']:
            case['bodyHash'] = True
        return {**case, 'realm': made['realm']} if 'realm' in made else case

    def verify_case(self, draw, made, signed):
        others = [self.secret(draw) for _ in range(draw.pick([0, 0, 1, 2]))]
        at, request = draw.rng.randint(0, len(others)), self.request(made)
        offset = draw.pick([0, 1, -1, 300, -300, draw.rng.randint(-300, 300)])
        return {'op': 'scheme_verify', 'scheme': self.name,
                'secrets': others[:at] + [made['secret']] + others[at:], **request,
                'headers': signed['headers'] + request['headers'], 'now': made['time'] + offset}

    def tampers(self, draw, made, case):
        """Each has to be refused."""
        def header(value):
            return {**case, 'headers': [['Authorization', value]] + case['headers'][1:]}
        value, url = case['headers'][0][1], made['url']
        at = draw.pick([at for at, letter in enumerate(value) if letter.isalnum() and at > 6])
        # The realm is not signed, and a name's other case or an escape's is none of its own.
        start = value.find('oauth_')
        parts = value[start:].split('", ')
        index = draw.rng.randrange(len(parts))
        name, _, inner = parts[index].partition('="')
        inner = inner.rstrip('"')
        other = changed(draw, urllib.parse.unquote(inner))
        parts[index] = f'{name}="{escape(other)}'
        tampered = [header(value[:start] + '", '.join(parts).rstrip('"') + '"')] * 3
        removed = value[start:].rstrip('"').split('", ')
        removed = [part for part in removed if not part.startswith('oauth_version')]
        del removed[draw.rng.randrange(len(removed))]
        tampered.append(header('OAuth ' + '", '.join(removed) + '"'))
        mark = '&' if '?' in url else '?'
        tampered += [{**case, 'url': url + mark + 'more=1'}, {**case, 'method': made['method'] + 'X'},
                     {**case, 'url': url.replace('://', '://x').replace('x[', '[1')}, header(value.replace('OAuth', 'Bearer')),
                     {**case, 'url': url.partition('?')[0] + '/x?' + url.partition('?')[2]},
                     {**case, 'headers': case['headers'][1:]},
                     {**case, 'now': made['time'] + 301 + draw.pick([0, 1, 10**9])},
                     {**case, 'now': made['time'] - 301 - draw.pick([0, 1, 10**8])}]
        if made['form']:
            tampered.append({**case, 'bodyB64': base64_text(made['body'] + b'&more=1')})
        elif made['body']:
            tampered += [{**case, 'bodyB64': base64_text(changed_bytes(draw, made['body']))}] * 3
        for name in ('consumer_secret', 'token_secret'):
            if name in made['secret']:
                wrong = {**made['secret'], name: made['secret'][name] + 'x'}
                secrets = [wrong if one == made['secret'] else one for one in case['secrets']]
                tampered.append({**case, 'secrets': secrets})
        return tampered

    def own_tampers(self, draw, made, case):
        """What only ours is asked for."""
        return []

    def protocol(self, made):
        protocol = [['oauth_consumer_key', made['secret']['consumer_key']],
                    ['oauth_nonce', made['nonce']], ['oauth_signature_method', made['hash']],
                    ['oauth_timestamp', str(made['time'])], ['oauth_version', '1.0']]
        token = made['secret'].get('token')
        return protocol + [['oauth_token', token]] if token else protocol

    def edge(self, draw, made):
        """The request in another form, with a signature over what is written."""
        made = dict(made)
        headers = draw.pick([self.odd_header, self.odd_parameter, self.odd_parameter, self.odd_query,
                             self.odd_query, self.odd_place])(draw, made)
        return self.verify_case(draw, made, {'headers': headers})

    def header(self, protocol, made, **other):
        signed = protocol + [['oauth_signature', signature(made, protocol, **other)]]
        return 'OAuth ' + ', '.join(f'{escape(name)}="{escape(value)}"' for name, value in signed)

    def odd_header(self, draw, made):
        value = self.header(self.protocol(made), made)
        inner = value[6:]
        return [['Authorization', draw.pick([
            'oauth ' + inner, 'OAUTH ' + inner, 'OAuth  ' + inner, 'OAuth\t' + inner, 'OAuth' + inner,
            value.replace(', ', ','), value.replace(', ', ' , '), value.replace(', ', ',\t'), value + ',',
            value.replace('", ', '",, '), value.replace('="', '= "'), value.replace('="', ' ="'),
            value.replace('"', ''), value.replace('"', "'"), value.replace('%', '%25'),
            'OAuth realm="a,b=\\"c", ' + inner, 'OAuth realm="", ' + inner, value + ', realm="x"',
            'OAuth ' + ', '.join(reversed(inner.split(', '))), value.replace('oauth_', 'OAUTH_'),
            'OAuth a="b", ' + inner, value + ' x', 'Basic x, ' + value, value.replace(', ', '; '),
            value.replace('%2', '%2').lower().replace('oauth o', 'OAuth o'),
        ])]]

    def odd_parameter(self, draw, made):
        protocol = [list(pair) for pair in self.protocol(made)]
        fields = dict(protocol)
        time = str(made['time'])
        kind = draw.pick(['time', 'version', 'no version', 'twice', 'more', 'nonce', 'empty', 'method',
                          'token'])
        if kind == 'time':
            fields['oauth_timestamp'] = draw.pick([
                '0' + time, '+' + time[1:], time + '.0', ' ' + time[1:], '-' + time[1:], time[:-1],
                time + '0', '1e9', '', '0x12345678', '1_00000000'])
        elif kind == 'version':
            fields['oauth_version'] = draw.pick(['1.1', '2.0', '1', '', '1.00', ' 1.0', '1.0a'])
        elif kind == 'no version':
            del fields['oauth_version']
        elif kind == 'nonce':
            fields['oauth_nonce'] = draw.pick(['a b', 'ü', '"', '%', '+', 'x' * 255, 'x' * 256, 'x' * 257, '&'])
        elif kind == 'empty':
            fields[draw.pick(list(fields))] = ''
        elif kind == 'method':
            fields['oauth_signature_method'] = draw.pick([
                'hmac-sha1', 'PLAINTEXT', 'RSA-SHA1', 'HMAC-SHA384', 'HMAC-MD5', 'HMAC-SHA-256'])
        elif kind == 'token':
            fields['oauth_token'] = draw.pick(['', 'other', made['secret'].get('token', '') + ' '])
        protocol = [list(pair) for pair in fields.items()]
        if kind == 'twice':
            protocol.append(list(draw.pick(protocol)))
        elif kind == 'more':
            protocol.append(draw.pick([['oauth_callback', 'oob'], ['oauth_verifier', 'x'],
                                       ['oauth_other', 'y'], ['oauth_body_hash', 'x'], ['other', 'z']]))
        return [['Authorization', self.header(protocol, made)]]

    def odd_query(self, draw, made):
        """What is decoded of it is signed."""
        query, pairs = draw.pick([
            ('a', [['a', '']]), ('a=', [['a', '']]), ('a&b', [['a', ''], ['b', '']]),
            ('&', []), ('a=1&', [['a', '1']]), ('&&a=1', [['a', '1']]), ('a=b=c', [['a', 'b=c']]),
            ('a=1&a=1', [['a', '1'], ['a', '1']]), ('a=2&a=1', [['a', '2'], ['a', '1']]),
            ('=x', [['', 'x']]), ('a=+', [['a', ' ']]), ('a=%2B', [['a', '+']]), ('a=%2b', [['a', '+']]),
            ('a=%', [['a', '%']]), ('a=%zz', [['a', '%zz']]), ('a=%ff', [['a', '\ufffd']]),
            ('a=~', [['a', '~']]), ('a=*', [['a', '*']]), ("a='", [['a', "'"]]), ('a=;b', [['a', ';b']]),
            ('a=/?', [['a', '/?']]), ('a=:@', [['a', ':@']]), ('a=[b]', [['a', '[b]']]),
            ('a={b}|', [['a', '{b}|']]), ('a=%00', [['a', '\0']]), ('', []), ('a=%25%32%30', [['a', '%20']]),
            ('a%5B%5D=1', [['a[]', '1']]), ('&'.join(f'p{at}={at}' for at in range(100)),
                                            [[f'p{at}', str(at)] for at in range(100)]),
            ('&'.join(f'p{at}={at}' for at in range(300)), [[f'p{at}', str(at)] for at in range(300)]),
        ])
        made['url'] = made['url'].partition('?')[0] + '?' + query
        made['query'] = pairs
        if draw.chance(0.5) and made['form']:
            made['url'], made['query'] = made['url'].partition('?')[0], []
            made['body'], made['form'] = query.encode(), pairs
        return [['Authorization', self.header(self.protocol(made), made)]]

    def odd_place(self, draw, made):
        """The parameters of the protocol in the query or the form, or in two places."""
        protocol = self.protocol(made)
        signed = protocol + [['oauth_signature', signature(made, protocol)]]
        kind = draw.pick(['query', 'query', 'form', 'form', 'split', 'both'])
        url = made['url'] + ('&' if '?' in made['url'] else '?')
        if kind == 'form' and made['form']:
            made['body'] += b'&' + encode(signed).encode()
            return []
        if kind == 'split':
            made['url'] = url + encode(signed[:1])
            return [['Authorization', 'OAuth ' + ', '.join(f'{name}="{escape(value)}"'
                                                         for name, value in signed[1:])]]
        made['url'] = url + encode(signed)
        return [['Authorization', self.header(protocol, made)]] if kind == 'both' else []
