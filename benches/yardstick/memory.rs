//! How much memory the process has.

/// Its resident bytes, without the pages of the program's own file, which come in once however many queries there are;
/// NaN where the system does not say.
pub(crate) fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1_024.0)
}

/// A number of bytes, to be divided.
#[expect(
    clippy::cast_precision_loss,
    reason = "no machine has that much memory"
)]
pub(crate) fn bytes(count: usize) -> f64 {
    count as f64
}
