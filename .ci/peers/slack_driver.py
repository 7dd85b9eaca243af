"""Slack's own Python package `slack_sdk` behind the conformance protocol."""
from importlib.metadata import version

from slack_sdk.signature import SignatureVerifier

import scheme_driver


class Clock:
    def __init__(self, now):
        self.time = int(now)

    def now(self):
        return self.time


def sign(case):
    signature = SignatureVerifier(case['secret']).generate_signature(
        timestamp=str(case['now']), body=scheme_driver.body(case))
    return {'headers': [['X-Slack-Request-Timestamp', str(case['now'])],
                        ['X-Slack-Signature', signature]]}


def verify(case):
    clock, headers = Clock(case['now']), scheme_driver.headers(case)
    return scheme_driver.first(case, lambda secret: SignatureVerifier(secret, clock).is_valid_request(
        scheme_driver.body(case), headers))


if __name__ == '__main__':
    scheme_driver.serve('slack_sdk', version('slack_sdk'), {'slack': (sign, verify)})
