//! Recipes of `lr collect`: what to read on a host.

use std::{fs, path::Path};

use serde::Deserialize;

use super::host_walk::WalkDepth;
use crate::commands::Failure;

/// The recipes of the product, by their names.
const BUILT_IN: [(&str, &str); 3] = [
    ("windows-triage", include_str!("../../../assets/recipes/windows-triage.toml")),
    ("linux-triage", include_str!("../../../assets/recipes/linux-triage.toml")),
    ("macos-triage", include_str!("../../../assets/recipes/macos-triage.toml")),
];

/// What to read on a host, in this order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    #[serde(default, rename = "item")]
    pub(super) items: Vec<RecipeItem>,
}

/// A reading of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipeItem {
    pub(super) kind: RecipeKind,
    /// A path or a registry key; parts of a path may have `*` and `?`. Empty for processes.
    #[serde(default)]
    pub(super) path: String,
    /// Whether what lies below is read too.
    #[serde(default)]
    pub(super) recurse: bool,
    /// Larger files are left, in bytes.
    pub(super) max_size: Option<u64>,
    /// The only system on which it is read.
    pub(super) os: Option<RecipeOs>,
}

/// The kinds of readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RecipeKind {
    Processes,
    /// The entries of a directory.
    List,
    Registry,
    /// The content of files.
    File,
}

/// The systems that recipes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RecipeOs {
    Windows,
    Macos,
    Linux,
}

impl Recipe {
    /// Returns the recipe of the product with a name, or reads one from a file.
    pub(super) fn load(name: &str) -> Result<Self, Failure> {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        let text = match built_in {
            Some(text) => text,
            None => fs::read_to_string(Path::new(name)).map_err(|error| {
                let names = BUILT_IN.map(|(known, _)| known).join(", ");
                Failure::usage(format!("cannot read the recipe {name}: {error}"))
                    .with_hint(format!("the recipes of lampblack are {names}; any other is a file"))
            })?,
        };
        Self::parse(&text).map_err(|why| Failure::usage(format!("the recipe {name} is not valid: {why}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let recipe: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        match recipe.items.iter().find(|item| item.path.is_empty() != (item.kind == RecipeKind::Processes)) {
            Some(item) => Err(format!("an item of kind {:?} has a wrong path", item.kind)),
            None if recipe.items.is_empty() => Err("it has no item".to_owned()),
            None => Ok(recipe),
        }
    }
}

impl RecipeItem {
    /// Returns what is read below its path.
    pub(super) fn depth(&self) -> WalkDepth {
        if self.recurse { WalkDepth::All } else { WalkDepth::Own }
    }

    /// Whether it is read on a system with this number (1 Windows, 2 macOS, 3 Linux).
    pub(super) fn is_for(&self, os_type: Option<i64>) -> bool {
        let number = self.os.map(|os| match os {
            RecipeOs::Windows => 1,
            RecipeOs::Macos => 2,
            RecipeOs::Linux => 3,
        });
        number.is_none_or(|number| os_type.is_none_or(|os_type| os_type == number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipes_of_the_product_are_valid_and_a_mistake_is_named() {
        for (name, text) in BUILT_IN {
            assert!(Recipe::parse(text).unwrap().items.len() > 5, "{name}");
        }
        for (text, why) in [
            ("", "it has no item"),
            ("[[item]]\nkind = \"file\"\n", "a wrong path"),
            ("[[item]]\nkind = \"processes\"\npath = \"x\"\n", "a wrong path"),
            ("[[item]]\nkind = \"memory\"\n", "memory"),
            ("[[item]]\nkind = \"list\"\npath = \"/tmp\"\ndeep = true\n", "deep"),
        ] {
            let error = Recipe::parse(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
