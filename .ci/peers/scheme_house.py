"""Random messages of the webhooks that have no package of their own in this comparison."""
import hmac
import json

from scheme_webhooks import Slack, Stripe, Webhook, base64_text


class Body(Webhook):
    """The body is signed, and nothing else."""
    window = 0

    def __init__(self, name, header, encoding='hex', before='', many=None):
        self.name, self.header, self.encoding, self.before = name, header, encoding, before
        self.many = many

    def encode(self, tag):
        return tag.hex() if self.encoding == 'hex' else base64_text(tag)

    def message(self, made):
        return made['body']

    def headers(self, made, tags):
        return [[self.header, (self.many or ' ').join(self.before + tag for tag in tags)]]

    def odd_separators(self, draw, value):
        """The forms in which a list is read alike by all."""
        return draw.pick([value + ', v1=x', 'v0=x,' + value, value.replace(',', ', '),
                          value.replace('v1', 'v2', 1), value.replace('v1', 'V1', 1)])


class Square(Body):
    def drawn(self, draw):
        return {**super().drawn(draw), 'url': draw.pick(['https://example.com/hook', 'https://a.example/b?c=d'])}

    def message(self, made):
        return made['url'].encode() + made['body']

    def sign_case(self, made):
        return {**super().sign_case(made), 'url': made['url']}

    def verify_case(self, draw, made, signed):
        return {**super().verify_case(draw, made, signed), 'url': made['url']}

    def tampers(self, draw, made, case):
        return super().tampers(draw, made, case) + [{**case, 'url': case['url'] + 'x'}]


class Websub(Body):
    """The sender chooses the algorithm."""

    def drawn(self, draw):
        return {**super().drawn(draw), 'algorithm': draw.pick(['sha1', 'sha256', 'sha384', 'sha512'])}

    def tag(self, made, secret=None):
        key = self.key(made['secret'] if secret is None else secret)
        return hmac.new(key, self.message(made), made['algorithm']).hexdigest()

    def sign_case(self, made):
        return {**super().sign_case(made), 'algorithm': made['algorithm']}

    def headers(self, made, tags):
        return [[self.header, made['algorithm'] + '=' + tags[0]]]


class Linear(Body):
    """The time is in the body, in milliseconds."""
    window = 60

    def body(self, draw):
        return draw.pick([b'x', b'ue', 'ü'.encode()]) + draw.text(40).encode()

    def drawn(self, draw):
        made = super().drawn(draw)
        body = {'action': made['body'].decode(), 'webhookTimestamp': made['time'] * 1000}
        return {**made, 'body': json.dumps(body, ensure_ascii=draw.chance(0.5)).encode()}

    def edge(self, draw, made):
        made = dict(made)
        headers = draw.pick([self.odd_tag, self.odd_headers])(draw, made)
        return self.verify_case(draw, made, {'headers': headers})


class Zoom(Slack):
    name = 'zoom'

    def headers(self, made, tags):
        return [['x-zm-request-timestamp', made['written']],
                ['x-zm-signature', made.get('prefix', 'v0=') + tags[0]]]


class Paddle(Stripe):
    name = 'paddle'
    many = ';'
    window = 5

    def message(self, made):
        return made['written'].encode() + b':' + made['body']

    def headers(self, made, tags):
        return [['Paddle-Signature', ';'.join([f"ts={made['written']}"] + ['h1=' + tag for tag in tags])]]

    def odd_headers(self, draw, made):
        return Webhook.odd_headers(self, draw, made)

    def odd_separators(self, draw, value):
        return draw.pick([value.replace('h1', 'h2', 1), value.replace('h1', 'H1', 1), 'h2=x;' + value])


FAMILIES = [
    Body('shopify', 'X-Shopify-Hmac-Sha256', 'base64'), Body('line', 'x-line-signature', 'base64'),
    Body('dropbox', 'X-Dropbox-Signature'), Body('pagerduty', 'X-PagerDuty-Signature', 'hex', 'v1=', ','),
    Square('square', 'x-square-hmacsha256-signature', 'base64'), Websub('websub', 'X-Hub-Signature'),
    Linear('linear', 'Linear-Signature'), Zoom(), Paddle(),
]
