//! The `shardwright` command.

fn main() -> std::process::ExitCode {
    shardwright::cli::main()
}
