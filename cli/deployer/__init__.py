"""The least-privilege policy of the role that deploys a stack, made from the stack's resource types."""
