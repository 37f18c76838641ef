//! A look at shards while another process changes them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::super::{five, on_both, process::Ended, project::Project};
use crate::support::cluster::TestCluster;

on_both!(3 => a_migration_under_way_is_not_taken_for_drift);

/// The list of versions and the schema are of one moment.
fn a_migration_under_way_is_not_taken_for_drift(cluster: &TestCluster) {
    let project = Project::new(cluster);
    five::add(&project);
    project.migrate("run").expect(0);
    let looking = AtomicBool::new(true);
    let lists: Vec<Ended> = thread::scope(|scope| {
        scope.spawn(|| {
            while looking.load(Ordering::Relaxed) {
                project.migrate("redo --all --shard shard-1");
            }
        });
        let lists = (0..25).map(|_| project.migrate("list")).collect();
        looking.store(false, Ordering::Relaxed);
        lists
    });
    lists.into_iter().for_each(|list| drop(list.expect(0)));
}
