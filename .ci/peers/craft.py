"""Headers, bewits and their MACs made by hand, for cases that no implementation would write."""
import base64
import hashlib
import hmac

VALUE_CHARS = ' !#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~'


def key_bytes(case):
    return base64.b64decode(case['keyB64']) if 'keyB64' in case else case['key'].encode()


def b64(data):
    return base64.b64encode(data).decode()


def payload_hash(algorithm, content_type, payload):
    essence = content_type.split(';')[0].strip(' \t').lower()
    return b64(hashlib.new(algorithm, b'hawk.1.payload\n' + essence.encode() + b'\n' + payload
                           + b'\n').digest())


def canonical(kind, fields):
    ext = fields.get('ext', '').replace('\\', '\\\\').replace('\n', '\\n')
    lines = ['hawk.1.' + kind, fields['ts'], fields['nonce'], fields['method'].upper(),
             fields['resource'], fields['host'].lower(), str(fields['port']),
             fields.get('hash', ''), ext]
    if 'app' in fields:
        lines += [fields['app'], fields.get('dlg', '')]
    return '\n'.join(lines) + '\n'


def mac(case, kind, fields):
    text = canonical(kind, fields).encode()
    return b64(hmac.new(key_bytes(case), text, case['algorithm']).digest())


def attributes(case, **changes):
    """The attributes of a right header for a `verify` case, in order; a change to None removes."""
    fields = {name: case[name] for name in ('method', 'resource', 'host', 'port')}
    fields.update(case['signed'])
    fields.update(changes)
    fields = {name: value for name, value in fields.items() if value is not None}
    tag = mac(case, 'header', fields)
    order = ['ts', 'nonce', 'hash', 'ext', 'mac', 'app', 'dlg']
    pairs = [('id', fields.get('id', case['id']))]
    return pairs + [(name, tag if name == 'mac' else fields[name])
                    for name in order if name == 'mac' or name in fields]


def header(pairs, scheme='Hawk ', separator=', '):
    return scheme + separator.join(f'{name}="{value}"' for name, value in pairs)


def bewit_text(case, resource, exp, ext='', ident=None, tag=None):
    """What is inside a right bewit."""
    fields = {'ts': exp, 'nonce': '', 'method': 'GET', 'resource': resource, 'host': case['host'],
              'port': case['port'], 'ext': ext}
    ident = case['id'] if ident is None else ident
    return '\\'.join([ident, exp, tag or mac(case, 'bewit', fields), ext])


def base64url(text, encoding='utf-8'):
    return base64.urlsafe_b64encode(text.encode(encoding)).decode().rstrip('=')


def message_authorization(case, ts, message, **changes):
    digest = payload_hash(case['algorithm'], '', message)
    fields = {'ts': ts, 'nonce': 'n', 'method': '', 'resource': '', 'host': case['host'],
              'port': case['port'], 'hash': digest, **changes}
    return {'id': case['id'], 'ts': ts, 'nonce': fields['nonce'], 'hash': fields['hash'],
            'mac': mac(case, 'message', fields)}
