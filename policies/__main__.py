"""Entry point of the policy pack: `pulumi preview --policy-pack policies`. All else is in `watershed_policies/`."""

from pulumi_policy import EnforcementLevel, PolicyPack

# Absolute: the engine runs this file by its path, where a relative import has no package.
from watershed_policies import pack

PolicyPack(name=pack.NAME, enforcement_level=EnforcementLevel.MANDATORY, policies=pack.build())
