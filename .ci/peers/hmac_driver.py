"""The webhooks that have no package of their own in this comparison, by Python's `hmac` and what their
providers' documentation says, behind the conformance protocol."""
import base64
import hmac
import json
import platform
import re

import scheme_driver


def hexadecimal(tag):
    return tag.hex()


def encoded(tag):
    return base64.b64encode(tag).decode()


def tag_of(secret, message, encode, algorithm='sha256'):
    return encode(hmac.new(secret.encode(), message, algorithm).digest())


def header(case, name):
    """It has to be there once."""
    (value,) = [value for header, value in case['headers'] if header.lower() == name.lower()]
    return value.strip(' \t')


def matches(case, texts, message, encode, algorithm='sha256'):
    """One of the texts, eight at most, is the tag under one of the secrets."""
    if len(texts) > 8:
        return {'ok': False, 'error': 'too many'}
    return scheme_driver.first(case, lambda secret: tag_of(
        secret, message, encode, algorithm) in texts)


def body_alone(name, encode, before='', separator=None):
    """The body is signed, and nothing else."""
    def sign(case):
        tag = tag_of(case['secret'], message(case), encode)
        return {'headers': [[name, before + tag]]}

    def message(case):
        return (case['url'].encode() if name.startswith('x-square') else b'') + scheme_driver.body(case)

    def verify(case):
        value = header(case, name)
        texts = [one.strip(' ') for one in value.split(separator)] if separator else [value]
        texts = [one.removeprefix(before) for one in texts if one.startswith(before)]
        return matches(case, texts, message(case), encode)
    return sign, verify


def in_window(case, time, seconds):
    """A time has one spelling."""
    return re.fullmatch('0|[1-9][0-9]{0,18}', time) and abs(case['now'] - int(time)) <= seconds


def sign_zoom(case):
    message = f"v0:{case['now']}:".encode() + scheme_driver.body(case)
    return {'headers': [['x-zm-request-timestamp', str(case['now'])],
                        ['x-zm-signature', 'v0=' + tag_of(case['secret'], message, hexadecimal)]]}


def verify_zoom(case):
    time, value = header(case, 'x-zm-request-timestamp'), header(case, 'x-zm-signature')
    if not in_window(case, time, 300):
        return {'ok': False, 'error': 'time'}
    texts = [value.removeprefix('v0=')] * value.startswith('v0=')
    return matches(case, texts, f'v0:{time}:'.encode() + scheme_driver.body(case), hexadecimal)


def sign_paddle(case):
    message = f"{case['now']}:".encode() + scheme_driver.body(case)
    tag = tag_of(case['secret'], message, hexadecimal)
    return {'headers': [['Paddle-Signature', f"ts={case['now']};h1={tag}"]]}


def verify_paddle(case):
    fields = [one.strip(' ').split('=', 1) for one in header(case, 'Paddle-Signature').split(';')]
    (time,) = [value for name, value in fields if name == 'ts']
    if not in_window(case, time, 5):
        return {'ok': False, 'error': 'time'}
    texts = [value for name, value in fields if name == 'h1']
    return matches(case, texts, f'{time}:'.encode() + scheme_driver.body(case), hexadecimal)


def sign_websub(case):
    algorithm = case['algorithm']
    tag = tag_of(case['secret'], scheme_driver.body(case), hexadecimal, algorithm)
    return {'headers': [['X-Hub-Signature', f'{algorithm}={tag}']]}


def verify_websub(case):
    algorithm, _, text = header(case, 'X-Hub-Signature').partition('=')
    if algorithm not in ('sha1', 'sha256', 'sha384', 'sha512'):
        return {'ok': False, 'error': 'algorithm'}
    return matches(case, [text], scheme_driver.body(case), hexadecimal, algorithm)


def verify_linear(case):
    answer = LINEAR[1](case)
    if answer['ok'] and not in_window(
            case, str(json.loads(scheme_driver.body(case))['webhookTimestamp'] // 1000), 60):
        return {'ok': False, 'error': 'time'}
    return answer


LINEAR = body_alone('Linear-Signature', hexadecimal)
SCHEMES = {
    'shopify': body_alone('X-Shopify-Hmac-Sha256', encoded),
    'square': body_alone('x-square-hmacsha256-signature', encoded),
    'line': body_alone('x-line-signature', encoded),
    'dropbox': body_alone('X-Dropbox-Signature', hexadecimal),
    'pagerduty': body_alone('X-PagerDuty-Signature', hexadecimal, 'v1=', ','),
    'linear': (LINEAR[0], verify_linear),
    'zoom': (sign_zoom, verify_zoom),
    'paddle': (sign_paddle, verify_paddle),
    'websub': (sign_websub, verify_websub),
}

if __name__ == '__main__':
    scheme_driver.serve('hmac', platform.python_version(), SCHEMES)
