//! What this process holds in memory stays there: the token is part of it.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Sees to it that no core dump is written, and that no other program of this user can read the memory.
pub fn forbid_core_dumps() {
    let limit = Rlimit { current: Some(0), maximum: Some(0) };
    // Where it is forbidden, the system has its own rules; there is nobody yet to tell.
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
