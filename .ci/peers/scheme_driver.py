"""What the Python drivers of signature schemes share: the conformance protocol, one JSON object per
line in, one out."""
import base64
import json
import sys


def body(case):
    return base64.b64decode(case.get('bodyB64', ''))


def headers(case):
    """As a server hands them over: names in lower case, values without white space around them,
    several of one name joined."""
    made = {}
    for name, value in case['headers']:
        name, value = name.lower(), value.strip(' \t')
        made[name] = f'{made[name]}, {value}' if name in made else value
    return made


def first(case, verify):
    """Most know one secret at a time."""
    for index, secret in enumerate(case['secrets']):
        if verify(secret):
            return {'ok': True, 'index': index}
    return {'ok': False, 'error': 'none matches'}


def answer(case, library, version, schemes):
    if case['op'] == 'hello':
        return {'library': library, 'version': version, 'ops': ['scheme_sign', 'scheme_verify']}
    if case['scheme'] not in schemes:
        return {'unsupported': True}
    sign, verify = schemes[case['scheme']]
    try:
        return sign(case) if case['op'] == 'scheme_sign' else verify(case)
    except Exception as error:  # pylint: disable=broad-except
        message = f'{type(error).__name__}: {error}'
        return {'error': message} if case['op'] == 'scheme_sign' else {'ok': False, 'error': message}


def serve(library, version, schemes):
    """`schemes`: by name, how it signs and how it verifies. Whatever is raised is a refusal."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), library, version, schemes)), flush=True)
