"""AWS's own Python package `botocore` behind the conformance protocol. It signs only: to verify is to
sign what is covered once more, at the time that the request says, and to compare."""
import datetime
import hmac
import urllib.parse
from importlib.metadata import version

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import scheme_driver

TIME = '%Y%m%dT%H%M%SZ'
ADDED = ('authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256')


def set_clock(time):
    botocore.auth.get_current_datetime = lambda: time


def credentials(secret):
    return Credentials(secret['access_key_id'], secret['secret_access_key'], secret.get('token') or None)


def signer(case, secret, expires=None):
    kinds = {
        (False, False): botocore.auth.SigV4Auth, (True, False): botocore.auth.S3SigV4Auth,
        (False, True): botocore.auth.SigV4QueryAuth, (True, True): botocore.auth.S3SigV4QueryAuth,
    }
    is_query = case['scheme'] == 'sigv4-presigned'
    kind = kinds[case['service'] == 's3', is_query]
    more = {'expires': expires} if is_query else {}
    return kind(credentials(secret), case['service'], case['region'], **more)


def request(case, headers, url):
    made = AWSRequest(case['method'], url, data=scheme_driver.body(case))
    for name, value in headers:
        made.headers.add_header(name, value)
    return made


def sign(case):
    set_clock(datetime.datetime.fromtimestamp(case['now'], datetime.timezone.utc))
    made = request(case, case.get('headers', []), case['url'])
    if case.get('unsigned'):
        made.context['payload_signing_enabled'] = False
    signer(case, case['secret'], case.get('expires', 3600)).add_auth(made)
    if case['scheme'] == 'sigv4-presigned':
        return {'url': made.url}
    return {'headers': [[name, value] for name, value in made.headers.items()
                        if name.lower() in ADDED]}


def again(case, secret, covered, time, url, expires=None):
    set_clock(datetime.datetime.strptime(time, TIME).replace(tzinfo=datetime.timezone.utc))
    headers = [[name, value] for name, value in case['headers']
               if name.lower() in covered and name.lower() not in ('x-amz-date', 'x-amz-security-token')]
    made = request(case, headers, url)
    if case.get('unsigned'):
        made.context['payload_signing_enabled'] = False
    signer(case, secret, expires).add_auth(made)
    return made


def verify(case):
    if case['scheme'] == 'sigv4-presigned':
        return verify_query(case)
    headers = scheme_driver.headers(case)
    fields = dict(field.strip().split('=', 1)
                  for field in headers['authorization'].removeprefix('AWS4-HMAC-SHA256 ').split(','))
    covered = fields['SignedHeaders'].split(';')

    def matches(secret):
        made = again(case, secret, covered, headers['x-amz-date'], case['url'])
        return hmac.compare_digest(made.headers['Authorization'], headers['authorization'])
    return scheme_driver.first(case, matches)


def verify_query(case):
    """The parameters of the signature come last."""
    url, _, query = case['url'].partition('?')
    own, _, signature = query.partition('X-Amz-Algorithm=')
    fields = dict(urllib.parse.parse_qsl('X-Amz-Algorithm=' + signature))
    covered = fields['X-Amz-SignedHeaders'].split(';')

    def matches(secret):
        made = again(case, secret, covered, fields['X-Amz-Date'], f'{url}?{own}'.rstrip('?&'),
                     int(fields['X-Amz-Expires']))
        found = dict(urllib.parse.parse_qsl(made.url.partition('?')[2]))
        return hmac.compare_digest(found['X-Amz-Signature'], fields['X-Amz-Signature']) \
            and found['X-Amz-Credential'] == fields['X-Amz-Credential']
    return scheme_driver.first(case, matches)


if __name__ == '__main__':
    both = (sign, verify)
    scheme_driver.serve('botocore', version('botocore'), {'sigv4': both, 'sigv4-presigned': both})
