use diesel::{QueryResult, RunQueryDsl, SqliteConnection, sql_query};

use super::{Object, ObjectKind, Row, Schema, squeezed};

/// What SQLite's catalog tells by column. Its checks stand only in the text of
/// a table's definition.
const OBJECTS: &str = "
WITH tables AS (
    SELECT m.name, m.sql, l.wr, l.strict
    FROM sqlite_master m JOIN pragma_table_list(m.name) l ON l.schema = 'main'
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
)
SELECT 'table' AS kind, name, name AS owner,
       'a table' || CASE WHEN strict THEN ', STRICT' ELSE '' END
                 || CASE WHEN wr THEN ', WITHOUT ROWID' ELSE '' END AS definition,
       1 AS valid
FROM tables
UNION ALL
SELECT 'column', t.name || '.' || c.name, t.name,
       c.type || CASE WHEN c.\"notnull\" THEN ' NOT NULL' ELSE '' END
              || CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' DEFAULT ' || c.dflt_value END
              || CASE WHEN c.pk > 0 THEN ' PRIMARY KEY ' || c.pk ELSE '' END
              || CASE c.hidden WHEN 0 THEN '' ELSE ' GENERATED' END,
       1
FROM tables t JOIN pragma_table_xinfo(t.name) c
UNION ALL
SELECT 'constraint', t.name || '.unique(' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ')',
       t.name, 'UNIQUE', 1
FROM tables t JOIN pragma_index_list(t.name) i WHERE i.origin = 'u'
UNION ALL
SELECT 'constraint', t.name || '.foreign_key(' || group_concat(f.\"from\") || ')', t.name,
       'REFERENCES ' || f.\"table\" || '(' || coalesce(group_concat(f.\"to\"), '') || ') ON UPDATE '
       || f.on_update || ' ON DELETE ' || f.on_delete, 1
FROM tables t JOIN pragma_foreign_key_list(t.name) f GROUP BY t.name, f.id
UNION ALL
SELECT type, CASE type WHEN 'trigger' THEN tbl_name || '.' || name ELSE name END, tbl_name,
       coalesce(sql, ''), 1
FROM sqlite_master WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL
UNION ALL
SELECT 'checks', name, name, sql, 1 FROM tables
";

pub(in super::super) fn read(conn: &mut SqliteConnection) -> QueryResult<Schema> {
    let rows: Vec<Row> = sql_query(OBJECTS).load(conn)?;
    let (texts, plain): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| row.kind == "checks");
    let mut objects: Vec<_> = plain.into_iter().map(|row| row.object(between_words)).collect();
    objects.extend(texts.iter().flat_map(|row| checks(&row.name, &row.definition)));
    Ok(Schema::of(objects))
}

/// SQLite keeps definitions as they were written, where `t(a>0)` is `t (a > 0)`.
fn between_words(before: char, spaced: bool, after: char) -> bool {
    let word = |c: char| c.is_alphanumeric() || "_$'\"`".contains(c);
    word(after) && (before == ')' || spaced && word(before))
}

/// The checks in a table's definition, each named by its own condition.
fn checks(table: &str, definition: &str) -> Vec<Object> {
    let lower = definition.to_ascii_lowercase();
    let starts = lower.match_indices("check").filter_map(|(at, word)| {
        let before = lower[..at].chars().next_back();
        let open = at + word.len() + lower[at + word.len()..].find(|c: char| !c.is_whitespace())?;
        let is_word = before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_');
        (is_word && lower[open..].starts_with('(')).then_some(open)
    });
    starts
        .filter_map(|open| balanced(&definition[open..]))
        .map(|condition| {
            let condition = squeezed(condition, between_words);
            Object {
                kind: ObjectKind::Constraint,
                name: format!("{table}.check{condition}"),
                table: table.to_owned(),
                definition: "CHECK".to_owned(),
            }
        })
        .collect()
}

/// From an opening parenthesis to the one that closes it.
fn balanced(text: &str) -> Option<&str> {
    let mut depth = 0;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(&text[..=at]);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_with_their_parentheses() {
        let sql =
            "CREATE TABLE t (checked INT CHECK (f(checked) IN (1, 2)), s TEXT CHECK\n(s <> ')'))";
        let names: Vec<_> = checks("t", sql).into_iter().map(|object| object.name).collect();
        assert_eq!(names, ["t.check(f(checked) IN(1,2))", "t.check(s<>')')"]);
    }

    #[test]
    fn white_space_counts_between_words_and_in_quotes() {
        let squeezed = |text| squeezed(text, between_words);
        assert_eq!(
            squeezed(" SELECT\n a  ,b AS \"c  d\" FROM t "),
            "SELECT a,b AS \"c  d\" FROM t"
        );
        assert_eq!(squeezed("s = ' it''s  ' || x"), "s=' it''s  '||x");
    }
}
