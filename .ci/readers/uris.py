"""Random key URIs: what the library is asked for, and the text that it has to give, put together
here by Python's own encoders."""
import base64
from urllib.parse import quote

ALPHABETS = [
    'abcdefghijklmnopqrstuvwxyz',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
    'abcdefgh 0123456789.-_~@+/&=?%#!$\'()*,;[]"<>\\^`{|}',
    'äöüßéèêñçøåÆŁžš',
    'абвгдежзийклмнопрстуфхцчшщ',
    'αβγδεζηθικλμνξοπρστυφχψω',
    '日本語東京大阪株式会社銀行',
    '한국어서울은행',
    'العربيةبنك',
    'עבריתבנק',
    'हिन्दीबैंक',
    '🔐🗝️👩‍💻🏦',
    'e\u0301a\u0308o\u0302',
]


def name(random, most):
    """1 to `most` bytes of UTF-8, mostly few, without space around it."""
    alphabet = random.choice(ALPHABETS)
    if random.random() < 0.3:
        alphabet += random.choice(ALPHABETS)
    wanted = random.choice([random.randint(1, 12), random.randint(8, 40), most])
    text = ''
    while True:
        more = text + random.choice(alphabet)
        if len(more.encode()) > min(wanted, most):
            return text.strip() or 'x'
        text = more


def uri(random):
    """A case for `uri_build`, and the URI."""
    case = {
        'op': 'uri_build',
        'type': random.choice(['totp', 'totp', 'totp', 'hotp']),
        'algorithm': random.choice(['sha1', 'sha1', 'sha256', 'sha512']),
        'digits': random.choice([6, 6, 7, 8]),
        'secret_hex': random.randbytes(random.choice([10, 16, 20, 20, 32, 64, 128])).hex(),
        'account': name(random, 255),
    }
    if random.random() < 0.9:
        case['issuer'] = name(random, 128)
        if random.random() < 0.2:
            case['label_issuer'] = name(random, 128)
    if case['type'] == 'totp':
        case['period'] = random.choice([30, 30, 30, 60, random.randint(1, 86_400)])
    else:
        case['counter'] = str(random.choice([0, random.randrange(2 ** 64), 2 ** 64 - 1]))
    return case, text(case)


def text(case):
    encode = lambda part: quote(part, safe='')
    issuer = case.get('issuer')
    label = case.get('label_issuer', issuer)
    secret = base64.b32encode(bytes.fromhex(case['secret_hex'])).decode().rstrip('=')
    uri = f'otpauth://{case["type"]}/{encode(label) + ":" if label else ""}'
    uri += f'{encode(case["account"])}?secret={secret}'
    if issuer:
        uri += f'&issuer={encode(issuer)}'
    if case['algorithm'] != 'sha1':
        uri += f'&algorithm={case["algorithm"].upper()}'
    if case['digits'] != 6:
        uri += f'&digits={case["digits"]}'
    if case.get('period', 30) != 30:
        uri += f'&period={case["period"]}'
    if 'counter' in case:
        uri += f'&counter={case["counter"]}'
    return uri
