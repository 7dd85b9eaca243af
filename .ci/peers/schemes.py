"""Compares the conformance program with other implementations of signature schemes, case by case.

Each side signs random messages and both verify, where the other side can; then tampered with in each
part, and at the edges of the wire. Whatever differs has to be explained by an entry of the list of
divergences, and each entry has to differ still.
"""
import argparse
import collections
import json
import os
import random
import sys

import cases
import scheme_house
import scheme_judge
import scheme_oauth1
import scheme_rfc9421
import scheme_sigv4
import scheme_twilio
import scheme_webhooks
from divergences import Divergences
from peers import Peer
from scheme_judge import VERDICT, differences, verdict
from scheme_rules import RULES

SHOWN = int(os.environ.get('CREANCE_SHOWN') or 12)

FAMILIES = {
    'stripe': [scheme_webhooks.Stripe()],
    'standardwebhooks': [scheme_webhooks.Standard('standard', 'webhook')],
    'svix': [scheme_webhooks.Standard('svix', 'svix')],
    'octokit': [scheme_webhooks.Github()],
    'twilio': [scheme_twilio.Twilio()],
    'botocore': [scheme_sigv4.Sigv4(), scheme_sigv4.Presigned()],
    'hmac': scheme_house.FAMILIES,
    'http-message-signatures': [scheme_rfc9421.Rfc9421()],
    'oauthlib': [scheme_oauth1.Oauth1()],
    'slack_sdk': [scheme_webhooks.Slack()],
}


class Comparison:
    def __init__(self, own, peer, divergences):
        self.own, self.peer, self.divergences = own, peer, divergences
        self.passed, self.failures = collections.Counter(), []

    def ask(self, family, batch, expected=None):
        """Both answer every case. `expected` is what our verdict is to be: ok, refused, or None for
        whatever the other's is. Gives (case, theirs, ours)."""
        answers = list(zip(batch, self.peer.ask(batch), self.own.ask(batch)))
        for case, theirs, ours in answers:
            self.judge(family, case, theirs, ours, expected)
        return answers

    def judge(self, family, case, theirs, ours, expected):
        problems, explained = [], False
        for one in differences(case, theirs, ours, self.peer.name):
            if self.divergences.explain(self.peer.name, case, one, theirs, ours):
                explained = explained or one[0] == VERDICT
            else:
                problems.append(f'{one[0]}: {one[1]!r} there, {one[2]!r} here')
        accepted = verdict(ours) == 'ok'
        if expected == 'ok' and not accepted and not explained:
            problems.append('refused here where it had to be accepted')
        if expected == 'refused' and accepted:
            problems.append('accepted here where it had to be refused')
        if problems:
            self.failures.append((family, case, theirs, ours, problems))
        else:
            self.passed[family] += 1

    def total(self):
        return sum(self.passed.values()), len(self.failures)


def run(comparison, family, draw, count):
    name, own, peer = family.name, comparison.own, comparison.peer
    drawn = [family.drawn(draw) for _ in range(count)]
    answers = comparison.ask(f'{name}, sign', [family.sign_case(made) for made in drawn])
    accepted = []
    for side, index in (('they sign', 1), ('we sign', 2)):
        batch = [(made, family.verify_case(draw, made, answer[index]))
                 for made, answer in zip(drawn, answers) if verdict(answer[index]) == 'ok']
        verified = comparison.ask(f'{name}, {side}', [case for _, case in batch], 'ok')
        accepted += [(made, one[0]) for (made, _), one in zip(batch, verified)
                     if one[2].get('ok') and not differences(*one, peer.name)]
    tampered, alone = [], []
    for made, case in draw.rng.sample(accepted, min(count, len(accepted))):
        choices = family.tampers(draw, made, case)
        tampered += draw.rng.sample(choices, min(2, len(choices)))
        alone += family.own_tampers(draw, made, case)
    comparison.ask(f'{name}, tampered', tampered, 'refused')
    alone = draw.rng.sample(alone, min(2 * count, len(alone)))
    for case, ours in zip(alone, own.ask(alone)):
        comparison.judge(f'{name}, tampered, ours', case, ours, ours, 'refused')
    comparison.ask(f'{name}, edges', [family.edge(draw, made) for made in drawn])


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
    arguments.add_argument('--peer', required=True, choices=sorted(FAMILIES))
    arguments.add_argument('command', nargs='+', help='how the peer is started')
    arguments = arguments.parse_args()

    seed = int(os.environ.get('CREANCE_SEED') or random.SystemRandom().randrange(2**32))
    count = int(os.environ.get('CREANCE_CASES') or 2000)
    own, peer = Peer('creance', [arguments.own]), Peer(arguments.peer, arguments.command)
    print(f'{peer.name} {peer.version}: CREANCE_SEED={seed} CREANCE_CASES={count}')

    divergences = Divergences(arguments.divergences, RULES, scheme_judge)
    probes = divergences.probe(peer.name, peer, own)
    comparison = Comparison(own, peer, divergences)
    families = FAMILIES[peer.name]
    for family in families:
        # Where there are many, they share.
        each = count // 4 if len(families) > 4 else count
        run(comparison, family, cases.Draw(random.Random(f'{seed} {family.name}')), each)
    report(comparison)
    entries = [entry for entry in divergences.entries if entry['peer'] == peer.name]
    print('differences explained, and probes that differ still:')
    for entry in entries:
        print(f"  {entry['id']:32} {divergences.counts[entry['id']]:6} {len(entry['probes']):3}")
    for failure in probes[:SHOWN]:
        print('FAILED probe ' + failure)
    for program in (own, peer):
        program.close()
    passed, failed = comparison.total()
    shown = sum(len(entry['probes']) for entry in entries)
    print(f'{peer.name}: {passed + max(0, shown - len(probes))} passed, {failed + len(probes)} failed')
    return 1 if failed or probes else 0


if __name__ == '__main__':
    sys.exit(main())
