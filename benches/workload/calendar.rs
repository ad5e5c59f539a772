//! Times as JavaScript writes them.

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The first moment that occurs: 2024-03-01T00:00:00.000Z.
pub(crate) const START: i64 = 1_709_251_200_000;

/// The ISO text of a time in milliseconds since the epoch.
pub(crate) fn iso(ms: i64) -> String {
    let (year, month, day) = date(ms.div_euclid(DAY));
    let rest = ms.rem_euclid(DAY);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, ms) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Year, month and day of a day since the epoch, counted in years that begin in March.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let after_new_year = month >= 10;
    (
        era * 400 + year + i64::from(after_new_year),
        if after_new_year { month - 9 } else { month + 3 },
        day - (153 * month + 2) / 5 + 1,
    )
}
