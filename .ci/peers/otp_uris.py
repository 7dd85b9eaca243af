"""Key URIs: built by each side, read by both, and what was read is what was drawn."""
from otp_codes import credential, text, up_to

LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
ODD = ' .-_~@+%&=?#/\\!$\'()*,;"<>[]^`{|}'
BEYOND = 'äöüßéñçşłøåæœ日本語中文한국어ΑΩπЖщא٣😀🦅́'


def name(rng, longest):
    """Text without colon, control characters and spaces at its ends."""
    alphabet = rng.choice([LETTERS, LETTERS + ODD, LETTERS + ODD + BEYOND])
    return ''.join(rng.choices(alphabet, k=rng.randint(1, longest))).strip() or 'x'


def drawn(rng):
    made = {'op': 'uri_build', **credential(rng, 14), 'account': name(rng, 40)}
    if rng.random() < 0.9:
        made['issuer'] = name(rng, 20)
    if rng.random() < 0.3:
        return {**made, 'type': 'hotp', 'counter': text(up_to(rng, 2**64 - 1))}
    return {**made, 'type': 'totp', 'period': rng.choice([30, 30, 60, rng.randint(1, 120)])}


def read(made):
    """What has to be read of what was built; numbers as JSON numbers or as text, as they come."""
    names = ('type', 'secret_hex', 'algorithm', 'digits', 'account', 'issuer')
    return {**{one: made.get(one) for one in names}, 'algorithm': made['algorithm'].upper(),
            **{one: str(made[one]) for one in ('counter', 'period') if one in made}}


def texts(answer):
    numbers = {one: str(answer[one]) for one in ('counter', 'period') if one in answer}
    return {**answer, **numbers}


def uris(comparison, rng, count):
    cases = [drawn(rng) for _ in range(count)]
    for builder, whose in ((comparison.peer, 'they build'), (comparison.own, 'we build')):
        built = [answer.get('uri', answer.get('error')) for answer in builder.ask(cases)]
        parse = [{'op': 'uri_parse', 'uri': uri} for uri in built]
        for reader, who in ((comparison.peer, 'they read'), (comparison.own, 'we read')):
            for case, made, answer in zip(parse, cases, reader.ask(parse)):
                comparison.expect(f'uri, {whose}, {who}', case, read(made), texts(answer))
