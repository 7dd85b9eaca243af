//! A rotation in every order in which four processes can go through it, without threads.
#![cfg(feature = "std")]

#[path = "common/rotation.rs"]
mod stages;

use std::collections::BTreeSet;

use creance_sigv::keyring::GrowingKeyring;
use stages::{STAGES, advance, entry, name, sign, verify};

/// How far each process has come: signers first.
type Stages = [usize; 4];

/// The states that follow: one process goes a stage further. `staged`: only where all have reached the
/// stage that it leaves.
fn following(from: Stages, staged: bool) -> Vec<Stages> {
    let last = from.into_iter().min().unwrap();
    let may_go = |process: &usize| {
        let at = from[*process];
        at < STAGES && (!staged || at == last)
    };
    let go = |process: usize| {
        let mut next = from;
        next[process] += 1;
        next
    };
    (0..4).filter(may_go).map(go).collect()
}

fn reachable(from: Stages, staged: bool) -> BTreeSet<Stages> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(stages) = open.pop() {
        open.extend(following(stages, staged).into_iter().filter(|next| found.insert(*next)));
    }
    found
}

/// What goes wrong with a message that is signed in one state and arrives in that or any later one.
struct Findings {
    cases: usize,
    refused: usize,
    retired_accepted: usize,
}

/// Looks at each message in each pair of states, in all orders in which the processes can change. A ring
/// depends on nothing but its own process's stage, so real rings of the five stages sign and verify.
fn check(staged: bool) -> Findings {
    let mut ring = GrowingKeyring::new();
    ring.insert(entry(0)).unwrap();
    let mut rings = vec![ring.clone()];
    for stage in 0..STAGES {
        advance(&mut ring, stage, 0).unwrap();
        rings.push(ring.clone());
    }
    let sent: Vec<_> = rings.iter().map(|ring| sign(ring, "id").expect("one signs")).collect();
    let verdicts: Vec<Vec<bool>> = sent
        .iter()
        .map(|(_, headers)| {
            let is_accepted = |ring| verify(ring, headers, |_| ()).is_ok();
            rings.iter().map(is_accepted).collect()
        })
        .collect();

    let mut findings = Findings { cases: 0, refused: 0, retired_accepted: 0 };
    for made in reachable([0; 4], staged) {
        for arrives in reachable(made, staged) {
            for (signer, verifier) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
                let by_old = sent[made[signer]].0 == name(0);
                let accepted = verdicts[made[signer]][arrives[verifier]];
                let is_retired = by_old && arrives[verifier] == STAGES;
                // The operator retires a key when nothing of it is under way: what comes then was
                // held back.
                let is_late = staged && by_old && arrives.contains(&STAGES);
                findings.cases += 1;
                findings.refused += usize::from(!accepted && !is_late);
                findings.retired_accepted += usize::from(accepted && is_retired);
            }
        }
    }
    findings
}

#[test]
fn in_every_order_of_changes_every_message_is_judged_rightly() {
    let Findings { cases, refused, retired_accepted } = check(true);
    // 1 + 4 * 15 states, and each with all that follow.
    assert_eq!(reachable([0; 4], true).len(), 61);
    assert!(cases > 5_000, "{cases}");
    assert_eq!((refused, retired_accepted), (0, 0));
}

/// Where the new key signs everywhere, the old one signs nowhere: otherwise it could never go.
#[test]
fn the_old_key_signs_nothing_after_the_second_stage() {
    let mut ring = GrowingKeyring::new();
    ring.insert(entry(0)).unwrap();
    let signers: Vec<String> = (0..STAGES)
        .map(|stage| {
            advance(&mut ring, stage, 0).unwrap();
            sign(&ring, "id").unwrap().0
        })
        .collect();
    assert_eq!(signers, ["key-0", "key-1", "key-1", "key-1"]);
}

/// The check sees what goes wrong where processes do not wait for each other.
#[test]
fn without_stages_messages_are_refused() {
    assert_eq!(reachable([0; 4], false).len(), 625);
    let Findings { refused, retired_accepted, .. } = check(false);
    assert!(refused > 0);
    assert_eq!(retired_accepted, 0);
}
