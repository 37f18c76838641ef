use std::{fmt, str::FromStr};

use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderStatus {
    /// It was made.
    Placed,
    /// It was paid for.
    Paid,
    /// It is on its way.
    Shipped,
    /// It arrived.
    Delivered,
    /// It was called off.
    Cancelled,
}

/// Text that is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be one of placed, paid, shipped, delivered, cancelled")]
pub struct UnknownStatus;

impl OrderStatus {
    /// Every status, in the order an order takes them.
    pub const ALL: [Self; 5] =
        [Self::Placed, Self::Paid, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// The status as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether an order may step from here to there. Staying is a step too, so
    /// that a client can ask again after a lost answer.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self == next
            || matches!(
                (self, next),
                (Self::Placed, Self::Paid | Self::Cancelled)
                    | (Self::Paid, Self::Shipped | Self::Cancelled)
                    | (Self::Shipped, Self::Delivered)
            )
    }
}

impl FromStr for OrderStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
