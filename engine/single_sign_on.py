"""Let people in whom an identity provider vouches for: OpenID Connect, code flow with PKCE.

The provider says who somebody is, and nothing else: it makes no account, gives no role and changes
no name. Somebody is let in whose e-mail address the provider has verified and who has an account
with it; from then on they are known by what the provider calls them, whatever their address.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import accounts, attempts, audit, db, time_source
from engine.errors import EngineError, NotFound
from engine.models import Account, ProviderIdentity, new_id
from engine.settings import Settings
from engine.sign_in import FREE_FOR_ADDRESS, begin, record

logger = logging.getLogger(__name__)

#: Where the provider sends people back to, below the address of this installation.
ANSWER_PATH = "/sign-in/provider/answer"

#: What an identity token may be signed with: keys of the provider's own, never a shared secret.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
#: How we say to the provider who we are, when a code is changed for tokens.
_WAY_OF_ASKING = "client_secret_basic"
_TIMEOUT_SECONDS = 10
#: How far the provider's clock may be from ours.
_LEEWAY_SECONDS = 60


class ProviderUnavailable(EngineError):
    """Your organisation’s sign-in service does not answer as it should just now. Try again later, or sign in another way."""  # noqa: E501

    status = 502


class ProviderRefused(EngineError):
    """Your organisation’s sign-in service did not confirm who you are, so you are not signed in. Try again."""  # noqa: E501

    status = 401


class NobodyOfThatName(EngineError):
    """There is no account here for the email address that your organisation confirmed. Ask the administrator of your Board."""  # noqa: E501

    status = 401


@dataclass(frozen=True)
class Journey:
    """A way to the provider and back: where to go, and what has to be kept until the answer."""

    address: str
    kept: Mapping[str, str]


class _Provider:
    name = ""
    issuer = ""
    client = ""
    secret = ""
    answer = ""


def use(settings: Settings) -> None:
    """Take the provider of the settings into use; none where none is set."""
    _Provider.name = settings.provider_name
    _Provider.issuer = settings.provider_issuer
    _Provider.client = settings.provider_client
    _Provider.secret = settings.provider_secret
    _Provider.answer = settings.base_url + ANSWER_PATH


def provider_name() -> str:
    """Return what the provider is called; empty where there is none."""
    return _Provider.name if _Provider.issuer else ""


def begin_at_provider() -> Journey:
    """Return where somebody goes to be confirmed, and what their browser keeps meanwhile.

    Raises:  NotFound, where there is no provider; ProviderUnavailable.
    """
    if not _Provider.issuer:
        raise NotFound
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    with _client() as client:
        known = _discover(client)
        address, _ = client.create_authorization_url(
            known["authorization_endpoint"],
            state=kept["state"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
        )
    return Journey(address, kept)


def sign_in_by_provider(
    answer: Mapping[str, str],
    kept: Mapping[str, str],
    address: str,
    language: str = "en",
    device: str = "",
) -> str:
    """Begin a session for whoever the provider confirmed.

    Takes:   answer, what the provider sent back; kept, of the journey; address, language and
             device as `sign_in` takes them.
    Returns: the session's token; a second factor of the person's own is asked for as ever.
    Raises:  NotFound; ProviderRefused; ProviderUnavailable; NobodyOfThatName; TooManyAttempts.
    Source:  OWASP ASVS 5.0, 10.1.2, 10.2.1, 10.5.1 to 10.5.4, 6.8.1, 6.8.2.
    """
    if not _Provider.issuer:
        raise NotFound
    # The provider is asked before the one transaction that writes: it may take its time.
    claims = _confirmed(answer, kept)
    subjects = {attempts.subject("address", address): FREE_FOR_ADDRESS}
    with db.transaction() as session:
        attempts.hold_back(session, subjects)
        # Two people who come at once are not both linked to one account.
        audit.hold(session, None)
        account = _account_of(session, claims)
        if account is not None:
            return begin(session, account, "provider", device)
        attempts.note(session, *subjects)
        audit.append(session, "sign_in_refused", audit.SYSTEM, data={"by": "provider"})
    raise NobodyOfThatName


def end_identities(session: Session, account_id: uuid.UUID) -> None:
    """Forget under which name the provider knows somebody, in the transaction of who asks."""
    now = time_source.real(session)
    mine = select(ProviderIdentity).where(
        ProviderIdentity.account_id == account_id, ProviderIdentity.ended_at.is_(None)
    )
    for row in session.scalars(mine):
        row.ended_at = now


def _confirmed(answer: Mapping[str, str], kept: Mapping[str, str]) -> CodeIDToken:
    """Return what the provider says of a person, once everything about it was found right."""
    state = answer.get("state", "")
    same = secrets.compare_digest(state.encode(), kept.get("state", "").encode())
    if not state or not same or "code" not in answer:
        raise ProviderRefused
    if answer.get("iss", _Provider.issuer) != _Provider.issuer:
        raise ProviderRefused
    with _client() as client:
        known = _discover(client)
        try:
            tokens = client.fetch_token(
                known["token_endpoint"],
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=kept.get("verifier", ""),
            )
            published: Any = _read(client, known["jwks_uri"])
            keys = KeySet.import_key_set(published)
            return _checked(tokens.get("id_token") or "", keys, kept.get("nonce", ""))
        except RequestException:
            raise ProviderUnavailable from None
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            # Its kind says what was wrong; its words may hold what the provider sent.
            logger.warning("provider refused", extra={"reason": type(error).__name__})
            raise ProviderRefused from None


def _checked(said: str, keys: KeySet, nonce: str) -> CodeIDToken:
    token = jwt.decode(said, keys, algorithms=_ALGORITHMS)
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            "iss": {"essential": True, "value": _Provider.issuer},
            "aud": {"essential": True, "value": _Provider.client},
            "nonce": {"essential": True, "value": nonce},
        },
        {"client_id": _Provider.client, "nonce": nonce},
    )
    claims.validate(leeway=_LEEWAY_SECONDS)
    return claims


def _account_of(session: Session, claims: Mapping[str, Any]) -> Account | None:
    """Return whose account it is: of whoever is linked, or by a verified address the first time."""
    subject = str(claims["sub"])
    linked = session.scalars(_identities().where(ProviderIdentity.subject == subject)).first()
    if linked is not None:
        return _active(session.get_one(Account, linked.account_id))
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    account = accounts.find_account(session, email)
    if account is None or _active(account) is None:
        return None
    others = _identities().where(ProviderIdentity.account_id == account.id)
    if session.scalars(others).first() is not None:
        # The account is somebody's whom the provider calls otherwise: an address was given anew.
        return None
    session.add(
        ProviderIdentity(
            id=new_id(),
            account_id=account.id,
            issuer=_Provider.issuer,
            subject=subject,
            linked_at=time_source.real(session),
        )
    )
    record(session, "provider_linked", account)
    return account


def _active(account: Account) -> Account | None:
    return account if account.state == "active" and not account.demonstration else None


def _identities() -> Select[ProviderIdentity]:
    """Return the query for those whom the provider knows, the one linked first at the head."""
    return (
        select(ProviderIdentity)
        .where(ProviderIdentity.issuer == _Provider.issuer, ProviderIdentity.ended_at.is_(None))
        .order_by(ProviderIdentity.linked_at, ProviderIdentity.id)
    )


def _discover(client: OAuth2Session) -> dict[str, Any]:
    """Return what the provider says of itself.

    Raises:  ProviderUnavailable.
    """
    known = _read(client, f"{_Provider.issuer}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    secure = _Provider.issuer.partition(":")[0]
    fits = all(str(known.get(name, "")).startswith(f"{secure}://") for name in wanted)
    if known.get("issuer", "").rstrip("/") != _Provider.issuer or not fits:
        raise ProviderUnavailable
    return known


def _read(client: OAuth2Session, address: str) -> dict[str, Any]:
    try:
        answer = client.get(address, withhold_token=True, allow_redirects=False)
        answer.raise_for_status()
        said = answer.json()
    except (RequestException, ValueError):
        raise ProviderUnavailable from None
    if answer.status_code != 200 or not isinstance(said, dict):
        raise ProviderUnavailable
    return said


def _client() -> OAuth2Session:
    return OAuth2Session(
        _Provider.client,
        _Provider.secret,
        token_endpoint_auth_method=_WAY_OF_ASKING,
        scope="openid email",
        redirect_uri=_Provider.answer,
        code_challenge_method="S256",
        default_timeout=_TIMEOUT_SECONDS,
    )
