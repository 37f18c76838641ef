use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};

use crate::ops::{moves::transfer::TransferError, tables::Table};

/// The columns of one table, as rows are written down: the key first, then the
/// others by name, so that two databases agree on it whatever order they keep them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = BigInt)]
    in_primary: i64,
}

/// Without generated columns, and those that virtual tables hide.
const COLUMNS: &str = "
SELECT name, upper(type) AS type_name, pk AS in_primary
FROM pragma_table_xinfo(?, ?) WHERE hidden = 0 ORDER BY name";

impl Layout {
    /// Reads the tables' columns from the catalog, in the order of the tables.
    pub(super) fn read(
        conn: &mut SqliteConnection,
        schema: &str,
        tables: &[Table],
        side: &'static str,
    ) -> Result<Vec<Self>, TransferError> {
        tables.iter().map(|table| Self::of(conn, schema, table, side)).collect()
    }

    fn of(
        conn: &mut SqliteConnection,
        schema: &str,
        table: &Table,
        side: &'static str,
    ) -> Result<Self, TransferError> {
        let query = sql_query(COLUMNS).bind::<Text, _>(table.name()).bind::<Text, _>(schema);
        let mut columns: Vec<Column> = query.load(conn).map_err(TransferError::Session)?;
        let name = table.name().to_owned();
        if columns.is_empty() {
            return Err(TransferError::NoTable { table: name, side });
        }
        let Some(key) = columns.iter().position(|column| column.name == table.key()) else {
            let (column, problem) = (table.key().to_owned(), format!("is not on the {side}"));
            return Err(TransferError::Column { table: name, column, problem });
        };
        columns[..=key].rotate_right(1);
        Ok(Self { columns })
    }

    /// The columns as SQL takes them.
    pub(super) fn columns(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| Table::quote(&column.name)).collect();
        names.join(", ")
    }

    /// A row in its canonical form, as an expression: every value by its storage
    /// class, exactly. (`quote()` alone would end a text at its first NUL.)
    pub(super) fn canonical(&self) -> String {
        let value = |column: &Column| {
            let name = Table::quote(&column.name);
            format!(
                "CASE typeof({name}) WHEN 'text' THEN 't' || octet_length({name}) || ':' || {name} \
                 WHEN 'blob' THEN 'b' || hex({name}) ELSE quote({name}) END"
            )
        };
        let values: Vec<_> = self.columns.iter().map(value).collect();
        format!("CAST({} AS BLOB)", values.join(" || ',' || "))
    }

    /// The primary key as a readable expression, if there is one.
    pub(super) fn primary_key(&self) -> Option<String> {
        let mut columns: Vec<_> =
            self.columns.iter().filter(|column| column.in_primary > 0).collect();
        columns.sort_by_key(|column| column.in_primary);
        let value = |column: &&Column| {
            let name = Table::quote(&column.name);
            let nul = format!("typeof({name}) = 'text' AND instr({name}, char(0)) > 0");
            format!("CASE WHEN {nul} THEN 't' || hex({name}) ELSE quote({name}) END")
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        (!values.is_empty()).then(|| format!("CAST({} AS BLOB)", values.join(" || ',' || ")))
    }

    /// That the target's columns are the same, by name and declared type.
    pub(super) fn matches(&self, table: &Table, target: &Self) -> Result<(), TransferError> {
        let wrong = |column: &Column, problem: String| {
            let (table, column) = (table.name().to_owned(), column.name.clone());
            Err(TransferError::Column { table, column, problem })
        };
        for column in &self.columns {
            match target.columns.iter().find(|other| other.name == column.name) {
                None => return wrong(column, "is missing on the target".to_owned()),
                Some(other) if other.type_name != column.type_name => {
                    let (here, there) = (&column.type_name, &other.type_name);
                    let what = format!("is {here} on the source and {there} on the target");
                    return wrong(column, what);
                }
                Some(_) => {}
            }
        }
        let known = |other: &&Column| !self.columns.iter().any(|column| column.name == other.name);
        match target.columns.iter().find(known) {
            Some(extra) => wrong(extra, "is missing on the source".to_owned()),
            None => Ok(()),
        }
    }
}
