'''A phone with an authenticator app: zbarimg for its camera, oathtool for its codes. Neither shares a
line with what is tested.'''

import subprocess
import time
import urllib.parse

PERIOD = 30


def decode(picture):
    '''The text of the one QR code in a PNG.'''
    command = ['zbarimg', '--quiet', '--raw', '--nodbus', '-Sdisable', '-Sqrcode.enable', '-']
    done = subprocess.run(command, input=picture, capture_output=True, check=False)
    lines = done.stdout.decode().splitlines()
    return lines[0] if done.returncode == 0 and len(lines) == 1 else None


class Authenticator:
    '''Keeps a secret, and shows each of its codes once.'''

    def __init__(self, uri):
        parts = urllib.parse.urlsplit(uri)
        self.kind = f'{parts.scheme}://{parts.netloc}'
        self.label = urllib.parse.unquote(parts.path.removeprefix('/'))
        self.parameters = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=True))
        self.last = None

    @property
    def secret(self):
        return self.parameters['secret']

    def code_at(self, step):
        command = ['oathtool', '--totp', '--base32', f'--now=@{step * PERIOD}', '-']
        done = subprocess.run(
            command, input=self.secret, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def code(self):
        '''The code of now; waits for the next one if this one was shown before, or is about to change:
        it takes a moment to type.'''
        now = time.time()
        while now // PERIOD == self.last or now % PERIOD > PERIOD - 5:
            time.sleep(0.2)
            now = time.time()
        self.last = int(now) // PERIOD
        return self.code_at(self.last)

    def wrong_code(self):
        '''A code of no step near now.'''
        here = int(time.time()) // PERIOD
        near = {self.code_at(step) for step in range(here - 3, here + 4)}
        return next(code for code in ('000000', '111111', '222222', '333333', '444444', '555555',
                                      '666666', '777777') if code not in near)
