//! Parsing of a binary document (reference 2.5). Old servers have some of its texts only in fields named `…_facet`.

use super::{FromRecord, Record, hits};
use crate::model::{Binary, Endpoint, Signature, Version};

impl FromRecord for Binary {
    fn from_record(record: &Record) -> Option<Self> {
        let mut observed_paths = record.texts("observed_filename");
        if observed_paths.is_empty() {
            observed_paths = record.texts("observed_filename_facet");
        }
        Some(Self {
            md5: record.md5("md5")?,
            sha256: record.sha256("sha256"),
            version: version(record),
            observed_paths,
            size: record.count("orig_mod_len"),
            stored_size: record.count("copied_mod_len"),
            is_executable: record.flag("is_executable_image"),
            is_64bit: record.flag("is_64bit"),
            signature: signature(record),
            first_seen: record.time("server_added_timestamp"),
            last_seen: record.time("last_seen"),
            hosts: record.count("host_count"),
            endpoints: record.texts("endpoint").iter().map(Endpoint::from).collect(),
            groups: record.texts("group"),
            os: record.text("os_type"),
            watchlists: hits::watchlists(record),
            feeds: hits::feeds(record),
            document: record.document(),
        })
    }
}

fn version(record: &Record) -> Version {
    Version {
        original_filename: record.text_or("original_filename", "original_filename_facet"),
        internal_name: record.text_or("internal_name", "internal_name_facet"),
        description: record.text_or("file_desc", "file_desc_facet"),
        file_version: record.text_or("file_version", "file_version_facet"),
        product: record.text_or("product_name", "product_name_facet"),
        product_version: record.text_or("product_version", "product_version_facet"),
        product_description: record.text_or("product_desc", "product_desc_facet"),
        company: record.text_or("company_name", "company_name_facet"),
        copyright: record.text_or("legal_copyright", "legal_copyright_facet"),
        trademark: record.text_or("legal_trademark", "legal_trademark_facet"),
        private_build: record.text_or("private_build", "private_build_facet"),
        special_build: record.text_or("special_build", "special_build_facet"),
        comments: record.text_or("comments", "comments_facet"),
    }
}

/// Parses the members about the signature of a file.
pub(super) fn signature(record: &Record) -> Signature {
    // The code is an unsigned 32-bit number, or the signed number with its bits.
    let code = record.int("digsig_result_code");
    let code = code.and_then(|code| {
        let bits = u32::try_from(code).ok();
        bits.or_else(|| i32::try_from(code).ok().map(i32::cast_unsigned))
    });
    Signature {
        result: record.text_or("digsig_result", "signed"),
        code,
        publisher: record.text_or("digsig_publisher", "digsig_publisher_facet"),
        issuer: record.text_or("digsig_issuer", "digsig_issuer_facet"),
        subject: record.text_or("digsig_subject", "digsig_subject_facet"),
        program: record.text_or("digsig_prog_name", "digsig_prog_name_facet"),
        signed_at: record.time("digsig_sign_time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;
    use crate::wire;

    #[test]
    fn a_complete_document_is_parsed() {
        let json = include_str!("../../tests/goldens/get_binary_search.json");
        let page = wire::parse_page::<Binary>(json, Span { start: 0, rows: 2 }).unwrap();
        insta::assert_debug_snapshot!(page.rows[0]);
        assert_eq!(page.rows[1].signature.is_valid(), Some(false));
        assert_eq!(page.rows[1].feeds.len(), 1);
    }

    #[test]
    fn texts_of_an_old_document_come_from_its_facet_fields() {
        let json = r#"{"md5": "9E107D9D372BB6826BD81D3542A419D6", "product_name_facet": "Tool", "signed": "Signed",
            "observed_filename_facet": "c:\\temp\\out.exe", "host_count": "3"}"#;
        let binary: Binary = wire::parse_one(json).unwrap().unwrap();
        assert_eq!(binary.version.product.raw(), "Tool");
        assert_eq!(binary.observed_paths[0].raw(), r"c:\temp\out.exe");
        assert_eq!((binary.signature.is_valid(), binary.hosts), (Some(true), Some(3)));
    }

    #[test]
    fn a_result_code_may_have_a_sign() {
        for code in [r#""2148204800""#, "2148204800", "-2146762496"] {
            let json = format!(r#"{{"md5": "9E107D9D372BB6826BD81D3542A419D6", "digsig_result_code": {code}}}"#);
            let binary: Binary = wire::parse_one(&json).unwrap().unwrap();
            assert_eq!(binary.signature.code, Some(0x800b_0100), "{code}");
        }
    }

    #[test]
    fn a_document_without_a_hash_is_unreadable() {
        assert!(wire::parse_one::<Binary>(r#"{"md5": "", "product_name": "Tool"}"#).is_err());
    }
}
