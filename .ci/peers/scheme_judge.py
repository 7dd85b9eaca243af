"""What two answers of signature schemes have in common."""
import re
import urllib.parse

VERDICT = 'verdict'


def verdict(answer):
    """ok, error (nothing was made) or refused."""
    if answer.get('ok') is False:
        return 'refused'
    return 'error' if 'error' in answer else 'ok'


def made(answer):
    """What was signed, but for the case of headers' names and for orders that mean nothing."""
    shown = dict(answer)
    if 'headers' in shown:
        # Each has its own order of the parameters, and so another tag: both verify it.
        headers = [header for header in shown['headers']
                   if header[0].lower() not in ('signature-input', 'signature')]
        shown['headers'] = sorted([name.lower(), unordered(value)] for name, value in headers)
    if 'url' in shown:
        path, _, query = shown['url'].partition('?')
        shown['url'] = [path, sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))]
    return shown


def unordered(value):
    """OAuth's parameters stand in any order."""
    if not value.startswith('OAuth '):
        return value
    return sorted(re.findall(r'([^\s,=]+)="([^"]*)"', value[6:]))


def differences(case, reference, ours, peer):
    """The fields in which two answers differ, as (field, reference's value, our value)."""
    if reference.get('unsupported') or ours.get('unsupported'):
        raise SystemExit(f'{peer} or we do not support {case}')
    theirs, own = verdict(reference), verdict(ours)
    if theirs != own:
        return [(VERDICT, theirs, own)]
    if own != 'ok':
        return []
    reference, ours = made(reference), made(ours)
    names = sorted(reference.keys() | ours.keys())
    values = [(name, reference.get(name), ours.get(name)) for name in names]
    return [value for value in values if value[1] != value[2]]


def signature(case, difference, reference, ours):
    """Which kind of difference it is: a divergence explains only kinds that its probes show."""
    field, theirs, own = difference
    if field == VERDICT and own == 'refused':
        own = ours['error']
    what = f'{theirs} {own}' if field == VERDICT else field
    return f"{case['op']} {case['scheme']} {what}"
