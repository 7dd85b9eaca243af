"""The Python implementation `http-message-signatures` behind the conformance protocol: one JSON object
per line in, one out. It signs and verifies with hmac-sha256, and writes the signature base. Time and
nonce are in the case; nothing is random.

A message is `method` and `url`, or `status` and perhaps the `request` that it answers, with `headers`
as pairs, one for each line, and `bodyB64`.

    sign    keyB64 keyid label created components message, perhaps expires nonce tag alg
            -> input signature, the two headers' values, and base
    verify  keyB64 keyid now message, perhaps required maxAge tag label
            -> ok, or the reason
    digest  bodyB64 algorithm -> digest, a value of Content-Digest
    verify_digest  bodyB64 digest -> ok
"""
import base64
import datetime
import json
import logging
import sys
import types
import warnings
from importlib.metadata import version

from http_message_signatures import (
    ContentDigest,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
    signatures,
)

logging.disable(logging.CRITICAL)
warnings.simplefilter('ignore')

REASONS = [
    ('not covered', 'not-covered'),
    ('Unable to resolve', 'unknown-key'),
    ('in the future', 'too-new'),
    ('set to a time in the past', 'expired'),
    ('exceeds maximum', 'too-old'),
    ('algorithm', 'other-algorithm'),
    ('Signature did not match', 'mismatch'),
    ('requires a signed Content-Digest', 'not-covered'),
]


class Headers:
    """Lines of headers, of which several may have one name."""

    def __init__(self, lines):
        self.lines = [tuple(line) for line in lines]

    def items(self):
        return list(self.lines)

    def __iter__(self):
        return iter([name for name, _ in self.lines])

    def __contains__(self, wanted):
        return any(name.lower() == wanted.lower() for name, _ in self.lines)

    def __getitem__(self, wanted):
        return ', '.join(value for name, value in self.lines if name.lower() == wanted.lower())

    def __setitem__(self, name, value):
        self.lines.append((name, value))

    def __delitem__(self, wanted):
        self.lines = [line for line in self.lines if line[0].lower() != wanted.lower()]


def message(case):
    made = types.SimpleNamespace(headers=Headers(case.get('headers', [])))
    if 'status' in case:
        made.status_code = case['status']
        if 'request' in case:
            made.request = message(case['request'])
    else:
        made.method, made.url = case['method'], case['url']
    return made


def set_clock(now):
    class Clock(datetime.datetime):
        """The package asks the module for the time."""

        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(now, tz)

    signatures.datetime = types.SimpleNamespace(
        datetime=Clock, timezone=datetime.timezone, timedelta=datetime.timedelta)


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def keys(case):
    key = {case['keyid']: base64.b64decode(case['keyB64'])}
    return MappingKeyResolver(public_keys=key, private_keys=key)


def op_hello(case):
    return {'library': 'http-message-signatures', 'version': version('http-message-signatures'),
            'ops': sorted(OPS)}


def op_sign(case):
    set_clock(case['created'])
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys(case))
    to_sign = message(case['message'])
    arguments = {
        'key_id': case['keyid'], 'created': at(case['created']), 'label': case['label'],
        'expires': at(case['expires']) if 'expires' in case else None,
        'nonce': case.get('nonce'), 'tag': case.get('tag'), 'include_alg': case.get('alg', False),
        'covered_component_ids': case['components'],
        # One that is there already is signed as it is.
        'use_existing_digest': 'Content-Digest' in to_sign.headers,
    }
    base = signer.prepare(message(case['message']), **arguments).signature_base.decode()
    signer.sign(to_sign, **arguments)
    return {'input': to_sign.headers['Signature-Input'], 'signature': to_sign.headers['Signature'],
            'base': base}


def op_verify(case):
    set_clock(case['now'])
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256,
                                   key_resolver=keys(case))
    verifier.max_clock_skew = datetime.timedelta(seconds=case.get('skew', 0))
    verifier.allow_label_only_selection = True
    body = case['message'].get('bodyB64')
    results = verifier.verify(
        message(case['message']), max_age=datetime.timedelta(seconds=case.get('maxAge', 300)),
        expect_tag=case.get('tag'), expect_label=case.get('label'),
        require_components=case.get('required', ()),
        body=base64.b64decode(body) if body is not None else None)
    first = results[0]
    return {'ok': True, 'label': first.label, 'nonce': first.nonce,
            'keyid': first.parameters['keyid'], 'created': first.parameters.get('created')}


def op_digest(case):
    class Chosen(ContentDigest):
        """The package takes the algorithm from the class."""

        algorithm = case['algorithm']

    return {'digest': Chosen.create(base64.b64decode(case['bodyB64']))}


def op_verify_digest(case):
    ContentDigest.verify(case['digest'], base64.b64decode(case['bodyB64']))
    return {'ok': True}


OPS = {name[3:]: function for name, function in dict(globals()).items() if name.startswith('op_')}


def refused(error):
    """By the name that the other side has for it, as far as the text tells."""
    text = str(error)
    name = next((name for part, name in REASONS if part in text), 'malformed')
    return {'ok': False, 'error': name, 'text': text}


def answer(line):
    case = json.loads(line)
    if case['op'] not in OPS:
        return {'unsupported': True}
    try:
        made = OPS[case['op']](case)
    except Exception as error:  # pylint: disable=broad-except
        if case['op'].startswith('verify'):
            return refused(error)
        return {'error': f'{type(error).__name__}: {error}'}
    return {name: value for name, value in made.items() if value is not None}


if __name__ == '__main__':
    for text in sys.stdin:
        print(json.dumps(answer(text)), flush=True)
