"""Programs that speak the conformance protocol, and what their answers have in common."""
import json
import subprocess
import threading

VERDICT = 'verdict'

# Refusals that both sides name: compared where both give one of them.
COMMON_CODES = {
    'bad-mac', 'unknown-credentials', 'stale-timestamp', 'replay', 'missing-hash', 'bad-hash',
    'bewit-expired', 'bewit-method', 'no-server-authorization',
}

# A client refuses without a status.
CLIENT_OPS = {'verify_response', 'verify_challenge'}


class Peer:
    """One program; `ask` hands it a batch and gives its answers in order."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hello = self.ask([{'op': 'hello'}])[0]
        self.version, self.ops = hello['version'], set(hello['ops'])

    def ask(self, cases):
        writer = threading.Thread(target=self._write, args=(cases,))
        writer.start()
        answers = [self._read(case) for case in cases]
        writer.join()
        return answers

    def _write(self, cases):
        for case in cases:
            self.process.stdin.write(json.dumps(case).encode() + b'\n')
        self.process.stdin.flush()

    def _read(self, case):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f'{self.name} ended at {json.dumps(case)}')
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        if self.process.wait(10) != 0:
            raise SystemExit(f'{self.name} ended with {self.process.returncode}')


def verdict(case, answer, statuses=True):
    """ok, error (nothing was made), refused, or the status of the refusal."""
    if answer.get('ok') is False:
        if case['op'] in CLIENT_OPS or not statuses:
            return 'refused'
        return str(answer.get('status'))
    return 'error' if 'error' in answer else 'ok'


def differences(case, reference, ours, peer):
    """The fields in which two answers differ, as (field, reference's value, our value)."""
    if reference.get('unsupported') or ours.get('unsupported'):
        raise SystemExit(f'{peer} or we do not support {json.dumps(case)}')
    statuses = peer == 'hawk'
    theirs, own = (verdict(case, answer, statuses) for answer in (reference, ours))
    if theirs != own:
        return [(VERDICT, theirs, own)]
    if own == 'ok':
        names = sorted((reference.keys() | ours.keys()) - ignored(peer))
    elif own in ('error', 'refused') or not statuses:
        names = []
    else:
        names = ['www']
        if {reference['error'], ours['error']} <= COMMON_CODES:
            names.append('error')
    values = [(name, reference.get(name), ours.get(name)) for name in names]
    return [value for value in values if value[1] != value[2]]


def ignored(peer):
    """mohawk writes the attributes in another order: its header is compared by being verified."""
    return {'header'} if peer == 'mohawk' else set()


def signature(case, difference, reference, ours):
    """Which kind of difference it is: a divergence explains only kinds that its probes show.

    Where we refuse for a reason of our own, it does not matter what else the other side finds.
    """
    field, theirs, own = difference
    if field == VERDICT:
        own = ours.get('error', own) if 'ok' in ours else own
        return f"{case['op']} {theirs if own in COMMON_CODES | {'ok'} else 'not'} {own}"
    if field == 'error':
        return f"{case['op']} {reference['error']} {ours['error']}"
    return f"{case['op']} {field}"
