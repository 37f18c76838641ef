//! The rows in a stream of PostgreSQL's binary `COPY` format
//! (<https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4>), however
//! the stream is cut into pieces.

/// What every stream begins with; then come flags and the length of an extension.
pub(super) const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
const HEADER: usize = SIGNATURE.len() + 4 + 4;
/// Where the number of columns should be, at the end.
pub(super) const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Takes a stream apart. Keeps no more than one row that lies across two pieces.
pub(super) struct Rows {
    columns: usize,
    state: State,
    rest: Vec<u8>,
}

#[derive(PartialEq, Eq)]
enum State {
    Header,
    Row,
    Done,
}

/// One step through the stream.
enum Step {
    /// So many bytes, and they are a row or not.
    Took(usize, State),
    /// The piece ends before the step does.
    More,
}

impl Rows {
    /// Of rows with so many columns.
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, state: State::Header, rest: Vec::new() }
    }

    /// Hands each row of the piece on, with the number of its columns before them;
    /// the part of a row at the end is kept until the next piece.
    pub(super) fn feed<E: From<String>>(
        &mut self,
        piece: &[u8],
        mut row: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.rest.is_empty() {
            let taken = self.take(piece, &mut row)?;
            self.rest.extend_from_slice(&piece[taken..]);
        } else {
            let mut rest = std::mem::take(&mut self.rest);
            rest.extend_from_slice(piece);
            let taken = self.take(&rest, &mut row)?;
            rest.drain(..taken);
            self.rest = rest;
        }
        Ok(())
    }

    /// Whether the trailer has been seen. A stream that ends without it is not whole.
    pub(super) fn is_whole(&self) -> bool {
        self.state == State::Done
    }

    fn take<E: From<String>>(
        &mut self,
        bytes: &[u8],
        row: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut at = 0;
        loop {
            let left = &bytes[at..];
            let step = match self.state {
                State::Header => header(left)?,
                State::Row => tuple(left, self.columns)?,
                State::Done if left.is_empty() => Step::More,
                State::Done => return Err("something comes after the end".to_owned().into()),
            };
            let Step::Took(length, next) = step else { return Ok(at) };
            if self.state == State::Row && next == State::Row {
                row(&left[..length])?;
            }
            self.state = next;
            at += length;
        }
    }
}

fn header(bytes: &[u8]) -> Result<Step, String> {
    let known = bytes.len().min(SIGNATURE.len());
    if bytes[..known] != SIGNATURE[..known] {
        return Err("it does not begin as the binary format does".to_owned());
    }
    let Some(tail) = bytes.get(SIGNATURE.len()..HEADER) else { return Ok(Step::More) };
    if tail[..4] != [0; 4] {
        return Err("it has flags that are not known".to_owned());
    }
    let extension = number(&tail[4..]).and_then(|length| usize::try_from(length).ok());
    let extension = extension.ok_or("its header is of negative length")?;
    let length = HEADER + extension;
    Ok(if bytes.len() < length { Step::More } else { Step::Took(length, State::Row) })
}

fn tuple(bytes: &[u8], columns: usize) -> Result<Step, String> {
    let Some(count) = bytes.first_chunk() else { return Ok(Step::More) };
    if *count == TRAILER {
        return Ok(Step::Took(TRAILER.len(), State::Done));
    }
    if usize::try_from(i16::from_be_bytes(*count)) != Ok(columns) {
        return Err(format!("a row does not have the {columns} columns that were asked for"));
    }
    let mut at = count.len();
    for _ in 0..columns {
        let Some(length) = bytes.get(at..).and_then(number) else { return Ok(Step::More) };
        at += 4;
        match length {
            -1 => {}
            0.. => at += usize::try_from(length).map_err(|why| why.to_string())?,
            _ => return Err("a value has a negative length".to_owned()),
        }
    }
    Ok(if bytes.len() < at { Step::More } else { Step::Took(at, State::Row) })
}

/// The first value of a row as [`Rows`] hands it on; `None` if it is null.
pub(super) fn first(row: &[u8]) -> Option<&[u8]> {
    let values = row.get(2..)?;
    let length = usize::try_from(number(values)?).ok()?;
    values.get(4..4 + length)
}

fn number(bytes: &[u8]) -> Option<i32> {
    bytes.first_chunk().map(|bytes| i32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(rows: &[[Option<&[u8]>; 2]]) -> Vec<u8> {
        let mut bytes = [&SIGNATURE[..], &[0; 8]].concat();
        for row in rows {
            bytes.extend(2_i16.to_be_bytes());
            for value in row {
                let length = value.map_or(-1, |value| i32::try_from(value.len()).expect("short"));
                bytes.extend(length.to_be_bytes());
                bytes.extend(value.unwrap_or_default());
            }
        }
        bytes.extend(TRAILER);
        bytes
    }

    /// Each row's first value, and whether the stream was whole.
    type Found = (Vec<Option<Vec<u8>>>, bool);

    fn firsts(pieces: &[&[u8]]) -> Result<Found, String> {
        let mut rows = Rows::new(2);
        let mut found = Vec::new();
        for piece in pieces {
            rows.feed::<String>(piece, |row| {
                found.push(first(row).map(<[u8]>::to_vec));
                Ok(())
            })?;
        }
        Ok((found, rows.is_whole()))
    }

    #[test]
    fn rows_come_out_however_the_stream_is_cut() {
        let bytes = stream(&[[Some(b"one"), None], [None, Some(b"")], [Some(b""), Some(b"x")]]);
        let whole = firsts(&[&bytes]).expect("it is well formed");
        assert_eq!(whole, (vec![Some(b"one".to_vec()), None, Some(Vec::new())], true));
        for at in 0..bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(firsts(&[head, tail]).expect("it is well formed"), whole, "cut at {at}");
            let (some, ended) = firsts(&[head]).expect("so far it is well formed");
            assert!(!ended && whole.0.starts_with(&some), "ends at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(firsts(&single).expect("it is well formed"), whole);
    }

    #[test]
    fn what_is_not_the_format_is_refused() {
        let good = stream(&[[None, None]]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            firsts(&[&bytes])
        };
        assert!(with(0, b'p').is_err(), "another signature");
        assert!(with(11, 1).is_err(), "flags");
        assert!(with(20, 3).is_err(), "another number of columns");
        assert!(with(24, 0xfe).is_err(), "a length of -2");
        assert!(firsts(&[&good, b"more"]).is_err(), "something after the end");
    }
}
