"""The Python implementation `pyotp` behind the conformance protocol: one JSON object per line in, one
out. `check` is its own: it verifies a code, and what it answers is a bool.
"""
import base64
import hashlib
import json
import sys
from importlib.metadata import version

import pyotp
from pyotp.contrib import Steam


def secret(case):
    return base64.b32encode(bytes.fromhex(case['secret_hex'])).decode().rstrip('=')


def made_by(case):
    return {'digits': case['digits'], 'digest': getattr(hashlib, case['algorithm'])}


def number(case, name, absent=0):
    """Numbers above 2^53 come as text."""
    return int(case.get(name, absent))


def hotp_of(case):
    return pyotp.HOTP(secret(case), **made_by(case))


def totp_of(case):
    if number(case, 't0') != 0:
        raise ValueError('pyotp knows no T0')
    return pyotp.TOTP(secret(case), interval=number(case, 'period', 30), **made_by(case))


def op_hello(case):
    return {'library': 'pyotp', 'version': version('pyotp'), 'ops': sorted(OPS)}


def op_hotp(case):
    return {'code': hotp_of(case).at(number(case, 'counter'))}


def op_totp(case):
    return {'code': totp_of(case).at(number(case, 'time'))}


def op_steam(case):
    return {'code': Steam(secret(case)).at(number(case, 'time'))}


def op_check(case):
    if 'counter' in case:
        return {'ok': hotp_of(case).verify(case['code'], number(case, 'counter'))}
    window = number(case, 'window')
    return {'ok': totp_of(case).verify(case['code'], for_time=number(case, 'time'), valid_window=window)}


def op_uri_build(case):
    names = {'name': case['account'], 'issuer_name': case.get('issuer')}
    if case['type'] == 'hotp':
        return {'uri': hotp_of(case).provisioning_uri(initial_count=number(case, 'counter'), **names)}
    return {'uri': totp_of(case).provisioning_uri(**names)}


def op_uri_parse(case):
    otp = pyotp.parse_uri(case['uri'])
    whose = {'issuer': otp.issuer, 'account': otp.name, 'secret_hex': otp.byte_secret().hex()}
    if isinstance(otp, Steam):
        return {'type': 'steam', **whose}
    made = {'algorithm': otp.digest().name.upper(), 'digits': otp.digits, **whose}
    if isinstance(otp, pyotp.HOTP):
        return {'type': 'hotp', 'counter': otp.initial_count, **made}
    return {'type': 'totp', 'period': otp.interval, **made}


OPS = {name[3:]: function for name, function in dict(globals()).items() if name.startswith('op_')}


def answer(line):
    case = json.loads(line)
    if case['op'] not in OPS:
        return {'unsupported': True}
    try:
        made = OPS[case['op']](case)
    except Exception as error:  # pylint: disable=broad-except
        return {'error': f'{type(error).__name__}: {error}'}
    return {name: value for name, value in made.items() if value is not None}


if __name__ == '__main__':
    for text in sys.stdin:
        print(json.dumps(answer(text)), flush=True)
