from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class NewOrder(BaseModel):
    tenant_id: str
    customer_id: str
    total_cents: int = Field(ge=0)
    currency: str = Field(min_length=3, max_length=3)


class Created(BaseModel):
    order_id: UUID


class Order(BaseModel):
    tenant_id: str
    order_id: UUID
    customer_id: str
    status: str
    total_cents: int
    currency: str
    created_at: datetime


class Stats(BaseModel):
    total_orders: int
    total_revenue: int
    by_currency: dict[str, int]
    since: datetime
    complete: bool
    missing: list[str]
