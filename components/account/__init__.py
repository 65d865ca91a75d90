from .settings import AccountSettings

__all__ = ["AccountSettings"]
