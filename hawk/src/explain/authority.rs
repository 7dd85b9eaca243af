use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Cause;
use super::draft::Draft;
use super::suspect::{Change, Suspect};
use crate::{Authority, Request};

/// The ports that a client takes where it is not told one, and those that a server behind a proxy
/// listens on.
const PORTS: [u16; 7] = [80, 443, 8080, 8443, 8000, 3000, 5000];

/// The host and port of another name, of another layer, or written in another way.
pub(super) fn suspects(
    ours: &Draft<'_>,
    request: &Request<'_>,
    others: &[Authority],
) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    for signed in PORTS.into_iter().chain(others.iter().map(Authority::port)) {
        if signed != ours.port {
            let cause = Cause::Port { signed, verified: ours.port };
            suspects.push(Suspect { cause, change: Change::Port(signed) });
        }
    }
    for other in others {
        push_host(&mut suspects, ours, other.host().to_string(), |signed| Cause::Host { signed });
    }
    for other in others {
        let change = Change::Authority(other.host().to_string(), other.port());
        suspects.push(Suspect { cause: Cause::Authority { signed: other.to_string() }, change });
    }
    push_host(&mut suspects, ours, other_dot(&ours.host), |_| Cause::TrailingDot);
    push_host(&mut suspects, ours, request.host().to_string(), |_| Cause::HostCase);
    push_host(&mut suspects, ours, other_brackets(&ours.host), |_| Cause::HostBrackets);
    let with_port = format!("{}:{}", ours.host, ours.port);
    push_host(&mut suspects, ours, with_port, |_| Cause::HostWithPort);
    suspects
}

fn push_host(
    suspects: &mut Vec<Suspect>,
    ours: &Draft<'_>,
    host: String,
    cause: impl Fn(String) -> Cause,
) {
    if host != ours.host {
        suspects.push(Suspect { cause: cause(host.clone()), change: Change::Host(host) });
    }
}

fn other_dot(host: &str) -> String {
    host.strip_suffix('.').map_or_else(|| format!("{host}."), ToString::to_string)
}

/// An address of IPv6 without its brackets; other hosts have none.
fn other_brackets(host: &str) -> String {
    host.trim_matches(['[', ']']).to_string()
}
