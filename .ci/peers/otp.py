"""Compares the conformance program with other implementations of one-time passwords and of what is
around them, case by case: codes, key URIs and Google Authenticator's export, both ways.

What is drawn lies on common ground, so nothing may differ. Where the others stand elsewhere on purpose
is in the list of divergences: each entry is asked again, and has to differ as it is recorded.
"""
import argparse
import collections
import json
import os
import random
import sys

import otp_codes
import otp_migration
import otp_uris
from oathtool import Oathtool
from peers import Peer

SHOWN = int(os.environ.get('CREANCE_SHOWN') or 12)


class Comparison:
    """Counts what agrees and keeps what does not."""

    def __init__(self, own, peer, divergences):
        self.own, self.peer, self.divergences = own, peer, divergences
        self.passed, self.failures = collections.Counter(), []
        self.explained = collections.Counter()

    def expect(self, family, case, expected, answer):
        """`answer`, as far as `expected` has fields of it."""
        wrong = {name: answer.get(name) for name in expected if answer.get(name) != expected[name]}
        if wrong:
            self.failures.append((family, case, expected, answer))
        else:
            self.passed[family] += 1
        return not wrong

    def agree(self, family, cases, names):
        """Both answer every case, and none of these fields differs. Gives the peer's answers."""
        theirs, ours = self.peer.ask(cases), self.own.ask(cases)
        for case, answer, other in zip(cases, theirs, ours):
            fields = {name: answer.get(name) for name in names if name in answer or name in other}
            self.expect(family, case, fields or {'fields of an answer': names}, other)
        return theirs

    def explain(self, name):
        """Counts a difference that an entry of the list, which is probed, gives the reason of."""
        if name not in [entry['id'] for entry in self.divergences]:
            raise SystemExit(f'no divergence is named {name}')
        self.explained[name] += 1

    def probe(self):
        for entry in self.divergences:
            cases = [probe['case'] for probe in entry['probes']]
            answers = zip(entry['probes'], self.peer.ask(cases), self.own.ask(cases))
            for probe, theirs, ours in answers:
                recorded = {'theirs': probe['reference'], 'ours': probe['ours'], 'differ': True}
                found = {'theirs': theirs, 'ours': ours, 'differ': theirs != ours}
                self.expect('divergences, probed', probe['case'], recorded, found)


FAMILIES = {
    'pyotp': [otp_codes.pyotp, otp_uris.uris],
    'oathtool': [otp_codes.oathtool],
    'protobuf': [otp_migration.messages],
}


def report(comparison, name):
    failed = collections.Counter(family for family, *_ in comparison.failures)
    for family in sorted(comparison.passed.keys() | failed.keys()):
        print(f'  {family:34} {comparison.passed[family]:6} passed {failed[family]:4} failed')
    for reason, count in comparison.explained.items():
        print(f'  explained by {reason:21} {count:6}')
    for family, case, expected, answer in comparison.failures[:SHOWN]:
        print(f'FAILED {family}')
        for what, value in (('case', case), (name, expected), ('creance', answer)):
            print(f'  {what:8} {json.dumps(value)[:1500]}')
    print(f'{name}: {comparison.passed.total()} passed, {len(comparison.failures)} failed')


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--own', required=True, help='the conformance program')
    arguments.add_argument('--divergences', required=True)
    arguments.add_argument('--peer', required=True, choices=sorted(FAMILIES))
    arguments.add_argument('command', nargs='+', help='how the peer is started')
    arguments = arguments.parse_args()

    seed = int(os.environ.get('CREANCE_SEED') or random.SystemRandom().randrange(2**32))
    count = int(os.environ.get('CREANCE_CASES') or 5000)
    own = Peer('creance', [arguments.own])
    peer = Oathtool(arguments.command) if arguments.peer == 'oathtool' \
        else Peer(arguments.peer, arguments.command)
    print(f'{arguments.peer} {peer.version}: CREANCE_SEED={seed} CREANCE_CASES={count}')

    with open(arguments.divergences, encoding='utf-8') as file:
        entries = json.load(file)['divergences']
    comparison = Comparison(own, peer, [one for one in entries if one['peer'] == arguments.peer])
    comparison.probe()
    for family in FAMILIES[arguments.peer]:
        family(comparison, random.Random(f'{seed} {family.__name__}'), count)
    report(comparison, arguments.peer)
    for program in (own, peer):
        program.close()
    return 1 if comparison.failures else 0


if __name__ == '__main__':
    sys.exit(main())
