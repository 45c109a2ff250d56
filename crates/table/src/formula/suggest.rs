//! Names close to one that is not there.

/// The nearest of some names, if one is near: for "did you mean".
pub(crate) fn nearest<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).take(64).collect();
    let most = 1 + wanted.len() / 4;
    let mut best: Option<(usize, &str)> = None;
    for other in among {
        let letters: Vec<char> = other.chars().flat_map(char::to_lowercase).take(64).collect();
        if letters.len().abs_diff(wanted.len()) > most {
            continue;
        }
        let away = distance(&wanted, &letters);
        if away <= most && away < wanted.len() && best.is_none_or(|(least, _)| away < least) {
            best = Some((away, other));
        }
    }
    best.map(|(_, name)| name.into())
}

/// How many letters to insert, delete, replace or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, &y) in b.iter().enumerate() {
            row[j + 1] = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && y == a[i - 1] {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
