use std::{iter::Peekable, str::CharIndices};

/// Longer ones are cut: what a statement is, its beginning tells.
const LONGEST: usize = 1_000;
/// What Diesel puts after a statement: the values bound to it.
const BINDS: &str = "-- binds:";

/// A statement without any value: literals become `?`, comments and bound values go.
///
/// Where two databases read a text differently, or it does not end, more is left out
/// rather than less.
pub(super) fn shape(sql: &str) -> String {
    let mut shape = Shape { sql, rest: sql.char_indices().peekable(), text: String::new() };
    while shape.text.len() < LONGEST {
        let Some((at, next)) = shape.rest.next() else {
            shape.text.truncate(shape.text.trim_end().len());
            return shape.text;
        };
        if !shape.take(at, next) {
            shape.text.truncate(shape.text.trim_end().len());
            return shape.text;
        }
    }
    shape.text.push('…');
    shape.text
}

struct Shape<'a> {
    sql: &'a str,
    rest: Peekable<CharIndices<'a>>,
    text: String,
}

impl Shape<'_> {
    /// Takes what begins with this character; `false` if the rest is nobody's business.
    fn take(&mut self, at: usize, next: char) -> bool {
        let here = &self.sql[at..];
        match next {
            _ if here.starts_with(BINDS) => return false,
            _ if here.starts_with("--") => self.skip_to("\n", at + 2),
            _ if here.starts_with("/*") => self.comment(at),
            '\'' => self.literal(at, false),
            '"' | '`' => self.name(at, next),
            '$' => self.dollar(at),
            _ if next.is_whitespace() => self.space(),
            _ if next.is_ascii_digit() => self.number(),
            _ if is_word(next) => self.word(at),
            _ => self.text.push(next),
        }
        true
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// A value; a list of them is as telling as its first.
    fn value(&mut self) {
        if self.text.ends_with("?, ?, ") {
            self.text.push('…');
        } else if self.text.ends_with("?, …, ") {
            self.text.truncate(self.text.len() - 2);
        } else {
            self.text.push('?');
        }
    }

    /// Goes on behind the words, or at the end if they don't come.
    fn skip_to(&mut self, words: &str, from: usize) {
        let end = self.sql.get(from..).and_then(|rest| rest.find(words));
        self.go_to(end.map_or(self.sql.len(), |end| from + end + words.len()));
        self.space();
    }

    fn go_to(&mut self, end: usize) {
        while self.rest.next_if(|(at, _)| *at < end).is_some() {}
    }

    /// Comments can stand in comments; where they can't, too much is left out.
    fn comment(&mut self, from: usize) {
        let (mut depth, mut at) = (1_usize, from + 2);
        while depth > 0 {
            let rest = &self.sql[at..];
            match (rest.find("/*"), rest.find("*/")) {
                (Some(open), Some(close)) if open < close => {
                    (depth, at) = (depth + 1, at + open + 2)
                }
                (_, Some(close)) => (depth, at) = (depth - 1, at + close + 2),
                (_, None) => (depth, at) = (0, self.sql.len()),
            }
        }
        self.go_to(at);
        self.space();
    }

    /// Text in quotes; a doubled quote is one in it, as is one behind a backslash if
    /// backslashes mean anything.
    fn literal(&mut self, from: usize, escapes: bool) {
        let mut rest = self.sql[from + 1..].char_indices().peekable();
        let mut end = self.sql.len();
        while let Some((at, next)) = rest.next() {
            match next {
                '\\' if escapes => drop(rest.next()),
                '\'' if rest.next_if(|(_, next)| *next == '\'').is_none() => {
                    end = from + 1 + at + 1;
                    break;
                }
                _ => {}
            }
        }
        self.go_to(end);
        self.value();
    }

    /// A name in quotes. What does not look like one is none: SQLite takes it for text.
    fn name(&mut self, from: usize, quote: char) {
        let rest = &self.sql[from + 1..];
        let length = rest.find(quote).unwrap_or(rest.len());
        let name = &rest[..length];
        self.go_to((from + 1 + length + 1).min(self.sql.len()));
        if (1..=63).contains(&name.len()) && name.chars().all(is_word) {
            self.text.extend([quote]);
            self.text.push_str(name);
            self.text.extend([quote]);
        } else {
            self.value();
        }
    }

    /// `$1` is a place for a value, `$$text$$` and `$tag$text$tag$` are values.
    fn dollar(&mut self, from: usize) {
        let rest = &self.sql[from + 1..];
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let is_quote =
            rest[length..].starts_with('$') && !rest.starts_with(|c: char| c.is_ascii_digit());
        if is_quote {
            let tag = &self.sql[from..from + 1 + length + 1];
            let from = from + tag.len();
            let end =
                self.sql[from..].find(tag).map_or(self.sql.len(), |end| from + end + tag.len());
            self.go_to(end);
            self.value();
        } else {
            self.text.push('$');
            self.text.push_str(&rest[..length]);
            self.go_to(from + 1 + length);
        }
    }

    fn number(&mut self) {
        let mut last = '0';
        while let Some((_, next)) = self.rest.next_if(|(_, next)| {
            let signed = matches!(last, 'e' | 'E') && matches!(next, '+' | '-');
            signed || *next == '.' || is_word(*next)
        }) {
            last = next;
        }
        // SQLite numbers its places: `?1`.
        if !self.text.ends_with('?') {
            self.value();
        }
    }

    fn word(&mut self, from: usize) {
        let rest = &self.sql[from..];
        // Postgres has names with dollars in them.
        let length = rest.find(|c: char| !is_word(c) && c != '$').unwrap_or(rest.len());
        let word = &rest[..length];
        self.go_to(from + length);
        self.text.push_str(word);
        if word.eq_ignore_ascii_case("e") && rest[length..].starts_with('\'') {
            self.rest.next();
            self.literal(from + length, true);
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_and_everything_else_stays() {
        for (sql, wanted) in [
            ("SELECT a, b1 FROM t2 WHERE id = $1", "SELECT a, b1 FROM t2 WHERE id = $1"),
            ("SELECT * FROM t WHERE a = 'secret'", "SELECT * FROM t WHERE a = ?"),
            ("SELECT 'it''s a secret' AS x", "SELECT ? AS x"),
            ("SELECT E'a\\'secret' , 1", "SELECT E? , ?"),
            ("SELECT 'ends\\' AS x", "SELECT ? AS x"),
            ("SELECT $$secret 'x$$, $tag$ $$ secret $tag$ FROM t", "SELECT ?, ? FROM t"),
            ("SELECT -- secret 'x\n 1", "SELECT ?"),
            ("SELECT /* secret /* 'x */ secret */ a", "SELECT a"),
            ("SELECT '/* no comment */', '-- nor this', b", "SELECT ?, ?, b"),
            ("a = -1.5e-3 AND b=.5 AND c = 0xFF", "a = -? AND b=.? AND c = ?"),
            ("SELECT \"orders\".\"id\" FROM `users`", "SELECT \"orders\".\"id\" FROM `users`"),
            ("SELECT \"a secret, you see\"", "SELECT ?"),
            ("INSERT INTO t VALUES (?, ?1, X'00ff')", "INSERT INTO t VALUES (?, ?, X?)"),
            ("SELECT  a,\n\t b  ", "SELECT a, b"),
            ("a IN (1, 2, 3, 4, 5)", "a IN (?, ?, …)"),
        ] {
            assert_eq!(shape(sql), wanted, "{sql}");
        }
    }

    #[test]
    fn what_diesel_has_bound_is_cut_off() {
        let sql = "SELECT a FROM t WHERE b = $1 -- binds: [\"secret\nsecret 'more\"]";
        assert_eq!(shape(sql), "SELECT a FROM t WHERE b = $1");
        assert_eq!(shape("SELECT '-- binds:', b"), "SELECT ?, b", "within a text it is none");
    }

    #[test]
    fn what_does_not_end_hides_the_rest() {
        for sql in ["SELECT 'secret", "SELECT $$secret", "SELECT /* secret", "SELECT \"sec ret"] {
            assert!(!shape(sql).contains("sec"), "{sql}: {}", shape(sql));
        }
        assert_eq!(shape(""), "");
        let long = shape(&"SELECT a FROM b; ".repeat(1_000));
        assert!(long.len() < 1_100 && long.ends_with('…'));
    }

    proptest::proptest! {
        #[test]
        fn no_text_ever_comes_through(
            before in "[a-z (),=]{0,12}", text in "[^']{0,24}", after in "[^'$/\"`-]{0,12}"
        ) {
            let secret = "Zebra5Zebra";
            let sql = format!("{before} '{text}{secret}' {after}");
            proptest::prop_assert!(!shape(&sql).contains(secret), "{}", shape(&sql));
        }

        #[test]
        fn whatever_it_is_it_ends(sql in ".{0,200}") {
            proptest::prop_assert!(shape(&sql).len() <= LONGEST + 300);
        }
    }
}
