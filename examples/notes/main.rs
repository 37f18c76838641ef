//! A Rocket application with a table of its own, on two shards.
//!
//! ```sh
//! ROCKET_CONFIG=examples/notes/Rocket.toml cargo run --example notes
//! curl -i localhost:8000/notes/ada -d 'buy tea'
//! curl localhost:8000/notes/ada
//! curl localhost:8000/count
//! ```

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use rocket::serde::{Serialize, json::Json};
use rocket::{get, launch, post, request::FromParam, response::status::Created, routes};
use shardwright::cluster::{
    ShardedDb,
    merge::{Count, merge_all},
};
use shardwright::key::{ShardBy, ShardKey};
use shardwright::ops::tables::Table;
use shardwright::web::{Problem, Shards, catchers};
use uuid::Uuid;

/// Diesel's own connection, with all that its query language can do on it. (`ShardConnection`
/// takes either kind of database.)
type Connection = diesel::SqliteConnection;

/// Part of the program: each shard is brought to them when it starts.
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("examples/notes/migrations");

mod schema {
    diesel::table! { notes (author, id) { author -> Text, id -> Text, words -> Text, } }
}
use schema::notes;

#[derive(Queryable, Selectable, Insertable, Serialize)]
#[serde(crate = "rocket::serde")]
#[diesel(table_name = notes)]
struct Note {
    #[serde(skip)]
    author: String,
    id: String,
    words: String,
}

/// What notes are placed by: all of an author's are on one shard.
#[derive(Clone)]
struct Author(String);

impl ShardBy for Author {
    const KEYSPACE: &'static str = "notes";
    const FIELD: &'static str = "author";
    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text(&self.0)
    }
}

/// A key is checked where it comes in; a handler that takes a `Result` answers with the problem.
impl FromParam<'_> for Author {
    type Error = Problem;
    fn from_param(text: &str) -> Result<Self, Problem> {
        match text {
            _ if text.len() > 40 => Err(Problem::invalid_field("author", "is too long")),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// The guard that leads to the shards. An alias keeps handlers short.
type Notes<'r> = Shards<'r, Author, Connection>;

#[post("/notes/<author>", data = "<words>")]
async fn add(
    notes: Notes<'_>,
    author: Result<Author, Problem>,
    words: String,
) -> Result<Created<Json<Note>>, Problem> {
    let author = author?;
    // Ids are made here, never by a shard's own sequence: those would collide.
    let id = Uuid::now_v7().to_string();
    let at = format!("/notes/{}/{id}", author.0);
    let note = Note { author: author.0.clone(), id, words };
    // One transaction on the author's shard. The closure runs on a thread that may block.
    let insert = move |conn: &mut Connection| {
        diesel::insert_into(notes::table).values(&note).execute(conn).map(|_| note)
    };
    Ok(Created::new(at).body(Json(notes.write(&author, insert).await?)))
}

#[get("/notes/<author>")]
async fn list(
    notes: Notes<'_>,
    author: Result<Author, Problem>,
) -> Result<Json<Vec<Note>>, Problem> {
    let author = author?;
    let query = notes::table.filter(notes::author.eq(author.0.clone())).order(notes::id);
    let query = query.select(Note::as_select());
    Ok(Json(notes.read(&author, move |conn| query.load(conn)).await?))
}

#[get("/notes/<author>/<id>")]
async fn show(
    notes: Notes<'_>,
    author: Result<Author, Problem>,
    id: &str,
) -> Result<Json<Note>, Problem> {
    let author = author?;
    let query = notes::table.find((author.0.clone(), id.to_owned())).select(Note::as_select());
    let note = notes.read(&author, move |conn| query.first(conn).optional()).await?;
    note.map(Json).ok_or_else(|| Problem::not_found(format!("there is no note {id}")))
}

/// No key, so every shard is asked; `complete` fails if one is missing.
#[get("/count")]
async fn count(notes: Notes<'_>) -> Result<String, Problem> {
    let counts = notes.scatter(|conn| notes::table.count().get_result::<i64>(conn)).await;
    let counts = counts.complete()?.into_iter().map(|(_, n)| Count(n.unsigned_abs()));
    let Count(all) = merge_all(counts)?.unwrap_or_default();
    Ok(format!("{all}\n"))
}

#[launch]
fn rocket() -> _ {
    let shards = ShardedDb::<Connection>::fairing()
        .migrations(MIGRATIONS)
        // So that a changed rule can be held against the rows there are.
        .tables(Author::KEYSPACE, [Table::by_text("notes", "author")]);
    rocket::build()
        .attach(shards)
        .mount("/", routes![add, list, show, count])
        .register("/", catchers())
}
