"""The Python implementation `mohawk` behind the conformance protocol: one JSON object per line in,
one out. It knows no messages and checks no challenges, and answers those ops with unsupported.
Time and nonce are in the case; nothing is random.
"""
import base64
import json
import logging
import sys
from importlib.metadata import version

import mohawk
import mohawk.base
import mohawk.bewit
from mohawk import exc, util
from mohawk.base import EmptyValue, Resource

logging.disable(logging.CRITICAL)

CODES = {
    exc.MacMismatch: 'bad-mac',
    exc.MisComputedContentHash: 'bad-hash',
    exc.AlreadyProcessed: 'replay',
    exc.TokenExpired: 'stale-timestamp',
    exc.CredentialsLookupError: 'unknown-credentials',
}


def set_clock(now):
    for module in (mohawk.base, mohawk.bewit):
        module.utc_now = lambda offset_in_seconds=0.0: int(now) + int(offset_in_seconds)


def content(case, name, absent):
    if name + 'B64' in case:
        return base64.b64decode(case[name + 'B64'])
    return case[name].encode() if name in case else absent


def credentials(case):
    return {'id': case.get('id', ''), 'key': content(case, 'key', b''), 'algorithm': case['algorithm']}


def lookup(case):
    def find(sent):
        if case.get('id', sent) != sent:
            raise LookupError(sent)
        return {**credentials({'id': sent, **case}), 'id': sent}
    return find


def url(case):
    if 'url' in case:
        return case['url']
    return f"http://{case['host']}:{case['port']}{case['resource']}"


def body(case):
    """A payload without a content type is hashed with the empty one."""
    payload = content(case, 'payload', EmptyValue)
    absent = EmptyValue if payload == EmptyValue else ''
    return {'content': payload, 'content_type': case.get('contentType', absent)
            if payload != EmptyValue else EmptyValue}


def resource(case, ts, nonce, method='GET', **more):
    return Resource(credentials=credentials(case), url=url(case), method=method,
                    timestamp=ts, nonce=nonce, ext=case.get('ext'), app=case.get('app'),
                    dlg=case.get('dlg'), always_hash_content=False, **more)


def sender(case, **more):
    return mohawk.Sender(credentials(case), url(case), case['method'], nonce=case['nonce'],
                         app=case.get('app'), dlg=case.get('dlg'), _timestamp=case['ts'],
                         always_hash_content=False, **more)


def attributes(header):
    return util.parse_authorization_header(header)


def op_hello(case):
    return {'library': 'mohawk', 'version': version('mohawk'), 'ops': sorted(OPS)}


def op_header(case):
    made = sender(case, ext=case.get('ext'), **body(case))
    signed, fields = made.req_resource, attributes(made.request_header)
    return {'header': made.request_header, 'mac': fields['mac'], 'hash': fields.get('hash'),
            'resource': signed.name, 'host': signed.host, 'port': int(signed.port),
            'normalized': util.normalize_string('header', signed, signed.content_hash)}


def op_verify(case):
    set_clock(case['now'])
    receiver = mohawk.Receiver(
        lookup(case), case.get('header'), url(case), case['method'],
        accept_untrusted_content='payload' not in case and 'payloadB64' not in case,
        timestamp_skew_in_seconds=case.get('skew', 60),
        seen_nonce=lambda *_: case.get('nonceSeen', False), **body(case))
    fields = receiver.parsed_header
    return {'ok': True, **{name: fields.get(name) for name in
                           ('id', 'nonce', 'hash', 'ext', 'app', 'dlg')}, 'ts': int(fields['ts'])}


def op_response(case):
    set_clock(case['ts'])
    request = sender(case)
    receiver = mohawk.Receiver(lookup(case), request.request_header, url(case), case['method'],
                               seen_nonce=lambda *_: False)
    header = receiver.respond(ext=case.get('ext'), always_hash_content=False, **body(case))
    fields = attributes(header)
    return {'header': header, 'mac': fields['mac'], 'hash': fields.get('hash')}


def op_verify_response(case):
    set_clock(case['ts'])
    payload = body(case)
    sender(case).accept_response(case['header'], **payload,
                                 accept_untrusted_content=payload['content'] == EmptyValue)
    fields = attributes(case['header'])
    return {'ok': True, 'ext': fields.get('ext'), 'hash': fields.get('hash')}


def op_bewit(case):
    bewit = mohawk.bewit.get_bewit(resource(case, case['exp'], ''))
    _, exp, mac, _ = mohawk.bewit.parse_bewit(bewit.replace('-', '+').replace('_', '/'))
    return {'bewit': bewit, 'exp': int(exp), 'mac': mac}


def op_verify_bewit(case):
    if case.get('authorization'):
        raise ValueError('mohawk looks at the URL only')
    mohawk.bewit.check_bewit(url(case), lookup(case), now=int(case['now']))
    bewit = mohawk.bewit.parse_bewit(mohawk.bewit.strip_bewit(url(case))[0])
    return {'ok': True, 'id': bewit.id, 'exp': int(bewit.expiration), 'ext': bewit.ext}


def op_tsm(case):
    return {'tsm': util.calculate_ts_mac(case['ts'], credentials(case)).decode()}


def op_payload_hash(case):
    payload = content(case, 'payload', b'')
    made = util.calculate_payload_hash(payload, case['algorithm'], case.get('contentType', ''))
    return {'hash': made.decode()}


def parts(case):
    kind = case['type']
    if kind == 'bewit':
        return kind, resource(case, case['exp'], ''), None
    if kind not in ('header', 'response'):
        raise NotImplementedError(kind)
    made = resource(case, case['ts'], case['nonce'], case['method'], **body(case))
    return kind, made, case.get('hash') or made.gen_content_hash()


def op_mac(case):
    return {'mac': util.calculate_mac(*parts(case)).decode()}


def op_normalize(case):
    return {'normalized': util.normalize_string(*parts(case))}


OPS = {name[3:]: function for name, function in dict(globals()).items() if name.startswith('op_')}


def refused(error):
    """Its own refusals by name; whatever else it raises is a refusal too, and a crash."""
    if isinstance(error, exc.HawkFail):
        name = CODES.get(type(error), 'malformed')
    else:
        name = 'crash: ' + type(error).__name__
    return {'ok': False, 'error': name}


def answer(line):
    case = json.loads(line)
    if case['op'] not in OPS:
        return {'unsupported': True}
    try:
        made = OPS[case['op']](case)
    except NotImplementedError:
        return {'unsupported': True}
    except Exception as error:  # pylint: disable=broad-except
        if case['op'].startswith('verify'):
            return refused(error)
        return {'error': f'{type(error).__name__}: {error}'}
    return {name: value for name, value in made.items() if value is not None}


if __name__ == '__main__':
    for text in sys.stdin:
        print(json.dumps(answer(text)), flush=True)
