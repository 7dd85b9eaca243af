"""The Python implementation `http-message-signatures` of RFC 9421 behind the conformance protocol, with
hmac-sha256. It verifies the body where the digest has to be covered."""
import base64
import datetime
import logging
import types
import warnings
from importlib.metadata import version

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures import algorithms, signatures

import scheme_driver

logging.disable(logging.CRITICAL)
warnings.simplefilter('ignore')
DIGEST = 'content-digest'


class Headers:
    """Lines, of which several may have one name."""

    def __init__(self, lines):
        self.lines = [tuple(line) for line in lines]

    def items(self):
        return list(self.lines)

    def __iter__(self):
        return iter([name for name, _ in self.lines])

    def __contains__(self, wanted):
        return any(name.lower() == wanted.lower() for name, _ in self.lines)

    def __setitem__(self, name, value):
        self.lines.append((name, value))

    def __delitem__(self, wanted):
        self.lines = [line for line in self.lines if line[0].lower() != wanted.lower()]


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def set_clock(now):
    class Clock(datetime.datetime):
        """What the package asks for the time."""

        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(now, tz)
    signatures.datetime = types.SimpleNamespace(
        datetime=Clock, timezone=datetime.timezone, timedelta=datetime.timedelta)


def keys(secrets):
    known = {secret['keyid']: base64.b64decode(secret['keyB64']) for secret in secrets}
    return MappingKeyResolver(public_keys=known, private_keys=known)


def message(case):
    return types.SimpleNamespace(method=case['method'], url=case['url'], headers=Headers(case['headers']))


def body(case):
    return scheme_driver.body(case) if DIGEST in case['components'] else None


def sign(case):
    request, secret = message(case), case['secret']
    set_clock(case['now'])
    HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys([secret])).sign(
        request, key_id=secret['keyid'], created=at(case['created']), label=case['label'],
        expires=at(case['expires']) if 'expires' in case else None, nonce=case.get('nonce'),
        tag=case.get('tag'), include_alg=case.get('alg', False), body=body(case),
        covered_component_ids=case['components'], append_if_signature_exists=True)
    return {'headers': [list(line) for line in request.headers.lines[len(case['headers']):]]}


def verify(case):
    set_clock(case['now'])
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys(case['secrets']))
    verifier.max_clock_skew = datetime.timedelta(0)
    verifier.allow_label_only_selection = True
    result = verifier.verify(
        message(case), max_age=datetime.timedelta(seconds=300), expect_tag=case.get('tag'),
        expect_label=case.get('label'), require_components=case['components'], body=body(case))[0]
    ids = [secret['keyid'] for secret in case['secrets']]
    return {'ok': True, 'index': ids.index(result.parameters['keyid'])}


if __name__ == '__main__':
    scheme_driver.serve('http-message-signatures', version('http-message-signatures'),
                        {'rfc9421': (sign, verify)})
