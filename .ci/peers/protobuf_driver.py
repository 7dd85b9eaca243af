"""Google's own Protocol Buffers behind the conformance protocol, with the messages of Google
Authenticator's export as their readers describe them. It knows nothing of what the fields mean: enums
and absent fields come out as they are.
"""
import base64
import json
import sys
from importlib.metadata import version
from urllib.parse import parse_qs, quote, urlsplit

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
ENTRY = [('secret', Field.TYPE_BYTES), ('name', Field.TYPE_STRING), ('issuer', Field.TYPE_STRING),
         ('algorithm', Field.TYPE_INT32), ('digits', Field.TYPE_INT32), ('type', Field.TYPE_INT32),
         ('counter', Field.TYPE_INT64), ('unique_id', Field.TYPE_STRING)]
ENVELOPE = [('version', Field.TYPE_INT32), ('batch_size', Field.TYPE_INT32),
            ('batch_index', Field.TYPE_INT32), ('batch_id', Field.TYPE_INT32)]
NAMES = {'algorithm': ['UNSPECIFIED', 'SHA1', 'SHA256', 'SHA512', 'MD5'],
         'digits': ['UNSPECIFIED', 'SIX', 'EIGHT'], 'type': ['UNSPECIFIED', 'HOTP', 'TOTP']}


def schema():
    file = descriptor_pb2.FileDescriptorProto(name='migration.proto', syntax='proto3')
    entry = file.message_type.add(name='Entry')
    for position, (name, kind) in enumerate(ENTRY):
        entry.field.add(name=name, number=position + 1, type=kind, label=Field.LABEL_OPTIONAL)
    payload = file.message_type.add(name='Payload')
    payload.field.add(name='entries', number=1, type=Field.TYPE_MESSAGE, type_name='.Entry',
                      label=Field.LABEL_REPEATED)
    for position, (name, kind) in enumerate(ENVELOPE):
        payload.field.add(name=name, number=position + 2, type=kind, label=Field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName('Payload'))


Payload = schema()


def named(name, value):
    """The name of an enum's number, or the number where it has none."""
    names = NAMES[name]
    return names[value] if 0 <= value < len(names) else value


def fields_of(payload):
    entries = [{
        'secret_hex': entry.secret.hex(), 'name': entry.name, 'issuer': entry.issuer,
        'counter': entry.counter, **({'unique_id': entry.unique_id} if entry.unique_id else {}),
        **{name: named(name, getattr(entry, name)) for name in NAMES},
    } for entry in payload.entries]
    return {**{name: getattr(payload, name) for name, _ in ENVELOPE}, 'entries': entries}


def op_hello(case):
    return {'library': 'protobuf', 'version': version('protobuf'), 'ops': sorted(OPS)}


def op_migration_import(case):
    data = parse_qs(urlsplit(case['uri']).query)['data'][0]
    return fields_of(Payload.FromString(base64.b64decode(data, validate=True)))


def op_migration_export(case):
    payload = Payload(**{name: case.get(name, 0) for name, _ in ENVELOPE})
    for given in case['entries']:
        made = {**given, **{name: NAMES[name].index(given[name]) for name in NAMES}}
        made['counter'] = int(made['counter'])
        payload.entries.add(secret=bytes.fromhex(made.pop('secret_hex')), **made)
    data = base64.b64encode(payload.SerializeToString()).decode()
    return {'uris': ['otpauth-migration://offline?data=' + quote(data, safe='')]}


OPS = {name[3:]: function for name, function in dict(globals()).items() if name.startswith('op_')}


def answer(line):
    case = json.loads(line)
    try:
        return OPS[case['op']](case)
    except Exception as error:  # pylint: disable=broad-except
        return {'error': f'{type(error).__name__}: {error}'}


if __name__ == '__main__':
    for text in sys.stdin:
        print(json.dumps(answer(text)), flush=True)
