//! What is sent to `/users`.

use utoipa::{IntoParams, ToSchema};

use super::params::whole;

/// A user as it is added.
#[derive(ToSchema)]
#[schema(as = NewUser, example = json!({
    "id": 7, "name": "Ada", "email": "ada@example.org", "region": "eu",
}))]
#[expect(dead_code, reason = "it is the shape of what the handler reads field by field")]
pub(in crate::http) struct NewUserBody {
    /// The id, which the caller chooses.
    #[schema(schema_with = whole)]
    id: i64,
    /// The name: a line of text.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]+$",
        example = "Ada"
    )]
    name: String,
    /// The mail address.
    #[schema(
        min_length = 3,
        max_length = 254,
        pattern = r"^[^\u0000-\u0020\u007F-\u009F]+@[^@\u0000-\u0020\u007F-\u009F]+$",
        example = "ada@example.org"
    )]
    email: String,
    /// The region, which is needed where users are placed by it.
    #[schema(
        min_length = 1,
        max_length = 63,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]+$",
        example = "eu"
    )]
    region: Option<String>,
}

/// Where a page of users begins.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what the handler reads piece by piece")]
pub(in crate::http) struct UsersFrom {
    /// Where the page before ended: from its `Link` header, which holds the whole address.
    #[param(
        required = false,
        pattern = "^[0-9a-f]{16}(@[A-Za-z0-9._-]{1,63})?$",
        example = "0000000000000007"
    )]
    after: String,
}
