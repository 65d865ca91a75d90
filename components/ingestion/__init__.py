from .ingestion import Ingestion
from .settings_document import SettingsDocument

__all__ = ["Ingestion", "SettingsDocument"]
