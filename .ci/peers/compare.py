"""Compares the conformance program with another implementation, case by case.

Random requests are signed by each side and verified by both, then tampered with in each of their
parts; the edges of the wire are tried one by one. Whatever differs has to be explained by an entry
of the list of divergences, and each entry has to differ still.
"""
import argparse
import collections
import json
import os
import random
import sys

import cases
import edges
import edges_more
import tampers
from divergences import Divergences
from peers import VERDICT, Peer, differences, verdict

SHOWN = int(os.environ.get("CREANCE_SHOWN") or 12)


class Comparison:
    def __init__(self, own, peer, divergences):
        self.own, self.peer, self.divergences = own, peer, divergences
        self.passed, self.failures = collections.Counter(), []

    def ask(self, family, batch, expected=None):
        """Both answer every case. `expected` is what our verdict is to be, for all or for each:
        ok, refused, or None for whatever the other's is. Gives (case, theirs, ours)."""
        answers = list(zip(batch, self.peer.ask(batch), self.own.ask(batch)))
        each = expected if isinstance(expected, list) else [expected] * len(batch)
        for (case, theirs, ours), wanted in zip(answers, each):
            problems = self._problems(case, theirs, ours, wanted)
            if problems:
                self.failures.append((family, case, theirs, ours, problems))
            else:
                self.passed[family] += 1
        return answers

    def agree(self, case, theirs, ours):
        return not differences(case, theirs, ours, self.peer.name)

    def _problems(self, case, theirs, ours, wanted):
        problems, explained = [], 0
        for one in differences(case, theirs, ours, self.peer.name):
            if self.divergences.explain(self.peer.name, case, one, theirs, ours):
                explained += one[0] == VERDICT
            else:
                problems.append(f'{one[0]}: {one[1]!r} there, {one[2]!r} here')
        accepted = verdict(case, ours) == 'ok'
        if wanted == 'ok' and not accepted and not explained:
            problems.append('refused here where it had to be accepted')
        if wanted == 'refused' and accepted:
            problems.append('accepted here where it had to be refused')
        return problems

    def total(self):
        return sum(self.passed.values()), len(self.failures)


class Families:
    """Generates the cases of each family and has them compared."""

    def __init__(self, comparison, rng, count):
        self.comparison, self.count = comparison, count
        self.peer = comparison.peer
        self.draw = cases.Draw(rng)

    def run(self):
        requests = [cases.dress(self.draw, cases.scenario(self.draw)) for _ in range(self.count)]
        self.headers(requests)
        self.responses(requests)
        self.bewits(requests)
        if 'message' in self.peer.ops:
            self.messages(requests)
        self.parts(requests[: self.count // 3])
        if self.peer.name == 'hawk':
            self.edges(requests)

    def signed(self, family, requests, case, value, verify):
        """Each side signs, both verify: what the peer signed and what we signed. Gives the pairs
        (request, verifying case) of ours that are accepted."""
        answers = self.comparison.ask(family, [case(made) for made in requests])
        accepted = []
        for side, index in (('they sign', 1), ('we sign', 2)):
            batch, expected, made_of = [], [], []
            for made, answer in zip(requests, answers):
                text = value(answer[index])
                if text is None:
                    continue
                batch.append(verify(made, answer[0], text))
                expected.append('ok' if self.comparison.agree(*answer) else None)
                made_of.append(made)
            verified = self.comparison.ask(f'{family}, {side}', batch, expected)
            if index == 2:
                accepted = [(made, one[0]) for made, one in zip(made_of, verified)
                            if one[2].get('ok') and self.comparison.agree(*one)]
        return accepted

    def tampered(self, family, accepted, tamper):
        """One or two tampered cases of each that was accepted."""
        batch = []
        for made, case in accepted:
            choices = [changed for _, changed in tamper(made, case)]
            batch += self.draw.rng.sample(choices, min(2, len(choices)))
        self.comparison.ask(f'{family}, tampered', batch, 'refused')

    def headers(self, requests):
        draw = self.draw
        accepted = self.signed(
            'header', requests, cases.header_case, lambda answer: answer.get('header'),
            lambda made, _, header: cases.verify_case(draw, made, header))
        if self.peer.name == 'hawk':
            raw = [cases.raw_case(case, made, draw) for made, case in accepted]
            self.comparison.ask('header, Host read', raw, 'ok')
        accepted = [pair for pair in accepted if 'id' in pair[1]]
        self.tampered('header', accepted,
                      lambda made, case: tampers.verify_tampers(draw, case, made['ts']))

    def responses(self, requests):
        draw = self.draw
        accepted = self.signed(
            'response', requests, lambda made: cases.response_case(draw, made),
            lambda answer: answer.get('header'),
            lambda _, case, header: cases.verify_response_case(draw, case, header))
        self.tampered('response', accepted, lambda _, case: tampers.response_tampers(draw, case))

    def bewits(self, requests):
        draw = self.draw

        def placed(made, case, bewit):
            resource = cases.place_bewit(draw, made['resource'], bewit)
            return cases.verify_bewit_case(draw, made, case['exp'], resource)

        accepted = self.signed('bewit', requests, lambda made: cases.bewit_case(draw, made),
                               lambda answer: answer.get('bewit'), placed)
        self.tampered('bewit', accepted,
                      lambda made, case: tampers.bewit_tampers(draw, case, made['ts']))

    def messages(self, requests):
        draw = self.draw
        accepted = self.signed(
            'message', requests, lambda made: cases.message_case(draw, made),
            lambda answer: answer if 'mac' in answer else None,
            lambda _, case, sent: cases.verify_message_case(draw, case, sent))
        self.tampered('message', accepted, lambda _, case: tampers.message_tampers(draw, case))

    def parts(self, requests):
        messages = 'message' in self.peer.ops
        batch = [case for made in requests for case in cases.part_cases(self.draw, made, messages)]
        self.comparison.ask('parts', batch)

    def edges(self, requests):
        for name, makers in (('header', edges.VERIFY), ('bewit', edges_more.VERIFY_BEWIT),
                             ('message', edges_more.VERIFY_MESSAGE), ('client', edges_more.CLIENT)):
            batch = [self.draw.pick(makers)(self.draw, made) for made in requests]
            self.comparison.ask(f'{name} edges', batch)


def report(comparison):
    peer = comparison.peer
    for family, passed in comparison.passed.items():
        failed = sum(one[0] == family for one in comparison.failures)
        print(f'  {family:28} {passed:6} passed {failed:4} failed')
    for family, case, theirs, ours, problems in comparison.failures[:SHOWN]:
        print(f'FAILED {family}: ' + '; '.join(problems))
        for name, value in (('case', case), (peer.name, theirs), ('creance', ours)):
            print(f'  {name:8} {json.dumps(value)[:1500]}')


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--own', required=True, help='the conformance program')
    arguments.add_argument('--divergences', required=True)
    arguments.add_argument('--peer', required=True, choices=['hawk', 'mohawk'])
    arguments.add_argument('command', nargs='+', help='how the peer is started')
    arguments = arguments.parse_args()

    seed = int(os.environ.get('CREANCE_SEED') or random.SystemRandom().randrange(2**32))
    count = int(os.environ.get('CREANCE_CASES') or 3000)
    own, peer = Peer('creance', [arguments.own]), Peer(arguments.peer, arguments.command)
    print(f'{peer.name} {peer.version}: CREANCE_SEED={seed} CREANCE_CASES={count}')

    divergences = Divergences(arguments.divergences)
    probes = divergences.probe(peer.name, peer, own)
    comparison = Comparison(own, peer, divergences)
    Families(comparison, random.Random(seed), count).run()
    report(comparison)
    print('differences explained, and probes that differ still:')
    for entry in (entry for entry in divergences.entries if entry['peer'] == peer.name):
        print(f"  {entry['id']:32} {divergences.counts[entry['id']]:6} {len(entry['probes']):3}")
    for failure in probes[:SHOWN]:
        print('FAILED probe ' + failure)
    for program in (own, peer):
        program.close()
    passed, failed = comparison.total()
    shown = sum(len(entry['probes']) for entry in divergences.entries if entry['peer'] == peer.name)
    print(f'{peer.name}: {passed + max(0, shown - len(probes))} passed, {failed + len(probes)} failed')
    return 1 if failed or probes else 0


if __name__ == '__main__':
    sys.exit(main())
