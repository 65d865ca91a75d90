from .platform import Platform

__all__ = ["Platform"]
