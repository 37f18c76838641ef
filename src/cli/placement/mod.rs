//! `placement`: where the keys are, where the rules have them, and what another
//! rule would move.

mod apply;
pub(super) mod args;
mod check;
mod figures;
mod file;
mod findings;
mod plan;
mod progress;
mod suggest;

use args::Placement;
use figment::Figment;

use super::{Outcome, block_on, output::Output, service};

pub(super) fn run(
    command: Placement,
    figment: &Figment,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    match command {
        Placement::Check(args) => block_on(check::run(&service, &args, output))?,
        Placement::Plan(args) => block_on(plan::run(figment, &args, output))?,
        Placement::Apply(args) => block_on(apply::run(figment, &args, output))?,
        Placement::Suggest(args) => block_on(suggest::run(&service, &args, output))?,
    }
}
