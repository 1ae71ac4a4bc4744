//! Protection of this process's memory, which contains the API token.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Prevents core dumps, and on Linux also that other programs of this user read the memory.
pub fn forbid_core_dumps() {
    let limit = Rlimit { current: Some(0), maximum: Some(0) };
    // A failure is ignored: the system may forbid it, and there is no screen yet to report it on.
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
