"""Random requests of AWS Signature Version 4, in a header and in the URL.

The other side signs only, and verifies by signing once more: what it cannot tell, as whether the time
is right, is asked of ours alone."""
import urllib.parse

from scheme_webhooks import base64_text, changed, changed_bytes

METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH']
HOSTS = ['iam.amazonaws.com', 'example.com', 'b-1.s3.amazonaws.com', 'localhost', '127.0.0.1']
PORTS = ['', '', '', ':443', ':80', ':8443']
# Encoded, as AWS's own clients hand them over.
SEGMENTS = ['a', 'b', 'A~b', 'a%20b', 'a.b', '%E2%82%AC', 'a%2Bb', 'a_-', 'it%27s', '%40', 'x' * 30]
ODD_SEGMENTS = ['', '.', '..', '...', '%2F', '%2f', '%2E%2E', '%e2%82%ac', 'a%', '~', '%7E', '%41', 'a|b', "it's",
                'a+b', 'a=b', 'a@b:c', 'a,b', '!$&()*', 'a;b', 'a"b', '%25', '%00', '[a]', '{a}', 'a\\b']
NAMES = ['a', 'b', 'Action', 'Version', 'a-b', 'a_b', 'A', 'a.b', '%C3%BC', 'a%20b', 'prefix', 'x-id', 'aa']
VALUES = ['', '1', '2', 'a%20b', '%2F', '%3D', '~', '-_.', '%C3%BC', '%2B', 'ListUsers', 'x' * 60, '%26']
HEADERS = [['Content-Type', 'application/json'], ['X-Amz-Meta-a', 'b'], ['X-Custom', 'a'], ['Accept', '*/*'],
           ['X-Spaces', ' a  b   c '], ['X-Empty', ''], ['X-Amz-Target', 'Table.Get'], ['Range', 'bytes=0-1'],
           ['My-Header2', '"a  b"'], ['Zz', 'a,b'], ['User-Agent', 'test/1'], ['X-Amzn-Trace-Id', 'Root=1']]
SAFE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'


class Sigv4:
    name = 'sigv4'

    def secret(self, draw):
        made = {'access_key_id': 'AKI' + ''.join(draw.rng.choices(SAFE.upper(), k=17)), 'secret_access_key': draw.text(32) + draw.rng.randbytes(4).hex()}
        if draw.chance(0.3):
            made['token'] = draw.text(80, SAFE + '/+=')
        return made

    def path(self, draw):
        return ''.join('/' + draw.pick(SEGMENTS) for _ in range(draw.rng.randint(0, 4))) \
            + draw.pick(['', '', '/']) or '/'

    def query(self, draw):
        names = draw.rng.sample(NAMES, draw.pick([0, 0, 1, 2, 3, 6]))
        return '&'.join(f'{name}={draw.pick(VALUES)}' for name in names)

    def drawn(self, draw):
        service = draw.pick(['s3', 's3', 'iam', 'execute-api', 'dynamodb'])
        query = self.query(draw)
        url = draw.pick(['https', 'https', 'http']) + '://' + draw.pick(HOSTS) + draw.pick(PORTS) \
            + self.path(draw) + ('?' + query if query else '')
        made = {'secret': self.secret(draw), 'method': draw.pick(METHODS), 'url': url, 'service': service,
                'region': draw.pick(['us-east-1', 'eu-central-1', 'x']), 'body': b'',
                'time': draw.rng.randint(10**9, 2 * 10**9), 'headers': self.some_headers(draw)}
        if made['method'] not in ('GET', 'HEAD') and draw.chance(0.8):
            made['body'] = draw.data(200) if draw.chance(0.5) else draw.text(200).encode()
        return made

    def some_headers(self, draw):
        return [list(one) for one in draw.rng.sample(HEADERS, draw.rng.randint(0, 5))]

    def request(self, made):
        return {'scheme': self.name, 'method': made['method'], 'url': made['url'],
                'service': made['service'], 'region': made['region'], 'headers': made['headers'],
                'bodyB64': base64_text(made['body'])}

    def sign_case(self, made):
        return {'op': 'scheme_sign', 'secret': made['secret'], **self.request(made), 'now': made['time']}

    def verify_case(self, draw, made, signed):
        others = [self.secret(draw) for _ in range(draw.pick([0, 0, 1, 2]))]
        at, request = draw.rng.randint(0, len(others)), self.request(made)
        offset = draw.pick([0, 1, -1, 900, -900, draw.rng.randint(-900, 900)])
        return {'op': 'scheme_verify', 'secrets': others[:at] + [made['secret']] + others[at:],
                **self.located(made, request, signed), 'now': made['time'] + offset}

    def located(self, made, request, signed):
        return {**request, 'headers': request['headers'] + signed['headers']}

    def tampers(self, draw, made, case):
        """Each has to be refused, and the other side can tell that."""
        tampered = [{**case, 'method': draw.pick([one for one in METHODS if one != made['method']])}]
        head, mark, query = case['url'].partition('?')
        tampered.append({**case, 'url': head + '/x' + mark + query})
        tampered.append({**case, 'url': head + '?more=1' + ('&' + query if query else '')})
        for name in ('secret_access_key', 'access_key_id'):
            wrong = {**made['secret'], name: changed(draw, made['secret'][name], SAFE.upper())}
            if wrong['access_key_id'] not in [one['access_key_id'] for one in case['secrets']] \
                    or name == 'secret_access_key':
                secrets = [wrong if one == made['secret'] else one for one in case['secrets']]
                tampered.append({**case, 'secrets': secrets})
        return tampered + self.other_tampers(draw, made, case)

    def other_tampers(self, draw, made, case):
        tampered = [{**case, 'bodyB64': base64_text(changed_bytes(draw, made['body']))}] * 3 \
            if made['service'] != 's3' else []
        for at, (name, value) in enumerate(case['headers']):
            if name.lower() in ('user-agent', 'x-amzn-trace-id', 'x-amz-security-token', 'x-amz-date',
                                'x-amz-content-sha256'):
                continue
            if name.lower() == 'authorization':
                head, _, signature = value.rpartition('=')
                other = head + '=' + changed(draw, signature, '0123456789abcdef')
            else:
                other = changed(draw, value)
            headers = case['headers'][:at] + [[name, other]] + case['headers'][at + 1:]
            tampered.append({**case, 'headers': headers})
        return tampered

    def own_tampers(self, draw, made, case):
        """Each has to be refused by us."""
        late, left_out = draw.pick([1, 2, 1000, 10**9]), draw.pick(['authorization', 'x-amz-date'])
        tampered = [{**case, 'now': made['time'] + 900 + late},
                    {**case, 'now': max(0, made['time'] - 900 - late)},
                    {**case, 'region': case['region'] + 'x'}, {**case, 'service': 'other'},
                    {**case, 'url': case['url'].replace('://', '://x')},
                    {**case, 'headers': [header for header in case['headers']
                                         if header[0].lower() != left_out]}]
        if made['service'] == 's3':
            # The digest of the body is covered as a header, which has to be that of the body.
            tampered.append({**case, 'bodyB64': base64_text(changed_bytes(draw, made['body']))})
            tampered.append({**case, 'headers': [
                [name, changed(draw, value) if name.lower() == 'x-amz-content-sha256' else value]
                for name, value in case['headers']]})
        extra = draw.pick([['X-Amz-Meta-More', '1'], ['X-Amz-Acl', 'public-read']])
        tampered.append({**case, 'headers': case['headers'] + [extra]})
        return tampered

    def edge(self, draw, made):
        """A request in an odd form: what is signed of it is compared."""
        made = dict(made)
        head, mark, query = made['url'].partition('?')
        kind = draw.pick(['path', 'path', 'query', 'query', 'header', 'many', 'twice', 'host'])
        if kind == 'path':
            at = made['url'].index('/', 9) if '/' in made['url'][9:] else len(made['url'])
            path = ''.join('/' + draw.pick(SEGMENTS + ODD_SEGMENTS * 2) for _ in range(draw.rng.randint(1, 5)))
            made['url'] = made['url'][:at] + path + draw.pick(['', '', '/', '/.', '/..']) + mark + query
        elif kind == 'query':
            made['url'] = head + '?' + draw.pick([
                'a', 'a=', 'a&b', '', '&', 'a=1&', 'a=b=c', 'b=2&a=1', 'a=2&a=1', 'a=1&a=1', 'A=1&a=1', 'a=+',
                'a=%2b', 'a=%7e', 'a=~', 'a=*', 'a=/', 'a=:', 'a=%', 'a=%zz', 'a=%41', '%61=1', 'a=?', 'a b=1',
                'a=%20', "a='", 'a-b=1&a=1&ab=1', 'a%3D=1&a=2', 'Z=1&a=2&_=3&-=4', '=1', 'a=%2F%2f'])
        elif kind == 'header':
            made['headers'] = made['headers'] + [draw.pick([
                ['x-lower', 'a'], ['X-Tab', 'a\tb'], ['X-Inner', 'a \t b'], ['X-Quote', '"a   b"  c'],
                ['Host', 'other.example'], ['Host', 'EXAMPLE.com'], ['X-Comma', 'a , b'], ['X-Long', 'x' * 4000],
                ['Content-Length', '5'], ['Expect', '100-continue'], ['Connection', 'close'],
                ['Transfer-Encoding', 'chunked'], ['X-Hub', 'a:b'], ['Date', 'Mon, 09 Sep 2011 23:36:00 GMT']])]
        elif kind == 'host':
            scheme = made['url'].partition('://')[0]
            made['url'] = scheme + '://' + draw.pick(['EXAMPLE.com/', 'Api.example.com:8443/a', '[2001:db8::1]/',
                                                     '[2001:DB8::1]:443/a', 'example.com', 'example.com?a=1'])
        elif kind == 'many':
            made['headers'] = [[f'X-H{at}', str(at)] for at in range(draw.pick([30, 60, 70]))]
        else:
            made['headers'] = made['headers'] + [['X-Twice', 'b'], ['X-Other', '1'], ['X-Twice', 'a']]
        return self.sign_case(made)


class Presigned(Sigv4):
    name = 'sigv4-presigned'

    def drawn(self, draw):
        made = super().drawn(draw)
        made['method'], made['body'] = draw.pick(['GET', 'PUT', 'DELETE', 'HEAD']), b''
        made['expires'] = draw.pick([1, 60, 3600, 86400, 604800, draw.rng.randint(1, 604800)])
        return made

    def some_headers(self, draw):
        return [one for one in super().some_headers(draw) if not one[0].startswith('X-Amz-')]

    def sign_case(self, made):
        return {**super().sign_case(made), 'expires': made['expires']}

    def located(self, made, request, signed):
        return {**request, 'url': signed['url']}

    def verify_case(self, draw, made, signed):
        case = super().verify_case(draw, made, signed)
        life = made['expires']
        return {**case, 'now': made['time'] + draw.pick([0, life, life // 2, draw.rng.randint(0, life)])}

    def other_tampers(self, draw, made, case):
        tampered = []
        for name in ('X-Amz-Signature', 'X-Amz-Expires'):
            head, _, rest = case['url'].partition(name + '=')
            value, mark, rest = rest.partition('&')
            if name == 'X-Amz-Expires':
                other = str(made['expires'] - 1 or 2)
                if made['time'] + int(other) < case['now']:
                    continue
            else:
                other = changed(draw, value, '0123456789abcdef')
            tampered.append({**case, 'url': f'{head}{name}={other}{mark}{rest}'})
        return tampered

    def own_tampers(self, draw, made, case):
        url = case['url']
        tampered = [{**case, 'now': made['time'] + made['expires'] + draw.pick([1, 2, 10**6])},
                    {**case, 'now': made['time'] - 901}, {**case, 'region': case['region'] + 'x'},
                    {**case, 'service': 'other'}, {**case, 'url': url.replace('://', '://x')}]
        for name in ('X-Amz-Signature', 'X-Amz-Date', 'X-Amz-Credential', 'X-Amz-SignedHeaders',
                     'X-Amz-Algorithm', 'X-Amz-Expires'):
            head, _, rest = url.partition(name + '=')
            value, mark, rest = rest.partition('&')
            tampered.append({**case, 'url': head + rest})
            other = urllib.parse.quote(changed(draw, urllib.parse.unquote(value)), safe='')
            tampered.append({**case, 'url': f'{head}{name}={other}{mark}{rest}'})
            tampered.append({**case, 'url': f'{url}&{name}={value}'})
        return tampered
