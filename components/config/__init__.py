from .platform import PlatformConfig

__all__ = ["PlatformConfig"]
