//! Interrupts of long calls: Ctrl-C takes effect within a second.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::error::Result;

/// Shortest time between two calls of `ask`, each of which attaches to the interpreter.
const PERIOD: Duration = Duration::from_millis(50);

/// Asks the caller from time to time whether to continue. It stays on the thread of the call, because Python delivers
/// signals only to the main thread.
pub struct Interrupt<'a> {
    ask: &'a dyn Fn() -> Result<()>,
    asked: Cell<Instant>,
}

impl<'a> Interrupt<'a> {
    /// Creates an interrupt that calls `ask`, whose error ends the call.
    pub fn new(ask: &'a dyn Fn() -> Result<()>) -> Self {
        Self {
            ask,
            asked: Cell::new(Instant::now()),
        }
    }

    /// Calls `ask`, unless it was called a moment ago.
    ///
    /// # Errors
    /// The error of `ask`: `Error::Interrupted`.
    pub fn check(&self) -> Result<()> {
        let now = Instant::now();
        if now.duration_since(self.asked.get()) < PERIOD {
            return Ok(());
        }
        self.asked.set(now);
        (self.ask)()
    }

    /// Sleeps for one period, then checks.
    pub fn sleep(&self) -> Result<()> {
        std::thread::sleep(PERIOD);
        self.check()
    }
}

/// Returns an interrupt that never comes, for callers without a user.
pub fn never() -> Interrupt<'static> {
    Interrupt::new(&|| Ok(()))
}
