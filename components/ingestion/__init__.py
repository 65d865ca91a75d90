from .ingestion import Ingestion

__all__ = ["Ingestion"]
