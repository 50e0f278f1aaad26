//! Lets a long call be stopped: Ctrl-C is answered within a second.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::error::Result;

/// How often the question is really asked. Asking costs an attach to the interpreter.
const PERIOD: Duration = Duration::from_millis(50);

/// Asks the caller, now and then, whether to go on. It stays on the thread of the call: only Python's
/// main thread learns of signals.
pub struct Interrupt<'a> {
    ask: &'a dyn Fn() -> Result<()>,
    asked: Cell<Instant>,
}

impl<'a> Interrupt<'a> {
    /// One that asks `ask`, whose error ends the call.
    pub fn new(ask: &'a dyn Fn() -> Result<()>) -> Self {
        Self {
            ask,
            asked: Cell::new(Instant::now()),
        }
    }

    /// Asks, if it was not asked just now.
    ///
    /// # Errors
    /// What `ask` answers: `Error::Interrupted`.
    pub fn check(&self) -> Result<()> {
        let now = Instant::now();
        if now.duration_since(self.asked.get()) < PERIOD {
            return Ok(());
        }
        self.asked.set(now);
        (self.ask)()
    }

    /// Sleeps for one period, then asks.
    ///
    /// # Errors
    /// As `check`.
    pub fn sleep(&self) -> Result<()> {
        std::thread::sleep(PERIOD);
        self.check()
    }
}

/// An interrupt that never comes, for callers without a user.
#[must_use]
pub fn never() -> Interrupt<'static> {
    Interrupt::new(&|| Ok(()))
}
