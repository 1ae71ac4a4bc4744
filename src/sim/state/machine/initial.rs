//! The computer of a host as the world has it: its running processes, the files that processes ran and wrote, autoruns.

use std::collections::BTreeSet;

use serde_json::json;

use super::{FileContent, FileTree, Machine, Registry, RunningProcess};
use crate::sim::world::{Host, Os, Process, World, hash_text};

/// Commands that every sensor carries out.
const COMMANDS: [&str; 8] = [
    "delete file",
    "put file",
    "directory list",
    "get file",
    "kill",
    "create process",
    "process list",
    "create directory",
];
/// Further commands of a Windows sensor, without `memdump`, which sensors have from 5.1 on.
const WINDOWS_COMMANDS: [&str; 6] =
    ["reg delete key", "reg create key", "reg enum key", "reg query value", "reg delete value", "reg set value"];
const SERVICES: &str = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\services";
const RUN: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run";

/// Builds the computer of `host`.
pub(super) fn build_machine(world: &World, host: &Host) -> Machine {
    let has_shares = host.role == "server" && host.os == Os::Windows;
    let drives: &[&str] = match (host.os, has_shares) {
        (Os::Windows, true) => &[r"C:\", r"D:\"],
        (Os::Windows, false) => &[r"C:\"],
        (Os::Osx | Os::Linux, _) => &[],
    };
    let working_directory = match host.os {
        Os::Windows => r"C:\Windows\CarbonBlack",
        Os::Osx => "/Applications/CarbonBlack",
        Os::Linux => "/var/lib/cb",
    };
    let mut files = FileTree::new(host.os, working_directory);
    let at = world.now / 1_000 - 90 * 86_400;
    match host.os {
        Os::Windows => drives.iter().for_each(|drive| files.add_root(drive, at)),
        Os::Osx | Os::Linux => files.add_root("/", at),
    }
    let mut registry = Registry::default();
    add_system_files(&mut files, host, at);
    if host.os == Os::Windows {
        add_system_keys(&mut registry, host);
    }
    for process in world.processes_on_host(host.id) {
        if process.is_scenario() || !process.has_ended() {
            add_traces(process, &mut files, &mut registry);
        }
    }
    add_programs(world, host, &mut files);
    let commands = COMMANDS.into_iter().chain(WINDOWS_COMMANDS.into_iter().filter(|_| host.os == Os::Windows));
    Machine {
        os: host.os,
        processes: running_processes(world, host),
        files,
        registry,
        drives: drives.iter().map(|&drive| drive.to_owned()).collect(),
        working_directory: working_directory.to_owned(),
        commands: commands.chain((host.version.as_str() >= "005.001").then_some("memdump")).collect(),
    }
}

/// Returns the processes that run, the oldest first, each process number once.
fn running_processes(world: &World, host: &Host) -> Vec<RunningProcess> {
    let mut running: Vec<Process<'_>> =
        world.processes_on_host(host.id).filter(|process| !process.has_ended()).collect();
    // A process of a scenario is never hidden by another with its number.
    running.sort_by_key(|process| (!process.is_scenario(), process.start()));
    let mut pids = BTreeSet::new();
    running.retain(|process| pids.insert(process.pid()));
    running.sort_by_key(|process| (process.pid() > 4, process.start()));
    running.into_iter().map(RunningProcess::from_world).collect()
}

/// Adds what a process ran, wrote and registered.
fn add_traces(process: Process<'_>, files: &mut FileTree, registry: &mut Registry) {
    let host = process.host();
    let at = process.start() / 1_000;
    let written = process.written_binaries();
    for path in process.written_files() {
        let binary = written.iter().find(|binary| binary.paths.iter().any(|known| *known == *path));
        let content = match binary {
            Some(binary) => FileContent::Generated { seed: binary.content_seed(), os: binary.os, size: binary.size },
            None => document_content(&path),
        };
        files.add(&path, content, at);
    }
    let binary = process.binary();
    let program = FileContent::Generated { seed: binary.content_seed(), os: binary.os, size: binary.size };
    files.add(&process.path(), program, at);
    if host.os != Os::Windows {
        return;
    }
    let name = process.name().to_uppercase();
    let prefetch = format!(r"c:\windows\prefetch\{name}-{:08X}.pf", hash_text(&process.path()) & 0xffff_ffff);
    files.add(&prefetch, document_content(&prefetch), at);
    for path in process.registry_keys() {
        add_key_trace(process, &path, registry);
    }
}

/// Adds a changed registry value, with the data that it has by its place.
fn add_key_trace(process: Process<'_>, path: &str, registry: &mut Registry) {
    let Some((key, name)) = path.rsplit_once('\\') else {
        return;
    };
    let folded = key.to_lowercase();
    if folded.ends_with(r"\run") || folded.ends_with(r"\runonce") {
        registry.add(key, name, "REG_SZ", process.cmdline().into_owned());
    } else if folded.contains(r"\services\") && name == "imagepath" {
        registry.add(key, "ImagePath", "REG_EXPAND_SZ", process.path().into_owned());
        registry.add(key, "Start", "REG_DWORD", 2);
        registry.add(key, "Type", "REG_DWORD", 16);
        registry.add(key, "ErrorControl", "REG_DWORD", 1);
        registry.add(key, "ObjectName", "REG_SZ", "LocalSystem");
    } else {
        registry.add(key, name, "REG_BINARY", format!("{:016x}", hash_text(path)));
    }
}

/// Adds the programs and libraries that the server knows to be on the host.
fn add_programs(world: &World, host: &Host, files: &mut FileTree) {
    for index in world.binaries.indexes() {
        let binary = &world.binaries.entries[index];
        let is_here = binary.os == host.os && binary.hosts.contains(&host.id);
        if let Some(path) = binary.paths.first().filter(|_| is_here) {
            let seen = if binary.first_seen == i64::MAX { world.now } else { binary.first_seen };
            let content = FileContent::Generated { seed: binary.content_seed(), os: binary.os, size: binary.size };
            files.add(&path.replace("dpark", &host.account), content, seen / 1_000);
        }
    }
}

/// Adds the folders, documents and logs that every host has.
fn add_system_files(files: &mut FileTree, host: &Host, at: i64) {
    let account = &host.account;
    let (directories, texts): (Vec<String>, Vec<(String, String)>) = match host.os {
        Os::Windows => windows_files(host),
        Os::Osx => (
            vec![format!("/Users/{account}/Documents"), "/tmp".into(), "/Library/LaunchDaemons".into()],
            vec![
                ("/etc/hosts".into(), "127.0.0.1\tlocalhost\n".into()),
                (format!("/Users/{account}/.zsh_history"), "ls\nbrew update\n".into()),
                (format!("/Users/{account}/Library/LaunchAgents/com.corp.inventory.plist"), "<plist/>\n".into()),
                ("/var/log/system.log".into(), format!("kernel: {} booted\n", host.name)),
            ],
        ),
        Os::Linux => (
            vec![format!("/home/{account}"), "/tmp".into(), "/etc/cron.d".into()],
            vec![
                ("/etc/hosts".into(), "127.0.0.1 localhost\n".into()),
                (
                    "/etc/passwd".into(),
                    format!("root:x:0:0::/root:/bin/bash\n{account}:x:1000:1000::/home/{account}:\n"),
                ),
                (format!("/home/{account}/.bash_history"), "ls -la\nsudo systemctl status httpd\n".into()),
                ("/var/log/messages".into(), format!("kernel: {} booted\n", host.name)),
                ("/var/log/secure".into(), format!("sshd: session opened for user {account}\n")),
            ],
        ),
    };
    for directory in directories {
        files.add_directory(&directory, at);
    }
    for (path, text) in texts {
        files.add(&path, FileContent::Bytes(text.into_bytes().into()), at);
    }
    if host.os == Os::Windows {
        for path in [
            format!(r"C:\Users\{account}\NTUSER.DAT"),
            r"C:\Windows\System32\winevt\Logs\Security.evtx".into(),
            r"C:\Windows\System32\winevt\Logs\System.evtx".into(),
            r"C:\Windows\System32\winevt\Logs\Application.evtx".into(),
            r"C:\Windows\System32\config\SOFTWARE".into(),
        ] {
            files.add(&path, document_content(&path), at);
        }
    }
}

/// Returns the directories and text files of a Windows host.
fn windows_files(host: &Host) -> (Vec<String>, Vec<(String, String)>) {
    let home = format!(r"C:\Users\{}", host.account);
    let mut directories: Vec<String> =
        ["Desktop", "Documents", "Downloads", r"AppData\Local\Temp"].map(|name| format!(r"{home}\{name}")).into();
    directories
        .extend([r"C:\Windows\Temp", r"C:\Users\Public", r"C:\ProgramData", r"C:\Program Files"].map(Into::into));
    directories.push(format!(r"{home}\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup"));
    directories.push(r"C:\Windows\CarbonBlack\store".into());
    if host.role == "server" {
        directories.push(r"D:\shares\finance".into());
    }
    let texts = vec![
        (
            r"C:\Windows\System32\drivers\etc\hosts".into(),
            "# localhost name resolution\r\n127.0.0.1 localhost\r\n".into(),
        ),
        (format!(r"{home}\Desktop\desktop.ini"), "[.ShellClassInfo]\r\n".into()),
        (format!(r"{home}\Documents\quarterly figures.txt"), "Q1 is better than Q4.\r\n".into()),
        (r"C:\Windows\CarbonBlack\sensor.log".into(), format!("sensor {} started\r\n", host.version)),
        (r"C:\Windows\System32\Tasks\inventory".into(), "<Task version=\"1.2\"/>\r\n".into()),
    ];
    (directories, texts)
}

/// Adds the keys that every Windows host has.
fn add_system_keys(registry: &mut Registry, host: &Host) {
    let version = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    registry.add(version, "ProductName", "REG_SZ", host.system.as_str());
    registry.add(version, "RegisteredOwner", "REG_SZ", "Corp");
    registry.add(RUN, "SecurityHealth", "REG_EXPAND_SZ", r"%windir%\system32\SecurityHealthSystray.exe");
    let name = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName";
    registry.add(name, "ComputerName", "REG_SZ", host.name.as_str());
    let acpi = format!(r"{SERVICES}\ACPI");
    registry.add(&acpi, "Start", "REG_DWORD", 0);
    registry.add(&acpi, "Type", "REG_DWORD", 1);
    registry.add(&acpi, "ImagePath", "REG_EXPAND_SZ", r"system32\drivers\ACPI.sys");
    registry.add(&acpi, "DisplayName", "REG_SZ", "Microsoft ACPI Driver");
    // The keys below it are there even without values.
    let _ = registry.create_key(&format!(r"{acpi}\Parameters"));
    let _ = registry.create_key(&format!(r"{acpi}\Enum"));
    let carbon_black = format!(r"{SERVICES}\CarbonBlack");
    registry.add(&carbon_black, "Start", "REG_DWORD", 2);
    registry.add(&carbon_black, "ImagePath", "REG_EXPAND_SZ", r"C:\Windows\CarbonBlack\cb.exe");
    registry.add(&carbon_black, "DependOnService", "REG_MULTI_SZ", json!(["RpcSs", "Tcpip"]));
    for hive in ["HKEY_USERS", "HKEY_CURRENT_USER"] {
        let _ = registry.create_key(hive);
    }
}

/// Returns the content of a file that is no program: bytes that differ by its path.
fn document_content(path: &str) -> FileContent {
    let seed = hash_text(path);
    let header: &[u8] = match path.rsplit('.').next().unwrap_or_default() {
        "docm" | "docx" | "xlsx" | "zip" => b"PK\x03\x04",
        "7z" | "001" | "002" | "003" => b"7z\xbc\xaf\x27\x1c",
        "evtx" => b"ElfFile\0",
        "pf" => b"MAM\x04",
        _ => b"",
    };
    let mut bytes = header.to_vec();
    let length = 1_024 + usize::try_from(seed % 8_192).unwrap_or(0);
    bytes.extend(seed.to_le_bytes().iter().cycle().take(length));
    FileContent::Bytes(bytes.into())
}
