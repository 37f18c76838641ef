//! Each kind of difference on Postgres.

use super::kinds::{Case, each};
use crate::support::{both::run, cluster::TestCluster};

#[test]
fn each_kind_is_named_exactly() {
    run(&TestCluster::postgres(3), async |cluster| each(cluster, CASES).await);
}

const CASES: &[Case] = &[
    ("DROP INDEX things_by_n", &["index things_by_n is missing"]),
    (
        "DROP INDEX things_by_n; CREATE INDEX things_by_n ON things (n DESC)",
        &["index things_by_n is CREATE INDEX things_by_n ON public.things USING btree (n DESC), \
           elsewhere CREATE INDEX things_by_n ON public.things USING btree (n)"],
    ),
    (
        "CREATE INDEX by_parent ON things (parent)",
        &["index by_parent is extra: CREATE INDEX by_parent ON public.things USING btree (parent)"],
    ),
    (
        "ALTER TABLE things ALTER n TYPE smallint",
        &["column things.n is smallint, elsewhere integer"],
    ),
    (
        "ALTER TABLE parents ALTER code TYPE varchar(9)",
        &["column parents.code is character varying(9) NOT NULL, elsewhere text NOT NULL"],
    ),
    ("ALTER TABLE things ADD note text", &["column things.note is extra: text"]),
    (
        "ALTER TABLE things DROP parent",
        &["column things.parent is missing", "constraint things.things_parent_fkey is missing"],
    ),
    (
        "ALTER TABLE things ALTER name SET DEFAULT 'some'",
        &["column things.name is text NOT NULL DEFAULT 'some'::text, elsewhere text NOT NULL \
           DEFAULT 'none'::text"],
    ),
    (
        "ALTER TABLE things ALTER name DROP DEFAULT",
        &["column things.name is text NOT NULL, elsewhere text NOT NULL DEFAULT 'none'::text"],
    ),
    (
        "ALTER TABLE things ALTER name DROP NOT NULL",
        &["column things.name is text DEFAULT 'none'::text, elsewhere text NOT NULL DEFAULT \
           'none'::text"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_n_check",
        &["constraint things.things_n_check is missing"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_n_check, ADD CONSTRAINT things_n_check CHECK (n > 1)",
        &["constraint things.things_n_check is CHECK ((n > 1)), elsewhere CHECK ((n > 0))"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_parent_fkey",
        &["constraint things.things_parent_fkey is missing"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_parent_fkey, ADD CONSTRAINT things_parent_fkey
         FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE",
        &[
            "constraint things.things_parent_fkey is FOREIGN KEY (parent) REFERENCES public.parents(id) ON \
           DELETE CASCADE, elsewhere FOREIGN KEY (parent) REFERENCES public.parents(id)",
        ],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_name_key",
        &["constraint things.things_name_key is missing"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_name_key, ADD CONSTRAINT things_name_key UNIQUE (name, n)",
        &["constraint things.things_name_key is UNIQUE (name, n), elsewhere UNIQUE (name)"],
    ),
    (
        "ALTER TABLE things DROP CONSTRAINT things_pkey",
        &["constraint things.things_pkey is missing"],
    ),
    (
        "ALTER TABLE things ADD CHECK (parent > 0)",
        &["constraint things.things_parent_check is extra: CHECK ((parent > 0))"],
    ),
    ("DROP VIEW names; DROP TABLE things", &["table things is missing", "view names is missing"]),
    (
        "CREATE TABLE more (id bigint PRIMARY KEY, t text DEFAULT 'x' CHECK (t <> ''))",
        &["table more is extra: a table"],
    ),
    (
        "CREATE OR REPLACE VIEW names AS SELECT name FROM things WHERE n > 1",
        &[
            "view names is SELECT things.name FROM public.things WHERE (things.n > 1);, elsewhere SELECT \
           things.name FROM public.things;",
        ],
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER t BEFORE INSERT ON parents FOR EACH ROW EXECUTE FUNCTION f()",
        &["trigger parents.t is extra: CREATE TRIGGER t BEFORE INSERT ON public.parents FOR EACH \
           ROW EXECUTE FUNCTION public.f()"],
    ),
];
