"""Random messages of providers whose signature is one header over a time, an id and the body."""
import base64
import hashlib
import hmac

NOW = 1_700_000_000
BODIES = [b'', b'{}', b'{"a":1}', '{"name":"Zoë €"}'.encode(), b'a=1&b=%20+c', b' {} \r\n', b'\n',
          b'0', b'null', b'{"object":"event","id":"evt_1"}', b'\0', b'.', b'1.2.3', b':v0:']
# A byte order mark, and what is not UTF-8.
ODD_BODIES = [b'\xef\xbb\xbf{}', b'\xff', b'{"a":"\xc3\x28"}', b'\x80\x81', b'\xed\xa0\x80',
              b'\xf5\x80\x80\x80', b'{}\xe2\x82']
TIMES = ['', '0', '00', '+{}', '-{}', ' {}', '{} ', '0{}', '{}.0', '{}e0', '0x1', '{}s', '{}0000',
         '99999999999999999999', '9223372036854775808', 'NaN', '1_0', '{},{}', 'now']
NAMES = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'


def base64_text(data):
    return base64.b64encode(data).decode()


def changed(draw, text, alphabet=NAMES):
    """The text with one of its letters or digits exchanged."""
    places = [at for at, letter in enumerate(text) if letter.isalnum()]
    if not places:
        return text + 'x'
    at = draw.pick(places)
    other = draw.pick([letter for letter in alphabet if letter != text[at]])
    return text[:at] + other + text[at + 1:]


def changed_bytes(draw, data):
    if not data or draw.chance(0.3):
        at = draw.rng.randint(0, len(data))
        return data[:at] + bytes([draw.rng.randrange(256)]) + data[at:]
    at = draw.rng.randrange(len(data))
    if draw.chance(0.3):
        return data[:at] + data[at + 1:]
    return data[:at] + bytes([data[at] ^ 1 << draw.rng.randrange(8)]) + data[at + 1:]


class Webhook:
    """One provider. A subclass says how its message and its headers are put together."""
    has_id = False
    window = 300
    many = None  # what separates several tags
    separators = ''

    def message(self, made):
        raise NotImplementedError

    def headers(self, made, tags):
        raise NotImplementedError

    def key(self, secret):
        return secret.encode()

    def secret(self, draw):
        return 'k' + draw.text(60)

    def tag(self, made, secret=None):
        key = self.key(made['secret'] if secret is None else secret)
        return self.encode(hmac.new(key, self.message(made), hashlib.sha256).digest())

    def encode(self, tag):
        return tag.hex()

    def drawn(self, draw):
        time = draw.rng.randint(1, NOW * 3) if draw.chance(0.8) else draw.pick(
            [1, 60, 300, 301, 2**31 - 1, 2**31, 2**32, 2**42])
        made = {'secret': self.secret(draw), 'time': time, 'written': str(time),
                'body': self.body(draw)}
        if self.has_id:
            made['id'] = 'msg_' + draw.text(30, NAMES + '-')
        return made

    def body(self, draw):
        if draw.chance(0.04):
            return draw.pick(ODD_BODIES)
        if draw.chance(0.3):
            return draw.pick(BODIES)
        return draw.text(400).encode() if draw.chance(0.5) else ('ü€😀\n' + draw.text(90)).encode()

    def sign_case(self, made):
        case = {'op': 'scheme_sign', 'scheme': self.name, 'secret': made['secret'],
                'bodyB64': base64_text(made['body']), 'now': made['time']}
        return {**case, 'id': made['id']} if self.has_id else case

    def secrets(self, draw, made):
        """The right one among none, one or two others."""
        others = [self.secret(draw) for _ in range(draw.pick([0, 0, 0, 1, 2]))]
        at = draw.rng.randint(0, len(others))
        return others[:at] + [made['secret']] + others[at:]

    def verify_case(self, draw, made, signed):
        window = self.window
        offset = draw.pick([0, 1, -1, window, -window, draw.rng.randint(-window, window)])
        return {'op': 'scheme_verify', 'scheme': self.name, 'secrets': self.secrets(draw, made),
                'headers': signed['headers'], 'bodyB64': base64_text(made['body']),
                'now': max(0, made['time'] + offset)}

    def tampers(self, draw, made, case):
        """Each has to be refused."""
        other = base64_text(changed_bytes(draw, made['body']))
        tampered = [{**case, 'bodyB64': other} for _ in range(4)]
        for at, (name, value) in enumerate(case['headers']):
            for header in ([], [[name, '']], [[name, changed(draw, value)]], [[name + 'x', value]],
                           [[name, value + 'x']], [[name, value[:-1]]]):
                headers = case['headers'][:at] + header + case['headers'][at + 1:]
                tampered.append({**case, 'headers': headers})
        wrong = [secret for secret in case['secrets'] if secret != made['secret']]
        tampered.append({**case, 'secrets': wrong + [self.secret(draw)]})
        if self.window:
            tampered += self.out_of_time(draw, made, case)
        return tampered

    def out_of_time(self, draw, made, case):
        late = draw.pick([1, 2, 1000, 10**9])
        tampered = [{**case, 'now': made['time'] + self.window + late}]
        if made['time'] > self.window + late:
            tampered.append({**case, 'now': made['time'] - self.window - late})
        return tampered

    def own_tampers(self, draw, made, case):
        """What only ours is asked for."""
        return []

    def edge(self, draw, made):
        """The message in another form, with a MAC over what is written."""
        made = dict(made)
        forms = [self.odd_time] * bool(self.window) + [self.odd_tag, self.odd_headers, self.odd_body] \
            + [self.odd_list] * 2 * bool(self.many) + [self.odd_id] * self.has_id
        headers = draw.pick(forms)(draw, made)
        return self.verify_case(draw, made, {'headers': headers})

    def odd_time(self, draw, made):
        made['written'] = draw.pick(TIMES).replace('{}', str(made['time']))
        return self.headers(made, [self.tag(made)])

    def odd_id(self, draw, made):
        made['id'] = draw.pick(['', '.', 'a b', 'a,b', 'x' * 255, 'x' * 256, 'x' * 257, 'ü', '{}',
                                f"{made['time']}.{made['time']}", 'a.' + str(made['time']), ' x', 'x '])
        return self.headers(made, [self.tag(made)])

    def odd_body(self, draw, made):
        made['body'] = draw.pick(BODIES + ODD_BODIES + [draw.data(300), b'x' * 70_000])
        return self.headers(made, [self.tag(made)])

    def odd_tag(self, draw, made):
        tag = self.tag(made)
        odd = [tag.upper(), tag.lower(), tag.swapcase(), tag[:-1], tag[:-2], tag + '0', tag + '=', '',
               tag.rstrip('='), ' ' + tag, tag + ' ', '"' + tag + '"', tag.replace('+', '-'),
               tag.replace('/', '_'), tag + '\t', '=' + tag, tag[:16], 'null', tag + ',', tag * 2]
        return self.headers(made, [draw.pick(odd)])

    def odd_headers(self, draw, made):
        headers = self.headers(made, [self.tag(made)])
        at = draw.rng.randrange(len(headers))
        name, value = headers[at]
        before, after = headers[:at], headers[at + 1:]
        return draw.pick([
            before + [[name, value], [name, value]] + after,
            before + [[name, 'x'], [name, value]] + after,
            before + [[name, value], [name.upper(), 'x']] + after,
            before + [[name.swapcase(), value]] + after,
            before + [[name, f' \t{value}  ']] + after,
            before + [[name, value + ' x']] + after,
            before + [[name, '']] + after,
            before + after,
            headers[::-1] + [['X-Other', 'a'], ['Content-Type', 'application/json']],
        ])

    def odd_list(self, draw, made):
        """Several tags, of which one is right, or none."""
        count = draw.pick([1, 2, 3, 7, 8, 9, 10, 30])
        tags = [self.tag(made, self.secret(draw)) for _ in range(count)]
        if draw.chance(0.7):
            tags[draw.rng.randrange(count)] = self.tag(made)
        headers = self.headers(made, tags)
        if draw.chance(0.4):
            at = [at for at, (_, value) in enumerate(headers) if tags[0] in value][0]
            headers[at][1] = self.odd_separators(draw, headers[at][1])
        return headers

    def odd_separators(self, draw, value):
        many = self.many
        return draw.pick([
            value.replace(many, many * 2), value + many, many + value, value.replace(many, many + ' '),
            value.replace(many, ' ' + many), value.replace(many, '\t'), value.replace('v1', 'v2', 1),
            value.replace('v1', 'V1', 1), value.replace('v1', 'v1a'), 'v2=x' + many + value,
            value + many + 'v0=' + 'ab' * 32, many.join(['x=y', value]), value + many + 'other',
            value + many + value])


class Standard(Webhook):
    has_id = True
    many = ' '

    def __init__(self, name, prefix):
        self.name, self.prefix = name, prefix

    def secret(self, draw):
        prefix = 'whsec_' if draw.chance(0.8) else ''
        return prefix + base64_text(b'k' + draw.rng.randbytes(6) + draw.data(57))

    def key(self, secret):
        return base64.b64decode(secret.removeprefix('whsec_'))

    def encode(self, tag):
        return base64_text(tag)

    def message(self, made):
        return f"{made['id']}.{made['written']}.".encode() + made['body']

    def headers(self, made, tags):
        return [[self.prefix + '-id', made['id']], [self.prefix + '-timestamp', made['written']],
                [self.prefix + '-signature', ' '.join('v1,' + tag for tag in tags)]]

    def odd_headers(self, draw, made):
        """Svix takes the standard's names, too, each for itself."""
        headers = super().odd_headers(draw, made)
        if draw.chance(0.5):
            headers = [[draw.pick(['svix', 'webhook', self.prefix]) + name[len(self.prefix):], value]
                       for name, value in headers if name.startswith(self.prefix)]
        return headers


class Stripe(Webhook):
    name = 'stripe'
    many = ','

    def secret(self, draw):
        return draw.pick(['whsec_', 'k']) + draw.text(40) + draw.pick(['', '', 'ü'])

    def message(self, made):
        return made['written'].encode() + b'.' + made['body']

    def headers(self, made, tags):
        return [['Stripe-Signature', ','.join([f"t={made['written']}"] + ['v1=' + tag for tag in tags])]]

    def odd_headers(self, draw, made):
        if draw.chance(0.5):
            return super().odd_headers(draw, made)
        time, tag = f"t={made['written']}", 'v1=' + self.tag(made)
        return [['Stripe-Signature', draw.pick([
            f'{tag},{time}', f't=1,{time},{tag}', f'{time},{tag},t=1', f'{time},{tag},t={time}',
            f'{time},{tag},scheme=v1', f'{time},v0={tag[3:]}', tag, time, f'{time},{tag},',
            f',{time},{tag}', f'{time}, {tag}', f'{time} ,{tag}', f'{time};{tag}',
            f'{time},{tag},x=1=2', f'{time},{tag}=', f't ={time},{tag}', f'T={time[2:]},{tag}',
        ])]]


class Github(Webhook):
    name = 'github'
    window = 0

    def message(self, made):
        return made['body']

    def headers(self, made, tags):
        prefix = made.get('prefix', 'sha256=')
        return [['X-Hub-Signature-256', prefix + tags[0]]]

    def odd_tag(self, draw, made):
        made['prefix'] = draw.pick(['sha256=', 'sha256=', 'SHA256=', 'sha1=', 'sha512=', '', ' sha256=',
                                    'sha256:', 'sha256==', 'sha256= ', 'sha256=sha256='])
        return super().odd_tag(draw, made)


class Slack(Webhook):
    name = 'slack'

    def message(self, made):
        return f"v0:{made['written']}:".encode() + made['body']

    def headers(self, made, tags):
        return [['X-Slack-Request-Timestamp', made['written']],
                ['X-Slack-Signature', made.get('prefix', 'v0=') + tags[0]]]

    def odd_tag(self, draw, made):
        made['prefix'] = draw.pick(['v0=', 'v0=', 'V0=', 'v1=', '', 'v0:', 'v0= ', 'v0=v0='])
        return super().odd_tag(draw, made)
