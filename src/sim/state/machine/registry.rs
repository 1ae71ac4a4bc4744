//! The registry of a Windows host.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{HostError, code};

/// Limit of the keys and values of a host.
const MAX_ENTRIES: usize = 20_000;
/// Limit of a key with its path, in bytes.
const MAX_PATH: usize = 16_384;
/// Limit of the data of a value, in bytes of JSON.
const MAX_DATA: usize = 2 << 20;

/// The full names of the hives, with the other spellings that sensors accept.
const HIVES: [(&str, &[&str]); 3] = [
    ("HKEY_LOCAL_MACHINE", &["hkey_local_machine", "hklm", r"\registry\machine"]),
    ("HKEY_USERS", &["hkey_users", "hku", r"\registry\user"]),
    ("HKEY_CURRENT_USER", &["hkey_current_user", "hkcu"]),
];

/// The types of values that can be written.
const TYPES: [&str; 6] = ["REG_DWORD", "REG_QWORD", "REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_BINARY"];

/// All keys, by their full names in lower case.
#[derive(Debug, Default)]
pub(in crate::sim) struct Registry {
    keys: BTreeMap<String, RegistryKey>,
    entries: usize,
}

#[derive(Debug, Default)]
struct RegistryKey {
    name: String,
    values: Vec<StoredValue>,
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) struct StoredValue {
    pub(in crate::sim) name: String,
    /// `REG_SZ` and others.
    pub(in crate::sim) kind: String,
    /// A number, a text or a list of texts.
    pub(in crate::sim) data: Value,
}

/// Whether an existing value is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Replace {
    Existing,
    Never,
}

impl Registry {
    /// Returns the values of a key, and the names of the keys directly below it.
    pub(in crate::sim) fn enumerate(&self, key: &str) -> Result<(&[StoredValue], Vec<&str>), HostError> {
        let path = full_path(key)?;
        let found = self.keys.get(&path.to_lowercase()).ok_or(HostError(code::FILE_NOT_FOUND))?;
        let below = format!("{}\\", path.to_lowercase());
        let sub_keys = self
            .keys
            .range(below.clone()..)
            .take_while(|(path, _)| path.starts_with(&below))
            .filter(|(path, _)| !path[below.len()..].contains('\\'))
            .map(|(_, key)| key.name.as_str());
        Ok((&found.values, sub_keys.collect()))
    }

    /// Returns the value with a path of key and name.
    pub(in crate::sim) fn query(&self, value: &str) -> Result<&StoredValue, HostError> {
        let (key, name) = split_value(value)?;
        let key = self.keys.get(&key.to_lowercase());
        let found = key.and_then(|key| key.values.iter().find(|value| value.is_named(&name)));
        found.ok_or(HostError(code::FILE_NOT_FOUND))
    }

    /// Sets a value of an existing key. An existing value is replaced only if `overwrites`.
    pub(in crate::sim) fn set(&mut self, value: &str, new: StoredValue, overwrite: Replace) -> Result<(), HostError> {
        let (key, name) = split_value(value)?;
        if !new.is_valid() {
            return Err(HostError(code::INVALID_PARAMETER));
        }
        let is_full = self.entries >= MAX_ENTRIES;
        let key = self.keys.get_mut(&key.to_lowercase()).ok_or(HostError(code::FILE_NOT_FOUND))?;
        let new = StoredValue { name, ..new };
        match (key.values.iter_mut().find(|value| value.is_named(&new.name)), overwrite) {
            (Some(_), Replace::Never) => return Err(HostError(code::FILE_EXISTS)),
            (Some(old), Replace::Existing) => *old = StoredValue { name: old.name.clone(), ..new },
            (None, _) if is_full => return Err(HostError(code::DISK_FULL)),
            (None, _) => {
                key.values.push(new);
                self.entries += 1;
            }
        }
        Ok(())
    }

    /// Creates a key with those above it; one that exists stays.
    pub(in crate::sim) fn create_key(&mut self, key: &str) -> Result<(), HostError> {
        let path = full_path(key)?;
        let ends = path.match_indices('\\').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            if self.keys.contains_key(&path[..end].to_lowercase()) {
                continue;
            }
            if self.entries >= MAX_ENTRIES {
                return Err(HostError(code::DISK_FULL));
            }
            let name = path[..end].rsplit('\\').next().unwrap_or_default().to_owned();
            self.keys.insert(path[..end].to_lowercase(), RegistryKey { name, values: Vec::new() });
            self.entries += 1;
        }
        Ok(())
    }

    /// Deletes a key without sub keys, with its values.
    pub(in crate::sim) fn delete_key(&mut self, key: &str) -> Result<(), HostError> {
        let (_, sub_keys) = self.enumerate(key)?;
        let path = full_path(key)?;
        if !sub_keys.is_empty() || !path.contains('\\') {
            return Err(HostError(code::ACCESS_DENIED));
        }
        if let Some(key) = self.keys.remove(&path.to_lowercase()) {
            self.entries = self.entries.saturating_sub(1 + key.values.len());
        }
        Ok(())
    }

    /// Deletes a value.
    pub(in crate::sim) fn delete_value(&mut self, value: &str) -> Result<(), HostError> {
        self.query(value)?;
        let (key, name) = split_value(value)?;
        if let Some(key) = self.keys.get_mut(&key.to_lowercase()) {
            key.values.retain(|value| !value.is_named(&name));
            self.entries = self.entries.saturating_sub(1);
        }
        Ok(())
    }

    /// Adds a value of the world with its key.
    pub(super) fn add(&mut self, key: &str, name: &str, kind: &str, data: impl Into<Value>) {
        let value = StoredValue { name: name.into(), kind: kind.into(), data: data.into() };
        if self.create_key(key).is_ok() {
            // A value that is there already stays.
            let _ = self.set(&format!(r"{key}\{name}"), value, Replace::Never);
        }
    }
}

impl StoredValue {
    fn is_named(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }

    /// Whether the data is of the type that `kind` names.
    fn is_valid(&self) -> bool {
        let has_type = match self.kind.as_str() {
            "REG_DWORD" => self.data.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
            "REG_QWORD" => self.data.is_u64(),
            "REG_MULTI_SZ" => self.data.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            kind => TYPES.contains(&kind) && self.data.is_string(),
        };
        has_type && self.data.to_string().len() <= MAX_DATA
    }
}

/// Splits the path of a value into key and name.
fn split_value(value: &str) -> Result<(String, String), HostError> {
    let (key, name) = value.rsplit_once('\\').ok_or(HostError(code::INVALID_PARAMETER))?;
    Ok((full_path(key)?, name.to_owned()))
}

/// Returns a key with the full name of its hive.
fn full_path(key: &str) -> Result<String, HostError> {
    if key.len() > MAX_PATH || key.chars().any(|char| char == '\0') {
        return Err(HostError(code::INVALID_PARAMETER));
    }
    let key = key.trim().trim_end_matches('\\');
    let folded = key.to_lowercase();
    for (hive, spellings) in HIVES {
        for spelling in spellings {
            // Folding a character may change its length, but not in these names.
            if let Some(rest) = folded.strip_prefix(spelling)
                && (rest.is_empty() || rest.starts_with('\\'))
            {
                return Ok(format!("{hive}{}", key.get(spelling.len()..).unwrap_or_default()));
            }
        }
    }
    Err(HostError(code::INVALID_PARAMETER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(kind: &str, data: Value) -> StoredValue {
        StoredValue { name: String::new(), kind: kind.into(), data }
    }

    #[test]
    fn a_key_has_one_name_in_every_spelling() {
        let mut registry = Registry::default();
        registry.add(r"HKLM\Software\Acme", "Start", "REG_DWORD", 2);
        for key in [r"HKLM\SOFTWARE\acme", r"hkey_local_machine\software\ACME\", r"\registry\machine\software\acme"] {
            assert_eq!(registry.enumerate(key).unwrap().0.len(), 1, "{key}");
        }
        assert_eq!(registry.enumerate("HKLM").unwrap().1, ["Software"]);
        assert_eq!(registry.query(r"HKLM\software\acme\START").unwrap().data, 2);
        assert_eq!(registry.enumerate(r"HKXX\a").unwrap_err(), HostError(code::INVALID_PARAMETER));
        assert_eq!(registry.query("Start").unwrap_err(), HostError(code::INVALID_PARAMETER));
    }

    #[test]
    fn a_value_is_replaced_only_if_that_is_said_and_must_have_its_type() {
        let mut registry = Registry::default();
        registry.create_key(r"HKLM\a").unwrap();
        let mut set = |data, kind, overwrite| registry.set(r"HKLM\a\x", value(kind, data), overwrite);
        set(json!("one"), "REG_SZ", Replace::Never).unwrap();
        assert_eq!(set(json!("two"), "REG_SZ", Replace::Never), Err(HostError(code::FILE_EXISTS)));
        set(json!(["two"]), "REG_MULTI_SZ", Replace::Existing).unwrap();
        for (data, kind) in
            [(json!("x"), "REG_DWORD"), (json!(5_000_000_000_u64), "REG_DWORD"), (json!("x"), "REG_ODD")]
        {
            assert_eq!(set(data, kind, Replace::Existing), Err(HostError(code::INVALID_PARAMETER)), "{kind}");
        }
        assert_eq!(registry.query(r"HKLM\a\x").unwrap().data, json!(["two"]));
        registry.delete_value(r"HKLM\a\x").unwrap();
        assert_eq!(registry.delete_value(r"HKLM\a\x"), Err(HostError(code::FILE_NOT_FOUND)));
    }

    #[test]
    fn a_key_with_keys_below_it_cannot_be_deleted() {
        let mut registry = Registry::default();
        registry.create_key(r"HKLM\a\b").unwrap();
        assert_eq!(registry.delete_key(r"HKLM\a"), Err(HostError(code::ACCESS_DENIED)));
        registry.delete_key(r"HKLM\a\b").unwrap();
        registry.delete_key(r"HKLM\a").unwrap();
        assert_eq!(registry.delete_key("HKLM"), Err(HostError(code::ACCESS_DENIED)));
    }
}
