//! What all runs have shown, and what is made of them: medians, and medians of ratios.

use std::collections::BTreeMap;

use crate::{sample::Sample, workload::Workload};

/// A workload and how many clients ask at a time.
pub(crate) type Cell = (Workload, u32);

/// All samples: by cell, peer and round.
#[derive(Debug, Default)]
pub(crate) struct Results {
    samples: BTreeMap<Cell, BTreeMap<&'static str, Vec<Sample>>>,
}

/// A number of a sample that peers are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    PerSecond,
    P50,
    P99,
    CpuService,
    CpuTotal,
    Memory,
}

impl Measure {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "req/s",
            Self::P50 => "median latency",
            Self::P99 => "p99",
            Self::CpuService => "service CPU per request",
            Self::CpuTotal => "CPU of service + Postgres per request",
            Self::Memory => "memory",
        }
    }

    fn of(self, sample: &Sample) -> Option<f64> {
        match self {
            Self::PerSecond => Some(sample.per_second),
            Self::P50 => Some(sample.p50),
            Self::P99 => Some(sample.p99),
            Self::CpuService => sample.cpu_service,
            Self::CpuTotal => Some(sample.cpu_service? + sample.cpu_postgres),
            Self::Memory => sample.memory.map(|bytes| bytes as f64),
        }
    }
}

impl Results {
    /// Adds the next round's sample of a peer.
    pub(crate) fn add(&mut self, cell: Cell, peer: &'static str, sample: Sample) {
        self.samples.entry(cell).or_default().entry(peer).or_default().push(sample);
    }

    pub(crate) fn of(&self, cell: Cell, peer: &str) -> &[Sample] {
        self.samples.get(&cell).and_then(|peers| peers.get(peer)).map_or(&[], Vec::as_slice)
    }

    /// The most that idle services took in any run, in shares of one core.
    pub(crate) fn most_idle(&self) -> f64 {
        let samples = self.samples.values().flat_map(BTreeMap::values).flatten();
        samples.map(|sample| sample.idle).fold(0.0, f64::max)
    }

    /// The median of the rounds' ratios: what stood side by side is compared, so that a machine
    /// that slows down for a while slows both.
    pub(crate) fn ratio(&self, cell: Cell, measure: Measure, a: &str, b: &str) -> Option<f64> {
        let pairs = self.of(cell, a).iter().zip(self.of(cell, b));
        median(pairs.map(|(a, b)| Some(measure.of(a)? / measure.of(b)?)))
    }
}

/// The middle of the numbers; none if there is none, or if one is not there.
pub(crate) fn median(numbers: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let mut numbers = numbers.into_iter().collect::<Option<Vec<f64>>>()?;
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(numbers[middle]),
        _ => Some(f64::midpoint(numbers[middle - 1], numbers[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        let of = |numbers: &[f64]| median(numbers.iter().copied().map(Some));
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(of(&[]), None);
        assert_eq!(median([Some(1.0), None]), None);
    }
}
