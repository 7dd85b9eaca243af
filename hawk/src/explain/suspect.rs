use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use creance_sigv::Key;

use super::Cause;
use super::draft::Draft;

/// A mistake that a client may have made.
pub(super) struct Suspect {
    pub(super) cause: Cause,
    pub(super) change: Change,
}

/// What the mistake makes different from what the server expects.
pub(super) enum Change {
    Host(String),
    Port(u16),
    Authority(String, u16),
    Method(String),
    Resource(String),
    Ts(String),
    NoHash,
    NoExt,
    NoApp,
    NoDlg,
    Key(Box<Key>),
    Mac(String),
}

/// A supposition: this was signed with that key, and sent as that MAC.
#[derive(Clone)]
pub(super) struct Trial<'t> {
    pub(super) draft: Draft<'t>,
    pub(super) key: &'t Key,
    pub(super) mac: &'t str,
}

/// The causes under which the MAC is right, and what was signed then.
pub(super) struct Explanation<'t> {
    pub(super) causes: Vec<Cause>,
    pub(super) trial: Trial<'t>,
}

impl<'t> Trial<'t> {
    /// The fewest suspects that make the MAC right: none, one, or two; the earlier ones first.
    pub(super) fn explain(&self, suspects: &'t [Suspect]) -> Option<Explanation<'t>> {
        if self.agrees() {
            return Some(Explanation { causes: Vec::new(), trial: self.clone() });
        }
        self.explain_by_one(suspects).or_else(|| {
            let mut firsts = suspects.iter().enumerate();
            firsts.find_map(|(index, first)| {
                let mut found = self.with(first).explain_by_one(suspects.get(index + 1..)?)?;
                found.causes.insert(0, first.cause.clone());
                Some(found)
            })
        })
    }

    fn explain_by_one(&self, suspects: &'t [Suspect]) -> Option<Explanation<'t>> {
        suspects.iter().find_map(|suspect| {
            let trial = self.with(suspect);
            trial.agrees().then(|| Explanation { causes: vec![suspect.cause.clone()], trial })
        })
    }

    fn agrees(&self) -> bool {
        self.draft.agrees(self.key, self.mac)
    }

    fn with(&self, suspect: &'t Suspect) -> Self {
        let mut trial = self.clone();
        let draft = &mut trial.draft;
        match &suspect.change {
            Change::Host(host) => draft.host = host.into(),
            Change::Port(port) => draft.port = *port,
            Change::Authority(host, port) => (draft.host, draft.port) = (host.into(), *port),
            Change::Method(method) => draft.method = method.into(),
            Change::Resource(resource) => draft.resource = resource.into(),
            Change::Ts(ts) => draft.ts = ts.into(),
            Change::NoHash => draft.hash = "",
            Change::NoExt => draft.ext = "",
            Change::NoApp => (draft.app, draft.dlg) = (None, None),
            Change::NoDlg => draft.dlg = None,
            Change::Key(key) => trial.key = key,
            Change::Mac(mac) => trial.mac = mac,
        }
        trial
    }
}
