//! Rows of one key that belong to several regions.

use shardwright::ops::moves::{Batch, RegionFilter};
use shardwright::ops::tables::{StoredId, Table};

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET};

on_both!(only_the_region_asked_for_goes);

fn only_the_region_asked_for_goes(stage: &Stage) {
    stage.on_both(
        "CREATE TABLE visits (k bigint, region text, n int); CREATE TABLE plain (k bigint, n int)",
    );
    stage.run(
        SOURCE,
        "INSERT INTO visits VALUES (1, 'o''hare', 1), (1, 'us', 2), (1, NULL, 3), (1, '', 4),
                                   (2, 'o''hare', 5), (3, 'o''hare', 6);
         INSERT INTO plain VALUES (1, 1), (2, 2), (3, 3)",
    );
    let tables = [Table::by_int("visits", "k").with_region("region"), Table::by_int("plain", "k")];
    let of = |region| Batch { region, keys: vec![StoredId::Int(1), StoredId::Int(2)] };
    let there = || {
        let mut lines = stage.lines(TARGET, "SELECT CAST(n AS text) AS line FROM visits");
        lines.sort();
        lines
    };
    let visits = std::slice::from_ref(&tables[0]);
    let is = RegionFilter::Is("o'hare".to_owned());
    assert_eq!(stage.transfer(visits, &of(is.clone())).expect("they go").rows(), 2);
    assert_eq!(there(), ["1", "5"]);
    assert_eq!(stage.transfer(visits, &of(RegionFilter::Null)).expect("it goes").rows(), 1);
    assert_eq!(there(), ["1", "3", "5"]);
    assert_eq!(stage.transfer(visits, &of(is)).expect("they are gone").rows(), 0);
    // A table without regions goes whole; what is at the target of the others is in nobody's way.
    let us = of(RegionFilter::Is("us".to_owned()));
    assert_eq!(stage.transfer(&tables, &us).expect("they go").rows(), 3);
    assert_eq!(
        (there(), stage.count(TARGET, "plain")),
        (["1", "2", "3", "5"].map(str::to_owned).to_vec(), 2)
    );
    let rest = Batch { region: RegionFilter::Any, keys: vec![StoredId::Int(3)] };
    assert_eq!(stage.transfer(&tables, &rest).expect("they go").rows(), 2);
    assert_eq!(stage.lines(SOURCE, "SELECT CAST(n AS text) AS line FROM visits"), ["4"]);
}
