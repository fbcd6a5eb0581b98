"""An identity provider on the loopback: the code flow as the server half of Authlib plays it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from engine.settings import Settings

CLIENT, SECRET = "adolygu", "a secret of tests only"
ANSWER = "https://reviews.example/sign-in/provider/answer"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out, and what it was given for."""

    code: str
    user: dict[str, Any]
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Client(ClientMixin):
    """The one client that the provider knows: this product."""

    client_id = CLIENT

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ANSWER

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == ANSWER

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Provider:
    """The provider, whom it lets in just now, and what of its word a test makes wrong."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    #: claims that take the place of the true ones
    wrong: dict[str, Any] = field(default_factory=dict)
    #: parts of what it says of itself that take the place of the true ones
    says_of_itself: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: RSAKey | None = None
    codes: dict[str, Code] = field(default_factory=dict)

    def settings(self) -> Settings:
        """Return the settings of an installation that goes by this provider."""
        return Settings(
            base_url=ANSWER.removesuffix("/sign-in/provider/answer"),
            provider_issuer=self.issuer,
            provider_client=CLIENT,
            provider_secret=SECRET,
            provider_name="Cwmafon Council",
        )

    def confirm(self, address: str) -> dict[str, str]:
        """Follow somebody to the provider, who says yes; return what it sends back with them."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        where = answer.headers["Location"]
        assert where.startswith(ANSWER)
        return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


@contextmanager
def served() -> Iterator[Provider]:
    """Play the provider at a port of the loopback for as long as a test wants it."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _application(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patched:
        # The provider of tests speaks no TLS; what ours is set to is refused without it.
        patched.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def _code_grant(provider: Provider) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            sent = request.payload.data
            provider.codes[code] = Code(
                code,
                request.user,
                sent["redirect_uri"],
                sent["scope"],
                sent["nonce"],
                sent.get("code_challenge"),
                sent.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return authorization_code.user

    return CodeGrant


def _identity_token(provider: Provider) -> type[OpenIDCode]:
    class IdentityToken(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return provider.key

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer}

        def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, Any]:
            return {**super().get_authorization_code_claims(authorization_code), **provider.wrong}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo(**user)

    return IdentityToken


def _application(provider: Provider) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(
        app, lambda client_id: Client() if client_id == CLIENT else None, lambda *_: None
    )

    server.register_grant(
        _code_grant(provider),
        [_identity_token(provider)(require_nonce=True), CodeChallenge(required=True)],
    )

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        said = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
        }
        return jsonify(said | provider.says_of_itself)

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(KeySet([provider.published or provider.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        person = dict(provider.person)
        grant = server.get_consent_grant(end_user=person)
        return server.create_authorization_response(grant_user=person, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


def a_subject() -> str:
    """Return what the provider calls somebody, for good."""
    return secrets.token_hex(8)
