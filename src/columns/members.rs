//! The members that records may have on some servers, so that a name for `--fields` does not depend on the rows at hand.
//!
//! Each list has the names of one kind separated by blanks (API reference, chapter 2); one that ends in `*` stands for
//! all names with that beginning.

/// Members of processes (API reference 2.2 and 2.3).
pub const PROCESS: &str = "\
    id segment_id unique_id process_name path cmdline process_md5 process_sha256 process_pid username uid start \
    last_update last_server_update min_last_update max_last_update min_last_server_update max_last_server_update \
    ref_segment_id terminated parent_id parent_unique_id parent_name parent_pid parent_md5 hostname sensor_id group \
    host_type os_type comms_ip interface_ip modload_count filemod_count regmod_count netconn_count childproc_count \
    crossproc_count processblock_count emet_count fileless_scriptload_count emet_config filtering_known_dlls \
    logon_type watchlists child_proc_type is_suppressed alliance_score_* alliance_data_* alliance_link_* \
    alliance_updated_* _version_";

/// Members of binaries (API reference 2.5).
pub const BINARY: &str = "\
    md5 sha256 original_filename internal_name file_desc file_version product_name product_version product_desc \
    company_name legal_copyright legal_trademark private_build special_build comments observed_filename orig_mod_len \
    copied_mod_len is_executable_image is_64bit digsig_result signed digsig_result_code digsig_publisher digsig_issuer \
    digsig_subject digsig_prog_name digsig_sign_time server_added_timestamp timestamp last_seen host_count endpoint \
    group os_type watchlists alliance_score_* alliance_data_* alliance_link_* alliance_updated_* cb_version \
    event_partition_id facet_id icon _version_";

/// Members of alerts (API reference 2.13).
pub const ALERT: &str = "\
    unique_id alert_type status created_time resolved_time assigned_to alert_severity report_score feed_rating \
    sensor_criticality ioc_confidence feed_id feed_name watchlist_id watchlist_name ioc_type ioc_value ioc_attr \
    description link report_ignored hostname group os_type sensor_id comms_ip interface_ip process_id \
    process_unique_id segment_id process_name process_path username md5 sha256 modload_count filemod_count \
    regmod_count netconn_count childproc_count crossproc_count observed_filename observed_filename_total_count \
    observed_hosts other_hostnames total_hosts host_count digsig_result _version_";

/// Members of sensors (API reference 2.6).
pub const SENSOR: &str = "\
    id computer_name computer_dns_name computer_sid status os_environment_display_string os_environment_id os_type \
    build_id build_version_string group_id network_adapters last_checkin_time next_checkin_time registration_time \
    last_update network_isolation_enabled is_isolating supports_isolation supports_cblr supports_2nd_gen_modloads \
    uninstall uninstalled restart_queued event_log_flush_time notes sensor_health_status sensor_health_message \
    sensor_uptime uptime physical_memory_size systemvolume_total_size systemvolume_free_size num_eventlog_bytes \
    num_storefiles_bytes clock_delta boot_id parity_host_id power_state node_id shard_id cookie display \
    license_expiration emet_version emet_telemetry_path emet_dump_flags emet_exploit_action emet_report_setting \
    emet_process_count emet_is_gpo";

/// Members of sensor groups (API reference 2.7).
pub const GROUP: &str = "\
    id name site_id sensorbackend_server sensor_exe_name address_resolution_hint team_access alert_criticality \
    tamper_level process_filter_level sensor_version sensor_version_* datastore_server max_licenses banning_enabled \
    collect_* filter_known_dlls vdi_enabled quota_eventlog_* quota_storefile_* server_cert_id number_of_hosts \
    isolation_exclusions event_exclusions";

/// Members of users (API reference 2.8), without their credentials.
pub const USER: &str = "id username first_name last_name email global_admin teams";

/// Members of banned hashes (API reference 2.9).
pub const BAN: &str = "\
    md5hash text enabled username user_id timestamp block_count last_block_time last_block_sensor_id \
    last_block_hostname audit";

/// Members of watchlists (API reference 2.10).
pub const WATCHLIST: &str = "\
    id name description search_query index_type enabled readonly date_added last_hit last_hit_count total_hits \
    total_tags search_timestamp group_id alliance_id from_alliance";

/// Members of feeds (API reference 2.11), without their credentials.
pub const FEED: &str = "\
    id name display_name summary tech_data provider_url feed_url enabled manually_added category provider_rating \
    local_rating order icon icon_small use_proxy validate_server_cert requires requires_who requires_what";

/// Members of threat reports (API reference 2.12 and 3.5).
pub const REPORT: &str = "\
    id feed_id feed_name title description link timestamp create_time update_time score severity_score is_ignored \
    is_deleted has_query iocs report_id feed_category domain ipaddr md5 tags";

/// Members of ingress filters (API reference 2.16).
pub const INGRESS_FILTER: &str = "\
    id name description enabled priority version internal os_mask global group_ids sensor_ids path_filters \
    cmdline_filters md5_filters descendant_filtering_level filter_all_events regmod_filters modload_filters \
    filemod_filters non_binary_filemod_filters netconn_filters crossproc_filters filter_on_sensor filter_on_server \
    track_metrics hit_rate create_timestamp modify_timestamp create_user_id modify_user_id";

/// Members of Live Response sessions (API reference 2.17).
pub const LIVE_SESSION: &str = "\
    id sensor_id status hostname address create_time check_in_timeout session_timeout sensor_wait_timeout storage_ttl \
    storage_size os_version drives current_working_directory supported_commands";

/// Returns `path`, such as `watchlists.wid`, with the name of its member as the server spells it, if `list` has that
/// name in any case.
pub fn find_member(list: &str, path: &str) -> Option<String> {
    let (name, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
    let name = name.to_ascii_lowercase();
    let mut members = list.split_whitespace();
    let is_member = members.any(|member| match member.strip_suffix('*') {
        Some(beginning) => name.len() > beginning.len() && name.starts_with(beginning),
        None => member == name,
    });
    is_member.then(|| name + rest)
}

/// Returns the names of `list` that stand for themselves.
pub fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split_whitespace().filter(|name| !name.ends_with('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_name_the_beginning_of_its_path_or_its_prefix() {
        for name in ["watchlists", "watchlists.wid", "alliance_score_srstrust", "alliance_data_x.0"] {
            assert_eq!(find_member(PROCESS, name).as_deref(), Some(name));
        }
        assert_eq!(find_member(PROCESS, "Process_SHA256").as_deref(), Some("process_sha256"));
        assert_eq!(find_member(PROCESS, "Watchlists.Wid").as_deref(), Some("watchlists.Wid"));
        for name in ["watchlist", "alliance_score_", "alliance_", "", ".wid", "*"] {
            assert_eq!(find_member(PROCESS, name), None, "{name:?}");
        }
    }
}
