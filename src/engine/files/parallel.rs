//! Parallel work by scoped threads that have ended when the call returns. The runner forks afterwards, so neither a
//! thread pool nor a thread that is still ending may remain.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Smallest number of items for which a second thread is worth its cost.
const WORTH_A_THREAD: usize = 32;

/// Number of items that a thread takes at a time.
const BATCH: usize = 8;

/// Largest number of threads; further ones would only wait for the disk.
const MOST_THREADS: usize = 8;

/// Longest sleep of the caller between two checks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(20);

/// Wakes the caller when a worker ends, whether it returned or panicked.
struct Ended<'a> {
    count: &'a AtomicUsize,
    caller: thread::Thread,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.count.fetch_add(1, Ordering::Release);
        self.caller.unpark();
    }
}

/// Lets a worker check whether it should stop.
pub struct Stop<'a> {
    flag: &'a AtomicBool,
    interrupt: Option<&'a Interrupt<'a>>,
}

impl Stop<'_> {
    /// Checks whether the work should stop.
    ///
    /// # Errors
    /// `Error::Interrupted` if the user or another worker's error has ended the work.
    pub fn check(&self) -> Result<()> {
        if self.flag.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        self.interrupt.map_or(Ok(()), Interrupt::check)
    }
}

/// Calls `work` for each item in parallel and returns the results in the order of the items. The buffer passed to
/// `work` belongs to its thread.
///
/// # Errors
/// The interrupt's error; otherwise the first error, in the order of the items processed.
pub fn map<T: Sync, R: Send>(
    items: &[T],
    interrupt: &Interrupt<'_>,
    work: impl Fn(&T, &mut Vec<u8>, &Stop<'_>) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_THREADS);
    map_with(
        items,
        if items.len() < WORTH_A_THREAD {
            1
        } else {
            threads
        },
        interrupt,
        work,
    )
}

/// As `map`, with the given number of threads, including the caller's.
pub fn map_with<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    interrupt: &Interrupt<'_>,
    work: impl Fn(&T, &mut Vec<u8>, &Stop<'_>) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    // A few large items are dealt out one by one.
    let batch = BATCH.min(items.len() / threads.max(1) / 2).max(1);
    let flag = AtomicBool::new(false);
    let ended = AtomicUsize::new(0);
    let take = |stop: &Stop<'_>| {
        let mut done = Vec::new();
        let mut buffer = Vec::new();
        loop {
            let start = next.fetch_add(batch, Ordering::Relaxed);
            let Some(rest) = items.get(start..) else {
                return done;
            };
            for (index, item) in (start..).zip(rest.iter().take(batch)) {
                let result = stop.check().and_then(|()| work(item, &mut buffer, stop));
                let failed = result.is_err();
                done.push((index, result));
                if failed {
                    flag.store(true, Ordering::Relaxed);
                    return done;
                }
            }
            if rest.len() <= batch {
                return done;
            }
        }
    };
    let mut done = thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 1..threads {
            let ended = Ended {
                count: &ended,
                caller: thread::current(),
            };
            let task = || {
                take(&Stop {
                    flag: &flag,
                    interrupt: None,
                })
            };
            let worker = thread::Builder::new().spawn_scoped(scope, move || {
                let _ended = ended;
                (task(), own_id())
            });
            // The limit on threads is reached (`ulimit -u`): the running ones do the work.
            match worker {
                Ok(worker) => workers.push(worker),
                Err(_) => break,
            }
        }
        let mut done = take(&Stop {
            flag: &flag,
            interrupt: Some(interrupt),
        });
        while ended.load(Ordering::Acquire) < workers.len() {
            thread::park_timeout(PATIENCE);
            if interrupt.check().is_err() && !flag.swap(true, Ordering::Relaxed) {
                done.push((0, Err(Error::Interrupted)));
            }
        }
        for worker in workers {
            match worker.join() {
                Ok((theirs, id)) => {
                    done.extend(theirs);
                    wait_until_gone(id);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    // `Interrupted` only repeats that another worker failed; that worker's error is the one to return.
    let is_reason =
        |result: &Result<R>| matches!(result, Err(error) if !matches!(error, Error::Interrupted));
    match done.iter().position(|(_, result)| is_reason(result)) {
        Some(position) => done.swap_remove(position).1.map(|_| Vec::new()),
        None => done.into_iter().map(|(_, result)| result).collect(),
    }
}

/// Runs `work`, which cannot check the interrupt itself, on another thread. Checks the interrupt meanwhile and calls
/// `stop` when it comes.
pub fn watched<R: Send>(
    interrupt: &Interrupt<'_>,
    stop: impl Fn(),
    work: impl FnOnce() -> R + Send,
) -> Result<R> {
    let ended = AtomicUsize::new(0);
    let work = Mutex::new(Some(work));
    let take = || work.lock().ok().and_then(|mut work| work.take());
    thread::scope(|scope| {
        let sign = Ended {
            count: &ended,
            caller: thread::current(),
        };
        let worker = thread::Builder::new().spawn_scoped(scope, || {
            let _sign = sign;
            (take().map(|work| work()), own_id())
        });
        let Ok(worker) = worker else {
            // The limit on threads is reached (`ulimit -u`): work here, without checking.
            return take().map(|work| work()).ok_or(Error::Interrupted);
        };
        let mut asked = Ok(());
        while ended.load(Ordering::Acquire) == 0 {
            thread::park_timeout(PATIENCE);
            if asked.is_ok() {
                asked = interrupt.check();
            }
            if asked.is_err() {
                stop();
            }
        }
        match worker.join() {
            Ok((result, id)) => {
                wait_until_gone(id);
                asked?;
                result.ok_or(Error::Interrupted)
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Returns the kernel's id of this thread.
#[cfg(target_os = "linux")]
fn own_id() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// Waits until a joined thread is gone from /proc, where Python's `os.fork` counts threads.
#[cfg(target_os = "linux")]
fn wait_until_gone(id: i32) {
    let task = format!("/proc/self/task/{id}");
    for _ in 0..1000 {
        if rustix::fs::access(task.as_str(), rustix::fs::Access::EXISTS).is_err() {
            return;
        }
        thread::yield_now();
    }
}

/// Does nothing: other systems do not list threads by id.
#[cfg(not(target_os = "linux"))]
fn own_id() {}

#[cfg(not(target_os = "linux"))]
fn wait_until_gone((): ()) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::foundation::interrupt::never;

    #[test]
    fn results_keep_the_order_of_the_items_for_any_number_of_threads() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in 1..6 {
            let doubled = map_with(&items, threads, &never(), |item, _, _| Ok(item * 2)).unwrap();
            assert_eq!(
                doubled,
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn the_first_error_ends_the_work_and_is_returned() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in 1..4 {
            let result = map_with(&items, threads, &never(), |item, _, _| {
                if *item == 500 {
                    Err(Error::Argument("five hundred".to_owned()))
                } else {
                    Ok(())
                }
            });
            assert_eq!(result.unwrap_err().to_string(), "five hundred");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_thread_remains_when_the_call_returns() {
        let mut seen = Vec::new();
        for _ in 0..200 {
            let ids = std::sync::Mutex::new(std::collections::BTreeSet::new());
            let items = [0; 64];
            map_with(&items, 4, &never(), |_, _, _| {
                ids.lock().unwrap().insert(own_id());
                Ok(())
            })
            .unwrap();
            let own = own_id();
            let left = |id: &i32| {
                *id != own && std::path::Path::new(&format!("/proc/self/task/{id}")).exists()
            };
            seen.extend(ids.into_inner().unwrap().into_iter().filter(left));
        }
        assert_eq!(seen, Vec::<i32>::new());
    }
}
