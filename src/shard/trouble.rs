use std::fmt;

use diesel::ConnectionError;

/// Why a shard can't be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nobody takes connections there.
    Unreachable,
    /// Connections are taken and nothing is answered.
    Silent,
    /// Others hold all the connections its server allows.
    Crowded,
    /// The server does not let us in: a wrong password, no such database.
    Rejected,
    /// The connections we had were ended.
    Lost,
    /// Its file is not where it was.
    Missing,
    /// Another file is where its own was, and can't be opened yet.
    Replaced,
}

impl Trouble {
    /// Sorts a failure to connect, of which libpq tells nothing but words.
    #[must_use]
    pub fn of(error: &ConnectionError) -> Self {
        let message = error.to_string();
        let known = WORDS.iter().find(|(words, _)| message.contains(words));
        known.map_or(Self::Unreachable, |(_, trouble)| *trouble)
    }

    /// The word for it that clients are told.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Lost => "unavailable",
            Self::Silent => "no answer",
            Self::Crowded => "out of connections",
            Self::Rejected => "login rejected",
            Self::Missing => "file missing",
            Self::Replaced => "file replaced",
        }
    }

    /// What the shard does, to be said after its name.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "can't be reached",
            Self::Silent => "does not answer",
            Self::Crowded => "has no connection to spare: all that its server allows are taken",
            Self::Rejected => "does not let the service in",
            Self::Lost => "lost the connection",
            Self::Missing => "has no file where its own should be",
            Self::Replaced => "has another file in the place of its own",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

const WORDS: [(&str, Trouble); 11] = [
    ("its file is missing", Trouble::Missing),
    ("another file is in the place of its own", Trouble::Replaced),
    ("too many clients", Trouble::Crowded),
    ("too many connections", Trouble::Crowded),
    ("connection slots are reserved", Trouble::Crowded),
    ("no more connections allowed", Trouble::Crowded),
    ("timeout expired", Trouble::Silent),
    ("timed out", Trouble::Silent),
    ("authentication failed", Trouble::Rejected),
    ("no pg_hba.conf entry", Trouble::Rejected),
    ("does not exist", Trouble::Rejected),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_words_are_understood() {
        for (words, trouble) in [
            ("FATAL:  sorry, too many clients already", Trouble::Crowded),
            ("FATAL:  remaining connection slots are reserved for roles with", Trouble::Crowded),
            ("FATAL:  too many connections for role \"app\"", Trouble::Crowded),
            ("connection to server at \"10.0.0.1\" failed: timeout expired", Trouble::Silent),
            ("FATAL:  password authentication failed for user \"app\"", Trouble::Rejected),
            ("FATAL:  database \"app\" does not exist", Trouble::Rejected),
            ("failed: Connection refused", Trouble::Unreachable),
            ("FATAL:  the database system is starting up", Trouble::Unreachable),
        ] {
            let error = ConnectionError::BadConnection(words.to_owned());
            assert_eq!(Trouble::of(&error), trouble, "{words}");
        }
    }
}
