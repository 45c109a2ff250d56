//! Tasks that wait for one another, in working days: when each may begin, how long each may wait, and which of them
//! decide when all is done.
//!
//! Moments are the ends of working days. A task lasts from one moment to another, a milestone is a moment. Every link
//! then says one thing: that a task begins a number of days after another begins, or later.

use std::collections::VecDeque;

use crate::WaitingKind;

/// When a task begins and how many days it takes; 0 for a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The moment it begins.
    pub start: i64,
    /// Working days, 0 or more.
    pub days: i64,
}

/// A task that waits for another.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// The one it waits for, by its place.
    pub predecessor: usize,
    /// The one that waits.
    pub task: usize,
    /// Which ends hang together.
    pub kind: WaitingKind,
    /// Working days between them.
    pub lag: i64,
}

impl Wait {
    /// Days from where the predecessor begins to where the task may.
    fn distance(&self, spans: &[Span]) -> i64 {
        use WaitingKind as K;
        let (before, after) = (spans[self.predecessor].days, spans[self.task].days);
        self.lag
            + match self.kind {
                K::FinishToStart => before,
                K::StartToStart => 0,
                K::FinishToFinish => before - after,
                K::StartToFinish => -after,
            }
    }

    /// By how many days a task begins later than it has to for this; less than 0 when it is too early.
    pub fn room(&self, spans: &[Span]) -> i64 {
        spans[self.task].start - spans[self.predecessor].start - self.distance(spans)
    }
}

/// Tasks in the order and at the times that what they wait for allows.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// As they were given, moved to later where they had to be.
    pub spans: Vec<Span>,
    /// By how many days each may be late without all of it being late.
    pub total_slack: Vec<i64>,
    /// By how many days each may be late without any other being late.
    pub free_slack: Vec<i64>,
    /// One way through tasks that cannot be late, to the last moment: each begins as soon as the one before allows, the
    /// first when it was set to.
    pub critical_path: Vec<usize>,
    /// Tasks that wait for themselves, each way round once. What waits inside of it does not count.
    pub cycles: Vec<Vec<usize>>,
    /// The first moment and the last; none without tasks.
    pub extent: Option<(i64, i64)>,
}

/// Plans tasks: none begins before it is set to, none earlier than what it waits for allows, each as early as that.
pub fn plan(tasks: &[Span], waits: &[Wait]) -> Plan {
    let all = Grouped::new(tasks.len(), waits, |wait| wait.predecessor);
    let parts = components(tasks.len(), waits, &all);
    let mut part_of = vec![0; tasks.len()];
    for (at, part) in parts.iter().enumerate() {
        for task in part {
            part_of[*task] = at;
        }
    }
    let cycles = parts.iter().filter_map(|part| cycle(part, waits, &all, &part_of)).collect();
    let waits: Vec<Wait> =
        waits.iter().filter(|wait| part_of[wait.predecessor] != part_of[wait.task]).copied().collect();
    let next = Grouped::new(tasks.len(), &waits, |wait| wait.predecessor);

    // Parts come after those they lead to.
    let order: Vec<usize> = parts.into_iter().rev().flatten().collect();
    let mut spans = tasks.to_vec();
    for &task in &order {
        for wait in next.of(task).map(|at| &waits[at]) {
            let earliest = spans[task].start + wait.distance(&spans);
            let span = &mut spans[wait.task];
            span.start = span.start.max(earliest);
        }
    }
    let extent = spans.iter().map(|span| (span.start, span.start + span.days));
    let extent = extent.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
    let end = extent.map_or(0, |(_, end)| end);
    let mut total_slack = vec![0; tasks.len()];
    let mut free_slack = vec![0; tasks.len()];
    for &task in order.iter().rev() {
        let last = end - spans[task].start - spans[task].days;
        let (mut total, mut free) = (last, last);
        for wait in next.of(task).map(|at| &waits[at]) {
            let room = wait.room(&spans);
            total = total.min(room + total_slack[wait.task]);
            free = free.min(room);
        }
        (total_slack[task], free_slack[task]) = (total, free);
    }
    let critical_path = critical_path(&spans, &waits, &order, end);
    Plan { spans, total_slack, free_slack, critical_path, cycles, extent }
}

/// Back from the task that ends last, each time to one that makes it begin when it does.
fn critical_path(spans: &[Span], waits: &[Wait], order: &[usize], end: i64) -> Vec<usize> {
    let before = Grouped::new(spans.len(), waits, |wait| wait.task);
    let mut at = order.iter().copied().find(|task| spans[*task].start + spans[*task].days == end);
    let mut path = Vec::new();
    while let Some(task) = at {
        path.push(task);
        at = before
            .of(task)
            .map(|wait| &waits[wait])
            .find(|wait| wait.room(spans) == 0)
            .map(|wait| wait.predecessor);
    }
    path.reverse();
    path
}

/// Waits by one of their tasks.
struct Grouped {
    starts: Vec<usize>,
    places: Vec<usize>,
}

impl Grouped {
    fn new(tasks: usize, waits: &[Wait], key: impl Fn(&Wait) -> usize) -> Self {
        let mut starts = vec![0; tasks + 1];
        for wait in waits {
            starts[key(wait) + 1] += 1;
        }
        for at in 0..tasks {
            starts[at + 1] += starts[at];
        }
        let (mut free, mut places) = (starts.clone(), vec![0; waits.len()]);
        for (at, wait) in waits.iter().enumerate() {
            places[free[key(wait)]] = at;
            free[key(wait)] += 1;
        }
        Self { starts, places }
    }

    fn of(&self, task: usize) -> impl Iterator<Item = usize> + '_ {
        self.places[self.starts[task]..self.starts[task + 1]].iter().copied()
    }

    fn nth(&self, task: usize, nth: usize) -> Option<usize> {
        self.places[self.starts[task]..self.starts[task + 1]].get(nth).copied()
    }
}

/// Tasks that lead to one another stand together, after all that they lead to (Tarjan, without recursion).
fn components(tasks: usize, waits: &[Wait], next: &Grouped) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let (mut number, mut low, mut open) = (vec![NEW; tasks], vec![0; tasks], vec![false; tasks]);
    let (mut stack, mut way, mut parts, mut count) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for root in 0..tasks {
        if number[root] != NEW {
            continue;
        }
        way.push((root, 0));
        while let Some((task, nth)) = way.pop() {
            if nth == 0 {
                (number[task], low[task], open[task]) = (count, count, true);
                count += 1;
                stack.push(task);
            }
            if let Some(wait) = next.nth(task, nth) {
                way.push((task, nth + 1));
                let to = waits[wait].task;
                if number[to] == NEW {
                    way.push((to, 0));
                } else if open[to] {
                    low[task] = low[task].min(number[to]);
                }
                continue;
            }
            if let Some((from, _)) = way.last() {
                low[*from] = low[*from].min(low[task]);
            }
            if low[task] == number[task] {
                let from = stack.iter().rposition(|one| *one == task).unwrap_or(0);
                let part = stack.split_off(from);
                for one in &part {
                    open[*one] = false;
                }
                parts.push(part);
            }
        }
    }
    parts
}

/// The shortest way round through one of the tasks that lead to one another; none when it is one that does not wait for itself.
fn cycle(part: &[usize], waits: &[Wait], next: &Grouped, part_of: &[usize]) -> Option<Vec<usize>> {
    let start = *part.iter().min()?;
    let mut from = std::collections::HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(task) = queue.pop_front() {
        for to in next.of(task).map(|at| waits[at].task).filter(|to| part_of[*to] == part_of[start]) {
            if to == start {
                let mut path: Vec<usize> =
                    std::iter::successors(Some(task), |one| from.get(one).copied()).collect();
                path.reverse();
                return Some(path);
            }
            from.entry(to).or_insert_with(|| {
                queue.push_back(to);
                task
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::{Plan, Span, Wait, plan};
    use crate::WaitingKind as K;

    fn wait(predecessor: usize, task: usize, kind: K, lag: i64) -> Wait {
        Wait { predecessor, task, kind, lag }
    }

    /// Three days from 0, and four from 0 that wait for them.
    #[test]
    fn each_kind_moves_a_task_to_where_it_may_begin() {
        for (kind, lag, begins) in [
            (K::FinishToStart, 0, 3),
            (K::FinishToStart, 2, 5),
            (K::FinishToStart, -1, 2),
            (K::FinishToStart, -9, 0),
            (K::StartToStart, 0, 0),
            (K::StartToStart, 2, 2),
            (K::FinishToFinish, 0, 0),
            (K::FinishToFinish, 2, 1),
            (K::StartToFinish, 0, 0),
            (K::StartToFinish, 6, 2),
        ] {
            let tasks = [Span { start: 0, days: 3 }, Span { start: 0, days: 4 }];
            let plan = plan(&tasks, &[wait(0, 1, kind, lag)]);
            assert_eq!(plan.spans[1], Span { start: begins, days: 4 }, "{kind:?} {lag}");
        }
    }

    #[test]
    fn slack_and_the_critical_path_of_a_diamond() {
        // 0 → 1 (5 days) → 3 and 0 → 2 (2 days) → 3; 4 stands alone.
        let days = [2, 5, 2, 1, 3];
        let tasks = days.map(|days| Span { start: 0, days });
        let fs = |a, b| wait(a, b, K::FinishToStart, 0);
        let plan = plan(&tasks, &[fs(0, 1), fs(0, 2), fs(1, 3), fs(2, 3)]);
        assert_eq!(plan.spans.iter().map(|span| span.start).collect::<Vec<_>>(), [0, 2, 2, 7, 0]);
        assert_eq!(plan.total_slack, [0, 0, 3, 0, 5]);
        assert_eq!(plan.free_slack, [0, 0, 3, 0, 5]);
        assert_eq!(plan.critical_path, [0, 1, 3]);
        assert_eq!(plan.extent, Some((0, 8)));
    }

    #[test]
    fn cycles_are_told_and_do_not_hold_up_the_others() {
        let tasks = [Span { start: 0, days: 2 }; 5];
        let fs = |a, b| wait(a, b, K::FinishToStart, 0);
        let plan = plan(&tasks, &[fs(0, 1), fs(1, 2), fs(2, 0), fs(2, 3), fs(4, 4)]);
        let mut cycles = plan.cycles;
        cycles.sort();
        assert_eq!(cycles, [vec![0, 1, 2], vec![4]]);
        assert_eq!(plan.spans.iter().map(|span| span.start).collect::<Vec<_>>(), [0, 0, 0, 2, 0]);
    }

    fn networks() -> impl Strategy<Value = (Vec<Span>, Vec<Wait>)> {
        let kinds = prop::sample::select(vec![
            K::FinishToStart,
            K::StartToStart,
            K::FinishToFinish,
            K::StartToFinish,
        ]);
        let tasks = vec((-20i64..20, 0i64..8).prop_map(|(start, days)| Span { start, days }), 1..30);
        let links = vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), kinds, -4i64..5), 0..60);
        (tasks, links).prop_map(|(tasks, links)| {
            let pairs = links
                .into_iter()
                .map(|(a, b, kind, lag)| wait(a.index(tasks.len()), b.index(tasks.len()), kind, lag));
            // Mostly without cycles: one way in five goes back.
            let waits = pairs.filter(|wait| wait.predecessor < wait.task || wait.lag == 4).collect();
            (tasks, waits)
        })
    }

    /// Whether a task leads to another.
    fn leads(waits: &[Wait], from: usize, to: usize, tasks: usize) -> bool {
        let (mut seen, mut open) = (vec![false; tasks], vec![from]);
        while let Some(task) = open.pop() {
            for wait in waits.iter().filter(|wait| wait.predecessor == task) {
                if wait.task == to {
                    return true;
                }
                if !std::mem::replace(&mut seen[wait.task], true) {
                    open.push(wait.task);
                }
            }
        }
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn plans_hold_and_stay((tasks, waits) in networks()) {
            let Plan { spans, total_slack, free_slack, critical_path, cycles, extent } = plan(&tasks, &waits);
            let counts = |wait: &&Wait| !leads(&waits, wait.task, wait.predecessor, tasks.len()) && wait.task != wait.predecessor;
            for wait in waits.iter().filter(counts) {
                prop_assert!(wait.room(&spans) >= 0, "{:?}", wait);
            }
            for (at, (span, task)) in spans.iter().zip(&tasks).enumerate() {
                prop_assert!(span.start >= task.start && span.days == task.days);
                // It is moved no further than it has to be.
                let tight = waits.iter().filter(counts).any(|wait| wait.task == at && wait.room(&spans) == 0);
                prop_assert!(span.start == task.start || tight);
                prop_assert!(free_slack[at] <= total_slack[at] || total_slack[at] < 0);
                prop_assert!(total_slack[at] >= 0);
            }
            for way in &cycles {
                for (at, task) in way.iter().enumerate() {
                    let to = way[(at + 1) % way.len()];
                    prop_assert!(waits.iter().any(|wait| wait.predecessor == *task && wait.task == to));
                }
            }
            prop_assert_eq!(cycles.is_empty(), waits.iter().all(|wait| counts(&wait)));
            prop_assert_eq!(plan(&spans, &waits).spans, spans.clone(), "a plan that is planned again is the same");

            // The critical path is as long as it all is, with the time before its first task was to begin.
            let (begin, end) = extent.unwrap();
            let first = critical_path[0];
            prop_assert_eq!(spans[first].start, tasks[first].start);
            let mut length = spans[first].start - begin;
            for pair in critical_path.windows(2) {
                let distances = waits.iter().filter(|wait| wait.predecessor == pair[0] && wait.task == pair[1]);
                length += distances.map(|wait| wait.distance(&spans)).max().unwrap();
            }
            length += spans[*critical_path.last().unwrap()].days;
            prop_assert_eq!(length, end - begin);
            prop_assert!(critical_path.iter().all(|task| total_slack[*task] == 0));
        }

        #[test]
        fn no_task_can_be_later_than_its_slack((tasks, waits) in networks(), which in any::<prop::sample::Index>()) {
            let before = plan(&tasks, &waits);
            let (at, (_, end)) = (which.index(tasks.len()), before.extent.unwrap());
            let mut late = before.spans.clone();
            late[at].start += before.total_slack[at];
            prop_assert_eq!(plan(&late, &waits).extent.unwrap().1, end);
            late[at].start += 1;
            prop_assert_eq!(plan(&late, &waits).extent.unwrap().1, end + 1);
        }
    }
}
