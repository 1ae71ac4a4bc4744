//! Values of the registry of a Windows host.

use crate::model::Document;
use crate::text::Untrusted;

/// A named value of a registry key.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryValue {
    /// Empty for the default value of a key.
    pub name: Untrusted,
    pub kind: RegistryType,
    pub data: RegistryData,
    pub document: Document,
}

/// The type of a registry value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryType {
    Dword,
    Qword,
    Text,
    ExpandText,
    MultiText,
    Binary,
    /// Another name of the sensor.
    Other(Untrusted),
}

/// The data of a registry value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryData {
    Number(u64),
    Text(Untrusted),
    List(Vec<Untrusted>),
}

impl RegistryType {
    /// Parses the name of a type, such as `REG_SZ`.
    pub fn parse(word: &Untrusted) -> Self {
        match word.raw().trim().to_ascii_uppercase().as_str() {
            "REG_DWORD" => Self::Dword,
            "REG_QWORD" => Self::Qword,
            "REG_SZ" => Self::Text,
            "REG_EXPAND_SZ" => Self::ExpandText,
            "REG_MULTI_SZ" => Self::MultiText,
            "REG_BINARY" => Self::Binary,
            _ => Self::Other(word.clone()),
        }
    }

    /// Returns the name as Windows spells it.
    pub fn label(&self) -> Untrusted {
        match self {
            Self::Dword => "REG_DWORD".into(),
            Self::Qword => "REG_QWORD".into(),
            Self::Text => "REG_SZ".into(),
            Self::ExpandText => "REG_EXPAND_SZ".into(),
            Self::MultiText => "REG_MULTI_SZ".into(),
            Self::Binary => "REG_BINARY".into(),
            Self::Other(word) => word.clone(),
        }
    }
}

impl RegistryData {
    /// Describes the data on one line: a number in decimal and hex, the entries of a list separated by ` | `.
    pub fn describe(&self) -> Untrusted {
        match self {
            Self::Number(number) => format!("{number} ({number:#x})").into(),
            Self::Text(text) => text.clone(),
            Self::List(entries) => entries.iter().map(Untrusted::raw).collect::<Vec<_>>().join(" | ").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_the_name_that_windows_has() {
        for name in ["REG_DWORD", "REG_QWORD", "REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_BINARY", "REG_LINK"] {
            assert_eq!(RegistryType::parse(&name.into()).label().raw(), name);
        }
        assert_eq!(RegistryType::parse(&"reg_dword".into()), RegistryType::Dword);
    }

    #[test]
    fn data_is_described_on_one_line() {
        assert_eq!(RegistryData::Number(4).describe().raw(), "4 (0x4)");
        let list = RegistryData::List(vec!["a".into(), "b".into()]);
        assert_eq!(list.describe().raw(), "a | b");
    }
}
