"""The images of a stack's containers: built here, kept of a public registry, or public."""

import pulumi

from ..compute import Image, ImageCache, ImageRepository
from ..compute.image_cache import Upstream
from ..config.jobs import FargateJobConfig
from .parts import Parts


class Images:
    """Finds a container's image, and makes the repositories and caches that they come from."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.repositories: dict[str, ImageRepository] = {}
        """By container, as `watershed build` names it."""
        self.caches: dict[Upstream, ImageCache] = {}

    def of(self, config: FargateJobConfig) -> Image | str:
        """Return the job's image; the one of a container is tagged with the hash of what it is built of."""
        if config.image is not None:
            return config.image
        if config.cached_image is not None:
            cached = config.cached_image
            return self._cache(cached.upstream).image(cached.name, tag=cached.tag, digest=cached.digest)
        assert config.container
        return self._repository(config.container).image(tag=self._parts.artifacts.container(config.container).tag)

    @property
    def built(self) -> dict[str, pulumi.Output[str]]:
        """The addresses under which containers' images are expected, by container."""
        return {
            name: pulumi.Output.concat(made.url, ":", self._parts.artifacts.container(name).tag)
            for name, made in self.repositories.items()
        }

    def _repository(self, container: str) -> ImageRepository:
        if container not in self.repositories:
            self.repositories[container] = ImageRepository(
                self._parts.child(f"image-{container}"),
                key=self._parts.key,
                removable=self._parts.config.runs.removable,
                tags=self._parts.tags,
                opts=self._parts.opts,
            )
        return self.repositories[container]

    def _cache(self, upstream: Upstream) -> ImageCache:
        if upstream not in self.caches:
            self.caches[upstream] = ImageCache(
                self._parts.child(upstream),
                upstream=upstream,
                key=self._parts.key,
                removable=self._parts.config.runs.removable,
                tags=self._parts.tags,
                opts=self._parts.opts,
            )
        return self.caches[upstream]
