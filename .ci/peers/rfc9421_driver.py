"""The Python implementation `http-message-signatures` of RFC 9421 behind the conformance protocol, with
hmac-sha256. It verifies the body where the digest has to be covered."""
import base64
import datetime
from importlib.metadata import version

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures import algorithms

import scheme_driver
from http_signature_driver import at, message, set_clock

DIGEST = 'content-digest'


def keys(secrets):
    known = {secret['keyid']: base64.b64decode(secret['keyB64']) for secret in secrets}
    return MappingKeyResolver(public_keys=known, private_keys=known)


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
