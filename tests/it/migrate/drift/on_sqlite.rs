//! Each kind of difference on SQLite, which can alter little of a table that is there.

use super::kinds::{Case, each};
use crate::support::{both::run, cluster::TestCluster};

#[test]
fn each_kind_is_named_exactly() {
    run(&TestCluster::sqlite(3), async |cluster| each(cluster, CASES).await);
}

const CASES: &[Case] = &[
    ("DROP INDEX things_by_n", &["index things_by_n is missing"]),
    (
        "things (n) => things (n DESC)",
        &[
            "index things_by_n is CREATE INDEX things_by_n ON things(n DESC), elsewhere CREATE INDEX \
           things_by_n ON things(n)",
        ],
    ),
    (
        "CREATE INDEX by_parent ON things (parent)",
        &["index by_parent is extra: CREATE INDEX by_parent ON things(parent)"],
    ),
    ("n integer => n smallint", &["column things.n is smallint, elsewhere INTEGER"]),
    ("ALTER TABLE things ADD note text", &["column things.note is extra: TEXT"]),
    (
        "parent bigint REFERENCES parents (id), => ",
        &["column things.parent is missing", "constraint things.foreign_key(parent) is missing"],
    ),
    (
        "DEFAULT 'none' => DEFAULT 'some'",
        &["column things.name is TEXT NOT NULL DEFAULT 'some', elsewhere TEXT NOT NULL DEFAULT \
           'none'"],
    ),
    (
        "DEFAULT 'none' => ",
        &["column things.name is TEXT NOT NULL, elsewhere TEXT NOT NULL DEFAULT 'none'"],
    ),
    (
        "name text NOT NULL => name text",
        &["column things.name is TEXT DEFAULT 'none', elsewhere TEXT NOT NULL DEFAULT 'none'"],
    ),
    ("CHECK (n > 0) => ", &["constraint things.check(n>0) is missing"]),
    (
        "CHECK (n > 0) => CHECK (n > 1)",
        &[
            "constraint things.check(n>0) is missing",
            "constraint things.check(n>1) is extra: CHECK",
        ],
    ),
    ("REFERENCES parents (id) => ", &["constraint things.foreign_key(parent) is missing"]),
    (
        "REFERENCES parents (id) => REFERENCES parents (id) ON DELETE CASCADE",
        &[
            "constraint things.foreign_key(parent) is REFERENCES parents(id) ON UPDATE NO ACTION ON \
           DELETE CASCADE, elsewhere REFERENCES parents(id) ON UPDATE NO ACTION ON DELETE NO ACTION",
        ],
    ),
    (", UNIQUE (name) => ", &["constraint things.unique(name) is missing"]),
    (
        "UNIQUE (name) => UNIQUE (name, n)",
        &[
            "constraint things.unique(name) is missing",
            "constraint things.unique(name,n) is extra: UNIQUE",
        ],
    ),
    (
        "things ( id bigint PRIMARY KEY => things ( id bigint",
        &["column things.id is bigint, elsewhere bigint PRIMARY KEY 1"],
    ),
    ("DROP VIEW names; DROP TABLE things", &["table things is missing", "view names is missing"]),
    (
        "CREATE TABLE more (id bigint PRIMARY KEY, t text DEFAULT 'x' CHECK (t <> ''))",
        &["table more is extra: a table"],
    ),
    (
        "SELECT name FROM things => SELECT name FROM things WHERE n > 1",
        &[
            "view names is CREATE VIEW names AS SELECT name FROM things WHERE n>1, elsewhere CREATE \
           VIEW names AS SELECT name FROM things",
        ],
    ),
    (
        "CREATE TRIGGER t AFTER INSERT ON parents BEGIN SELECT 1; END",
        &[
            "trigger parents.t is extra: CREATE TRIGGER t AFTER INSERT ON parents BEGIN SELECT 1;END",
        ],
    ),
];
