use crate::UnixTime;

/// What a store that keeps its memory in the process does about the process before it.
///
/// What that process accepted is forgotten, and messages of its last seconds are still fresh.
/// There is no default: only the caller knows whether anything was accepted before.
///
/// ```
/// use creance_sigv::replay::Restart;
/// use creance_sigv::{UnixTime, Window};
///
/// // The service starts at 1,000 s: nothing up to 1,000 s + 5 s is let through.
/// let restart = Restart::Barrier { started: UnixTime::from_secs(1_000) };
/// assert_eq!(restart.refuses_until(Window::new(60, 5)), Some(UnixTime::from_secs(1_005)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Refuses every timestamp up to and including `started` + [`Window::future`].
    ///
    /// A client whose clock is ahead may have had a message accepted just before the restart with
    /// a timestamp that far in the future. Honest clients in time are refused for one second more
    /// than [`Window::future`], so keep that small.
    ///
    /// [`Window::future`]: crate::Window::future
    Barrier {
        /// When this process started to accept, by the clock that judges the messages. Must not
        /// be earlier than any `now` that the process before it passed to its store: after a
        /// clock was set back in between, pass the later time.
        started: UnixTime,
    },
    /// Refuses nothing: what was accepted before the restart is accepted once more, as long as it
    /// is fresh.
    ///
    /// Right only where no process with these keys ran within the window, say because the keys
    /// are made at each start.
    DangerousNoBarrier,
}

impl Restart {
    /// A barrier that starts now, by the system's clock.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn barrier_now() -> Self {
        Self::Barrier { started: UnixTime::now() }
    }

    /// The last timestamp, in seconds since the epoch, that is refused under `window`; `None`
    /// without a barrier.
    #[must_use]
    pub const fn refuses_until(self, window: crate::Window) -> Option<UnixTime> {
        match self {
            Self::Barrier { started } => Some(started.saturating_add(window.future())),
            Self::DangerousNoBarrier => None,
        }
    }
}
