"""Programs of networks."""

from components import FARGATE_ENDPOINTS, GLUE_ENDPOINTS, HEARTBEAT_ENDPOINTS, SECRET_ENDPOINTS, EncryptionKey, Network


def network() -> Network:
    return Network("net", key=EncryptionKey("key"))


def equipped_network() -> Network:
    """All that a network can have."""
    return Network(
        "net",
        key=EncryptionKey("key"),
        cidr="172.20.0.0/20",
        zones=3,
        nat="per-zone",
        endpoints=[*FARGATE_ENDPOINTS, *SECRET_ENDPOINTS, *HEARTBEAT_ENDPOINTS, *GLUE_ENDPOINTS, "events", "xray"],
        resource_accounts=["210987654321"],
        flow_log_days=365,
    )


def brought_network() -> Network:
    return Network("net", vpc_id="vpc-1", private_subnet_ids=["subnet-1", "subnet-2"])


PROGRAMS = {
    "Network": network,
    "Network with all options": equipped_network,
    "Network that exists": brought_network,
}
