use serde_json::{Value, json};

use super::super::{Outcome, output::Output};
use crate::ops::migrate::{Direction, Plan, ShardPlan};

/// What would be done; exit code 1 if that can't be told for every shard.
pub(super) fn show(plans: &[ShardPlan], json: bool, output: &Output) -> anyhow::Result<Outcome> {
    if json {
        output.json(&plans.iter().map(view).collect())?;
    } else {
        for plan in plans {
            show_one(plan, output)?;
        }
    }
    let told = plans.iter().all(|plan| plan.steps.is_ok());
    Ok(if told { Outcome::Done } else { Outcome::Failed })
}

fn show_one(plan: &ShardPlan, output: &Output) -> anyhow::Result<()> {
    let shard = &plan.shard;
    let steps = match &plan.steps {
        Ok(steps) => steps,
        Err(error) => return Ok(output.say(&format!("{shard}: {}", error.in_full()))?),
    };
    if steps.is_empty() {
        output.say(&format!("{shard}: nothing to do"))?;
    }
    for step in steps {
        let verb = verb(step);
        let how = if step.in_transaction { "" } else { ", outside a transaction" };
        output.say(&format!("{shard}: would {verb} {}{how}", step.name))?;
        match &step.sql {
            Some(sql) => {
                for line in sql.trim_end().lines() {
                    output.say(&format!("    {line}"))?;
                }
            }
            None => output.say("    (its SQL can't be shown)")?,
        }
    }
    Ok(())
}

fn verb(step: &Plan) -> &'static str {
    match step.direction {
        Direction::Up => "apply",
        Direction::Down => "revert",
    }
}

fn view(plan: &ShardPlan) -> Value {
    let step = |step: &Plan| {
        json!({
            "version": step.version,
            "name": step.name,
            "action": verb(step),
            "in_transaction": step.in_transaction,
            "sql": step.sql,
        })
    };
    match &plan.steps {
        Ok(steps) => {
            let steps: Vec<_> = steps.iter().map(step).collect();
            json!({ "shard": plan.shard.as_str(), "steps": steps })
        }
        Err(error) => json!({ "shard": plan.shard.as_str(), "error": error.in_full() }),
    }
}
