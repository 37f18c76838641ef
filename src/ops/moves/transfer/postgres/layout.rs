use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Bool, Nullable, Text},
};

use crate::ops::moves::transfer::TransferError;
use crate::ops::tables::{KeyKind, StoredId, Table};

/// The columns of one table, as rows are sent: the key first, then the others by
/// name, so that two databases agree on it whatever order they keep them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    columns: Vec<Column>,
    key: KeyForm,
    primary: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    type_name: String,
}

/// How the key column's binary form is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyForm {
    Int,
    Plain,
    /// `char(n)`, which is sent with its padding.
    Padded,
    Uuid,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    type_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    sent_by: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    portable: Option<bool>,
    #[diesel(sql_type = Nullable<BigInt>)]
    in_primary: Option<i64>,
}

/// Not portable is what means something else, or nothing, to another server: object
/// ids, and types of one's own inside arrays and records, which are sent by their ids.
const COLUMNS: &str = "
SELECT t.at, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type_name,
       y.typsend::text AS sent_by,
       NOT (y.typsend = 0 OR y.typtype = 'c' OR (y.typlen = -1 AND y.typelem >= 16384)
            OR y.typinput::text LIKE 'reg%in') AS portable,
       array_position(i.indkey::int2[], a.attnum)::bigint AS in_primary
FROM unnest($1) WITH ORDINALITY AS t(name, at)
LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0
                        AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN pg_type d ON d.oid = a.atttypid
LEFT JOIN pg_type y ON y.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
ORDER BY t.at, a.attname COLLATE \"C\"";

impl Layout {
    /// Reads the tables' columns from the catalog, in the order of the tables.
    pub(super) fn read(
        conn: &mut PgConnection,
        tables: &[Table],
        side: &'static str,
    ) -> Result<Vec<Self>, TransferError> {
        let names: Vec<String> = tables.iter().map(Table::quoted).collect();
        let query = sql_query(COLUMNS).bind::<Array<Text>, _>(names);
        let rows: Vec<Row> = query.load(conn).map_err(TransferError::Session)?;
        let mut rows = rows.into_iter().peekable();
        let mut layouts = Vec::with_capacity(tables.len());
        for (at, table) in (1..).zip(tables) {
            let own = std::iter::from_fn(|| rows.next_if(|row| row.at == at)).collect();
            layouts.push(Self::of(table, own, side)?);
        }
        Ok(layouts)
    }

    fn of(table: &Table, rows: Vec<Row>, side: &'static str) -> Result<Self, TransferError> {
        let wrong = |column: &str, problem: String| TransferError::Column {
            table: table.name().to_owned(),
            column: column.to_owned(),
            problem,
        };
        let mut key = None;
        let mut columns = Vec::with_capacity(rows.len());
        let mut primary = Vec::new();
        for row in rows {
            let (Some(name), Some(type_name)) = (row.name, row.type_name) else {
                return Err(TransferError::NoTable { table: table.name().to_owned(), side });
            };
            if row.portable != Some(true) {
                let what = format!("is of type {type_name}, which another server can't read");
                return Err(wrong(&name, what));
            }
            if let Some(place) = row.in_primary {
                primary.push((place, name.clone()));
            }
            let column = Column { name, type_name };
            if column.name == table.key() {
                let sent_by = row.sent_by.unwrap_or_default();
                key = Some(key_form(table.kind(), &sent_by).ok_or_else(|| {
                    wrong(table.key(), format!("is of type {}, which is no key", column.type_name))
                })?);
                columns.insert(0, column);
            } else {
                columns.push(column);
            }
        }
        primary.sort();
        let primary = primary.into_iter().map(|(_, name)| name).collect();
        let key = key.ok_or_else(|| wrong(table.key(), format!("is not on the {side}")))?;
        Ok(Self { columns, key, primary })
    }

    /// The columns as SQL takes them.
    pub(super) fn columns(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| Table::quote(&column.name)).collect();
        names.join(", ")
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The primary key's columns as SQL takes them, if there is one.
    pub(super) fn primary_key(&self) -> Option<String> {
        let names: Vec<_> = self.primary.iter().map(|name| Table::quote(name)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// That the target's columns are the same, by name and type.
    pub(super) fn matches(&self, table: &Table, target: &Self) -> Result<(), TransferError> {
        let wrong = |column: &str, problem: String| {
            let (table, column) = (table.name().to_owned(), column.to_owned());
            Err(TransferError::Column { table, column, problem })
        };
        let find = |columns: &[Column], name: &str| {
            columns.iter().find(|column| column.name == name).map(|column| column.type_name.clone())
        };
        for Column { name, type_name } in &self.columns {
            match find(&target.columns, name) {
                None => return wrong(name, "is missing on the target".to_owned()),
                Some(other) if other != *type_name => {
                    let what = format!("is {type_name} on the source and {other} on the target");
                    return wrong(name, what);
                }
                Some(_) => {}
            }
        }
        let extra =
            target.columns.iter().find(|column| find(&self.columns, &column.name).is_none());
        extra.map_or(Ok(()), |column| wrong(&column.name, "is missing on the source".to_owned()))
    }

    /// The key in its binary form.
    pub(super) fn key(&self, bytes: &[u8]) -> Option<StoredId> {
        let text = |text: &str| Some(StoredId::Text(text.into()));
        match self.key {
            KeyForm::Int => int(bytes).map(StoredId::Int),
            KeyForm::Plain => text(std::str::from_utf8(bytes).ok()?),
            KeyForm::Padded => text(std::str::from_utf8(bytes).ok()?.trim_end_matches(' ')),
            KeyForm::Uuid => text(&uuid::Uuid::from_slice(bytes).ok()?.to_string()),
        }
    }
}

fn key_form(kind: KeyKind, sent_by: &str) -> Option<KeyForm> {
    match (kind, sent_by) {
        (KeyKind::Int, "int2send" | "int4send" | "int8send") => Some(KeyForm::Int),
        (KeyKind::Text, "textsend" | "varcharsend" | "namesend" | "enum_send" | "citextsend") => {
            Some(KeyForm::Plain)
        }
        (KeyKind::Text, "bpcharsend") => Some(KeyForm::Padded),
        (KeyKind::Text, "uuid_send") => Some(KeyForm::Uuid),
        _ => None,
    }
}

fn int(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        2 => bytes.first_chunk().map(|bytes| i16::from_be_bytes(*bytes).into()),
        4 => bytes.first_chunk().map(|bytes| i32::from_be_bytes(*bytes).into()),
        8 => bytes.first_chunk().map(|bytes| i64::from_be_bytes(*bytes)),
        _ => None,
    }
}

/// The key as the server writes it.
pub(super) fn key_of_text(table: &Table, text: String) -> Result<StoredId, TransferError> {
    match table.kind() {
        KeyKind::Text => Ok(StoredId::Text(text.into())),
        KeyKind::Int => text
            .parse()
            .map(StoredId::Int)
            .map_err(|_| TransferError::Stray { table: table.name().to_owned(), key: text }),
    }
}
