"""When images of a repository are deleted."""

import json

_MOST_IMAGES = 100_000
"""Amazon ECR User Guide, "Amazon ECR service quotas": images per repository."""


def lifecycle(*, keep: int, untagged_days: int) -> str:
    """Return the policy that deletes images without a tag after some days, and keeps the newest of all others."""
    if not 1 <= keep <= _MOST_IMAGES:
        raise ValueError(f"keep={keep} images; ECR has room for 1 to {_MOST_IMAGES:,} in a repository")
    if untagged_days < 1:
        raise ValueError(f"untagged_days={untagged_days}; ECR counts from 1 day on")
    return json.dumps(
        {
            "rules": [
                _rule(
                    1,
                    f"Without a tag for {untagged_days} days",
                    {
                        "tagStatus": "untagged",
                        "countType": "sinceImagePushed",
                        "countUnit": "days",
                        "countNumber": untagged_days,
                    },
                ),
                _rule(
                    2,
                    f"All but the newest {keep}",
                    {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep},
                ),
            ]
        }
    )


def _rule(priority: int, description: str, selection: dict[str, object]) -> dict[str, object]:
    return {
        "rulePriority": priority,
        "description": description,
        "selection": selection,
        "action": {"type": "expire"},
    }
