"""The Python implementation `oauthlib` of OAuth 1.0a behind the conformance protocol: its client, and
its endpoint that verifies signatures."""
import time
from importlib.metadata import version

from oauthlib.oauth1 import Client, RequestValidator, SignatureOnlyEndpoint

import scheme_driver


def body(case):
    """It takes text only."""
    return scheme_driver.body(case).decode()


def sign(case):
    secret, headers = case['secret'], scheme_driver.headers({'headers': case.get('headers', [])})
    client = Client(
        secret['consumer_key'], secret['consumer_secret'], secret.get('token'),
        secret.get('token_secret'), signature_method=case['signature_method'],
        realm=case.get('realm'), nonce=case['nonce'], timestamp=str(case['now']))
    # It looks for this name in this case.
    if 'content-type' in headers:
        headers = {'Content-Type': headers['content-type']}
    _, signed, _ = client.sign(case['url'], case['method'], body(case) or None, headers)
    return {'headers': [['Authorization', signed['Authorization']]]}


class Validator(RequestValidator):
    """Knows the secrets of the case, takes names of any form, and 300 seconds both ways."""
    timestamp_lifetime = 300
    enforce_ssl = False
    dummy_client = 'nobody'
    allowed_signature_methods = ('HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512')

    def __init__(self, case):
        super().__init__()
        self.secrets = case['secrets']
        self.index = None

    def check_client_key(self, client_key):
        return True

    def check_nonce(self, nonce):
        return True

    def validate_timestamp_and_nonce(self, *arguments, **named):
        return True

    def find(self, client_key, request):
        """The secret of client and token."""
        for index, secret in enumerate(self.secrets):
            token = secret.get('token') or None
            names = (client_key, request.resource_owner_key or None)
            if (secret['consumer_key'], token) == names:
                self.index = index
                return secret
        return None

    def validate_client_key(self, client_key, request):
        return self.find(client_key, request) is not None

    def get_client_secret(self, client_key, request):
        found = self.find(client_key, request)
        return found['consumer_secret'] if found else 'none of anybody'

    def get_access_token_secret(self, client_key, token, request):
        found = self.find(client_key, request)
        return found['token_secret'] if found else 'none of anybody'


def verify(case):
    time.time = lambda: int(case['now'])
    validator = Validator(case)
    headers = scheme_driver.headers(case)
    try:
        valid, _ = SignatureOnlyEndpoint(validator).validate_request(
            case['url'], case['method'], body(case), headers)
    except ValueError as error:
        # What follows the first sentence lists characters in any order.
        return {'ok': False, 'error': str(error).partition('. ')[0]}
    if not valid:
        return {'ok': False, 'error': 'refused'}
    return {'ok': True, 'index': validator.index}


if __name__ == '__main__':
    scheme_driver.serve('oauthlib', version('oauthlib'), {'oauth1': (sign, verify)})
