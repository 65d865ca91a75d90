"""Programs of what events start: buses, and triggers of every kind."""

from components import (
    DataLake,
    EncryptionKey,
    EventBus,
    EventPattern,
    LambdaFunction,
    LambdaStage,
    ObjectCreated,
    Pipeline,
    PipelineSucceeded,
    Role,
    RunLedger,
    Topic,
    Trigger,
)

PLACED = EventPattern(
    pattern={"source": ["shop.orders"], "detail-type": ["Order Placed"], "detail": {"total": [{"numeric": [">", 0]}]}},
    examples=({"source": "shop.orders", "detail-type": "Order Placed", "detail": {"total": 9.5}},),
    counter_examples=({"source": "shop.orders", "detail-type": "Order Placed", "detail": {"total": 0}},),
)


def bus() -> EventBus:
    return EventBus("orders", key=EncryptionKey("key"))


def equipped_bus() -> EventBus:
    """All that a bus can have."""
    key = EncryptionKey("key")
    made = EventBus(
        "orders", key=key, archive_days=7, accounts=["210987654321", "345678901234"], notify=Topic("alarms", key=key)
    )
    shop = Role("shop", service="lambda.amazonaws.com", description="Tried in tests")
    made.grant_put(shop, sources=["shop.orders"], detail_types=["Order Placed"])
    made.grant_replay(shop)
    work = LambdaFunction("work", handler="ingest", key=key)
    work.on_queue(made.queue("returns", pattern={"source": ["shop.returns"]}, visibility_timeout=360))
    return made


def function_trigger() -> Trigger:
    key = EncryptionKey("key")
    source = PLACED.model_copy(update={"bus": EventBus("orders", key=key)})
    return Trigger("placed", target=LambdaFunction("work", handler="ingest", key=key), source=source)


def object_trigger() -> Trigger:
    lake = DataLake("lake", key=EncryptionKey("key"))
    work = LambdaFunction("work", handler="ingest", key=lake.key)
    return work.on_event(ObjectCreated(zone=lake.zone("raw"), prefix="landing/", suffix=".csv"))


def pipelines() -> Pipeline:
    """One that objects and events start, and one that follows it."""
    key = EncryptionKey("key")
    lake = DataLake("lake", key=key)
    work = LambdaFunction("work", handler="ingest", key=key)
    runs = RunLedger("runs", key=key, notify=Topic("alarms", key=key))
    stages = [LambdaStage(name="work", function=work, timeout=60)]
    first = Pipeline(
        "first",
        stages=stages,
        ledger=runs,
        parameters={"key": ""},
        components=[("raw", lake.zone("raw")), ("orders", EventBus("orders", key=key))],
        triggers=[
            ObjectCreated(zone="raw", prefix="landing/", parameters={"key": "detail.object.key"}),
            PLACED.model_copy(update={"bus": "orders"}),
        ],
    )
    return Pipeline("second", stages=stages, ledger=runs, triggers=[PipelineSucceeded(pipeline=first)])


PROGRAMS = {
    "EventBus": bus,
    "EventBus with all options": equipped_bus,
    "Trigger": object_trigger,
    "Trigger of a bus": function_trigger,
    "Trigger of pipelines": pipelines,
}
