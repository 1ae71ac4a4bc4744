//! Tokens: read from where they are, never shown.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use secrecy::SecretString;

use super::Mistake;

/// Reads the token a file holds.
pub(super) fn from_file(file: &Path) -> Result<SecretString, Mistake> {
    let text = fs::read_to_string(file).map_err(|error| {
        Mistake::new(format!(
            "cannot read token_file {}: {error}",
            file.display()
        ))
    })?;
    checked(&text).map_err(|what| Mistake::new(format!("token_file {}: {what}", file.display())))
}

/// Runs a program and takes the first line it prints. It may ask on the terminal: only its output is caught.
pub(super) fn from_command(words: &[String]) -> Result<SecretString, Mistake> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| Mistake::new("token_command is empty"))?;
    let failed = |what: String| {
        Mistake::new(format!("token_command {program:?} {what}"))
            .hint("run it yourself and see whether it prints the token, and nothing before it")
    };
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("failed: {}", output.status)));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| failed("printed something that is not text".into()))?;
    checked(text.lines().next().unwrap_or_default())
        .map_err(|what| failed(format!("printed something else than a token: {what}")))
}

/// A token as it may stand in a request header. On failure: what is wrong, without quoting it.
pub(super) fn checked(text: &str) -> Result<SecretString, &'static str> {
    let token = text.trim();
    if token.is_empty() {
        return Err("it is empty");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it has blanks, line breaks or special characters in it");
    }
    Ok(SecretString::from(token))
}

/// A warning, when others than its owner can read a file that holds a secret.
pub(super) fn warn_if_readable(file: &Path) -> Option<String> {
    is_readable_by_others(file).then(|| {
        format!(
            "{} holds a token and others can read it (chmod 600 helps)",
            file.display()
        )
    })
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn the_first_line_of_a_program_is_the_token() {
        let token = from_command(&words(&["printf", "s3cret\\nuser: x\\n"])).unwrap();
        assert_eq!(token.expose_secret(), "s3cret");
    }

    #[test]
    fn no_shell_is_involved() {
        let token = from_command(&words(&["printf", "%s", "$HOME;id"])).unwrap();
        assert_eq!(token.expose_secret(), "$HOME;id");
    }

    #[test]
    fn a_failing_program_is_explained_without_what_it_printed() {
        for command in [
            words(&["false"]),
            words(&["/does/not/exist"]),
            words(&["printf", "two words"]),
            words(&["printf", ""]),
        ] {
            let mistake = from_command(&command).unwrap_err();
            assert!(mistake.message.contains(&command[0]), "{mistake}");
            assert!(!mistake.message.contains("words"), "{mistake}");
        }
    }

    #[test]
    fn a_token_has_no_blanks_in_it() {
        assert_eq!(checked(" abc\n").unwrap().expose_secret(), "abc");
        assert!(checked(" \n").is_err());
        assert!(checked("a\nb").is_err());
        assert!(checked("tökén").is_err());
    }
}
