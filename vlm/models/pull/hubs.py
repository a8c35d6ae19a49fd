"""What a hub says of a repository: its files with their sizes and hashes.

Hugging Face is asked through huggingface_hub, which knows mirrors (`HF_ENDPOINT`), tokens
(`HF_TOKEN`) and the hub's errors. ModelScope is asked by the two routes that its own library uses.
Decides nothing about which files are needed, and stores nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import quote

from knowledge.credentials import without_credentials, without_secrets
from knowledge.errors import (
    ModelBrokenError,
    ModelError,
    ModelMissingError,
    ModelUnavailableError,
)
from knowledge.server_client import address_parts, fault_of_environment, why_unreachable

_LISTED_AT_MOST = 20_000
_SECONDS = 30.0
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading an answer raises that is not what a hub answers."""

_WORD = r"\w(?:[\w.-]*\w)?"
_REPOSITORY = re.compile(rf"(?=.{{1,96}}\Z){_WORD}(?:/{_WORD})?", re.ASCII)
"""As huggingface_hub allows."""

_PAGE = re.compile(
    r"(?:(?:https?://)?(?P<host>[\w.-]+(?::\d+)?)/(?:models/)?|hf://(?:models/)?)"
    r"(?P<name>[^/\s?#]+/[^/\s?#]+?)(?:/(?:tree|blob|resolve|summary|files|file|discussions)"
    r"(?:/.*)?)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_HOSTS = frozenset(
    {
        "huggingface.co",
        "hf.co",
        "hf-mirror.com",
        "modelscope.cn",
        "modelscope.ai",
        "huggingface.com",
    }
)
_TOKENS = ("token", "stored_tokens")
"""Files of huggingface_hub in its folder."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_SHA1 = re.compile(r"[0-9a-f]{40}")


def repository_of(text: str, *, endpoint: str = "") -> str:
    """The name of a repository in what a person copied: the address of its page, the name of its
    folder in a cache, or the name itself; anything else as it is.

    Args:
        text: as it was given.
        endpoint: of a further hub whose pages count.

    >>> repository_of("https://huggingface.co/Qwen/Qwen3-VL-8B-Instruct/tree/main")
    'Qwen/Qwen3-VL-8B-Instruct'
    >>> repository_of("models--Qwen--Qwen3-VL-8B-Instruct"), repository_of("ViT-B-32/openai")
    ('Qwen/Qwen3-VL-8B-Instruct', 'ViT-B-32/openai')
    """
    name = text.strip().rstrip("/")
    if name.startswith("models--"):
        return name.removeprefix("models--").replace("--", "/", 1)
    found = _PAGE.fullmatch(text.strip())
    if found is None:
        return name
    host = (found["host"] or "huggingface.co").lower().removeprefix("www.")
    return found["name"] if host in _HOSTS or host == address_parts(endpoint).netloc else name


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository.

    Attributes:
        path: below the repository's root, with `/`.
        bytes: its size.
        digest: SHA-256 in 64 hexadecimal digits, or git's SHA-1 of a blob in 40.
        url: where its bytes are.
    """

    path: str
    bytes: int
    digest: str
    url: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one revision.

    Attributes:
        name: `owner/name`, or a single word for some old ones.
        revision: a commit, or another name of this state, in 40 hexadecimal digits.
        files: by path.
        kind: `model_type` of its configuration, where the hub tells it.
    """

    name: str
    revision: str
    files: Mapping[str, RemoteFile]
    kind: str | None = None


class Hub(Protocol):
    """A place on the network that models are fetched from."""

    name: str

    @property
    def endpoint(self) -> str:
        """The address that is asked."""

    def open(self, repository: str) -> Repository:
        """The files of a repository.

        Raises:
            ModelMissingError: the hub knows no such repository, or shows it only to some.
            ModelUnavailableError: the hub does not answer.
            ModelBrokenError: it answers what cannot be used.
        """

    def headers(self) -> dict[str, str]:
        """Headers that a request for a file needs."""

    def failure(self, error: Exception, repository: str) -> ModelError | None:
        """An error of ours for one that a request raised; None if it is of another kind."""


class HuggingFace:
    """huggingface.co, or the mirror that `HF_ENDPOINT` names."""

    name = "huggingface"

    def __init__(self, endpoint: str | None = None) -> None:
        """`endpoint`: its address, if it is not the environment's."""
        from huggingface_hub import HfApi

        self._api = HfApi(endpoint=endpoint)

    @property
    def endpoint(self) -> str:
        """The address that is asked."""
        return str(self._api.endpoint)

    def open(self, repository: str) -> Repository:
        """The files of a repository; see `Hub`."""
        from huggingface_hub import hf_hub_url

        _check_name(repository)
        try:
            info = self._api.model_info(repository, files_metadata=True, timeout=_SECONDS)
        except Exception as error:
            failure = self.failure(error, repository)
            if failure is None:
                raise
            raise failure from error
        files = {}
        for sibling in (info.siblings or ())[:_LISTED_AT_MOST]:
            path = _checked_path(sibling.rfilename, repository)
            digest = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
            url = hf_hub_url(repository, path, revision=info.sha, endpoint=self.endpoint)
            files[path] = _file(path, sibling.size, digest, url, repository)
        kind = info.config.get("model_type") if isinstance(info.config, dict) else None
        return Repository(
            repository,
            _revision(info.sha, repository),
            files,
            kind if isinstance(kind, str) else None,
        )

    def headers(self) -> dict[str, str]:
        """The person's token, where one is set, and no compression: parts are resumed by bytes."""
        from huggingface_hub import get_token

        token = get_token()
        known = {"Authorization": f"Bearer {token}"} if token else {}
        return {**known, "Accept-Encoding": "identity"}

    def failure(self, error: Exception, repository: str) -> ModelError | None:
        """An error of ours for one of huggingface_hub's; see `Hub`."""
        from huggingface_hub.errors import (
            GatedRepoError,
            HfHubHTTPError,
            OfflineModeIsEnabled,
            RepositoryNotFoundError,
        )

        shown = without_secrets(self.endpoint)
        page = f"{shown}/{repository}"
        if isinstance(error, OfflineModeIsEnabled):
            return ModelUnavailableError(
                "HF_HUB_OFFLINE forbids asking the hub; take it out of the environment to fetch a "
                "model."
            )
        if isinstance(error, GatedRepoError):
            return ModelMissingError(
                f"{repository} is gated: accept its terms at {page}, make a token there, and give "
                "it with `hf auth login` or as HF_TOKEN."
            )
        if isinstance(error, RepositoryNotFoundError):
            return ModelMissingError(
                f"{shown} knows no model {repository!r}, or shows it only to some. Compare "
                "the name with `snapcite models list`; for a private one set HF_TOKEN."
            )
        if isinstance(error, HfHubHTTPError):
            status = error.response.status_code
            if (host := stale_link(error, self.endpoint)) is not None:
                return _stale(host, status)
            if status in (401, 403):
                return ModelMissingError(
                    f"{shown} does not let this account read {repository} (HTTP {status}); "
                    "set HF_TOKEN to a token that may."
                )
            return _unavailable(self.endpoint, _status(status))
        return _network_failure(self.endpoint, error)


class ModelScope:
    """modelscope.cn, by the routes that its library `modelscope` uses."""

    name = "modelscope"

    def __init__(self, endpoint: str) -> None:
        """`endpoint`: its address, such as https://www.modelscope.cn."""
        self._endpoint = endpoint.rstrip("/")

    @property
    def endpoint(self) -> str:
        """The address that is asked."""
        return self._endpoint

    def open(self, repository: str) -> Repository:
        """The files of a repository; see `Hub`."""
        from huggingface_hub import get_session

        _check_name(repository)
        at = f"{self.endpoint}/api/v1/models/{repository}/repo"
        try:
            response = get_session().get(
                f"{at}/files",
                params={"Revision": "master", "Recursive": "True"},
                headers=self.headers(),
                timeout=_SECONDS,
            )
            answer = response.json() if response.status_code == 200 else None
        except Exception as error:
            failure = self.failure(error, repository)
            if failure is None:
                raise
            raise failure from error
        data = answer.get("Data") if isinstance(answer, dict) else None
        entries = data.get("Files") if isinstance(data, dict) else None
        if not isinstance(entries, list) or len(entries) > _LISTED_AT_MOST:
            raise self._refusal(response.status_code, repository)
        files = {}
        for entry in entries:
            if isinstance(entry, dict) and entry.get("Type") != "tree":
                path = _checked_path(entry.get("Path"), repository)
                url = f"{at}?Revision=master&FilePath={quote(path, safe='')}"
                files[path] = _file(path, entry.get("Size"), entry.get("Sha256"), url, repository)
        return Repository(repository, _state(files.values()), files)

    def headers(self) -> dict[str, str]:
        """No compression: parts are resumed by bytes."""
        return {"Accept-Encoding": "identity"}

    def failure(self, error: Exception, repository: str) -> ModelError | None:
        """An error of ours for one that a request raised; see `Hub`."""
        from huggingface_hub.errors import HfHubHTTPError

        if isinstance(error, HfHubHTTPError):
            status = error.response.status_code
            host = stale_link(error, self.endpoint)
            return self._refusal(status, repository) if host is None else _stale(host, status)
        return _network_failure(self.endpoint, error)

    def _refusal(self, status: int, repository: str) -> ModelError:
        if status in (200, 401, 403, 404):  # 200 comes with an error of its own in the answer
            return ModelMissingError(
                f"{without_secrets(self.endpoint)} knows no model {repository!r}, or shows it "
                f"only to some (HTTP {status}). Not every model of Hugging Face is "
                "there; leave out --from."
            )
        return _unavailable(self.endpoint, _status(status))


def stale_link(error: Exception, endpoint: str) -> str | None:
    """The host that refused a link to a file which a hub had given; None for any other error.

    Hubs keep large files elsewhere, and give links there that are signed and hold for minutes. A
    refusal says nothing about the person's token, which is not sent there.
    """
    response = getattr(error, "response", None)
    if getattr(response, "status_code", None) not in (400, 403, 410):
        return None
    host = address_parts(str(getattr(response, "url", ""))).hostname
    return host if host and host != address_parts(endpoint).hostname else None


def _stale(host: str, status: int) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"{host}, where the hub keeps this file, refused the link that the hub gave (HTTP "
        f"{status}), twice. Such links hold for minutes: look whether this machine's clock is "
        "right, and run the same command again, which goes on from there. A proxy on the way can "
        "be the cause, too."
    )


def _status(status: int) -> str:
    too_many = ", too many requests: wait some minutes" if status == 429 else ""
    return f"it answered HTTP {status}{too_many}"


def _network_failure(endpoint: str, error: Exception) -> ModelUnavailableError | None:
    """An error of ours for one of the network, or for an answer of something else than a hub."""
    if fault := fault_of_environment(error):
        return ModelUnavailableError(fault)
    if isinstance(error, OSError) and Path(str(error.filename)).name in _TOKENS:
        return ModelUnavailableError(
            f"{error.filename}, where a token of the hub would be, cannot be read "
            f"({error.strerror}): make it readable, or name another folder with HF_HOME."
        )
    if _is_of_network(error):
        return _unavailable(endpoint, why_unreachable(error, endpoint).splitlines()[0][:300])
    if isinstance(error, _NONSENSE):
        why = "what answered is no hub, but perhaps the page of a network that wants a login"
        return _unavailable(endpoint, f"{why}: {_first_line(error)}")
    return None


def _unavailable(endpoint: str, why: str) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"{without_secrets(endpoint)} cannot be reached or does not answer well "
        f"({without_credentials(why, endpoint)}). What was fetched so far is "
        "kept, and the same command goes on from there. HF_ENDPOINT names a mirror, `--from "
        "modelscope` another hub; without a network, copy the model's folder from a machine that "
        "has one."
    )


def _is_of_network(error: Exception) -> bool:
    """Whether an HTTP library raised it: huggingface_hub changes which one it uses."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return bool(
        kinds & {"HTTPError", "RequestError", "ConnectionError", "TimeoutError", "InvalidURL"}
    )


def _check_name(repository: str) -> None:
    if re.fullmatch(r"[\w./-]+:[\w.-]+", repository):
        raise ModelMissingError(
            f"{repository!r} is the name of a model of Ollama or of a server: `ollama pull` "
            "fetches it, and SNAPCITE_READER=openai reads with it (docs/readers.md). A hub's name "
            "is OWNER/NAME, such as Qwen/Qwen3-VL-8B-Instruct."
        )
    if not _REPOSITORY.fullmatch(repository) or re.search(r"\.\.|--", repository):
        raise ModelMissingError(
            f"{repository!r} cannot be the name of a model on a hub; give OWNER/NAME, such as "
            "Qwen/Qwen3-VL-8B-Instruct, or an open_clip name such as ViT-B-16-SigLIP2/webli."
        )


def _checked_path(path: Any, repository: str) -> str:  # noqa: ANN401 - of a stranger's JSON
    """A path that stays below the folder it is put into.

    Raises:
        ModelBrokenError: it does not.
    """
    parts = PurePosixPath(path).parts if isinstance(path, str) else ()
    is_safe = parts and parts[0] != "/" and not {"..", "."} & set(parts)
    if not is_safe or not str(path).isprintable() or re.search(r"[\\:]", str(path)):
        raise ModelBrokenError(
            f"{repository} lists a file with an impossible name, {str(path)[:80]!r}; nothing was "
            "fetched."
        )
    return str(PurePosixPath(*parts))


def _file(path: str, size: Any, digest: Any, url: str, repository: str) -> RemoteFile:  # noqa: ANN401
    known = isinstance(digest, str) and (_SHA256.fullmatch(digest) or _GIT_SHA1.fullmatch(digest))
    if not known or not isinstance(size, int) or size < 0:
        raise ModelBrokenError(
            f"The hub does not say the size and the hash of {path} in {repository}, so it could "
            "not be checked; nothing was fetched."
        )
    return RemoteFile(path, size, digest, url)


def _state(files: Iterable[RemoteFile]) -> str:
    """A name for a state of a repository whose commit the hub does not tell, of its contents."""
    named = sorted(f"{file.path} {file.digest}" for file in files)
    return hashlib.sha1("\n".join(named).encode(), usedforsecurity=False).hexdigest()


def _revision(commit: Any, repository: str) -> str:  # noqa: ANN401
    if isinstance(commit, str) and _GIT_SHA1.fullmatch(commit):
        return commit
    raise ModelBrokenError(f"The hub does not name the revision of {repository}.")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
