//! The progress of a download on one line.

use super::CommandCx;
use crate::download::DownloadProgress;

/// Prints the progress of a download at intervals.
#[derive(Default)]
pub(super) struct ProgressLine {
    /// The number of bytes at which the next progress line is due.
    next_report_at: u64,
}

impl ProgressLine {
    /// Overwrites the line, unless too little has arrived since the last time.
    pub(super) fn report_progress(&mut self, progress: DownloadProgress, cx: &mut CommandCx<'_>) {
        /// Bytes between two progress lines.
        const STEP: u64 = 256 * 1024;
        if progress.done >= self.next_report_at.max(STEP) {
            self.next_report_at = progress.done + STEP;
            cx.progress(&progress.describe());
        }
    }
}
