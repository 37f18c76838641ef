use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::{
    Figment, Profile,
    providers::{Env, Format, Toml},
};
use rocket::Config;

use super::super::output::Usage;
use crate::{cluster::Blueprint, http::Service};

/// Reads another Rocket.toml by the rules of the one in force: the same profile,
/// the same environment on top, the same checks.
pub(super) fn read(file: &Path) -> anyhow::Result<Blueprint> {
    let found = located(file)?;
    let figment = Figment::from(Config::default())
        .merge(Toml::file_exact(&found).nested())
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE"]).global())
        .select(Profile::from_env_or("ROCKET_PROFILE", Config::DEFAULT_PROFILE));
    Service::blueprint(&figment).with_context(|| file.display().to_string())
}

/// The file by its full name, its folder's links followed: relative databases in
/// it are beside it under the same condition as those of a Rocket.toml found
/// above the working folder, and that one is found by such a name.
fn located(file: &Path) -> anyhow::Result<PathBuf> {
    let missing = || Usage(format!("there is no file {}", file.display()));
    if !file.is_file() {
        return Err(missing().into());
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = file.file_name().ok_or_else(missing)?;
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    Ok(folder.join(name))
}
