"""What a W&B server answers about artifacts."""

from typing import Any


class Artifacts:
    """Takes in whatever it is told of.

    Attributes:
        created: what was said of each, by its id.
        used: the ids of those that a run took as its input.
    """

    def __init__(self) -> None:
        self.created: dict[str, dict[str, Any]] = {}
        self.used: list[str] = []

    def query(self, url: str, query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        """What a GraphQL query is answered by the server at `url`; None where it is about something else."""
        if "query ArtifactType" in query:
            return {"project": {"artifact": None}}
        if "mutation CreateArtifact " in query:
            number = f"artifact{len(self.created)}"
            self.created[number] = variables["input"]
            sequence = {"id": "sequence", "latestArtifact": None}
            return {"createArtifact": {"artifact": {"id": number, "state": "PENDING", "artifactSequence": sequence}}}
        if "mutation CreateArtifactManifest" in query:
            return {"createArtifactManifest": {"artifactManifest": {"id": "manifest", "file": _file(url, "manifest")}}}
        if "mutation CreateArtifactFiles" in query:
            asked = variables["input"]["artifactFiles"]
            files = [{**_file(url, one["name"]), **_artifact(one["artifactID"])} for one in asked]
            return {"createArtifactFiles": {"files": {"edges": [{"node": file} for file in files]}}}
        if "mutation CommitArtifact" in query:
            return {"commitArtifact": {"artifact": {"id": variables["artifactID"], "digest": "digest"}}}
        if "mutation UseArtifact" in query:
            self.used.append(variables["input"]["artifactID"])
            return {"useArtifact": {"artifact": {"id": variables["input"]["artifactID"]}}}
        return None


def _file(url: str, name: str) -> dict[str, Any]:
    where = {
        "storagePath": name,
        "uploadUrl": f"{url}/storage/{name}",
        "uploadHeaders": [],
        "uploadMultipartUrls": None,
    }
    return {"id": name, "name": name, "displayName": name, **where}


def _artifact(number: str) -> dict[str, Any]:
    return {"artifact": {"id": number}}
