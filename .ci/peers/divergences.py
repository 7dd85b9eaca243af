"""The list of divergences, and which difference each of them explains.

An entry of the list explains a difference only where both hold: its rule (rules.py) recognises the
case, and its probes show a difference of that very kind (peers.signature).
"""
import json

import peers
from rules import RULES


class Divergences:
    """`judge` tells what differs, and of which kind that is."""

    def __init__(self, path, rules=None, judge=peers):
        self.rules, self.judge = RULES if rules is None else rules, judge
        with open(path, encoding='utf-8') as file:
            self.entries = json.load(file)['divergences']
        self.counts = {entry['id']: 0 for entry in self.entries}
        self.kinds = {}

    def probe(self, name, peer, own):
        """Runs each entry's probes; returns what is not as it is recorded."""
        failures = []
        for entry in (entry for entry in self.entries if entry['peer'] == name):
            cases = [probe['case'] for probe in entry['probes']]
            answers = zip(peer.ask(cases), own.ask(cases))
            for probe, (reference, ours) in zip(entry['probes'], answers):
                failures += self._judge(entry, probe, reference, ours)
        return failures

    def _judge(self, entry, probe, reference, ours):
        case = probe['case']
        for what, recorded, answer in (('reference', probe['reference'], reference),
                                       ('ours', probe['ours'], ours)):
            if recorded != answer:
                yield f"{entry['id']}: {what} answers {json.dumps(answer)} to {json.dumps(case)}"
        found = self.judge.differences(case, reference, ours, entry['peer'])
        if not found:
            yield f"{entry['id']}: no difference any more in {json.dumps(case)}"
        kinds = self.kinds.setdefault(entry['id'], set())
        kinds.update(self.judge.signature(case, one, reference, ours) for one in found)

    def explain(self, name, case, difference, reference, ours):
        """The entry that a difference falls under, or None."""
        kind = self.judge.signature(case, difference, reference, ours)
        for entry in self.entries:
            known = self.kinds.get(entry['id'], ())
            if entry['peer'] == name and kind in known \
                    and self.rules[entry['id']](case, reference, ours):
                self.counts[entry['id']] += 1
                return entry['id']
        return None
