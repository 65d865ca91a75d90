from .component import Component
from .deployment import Deployment
from .encryption import EncryptionKey
from .iam import Statement
from .role import Grantee, Role
from .tags import Classification, Tags

__all__ = ["Classification", "Component", "Deployment", "EncryptionKey", "Grantee", "Role", "Statement", "Tags"]
