//! `--help`, word for word.

use insta::assert_snapshot;

use crate::process::Folder;

/// What a command says of itself. Needs no configuration.
#[track_caller]
fn help(command: &[&str]) -> String {
    let folder = Folder::with("");
    let ran = folder.run(&[command, &["--help"]].concat()).expect(0);
    assert_eq!(ran.stderr, "");
    ran.stdout
}

#[test]
fn of_the_program() {
    assert_snapshot!(help(&[]), @r"
    Application-level sharding on Diesel and Rocket.

    Reads Rocket.toml in this folder or one above it, or the file named in ROCKET_CONFIG; ROCKET_PROFILE picks the profile. RUST_LOG says how much is logged, in place of warn,shardwright=info,rocket=off,_=off.

    Usage: shardwright [OPTIONS] [COMMAND]

    Commands:
      serve        Run the service (what `shardwright` alone does)
      migration    Change the schema of all shards
      shards       Say how each shard is and what it holds: exit code 1 if one is not healthy
      route        Say where keys live and why
      placement    Say where the stored keys are and where they belong, and move them there
      config       Check or show the configuration
      completions  Print what completes these commands in a shell
      man          Print the manual page, for `man -l`
      help         Print this message or the help of the given subcommand(s)

    Options:
          --log-format <FORMAT>
              Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit codes: 0 done, 1 the work failed or is pending, 2 usage or configuration.
    ");
}

#[test]
fn of_serve() {
    assert_snapshot!(help(&["serve"]), @r"
    Run the service (what `shardwright` alone does)

    Usage: shardwright serve [OPTIONS]

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_migration() {
    assert_snapshot!(help(&["migration"]), @r"
    Change the schema of all shards

    Usage: shardwright migration [OPTIONS] <COMMAND>

    Commands:
      run       Apply all pending migrations
      revert    Take back the newest migrations
      redo      Take back the newest migrations and apply them again
      list      List migrations × shards, and the shards whose schema differs
      pending   Say whether migrations are pending: exit code 1 if any is
      generate  Make the files of a new migration, for both kinds of database
      help      Print this message or the help of the given subcommand(s)

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --migration-dir <DIR>  The folder that holds postgres/ and sqlite/ migrations [default: those in the binary; for generate, migrations]
      -h, --help                 Print help
    ");
}

#[test]
fn of_migration_run() {
    assert_snapshot!(help(&["migration", "run"]), @r"
    Apply all pending migrations

    Usage: shardwright migration run [OPTIONS]

    Options:
          --log-format <FORMAT>       Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --migration-dir <DIR>       The folder that holds postgres/ and sqlite/ migrations [default: those in the binary; for generate, migrations]
          --shard <ID>                Only this shard; may be given more than once
          --canary <ID>               Do this shard first, and no other if it fails
          --wave <N>                  How many shards to do side by side [default: all]
          --dry-run                   Print what would be done, with its SQL, and touch nothing
          --lock-timeout <TIME>       How long a statement may wait for a lock before the migration is tried again; 0 waits for ever [default: 2s]
          --lock-retries <N>          How often a migration that timed out on a lock is tried again [default: 10]
          --statement-timeout <TIME>  How long a statement may run; 0 for as long as it needs [default: 0s]
          --wait <TIME>               How long to wait for another process that is migrating a shard [default: 60s]
          --json                      Print the report as JSON
      -h, --help                      Print help
    ");
}

#[test]
fn of_migration_list() {
    assert_snapshot!(help(&["migration", "list"]), @r"
    List migrations × shards, and the shards whose schema differs

    Usage: shardwright migration list [OPTIONS]

    Options:
          --json                 Print the list as JSON
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --migration-dir <DIR>  The folder that holds postgres/ and sqlite/ migrations [default: those in the binary; for generate, migrations]
      -h, --help                 Print help
    ");
}

#[test]
fn of_shards() {
    assert_snapshot!(help(&["shards"]), @r"
    Say how each shard is and what it holds: exit code 1 if one is not healthy

    Usage: shardwright shards [OPTIONS]
           shardwright shards <COMMAND>

    Commands:
      adopt  Tell databases that they are these shards of this cluster, whatever they say themselves: for copies restored on purpose
      help   Print this message or the help of the given subcommand(s)

    Options:
          --json                 Print the answers as JSON
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_route() {
    assert_snapshot!(help(&["route"]), @r"
    Say where keys live and why

    Usage: shardwright route [OPTIONS] <KEYSPACE> [KEYS]...

    Arguments:
      <KEYSPACE>  The keyspace, such as orders or users
      [KEYS]...   The keys: tenant ids for orders, whole numbers for users. Without any, or for `-`, they are read from standard input, one a line; a line may hold the key's region after a tab

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --region <REGION>      The region of keys that come without one, for a keyspace placed by region
          --json                 Print the answers as JSON
      -h, --help                 Print help
    ");
}

#[test]
fn of_placement() {
    assert_snapshot!(help(&["placement"]), @r"
    Say where the stored keys are and where they belong, and move them there

    Usage: shardwright placement [OPTIONS] <COMMAND>

    Commands:
      check    Hold every stored key against its rule: exit code 1 if one is misplaced, on two shards, without a place or without a key
      plan     Say what a changed configuration would move; changes nothing
      suggest  Propose ranges that even a keyspace out; changes nothing
      apply    Move the keys to where a changed configuration has them, while no service runs
      help     Print this message or the help of the given subcommand(s)

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_placement_check() {
    assert_snapshot!(help(&["placement", "check"]), @r"
    Hold every stored key against its rule: exit code 1 if one is misplaced, on two shards, without a place or without a key

    Usage: shardwright placement check [OPTIONS]

    Options:
          --keyspace <NAME>      Only this keyspace; may be given more than once
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --limit <N>            How many findings of a kind to list [default: 100]
          --json                 Print the findings as JSON
      -h, --help                 Print help
    ");
}

#[test]
fn of_placement_plan() {
    assert_snapshot!(help(&["placement", "plan"]), @r"
    Say what a changed configuration would move; changes nothing

    Usage: shardwright placement plan [OPTIONS] --config <FILE>

    Options:
          --config <FILE>        The changed configuration: the whole Rocket.toml as it is to be
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --top <N>              How many of the largest movers to list [default: 10]
          --json                 Print the plan as JSON
      -h, --help                 Print help
    ");
}

#[test]
fn of_placement_suggest() {
    assert_snapshot!(help(&["placement", "suggest"]), @r"
    Propose ranges that even a keyspace out; changes nothing

    Usage: shardwright placement suggest [OPTIONS] <KEYSPACE>

    Arguments:
      <KEYSPACE>  The keyspace; its keys must be whole numbers

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
          --shards <A,B,C>       The shards to spread it over [default: those it is on by its rule]
          --by <WHAT>            What to even out: rows, keys or bytes [default: rows]
          --json                 Print the proposal as JSON
      -h, --help                 Print help
    ");
}

#[test]
fn of_placement_apply() {
    assert_snapshot!(help(&["placement", "apply"]), @r"
    Move the keys to where a changed configuration has them, while no service runs

    Every database is held alone meanwhile: while a service runs this refuses, and while this runs no service serves. Ctrl-C at any time, and anything worse: run it again to go on, or with --undo to take back what was done. When it is done, put FILE in the place of Rocket.toml and start the service.

    Usage: shardwright placement apply [OPTIONS] --config <FILE>

    Options:
          --config <FILE>
              The changed configuration: the whole Rocket.toml as it is to be

          --log-format <FORMAT>
              Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]

          --undo
              Move every key back to where the present configuration has it

          --max-rows-per-second <N>
              Move no more rows in a second than this, on average

          --batch-rows <N>
              Move so many rows in one transaction; a key with more goes alone, and whole

          --wait <TIME>
              How long to wait for services to end [default: 3s]

          --json
              Print what was moved as JSON

      -h, --help
              Print help (see a summary with '-h')
    ");
}

#[test]
fn of_shards_adopt() {
    assert_snapshot!(help(&["shards", "adopt"]), @r"
    Tell databases that they are these shards of this cluster, whatever they say themselves: for copies restored on purpose

    The cluster is the one that the other shards belong to. If all shards are named it is a new one: a copy of a whole cluster is not the original.

    Usage: shardwright shards adopt [OPTIONS] <SHARD>...

    Arguments:
      <SHARD>...
              The shards, by their names in Rocket.toml

    Options:
          --log-format <FORMAT>
              Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]

      -h, --help
              Print help (see a summary with '-h')
    ");
}

#[test]
fn of_config() {
    assert_snapshot!(help(&["config"]), @r"
    Check or show the configuration

    Usage: shardwright config [OPTIONS] <COMMAND>

    Commands:
      check  Say everything that is wrong with the configuration
      show   Print the effective configuration, defaults written out, passwords hidden
      help   Print this message or the help of the given subcommand(s)

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_config_check() {
    assert_snapshot!(help(&["config", "check"]), @r"
    Say everything that is wrong with the configuration

    Usage: shardwright config check [OPTIONS]

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_config_show() {
    assert_snapshot!(help(&["config", "show"]), @r"
    Print the effective configuration, defaults written out, passwords hidden

    Usage: shardwright config show [OPTIONS]

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_completions() {
    assert_snapshot!(help(&["completions"]), @r"
    Print what completes these commands in a shell

    Usage: shardwright completions [OPTIONS] <SHELL>

    Arguments:
      <SHELL>  The shell [possible values: bash, elvish, fish, powershell, zsh]

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}

#[test]
fn of_man() {
    assert_snapshot!(help(&["man"]), @r"
    Print the manual page, for `man -l`

    Usage: shardwright man [OPTIONS]

    Options:
          --log-format <FORMAT>  Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
      -h, --help                 Print help
    ");
}
