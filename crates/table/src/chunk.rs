//! The pieces columns are made of: 8,192 cells of one type each. A piece is shared by all snapshots
//! that have not changed it; cells past its end are null.

use std::{
    borrow::Borrow,
    ops::{Index, Range},
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};

use crate::collate::SortKeys;

/// Rows of a chunk.
pub(crate) const CHUNK: usize = 8_192;
/// 64-bit words of a bitmap over a chunk.
pub(crate) const WORDS: usize = CHUNK / 64;

/// A bitmap that ends where its last set bit may be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn get(&self, at: usize) -> bool {
        self.word(at / 64) >> (at % 64) & 1 == 1
    }
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }
    pub(crate) fn set_word(&mut self, at: usize, bits: u64) {
        if at >= self.0.len() {
            if bits == 0 {
                return;
            }
            self.0.resize(at + 1, 0);
        }
        self.0[at] = bits;
    }
    pub(crate) fn set(&mut self, at: usize, on: bool) {
        let word = at / 64;
        if word >= self.0.len() {
            if !on {
                return;
            }
            self.0.resize(word + 1, 0);
        }
        let bit = 1u64 << (at % 64);
        if on {
            self.0[word] |= bit;
        } else {
            self.0[word] &= !bit;
        }
    }
}

/// What stands where there is no value: something no range contains.
pub(crate) trait Filler: Copy {
    const FILLER: Self;
}

impl Filler for f64 {
    const FILLER: Self = Self::NAN;
}

impl Filler for i64 {
    const FILLER: Self = Self::MIN;
}

/// Numbers or dates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Fixed<T> {
    pub(crate) values: Vec<T>,
    pub(crate) valid: Bits,
}

impl<T: Filler> Fixed<T> {
    pub(crate) fn get(&self, at: usize) -> Option<T> {
        if self.valid.get(at) { self.values.get(at).copied() } else { None }
    }
    pub(crate) fn set(&mut self, at: usize, value: Option<T>) {
        self.valid.set(at, value.is_some());
        if at >= self.values.len() {
            if value.is_none() {
                return;
            }
            self.values.resize(at + 1, T::FILLER);
        }
        self.values[at] = value.unwrap_or(T::FILLER);
    }
}

/// Codes of a select field plus one; 0 is null.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Codes(pub(crate) Vec<u32>);

impl Codes {
    pub(crate) fn get(&self, at: usize) -> Option<u32> {
        self.0.get(at).copied().unwrap_or(0).checked_sub(1)
    }
    /// The code plus one; 0 is null.
    pub(crate) fn stored(&self, at: usize) -> usize {
        self.0.get(at).copied().unwrap_or(0) as usize
    }
    pub(crate) fn set(&mut self, at: usize, code: Option<u32>) {
        if at >= self.0.len() {
            if code.is_none() {
                return;
            }
            self.0.resize(at + 1, 0);
        }
        self.0[at] = code.map_or(0, |code| code + 1);
    }
}

/// Cells that few rows have, or that are too various to be packed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sparse<T>(Vec<Option<T>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Sparse<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at)?.as_ref()
    }
    pub(crate) fn set(&mut self, at: usize, value: Option<T>) {
        if at >= self.0.len() {
            if value.is_none() {
                return;
            }
            self.0.resize(at + 1, None);
        }
        self.0[at] = value;
    }
}

/// What cells of many lengths are stored in: `str` or `[u32]`.
pub(crate) trait Pool: ToOwned + Index<Range<usize>, Output = Self> {
    fn empty() -> Self::Owned;
    fn size(&self) -> usize;
    /// Whether it can be divided there.
    fn divides(&self, at: usize) -> bool;
    fn append(to: &mut Self::Owned, part: &Self);
    fn share(from: Self::Owned) -> Arc<Self>;
}

impl Pool for str {
    fn empty() -> String {
        String::new()
    }
    fn size(&self) -> usize {
        self.len()
    }
    fn divides(&self, at: usize) -> bool {
        self.is_char_boundary(at)
    }
    fn append(to: &mut String, part: &str) {
        to.push_str(part);
    }
    fn share(from: String) -> Arc<str> {
        from.into()
    }
}

impl Pool for [u32] {
    fn empty() -> Vec<u32> {
        Vec::new()
    }
    fn size(&self) -> usize {
        self.len()
    }
    fn divides(&self, at: usize) -> bool {
        at <= self.len()
    }
    fn append(to: &mut Vec<u32>, part: &[u32]) {
        to.extend_from_slice(part);
    }
    fn share(from: Vec<u32>) -> Arc<[u32]> {
        from.into()
    }
}

/// Cells of many lengths: views into a shared base followed by a tail of what was set since. Copying
/// one copies the views and the tail. A view of length 0 is null.
#[derive(Debug)]
pub(crate) struct Var<P: Pool + ?Sized> {
    views: Vec<(u32, u32)>,
    base: Arc<P>,
    tail: P::Owned,
}

impl<P: Pool + ?Sized> Default for Var<P> {
    fn default() -> Self {
        Self { views: Vec::new(), base: P::share(P::empty()), tail: P::empty() }
    }
}

impl<P: Pool + ?Sized> Clone for Var<P> {
    fn clone(&self) -> Self {
        let tail: &P = self.tail.borrow();
        Self { views: self.views.clone(), base: self.base.clone(), tail: tail.to_owned() }
    }
}

/// Below this size a tail is not folded into the base.
const TAIL: usize = 16 * 1_024;

impl<P: Pool + ?Sized> Var<P> {
    pub(crate) fn len(&self) -> usize {
        self.views.len()
    }
    pub(crate) fn get(&self, at: usize) -> Option<&P> {
        let &(start, len) = self.views.get(at)?;
        (len > 0).then(|| self.slice(start as usize, len as usize))
    }
    fn slice(&self, start: usize, len: usize) -> &P {
        let split = self.base.size();
        if start < split {
            &self.base[start..start + len]
        } else {
            &self.tail.borrow()[start - split..start - split + len]
        }
    }
    pub(crate) fn is_set(&self, at: usize) -> bool {
        self.views.get(at).is_some_and(|view| view.1 > 0)
    }
    pub(crate) fn set(&mut self, at: usize, part: Option<&P>) {
        let len = part.map_or(0, P::size);
        if at >= self.views.len() {
            if len == 0 {
                return;
            }
            self.views.resize(at + 1, (0, 0));
        }
        self.views[at] = (0, 0);
        let Some(part) = part.filter(|_| len > 0) else { return };
        let tail: &P = self.tail.borrow();
        if tail.size() + len > TAIL.max(self.base.size() / 4) && tail.size() > 0 {
            self.seal();
        }
        let tail: &P = self.tail.borrow();
        self.views[at] = ((self.base.size() + tail.size()) as u32, len as u32);
        P::append(&mut self.tail, part);
    }
    /// The lengths of the cells, and the cells one after another.
    pub(crate) fn packed(&self) -> (Vec<u32>, P::Owned) {
        let mut all = P::empty();
        for &(from, len) in self.views.iter().filter(|view| view.1 > 0) {
            P::append(&mut all, self.slice(from as usize, len as usize));
        }
        (self.views.iter().map(|view| view.1).collect(), all)
    }
    /// From what [`Var::packed`] gave; none when lengths and cells do not fit together.
    pub(crate) fn unpacked(lens: &[u32], cells: P::Owned) -> Option<Self> {
        let whole: &P = cells.borrow();
        let mut end = 0u32;
        let mut views = Vec::with_capacity(lens.len());
        for &len in lens {
            views.push(if len == 0 { (0, 0) } else { (end, len) });
            end = end.checked_add(len).filter(|&end| whole.divides(end as usize))?;
        }
        (end as usize == whole.size()).then(|| Self { views, base: P::share(cells), tail: P::empty() })
    }
    /// Folds the tail into the base, leaving out what no cell holds any more.
    pub(crate) fn seal(&mut self) {
        let mut packed = P::empty();
        let mut views = Vec::with_capacity(self.views.len());
        let mut start = 0u32;
        for &(from, len) in &self.views {
            if len == 0 {
                views.push((0, 0));
                continue;
            }
            P::append(&mut packed, self.slice(from as usize, len as usize));
            views.push((start, len));
            start += len;
        }
        self.views = views;
        self.base = P::share(packed);
        self.tail = P::empty();
    }
    pub(crate) fn has_tail(&self) -> bool {
        let tail: &P = self.tail.borrow();
        tail.size() > 0
    }
}

impl Var<str> {
    /// The bytes of a text, without the cost of finding out that they are whole characters.
    pub(crate) fn bytes(&self, at: usize) -> Option<&[u8]> {
        let &(start, len) = self.views.get(at)?;
        let (start, len, split) = (start as usize, len as usize, self.base.len());
        if len == 0 {
            None
        } else if start < split {
            self.base.as_bytes().get(start..start + len)
        } else {
            self.tail.as_bytes().get(start - split..start - split + len)
        }
    }
}

/// Texts with their collation keys, which are computed when a sort first asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) cells: Var<str>,
    keys: OnceLock<Arc<SortKeys>>,
}

impl Texts {
    pub(crate) fn of(cells: Var<str>) -> Self {
        Self { cells, keys: OnceLock::new() }
    }
    pub(crate) fn set(&mut self, at: usize, text: Option<&str>) {
        self.cells.set(at, text);
        self.keys = OnceLock::new();
    }
    pub(crate) fn keys(&self) -> &SortKeys {
        self.keys.get_or_init(|| Arc::new(SortKeys::of((0..self.cells.len()).map(|at| self.cells.get(at)))))
    }
}
