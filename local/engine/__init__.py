"""The Pulumi engine of the local stage: the CLI on the PATH, or the same CLI built from its Go modules."""
