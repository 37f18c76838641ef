//! How a browser, which sends no tokens by itself, gets to the dashboard: by a
//! cookie that holds one, and that opens the dashboard's pages alone.

use std::time::{SystemTime, UNIX_EPOCH};

use rocket::{
    Config, Request, Route, State,
    http::{Cookie, CookieJar, Method, SameSite},
    post,
    response::Redirect,
    routes,
    time::Duration,
};

use super::{Gate, form::SignIn, is_own, page::Page, verifier::Token};
use crate::http::{
    Problem,
    openapi::{DashboardAddress, Forbidden, FormRefused, SetCookie},
};

/// Where the dashboard is, and the cookie goes.
pub(super) const HOME: &str = "/dashboard";
/// Where the way out is.
pub(in crate::http) const LOGOUT: &str = "/dashboard/logout";
/// Where the form goes.
pub(super) const LOGIN: &str = "/dashboard/login";

const COOKIE: &str = "shardwright-token";
/// The longest token that browsers keep: 4096 bytes with its name and where it goes.
const LONGEST: usize = 3800;
/// The longest time that browsers keep one.
const AGES: i64 = 400 * 24 * 60 * 60;

#[derive(utoipa::OpenApi)]
#[openapi(paths(login, logout))]
pub(in crate::http) struct Docs;

pub(in crate::http) fn routes() -> Vec<Route> {
    routes![login, logout]
}

/// The cookie's token, if the request is one that a cookie may open: it looks at
/// the dashboard, or presses a button of it.
pub(super) fn token<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let path = request.uri().path().as_str();
    let below = path.strip_prefix(HOME)?;
    let is_home = below.is_empty() || below.starts_with('/');
    let looks = matches!(request.method(), Method::Get | Method::Head);
    let presses = request.method() == Method::Post && is_own(request);
    (is_home && (looks || presses)).then(|| request.cookies().get(COOKIE).map(Cookie::value))?
}

/// Sign in to the dashboard
///
/// A form of the dashboard's own: the token becomes a cookie that opens the dashboard alone.
#[post("/dashboard/login", data = "<form>")]
#[utoipa::path(
    post, path = "/dashboard/login", tag = "dashboard", operation_id = "signIn",
    request_body(content = inline(SignIn), content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the dashboard, with a cookie", headers(
            ("Location" = inline(DashboardAddress), description = "The dashboard"),
            ("Set-Cookie" = inline(SetCookie), description = "The cookie, where a token is needed"),
        )),
        FormRefused,
    ),
)]
fn login(
    form: Result<SignIn, Problem>,
    gate: &State<Gate>,
    config: &Config,
    cookies: &CookieJar<'_>,
) -> Result<Redirect, Page> {
    let form = form.map_err(Page::of)?;
    let given = form.token.trim();
    if given.len() > LONGEST {
        let why = format!("a browser keeps tokens of up to {LONGEST} bytes, and this is longer");
        return Err(Page::of(Problem::forbidden(why)));
    }
    if let Some(token) = gate.operator(given).map_err(Page::of)? {
        cookies.add(cookie(given.to_owned(), lifetime(&token), wants_tls(config)));
    }
    Ok(Redirect::to(HOME))
}

/// Sign out of the dashboard
///
/// Ends the cookie. The token itself is good until it expires.
#[post("/dashboard/logout")]
#[utoipa::path(
    post, path = "/dashboard/logout", tag = "dashboard", operation_id = "signOut",
    responses(
        (status = 303, description = "To the dashboard, without the cookie", headers(
            ("Location" = inline(DashboardAddress), description = "The dashboard"),
            ("Set-Cookie" = inline(SetCookie), description = "Ends the cookie"),
        )),
        Forbidden,
    ),
)]
fn logout(cookies: &CookieJar<'_>) -> Redirect {
    cookies.add(cookie(String::new(), Duration::ZERO, false));
    Redirect::to(HOME)
}

/// Whether browsers are to send the cookie over TLS alone: where other machines are.
pub(super) fn wants_tls(config: &Config) -> bool {
    !config.address.to_canonical().is_loopback()
}

fn cookie(token: String, lifetime: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path(HOME)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(lifetime)
        .build()
}

/// As long as the token has left.
fn lifetime(token: &Token) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let left = token.expires.saturating_sub(now);
    Duration::seconds(i64::try_from(left).unwrap_or(AGES).min(AGES))
}
