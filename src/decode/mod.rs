//! Decodes what a command line hides: texts in base64, compressed data, character codes, padding and variables.
//!
//! Everything is computed from the text alone; nothing is executed. Attackers write these texts, so that size, number
//! and depth of the layers are limited.

mod blob;
mod codes;
mod padding;
mod scan;
mod variables;

/// Limit of the text that is searched, in bytes: a Windows command line has at most 32,767 characters.
const MAX_INPUT: usize = 64 * 1024;

/// Limit of all decoded text, in bytes.
const MAX_OUTPUT: usize = 256 * 1024;

/// Limit of the number of layers.
const MAX_LAYERS: usize = 16;

/// How a text was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Base64 of UTF-16LE, as PowerShell's `-EncodedCommand` takes it.
    Base64Utf16,
    /// Base64 of UTF-8.
    Base64,
    /// Base64 of data that gzip, zlib or deflate has compressed.
    Base64Compressed,
    /// Numbers that stand for characters, such as `[char]105` or `Chr(105)`.
    CharacterCodes,
    /// Characters without an effect: carets, quotes, backticks, and strings in parts.
    Padding,
    /// Variables that the text sets, or that have one value on nearly every Windows host.
    Variables,
}

impl Encoding {
    /// Returns the name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base64Utf16 => "base64 of UTF-16",
            Self::Base64 => "base64",
            Self::Base64Compressed => "base64 of compressed text",
            Self::CharacterCodes => "character codes",
            Self::Padding => "padding removed",
            Self::Variables => "variables replaced",
        }
    }
}

/// A text that was hidden in the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub encoding: Encoding,
    /// The number of layers that it was hidden in; 0 in the command line itself.
    pub depth: usize,
    /// The decoded text as its author wrote it. It is no safer than a text of the server.
    pub text: String,
}

/// What a command line hides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The layers, each after the one that it was hidden in.
    pub layers: Vec<Layer>,
    /// Whether there is more than the limits allow.
    pub is_cut: bool,
}

/// Decodes a command line. There are no layers if it hides nothing, or hides it in another way than those of
/// [`Encoding`].
pub fn decode(command_line: &str) -> Decoded {
    let mut search = LayerSearch { decoded: Decoded::default(), n_left: MAX_OUTPUT };
    search.descend(command_line, 0);
    search.decoded
}

struct LayerSearch {
    decoded: Decoded,
    /// Bytes that may still be decoded.
    n_left: usize,
}

impl LayerSearch {
    /// Adds the layers of `text`. The recursion is as deep as there are layers at most.
    fn descend(&mut self, text: &str, depth: usize) {
        let searched = scan::prefix(text, MAX_INPUT);
        self.decoded.is_cut |= searched.len() < text.len();
        for (encoding, text) in self.find_layers(searched) {
            if self.decoded.layers.len() >= MAX_LAYERS || text.len() > self.n_left {
                self.decoded.is_cut = true;
                return;
            }
            self.n_left -= text.len();
            self.decoded.layers.push(Layer { encoding, depth, text: text.clone() });
            self.descend(&text, depth + 1);
        }
    }

    /// Returns what is hidden in `text` itself. What rewrites the text comes first: the rest is found in its result.
    fn find_layers(&mut self, text: &str) -> Vec<(Encoding, String)> {
        let rewrites = [
            (Encoding::Padding, padding::remove as fn(&str) -> Option<String>),
            (Encoding::Variables, variables::replace),
            (Encoding::CharacterCodes, codes::replace),
        ];
        for (encoding, rewrite) in rewrites {
            if let Some(text) = rewrite(text).filter(|rewritten| rewritten != text) {
                return vec![(encoding, text)];
            }
        }
        let blobs = blob::find(text);
        let n_left = self.n_left / blobs.len().max(1);
        let decoded = blobs.iter().filter_map(|found| {
            let data = blob::decode(found, text, n_left)?;
            self.decoded.is_cut |= data.is_cut;
            Some((data.encoding, data.text))
        });
        decoded.collect()
    }
}

#[cfg(test)]
mod tests;
