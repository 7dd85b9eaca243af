"""Google Authenticator's export, beside Google's own Protocol Buffers: written by each side, read by
both, and read after any change of a byte.
"""
import base64
import re
from urllib.parse import quote, unquote

from otp_codes import text, up_to
from otp_uris import name

BEYOND_64_BITS = re.compile(rb'[\x80-\xff]{9}[\x02-\xff]')
BEFORE_DATA = 'otpauth-migration://offline?data='
FIELDS = ('algorithm', 'digits', 'type')
MAX_CODES = 16_383


def drawn_entry(rng):
    kind = rng.choice(['TOTP', 'TOTP', 'HOTP'])
    made = {'secret_hex': rng.randbytes(rng.choice([10, 16, 20, 32, 64, rng.randint(1, 128)])).hex(),
            'name': name(rng, 40), 'issuer': name(rng, 20) if rng.random() < 0.8 else '',
            'algorithm': rng.choice(['SHA1', 'SHA256', 'SHA512']),
            'digits': rng.choice(['SIX', 'EIGHT']), 'type': kind,
            'counter': text(up_to(rng, 2**63 - 1)) if kind == 'HOTP' else 0}
    for one in FIELDS:
        # By counter is no default.
        if rng.random() < 0.1 and made[one] != 'HOTP':
            made[one] = 'UNSPECIFIED'
    if rng.random() < 0.4:
        made['unique_id'] = rng.randbytes(8).hex()
    return made


def comparable(entry):
    """Numbers as text, and a counter only where codes are by counter: elsewhere it means nothing."""
    counter = str(entry['counter']) if entry['type'] == 'HOTP' else '0'
    return {**entry, 'counter': counter}


def contents(answer):
    """What was read, with `refused` in the place of accounts that nobody can use here. Where there are
    no others, the whole is refused."""
    if 'entries' not in answer:
        return {'error': True}
    entries = ['refused' if 'error' in entry or has_no_codes(entry) else comparable(entry)
               for entry in answer['entries']]
    if entries and all(entry == 'refused' for entry in entries):
        return {'error': True}
    return {**answer, 'entries': entries}


def messages(comparison, rng, count):
    ours_written(comparison, rng, count)
    theirs = theirs_written(comparison, rng, count)
    broken(comparison, rng, theirs, count)


def ours_written(comparison, rng, count):
    """Joined from as many codes as they were split over."""
    cases = []
    while count > 0:
        entries = [drawn_entry(rng) for _ in range(rng.randint(1, 12))]
        count -= len(entries)
        cases.append({'op': 'migration_export', 'entries': entries, 'version': rng.randint(1, 2),
                      'batch_id': rng.randint(-2**31, 2**31 - 1),
                      'aim': rng.choice([0, 213, 600, 2331])})
    for case, answer in zip(cases, comparison.own.ask(cases)):
        uris = answer.get('uris', [])
        reads = [{'op': 'migration_import', 'uri': uri} for uri in uris]
        joined = []
        for index, read in enumerate(comparison.peer.ask(reads)):
            expected = {'batch_index': index, 'batch_size': len(uris), 'version': case['version'],
                        'batch_id': case['batch_id']}
            comparison.expect('export, the envelope', case, expected, read)
            joined += contents(read)['entries']
        joined += [None] * (len(case['entries']) - len(joined))
        for entry, read in zip(case['entries'], joined):
            comparison.expect('export, the accounts', case, {'entry': comparable(entry)}, {'entry': read})


def theirs_written(comparison, rng, count):
    cases = []
    for _ in range(count):
        entries = [drawn_entry(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 10]))]
        size = rng.choice([rng.randint(0, 20), MAX_CODES])
        cases.append({'op': 'migration_export', 'entries': entries, 'version': rng.randint(0, 2),
                      'batch_size': size, 'batch_index': rng.randrange(max(size, 1)),
                      'batch_id': rng.randint(-2**31, 2**31 - 1)})
    uris = [answer['uris'][0] for answer in comparison.peer.ask(cases)]
    reads = [{'op': 'migration_import', 'uri': uri} for uri in uris]
    for read, case, answer in zip(reads, cases, comparison.own.ask(reads)):
        names = ('version', 'batch_size', 'batch_index', 'batch_id', 'entries')
        expected = contents({one: case[one] for one in names})
        comparison.expect('import', read, expected, contents(answer))
    return uris


def broken(comparison, rng, uris, count):
    """Whatever they read, we read alike or say why not; what they do not read, we do not."""
    cases = [{'op': 'migration_import', 'uri': changed(rng, rng.choice(uris))} for _ in range(count)]
    for case, theirs, ours in zip(cases, comparison.peer.ask(cases), comparison.own.ask(cases)):
        theirs, ours = contents(theirs), contents(ours)
        if 'error' in theirs or refused(theirs):
            theirs = {'error': True}
        elif 'error' in ours and BEYOND_64_BITS.search(payload_of(case['uri'])):
            comparison.explain('number-beyond-64-bits')
            continue
        comparison.expect('import of what was changed', case, theirs, ours)


def payload_of(uri):
    return base64.b64decode(unquote(uri[len(BEFORE_DATA):]))


def changed(rng, uri):
    payload = bytearray(payload_of(uri))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(payload) + 1)
        kind = rng.randrange(4)
        if kind == 0 and at < len(payload):
            payload[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            payload.insert(at, rng.choice([0, 1, 8, 0x0a, 0x12, 0x0d, 0x80, 0xff, rng.randrange(256)]))
        elif kind == 2 and at < len(payload):
            del payload[at]
        else:
            payload = payload[:at]
    return BEFORE_DATA + quote(base64.b64encode(payload).decode(), safe='')


def refused(read):
    """Whether what is well-formed has no meaning here, by the rules of the export."""
    size, index = read['batch_size'], read['batch_index']
    return not (0 <= size <= MAX_CODES and 0 <= index < max(size, 1))


def has_no_codes(entry):
    by_name = all(isinstance(entry[one], str) for one in FIELDS) and entry['algorithm'] != 'MD5'
    is_secret = 1 <= len(entry['secret_hex']) // 2 <= 128
    is_counter = entry['type'] != 'HOTP' or int(entry['counter']) >= 0
    return not (by_name and is_secret and is_counter)
