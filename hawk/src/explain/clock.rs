use creance_sigv::{UnixTime, Window};

use super::Cause;

/// The latest time zone is 14 hours away from UTC.
const MAX_ZONE_MINUTES: u64 = 14 * 60;

/// Why a timestamp is outside the window; `None` where it is inside.
pub(super) fn cause(ts: UnixTime, now: UnixTime, window: Window) -> Option<Cause> {
    window.check(ts, now).err()?;
    if window.check(UnixTime::from_secs(ts.as_secs() / 1000), now).is_ok() {
        return Some(Cause::Milliseconds);
    }
    let seconds = ts.as_secs().abs_diff(now.as_secs());
    let ahead = ts > now;
    Some(match zone(seconds, window) {
        Some(minutes) => Cause::TimeZone { minutes, ahead },
        None => Cause::Clock { seconds, ahead },
    })
}

/// Local time taken for UTC is off by whole half hours, and by what the window is there for. Where
/// the window is wide, half a minute, or every time would be near some zone's.
fn zone(seconds: u64, window: Window) -> Option<u64> {
    let tolerance = window.past().max(window.future()).min(30);
    let minutes = seconds.saturating_add(tolerance) / 1800 * 30;
    let is_near = seconds.abs_diff(minutes * 60) <= tolerance;
    (is_near && (30..=MAX_ZONE_MINUTES).contains(&minutes)).then_some(minutes)
}
