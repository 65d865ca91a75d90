"""The data lake."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Tags
from .access_logs import AccessLogs
from .bucket import Bucket
from .lifecycle import Lifecycle
from .zone import DEFAULT_ZONES, Zone


class DataLake(Component, domain="storage"):
    """A lake of zones, each a private encrypted bucket, and the buckets that work on them needs.

    Creates: a bucket a zone; `access_logs` (S3 server access logs), `results` (Athena, short-lived), `quarantine`
    (what could not be ingested, whole, with the reason) and `system` (settings and code, written by deploys).

    - `key`: encrypts everything but the access logs, which S3 encrypts itself.
    - `zones`: default raw (to infrequent access after 90 days), curated and analytics.
    - `access_log_days`: how long access logs are kept, default 365. `result_days`: query results, default 7.
    - `quarantine_days`: how long quarantined files are kept, default 90.
    - `removable`: may be destroyed with all data, when the stack's `allowDestroy` agrees; default no.

    Outputs: `bucket_names` by zone. Errors: KeyError naming the zones there are, for one that is not.
    Source: AWS Prescriptive Guidance, "Data lake best practices: S3 bucket layers".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        zones: Sequence[Zone] = DEFAULT_ZONES,
        access_log_days: int = 365,
        result_days: int = 7,
        quarantine_days: int = 90,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.key = key
        self._removable = removable
        self.access_logs = AccessLogs(
            self._child("logs"),
            expire_days=access_log_days,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )
        self.zones = {zone.name: self._zone_bucket(zone) for zone in zones}
        if len(self.zones) != len(zones):
            raise ValueError(f"lake {name}: two zones have one name: {', '.join(zone.name for zone in zones)}")
        self.results = self._bucket("results", Lifecycle(expire_days=result_days, noncurrent_days=1))
        self.quarantine = self._bucket("quarantine", Lifecycle(expire_days=quarantine_days))
        self.system = self._bucket("system", Lifecycle())
        self.bucket_names: dict[str, pulumi.Output[str]] = {
            zone: bucket.bucket_name for zone, bucket in self.zones.items()
        }
        self.register_outputs({"bucket_names": self.bucket_names})

    def zone(self, name: str) -> Bucket:
        """Return a zone's bucket."""
        try:
            return self.zones[name]
        except KeyError:
            raise KeyError(f"lake {self.name} has no zone {name!r}; it has {', '.join(self.zones)}") from None

    def grant_read(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee list the zone's keys under `prefix` and read the objects as they are now; default all."""
        return self.zone(zone).grant_read(grantee, prefix)

    def grant_get(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee read objects of the zone under `prefix` whose keys it knows, and list nothing."""
        return self.zone(zone).grant_get(grantee, prefix)

    def grant_read_versions(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee read objects of the zone whose version id it knows, as from an event, and list nothing."""
        return self.zone(zone).grant_read_versions(grantee, prefix)

    def grant_list(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee list the zone's keys under `prefix`, and be told that an object is gone."""
        return self.zone(zone).grant_list(grantee, prefix)

    def grant_put(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write whole objects of the zone under `prefix`, each in one call (up to 5 GiB)."""
        return self.zone(zone).grant_put(grantee, prefix)

    def grant_write(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write objects of the zone under `prefix`, in parts too, and neither read nor delete."""
        return self.zone(zone).grant_write(grantee, prefix)

    def grant_upload(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write objects of the zone under `prefix`, and see to uploads in parts that others send."""
        return self.zone(zone).grant_upload(grantee, prefix)

    def grant_delete(self, grantee: Grantee, *, zone: str, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee delete objects of the zone under `prefix`; former versions stay for the zone's days."""
        return self.zone(zone).grant_delete(grantee, prefix)

    def _zone_bucket(self, zone: Zone) -> Bucket:
        return Bucket(
            self._child(zone.name),
            key=self.key,
            access_logs=self.access_logs,
            lifecycle=zone,
            events=zone.events,
            classification=zone.classification,
            removable=self._removable,
            tags=self.tags,
            opts=self._options(),
        )

    def _bucket(self, role: str, lifecycle: Lifecycle) -> Bucket:
        return Bucket(
            self._child(role),
            key=self.key,
            access_logs=self.access_logs,
            lifecycle=lifecycle,
            removable=self._removable,
            tags=self.tags,
            opts=self._options(),
        )
