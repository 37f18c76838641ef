use crate::config::HealthSettings;

/// What a shard is taken to be, and what one probe takes it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It answers.
    Up,
    /// It does not.
    Down,
    /// It answers and must not serve.
    Refused,
}

/// Makes a state of probe after probe: one that went astray is no outage, and
/// one that got through no recovery. To be refused is not a matter of chance,
/// so that once is enough. Knows no clock.
#[derive(Debug)]
pub(super) struct Thresholds {
    unhealthy_after: u32,
    healthy_after: u32,
    state: State,
    seen: State,
    in_a_row: u32,
}

impl Thresholds {
    pub(super) fn new(settings: &HealthSettings, state: State) -> Self {
        let HealthSettings { unhealthy_after, healthy_after, .. } = *settings;
        Self { unhealthy_after, healthy_after, state, seen: state, in_a_row: 0 }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Takes in one more probe; whether the state is another one now.
    pub(super) fn note(&mut self, seen: State) -> bool {
        self.in_a_row = if seen == self.seen { self.in_a_row.saturating_add(1) } else { 1 };
        self.seen = seen;
        let enough = match seen {
            State::Up => self.healthy_after,
            State::Down => self.unhealthy_after,
            State::Refused => 1,
        };
        let changed = seen != self.state && self.in_a_row >= enough;
        if changed {
            self.state = seen;
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::{State::*, *};

    fn thresholds(unhealthy_after: u32, healthy_after: u32, state: State) -> Thresholds {
        let settings =
            HealthSettings { unhealthy_after, healthy_after, ..HealthSettings::default() };
        Thresholds::new(&settings, state)
    }

    /// The state after each of these probes.
    fn states(mut thresholds: Thresholds, seen: &[State]) -> Vec<State> {
        let after = |&seen| {
            let before = thresholds.state();
            assert_eq!(thresholds.note(seen), thresholds.state() != before, "what it says of it");
            thresholds.state()
        };
        seen.iter().map(after).collect()
    }

    #[test]
    fn only_failures_in_a_row_make_it_down() {
        let seen = [Down, Down, Up, Down, Down, Down, Down];
        assert_eq!(states(thresholds(3, 1, Up), &seen), [Up, Up, Up, Up, Up, Down, Down]);
    }

    #[test]
    fn only_successes_in_a_row_make_it_up() {
        let seen = [Up, Down, Up, Up];
        assert_eq!(states(thresholds(3, 2, Down), &seen), [Down, Down, Down, Up]);
        assert_eq!(states(thresholds(3, 1, Down), &[Up]), [Up]);
    }

    #[test]
    fn one_of_one_is_enough() {
        let seen = [Down, Up, Down];
        assert_eq!(states(thresholds(1, 1, Up), &seen), [Down, Up, Down]);
    }

    #[test]
    fn refused_is_refused_at_once_from_wherever() {
        assert_eq!(states(thresholds(3, 3, Up), &[Refused]), [Refused]);
        assert_eq!(states(thresholds(3, 3, Down), &[Refused]), [Refused]);
    }

    #[test]
    fn a_refused_shard_comes_back_or_goes_down_as_any_other() {
        let back = [Up, Refused, Up, Up];
        assert_eq!(states(thresholds(3, 2, Refused), &back), [Refused, Refused, Refused, Up]);
        assert_eq!(states(thresholds(2, 1, Refused), &[Down, Down]), [Refused, Down]);
    }
}
