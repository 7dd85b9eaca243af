"""Which cases a divergence of signature schemes is about: one rule for each entry of the list.

A rule looks at the case, and at the answers only where they say what the case is about. It is not
enough for an explanation, see divergences.py.
"""
import base64
import re
import urllib.parse

from scheme_judge import verdict

RULES = {}
TIME = re.compile(r'(0|[1-9][0-9]{0,18})')
TIMES = {
    'stripe': r'(?:^|,) *t=([^,]*)', 'standard': 'webhook-timestamp', 'svix': '(?:svix|webhook)-timestamp',
    'slack': 'x-slack-request-timestamp',
}
MAX_TAGS = 8


def rule(*names):
    def add(function):
        for name in names:
            RULES[name] = function
        return function
    return add


def body(case):
    return base64.b64decode(case.get('bodyB64', ''))


def values(case, name):
    """The values of a header, or of those that match."""
    return [value.strip(' \t') for header, value in case.get('headers', [])
            if re.fullmatch(name, header.lower())]


def code(answer):
    return answer.get('error', '')


def signature_header(case):
    names = {'stripe': 'stripe-signature', 'github': 'x-hub-signature-256', 'slack': 'x-slack-signature'}
    return ', '.join(values(case, names.get(case['scheme'], '(svix|webhook)-signature')))


def time_texts(case):
    if case['scheme'] == 'stripe':
        return re.findall(TIMES['stripe'], signature_header(case))
    return values(case, TIMES[case['scheme']])


@rule('stripe-text-body', 'standardwebhooks-text-body', 'svix-text-body', 'octokit-text-body',
      'slack_sdk-text-body')
def _(case, theirs, ours):
    try:
        body(case).decode()
    except UnicodeDecodeError:
        return True
    return False


@rule('stripe-byte-order-mark')
def _(case, theirs, ours):
    return body(case).startswith(b'\xef\xbb\xbf')


@rule('octokit-empty-body')
def _(case, theirs, ours):
    return not body(case)


@rule('stripe-time-ahead')
def _(case, theirs, ours):
    return any(TIME.fullmatch(time) and int(time) > case['now'] + 300 for time in time_texts(case))


@rule('stripe-time-syntax', 'standardwebhooks-time-syntax', 'svix-time-syntax',
      'slack_sdk-time-syntax')
def _(case, theirs, ours):
    return any(not TIME.fullmatch(time) for time in time_texts(case))


@rule('stripe-two-times')
def _(case, theirs, ours):
    return code(ours) == 'duplicate' and len(time_texts(case)) > 1


@rule('stripe-field-without-value')
def _(case, theirs, ours):
    fields = signature_header(case).split(',')
    return code(ours) == 'malformed' and any('=' not in field for field in fields)


@rule('stripe-spaces')
def _(case, theirs, ours):
    fields = signature_header(case).split(',')
    return verdict(ours) == 'ok' and any(field != field.strip(' ') for field in fields)


@rule('stripe-tail')
def _(case, theirs, ours):
    return re.search(r'(^|,)v1=[0-9a-f]+=', signature_header(case))


@rule('standardwebhooks-tail', 'svix-tail')
def _(case, theirs, ours):
    return re.search(r'(^| )v1,[^ ,]+,', signature_header(case))


@rule('stripe-many-tags', 'standardwebhooks-many-tags', 'svix-many-tags')
def _(case, theirs, ours):
    found = re.findall(r'(?:^|[ ,])v1[,=]', signature_header(case))
    return code(ours) in ('too-many', 'too-long') and len(found) > MAX_TAGS


@rule('standardwebhooks-two-headers', 'svix-two-headers', 'stripe-two-headers')
def _(case, theirs, ours):
    names = [name.lower() for name, _ in case.get('headers', [])]
    return code(ours) == 'duplicate' and len(names) != len(set(names))


@rule('standardwebhooks-id', 'svix-id')
def _(case, theirs, ours):
    return any(not re.fullmatch(r'[ -\-/-~]{1,256}', name) for name in values(case, '(svix|webhook)-id'))


@rule('twilio-url-form')
def _(case, theirs, ours):
    return code(ours) == 'malformed' and ('#' in case['url'] or '@' in case['url'])


@rule('twilio-other-port')
def _(case, theirs, ours):
    return code(ours) == 'mismatch' and re.match(r'https://[^/]*:\d+/', case['url'])


def form_texts(case):
    """The query, and the body where it is a form."""
    is_form = any('form-urlencoded' in value for value in values(case, 'content-type'))
    return [case['url'].partition('?')[2].encode()] + [body(case)] * is_form


def is_decodable(text):
    try:
        urllib.parse.unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return False
    return not re.search(rb'%(?![0-9A-Fa-f]{2})', text)


@rule('oauthlib-escapes')
def _(case, theirs, ours):
    return code(ours) == 'malformed' and not all(map(is_decodable, form_texts(case)))


@rule('oauthlib-characters')
def _(case, theirs, ours):
    return verdict(ours) == 'ok' and any(re.search(rb'[][{}|"<>^`\\]', text) for text in form_texts(case))


@rule('oauthlib-header-form')
def _(case, theirs, ours):
    return code(ours) == 'malformed' and any(
        value.endswith(',') or '"' not in value
        for value in values(case, 'authorization'))


@rule('oauthlib-limits')
def _(case, theirs, ours):
    return code(ours) in ('too-many', 'too-long')


@rule('oauthlib-body-hash')
def _(case, theirs, ours):
    return code(ours) in ('body-mismatch', 'malformed') \
        and 'oauth_body_hash=' in ''.join(values(case, 'authorization'))


@rule('oauthlib-body-hash-function')
def _(case, theirs, ours):
    return case.get('bodyHash') and case['signature_method'] != 'HMAC-SHA1'


ENCODED = re.compile(r'(?:[A-Za-z0-9_.~-]|%(?![46][1-9A-F]|[57][0-9A]|3[0-9]|2[DE]|5F|7E)[0-9A-F]{2})*')


def split_url(url):
    head, _, query = url.partition('?')
    return '/'.join(head.split('/')[3:]), query


@rule('botocore-path-encoding')
def _(case, theirs, ours):
    return not all(map(ENCODED.fullmatch, split_url(case['url'])[0].split('/')))


@rule('botocore-query-encoding')
def _(case, theirs, ours):
    query = split_url(case['url'])[1]
    return not all(ENCODED.fullmatch(part) for pair in query.split('&') for part in pair.split('=', 1))


@rule('botocore-empty-path')
def _(case, theirs, ours):
    return case['service'] == 's3' and case['url'].partition('?')[0].count('/') == 2


@rule('botocore-host-case')
def _(case, theirs, ours):
    host = case['url'].split('/')[2]
    return host != host.lower()


@rule('botocore-limits')
def _(case, theirs, ours):
    return 'more than 64' in code(ours)


@rule('botocore-repeated-parameters')
def _(case, theirs, ours):
    names = [pair.partition('=')[0] for pair in split_url(case['url'])[1].split('&')]
    return case['scheme'] == 'sigv4-presigned' and len(names) != len(set(names))


@rule('botocore-tabs')
def _(case, theirs, ours):
    return any('\t' in value for _, value in case['headers'])


@rule('botocore-empty-parameters')
def _(case, theirs, ours):
    query = split_url(case['url'])[1]
    return '' in query.split('&') and '&' in query


@rule('botocore-date')
def _(case, theirs, ours):
    return bool(values(case, 'date'))


@rule('botocore-last-dot-segment')
def _(case, theirs, ours):
    return case['service'] != 's3' and split_url(case['url'])[0].split('/')[-1] in ('.', '..')


@rule('http-message-signatures-twice')
def _(case, theirs, ours):
    return code(ours) == 'duplicate' and any(
        len(re.findall(';created=', value)) > 1 for value in values(case, 'signature-input'))


@rule('http-message-signatures-empty-nonce')
def _(case, theirs, ours):
    return code(ours) == 'malformed' and 'nonce=""' in ''.join(values(case, 'signature-input'))


@rule('http-message-signatures-spelling')
def _(case, theirs, ours):
    return code(ours) == 'malformed' and any(
        ';' in value or not is_strict(value.partition('=:')[2].rstrip(':'))
        for value in values(case, 'signature'))


def is_strict(text):
    """Whether it is Base64 as whoever encodes writes it."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


@rule('http-message-signatures-unknown-type')
def _(case, theirs, ours):
    return 'Unknown Structured Field type' in code(theirs)


@rule('http-message-signatures-time-ahead')
def _(case, theirs, ours):
    return 'in the future' in code(theirs) and verdict(ours) == 'ok'


@rule('http-message-signatures-limits')
def _(case, theirs, ours):
    return code(ours) in ('too-many', 'too-long')
