"""Codes by counter and by time: made by each side, and what one side made verified by the other."""

ALGORITHMS = ['sha1', 'sha256', 'sha512']
# Counters and times near these are where number types end.
EDGES = [0, 2**16, 2**31, 2**32, 2**33, 2**53, 2**63, 2**64]


def credential(rng, least, most=128):
    length = rng.choice([least, 16, 20, 32, 64, most, rng.randint(least, most)])
    return {'secret_hex': rng.randbytes(length).hex(), 'algorithm': rng.choice(ALGORITHMS),
            'digits': rng.choice([6, 7, 8])}


def up_to(rng, last):
    """A number from 0 to `last`, often at the end of some type."""
    if rng.random() < 0.3:
        edge = rng.choice([edge for edge in EDGES if edge <= last + 1])
        return min(last, max(0, edge + rng.randint(-3, 3)))
    return rng.getrandbits(rng.randint(1, max(1, last.bit_length()))) % (last + 1)


def text(number):
    """As the conformance protocol has it."""
    return number if number <= 2**53 else str(number)


def hotp_case(rng, least, last=2**64 - 1):
    return {'op': 'hotp', **credential(rng, least), 'counter': text(up_to(rng, last))}


def totp_case(rng, least, last, periods):
    period = rng.choice([30, 30, 60, rng.choice(periods)])
    return {'op': 'totp', **credential(rng, least), 'period': text(period),
            'time': text(up_to(rng, last))}


def pyotp(comparison, rng, count):
    """It takes 112 bits and more, periods up to 120 s, and times up to the year 9999."""
    last = 253_402_300_799
    periods = [1, 2, 7, 15, 29, 31, 45, 90, 119, 120]
    hotp = [hotp_case(rng, 14) for _ in range(count)]
    totp = [totp_case(rng, 14, last, periods) for _ in range(count)]
    steam = [{'op': 'steam', 'secret_hex': credential(rng, 14)['secret_hex'],
              'time': up_to(rng, last)} for _ in range(count)]
    comparison.agree('hotp', hotp, ['code'])
    comparison.agree('totp', totp, ['code'])
    comparison.agree('steam', steam, ['code'])
    they_verify(comparison, rng, hotp + totp)
    we_verify(comparison, rng, count, by_pyotp(comparison.peer), ALGORITHMS, last)


def they_verify(comparison, rng, cases):
    """Codes of ours, and codes with one digit changed."""
    made = comparison.own.ask(cases)
    checks = []
    for case, answer in zip(cases, made):
        code, window = answer['code'], {} if case['op'] == 'hotp' else {'window': 0}
        is_right = rng.random() < 0.7
        checks.append(({**case, **window, 'op': 'check',
                        'code': code if is_right else changed(rng, code)}, is_right))
    for (case, is_right), answer in zip(checks, comparison.peer.ask([case for case, _ in checks])):
        comparison.expect('we generate, they verify', case, {'ok': is_right}, answer)


def changed(rng, code):
    at = rng.randrange(len(code))
    return code[:at] + str((int(code[at]) + rng.randint(1, 9)) % 10) + code[at + 1:]


def by_pyotp(peer):
    def codes(cases):
        return [answer['code'] for answer in peer.ask(cases)]
    return codes


def by_oathtool(peer):
    def codes(cases):
        return peer.codes(cases[0], len(cases))
    return codes


def we_verify(comparison, rng, count, codes, hotp_algorithms, last):
    """Sessions of a few logins each: a wrong code, the right one, and the right one again. `codes`
    makes those of consecutive counters or steps."""
    for _ in range(count // 60 + 1):
        for session in (totp_session, hotp_session):
            made = credential(rng, 14)
            if session is hotp_session:
                made['algorithm'] = rng.choice(hotp_algorithms)
            case, expected, counter = session(rng, made, codes, last)
            answer = comparison.own.ask([case])[0]
            comparison.expect(f'they generate, {case["op"]}', case, counter, answer)
            results = answer.get('results', [])
            for index, result in enumerate(expected):
                got = {'result': results[index] if index < len(results) else None}
                comparison.expect(f'they generate, {case["op"]}', case, {'result': result}, got)


def totp_session(rng, made, codes, last):
    made = {**made, 'period': 30}
    case = {'op': 'session', **made, 'past': rng.randint(0, 2), 'future': rng.randint(0, 2)}
    step = up_to(rng, last // 30 - 1000) + 10
    events, expected, seen = [], [], set()
    for _ in range(10):
        step += rng.randint(case['past'] + case['future'] + 1, 20)
        offset = rng.randint(-case['past'], case['future'])
        window = range(step - case['past'], step + case['future'] + 1)
        known = codes([{'op': 'totp', **made, 'time': one * 30} for one in window])
        right, time = known[offset + case['past']], step * 30 + rng.randint(0, 29)
        if known.count(right) > 1 or right in seen:
            continue
        seen.add(right)
        events += [{'code': code, 'time': text(time)} for code in
                   (wrong_code(rng, right, known), right, right)]
        expected += ['wrong', 'accepted', 'replayed']
    return {**case, 'events': events}, expected, {}


def hotp_session(rng, made, codes, last):
    counter, time = up_to(rng, 2**64 - 2000), up_to(rng, last - 1000)
    case = {'op': 'hotp_session', **made, 'counter': text(counter), 'look_ahead': rng.randint(0, 9)}
    events, expected, seen = [], [], set()
    for _ in range(10):
        ahead = rng.randint(0, case['look_ahead'])
        window = range(counter, counter + case['look_ahead'] + 1)
        known = codes([{'op': 'hotp', **made, 'counter': text(one)} for one in window])
        right = known[ahead]
        if known.count(right) > 1 or right in seen:
            continue
        seen.add(right)
        counter += ahead + 1
        time += 1
        events += [{'code': code, 'time': text(time)} for code in
                   (wrong_code(rng, right, known), right, right)]
        expected += ['wrong', 'accepted', 'replayed']
    return {**case, 'events': events}, expected, {'counter': text(counter)}


def wrong_code(rng, right, known):
    """A code that is none of those known, nor one that they were changed to just before."""
    while True:
        wrong = changed(rng, right)
        if wrong not in known:
            return wrong


def oathtool(comparison, rng, count):
    """Codes by counter are by SHA-1 there. One call prints the codes of up to 64 counters or steps."""
    compared = 0
    while compared < 2 * count:
        by_counter = compared < count
        case = drawn_for_oathtool(rng, by_counter)
        printed = comparison.peer.codes(case, rng.randint(1, 64))
        batch = [{**case, **moved(case, index)} for index in range(len(printed))]
        for one, theirs, ours in zip(batch, printed, comparison.own.ask(batch)):
            comparison.expect(case['op'], one, {'code': theirs}, ours)
        compared += len(printed)
    we_verify(comparison, rng, count // 4, by_oathtool(comparison.peer), ['sha1'], 2**62)
    for index in range(count // 20):
        oathtool_verifies(comparison, rng, drawn_for_oathtool(rng, index % 2 == 0))


def drawn_for_oathtool(rng, by_counter):
    """Times are up to 2^63 - 1 there; the window has to end before."""
    if by_counter:
        return {**hotp_case(rng, 1, 2**64 - 100), 'algorithm': 'sha1'}
    periods = [1, 7, 59, 120, 3600, 86400, 2**31, 2**32 - 1]
    case = totp_case(rng, 1, 2**63 - 1, periods)
    time, period = int(case['time']), int(case['period'])
    # Dates end for it with the 32 bits that a year has.
    t0 = rng.choice([0, 0, up_to(rng, min(time, 2**55))])
    latest = 2**63 - 1 - 100 * period
    return {**case, 't0': text(t0), 'time': text(max(t0, min(time, latest)))}


def moved(case, steps):
    if case['op'] == 'hotp':
        return {'counter': text(int(case['counter']) + steps)}
    return {'time': text(int(case['time']) + steps * int(case['period']))}


def oathtool_verifies(comparison, rng, case):
    """A code of ours a few steps ahead, and one with a digit changed."""
    window, ahead = 5, rng.randint(0, 5)
    batch = [{**case, **moved(case, index)} for index in range(window + 1)]
    codes = [answer['code'] for answer in comparison.own.ask(batch)]
    found = comparison.peer.finds(case, codes[ahead], window)
    expected = {'ahead': codes.index(codes[ahead])}
    comparison.expect('we generate, they verify', case, expected, {'ahead': found})
    found = comparison.peer.finds(case, wrong_code(rng, codes[ahead], codes), window)
    comparison.expect('we generate, they verify', case, {'ahead': None}, {'ahead': found})
